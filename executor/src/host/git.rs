//! What git says about the project, through the user's own `git`.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use mz_deploy_planner::project::{DIRECTORIES, ROOT_FILES};

use super::failure::{Failure, FailureCode, reason};

/// Characters of a commit that stand for it in a deploy id.
const SHORT: usize = 7;

/// The project's files, as git sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkTree {
    /// They are exactly those of a commit.
    Clean {
        /// The full commit.
        commit: String,
    },
    /// They are not.
    Dirty {
        /// The full commit below them; none before the first.
        commit: Option<String>,
        /// Files that differ from it.
        changed: usize,
    },
    /// Nobody knows: why.
    Unknown(String),
}

impl WorkTree {
    /// The short commit, if it says what the files are.
    pub fn short_commit(&self) -> Option<String> {
        match self {
            Self::Clean { commit } => Some(commit.chars().take(SHORT).collect()),
            Self::Dirty { .. } | Self::Unknown(_) => None,
        }
    }

    /// The commit to record for what is staged. Fails if the files are not those of a commit, or if nobody knows, unless
    /// that was allowed; then there is no commit that would say what is deployed.
    pub fn commit_to_stage(self, allow_dirty: bool) -> Result<Option<String>, Failure> {
        match self {
            Self::Clean { commit } => Ok(Some(commit)),
            Self::Dirty { .. } | Self::Unknown(_) if allow_dirty => Ok(None),
            Self::Dirty { commit: None, .. } => {
                Err(Failure::coded(FailureCode::GitDirty, "the project was never committed")
                    .help("commit it, or stage it as it is with `--allow-dirty`"))
            }
            Self::Dirty { commit: Some(_), changed } => {
                let files = if changed == 1 { "file has" } else { "files have" };
                let message = format!("{changed} of the project's {files} changes that are not committed");
                Err(Failure::coded(FailureCode::GitDirty, message)
                    .help("commit or stash them, or stage them as they are with `--allow-dirty`"))
            }
            Self::Unknown(why) => {
                let message = format!("whether the project's files are those of a commit isn't known: {why}");
                Err(Failure::coded(FailureCode::GitUnavailable, message)
                    .help("stage them as they are with `--allow-dirty`"))
            }
        }
    }
}

/// A running question for the state of the project's files.
#[derive(Debug)]
pub struct WorkTreeQuery(Result<Child, String>);

impl WorkTreeQuery {
    /// Asks git; it answers while the project is compiled.
    pub fn start(root: &Path) -> Self {
        Self::ask("git", root)
    }

    fn ask(program: &str, root: &Path) -> Self {
        let child = Command::new(program)
            .arg("-C")
            .arg(root)
            // A repository must not start programs of its own choice, nor be locked by a look at it.
            .args(["-c", "core.fsmonitor=false", "--no-optional-locks"])
            .args(["status", "--porcelain=v2", "--branch", "--untracked-files=all", "--"])
            .args(ROOT_FILES)
            .args(DIRECTORIES)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        Self(child.map_err(|error| match error.kind() {
            ErrorKind::NotFound => "there is no program `git`".to_owned(),
            _ => format!("can't run `git`: {}", reason(&error)),
        }))
    }

    /// The answer.
    pub fn finish(self) -> WorkTree {
        let output = self.0.and_then(|child| {
            child.wait_with_output().map_err(|error| format!("can't run `git`: {}", reason(&error)))
        });
        match output {
            Ok(output) if output.status.success() => work_tree(&String::from_utf8_lossy(&output.stdout)),
            Ok(output) => WorkTree::Unknown(complaint(&output)),
            Err(why) => WorkTree::Unknown(why),
        }
    }
}

/// Git's first words about what is wrong.
fn complaint(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().next().unwrap_or_default();
    match line.strip_prefix("fatal: ").unwrap_or(line).trim() {
        "" => format!("`git` ended with {}", output.status),
        line => line.to_owned(),
    }
}

/// The state in what `git status` prints.
fn work_tree(status: &str) -> WorkTree {
    let changed = status.lines().filter(|line| !line.starts_with("# ")).count();
    let Some(head) = status.lines().find_map(|line| line.strip_prefix("# branch.oid ")) else {
        return WorkTree::Unknown("`git status` didn't name a commit".to_owned());
    };
    let is_commit = head.len() >= SHORT && head.bytes().all(|b| b.is_ascii_hexdigit());
    match is_commit.then(|| head.to_owned()) {
        Some(commit) if changed == 0 => WorkTree::Clean { commit },
        commit => WorkTree::Dirty { commit, changed },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "# branch.oid 0123456789abcdef0123456789abcdef01234567\n# branch.head main\n";

    fn refusal(work_tree: WorkTree) -> (FailureCode, String) {
        match work_tree.commit_to_stage(false) {
            Err(Failure::Refused { code, message, help }) => {
                assert!(help.is_some_and(|help| help.contains("`--allow-dirty`")));
                (code, message)
            }
            other => unreachable!("{other:?} is no refusal"),
        }
    }

    #[test]
    fn only_a_clean_commit_names_a_deployment() {
        assert_eq!(work_tree(HEAD).short_commit(), Some("0123456".to_owned()));
        assert_eq!(work_tree(&format!("{HEAD}? models/app/core/new.sql\n")).short_commit(), None);
        assert_eq!(work_tree("# branch.oid (initial)\n# branch.head main\n").short_commit(), None);
        assert_eq!(work_tree("").short_commit(), None);
    }

    #[test]
    fn a_clean_commit_is_recorded_in_full() {
        let commit = work_tree(HEAD).commit_to_stage(false).expect("it is clean");
        assert_eq!(commit.as_deref(), Some("0123456789abcdef0123456789abcdef01234567"));
    }

    #[test]
    fn files_of_no_commit_are_staged_only_if_that_is_allowed() {
        let dirty = work_tree(&format!("{HEAD}? models/app/core/new.sql\n? clusters/c.sql\n"));
        assert_eq!(dirty.clone().commit_to_stage(true).expect("it is allowed"), None);
        let expected = "2 of the project's files have changes that are not committed".to_owned();
        assert_eq!(refusal(dirty), (FailureCode::GitDirty, expected));
        let unborn = work_tree("# branch.oid (initial)\n# branch.head main\n? project.toml\n");
        assert_eq!(refusal(unborn), (FailureCode::GitDirty, "the project was never committed".to_owned()));
    }

    #[test]
    fn what_is_not_known_is_not_taken_for_clean() {
        let outside = tempfile::tempdir().expect("a temporary directory");
        for program in ["git", "no-such-program"] {
            let (code, message) = refusal(WorkTreeQuery::ask(program, outside.path()).finish());
            assert_eq!(code, FailureCode::GitUnavailable);
            assert!(message.starts_with("whether the project's files are those of a commit isn't known: "));
        }
        assert_eq!(WorkTree::Unknown("x".to_owned()).commit_to_stage(true).expect("it is allowed"), None);
    }
}

//! What git says about the project, through the user's own `git`.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::files::DIRECTORIES;

/// Characters of a commit that stand for it in a deploy id.
const SHORT: usize = 7;

/// A running question for the commit that the project's files are those of.
#[derive(Debug)]
pub struct CommitQuery(Option<Child>);

impl CommitQuery {
    /// Asks git; it answers while the project is compiled.
    pub fn start(root: &Path) -> Self {
        let child = Command::new("git")
            .arg("-C")
            .arg(root)
            // A repository must not start programs of its own choice, nor be locked by a look at it.
            .args(["-c", "core.fsmonitor=false", "--no-optional-locks"])
            .args(["status", "--porcelain=v2", "--branch", "--untracked-files=all", "--"])
            .args(["project.toml", "types.lock"])
            .args(DIRECTORIES)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        Self(child.ok())
    }

    /// The short commit, if git is there and the project's files are exactly those of a commit.
    pub fn finish(self) -> Option<String> {
        let output = self.0?.wait_with_output().ok()?;
        if !output.status.success() {
            return None;
        }
        clean_commit(&String::from_utf8_lossy(&output.stdout))
    }
}

/// The commit in a status without any changed file.
fn clean_commit(status: &str) -> Option<String> {
    let is_clean = status.lines().all(|line| line.starts_with("# "));
    let commit = status.lines().find_map(|line| line.strip_prefix("# branch.oid "))?;
    let is_commit = commit.len() >= SHORT && commit.bytes().all(|b| b.is_ascii_hexdigit());
    (is_clean && is_commit).then(|| commit.chars().take(SHORT).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clean_commit_names_a_deployment() {
        let head = "# branch.oid 0123456789abcdef0123456789abcdef01234567\n# branch.head main\n";
        assert_eq!(clean_commit(head), Some("0123456".to_owned()));
        assert_eq!(clean_commit(&format!("{head}? models/app/core/new.sql\n")), None);
        assert_eq!(clean_commit("# branch.oid (initial)\n# branch.head main\n"), None);
        assert_eq!(clean_commit(""), None);
    }
}

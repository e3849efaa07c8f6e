//! A case: a small project in one readable file, and why it is there.
//!
//! ```text
//! An index names the cluster that it runs on.
//! profile: staging
//!
//! --- models/app/core/v.sql
//! CREATE VIEW v AS SELECT 1;
//! ```
//!
//! The first lines are the purpose. Then may come `profile: <name>`. The project gets an empty `project.toml` unless the
//! case has one, or says `without: project.toml`.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use mz_deploy_planner::Compiled;
use mz_deploy_planner::diagnostic::Diagnostic;
use mz_deploy_planner::input::{Config, Sources};
use mz_deploy_planner::project::{self, CompiledFile, PROJECT_FILE, Settings};

/// A case.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it shows.
    pub purpose: String,
    /// The active profile.
    pub profile: Option<String>,
    /// The project.
    pub files: Sources,
}

impl Case {
    fn config(&self) -> Config {
        Config { profile: self.profile.as_deref().map(Into::into) }
    }
}

/// Reads a case file.
pub fn read(path: &Path) -> io::Result<Case> {
    Ok(parse(&fs::read_to_string(path)?))
}

/// Every case, sorted by path.
pub fn all() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let areas = fs::read_dir(root).expect("the cases").map(|area| area.expect("an area").path());
    let files = areas.flat_map(|area| fs::read_dir(area).expect("an area"));
    let mut paths: Vec<_> = files.map(|file| file.expect("a case").path()).collect();
    paths.sort();
    paths.iter().map(|path| read(path).expect("a readable case")).collect()
}

/// Reads a case from its text.
pub fn parse(text: &str) -> Case {
    let mut sections = text.split("\n--- ");
    let mut case = Case { purpose: String::new(), profile: None, files: Sources::new() };
    let mut without_settings = false;
    for line in sections.next().unwrap_or_default().lines() {
        if let Some(profile) = line.strip_prefix("profile: ") {
            case.profile = Some(profile.trim().to_owned());
        } else if line == "without: project.toml" {
            without_settings = true;
        } else {
            case.purpose.push_str(line);
            case.purpose.push(' ');
        }
    }
    case.purpose.truncate(case.purpose.trim_end().len());
    if !without_settings {
        case.files.insert(PROJECT_FILE, "");
    }
    for section in sections {
        let (path, text) = section.split_once('\n').unwrap_or((section, ""));
        // The line break before the next `---` belongs to this file.
        case.files.insert(path.trim(), if text.ends_with('\n') { text.into() } else { format!("{text}\n") });
    }
    case
}

/// Compiles each file of a case on its own.
pub fn compile(case: &Case) -> ((Settings, Vec<Diagnostic>), Vec<Arc<CompiledFile>>) {
    let text = case.files.get(PROJECT_FILE).map(AsRef::as_ref);
    let (settings, diagnostics) = project::read_settings(text, &case.config());
    let paths = case.files.iter().map(|(path, _)| path.as_str());
    let context = project::file_context(paths, &settings, &case.config());
    let compiled = case.files.iter().map(|(path, text)| project::compile_file(path, text, &context));
    ((settings, diagnostics), compiled.map(Arc::new).collect())
}

/// Checks the project of a case as the planner does.
pub fn check(case: &Case) -> Compiled {
    mz_deploy_planner::compile(&case.files, &case.config())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_has_a_purpose_a_profile_and_files() {
        let case = parse("It shows\nsomething.\nprofile: p\n\n--- a.sql\nx\ny\n\n--- b.sql\nz\n");
        assert_eq!(case.purpose, "It shows something.");
        assert_eq!(case.profile.as_deref(), Some("p"));
        let files: Vec<_> = case.files.iter().map(|(path, text)| (path.as_str(), &**text)).collect();
        assert_eq!(files, [("a.sql", "x\ny\n"), ("b.sql", "z\n"), ("project.toml", "")]);
    }
}

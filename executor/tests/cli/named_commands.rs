//! Commands that messages name exist.

use std::fs;
use std::path::Path;

use crate::project::Project;

/// The words behind `` `mz-deploy `` in the texts of a source file. Comments may speak of what is to come.
fn commands(source: &str) -> impl Iterator<Item = String> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split("`mz-deploy ").skip(1)).filter_map(|rest| {
        let word: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
        (!word.is_empty() && !word.starts_with('-')).then_some(word)
    })
}

fn collect(directory: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(directory).expect("the sources are there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).expect("sources are text");
            found.extend(commands(&source).map(|command| (path.display().to_string(), command)));
        }
    }
}

#[test]
fn every_command_that_a_message_names_exists() {
    assert_eq!(commands("help(\"run `mz-deploy lock`\") // no").collect::<Vec<_>>(), ["lock"]);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut named = Vec::new();
    for directory in ["src", "../planner/src"] {
        collect(&root.join(directory), &mut named);
    }
    let project = Project::new(&[]);
    for (path, command) in named {
        assert!(
            project.run(&[&command, "--help"]).contains("exit code 0"),
            "{path} names `mz-deploy {command}`"
        );
    }
}

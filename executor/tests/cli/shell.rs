//! `mz-deploy completions` and `mz-deploy man`

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use crate::project::Project;

#[test]
fn every_shell_has_completions_of_every_command() {
    let project = Project::new(&[]);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = project.result(&["completions", shell]);
        for word in ["mz-deploy", "compile", "--redeploy-schema", "completions"] {
            // fish writes options without their dashes.
            assert!(script.contains(word.trim_start_matches('-')), "{shell} doesn't know {word}");
        }
    }
}

#[test]
fn bash_reads_its_completions() {
    let script = Project::new(&[]).result(&["completions", "bash"]);
    let mut bash = Command::new("bash")
        .arg("-s")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("bash starts");
    let test = "\nCOMP_WORDS=(mz-deploy gra); COMP_CWORD=1\n_mz__deploy mz-deploy gra mz-deploy\necho \"${COMPREPLY[@]}\"\n";
    let mut stdin = bash.stdin.take().expect("its input is a pipe");
    stdin.write_all(script.as_bytes()).and_then(|()| stdin.write_all(test.as_bytes())).expect("bash reads");
    drop(stdin);
    let output = bash.wait_with_output().expect("bash ends");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "graph");
}

#[test]
fn every_command_has_a_page_of_the_manual() {
    let project = Project::new(&[]);
    let first = project.result(&["man"]);
    assert!(first.contains(".TH mz-deploy 1"), "{first}");
    project.result(&["man", "man/man1"]);
    let mut pages: Vec<String> = fs::read_dir(project.path("man/man1"))
        .expect("the directory was made")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    pages.sort();
    for page in ["mz-deploy.1", "mz-deploy-plan.1", "mz-deploy-profile.1", "mz-deploy-profile-current.1"] {
        assert!(pages.iter().any(|name| name == page), "{page} is not in {pages:?}");
    }
    assert!(!pages.iter().any(|name| name.contains("help")), "{pages:?}");
    let page = project.read("man/man1/mz-deploy-plan.1");
    assert!(page.contains("Save the plan as JSON") && page.contains("mz\\-deploy plan"), "{page}");
}

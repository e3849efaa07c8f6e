//! SAFETY.md names a test for each promise: every one of them is there.

use std::fs;
use std::path::Path;

/// The text of every file of a language below a folder.
fn sources(folder: &Path, language: &str, texts: &mut String) {
    for entry in fs::read_dir(folder).expect("the folder is readable") {
        let path = entry.expect("the folder is readable").path();
        if path.is_dir() && !path.ends_with("target") {
            sources(&path, language, texts);
        } else if path.extension().is_some_and(|extension| extension == language) {
            texts.push_str(&fs::read_to_string(&path).expect("the file is UTF-8"));
        }
    }
}

#[test]
fn every_promise_names_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut texts = String::new();
    for folder in ["planner/src", "executor", "tests"] {
        sources(&root.join(folder), "rs", &mut texts);
    }
    for (folder, language) in [
        ("web/action/test", "mjs"),
        ("web/app/tests", "ts"),
        ("web/e2e/tests", "ts"),
        ("web/vscode/test", "ts"),
    ] {
        sources(&root.join(folder), language, &mut texts);
    }
    let safety = fs::read_to_string(root.join("SAFETY.md")).expect("SAFETY.md is there");
    let rows = safety.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| never"));
    let mut promises = 0;
    for row in rows {
        let shown_by = row.trim_end_matches([' ', '|']).rsplit('|').next().unwrap_or_default();
        let named: Vec<&str> = shown_by.split('`').filter(|name| name.contains("::")).collect();
        assert!(!named.is_empty(), "no test is named in: {row}");
        for test in named {
            let function = test.rsplit("::").next().unwrap_or_default();
            // Tests in the languages of the web are named in sentences.
            let is_there = [format!("fn {function}("), format!("test(\"{function}\"")]
                .iter()
                .any(|start| texts.contains(start));
            assert!(is_there, "there is no test `{test}`");
        }
        promises += 1;
    }
    assert!(promises > 10, "SAFETY.md has {promises} promises");
}

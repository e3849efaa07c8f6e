//! The JSON schemas in `schemas/` are those of the planner's types.
//!
//! After a change of a type, `MZ_DEPLOY_BLESS=1 cargo test -p mz-deploy --test schemas` writes them again.

use std::fs;
use std::path::PathBuf;

use mz_deploy_planner::input::{Deployed, Live, StageOptions};
use mz_deploy_planner::plan::Plan;
use mz_deploy_planner::view::{
    ChangeView, CompletionsView, DiagnosticsView, GraphView, HoverView, PreviewView, ProfileView,
    ProjectView, RenameView, StepView, SymbolView, to_json,
};
use schemars::{Schema, schema_for};

fn schemas() -> [(&'static str, Schema); 15] {
    [
        ("change", schema_for!(ChangeView)),
        ("completions", schema_for!(CompletionsView)),
        ("deployed", schema_for!(Deployed)),
        ("diagnostics", schema_for!(DiagnosticsView)),
        ("graph", schema_for!(GraphView)),
        ("hover", schema_for!(HoverView)),
        ("live", schema_for!(Live)),
        ("plan", schema_for!(Plan)),
        ("preview", schema_for!(PreviewView)),
        ("profile", schema_for!(ProfileView)),
        ("project", schema_for!(ProjectView)),
        ("rename", schema_for!(RenameView)),
        ("stage-options", schema_for!(StageOptions)),
        ("step", schema_for!(StepView)),
        ("symbol", schema_for!(SymbolView)),
    ]
}

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../schemas")
}

#[test]
fn published_schemas_are_those_of_the_types() {
    let bless = std::env::var_os("MZ_DEPLOY_BLESS").is_some();
    for (name, schema) in schemas() {
        let path = directory().join(format!("{name}.schema.json"));
        let expected = to_json(&schema);
        if bless {
            fs::create_dir_all(directory()).expect("the directory can be made");
            fs::write(&path, expected).expect("the schema can be written");
        } else {
            let published = fs::read_to_string(&path).unwrap_or_default();
            assert!(
                published == expected,
                "{} is stale: run this test with MZ_DEPLOY_BLESS=1",
                path.display()
            );
        }
    }
}

#[test]
fn no_other_schema_is_published() {
    let mut published: Vec<String> = fs::read_dir(directory())
        .expect("the directory is there")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    published.sort();
    let expected: Vec<String> = schemas().iter().map(|(name, _)| format!("{name}.schema.json")).collect();
    assert_eq!(published, expected);
}

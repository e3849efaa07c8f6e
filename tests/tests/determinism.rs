//! The same project gives the same bytes, in whatever order its files come.

use std::sync::Arc;

use mz_deploy_planner::diagnostic::text;
use mz_deploy_planner::input::{Config, Sources, StageOptions, StrategyChoice};
use mz_deploy_planner::view::{self, TextOptions};
use mz_deploy_planner::{Workspace, plan};
use mz_deploy_tests::{case, synthetic};

/// Every output of a project whose files are handed in in the given order.
fn outputs(files: &[(String, Arc<str>)], edited: Option<(&str, &str)>) -> Vec<String> {
    let mut workspace = Workspace::new(Config::default());
    for (path, text) in files {
        workspace.set_file(path.as_str(), Arc::clone(text));
    }
    let before = workspace.check();
    let deployed = edited.map(|_| plan::deployed_after(&before.project));
    if let Some((path, text)) = edited {
        workspace.set_file(path, text);
    }
    let compiled = workspace.check();
    let sources: Sources = files.iter().map(|(path, text)| (path.as_str(), Arc::clone(text))).collect();
    let text_of = |path: &str| sources.get(path).map(AsRef::as_ref);
    let graph = view::graph(&compiled.project);
    let mut outputs = vec![
        text::render(&compiled.diagnostics, text_of, text::Colour::Plain),
        view::to_json(&view::project(&compiled.project, &compiled.diagnostics, text_of)),
        view::to_json(&graph),
        view::graph_dot(&graph),
        view::graph_mermaid(&graph),
    ];
    for strategy in [StrategyChoice::Swap, StrategyChoice::Rename, StrategyChoice::Auto] {
        let options =
            StageOptions { deploy_id: "d1".into(), strategy: Some(strategy), ..StageOptions::default() };
        if let Ok(plan) = compiled.plan_stage(deployed.as_ref(), None, &options) {
            outputs.extend([
                view::plan_text(&plan, TextOptions::default()),
                view::plan_json(&plan),
                view::plan_markdown(&plan),
                view::plan_sql(&plan),
            ]);
        }
    }
    outputs
}

fn assert_order_does_not_matter(sources: &Sources, edited: Option<(&str, &str)>) {
    let mut files: Vec<(String, Arc<str>)> =
        sources.iter().map(|(path, text)| (path.to_string(), Arc::clone(text))).collect();
    let expected = outputs(&files, edited);
    let mut random = fastrand::Rng::with_seed(3);
    for _ in 0..5 {
        random.shuffle(&mut files);
        assert_eq!(outputs(&files, edited), expected);
    }
}

#[test]
fn the_order_of_files_changes_no_byte_of_a_plan() {
    let shape = synthetic::Shape::of(400);
    let sources = synthetic::project(shape);
    let path = synthetic::path(shape, 200);
    let text = synthetic::edited(sources.get(&path).expect("the object exists"));
    assert_order_does_not_matter(&sources, Some((&path, &text)));
    assert_order_does_not_matter(&sources, None);
}

#[test]
fn the_order_of_files_changes_no_byte_of_any_case() {
    for case in case::all() {
        assert_order_does_not_matter(&case.files, None);
    }
}

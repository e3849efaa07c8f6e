//! What an edit costs: a hundred models on one cluster, one of them edited.

use std::collections::BTreeSet;

use mz_deploy_planner::input::{Config, StageOptions, StrategyChoice};
use mz_deploy_planner::plan::{self, ChangeAction, Plan, Reason};
use mz_deploy_planner::{Compiled, Workspace};
use mz_deploy_tests::synthetic::{self, Shape};

const MODELS: Shape = Shape { objects: 100, layers: 8, schema_size: 100, schemas_per_cluster: 0, seed: 7 };

/// Deploys the project, edits one object and plans.
fn plan_edit_of(object: usize, strategy: StrategyChoice) -> (Plan, Compiled) {
    let sources = synthetic::project(MODELS);
    let mut workspace = Workspace::new(Config::default());
    for (path, text) in sources.iter() {
        workspace.set_file(path.clone(), text.clone());
    }
    let deployed = plan::deployed_after(&workspace.check().project);
    let path = synthetic::path(MODELS, object);
    let text = synthetic::edited(sources.get(&path).expect("the object exists"));
    workspace.set_file(path, text);
    let compiled = workspace.check();
    let options =
        StageOptions { deploy_id: "d1".into(), strategy: Some(strategy), ..StageOptions::default() };
    let plan = compiled.plan_stage(Some(&deployed), None, &options).expect("the project is sound");
    (plan, compiled)
}

/// The names of everything that reads `object`, directly or not, and of itself; found by brute force.
fn downstream(compiled: &Compiled, object: &str) -> BTreeSet<String> {
    let mut reached: BTreeSet<String> = [object.to_owned()].into();
    loop {
        let before = reached.len();
        for object in &compiled.project.objects {
            if object.dependencies.iter().any(|d| reached.contains(d.name.name.as_str())) {
                reached.insert(object.name.name.as_str().to_owned());
            }
        }
        if reached.len() == before {
            return reached;
        }
    }
}

fn built(plan: &Plan) -> BTreeSet<String> {
    plan.changes.iter().map(|change| change.name.name.as_str().to_owned()).collect()
}

#[test]
fn swap_builds_all_models_of_the_cluster_and_says_why() {
    let (plan, _) = plan_edit_of(99, StrategyChoice::Swap);
    assert_eq!(plan.cost.objects, 100);
    assert_eq!(plan.cost.clusters, 1);
    for change in &plan.changes {
        let edited = change.name.name.as_str() == "o00099";
        assert_eq!(change.action == ChangeAction::Update, edited, "{}", change.name);
        assert!(
            matches!(change.reason.last(), Some(Reason::File { path, .. }) if path.ends_with("o00099.sql")),
            "{} is built because of the edited file: {:?}",
            change.name,
            change.reason
        );
    }
}

#[test]
fn rename_builds_an_edited_leaf_alone() {
    let (plan, _) = plan_edit_of(99, StrategyChoice::Rename);
    assert_eq!(built(&plan), ["o00099".to_owned()].into());
    assert!(plan.cost.statements <= 8, "{} statements", plan.cost.statements);
    assert_eq!(plan.cost.clusters, 0);
    assert_eq!(plan.unchanged, 99);
    let swap = plan.alternatives.iter().find(|a| a.strategy == StrategyChoice::Swap).expect("the other road");
    assert_eq!(swap.cost.map(|cost| cost.objects), Some(100));
}

#[test]
fn rename_builds_exactly_what_reads_an_edited_model() {
    for object in [0, 20, 45, 70] {
        let (plan, compiled) = plan_edit_of(object, StrategyChoice::Rename);
        assert_eq!(
            built(&plan),
            downstream(&compiled, &format!("o{object:05}")),
            "after an edit of {object}"
        );
    }
}

#[test]
fn auto_takes_rename_where_it_builds_less() {
    let (plan, _) = plan_edit_of(99, StrategyChoice::Auto);
    assert_eq!(plan.cost.objects, 1);
}

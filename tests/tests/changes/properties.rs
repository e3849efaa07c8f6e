//! What holds for every project.

use mz_deploy_planner::input::{Config, StageOptions, StrategyChoice};
use mz_deploy_planner::plan::{Action, Inverse, Moment, Plan, deployed_after, stage};
use mz_deploy_planner::{Compiled, Workspace};
use mz_deploy_tests::case;
use mz_deploy_tests::synthetic::{self, Shape};

const SHAPE: Shape = Shape { objects: 300, layers: 6, schema_size: 20, schemas_per_cluster: 3, seed: 11 };

fn workspace() -> Workspace {
    let mut workspace = Workspace::new(Config::default());
    for (path, text) in synthetic::project(SHAPE).iter() {
        workspace.set_file(path.clone(), text.clone());
    }
    workspace
}

/// The project after the object with this number was edited.
fn edited(object: usize) -> Compiled {
    let mut workspace = workspace();
    let path = synthetic::path(SHAPE, object);
    let text = synthetic::edited(workspace.file(&path).expect("the object has a file"));
    workspace.set_file(path, text);
    workspace.check()
}

fn options(strategy: StrategyChoice) -> StageOptions {
    StageOptions { deploy_id: "x".into(), strategy: Some(strategy), ..StageOptions::default() }
}

fn plans() -> Vec<Plan> {
    let deployed = deployed_after(&workspace().check().project);
    let mut plans = Vec::new();
    for object in (0..SHAPE.objects).step_by(37) {
        let project = edited(object);
        for strategy in [StrategyChoice::Swap, StrategyChoice::Rename, StrategyChoice::Auto] {
            let plan = project.plan_stage(Some(&deployed), None, &options(strategy));
            plans.push(plan.expect("there is a plan"));
        }
    }
    plans
}

#[test]
fn nothing_is_left_to_do_after_everything_was_promoted() {
    for strategy in [StrategyChoice::Swap, StrategyChoice::Rename, StrategyChoice::Auto] {
        let compiled = workspace().check();
        let deployed = deployed_after(&compiled.project);
        let plan = compiled.plan_stage(Some(&deployed), None, &options(strategy)).expect("there is a plan");
        assert_eq!((plan.changes.len(), plan.scopes.len(), plan.phases.len()), (0, 0, 0));
        assert_eq!(plan.unchanged.len(), SHAPE.objects);
    }
}

#[test]
fn the_same_input_gives_the_same_plan() {
    assert_eq!(plans(), plans());
}

#[test]
fn the_cost_is_what_the_plan_has_and_what_the_other_choice_would_have_had() {
    let costs = |strategy| {
        let deployed = deployed_after(&workspace().check().project);
        let plan =
            edited(222).plan_stage(Some(&deployed), None, &options(strategy)).expect("there is a plan");
        let steps = plan.phases.iter().flat_map(|p| &p.steps);
        assert_eq!(plan.cost.statements, steps.filter(|s| matches!(s.action, Action::Sql(_))).count());
        (plan.cost, plan.alternatives.first().and_then(|a| a.cost).expect("it is possible"))
    };
    let (swap, other) = costs(StrategyChoice::Swap);
    assert_eq!(costs(StrategyChoice::Rename), (other, swap));
}

#[test]
fn every_chain_of_reasons_ends_at_a_file() {
    for plan in plans() {
        assert!(!plan.changes.is_empty());
        for change in &plan.changes {
            let last = change.reason.last().expect("there is a reason");
            assert!(
                matches!(last, mz_deploy_planner::plan::Reason::File { line: Some(_), .. }),
                "{change:?}"
            );
        }
    }
}

/// What `stage` does can be undone, so `abort` leaves nothing behind.
#[test]
fn no_step_of_stage_is_irreversible() {
    for plan in plans() {
        let staged = plan.phases.iter().filter(|p| p.at == Moment::Stage).flat_map(|p| &p.steps);
        assert!(staged.into_iter().all(|s| !matches!(s.inverse, Inverse::Irreversible(_))));
    }
}

/// Neither what is done nor what would undo it: a drop takes along nothing that it doesn't name.
#[test]
fn no_statement_of_any_plan_cascades() {
    let mut checked = 0;
    let mut check = |plan: &Plan| {
        for step in plan.phases.iter().flat_map(|p| &p.steps) {
            let undo = match &step.inverse {
                Inverse::Sql(sql) => Some(sql),
                _ => None,
            };
            let action = match &step.action {
                Action::Sql(sql) => Some(sql),
                Action::Effect(_) => None,
            };
            for sql in action.into_iter().chain(undo) {
                assert!(!case::is_cascade(sql), "{sql}");
                checked += usize::from(sql.starts_with("DROP"));
            }
        }
    };
    plans().iter().for_each(&mut check);
    for case in case::all() {
        let compiled = case::check(&case);
        let deployed = deployed_after(&compiled.project);
        for strategy in [StrategyChoice::Swap, StrategyChoice::Rename] {
            let all = StageOptions { redeploy_all: true, drop_removed: true, ..options(strategy) };
            for before in [None, Some(&deployed)] {
                if let Ok(plan) = compiled.plan_stage(before, None, &all) {
                    check(&plan);
                }
            }
        }
    }
    assert!(checked > 1000, "{checked} drops");
}

/// `rename` builds what reads the edited object, and `swap` never builds less.
#[test]
fn rename_builds_what_is_downstream_and_swap_at_least_that() {
    let deployed = deployed_after(&workspace().check().project);
    for object in (0..SHAPE.objects).step_by(29) {
        let project = edited(object);
        let path = synthetic::path(SHAPE, object);
        let node = (0u32..)
            .zip(&project.project.objects)
            .find(|(_, o)| o.path == path)
            .map(|(node, _)| node)
            .expect("the object is there");
        let downstream = project.graph.downstream(&[node]);
        let built = |strategy| {
            let plan = stage(&project.project, &project.graph, Some(&deployed), None, &options(strategy));
            plan.expect("there is a plan").changes.into_iter().map(|c| c.name).collect::<Vec<_>>()
        };
        let expected: Vec<_> = project
            .project
            .objects
            .iter()
            .zip(&downstream)
            .filter(|(_, reached)| **reached)
            .map(|(o, _)| o.name.clone())
            .collect();
        let renamed = built(StrategyChoice::Rename);
        assert_eq!(renamed, expected);
        let swapped = built(StrategyChoice::Swap);
        assert!(renamed.iter().all(|name| swapped.contains(name)));
    }
}

#[test]
fn a_chain_of_any_length_has_an_order() {
    let mut workspace = Workspace::new(Config::default());
    workspace.set_file("project.toml", "");
    let length = 20_000;
    for i in 0..length {
        // The last by name is the first by dependency.
        let input =
            if i + 1 == length { "(VALUES (1)) AS t (a)".to_owned() } else { format!("v{:05}", i + 1) };
        workspace.set_file(
            format!("models/app/s/v{i:05}.sql"),
            format!("CREATE VIEW v{i:05} AS SELECT a FROM {input};"),
        );
    }
    let compiled = workspace.check();
    assert!(compiled.is_sound());
    assert!(compiled.graph.order().iter().rev().eq(&(0..length).collect::<Vec<u32>>()));
}

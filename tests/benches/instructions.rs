//! Instruction counts of the planner's stages: stable on a busy machine. Needs valgrind and `gungraun-runner`.

#![expect(missing_docs, reason = "the benchmark macros generate public modules without documentation")]

use std::hint::black_box;
use std::sync::Arc;

use gungraun::{library_benchmark, library_benchmark_group, main};
use mz_deploy_planner::input::{Config, Deployed, Sources, StageOptions};
use mz_deploy_planner::plan::{self, Plan};
use mz_deploy_planner::{Compiled, Workspace, compile, syntax};
use mz_deploy_tests::synthetic::{self, Shape};

const SHAPE: fn() -> Shape = || Shape::of(1_000);

fn options() -> StageOptions {
    StageOptions { deploy_id: "b1".into(), ..StageOptions::default() }
}

fn sources() -> Sources {
    synthetic::project(SHAPE())
}

fn compiled() -> Compiled {
    compile(&sources(), &Config::default())
}

/// A project in memory, deployed and planned, with one file edited since then.
fn edited() -> (Workspace, Arc<Deployed>) {
    let sources = sources();
    let mut workspace = Workspace::new(Config::default());
    for (path, text) in sources.iter() {
        workspace.set_file(path.clone(), Arc::clone(text));
    }
    let deployed = Arc::new(plan::deployed_after(&workspace.check().project));
    let planned = workspace.plan_stage(Some(&deployed), None, &options());
    assert!(planned.is_ok(), "the project is sound");
    let path = synthetic::path(SHAPE(), 999);
    let text = synthetic::edited(sources.get(&path).expect("the object exists"));
    workspace.set_file(path, text);
    (workspace, deployed)
}

#[library_benchmark(setup = sources)]
#[bench::thousand()]
fn parse(sources: Sources) -> usize {
    sources.iter().map(|(_, text)| black_box(syntax::parse(text)).statements.len()).sum()
}

#[library_benchmark(setup = sources)]
#[bench::thousand()]
fn compile_project(sources: Sources) -> Compiled {
    black_box(compile(&sources, &Config::default()))
}

#[library_benchmark(setup = compiled)]
#[bench::thousand()]
fn plan_first_deployment(compiled: Compiled) -> Option<Plan> {
    black_box(compiled.plan_stage(None, None, &options()).ok())
}

#[library_benchmark(setup = edited)]
#[bench::thousand()]
fn plan_after_an_edit((mut workspace, deployed): (Workspace, Arc<Deployed>)) -> Option<Plan> {
    black_box(workspace.plan_stage(Some(&deployed), None, &options()).ok())
}

library_benchmark_group!(
    name = planner;
    benchmarks = parse, compile_project, plan_first_deployment, plan_after_an_edit
);
main!(library_benchmark_groups = planner);

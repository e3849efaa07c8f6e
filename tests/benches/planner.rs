//! Each stage of the way through the planner, and the whole of it, over synthetic projects.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use mz_deploy_planner::input::{Config, Sources, StageOptions, StrategyChoice};
use mz_deploy_planner::project::{
    CompiledFile, PROJECT_FILE, assemble, compile_file, file_context, read_settings,
};
use mz_deploy_planner::view::{self, TextOptions};
use mz_deploy_planner::{Workspace, compile, graph, plan, syntax};
use mz_deploy_tests::synthetic::{self, Shape};

const SIZES: [usize; 4] = [100, 1_000, 10_000, 50_000];

fn options() -> StageOptions {
    StageOptions { deploy_id: "b1".into(), ..StageOptions::default() }
}

fn compiled_files(sources: &Sources) -> Vec<Arc<CompiledFile>> {
    let config = Config::default();
    let (settings, _) = read_settings(sources.get(PROJECT_FILE).map(AsRef::as_ref), &config);
    let context = file_context(sources.iter().map(|(path, _)| path.as_str()), &settings, &config);
    sources.iter().map(|(path, text)| Arc::new(compile_file(path, text, &context))).collect()
}

fn stages(c: &mut Criterion) {
    let config = Config::default();
    for size in SIZES {
        let sources = synthetic::project(Shape::of(size));
        let files = compiled_files(&sources);
        let (settings, _) = read_settings(sources.get(PROJECT_FILE).map(AsRef::as_ref), &config);
        let (project, _) = assemble(&files, settings.clone(), &config);
        let (built, _) = graph::build(&project);
        let first = plan::stage(&project, &built, None, None, &options()).expect("the project is sound");

        let mut group = c.benchmark_group("stage");
        group.sample_size(10).throughput(Throughput::Elements(size as u64));
        let id = |name: &str| BenchmarkId::new(name.to_owned(), size);
        group.bench_function(id("parse"), |b| {
            b.iter(|| sources.iter().map(|(_, text)| syntax::parse(text).statements.len()).sum::<usize>());
        });
        group.bench_function(id("compile_files"), |b| b.iter(|| compiled_files(black_box(&sources)).len()));
        group.bench_function(id("assemble"), |b| {
            b.iter_batched(
                || settings.clone(),
                |settings| assemble(&files, settings, &config),
                BatchSize::LargeInput,
            );
        });
        group.bench_function(id("graph"), |b| b.iter(|| graph::build(black_box(&project))));
        group.bench_function(id("plan_first_deployment"), |b| {
            b.iter(|| plan::stage(&project, &built, None, None, &options()));
        });
        group.bench_function(id("plan_text"), |b| {
            b.iter(|| view::plan_text(black_box(&first), TextOptions::default()).len());
        });
        group.finish();
    }
}

fn whole(c: &mut Criterion) {
    let mut group = c.benchmark_group("whole");
    group.sample_size(10);
    for size in SIZES {
        let sources = synthetic::project(Shape::of(size));
        group.throughput(Throughput::Elements(size as u64));
        group.bench_function(BenchmarkId::new("compile_and_plan", size), |b| {
            b.iter(|| compile(&sources, &Config::default()).plan_stage(None, None, &options()));
        });
    }
    group.finish();
}

/// One file edited in a project that stays in memory: to the new diagnostics and the new plan.
fn edit(c: &mut Criterion) {
    let mut group = c.benchmark_group("edit");
    group.sample_size(20);
    for size in [1_000, 10_000] {
        let shape = Shape::of(size);
        let sources = synthetic::project(shape);
        for (place, object) in [("leaf", size - 1), ("middle", size / 2)] {
            for strategy in [StrategyChoice::Swap, StrategyChoice::Rename] {
                let mut workspace = Workspace::new(Config::default());
                for (path, text) in sources.iter() {
                    workspace.set_file(path.clone(), Arc::clone(text));
                }
                let deployed = Arc::new(plan::deployed_after(&workspace.check().project));
                let path = synthetic::path(shape, object);
                let before = sources.get(&path).expect("the object exists").to_string();
                let texts = [synthetic::edited(&before), before];
                let options = StageOptions { strategy: Some(strategy), ..options() };
                let mut turn = 0;
                group.bench_function(BenchmarkId::new(format!("{place}_{strategy:?}"), size), |b| {
                    b.iter(|| {
                        turn += 1;
                        workspace.set_file(path.as_str(), texts[turn % 2].as_str());
                        let compiled = workspace.check();
                        let plan = workspace.plan_stage(Some(&deployed), None, &options);
                        (compiled, plan)
                    });
                });
            }
        }
    }
    group.finish();
}

criterion_group!(benches, stages, whole, edit);
criterion_main!(benches);

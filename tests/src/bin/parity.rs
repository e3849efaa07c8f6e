//! Writes what the planner says natively, for the tests that compare it with what it says as WebAssembly: `parity FILE`.
//!
//! Every case, every example and a synthetic project, each with its files, its options and the snapshots that it is planned
//! with; and the plan as JSON and Markdown, or the problems that are in the way. The texts are compared byte by byte.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use mz_deploy_planner::diagnostic::Diagnostic;
use mz_deploy_planner::input::{Config, Sources, StageOptions, read_deployed, read_live};
use mz_deploy_planner::plan::{Plan, deployed_after};
use mz_deploy_planner::view::{diagnostics, plan_json, plan_markdown, to_json};
use mz_deploy_planner::{Compiled, compile};
use mz_deploy_tests::case::{self, Case};
use mz_deploy_tests::synthetic::{self, Shape};
use serde::Serialize;

/// A project, how it is planned, and what comes of it.
#[derive(Serialize)]
struct Entry {
    name: String,
    files: BTreeMap<String, String>,
    profile: Option<String>,
    options: StageOptions,
    deployed: Option<String>,
    live: Option<String>,
    /// The plan, unless something is in the way.
    json: Option<String>,
    markdown: Option<String>,
    /// The problems that are in the way.
    diagnostics: Option<String>,
}

/// What is planned.
struct Input {
    name: String,
    files: Sources,
    profile: Option<String>,
    options: StageOptions,
    deployed: Option<String>,
    live: Option<String>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file] = arguments.as_slice() else {
        eprintln!("usage: parity FILE");
        return ExitCode::from(2);
    };
    let entries: Vec<Entry> = cases().into_iter().chain(examples()).chain(synthetic()).map(entry).collect();
    match fs::write(file, to_json(&entries)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: can't write to `{file}`: {error}");
            ExitCode::FAILURE
        }
    }
}

fn options() -> StageOptions {
    StageOptions { deploy_id: "parity".into(), ..StageOptions::default() }
}

fn cases() -> Vec<Input> {
    let input = |(number, case): (usize, Case)| {
        let (deployed, live) = case::snapshots(&case);
        Input {
            name: format!("case {number}: {}", case.purpose),
            options: case.planning.map_or_else(options, |planning| planning.options),
            files: case.files,
            profile: case.profile,
            deployed,
            live,
        }
    };
    case::all().into_iter().enumerate().map(input).collect()
}

/// Each example as a first deployment, and deployed again over itself.
fn examples() -> Vec<Input> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let inputs = ["order-monitoring", "data-mesh/orders", "data-mesh/growth"].map(|name| {
        let mut files = Sources::new();
        read(&root.join(name), "", &mut files);
        let project = compile(&files, &Config::default()).project;
        let first = |deployed, redeploy_all| Input {
            name: format!("example {name}"),
            files: files.clone(),
            profile: None,
            options: StageOptions { redeploy_all, ..options() },
            deployed,
            live: None,
        };
        [first(None, false), first(Some(to_json(&deployed_after(&project))), true)]
    });
    inputs.into_iter().flatten().collect()
}

/// The files of a project, without what a command line leaves in its folder.
fn read(directory: &Path, prefix: &str, files: &mut Sources) {
    for entry in fs::read_dir(directory).expect("a directory of the examples") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("entries have names").to_string_lossy();
        if name.starts_with('.') || name == "target" {
            continue;
        }
        if path.is_dir() {
            read(&path, &format!("{prefix}{name}/"), files);
        } else {
            files.insert(format!("{prefix}{name}"), fs::read_to_string(&path).expect("a text"));
        }
    }
}

/// An edit of one object in a project of some hundreds.
fn synthetic() -> Option<Input> {
    let shape = Shape::of(300);
    let files = synthetic::project(shape);
    let deployed = to_json(&deployed_after(&compile(&files, &Config::default()).project));
    let path = synthetic::path(shape, 150);
    let text = synthetic::edited(files.get(&path)?);
    let mut edited = files.clone();
    edited.insert(path, text);
    Some(Input {
        name: "an edit of a synthetic project".to_owned(),
        files: edited,
        profile: None,
        options: options(),
        deployed: Some(deployed),
        live: None,
    })
}

fn entry(input: Input) -> Entry {
    let compiled = compile(&input.files, &Config { profile: input.profile.as_deref().map(Into::into) });
    let planned = plan(&input, &compiled);
    let text_of = |path: &str| match path {
        "deployed.json" => input.deployed.as_deref(),
        "live.json" => input.live.as_deref(),
        path => input.files.get(path).map(AsRef::as_ref),
    };
    let in_the_way = planned.as_ref().err().map(|problems| to_json(&diagnostics(problems, text_of)));
    Entry {
        json: planned.as_ref().ok().map(plan_json),
        markdown: planned.as_ref().ok().map(plan_markdown),
        diagnostics: in_the_way,
        files: input.files.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect(),
        name: input.name,
        profile: input.profile,
        options: input.options,
        deployed: input.deployed,
        live: input.live,
    }
}

fn plan(input: &Input, compiled: &Compiled) -> Result<Plan, Vec<Diagnostic>> {
    let deployed = input.deployed.as_deref().map(|text| read_deployed("deployed.json", text));
    let live = input.live.as_deref().map(|text| read_live("live.json", text));
    let deployed = deployed.transpose().map_err(|problem| vec![*problem])?;
    let live = live.transpose().map_err(|problem| vec![*problem])?;
    compiled.plan_stage(deployed.as_ref(), live.as_ref(), &input.options)
}

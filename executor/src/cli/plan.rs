//! `mz-deploy plan`

use std::thread;

use mz_deploy_planner::input;
use mz_deploy_planner::plan::Plan;
use mz_deploy_planner::view::{self, TextOptions};

use super::arguments::{Global, Output, PlanFormat, PlanOptions};
use super::terminal::{self, Terminal};
use super::{leave_to_the_system, load, plan_file, read, rejected, sound};
use crate::host::{Failure, Loaded, WorkTreeQuery, joined};

/// Characters of a digest that stand for the project in a deploy id: as many as of a commit.
const SHORT: usize = 7;

pub(super) fn run(global: &Global, options: &PlanOptions, terminal: Terminal) -> Result<(), Failure> {
    plan_file::check(&options.saved)?;
    let commit = options.changes.deploy_id.is_none().then(|| WorkTreeQuery::start(&global.directory));
    // A snapshot is as large as the project, so both are read at once.
    let (deployed, live, loaded) = thread::scope(|scope| {
        let deployed = options.deployed.as_deref();
        let deployed = deployed.map(|path| scope.spawn(|| read(path, input::read_deployed)));
        let live = options.live.as_deref();
        let live = live.map(|path| scope.spawn(|| read(path, input::read_live)));
        let loaded = load(global, terminal);
        (deployed.map(joined), live.map(joined), loaded)
    });
    let (deployed, live) = (deployed.transpose()?, live.transpose()?);
    let loaded = sound(loaded?, global, terminal)?;
    let deploy_id = match (&options.changes.deploy_id, commit) {
        (Some(id), _) => id.clone(),
        (None, commit) => {
            default_id(commit.and_then(|query| query.finish().short_commit()), &loaded, terminal)
        }
    };
    let stage = options.changes.named(&deploy_id);
    let plan = match loaded.compiled.plan_stage(deployed.as_ref(), live.as_ref(), &stage) {
        Ok(plan) => plan,
        Err(diagnostics) => return Err(rejected(diagnostics, loaded.texts, global)),
    };
    plan_file::save_plan(&options.saved, &plan, terminal)?;
    let default = if global.output() == Output::Json { PlanFormat::Json } else { PlanFormat::Text };
    let printed = match options.format.unwrap_or(default) {
        PlanFormat::Text => print(&plan, terminal),
        PlanFormat::Json => terminal::print_result(&view::plan_json(&plan)),
        PlanFormat::Markdown => terminal::print_result(&view::plan_markdown(&plan)),
        PlanFormat::Sql => terminal::print_result(&view::plan_sql(&plan)),
    };
    leave_to_the_system((loaded, deployed, live, plan));
    printed
}

/// Prints a plan as text.
pub(super) fn print(plan: &Plan, terminal: Terminal) -> Result<(), Failure> {
    let text = TextOptions { colour: terminal::result_colour(), full: terminal.is_verbose() };
    terminal::print_result(&view::plan_text(plan, text))
}

/// A failure that may point into the project's files, with their texts.
pub(super) fn in_project(failure: Failure, loaded: &Loaded, global: &Global) -> Failure {
    match failure {
        Failure::Rejected { diagnostics, .. } => rejected(diagnostics, loaded.texts.clone(), global),
        other => other,
    }
}

/// The commit names a deployment only if it says what is deployed. Otherwise the project's contents do.
pub(super) fn default_id(commit: Option<String>, loaded: &Loaded, terminal: Terminal) -> String {
    commit.unwrap_or_else(|| {
        let id: String = loaded.content_digest().chars().take(SHORT).collect();
        terminal.info(format_args!(
            "The deployment is named {id} after the project's contents, which are not those of a commit"
        ));
        id
    })
}

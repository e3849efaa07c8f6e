//! `mz-deploy stage`

use std::time::Instant;

use super::arguments::deployment::StageOptions;
use super::arguments::{Global, Output};
use super::connect::{block_on, connect, listen, scope_of};
use super::documents;
use super::documents::stage::{StageDocument, StagePlanDocument};
use super::plan::{default_id, in_project, print};
use super::terminal::{Terminal, print_result};
use super::{leave_to_the_system, load, plan_file, progress, sound};
use crate::deploy::Staging;
use crate::host::{Failure, WorkTreeQuery};

pub(super) fn run(global: &Global, options: &StageOptions, terminal: Terminal) -> Result<(), Failure> {
    plan_file::check(&options.saved)?;
    let began = Instant::now();
    let work_tree = WorkTreeQuery::start(&global.directory);
    let loaded = sound(load(global, terminal)?, global, terminal)?;
    let work_tree = work_tree.finish();
    let deploy_id = match &options.changes.deploy_id {
        Some(id) => id.clone(),
        None => default_id(work_tree.short_commit(), &loaded, terminal),
    };
    let commit = work_tree.commit_to_stage(options.allow_dirty)?;
    let stage = options.changes.named(&deploy_id);
    let scope = scope_of(&loaded);
    block_on(async {
        let session = connect(global, terminal).await?;
        let interrupt = listen(terminal)?;
        let staging = Staging {
            session: &session,
            scope: &scope,
            compiled: &loaded.compiled,
            options: &stage,
            commit,
            interrupt: &interrupt,
        };
        let mut staged = staging.plan().await.map_err(|failure| in_project(failure, &loaded, global))?;
        staged.is_approved = plan_file::approve(&options.plan, &staged.plan)?;
        plan_file::save_plan(&options.saved, &staged.plan, terminal)?;
        let plan = staged.plan.clone();
        let is_json = global.output() == Output::Json;
        if plan.phases.is_empty() {
            terminal.info("No changes detected: everything in the project is deployed");
        }
        if plan.phases.is_empty() || options.run.dry_run {
            return match is_json {
                true => documents::print(&StagePlanDocument::new(&plan)),
                false if plan.phases.is_empty() => Ok(()),
                false => print(&plan, terminal),
            };
        }
        let rolls_back = !options.no_rollback;
        let progress = progress::printer(terminal);
        staging.run(staged, rolls_back, options.lease.take_over, progress).await?;
        let objects = plan.cost.objects;
        let took = began.elapsed().as_secs_f64();
        terminal.info(format_args!("✓ staged {objects} objects as {deploy_id} in {took:.1} s"));
        if is_json {
            return documents::print(&StageDocument::new(&plan));
        }
        terminal.info(format_args!("Next: mz-deploy wait {deploy_id}, mz-deploy promote {deploy_id}"));
        print_result(&format!("{deploy_id}\n"))
    })?;
    leave_to_the_system(loaded);
    Ok(())
}

//! `mz-deploy promote`

use mz_deploy_planner::plan;

use super::arguments::deployment::{Keep, PromoteOptions};
use super::arguments::{Global, Output};
use super::confirm::confirm;
use super::connect::{block_on, connect, listen};
use super::documents::promotion::{ApplyState, PromoteDocument};
use super::documents::{self, Status, StatusDocument};
use super::plan::print;
use super::terminal::Terminal;
use super::{plan_file, progress, wait};
use crate::deploy::{Change, Wish};
use crate::host::Failure;

pub(super) fn run(global: &Global, options: &PromoteOptions, terminal: Terminal) -> Result<(), Failure> {
    plan_file::check(&options.saved)?;
    let deploy_id = options.deployment.deploy_id.as_str();
    let keep = options.keep.map(|keep| plan::Keep {
        seconds: match keep {
            Keep::UntilCleanup => None,
            Keep::For(time) => Some(time.as_secs()),
        },
    });
    let wish = Wish::Promote(plan::PromoteOptions { keep, force: options.force });
    block_on(async {
        let mut session = connect(global, terminal).await?;
        session.step_timeout = options.steps.step_timeout;
        let (mut change, first) = Change::find(&session, deploy_id, wish).await?.planned().await?;
        change.is_approved = plan_file::approve(&options.plan, &first)?;
        plan_file::save_plan(&options.saved, &first, terminal)?;
        let is_json = global.output() == Output::Json;
        if is_json {
            // What was done is said when it was.
            let status = Status::Planned;
            let state = match plan::marker(&change.live, deploy_id) {
                mz_deploy_planner::input::Marker::Absent => ApplyState::NotStarted,
                mz_deploy_planner::input::Marker::NotSwapped => ApplyState::PreSwap,
                mz_deploy_planner::input::Marker::Swapped => ApplyState::PostSwap,
            };
            let document = PromoteDocument::new(&change.deployment.plan, status, state, keep.is_some());
            if options.run.dry_run {
                return documents::print(&document);
            }
            documents::print(&document)?;
        } else if options.run.dry_run {
            return print(&first, terminal);
        }
        let interrupt = listen(terminal)?;
        let ready = change.ready(options.lag.allowed_lag);
        if options.wait {
            wait::until_ready(&ready, options.timeout, &interrupt, global, terminal).await?;
        }
        if !is_json {
            print_for_review(&first, terminal);
        }
        let question = format!("Promote {deploy_id} to {}?", session.target().address());
        if !confirm(&question, options.confirmation, &interrupt, global).await? {
            terminal.info("Nothing was done");
            return Ok(());
        }
        let looked = async || {
            if options.no_ready_check { Ok(()) } else { wait::once(&ready, global, terminal).await }
        };
        let progress = progress::printer(terminal);
        change.run(first, &interrupt, options.lease.take_over, looked, progress).await?;
        terminal.info(format_args!("✓ {deploy_id} is in production"));
        if is_json {
            documents::print(&StatusDocument { status: Status::Done })?;
        }
        if let Some(keep) = options.keep {
            terminal.info(format_args!(
                "The old version is kept {}: mz-deploy rollback {deploy_id} goes back to it",
                for_how_long(keep)
            ));
        }
        Ok(())
    })
}

fn for_how_long(keep: Keep) -> String {
    match keep {
        Keep::UntilCleanup => "until cleanup".to_owned(),
        Keep::For(time) => match time.as_secs() {
            seconds if seconds % 3600 == 0 => format!("for {} h", seconds / 3600),
            seconds if seconds % 60 == 0 => format!("for {} min", seconds / 60),
            seconds => format!("for {seconds} s"),
        },
    }
}

/// Shows what will be done, on the stream of what isn't a result.
fn print_for_review(plan: &plan::Plan, terminal: Terminal) {
    let options = mz_deploy_planner::view::TextOptions { full: terminal.is_verbose(), ..Default::default() };
    terminal.text(&mz_deploy_planner::view::plan_text(plan, options));
}

//! `mz-deploy abort`, `rollback` and `cleanup`: what is done with one deployment, planned, shown and run.

use mz_deploy_planner::plan::{self, TakenAway};

use super::arguments::deployment::{AbortOptions, CleanupOptions, RollbackOptions};
use super::arguments::shared::Confirmation;
use super::arguments::{Global, Output};
use super::confirm::confirm;
use super::connect::{block_on, connect, listen};
use super::documents::stage::AbortDocument;
use super::documents::{self, Status, StatusDocument};
use super::plan::print;
use super::progress;
use super::terminal::Terminal;
use crate::deploy::{Change, Session, Wish, overdue, was_aborted};
use crate::host::{Class, Failure, FailureCode, Interrupt};

pub(super) fn abort(global: &Global, options: &AbortOptions, terminal: Terminal) -> Result<(), Failure> {
    let deploy_id = options.deployment.deploy_id.as_str();
    block_on(async {
        let session = connect(global, terminal).await?;
        let is_json = global.output() == Output::Json;
        if was_aborted(&session, deploy_id, options.lease.take_over).await? {
            terminal.info(format_args!("{deploy_id} was taken away before"));
            return if is_json {
                documents::print(&AbortDocument::new(deploy_id, TakenAway::default()))
            } else {
                Ok(())
            };
        }
        let (change, first) = Change::find(&session, deploy_id, Wish::Abort).await?.planned().await?;
        for note in &first.notes {
            terminal.info(note);
        }
        let counted = plan::taken_away(&first);
        let interrupt = listen(terminal)?;
        let progress = progress::printer(terminal);
        change.run(first, &interrupt, options.lease.take_over, async || Ok(()), progress).await?;
        terminal.info(format_args!("✓ {deploy_id} was taken away"));
        if is_json {
            documents::print(&AbortDocument::new(deploy_id, counted))?;
        }
        Ok(())
    })
}

pub(super) fn rollback(
    global: &Global,
    options: &RollbackOptions,
    terminal: Terminal,
) -> Result<(), Failure> {
    let deploy_id = options.deployment.deploy_id.as_str();
    block_on(async {
        let mut session = connect(global, terminal).await?;
        session.step_timeout = options.steps.step_timeout;
        let run = Run {
            wish: Wish::RollBack,
            only_shows: options.run.dry_run,
            confirmation: options.confirmation,
            take_over: options.lease.take_over,
            question: format!("Roll {deploy_id} back?"),
            done: format!("✓ production is again what it was before {deploy_id}, which is staged"),
        };
        run.on(&session, deploy_id, &listen(terminal)?, global, terminal).await
    })
}

pub(super) fn cleanup(global: &Global, options: &CleanupOptions, terminal: Terminal) -> Result<(), Failure> {
    block_on(async {
        let session = connect(global, terminal).await?;
        let ids = match &options.deploy_id {
            Some(id) => vec![id.clone()],
            None => overdue(&session).await?,
        };
        if ids.is_empty() {
            terminal.info("No old version has been kept for longer than it was to be");
            if global.output() == Output::Json {
                documents::print(&StatusDocument { status: Status::Unchanged })?;
            }
        }
        let is_one = options.deploy_id.is_some();
        let interrupt = listen(terminal)?;
        let count = ids.len();
        let mut left = Vec::new();
        for id in ids {
            let run = Run {
                wish: Wish::CleanUp,
                only_shows: options.run.dry_run,
                confirmation: options.confirmation,
                take_over: options.lease.take_over,
                question: format!("Drop what {id} replaced?"),
                done: format!("✓ what {id} replaced was dropped"),
            };
            match run.on(&session, &id, &interrupt, global, terminal).await {
                Ok(()) => {}
                // One that can't be dropped keeps none of the others.
                Err(failure) if !is_one && may_go_on(&failure, &session, &interrupt) => {
                    terminal.info(format_args!("✗ {id}: {}", failure.words()));
                    left.push((id, failure));
                }
                Err(failure) => return Err(failure),
            }
        }
        not_all(left, count)
    })
}

/// True if what is left may still be dropped: the failure is one of that one deployment, and nobody asked for a stop.
fn may_go_on(failure: &Failure, session: &Session, interrupt: &Interrupt) -> bool {
    let is_of_one = match failure {
        Failure::Rejected { .. } => true,
        Failure::Refused { code, .. } => matches!(
            code,
            FailureCode::Failed | FailureCode::StatementFailed | FailureCode::Conflict | FailureCode::Partial
        ),
        Failure::Reported(_) | Failure::OutputClosed => false,
    };
    is_of_one && !session.connection.is_closed() && !interrupt.is_requested()
}

/// The failure of a cleanup that left these of so many old versions.
fn not_all(mut left: Vec<(String, Failure)>, count: usize) -> Result<(), Failure> {
    let code = match left.as_slice() {
        [] => return Ok(()),
        some if some.len() < count => FailureCode::Partial,
        [_] => return left.pop().map_or(Ok(()), |(_, failure)| Err(failure)),
        all if all.iter().all(|(_, why)| why.class() == Some(Class::Conflict)) => FailureCode::Conflict,
        _ => FailureCode::Failed,
    };
    let left: Vec<String> = left.iter().map(|(id, why)| format!("\n  {id}: {}", why.words())).collect();
    let message = format!("not every old version was dropped; what is left of these:{}", left.concat());
    Err(Failure::coded(code, message)
        .help("mend the causes and run `mz-deploy cleanup` again: it does what is left"))
}

/// What is done, and what is said about it.
struct Run {
    wish: Wish,
    only_shows: bool,
    confirmation: Confirmation,
    take_over: bool,
    question: String,
    done: String,
}

impl Run {
    async fn on(
        self,
        session: &Session,
        deploy_id: &str,
        interrupt: &Interrupt,
        global: &Global,
        terminal: Terminal,
    ) -> Result<(), Failure> {
        let (change, first) = Change::find(session, deploy_id, self.wish).await?.planned().await?;
        let is_json = global.output() == Output::Json;
        if self.only_shows {
            if is_json {
                return documents::print(&StatusDocument { status: Status::Planned });
            }
            return print(&first, terminal);
        }
        if !confirm(&self.question, self.confirmation, interrupt, global).await? {
            terminal.info("Nothing was done");
            return Ok(());
        }
        change.run(first, interrupt, self.take_over, async || Ok(()), progress::printer(terminal)).await?;
        terminal.info(&self.done);
        if is_json {
            documents::print(&StatusDocument { status: Status::Done })?;
        }
        Ok(())
    }
}

//! Sends the transaction that exchanges two versions.

use std::time::Instant;

use mz_deploy_planner::plan::Step;

use super::attend::attend;
use super::check::check;
use super::driver::{Met, Progress, World, statement};
use super::machine::Event;
use crate::db::{Connection, DbError, Kind};
use crate::host::Interrupt;

/// Exchanges everything or nothing.
///
/// The first statement fixes the revision of the catalog: from then on, any change by anybody makes the transaction fail.
/// So what is seen on the other connection after it still holds at the end, or nothing is done. That the lease is held is among
/// it: nobody can take it over and see the exchange come after.
pub(super) async fn exchange(
    world: World<'_>,
    number: usize,
    steps: &[&Step],
    interrupt: &Interrupt,
    met: &mut Met,
    progress: &mut impl FnMut(Progress<'_>),
) -> Event {
    let began = Instant::now();
    let statements: Vec<&str> = steps.iter().filter_map(|step| statement(step)).collect();
    let Some((first, rest)) = statements.split_first() else { return Event::Done };
    // Whichever of the two fails, it is the first step that wasn't done.
    if let Err(why) = sent(world.connection, interrupt, &["BEGIN", first], number).await {
        return undo(world.connection, why.of(number), met).await;
    }
    let holds = check(world, world.observer, number, steps, met).await;
    if holds != Event::Done {
        let _ = world.connection.execute("ROLLBACK").await;
        return holds;
    }
    if let Err(why) = sent(world.connection, interrupt, rest, number + 1).await {
        return undo(world.connection, why, met).await;
    }
    // From here on nobody may stop it: what came of it wouldn't be known.
    match world.connection.execute("COMMIT").await {
        Ok(()) => {
            let took = began.elapsed();
            for step in steps {
                progress(Progress::Step { step, took, error: None });
            }
            Event::Done
        }
        Err(error) if error.kind == Kind::Closed => Event::Unknown,
        Err(error) => undo(world.connection, Why::Failed(number, error), met).await,
    }
}

/// Why a transaction isn't ended as it was to be.
enum Why {
    Insisted,
    /// A step failed; with its number.
    Failed(usize, DbError),
}

impl Why {
    fn of(self, number: usize) -> Self {
        match self {
            Self::Failed(_, error) => Self::Failed(number, error),
            Self::Insisted => self,
        }
    }
}

/// Sends statements of a transaction, of which the first is this step.
async fn sent(
    connection: &Connection,
    interrupt: &Interrupt,
    statements: &[&str],
    number: usize,
) -> Result<(), Why> {
    let answers = connection.pipeline(statements);
    let (answers, stopped) = attend(connection, interrupt, None, answers, |_| ()).await;
    if stopped.is_some() {
        return Err(Why::Insisted);
    }
    for (number, answer) in (number..).zip(answers) {
        answer.map_err(|error| Why::Failed(number, error))?;
    }
    Ok(())
}

/// Ends a transaction that failed.
async fn undo(connection: &Connection, why: Why, met: &mut Met) -> Event {
    let _ = connection.execute("ROLLBACK").await;
    match why {
        Why::Insisted => Event::Interrupted,
        // Names that mean nothing, or something else, are what others leave who were quicker: a new plan tells what it was.
        Why::Failed(_, error) if matches!(error.kind, Kind::Conflict | Kind::Missing | Kind::NameTaken) => {
            Event::Conflict
        }
        Why::Failed(number, error) => met.failure(number, error),
    }
}

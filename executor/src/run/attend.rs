//! Waits for statements that were sent: says for how long it has waited, and has the server stop them when somebody insists or the
//! time is over.

use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use crate::db::Connection;
use crate::host::Interrupt;

/// When it is first said that something is waited for; each further time is twice as late, up to a minute.
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_mins(1);
/// Statements that were sent together run one after another, and each has to be stopped: how often that is asked for.
const AGAIN: Duration = Duration::from_millis(100);

/// Why statements were stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stopped {
    /// Somebody insisted.
    Insisted,
    /// They took longer than they may.
    Late,
}

/// Waits for the answers to statements on `connection`. `limit` is how long they may take: the server doesn't limit DDL.
/// `waiting` is told now and then how long it has been.
pub(super) async fn attend<T>(
    connection: &Connection,
    interrupt: &Interrupt,
    limit: Option<Duration>,
    answers: impl Future<Output = T>,
    mut waiting: impl FnMut(Duration),
) -> (T, Option<Stopped>) {
    let mut answers = pin!(answers);
    let mut interrupt = interrupt.clone();
    let began = Instant::now();
    let late = async {
        match limit {
            Some(limit) => sleep_until(began + limit).await,
            None => std::future::pending().await,
        }
    };
    let mut late = pin!(late);
    let mut pause = FIRST;
    let stopped = loop {
        tokio::select! {
            biased;
            done = &mut answers => return (done, None),
            () = interrupt.insisted_on() => break Stopped::Insisted,
            () = &mut late => break Stopped::Late,
            () = sleep(pause) => {
                waiting(began.elapsed());
                pause = (pause * 2).min(LONGEST);
            }
        }
    };
    let cancel = connection.cancel_token();
    loop {
        // If the server can't be reached for it, the answer may still come.
        let _ = cancel.cancel().await;
        tokio::select! {
            biased;
            done = &mut answers => {
                // One that is on its way must not meet what is sent next.
                sleep(AGAIN).await;
                return (done, Some(stopped));
            }
            () = sleep(AGAIN) => {}
        }
    }
}

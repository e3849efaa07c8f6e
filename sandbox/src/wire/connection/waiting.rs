//! What takes its time: faults, reads of the future, subscriptions. Meanwhile the client may cancel, leave or send more.

use std::pin::pin;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::time::Instant;

use super::{Closed, Connection, MAX_BATCH, Outcome};
use crate::error::{SqlError, SqlState};
use crate::fault::{Action, When};
use crate::query::CopyFormat;
use crate::session::{Answer, Bound, Fetch, Session, Subscription, Tag, Wait, encode_copy};
use crate::wire::cancel::Canceled;

/// Why waiting ended.
pub(super) enum Waited<T> {
    For(T),
    Canceled,
    TimedOut,
}

impl Connection {
    /// Lets happen what was asked to happen around a statement.
    pub(super) async fn interfere(
        &mut self,
        session: &mut Session,
        bound: &Bound,
        when: When,
        canceled: &Canceled,
        deadline: Option<Instant>,
    ) -> Outcome<Result<(), SqlError>> {
        let mut cleared = pin!(session.faults_cleared());
        let mut is_cleared = false;
        for action in session.faults(bound, when) {
            match action {
                Action::Delay(_) if is_cleared => {}
                Action::Delay(time) => {
                    let time = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
                    let clock = session.clock().clone();
                    let waiting = async {
                        tokio::select! {
                            () = clock.wait_until(clock.now().saturating_add(time)) => false,
                            () = &mut cleared => true,
                        }
                    };
                    match self.wait(waiting, canceled, deadline).await? {
                        Waited::For(ended) => is_cleared = ended,
                        Waited::Canceled => return Ok(Err(canceled_by_user())),
                        Waited::TimedOut => return Ok(Err(timed_out())),
                    }
                }
                Action::Run(sql) => {
                    if let Err(error) = self.run(|| session.run_aside(&sql)) {
                        return Ok(Err(error));
                    }
                }
                Action::Fail(error) => return Ok(Err(error)),
                Action::Disconnect => return Err(Closed),
            }
        }
        Ok(Ok(()))
    }

    /// Waits while the client may cancel, leave, or send more, which is kept for later.
    pub(super) async fn wait<T>(
        &mut self,
        work: impl Future<Output = T>,
        canceled: &Canceled,
        deadline: Option<Instant>,
    ) -> Outcome<Waited<T>> {
        let work = pin!(work);
        let mut work = work;
        let timeout = async {
            match deadline {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        let mut timeout = pin!(timeout);
        loop {
            tokio::select! {
                biased;
                () = canceled.wait() => return Ok(Waited::Canceled),
                result = &mut work => return Ok(Waited::For(result)),
                () = &mut timeout => return Ok(Waited::TimedOut),
                read = self.reader.read_buf(&mut self.inbox), if self.inbox.len() < MAX_BATCH => {
                    if !matches!(read, Ok(1..)) {
                        return Err(Closed);
                    }
                }
            }
        }
    }

    /// Sends the rows of a subscription until it ends.
    pub(super) async fn stream(
        &mut self,
        session: &mut Session,
        mut subscription: Subscription,
        copy: Option<CopyFormat>,
        canceled: &Canceled,
    ) -> Outcome<Result<(), SqlError>> {
        let mut sent = 0;
        self.tell(session);
        loop {
            let changed = session.changes();
            if let Err(error) = self.run(|| session.poll(&mut subscription)) {
                return Ok(Err(error));
            }
            for row in subscription.take(None) {
                sent += 1;
                match &copy {
                    Some(format) => self.outbox.copy_data(encode_copy(format, &row)),
                    None => self.outbox.row(&row),
                }
            }
            self.flush().await?;
            if subscription.is_complete() {
                break;
            }
            let waiting = subscription.wait(changed);
            if let Waited::Canceled = self.wait(waiting, canceled, None).await? {
                return Ok(Err(canceled_by_user()));
            }
        }
        if copy.is_some() {
            self.outbox.copy_done();
        }
        let tag = if copy.is_some() { format!("COPY {sent}") } else { format!("SELECT {sent}") };
        self.tell(session);
        self.outbox.complete(&tag);
        Ok(Ok(()))
    }

    /// Collects the rows of a `FETCH` from a subscription.
    pub(super) async fn fetch(
        &mut self,
        session: &mut Session,
        fetch: &Fetch,
        canceled: &Canceled,
    ) -> Outcome<Result<Answer, SqlError>> {
        let end = match fetch.wait {
            Wait::ForRows => None,
            Wait::For(time) => Instant::now().checked_add(time),
        };
        self.flush().await?;
        let mut rows = Vec::new();
        loop {
            let changed = session.changes();
            let limit = fetch.limit.map(|limit| limit - rows.len());
            let mut polled = match self.run(|| session.poll_cursor(&fetch.cursor, limit)) {
                Ok(polled) => polled,
                Err(error) => return Ok(Err(error)),
            };
            rows.extend(polled.take());
            let enough = fetch.limit.is_some_and(|limit| rows.len() >= limit)
                || (fetch.wait == Wait::ForRows && !rows.is_empty());
            if enough || polled.complete || fetch.wait == Wait::For(Duration::ZERO) {
                break;
            }
            match self.wait(polled.wait(changed), canceled, end).await? {
                Waited::For(()) => {}
                Waited::Canceled => return Ok(Err(canceled_by_user())),
                Waited::TimedOut => break,
            }
        }
        Ok(Ok(Answer::Rows { rows, tag: Tag::Fetch }))
    }
}

pub(super) fn canceled_by_user() -> SqlError {
    SqlError::new(SqlState::QUERY_CANCELED, "canceling statement due to user request")
}

pub(super) fn timed_out() -> SqlError {
    SqlError::new(SqlState::QUERY_CANCELED, "canceling statement due to statement timeout")
}

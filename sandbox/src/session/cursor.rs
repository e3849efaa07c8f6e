//! Cursors: `DECLARE`, `FETCH`, `CLOSE`.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::watch;

use super::Session;
use super::answer::{Answer, Bound, Fetch, Result, Tag, Wait};
use super::subscription::{Subscription, wait_for_changes};
use super::value::parse_microseconds;
use crate::error::{SqlError, SqlState};
use crate::result::Row;
use crate::sql::ast::{FetchCount, ParsedStatement, Statement, Value};

/// The longest time that a `FETCH` may wait.
const MAX_TIMEOUT: Duration = Duration::from_hours(24);

/// A cursor.
#[derive(Debug)]
pub(super) struct Cursor {
    pub(super) bound: Bound,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Nothing was fetched yet.
    Declared,
    /// The rows that are left of a query.
    Rows(VecDeque<Row>),
    /// A subscription.
    Subscription(Box<Subscription>),
}

/// What a subscription's cursor has at the moment.
pub(crate) struct Polled {
    rows: Vec<Row>,
    /// There will be no more.
    pub(crate) complete: bool,
    progress: bool,
}

impl Polled {
    pub(crate) fn take(&mut self) -> Vec<Row> {
        std::mem::take(&mut self.rows)
    }

    /// Ends when there may be more.
    pub(crate) async fn wait(&self, changed: watch::Receiver<u64>) {
        wait_for_changes(changed, self.progress).await;
    }
}

impl Session {
    pub(super) fn declare(&mut self, name: &str, statement: &Statement) -> Result<Answer> {
        if !self.transaction.is_block() {
            return Err(SqlError::new(
                SqlState::NO_ACTIVE_TRANSACTION,
                "DECLARE CURSOR can only be used in transaction blocks",
            ));
        }
        if self.cursors.contains_key(name) {
            let message = format!("cursor \"{name}\" already exists");
            return Err(SqlError::new(SqlState::DUPLICATE_CURSOR, message));
        }
        let text = crate::sql::print::display(statement);
        let bound = self.bind_simple(ParsedStatement { statement: statement.clone(), text, offset: 0 })?;
        self.cursors.insert(name.to_owned(), Cursor { bound, state: State::Declared });
        Ok(Answer::Done("DECLARE CURSOR".into()))
    }

    pub(super) fn close_cursor(&mut self, name: &str) -> Result<Answer> {
        match self.cursors.remove(name) {
            Some(_) => Ok(Answer::Done("CLOSE CURSOR".into())),
            None => Err(no_cursor(name)),
        }
    }

    pub(super) fn cursor(&self, name: &str) -> Result<&Cursor> {
        self.cursors.get(name).ok_or_else(|| no_cursor(name))
    }

    pub(super) fn fetch(&mut self, name: &str, count: FetchCount, timeout: Option<&Value>) -> Result<Answer> {
        let limit = match count {
            FetchCount::One => Some(1),
            FetchCount::Count(count) => Some(usize::try_from(count).unwrap_or(usize::MAX)),
            FetchCount::All => None,
        };
        let wait = timeout.map_or(Ok(Wait::ForRows), fetch_timeout)?;
        let cursor = self.cursor(name)?;
        if let State::Declared = cursor.state {
            let bound = cursor.bound.clone();
            self.in_cursor = true;
            let answer = self.execute(&bound);
            self.in_cursor = false;
            let state = match answer? {
                Answer::Rows { rows, .. } => State::Rows(rows.into()),
                Answer::Stream { subscription, .. } => State::Subscription(subscription),
                // The statement reads a time to come: the whole FETCH is run again then.
                waiting @ (Answer::Wait { .. } | Answer::Ask(_)) => return Ok(waiting),
                _ => return Err(SqlError::unsupported("cursors over statements that return no rows")),
            };
            if let Some(cursor) = self.cursors.get_mut(name) {
                cursor.state = state;
            }
        }
        match self.cursors.get_mut(name).map(|cursor| &mut cursor.state) {
            Some(State::Rows(rest)) => {
                let count = limit.unwrap_or(usize::MAX).min(rest.len());
                Ok(Answer::Rows { rows: rest.drain(..count).collect(), tag: Tag::Fetch })
            }
            _ => Ok(Answer::Fetch(Fetch { cursor: name.to_owned(), limit, wait })),
        }
    }

    /// What a subscription's cursor has now, up to a limit.
    pub(crate) fn poll_cursor(&mut self, name: &str, limit: Option<usize>) -> Result<Polled> {
        let Some(mut cursor) = self.cursors.remove(name) else {
            return Err(no_cursor(name));
        };
        let polled = match &mut cursor.state {
            State::Subscription(subscription) => {
                let polled = self.poll(subscription);
                // What was collected before the end is still handed out.
                let rows = subscription.take(limit);
                match polled {
                    Err(error) if rows.is_empty() => Err(error),
                    _ => Ok(Polled {
                        rows,
                        complete: subscription.is_complete(),
                        progress: subscription.tells_progress(),
                    }),
                }
            }
            State::Declared | State::Rows(_) => Err(no_cursor(name)),
        };
        self.cursors.insert(name.to_owned(), cursor);
        polled
    }
}

fn fetch_timeout(value: &Value) -> Result<Wait> {
    let text = match value {
        Value::String(text) | Value::Number(text) => text.as_str(),
        Value::Interval(interval) => interval.value.as_str(),
        _ => "",
    };
    let invalid = || SqlError::internal(format!("invalid TIMEOUT: {text}"));
    let (number, unit) = if let Some((number, unit)) = text.trim().split_once(' ') {
        (number, unit.trim())
    } else {
        let text = text.trim();
        let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        text.split_at_checked(digits).ok_or_else(invalid)?
    };
    let unit = match unit {
        "" | "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "ms" | "millisecond" | "milliseconds" => "ms",
        "m" | "min" | "mins" | "minute" | "minutes" => "min",
        "h" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        _ => return Err(invalid()),
    };
    let one = parse_microseconds(&format!("1{unit}")).ok_or_else(invalid)?;
    let number: f64 = number.parse().map_err(|_| invalid())?;
    let time = Duration::try_from_secs_f64(number * Duration::from_micros(one).as_secs_f64())
        .map_err(|_| invalid())?;
    if time > MAX_TIMEOUT {
        return Err(SqlError::internal(format!("timeout out of range: {}s", time.as_secs_f64())));
    }
    Ok(Wait::For(time))
}

fn no_cursor(name: &str) -> SqlError {
    SqlError::new(SqlState::INVALID_CURSOR_NAME, format!("cursor \"{name}\" does not exist"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_intervals_up_to_a_day() {
        let timeout = |text: &str| fetch_timeout(&Value::String(text.to_owned()));
        assert_eq!(timeout("4s"), Ok(Wait::For(Duration::from_secs(4))));
        assert_eq!(timeout("0s"), Ok(Wait::For(Duration::ZERO)));
        assert_eq!(timeout("1.5 seconds"), Ok(Wait::For(Duration::from_millis(1500))));
        assert_eq!(timeout("200ms"), Ok(Wait::For(Duration::from_millis(200))));
        assert!(timeout("2 days").is_err_and(|error| error.message == "timeout out of range: 172800s"));
        assert!(timeout("soon").is_err());
    }
}

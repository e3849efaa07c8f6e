//! Watches a deployment until it is ready, can't become so, or the time is up.
//!
//! A subscription tells of every change within two seconds and costs the server little. Where it is refused, or doesn't begin,
//! the same query is asked again and again. A connection that is lost is opened anew: hydration takes hours, and connections
//! don't always live as long.

use std::future::Future;
use std::ops::ControlFlow;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::changes::{Change, Changes, Columns};
use super::expected::Expected;
use super::fact::{Fact, Unreadable, observation};
use super::query::{END_SUBSCRIPTION, fetch_statement, observation_query, subscribe_statements};
use super::rule::{Observation, Readiness, Verdict, readiness};
use crate::db::{Connection, DbError, Kind, Row};

/// How long the server waits for changes before it answers.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a subscription may take to tell what is there at its beginning.
const BEGINNING: Duration = Duration::from_secs(30);
/// The time between two questions without a subscription.
const POLL: Duration = Duration::from_secs(2);
/// How often in a row a connection may be lost before a watch without a limit gives up.
const LOSSES: u32 = 6;

/// What a watch is to heed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WatchOptions {
    /// The lag that is still up to date.
    pub allowed_lag: Duration,
    /// How long it may take.
    pub timeout: Option<Duration>,
}

/// What happens during a watch.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// What is known has changed, or is known for the first time.
    Changed(&'a Readiness),
    /// A second or two went by.
    Waited,
    /// A subscription isn't to be had, for this reason; the watch goes on without.
    Polling(&'a DbError),
    /// The connection was lost, for this reason; the watch goes on with another one.
    Reconnecting(&'a DbError),
}

/// How a watch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every cluster is ready.
    Ready,
    /// Some cluster can't become ready by itself.
    Failing,
    /// The time was up.
    TimedOut,
    /// Whoever was told wanted no more.
    Stopped,
}

/// The end of a watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// How it ended.
    pub outcome: Outcome,
    /// What was last known; `None` if nothing ever was.
    pub readiness: Option<Readiness>,
}

/// Looks once.
pub async fn look(
    connection: &Connection,
    expected: &Expected,
    allowed_lag: Duration,
) -> Result<Readiness, DbError> {
    let observation = if expected.clusters.is_empty() {
        Observation::default()
    } else {
        ask(connection, &observation_query(expected, allowed_lag)).await?
    };
    Ok(readiness(expected, &observation, allowed_lag))
}

/// Watches, on connections of its own, until every cluster is ready, one is failing, or the time is up. What happens is told
/// with the time since the beginning; whoever is told can end it.
pub async fn watch<F, T>(
    open: impl Fn() -> F,
    expected: &Expected,
    options: WatchOptions,
    tell: T,
) -> Result<Watched, DbError>
where
    F: Future<Output = Result<Connection, DbError>>,
    T: FnMut(Duration, Event<'_>) -> ControlFlow<()>,
{
    let mut watch = Watch::new(expected, options, tell);
    let outcome = match options.timeout {
        Some(limit) => timeout(limit, watch.run(open)).await.unwrap_or(Ok(Outcome::TimedOut)),
        None => watch.run(open).await,
    }?;
    Ok(Watched { outcome, readiness: watch.last })
}

struct Watch<'a, T> {
    expected: &'a Expected,
    allowed_lag: Duration,
    tell: T,
    begun: Instant,
    last: Option<Readiness>,
    may_subscribe: bool,
    /// A connection was opened: the address is right.
    was_connected: bool,
    /// There is an end to it, until which a server may come back.
    is_limited: bool,
    /// Connections that were lost since something was last known.
    losses: u32,
}

impl<'a, T: FnMut(Duration, Event<'_>) -> ControlFlow<()>> Watch<'a, T> {
    fn new(expected: &'a Expected, options: WatchOptions, tell: T) -> Self {
        Self {
            expected,
            allowed_lag: options.allowed_lag,
            tell,
            begun: Instant::now(),
            last: None,
            may_subscribe: true,
            was_connected: false,
            is_limited: options.timeout.is_some(),
            losses: 0,
        }
    }

    async fn run<F>(&mut self, open: impl Fn() -> F) -> Result<Outcome, DbError>
    where
        F: Future<Output = Result<Connection, DbError>>,
    {
        if self.expected.clusters.is_empty() {
            return Ok(ended(self.take_in(&Observation::default())).unwrap_or(Outcome::Ready));
        }
        loop {
            let lost = match open().await {
                Ok(connection) => {
                    self.was_connected = true;
                    match self.follow(&connection).await {
                        Err(error) => error,
                        outcome => return outcome,
                    }
                }
                Err(error) => error,
            };
            if !self.may_reconnect(&lost) {
                return Err(lost);
            }
            self.losses += 1;
            if let Some(outcome) = ended(self.tell(Event::Reconnecting(&lost))) {
                return Ok(outcome);
            }
            sleep(pause_after(self.losses)).await;
        }
    }

    /// A server that was never reached is more likely a wrong address than one that will come back. Whoever gave a time has it
    /// waited for until then.
    fn may_reconnect(&self, error: &DbError) -> bool {
        is_lost(error) && self.was_connected && (self.is_limited || self.losses < LOSSES)
    }

    async fn follow(&mut self, connection: &Connection) -> Result<Outcome, DbError> {
        if self.may_subscribe {
            let refused = match self.subscribe(connection).await {
                Err(error) if !is_lost(&error) => error,
                outcome => return outcome,
            };
            self.may_subscribe = false;
            if let Some(outcome) = ended(self.tell(Event::Polling(&refused))) {
                return Ok(outcome);
            }
            connection.execute(END_SUBSCRIPTION).await?;
        }
        self.poll(connection).await
    }

    async fn subscribe(&mut self, connection: &Connection) -> Result<Outcome, DbError> {
        for statement in subscribe_statements(self.expected, self.allowed_lag) {
            connection.execute(&statement).await?;
        }
        let (fetch, begun) = (fetch_statement(PATIENCE), Instant::now());
        let mut changes = Changes::default();
        loop {
            for row in &connection.query(&fetch).await? {
                changes.apply(Change::read(columns(row)).map_err(unexpected)?);
            }
            let heard = match changes.observation() {
                Some(observation) => self.take_in(&observation),
                None if begun.elapsed() > BEGINNING => {
                    return Err(DbError::new(
                        Kind::UnexpectedAnswer,
                        format!("a subscription told nothing within {} s", BEGINNING.as_secs()),
                    ));
                }
                None => self.tell(Event::Waited),
            };
            if let Some(outcome) = ended(heard) {
                return Ok(outcome);
            }
        }
    }

    async fn poll(&mut self, connection: &Connection) -> Result<Outcome, DbError> {
        let query = observation_query(self.expected, self.allowed_lag);
        loop {
            let observation = ask(connection, &query).await?;
            if let Some(outcome) = ended(self.take_in(&observation)) {
                return Ok(outcome);
            }
            sleep(POLL).await;
        }
    }

    /// Tells what an observation means if that is new.
    fn take_in(&mut self, observation: &Observation) -> ControlFlow<Outcome> {
        self.losses = 0;
        let readiness = readiness(self.expected, observation, self.allowed_lag);
        if self.last.as_ref() == Some(&readiness) {
            self.tell(Event::Waited)?;
        } else {
            self.tell(Event::Changed(&readiness))?;
        }
        let verdict = readiness.verdict();
        self.last = Some(readiness);
        match verdict {
            Verdict::Ready => ControlFlow::Break(Outcome::Ready),
            Verdict::Failing => ControlFlow::Break(Outcome::Failing),
            Verdict::NotReady => ControlFlow::Continue(()),
        }
    }

    fn tell(&mut self, event: Event<'_>) -> ControlFlow<Outcome> {
        match (self.tell)(self.begun.elapsed(), event) {
            ControlFlow::Continue(()) => ControlFlow::Continue(()),
            ControlFlow::Break(()) => ControlFlow::Break(Outcome::Stopped),
        }
    }
}

fn ended(heard: ControlFlow<Outcome>) -> Option<Outcome> {
    match heard {
        ControlFlow::Break(outcome) => Some(outcome),
        ControlFlow::Continue(()) => None,
    }
}

fn is_lost(error: &DbError) -> bool {
    matches!(error.kind, Kind::Closed | Kind::Unreachable)
}

/// The time before the next connection: longer each time, about a minute for all that a watch without a limit tries.
fn pause_after(losses: u32) -> Duration {
    Duration::from_secs(1 << losses.saturating_sub(1).min(5))
}

async fn ask(connection: &Connection, query: &str) -> Result<Observation, DbError> {
    let mut facts = Vec::new();
    for row in &connection.query(query).await? {
        let [fact, id, place, value] = fact_columns(row);
        facts.push(Fact::read(fact, id, place, value).map_err(unexpected)?);
    }
    Ok(observation(&facts))
}

fn columns(row: &Row) -> Columns<'_> {
    Columns {
        timestamp: row.get("mz_timestamp"),
        progressed: row.get("mz_progressed"),
        diff: row.get("mz_diff"),
        fact: fact_columns(row),
    }
}

fn fact_columns(row: &Row) -> [Option<&str>; 4] {
    ["fact", "id", "place", "value"].map(|column| row.get(column))
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
fn unexpected(error: Unreadable) -> DbError {
    DbError::new(Kind::UnexpectedAnswer, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hydration::{Dataflow, ExpectedCluster, ExpectedObject};

    const OPTIONS: WatchOptions = WatchOptions { allowed_lag: Duration::from_mins(5), timeout: None };

    fn expected() -> Expected {
        let object =
            ExpectedObject { name: "app.core.m".into(), id: "m".into(), kind: Dataflow::MaterializedView };
        Expected {
            clusters: vec![ExpectedCluster { id: "c".into(), name: "c".into(), objects: vec![object] }],
        }
    }

    /// The cluster with a replica; the materialized view, hydrated or not.
    fn seen(hydrated: bool) -> Observation {
        let rows = [
            ["cluster", "c", "", "c"],
            ["replica", "r", "c", ""],
            ["object", "m", "", ""],
            ["hydration", "m", "r", if hydrated { "true" } else { "false" }],
            ["caught up", "m", "", ""],
        ];
        let facts = rows.map(|[fact, id, place, value]| {
            Fact::read(Some(fact), Some(id), Some(place), Some(value)).expect("a fact")
        });
        observation(&facts)
    }

    fn in_words(event: Event<'_>) -> &'static str {
        match event {
            Event::Changed(readiness) if readiness.is_ready() => "ready",
            Event::Changed(_) => "changed",
            Event::Waited => "waited",
            Event::Polling(_) => "polling",
            Event::Reconnecting(_) => "reconnecting",
        }
    }

    #[test]
    fn a_change_is_told_once_and_readiness_ends_the_watch() {
        let (expected, mut told) = (expected(), Vec::new());
        let mut watch = Watch::new(&expected, OPTIONS, |_, event| {
            told.push(in_words(event));
            ControlFlow::Continue(())
        });
        let heard = [seen(false), seen(false), seen(true)].map(|seen| watch.take_in(&seen));
        assert_eq!(heard.map(ended), [None, None, Some(Outcome::Ready)]);
        assert_eq!(told, ["changed", "waited", "ready"]);
    }

    #[test]
    fn a_deletion_ends_the_watch() {
        let expected = expected();
        let mut watch = Watch::new(&expected, OPTIONS, |_, _| ControlFlow::Continue(()));
        assert_eq!(ended(watch.take_in(&seen(false))), None);
        assert_eq!(ended(watch.take_in(&Observation::default())), Some(Outcome::Failing));
    }

    #[test]
    fn whoever_is_told_can_end_the_watch() {
        let expected = expected();
        let mut watch = Watch::new(&expected, OPTIONS, |_, _| ControlFlow::Break(()));
        assert_eq!(ended(watch.take_in(&seen(false))), Some(Outcome::Stopped));
    }

    #[test]
    fn a_connection_is_opened_again_only_if_it_has_worked() {
        let expected = expected();
        let mut watch = Watch::new(&expected, OPTIONS, |_, _| ControlFlow::Continue(()));
        let (lost, refused) = (DbError::new(Kind::Closed, "closed"), DbError::new(Kind::Privilege, "denied"));
        assert!(!watch.may_reconnect(&lost), "it was never there");
        watch.was_connected = true;
        assert!(watch.may_reconnect(&lost));
        assert!(!watch.may_reconnect(&refused), "another connection is refused the same");
        watch.losses = LOSSES;
        assert!(!watch.may_reconnect(&lost), "it never works for long enough");
        let _ = watch.take_in(&seen(false));
        assert!(watch.may_reconnect(&lost), "it works again");
        watch.losses = LOSSES;
        watch.is_limited = true;
        assert!(watch.may_reconnect(&lost), "it ends when the time is over");
    }

    #[test]
    fn a_server_has_about_a_minute_to_come_back() {
        let total: Duration = (1..=LOSSES).map(pause_after).sum();
        assert_eq!(total, Duration::from_secs(63));
    }
}

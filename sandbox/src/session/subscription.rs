//! `SUBSCRIBE`: the rows of a query, and how they change.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use tokio::sync::watch;

use super::Session;
use super::answer::{Answer, Bound, CopyFormat, Result};
use super::changes::{Changes, Shape};
use super::planning;
use super::prepared::format_of;
use super::read::{param_types, with_dependencies};
use super::time_domain::{is_stored, name_of};
use crate::catalog::{Catalog, ItemId, ObjectId, Privilege};
use crate::error::{Notice, SqlError, SqlState};
use crate::plan::rbac::Requirements;
use crate::query::{self, SubscribePlan};
use crate::result::{Format, Param, Row};
use crate::sql::ast::Subscribe;

/// How often a client is told how far time has come.
const TICK: Duration = Duration::from_secs(1);
/// How much of the past can be read, in milliseconds.
const HISTORY: u64 = 1000;
/// The time of what never changes.
const FOREVER: u64 = u64::MAX;

/// A subscription that runs.
#[derive(Debug)]
pub(crate) struct Subscription {
    sql: String,
    params: Vec<Param>,
    /// The formats of the query's own columns.
    formats: Vec<Format>,
    /// What it reads, by the names that it had at the beginning.
    relations: BTreeMap<ItemId, String>,
    /// It reads nothing that changes.
    constant: bool,
    /// Its rows change with time itself.
    follows_time: bool,
    snapshot: bool,
    progress: bool,
    as_of: u64,
    up_to: Option<u64>,
    changes: Changes,
    queue: VecDeque<Row>,
    /// The count of changes and the time of the last look.
    seen: Option<(u64, u64)>,
    complete: bool,
}

impl Subscription {
    /// Takes the rows that are there, up to a limit.
    pub(crate) fn take(&mut self, limit: Option<usize>) -> Vec<Row> {
        let count = limit.unwrap_or(usize::MAX).min(self.queue.len());
        self.queue.drain(..count).collect()
    }

    /// True if there will be no more rows.
    pub(crate) fn is_complete(&self) -> bool {
        self.complete && self.queue.is_empty()
    }

    /// True if there is something to tell from time to time, whatever happens.
    pub(crate) fn tells_progress(&self) -> bool {
        self.progress || self.follows_time || self.up_to.is_some()
    }

    /// Ends when there may be more.
    pub(crate) async fn wait(&self, changed: watch::Receiver<u64>) {
        wait_for_changes(changed, self.tells_progress()).await;
    }
}

/// Ends when something changed, or when it is time to say how far time has come.
pub(crate) async fn wait_for_changes(mut changed: watch::Receiver<u64>, tick: bool) {
    let change = async {
        if changed.changed().await.is_err() {
            // The server holds the sender as long as there are sessions.
            std::future::pending::<()>().await;
        }
    };
    if tick {
        // Either will do.
        let _ = tokio::time::timeout(TICK, change).await;
    } else {
        change.await;
    }
}

impl Session {
    /// `SUBSCRIBE`.
    pub(super) fn subscribe(&mut self, subscribe: &Subscribe, bound: &Bound) -> Result<Answer> {
        let catalog = self.catalog();
        let view = self.view();
        self.prepare_engine(&catalog)?;
        let engine = self.coordinator.engine();
        let plan = query::plan_subscribe(subscribe, &catalog, &view, engine, &param_types(bound))?;
        self.begin_subscription(&catalog, plan, bound, None)
    }

    /// Begins a subscription; with a format it is sent as `COPY` data.
    pub(super) fn begin_subscription(
        &mut self,
        catalog: &Catalog,
        plan: SubscribePlan,
        bound: &Bound,
        copy: Option<CopyFormat>,
    ) -> Result<Answer> {
        if let Some(error) = plan.refused {
            return Err(error);
        }
        self.transaction.subscribe()?;
        planning::check_reads(catalog, &self.view(), &plan.references.reads)?;
        self.allow_cluster(catalog, &plan)?;
        let now = self.clock().now();
        let constant = plan.references.reads.is_empty() && !plan.references.mz_now();
        let as_of = match &plan.as_of {
            Some(time) => self.evaluate_time(&time.sql)?,
            None if constant => FOREVER,
            None => now,
        };
        if !constant && as_of < now.saturating_sub(HISTORY) {
            return Err(too_old(catalog, &plan, as_of, now.saturating_sub(HISTORY)));
        }
        let up_to = plan.up_to.as_ref().map(|sql| self.evaluate_time(sql)).transpose()?;
        if let Some(up_to) = up_to.filter(|up_to| as_of > *up_to) {
            let message = format!(
                "subscription lower bound (`AS OF`) is greater than its upper bound (`UP TO`): {as_of} > {up_to}"
            );
            return Err(SqlError::new(SqlState::DATA_EXCEPTION, message));
        }
        if up_to == Some(as_of) {
            let message = format!(
                "subscribe as of {as_of} (inclusive) up to the same bound {as_of} (exclusive) is guaranteed to be empty"
            );
            self.notices.push(Notice::new(SqlState::SUCCESS, message));
        }
        if copy.is_none() && !self.in_cursor {
            let message = "streaming SUBSCRIBE rows directly requires a client that does not buffer output";
            self.notices.push(Notice::new(SqlState::WARNING, message));
        }
        let width = plan.inner.len();
        let formats: Vec<_> =
            (0..plan.columns.len()).map(|position| format_of(&bound.formats, position)).collect();
        let first = plan.columns.len().saturating_sub(width);
        let shape = Shape { progress: plan.progress, key: plan.upsert_key, width, formats: formats.clone() };
        let names = plan.references.reads.iter().map(|id| (*id, name_of(catalog, *id)));
        let subscription = Subscription {
            sql: plan.sql,
            params: bound.params.clone(),
            formats: formats.get(first..).map(<[Format]>::to_vec).unwrap_or_default(),
            relations: names.collect(),
            constant,
            follows_time: plan.references.mz_now(),
            snapshot: plan.snapshot,
            progress: plan.progress,
            as_of,
            up_to,
            changes: Changes::new(shape),
            queue: VecDeque::new(),
            seen: None,
            complete: up_to == Some(as_of),
        };
        let columns = plan.columns.len();
        Ok(Answer::Stream {
            subscription: Box::new(subscription),
            copy: copy.map(|format| (columns, format)),
        })
    }

    fn allow_cluster(&self, catalog: &Catalog, plan: &SubscribePlan) -> Result<()> {
        let references = &plan.references;
        let routed = self.variables.is_on("auto_route_catalog_queries")
            && (references.reads.is_empty() || references.reads_only_system());
        if routed {
            return Ok(());
        }
        let view = self.view();
        let cluster = catalog.resolve_cluster(&view.cluster)?;
        Requirements::privilege(Some(ObjectId::Cluster(cluster.id)), Privilege::Usage)
            .check(catalog, view.role)
    }

    /// Looks whether a subscription has something new, and queues it.
    pub(crate) fn poll(&self, subscription: &mut Subscription) -> Result<()> {
        if subscription.complete {
            return Ok(());
        }
        let mut state = self.coordinator.lock();
        let catalog = state.catalog.clone();
        let reads = with_dependencies(&catalog, &subscription.relations.keys().copied().collect());
        self.coordinator.bring_up_to_date(&mut state, &reads)?;
        let count = self.coordinator.change_count();
        let dropped = subscription.relations.iter().find(|(id, _)| catalog.item(**id).is_none());
        if let Some((_, name)) = dropped {
            let message =
                format!("subscribe has been terminated because underlying relation {name} was dropped");
            return Err(SqlError::internal(message));
        }
        let now = self.clock().now();
        if subscription.constant {
            let rows = self.rows_of(&catalog, subscription)?;
            if subscription.snapshot {
                subscription.queue.extend(subscription.changes.advance(subscription.as_of, rows));
            }
            subscription.complete = true;
            return Ok(());
        }
        if now < subscription.as_of {
            return Ok(());
        }
        if let Some(up_to) = subscription.up_to.filter(|up_to| *up_to <= now) {
            subscription.queue.extend(subscription.changes.progress(up_to));
            subscription.complete = true;
            return Ok(());
        }
        match subscription.seen {
            None => self.first_look(&catalog, subscription, count)?,
            Some((seen, last)) => {
                // Times go up, even if two changes come within a millisecond.
                let time = now.max(last + 1);
                if seen != count || subscription.follows_time {
                    let rows = self.rows_of(&catalog, subscription)?;
                    let changed = subscription.changes.advance(time, rows);
                    subscription.queue.extend(changed);
                    subscription.queue.extend(subscription.changes.progress(time + 1));
                    subscription.seen = Some((count, time + u64::from(subscription.progress)));
                } else if subscription.progress && now.saturating_sub(last) >= 1000 {
                    subscription.queue.extend(subscription.changes.progress(time));
                    subscription.seen = Some((count, time));
                }
            }
        }
        Ok(())
    }

    fn first_look(&self, catalog: &Catalog, subscription: &mut Subscription, count: u64) -> Result<()> {
        let time = subscription.as_of;
        let rows = self.rows_of(catalog, subscription)?;
        subscription.queue.extend(subscription.changes.progress(time));
        if subscription.snapshot {
            subscription.queue.extend(subscription.changes.advance(time, rows));
        } else {
            subscription.changes.skip(rows);
        }
        subscription.queue.extend(subscription.changes.progress(time + 1));
        subscription.seen = Some((count, time + u64::from(subscription.progress)));
        Ok(())
    }

    fn rows_of(&self, catalog: &Catalog, subscription: &Subscription) -> Result<Vec<Row>> {
        self.prepare_engine(catalog)?;
        let engine = self.coordinator.engine();
        match engine.query(&subscription.sql, &subscription.params, &subscription.formats) {
            Ok(answer) => Ok(answer.result.rows),
            Err(error) => {
                let error = planning::translated(&error);
                Err(SqlError { message: format!("Evaluation error: {}", error.message), ..error })
            }
        }
    }
}

fn too_old(catalog: &Catalog, plan: &SubscribePlan, as_of: u64, since: u64) -> SqlError {
    let inputs = with_dependencies(catalog, &plan.references.reads);
    let stored = inputs.iter().filter(|id| catalog.item(**id).is_some_and(|item| is_stored(catalog, item)));
    let inputs: Vec<_> = stored.map(ToString::to_string).collect();
    SqlError::new(SqlState::DATA_EXCEPTION, "could not find a valid timestamp for the query").with_detail(format!(
        "Constraints:\nlower:\n  (Storage inputs: [{}]): [{since:>13} ({})]\nupper:\n  (Query's AS OF): [{as_of:>13} ({})]\n",
        inputs.join(", "),
        date(since),
        date(as_of)
    ))
}

/// A time in milliseconds since 1970 as a date.
fn date(time: u64) -> String {
    let (days, rest) = (time / 86_400_000, time % 86_400_000);
    // Days of the proleptic Gregorian calendar, in years that begin in March.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
    let (second, milli) = (rest / 1000 % 60, rest % 1000);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{milli:03}")
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn times_are_dates() {
        assert_eq!(date(0), "1970-01-01 00:00:00.000");
        assert_eq!(date(1_709_210_096_789), "2024-02-29 12:34:56.789");
        assert_eq!(date(4_102_444_799_999), "2099-12-31 23:59:59.999");
    }
}

//! `SUBSCRIBE`: the rows of a query, and how they change.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use tokio::sync::watch;

use super::Session;
use super::answer::{Answer, Bound, CopyFormat, Result};
use super::changes::{Changes, Shape};
use super::planning;
use super::prepared::format_of;
use super::read::{evaluation_failed, param_types, with_dependencies};
use super::time_domain::name_of;
use crate::catalog::{Catalog, ItemId, ObjectId, Privilege};
use crate::coordinator::State;
use crate::error::{Notice, SqlError, SqlState};
use crate::plan::rbac::Requirements;
use crate::query::{self, SubscribePlan};
use crate::result::{Format, Param, Row};
use crate::sql::ast::{Query, Subscribe};

/// How often a client is told how far time has come.
const TICK: Duration = Duration::from_secs(1);
/// The time of what never changes.
const FOREVER: u64 = u64::MAX;

/// A subscription that runs.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each says another thing about what is asked for")]
pub(crate) struct Subscription {
    /// The query, with ids for names.
    query: Query,
    /// The engine's SQL for it.
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

    /// Goes on with what took the place of the relations that it reads.
    fn follow(&mut self, state: &State, catalog: &Catalog) -> Result<()> {
        if self.relations.keys().all(|id| state.moved(*id) == *id) {
            return Ok(());
        }
        self.sql = query::retarget(&mut self.query, &|id| state.moved(id), catalog)?;
        let relations = std::mem::take(&mut self.relations);
        self.relations = relations.into_iter().map(|(id, name)| (state.moved(id), name)).collect();
        Ok(())
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
        let engine = self.engine(&catalog)?;
        let plan = query::plan_subscribe(subscribe, &catalog, &view, &engine, &param_types(bound));
        drop(engine);
        let plan = plan?;
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
            Some(time) if constant => self.evaluate_time(catalog, &time.sql)?,
            Some(time) => self.readable_time(catalog, time, &plan.references)?,
            None if constant => FOREVER,
            None => now,
        };
        let up_to = plan.up_to.as_ref().map(|sql| self.evaluate_time(catalog, sql)).transpose()?;
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
            query: plan.query,
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
        subscription.follow(&state, &catalog)?;
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
        match self.engine(catalog)?.query(&subscription.sql, &subscription.params, &subscription.formats) {
            Ok(answer) => Ok(answer.result.rows),
            Err(error) => Err(evaluation_failed(planning::translated(&error))),
        }
    }
}

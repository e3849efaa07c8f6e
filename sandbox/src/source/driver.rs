//! Which table is fed by which generator, and how far each has come.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::generator::Generator;
use crate::catalog::{Catalog, ItemId, ItemKind, SourceStatement, TableStatement};
use crate::error::SqlError;
use crate::journal::Write;
use crate::sql::ast::{Name, SourceConnection};

/// Ticks that are written at once at most: a table that is far behind catches up in several steps.
const BATCH: u64 = 10_000;

/// How far a source has come, and each table that it feeds: by their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// When the source began, in milliseconds since 1970.
    pub start: u64,
    /// The next tick.
    pub next: u64,
}

/// Feeds the tables of load generators. It is told of changes of the catalog and of the time, and says what to write.
#[derive(Clone, Debug, Default)]
pub struct Driver {
    sources: BTreeMap<ItemId, (Generator, u64)>,
    tables: BTreeMap<ItemId, Feed>,
}

#[derive(Clone, Debug)]
struct Feed {
    source: ItemId,
    output: String,
    next: u64,
}

impl Driver {
    /// Follows the catalog: new sources begin now, and a table of one that runs already gets all that it missed.
    pub fn observe(&mut self, catalog: &Catalog, now: u64) -> Result<(), SqlError> {
        self.sources.retain(|id, _| catalog.item(*id).is_some());
        self.tables.retain(|id, _| catalog.item(*id).is_some());
        for item in catalog.items().filter(|item| item.id.is_user()) {
            match &item.kind {
                ItemKind::Source(source) => match &source.create {
                    SourceStatement::Source(create) if !self.sources.contains_key(&item.id) => {
                        if let SourceConnection::LoadGenerator { generator, options } = &create.connection {
                            self.sources.insert(item.id, (Generator::new(generator, options)?, now));
                        }
                    }
                    SourceStatement::Subsource(Some(upstream)) => {
                        let output = last(Some(upstream));
                        self.feed(item.id, source.parent, output);
                    }
                    _ => {}
                },
                ItemKind::Table(table) => {
                    if let Some(TableStatement::FromSource { source, create }) = &table.create {
                        self.feed(item.id, Some(*source), last(create.reference.as_ref()));
                    }
                }
                _ => {}
            }
        }
        self.tables.retain(|_, feed| self.sources.contains_key(&feed.source));
        Ok(())
    }

    fn feed(&mut self, table: ItemId, source: Option<ItemId>, output: Option<String>) {
        if let (Some(source), Some(output)) = (source, output) {
            self.tables.entry(table).or_insert(Feed { source, output, next: 0 });
        }
    }

    /// Goes on from where the journal says that sources and tables were.
    pub fn resume(&mut self, progress: impl IntoIterator<Item = (ItemId, Progress)>) {
        for (id, Progress { start, next }) in progress {
            if let Some((_, began)) = self.sources.get_mut(&id) {
                *began = start;
            }
            if let Some(feed) = self.tables.get_mut(&id) {
                feed.next = next;
            }
        }
    }

    /// True if nothing is fed.
    pub fn is_idle(&self) -> bool {
        self.tables.is_empty()
    }

    /// How far everything has come: what the journal keeps.
    pub fn progress(&self) -> Vec<(ItemId, Progress)> {
        let sources = self.sources.iter().map(|(id, (_, start))| (*id, Progress { start: *start, next: 0 }));
        let tables = self.tables.iter().map(|(id, feed)| {
            let start = self.sources.get(&feed.source).map_or(0, |(_, start)| *start);
            (*id, Progress { start, next: feed.next })
        });
        sources.chain(tables).collect()
    }

    /// What has come by a time and is not written yet, from sources that are running. Nothing moves until
    /// [`Self::written`].
    pub fn due(&self, now: u64, is_running: impl Fn(ItemId) -> bool) -> Vec<(Write, Progress)> {
        let mut due = Vec::new();
        for (table, feed) in &self.tables {
            let Some((generator, start)) = self.sources.get(&feed.source).filter(|_| is_running(feed.source))
            else {
                continue;
            };
            let end = (generator.ticks(*start, now) + 1).min(feed.next.saturating_add(BATCH));
            if feed.next < end {
                let ticks = feed.next..end;
                let changes = ticks.flat_map(|tick| generator.changes(&feed.output, tick, *start)).collect();
                due.push((Write { table: *table, changes }, Progress { start: *start, next: end }));
            }
        }
        due
    }

    /// What was due is written.
    pub fn written(&mut self, due: &[(Write, Progress)]) {
        for (write, progress) in due {
            if let Some(feed) = self.tables.get_mut(&write.table) {
                feed.next = progress.next;
            }
        }
    }

    /// The source that feeds a table.
    pub fn source_of(&self, table: ItemId) -> Option<ItemId> {
        self.tables.get(&table).map(|feed| feed.source)
    }
}

/// The output that a reference names by its last part.
fn last(reference: Option<&Name>) -> Option<String> {
    reference.and_then(|name| name.0.last()).map(|name| name.as_str().to_owned())
}

//! What all sessions share: the catalog, the engine that holds the rows, what moves with time, the journal. One change
//! at a time: all of it, in the catalog, in the engine and on the disk, or nothing.

mod faults;
mod moving;
mod restore;
mod rows;
mod upstream;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::catalog::{Catalog, Effects, ItemId, ObjectId, Op, Transaction};
use crate::engine::{Engine, EngineError};
use crate::error::SqlError;
use crate::fault::Faults;
use crate::journal::{CatalogChange, Entry, FullDisk, Journal, TableRows};
use crate::plan::Limits;
use crate::query;
use crate::source::Driver;
use crate::system;
use crate::time::{Clock, Options as Pace, Simulation};

/// The server behind the sessions.
pub struct Coordinator {
    state: Mutex<State>,
    engine: Engine,
    clock: Clock,
    faults: Faults,
    /// The data directory's; `None` if nothing outlives the process.
    disk: Option<FullDisk>,
    /// Counts every change of the catalog or of rows.
    changes: watch::Sender<u64>,
    /// When the last of them was, in milliseconds since 1970.
    changed_at: AtomicU64,
    next_connection: AtomicU32,
    environment_id: String,
    started: String,
    limits: Limits,
    /// The system relations whose rows move with time.
    moving: BTreeSet<ItemId>,
}

/// What the lock guards.
pub(crate) struct State {
    pub(crate) catalog: Arc<Catalog>,
    secrets: BTreeMap<ItemId, Vec<u8>>,
    /// Ids that other ids took the place of: old to new.
    moved: BTreeMap<ItemId, ItemId>,
    simulation: Simulation,
    driver: Driver,
    journal: Option<Journal>,
}

impl State {
    /// The id that stands for what an id stood for.
    pub(crate) fn moved(&self, mut id: ItemId) -> ItemId {
        // An id is never given twice, so this comes to an end.
        while let Some(next) = self.moved.get(&id) {
            id = *next;
        }
        id
    }
}

/// A change of the catalog that is ready to be made.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) transaction: Transaction,
    /// The catalog that ids for new objects were taken from.
    pub(crate) scratch: Catalog,
    /// Values of secrets that come with it.
    pub(crate) secrets: Vec<(ItemId, Vec<u8>)>,
    /// Rows that what it makes has from the beginning.
    pub(crate) rows: Vec<TableRows>,
}

impl Coordinator {
    /// A server with what its data directory has; without one, or with an empty one, an empty environment.
    pub fn open(clock: Clock, pace: Pace, data: Option<&Path>) -> Result<Self, SqlError> {
        let engine = Engine::open(&restore::preparation(data.is_some())).map_err(engine_failed)?;
        let started = now_text(&engine)?;
        let (journal, snapshot) = restore::read(data, || format!("local-az1-{}-0", uuid()))?;
        if let Some(time) = snapshot.clock {
            clock.hold_at(time);
        }
        let now = clock.now();
        restore::fill(&engine, &snapshot, journal.is_some())?;
        let moving = moving::relations(&engine, &snapshot.catalog)?;
        let (mut simulation, mut driver) = (Simulation::new(pace), Driver::default());
        simulation.observe(&snapshot.catalog, now);
        driver.observe(&snapshot.catalog, now)?;
        driver.resume(snapshot.sources);
        let disk = journal.as_ref().map(Journal::full_disk);
        let state = State {
            catalog: Arc::new(snapshot.catalog),
            secrets: snapshot.secrets,
            moved: BTreeMap::new(),
            simulation,
            driver,
            journal,
        };
        let coordinator = Self {
            state: Mutex::new(state),
            engine,
            clock,
            faults: Faults::default(),
            disk,
            changes: watch::Sender::new(0),
            changed_at: AtomicU64::new(0),
            next_connection: AtomicU32::new(1),
            environment_id: snapshot.environment_id,
            started,
            limits: Limits::default(),
            moving,
        };
        coordinator.drop_temporary_items()?;
        Ok(coordinator)
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        // A change is made on copies and swapped in at the end, so a panic on the way leaves the state whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The catalog as it is now.
    pub(crate) fn catalog(&self) -> Arc<Catalog> {
        self.lock().catalog.clone()
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(crate) fn faults(&self) -> &Faults {
        &self.faults
    }

    pub(crate) fn environment_id(&self) -> &str {
        &self.environment_id
    }

    /// When the server started, as `PostgreSQL` writes a time.
    pub(crate) fn started(&self) -> &str {
        &self.started
    }

    /// The number of a new connection: what the client cancels by, and what temporary items belong to.
    pub(crate) fn next_connection(&self) -> u32 {
        self.next_connection.fetch_add(1, Ordering::Relaxed)
    }

    /// How many changes there were.
    pub(crate) fn change_count(&self) -> u64 {
        *self.changes.borrow()
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Follows the changes from now on.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// When rows or the catalog changed last: since then all is as it is now.
    pub(crate) fn changed_at(&self) -> u64 {
        self.changed_at.load(Ordering::Acquire)
    }

    /// Says that rows or the catalog are other ones now.
    fn changed(&self) {
        self.changed_at.store(self.clock.now(), Ordering::Release);
        self.changes.send_modify(|count| *count += 1);
    }

    /// Makes a change of the catalog: all of it, here, in the engine and on the disk, or nothing.
    pub(crate) fn apply(&self, state: &mut State, change: Change) -> Result<Effects, SqlError> {
        let mut catalog = Catalog::clone(&state.catalog);
        let Change { transaction, scratch, secrets, rows } = change;
        catalog.next.clone_from(&scratch.next);
        let effects = catalog.apply(&transaction)?;
        let now = self.clock.now();
        let mut driver = state.driver.clone();
        driver.observe(&catalog, now)?;
        let mut statements = mirror(&state.catalog, &catalog, &effects, state.journal.is_some())?;
        statements.extend(rows.iter().flat_map(rows::inserts));
        self.in_transaction(|| {
            self.engine.batch(&statements.join(";\n")).map_err(engine_failed)?;
            let Some(journal) = &mut state.journal else { return Ok(()) };
            let sources = if driver.is_idle() { Vec::new() } else { driver.progress() };
            journal.append(&Entry {
                catalog: Some(CatalogChange { transaction, next: scratch.next }),
                secrets: secrets.clone(),
                writes: rows.iter().map(TableRows::write).collect(),
                sources,
                ..Entry::default()
            })?;
            Ok(())
        })?;
        state.secrets.extend(secrets);
        state.secrets.retain(|id, _| catalog.item(*id).is_some());
        state.moved.extend(&effects.moved);
        state.simulation.observe(&catalog, now);
        for rows in &rows {
            state.count(&catalog, rows);
        }
        state.driver = driver;
        state.catalog = Arc::new(catalog);
        self.changed();
        Ok(effects)
    }

    /// Does something in a transaction of the engine, which is taken back if it fails.
    fn in_transaction<T>(&self, work: impl FnOnce() -> Result<T, SqlError>) -> Result<T, SqlError> {
        let _exclusive = self.engine.exclusive();
        self.engine.batch("BEGIN").map_err(engine_failed)?;
        let done = work();
        let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
        self.engine.batch(end).map_err(engine_failed)?;
        done
    }

    /// What belonged to the connections of an earlier process goes with them.
    fn drop_temporary_items(&self) -> Result<(), SqlError> {
        let mut state = self.lock();
        let temporary = state.catalog.items().filter(|item| item.session.is_some());
        let objects: Vec<_> = temporary.map(|item| ObjectId::Item(item.id)).collect();
        if objects.is_empty() {
            return Ok(());
        }
        let ops = vec![Op::Drop { objects }];
        let transaction = Transaction { ops, user: None, now: self.clock.now() };
        let scratch = Catalog::clone(&state.catalog);
        self.apply(&mut state, Change { transaction, scratch, secrets: Vec::new(), rows: Vec::new() })
            .map(drop)
    }
}

/// The statements that bring the engine from one catalog to the next.
fn mirror(old: &Catalog, new: &Catalog, effects: &Effects, journaled: bool) -> Result<Vec<String>, SqlError> {
    let mut statements = query::mirror(old, new, effects)?;
    if journaled {
        statements.extend(rows::triggers(old, new, effects));
    }
    statements.extend(system::refresh(old, new, effects));
    Ok(statements)
}

fn now_text(engine: &Engine) -> Result<String, SqlError> {
    let answer = engine.query("SELECT pg_catalog.now()::text", &[], &[]).map_err(engine_failed)?;
    let value = answer.result.rows.into_iter().flatten().flatten().next();
    Ok(value.map(|value| String::from_utf8_lossy(&value).into_owned()).unwrap_or_default())
}

/// The engine refused what it was made for: a fault of the sandbox, not of the user.
#[expect(clippy::needless_pass_by_value, reason = "it is what errors are mapped with")]
pub(crate) fn engine_failed(error: EngineError) -> SqlError {
    SqlError::internal(format!("the sandbox's engine failed: {}", error.message))
}

/// A random UUID (version 4).
pub(crate) fn uuid() -> String {
    let random = fastrand::u128(..);
    let versioned = (random & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{versioned:032x}");
    let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default().to_owned();
    [part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)].join("-")
}

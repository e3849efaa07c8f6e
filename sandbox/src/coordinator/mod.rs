//! What all sessions share: the catalog, the engine that holds the rows, the clock. One change at a time.

mod clock;
mod hooks;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

pub use clock::Clock;
pub use hooks::{Fault, Hooks, Moment, Record};

use crate::catalog::{Catalog, Effects, ItemId, Transaction};
use crate::engine::{Engine, EngineError};
use crate::error::SqlError;
use crate::plan::Limits;
use crate::query;
use crate::system;

/// The server behind the sessions.
pub struct Coordinator {
    state: Mutex<State>,
    engine: Engine,
    clock: Clock,
    hooks: Hooks,
    /// Counts every change of the catalog or of rows.
    changes: watch::Sender<u64>,
    /// When the last of them was, in milliseconds since 1970.
    changed_at: AtomicU64,
    next_connection: AtomicU32,
    environment_id: String,
    started: String,
    limits: Limits,
}

/// What the lock guards.
pub(crate) struct State {
    pub(crate) catalog: Arc<Catalog>,
    secrets: BTreeMap<ItemId, Vec<u8>>,
    /// Ids that other ids took the place of: old to new.
    moved: BTreeMap<ItemId, ItemId>,
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
}

impl Coordinator {
    /// A server with an empty environment.
    pub fn open(clock: Clock, hooks: Hooks) -> Result<Self, SqlError> {
        let engine = Engine::open().map_err(engine_failed)?;
        let started = now_text(&engine)?;
        engine.batch(&system::bootstrap_sql()).map_err(engine_failed)?;
        let coordinator = Self {
            state: Mutex::new(State {
                catalog: Arc::new(Catalog::default()),
                secrets: BTreeMap::new(),
                moved: BTreeMap::new(),
            }),
            engine,
            clock,
            hooks,
            changes: watch::Sender::new(0),
            changed_at: AtomicU64::new(0),
            next_connection: AtomicU32::new(1),
            environment_id: format!("local-az1-{}-0", uuid()),
            started,
            limits: Limits::default(),
        };
        let mut state = coordinator.lock();
        let catalog = Catalog::bootstrap();
        coordinator.engine.batch(&system::populate(&catalog).join(";\n")).map_err(engine_failed)?;
        state.catalog = Arc::new(catalog);
        drop(state);
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

    pub(crate) fn hooks(&self) -> &Hooks {
        &self.hooks
    }

    pub(crate) fn environment_id(&self) -> &str {
        &self.environment_id
    }

    /// When the server started, as PostgreSQL writes a time.
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
    pub(crate) fn changed(&self) {
        self.changed_at.store(self.clock.now(), Ordering::Release);
        self.changes.send_modify(|count| *count += 1);
    }

    /// Makes a change of the catalog: all of it, here and in the engine, or nothing.
    pub(crate) fn apply(&self, state: &mut State, change: Change) -> Result<Effects, SqlError> {
        let mut catalog = Catalog::clone(&state.catalog);
        catalog.next = change.scratch.next;
        let effects = catalog.apply(&change.transaction)?;
        self.mirror(&state.catalog, &catalog, &effects)?;
        self.hooks.record(&Record::Catalog(&change.transaction))?;
        state.secrets.extend(change.secrets);
        state.secrets.retain(|id, _| catalog.item(*id).is_some());
        state.moved.extend(&effects.moved);
        state.catalog = Arc::new(catalog);
        self.changed();
        Ok(effects)
    }

    fn mirror(&self, old: &Catalog, new: &Catalog, effects: &Effects) -> Result<(), SqlError> {
        let mut statements = query::mirror(old, new, effects)?;
        statements.extend(system::refresh(old, new, effects));
        if statements.is_empty() {
            return Ok(());
        }
        self.engine.batch(&statements.join(";\n")).map_err(engine_failed)
    }
}

fn now_text(engine: &Engine) -> Result<String, SqlError> {
    let answer = engine.query("SELECT pg_catalog.now()::text", &[], &[]).map_err(engine_failed)?;
    let value = answer.result.rows.into_iter().flatten().flatten().next();
    Ok(value.map(|value| String::from_utf8_lossy(&value).into_owned()).unwrap_or_default())
}

/// The engine refused what it was made for: a fault of the sandbox, not of the user.
#[expect(clippy::needless_pass_by_value, reason = "errors are mapped with it")]
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

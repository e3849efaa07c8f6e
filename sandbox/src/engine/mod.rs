//! Answers SQL that has been written for it: a narrow module over an embedded `PostgreSQL`.
//!
//! Another engine could take its place; no type of `pglite-oxide` leaves it. What goes in is `PostgreSQL`'s SQL, with
//! relations named by id (`data."u5"`, `sys."mz_catalog.mz_objects"`); types, functions and operators of Materialize
//! that `PostgreSQL` lacks are made by the files under `sql/` when the engine opens. What comes out has Materialize's
//! type ids and Materialize's text and binary forms.
//!
//! # What whoever writes the SQL has to know
//!
//! * Types are spelled by [`engine_type`]; a type that isn't a scalar is made by [`Engine::ensure_type`] before its first use.
//! * Functions are found by `search_path`, Materialize's before `PostgreSQL`'s: print them without a schema, or with the
//!   schema that Materialize gives them outside `pg_catalog`. Those that are words of the grammar are called as
//!   functions: `"current_user"()`, `"current_role"()`, `"session_user"()`, `"user"()`, `"current_catalog"()`,
//!   `current_schema()` as `"current_schema"()`, `current_timestamp` as `now()`.
//! * `'…'::regclass`, `::regtype`, `::mz_timestamp`, and casts of literals to nested lists and to maps, need the literal
//!   as text: `CAST('…'::text AS …)`. [`needs_text`] says for which types.
//! * `LIST[…]` is [`list_literal`]; `LIST[]::t` is `CAST('{}' AS t)`, `LIST(q)` of scalars is `list_of(ARRAY(q))`; `MAP['a' => x]` is `map(ARRAY['a'], list(x))`; an index of a
//!   list is parenthesised before the next: `l[1][2]` is `((l)[1])[2]`.
//!
//! # What is refused, or differs
//!
//! * `LIST[…]` and `list_agg` of records and ranges, and in a transaction of uncommon types: they "do not exist".
//! * `coalesce`, `CASE` and set operations of an unsigned integer and a signed one: a cast is needed.
//! * `concat`, `array_to_string` and `format` print numbers and JSON as `PostgreSQL` does.
//! * Slices in several dimensions (`l[1:2][:1]`); `list_remove` of lists; a modifier inside a list (`numeric(38,2) list` is
//!   `numeric list`); the binary form of lists, maps and of arrays of unsigned integers.
//! * Numbers may exceed 39 digits inside a statement; quotients and averages have 39.
//!
//! The catalog's own functions are not here, since they read its relations: `has_*_privilege`, `pg_has_role`,
//! `obj_description`, `pg_get_viewdef`, `mz_resolve_object_name` and their like. `system/sql/functions.sql` makes them, and
//! replaces `mz_fn.regclass(text)`, which knows numbers only, and `mz_fn.regtype(text)`, which knows built-in types.
//! Functions that are nowhere are in `missing_functions.txt`: calls are refused.

mod backend;
mod composite;
mod errors;
mod json;
mod numeric;
mod protocol;
mod root;
mod session;
mod template;
mod tidy;
mod turn;
mod types;
mod values;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;

use crate::result::{Column, Format, Param, ResultSet, Row, TypeOid};
use backend::Backend;

pub(crate) use backend::{quoted, stored};
pub use errors::{is_function, translate};
pub use session::SessionSettings;
pub use turn::Exclusive;
pub use types::{EngineType, engine_type, list_literal, needs_text};

/// The embedded engine. A handle: clones share one backend, which has a thread of its own and serves one call at a time.
#[derive(Clone)]
pub struct Engine {
    worker: Arc<Worker>,
    turn: Arc<turn::Turn>,
}

/// The backend's thread. The last handle waits for its end, for the backend's files are removed there.
struct Worker {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so.
            let _ = thread.join();
        }
    }
}

type Job = Box<dyn FnOnce(&mut Backend) + Send>;

/// Why the engine refused, in `PostgreSQL`'s own words. [`translate`] puts them in Materialize's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineError {
    /// `PostgreSQL`'s code.
    pub sqlstate: String,
    /// The message.
    pub message: String,
    /// Field `D`.
    pub detail: Option<String>,
    /// Field `H`.
    pub hint: Option<String>,
    /// Where in the SQL: 1-based, in characters.
    pub position: Option<u32>,
    /// The string literal at that place, if there is one.
    pub literal: Option<Box<str>>,
}

impl EngineError {
    fn internal(message: impl std::fmt::Display) -> Self {
        Self {
            sqlstate: "XX000".to_owned(),
            message: message.to_string(),
            detail: None,
            hint: None,
            position: None,
            literal: None,
        }
    }

    fn protocol(message: impl std::fmt::Display) -> Self {
        Self { sqlstate: "08P01".to_owned(), ..Self::internal(message) }
    }
}

impl std::fmt::Display for EngineError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.message, self.sqlstate)
    }
}

impl std::error::Error for EngineError {}

/// What a statement takes and gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// The types of its parameters, given or inferred.
    pub params: Vec<TypeOid>,
    /// Its columns; none if it returns no rows.
    pub columns: Vec<Column>,
}

/// What a statement answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Its rows.
    pub result: ResultSet,
    /// How many rows it returned or changed: the number of its command tag.
    pub affected: u64,
}

impl Engine {
    /// Starts an engine with temporary state and the types and functions of Materialize. It has run the statements of
    /// `preparation`: from the second time on, that costs nothing.
    pub fn open(preparation: &str) -> Result<Self, EngineError> {
        let preparation = preparation.to_owned();
        let (jobs, inbox) = mpsc::channel::<Job>();
        let (opened, outcome) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("sandbox-engine".to_owned())
            .stack_size(16 << 20)
            .spawn(move || {
                let mut backend = match Backend::open(&preparation) {
                    Ok(backend) => backend,
                    Err(error) => {
                        // Whoever opens is waiting; if not, nobody needs to know.
                        let _ = opened.send(Err(error));
                        return;
                    }
                };
                // Nobody waits for a response to that.
                let _ = std::thread::Builder::new().spawn(|| root::sweep(&std::env::temp_dir()));
                if opened.send(Ok(())).is_err() {
                    return;
                }
                while let Ok(job) = inbox.recv() {
                    job(&mut backend);
                }
            })
            .map_err(|error| EngineError::internal(format_args!("no thread for the engine: {error}")))?;
        outcome.recv().map_err(|_| stopped())??;
        let worker = Arc::new(Worker { jobs: Some(jobs), thread: Some(thread) });
        Ok(Self { worker, turn: Arc::default() })
    }

    /// The types of a statement's parameters and columns. A parameter type of 0, or none, is inferred.
    pub fn describe(&self, sql: &str, params: &[TypeOid]) -> Result<Described, EngineError> {
        let (sql, params) = (sql.to_owned(), params.to_vec());
        self.run(move |backend| backend.describe(&sql, &params))
    }

    /// Runs one statement. `formats`: none is text for all columns, one is for all, else one for each.
    pub fn query(&self, sql: &str, params: &[Param], formats: &[Format]) -> Result<Answer, EngineError> {
        let (sql, params, formats) = (sql.to_owned(), params.to_vec(), formats.to_vec());
        self.run(move |backend| backend.query(&sql, &params, &formats))
    }

    /// Runs statements without parameters and drops their rows: all of them or, if one fails, none.
    /// `BEGIN`, `COMMIT` and `ROLLBACK` make transactions of several calls.
    pub fn batch(&self, sql: &str) -> Result<(), EngineError> {
        let sql = sql.to_owned();
        self.run(move |backend| backend.batch(&sql))
    }

    /// Adds rows of text values, in Materialize's form, to a relation; all or none. `table` is printed as it is.
    pub fn copy_in(&self, table: &str, columns: &[String], rows: &[Row]) -> Result<u64, EngineError> {
        let (table, columns, rows) = (table.to_owned(), columns.to_vec(), rows.to_vec());
        self.run(move |backend| backend.copy_in(&table, &columns, &rows))
    }

    /// Makes a list or map type, if there is none yet. Cheap if there is. Rolled back with its transaction.
    pub fn ensure_type(&self, ty: &EngineType) -> Result<(), EngineError> {
        let definitions = types::definitions(ty);
        if definitions.is_empty() {
            return Ok(());
        }
        self.run(move |backend| backend.ensure_types(definitions))
    }

    /// Takes away some of what statements left behind, if there is enough of it: a little at a time, for others wait
    /// meanwhile. To be called now and then.
    pub fn tidy(&self) -> Result<(), EngineError> {
        self.run(Backend::tidy)
    }

    /// Keeps the engine to this thread, for a session: what is called until it is let go runs with these settings. Only
    /// what changed is sent.
    pub fn for_session(&self, settings: SessionSettings) -> Result<Exclusive<'_>, EngineError> {
        let exclusive = self.exclusive();
        self.run(move |backend| backend.set_session(settings))?;
        Ok(exclusive)
    }

    /// Keeps the engine to this thread, for a transaction of several calls. The thread may have it already.
    pub fn exclusive(&self) -> Exclusive<'_> {
        Exclusive::new(self)
    }

    fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Backend) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let (reply, answer) = mpsc::sync_channel(1);
        let jobs = self.worker.jobs.as_ref().ok_or_else(stopped)?;
        let turn = self.turn.wait();
        jobs.send(Box::new(move |backend| {
            // A caller that gave up needs no answer.
            let _ = reply.send(job(backend));
        }))
        .map_err(|_| stopped())?;
        drop(turn);
        answer.recv().map_err(|_| stopped())?
    }
}

fn stopped() -> EngineError {
    EngineError::internal("the engine has stopped")
}

//! The one backend: owns the embedded `PostgreSQL`, speaks the protocol with it, and keeps what is known of its types.

use std::collections::BTreeSet;

use pglite_oxide::{ExecProtocolOptions, Pglite};

use super::errors::{lacks_list, literal_at};
use super::protocol::{Frontend, Reply};
use super::root::Root;
use super::session::SessionSettings;
use super::template::Template;
use super::types::{Definition, Kind, TypeRow, Types};
use super::{Answer, Described, EngineError, values};
use crate::result::{Column, Format, Param, ResultSet, Row, TypeOid};

/// What the backend is started with.
const CONFIG: [(&str, &str); 11] = [
    // A sandbox holds little; these are memory from the start.
    ("shared_buffers", "16MB"),
    ("wal_buffers", "1MB"),
    // Nothing outlives the process: the log is as short as can be, and nothing is done for its sake.
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
    ("max_wal_size", "64MB"),
    ("min_wal_size", "32MB"),
    ("wal_recycle", "off"),
    ("wal_init_zero", "off"),
    ("autovacuum", "off"),
];

/// So many batches come between checkpoints. A backend on its own makes none by itself, and until there is one its log
/// grows, and the files of what was dropped stay.
const CHECKPOINT_AFTER: usize = 1_000;

/// What is said at each start.
const SETTINGS: &str = include_str!("sql/settings.sql");

/// What makes the types and functions, in order.
const BOOTSTRAP: [&str; 8] = [
    include_str!("sql/schemas.sql"),
    include_str!("sql/scalars.sql"),
    include_str!("sql/unsigned.sql"),
    include_str!("sql/oids.sql"),
    include_str!("sql/lists.sql"),
    include_str!("sql/values.sql"),
    include_str!("sql/session.sql"),
    include_str!("sql/acl.sql"),
];

/// The types of the backend that aren't `PostgreSQL`'s.
const TYPES: &str = include_str!("sql/types_query.sql");

pub(super) struct Backend {
    // Closed before its directory goes.
    db: Pglite,
    root: Root,
    types: Types,
    /// Those of the last `set_session`, unless a rollback may have undone it.
    session: Option<SessionSettings>,
    /// The list and map types that are known to exist, unless a rollback may have undone one.
    made: BTreeSet<Definition>,
    /// All that `make_all` makes. It runs outside of transactions, so nothing undoes it.
    all_made: bool,
    /// Whether a transaction is open: the status of the last `ReadyForQuery`.
    status: u8,
    /// Batches since the last checkpoint.
    batches: usize,
    /// Exchanges since it was last found to be tidy.
    pub(super) untidy: usize,
}

impl Backend {
    /// Opens a backend that has the types and functions of Materialize and has run `preparation`. The first time that
    /// takes as long as it takes; later ones unpack what came of it.
    pub(super) fn open(preparation: &str) -> Result<Self, EngineError> {
        let statements: Vec<&str> = BOOTSTRAP.into_iter().chain([preparation]).collect();
        Self::with_template(&statements, Template::of(&statements).as_ref())
    }

    fn with_template(statements: &[&str], template: Option<&Template>) -> Result<Self, EngineError> {
        let mut backend = match template.and_then(Self::unpack) {
            Some(backend) => backend,
            None => Self::prepare(statements, template)?,
        };
        backend.load_types()?;
        Ok(backend)
    }

    /// Starts from a template; `None` if there is none of any use.
    fn unpack(template: &Template) -> Option<Self> {
        let root = Root::new().ok()?;
        template.unpack(&root.engine()).ok()?;
        Self::start(root).ok()
    }

    /// Starts from nothing, and leaves a template if it can.
    fn prepare(statements: &[&str], template: Option<&Template>) -> Result<Self, EngineError> {
        let root = Root::new().map_err(|error| {
            EngineError::internal(format_args!("no directory for the embedded engine: {error}"))
        })?;
        let mut backend = Self::start(root)?;
        for script in statements {
            backend.batch(script)?;
        }
        let Some(template) = template else { return Ok(backend) };
        // Its files are whole once it is closed, and the log is of no use from here on.
        backend.batch("SELECT pg_catalog.pg_switch_wal()")?;
        backend.batch("CHECKPOINT")?;
        backend.db.close().map_err(failed)?;
        let root = backend.root;
        // Without a template the next start takes as long as this one.
        let _ = template.pack(&root.engine());
        Self::start(root)
    }

    /// Starts a backend on a directory, which is empty or has the state of a backend that was closed.
    fn start(root: Root) -> Result<Self, EngineError> {
        let db = Pglite::builder()
            .path(root.engine())
            .relaxed_durability(true)
            .postgres_configs(CONFIG)
            .open()
            .map_err(failed)?;
        let mut backend = Self {
            db,
            root,
            types: Types::default(),
            session: None,
            made: BTreeSet::new(),
            all_made: false,
            status: b'I',
            batches: 0,
            untidy: 0,
        };
        backend.batch(SETTINGS)?;
        Ok(backend)
    }

    pub(super) fn describe(&mut self, sql: &str, params: &[TypeOid]) -> Result<Described, EngineError> {
        self.with_lists(|backend| backend.try_describe(sql, params)).map_err(|error| pointing(error, sql))
    }

    fn try_describe(&mut self, sql: &str, params: &[TypeOid]) -> Result<Described, EngineError> {
        let oids = self.engine_oids(params.iter().copied());
        let reply = self.exchange(&Frontend::default().parse(sql, &oids).describe_statement().sync())?;
        self.know_types(&reply)?;
        Ok(Described {
            params: reply.params.iter().map(|oid| self.types.of_engine(*oid).oid).collect(),
            columns: self.columns(&reply),
        })
    }

    pub(super) fn query(
        &mut self,
        sql: &str,
        params: &[Param],
        formats: &[Format],
    ) -> Result<Answer, EngineError> {
        self.with_lists(|backend| backend.try_query(sql, params, formats))
            .map_err(|error| pointing(error, sql))
    }

    fn try_query(&mut self, sql: &str, params: &[Param], formats: &[Format]) -> Result<Answer, EngineError> {
        let oids = self.engine_oids(params.iter().map(|param| param.type_oid));
        let parse = Frontend::default().parse(sql, &oids);
        let params = params
            .iter()
            .map(|param| values::param(self.types.kind_of_mz(param.type_oid), param))
            .collect::<Result<Vec<_>, _>>()?;
        let reply = if formats.contains(&Format::Binary) {
            // The form in which the engine sends a column depends on its type, so the types come first.
            let described = self.exchange(&parse.describe_statement().sync())?;
            self.know_types(&described)?;
            let wanted = expand(formats, described.fields.len())?;
            let binary: Vec<bool> = described
                .fields
                .iter()
                .zip(&wanted)
                .map(|(field, format)| {
                    *format == Format::Binary && self.types.of_engine(field.type_oid).kind.sends_binary()
                })
                .collect();
            for (field, format) in described.fields.iter().zip(&wanted) {
                if *format == Format::Binary {
                    values::check_binary(self.types.of_engine(field.type_oid).kind)?;
                }
            }
            let mut reply = self.exchange(&Frontend::default().bind(&params, &binary).execute().sync())?;
            reply.fields = described.fields;
            reply
        } else {
            let reply = self.exchange(&parse.bind(&params, &[]).describe_portal().execute().sync())?;
            expand(formats, reply.fields.len())?;
            self.know_types(&reply)?;
            reply
        };
        self.answer(reply, formats)
    }

    pub(super) fn batch(&mut self, sql: &str) -> Result<(), EngineError> {
        self.exchange(&Frontend::default().query(sql))?;
        self.batches += 1;
        if self.batches >= CHECKPOINT_AFTER && self.is_idle() {
            self.batches = 0;
            // The batch is done in any case, and the next checkpoint does what this one didn't.
            let _ = self.exchange(&Frontend::default().query("CHECKPOINT"));
        }
        Ok(())
    }

    pub(super) fn copy_in(
        &mut self,
        table: &str,
        columns: &[String],
        rows: &[Row],
    ) -> Result<u64, EngineError> {
        let names: Vec<String> = columns.iter().map(|name| quoted(name)).collect();
        let list = names.join(", ");
        // Planned for the types of the columns alone.
        let described = self.exchange(
            &Frontend::default()
                .parse(&format!("SELECT {list} FROM {table}"), &[])
                .describe_statement()
                .sync(),
        )?;
        self.know_types(&described)?;
        let kinds: Vec<&Kind> =
            described.fields.iter().map(|field| self.types.of_engine(field.type_oid).kind).collect();
        let mut data = Vec::new();
        for row in rows {
            values::copy_row(&kinds, row, &mut data)?;
        }
        let copy = if columns.is_empty() { table.to_owned() } else { format!("{table} ({list})") };
        let reply = self.exchange(
            &Frontend::default().query(&format!("COPY {copy} FROM STDIN")).copy_data(&data).copy_done(),
        )?;
        Ok(affected(&reply))
    }

    pub(super) fn ensure_types(&mut self, definitions: Vec<Definition>) -> Result<(), EngineError> {
        for definition in definitions {
            if !self.made.contains(&definition) {
                let text = |value: &str| (false, Some(value.as_bytes().to_vec()));
                let values = [text(&definition.key), text(&definition.element)];
                let sql = format!("SELECT mz_internal.{}($1, $2)", definition.maker);
                self.exchange(
                    &Frontend::default().parse(&sql, &[25, 25]).bind(&values, &[]).execute().sync(),
                )?;
                self.made.insert(definition);
            }
        }
        Ok(())
    }

    pub(super) fn set_session(&mut self, settings: SessionSettings) -> Result<(), EngineError> {
        let changed = settings.changed_since(self.session.as_ref());
        if !changed.is_empty() {
            let calls: Vec<String> = changed
                .iter()
                .enumerate()
                .map(|(i, (name, _))| format!("set_config('{name}', ${}, false)", i + 1))
                .collect();
            let values: Vec<_> =
                changed.into_iter().map(|(_, value)| (false, Some(value.into_bytes()))).collect();
            let types = vec![25; values.len()];
            let sql = format!("SELECT {}", calls.join(", "));
            self.exchange(&Frontend::default().parse(&sql, &types).bind(&values, &[]).execute().sync())?;
            self.session = Some(settings);
        }
        Ok(())
    }

    /// Runs a statement again after making the list and map types that it lacked: a literal names no type. Not in a
    /// transaction, which has failed by then.
    fn with_lists<T>(&mut self, run: impl Fn(&mut Self) -> Result<T, EngineError>) -> Result<T, EngineError> {
        match run(self) {
            Err(error) if lacks_list(&error) && !self.all_made && self.is_idle() => {
                self.batch("SELECT mz_internal.make_all()")?;
                self.all_made = true;
                run(self)
            }
            outcome => outcome,
        }
    }

    /// Sends messages and reads the answer. The backend is ready again afterwards, whatever happened.
    pub(super) fn exchange(&mut self, messages: &Frontend) -> Result<Reply, EngineError> {
        let bytes =
            self.db.exec_protocol_raw(messages.bytes(), ExecProtocolOptions::no_sync()).map_err(failed)?;
        let mut reply = Reply::read(&bytes)?;
        self.status = reply.status.unwrap_or(self.status);
        self.untidy += 1;
        let rolled_back = reply.error.is_some() || reply.tags.iter().any(|tag| tag == "ROLLBACK");
        if rolled_back {
            self.session = None;
            self.made.clear();
        }
        match reply.error.take() {
            Some(error) => Err(error),
            None => Ok(reply),
        }
    }

    /// Whether a transaction is open.
    pub(super) fn is_idle(&self) -> bool {
        self.status == b'I'
    }

    fn load_types(&mut self) -> Result<(), EngineError> {
        let reply = self.exchange(&Frontend::default().query(TYPES))?;
        self.types = Types::new(reply.rows.iter().filter_map(|row| TypeRow::read(row)));
        Ok(())
    }

    /// Reads the types again if the answer has one that wasn't there before.
    fn know_types(&mut self, reply: &Reply) -> Result<(), EngineError> {
        let oids = reply.fields.iter().map(|field| &field.type_oid).chain(&reply.params);
        if oids.clone().any(|oid| !self.types.knows(*oid)) {
            let missing: Vec<u32> = oids.copied().collect();
            self.load_types()?;
            // Whatever is still unknown is shown as text, and not looked for again.
            self.types.settle(missing);
        }
        Ok(())
    }

    fn engine_oids(&self, oids: impl Iterator<Item = TypeOid>) -> Vec<u32> {
        oids.map(|oid| self.types.engine_oid(oid)).collect()
    }

    fn columns(&self, reply: &Reply) -> Vec<Column> {
        reply
            .fields
            .iter()
            .map(|field| {
                let info = self.types.of_engine(field.type_oid);
                Column {
                    name: field.name.clone(),
                    type_oid: info.oid,
                    type_mod: info.kind.modifier(field.type_mod),
                }
            })
            .collect()
    }

    fn answer(&self, reply: Reply, formats: &[Format]) -> Result<Answer, EngineError> {
        let affected = affected(&reply);
        let columns = self.columns(&reply);
        let formats = expand(formats, columns.len())?;
        let forms: Vec<(&Kind, Format)> = reply
            .fields
            .iter()
            .zip(formats)
            .map(|(field, format)| (self.types.of_engine(field.type_oid).kind, format))
            .collect();
        let rows = if forms.iter().all(|(kind, _)| **kind == Kind::Plain) {
            reply.rows
        } else {
            reply
                .rows
                .into_iter()
                .map(|row| {
                    row.into_iter()
                        .zip(&forms)
                        .map(|(value, (kind, format))| values::column(kind, *format, value))
                        .collect()
                })
                .collect::<Result<_, _>>()?
        };
        Ok(Answer { result: ResultSet { columns, rows }, affected })
    }
}

fn failed(error: impl std::fmt::Display) -> EngineError {
    EngineError::internal(format_args!("the embedded engine failed: {error:#}"))
}

/// Adds the literal at which an error points.
fn pointing(error: EngineError, sql: &str) -> EngineError {
    let literal = error.position.and_then(|position| literal_at(sql, position)).map(String::into_boxed_str);
    EngineError { literal, ..error }
}

/// One format for each column.
fn expand(formats: &[Format], columns: usize) -> Result<Vec<Format>, EngineError> {
    match formats {
        [] => Ok(vec![Format::Text; columns]),
        [format] => Ok(vec![*format; columns]),
        _ if formats.len() == columns => Ok(formats.to_vec()),
        _ => Err(EngineError::protocol(format_args!(
            "bind message has {} result formats but query has {columns} columns",
            formats.len()
        ))),
    }
}

/// The number at the end of the last command tag.
fn affected(reply: &Reply) -> u64 {
    reply.tags.last().and_then(|tag| tag.rsplit(' ').next()).and_then(|count| count.parse().ok()).unwrap_or(0)
}

/// A name as the engine's SQL writes it: the engine's reserved words are not Materialize's, so it is always quoted.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The engine's name of what a user made: its id, so that a rename changes nothing there.
pub(crate) fn stored(id: impl std::fmt::Display) -> String {
    format!("data.{}", quoted(&id.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_that_is_missing_or_of_no_use_is_made() {
        let cache = tempfile::tempdir().expect("a folder");
        let statements: Vec<&str> = BOOTSTRAP.into_iter().chain(["CREATE TABLE data.made (a int)"]).collect();
        let template = Template::within(cache.path(), &statements);
        let open = || {
            let mut backend = Backend::with_template(&statements, Some(&template)).expect("opens");
            backend.batch("INSERT INTO data.made VALUES (1)").expect("the table is there");
            let rows = backend
                .query("SELECT list(a), 1::uint2 FROM data.made", &[], &[])
                .expect("reads")
                .result
                .rows;
            assert_eq!(rows, [[Some(b"{1}".to_vec()), Some(b"1".to_vec())]]);
        };
        assert!(Backend::unpack(&template).is_none());
        open();
        assert!(Backend::unpack(&template).is_some());
        open();
        // It can be unpacked, but no engine starts from it.
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(folder.path().join("tmp/pglite/base/global")).expect("makes");
        for name in ["PG_VERSION", "global/pg_control"] {
            std::fs::write(folder.path().join("tmp/pglite/base").join(name), b"1").expect("writes");
        }
        template.pack(folder.path()).expect("packs");
        assert!(Backend::unpack(&template).is_none());
        open();
        assert!(Backend::unpack(&template).is_some());
    }

    #[test]
    fn files_of_what_was_dropped_do_not_pile_up() {
        let mut backend = Backend::open("").expect("opens");
        let files = |backend: &mut Backend| {
            let sql = "SELECT pg_catalog.count(*) FROM pg_catalog.pg_ls_dir('base/1')";
            let rows = backend.query(sql, &[], &[]).expect("lists").result.rows;
            let count = rows.into_iter().flatten().flatten().next().expect("a count");
            String::from_utf8(count).expect("a text").parse::<usize>().expect("a number")
        };
        let before = files(&mut backend);
        for _ in 0..CHECKPOINT_AFTER {
            backend.batch("CREATE TABLE data.soon (a int); DROP TABLE data.soon").expect("makes and drops");
        }
        let left = files(&mut backend).saturating_sub(before);
        assert!(left < CHECKPOINT_AFTER / 10, "{left} files are left");
    }
}

//! The state of a session's transaction, and what may come next. Nothing here runs anything.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, ItemId, Op, SchemaId};
use crate::error::{Notice, SqlError, SqlState};
use crate::journal::TableRows;
use crate::sql::ast::Statement;

/// What the client is told between its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Outside of a block.
    Idle,
    /// In a block.
    Transaction,
    /// In a block that failed.
    Failed,
}

/// How far a transaction reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Extent {
    /// There is none.
    #[default]
    Nothing,
    /// One statement.
    Statement,
    /// Several statements that came in one text.
    Batch,
    /// From `BEGIN` on.
    Block,
    /// A block in which a statement failed.
    Failed,
}

/// What a transaction did so far, which is what it is: the kinds don't mix.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Work {
    /// Nothing that counts.
    #[default]
    Nothing,
    /// Reads.
    Reads(Reads),
    /// A subscription.
    Subscribe,
    /// Rows to be written at the end.
    Writes(Vec<Write>),
    /// Changes of the catalog that are made together at the end.
    Ddl(Box<Ddl>),
    /// One statement that is planned and run at the end.
    Single(Box<Statement>),
}

/// What a transaction that reads has bound itself to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reads {
    /// It runs on the cluster of the system's own queries.
    pub(crate) on_catalog_server: bool,
    /// The schemas whose relations it may read; `None` as long as it read no relation at all.
    pub(crate) domain: Option<BTreeSet<SchemaId>>,
}

/// Rows that wait for the end of their transaction.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Write {
    /// Into which table.
    pub(crate) table: ItemId,
    /// The statement for the engine.
    pub(crate) sql: String,
    /// Its parameters.
    pub(crate) params: Vec<crate::result::Param>,
}

/// A transaction that changes the catalog.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ddl {
    /// The revision of the catalog when the transaction began to change it.
    pub(crate) revision: u64,
    /// The catalog with the changes, seen by this session alone.
    pub(crate) catalog: Catalog,
    /// The changes.
    pub(crate) ops: Vec<Op>,
    /// Rows of what they make.
    pub(crate) rows: Vec<TableRows>,
}

/// The transaction of a session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Transaction {
    extent: Extent,
    read_only: bool,
    work: Work,
}

impl Transaction {
    pub(crate) fn status(&self) -> Status {
        match self.extent {
            Extent::Failed => Status::Failed,
            Extent::Block => Status::Transaction,
            Extent::Nothing | Extent::Statement | Extent::Batch => Status::Idle,
        }
    }

    /// True in a block, failed or not.
    pub(crate) fn is_block(&self) -> bool {
        matches!(self.extent, Extent::Block | Extent::Failed)
    }

    /// True if the transaction is that of several statements, or may be.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.extent, Extent::Batch | Extent::Block)
    }

    pub(crate) fn work(&self) -> &Work {
        &self.work
    }

    /// True if something was done already, so that its cluster can't be changed any more.
    pub(crate) fn has_begun(&self) -> bool {
        self.work != Work::Nothing
    }

    /// The catalog that the transaction sees, if it has one of its own.
    pub(crate) fn catalog(&self) -> Option<&Catalog> {
        match &self.work {
            Work::Ddl(ddl) => Some(&ddl.catalog),
            _ => None,
        }
    }

    /// The implicit transaction of a statement, or of the statements of one text.
    pub(crate) fn begin_implicit(&mut self, statements: usize) {
        if self.extent == Extent::Nothing {
            self.extent = if statements > 1 { Extent::Batch } else { Extent::Statement };
        }
    }

    /// `BEGIN`. A batch becomes a block with all that it did so far.
    pub(crate) fn begin(&mut self, read_only: Option<bool>) -> Option<Notice> {
        let again = self.extent == Extent::Block;
        self.extent = Extent::Block;
        self.read_only = read_only.unwrap_or(self.read_only);
        again.then(|| {
            Notice::warning(SqlState::ACTIVE_TRANSACTION, "there is already a transaction in progress")
        })
    }

    /// A statement failed. Outside of a block the transaction is over.
    pub(crate) fn fail(&mut self) {
        let extent = if self.is_block() { Extent::Failed } else { Extent::Nothing };
        *self = Self { extent, ..Self::default() };
    }

    /// The end, however it comes: what the transaction did is handed over.
    pub(crate) fn end(&mut self) -> Work {
        std::mem::take(self).work
    }

    /// The end of an implicit transaction; `None` within a block, which goes on.
    pub(crate) fn end_implicit(&mut self) -> Option<Work> {
        (!self.is_block()).then(|| self.end())
    }

    /// A statement that only runs on its own. `text` is what the error says of it.
    pub(crate) fn requires_no_block(&self, text: impl FnOnce() -> String) -> Result<(), SqlError> {
        match self.extent {
            Extent::Nothing | Extent::Statement => Ok(()),
            Extent::Batch | Extent::Block | Extent::Failed => Err(cannot_run_in_block(&text())),
        }
    }

    /// A statement that a block puts off until it commits. True if it was put off, false if it is to run at once.
    pub(crate) fn delay(
        &mut self,
        statement: &Statement,
        text: impl FnOnce() -> String,
    ) -> Result<bool, SqlError> {
        match self.extent {
            Extent::Nothing | Extent::Statement => Ok(false),
            Extent::Batch => Err(cannot_run_in_block(&text())),
            Extent::Block | Extent::Failed => match &self.work {
                Work::Nothing => {
                    self.work = Work::Single(Box::new(statement.clone()));
                    Ok(true)
                }
                Work::Reads(_) => Err(read_only()),
                Work::Writes(_) => Err(write_only()),
                other => Err(refusal(other)),
            },
        }
    }

    /// A read. `catalog_only` if it may run on the system's own cluster, `domain` the schemas that a first read of
    /// relations opens.
    pub(crate) fn read(
        &mut self,
        catalog_only: bool,
        domain: Option<BTreeSet<SchemaId>>,
    ) -> Result<&Reads, SqlError> {
        match &mut self.work {
            Work::Nothing => {
                self.work = Work::Reads(Reads { on_catalog_server: catalog_only, domain });
            }
            Work::Reads(reads) => {
                if reads.domain.is_none() {
                    reads.domain = domain;
                }
            }
            // A query of no relation needs no time of its own, so it may stand between writes.
            Work::Writes(_) if domain.is_none() => return Ok(&CONSTANT_READ),
            Work::Writes(_) => return Err(write_only()),
            other => return Err(refusal(other)),
        }
        match &self.work {
            Work::Reads(reads) => Ok(reads),
            other => Err(refusal(other)),
        }
    }

    /// A subscription: the only thing that its transaction reads.
    pub(crate) fn subscribe(&mut self) -> Result<(), SqlError> {
        match &self.work {
            Work::Nothing => {
                self.work = Work::Subscribe;
                Ok(())
            }
            Work::Reads(_) | Work::Subscribe => Err(refusal(&Work::Subscribe)),
            Work::Writes(_) => Err(write_only()),
            other => Err(refusal(other)),
        }
    }

    /// Whether rows may be written at all: asked before the rows are computed.
    pub(crate) fn allows_writes(&self) -> Result<(), SqlError> {
        match &self.work {
            _ if self.read_only => Err(read_only()),
            Work::Nothing | Work::Writes(_) | Work::Single(_) => Ok(()),
            Work::Reads(reads) if reads.domain.is_none() => Ok(()),
            Work::Reads(_) | Work::Subscribe | Work::Ddl(_) => Err(read_only()),
        }
    }

    /// Rows that are written when the transaction ends.
    pub(crate) fn write(&mut self, writes: Vec<Write>) -> Result<(), SqlError> {
        match &mut self.work {
            _ if self.read_only => Err(read_only()),
            Work::Writes(earlier) => {
                earlier.extend(writes);
                Ok(())
            }
            Work::Nothing => {
                self.work = Work::Writes(writes);
                Ok(())
            }
            Work::Reads(reads) if reads.domain.is_none() => {
                self.work = Work::Writes(writes);
                Ok(())
            }
            Work::Reads(_) => Err(read_only()),
            other => Err(refusal(other)),
        }
    }

    /// Whether the catalog may be changed now.
    pub(crate) fn allows_ddl(&self) -> Result<(), SqlError> {
        match &self.work {
            Work::Nothing | Work::Ddl(_) => Ok(()),
            Work::Reads(_) => Err(read_only()),
            Work::Writes(_) => Err(write_only()),
            other => Err(refusal(other)),
        }
    }

    /// Changes of the catalog; `catalog` is what it looks like with them. `revision` is the one of the shared catalog.
    pub(crate) fn ddl(&mut self, revision: u64, catalog: Catalog, ops: Vec<Op>) -> Result<(), SqlError> {
        self.allows_ddl()?;
        if let Work::Ddl(ddl) = &mut self.work {
            ddl.catalog = catalog;
            ddl.ops.extend(ops);
        } else {
            self.work = Work::Ddl(Box::new(Ddl { revision, catalog, ops, rows: Vec::new() }));
        }
        Ok(())
    }

    /// Rows that come with the changes of the catalog.
    pub(crate) fn fill(&mut self, rows: Vec<TableRows>) {
        if let Work::Ddl(ddl) = &mut self.work {
            ddl.rows.extend(rows);
        }
    }

    /// Whether another session changed the catalog since this transaction began to.
    pub(crate) fn check_revision(&self, revision: u64) -> Result<(), SqlError> {
        match &self.work {
            Work::Ddl(ddl) if ddl.revision != revision => Err(lost_race()),
            _ => Ok(()),
        }
    }
}

const CONSTANT_READ: Reads = Reads { on_catalog_server: true, domain: None };

/// Why nothing can be added to a transaction of this kind.
fn refusal(work: &Work) -> SqlError {
    let message = match work {
        Work::Ddl(_) => "transactions which modify objects are restricted to just modifying objects",
        Work::Single(_) => "this transaction can only execute a single statement",
        Work::Subscribe => "SUBSCRIBE in transactions must be the only read statement",
        Work::Writes(_) => return write_only(),
        Work::Reads(_) | Work::Nothing => return read_only(),
    };
    SqlError::new(SqlState::INVALID_TRANSACTION, message)
}

fn read_only() -> SqlError {
    SqlError::new(SqlState::READ_ONLY_TRANSACTION, "transaction in read-only mode")
        .with_detail("SELECT queries cannot be combined with other query types, including SUBSCRIBE.")
}

fn write_only() -> SqlError {
    SqlError::new(SqlState::INVALID_TRANSACTION, "transaction in write-only mode")
}

fn cannot_run_in_block(text: &str) -> SqlError {
    SqlError::new(SqlState::ACTIVE_TRANSACTION, format!("{text} cannot be run inside a transaction block"))
}

/// The error of a transaction whose catalog was changed by another session.
pub(crate) fn lost_race() -> SqlError {
    SqlError::new(
        SqlState::SERIALIZATION_FAILURE,
        "another session modified the catalog while this DDL transaction was open",
    )
    .with_hint(
        "Currently, DDL transactions fail when any other DDL happens concurrently, even on unrelated schemas/clusters.",
    )
}

/// The error of every statement but the end in a failed block.
pub(crate) fn aborted() -> SqlError {
    SqlError::new(
        SqlState::FAILED_TRANSACTION,
        "current transaction is aborted, commands ignored until end of transaction block",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "a transaction's domain is optional")]
    fn domain() -> Option<BTreeSet<SchemaId>> {
        Some(BTreeSet::from([SchemaId::User(3)]))
    }

    fn statement() -> Statement {
        Statement::Raise { severity: "notice".into() }
    }

    fn block() -> Transaction {
        let mut transaction = Transaction::default();
        assert_eq!(transaction.begin(None), None);
        transaction
    }

    fn code(result: Result<impl std::fmt::Debug, SqlError>) -> &'static str {
        result.err().map_or("ok", |error| error.code.0)
    }

    /// What comes second, after each kind of work: the codes are those of the recorded server.
    #[test]
    fn kinds_of_work_do_not_mix() {
        type Begin = fn(&mut Transaction);
        let kinds: [(&str, Begin); 7] = [
            ("nothing", |_| ()),
            ("constant read", |t| assert_eq!(code(t.read(true, None)), "ok")),
            ("read", |t| assert_eq!(code(t.read(false, domain())), "ok")),
            ("subscribe", |t| assert_eq!(code(t.subscribe()), "ok")),
            ("write", |t| assert_eq!(code(t.write(Vec::new())), "ok")),
            ("ddl", |t| assert_eq!(code(t.ddl(1, Catalog::default(), Vec::new())), "ok")),
            ("single", |t| assert_eq!(code(t.delay(&statement(), String::new)), "ok")),
        ];
        let expected = [
            // constant read, read, subscribe, write, ddl, delayed
            ("nothing", ["ok", "ok", "ok", "ok", "ok", "ok"]),
            ("constant read", ["ok", "ok", "25000", "ok", "25006", "25006"]),
            ("read", ["ok", "ok", "25000", "25006", "25006", "25006"]),
            ("subscribe", ["25000", "25000", "25000", "25006", "25000", "25000"]),
            ("write", ["ok", "25000", "25000", "ok", "25000", "25000"]),
            ("ddl", ["25000", "25000", "25000", "25006", "ok", "25000"]),
            ("single", ["25000", "25000", "25000", "25000", "25000", "25000"]),
        ];
        for ((kind, prepare), (name, codes)) in kinds.into_iter().zip(expected) {
            assert_eq!(kind, name);
            let after = |next: fn(&mut Transaction) -> &'static str| {
                let mut transaction = block();
                prepare(&mut transaction);
                next(&mut transaction)
            };
            let found = [
                after(|t| code(t.read(true, None))),
                after(|t| code(t.read(false, domain()))),
                after(|t| code(t.subscribe())),
                after(|t| code(t.allows_writes().and_then(|()| t.write(Vec::new())))),
                after(|t| code(t.ddl(1, Catalog::default(), Vec::new()))),
                after(|t| code(t.delay(&statement(), String::new))),
            ];
            assert_eq!(found, codes, "after {kind}");
        }
    }

    #[test]
    fn a_batch_refuses_what_a_block_puts_off() {
        let mut batch = Transaction::default();
        batch.begin_implicit(2);
        assert_eq!(code(batch.delay(&statement(), || "X".into())), "25001");
        assert_eq!(code(batch.requires_no_block(|| "X".into())), "25001");
        let mut single = Transaction::default();
        single.begin_implicit(1);
        assert_eq!(single.delay(&statement(), String::new), Ok(false));
        assert_eq!(code(single.requires_no_block(String::new)), "ok");
        assert_eq!(code(block().requires_no_block(|| "X".into())), "25001");
    }

    #[test]
    fn a_failed_block_stays_until_its_end_and_a_failed_batch_does_not() {
        let mut transaction = block();
        transaction.fail();
        assert_eq!(transaction.status(), Status::Failed);
        assert_eq!(transaction.end(), Work::Nothing);
        assert_eq!(transaction.status(), Status::Idle);
        transaction.begin_implicit(2);
        transaction.fail();
        assert_eq!(transaction.status(), Status::Idle);
    }

    #[test]
    fn begin_within_a_batch_keeps_what_the_batch_did() {
        let mut transaction = Transaction::default();
        transaction.begin_implicit(3);
        assert_eq!(code(transaction.write(Vec::new())), "ok");
        assert_eq!(transaction.begin(None), None);
        assert_eq!(transaction.end_implicit(), None);
        assert_eq!(transaction.status(), Status::Transaction);
        assert_eq!(transaction.end(), Work::Writes(Vec::new()));
    }

    #[test]
    fn a_change_by_another_session_is_noticed_only_by_ddl() {
        let mut transaction = block();
        assert_eq!(code(transaction.check_revision(2)), "ok");
        assert_eq!(code(transaction.ddl(1, Catalog::default(), Vec::new())), "ok");
        assert_eq!(code(transaction.check_revision(1)), "ok");
        assert_eq!(code(transaction.check_revision(2)), "40001");
    }

    #[test]
    fn a_read_only_block_refuses_rows_but_not_ddl() {
        let mut transaction = Transaction::default();
        transaction.begin(Some(true));
        assert_eq!(code(transaction.allows_writes()), "25006");
        assert_eq!(code(transaction.ddl(1, Catalog::default(), Vec::new())), "ok");
    }
}

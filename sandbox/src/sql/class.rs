//! What kind of statement it is: the tag that answers it, and where it may stand in a transaction.

use mz_deploy_planner::name::Ident;

use super::ast::{CopyDirection, DiscardTarget, Insert, ItemRef, Name, ObjectKind, Statement};
use super::visit::{Role, Visitor, walk_query};

/// What a transaction makes of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// `BEGIN`, `COMMIT`, `ROLLBACK`.
    Transaction,
    /// About the session alone: anywhere, without an effect on the kind of the transaction.
    Session,
    /// Runs a statement that was prepared, or reads a cursor: what that statement is, it is.
    Indirect,
    /// A read: `SELECT`, `SHOW` of objects, `EXPLAIN`, `COPY … TO`.
    Read,
    /// `SUBSCRIBE`: the only read of its transaction.
    Subscribe,
    /// A write that a transaction may hold: `INSERT` of constants, `COPY … FROM`.
    Write,
    /// DDL of which a transaction may hold several, and nothing else.
    DdlTransaction,
    /// DDL that must be the only statement of its transaction, and runs at its end.
    SingleDelayed,
    /// What no transaction block may hold.
    Never,
}

impl Statement {
    /// The command tag. `SELECT`, `INSERT 0`, `UPDATE`, `DELETE`, `COPY` and `FETCH` go on with a count.
    pub fn tag(&self) -> String {
        let of = |verb: &str, kind: ObjectKind| format!("{verb} {}", kind.keywords());
        let fixed = match self {
            Self::Drop { kind, .. } => return of("DROP", *kind),
            Self::AlterRename { kind, .. }
            | Self::AlterSwap { kind, .. }
            | Self::AlterOwner { kind, .. }
            | Self::AlterSetCluster { kind, .. }
            | Self::AlterRetainHistory { kind, .. } => return of("ALTER", *kind),
            Self::Select(_)
            | Self::Subscribe(_)
            | Self::Explain(_)
            | Self::Show(_)
            | Self::ShowCreate { .. }
            | Self::ShowVariable { .. }
            | Self::Execute { .. } => "SELECT",
            // What comes back is a result like any other.
            Self::Insert(insert) if !insert.returning.is_empty() => "SELECT",
            Self::Insert(_) => "INSERT 0",
            Self::Update(_) => "UPDATE",
            Self::Delete(_) => "DELETE",
            Self::Copy(_) => "COPY",
            Self::SetVariable { .. } | Self::SetTransaction { .. } => "SET",
            Self::ResetVariable { .. } => "RESET",
            Self::Begin { .. } => "BEGIN",
            Self::Commit { .. } => "COMMIT",
            Self::Rollback { .. } => "ROLLBACK",
            Self::Declare { .. } => "DECLARE CURSOR",
            Self::Fetch { .. } => "FETCH",
            Self::Close { .. } => "CLOSE CURSOR",
            Self::Prepare { .. } => "PREPARE",
            Self::Deallocate { name: Some(_) } => "DEALLOCATE",
            Self::Deallocate { name: None } => "DEALLOCATE ALL",
            Self::Discard { target: DiscardTarget::All } => "DISCARD ALL",
            Self::Discard { target: DiscardTarget::Temp } => "DISCARD TEMP",
            Self::Discard { target: DiscardTarget::Plans } => "DISCARD PLANS",
            Self::Discard { target: DiscardTarget::Sequences } => "DISCARD SEQUENCES",
            Self::Raise { .. } => "RAISE",
            Self::CreateDatabase { .. } => "CREATE DATABASE",
            Self::CreateSchema { .. } => "CREATE SCHEMA",
            Self::CreateCluster(_) => "CREATE CLUSTER",
            Self::CreateClusterReplica { .. } => "CREATE CLUSTER REPLICA",
            Self::CreateRole { .. } => "CREATE ROLE",
            // One word, in the real server too.
            Self::CreateNetworkPolicy { .. } => "CREATE NETWORKPOLICY",
            Self::CreateView(_) => "CREATE VIEW",
            Self::CreateMaterializedView(_) => "CREATE MATERIALIZED VIEW",
            Self::CreateTable(_) | Self::CreateTableFromSource(_) => "CREATE TABLE",
            Self::CreateWebhookSource(webhook) if webhook.is_table => "CREATE TABLE",
            Self::CreateIndex(_) => "CREATE INDEX",
            Self::CreateSource(_) | Self::CreateWebhookSource(_) => "CREATE SOURCE",
            Self::CreateSink(_) => "CREATE SINK",
            Self::CreateSecret { .. } => "CREATE SECRET",
            Self::CreateConnection(_) => "CREATE CONNECTION",
            Self::CreateType { .. } => "CREATE TYPE",
            Self::AlterCluster { .. } => "ALTER CLUSTER",
            Self::AlterIndex { .. } => "ALTER INDEX",
            Self::ApplyReplacement { .. } => "ALTER MATERIALIZED VIEW",
            Self::AlterConnection { .. } => "ALTER CONNECTION",
            Self::AlterSecret { .. } => "ALTER SECRET",
            Self::AlterSinkFrom { .. } => "ALTER SINK",
            Self::AlterSource { .. } | Self::RefreshReferences { .. } => "ALTER SOURCE",
            Self::AlterTableAddColumn { .. } => "ALTER TABLE",
            Self::AlterRole { .. } => "ALTER ROLE",
            Self::AlterNetworkPolicy { .. } => "ALTER NETWORK POLICY",
            Self::AlterSystem { .. } => "ALTER SYSTEM",
            Self::AlterDefaultPrivileges(_) => "ALTER DEFAULT PRIVILEGES",
            Self::DropOwned { .. } => "DROP OWNED",
            Self::ReassignOwned { .. } => "REASSIGN OWNED",
            Self::Comment { .. } => "COMMENT",
            Self::Grant(_) => "GRANT",
            Self::Revoke(_) => "REVOKE",
            Self::GrantRole { .. } => "GRANT ROLE",
            Self::RevokeRole { .. } => "REVOKE ROLE",
            Self::ValidateConnection { .. } => "VALIDATE CONNECTION",
            Self::Refused { what } => {
                return what.split_whitespace().take(2).collect::<Vec<_>>().join(" ").to_uppercase();
            }
        };
        fixed.to_owned()
    }

    /// Gives what the statement makes another full name; an index has the last part alone.
    pub fn set_name(&mut self, parts: Vec<Ident>) {
        let new = Name(parts);
        match self {
            Self::CreateView(create) => create.name = new,
            Self::CreateMaterializedView(create) => create.name = new,
            Self::CreateTable(create) => create.name = new,
            Self::CreateTableFromSource(create) => create.name = new,
            Self::CreateSource(create) => create.name = new,
            Self::CreateWebhookSource(create) => create.name = new,
            Self::CreateConnection(create) => create.name = new,
            Self::CreateType { name, .. } | Self::CreateSecret { name, .. } => *name = new,
            Self::CreateSink(create) => create.name = Some(new),
            Self::CreateIndex(create) => create.name = new.0.into_iter().next_back(),
            _ => {}
        }
    }

    /// Where the statement may stand in a transaction. The kind of the statement decides, but for `INSERT`.
    pub fn class(&self) -> Class {
        match self {
            Self::Begin { .. } | Self::Commit { .. } | Self::Rollback { .. } => Class::Transaction,
            Self::Discard { target: DiscardTarget::All } => Class::Never,
            Self::SetVariable { .. }
            | Self::ResetVariable { .. }
            | Self::ShowVariable { .. }
            | Self::SetTransaction { .. }
            | Self::Declare { .. }
            | Self::Close { .. }
            | Self::Prepare { .. }
            | Self::Deallocate { .. }
            | Self::Discard { .. }
            | Self::Raise { .. } => Class::Session,
            Self::Execute { .. } | Self::Fetch { .. } => Class::Indirect,
            Self::Select(_) | Self::Explain(_) | Self::Show(_) | Self::ShowCreate { .. } => Class::Read,
            Self::Subscribe(_) => Class::Subscribe,
            Self::Copy(copy) => match copy.direction {
                CopyDirection::FromStdin | CopyDirection::FromOther(_) => Class::Write,
                CopyDirection::ToStdout | CopyDirection::ToOther(_) => match copy.relation {
                    super::ast::CopyRelation::Subscribe(_) => Class::Subscribe,
                    _ => Class::Read,
                },
            },
            Self::Insert(insert) if is_constant(insert) => Class::Write,
            Self::AlterRename { .. }
            | Self::AlterSwap { .. }
            | Self::CreateTableFromSource(_)
            | Self::CreateSource(_) => Class::DdlTransaction,
            Self::Insert(_)
            | Self::Update(_)
            | Self::Delete(_)
            | Self::AlterCluster { .. }
            | Self::AlterConnection { .. }
            | Self::AlterIndex { .. }
            | Self::ApplyReplacement { .. }
            | Self::AlterSetCluster { .. }
            | Self::AlterRetainHistory { .. }
            | Self::AlterSecret { .. }
            | Self::AlterSinkFrom { .. }
            | Self::AlterSource { .. }
            | Self::RefreshReferences { .. }
            | Self::AlterTableAddColumn { .. }
            | Self::AlterNetworkPolicy { .. } => Class::Never,
            Self::AlterRole { .. }
            | Self::CreateDatabase { .. }
            | Self::CreateSchema { .. }
            | Self::CreateCluster(_)
            | Self::CreateClusterReplica { .. }
            | Self::CreateRole { .. }
            | Self::CreateNetworkPolicy { .. }
            | Self::CreateView(_)
            | Self::CreateMaterializedView(_)
            | Self::CreateTable(_)
            | Self::CreateIndex(_)
            | Self::CreateWebhookSource(_)
            | Self::CreateSink(_)
            | Self::CreateSecret { .. }
            | Self::CreateConnection(_)
            | Self::CreateType { .. }
            | Self::AlterOwner { .. }
            | Self::AlterSystem { .. }
            | Self::AlterDefaultPrivileges(_)
            | Self::Drop { .. }
            | Self::DropOwned { .. }
            | Self::ReassignOwned { .. }
            | Self::Comment { .. }
            | Self::Grant(_)
            | Self::Revoke(_)
            | Self::GrantRole { .. }
            | Self::RevokeRole { .. }
            | Self::ValidateConnection { .. }
            | Self::Refused { .. } => Class::SingleDelayed,
        }
    }
}

/// True if an `INSERT` reads no relation.
fn is_constant(insert: &Insert) -> bool {
    struct Reads(bool);
    impl Visitor for Reads {
        fn item(&mut self, _: Role, _: &mut ItemRef) {
            self.0 = true;
        }
    }
    let mut reads = Reads(false);
    if let Some(mut source) = insert.source.clone() {
        walk_query(&mut reads, &mut source);
    }
    !reads.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::parser::parse_statements;
    use crate::sql::testdata::recorded;

    fn only(sql: &str) -> Statement {
        parse_statements(sql).expect("valid").remove(0).statement
    }

    #[test]
    fn tags_are_those_of_the_server() {
        let tags = recorded().tags;
        assert!(!tags.is_empty());
        for (sql, tag) in tags {
            assert_eq!(only(&sql).tag(), tag, "{sql}");
        }
    }

    #[test]
    fn the_kind_of_a_statement_decides_where_it_may_stand() {
        for (sql, class) in [
            ("ALTER SCHEMA a SWAP WITH b", Class::DdlTransaction),
            ("ALTER TABLE a RENAME TO b", Class::DdlTransaction),
            ("CREATE SOURCE s FROM LOAD GENERATOR COUNTER", Class::DdlTransaction),
            ("CREATE VIEW v AS SELECT 1", Class::SingleDelayed),
            ("COMMENT ON TABLE t IS 'x'", Class::SingleDelayed),
            ("DROP TABLE t", Class::SingleDelayed),
            ("ALTER MATERIALIZED VIEW a APPLY REPLACEMENT b", Class::Never),
            ("DELETE FROM t", Class::Never),
            ("DISCARD ALL", Class::Never),
            ("INSERT INTO t VALUES (1, now())", Class::Write),
            ("INSERT INTO t DEFAULT VALUES", Class::Write),
            ("INSERT INTO t SELECT * FROM t", Class::Never),
            ("INSERT INTO t VALUES ((SELECT max(a) FROM t))", Class::Never),
            ("COPY t FROM STDIN", Class::Write),
            ("COPY (SUBSCRIBE t) TO STDOUT", Class::Subscribe),
            ("SHOW TABLES", Class::Read),
            ("SHOW cluster", Class::Session),
            ("COMMIT", Class::Transaction),
            ("EXECUTE q", Class::Indirect),
        ] {
            assert_eq!(only(sql).class(), class, "{sql}");
        }
    }
}

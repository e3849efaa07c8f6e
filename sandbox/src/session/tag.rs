//! Tags of statements that change the catalog.

use crate::sql::ast::{ObjectKind, Statement};

/// The tag of a statement.
pub(super) fn of(statement: &Statement) -> String {
    use Statement as S;
    match statement {
        S::CreateDatabase { .. } => "CREATE DATABASE",
        S::CreateSchema { .. } => "CREATE SCHEMA",
        S::CreateCluster(_) => "CREATE CLUSTER",
        S::CreateClusterReplica { .. } => "CREATE CLUSTER REPLICA",
        S::CreateRole { .. } => "CREATE ROLE",
        S::CreateNetworkPolicy { .. } => "CREATE NETWORKPOLICY",
        S::CreateView(_) => "CREATE VIEW",
        S::CreateMaterializedView(_) => "CREATE MATERIALIZED VIEW",
        S::CreateTable(_) | S::CreateTableFromSource(_) => "CREATE TABLE",
        S::CreateWebhookSource(create) if create.is_table => "CREATE TABLE",
        S::CreateIndex(_) => "CREATE INDEX",
        S::CreateSource(_) | S::CreateWebhookSource(_) => "CREATE SOURCE",
        S::CreateSink(_) => "CREATE SINK",
        S::CreateSecret { .. } => "CREATE SECRET",
        S::CreateConnection(_) => "CREATE CONNECTION",
        S::CreateType { .. } => "CREATE TYPE",
        S::AlterRename { kind, .. }
        | S::AlterSwap { kind, .. }
        | S::AlterOwner { kind, .. }
        | S::AlterSetCluster { kind, .. }
        | S::AlterRetainHistory { kind, .. } => return format!("ALTER {}", kind_words(*kind)),
        S::Drop { kind, .. } => return format!("DROP {}", kind_words(*kind)),
        S::AlterCluster { .. } => "ALTER CLUSTER",
        S::AlterIndex { .. } => "ALTER INDEX",
        S::ApplyReplacement { .. } => "ALTER MATERIALIZED VIEW",
        S::AlterConnection { .. } => "ALTER CONNECTION",
        S::AlterSecret { .. } => "ALTER SECRET",
        S::AlterSinkFrom { .. } => "ALTER SINK",
        S::AlterSource { .. } => "ALTER SOURCE",
        S::AlterTableAddColumn { .. } => "ALTER TABLE",
        S::AlterRole { .. } => "ALTER ROLE",
        S::AlterNetworkPolicy { .. } => "ALTER NETWORK POLICY",
        S::AlterSystem { .. } => "ALTER SYSTEM",
        S::DropOwned { .. } => "DROP OWNED",
        S::ReassignOwned { .. } => "REASSIGN OWNED",
        S::Comment { .. } => "COMMENT",
        S::Grant(_) => "GRANT",
        S::Revoke(_) => "REVOKE",
        S::GrantRole { .. } => "GRANT ROLE",
        S::RevokeRole { .. } => "REVOKE ROLE",
        S::AlterDefaultPrivileges(_) => "ALTER DEFAULT PRIVILEGES",
        S::ValidateConnection { .. } => "VALIDATE CONNECTION",
        _ => "",
    }
    .to_owned()
}

fn kind_words(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Table => "TABLE",
        ObjectKind::View => "VIEW",
        ObjectKind::MaterializedView => "MATERIALIZED VIEW",
        ObjectKind::Source | ObjectKind::Subsource => "SOURCE",
        ObjectKind::Sink => "SINK",
        ObjectKind::Index => "INDEX",
        ObjectKind::Type => "TYPE",
        ObjectKind::Role => "ROLE",
        ObjectKind::Cluster => "CLUSTER",
        ObjectKind::ClusterReplica => "CLUSTER REPLICA",
        ObjectKind::Secret => "SECRET",
        ObjectKind::Connection => "CONNECTION",
        ObjectKind::Database => "DATABASE",
        ObjectKind::Schema => "SCHEMA",
        ObjectKind::Function => "FUNCTION",
        ObjectKind::NetworkPolicy => "NETWORK POLICY",
    }
}

//! Which statements may stand where in a transaction: the kind of the statement alone decides.

use crate::sql::ast::{DiscardTarget, Statement};

/// How a statement takes part in a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// `BEGIN`, `COMMIT`, `ROLLBACK`.
    Control,
    /// Variables, prepared statements, cursors: anywhere, without an effect on what the transaction is.
    Session,
    /// Reads.
    Read,
    /// Rows that are written.
    Write,
    /// Renames, swaps and a few more: any number in a transaction of their own kind.
    Ddl,
    /// Other statements that change the catalog: one alone in a block, run when the block commits.
    Delayed,
    /// Only outside of blocks.
    Outside,
}

/// The class of a statement.
pub(crate) fn class(statement: &Statement) -> Class {
    use Statement as S;
    match statement {
        S::Begin { .. } | S::Commit { .. } | S::Rollback { .. } => Class::Control,
        S::Discard { target: DiscardTarget::All } => Class::Outside,
        S::SetVariable { .. }
        | S::ResetVariable { .. }
        | S::ShowVariable { .. }
        | S::SetTransaction { .. }
        | S::Declare { .. }
        | S::Fetch { .. }
        | S::Close { .. }
        | S::Prepare { .. }
        | S::Execute { .. }
        | S::Deallocate { .. }
        | S::Discard { .. }
        | S::Raise { .. } => Class::Session,
        S::Select(_) | S::Subscribe(_) | S::Explain(_) | S::Show(_) | S::ShowCreate { .. } => Class::Read,
        S::Insert(_) | S::Copy(_) => Class::Write,
        S::AlterRename { .. } | S::AlterSwap { .. } | S::CreateTableFromSource(_) | S::CreateSource(_) => {
            Class::Ddl
        }
        S::Update(_)
        | S::Delete(_)
        | S::AlterCluster { .. }
        | S::AlterSetCluster { .. }
        | S::AlterIndex { .. }
        | S::AlterRetainHistory { .. }
        | S::ApplyReplacement { .. }
        | S::AlterConnection { .. }
        | S::AlterSecret { .. }
        | S::AlterSinkFrom { .. }
        | S::AlterSource { .. }
        | S::AlterTableAddColumn { .. }
        | S::AlterNetworkPolicy { .. } => Class::Outside,
        S::CreateDatabase { .. }
        | S::CreateSchema { .. }
        | S::CreateCluster(_)
        | S::CreateClusterReplica { .. }
        | S::CreateRole { .. }
        | S::CreateNetworkPolicy { .. }
        | S::CreateView(_)
        | S::CreateMaterializedView(_)
        | S::CreateTable(_)
        | S::CreateIndex(_)
        | S::CreateWebhookSource(_)
        | S::CreateSink(_)
        | S::CreateSecret { .. }
        | S::CreateConnection(_)
        | S::CreateType { .. }
        | S::AlterOwner { .. }
        | S::AlterRole { .. }
        | S::AlterSystem { .. }
        | S::Drop { .. }
        | S::DropOwned { .. }
        | S::ReassignOwned { .. }
        | S::Comment { .. }
        | S::Grant(_)
        | S::Revoke(_)
        | S::GrantRole { .. }
        | S::RevokeRole { .. }
        | S::AlterDefaultPrivileges(_)
        | S::ValidateConnection { .. }
        | S::Refused { .. } => Class::Delayed,
    }
}

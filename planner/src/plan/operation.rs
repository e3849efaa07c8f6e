//! What a deployment does, operation by operation, without the text of any statement. Counting is cheap, so what a
//! strategy would cost is known without writing it down.

use smol_str::SmolStr;

use super::indexes::{DroppedIndex, StagedIndex};
use super::ledger::Table;
use super::model::{Cause, Moment};
use crate::changeset::SchemaFacts;
use crate::graph::Node;
use crate::input::{DeployedObject, LiveGrant, LiveReplica};
use crate::name::{Ident, ObjectName, SchemaName};
use crate::project::{
    Companion, IndexDefinition, Infrastructure, Modifier, ModifierStatement, Object, StatementText,
};

/// Steps that belong together.
pub(super) struct Outline<'a> {
    pub(super) name: &'static str,
    pub(super) at: Moment,
    /// The steps share one DDL transaction.
    pub(super) is_transaction: bool,
    pub(super) operations: Vec<Operation<'a>>,
}

/// One step. `cause` is an object that makes it necessary.
pub(super) enum Operation<'a> {
    /// Rows of a table of the ledger, for schemas in which anything changes.
    Record(Table, Vec<&'a SchemaFacts<'a>>),
    CreateDatabase {
        name: &'a Ident,
        if_not_exists: bool,
        cause: Option<&'a Object>,
    },
    CreateSchema {
        name: &'a SchemaName,
        if_not_exists: bool,
        cause: Option<&'a Object>,
    },
    /// Makes what a schema is swapped with.
    CreateStagedSchema {
        name: &'a SchemaName,
        cause: Option<&'a Object>,
    },
    /// A statement of a modifier.
    RunModifier {
        modifier: &'a Modifier,
        statement: &'a ModifierStatement,
        /// On the staged copy of its schema.
        on_staged: bool,
        /// It was deployed before, and is run again.
        is_repeated: bool,
    },
    CreateCluster {
        name: &'a Ident,
        options: &'a str,
        cause: Option<&'a Object>,
    },
    CreateUnmanagedCluster {
        name: &'a Ident,
        replicas: &'a [LiveReplica],
        cause: Option<&'a Object>,
    },
    GrantOnCluster {
        name: &'a Ident,
        grant: &'a LiveGrant,
        cause: Option<&'a Object>,
    },
    CommentOnCluster {
        name: &'a Ident,
        comment: &'a str,
        cause: Option<&'a Object>,
    },
    /// A statement of the file in `clusters/`, for the copy.
    ClusterFile {
        file: &'a Infrastructure,
        statement: &'a StatementText,
        creates: bool,
    },
    CloneCluster {
        name: &'a Ident,
        cause: Option<&'a Object>,
    },
    WaitUntilReady,
    SwapSchema {
        name: &'a SchemaName,
        cause: Option<&'a Object>,
    },
    SwapCluster {
        name: &'a Ident,
        cause: Option<&'a Object>,
    },
    /// The old side of a swap, from which everything was dropped; `was_empty` if nothing was in it before.
    DropSchema {
        name: &'a SchemaName,
        was_empty: bool,
        cause: Option<&'a Object>,
    },
    DropCluster {
        name: &'a Ident,
        cause: Option<&'a Object>,
    },
    /// A statement that takes something back.
    Undo {
        sql: SmolStr,
        cause: Box<Cause>,
    },
    /// A removed object gives its name up.
    RetireRemoved(&'a DeployedObject),
    /// A removed object is dropped.
    DropRemoved(&'a DeployedObject),
    KeepRemoved(&'a DeployedObject),
    /// Something with an object of the project.
    On(Node, &'a Object, ObjectOperation<'a>),
}

/// What is done with one object.
pub(super) enum ObjectOperation<'a> {
    /// Builds it under its staged name.
    Create,
    Index(&'a IndexDefinition),
    Companion(&'a Companion),
    CreateReplacement,
    /// Builds an index on the relation that production has.
    StageIndex(StagedIndex<'a>),
    /// Production gets out of the way.
    Retire,
    RetireIndex(&'a Ident),
    /// What was staged takes the name.
    Adopt,
    AdoptIndex(&'a Ident),
    CreateSink,
    DropSink,
    RepointSink {
        from: &'a ObjectName,
    },
    ApplyReplacement,
    /// A grant or comment on what production has.
    AlterCompanion(&'a Companion),
    /// One that production had before.
    RepeatCompanion(&'a Companion),
    /// The old version, under the name that it has after promotion.
    DropOld,
    DropIndex(DroppedIndex<'a>),
}

impl Operation<'_> {
    /// True if it is one statement; false for an effect.
    fn is_statement(&self) -> bool {
        match self {
            Self::Record(..) | Self::CloneCluster { .. } | Self::WaitUntilReady | Self::KeepRemoved(_) => {
                false
            }
            Self::On(.., ObjectOperation::DropIndex(index)) => index.deployed.index.is_some(),
            _ => true,
        }
    }
}

/// How many statements the phases have.
pub(super) fn statements(outlines: &[Outline<'_>]) -> usize {
    outlines.iter().flat_map(|o| &o.operations).filter(|o| o.is_statement()).count()
}

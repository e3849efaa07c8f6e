//! What a deployment does, operation by operation, without the text of any statement. Counting is cheap, so what a
//! strategy would cost is known without writing it down.

use smol_str::SmolStr;

use super::indexes::{DroppedIndex, StagedIndex};
use super::ledger::Rows;
use super::model::{Cause, Moment};
use crate::graph::Node;
use crate::input::{DeployedObject, LiveGrant};
use crate::name::{Ident, SchemaName};
use crate::project::{Infrastructure, Modifier, ModifierStatement, StatementText};

/// Steps that belong together.
pub(super) struct Outline<'a> {
    pub(super) name: &'static str,
    pub(super) at: Moment,
    /// The steps share one DDL transaction.
    pub(super) is_transaction: bool,
    pub(super) operations: Vec<Operation<'a>>,
}

/// One step. Objects are nodes of the graph.
pub(super) enum Operation<'a> {
    Record(Rows),
    CreateDatabase {
        name: &'a Ident,
        if_not_exists: bool,
        cause: Option<Node>,
    },
    CreateSchema {
        name: SchemaName,
        if_not_exists: bool,
        cause: Option<Node>,
    },
    /// A statement of a modifier; on the staged copy of its schema if one is given.
    RunModifier {
        modifier: &'a Modifier,
        statement: &'a ModifierStatement,
        on: Option<SchemaName>,
    },
    CreateCluster {
        name: &'a Ident,
        options: &'a str,
        cause: Option<Node>,
    },
    GrantOnCluster {
        name: &'a Ident,
        grant: &'a LiveGrant,
        cause: Option<Node>,
    },
    CommentOnCluster {
        name: &'a Ident,
        comment: &'a str,
        cause: Option<Node>,
    },
    /// A statement of the file in `clusters/`, for the copy.
    ClusterFile {
        file: &'a Infrastructure,
        statement: &'a StatementText,
        creates: bool,
    },
    CloneCluster {
        name: &'a Ident,
        cause: Option<Node>,
    },
    Create(Node),
    Index(Node, usize),
    Companion(Node, usize),
    CreateReplacement(Node),
    StageIndex(StagedIndex<'a>),
    WaitUntilReady,
    SwapSchema {
        name: &'a SchemaName,
        cause: Option<Node>,
    },
    SwapCluster {
        name: &'a Ident,
        cause: Option<Node>,
    },
    /// Production gets out of the way.
    Retire(Node),
    RetireIndex(Node, &'a Ident),
    /// What was staged takes the name.
    Adopt(Node),
    AdoptIndex(Node, &'a Ident),
    CreateSink(Node),
    DropSink(Node),
    RepointSink(Node),
    ApplyReplacement(Node),
    /// A grant or comment on an existing object.
    AlterCompanion(Node, usize),
    /// A statement that takes something back.
    Undo {
        sql: SmolStr,
        cause: Cause,
    },
    DropRemoved(&'a DeployedObject),
    KeepRemoved(&'a DeployedObject),
    /// The old side of a swap; `was_empty` if nothing was deployed in the schema before.
    DropSchema {
        name: &'a SchemaName,
        was_empty: bool,
        cause: Option<Node>,
    },
    DropCluster {
        name: &'a Ident,
        cause: Option<Node>,
    },
    DropRetired(Node),
    DropIndex(DroppedIndex<'a>),
}

impl Operation<'_> {
    /// True if it is one statement; false for an effect.
    pub(super) fn is_statement(&self) -> bool {
        match self {
            Self::Record(_) | Self::CloneCluster { .. } | Self::WaitUntilReady | Self::KeepRemoved(_) => {
                false
            }
            Self::DropIndex(index) => index.deployed.index.is_some(),
            _ => true,
        }
    }
}

/// How many statements the phases have.
pub(super) fn statements(outlines: &[Outline<'_>]) -> usize {
    outlines.iter().flat_map(|o| &o.operations).filter(|o| o.is_statement()).count()
}

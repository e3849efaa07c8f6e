//! Operations to steps: the text of each statement, why it is there, what must hold before it, what undoes it.

use std::fmt::Display;

use smol_str::SmolStr;

use super::draft::Draft;
use super::ledger;
use super::lower_object;
use super::model::{Action, Cause, Effect, Inverse, Phase, Postcondition, Precondition, Step};
use super::operation::{Operation, Outline};
use super::{paths, text};
use crate::ddl::{Ddl, Item, definition};
use crate::input::DeployedObject;
use crate::name::{Ident, SchemaName, printed};
use crate::project::{Infrastructure, Modifier, ModifierStatement, Object, StatementText};

/// Why a drop of what production had can't be undone.
pub(super) const OLD_VERSION: &str = "the old version is gone";

/// The name of the group of steps that share the swap transaction.
const SWAP: &str = "swap";

/// Writes the phases down.
pub(super) fn phases(draft: &Draft<'_>, deploy_id: &str, outlines: Vec<Outline<'_>>) -> Vec<Phase> {
    outlines
        .into_iter()
        .map(|outline| {
            let group = outline.is_transaction.then(|| SmolStr::new_static(SWAP));
            let step = |operation| Step { group: group.clone(), ..step(draft, deploy_id, operation) };
            let steps = outline.operations.into_iter().map(step).collect();
            Phase { name: outline.name.into(), at: outline.at, steps }
        })
        .collect()
}

/// A statement, because of nothing in particular, with nothing to check and nothing to undo.
pub(super) fn sql(statement: impl Into<SmolStr>) -> Step {
    plain(Action::Sql(statement.into()))
}

pub(super) fn ddl(statement: &Ddl<'_>) -> Step {
    sql(printed(statement))
}

pub(super) fn effect(effect: Effect) -> Step {
    plain(Action::Effect(Box::new(effect)))
}

fn plain(action: Action) -> Step {
    let cause = Cause { object: None, path: None, line: None };
    Step {
        action,
        cause,
        preconditions: Vec::new(),
        postcondition: None,
        inverse: Inverse::Nothing,
        group: None,
    }
}

impl Step {
    pub(super) fn because(mut self, cause: Cause) -> Self {
        self.cause = cause;
        self
    }

    pub(super) fn requires(mut self, precondition: Precondition) -> Self {
        // Most steps have one; a list that grows by itself makes room for four.
        self.preconditions.reserve_exact(1);
        self.preconditions.push(precondition);
        self
    }

    pub(super) fn done_when(mut self, postcondition: Postcondition) -> Self {
        self.postcondition = Some(postcondition);
        self
    }

    pub(super) fn undone_by(mut self, inverse: &Ddl<'_>) -> Self {
        self.inverse = Inverse::Sql(printed(inverse));
        self
    }

    pub(super) fn irreversible(mut self, why: &'static str) -> Self {
        self.inverse = Inverse::Irreversible(SmolStr::new_static(why));
        self
    }
}

pub(super) fn absent(kind: &'static str, name: &impl Display) -> Precondition {
    Precondition::Absent { kind: kind.into(), name: printed(name) }
}

pub(super) fn present(kind: &'static str, name: &impl Display, id: Option<&SmolStr>) -> Precondition {
    Precondition::Present { kind: kind.into(), name: printed(name), id: id.cloned() }
}

/// A place in an object's file.
pub(super) fn at(object: &Object, statement: &StatementText) -> Cause {
    Cause {
        object: Some(object.name.clone()),
        path: Some(object.path.clone()),
        line: Some(object.text.line(statement.span.start)),
    }
}

fn step(draft: &Draft<'_>, deploy_id: &str, operation: Operation<'_>) -> Step {
    match operation {
        Operation::Record(table, touched) => effect(ledger::record(draft, deploy_id, table, &touched)),
        Operation::CreateDatabase { name, if_not_exists, cause } => {
            create_database(name, if_not_exists).because(first(cause))
        }
        Operation::CreateSchema { name, if_not_exists, cause } => {
            create_schema(name, if_not_exists).because(first(cause))
        }
        Operation::CreateStagedSchema { name, cause } => {
            create_schema(&draft.naming.schema(name), false).because(first(cause))
        }
        Operation::RunModifier { modifier, statement, on_staged, is_repeated } => {
            let on = modifier.schema_name().filter(|_| on_staged).map(|name| draft.naming.schema(&name));
            let step = run_modifier(modifier, statement, on.as_ref());
            if is_repeated { Step { inverse: Inverse::Nothing, ..step } } else { step }
        }
        Operation::CreateCluster { name, options, cause } => {
            let copy = draft.naming.cluster(name);
            copied(draft, ddl(&Ddl::CreateCluster { name: &copy, options }), name).because(first(cause))
        }
        Operation::CreateUnmanagedCluster { name, replicas, cause } => {
            let (copy, options) = (draft.naming.cluster(name), definition::replicas(replicas));
            let create = ddl(&Ddl::CreateCluster { name: &copy, options: &options });
            copied(draft, create, name).because(first(cause))
        }
        Operation::GrantOnCluster { name, grant, cause } => {
            ddl(&Ddl::GrantOnCluster { cluster: &draft.naming.cluster(name), grant }).because(first(cause))
        }
        Operation::CommentOnCluster { name, comment, cause } => {
            ddl(&Ddl::CommentOnCluster { cluster: &draft.naming.cluster(name), comment })
                .because(first(cause))
        }
        Operation::ClusterFile { file, statement, creates } => cluster_file(draft, file, statement, creates),
        Operation::CloneCluster { name, cause } => {
            let clone = Effect::CloneCluster { from: name.clone(), to: draft.naming.cluster(name) };
            copied(draft, effect(clone), name).because(first(cause))
        }
        Operation::WaitUntilReady => effect(Effect::WaitUntilReady),
        Operation::SwapSchema { name, cause } => swap_schema(draft, name).because(first(cause)),
        Operation::SwapCluster { name, cause } => swap_cluster(draft, name).because(first(cause)),
        Operation::DropSchema { name, was_empty, cause } => {
            drop_schema(draft, name, was_empty).because(first(cause))
        }
        Operation::DropCluster { name, cause } => drop_cluster(draft, name).because(first(cause)),
        Operation::Undo { sql: statement, cause } => {
            sql(statement).because(*cause).irreversible("what it takes back isn't in the project any more")
        }
        Operation::RetireRemoved(deployed) => retire_removed(draft, deployed),
        Operation::DropRemoved(deployed) => drop_removed(draft, deployed),
        Operation::KeepRemoved(deployed) => {
            effect(Effect::KeepRemoved { object: deployed.name.clone() }).because(gone(draft, deployed))
        }
        Operation::On(node, object, what) => lower_object::step(draft, node, object, &what),
    }
}

/// The definition of an object as the cause of a step of its schema or cluster.
fn first(cause: Option<&Object>) -> Cause {
    cause.map_or(Cause { object: None, path: None, line: None }, |object| at(object, &object.statement))
}

fn create_database(name: &Ident, if_not_exists: bool) -> Step {
    let step = ddl(&Ddl::CreateDatabase { name, if_not_exists });
    if if_not_exists { step } else { step.requires(absent("database", name)) }
}

/// Whether a schema that may exist was there before isn't known, so undoing doesn't drop it.
fn create_schema(name: &SchemaName, if_not_exists: bool) -> Step {
    let step = ddl(&Ddl::CreateSchema { name, if_not_exists });
    if if_not_exists {
        return step;
    }
    step.requires(absent("schema", name)).undone_by(&Ddl::DropSchema { name })
}

fn run_modifier(modifier: &Modifier, statement: &ModifierStatement, on: Option<&SchemaName>) -> Step {
    let line = Some(modifier.text.line(statement.statement.span.start));
    let cause = Cause { object: None, path: Some(modifier.path.clone()), line };
    let step = sql(text::modifier(modifier, &statement.statement, on)).because(cause);
    // What is done to a staged schema goes with it.
    if on.is_some() { step } else { Step { inverse: Inverse::Sql(statement.undo.clone()), ..step } }
}

fn cluster_file(draft: &Draft<'_>, file: &Infrastructure, statement: &StatementText, creates: bool) -> Step {
    let copy = draft.naming.cluster(&file.name);
    let line = Some(file.text.line(statement.span.start));
    let cause = Cause { object: None, path: Some(file.path.clone()), line };
    let step = sql(text::cluster_file(file, statement, &copy)).because(cause);
    if creates { copied(draft, step, &file.name) } else { step }
}

fn live_schema<'d>(draft: &'d Draft<'_>, name: &SchemaName) -> Option<&'d SmolStr> {
    draft.live.and_then(|live| live.schema(name)).map(|s| &s.id)
}

fn live_cluster<'d>(draft: &'d Draft<'_>, name: &Ident) -> Option<&'d SmolStr> {
    draft.live.and_then(|live| live.cluster(name)).map(|c| &c.id)
}

/// The copy of a cluster: it must not be there yet, and what it copies must.
fn copied(draft: &Draft<'_>, step: Step, name: &Ident) -> Step {
    let copy = draft.naming.cluster(name);
    step.requires(absent("cluster", &copy))
        .requires(present("cluster", name, live_cluster(draft, name)))
        .undone_by(&Ddl::DropCluster { name: &copy })
}

fn swap_schema(draft: &Draft<'_>, name: &SchemaName) -> Step {
    let staged = draft.naming.schema(name);
    let swap = Ddl::SwapSchemas { schema: name, with: &staged.schema };
    ddl(&swap)
        .requires(present("schema", name, live_schema(draft, name)))
        .requires(present("schema", &staged, None))
        .undone_by(&swap)
}

fn swap_cluster(draft: &Draft<'_>, name: &Ident) -> Step {
    let staged = draft.naming.cluster(name);
    let swap = Ddl::SwapClusters { cluster: name, with: &staged };
    ddl(&swap)
        .requires(present("cluster", name, live_cluster(draft, name)))
        .requires(present("cluster", &staged, None))
        .undone_by(&swap)
}

fn drop_schema(draft: &Draft<'_>, name: &SchemaName, was_empty: bool) -> Step {
    let old = draft.naming.schema(name);
    let step = ddl(&Ddl::DropSchema { name: &old })
        .requires(present("schema", &old, live_schema(draft, name)))
        .done_when(Postcondition::Gone);
    if was_empty {
        step.undone_by(&Ddl::CreateSchema { name: &old, if_not_exists: false })
    } else {
        step.irreversible(OLD_VERSION)
    }
}

fn drop_cluster(draft: &Draft<'_>, name: &Ident) -> Step {
    let old = draft.naming.cluster(name);
    ddl(&Ddl::DropCluster { name: &old })
        .requires(present("cluster", &old, live_cluster(draft, name)))
        .done_when(Postcondition::Gone)
        .irreversible(OLD_VERSION)
}

/// The file of a removed object.
fn gone(draft: &Draft<'_>, deployed: &DeployedObject) -> Cause {
    let path = Some(paths::object(draft.facts.project, &deployed.name));
    Cause { object: Some(deployed.name.clone()), path, line: None }
}

fn retire_removed(draft: &Draft<'_>, deployed: &DeployedObject) -> Step {
    let id = draft.live.and_then(|live| live.object(&deployed.name)).map(|o| &o.id);
    let retired = draft.naming.retired(&deployed.name.name);
    lower_object::rename(deployed.kind.target(), &deployed.name, &retired, id).because(gone(draft, deployed))
}

fn drop_removed(draft: &Draft<'_>, deployed: &DeployedObject) -> Step {
    let name = draft.name_at_drop(&deployed.name);
    let id = draft.live.and_then(|live| live.object(&deployed.name)).map(|o| &o.id);
    // Without a catalog, nobody knows whether it was there at all.
    let if_exists = id.is_none();
    let step = ddl(&Ddl::Drop { item: Item::object(deployed.kind, &name), if_exists })
        .because(gone(draft, deployed));
    let step = if if_exists {
        step
    } else {
        step.requires(present("object", &name, id)).done_when(Postcondition::Gone)
    };
    match &deployed.sql {
        Some(_) if deployed.kind.is_computation() => {
            step.irreversible("put its file back and deploy it again")
        }
        _ => step.irreversible("its state is gone"),
    }
}

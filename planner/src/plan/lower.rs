//! Operations to steps: the text of each statement, why it is there, what must hold before it, what undoes it.

use smol_str::{SmolStr, ToSmolStr};

use super::draft::Draft;
use super::indexes::{DroppedIndex, StagedIndex};
use super::ledger::Rows;
use super::model::{Action, Cause, Effect, Inverse, Phase, Precondition, Step};
use super::operation::{Operation, Outline};
use super::{paths, text};
use crate::ddl::{Ddl, Item};
use crate::graph::Node;
use crate::input::DeployedObject;
use crate::name::{Ident, ObjectName, SchemaName};
use crate::project::{Object, StatementText};

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
fn sql(statement: impl Into<String>) -> Step {
    plain(Action::Sql(statement.into().into()))
}

fn ddl(statement: &Ddl<'_>) -> Step {
    sql(statement.to_string())
}

fn effect(effect: Effect) -> Step {
    plain(Action::Effect(effect))
}

fn plain(action: Action) -> Step {
    let cause = Cause { object: None, path: None, line: None };
    Step { action, cause, preconditions: Vec::new(), inverse: Inverse::Nothing, group: None }
}

impl Step {
    fn because(mut self, cause: Cause) -> Self {
        self.cause = cause;
        self
    }

    fn requires(mut self, precondition: Precondition) -> Self {
        self.preconditions.push(precondition);
        self
    }

    fn undone_by(mut self, inverse: &Ddl<'_>) -> Self {
        self.inverse = Inverse::Sql(inverse.to_smolstr());
        self
    }

    fn irreversible(mut self, why: &'static str) -> Self {
        self.inverse = Inverse::Irreversible(SmolStr::new_static(why));
        self
    }
}

fn absent(kind: &'static str, name: &impl ToSmolStr) -> Precondition {
    Precondition::Absent { kind: kind.into(), name: name.to_smolstr() }
}

fn present(kind: &'static str, name: &impl ToSmolStr, id: Option<&SmolStr>) -> Precondition {
    Precondition::Present { kind: kind.into(), name: name.to_smolstr(), id: id.cloned() }
}

fn only_ours(kind: &'static str, name: &impl ToSmolStr) -> Precondition {
    Precondition::OnlyOurs { kind: kind.into(), name: name.to_smolstr() }
}

/// A place in an object's file.
fn at(object: &Object, statement: &StatementText) -> Cause {
    Cause {
        object: Some(object.name.clone()),
        path: Some(object.path.clone()),
        line: Some(object.text.line(statement.span.start)),
    }
}

fn step(draft: &Draft<'_>, deploy_id: &str, operation: Operation<'_>) -> Step {
    let of = |node: Node| draft.facts.object(node);
    let because = |cause: Option<Node>| cause.and_then(of).map_or_else(no_cause, |o| at(o, &o.statement));
    match operation {
        Operation::Record(rows) => record(deploy_id, rows),
        Operation::CreateDatabase { name, if_not_exists, cause } => {
            let step = ddl(&Ddl::CreateDatabase { name, if_not_exists }).because(because(cause));
            if if_not_exists { step } else { step.requires(absent("database", name)) }
        }
        Operation::CreateSchema { name, if_not_exists, cause } => {
            let step = ddl(&Ddl::CreateSchema { name: &name, if_not_exists }).because(because(cause));
            // Whether an existing schema was there before isn't known, so it isn't dropped either.
            if if_not_exists {
                return step;
            }
            step.requires(absent("schema", &name)).undone_by(&Ddl::DropSchema { name: &name })
        }
        Operation::RunModifier { modifier, statement, on } => {
            let written = text::modifier(modifier, &statement.statement, on.as_ref());
            let line = Some(modifier.text.line(statement.statement.span.start));
            let mut step =
                sql(written).because(Cause { object: None, path: Some(modifier.path.clone()), line });
            if on.is_none() {
                step.inverse = Inverse::Sql(statement.undo.clone());
            }
            step
        }
        Operation::CreateCluster { name, options, cause } => {
            let copy = draft.naming.cluster(name);
            copied(draft, ddl(&Ddl::CreateCluster { name: &copy, options }), name).because(because(cause))
        }
        Operation::GrantOnCluster { name, grant, cause } => {
            let cluster = &draft.naming.cluster(name);
            ddl(&Ddl::GrantOnCluster { cluster, grant }).because(because(cause))
        }
        Operation::CommentOnCluster { name, comment, cause } => {
            let cluster = &draft.naming.cluster(name);
            ddl(&Ddl::CommentOnCluster { cluster, comment }).because(because(cause))
        }
        Operation::ClusterFile { file, statement, creates } => {
            let copy = draft.naming.cluster(&file.name);
            let line = Some(file.text.line(statement.span.start));
            let cause = Cause { object: None, path: Some(file.path.clone()), line };
            let step = sql(text::cluster_file(file, statement, &copy)).because(cause);
            if creates { copied(draft, step, &file.name) } else { step }
        }
        Operation::CloneCluster { name, cause } => {
            let copy = draft.naming.cluster(name);
            let step = effect(Effect::CloneCluster { from: name.clone(), to: copy });
            copied(draft, step, name).because(because(cause))
        }
        Operation::Create(node) => of(node).map_or_else(nothing, |object| create(draft, node, object)),
        Operation::Index(node, position) => of(node)
            .and_then(|object| Some((object, object.indexes.get(position)?)))
            .map_or_else(nothing, |(object, index)| {
                let statement = &index.statement;
                sql(text::staged(draft, node, object, statement)).because(at(object, statement))
            }),
        Operation::Companion(node, position) => of(node)
            .and_then(|object| Some((object, &object.companions.get(position)?.statement)))
            .map_or_else(nothing, |(object, statement)| {
                sql(text::staged(draft, node, object, statement)).because(at(object, statement))
            }),
        Operation::CreateReplacement(node) => {
            of(node).map_or_else(nothing, |object| create_replacement(draft, node, object))
        }
        Operation::StageIndex(index) => {
            of(index.node).map_or_else(nothing, |object| stage_index(draft, index, object))
        }
        Operation::WaitUntilReady => effect(Effect::WaitUntilReady),
        Operation::SwapSchema { name, cause } => swap_schema(draft, name).because(because(cause)),
        Operation::SwapCluster { name, cause } => swap_cluster(draft, name).because(because(cause)),
        Operation::Retire(node) => of(node).map_or_else(nothing, |object| retire(draft, node, object)),
        Operation::Adopt(node) => of(node).map_or_else(nothing, |object| {
            let staged = draft.staged_name(node, object);
            rename(Item::object(object.kind, &staged), &object.name.name, None)
                .because(at(object, &object.statement))
        }),
        Operation::RetireIndex(node, name) => of(node).map_or_else(nothing, |object| {
            let index = object.name.schema.object(name.clone());
            let id = draft.live.and_then(|live| live.object(&index)).map(|o| &o.id);
            rename(Item::index(&index), &draft.naming.retired(name), id)
                .because(at(object, index_statement(object, name)))
        }),
        Operation::AdoptIndex(node, name) => of(node).map_or_else(nothing, |object| {
            let staged = object.name.schema.object(draft.naming.staged(name));
            rename(Item::index(&staged), name, None).because(at(object, index_statement(object, name)))
        }),
        Operation::CreateSink(node) => of(node).map_or_else(nothing, |object| {
            let item = Item::object(object.kind, &object.name);
            sql(text::production(&object.text, &object.statement))
                .because(at(object, &object.statement))
                .requires(absent("object", &object.name))
                .undone_by(&Ddl::Drop { item, if_exists: false })
        }),
        Operation::DropSink(node) => of(node).map_or_else(nothing, |object| {
            let item = Item::object(object.kind, &object.name);
            ddl(&Ddl::Drop { item, if_exists: false })
                .because(at(object, &object.statement))
                .requires(present_object(draft, &object.name))
                .irreversible("a sink that is created again starts anew, without the progress of the old one")
        }),
        Operation::RepointSink(node) => of(node).map_or_else(nothing, |object| repoint(draft, object)),
        Operation::ApplyReplacement(node) => {
            of(node).map_or_else(nothing, |object| apply(draft, node, object))
        }
        Operation::AlterCompanion(node, position) => of(node)
            .and_then(|object| Some((object, object.companions.get(position)?)))
            .map_or_else(nothing, |(object, companion)| {
                let statement = &companion.statement;
                let mut step = sql(text::production(&object.text, statement)).because(at(object, statement));
                step.inverse = Inverse::Sql(companion.undo.clone());
                step
            }),
        Operation::Undo { sql: statement, cause } => sql(statement).because(cause),
        Operation::DropRemoved(deployed) => drop_removed(draft, deployed),
        Operation::KeepRemoved(deployed) => {
            effect(Effect::KeepRemoved { object: deployed.name.clone() }).because(gone(draft, deployed))
        }
        Operation::DropSchema { name, was_empty, cause } => {
            let old = draft.naming.schema(name);
            let is_there = present("schema", &old, live_schema(draft, name));
            if was_empty {
                let step = ddl(&Ddl::DropSchema { name: &old }).because(because(cause)).requires(is_there);
                return step.undone_by(&Ddl::CreateSchema { name: &old, if_not_exists: false });
            }
            ddl(&Ddl::DropSchemaCascade { name: &old })
                .because(because(cause))
                .requires(is_there)
                .requires(only_ours("schema", &old))
                .irreversible("the old version is gone")
        }
        Operation::DropCluster { name, cause } => {
            let old = draft.naming.cluster(name);
            ddl(&Ddl::DropCluster { name: &old })
                .because(because(cause))
                .requires(present("cluster", &old, live_cluster(draft, name)))
                .irreversible("the old version is gone")
        }
        Operation::DropRetired(node) => of(node).map_or_else(nothing, |object| {
            let old = draft.retired_name(node, object);
            let kind = draft.facts.old(node).map_or(object.kind, |d| d.kind);
            let id = draft.live.and_then(|live| live.object(&object.name)).map(|o| &o.id);
            ddl(&Ddl::Drop { item: Item::object(kind, &old), if_exists: false })
                .because(at(object, &object.statement))
                .requires(present("object", &old, id))
                .irreversible("the old version is gone")
        }),
        Operation::DropIndex(index) => {
            of(index.node).map_or_else(nothing, |object| drop_index(draft, index, object))
        }
    }
}

fn no_cause() -> Cause {
    Cause { object: None, path: None, line: None }
}

/// Operations are made of nodes of the graph, so there is always an object; a step that waits for nothing is harmless.
fn nothing() -> Step {
    effect(Effect::WaitUntilReady)
}

fn live_schema<'d>(draft: &'d Draft<'_>, name: &SchemaName) -> Option<&'d SmolStr> {
    draft.live.and_then(|live| live.schema(name)).map(|s| &s.id)
}

fn live_cluster<'d>(draft: &'d Draft<'_>, name: &Ident) -> Option<&'d SmolStr> {
    draft.live.and_then(|live| live.cluster(name)).map(|c| &c.id)
}

fn present_object(draft: &Draft<'_>, name: &ObjectName) -> Precondition {
    present("object", name, draft.live.and_then(|live| live.object(name)).map(|o| &o.id))
}

fn index_statement<'o>(object: &'o Object, name: &Ident) -> &'o StatementText {
    let index = object.indexes.iter().find(|i| i.name.as_ref() == Some(name));
    index.map_or(&object.statement, |i| &i.statement)
}

fn record(deploy_id: &str, rows: Rows) -> Step {
    let columns = rows.columns.iter().map(|c| SmolStr::new_static(c)).collect();
    let deploy_id = SmolStr::new(deploy_id);
    let with_id = |mut row: Vec<SmolStr>| {
        row.insert(0, deploy_id.clone());
        row
    };
    let table = SmolStr::new_static(rows.table);
    effect(Effect::Record { table, columns, rows: rows.rows.into_iter().map(with_id).collect() })
}

/// The copy of a cluster: it must not be there yet, and what it copies must.
fn copied(draft: &Draft<'_>, step: Step, name: &Ident) -> Step {
    let copy = draft.naming.cluster(name);
    step.requires(absent("cluster", &copy))
        .requires(present("cluster", name, live_cluster(draft, name)))
        .undone_by(&Ddl::DropCluster { name: &copy })
}

fn create(draft: &Draft<'_>, node: Node, object: &Object) -> Step {
    let staged = draft.staged_name(node, object);
    let item = Item::object(object.kind, &staged);
    sql(text::staged(draft, node, object, &object.statement))
        .because(at(object, &object.statement))
        .requires(absent("object", &staged))
        .undone_by(&Ddl::Drop { item, if_exists: false })
}

fn create_replacement(draft: &Draft<'_>, node: Node, object: &Object) -> Step {
    let staged = draft.staged_name(node, object);
    sql(text::replacement(draft, node, object))
        .because(at(object, &object.statement))
        .requires(absent("object", &staged))
        .requires(present_object(draft, &object.name))
        .undone_by(&Ddl::Drop { item: Item::object(object.kind, &staged), if_exists: false })
}

fn stage_index(draft: &Draft<'_>, index: StagedIndex<'_>, object: &Object) -> Step {
    let statement = &index.definition.statement;
    let step = sql(text::staged_index(draft, index.node, object, statement))
        .because(at(object, statement))
        .requires(present_object(draft, &object.name));
    match index.name() {
        Some(name) => {
            let staged = object.name.schema.object(draft.naming.staged(name));
            let step = step.requires(absent("object", &staged));
            step.undone_by(&Ddl::Drop { item: Item::index(&staged), if_exists: false })
        }
        None => step.irreversible("the server names this index when it is created"),
    }
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

/// A rename, and the rename back.
fn rename(item: Item<'_>, to: &Ident, id: Option<&SmolStr>) -> Step {
    let renamed = item.name.schema.object(to.clone());
    ddl(&Ddl::Rename { item, to })
        .requires(present("object", item.name, id))
        .undone_by(&Ddl::Rename { item: Item { name: &renamed, ..item }, to: &item.name.name })
}

fn retire(draft: &Draft<'_>, node: Node, object: &Object) -> Step {
    let kind = draft.facts.old(node).map_or(object.kind, |d| d.kind);
    let id = draft.live.and_then(|live| live.object(&object.name)).map(|o| &o.id);
    let retired = draft.naming.retired(&object.name.name);
    rename(Item::object(kind, &object.name), &retired, id).because(at(object, &object.statement))
}

/// After the swap, the name that a sink reads means the new relation; the old one has its staged or retired name.
fn repoint(draft: &Draft<'_>, object: &Object) -> Step {
    let Some(from) = &object.sink_from else { return nothing() };
    let input = draft.facts.project.position(from).and_then(|at| Node::try_from(at).ok());
    let old = input
        .and_then(|node| Some(draft.retired_name(node, draft.facts.object(node)?)))
        .unwrap_or_else(|| from.clone());
    ddl(&Ddl::SetSinkInput { sink: &object.name, from })
        .because(at(object, &object.statement))
        .requires(present_object(draft, &object.name))
        .undone_by(&Ddl::SetSinkInput { sink: &object.name, from: &old })
}

fn apply(draft: &Draft<'_>, node: Node, object: &Object) -> Step {
    let replacement = draft.staged_name(node, object);
    ddl(&Ddl::ApplyReplacement { target: &object.name, replacement: &replacement })
        .because(at(object, &object.statement))
        .requires(present_object(draft, &object.name))
        .requires(present("object", &replacement, None))
        .irreversible("the old definition is gone; deploy it again to go back")
}

/// The file of a removed object.
fn gone(draft: &Draft<'_>, deployed: &DeployedObject) -> Cause {
    let path = Some(paths::object(draft.facts.project, &deployed.name));
    Cause { object: Some(deployed.name.clone()), path, line: None }
}

fn drop_removed(draft: &Draft<'_>, deployed: &DeployedObject) -> Step {
    let item = Item::object(deployed.kind, &deployed.name);
    let step = ddl(&Ddl::Drop { item, if_exists: true })
        .because(gone(draft, deployed))
        // It may have gone with a schema of the old side that it read.
        .requires(only_ours("object", &deployed.name));
    match &deployed.sql {
        Some(_) if deployed.kind.is_computation() => {
            step.irreversible("put its file back and deploy it again")
        }
        _ => step.irreversible("its state is gone"),
    }
}

fn drop_index(draft: &Draft<'_>, index: DroppedIndex<'_>, object: &Object) -> Step {
    let cause = Cause { line: None, ..at(object, &object.statement) };
    let Some(name) = &index.deployed.index else {
        let cluster = index.deployed.cluster.as_ref().map_or_else(|| Ident::new(""), |c| draft.cluster(c));
        let (on, definition) = (object.name.clone(), index.deployed.sql.clone());
        return effect(Effect::DropUnnamedIndex { on, cluster, definition }).because(cause);
    };
    let now = if index.is_retired { draft.naming.retired(name) } else { name.clone() };
    let (before, now) = (object.name.schema.object(name.clone()), object.name.schema.object(now));
    let id = draft.live.and_then(|live| live.object(&before)).map(|o| &o.id);
    ddl(&Ddl::Drop { item: Item::index(&now), if_exists: false })
        .because(cause)
        .requires(present("object", &now, id))
        .irreversible("the index has to be built again")
}

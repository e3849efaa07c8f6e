//! What is done with one object, as a step.

use smol_str::SmolStr;

use super::draft::Draft;
use super::indexes::{DroppedIndex, StagedIndex};
use super::lower::{OLD_VERSION, absent, at, ddl, effect, present, sql};
use super::model::{Cause, Effect, Inverse, Postcondition, Precondition, Step};
use super::operation::ObjectOperation;
use super::text;
use crate::ddl::{Ddl, Item};
use crate::graph::Node;
use crate::name::{Ident, ObjectName, printed};
use crate::project::{Companion, Object, StatementText};
use crate::syntax::ast::TargetKind;

pub(super) fn step(draft: &Draft<'_>, node: Node, object: &Object, what: &ObjectOperation<'_>) -> Step {
    match what {
        ObjectOperation::Create => create(draft, node, object),
        ObjectOperation::Index(index) => beside(draft, node, object, &index.statement),
        ObjectOperation::Companion(companion) => beside(draft, node, object, &companion.statement),
        ObjectOperation::CreateReplacement => create_replacement(draft, node, object),
        ObjectOperation::StageIndex(index) => stage_index(draft, index, object),
        ObjectOperation::Retire => retire(draft, node, object),
        ObjectOperation::RetireIndex(name) => retire_index(draft, object, name),
        ObjectOperation::Adopt => adopt(draft, node, object),
        ObjectOperation::AdoptIndex(name) => adopt_index(draft, object, name),
        ObjectOperation::CreateSink => create_sink(object),
        ObjectOperation::DropSink => drop_sink(draft, object),
        ObjectOperation::RepointSink { from } => repoint(draft, object, from),
        ObjectOperation::ApplyReplacement => apply(draft, node, object),
        ObjectOperation::AlterCompanion(companion) => alter_companion(object, companion),
        ObjectOperation::RepeatCompanion(companion) => {
            Step { inverse: Inverse::Nothing, ..alter_companion(object, companion) }
        }
        ObjectOperation::DropOld => drop_old(draft, node, object),
        ObjectOperation::DropIndex(index) => drop_index(draft, index, object),
    }
}

/// An index, grant or comment of a staged object. It goes with the object, so nothing undoes it.
fn beside(draft: &Draft<'_>, node: Node, object: &Object, statement: &StatementText) -> Step {
    sql(text::staged(draft, node, object, statement)).because(at(object, statement))
}

fn create(draft: &Draft<'_>, node: Node, object: &Object) -> Step {
    let name = draft.printed_name(node, object).text;
    let inverse = Ddl::Drop { item: Item::object(object.kind, &name), if_exists: false };
    sql(text::staged(draft, node, object, &object.statement))
        .because(at(object, &object.statement))
        .undone_by(&inverse)
        .requires(Precondition::Absent { kind: "object".into(), name })
}

fn create_replacement(draft: &Draft<'_>, node: Node, object: &Object) -> Step {
    let staged = draft.staged_name(node, object);
    sql(text::replacement(draft, node, object))
        .because(at(object, &object.statement))
        .requires(absent("object", &staged))
        .requires(present_object(draft, &object.name))
        .undone_by(&Ddl::Drop { item: Item::object(object.kind, &staged), if_exists: false })
}

fn stage_index(draft: &Draft<'_>, index: &StagedIndex<'_>, object: &Object) -> Step {
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

/// A rename, and the rename back.
pub(super) fn rename(kind: TargetKind, name: &ObjectName, to: &Ident, id: Option<&SmolStr>) -> Step {
    let renamed = name.schema.object(to.clone());
    ddl(&Ddl::Rename { item: Item { kind, name }, to })
        .requires(present("object", name, id))
        .undone_by(&Ddl::Rename { item: Item { kind, name: &renamed }, to: &name.name })
}

fn retire(draft: &Draft<'_>, node: Node, object: &Object) -> Step {
    let kind = draft.facts.old(node).map_or(object.kind, |d| d.kind);
    let id = draft.live.and_then(|live| live.object(&object.name)).map(|o| &o.id);
    let retired = draft.naming.retired(&object.name.name);
    rename(kind.target(), &object.name, &retired, id).because(at(object, &object.statement))
}

fn retire_index(draft: &Draft<'_>, object: &Object, name: &Ident) -> Step {
    let index = object.name.schema.object(name.clone());
    let id = draft.live.and_then(|live| live.object(&index)).map(|o| &o.id);
    let retired = draft.naming.retired(name);
    rename(TargetKind::Index, &index, &retired, id).because(at(object, index_statement(object, name)))
}

fn adopt(draft: &Draft<'_>, node: Node, object: &Object) -> Step {
    let staged = draft.staged_name(node, object);
    rename(object.kind.target(), &staged, &object.name.name, None).because(at(object, &object.statement))
}

fn adopt_index(draft: &Draft<'_>, object: &Object, name: &Ident) -> Step {
    let staged = object.name.schema.object(draft.naming.staged(name));
    rename(TargetKind::Index, &staged, name, None).because(at(object, index_statement(object, name)))
}

fn create_sink(object: &Object) -> Step {
    let item = Item::object(object.kind, &object.name);
    sql(text::production(&object.text, &object.statement))
        .because(at(object, &object.statement))
        .requires(absent("object", &object.name))
        .undone_by(&Ddl::Drop { item, if_exists: false })
}

fn drop_sink(draft: &Draft<'_>, object: &Object) -> Step {
    let item = Item::object(object.kind, &object.name);
    ddl(&Ddl::Drop { item, if_exists: false })
        .because(at(object, &object.statement))
        .requires(present_object(draft, &object.name))
        .done_when(Postcondition::Gone)
        .irreversible("a sink that is created again starts anew, without the progress of the old one")
}

/// After the swap, the name that a sink reads means the new relation; the old one has its staged or retired name.
fn repoint(draft: &Draft<'_>, object: &Object, from: &ObjectName) -> Step {
    let input = draft.facts.project.position(from).and_then(|at| Node::try_from(at).ok());
    let old = input
        .and_then(|node| Some(draft.retired_name(node, draft.facts.object(node)?)))
        .unwrap_or_else(|| from.clone());
    ddl(&Ddl::SetSinkInput { sink: &object.name, from })
        .because(at(object, &object.statement))
        .requires(present_object(draft, &object.name))
        .done_when(Postcondition::Reads { sink: printed(&object.name), relation: printed(from) })
        .undone_by(&Ddl::SetSinkInput { sink: &object.name, from: &old })
}

fn apply(draft: &Draft<'_>, node: Node, object: &Object) -> Step {
    let replacement = draft.staged_name(node, object);
    ddl(&Ddl::ApplyReplacement { target: &object.name, replacement: &replacement })
        .because(at(object, &object.statement))
        .requires(present_object(draft, &object.name))
        .requires(present("object", &replacement, None))
        .done_when(Postcondition::TakenOver {
            target: printed(&object.name),
            replacement: printed(&replacement),
        })
        .irreversible("the old definition is gone; deploy it again to go back")
}

fn alter_companion(object: &Object, companion: &Companion) -> Step {
    let statement = &companion.statement;
    let step = sql(text::production(&object.text, statement)).because(at(object, statement));
    Step { inverse: Inverse::Sql(companion.undo.clone()), ..step }
}

fn drop_old(draft: &Draft<'_>, node: Node, object: &Object) -> Step {
    let old = draft.retired_name(node, object);
    let kind = draft.facts.old(node).map_or(object.kind, |d| d.kind);
    let id = draft.live.and_then(|live| live.object(&object.name)).map(|o| &o.id);
    ddl(&Ddl::Drop { item: Item::object(kind, &old), if_exists: false })
        .because(at(object, &object.statement))
        .requires(present("object", &old, id))
        .done_when(Postcondition::Gone)
        .irreversible(OLD_VERSION)
}

fn drop_index(draft: &Draft<'_>, index: &DroppedIndex<'_>, object: &Object) -> Step {
    let cause = Cause { line: None, ..at(object, &object.statement) };
    let Some(name) = &index.deployed.index else {
        let cluster = index.deployed.cluster.as_ref().map_or_else(|| Ident::new(""), |c| draft.cluster(c));
        let (on, definition) = (object.name.clone(), index.deployed.sql.clone());
        return effect(Effect::DropUnnamedIndex { on, cluster, definition }).because(cause);
    };
    let before = object.name.schema.object(name.clone());
    let now = draft.name_at_drop(&before);
    let id = draft.live.and_then(|live| live.object(&before)).map(|o| &o.id);
    ddl(&Ddl::Drop { item: Item::index(&now), if_exists: false })
        .because(cause)
        .requires(present("object", &now, id))
        .done_when(Postcondition::Gone)
        .irreversible("the index has to be built again")
}

fn present_object(draft: &Draft<'_>, name: &ObjectName) -> Precondition {
    present("object", name, draft.live.and_then(|live| live.object(name)).map(|o| &o.id))
}

fn index_statement<'o>(object: &'o Object, name: &Ident) -> &'o StatementText {
    let index = object.indexes.iter().find(|i| i.name.as_ref() == Some(name));
    index.map_or(&object.statement, |i| &i.statement)
}

//! What sinks read, and must read.

use smol_str::SmolStr;

use super::recorded::Recorded;
use super::walk::reads;
use super::world::{Kind, World};
use crate::ddl::Ddl;
use crate::name::{ObjectName, printed};
use crate::plan::lower::{ddl, present};
use crate::plan::model::{Action, Postcondition, SinkInput, Step};
use crate::syntax::{self, ast::Body};

/// A sink that promotion creates, and what it reads.
pub(super) struct CreatedSink {
    pub(super) sink: ObjectName,
    pub(super) from: ObjectName,
}

/// Sinks that promotion creates, with the steps.
pub(super) fn created<'a>(
    recorded: &Recorded<'a>,
) -> impl Iterator<Item = (&'a Step, CreatedSink)> + use<'a> {
    recorded.phases().flat_map(|phase| &phase.steps).filter_map(|step| {
        let Action::Sql(sql) = &step.action else { return None };
        let parsed = syntax::parse(sql);
        let Body::Sink(sink) = &parsed.statements.first()?.body else { return None };
        Some((step, CreatedSink { sink: full(sink.name.as_ref()?)?, from: full(&sink.from)? }))
    })
}

/// Statements of a plan have full names.
pub(super) fn full(name: &syntax::ast::Name) -> Option<ObjectName> {
    match name.parts.as_slice() {
        [database, schema, object] => {
            Some(ObjectName::new(database.value.as_str(), schema.value.as_str(), object.value.as_str()))
        }
        _ => None,
    }
}

/// Points sinks that an earlier promotion created, before a rollback, to what is in production.
pub(super) fn follow(recorded: &Recorded<'_>, world: &World<'_>) -> Vec<Step> {
    let is_elsewhere = |created: &CreatedSink| {
        let is_new =
            |sink: &SmolStr| world.id(Kind::Object, sink).is_some_and(|id| recorded.is_new(Kind::Object, id));
        let (sink, from) = (printed(&created.sink), printed(&created.from));
        is_new(&sink) && world.id(Kind::Object, &from).is_some() && !reads(world, &sink, &from)
    };
    created(recorded)
        .map(|(_, created)| created)
        .filter(is_elsewhere)
        .map(|created| {
            let id = world.id(Kind::Object, &printed(&created.sink));
            ddl(&Ddl::SetSinkInput { sink: &created.sink, from: &created.from })
                .requires(present("object", &created.sink, id))
                .done_when(Postcondition::Reads {
                    sink: printed(&created.sink),
                    relation: printed(&created.from),
                })
        })
        .collect()
}

/// Every sink that the deployment is about, and what it must read.
pub(super) fn inputs(recorded: &Recorded<'_>) -> Vec<SinkInput> {
    let repointed = recorded.phases().flat_map(|phase| &phase.steps).filter_map(|step| {
        let Some(Postcondition::Reads { sink, relation }) = &step.postcondition else { return None };
        Some(SinkInput { sink: sink.clone(), relation: relation.clone() })
    });
    let created = created(recorded)
        .map(|(_, created)| SinkInput { sink: printed(&created.sink), relation: printed(&created.from) });
    let mut inputs: Vec<SinkInput> = repointed.chain(created).collect();
    inputs.sort();
    inputs.dedup();
    inputs
}

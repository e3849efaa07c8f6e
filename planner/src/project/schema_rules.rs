//! The rules for the objects of one schema together.

use std::sync::Arc;

use smol_str::{SmolStr, format_smolstr};

use super::model::Project;
use super::object::Object;
use crate::diagnostic::{Code, Diagnostic};
use crate::name::SchemaName;
use crate::source::{Location, Span};

/// How many names of a group a message lists.
const LISTED: usize = 3;

pub(super) fn check(project: &Project, diagnostics: &mut Vec<Diagnostic>) {
    for objects in project.objects.chunk_by(|a, b| a.name.schema == b.name.schema) {
        let Some(first) = objects.first() else { continue };
        check_mixture(&first.name.schema, objects, diagnostics);
        if let Some(Some(modifier)) = project.schemas.get(&first.name.schema)
            && let Some(stable) = modifier.stable
        {
            let stable = Location::new(modifier.path.clone(), modifier.text.to_original(stable));
            check_stable(objects, &stable, diagnostics);
        }
    }
}

/// Where the statement of an object names it.
pub(super) fn name_location(object: &Object) -> Location {
    location(object, object.name_span)
}

pub(super) fn location(object: &Object, span: Span) -> Location {
    Location::new(object.path.clone(), object.text.to_original(span))
}

/// A schema holds storage or computation, not both: schemas with views are swapped and the old ones dropped.
fn check_mixture(schema: &SchemaName, objects: &[Arc<Object>], diagnostics: &mut Vec<Diagnostic>) {
    let computation = objects.iter().filter(|object| object.kind.is_computation()).count();
    if computation == 0 || computation == objects.len() {
        return;
    }
    let (computation, storage): (Vec<&Arc<Object>>, Vec<&Arc<Object>>) =
        objects.iter().partition(|object| object.kind.is_computation());
    let (Some(view), Some(table)) = (computation.first(), storage.first()) else { return };
    let message = format_smolstr!(
        "the schema `{schema}` mixes {} with {}",
        list("views", &computation),
        list("storage", &storage)
    );
    // What there is less of is probably what is in the wrong place.
    let (place, other) = if storage.len() <= computation.len() { (table, view) } else { (view, table) };
    diagnostics.push(
        Diagnostic::error(
            Code::StorageAndComputationObjectsInSameSchema,
            name_location(place),
            message,
        )
        .label(format_smolstr!("a {}", place.kind.noun()))
        .and(name_location(other), format_smolstr!("a {}", other.kind.noun()))
        .help("split it into two schemas: a schema with views is swapped at a deployment, and the old one is dropped with all that is in it"),
    );
}

/// `views (a, b, c and 4 more)`
fn list(what: &str, objects: &[&Arc<Object>]) -> SmolStr {
    let names: Vec<String> =
        objects.iter().take(LISTED).map(|object| format!("`{}`", object.name.name)).collect();
    let more = match objects.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format_smolstr!("{what} ({}{more})", names.join(", "))
}

fn check_stable(objects: &[Arc<Object>], stable: &Location, diagnostics: &mut Vec<Diagnostic>) {
    for object in objects {
        if object.kind == super::object::ObjectKind::MaterializedView {
            continue;
        }
        let message = format_smolstr!(
            "the schema `{}` is stable, but `{}` is a {}",
            object.name.schema,
            object.name.name,
            object.kind.noun()
        );
        diagnostics.push(
            Diagnostic::error(Code::ReplacementSchemaNonMvObject, name_location(object), message)
                .and(stable.clone(), "declared stable here")
                .help("a stable schema holds materialized views only: move this object to another schema"),
        );
    }
}

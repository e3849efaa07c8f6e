//! What sinks can read: tables, sources and materialized views.

use smol_str::format_smolstr;

use super::model::Project;
use super::object::ObjectKind;
use super::schema_rules::{location, name_location};
use crate::diagnostic::{Code, Diagnostic};

pub(super) fn check(project: &Project, diagnostics: &mut Vec<Diagnostic>) {
    for sink in &project.objects {
        let Some(from) = &sink.sink_from else { continue };
        let Some(view) = project.position(from).and_then(|at| project.objects.get(at)) else { continue };
        if view.kind != ObjectKind::View {
            continue;
        }
        let named = sink.dependencies.iter().find(|d| &d.name == from).map_or(sink.name_span, |d| d.span);
        let message = format_smolstr!("the sink `{}` reads `{from}`, which is a view", sink.name);
        diagnostics.push(
            Diagnostic::error(Code::SinkFromView, location(sink, named), message)
                .and(name_location(view), "a view")
                .help("a sink reads a table, a source or a materialized view: make it a materialized view"),
        );
    }
}

//! Where what is there isn't as the project says: comments that say something else, options of clusters that differ.
//! Definitions of tables, sources and connections aren't compared; what is missing is made.

use smol_str::SmolStr;

use super::declared::{self, Finding};
use super::option_drift;
use super::{Apply, ApplyPhase};
use crate::name::SchemaName;
use crate::plan::model::Drift;
use crate::project::InfrastructureKind;

/// Everything that differs, sorted by kind and name.
pub(super) fn list(apply: &Apply<'_>) -> Vec<Drift> {
    let mut found = Vec::new();
    for declared in declared::all(apply).iter().filter(|d| !is_staged(apply, d.scope.as_ref())) {
        found.extend(declared.findings(apply).filter_map(|(_, finding)| match finding {
            Finding::Differs(drift) => Some(drift),
            Finding::Same | Finding::Missing => None,
        }));
    }
    found.extend(clusters(apply));
    found.sort();
    found.dedup();
    found
}

/// True for databases and schemas in which views or sinks are deployed: `stage` compares those with what was deployed.
fn is_staged(apply: &Apply<'_>, scope: Option<&declared::Scope<'_>>) -> bool {
    let holds = |name: &SchemaName| match scope {
        None => false,
        Some(declared::Scope::Database(database)) => name.database.as_ref() == Some(database),
        Some(declared::Scope::Schema(schema)) => name == *schema,
    };
    let staged = apply.project.objects.iter().filter(|o| ApplyPhase::of(o.kind).is_none());
    staged.into_iter().any(|o| holds(&o.name.schema))
}

fn clusters(apply: &Apply<'_>) -> Vec<Drift> {
    let mut found = Vec::new();
    for file in apply.infrastructure(InfrastructureKind::Cluster) {
        let Some(live) = apply.observed.cluster(&file.name) else { continue };
        found.extend(option_drift::compare(&file.options, live).into_iter().map(|option| Drift {
            kind: SmolStr::new_static("cluster"),
            name: SmolStr::new(file.name.to_string()),
            what: option.what,
            wanted: option.wanted,
            found: option.found,
            path: file.path.clone(),
            line: Some(file.text.line(file.create.span.start)),
        }));
    }
    found
}

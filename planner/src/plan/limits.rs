//! Limits of the environment, counted before anything is made.

use std::collections::BTreeMap;

use smol_str::{SmolStr, ToSmolStr, format_smolstr};

use crate::diagnostic::{Code, Diagnostic};
use crate::input::Live;
use crate::name::{Ident, SchemaName};
use crate::project::ObjectKind;
use crate::source::Location;

/// What a limit counts, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Limit {
    Clusters,
    Databases,
    Roles,
    NetworkPolicies,
    SchemasOf(Ident),
    ObjectsOf(SchemaName),
    Tables,
    Sources,
    Sinks,
    MaterializedViews,
    Secrets,
}

impl Limit {
    /// The limit on objects of a kind; views, indexes and connections have none of their own that plans meet.
    pub(super) fn of(kind: ObjectKind) -> Option<Self> {
        match kind {
            ObjectKind::Table | ObjectKind::TableFromSource => Some(Self::Tables),
            ObjectKind::Source => Some(Self::Sources),
            ObjectKind::Sink => Some(Self::Sinks),
            ObjectKind::MaterializedView => Some(Self::MaterializedViews),
            ObjectKind::Secret => Some(Self::Secrets),
            ObjectKind::View | ObjectKind::Connection => None,
        }
    }

    /// The system variable.
    fn variable(&self) -> &'static str {
        match self {
            Self::Clusters => "max_clusters",
            Self::Databases => "max_databases",
            Self::Roles => "max_roles",
            Self::NetworkPolicies => "max_network_policies",
            Self::SchemasOf(_) => "max_schemas_per_database",
            Self::ObjectsOf(_) => "max_objects_per_schema",
            Self::Tables => "max_tables",
            Self::Sources => "max_sources",
            Self::Sinks => "max_sinks",
            Self::MaterializedViews => "max_materialized_views",
            Self::Secrets => "max_secrets",
        }
    }

    /// How many there are.
    fn used(&self, live: &Live) -> usize {
        let of_type = |kind: &str| live.objects.iter().filter(|o| o.kind == kind).count();
        match self {
            Self::Clusters => live.clusters.len(),
            Self::Databases => live.databases.len(),
            Self::Roles => live.roles.len(),
            Self::NetworkPolicies => live.network_policies.len(),
            Self::SchemasOf(database) => {
                live.schemas.iter().filter(|s| s.name.database.as_ref() == Some(database)).count()
            }
            Self::ObjectsOf(schema) => live.objects.iter().filter(|o| &o.name.schema == schema).count(),
            Self::Tables => of_type("table"),
            Self::Sources => of_type("source"),
            Self::Sinks => of_type("sink"),
            Self::MaterializedViews => of_type("materialized-view"),
            Self::Secrets => of_type("secret"),
        }
    }

    /// Where it counts.
    fn place(&self) -> SmolStr {
        match self {
            Self::SchemasOf(database) => format_smolstr!("the database `{database}`"),
            Self::ObjectsOf(schema) => format_smolstr!("the schema `{schema}`"),
            _ => "the environment".to_smolstr(),
        }
    }

    fn noun(&self) -> &'static str {
        match self {
            Self::Clusters => "cluster",
            Self::Databases => "database",
            Self::Roles => "role",
            Self::NetworkPolicies => "network policy",
            Self::SchemasOf(_) => "schema",
            Self::ObjectsOf(_) => "object",
            Self::Tables => "table",
            Self::Sources => "source",
            Self::Sinks => "sink",
            Self::MaterializedViews => "materialized view",
            Self::Secrets => "secret",
        }
    }
}

/// What a plan makes, by the limits that it counts for.
#[derive(Default)]
pub(super) struct Additions(BTreeMap<Limit, usize>);

impl Additions {
    pub(super) fn add(&mut self, limit: Limit) {
        *self.0.entry(limit).or_default() += 1;
    }

    /// A schema: it counts in its database.
    pub(super) fn add_schema(&mut self, schema: &SchemaName) {
        if let Some(database) = &schema.database {
            self.add(Limit::SchemasOf(database.clone()));
        }
    }

    /// An object of a schema: it counts there and among its kind.
    pub(super) fn add_object(&mut self, schema: &SchemaName, kind: ObjectKind) {
        self.add(Limit::ObjectsOf(schema.clone()));
        if let Some(limit) = Limit::of(kind) {
            self.add(limit);
        }
    }

    /// Errors for the limits that would be exceeded.
    pub(super) fn check(&self, live: &Live) -> Vec<Diagnostic> {
        self.0.iter().filter_map(|(limit, added)| exceeded(live, limit, *added)).collect()
    }
}

fn exceeded(live: &Live, limit: &Limit, added: usize) -> Option<Diagnostic> {
    let variable = limit.variable();
    let most = usize::try_from(*live.limits.get(variable)?).unwrap_or(usize::MAX);
    let used = limit.used(live);
    let wanted = used + added;
    if wanted <= most {
        return None;
    }
    let noun = limit.noun();
    let message = format_smolstr!(
        "the plan makes {added} more of kind {noun}, but {} has {used} and may have {most} (`{variable}`)",
        limit.place()
    );
    let problem = Diagnostic::error(Code::LimitExceeded, Location::nowhere(), message);
    Some(problem.help(format_smolstr!("drop what isn't needed, or have the limit raised to {wanted}")))
}

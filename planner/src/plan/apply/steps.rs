//! What is missing, step by step.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::{Apply, ApplyPhase, declared, secrets};
use crate::ddl::Ddl;
use crate::name::{Ident, ObjectName};
use crate::plan::immediate::{creation, phase};
use crate::plan::lower::{absent, at, ddl, sql};
use crate::plan::model::{Cause, Phase, Step};
use crate::plan::text;
use crate::project::{Infrastructure, InfrastructureKind, Modifier, Object, ObjectKind, StatementText};

/// The phases, in order; empty ones are left out. Schemas come after roles, to which their files may grant.
pub(super) fn phases(apply: &Apply<'_>) -> Vec<Phase> {
    let objects = |which: ApplyPhase| phase(which.name(), self::objects(apply, which));
    [
        phase(ApplyPhase::Roles.name(), infrastructure(apply, InfrastructureKind::Role)),
        phase(ApplyPhase::Clusters.name(), infrastructure(apply, InfrastructureKind::Cluster)),
        phase(ApplyPhase::NetworkPolicies.name(), infrastructure(apply, InfrastructureKind::NetworkPolicy)),
        phase("schemas", schemas(apply)),
        phase(ApplyPhase::Secrets.name(), secrets::steps(apply)),
        objects(ApplyPhase::Connections),
        objects(ApplyPhase::Sources),
        phase(ApplyPhase::Tables.name(), tables(apply)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Everything is made before the first grant: a role may be granted to another new one.
fn infrastructure(apply: &Apply<'_>, kind: InfrastructureKind) -> Vec<Step> {
    let noun = match kind {
        InfrastructureKind::Role => "role",
        InfrastructureKind::Cluster => "cluster",
        InfrastructureKind::NetworkPolicy => "network policy",
    };
    let missing = || apply.missing_infrastructure(kind);
    let made = missing().map(|item| {
        let create = text::production(&item.text, &item.create);
        creation(create, absent(noun, &item.name)).because(in_file(item, &item.create))
    });
    let companions = missing().flat_map(|item| {
        let statements = item.companions.iter();
        statements.map(|s| sql(text::production(&item.text, s)).because(in_file(item, s)))
    });
    let lacking = declared::missing(apply, Some(ApplyPhase::of_infrastructure(kind)));
    made.chain(companions).chain(lacking).collect()
}

fn in_file(item: &Infrastructure, statement: &StatementText) -> Cause {
    let line = Some(item.text.line(statement.span.start));
    Cause { object: None, path: Some(item.path.clone()), line }
}

/// Databases and schemas, then the statements of their files.
fn schemas(apply: &Apply<'_>) -> Vec<Step> {
    let missing = apply.missing_schemas();
    let mut databases: BTreeMap<&Ident, &Object> = BTreeMap::new();
    for (schema, cause) in missing.iter().filter(|(schema, _)| apply.is_in_new_database(schema)) {
        if let Some(database) = &schema.database {
            databases.entry(database).or_insert(cause);
        }
    }
    let mut steps = Vec::new();
    for (name, cause) in &databases {
        let create = ddl(&Ddl::CreateDatabase { name, if_not_exists: false });
        steps.push(create.requires(absent("database", name)).because(at(cause, &cause.statement)));
    }
    // `CREATE DATABASE` makes a schema `public`.
    let comes_along = |schema: &&crate::name::SchemaName| {
        apply.is_in_new_database(schema) && schema.schema.as_str() == "public"
    };
    for (name, cause) in missing.iter().filter(|(schema, _)| !comes_along(schema)) {
        let create = ddl(&Ddl::CreateSchema { name, if_not_exists: false });
        steps.push(create.requires(absent("schema", name)).because(at(cause, &cause.statement)));
    }
    let of_databases = databases.keys().filter_map(|name| apply.project.databases.get(*name));
    let of_schemas = missing.iter().filter_map(|(name, _)| apply.project.schemas.get(*name));
    for modifier in of_databases.chain(of_schemas).flatten() {
        steps.extend(modifier.statements.iter().map(|s| run(modifier, &s.statement)));
    }
    steps.extend(declared::missing(apply, None));
    steps
}

fn run(modifier: &Modifier, statement: &StatementText) -> Step {
    let line = Some(modifier.text.line(statement.span.start));
    let cause = Cause { object: None, path: Some(modifier.path.clone()), line };
    sql(text::modifier(modifier, statement, None)).because(cause)
}

fn create(object: &Object) -> Step {
    creation(text::production(&object.text, &object.statement), absent("object", &object.name))
        .because(at(object, &object.statement))
}

/// The grants and comments of an object.
pub(super) fn companions(object: &Object) -> impl Iterator<Item = Step> + '_ {
    let statements = object.companions.iter().map(|companion| &companion.statement);
    statements.map(|s| sql(text::production(&object.text, s)).because(at(object, s)))
}

fn objects(apply: &Apply<'_>, which: ApplyPhase) -> Vec<Step> {
    let missing = apply.missing_objects().filter(|o| ApplyPhase::of(o.kind) == Some(which));
    let made = missing.flat_map(|object| std::iter::once(create(object)).chain(companions(object)));
    made.chain(declared::missing(apply, Some(which))).collect()
}

/// Plain tables, then those of each source. The tables of one source are made in one transaction, so that the server
/// begins to read them together; a DDL transaction takes no grants and comments, so these follow.
fn tables(apply: &Apply<'_>) -> Vec<Step> {
    let missing = || apply.missing_objects().filter(|o| ApplyPhase::of(o.kind) == Some(ApplyPhase::Tables));
    let mut steps = Vec::new();
    let mut of_source: BTreeMap<&ObjectName, Vec<&Object>> = BTreeMap::new();
    for table in missing() {
        match source(apply, table) {
            Some(source) => of_source.entry(source).or_default().push(table),
            None => steps.extend(std::iter::once(create(table)).chain(companions(table))),
        }
    }
    for (source, tables) in of_source {
        let group = (tables.len() > 1).then(|| SmolStr::new(source.to_string()));
        steps.extend(tables.iter().map(|table| Step { group: group.clone(), ..create(table) }));
        steps.extend(tables.iter().flat_map(|table| companions(table)));
    }
    steps.extend(declared::missing(apply, Some(ApplyPhase::Tables)));
    steps
}

/// The source of a table; none for a plain table, or one of a webhook.
fn source<'a>(apply: &Apply<'a>, table: &'a Object) -> Option<&'a ObjectName> {
    if table.kind != ObjectKind::TableFromSource {
        return None;
    }
    let is_source = |name: &ObjectName| {
        let own = apply.project.position(name).and_then(|at| apply.project.objects.get(at));
        let live = apply.observed.object(name);
        own.is_some_and(|o| o.kind == ObjectKind::Source) || live.is_some_and(|o| o.kind == "source")
    };
    table.dependencies.iter().map(|d| &d.name).find(|name| is_source(name))
}

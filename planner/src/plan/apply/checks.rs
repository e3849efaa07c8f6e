//! What is in the way of making what is missing, found before anything is made.

use std::collections::BTreeSet;

use smol_str::{SmolStr, format_smolstr};

use super::{Apply, declared, secrets};
use crate::diagnostic::{Code, Diagnostic};
use crate::name::Ident;
use crate::plan::authority::Authority;
use crate::plan::limits::{Additions, Limit};
use crate::plan::needs;
use crate::plan::observed::catalog_type;
use crate::plan::refusals::Refusals;
use crate::project::{Infrastructure, InfrastructureKind, Object, ObjectKind, StatementText};
use crate::source::{Location, ResolvedText, Span};
use crate::syntax::ast::TargetKind;

/// Everything that is in the way.
pub(super) fn check(apply: &Apply<'_>) -> Vec<Diagnostic> {
    let mut problems: Vec<Diagnostic> = apply.objects().filter_map(|o| of_another_kind(apply, o)).collect();
    problems.extend(apply.objects().filter_map(secrets::wrong_call));
    problems.extend(apply.missing_objects().flat_map(|object| missing(apply, object)));
    problems.extend(unknown_roles(apply));
    if let Some(mut refusals) = Refusals::new(Authority::new(apply.live)) {
        refused(apply, &mut refusals);
        problems.extend(refusals.problems());
    }
    problems.extend(additions(apply).check(apply.live));
    problems
}

fn location(object: &Object, span: Span) -> Location {
    Location::new(object.path.clone(), object.text.to_original(span))
}

fn own(object: &Object) -> Location {
    location(object, object.name_span)
}

fn definition(item: &Infrastructure) -> Location {
    Location::new(item.path.clone(), item.text.to_original(item.create.span))
}

/// An error if something else has the name of an object.
fn of_another_kind(apply: &Apply<'_>, object: &Object) -> Option<Diagnostic> {
    let found = apply.observed.object(&object.name).filter(|o| o.kind != catalog_type(object.kind))?;
    let message = format_smolstr!(
        "`{}` is a {} in the project, and a {} in the environment",
        object.name,
        object.kind.noun(),
        found.kind
    );
    let problem = Diagnostic::error(Code::NameCollision, own(object), message);
    Some(problem.help("rename one of the two"))
}

/// What an object needs that is neither there nor made before it.
fn missing(apply: &Apply<'_>, object: &Object) -> Vec<Diagnostic> {
    let is_made = |name| {
        let position = apply.project.position(name);
        let needed = position.and_then(|at| apply.project.objects.get(at));
        needed.is_some_and(|needed| apply.objects().any(|o| o.name == needed.name))
    };
    let mut problems = Vec::new();
    for dependency in object.dependencies.iter().filter(|d| !d.name.schema.is_system()) {
        let name = &dependency.name;
        if apply.observed.object(name).is_some() || is_made(name) {
            continue;
        }
        let message = format_smolstr!("`{}` needs `{name}`, which the environment doesn't have", object.name);
        let problem =
            Diagnostic::error(Code::MissingInEnvironment, location(object, dependency.span), message);
        problems.push(match apply.project.position(name) {
            Some(_) => problem.help("apply the whole project, or the part with it before"),
            None => problem.help("create it, or correct the name"),
        });
    }
    if let Some(cluster) = &object.cluster
        && apply.observed.cluster(cluster).is_none()
        && !apply.infrastructure(InfrastructureKind::Cluster).any(|item| &item.name == cluster)
    {
        let message =
            format_smolstr!("`{}` runs on the cluster `{cluster}`, which doesn't exist", object.name);
        problems.push(
            Diagnostic::error(Code::MissingInEnvironment, own(object), message)
                .help("define it in `clusters/` and apply it, or create it"),
        );
    }
    problems
}

/// Roles that the statements name, and that neither exist nor are made.
fn unknown_roles(apply: &Apply<'_>) -> Vec<Diagnostic> {
    // A catalog that was taken without its roles says nothing about them.
    if apply.live.roles.is_empty() {
        return Vec::new();
    }
    let known: BTreeSet<&Ident> = apply.live.roles.iter().map(|role| &role.name).collect();
    let made: BTreeSet<&Ident> =
        apply.missing_infrastructure(InfrastructureKind::Role).map(|item| &item.name).collect();
    let mut problems = Vec::new();
    let mut check = |text: &ResolvedText, path: &SmolStr, statement: &StatementText| {
        for role in needs::roles(statement.span.slice(text.as_str())) {
            if !known.contains(&role) && !made.contains(&role) {
                let at = Location::new(path.clone(), text.to_original(statement.span));
                let message = format_smolstr!("the statement names the role `{role}`, which doesn't exist");
                let problem = Diagnostic::error(Code::MissingInEnvironment, at, message);
                problems.push(problem.help("define it in `roles/` and apply it, or create it"));
            }
        }
    };
    for object in apply.missing_objects() {
        object.companions.iter().for_each(|c| check(&object.text, &object.path, &c.statement));
    }
    for kind in KINDS {
        for item in apply.missing_infrastructure(kind) {
            item.companions.iter().for_each(|statement| check(&item.text, &item.path, statement));
        }
    }
    for declared in declared::all(apply) {
        declared.missing_statements(apply).for_each(|s| check(declared.text, declared.path, s));
    }
    for (schema, _) in apply.missing_schemas() {
        let of_schema = apply.project.schemas.get(schema).and_then(Option::as_ref);
        let database = schema.database.as_ref().filter(|_| apply.is_in_new_database(schema));
        let of_database = database.and_then(|name| apply.project.databases.get(name)?.as_ref());
        for modifier in of_schema.into_iter().chain(of_database) {
            modifier.statements.iter().for_each(|s| check(&modifier.text, &modifier.path, &s.statement));
        }
    }
    problems
}

const KINDS: [InfrastructureKind; 3] =
    [InfrastructureKind::Role, InfrastructureKind::Cluster, InfrastructureKind::NetworkPolicy];

/// What the session's role may not do of it.
fn refused(apply: &Apply<'_>, refusals: &mut Refusals<'_>) {
    for kind in KINDS {
        let (privilege, noun) = match kind {
            InfrastructureKind::Role => ("CREATEROLE", "role"),
            InfrastructureKind::Cluster => ("CREATECLUSTER", "cluster"),
            InfrastructureKind::NetworkPolicy => ("CREATENETWORKPOLICY", "network policy"),
        };
        for item in apply.missing_infrastructure(kind) {
            let purpose = format_smolstr!("creating the {noun} `{}`", item.name);
            refusals.system(privilege, &purpose, definition(item));
        }
    }
    for (schema, cause) in apply.missing_schemas() {
        let database = schema.database.as_ref().and_then(|name| apply.observed.database(name));
        match (database, &schema.database) {
            (Some(database), _) => {
                let purpose = format_smolstr!("creating the schema `{schema}`");
                refusals.database(database, &purpose, own(cause));
            }
            (None, Some(name)) => {
                let purpose = format_smolstr!("creating the database `{name}`");
                refusals.system("CREATEDB", &purpose, own(cause));
            }
            (None, None) => {}
        }
    }
    for object in apply.missing_objects() {
        let purpose = format_smolstr!("creating `{}`", object.name);
        if let Some(schema) = apply.observed.schema(&object.name.schema) {
            refusals.schema(schema, &purpose, own(object));
        }
        if let Some(cluster) = object.cluster.as_ref().and_then(|name| apply.observed.cluster(name)) {
            refusals.cluster(cluster, &purpose, own(object));
        }
    }
    for declared in declared::all(apply) {
        // Of default privileges, whose objects they are for matters, not whose schema it is.
        let mut missing = declared.missing_statements(apply).filter(|s| !declared.is_default_privilege(s));
        let Some(statement) = missing.next() else { continue };
        let (name, at) = (declared.name, declared.location(statement));
        let purpose = format_smolstr!("granting or commenting on `{name}`");
        match declared.owner {
            Some(owner) => refusals.owner(declared.target, name, owner, &purpose, at),
            None => refusals.system("CREATEROLE", &purpose, at),
        }
    }
    for secret in apply.objects().filter(|o| o.kind == ObjectKind::Secret) {
        if let Some(found) = apply.observed.object(&secret.name) {
            let purpose = format_smolstr!("setting `{}`", secret.name);
            refusals.owner(TargetKind::Secret, &secret.name, &found.owner, &purpose, own(secret));
        }
    }
}

fn additions(apply: &Apply<'_>) -> Additions {
    let mut additions = Additions::default();
    for (kind, limit) in KINDS.iter().zip([Limit::Roles, Limit::Clusters, Limit::NetworkPolicies]) {
        apply.missing_infrastructure(*kind).for_each(|_| additions.add(limit.clone()));
    }
    let schemas = apply.missing_schemas();
    let is_new = |schema: &&crate::name::SchemaName| apply.is_in_new_database(schema);
    let databases: BTreeSet<_> =
        schemas.iter().map(|(schema, _)| *schema).filter(is_new).map(|s| &s.database).collect();
    for _ in databases {
        additions.add(Limit::Databases);
    }
    for (schema, _) in &schemas {
        additions.add_schema(schema);
    }
    for object in apply.missing_objects() {
        additions.add_object(&object.name.schema, object.kind);
    }
    additions
}

//! Where what is there isn't as the project says: grants and comments that are missing, options of clusters that differ,
//! roles without a member. Definitions of tables, sources and connections aren't compared.

use std::fmt::Display;

use smol_str::{SmolStr, ToSmolStr, format_smolstr};

use super::option_drift;
use super::{Apply, ApplyPhase};
use crate::input::{LiveComment, LiveGrant};
use crate::name::Ident;
use crate::plan::model::Drift;
use crate::project::{Infrastructure, InfrastructureKind, Modifier, ObjectKind, StatementText};
use crate::source::{FilePath, ResolvedText};
use crate::syntax;
use crate::syntax::ast::{Body, Comment, GrantPrivileges};

/// Everything that differs, sorted by kind and name.
pub(super) fn list(apply: &Apply<'_>) -> Vec<Drift> {
    let mut found = Vec::new();
    for object in apply.objects() {
        if let Some(live) = apply.observed.object(&object.name) {
            let thing = Thing {
                kind: object.kind.noun(),
                name: &object.name,
                path: &object.path,
                text: &object.text,
                owner: &live.owner,
                grants: &live.grants,
                comments: &live.comments,
                all: all_privileges(object.kind),
            };
            let statements = object.companions.iter().map(|companion| &companion.statement);
            found.extend(statements.flat_map(|statement| thing.compare(statement)));
        }
    }
    found.extend(roles(apply));
    found.extend(clusters(apply));
    found.extend(scopes(apply));
    found.sort();
    found.dedup();
    found
}

/// What `ALL` stands for.
fn all_privileges(kind: ObjectKind) -> &'static [&'static str] {
    match kind {
        ObjectKind::Table | ObjectKind::TableFromSource => &["SELECT", "INSERT", "UPDATE", "DELETE"],
        ObjectKind::Secret | ObjectKind::Connection => &["USAGE"],
        _ => &["SELECT"],
    }
}

/// A thing that is there, and the file that describes it.
struct Thing<'a> {
    kind: &'static str,
    name: &'a dyn Display,
    path: &'a FilePath,
    text: &'a ResolvedText,
    owner: &'a Ident,
    grants: &'a [LiveGrant],
    comments: &'a [LiveComment],
    all: &'static [&'static str],
}

impl Thing<'_> {
    fn compare(&self, statement: &StatementText) -> Vec<Drift> {
        match body(self.text, statement) {
            Some(Body::Grant(grant)) => self.grants(&grant, statement),
            Some(Body::Comment(comment)) => self.comment(&comment, statement).into_iter().collect(),
            // Whether default privileges are as they are said to be shows in what is made.
            _ => Vec::new(),
        }
    }

    fn grants(&self, grant: &GrantPrivileges, statement: &StatementText) -> Vec<Drift> {
        let wanted = grant.privileges.iter().flat_map(|privilege| match privilege.as_str() {
            "ALL" => self.all.to_vec(),
            one => vec![one],
        });
        let wanted: Vec<&str> = wanted.collect();
        let roles = grant.roles.iter().map(|role| &role.value);
        let lacking = roles.filter(|role| *role != self.owner).filter_map(|role| {
            let grantee = Some(role).filter(|role| role.as_str() != "public");
            let mine = self.grants.iter().filter(|g| g.role.as_ref() == grantee);
            let has: Vec<&str> = mine.map(|g| g.privilege.as_str()).collect();
            let lacks = wanted.iter().any(|privilege| !has.contains(privilege));
            lacks.then(|| {
                let what = match grantee {
                    Some(role) => format_smolstr!("privileges of {role}"),
                    None => SmolStr::new_static("privileges of PUBLIC"),
                };
                let found = (!has.is_empty()).then(|| has.join(", ").into());
                self.drift(statement, what, Some(wanted.join(", ").into()), found)
            })
        });
        lacking.collect()
    }

    fn comment(&self, comment: &Comment, statement: &StatementText) -> Option<Drift> {
        let column = comment.column.as_ref().map(|column| &column.value);
        let found = self.comments.iter().find(|c| c.column.as_ref() == column).map(|c| c.text.clone());
        if found == comment.text {
            return None;
        }
        let what = match column {
            Some(column) => format_smolstr!("comment on column {column}"),
            None => SmolStr::new_static("comment"),
        };
        Some(self.drift(statement, what, comment.text.clone(), found))
    }

    fn drift(
        &self,
        statement: &StatementText,
        what: SmolStr,
        wanted: Option<SmolStr>,
        found: Option<SmolStr>,
    ) -> Drift {
        Drift {
            kind: SmolStr::new_static(self.kind),
            name: self.name.to_smolstr(),
            what,
            wanted,
            found,
            path: self.path.clone(),
            line: Some(self.text.line(statement.span.start)),
        }
    }
}

fn body(text: &ResolvedText, statement: &StatementText) -> Option<Body> {
    let parsed = syntax::parse(statement.span.slice(text.as_str()));
    parsed.statements.into_iter().next().map(|statement| statement.body)
}

/// Members that a role should have.
fn roles(apply: &Apply<'_>) -> Vec<Drift> {
    let mut found = Vec::new();
    for file in apply.infrastructure(InfrastructureKind::Role).filter(|item| apply.exists(item)) {
        for statement in &file.companions {
            let Some(Body::GrantRole(grant)) = body(&file.text, statement) else { continue };
            for member in grant.members.iter().map(|member| &member.value) {
                let live = apply.live.roles.iter().find(|role| &role.name == member);
                if live.is_none_or(|role| !role.member_of.contains(&file.name)) {
                    let what = format_smolstr!("member {member}");
                    let wanted = Some(SmolStr::new_static("is a member"));
                    found.push(in_file(file, statement, what, wanted, None));
                }
            }
        }
    }
    found
}

fn in_file(
    file: &Infrastructure,
    statement: &StatementText,
    what: SmolStr,
    wanted: Option<SmolStr>,
    found: Option<SmolStr>,
) -> Drift {
    let kind = match file.kind {
        InfrastructureKind::Cluster => "cluster",
        InfrastructureKind::Role => "role",
        InfrastructureKind::NetworkPolicy => "network policy",
    };
    Drift {
        kind: SmolStr::new_static(kind),
        name: file.name.to_smolstr(),
        what,
        wanted,
        found,
        path: file.path.clone(),
        line: Some(file.text.line(statement.span.start)),
    }
}

fn clusters(apply: &Apply<'_>) -> Vec<Drift> {
    let mut found = Vec::new();
    for file in apply.infrastructure(InfrastructureKind::Cluster) {
        let Some(live) = apply.observed.cluster(&file.name) else { continue };
        let options = option_drift::compare(&file.options, live);
        found.extend(options.into_iter().map(|o| in_file(file, &file.create, o.what, o.wanted, o.found)));
        let comments: Vec<LiveComment> =
            live.comment.iter().map(|text| LiveComment { column: None, text: text.clone() }).collect();
        let thing = Thing {
            kind: "cluster",
            name: &file.name,
            path: &file.path,
            text: &file.text,
            owner: &live.owner,
            grants: &live.grants,
            comments: &comments,
            all: CONTAINER,
        };
        found.extend(file.companions.iter().flat_map(|statement| thing.compare(statement)));
    }
    found
}

/// What `ALL` stands for on clusters, databases and schemas.
const CONTAINER: &[&str] = &["USAGE", "CREATE"];

/// Databases and schemas of the objects that were asked for. Those in which views or sinks are deployed are compared with
/// what was deployed, by `stage`.
fn scopes(apply: &Apply<'_>) -> Vec<Drift> {
    let is_staged = |modifier: &Modifier| {
        apply.project.objects.iter().filter(|o| ApplyPhase::of(o.kind).is_none()).any(|o| {
            let schema = modifier.schema.as_ref();
            o.name.schema.database.as_ref() == Some(&modifier.database)
                && schema.is_none_or(|schema| schema == &o.name.schema.schema)
        })
    };
    let mut found = Vec::new();
    let mut compare =
        |modifier: &Modifier, name: &dyn Display, kind, owner: &Ident, grants, comment: &Option<SmolStr>| {
            let comments: Vec<LiveComment> =
                comment.iter().map(|text| LiveComment { column: None, text: text.clone() }).collect();
            let (path, text) = (&modifier.path, &*modifier.text);
            let comments = comments.as_slice();
            let thing = Thing { kind, name, path, text, owner, grants, comments, all: CONTAINER };
            found.extend(modifier.statements.iter().flat_map(|s| thing.compare(&s.statement)));
        };
    for schema in apply.objects().map(|object| &object.name.schema) {
        let modifier = apply.project.schemas.get(schema).and_then(Option::as_ref);
        if let (Some(modifier), Some(live)) = (modifier, apply.observed.schema(schema))
            && !is_staged(modifier)
        {
            compare(modifier, schema, "schema", &live.owner, &live.grants, &live.comment);
        }
        let Some(database) = &schema.database else { continue };
        let modifier = apply.project.databases.get(database).and_then(Option::as_ref);
        if let (Some(modifier), Some(live)) = (modifier, apply.observed.database(database))
            && !is_staged(modifier)
        {
            compare(modifier, database, "database", &live.owner, &live.grants, &live.comment);
        }
    }
    found
}

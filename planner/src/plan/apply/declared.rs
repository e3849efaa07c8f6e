//! What files say about things that are there: each statement beside its definition is the case, is missing, or something
//! else is the case.

use std::borrow::Cow;
use std::fmt::Display;

use smol_str::{SmolStr, ToSmolStr, format_smolstr};

use super::{Apply, ApplyPhase};
use crate::input::{LiveComment, LiveGrant};
use crate::name::{Ident, SchemaName};
use crate::plan::lower::{present, sql};
use crate::plan::model::{Cause, Drift, Step};
use crate::plan::text;
use crate::project::{InfrastructureKind, Modifier, Object, ObjectKind, StatementText};
use crate::source::{FilePath, Location, ResolvedText};
use crate::syntax;
use crate::syntax::ast::{
    AlterDefaultPrivileges, AlterRole, Body, Comment, GrantPrivileges, GrantRole, GrantTarget, TargetKind,
};
use crate::syntax::token::{TokenKind, tokenize};

/// How a statement compares with what is there.
pub(super) enum Finding {
    /// It is the case, or it can't be told.
    Same,
    /// Nothing of it, or not all of it, is there: it can be run without taking anything away.
    Missing,
    /// Something else is there, which it would take away.
    Differs(Drift),
}

/// A database or schema.
pub(super) enum Scope<'a> {
    Database(&'a Ident),
    Schema(&'a SchemaName),
}

/// A thing that is there, with its file.
pub(super) struct Declared<'a> {
    /// The phase that makes what is missing of it; none for databases and schemas.
    pub(super) phase: Option<ApplyPhase>,
    pub(super) scope: Option<Scope<'a>>,
    /// What statements call it.
    pub(super) target: TargetKind,
    /// Only this role may change it; for a role, nobody owns it.
    pub(super) owner: Option<&'a Ident>,
    kind: &'static str,
    pub(super) name: &'a dyn Display,
    id: Option<&'a SmolStr>,
    object: Option<&'a Object>,
    modifier: Option<&'a Modifier>,
    pub(super) path: &'a FilePath,
    pub(super) text: &'a ResolvedText,
    grants: &'a [LiveGrant],
    comments: Cow<'a, [LiveComment]>,
    /// What `ALL` stands for.
    all: &'static [&'static str],
    statements: Vec<&'a StatementText>,
}

/// Everything that was asked for and is there.
pub(super) fn all<'a>(apply: &Apply<'a>) -> Vec<Declared<'a>> {
    let mut all: Vec<Declared<'a>> = apply.objects().filter_map(|object| of_object(apply, object)).collect();
    let kinds = [InfrastructureKind::Role, InfrastructureKind::Cluster, InfrastructureKind::NetworkPolicy];
    all.extend(kinds.into_iter().flat_map(|kind| of_infrastructure(apply, kind)));
    all.extend(of_scopes(apply));
    all
}

/// The steps for what is missing in a phase, or of databases and schemas.
pub(super) fn missing(apply: &Apply<'_>, phase: Option<ApplyPhase>) -> Vec<Step> {
    let of_phase = all(apply).into_iter().filter(|declared| declared.phase == phase);
    of_phase.flat_map(|declared| declared.missing(apply)).collect()
}

fn of_object<'a>(apply: &Apply<'a>, object: &'a Object) -> Option<Declared<'a>> {
    let live = apply.observed.object(&object.name)?;
    Some(Declared {
        phase: ApplyPhase::of(object.kind),
        scope: None,
        target: target(object.kind),
        owner: Some(&live.owner),
        kind: object.kind.noun(),
        name: &object.name,
        id: Some(&live.id),
        object: Some(object),
        modifier: None,
        path: &object.path,
        text: &object.text,
        grants: &live.grants,
        comments: Cow::Borrowed(&live.comments),
        all: all_privileges(object.kind),
        statements: object.companions.iter().map(|companion| &companion.statement).collect(),
    })
}

fn target(kind: ObjectKind) -> TargetKind {
    match kind {
        ObjectKind::Secret => TargetKind::Secret,
        ObjectKind::Connection => TargetKind::Connection,
        ObjectKind::Source => TargetKind::Source,
        _ => TargetKind::Table,
    }
}

/// What `ALL` stands for.
fn all_privileges(kind: ObjectKind) -> &'static [&'static str] {
    match kind {
        ObjectKind::Table | ObjectKind::TableFromSource => TABLE,
        ObjectKind::Secret | ObjectKind::Connection => USAGE,
        _ => &["SELECT"],
    }
}

const TABLE: &[&str] = &["SELECT", "INSERT", "UPDATE", "DELETE"];
const USAGE: &[&str] = &["USAGE"];
/// On clusters, databases and schemas.
const CONTAINER: &[&str] = &["USAGE", "CREATE"];

fn of_infrastructure<'a>(apply: &Apply<'a>, kind: InfrastructureKind) -> Vec<Declared<'a>> {
    let mut found = Vec::new();
    for file in apply.infrastructure(kind) {
        let live = apply.live;
        let (noun, target, all) = match kind {
            InfrastructureKind::Role => ("role", TargetKind::Role, CONTAINER),
            InfrastructureKind::Cluster => ("cluster", TargetKind::Cluster, CONTAINER),
            InfrastructureKind::NetworkPolicy => ("network policy", TargetKind::NetworkPolicy, USAGE),
        };
        let there = match kind {
            InfrastructureKind::Role => {
                let role = live.roles.iter().find(|role| role.name == file.name);
                role.map(|role| (None, &role.id, [].as_slice(), &role.comment))
            }
            InfrastructureKind::Cluster => apply
                .observed
                .cluster(&file.name)
                .map(|c| (Some(&c.owner), &c.id, c.grants.as_slice(), &c.comment)),
            InfrastructureKind::NetworkPolicy => {
                let policy = live.network_policies.iter().find(|policy| policy.name == file.name);
                policy.map(|p| (Some(&p.owner), &p.id, p.grants.as_slice(), &p.comment))
            }
        };
        let Some((owner, id, grants, comment)) = there else { continue };
        found.push(Declared {
            phase: Some(ApplyPhase::of_infrastructure(kind)),
            scope: None,
            target,
            owner,
            kind: noun,
            name: &file.name,
            id: Some(id),
            object: None,
            modifier: None,
            path: &file.path,
            text: &file.text,
            grants,
            comments: whole(comment.as_ref()),
            all,
            statements: file.companions.iter().collect(),
        });
    }
    found
}

/// Databases and schemas of the objects that were asked for.
fn of_scopes<'a>(apply: &Apply<'a>) -> Vec<Declared<'a>> {
    let mut schemas: Vec<&SchemaName> = apply.objects().map(|object| &object.name.schema).collect();
    schemas.sort();
    schemas.dedup();
    let mut databases: Vec<&Ident> = schemas.iter().filter_map(|schema| schema.database.as_ref()).collect();
    databases.dedup();
    let mut found = Vec::new();
    for name in databases {
        let modifier = apply.project.databases.get(name).and_then(Option::as_ref);
        if let (Some(modifier), Some(live)) = (modifier, apply.observed.database(name)) {
            let declared = (TargetKind::Database, "database", name as &dyn Display, Scope::Database(name));
            found.push(of_scope(modifier, declared, (&live.id, &live.owner, &live.grants, &live.comment)));
        }
    }
    for name in schemas {
        let modifier = apply.project.schemas.get(name).and_then(Option::as_ref);
        if let (Some(modifier), Some(live)) = (modifier, apply.observed.schema(name)) {
            let declared = (TargetKind::Schema, "schema", name as &dyn Display, Scope::Schema(name));
            found.push(of_scope(modifier, declared, (&live.id, &live.owner, &live.grants, &live.comment)));
        }
    }
    found
}

fn of_scope<'a>(
    modifier: &'a Modifier,
    (target, kind, name, scope): (TargetKind, &'static str, &'a dyn Display, Scope<'a>),
    (id, owner, grants, comment): (&'a SmolStr, &'a Ident, &'a [LiveGrant], &'a Option<SmolStr>),
) -> Declared<'a> {
    Declared {
        phase: None,
        scope: Some(scope),
        target,
        owner: Some(owner),
        kind,
        name,
        id: Some(id),
        object: None,
        modifier: Some(modifier),
        path: &modifier.path,
        text: &modifier.text,
        grants,
        comments: whole(comment.as_ref()),
        all: CONTAINER,
        statements: modifier.statements.iter().map(|statement| &statement.statement).collect(),
    }
}

/// The comment on a thing that has no columns.
fn whole<'a>(comment: Option<&SmolStr>) -> Cow<'a, [LiveComment]> {
    let comment = comment.filter(|text| !text.starts_with(crate::plan::ANNOTATION));
    comment.map(|text| LiveComment { column: None, text: text.clone() }).into_iter().collect()
}

impl<'a> Declared<'a> {
    /// Each statement of its file, and how it compares.
    pub(super) fn findings<'d>(
        &'d self,
        apply: &'d Apply<'a>,
    ) -> impl Iterator<Item = (&'a StatementText, Finding)> + 'd {
        self.statements.iter().map(move |statement| (*statement, self.compare(apply, statement)))
    }

    /// The statements that are missing.
    pub(super) fn missing_statements<'d>(
        &'d self,
        apply: &'d Apply<'a>,
    ) -> impl Iterator<Item = &'a StatementText> + 'd {
        let missing = |(statement, finding)| matches!(finding, Finding::Missing).then_some(statement);
        self.findings(apply).filter_map(missing)
    }

    /// True for `ALTER DEFAULT PRIVILEGES`.
    pub(super) fn is_default_privilege(&self, statement: &StatementText) -> bool {
        object_type(statement.span.slice(self.text.as_str())).is_some()
    }

    /// Where a statement stands.
    pub(super) fn location(&self, statement: &StatementText) -> Location {
        Location::new(self.path.clone(), self.text.to_original(statement.span))
    }

    fn missing(&self, apply: &Apply<'a>) -> Vec<Step> {
        let step = |statement: &StatementText| {
            let written = match self.modifier {
                Some(modifier) => text::modifier(modifier, statement, None),
                None => text::production(self.text, statement),
            };
            let cause = Cause {
                object: self.object.map(|object| object.name.clone()),
                path: Some(self.path.clone()),
                line: Some(self.text.line(statement.span.start)),
            };
            let kind = if self.object.is_some() { "object" } else { self.kind };
            sql(written).requires(present(kind, &self.name, self.id)).because(cause)
        };
        self.missing_statements(apply).map(step).collect()
    }

    fn compare(&self, apply: &Apply<'_>, statement: &StatementText) -> Finding {
        let written = statement.span.slice(self.text.as_str());
        let parsed = syntax::parse(written).statements.into_iter().next();
        let lacks = match parsed.map(|statement| statement.body) {
            Some(Body::Grant(grant)) => self.lacks_grant(&grant),
            Some(Body::GrantRole(grant)) => lacks_member(apply, &grant),
            Some(Body::AlterDefaultPrivileges(alter)) => self.lacks_default(apply, &alter, written),
            Some(Body::Comment(comment)) => return self.comment(&comment, statement),
            Some(Body::AlterRole(alter)) => return self.parameter(apply, &alter, statement),
            _ => false,
        };
        if lacks { Finding::Missing } else { Finding::Same }
    }

    fn lacks_grant(&self, grant: &GrantPrivileges) -> bool {
        if !matches!(grant.target, GrantTarget::Named { .. }) {
            return false;
        }
        let wanted = named(&grant.privileges, self.all);
        let roles = grant.roles.iter().map(|role| &role.value).filter(|role| Some(*role) != self.owner);
        roles.map(grantee).any(|grantee| {
            let has = |privilege: &&str| {
                self.grants.iter().any(|g| g.role.as_ref() == grantee && g.privilege == *privilege)
            };
            !wanted.iter().all(has)
        })
    }

    fn lacks_default(&self, apply: &Apply<'_>, alter: &AlterDefaultPrivileges, written: &str) -> bool {
        let Some((object_type, all)) = object_type(written).filter(|_| alter.grant) else { return false };
        let creators: Vec<Option<&Ident>> = match &alter.creators {
            None => vec![None],
            Some(roles) => roles.iter().map(|role| grantee(&role.value)).collect(),
        };
        let is_here = |database: Option<&Ident>, schema: Option<&SchemaName>| match &self.scope {
            Some(Scope::Database(own)) => database == Some(own),
            Some(Scope::Schema(own)) => schema == Some(own),
            None => false,
        };
        let has = |creator: Option<&Ident>, privilege: &str, grantee: Option<&Ident>| {
            apply.live.default_privileges.iter().any(|live| {
                is_here(live.database.as_ref(), live.schema.as_ref())
                    && live.creator.as_ref() == creator
                    && live.object_type.eq_ignore_ascii_case(object_type)
                    && live.grant.privilege == privilege
                    && live.grant.role.as_ref() == grantee
            })
        };
        let wanted = named(&alter.privileges, all);
        let roles: Vec<Option<&Ident>> = alter.roles.iter().map(|role| grantee(&role.value)).collect();
        creators.iter().any(|creator| {
            wanted.iter().any(|privilege| roles.iter().any(|role| !has(*creator, privilege, *role)))
        })
    }

    fn comment(&self, comment: &Comment, statement: &StatementText) -> Finding {
        // A comment on something that belongs to it, like an index, isn't one on it.
        if comment.kind != self.target && comment.kind != TargetKind::Column {
            return Finding::Same;
        }
        let column = comment.column.as_ref().map(|column| &column.value);
        let found = self.comments.iter().find(|c| c.column.as_ref() == column).map(|c| c.text.clone());
        let what = match column {
            Some(column) => format_smolstr!("comment on column {column}"),
            None => SmolStr::new_static("comment"),
        };
        self.one_of(what, comment.text.clone(), found, statement)
    }

    /// Attributes and passwords of a role aren't compared: some environments hide them.
    fn parameter(&self, apply: &Apply<'_>, alter: &AlterRole, statement: &StatementText) -> Finding {
        let role = apply.live.roles.iter().find(|role| role.name == alter.name.value);
        let (Some(role), Some(parameter)) = (role, &alter.parameter) else { return Finding::Same };
        let is_it = |(name, _): &(&SmolStr, &SmolStr)| name.eq_ignore_ascii_case(&parameter.name);
        let found = role.parameters.iter().find(is_it).map(|(_, value)| value.clone());
        let what = format_smolstr!("parameter {}", parameter.name);
        self.one_of(what, parameter.value.clone(), found, statement)
    }

    /// What there is one of, or none.
    fn one_of(
        &self,
        what: SmolStr,
        wanted: Option<SmolStr>,
        found: Option<SmolStr>,
        statement: &StatementText,
    ) -> Finding {
        match (&found, &wanted) {
            (found, wanted) if found == wanted => Finding::Same,
            (None, Some(_)) => Finding::Missing,
            _ => Finding::Differs(Drift {
                kind: SmolStr::new_static(self.kind),
                name: self.name.to_smolstr(),
                what,
                wanted,
                found,
                path: self.path.clone(),
                line: Some(self.text.line(statement.span.start)),
            }),
        }
    }
}

/// Who gets something; nobody in particular is PUBLIC.
fn grantee(role: &Ident) -> Option<&Ident> {
    Some(role).filter(|role| role.as_str() != "public")
}

/// Privileges by name.
fn named<'p>(privileges: &'p [SmolStr], all: &'static [&'static str]) -> Vec<&'p str> {
    let each = privileges.iter().flat_map(|privilege| match privilege.as_str() {
        "ALL" => all.to_vec(),
        one => vec![one],
    });
    each.collect()
}

/// True if a member lacks one of the roles.
fn lacks_member(apply: &Apply<'_>, grant: &GrantRole) -> bool {
    let is_member = |member: &Ident, granted: &Ident| {
        let live = apply.live.roles.iter().find(|role| &role.name == member);
        live.is_some_and(|role| role.member_of.contains(granted))
    };
    let granted = || grant.granted.iter().map(|role| &role.value);
    grant.members.iter().any(|member| granted().any(|role| !is_member(&member.value, role)))
}

/// The type behind `ON` in `ALTER DEFAULT PRIVILEGES`, as the catalog has it, and what `ALL` stands for.
fn object_type(statement: &str) -> Option<(&'static str, &'static [&'static str])> {
    const TYPES: [(&str, &str, &[&str]); 7] = [
        ("TABLES", "table", TABLE),
        ("TYPES", "type", USAGE),
        ("SECRETS", "secret", USAGE),
        ("CONNECTIONS", "connection", USAGE),
        ("CLUSTERS", "cluster", CONTAINER),
        ("DATABASES", "database", CONTAINER),
        ("SCHEMAS", "schema", CONTAINER),
    ];
    let (tokens, _) = tokenize(statement);
    let mut words = tokens.iter().filter(|token| token.kind == TokenKind::Word);
    words.next().filter(|token| token.is_keyword(statement, "ALTER"))?;
    words.find(|token| token.is_keyword(statement, "ON"))?;
    let word = words.next()?;
    let found = TYPES.iter().find(|(keyword, ..)| word.is_keyword(statement, keyword))?;
    Some((found.1, found.2))
}

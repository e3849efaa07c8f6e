//! Databases and schemas themselves: their grants, comments and default privileges, and the kind of a schema.
//!
//! Default privileges act on objects when these are created, so they change before anything is built at stage. Grants
//! and comments of what exists wait for promotion. Either way, what is gone is taken back first; that may take a
//! privilege along that another statement gives too, so the statements of that scope that stay are run again. A staged schema, and one that is new, gets all of its statements at
//! stage: it takes them along.

use smol_str::SmolStr;

use super::companions::undo_modifier;
use super::draft::Draft;
use super::model::{Cause, Reason, ScopeAction, ScopeChange, Strategy};
use super::operation::Operation;
use crate::changeset::{Facts, SchemaFacts, SinkChange};
use crate::input::{Deployed, DeployedModifier, SchemaDeploymentKind};
use crate::name::{Ident, SchemaName};
use crate::project::{Modifier, ModifierStatement, ObjectKind};

/// The modifiers of a project compared with those that were deployed.
pub(super) struct Scopes<'a> {
    /// Statements of databases and of schemas that stay, that are new or differ.
    added: Vec<(&'a Modifier, &'a ModifierStatement)>,
    /// Statements that were deployed as they are.
    kept: Vec<(&'a Modifier, &'a ModifierStatement)>,
    /// Deployed statements that are gone.
    removed: Vec<&'a DeployedModifier>,
    /// All modifiers of schemas that deployments manage.
    schemas: Vec<&'a Modifier>,
}

/// How a schema is deployed: by what it holds. `None` for schemas that `apply` makes.
pub(super) fn kind_of(facts: &Facts<'_>, schema: &SchemaFacts<'_>) -> Option<SchemaDeploymentKind> {
    let members = facts.project.objects.get(schema.members.clone()).unwrap_or_default();
    if members.iter().any(|o| o.kind.is_computation()) {
        Some(if schema.stable { SchemaDeploymentKind::Replacement } else { SchemaDeploymentKind::Objects })
    } else {
        members.iter().any(|o| o.kind == ObjectKind::Sink).then_some(SchemaDeploymentKind::Sinks)
    }
}

/// The modifiers that deployments manage: of schemas with views, materialized views or sinks, and of their databases.
/// The others are `apply`'s.
pub(super) fn managed_modifiers<'a>(facts: &Facts<'a>) -> Vec<&'a Modifier> {
    let schemas: Vec<&SchemaName> =
        facts.schemas.iter().filter(|s| kind_of(facts, s).is_some()).map(|s| s.name).collect();
    let has_schema = |database: &Ident| schemas.iter().any(|s| s.database.as_ref() == Some(database));
    let databases = facts.project.databases.iter().filter(|(name, _)| has_schema(name));
    let in_schemas = facts.project.schemas.iter().filter(|(name, _)| schemas.binary_search(name).is_ok());
    databases
        .filter_map(|(_, modifier)| modifier.as_deref())
        .chain(in_schemas.filter_map(|(_, modifier)| modifier.as_deref()))
        .collect()
}

impl<'a> Scopes<'a> {
    pub(super) fn new(facts: &Facts<'a>, deployed: Option<&'a Deployed>) -> Self {
        let managed = managed_modifiers(facts);
        let deployed: Vec<&DeployedModifier> = deployed.into_iter().flat_map(|d| &d.modifiers).collect();
        let same_scope =
            |d: &DeployedModifier, m: &Modifier| d.database == m.database && d.schema == m.schema;
        let (kept, added) = managed
            .iter()
            .flat_map(|m| m.statements.iter().map(move |statement| (*m, statement)))
            .partition(|(m, statement)| {
                let fingerprint = &statement.statement.fingerprint;
                deployed.iter().any(|d| same_scope(d, m) && &d.fingerprint == fingerprint)
            });
        // A directory that is gone takes no statement back: what was in it is kept until its deletion is asked for.
        let is_gone = |d: &&DeployedModifier| {
            // The file says what is gone, even if `apply` manages it now.
            let file = match &d.schema {
                Some(schema) => {
                    let name = SchemaName::new(d.database.clone(), schema.clone());
                    facts.project.schemas.get(&name)
                }
                None => facts.project.databases.get(&d.database),
            };
            file.is_some_and(|modifier| {
                let mut statements = modifier.iter().flat_map(|m| &m.statements);
                !statements.any(|s| s.statement.fingerprint == d.fingerprint)
            })
        };
        let removed = deployed.iter().copied().filter(is_gone).collect();
        Self { added, kept, removed, schemas: managed.into_iter().filter(|m| m.schema.is_some()).collect() }
    }

    /// Everything on staged and new schemas, and changes of default privileges of all others.
    pub(super) fn at_stage(&self, draft: &Draft<'a>) -> Vec<Operation<'a>> {
        let defaults = self.altered(draft, true);
        let whole = self.schemas.iter().filter(|m| is_made_at_stage(draft, m)).flat_map(|modifier| {
            let own = own_schema(modifier);
            let is_swapped = draft.swapped_schemas().any(|s| Some(s.name) == own.as_ref());
            let on = own.filter(|_| is_swapped).map(|name| draft.naming.schema(&name));
            modifier.statements.iter().map(move |statement| Operation::RunModifier {
                modifier,
                statement,
                on: on.clone(),
                is_repeated: false,
            })
        });
        defaults.into_iter().chain(whole).collect()
    }

    /// Changes of grants and comments.
    pub(super) fn at_promotion(&self, draft: &Draft<'a>) -> Vec<Operation<'a>> {
        self.altered(draft, false)
    }

    /// What is gone is taken back, then what that may have taken along is done again, then what is new.
    fn altered(&self, draft: &Draft<'a>, default_privileges: bool) -> Vec<Operation<'a>> {
        let mut operations = Vec::new();
        let mut revoked: Vec<(&Ident, Option<&Ident>)> = Vec::new();
        for removed in self.removed.iter().filter(|d| !is_swapped_away(draft, d)) {
            if starts_with(&removed.sql, "ALTER") != default_privileges {
                continue;
            }
            let Some(sql) = undo_modifier(removed) else { continue };
            let is_superseded = |(m, s): &(&Modifier, &ModifierStatement)| is_comment(m, s) && s.undo == sql;
            if self.added.iter().any(is_superseded) {
                continue;
            }
            if !starts_with(&removed.sql, "COMMENT") {
                revoked.push((&removed.database, removed.schema.as_ref()));
            }
            let cause = Cause { object: None, path: Some(path(draft.facts, removed)), line: None };
            operations.push(Operation::Undo { sql, cause });
        }
        let counts = |m: &Modifier, s: &ModifierStatement| {
            !is_made_at_stage(draft, m) && is_default_privilege(m, s) == default_privileges
        };
        let is_hit = |m: &Modifier| revoked.iter().any(|(d, s)| **d == m.database && *s == m.schema.as_ref());
        let repeated = self.kept.iter().filter(|(m, s)| is_hit(m) && counts(m, s) && !is_comment(m, s));
        let added = self.added.iter().filter(|(m, s)| counts(m, s));
        let run = |&(modifier, statement): &(&'a Modifier, &'a ModifierStatement), is_repeated| {
            Operation::RunModifier { modifier, statement, on: None, is_repeated }
        };
        operations.extend(repeated.map(|which| run(which, true)));
        operations.extend(added.map(|which| run(which, false)));
        operations
    }

    /// What the plan says about databases and schemas.
    pub(super) fn changes(&self, draft: &Draft<'a>) -> Vec<ScopeChange> {
        let mut changes: Vec<ScopeChange> = draft
            .facts
            .schemas
            .iter()
            .filter_map(|schema| kind_change(draft.facts, schema))
            .chain(self.added.iter().map(|(m, s)| {
                let line = Some(m.text.line(s.statement.span.start));
                let what = "grants, comments or default privileges changed".into();
                let reason = vec![Reason::File { path: m.path.clone(), line, what }];
                metadata(m.database.clone(), m.schema.clone(), reason)
            }))
            .chain(self.removed.iter().map(|d| {
                let what = "grants, comments or default privileges removed".into();
                let reason = vec![Reason::File { path: path(draft.facts, d), line: None, what }];
                metadata(d.database.clone(), d.schema.clone(), reason)
            }))
            .collect();
        changes.sort();
        changes.dedup_by(|b, a| (&a.database, &a.schema, a.action) == (&b.database, &b.schema, b.action));
        changes
    }
}

fn metadata(database: Ident, schema: Option<Ident>, reason: Vec<Reason>) -> ScopeChange {
    ScopeChange { database, schema, action: ScopeAction::UpdateMetadata, reason }
}

fn kind_change(facts: &Facts<'_>, schema: &SchemaFacts<'_>) -> Option<ScopeChange> {
    let kind = kind_of(facts, schema)?;
    let (action, what) = match (schema.deployed, kind) {
        (None, _) => (ScopeAction::Create, "new"),
        (Some(SchemaDeploymentKind::Objects), SchemaDeploymentKind::Replacement) => {
            (ScopeAction::BecomeStable, "`SET api = stable` added")
        }
        (Some(SchemaDeploymentKind::Replacement), SchemaDeploymentKind::Objects) => {
            (ScopeAction::BecomeNormal, "`SET api = stable` removed")
        }
        _ => return None,
    };
    let database = schema.name.database.clone()?;
    let modifier = facts.project.schemas.get(schema.name).and_then(Option::as_deref);
    let place = modifier.and_then(|m| Some((m, m.stable?)));
    let reason = match place {
        _ if facts.is_first => Reason::FirstDeployment,
        Some((m, span)) => {
            Reason::File { path: m.path.clone(), line: Some(m.text.line(span.start)), what: what.into() }
        }
        None => Reason::File {
            path: directory(facts, &database, &schema.name.schema),
            line: None,
            what: what.into(),
        },
    };
    Some(ScopeChange { database, schema: Some(schema.name.schema.clone()), action, reason: vec![reason] })
}

/// True if the whole of a schema is made at stage.
fn is_made_at_stage(draft: &Draft<'_>, modifier: &Modifier) -> bool {
    let Some(own) = own_schema(modifier) else { return false };
    let Some(schema) = draft.facts.schemas.iter().find(|s| s.name == &own) else { return false };
    let is_made = |node: u32| {
        let is_new_sink = draft.closure.sink_change(draft.facts, node) == Some(SinkChange::Create);
        is_new_sink || draft.strategy(node) == Some(Strategy::Rename)
    };
    let mut members = schema.members.clone();
    let is_new = schema.deployed.is_none() && members.any(|m| u32::try_from(m).is_ok_and(is_made));
    is_new || draft.swapped_schemas().any(|s| s.name == &own)
}

/// What was deployed on a schema that is swapped goes with the old one.
fn is_swapped_away(draft: &Draft<'_>, deployed: &DeployedModifier) -> bool {
    deployed.schema.as_ref().is_some_and(|schema| {
        let in_scope =
            |name: &SchemaName| name.database.as_ref() == Some(&deployed.database) && &name.schema == schema;
        draft.swapped_schemas().any(|s| in_scope(s.name))
    })
}

fn own_schema(modifier: &Modifier) -> Option<SchemaName> {
    Some(SchemaName::new(modifier.database.clone(), modifier.schema.clone()?))
}

fn starts_with(sql: &str, word: &str) -> bool {
    sql.split_ascii_whitespace().next().unwrap_or_default().eq_ignore_ascii_case(word)
}

fn is_default_privilege(modifier: &Modifier, statement: &ModifierStatement) -> bool {
    starts_with(statement.statement.span.slice(modifier.text.as_str()), "ALTER")
}

fn is_comment(modifier: &Modifier, statement: &ModifierStatement) -> bool {
    starts_with(statement.statement.span.slice(modifier.text.as_str()), "COMMENT")
}

/// The file of the modifier that a deployed statement came from.
fn path(facts: &Facts<'_>, deployed: &DeployedModifier) -> SmolStr {
    match &deployed.schema {
        Some(schema) => directory(facts, &deployed.database, schema),
        None => super::paths::database(facts.project, &deployed.database),
    }
}

fn directory(facts: &Facts<'_>, database: &Ident, schema: &Ident) -> SmolStr {
    super::paths::schema(facts.project, database, schema)
}

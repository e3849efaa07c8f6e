//! Databases and schemas themselves: their grants, comments and default privileges, and the kind of a schema.
//!
//! Default privileges act on objects when these are created, so they change before anything is built at stage. Grants
//! and comments of what exists wait for promotion. Either way, what is gone is taken back first; that may take a
//! privilege along that another statement gives too, so the statements of that scope that stay are run again. A staged schema, and one that is new, gets all of its statements at
//! stage: it takes them along.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::{SmolStr, format_smolstr};

use super::companions::undo_modifier;
use super::draft::Draft;
use super::model::{Cause, Reason, ScopeAction, ScopeChange, Strategy};
use super::operation::Operation;
use super::paths;
use crate::changeset::{Facts, SchemaFacts, SinkChange};
use crate::input::{Deployed, DeployedModifier, SchemaDeploymentKind};
use crate::name::{Ident, SchemaName};
use crate::project::{Modifier, ModifierStatement, ObjectKind};
use crate::source::FilePath;

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
            let own = modifier.schema_name();
            let on_staged = draft.swapped_schemas().any(|s| Some(s.name) == own.as_ref());
            modifier.statements.iter().map(move |statement| Operation::RunModifier {
                modifier,
                statement,
                on_staged,
                is_repeated: false,
            })
        });
        defaults.into_iter().chain(whole).collect()
    }

    /// Changes of grants and comments.
    pub(super) fn at_promotion(&self, draft: &Draft<'a>) -> Vec<Operation<'a>> {
        self.altered(draft, false)
    }

    /// What was deployed on schemas that are swapped, and their files don't say any more.
    pub(super) fn withdrawn(&self, draft: &Draft<'_>) -> Vec<SmolStr> {
        self.removed.iter().filter(|d| is_swapped_away(draft, d)).map(|d| d.sql.clone()).collect()
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
            operations.push(Operation::Undo { sql, cause: Box::new(cause) });
        }
        let counts = |m: &Modifier, s: &ModifierStatement| {
            !is_made_at_stage(draft, m) && is_default_privilege(m, s) == default_privileges
        };
        let is_hit = |m: &Modifier| revoked.iter().any(|(d, s)| **d == m.database && *s == m.schema.as_ref());
        let repeated = self.kept.iter().filter(|(m, s)| is_hit(m) && counts(m, s) && !is_comment(m, s));
        let added = self.added.iter().filter(|(m, s)| counts(m, s));
        let run = |&(modifier, statement): &(&'a Modifier, &'a ModifierStatement), is_repeated| {
            Operation::RunModifier { modifier, statement, on_staged: false, is_repeated }
        };
        operations.extend(repeated.map(|which| run(which, true)));
        operations.extend(added.map(|which| run(which, false)));
        operations
    }

    /// What the plan says about databases and schemas. What is new comes with its grants and comments; these are no
    /// changes of their own.
    pub(super) fn changes(&self, facts: &Facts<'_>) -> Vec<ScopeChange> {
        let mut changes: Vec<ScopeChange> =
            facts.schemas.iter().filter_map(|schema| kind_change(facts, schema)).collect();
        changes.extend(new_databases(facts));
        let mut altered = self.differences(facts);
        altered.retain(|(database, schema), _| {
            let is_new = |c: &ScopeChange| {
                c.action == ScopeAction::Create && c.database == **database && c.schema.as_ref() == *schema
            };
            !changes.iter().any(is_new)
        });
        changes.extend(altered.into_iter().map(|((database, schema), altered)| ScopeChange {
            database: database.clone(),
            schema: schema.cloned(),
            action: ScopeAction::UpdateMetadata,
            reason: vec![altered.reason()],
        }));
        changes.sort();
        changes
    }

    /// What differs in each modifier, by database and schema.
    fn differences(&self, facts: &Facts<'_>) -> BTreeMap<(&'a Ident, Option<&'a Ident>), Altered> {
        let mut altered: BTreeMap<_, Altered> = BTreeMap::new();
        for &(modifier, statement) in &self.added {
            let scope = altered.entry((&modifier.database, modifier.schema.as_ref())).or_insert_with(|| {
                Altered { path: modifier.path.clone(), line: None, nouns: BTreeSet::new() }
            });
            let span = statement.statement.span;
            scope.line = scope.line.or(Some(modifier.text.line(span.start)));
            scope.nouns.insert(noun(span.slice(modifier.text.as_str())));
        }
        for &deployed in &self.removed {
            let scope = altered.entry((&deployed.database, deployed.schema.as_ref())).or_insert_with(|| {
                Altered { path: path(facts, deployed), line: None, nouns: BTreeSet::new() }
            });
            scope.nouns.insert(noun(&deployed.sql));
        }
        altered
    }
}

/// What differs in one modifier.
struct Altered {
    path: FilePath,
    /// Of the first statement that is new.
    line: Option<u32>,
    nouns: BTreeSet<&'static str>,
}

impl Altered {
    fn reason(self) -> Reason {
        let nouns: Vec<&str> = self.nouns.into_iter().collect();
        let what = format_smolstr!("{} changed", nouns.join(" and "));
        Reason::File { path: self.path, line: self.line, what }
    }
}

/// What a statement of a modifier is about.
fn noun(statement: &str) -> &'static str {
    if starts_with(statement, "ALTER") {
        "default privileges"
    } else if starts_with(statement, "COMMENT") {
        "comments"
    } else {
        "grants"
    }
}

/// Databases that get their first schema.
fn new_databases<'f>(facts: &'f Facts<'_>) -> impl Iterator<Item = ScopeChange> + 'f {
    let mut databases: BTreeMap<&Ident, bool> = BTreeMap::new();
    for schema in facts.schemas.iter().filter(|schema| kind_of(facts, schema).is_some()) {
        if let Some(database) = &schema.name.database {
            *databases.entry(database).or_default() |= schema.deployed.is_some();
        }
    }
    databases.into_iter().filter(|(_, is_deployed)| !is_deployed).map(|(database, _)| {
        let reason = if facts.is_first {
            Reason::FirstDeployment
        } else {
            let path = paths::database_directory(facts.project, database);
            Reason::File { path, line: None, what: "new".into() }
        };
        ScopeChange {
            database: database.clone(),
            schema: None,
            action: ScopeAction::Create,
            reason: vec![reason],
        }
    })
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
    let own = &schema.name.schema;
    let modifier = facts.project.schemas.get(schema.name).and_then(Option::as_deref);
    let stable = modifier.and_then(|m| Some((m, m.stable?)));
    let file = |path, line| Reason::File { path, line, what: what.into() };
    let reason = match (action, stable) {
        _ if facts.is_first => Reason::FirstDeployment,
        (ScopeAction::Create, _) => file(paths::schema_directory(facts.project, &database, own), None),
        (_, Some((m, span))) => file(m.path.clone(), Some(m.text.line(span.start))),
        (_, None) => file(paths::schema(facts.project, &database, own), None),
    };
    Some(ScopeChange { database, schema: Some(own.clone()), action, reason: vec![reason] })
}

/// True if the whole of a schema is made at stage.
fn is_made_at_stage(draft: &Draft<'_>, modifier: &Modifier) -> bool {
    let Some(own) = modifier.schema_name() else { return false };
    let Some(schema) = draft.facts.schemas.iter().find(|s| s.name == &own) else { return false };
    let is_made = |node: u32| {
        let is_new_sink = draft.closure.sink_change(draft.facts, node) == Some(SinkChange::Create);
        is_new_sink || draft.strategy(node) == Some(Strategy::Rename)
    };
    let mut members = schema.members.clone();
    let is_new = schema.deployed.is_none() && members.any(|m| u32::try_from(m).is_ok_and(is_made));
    is_new || draft.is_swapped_schema(&own)
}

/// What was deployed on a schema that is swapped goes with the old one.
fn is_swapped_away(draft: &Draft<'_>, deployed: &DeployedModifier) -> bool {
    deployed.schema.as_ref().is_some_and(|schema| {
        let in_scope =
            |name: &SchemaName| name.database.as_ref() == Some(&deployed.database) && &name.schema == schema;
        draft.swapped_schemas().any(|s| in_scope(s.name))
    })
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
fn path(facts: &Facts<'_>, deployed: &DeployedModifier) -> FilePath {
    match &deployed.schema {
        Some(schema) => paths::schema(facts.project, &deployed.database, schema),
        None => paths::database(facts.project, &deployed.database),
    }
}

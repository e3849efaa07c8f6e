//! Modifier files: comments, grants and default privileges of a database or of a schema.

use std::sync::Arc;

use smol_str::{SmolStr, format_smolstr};

use super::report::{Report, Statements};
use super::statement_kind::words;
use crate::ddl::undo;
use crate::diagnostic::{Code, Diagnostic};
use crate::fingerprint;
use crate::name::{Ident, SchemaName};
use crate::project::context::FileContext;
use crate::project::model::{Modifier, ModifierStatement};
use crate::project::object::StatementText;
use crate::resolve;
use crate::source::Span;
use crate::syntax::ast::{
    AlterDefaultPrivileges, Body, Comment, GrantPrivileges, GrantTarget, Name, SetVariable, Statement,
    TargetKind,
};

/// The database or schema that a modifier is about, as its path gives it: without the profile's suffix.
pub(in crate::project) struct Scope {
    pub(in crate::project) database: Ident,
    pub(in crate::project) schema: Option<Ident>,
}

impl Scope {
    fn kind(&self) -> TargetKind {
        if self.schema.is_some() { TargetKind::Schema } else { TargetKind::Database }
    }

    fn noun(&self) -> &'static str {
        if self.schema.is_some() { "schema" } else { "database" }
    }

    /// The name without a database.
    fn name(&self) -> &Ident {
        self.schema.as_ref().unwrap_or(&self.database)
    }

    /// True if `name` means this database or schema.
    fn is_meant_by(&self, name: &Name) -> bool {
        match (&self.schema, name.parts.as_slice()) {
            (None, [database]) => database.value == self.database,
            (Some(own), [schema]) => schema.value == *own,
            (Some(own), [database, schema]) => database.value == self.database && schema.value == *own,
            _ => false,
        }
    }

    /// The first code for a database, the second for a schema.
    fn code(&self, database: Code, schema: Code) -> Code {
        if self.schema.is_some() { schema } else { database }
    }
}

/// Validates a modifier. The modifier, if nothing is wrong with it.
pub(in crate::project) fn compile(
    report: &mut Report<'_>,
    statements: &Statements,
    scope: &Scope,
    context: &FileContext,
) -> Option<Modifier> {
    for statement in &statements.parsed {
        let problem = check(report, statement, scope);
        report.always.extend(problem);
    }
    report.is_sound().then(|| build(report, &statements.parsed, scope, context))
}

fn check(report: &Report<'_>, statement: &Statement, scope: &Scope) -> Vec<Diagnostic> {
    let problem = match &statement.body {
        Body::Comment(comment) => check_comment(report, comment, scope),
        Body::Grant(grant) => check_grant(report, grant, scope),
        Body::AlterDefaultPrivileges(alter) => {
            return check_default_privileges(report, statement, alter, scope);
        }
        Body::Set(set) if scope.schema.is_some() && set.variable.value.as_str() == "api" => {
            check_set(report, set)
        }
        other => Some(unsupported(report, statement, other, scope)),
    };
    problem.into_iter().collect()
}

fn unsupported(report: &Report<'_>, statement: &Statement, body: &Body, scope: &Scope) -> Diagnostic {
    let code = scope.code(Code::InvalidDatabaseModStatement, Code::InvalidSchemaModStatement);
    let (noun, keyword) = (scope.noun(), scope.kind().keyword());
    let words = words(body);
    let message = format_smolstr!("`{words}` can't stand in the modifier of a {noun}");
    let also = if scope.schema.is_some() { ", and `SET api = stable`" } else { "" };
    report.error(code, report.first_words(statement.span, 2), message).help(format_smolstr!(
        "it holds `COMMENT ON {keyword}`, `GRANT … ON {keyword}` and `ALTER DEFAULT PRIVILEGES … IN {keyword}`{also}"
    ))
}

/// An error about a name that should be that of the modifier, with the replacement.
fn other_target(report: &Report<'_>, code: Code, span: Span, scope: &Scope, what: &str) -> Diagnostic {
    let (noun, name) = (scope.noun(), scope.name());
    let message = format_smolstr!(
        "the {what} `{}`, but this is the modifier of the {noun} `{name}`",
        report.written(span)
    );
    let problem = report
        .error(code, span, message)
        .label(format_smolstr!("expected `{name}`"))
        .help(format_smolstr!("name `{name}`, or move the statement to the modifier it belongs to"));
    report.with_fix(problem, span, format_smolstr!("{name}"))
}

fn check_comment(report: &Report<'_>, comment: &Comment, scope: &Scope) -> Option<Diagnostic> {
    let code = scope.code(Code::DatabaseModCommentTargetMismatch, Code::SchemaModCommentTargetMismatch);
    if comment.kind != scope.kind() {
        return Some(other_kind(report, code, comment.keyword, comment.kind.keyword(), scope, "comment"));
    }
    (!scope.is_meant_by(&comment.target))
        .then(|| other_target(report, code, comment.target.span(), scope, "comment is on"))
}

/// An error about a grant or comment on another kind of thing.
fn other_kind(
    report: &Report<'_>,
    code: Code,
    span: Span,
    found: &str,
    scope: &Scope,
    what: &str,
) -> Diagnostic {
    let (noun, name, keyword) = (scope.noun(), scope.name(), scope.kind().keyword());
    let message =
        format_smolstr!("the {what} is on `{found}`, but this is the modifier of the {noun} `{name}`");
    report.error(code, span, message).help(format_smolstr!(
        "write `ON {keyword} {name}`, or move the statement to the file of what it is about"
    ))
}

fn check_grant(report: &Report<'_>, grant: &GrantPrivileges, scope: &Scope) -> Option<Diagnostic> {
    let code = scope.code(Code::DatabaseModGrantTargetMismatch, Code::SchemaModGrantTargetMismatch);
    let other = |span: Span, found: &str| Some(other_kind(report, code, span, found, scope, "grant"));
    match &grant.target {
        GrantTarget::System(span) => other(*span, "SYSTEM"),
        GrantTarget::All(span) => other(*span, report.written(*span)),
        GrantTarget::Named { keyword: Some((kind, span)), .. } if *kind != scope.kind() => {
            other(*span, kind.keyword())
        }
        GrantTarget::Named { keyword: None, .. } => other(grant.target_span, "TABLE"),
        GrantTarget::Named { names, .. } => names
            .iter()
            .find(|name| !scope.is_meant_by(name))
            .map(|name| other_target(report, code, name.span(), scope, "grant is on")),
    }
}

fn check_default_privileges(
    report: &Report<'_>,
    statement: &Statement,
    alter: &AlterDefaultPrivileges,
    scope: &Scope,
) -> Vec<Diagnostic> {
    let (name, keyword) = (scope.name(), scope.kind().keyword());
    let schemas = alter.schemas.iter().map(Name::span).reduce(Span::to);
    let databases = alter.databases.iter().map(|database| database.span).reduce(Span::to);
    let refused = if scope.schema.is_some() { databases } else { schemas };
    if let Some(span) = refused {
        let (code, other) = if scope.schema.is_some() {
            (Code::AlterDefaultPrivilegesDatabaseNotAllowed, "databases")
        } else {
            (Code::AlterDefaultPrivilegesSchemaNotAllowed, "schemas")
        };
        let message = format_smolstr!(
            "default privileges of {other} can't stand in the modifier of a {}",
            scope.noun()
        );
        let problem = report.error(code, span, message).help(format_smolstr!(
            "write `IN {keyword} {name}`, or move the statement to the modifier it belongs to"
        ));
        return vec![problem];
    }
    if schemas.or(databases).is_none() {
        let code = scope.code(
            Code::AlterDefaultPrivilegesRequiresDatabaseScope,
            Code::AlterDefaultPrivilegesRequiresSchemaScope,
        );
        let message =
            format_smolstr!("these default privileges don't say in which {} they hold", scope.noun());
        let problem = report
            .error(code, report.first_words(statement.span, 3), message)
            .help(format_smolstr!("add `IN {keyword} {name}` before `GRANT` or `REVOKE`"));
        return vec![problem];
    }
    let code =
        scope.code(Code::AlterDefaultPrivilegesDatabaseMismatch, Code::AlterDefaultPrivilegesSchemaMismatch);
    let what = "default privileges are in";
    let other_schemas = alter.schemas.iter().filter(|schema| !scope.is_meant_by(schema)).map(Name::span);
    let other_databases = alter.databases.iter().filter(|d| d.value != scope.database).map(|d| d.span);
    other_schemas.chain(other_databases).map(|span| other_target(report, code, span, scope, what)).collect()
}

fn check_set(report: &Report<'_>, set: &SetVariable) -> Option<Diagnostic> {
    let is_stable = set.value.as_ref().is_some_and(|value| value.eq_ignore_ascii_case("stable"));
    (!is_stable).then(|| {
        let message = format_smolstr!("`api` can't be set to `{}`", report.written(set.value_span));
        let problem = report
            .error(Code::InvalidSetVariable, set.value_span, message)
            .help("write `SET api = stable`, or remove the statement");
        report.with_fix(problem, set.value_span, "stable")
    })
}

fn build(report: &Report<'_>, statements: &[Statement], scope: &Scope, context: &FileContext) -> Modifier {
    let database = context.database(&scope.database).clone();
    // Statements of a database modifier mention no schema, so that any will do for them.
    let schema = SchemaName::new(database.clone(), scope.schema.clone().unwrap_or_else(|| "public".into()));
    let names = context.names_in(schema.clone());
    let text = report.text.as_str();
    let mut modifier = Modifier {
        path: report.path.into(),
        text: Arc::clone(&report.text),
        database: database.clone(),
        schema: scope.schema.clone(),
        stable: None,
        statements: Vec::new(),
    };
    for statement in statements {
        let occurrences = resolve::resolve(statement, None, &names);
        let undo: SmolStr = match (&statement.body, &scope.schema) {
            (Body::Set(_), _) => {
                modifier.stable = Some(statement.span);
                continue;
            }
            (Body::Grant(grant), None) => undo::grant_on_database(grant, &database),
            (Body::Grant(grant), Some(_)) => undo::grant_on_schema(grant, &schema),
            (Body::Comment(comment), None) => undo::comment_on_database(comment, &database),
            (Body::Comment(comment), Some(_)) => undo::comment_on_schema(comment, &schema),
            (Body::AlterDefaultPrivileges(alter), _) => {
                undo::default_privileges(text, statement.span, alter, &occurrences)
            }
            // Validation let nothing else pass.
            _ => continue,
        };
        let fingerprint = fingerprint::of(text, statement.span, &occurrences);
        let statement = StatementText { span: statement.span, occurrences, fingerprint };
        modifier.statements.push(ModifierStatement { undo, statement });
    }
    modifier
}

//! A file as it stands: its statements that can be read, and what every name in them means.

use smol_str::ToSmolStr;

use super::{At, Codebase, Symbol};
use crate::name::{Ident, SchemaName};
use crate::project::variables::{mentions, resolve_variables};
use crate::project::{Subject, subject};
use crate::resolve::{Occurrence, Target, resolve};
use crate::source::{LineIndex, ResolvedText, Span};
use crate::syntax;
use crate::syntax::ast::{Body, SpannedIdent, Statement};
use crate::view::diagnostics::{LabelView, place};

/// A file that was read.
pub(super) struct Reading<'a> {
    pub(super) path: &'a str,
    pub(super) on_disk: &'a str,
    pub(super) subject: Option<Subject>,
    pub(super) text: ResolvedText,
    pub(super) statements: Vec<Statement>,
    lines: LineIndex<'a>,
}

/// A name in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    /// Where, in the text on disk.
    pub(super) span: Span,
    /// What it means.
    pub(super) symbol: Symbol,
    /// How it stands there.
    pub(super) role: Role,
}

/// How a name stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The statement makes it.
    Definition,
    /// In front of a column: the name of a relation as its `FROM` has it.
    Qualifier,
    /// Anything else.
    Use,
}

impl<'a> Codebase<'a> {
    /// Reads a file of SQL.
    pub(super) fn read(&self, path: &str) -> Option<Reading<'a>> {
        let (path, on_disk) = self.files.get_key_value(path)?;
        let subject = subject(path, &self.context);
        let text = resolve_variables(on_disk, &self.context.variables).text;
        let statements = if subject.is_some() { syntax::parse(text.as_str()).statements } else { Vec::new() };
        Some(Reading { path, on_disk, subject, text, statements, lines: LineIndex::new(on_disk) })
    }

    /// The name that somebody points to, with its file.
    pub(super) fn mention_at(&self, at: At<'_>) -> Option<(Reading<'a>, Mention)> {
        let reading = self.read(at.path)?;
        let offset = reading.lines.offset_of_utf16(at.position());
        let covers = |m: &&Mention| m.span.start <= offset && offset <= m.span.end;
        // A variable stands within what its value means.
        let found = reading.mentions(self).into_iter();
        let found: Vec<Mention> = found.filter(|m| covers(&m)).collect();
        let mention = found.iter().min_by_key(|m| (m.span.end - m.span.start, &m.symbol)).cloned()?;
        Some((reading, mention))
    }
}

impl Reading<'_> {
    /// A part of the text on disk as a place.
    pub(super) fn place(&self, span: Span) -> LabelView {
        place(&self.lines, self.path, span)
    }

    /// A part of the resolved text as a place.
    pub(super) fn resolved_place(&self, span: Span) -> LabelView {
        self.place(self.text.to_original(span))
    }

    pub(super) fn offset(&self, at: At<'_>) -> u32 {
        self.lines.offset_of_utf16(at.position())
    }

    /// True for the statement that makes what the file is about.
    pub(super) fn is_primary(statement: &Statement) -> bool {
        matches!(
            statement.body,
            Body::View(_)
                | Body::MaterializedView(_)
                | Body::Table(_)
                | Body::TableFromSource(_)
                | Body::Source(_)
                | Body::Sink(_)
                | Body::Secret(_)
                | Body::Connection(_)
                | Body::Cluster(_)
                | Body::Role(_)
                | Body::NetworkPolicy(_)
        )
    }

    /// All names, sorted by position.
    pub(super) fn mentions(&self, code: &Codebase<'_>) -> Vec<Mention> {
        let mut found: Vec<Mention> = mentions(self.on_disk)
            .map(|(name, span)| Mention {
                span,
                symbol: Symbol::Variable(name.to_smolstr()),
                role: Role::Use,
            })
            .collect();
        for statement in &self.statements {
            self.statement(statement, code, &mut found);
        }
        found.sort_by(|a, b| (a.span, &a.symbol).cmp(&(b.span, &b.symbol)));
        found
    }

    fn statement(&self, statement: &Statement, code: &Codebase<'_>, found: &mut Vec<Mention>) {
        let schema = match &self.subject {
            Some(Subject::Object(name)) => name.schema.clone(),
            Some(Subject::Schema(name)) => name.clone(),
            Some(Subject::Database(database)) => SchemaName::new(database.clone(), "public".into()),
            Some(Subject::Infrastructure(..)) | None => SchemaName::system("public".into()),
        };
        let is_primary = Self::is_primary(statement);
        let own = match &self.subject {
            Some(Subject::Object(name)) if is_primary => Some(name),
            _ => None,
        };
        let occurrences = resolve(statement, own, &code.context.names_in(schema));
        let symbols = occurrences.iter().filter_map(|o| Some((o.span, symbol(o, &occurrences)?)));
        for (span, (symbol, role)) in symbols {
            let makes =
                is_primary && (role == Role::Definition || matches!(statement.body, Body::Cluster(_)));
            let role = match role {
                Role::Definition | Role::Use if makes => Role::Definition,
                Role::Definition => Role::Use,
                other => other,
            };
            found.push(Mention { span: self.text.to_original(span), symbol, role });
        }
        for (name, symbol, role) in others(&statement.body) {
            found.push(Mention { span: self.text.to_original(name.span), symbol, role });
        }
    }
}

/// What an occurrence means. The name of an index is no symbol: nothing else mentions it.
fn symbol(occurrence: &Occurrence, all: &[Occurrence]) -> Option<(Symbol, Role)> {
    Some(match &occurrence.target {
        Target::Own(name) => (Symbol::Object(name.clone()), Role::Definition),
        Target::Relation { name, .. } | Target::Object(name) | Target::Type(name) => {
            (Symbol::Object(name.clone()), Role::Use)
        }
        Target::Qualifier { relation } => {
            let (relation, _) = symbol(all.get(*relation as usize)?, &[])?;
            (relation, Role::Qualifier)
        }
        Target::Cluster(name) => (Symbol::Cluster(name.clone()), Role::Use),
        Target::Schema(name) => (Symbol::Schema(name.clone()), Role::Use),
        Target::Database(name) => (Symbol::Database(name.clone()), Role::Use),
        Target::IndexName(_) => return None,
    })
}

/// Names that have no place in a schema and no suffix, so that no statement is rewritten for them.
fn others(body: &Body) -> Vec<(&SpannedIdent, Symbol, Role)> {
    let role = |name: &SpannedIdent| Symbol::Role(ident(name));
    let used = |name| (name, role(name), Role::Use);
    match body {
        Body::Role(create) => vec![(&create.name, role(&create.name), Role::Definition)],
        Body::NetworkPolicy(create) => {
            vec![(&create.name, Symbol::NetworkPolicy(ident(&create.name)), Role::Definition)]
        }
        Body::AlterRole(alter) => vec![used(&alter.name)],
        Body::Grant(grant) | Body::Revoke(grant) => grant.roles.iter().map(used).collect(),
        Body::GrantRole(grant) | Body::RevokeRole(grant) => {
            grant.granted.iter().chain(&grant.members).map(used).collect()
        }
        Body::AlterDefaultPrivileges(alter) => {
            alter.creators.iter().flatten().chain(&alter.roles).map(used).collect()
        }
        _ => Vec::new(),
    }
}

fn ident(name: &SpannedIdent) -> Ident {
    name.value.clone()
}

//! The file of an object: one primary statement and the statements that go with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use smol_str::format_smolstr;

use super::report::{Report, Statements};
use super::statement_kind::{Primary, primary, words};
use super::{companions, name};
use crate::ddl::undo;
use crate::diagnostic::Code;
use crate::fingerprint;
use crate::name::{Ident, ObjectName, SchemaName};
use crate::project::context::FileContext;
use crate::project::object::{
    Companion, CompanionKind, Dependency, IndexDefinition, Object, ObjectKind, StatementText,
};
use crate::resolve::{self, Occurrence, Target};
use crate::source::Span;
use crate::syntax::ast::{Body, CreateModifier, Name, Statement};

/// The names that a path gives, as written: without the profile's suffix.
pub(in crate::project) struct Path {
    pub(in crate::project) database: Ident,
    pub(in crate::project) schema: Ident,
    pub(in crate::project) name: Ident,
}

impl Path {
    /// The object's full name, profile suffix included.
    pub(in crate::project) fn full_name(&self, context: &FileContext) -> ObjectName {
        let database = context.database(&self.database).clone();
        SchemaName::new(database, self.schema.clone()).object(self.name.clone())
    }
}

/// The statements of a file by their part in it.
#[derive(Default)]
pub(in crate::project) struct Classified<'a> {
    /// The statement that makes the object.
    primary: Option<(&'a Statement, Primary<'a>)>,
    /// Indexes, grants, comments, unit tests and constraints, in file order.
    companions: Vec<&'a Statement>,
}

/// Sorts the statements of a file, and reports those that it can't hold.
pub(in crate::project) fn classify<'a>(
    report: &mut Report<'_>,
    statements: &'a Statements,
    path: &Path,
) -> Classified<'a> {
    let mut classified = Classified::default();
    let mut refused = false;
    for statement in &statements.parsed {
        if let Some(head) = primary(&statement.body) {
            if let Some((_, first)) = &classified.primary {
                let message = format_smolstr!("the file of `{}` creates more than one object", path.name);
                let problem = report
                    .error(Code::MultipleMainStatements, head.place(report, statement), message)
                    .label("another object")
                    .and(report.at(first.place(report, statement)), "the first one")
                    .help("put each object into a file of its own, named after it");
                report.always.push(problem);
            } else {
                classified.primary = Some((statement, head));
            }
            continue;
        }
        match &statement.body {
            Body::Index(_) | Body::Grant(_) | Body::Comment(_) | Body::UnitTest(_) | Body::Constraint(_) => {
                classified.companions.push(statement);
            }
            other => {
                refused = true;
                let message = format_smolstr!("`{}` can't stand in the file of an object", words(other));
                let problem = report
                    .error(Code::UnsupportedStatement, report.first_words(statement.span, 2), message)
                    .help(
                        "such a file holds one `CREATE` statement of a view, materialized view, table, source, sink, \
                         secret or connection, and `CREATE INDEX`, `GRANT`, `COMMENT ON` and `EXECUTE UNIT TEST`",
                    );
                report.always.push(problem);
            }
        }
    }
    if classified.primary.is_none() && !refused && statements.is_complete {
        let message = format_smolstr!("the file creates no object, expected `{}`", path.name);
        let problem = report
            .error(Code::NoMainStatement, Span::default(), message)
            .help("a file in the directory of a schema holds one `CREATE` statement for the object it is named after");
        report.always.push(problem);
    }
    classified
}

impl Classified<'_> {
    /// What the object is, and where the text on disk says so.
    pub(in crate::project) fn kind(&self, report: &Report<'_>) -> Option<(ObjectKind, Span)> {
        let (statement, head) = self.primary.as_ref()?;
        Some((head.kind, report.at(head.place(report, statement)).span))
    }
}

impl Primary<'_> {
    /// Where the statement says what it makes: its name, or its first words.
    fn place(&self, report: &Report<'_>, statement: &Statement) -> Span {
        self.name.map_or_else(|| report.first_words(statement.span, 2), Name::span)
    }
}

/// Validates the statements of an active file. The object, if nothing is wrong with it.
pub(in crate::project) fn compile(
    report: &mut Report<'_>,
    classified: &Classified<'_>,
    path: &Path,
    own: &ObjectName,
    context: &FileContext,
) -> Option<Object> {
    let (statement, head) = classified.primary.as_ref()?;
    check_primary(report, statement, head, path);
    for companion in &classified.companions {
        companions::check(report, companion, head.kind, own, context);
    }
    if !report.is_sound() {
        return None;
    }
    Some(build(report, statement, head, &classified.companions, own, context))
}

fn check_primary(report: &mut Report<'_>, statement: &Statement, head: &Primary<'_>, path: &Path) {
    for modifier in head.modifiers {
        let (span, effect) = match modifier {
            CreateModifier::OrReplace(span) => (*span, "creates new objects beside the old ones"),
            CreateModifier::Temporary(span) => (*span, "makes objects that stay"),
            // Harmless: a deployment makes objects where there are none.
            CreateModifier::IfNotExists(_) => continue,
        };
        let written = report.written(span).to_uppercase();
        let message = format_smolstr!("`{written}` can't stand in a project");
        let problem = report
            .error(Code::UnsupportedStatement, span, message)
            .help(format_smolstr!("remove it: a deployment {effect}"));
        report.if_active.push(problem);
    }
    if let Some(declared) = head.name {
        name::check_declared(report, declared, path);
    } else {
        let message = format_smolstr!("the sink has no name, expected `{}`", path.name);
        let problem = report
            .error(Code::ObjectNameMismatch, report.first_words(statement.span, 2), message)
            .help(format_smolstr!("name it after its file: `CREATE SINK {} …`", path.name));
        report.if_active.push(problem);
    }
    check_cluster(report, statement, head, path);
    match &statement.body {
        Body::Source(source) => {
            if let Some(span) = source.external_references {
                let message = format_smolstr!("the source `{}` makes its own tables", path.name);
                let problem = report
                    .error(Code::SourceExternalReferences, span, message)
                    .help("remove this clause, and give each table a file with `CREATE TABLE … FROM SOURCE`");
                report.if_active.push(problem);
            }
        }
        Body::MaterializedView(view) => {
            if let Some(target) = &view.replaces {
                let problem = report
                    .error(Code::UnsupportedStatement, target.span(), "a replacement can't stand in a project")
                    .help("write `CREATE MATERIALIZED VIEW`: a deployment makes the replacement where one is needed");
                report.if_active.push(problem);
            }
        }
        _ => {}
    }
}

fn check_cluster(report: &mut Report<'_>, statement: &Statement, head: &Primary<'_>, path: &Path) {
    if let Some(cluster) = head.cluster {
        name::check_cluster(report, cluster);
        return;
    }
    let (code, words, rest) = match head.kind {
        ObjectKind::MaterializedView => {
            (Code::MaterializedViewMissingCluster, "CREATE MATERIALIZED VIEW", "AS …")
        }
        ObjectKind::Sink => (Code::SinkMissingCluster, "CREATE SINK", "FROM …"),
        ObjectKind::Source => (Code::SourceMissingCluster, "CREATE SOURCE", "FROM …"),
        _ => return,
    };
    let noun = head.kind.noun();
    let message = format_smolstr!("the {noun} `{}` doesn't say on which cluster it runs", path.name);
    let problem = report.error(code, head.place(report, statement), message).help(format_smolstr!(
        "add `IN CLUSTER` after the name: `{words} {} IN CLUSTER <cluster> {rest}`",
        path.name
    ));
    report.if_active.push(problem);
}

fn build(
    report: &Report<'_>,
    statement: &Statement,
    head: &Primary<'_>,
    companions: &[&Statement],
    own: &ObjectName,
    context: &FileContext,
) -> Object {
    let scope = context.names_in(own.schema.clone());
    let text = |statement: &Statement| {
        let occurrences = resolve::resolve(statement, Some(own), &scope);
        let fingerprint = fingerprint::of(report.text.as_str(), without_value(statement), &occurrences);
        StatementText { span: statement.span, occurrences, fingerprint }
    };
    let mut object = Object {
        path: report.path.into(),
        text: Arc::clone(&report.text),
        name: own.clone(),
        kind: head.kind,
        statement: text(statement),
        name_span: head.name.map(Name::span).unwrap_or_default(),
        cluster: head.cluster.map(|cluster| context.cluster(&cluster.value).clone()),
        replacement_positions: None,
        sink_from: None,
        indexes: Vec::new(),
        companions: Vec::new(),
        tests: Vec::new(),
        dependencies: Vec::new(),
    };
    match &statement.body {
        Body::MaterializedView(view) => {
            object.replacement_positions = Some((view.keyword.start, view.header_end));
        }
        Body::Sink(sink) => object.sink_from = relation_at(&object.statement.occurrences, sink.from.span()),
        _ => {}
    }
    for companion in companions {
        add_companion(&mut object, companion, &text, context);
    }
    // Grants before comments; each in file order.
    object.companions.sort_by_key(|companion| companion.kind);
    object.dependencies = dependencies(&object);
    object
}

/// The part of a statement that may leave its file: a secret ends before its value, of which not even a hash is shown.
fn without_value(statement: &Statement) -> Span {
    match &statement.body {
        Body::Secret(secret) => Span { end: secret.value.start, ..statement.span },
        _ => statement.span,
    }
}

fn add_companion(
    object: &mut Object,
    companion: &Statement,
    text: &impl Fn(&Statement) -> StatementText,
    context: &FileContext,
) {
    match &companion.body {
        Body::Index(index) => {
            // Validation has seen that there is a cluster.
            let Some(cluster) = &index.cluster else { return };
            object.indexes.push(IndexDefinition {
                name: index.name.as_ref().map(|name| name.value.clone()),
                name_position: index.name_position,
                cluster: context.cluster(&cluster.value).clone(),
                statement: text(companion),
            });
        }
        Body::Grant(grant) => object.companions.push(Companion {
            kind: CompanionKind::Grant,
            undo: undo::grant_on_object(grant, &object.name),
            statement: text(companion),
        }),
        Body::Comment(comment) => object.companions.push(Companion {
            kind: CompanionKind::Comment,
            undo: undo::comment_on_object(comment, &object.name),
            statement: text(companion),
        }),
        Body::UnitTest(unit_test) => object.tests.push(unit_test.name.value.as_str().into()),
        _ => {}
    }
}

fn relation_at(occurrences: &[Occurrence], span: Span) -> Option<ObjectName> {
    occurrences.iter().find(|occurrence| occurrence.span == span).and_then(|occurrence| {
        match &occurrence.target {
            Target::Relation { name, .. } | Target::Object(name) => Some(name.clone()),
            _ => None,
        }
    })
}

/// Everything that the object and its indexes mention, with the place of the first mention.
fn dependencies(object: &Object) -> Vec<Dependency> {
    let statements = std::iter::once(&object.statement).chain(object.indexes.iter().map(|i| &i.statement));
    let mut first: BTreeMap<&ObjectName, Span> = BTreeMap::new();
    for occurrence in statements.flat_map(|statement| &statement.occurrences) {
        if let Target::Relation { name, .. } | Target::Object(name) | Target::Type(name) = &occurrence.target
        {
            first.entry(name).or_insert(occurrence.span);
        }
    }
    first.into_iter().map(|(name, span)| Dependency { name: name.clone(), span }).collect()
}

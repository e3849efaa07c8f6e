//! The statements that go with an object: indexes, grants, comments, unit tests. Each must be about that object.

use smol_str::{SmolStr, format_smolstr};

use super::name::{check_cluster, means};
use super::report::Report;
use crate::diagnostic::{Code, Diagnostic};
use crate::name::ObjectName;
use crate::project::context::FileContext;
use crate::project::object::ObjectKind;
use crate::source::Span;
use crate::syntax::ast::{
    Body, Comment, CreateIndex, GrantPrivileges, GrantTarget, Name, Statement, TargetKind, UnitTest,
};

/// Checks a statement in the file of `own`.
pub(super) fn check(
    report: &mut Report<'_>,
    statement: &Statement,
    kind: ObjectKind,
    own: &ObjectName,
    context: &FileContext,
) {
    let problem = match &statement.body {
        Body::Index(index) => {
            if let Some(cluster) = &index.cluster {
                check_cluster(report, cluster);
            }
            index_problem(report, statement, index, kind, own, context)
        }
        Body::Grant(grant) => {
            let problems = grant_problems(report, grant, kind, own, context);
            report.if_active.extend(problems);
            None
        }
        Body::Comment(comment) => comment_problem(report, comment, kind, own, context),
        Body::UnitTest(test) => unit_test_problem(report, test, kind, own, context),
        Body::Constraint(constraint) => Some(constraint_problem(report, statement, constraint.kind)),
        _ => None,
    };
    report.if_active.extend(problem);
}

/// An error about a name that should be that of the own object, with the replacement.
fn other_object(
    report: &Report<'_>,
    code: Code,
    name: &Name,
    own: &ObjectName,
    statement: &str,
) -> Diagnostic {
    let written = report.written(name.span());
    let message =
        format_smolstr!("the {statement} is on `{written}`, but this is the file of `{}`", own.name);
    let problem = report
        .error(code, name.span(), message)
        .label(format_smolstr!("expected `{}`", own.name))
        .help(format_smolstr!("move the statement to the file of `{written}`, or name `{}`", own.name));
    report.with_fix(problem, name.span(), format_smolstr!("{}", own.name))
}

fn index_problem(
    report: &Report<'_>,
    statement: &Statement,
    index: &CreateIndex,
    kind: ObjectKind,
    own: &ObjectName,
    context: &FileContext,
) -> Option<Diagnostic> {
    if !means(&index.on, own, context) {
        return Some(other_object(report, Code::IndexReferenceMismatch, &index.on, own, "index"));
    }
    let place = match &index.name {
        Some(name) => name.span,
        None => report.first_words(statement.span, 2),
    };
    if !kind.is_computation() {
        let noun = kind.noun();
        let message = format_smolstr!("an index is not supported on a {noun}");
        let problem = report.error(Code::IndexOnStorageObject, place, message);
        return Some(match kind {
            ObjectKind::Table | ObjectKind::TableFromSource | ObjectKind::Source => problem
                .help(format_smolstr!(
                    "create a view of `{}` in another schema, and put the index into its file",
                    own.name
                ))
                .help(format_smolstr!(
                    "without an index, a {noun} can be read on every cluster: it is persisted"
                )),
            _ => problem.help("remove the index"),
        });
    }
    if index.cluster.is_some() {
        return None;
    }
    let (subject, example) = match &index.name {
        Some(name) => (format_smolstr!("the index `{}`", name.value), format_smolstr!("{} ", name.value)),
        None => ("the index".into(), SmolStr::default()),
    };
    let message = format_smolstr!("{subject} doesn't say on which cluster it runs");
    Some(report.error(Code::IndexMissingCluster, place, message).help(format_smolstr!(
        "add `IN CLUSTER` before `ON`: `CREATE INDEX {example}IN CLUSTER <cluster> ON {} …`",
        report.written(index.on.span())
    )))
}

fn grant_problems(
    report: &Report<'_>,
    grant: &GrantPrivileges,
    kind: ObjectKind,
    own: &ObjectName,
    context: &FileContext,
) -> Vec<Diagnostic> {
    let (keyword, names) = match &grant.target {
        GrantTarget::System(span) => {
            let problem = report
                .error(Code::SystemGrantUnsupported, *span, "the grant is on the system, not on an object")
                .help("grant system privileges outside the project, or in the file of a role: `GRANT <role> TO …`");
            return vec![problem];
        }
        GrantTarget::All(span) => {
            let message = format_smolstr!("the grant is on `{}`, not on an object", report.written(*span));
            let problem = report
                .error(Code::GrantMustTargetObject, *span, message)
                .help(format_smolstr!("name the object: `GRANT … ON {} TO …`", own.name));
            return vec![problem];
        }
        GrantTarget::Named { keyword, names } => (keyword, names),
    };
    let expected = match kind {
        ObjectKind::Secret => Some(TargetKind::Secret),
        ObjectKind::Connection => Some(TargetKind::Connection),
        ObjectKind::Sink => None,
        _ => Some(TargetKind::Table),
    };
    let found = keyword.map_or(TargetKind::Table, |(kind, _)| kind);
    if expected != Some(found) {
        let (found, place) = match keyword {
            Some((kind, span)) => (format_smolstr!("`{}`", kind.keyword()), *span),
            None => ("table, as there is no keyword".into(), grant.target_span),
        };
        let problem = grant_type_problem(report, place, &found, expected, kind, own);
        let is_all_that_is_wrong = keyword.is_some() && names.iter().all(|name| means(name, own, context));
        return vec![match expected {
            Some(expected) if is_all_that_is_wrong => report.with_fix(problem, place, expected.keyword()),
            _ => problem,
        }];
    }
    names
        .iter()
        .filter(|name| !means(name, own, context))
        .map(|name| other_object(report, Code::GrantReferenceMismatch, name, own, "grant"))
        .collect()
}

fn grant_type_problem(
    report: &Report<'_>,
    place: Span,
    found: &str,
    expected: Option<TargetKind>,
    kind: ObjectKind,
    own: &ObjectName,
) -> Diagnostic {
    let noun = kind.noun();
    let Some(expected) = expected else {
        let message = format_smolstr!("a {noun} has no privileges");
        return report.error(Code::GrantTypeMismatch, place, message).help("remove the grant");
    };
    let message = format_smolstr!("the grant is on a {found}, but `{}` is a {noun}", own.name);
    report.error(Code::GrantTypeMismatch, place, message).help(format_smolstr!(
        "write `ON {} {}`",
        expected.keyword(),
        own.name
    ))
}

fn comment_problem(
    report: &Report<'_>,
    comment: &Comment,
    kind: ObjectKind,
    own: &ObjectName,
    context: &FileContext,
) -> Option<Diagnostic> {
    let noun = kind.noun();
    match comment.kind {
        TargetKind::Column => {
            if !means(&comment.target, own, context) {
                let code = Code::ColumnCommentReferenceMismatch;
                return Some(other_object(report, code, &comment.target, own, "comment on a column"));
            }
            let has_columns = !matches!(kind, ObjectKind::Sink | ObjectKind::Secret | ObjectKind::Connection);
            (!has_columns).then(|| {
                let message = format_smolstr!("a {noun} has no columns");
                report.error(Code::CommentTypeMismatch, comment.keyword, message).help(format_smolstr!(
                    "write `COMMENT ON {} {}`",
                    kind.target().keyword(),
                    own.name
                ))
            })
        }
        TargetKind::Table
        | TargetKind::View
        | TargetKind::MaterializedView
        | TargetKind::Source
        | TargetKind::Sink
        | TargetKind::Connection
        | TargetKind::Secret => {
            if !means(&comment.target, own, context) {
                return Some(other_object(
                    report,
                    Code::CommentReferenceMismatch,
                    &comment.target,
                    own,
                    "comment",
                ));
            }
            let expected = kind.target();
            (comment.kind != expected).then(|| {
                let found = comment.kind.keyword();
                let message =
                    format_smolstr!("the comment is on a `{found}`, but `{}` is a {noun}", own.name);
                let problem = report
                    .error(Code::CommentTypeMismatch, comment.keyword, message)
                    .help(format_smolstr!("write `COMMENT ON {} {}`", expected.keyword(), own.name));
                report.with_fix(problem, comment.keyword, expected.keyword())
            })
        }
        other => {
            let message =
                format_smolstr!("`COMMENT ON {}` can't stand in the file of an object", other.keyword());
            Some(report.error(Code::UnsupportedCommentType, comment.keyword, message).help(format_smolstr!(
                "this file can hold `COMMENT ON {}` and `COMMENT ON COLUMN`",
                kind.target().keyword()
            )))
        }
    }
}

fn unit_test_problem(
    report: &Report<'_>,
    test: &UnitTest,
    kind: ObjectKind,
    own: &ObjectName,
    context: &FileContext,
) -> Option<Diagnostic> {
    if !means(&test.target, own, context) {
        let code = Code::InvalidUnitTestTarget;
        return Some(other_object(report, code, &test.target, own, "unit test"));
    }
    (!kind.is_computation()).then(|| {
        let noun = kind.noun();
        let message =
            format_smolstr!("the unit test `{}` tests a {noun}, which computes nothing", test.name.value);
        report
            .error(Code::InvalidUnitTestTarget, test.target.span(), message)
            .help("test a view or a materialized view")
    })
}

fn constraint_problem(report: &Report<'_>, statement: &Statement, kind: &str) -> Diagnostic {
    report
        .error(
            Code::ConstraintUnsupported,
            report.first_words(statement.span, 3),
            format_smolstr!("`CREATE {kind}` is not supported"),
        )
        .help("remove it; a view that returns the offending rows, or a unit test, can check the same")
}

//! The name in a `CREATE` statement and the name that the file's path gives.

use smol_str::format_smolstr;

use super::object::Path;
use super::report::Report;
use crate::diagnostic::{Code, Diagnostic};
use crate::name::{Ident, ObjectName};
use crate::project::context::FileContext;
use crate::project::naming;
use crate::syntax::ast::{Name, SpannedIdent};

/// Checks the name that a statement declares. It may have one to three parts; the parts that it has must be those of
/// the path, without the profile's suffix.
pub(super) fn check_declared(report: &mut Report<'_>, declared: &Name, path: &Path) {
    let (database, schema, name) = match declared.parts.as_slice() {
        [name] => (None, None, name),
        [schema, name] => (None, Some(schema), name),
        [database, schema, name] => (Some(database), Some(schema), name),
        parts => {
            let message = format_smolstr!("`{}` has {} parts", report.written(declared.span()), parts.len());
            let problem = report
                .error(Code::InvalidIdentifier, declared.span(), message)
                .help("a name has at most three parts: `database.schema.object`");
            report.if_active.push(problem);
            return;
        }
    };
    if let Err(reason) = naming::check(path.name.as_str()) {
        let message = format_smolstr!("`{}` can't be the name of an object: {reason}", path.name.as_str());
        let problem = report
            .error(Code::InvalidIdentifier, name.span, message)
            .label(format_smolstr!("the file is `{}.sql`", path.name.as_str()))
            .help("rename the file and the object")
            .help(naming::RULE);
        report.if_active.push(problem);
    } else if name.value != path.name {
        let problem = object_mismatch(report, name, path);
        report.if_active.push(problem);
    }
    if let Some(schema) = schema.filter(|schema| schema.value != path.schema) {
        let message = format_smolstr!(
            "the statement creates an object of the schema `{}`, but the file is in `{}`",
            schema.value,
            path.schema
        );
        let problem = mismatch(report, Code::SchemaMismatch, schema, &path.schema, message.as_str())
            .help("the schema must be the file's directory; it may be left out");
        report.if_active.push(problem);
    }
    if let Some(database) = database.filter(|database| database.value != path.database) {
        let message = format_smolstr!(
            "the statement creates an object of the database `{}`, but the file is in `{}`",
            database.value,
            path.database
        );
        let problem = mismatch(report, Code::DatabaseMismatch, database, &path.database, message.as_str())
            .help(
                "the database must be the file's directory, without a profile's suffix; it may be left out",
            );
        report.if_active.push(problem);
    }
}

fn object_mismatch(report: &Report<'_>, name: &SpannedIdent, path: &Path) -> Diagnostic {
    let message = format_smolstr!(
        "the statement creates `{}`, but the file is named after `{}`",
        name.value,
        path.name
    );
    match path.name.as_str().rsplit_once("__") {
        Some((base, profile)) if base == name.value.as_str() && !profile.is_empty() => {
            report.error(Code::ObjectNameMismatch, name.span, message).help(format_smolstr!(
                "if this is the variant for the profile `{profile}`, rename the file to `{base}#{profile}.sql`"
            ))
        }
        _ => mismatch(report, Code::ObjectNameMismatch, name, &path.name, message.as_str())
            .help("the name in the statement and the name of the file must be the same"),
    }
}

fn mismatch(
    report: &Report<'_>,
    code: Code,
    found: &SpannedIdent,
    expected: &Ident,
    message: &str,
) -> Diagnostic {
    let problem = report.error(code, found.span, message).label(format_smolstr!("expected `{expected}`"));
    report.with_fix(problem, found.span, format_smolstr!("{expected}"))
}

/// Checks the name of the cluster that a statement of this file runs on.
pub(super) fn check_cluster(report: &mut Report<'_>, cluster: &SpannedIdent) {
    if let Err(reason) = naming::check(cluster.value.as_str()) {
        let message =
            format_smolstr!("`{}` can't be the name of a cluster: {reason}", cluster.value.as_str());
        let problem = report.error(Code::InvalidIdentifier, cluster.span, message).help(naming::RULE);
        report.if_active.push(problem);
    }
}

/// True if `name`, written in a file of `own`, means `own`.
pub(super) fn means(name: &Name, own: &ObjectName, context: &FileContext) -> bool {
    let (database, schema, object) = match name.parts.as_slice() {
        [object] => (None, None, object),
        [schema, object] => (None, Some(schema), object),
        [database, schema, object] => (Some(database), Some(schema), object),
        _ => return false,
    };
    object.value == own.name
        && schema.is_none_or(|schema| schema.value == own.schema.schema)
        && database
            .is_none_or(|database| own.schema.database.as_ref() == Some(context.database(&database.value)))
}

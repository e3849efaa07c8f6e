//! One file on its own: everything that needs no other file.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use super::context::FileContext;
use super::file::{Report, Statements, infrastructure, modifier, object};
use super::layout::{self, Place};
use super::model::{Infrastructure, InfrastructureKind, Modifier};
use super::object::{Object, ObjectKind};
use super::types_lock::{TypesLock, read_types_lock};
use super::variables::{PRAGMA, Resolution, resolve_variables};
use crate::diagnostic::{Code, Diagnostic};
use crate::name::{Ident, ObjectName};
use crate::source::{FilePath, Location, Span};
use crate::syntax;

/// A file, compiled on its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompiledFile {
    /// Its path.
    pub path: FilePath,
    /// What it holds.
    pub contents: Contents,
    /// Problems that count for every profile.
    pub diagnostics: Vec<Diagnostic>,
    /// Problems that count only while this file is the active variant of its object.
    pub diagnostics_if_active: Vec<Diagnostic>,
}

impl CompiledFile {
    /// True if its text is a secret: it must not get to another place on disk, nor into a digest.
    pub fn is_secret(&self) -> bool {
        match &self.contents {
            Contents::Object(file) => file.kind.is_some_and(|(kind, _)| kind == ObjectKind::Secret),
            _ => false,
        }
    }
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Contents {
    /// Nothing that this compiler reads, or nothing that it could read.
    Nothing,
    /// An object, or one of its variants.
    Object(ObjectFile),
    /// Comments, grants and default privileges of a database or schema. Absent if it has errors.
    Modifier(Option<Arc<Modifier>>),
    /// A cluster, role or network policy, or one of its variants.
    Infrastructure(InfrastructureFile),
    /// Columns of objects outside the project.
    TypesLock(Arc<TypesLock>),
    /// A directory, or the settings, that could not be read.
    Unreadable,
}

/// A file of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectFile {
    /// The name that the path gives it, profile suffix included.
    pub name: ObjectName,
    /// The profile that this variant is for; absent for the default.
    pub profile: Option<SmolStr>,
    /// What it is and where the text says so, if it has a primary statement.
    pub kind: Option<(ObjectKind, Span)>,
    /// The object. Absent for variants of other profiles and if there are errors.
    pub object: Option<Arc<Object>>,
}

/// A file of a cluster, role or network policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InfrastructureFile {
    /// What it defines.
    pub kind: InfrastructureKind,
    /// The name that the path gives it.
    pub name: SmolStr,
    /// The profile that this variant is for; absent for the default.
    pub profile: Option<SmolStr>,
    /// The definition. Absent for variants of other profiles and if there are errors.
    pub definition: Option<Arc<Infrastructure>>,
}

/// Compiles one file. The result depends on the arguments alone, so it can be kept as long as they stay the same.
pub fn compile_file(path: &str, text: &Arc<str>, context: &FileContext) -> CompiledFile {
    match layout::place(path) {
        Place::ProjectFile | Place::Ignored(None) => only(path, Contents::Nothing, Vec::new()),
        Place::Ignored(Some(reason)) => {
            let message = format_smolstr!("nothing reads `{path}`");
            let warning = Diagnostic::warning(Code::IgnoredFile, Location::file(path), message);
            only(path, Contents::Nothing, vec![warning.help(reason)])
        }
        Place::TypesLock => match read_types_lock(text) {
            Ok(lock) => only(path, Contents::TypesLock(Arc::new(lock)), Vec::new()),
            Err(diagnostics) => only(path, Contents::Nothing, diagnostics),
        },
        Place::DatabaseModifier { database } => {
            let scope = modifier::Scope { database: Ident::new(database), schema: None };
            compile_modifier(path, text, &scope, context)
        }
        Place::SchemaModifier { database, schema } => {
            let scope = modifier::Scope { database: Ident::new(database), schema: Some(Ident::new(schema)) };
            compile_modifier(path, text, &scope, context)
        }
        Place::Object { database, schema, file } => {
            if let Some(problem) = file.problem_as_object(path) {
                return only(path, Contents::Nothing, vec![problem]);
            }
            compile_object(path, text, [database, schema], file, context)
        }
        Place::Infrastructure { kind, file } => {
            if let Some(problem) = file.problem(path) {
                return only(path, Contents::Nothing, vec![problem]);
            }
            compile_infrastructure(path, text, kind, file, context)
        }
    }
}

fn only(path: &str, contents: Contents, diagnostics: Vec<Diagnostic>) -> CompiledFile {
    CompiledFile { path: path.into(), contents, diagnostics, diagnostics_if_active: Vec::new() }
}

fn finished(report: Report<'_>, contents: Contents) -> CompiledFile {
    CompiledFile {
        path: report.path.into(),
        contents,
        diagnostics: report.always,
        diagnostics_if_active: report.if_active,
    }
}

fn compile_object(
    path: &str,
    text: &Arc<str>,
    [database, schema]: [&str; 2],
    file: layout::Stem<'_>,
    context: &FileContext,
) -> CompiledFile {
    let written = object::Path {
        database: Ident::new(database),
        schema: Ident::new(schema),
        name: Ident::new(file.name),
    };
    let is_other = file.profile.is_some() && file.profile != context.profile.as_deref();
    let (mut report, statements) = read(path, text, context);
    let name = written.full_name(context);
    let mut contents = ObjectFile { name, profile: file.profile.map(Into::into), kind: None, object: None };
    if let Some(statements) = statements {
        let classified = object::classify(&mut report, &statements, &written);
        contents.kind = classified.kind(&report);
        if !is_other {
            let object = object::compile(&mut report, &classified, &written, &contents.name, context);
            contents.object = object.map(Arc::new);
        }
    }
    finished(report, Contents::Object(contents))
}

fn compile_modifier(
    path: &str,
    text: &Arc<str>,
    scope: &modifier::Scope,
    context: &FileContext,
) -> CompiledFile {
    let (mut report, statements) = read(path, text, context);
    let modifier = statements.and_then(|s| modifier::compile(&mut report, &s, scope, context));
    finished(report, Contents::Modifier(modifier.map(Arc::new)))
}

fn compile_infrastructure(
    path: &str,
    text: &Arc<str>,
    kind: InfrastructureKind,
    file: layout::Stem<'_>,
    context: &FileContext,
) -> CompiledFile {
    let (mut report, statements) = read(path, text, context);
    let is_other = file.profile.is_some() && file.profile != context.profile.as_deref();
    let definition = statements
        .and_then(|s| infrastructure::compile(&mut report, &s, kind, file.name, context))
        .filter(|_| !is_other);
    let contents = InfrastructureFile {
        kind,
        name: file.name.into(),
        profile: file.profile.map(Into::into),
        definition: definition.map(Arc::new),
    };
    finished(report, Contents::Infrastructure(contents))
}

/// The statements of a file, or none if variables have no value.
fn read<'a>(path: &'a str, text: &'a Arc<str>, context: &FileContext) -> (Report<'a>, Option<Statements>) {
    let resolution = resolve_variables(text, &context.variables);
    let missing = missing_variables(path, &resolution, context);
    let is_refused = missing.as_ref().is_some_and(Diagnostic::is_error);
    let mut report = Report::new(path, text, resolution.text);
    report.always.extend(missing);
    if is_refused {
        return (report, None);
    }
    let parsed = syntax::parse(report.text.as_str());
    let advice = syntax::advise(report.text.as_str(), &parsed.errors);
    for (error, advice) in parsed.errors.iter().zip(advice) {
        let mut problem = report.error(Code::SyntaxError, error.span, error.message.clone());
        if let Some(advice) = advice {
            problem = problem.help(advice.help);
            if let Some((span, replacement)) = advice.fix {
                problem = report.with_fix(problem, span, replacement);
            }
        }
        report.always.push(problem);
    }
    let is_complete = parsed.errors.is_empty();
    (report, Some(Statements { parsed: parsed.statements, is_complete }))
}

/// One problem for all references without a value in a file.
fn missing_variables(path: &str, resolution: &Resolution, context: &FileContext) -> Option<Diagnostic> {
    let (first, others) = resolution.unresolved.split_first()?;
    let mut names: Vec<&str> = resolution.unresolved.iter().map(|u| u.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let list = names.join("`, `:");
    let (s, have) = if names.len() == 1 { ("", "has") } else { ("s", "have") };
    let message = format_smolstr!("the variable{s} `:{list}` {have} no value");
    let location = Location::new(path, first.span);
    let mut diagnostic = if resolution.may_be_unresolved {
        Diagnostic::warning(Code::UnresolvedVariablesAllowed, location, message)
    } else {
        Diagnostic::error(Code::UnresolvedVariables, location, message)
    };
    for other in others {
        diagnostic = diagnostic.and(Location::new(path, other.span), "");
    }
    if resolution.may_be_unresolved {
        return Some(diagnostic);
    }
    let first = names.first().copied().unwrap_or_default();
    let define = match &context.variables_table {
        Some(table) => {
            format_smolstr!("give it a value in `project.toml`, in the table `[{table}]`: `{first} = \"…\"`")
        }
        None => {
            "no profile is selected: select one with `--profile <name>`, or write its name in `.mzprofile`"
                .into()
        }
    };
    let allow = format_smolstr!("or begin the file with `-- {PRAGMA}` if this isn't meant as a variable");
    Some(diagnostic.help(define).help(allow))
}

//! Secrets: where their values come from. A value itself is never looked at here, unless it is the name of a place.

use smol_str::format_smolstr;

use super::steps::companions;
use super::{Apply, ApplyPhase, declared};
use crate::ddl::definition;
use crate::diagnostic::{Code, Diagnostic};
use crate::name::ObjectName;
use crate::plan::lower::{absent, at, effect, present};
use crate::plan::model::{Effect, SecretValue, Step};
use crate::project::{Object, ObjectKind, Project};
use crate::source::{Location, Span};
use crate::syntax;
use crate::syntax::ast::Body;
use crate::syntax::token::{TokenKind, tokenize};

/// The steps of all secrets: the value of each, and the grants and comments of those that are made.
pub(super) fn steps(apply: &Apply<'_>) -> Vec<Step> {
    let secrets = apply.objects().filter(|o| ApplyPhase::of(o.kind) == Some(ApplyPhase::Secrets));
    let set = secrets.flat_map(|secret| steps_of(apply, secret));
    set.chain(declared::missing(apply, Some(ApplyPhase::Secrets))).collect()
}

fn steps_of(apply: &Apply<'_>, secret: &Object) -> Vec<Step> {
    let found = apply.observed.object(&secret.name);
    let set = effect(Effect::SetSecret {
        secret: secret.name.clone(),
        creates: found.is_none(),
        statement: definition::before_secret_value(&secret.name, found.is_none()),
        value: value(secret),
    })
    .because(at(secret, &secret.statement));
    if let Some(found) = found {
        return vec![set.requires(present("object", &secret.name, Some(&found.id)))];
    }
    let set = set.requires(absent("object", &secret.name));
    std::iter::once(set).chain(companions(secret)).collect()
}

/// The expression behind `AS` in the file of a secret, for whoever sends the statement. It must not be printed.
pub fn secret_expression<'a>(project: &'a Project, secret: &ObjectName) -> Option<&'a str> {
    let object = project.objects.get(project.position(secret)?)?;
    (object.kind == ObjectKind::Secret).then(|| expression(object)).flatten()
}

fn expression(secret: &Object) -> Option<&str> {
    let statement = secret.statement.span.slice(secret.text.as_str());
    let parsed = syntax::parse(statement).statements.into_iter().next()?;
    match parsed.body {
        Body::Secret(create) => {
            Some(Span { start: create.value.start, end: create.value.end }.slice(statement))
        }
        _ => None,
    }
}

/// An error for a call of a provider that names no place.
pub(super) fn wrong_call(secret: &Object) -> Option<Diagnostic> {
    if secret.kind != ObjectKind::Secret || !matches!(value(secret), SecretValue::File { .. }) {
        return None;
    }
    let expression = expression(secret)?;
    let (tokens, _) = tokenize(expression);
    let [name, open, ..] = tokens.as_slice() else { return None };
    let provider = ["ENV_VAR", "AWS_SECRET"].into_iter().find(|p| name.is_keyword(expression, p))?;
    if open.kind != TokenKind::LParen {
        return None;
    }
    let provider = provider.to_lowercase();
    let at = Location::new(secret.path.clone(), secret.text.to_original(secret.name_span));
    let message =
        format_smolstr!("the value of `{}` is a call of `{provider}` that it can't read", secret.name);
    let problem = Diagnostic::error(Code::InvalidValue, at, message);
    Some(problem.help(format_smolstr!("write `{provider}('…')`, with one string and nothing else")))
}

/// A call of one of the two providers with one string, as the host resolves it; anything else is the server's.
fn value(secret: &Object) -> SecretValue {
    let written = || SecretValue::File { path: secret.path.clone() };
    let Some(expression) = expression(secret) else { return written() };
    let (tokens, _) = tokenize(expression);
    let [name, open, argument, close] = tokens.as_slice() else { return written() };
    let is_call = name.kind == TokenKind::Word
        && open.kind == TokenKind::LParen
        && argument.kind == TokenKind::String
        && close.kind == TokenKind::RParen;
    let Some(argument) = argument.string(expression).filter(|_| is_call) else { return written() };
    if name.is_keyword(expression, "ENV_VAR") {
        SecretValue::EnvVar { name: argument.as_ref().into() }
    } else if name.is_keyword(expression, "AWS_SECRET") {
        SecretValue::AwsSecret { id: argument.as_ref().into() }
    } else {
        written()
    }
}

//! What was asked for on the command line: `--redeploy-schema` and `--redeploy-all`.

use smol_str::{SmolStr, format_smolstr};

use super::facts::{Facts, SchemaFacts};
use crate::diagnostic::{Code, Diagnostic, closest, did_you_mean};
use crate::input::StageOptions;
use crate::name::Ident;
use crate::source::Location;
use crate::syntax::token::{TokenKind, tokenize};

/// Which objects were asked for, and with which option (for the reason).
pub(crate) fn requested(
    facts: &Facts<'_>,
    options: &StageOptions,
) -> Result<(Vec<bool>, SmolStr), Vec<Diagnostic>> {
    let mut requested = vec![options.redeploy_all; facts.project.objects.len()];
    if options.redeploy_all {
        return Ok((requested, "--redeploy-all".into()));
    }
    let mut problems = Vec::new();
    let wanted = options.redeploy_schemas.iter().flat_map(|list| list.split(',')).map(str::trim);
    for written in wanted.clone().filter(|written| !written.is_empty()) {
        match find(facts, written) {
            Some(schema) => {
                for slot in requested.get_mut(schema.members.clone()).into_iter().flatten() {
                    *slot = true;
                }
            }
            None => problems.push(unknown_schema(facts, written)),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let wanted: Vec<&str> = wanted.filter(|w| !w.is_empty()).collect();
    Ok((requested, format_smolstr!("--redeploy-schema {}", wanted.join(","))))
}

/// The schema of the project that `database.schema` names. The database may be written with or without the suffix of
/// the profile.
fn find<'f, 'a>(facts: &'f Facts<'a>, written: &str) -> Option<&'f SchemaFacts<'a>> {
    let (database, schema) = parse(written)?;
    let suffixed = database.suffixed(&facts.project.settings.suffix).ok();
    let is_database = |name: &Option<Ident>| name.as_ref() == Some(&database) || *name == suffixed;
    facts.schemas.iter().find(|s| is_database(&s.name.database) && s.name.schema == schema)
}

fn parse(written: &str) -> Option<(Ident, Ident)> {
    let (tokens, error) = tokenize(written);
    match tokens.as_slice() {
        [database, dot, schema] if error.is_none() && dot.kind == TokenKind::Dot => {
            Some((database.ident(written)?, schema.ident(written)?))
        }
        _ => None,
    }
}

fn unknown_schema(facts: &Facts<'_>, written: &str) -> Diagnostic {
    let available: Vec<String> = facts
        .schemas
        .iter()
        .filter(|s| holds_computation(facts, s))
        .map(|s| format!("`{}`", s.name))
        .collect();
    let message = if parse(written).is_some() {
        format_smolstr!("the project has no schema `{written}` (`--redeploy-schema`)")
    } else {
        format_smolstr!("`{written}` (`--redeploy-schema`) is not `database.schema`")
    };
    let mut problem = Diagnostic::error(Code::UnknownSchema, Location::nowhere(), message);
    let names: Vec<String> = facts.schemas.iter().map(|schema| schema.name.to_string()).collect();
    if parse(written).is_some()
        && let Some(meant) = closest(written, names.iter().map(String::as_str))
    {
        problem = problem.help(did_you_mean(meant));
    }
    problem.help(format_smolstr!("schemas of the project: {}", available.join(", ")))
}

fn holds_computation(facts: &Facts<'_>, schema: &SchemaFacts<'_>) -> bool {
    let members = facts.project.objects.get(schema.members.clone()).unwrap_or_default();
    members.iter().any(|o| o.kind.is_computation())
}

//! `project.toml`.
//!
//! A profile's table stands at the top level (`[staging]`) or under `profiles` (`[profiles.staging]`); one file uses one
//! of the two. A key that nothing reads is an error, because a misspelt key would otherwise change nothing in silence.

use std::collections::BTreeMap;
use std::ops::Range;

use smol_str::{SmolStr, format_smolstr};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::model::Settings;
use super::naming;
use crate::diagnostic::{Code, Diagnostic, closest, did_you_mean, sort};
use crate::input::{Config, StrategyChoice};
use crate::name::{Ident, ObjectName, SchemaName, is_system_schema};
use crate::source::{Location, Span};
use crate::syntax::token::{TokenKind, tokenize};

/// The path of the settings in a project.
pub const PROJECT_FILE: &str = "project.toml";

pub(super) const TOP_LEVEL_KEYS: &[&str] =
    &["dependencies", "mz_version", "profiles", "shared_clusters", "strategy"];
const PROFILE_KEYS: &[&str] = &["emulator", "profile_suffix", "security", "variables"];
const SECURITY_KEYS: &[&str] = &["aws_profile"];

type Key<'a> = Spanned<std::borrow::Cow<'a, str>>;
type Value<'a> = Spanned<DeValue<'a>>;

/// Reads `project.toml` for the active profile. Every problem in it is reported, also in profiles that aren't active;
/// what is wrong is left at its default.
pub fn read_settings(text: Option<&str>, config: &Config) -> (Settings, Vec<Diagnostic>) {
    let active = active_profile(config);
    let settings = Settings { profile: active.map(Into::into), ..Settings::default() };
    let mut reader = Reader { settings, diagnostics: Vec::new() };
    match text {
        Some(text) => reader.file(text, active),
        None => reader.diagnostics.push(
            Diagnostic::error(
                Code::MissingProjectFile,
                Location::file(PROJECT_FILE),
                "there is no `project.toml`",
            )
            .help("create `project.toml` beside the directory `models`; it may be empty"),
        ),
    }
    sort(&mut reader.diagnostics);
    (reader.settings, reader.diagnostics)
}

/// The selected profile; an empty name is none.
pub(super) fn active_profile(config: &Config) -> Option<&str> {
    config.profile.as_deref().filter(|name| !name.is_empty())
}

struct Reader {
    settings: Settings,
    diagnostics: Vec<Diagnostic>,
}

impl Reader {
    fn file(&mut self, text: &str, active: Option<&str>) {
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let at = error.span().unwrap_or_default();
            self.error(Code::InvalidToml, at, format_smolstr!("{}", error.message()));
        }
        let root = root.get_ref();
        let nested = root.get("profiles").is_some_and(|profiles| profiles.get_ref().is_table());
        self.settings.variables_table = active.map(|profile| {
            let prefix = if nested { "profiles." } else { "" };
            format_smolstr!("{prefix}{profile}.variables")
        });
        if let Some(active) = active {
            let profiles = root.get("profiles").and_then(|profiles| profiles.get_ref().as_table());
            self.diagnostics.extend(unknown_profile(active, profiles.unwrap_or(root), nested));
        }
        for (key, value) in root {
            match key.get_ref().as_ref() {
                "mz_version" => self.settings.mz_version = self.string("mz_version", value),
                "dependencies" => self.dependencies(value),
                "shared_clusters" => self.shared_clusters(value),
                "strategy" => self.strategy(value),
                "profiles" => self.profiles(value, active),
                name => match value.get_ref() {
                    DeValue::Table(_) if nested => self.mixed(key, root),
                    DeValue::Table(profile) => self.profile(name, profile, active == Some(name)),
                    _ => self.unknown_key(key, TOP_LEVEL_KEYS, "at the top level of `project.toml`"),
                },
            }
        }
    }

    /// `[profiles.…]`
    fn profiles(&mut self, value: &Value<'_>, active: Option<&str>) {
        let Some(profiles) = self.table("profiles", value) else { return };
        for (name, profile) in profiles {
            match profile.get_ref() {
                DeValue::Table(profile) => {
                    let name = name.get_ref().as_ref();
                    self.profile(name, profile, active == Some(name));
                }
                _ => self.unknown_key(name, &[], "in `[profiles]`, which holds one table for each profile"),
            }
        }
    }

    fn mixed(&mut self, key: &Key<'_>, root: &DeTable<'_>) {
        let name = key.get_ref();
        let message = format_smolstr!("the profile `{name}` stands beside `[profiles]`, not in it");
        let mut diagnostic = at(Code::MixedProfileTables, key.span(), message)
            .help(format_smolstr!("write `[profiles.{name}]`, or move every profile to the top level"));
        if let Some((profiles, _)) = root.get_key_value("profiles") {
            diagnostic = diagnostic.and(location(profiles.span()), "other profiles are here");
        }
        self.diagnostics.push(diagnostic);
    }

    fn profile(&mut self, name: &str, profile: &DeTable<'_>, active: bool) {
        let place = format_smolstr!("in the profile `{name}`");
        for (key, value) in profile {
            match key.get_ref().as_ref() {
                "profile_suffix" => {
                    let suffix = self.string("profile_suffix", value).unwrap_or_default();
                    if let Err(reason) = naming::check_suffix(&suffix) {
                        let message = format_smolstr!("`{suffix}` can't be the end of a name: {reason}");
                        self.error(Code::InvalidValue, value.span(), message);
                    } else if active {
                        self.settings.suffix = suffix;
                    }
                }
                "variables" => {
                    let variables = self.variables(value);
                    if active {
                        self.settings.variables = variables;
                    }
                }
                "security" => {
                    let aws_profile = self.security(value, &place);
                    if active {
                        self.settings.aws_profile = aws_profile;
                    }
                }
                "emulator" => {
                    let emulator = self.boolean("emulator", value);
                    if active {
                        self.settings.emulator = emulator;
                    }
                }
                _ => self.unknown_profile_key(name, key, value, &place),
            }
        }
    }

    /// `[profile.staging]` reads as a key `staging` of a profile `profile`, so this says what was probably meant.
    fn unknown_profile_key(&mut self, profile: &str, key: &Key<'_>, value: &Value<'_>, place: &str) {
        self.unknown_key(key, PROFILE_KEYS, place);
        if value.get_ref().is_table()
            && closest(profile, ["profiles"]).is_some()
            && let Some(diagnostic) = self.diagnostics.last_mut()
        {
            diagnostic.help = vec![did_you_mean(format_args!("[profiles.{}]", key.get_ref()))];
        }
    }

    fn variables(&mut self, value: &Value<'_>) -> BTreeMap<SmolStr, SmolStr> {
        let Some(table) = self.table("variables", value) else { return BTreeMap::new() };
        let mut variables = BTreeMap::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if let Some(text) = self.string(name, value) {
                variables.insert(name.into(), text);
            }
        }
        variables
    }

    fn security(&mut self, value: &Value<'_>, place: &str) -> Option<SmolStr> {
        let table = self.table("security", value)?;
        let mut aws_profile = None;
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "aws_profile" => aws_profile = self.string("aws_profile", value),
                _ => self.unknown_key(key, SECURITY_KEYS, &format_smolstr!("in `security` {place}")),
            }
        }
        aws_profile
    }

    fn strategy(&mut self, value: &Value<'_>) {
        let Some(text) = self.string("strategy", value) else { return };
        self.settings.strategy = match text.as_str() {
            "swap" => StrategyChoice::Swap,
            "rename" => StrategyChoice::Rename,
            "auto" => StrategyChoice::Auto,
            other => {
                self.diagnostics.push(
                    at(Code::InvalidValue, value.span(), format_smolstr!("there is no strategy `{other}`"))
                        .help("use `swap`, `rename` or `auto`"),
                );
                return;
            }
        };
    }

    fn shared_clusters(&mut self, value: &Value<'_>) {
        for (text, range) in self.strings("shared_clusters", value) {
            if let Some([cluster]) = sql_name(&text).as_deref() {
                let span = Span::new(range.start, range.end);
                self.settings.shared_clusters.insert(cluster.clone(), span);
            } else {
                self.diagnostics.push(
                    at(Code::InvalidValue, range, format_smolstr!("`{text}` isn't the name of a cluster"))
                        .help("write a name as in SQL: in double quotes if it has upper case or special characters"),
                );
            }
        }
    }

    fn dependencies(&mut self, value: &Value<'_>) {
        for (text, range) in self.strings("dependencies", value) {
            let span = Span::new(range.start, range.end);
            let Some(name) = dependency(&text) else {
                self.diagnostics.push(invalid_dependency(&text, range));
                continue;
            };
            if let Some(first) = self.settings.dependencies.get(&name) {
                let first = Location::new(PROJECT_FILE, *first);
                self.diagnostics.push(
                    at(Code::DuplicateDependency, range, format_smolstr!("`{name}` is declared twice"))
                        .and(first, "first here")
                        .help("remove one of the two"),
                );
            } else {
                self.settings.dependencies.insert(name, span);
            }
        }
    }

    fn strings(&mut self, key: &str, value: &Value<'_>) -> Vec<(SmolStr, Range<usize>)> {
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type(key, value, "an array of strings");
            return Vec::new();
        };
        let mut strings = Vec::with_capacity(items.len());
        for item in items {
            if let DeValue::String(text) = item.get_ref() {
                strings.push((text.as_ref().into(), item.span()));
            } else {
                let found = with_article(item.get_ref().type_str());
                let message = format_smolstr!("`{key}` holds {found}, not only strings");
                self.error(Code::InvalidValue, item.span(), message);
            }
        }
        strings
    }

    fn string(&mut self, key: &str, value: &Value<'_>) -> Option<SmolStr> {
        if let DeValue::String(text) = value.get_ref() {
            return Some(text.as_ref().into());
        }
        self.wrong_type(key, value, "a string");
        None
    }

    fn boolean(&mut self, key: &str, value: &Value<'_>) -> bool {
        if let DeValue::Boolean(value) = value.get_ref() {
            return *value;
        }
        self.wrong_type(key, value, "`true` or `false`");
        false
    }

    fn table<'a>(&mut self, key: &str, value: &'a Value<'_>) -> Option<&'a DeTable<'a>> {
        if let DeValue::Table(table) = value.get_ref() {
            return Some(table);
        }
        self.wrong_type(key, value, "a table");
        None
    }

    fn wrong_type(&mut self, key: &str, value: &Value<'_>, expected: &str) {
        let found = with_article(value.get_ref().type_str());
        let message = format_smolstr!("`{key}` is {found}, not {expected}");
        self.error(Code::InvalidValue, value.span(), message);
    }

    fn unknown_key(&mut self, key: &Key<'_>, known: &[&str], place: &str) {
        let name = key.get_ref();
        let diagnostic = at(Code::UnknownKey, key.span(), format_smolstr!("unknown key `{name}` {place}"));
        self.diagnostics.push(match closest(name, known.iter().copied()) {
            Some(meant) => {
                let fix = location(key.span());
                diagnostic.help(did_you_mean(meant)).fix(fix, meant)
            }
            None if known.is_empty() => diagnostic,
            None => diagnostic.help(format_smolstr!("keys that may stand here: `{}`", known.join("`, `"))),
        });
    }

    fn error(&mut self, code: Code, range: Range<usize>, message: SmolStr) {
        self.diagnostics.push(at(code, range, message));
    }
}

/// A warning if `profiles` holds tables, and none for the active profile: a mistyped name would select the settings of
/// no profile, which are often those of production.
fn unknown_profile(active: &str, profiles: &DeTable<'_>, nested: bool) -> Option<Diagnostic> {
    let is_profile = |key: &&str| nested || !TOP_LEVEL_KEYS.contains(key);
    let tables = profiles.iter().filter(|(_, value)| value.get_ref().is_table());
    let known: Vec<&str> = tables.map(|(key, _)| key.get_ref().as_ref()).filter(is_profile).collect();
    if known.is_empty() || known.contains(&active) {
        return None;
    }
    let message = format_smolstr!("the profile `{active}` has no table in `{PROJECT_FILE}`, others have one");
    let warning = Diagnostic::warning(Code::UnknownProfile, Location::file(PROJECT_FILE), message);
    let warning = match closest(active, known.iter().copied()) {
        Some(meant) => warning.help(did_you_mean(meant)),
        None => warning.help(format_smolstr!("profiles with a table: `{}`", known.join("`, `"))),
    };
    let prefix = if nested { "profiles." } else { "" };
    Some(warning.help(format_smolstr!("add `[{prefix}{active}]` if nothing is different in this profile")))
}

fn with_article(noun: &str) -> SmolStr {
    let article = if noun.starts_with(['a', 'i']) { "an" } else { "a" };
    format_smolstr!("{article} {noun}")
}

fn location(range: Range<usize>) -> Location {
    Location::new(PROJECT_FILE, Span::new(range.start, range.end))
}

fn at(code: Code, range: Range<usize>, message: SmolStr) -> Diagnostic {
    Diagnostic::error(code, location(range), message)
}

/// `database.schema.object`, or `schema.object` for a system schema.
fn dependency(text: &str) -> Option<ObjectName> {
    match sql_name(text)?.as_slice() {
        [database, schema, name] => {
            Some(SchemaName::new(database.clone(), schema.clone()).object(name.clone()))
        }
        [schema, name] if is_system_schema(schema.as_str()) => {
            Some(SchemaName::system(schema.clone()).object(name.clone()))
        }
        _ => None,
    }
}

fn invalid_dependency(text: &str, range: Range<usize>) -> Diagnostic {
    let parts = sql_name(text);
    let message = match parts.as_deref() {
        Some([schema, _]) => {
            format_smolstr!("`{text}` names no database, and `{schema}` is no system schema")
        }
        Some(parts) => {
            let s = if parts.len() == 1 { "" } else { "s" };
            format_smolstr!("`{text}` has {} part{s}, not the three of a full name", parts.len())
        }
        None => format_smolstr!("`{text}` isn't the name of an object"),
    };
    at(Code::InvalidDependency, range, message)
        .help("write `database.schema.object`, or `schema.object` for a system schema such as `mz_catalog`")
        .help("a part with upper case, special characters or a reserved word stands in double quotes")
}

/// The parts of a name, written as in SQL.
pub(super) fn sql_name(text: &str) -> Option<Vec<Ident>> {
    let (tokens, error) = tokenize(text);
    if error.is_some() || tokens.len() % 2 == 0 {
        return None;
    }
    let mut parts = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if index % 2 == 0 {
            parts.push(token.ident(text)?);
        } else if token.kind != TokenKind::Dot {
            return None;
        }
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, profile: Option<&str>) -> (Settings, Vec<Diagnostic>) {
        read_settings(Some(text), &Config { profile: profile.map(Into::into) })
    }

    #[test]
    fn both_shapes_of_profile_tables_say_the_same() {
        let nested = "[profiles.staging]\nprofile_suffix = '_s'\n[profiles.staging.variables]\na = 'b'\n[profiles.prod]\n";
        let flat = "[staging]\nprofile_suffix = '_s'\nemulator = true\n[staging.variables]\na = 'b'\n";
        for text in [nested, flat] {
            let (settings, diagnostics) = read(text, Some("staging"));
            assert_eq!(diagnostics, []);
            assert_eq!(settings.suffix, "_s");
            assert_eq!(settings.variables, BTreeMap::from([("a".into(), "b".into())]));
            let (settings, _) = read(text, Some("prod"));
            assert_eq!((settings.suffix.as_str(), settings.variables.len()), ("", 0));
        }
    }

    #[test]
    fn dependencies_are_sql_names() {
        let text = r#"dependencies = ["a.b.c", 'materialize.public."select"', "MZ_Catalog.mz_objects"]"#;
        let (settings, diagnostics) = read(text, None);
        assert_eq!(diagnostics, []);
        let names: Vec<String> = settings.dependencies.keys().map(ToString::to_string).collect();
        assert_eq!(names, ["mz_catalog.mz_objects", "a.b.c", "materialize.public.\"select\""]);
    }

    #[test]
    fn our_own_keys_choose_a_strategy_and_name_shared_clusters() {
        let text = "strategy = 'auto'\nshared_clusters = ['quickstart', '\"Big\"']";
        let (settings, diagnostics) = read(text, None);
        assert_eq!(diagnostics, []);
        assert_eq!(settings.strategy, StrategyChoice::Auto);
        let clusters: Vec<_> = settings.shared_clusters.keys().map(Ident::as_str).collect();
        assert_eq!(clusters, ["Big", "quickstart"]);
    }

    #[test]
    fn several_problems_are_reported_in_one_run() {
        let text = "mz-version = '1'\ndependencies = ['a.b', 'a.b.c', 'a.b.c', 3]\nstrategy = 'fast'\n[staging]\nprofile_sufix = '_s'\nvariables = 1\n";
        let (_, diagnostics) = read(text, None);
        let codes: Vec<_> = diagnostics.iter().map(|d| d.code).collect();
        assert_eq!(
            codes,
            [
                Code::UnknownKey,
                Code::InvalidDependency,
                Code::DuplicateDependency,
                Code::InvalidValue,
                Code::InvalidValue,
                Code::UnknownKey,
                Code::InvalidValue,
            ]
        );
    }
}

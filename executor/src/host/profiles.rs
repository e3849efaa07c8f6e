//! `profiles.toml`: how to connect, kept apart from the project and out of version control.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mz_deploy_planner::diagnostic::{closest, did_you_mean};
use mz_deploy_planner::source::{LineIndex, to_offset};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::failure::{Failure, FailureCode};
use super::period;
use crate::db::{Secret, Target, TlsMode};

/// The name of the file.
const FILE: &str = "profiles.toml";
/// The directory that it is in, below the user's home.
const DIRECTORY: &str = ".mz";
/// The profile that needs no file: a server of one's own, as it is after its start.
const EMULATOR: &str = "emulator";
const DEFAULT_PORT: u16 = 6875;
/// `http_host` is for the HTTP API, which nothing here uses.
const KEYS: &[&str] = &[
    "host",
    "http_host",
    "options",
    "password",
    "port",
    "sslmode",
    "sslrootcert",
    "statement_timeout",
    "username",
];

/// A variable of the environment, by its name.
pub type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The file with its text.
#[derive(Debug)]
pub struct Profiles {
    path: PathBuf,
    /// Absent if there is no such file.
    text: Option<String>,
}

impl Profiles {
    /// Reads `profiles.toml` in `directory`, or in `~/.mz`. No such file is as good as an empty one until a profile is
    /// looked for in it.
    pub fn read(directory: Option<&Path>) -> Result<Self, Failure> {
        let directory = match directory {
            Some(directory) => directory.to_owned(),
            None => std::env::home_dir()
                .ok_or_else(|| {
                    Failure::with_help(
                        "your home directory is unknown, so there is no `~/.mz/profiles.toml`",
                        "name the directory of `profiles.toml` with `--profiles-dir`",
                    )
                })?
                .join(DIRECTORY),
        };
        let path = directory.join(FILE);
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Self { path, text: Some(text) }),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                Ok(Self { path, text: None })
            }
            Err(error) => Err(Failure::io("read", &path, &error)),
        }
    }

    /// Where the file is, or would be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names of all profiles, sorted, the built-in one included.
    pub fn names(&self) -> Result<Vec<String>, Failure> {
        let mut names = vec![EMULATOR.to_owned()];
        if let Some(text) = &self.text {
            let table = self.table(text)?;
            names.extend(table.get_ref().keys().map(|name| name.get_ref().to_string()));
        }
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// Fails if there is no such profile. What it says isn't looked at.
    pub fn find(&self, name: &str) -> Result<(), Failure> {
        if self.names()?.iter().any(|known| known == name) { Ok(()) } else { Err(self.unknown(name)) }
    }

    /// Where the profile connects to. Passwords come from the file or from `variables`.
    pub fn target(&self, name: &str, variables: Variables<'_>) -> Result<Target, Failure> {
        let found = match &self.text {
            Some(text) => {
                let table = self.table(text)?;
                let found = table.get_ref().iter().find(|(key, _)| key.get_ref() == name);
                found.map(|(_, value)| self.profile(text, name, value, variables)).transpose()?
            }
            None => None,
        };
        match found {
            Some(target) => Ok(target),
            None if name == EMULATOR => {
                let mut target = Target::new("localhost", DEFAULT_PORT, "materialize");
                target.password = overriding_password(name, variables);
                Ok(target)
            }
            None => Err(self.unknown(name)),
        }
    }

    fn table<'t>(&self, text: &'t str) -> Result<Spanned<DeTable<'t>>, Failure> {
        DeTable::parse(text).map_err(|error| {
            let at = self.place(text, error.span().unwrap_or_default());
            Failure::new(format!("{at}: {}", error.message()))
        })
    }

    fn unknown(&self, name: &str) -> Failure {
        let path = self.path.display();
        if self.text.is_none() {
            let message =
                format!("there is no `{path}`, so profile `{name}` says nothing about where to connect");
            return Failure::coded(FailureCode::UnknownProfile, message)
                .help(format!("write it: `[{name}]`, and below that `host = \"…\"` and `username = \"…\"`"));
        }
        let names = self.names().unwrap_or_default();
        let help = match closest(name, names.iter().map(String::as_str)) {
            Some(meant) => did_you_mean(meant).to_string(),
            None => format!("it has {}", quoted(names.iter().map(String::as_str))),
        };
        let message = format!("`{path}` has no profile `{name}`");
        Failure::coded(FailureCode::UnknownProfile, message).help(help)
    }

    /// `path:line:column` of something in the text.
    fn place(&self, text: &str, at: Range<usize>) -> String {
        let position = LineIndex::new(text).position(to_offset(at.start));
        format!("{}:{}:{}", self.path.display(), position.line + 1, position.column + 1)
    }

    fn profile(
        &self,
        text: &str,
        name: &str,
        value: &Spanned<DeValue<'_>>,
        variables: Variables<'_>,
    ) -> Result<Target, Failure> {
        let profile = Profile { file: self, text, name };
        let Some(table) = value.get_ref().as_table() else {
            let found = value.get_ref().type_str();
            return Err(
                profile.wrong(value.span(), &format!("it is of type {found}, not a table `[{name}]`"))
            );
        };
        profile.check_keys(table)?;
        let required = |key: &str| {
            profile.string(table, key)?.ok_or_else(|| {
                Failure::with_help(
                    format!("{}: profile `{name}` has no `{key}`", self.place(text, value.span())),
                    format!("add `{key} = \"…\"`"),
                )
            })
        };
        let mut target = Target::new(required("host")?, profile.port(table)?, required("username")?);
        target.root_certificates = profile.string(table, "sslrootcert")?.map(|path| self.beside(&path));
        if let Some(mode) = profile.tls_mode(table)? {
            target.tls = mode;
        } else if target.root_certificates.is_some() {
            // Whoever names authorities wants them to be asked, also of this machine.
            target.tls = TlsMode::VerifyFull;
        }
        target.options = profile.options(table)?;
        target.statement_timeout = profile.statement_timeout(table)?;
        target.password = profile.password(table, variables)?;
        Ok(target)
    }

    /// A path that the file names: relative to the file, or to the home directory.
    fn beside(&self, path: &str) -> PathBuf {
        let home = path.strip_prefix("~/").and_then(|rest| Some(std::env::home_dir()?.join(rest)));
        home.unwrap_or_else(|| self.path.parent().unwrap_or(Path::new("")).join(path))
    }
}

/// A profile that is being read.
struct Profile<'a> {
    file: &'a Profiles,
    text: &'a str,
    name: &'a str,
}

impl Profile<'_> {
    fn wrong(&self, at: Range<usize>, what: &str) -> Failure {
        Failure::new(format!("{}: profile `{}`: {what}", self.file.place(self.text, at), self.name))
    }

    /// Keys that nothing reads are let be, as other programs may read them, but not where they look like slips: a misspelt
    /// `sslmode` would change nothing in silence.
    fn check_keys(&self, table: &DeTable<'_>) -> Result<(), Failure> {
        for key in table.keys() {
            let name = key.get_ref();
            if KEYS.contains(&name.as_ref()) {
                continue;
            }
            if let Some(meant) = closest(name, KEYS.iter().copied()) {
                let message = format!(
                    "{}: profile `{}` has an unknown key `{name}`",
                    self.file.place(self.text, key.span()),
                    self.name
                );
                return Err(Failure::with_help(message, did_you_mean(meant)));
            }
        }
        Ok(())
    }

    fn string(&self, table: &DeTable<'_>, key: &str) -> Result<Option<String>, Failure> {
        let Some(value) = table.get(key) else { return Ok(None) };
        let found = value.get_ref();
        let text = found.as_str().map(str::to_owned).ok_or_else(|| {
            let what = format!("`{key}` is of type {}, not a string", found.type_str());
            self.wrong(value.span(), &what)
        })?;
        Ok(Some(text))
    }

    fn tls_mode(&self, table: &DeTable<'_>) -> Result<Option<TlsMode>, Failure> {
        let Some(name) = self.string(table, "sslmode")? else { return Ok(None) };
        let mode = TlsMode::named(&name).ok_or_else(|| {
            let modes = quoted(TlsMode::NAMES.iter().map(|(_, name)| *name));
            let what = format!("`sslmode` is `{name}`, which is none of {modes}");
            self.wrong(span(table, "sslmode"), &what)
        })?;
        Ok(Some(mode))
    }

    fn port(&self, table: &DeTable<'_>) -> Result<u16, Failure> {
        let Some(value) = table.get("port") else { return Ok(DEFAULT_PORT) };
        let number = value.get_ref().as_integer();
        let number = number.and_then(|n| u16::from_str_radix(n.as_str(), n.radix()).ok());
        number
            .filter(|port| *port > 0)
            .ok_or_else(|| self.wrong(value.span(), "`port` is no number from 1 to 65535"))
    }

    /// A number of seconds, or a text like `90s` and `5m`. The server takes any other form in `options`.
    fn statement_timeout(&self, table: &DeTable<'_>) -> Result<Option<Duration>, Failure> {
        let Some(value) = table.get("statement_timeout") else { return Ok(None) };
        let text = match (value.get_ref().as_str(), value.get_ref().as_integer()) {
            (Some(text), _) => text.to_owned(),
            (None, Some(number)) => number.as_str().to_owned(),
            (None, None) => String::new(),
        };
        let wrong = |why: String| self.wrong(value.span(), &format!("`statement_timeout`: {why}"));
        period::parse(&text).map(Some).map_err(wrong)
    }

    fn options(&self, table: &DeTable<'_>) -> Result<BTreeMap<String, String>, Failure> {
        let Some(value) = table.get("options") else { return Ok(BTreeMap::new()) };
        let Some(options) = value.get_ref().as_table() else {
            return Err(self.wrong(value.span(), "`options` is no table of session variables"));
        };
        let mut read = BTreeMap::new();
        for (key, value) in options {
            let name = key.get_ref();
            if !is_variable(name) {
                let what = format!("`{name}` in `options` is not the name of a session variable");
                return Err(self.wrong(key.span(), &what));
            }
            let Some(text) = value.get_ref().as_str() else {
                let found = value.get_ref().type_str();
                let what = format!("`{name}` in `options` is of type {found}, not a string");
                return Err(self.wrong(value.span(), &what));
            };
            read.insert(name.to_string(), text.to_owned());
        }
        Ok(read)
    }

    fn password(&self, table: &DeTable<'_>, variables: Variables<'_>) -> Result<Option<Secret>, Failure> {
        // What is written is checked even where the environment has the last word; a variable that it names isn't needed then.
        let written = self.string(table, "password")?;
        if let Some(password) = overriding_password(self.name, variables) {
            return Ok(Some(password));
        }
        let Some(written) = written else { return Ok(None) };
        let Some(variable) = written.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) else {
            return Ok(Some(Secret::new(written)));
        };
        let password = variables(variable).ok_or_else(|| {
            let what = format!("`password` is the variable `{variable}`, which is not set");
            self.wrong(span(table, "password"), &what)
        })?;
        Ok(Some(Secret::new(password)))
    }
}

/// The password that the environment has for a profile, whatever its file says.
fn overriding_password(profile: &str, variables: Variables<'_>) -> Option<Secret> {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    let name: String = profile.chars().map(letter).collect();
    variables(&format!("MZ_PROFILE_{name}_PASSWORD")).map(Secret::new)
}

fn span(table: &DeTable<'_>, key: &str) -> Range<usize> {
    table.get(key).map(Spanned::span).unwrap_or_default()
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profiles(text: &str) -> Profiles {
        Profiles { path: PathBuf::from("p/profiles.toml"), text: Some(text.to_owned()) }
    }

    fn nothing(_: &str) -> Option<String> {
        None
    }

    fn message(failure: Failure) -> String {
        match failure {
            Failure::Refused { message, help, .. } => {
                [Some(message), help].into_iter().flatten().collect::<Vec<_>>().join("; ")
            }
            other => format!("{other:?}"),
        }
    }

    fn problem(text: &str) -> String {
        profiles(text).target("prod", &nothing).map_or_else(message, |target| format!("{target:?}"))
    }

    #[test]
    fn a_profile_says_where_and_as_whom() {
        let text = "[prod]\nhost = 'db.example.com'\nport = 7000\nusername = 'ci'\nsslmode = 'verify-ca'\n\
                    sslrootcert = 'ca.pem'\nregion = 'x'\n[prod.options]\ncluster = 'c'\n";
        let target = profiles(text).target("prod", &nothing).expect("a profile");
        assert_eq!(target.address(), "db.example.com:7000");
        assert_eq!(target.user, "ci");
        assert_eq!(target.tls, TlsMode::VerifyCa);
        assert_eq!(target.root_certificates.as_deref(), Some(Path::new("p/ca.pem")));
        assert_eq!(target.options.get("cluster").map(String::as_str), Some("c"));
        assert!(target.password.is_none());
    }

    #[test]
    fn a_host_elsewhere_has_to_prove_itself_unless_the_profile_says_otherwise() {
        let target = |host: &str| {
            profiles(&format!("[prod]\nhost = '{host}'\nusername = 'ci'\n"))
                .target("prod", &nothing)
                .expect("fine")
                .tls
        };
        assert_eq!(target("db.example.com"), TlsMode::VerifyFull);
        assert_eq!(target("localhost"), TlsMode::Prefer);
        let text = "[prod]\nhost = 'localhost'\nusername = 'ci'\nsslrootcert = 'ca.pem'\n";
        let target = profiles(text).target("prod", &nothing).expect("fine");
        assert_eq!(target.tls, TlsMode::VerifyFull, "authorities are named to be asked");
    }

    #[test]
    fn the_emulator_needs_no_file_and_gives_way_to_one() {
        let none = Profiles { path: PathBuf::from("profiles.toml"), text: None };
        assert_eq!(none.target("emulator", &nothing).expect("built in").address(), "localhost:6875");
        let own = profiles("[emulator]\nhost = 'elsewhere'\nusername = 'me'\n");
        assert_eq!(own.target("emulator", &nothing).expect("own").address(), "elsewhere:6875");
        assert_eq!(own.names().expect("names"), ["emulator"]);
        assert!(
            message(none.target("prod", &nothing).expect_err("none"))
                .starts_with("there is no `profiles.toml`")
        );
    }

    #[test]
    fn passwords_come_from_the_file_a_variable_of_it_or_the_environment() {
        let password = |written: &str, variables: Variables<'_>| {
            let text = format!("[my-prod]\nhost = 'h'\nusername = 'u'\n{written}\n");
            let target = profiles(&text).target("my-prod", variables);
            target.map(|target| target.password.map(|password| password.expose().to_owned())).map_err(message)
        };
        let set = |name: &str| (name == "PW").then(|| "from PW".to_owned());
        let over = |name: &str| (name == "MZ_PROFILE_MY_PROD_PASSWORD").then(|| "over".to_owned());
        assert_eq!(password("password = 'plain'", &nothing), Ok(Some("plain".to_owned())));
        assert_eq!(password("password = '${PW}'", &set), Ok(Some("from PW".to_owned())));
        assert_eq!(password("password = 'a${PW}'", &set), Ok(Some("a${PW}".to_owned())));
        assert_eq!(password("password = '${PW}'", &over), Ok(Some("over".to_owned())));
        assert_eq!(password("", &over), Ok(Some("over".to_owned())));
        assert_eq!(
            password("password = '${PW}'", &nothing),
            Err("p/profiles.toml:4:12: profile `my-prod`: `password` is the variable `PW`, which is not set"
                .to_owned())
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let head = "[prod]\nhost = 'h'\nusername = 'u'\n";
        for (text, expected) in [
            (
                "[prod]\nusername = 'u'",
                "p/profiles.toml:1:1: profile `prod` has no `host`; add `host = \"…\"`",
            ),
            (
                "[prod]\nhost = 'h'",
                "p/profiles.toml:1:1: profile `prod` has no `username`; add `username = \"…\"`",
            ),
            (
                &format!("{head}port = 0"),
                "p/profiles.toml:4:8: profile `prod`: `port` is no number from 1 to 65535",
            ),
            (
                &format!("{head}port = 'x'"),
                "p/profiles.toml:4:8: profile `prod`: `port` is no number from 1 to 65535",
            ),
            (
                &format!("{head}sslmode = 'on'"),
                "p/profiles.toml:4:11: profile `prod`: `sslmode` is `on`, which is none of `disable`, `prefer`, `require`, `verify-ca`, `verify-full`",
            ),
            (
                &format!("{head}ssl_mode = 'disable'"),
                "p/profiles.toml:4:1: profile `prod` has an unknown key `ssl_mode`; did you mean `sslmode`?",
            ),
            (
                &format!("{head}password = 7"),
                "p/profiles.toml:4:12: profile `prod`: `password` is of type integer, not a string",
            ),
            (
                &format!("{head}options = {{ 'a b' = 'x' }}"),
                "p/profiles.toml:4:13: profile `prod`: `a b` in `options` is not the name of a session variable",
            ),
            ("[pord]\nhost = 'h'", "`p/profiles.toml` has no profile `prod`; did you mean `pord`?"),
            ("prod = 1", "p/profiles.toml:1:8: profile `prod`: it is of type integer, not a table `[prod]`"),
        ] {
            assert_eq!(problem(text), expected);
        }
        assert!(problem("[prod").starts_with("p/profiles.toml:1:6: "), "{}", problem("[prod"));
    }

    #[test]
    fn a_limit_of_queries_is_a_duration() {
        let limit = |value: &str| {
            let text = format!("[prod]\nhost = 'h'\nusername = 'u'\nstatement_timeout = {value}\n");
            profiles(&text).target("prod", &nothing).map(|target| target.statement_timeout)
        };
        assert_eq!(limit("90").ok().flatten(), Some(Duration::from_secs(90)));
        assert_eq!(limit("'1m30s'").ok().flatten(), Some(Duration::from_secs(90)));
        for wrong in ["'soon'", "true", "''"] {
            let said = message(limit(wrong).expect_err("it is no duration"));
            assert!(
                said.starts_with("p/profiles.toml:4:21: profile `prod`: `statement_timeout`: "),
                "{said}"
            );
        }
    }
}

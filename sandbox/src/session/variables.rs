//! The variables of a session through its transactions: a `SET` holds when its transaction commits, a `SET LOCAL` no
//! longer than that.

use std::collections::BTreeMap;
use std::time::Duration;

use mz_deploy_planner::name::Ident;

use super::definitions::{Definition, SESSION, find, find_system};
use super::value::{Kind, normalize, parse_identifiers, parse_microseconds};
use crate::error::{Severity, SqlError, SqlState};

type Values = BTreeMap<&'static str, String>;

/// The variables of a session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variables {
    role_defaults: Values,
    /// What the client asked for when it connected. `RESET` goes back to it, or to the default of the role.
    defaults: Values,
    session: Values,
    /// Set by the open transaction.
    staged: Values,
    /// Set by the open transaction for itself alone.
    local: Values,
}

/// A value that the client must be told: name and value.
pub(crate) type Report = (String, String);

impl Variables {
    /// The value of a variable, as `SHOW` gives it.
    pub(crate) fn value(&self, variable: &'static Definition) -> &str {
        let layers = [&self.local, &self.staged, &self.session, &self.defaults, &self.role_defaults];
        layers.iter().find_map(|layer| layer.get(variable.name)).map_or(variable.default, String::as_str)
    }

    /// The value of one of [`SESSION`].
    fn known(&self, name: &str) -> &str {
        find(name).map_or("", |variable| self.value(variable))
    }

    /// A default of this session: given by the client when it connects, or by its role.
    pub(crate) fn set_default(&mut self, name: &str, text: &str) -> Result<(), SqlError> {
        let variable = find(name).ok_or_else(|| unknown(name))?;
        let values = match variable.kind {
            Kind::Identifiers => parse_identifiers(text),
            _ => vec![text.to_owned()],
        };
        let value = normalize(variable, &values)?;
        self.defaults.insert(variable.name, value);
        Ok(())
    }

    /// A default that the role has. What the client asks for itself goes before it.
    pub(crate) fn set_role_default(&mut self, name: &str, values: &[String]) {
        // A variable may have been renamed since the role was given a default for it.
        if let Some(variable) = find(name)
            && let Ok(value) = normalize(variable, values)
        {
            self.role_defaults.insert(variable.name, value);
        }
    }

    /// True if the value is the one that the role has.
    pub(crate) fn is_role_default(&self, name: &str) -> bool {
        let elsewhere = [&self.local, &self.staged, &self.session, &self.defaults];
        self.role_defaults.contains_key(name) && !elsewhere.iter().any(|layer| layer.contains_key(name))
    }

    /// `SET [LOCAL] name = values`; none is `DEFAULT` and `RESET`.
    pub(crate) fn set(
        &mut self,
        name: &str,
        values: Option<&[String]>,
        local: bool,
    ) -> Result<&'static Definition, SqlError> {
        let variable = find(name).ok_or_else(|| unknown(name))?;
        let value = match values {
            Some(values) => normalize(variable, values)?,
            None if variable.kind == Kind::ReadOnly => normalize(variable, &[variable.default.to_owned()])?,
            None => {
                let layers = [&self.defaults, &self.role_defaults];
                let default = layers.iter().find_map(|layer| layer.get(variable.name));
                default.cloned().unwrap_or_else(|| variable.default.to_owned())
            }
        };
        if local {
            self.local.insert(variable.name, value);
        } else {
            self.local.remove(variable.name);
            self.staged.insert(variable.name, value);
        }
        Ok(variable)
    }

    /// What `SET` of `name` reports. The server looks the name up as it is written: `TimeZone` is not reported when it
    /// is set as `timezone`.
    pub(crate) fn report(&self, variable: &'static Definition, written: &str) -> Option<Report> {
        let alias = written == "schema";
        (variable.reported && (alias || variable.name == written))
            .then(|| (variable.name.to_owned(), self.value(variable).to_owned()))
    }

    /// What the client is told when it connects.
    pub(crate) fn reports(&self) -> Vec<Report> {
        SESSION
            .iter()
            .filter(|variable| variable.reported)
            .map(|variable| (variable.name.to_owned(), self.value(variable).to_owned()))
            .collect()
    }

    /// The end of a transaction. Returns the reported variables whose values are other ones now.
    pub(crate) fn end_transaction(&mut self, commit: bool) -> Vec<Report> {
        if self.staged.is_empty() && self.local.is_empty() {
            return Vec::new();
        }
        let before = self.reports();
        let staged = std::mem::take(&mut self.staged);
        self.local.clear();
        if commit {
            self.session.extend(staged);
        }
        let after = self.reports();
        let changed = before.into_iter().zip(after).filter(|(before, after)| before != after);
        changed.map(|(_, after)| after).collect()
    }

    /// `DISCARD ALL`: everything is as it was when the client connected.
    pub(crate) fn discard(&mut self) {
        self.session.clear();
        self.staged.clear();
        self.local.clear();
    }

    /// `SHOW ALL`: names, values, descriptions.
    pub(crate) fn all(&self) -> impl Iterator<Item = [&str; 3]> {
        SESSION.iter().map(|variable| [variable.name, self.value(variable), variable.description])
    }

    /// Every value by the name of its variable, in lower case.
    pub(crate) fn by_name(&self) -> BTreeMap<String, String> {
        let values =
            SESSION.iter().map(|variable| (variable.name.to_ascii_lowercase(), self.value(variable)));
        values.map(|(name, value)| (name, value.to_owned())).collect()
    }

    /// `SHOW name`.
    pub(crate) fn show(&self, name: &str) -> Result<&str, SqlError> {
        match find(name).or_else(|| find_system(name)) {
            Some(variable) => Ok(self.value(variable)),
            None => Err(unknown(name)),
        }
    }

    pub(crate) fn database(&self) -> Ident {
        Ident::new(self.known("database"))
    }

    pub(crate) fn cluster(&self) -> Ident {
        Ident::new(self.known("cluster"))
    }

    pub(crate) fn search_path(&self) -> Vec<Ident> {
        parse_identifiers(self.known("search_path")).into_iter().map(Ident::new).collect()
    }

    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.known(name) == "on"
    }

    /// `statement_timeout`; `None` is no limit.
    pub(crate) fn statement_timeout(&self) -> Option<Duration> {
        self.duration("statement_timeout")
    }

    /// `idle_in_transaction_session_timeout`; `None` is no limit.
    pub(crate) fn idle_in_transaction_timeout(&self) -> Option<Duration> {
        self.duration("idle_in_transaction_session_timeout")
    }

    fn duration(&self, name: &str) -> Option<Duration> {
        parse_microseconds(self.known(name)).filter(|time| *time > 0).map(Duration::from_micros)
    }

    /// Whether `client_min_messages` lets a notice through.
    pub(crate) fn lets_through(&self, severity: Severity) -> bool {
        let least = match self.known("client_min_messages") {
            "log" => Severity::Log,
            "notice" => Severity::Notice,
            "warning" => Severity::Warning,
            "error" => return false,
            _ => Severity::Debug,
        };
        severity >= least
    }
}

fn unknown(name: &str) -> SqlError {
    SqlError::new(SqlState::UNDEFINED_OBJECT, format!("unrecognized configuration parameter \"{name}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(variables: &mut Variables, name: &str, value: &str, local: bool) {
        variables.set(name, Some(&[value.to_owned()]), local).expect("the value is allowed");
    }

    #[test]
    fn a_rolled_back_set_is_undone_and_reported() {
        let mut variables = Variables::default();
        set(&mut variables, "application_name", "x", false);
        assert_eq!(variables.show("application_name").as_deref(), Ok("x"));
        let reports = variables.end_transaction(false);
        assert_eq!(reports, [("application_name".to_owned(), String::new())]);
        assert_eq!(variables.show("APPLICATION_NAME").as_deref(), Ok(""));
    }

    #[test]
    fn a_local_value_ends_with_its_transaction() {
        let mut variables = Variables::default();
        set(&mut variables, "application_name", "kept", false);
        set(&mut variables, "application_name", "local", true);
        assert_eq!(variables.show("application_name").as_deref(), Ok("local"));
        let reports = variables.end_transaction(true);
        assert_eq!(reports, [("application_name".to_owned(), "kept".to_owned())]);
        assert!(variables.end_transaction(true).is_empty());
    }

    #[test]
    fn only_names_written_as_they_are_reported_are_reported() {
        let mut variables = Variables::default();
        for (written, reported) in
            [("timezone", false), ("cluster", true), ("schema", true), ("statement_timeout", false)]
        {
            let value = if written == "statement_timeout" { "5" } else { "UTC" };
            let variable =
                variables.set(written, Some(&[value.to_owned()]), false).expect("the value is allowed");
            assert_eq!(variables.report(variable, written).is_some(), reported, "{written}");
        }
    }

    #[test]
    fn reset_goes_back_to_what_the_client_asked_for() {
        let mut variables = Variables::default();
        variables.set_default("search_path", "a,b").expect("a list of names");
        set(&mut variables, "search_path", "c", false);
        variables.set("search_path", None, false).expect("it can be reset");
        assert_eq!(variables.show("search_path").as_deref(), Ok("a, b"));
    }

    #[test]
    fn wrong_values_are_refused_in_the_servers_words() {
        let mut variables = Variables::default();
        for (name, value, code, message) in [
            ("nosuch", "1", "42704", "unrecognized configuration parameter \"nosuch\""),
            ("server_version", "1", "55P02", "parameter \"server_version\" cannot be changed"),
            (
                "standard_conforming_strings",
                "off",
                "22023",
                "parameter \"standard_conforming_strings\" can only be set to \"on\"",
            ),
            (
                "extra_float_digits",
                "x",
                "22023",
                "parameter \"extra_float_digits\" requires a \"integer\" value",
            ),
            (
                "timezone",
                "Europe/Berlin",
                "22023",
                "invalid value for parameter \"TimeZone\": \"Europe/Berlin\"",
            ),
            ("max_tables", "5", "42704", "unrecognized configuration parameter \"max_tables\""),
        ] {
            let error = variables.set(name, Some(&[value.to_owned()]), false).expect_err(name);
            assert_eq!((error.code.0, error.message.as_str()), (code, message));
        }
        assert_eq!(variables.show("max_tables").as_deref(), Ok("1000"));
    }
}

//! What a statement can ask about its session, kept as settings of the backend.

use std::collections::BTreeMap;

/// The session for which statements run. The functions in `sql/session.sql` read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionSettings {
    /// `current_user`.
    pub user: String,
    /// `session_user`.
    pub session_user: String,
    /// `mz_is_superuser()`.
    pub superuser: bool,
    /// `current_database()`.
    pub database: String,
    /// The schemas of the search path that exist: `current_schemas(false)`.
    pub schemas: Vec<String>,
    /// `mz_session_id()`: a UUID.
    pub session_id: String,
    /// `pg_backend_pid()`.
    pub connection_id: u32,
    /// `mz_now()`: milliseconds since 1970.
    pub now: u64,
    /// `now()`: microseconds since 1970; `None` is the clock.
    pub wall_clock: Option<i64>,
    /// `mz_version()`: `v26.23.0 (…)`.
    pub version: String,
    /// `mz_environment_id()`.
    pub environment_id: String,
    /// When the server started, as `PostgreSQL` writes a time: `mz_uptime()` counts from it.
    pub started: String,
    /// The session's variables by name, as `SHOW` prints them: `current_setting('…')`.
    pub variables: BTreeMap<String, String>,
}

impl SessionSettings {
    /// Each setting by name, as text.
    fn values(&self) -> [(&'static str, String); 13] {
        [
            ("mz.user", self.user.clone()),
            ("mz.session_user", self.session_user.clone()),
            ("mz.superuser", self.superuser.to_string()),
            ("mz.database", self.database.clone()),
            (
                "mz.schemas",
                super::composite::print_array(self.schemas.iter().map(|name| Some(name.as_str()))),
            ),
            ("mz.session_id", self.session_id.clone()),
            ("mz.connection_id", self.connection_id.to_string()),
            ("mz.now", self.now.to_string()),
            ("mz.wall_clock", self.wall_clock.map_or_else(String::new, |micros| micros.to_string())),
            ("mz.version", self.version.clone()),
            ("mz.environment_id", self.environment_id.clone()),
            ("mz.started", self.started.clone()),
            ("mz.variables", variables(&self.variables)),
        ]
    }

    /// The settings that differ from those `before`; all if there are none.
    pub(super) fn changed_since(&self, before: Option<&Self>) -> Vec<(&'static str, String)> {
        let values = self.values();
        match before {
            None => values.to_vec(),
            Some(before) => values
                .into_iter()
                .zip(before.values())
                .filter(|(new, old)| new != old)
                .map(|(new, _)| new)
                .collect(),
        }
    }
}

/// The variables as an object of JSON.
fn variables(variables: &BTreeMap<String, String>) -> String {
    let object = variables
        .iter()
        .map(|(name, value)| (name.to_lowercase(), serde_json::Value::String(value.clone())))
        .collect();
    serde_json::Value::Object(object).to_string()
}

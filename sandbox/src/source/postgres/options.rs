//! What a connection names, with the values of its secrets.

use std::collections::BTreeMap;
use std::fmt;

use super::TlsMode;
use crate::catalog::ItemId;
use crate::error::SqlError;
use crate::sql::ast::{CreateConnection, ItemRef, OptionValue, SqlOption, Value};

const PORT: u16 = 5432;

/// What a connection names. Passwords and certificates are not in its debug form.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresOptions {
    /// Its name or address.
    pub host: String,
    /// Its port; 5432 if the connection names none.
    pub port: u16,
    /// The role.
    pub user: String,
    /// Its password.
    pub password: Option<Vec<u8>>,
    /// The database.
    pub database: String,
    /// `SSL MODE`
    pub tls: TlsMode,
    /// `SSL CERTIFICATE AUTHORITY`: certificates in PEM.
    pub authority: Option<Vec<u8>>,
}

impl fmt::Debug for PostgresOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, user, database, tls, password: _, authority: _ } = self;
        f.debug_struct("PostgresOptions")
            .field("host", host)
            .field("port", port)
            .field("user", user)
            .field("database", database)
            .field("tls", tls)
            .finish_non_exhaustive()
    }
}

impl PostgresOptions {
    /// Those of a connection whose references are resolved. Refuses what can't be followed: tunnels, and certificates
    /// of clients.
    pub fn read(
        connection: &CreateConnection,
        secrets: &BTreeMap<ItemId, Vec<u8>>,
    ) -> Result<Self, SqlError> {
        let mut options = Self {
            host: String::new(),
            port: PORT,
            user: String::new(),
            password: None,
            database: String::new(),
            tls: TlsMode::default(),
            authority: None,
        };
        for option in &connection.options {
            let bytes = || bytes(option, secrets);
            let text = || bytes().map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            match option.name.as_str() {
                "HOST" => options.host = text()?,
                "PORT" => options.port = text()?.parse().map_err(|_| invalid(option))?,
                "USER" => options.user = text()?,
                "PASSWORD" => options.password = Some(bytes()?),
                "DATABASE" => options.database = text()?,
                "SSL MODE" => options.tls = TlsMode::parse(&text()?)?,
                "SSL CERTIFICATE AUTHORITY" => options.authority = Some(bytes()?),
                other => return Err(SqlError::unsupported(format!("reaching PostgreSQL with {other}"))),
            }
        }
        Ok(options)
    }
}

fn bytes(option: &SqlOption, secrets: &BTreeMap<ItemId, Vec<u8>>) -> Result<Vec<u8>, SqlError> {
    match &option.value {
        Some(OptionValue::Value(Value::String(text) | Value::Number(text))) => Ok(text.clone().into_bytes()),
        Some(OptionValue::Ident(word)) => Ok(word.as_str().to_owned().into_bytes()),
        Some(OptionValue::Secret(ItemRef::Id(id))) => {
            secrets.get(id).cloned().ok_or_else(|| SqlError::internal(format!("unknown catalog item '{id}'")))
        }
        _ => Err(invalid(option)),
    }
}

fn invalid(option: &SqlOption) -> SqlError {
    SqlError::internal(format!("invalid {} option value", option.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::ast::Statement;
    use crate::sql::parser::parse_statements;

    /// The first secret that a connection names is `u1`, the next `u2`.
    fn connection(options: &str) -> CreateConnection {
        let sql = format!("CREATE CONNECTION c TO POSTGRES ({options})");
        let statement = parse_statements(&sql).expect("valid").remove(0).statement;
        let Statement::CreateConnection(mut create) = statement else { panic!("not a connection") };
        let secrets = create.options.iter_mut().filter_map(|option| match &mut option.value {
            Some(OptionValue::Secret(name)) => Some(name),
            _ => None,
        });
        for (n, name) in (1..).zip(secrets) {
            *name = ItemRef::Id(ItemId::User(n));
        }
        create
    }

    #[test]
    fn options_are_read_with_the_values_of_their_secrets() {
        let secrets = BTreeMap::from([(ItemId::User(1), b"me".to_vec()), (ItemId::User(2), b"pw".to_vec())]);
        let create = connection(
            "HOST 'db', PORT 5433, USER SECRET a, PASSWORD SECRET b, DATABASE d, SSL MODE require",
        );
        let options = PostgresOptions::read(&create, &secrets).expect("all is there");
        let expected = PostgresOptions {
            host: "db".to_owned(),
            port: 5433,
            user: "me".to_owned(),
            password: Some(b"pw".to_vec()),
            database: "d".to_owned(),
            tls: TlsMode::Require,
            authority: None,
        };
        assert_eq!(options, expected);
        assert!(!format!("{options:?}").contains("pw"));
    }

    #[test]
    fn what_can_not_be_followed_is_refused() {
        for (options, message) in [
            ("HOST 'db', PORT 70000", "invalid PORT option value"),
            ("HOST 'db', SSL KEY SECRET k", "not supported by the sandbox: reaching PostgreSQL with SSL KEY"),
            ("HOST 'db', SSH TUNNEL t", "not supported by the sandbox: reaching PostgreSQL with SSH TUNNEL"),
            ("PASSWORD SECRET gone", "unknown catalog item 'u1'"),
            ("SSL MODE 'prefer'", "invalid CONNECTION: unknown SSL MODE \"prefer\""),
        ] {
            let problem = PostgresOptions::read(&connection(options), &BTreeMap::new());
            assert_eq!(problem.expect_err(options).message, message);
        }
    }
}

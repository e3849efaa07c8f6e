//! Where a server is and who connects to it: `postgresql://user[:password]@host[:port][/database]`.

use std::fmt;
use std::str::FromStr;

/// The port of Materialize's SQL listener.
const DEFAULT_PORT: u16 = 6875;
const DEFAULT_NAME: &str = "materialize";

/// A server and the session that is opened on it unless a scenario says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// A host name or an address.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// The role that logs in.
    pub user: String,
    /// What is sent if the server asks for a password.
    pub password: Option<String>,
    /// The database of the session.
    pub database: String,
}

/// A URL that doesn't name a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidUrl {
    url: String,
    problem: &'static str,
}

impl fmt::Display for InvalidUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not the URL of a server: {}", self.url, self.problem)
    }
}

impl std::error::Error for InvalidUrl {}

impl FromStr for Server {
    type Err = InvalidUrl;

    fn from_str(url: &str) -> Result<Self, InvalidUrl> {
        let invalid = |problem| InvalidUrl { url: url.to_owned(), problem };
        let rest = url.strip_prefix("postgresql://").or_else(|| url.strip_prefix("postgres://"));
        let rest = rest.ok_or_else(|| invalid("it begins with `postgresql://`"))?;
        if rest.contains(['%', '?']) {
            return Err(invalid("escapes and parameters are not supported"));
        }
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, address) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, password) = match login.split_once(':') {
            Some((user, password)) => (user, Some(password.to_owned())),
            None => (login, None),
        };
        let (host, port) = match address.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| invalid("the port is not a number"))?),
            None => (address, DEFAULT_PORT),
        };
        if host.is_empty() {
            return Err(invalid("it names no host"));
        }
        let named = |name: &str| if name.is_empty() { DEFAULT_NAME } else { name }.to_owned();
        Ok(Self { host: host.to_owned(), port, user: named(user), password, database: named(database) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_server_and_a_session() {
        let server: Server = "postgresql://me:secret@localhost:7000/db".parse().expect("a URL");
        let named = (server.host.as_str(), server.port, server.user.as_str(), server.database.as_str());
        assert_eq!(named, ("localhost", 7000, "me", "db"));
        assert_eq!(server.password.as_deref(), Some("secret"));
    }

    #[test]
    fn what_a_url_leaves_out_is_as_materialize_has_it() {
        let server: Server = "postgresql://localhost".parse().expect("a URL");
        assert_eq!((server.port, server.user.as_str()), (6875, "materialize"));
        assert_eq!((server.password, server.database.as_str()), (None, "materialize"));
    }

    #[test]
    fn a_url_that_would_be_read_in_part_is_refused() {
        for url in
            ["localhost:6875", "postgresql://", "postgresql://h:port", "postgresql://h/db?sslmode=require"]
        {
            let problem = url.parse::<Server>().expect_err("not a server");
            assert!(problem.to_string().contains(url), "{problem}");
        }
    }
}

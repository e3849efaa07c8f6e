//! Where to connect, and as whom.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::redaction::Secret;

/// The name that the server knows the program by.
const APPLICATION: &str = "mz-deploy";
/// How long connecting may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a connection is encrypted, and what is checked of the server's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsMode {
    /// Not at all.
    Disable,
    /// If the server offers it, whoever it is.
    Prefer,
    /// Whoever the server is.
    Require,
    /// With a certificate of a known authority, for whatever name.
    VerifyCa,
    /// With a certificate of a known authority for the host.
    VerifyFull,
}

impl TlsMode {
    /// The modes and their names, as `sslmode` has them.
    pub const NAMES: [(Self, &'static str); 5] = [
        (Self::Disable, "disable"),
        (Self::Prefer, "prefer"),
        (Self::Require, "require"),
        (Self::VerifyCa, "verify-ca"),
        (Self::VerifyFull, "verify-full"),
    ];

    /// The mode of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(mode, _)| *mode)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(mode, _)| *mode == self).map_or("", |(_, name)| name)
    }

    /// What holds for a host of which the profile says nothing. A password goes to nobody else than the host that is
    /// meant: another machine has to prove itself.
    pub fn of_host(host: &str) -> Self {
        if is_loopback(host) { Self::Prefer } else { Self::VerifyFull }
    }

    /// True if the server has to show a certificate of a known authority.
    pub fn verifies(self) -> bool {
        matches!(self, Self::VerifyCa | Self::VerifyFull)
    }
}

/// True for the names and addresses of this machine.
fn is_loopback(host: &str) -> bool {
    let host = bare(host);
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// A host without the brackets that an address of IPv6 may be in.
pub(super) fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

/// Where to connect, as whom, and with which settings.
#[derive(Clone, Debug)]
pub struct Target {
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// The role.
    pub user: String,
    /// Its password.
    pub password: Option<Secret>,
    /// The database; the server's default if absent.
    pub database: Option<String>,
    /// Session variables.
    pub options: BTreeMap<String, String>,
    /// Encryption.
    pub tls: TlsMode,
    /// A file of certificates of authorities; the system's if absent.
    pub root_certificates: Option<PathBuf>,
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How long a query may take; the server doesn't apply it to DDL.
    pub statement_timeout: Option<Duration>,
}

impl Target {
    /// A server at `host`, with what is usual for everything else.
    pub fn new(host: impl Into<String>, port: u16, user: impl Into<String>) -> Self {
        let host = host.into();
        Self {
            tls: TlsMode::of_host(&host),
            host,
            port,
            user: user.into(),
            password: None,
            database: None,
            options: BTreeMap::new(),
            root_certificates: None,
            connect_timeout: PATIENCE,
            statement_timeout: None,
        }
    }

    /// The cluster that queries run on, unless the server chooses it.
    pub fn cluster(&self) -> Option<&str> {
        self.options.get("cluster").map(String::as_str)
    }

    /// With queries on `cluster`, whatever the profile says.
    #[must_use]
    pub fn on_cluster(mut self, cluster: &str) -> Self {
        self.options.insert("cluster".to_owned(), cluster.to_owned());
        self
    }

    /// `host:port`
    pub fn address(&self) -> String {
        let host = bare(&self.host);
        if host.contains(':') { format!("[{host}]:{}", self.port) } else { format!("{host}:{}", self.port) }
    }

    /// What tokio-postgres is told.
    pub(super) fn config(&self) -> tokio_postgres::Config {
        let mut config = tokio_postgres::Config::new();
        config
            .host(bare(&self.host))
            .port(self.port)
            .user(&self.user)
            .application_name(APPLICATION)
            .options(self.startup_options())
            .connect_timeout(self.connect_timeout)
            .keepalives(true)
            .keepalives_idle(Duration::from_secs(30))
            .keepalives_interval(Duration::from_secs(10))
            .keepalives_retries(6)
            .tcp_user_timeout(Duration::from_secs(90))
            .ssl_mode(match self.tls {
                TlsMode::Disable => tokio_postgres::config::SslMode::Disable,
                TlsMode::Prefer => tokio_postgres::config::SslMode::Prefer,
                _ => tokio_postgres::config::SslMode::Require,
            });
        if let Some(database) = &self.database {
            config.dbname(database);
        }
        if let Some(password) = &self.password {
            config.password(password.expose());
        }
        config
    }

    /// `-c name=value` for each session variable, sorted; blanks and backslashes are escaped.
    pub(crate) fn startup_options(&self) -> String {
        let timeout = self.statement_timeout.map(|timeout| format!("{}ms", timeout.as_millis()));
        let timeout = timeout.map(|timeout| ("statement_timeout".to_owned(), timeout));
        let mut options = self.options.clone();
        options.extend(timeout);
        let mut text = String::new();
        for (name, value) in options {
            if !text.is_empty() {
                text.push(' ');
            }
            let _ = write!(text, "-c {name}=");
            for c in value.chars() {
                if c == '\\' || c.is_whitespace() {
                    text.push('\\');
                }
                text.push(c);
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_need_not_prove_itself() {
        for host in ["localhost", "127.0.0.1", "127.8.9.1", "::1", "[::1]", "LOCALHOST"] {
            assert_eq!(TlsMode::of_host(host), TlsMode::Prefer, "{host}");
        }
        for host in ["example.com", "localhost.example.com", "10.0.0.1", "[fe80::1]", "127.0.0.1.example.com"]
        {
            assert_eq!(TlsMode::of_host(host), TlsMode::VerifyFull, "{host}");
        }
    }

    #[test]
    fn session_variables_are_escaped_and_sorted() {
        let mut target = Target::new("localhost", 6875, "materialize").on_cluster("my cluster");
        target.options.insert("application".into(), r"a\b".into());
        target.statement_timeout = Some(Duration::from_secs(5));
        assert_eq!(
            target.startup_options(),
            r"-c application=a\\b -c cluster=my\ cluster -c statement_timeout=5000ms"
        );
    }

    #[test]
    fn a_target_does_not_print_its_password() {
        let mut target = Target::new("[::1]", 6875, "materialize");
        target.password = Some(Secret::new("canary"));
        assert!(!format!("{target:?}").contains("canary"));
        assert_eq!(target.address(), "[::1]:6875");
    }
}

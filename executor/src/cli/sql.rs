//! `mz-deploy sql`

use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::Command;

use super::arguments::Global;
use super::arguments::environment::SqlOptions;
use super::connect;
use crate::db::{Target, TlsMode};
use crate::host::{Failure, FailureCode};

/// How the sessions of psql are known to the server.
const APPLICATION: &str = "mz-deploy-sql";

/// Variables of psql that would lead it elsewhere, whatever else it is told.
const DETOURS: [&str; 2] = ["PGHOSTADDR", "PGSERVICE"];

/// Where systems keep the certificates of authorities, in one file. Without a file, psql looks for one of the user's own.
const AUTHORITIES: [&str; 5] = [
    "/etc/ssl/cert.pem",
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/opt/homebrew/etc/openssl@3/cert.pem",
];

pub(super) fn run(global: &Global, options: &SqlOptions) -> Result<(), Failure> {
    let target = connect::target(global)?;
    let mut psql = Command::new("psql");
    psql.args(&options.arguments).envs(environment(&target, Path::exists));
    for variable in DETOURS {
        psql.env_remove(variable);
    }
    let error = replace_this_process(&mut psql);
    Err(match error.kind() {
        ErrorKind::NotFound => Failure::coded(FailureCode::MissingProgram, "there is no program `psql`")
            .help(
                "install the client of PostgreSQL, for instance the package `postgresql-client` or `libpq`",
            ),
        _ => Failure::new(format!("can't run `psql`: {error}")),
    })
}

/// What psql is told through its environment: the password stands in no list of processes.
fn environment(target: &Target, exists: impl Fn(&Path) -> bool) -> Vec<(&'static str, OsString)> {
    let mut variables: Vec<(&str, OsString)> = vec![
        ("PGHOST", target.host.trim_matches(['[', ']']).into()),
        ("PGPORT", target.port.to_string().into()),
        ("PGUSER", target.user.as_str().into()),
        ("PGSSLMODE", target.tls.name().into()),
        ("PGOPTIONS", target.startup_options().into()),
        ("PGAPPNAME", APPLICATION.into()),
    ];
    variables.extend(target.password.as_ref().map(|password| ("PGPASSWORD", password.expose().into())));
    variables.extend(target.database.as_ref().map(|database| ("PGDATABASE", database.into())));
    let authorities = match &target.root_certificates {
        Some(path) => Some(path.as_os_str()),
        None if target.tls.verifies() => {
            let known = AUTHORITIES.iter().map(Path::new).find(|path| exists(path)).map(Path::as_os_str);
            // What psql calls the system's own, since version 16.
            known.or_else(|| (target.tls == TlsMode::VerifyFull).then(|| "system".as_ref()))
        }
        None => None,
    };
    variables.extend(authorities.map(|path| ("PGSSLROOTCERT", path.to_owned())));
    variables
}

/// Gives the process to another program. Returns only if that can't be.
#[cfg(unix)]
fn replace_this_process(command: &mut Command) -> io::Error {
    use std::os::unix::process::CommandExt;
    command.exec()
}

/// Runs another program and ends as it ends.
#[cfg(not(unix))]
fn replace_this_process(command: &mut Command) -> io::Error {
    match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Secret;

    fn variables(target: &Target, there: &str) -> Vec<String> {
        let variables = environment(target, |path| path == Path::new(there));
        variables.into_iter().map(|(name, value)| format!("{name}={}", value.display())).collect()
    }

    #[test]
    fn psql_is_told_what_the_profile_says() {
        let mut target = Target::new("localhost", 6875, "materialize");
        target.password = Some(Secret::new("s3cret"));
        target.options.insert("cluster".to_owned(), "my cluster".to_owned());
        assert_eq!(
            variables(&target, "none"),
            [
                "PGHOST=localhost",
                "PGPORT=6875",
                "PGUSER=materialize",
                "PGSSLMODE=prefer",
                "PGOPTIONS=-c cluster=my\\ cluster",
                "PGAPPNAME=mz-deploy-sql",
                "PGPASSWORD=s3cret",
            ]
        );
    }

    #[test]
    fn a_server_is_checked_against_the_systems_authorities_unless_the_profile_names_others() {
        let mut target = Target::new("db.example.com", 6875, "ci");
        target.tls = TlsMode::VerifyFull;
        let authorities = |target: &Target, there: &str| variables(target, there).pop();
        let known = "/etc/pki/tls/certs/ca-bundle.crt";
        assert_eq!(authorities(&target, known), Some(format!("PGSSLROOTCERT={known}")));
        assert_eq!(authorities(&target, "none").as_deref(), Some("PGSSLROOTCERT=system"));
        target.root_certificates = Some("ca.pem".into());
        assert_eq!(authorities(&target, known).as_deref(), Some("PGSSLROOTCERT=ca.pem"));
        target.tls = TlsMode::Require;
        target.root_certificates = None;
        assert_eq!(authorities(&target, known).as_deref(), Some("PGAPPNAME=mz-deploy-sql"));
    }
}

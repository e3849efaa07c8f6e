//! Versions of servers, compared as far as they matter: by major and minor number.

use std::fmt;

/// A server of another version than the project names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skew {
    /// The server's version as it says it.
    pub server: String,
    /// The project's.
    pub project: String,
    /// The server is the older one.
    pub server_is_older: bool,
}

impl fmt::Display for Skew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { server, project, server_is_older } = self;
        let than = if *server_is_older { "older" } else { "newer" };
        write!(
            f,
            "the server has version `{server}`, which is {than} than the project's `mz_version`, `{project}`"
        )
    }
}

/// How a server's version differs from the one that the project names. `None` if it doesn't, or if one of the two names no number:
/// `latest` and `cloud` are whatever is there.
pub fn skew(server: &str, project: &str) -> Option<Skew> {
    let (found, wanted) = (numbers(server)?, numbers(project)?);
    (found != wanted).then(|| Skew {
        server: server.split_whitespace().next().unwrap_or_default().to_owned(),
        project: project.to_owned(),
        server_is_older: found < wanted,
    })
}

/// Major and minor number of `v26.5.0 (abcdef)`.
fn numbers(version: &str) -> Option<(u64, u64)> {
    let version = version.split_whitespace().next()?;
    let mut numbers = version.strip_prefix('v').unwrap_or(version).split(['.', '-', '+']);
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_and_names_without_numbers_are_no_skew() {
        for project in ["v26.5.3", "26.5", "latest", "cloud", ""] {
            assert_eq!(skew("v26.5.0 (0123abc)", project), None, "{project}");
        }
        assert_eq!(skew("", "v26.5.0"), None);
    }

    #[test]
    fn the_older_side_is_named() {
        let skew = skew("v26.10.0-dev.0 (0123abc)", "v26.9.1").expect("different");
        assert_eq!(
            skew.to_string(),
            "the server has version `v26.10.0-dev.0`, which is newer than the project's `mz_version`, `v26.9.1`"
        );
    }
}

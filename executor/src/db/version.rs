//! Versions of servers, compared as far as they matter: by major and minor number.

use std::fmt;

/// The server that this program is tested against.
const TESTED: &str = "v26.23";

/// A server of another version than is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skew {
    /// The server's version as it says it.
    server: String,
    /// The version that the project names; absent if it names none, then the tested one is expected.
    project: Option<String>,
    server_is_older: bool,
}

impl fmt::Display for Skew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let than = if self.server_is_older { "older" } else { "newer" };
        write!(f, "the server has version `{}`, which is {than} than ", self.server)?;
        match &self.project {
            Some(project) => write!(f, "the project's `mz_version`, `{project}`"),
            None => write!(f, "`{TESTED}`, against which mz-deploy is tested"),
        }
    }
}

/// How a server's version differs from the one that the project names, or, if it names none, from the one that is tested. `None` if it
/// doesn't, or if the server doesn't say it; a project that names no number, like `latest` and `cloud`, takes whatever is there.
pub fn skew(server: &str, project: Option<&str>) -> Option<Skew> {
    let (found, wanted) = (numbers(server)?, numbers(project.unwrap_or(TESTED))?);
    (found != wanted).then(|| Skew {
        server: server.split_whitespace().next().unwrap_or_default().to_owned(),
        project: project.map(str::to_owned),
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
            assert_eq!(skew("v26.5.0 (0123abc)", Some(project)), None, "{project}");
        }
        assert_eq!(skew("", Some("v26.5.0")), None);
    }

    #[test]
    fn the_older_side_is_named() {
        let skew = skew("v26.10.0-dev.0 (0123abc)", Some("v26.9.1")).expect("different");
        assert_eq!(
            skew.to_string(),
            "the server has version `v26.10.0-dev.0`, which is newer than the project's `mz_version`, `v26.9.1`"
        );
    }

    #[test]
    fn without_a_version_of_the_project_the_tested_one_is_expected() {
        assert_eq!(skew(&format!("{TESTED}.7 (0123abc)"), None), None);
        let skew = skew("v26.1.0 (0123abc)", None).expect("different");
        assert_eq!(
            skew.to_string(),
            "the server has version `v26.1.0`, which is older than `v26.23`, against which mz-deploy is tested"
        );
    }
}

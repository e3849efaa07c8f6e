//! Options of clusters, as SQL.

use mz_deploy_planner::input::Live;
use mz_deploy_planner::name::Ident;
use mz_deploy_planner::syntax::token::tokenize;

use super::Scope;
use crate::db::connection::Connection;
use crate::db::error::DbError;

/// Reads the options of the wanted clusters, with one string of statements whatever their number is.
pub(super) async fn add_options(
    connection: &Connection,
    live: &mut Live,
    wanted: &Scope,
) -> Result<(), DbError> {
    // The server has no such statement for unmanaged clusters, and one that it refuses spoils the others.
    let is_wanted = |name: &Ident| wanted.clusters.contains(name);
    let managed = live.clusters.iter().filter(|c| c.replicas.is_none() && is_wanted(&c.name));
    let statements: Vec<String> = managed.map(|c| format!("SHOW CREATE CLUSTER {}", c.name)).collect();
    if statements.is_empty() {
        return Ok(());
    }
    for row in &connection.query(&statements.join("; ")).await? {
        let (name, statement) = (row.text("name")?, row.text("create_sql")?);
        let options = options(name, statement).ok_or_else(|| {
            DbError::unexpected(format!("the server describes cluster `{name}` as `{statement}`"))
        })?;
        if let Some(cluster) = live.clusters.iter_mut().find(|c| c.name.as_str() == name) {
            cluster.options = options.into();
        }
    }
    Ok(())
}

/// What is between the brackets of `CREATE CLUSTER "name" (…)`.
fn options<'a>(name: &str, statement: &'a str) -> Option<&'a str> {
    let rest = statement.strip_prefix("CREATE CLUSTER ")?;
    let (tokens, _) = tokenize(rest);
    let first =
        tokens.first().filter(|token| token.ident(rest).is_some_and(|ident| ident.as_str() == name))?;
    let rest = rest.get(usize::try_from(first.span.end).ok()?..)?;
    rest.trim().trim_end_matches(';').strip_prefix('(')?.strip_suffix(')')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_what_is_between_the_brackets() {
        let statement = "CREATE CLUSTER \"a \"\"b\"\" (c)\" (AVAILABILITY ZONES = ('x'), SIZE = '25cc')";
        assert_eq!(options("a \"b\" (c)", statement), Some("AVAILABILITY ZONES = ('x'), SIZE = '25cc'"));
        assert_eq!(options("c", "CREATE CLUSTER c (SIZE = '25cc')"), Some("SIZE = '25cc'"));
        assert_eq!(options("c", "CREATE CLUSTER \"d\" (SIZE = '25cc')"), None);
    }
}

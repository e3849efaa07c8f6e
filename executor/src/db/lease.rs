//! Who works on a deployment: at most one.
//!
//! A lease is a schema, `_mz_deploy.lease_<id>`: of two that make it, the server lets one. Its comment says who holds it. The
//! schema and its comment are two statements, so a lease without a comment is one that is being taken, or whose
//! holder was killed between them.

use std::time::Duration;

use mz_deploy_planner::name::{Ident, Literal, SchemaName};
use mz_deploy_planner::plan::{LEDGER_DATABASE, is_deploy_id};
use serde::{Deserialize, Serialize};

use super::connection::Connection;
use super::error::{DbError, Kind};
use super::ledger::{self, Origin};

/// The server's limit for a comment, in bytes.
const LONGEST_COMMENT: usize = 1024;
/// Bytes of a text of the holder that are kept: all of them together fit into a comment, with every byte escaped.
const LONGEST_TEXT: usize = 120;
/// How long the comment of a lease may be missing before its holder counts as gone.
const GRACE: Duration = Duration::from_secs(2);

/// Who holds a lease.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The role of the session.
    pub role: String,
    /// The name of the machine.
    pub host: String,
    /// The process on it.
    pub pid: u32,
    /// What it does: `stage`, `promote`, …
    pub command: String,
    /// Since when, by the server's clock.
    pub since: String,
}

impl Holder {
    /// This process, which runs a command.
    pub fn this_process(origin: &Origin, command: &str) -> Self {
        let short = |text: &str| -> String {
            let kept = text.get(..text.floor_char_boundary(LONGEST_TEXT)).unwrap_or_default();
            kept.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
        };
        Self {
            role: short(&origin.role),
            host: short(&origin.host),
            pid: std::process::id(),
            command: short(command),
            since: String::new(),
        }
    }

    /// True if it was a process of the same role on the same machine, and that is gone.
    fn is_gone(&self, successor: &Self) -> bool {
        self.role == successor.role
            && self.host == successor.host
            && (self.pid == successor.pid || !is_running(self.pid))
    }
}

/// What became of an attempt to take a lease.
#[derive(Debug)]
pub enum Taken {
    /// It is held.
    Lease(Lease),
    /// Somebody else has it; who, unless that can't be read.
    Held(Option<Holder>),
}

/// A lease that is held. It has to be given back: the server keeps it when the process ends.
#[derive(Debug)]
pub struct Lease {
    name: SchemaName,
    holder: Holder,
}

/// Takes the lease of a deployment. With `take_over`, from whoever has it.
///
/// A lease of a process of the same role on the same machine that is gone is taken over without a word: that is how a command goes on after it
/// was killed.
pub async fn take(
    connection: &Connection,
    deploy_id: &str,
    mut holder: Holder,
    take_over: bool,
) -> Result<Taken, DbError> {
    let name = lease_name(deploy_id)?;
    holder.since = ledger::server_time(connection).await?;
    if create(connection, &name, &holder).await? {
        return Ok(Taken::Lease(Lease { name, holder }));
    }
    let mut seen = seen(connection, &name).await?;
    if matches!(&seen, Seen::Unsigned { .. }) && !take_over {
        tokio::time::sleep(GRACE).await;
        seen = self::seen(connection, &name).await?;
    }
    let (id, former) = match seen {
        // It was given back in between.
        Seen::Nothing => {
            let is_ours = create(connection, &name, &holder).await?;
            return Ok(if is_ours { Taken::Lease(Lease { name, holder }) } else { Taken::Held(None) });
        }
        Seen::Signed { id, holder } => (id, Some(holder)),
        Seen::Unsigned { id } => (id, None),
    };
    let is_free = take_over || former.as_ref().is_some_and(|former| former.is_gone(&holder));
    if !is_free {
        return Ok(Taken::Held(former));
    }
    if !remove(connection, &name, &id).await? {
        return Ok(Taken::Held(None));
    }
    let is_ours = create(connection, &name, &holder).await?;
    Ok(if is_ours { Taken::Lease(Lease { name, holder }) } else { Taken::Held(None) })
}

/// Takes away the lease with this id. False if it isn't there any more.
///
/// Two may find the same lease free, and the slower one must not take away what the faster one made since. A statement
/// names what it renames and can't ask for its id: so the schema is renamed first, looked at, and given its name back if
/// it is another.
async fn remove(connection: &Connection, name: &SchemaName, id: &str) -> Result<bool, DbError> {
    let aside = Ident::new(format!("left_{}_{id}", name.schema.as_str()));
    let aside = SchemaName { schema: aside, ..name.clone() };
    match connection.execute(&format!("ALTER SCHEMA {name} RENAME TO {}", aside.schema)).await {
        Ok(()) => {}
        Err(error) if matches!(error.kind, Kind::Missing | Kind::NameTaken) => return Ok(false),
        Err(error) => return Err(error),
    }
    if seen(connection, &aside).await?.id() != Some(id) {
        match connection.execute(&format!("ALTER SCHEMA {aside} RENAME TO {}", name.schema)).await {
            Err(error) if error.kind == Kind::NameTaken => {}
            result => return result.map(|()| false),
        }
        // A third made one meanwhile: it has the lease now.
        connection.execute(&format!("DROP SCHEMA IF EXISTS {aside}")).await?;
        return Ok(false);
    }
    connection.execute(&format!("DROP SCHEMA IF EXISTS {aside}")).await?;
    Ok(true)
}

impl Lease {
    /// Who holds it: this process.
    pub fn holder(&self) -> &Holder {
        &self.holder
    }

    /// True if it is still held: nobody took it over.
    pub async fn is_held(&self, connection: &Connection) -> Result<bool, DbError> {
        Ok(
            matches!(seen(connection, &self.name).await?, Seen::Signed { holder, .. } if holder == self.holder),
        )
    }

    /// Gives it back. One that was taken over is left alone.
    pub async fn release(self, connection: &Connection) -> Result<(), DbError> {
        if !self.is_held(connection).await? {
            return Ok(());
        }
        connection.execute(&format!("DROP SCHEMA IF EXISTS {}", self.name)).await
    }
}

/// What there is under the name of a lease.
enum Seen {
    Nothing,
    Signed {
        id: String,
        holder: Holder,
    },
    /// Without a comment that says who holds it.
    Unsigned {
        id: String,
    },
}

impl Seen {
    fn id(&self) -> Option<&str> {
        match self {
            Self::Nothing => None,
            Self::Signed { id, .. } | Self::Unsigned { id } => Some(id),
        }
    }
}

async fn seen(connection: &Connection, name: &SchemaName) -> Result<Seen, DbError> {
    let sql = format!(
        "SELECT s.id, c.comment FROM mz_catalog.mz_schemas s JOIN mz_catalog.mz_databases d ON d.id = s.database_id \
         LEFT JOIN mz_internal.mz_comments c ON c.object_type = 'schema' AND c.id = s.id AND c.object_sub_id IS NULL \
         WHERE d.name = {} AND s.name = {}",
        Literal(LEDGER_DATABASE),
        Literal(name.schema.as_str())
    );
    let rows = connection.query(&sql).await?;
    let Some(row) = rows.first() else { return Ok(Seen::Nothing) };
    let id = row.text("id")?.to_owned();
    let holder = row.get("comment").and_then(|comment| serde_json::from_str(comment).ok());
    Ok(holder
        .map_or_else(|| Seen::Unsigned { id: id.clone() }, |holder| Seen::Signed { id: id.clone(), holder }))
}

/// Makes the schema and says who made it. False if it is there already.
async fn create(connection: &Connection, name: &SchemaName, holder: &Holder) -> Result<bool, DbError> {
    match connection.execute(&format!("CREATE SCHEMA {name}")).await {
        Ok(()) => {}
        Err(error) if error.kind == Kind::NameTaken => return Ok(false),
        Err(error) => return Err(error),
    }
    let comment = serde_json::to_string(holder).expect("texts and numbers always serialise");
    debug_assert!(comment.len() <= LONGEST_COMMENT, "{comment}");
    connection.execute(&format!("COMMENT ON SCHEMA {name} IS {}", Literal(&comment))).await?;
    Ok(true)
}

fn lease_name(deploy_id: &str) -> Result<SchemaName, DbError> {
    if !is_deploy_id(deploy_id) {
        return Err(DbError::new(Kind::Other, "a lease is for a deploy id"));
    }
    Ok(SchemaName::new(Ident::new(LEDGER_DATABASE), Ident::new(format!("lease_{deploy_id}"))))
}

/// True if a process of this machine runs, or if that can't be found out.
fn is_running(pid: u32) -> bool {
    if cfg!(target_os = "linux") {
        return std::path::Path::new("/proc").join(pid.to_string()).exists();
    }
    let found = std::process::Command::new("ps").args(["-p", &pid.to_string()]).output();
    found.map_or(true, |output| output.status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Origin {
        Origin { role: text.to_owned(), host: text.to_owned(), commit: None }
    }

    #[test]
    fn a_lease_fits_into_a_comment_whoever_holds_it() {
        for text in ["\u{1}".repeat(600), "\"".repeat(600), "ü".repeat(600)] {
            let mut holder = Holder::this_process(&origin(&text), &text);
            holder.since = "2026-01-01 00:00:00.000000+00".to_owned();
            let comment = serde_json::to_string(&holder).expect("it serialises");
            assert!(comment.len() <= LONGEST_COMMENT, "{}", comment.len());
        }
    }

    #[test]
    fn only_a_process_of_ones_own_can_be_known_to_be_gone() {
        let this = Holder::this_process(&origin("a"), "promote");
        let other = |role: &str, host: &str, pid: u32| Holder {
            role: role.to_owned(),
            host: host.to_owned(),
            pid,
            ..this.clone()
        };
        assert!(is_running(this.pid));
        assert!(other("a", "a", u32::MAX).is_gone(&this));
        assert!(!other("b", "a", u32::MAX).is_gone(&this));
        assert!(!other("a", "b", u32::MAX).is_gone(&this));
        assert!(!other("a", "a", 1).is_gone(&this), "process 1 always runs");
        assert!(this.is_gone(&this), "two commands don't run in one process");
    }
}

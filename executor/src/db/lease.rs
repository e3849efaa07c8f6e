//! Who works on a deployment: at most one.
//!
//! A lease is a schema, `_mz_deploy.lease_<id>`: of two that would make it, the server lets one. Its comment says who holds it, and
//! it belongs to the role of all deployers, so that any of them can go on after another one was killed.
//!
//! No statement of Materialize makes a schema with a comment and another owner than whoever makes it. So the schema is made under a
//! name that nobody else wants, `claim_lease_<id>_<token>`, signed, given away, and only then renamed: a lease has its
//! holder's name on it from the moment that it is there. Whatever a kill leaves before that is in nobody's way, and goes when
//! the lease is taken the next time.
//!
//! A statement names what it changes and can't ask for its id, so whoever takes over at the same moment as others, or while the lease is
//! given back, may push aside the lease of one who was quicker. That one then stops: whoever holds a lease asks whether it
//! still does before each thing that it does.

mod holder;

use std::sync::OnceLock;

use mz_deploy_planner::input::Live;
use mz_deploy_planner::name::{Ident, Literal, SchemaName};
use mz_deploy_planner::plan::{DEPLOYER_ROLE, LEDGER_DATABASE, is_deploy_id};

pub use self::holder::Holder;
use self::holder::is_token;
use super::connection::Connection;
use super::error::{DbError, Kind};

/// How often a lease is tried to be had that others take and give back at the same time.
const ATTEMPTS: usize = 4;

/// What became of an attempt to take a lease.
#[derive(Debug)]
pub enum Taken {
    /// It is held.
    Lease(Box<Lease>),
    /// Somebody else has it; who, unless it doesn't say.
    Held(Option<Holder>),
    /// Others took it and gave it back all the time.
    Contended,
}

/// A lease that is held. It has to be given back: the server keeps it when the process ends.
#[derive(Debug)]
pub struct Lease {
    name: SchemaName,
    holder: Holder,
    /// Who has it instead, as far as that is known, once it is known to be lost.
    lost: OnceLock<Option<Holder>>,
}

/// Takes the lease of a deployment. With `take_over`, from whoever has it; the lease of a process that is certain to be gone is taken
/// without a word, which is how a command goes on after it was killed.
pub async fn take(
    connection: &Connection,
    deploy_id: &str,
    mut holder: Holder,
    take_over: bool,
) -> Result<Taken, DbError> {
    let name = lease_name(deploy_id)?;
    let may_take =
        |found: &Found| take_over || found.holder.as_ref().is_some_and(|former| former.process.is_gone());
    let mut around = look(connection, &name).await?;
    if let Some(found) = around.lease.take_if(|found| !may_take(found)) {
        return Ok(Taken::Held(found.holder));
    }
    holder.since.clone_from(&around.now);
    let claim = beside(&name, &format!("claim_{}_{}", name.schema.as_str(), holder.token));
    prepare(connection, &claim, &holder).await?;
    for _ in 0..ATTEMPTS {
        if let Some(found) = around.lease {
            if !may_take(&found) {
                sweep(connection, &[claim]).await;
                return Ok(Taken::Held(found.holder));
            }
            set_aside(connection, &name, &found.id).await?;
        }
        match connection.execute(&rename(&claim, &name)).await {
            Ok(()) => {
                sweep(connection, &around.left).await;
                return Ok(Taken::Lease(Box::new(Lease { name, holder, lost: OnceLock::new() })));
            }
            // Somebody was quicker, and may have swept the claim away.
            Err(error) if matches!(error.kind, Kind::NameTaken | Kind::Missing) => {
                around = look(connection, &name).await?;
            }
            Err(error) => {
                sweep(connection, &[claim]).await;
                return Err(error);
            }
        }
    }
    sweep(connection, &[claim]).await;
    Ok(Taken::Contended)
}

impl Lease {
    /// Who holds it: this process.
    pub fn holder(&self) -> &Holder {
        &self.holder
    }

    /// True if it is still held: nobody took it over. Once it is lost, it is lost.
    pub async fn is_held(&self, connection: &Connection) -> Result<bool, DbError> {
        if self.lost.get().is_none() {
            self.compare(look(connection, &self.name).await?.lease.and_then(|found| found.holder));
        }
        Ok(self.lost.get().is_none())
    }

    /// As [`Self::is_held`], at the moment at which a catalog was looked at.
    pub fn is_held_in(&self, live: &Live) -> bool {
        if self.lost.get().is_none() {
            let schema = live.schemas.iter().find(|schema| schema.name == self.name);
            let comment = schema.and_then(|schema| schema.comment.as_deref());
            self.compare(comment.and_then(Holder::read));
        }
        self.lost.get().is_none()
    }

    fn compare(&self, found: Option<Holder>) {
        if found.as_ref() != Some(&self.holder) {
            // The first answer stays: it says who took the lease from this process.
            let _ = self.lost.set(found);
        }
    }

    /// Whether it is known to be lost, and to whom, unless nobody has it any more.
    pub fn lost_to(&self) -> Option<Option<&Holder>> {
        self.lost.get().map(Option::as_ref)
    }

    /// Gives it back. One that was taken over is left alone.
    pub async fn release(self, connection: &Connection) -> Result<(), DbError> {
        if !self.is_held(connection).await? {
            return Ok(());
        }
        connection.execute(&drop_schema(&self.name)).await
    }
}

/// What there is under the name of a lease.
struct Found {
    id: String,
    holder: Option<Holder>,
}

/// What there is of a deployment's leases.
struct Around {
    /// The server's time.
    now: String,
    lease: Option<Found>,
    /// What was left of earlier ones: claims, and leases that were set aside.
    left: Vec<SchemaName>,
}

async fn look(connection: &Connection, name: &SchemaName) -> Result<Around, DbError> {
    // What is under a name that only looks alike is told apart below: an underscore in a pattern is any character.
    let sql = format!(
        "SELECT now()::text AS now, t.id, t.name, t.comment FROM (VALUES (1)) AS one (n) LEFT JOIN \
         (SELECT s.id, s.name, c.comment FROM mz_catalog.mz_schemas s JOIN mz_catalog.mz_databases d ON d.id = s.database_id \
         LEFT JOIN mz_internal.mz_comments c ON c.object_type = 'schema' AND c.id = s.id AND c.object_sub_id IS NULL \
         WHERE d.name = {} AND s.name LIKE {}) AS t ON true ORDER BY t.name",
        Literal(LEDGER_DATABASE),
        Literal(&format!("%{}%", name.schema.as_str()))
    );
    let rows = connection.query(&sql).await?;
    let first = rows.first().ok_or_else(|| DbError::unexpected("the server doesn't know the time"))?;
    let mut around = Around { now: first.text("now")?.to_owned(), lease: None, left: Vec::new() };
    for row in &rows {
        let Some(found) = row.get("name") else { continue };
        if found == name.schema.as_str() {
            let holder = row.get("comment").and_then(Holder::read);
            around.lease = Some(Found { id: row.text("id")?.to_owned(), holder });
        } else if is_left_of(name, found) {
            around.left.push(beside(name, found));
        }
    }
    Ok(around)
}

/// True for the names that claims, and leases that were set aside, have for this deployment and no other.
fn is_left_of(name: &SchemaName, found: &str) -> bool {
    let rest = |stem: &str| found.strip_prefix(stem)?.strip_prefix(name.schema.as_str())?.strip_prefix('_');
    let is_id = |rest: &str| {
        rest.strip_prefix('u')
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
    };
    rest("claim_").is_some_and(is_token) || rest("left_").is_some_and(is_id)
}

/// Makes what will be a lease, under a name that is nobody else's.
async fn prepare(connection: &Connection, claim: &SchemaName, holder: &Holder) -> Result<(), DbError> {
    let statements = [
        format!("CREATE SCHEMA {claim}"),
        format!("ALTER SCHEMA {claim} OWNER TO {}", Ident::new(DEPLOYER_ROLE)),
        format!("COMMENT ON SCHEMA {claim} IS {}", Literal(&holder.comment())),
    ];
    let done = connection.pipeline(&statements).await;
    let Err(error) = done.into_iter().collect::<Result<(), _>>() else { return Ok(()) };
    sweep(connection, std::slice::from_ref(claim)).await;
    Err(if error.kind == Kind::Privilege {
        error.with_hint(format!(
            "deployments take a member of `{DEPLOYER_ROLE}`: let an administrator grant it"
        ))
    } else {
        error
    })
}

/// Takes away the lease with this id, if it is there.
///
/// Two may find the same lease free, and the slower one must not take away what the faster one has since: so it is renamed
/// first, looked at, and given its name back if it is another.
async fn set_aside(connection: &Connection, name: &SchemaName, id: &str) -> Result<(), DbError> {
    let aside = beside(name, &format!("left_{}_{id}", name.schema.as_str()));
    match connection.execute(&rename(name, &aside)).await {
        Ok(()) => {}
        Err(error) if matches!(error.kind, Kind::Missing | Kind::NameTaken) => return Ok(()),
        Err(error) if error.kind == Kind::Privilege => {
            let hint = format!(
                "somebody else than mz-deploy made the schema: let an administrator run `ALTER SCHEMA {name} OWNER TO {DEPLOYER_ROLE}`"
            );
            return Err(error.with_hint(hint));
        }
        Err(error) => return Err(error),
    }
    let sql = format!(
        "SELECT s.id FROM mz_catalog.mz_schemas s JOIN mz_catalog.mz_databases d ON d.id = s.database_id \
         WHERE d.name = {} AND s.name = {}",
        Literal(LEDGER_DATABASE),
        Literal(aside.schema.as_str())
    );
    let rows = connection.query(&sql).await?;
    if rows.first().and_then(|row| row.get("id")) != Some(id) {
        match connection.execute(&rename(&aside, name)).await {
            // If a third one has the lease by now, what was set aside is none any more.
            Err(error) if error.kind == Kind::NameTaken => {}
            Err(error) if error.kind == Kind::Missing => return Ok(()),
            result => return result,
        }
    }
    connection.execute(&drop_schema(&aside)).await
}

/// Drops what is of no use any more. What can't be dropped is in nobody's way.
async fn sweep(connection: &Connection, left: &[SchemaName]) {
    let statements: Vec<String> = left.iter().map(drop_schema).collect();
    connection.pipeline(&statements).await;
}

fn rename(from: &SchemaName, to: &SchemaName) -> String {
    format!("ALTER SCHEMA {from} RENAME TO {}", to.schema)
}

fn drop_schema(name: &SchemaName) -> String {
    format!("DROP SCHEMA IF EXISTS {name} RESTRICT")
}

fn beside(name: &SchemaName, schema: &str) -> SchemaName {
    SchemaName { schema: Ident::new(schema), ..name.clone() }
}

fn lease_name(deploy_id: &str) -> Result<SchemaName, DbError> {
    if !is_deploy_id(deploy_id) {
        return Err(DbError::new(Kind::Other, "a lease is for a deploy id"));
    }
    Ok(SchemaName::new(Ident::new(LEDGER_DATABASE), Ident::new(format!("lease_{deploy_id}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_another_deployment_is_told_apart() {
        let name = lease_name("a").expect("a deploy id");
        let is_left = |found: &str| is_left_of(&name, found);
        assert!(is_left("claim_lease_a_0123456789abcdef") && is_left("left_lease_a_u12"));
        for other in [
            "lease_a",
            "claim_lease_a_b_0123456789abcdef",
            "claim_lease_a_0123456789abcdef_0123456789abcdef",
            "claim_lease_a_",
            "left_lease_a_u",
            "left_lease_a_b_u12",
            "left_lease_b_u12",
            "leftXlease_a_u12",
        ] {
            assert!(!is_left(other), "{other}");
        }
    }
}

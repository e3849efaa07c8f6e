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
//! A statement names what it changes and can't ask for its id, so whoever takes over, or gives a lease back, at the same moment as others
//! may push aside the lease of one who was quicker, sees that, and gives it its name back. If a third one has the name by then, the
//! quicker one stops: whoever holds a lease asks whether it still does for each batch of statements that it sends. An answer counts for
//! a second from when it was asked for.
//!
//! What was sent before the lease was lost can't be called back. Whoever took over sees what came of it when they look, and whoever
//! lost it, if that comes later still (`deploy::stage`).

mod held;
mod holder;

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use mz_deploy_planner::input::Live;
use mz_deploy_planner::name::{Ident, Literal, SchemaName};
use mz_deploy_planner::plan::{DEPLOYER_ROLE, LEDGER_DATABASE, is_deploy_id};

pub use self::held::Held;
pub use self::holder::Holder;
use self::holder::is_token;
use super::catalog::{Scope, observe_and_ask};
use super::connection::Connection;
use super::error::{DbError, Kind};
use super::rows::Rows;

/// How often a lease is tried to be had that others take and give back at the same time.
const ATTEMPTS: usize = 4;
/// How often it is looked again for a lease that isn't there, and how long after each look: whoever pushed it aside by mistake gives it
/// its name back at once, and whoever takes it over has none for a moment.
const LOOKS: u32 = 5;
const BETWEEN_LOOKS: Duration = Duration::from_millis(60);
/// How long it counts that a lease was held: it isn't asked before every statement.
const COUNTS: Duration = Duration::from_secs(1);

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
    /// Of the schema, which keeps it whatever its name is.
    id: String,
    holder: Holder,
    /// When it was last seen to be held, unless something else was seen since.
    seen: Mutex<Option<Instant>>,
    /// The time of the server's clock by which that was so.
    now: Mutex<String>,
    /// When this process told the ledger's history of something, by the server's clock.
    told: Mutex<Vec<String>>,
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
    let mut id = None;
    for _ in 0..ATTEMPTS {
        if id.is_none() {
            id = prepare(connection, &claim, &holder).await?;
        }
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
                let id = id.ok_or_else(|| DbError::unexpected("a schema that wasn't there has a name"))?;
                return Ok(Taken::Lease(Box::new(Lease::new(name, id, holder))));
            }
            // Somebody was quicker, and may have swept the claim away.
            Err(error) if matches!(error.kind, Kind::NameTaken | Kind::Missing) => {
                id = id.filter(|_| error.kind == Kind::NameTaken);
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
    fn new(name: SchemaName, id: String, holder: Holder) -> Self {
        Self {
            name,
            id,
            now: Mutex::new(holder.since.clone()),
            holder,
            seen: Mutex::new(Some(Instant::now())),
            told: Mutex::default(),
            lost: OnceLock::new(),
        }
    }

    /// Who holds it: this process.
    pub fn holder(&self) -> &Holder {
        &self.holder
    }

    /// True if it is still held: nobody took it over. Once it is lost, it is lost.
    pub async fn is_held(&self, connection: &Connection) -> Result<bool, DbError> {
        let (mut found, mut asked) = (None, Instant::now());
        for look_again in (0..LOOKS).rev() {
            if self.lost.get().is_some() {
                return Ok(false);
            }
            asked = Instant::now();
            found = self.holder_in(look(connection, &self.name).await?);
            if found.is_some() || look_again == 0 {
                break;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        if found.is_none() {
            let _ = self.lost.set(None);
        }
        Ok(self.compare(found, asked))
    }

    /// As [`Self::is_held`], unless that was seen a moment ago.
    pub async fn is_still_held(&self, connection: &Connection) -> Result<bool, DbError> {
        let seen = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if self.lost.get().is_none() && seen.is_some_and(|seen| seen.elapsed() < COUNTS) {
            return Ok(true);
        }
        self.is_held(connection).await
    }

    /// The catalog, and whether the lease is held at that moment. One that isn't there is not known to be lost yet.
    pub async fn observe(&self, connection: &Connection, wanted: &Scope) -> Result<(Live, bool), DbError> {
        let asked = Instant::now();
        // The question is asked for the time alone: whether the lease is held is told by the same moment as everything else.
        let (live, answers) = observe_and_ask(connection, wanted, &[self.question()]).await?;
        if let Some(Ok(around)) =
            answers.first().and_then(|answer| Some(around(&self.name, answer.as_ref().ok()?)))
        {
            self.holder_in(around);
        }
        let schema = live.schemas.iter().find(|schema| schema.name == self.name);
        let comment = schema.and_then(|schema| schema.comment.as_deref());
        let is_held = self.compare(comment.and_then(Holder::read), asked);
        Ok((live, is_held))
    }

    /// The question whether it is held, to be sent along with other statements, for [`Self::hear`].
    pub fn question(&self) -> String {
        question(&self.name)
    }

    /// Takes the answer to [`Self::question`], if there is one, to what was sent at this time: it may have been long under way.
    pub fn hear(&self, answer: Option<&Rows>, sent: Instant) {
        let around = answer.and_then(|answer| around(&self.name, answer).ok());
        self.compare(around.and_then(|around| self.holder_in(around)), sent);
    }

    /// The time of the server's clock at which it was last asked for.
    pub fn now(&self) -> String {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn holder_in(&self, around: Around) -> Option<Holder> {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = around.now;
        around.lease.and_then(|found| found.holder)
    }

    fn compare(&self, found: Option<Holder>, at: Instant) -> bool {
        let is_held = self.lost.get().is_none() && found.as_ref() == Some(&self.holder);
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = is_held.then_some(at);
        if !is_held && found.is_some() {
            // The first answer stays: it says who took the lease from this process.
            let _ = self.lost.set(found);
        }
        is_held
    }

    /// Notes that this process told the ledger's history of something, at a time of the server's clock.
    pub fn told(&self, at: &str) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).push(at.to_owned());
    }

    /// True for what happened, by the server's clock, since it is held, and not by this process.
    pub fn is_of_another(&self, at: &str) -> bool {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        at > self.holder.since.as_str() && !told.iter().any(|own| own == at)
    }

    /// Whether it is known to be lost, and to whom, unless nobody has it any more.
    pub fn lost_to(&self) -> Option<Option<&Holder>> {
        self.lost.get().map(Option::as_ref)
    }

    /// Gives it back. One that was taken over is left alone, even if that happens at the same moment.
    pub async fn release(self, connection: &Connection) -> Result<(), DbError> {
        if !self.is_still_held(connection).await? {
            return Ok(());
        }
        set_aside(connection, &self.name, &self.id).await
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
    around(name, &connection.query(&question(name)).await?)
}

fn question(name: &SchemaName) -> String {
    // What is under a name that only looks alike is told apart below: an underscore in a pattern is any character.
    format!(
        "SELECT now()::text AS now, t.id, t.name, t.comment FROM (VALUES (1)) AS one (n) LEFT JOIN \
         (SELECT s.id, s.name, c.comment FROM mz_catalog.mz_schemas s JOIN mz_catalog.mz_databases d ON d.id = s.database_id \
         LEFT JOIN mz_internal.mz_comments c ON c.object_type = 'schema' AND c.id = s.id AND c.object_sub_id IS NULL \
         WHERE d.name = {} AND s.name LIKE {}) AS t ON true ORDER BY t.name",
        Literal(LEDGER_DATABASE),
        Literal(&format!("%{}%", name.schema.as_str()))
    )
}

fn around(name: &SchemaName, rows: &Rows) -> Result<Around, DbError> {
    let first = rows.first().ok_or_else(|| DbError::unexpected("the server doesn't know the time"))?;
    let mut around = Around { now: first.text("now")?.to_owned(), lease: None, left: Vec::new() };
    for row in rows {
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

/// Makes what will be a lease, under a name that is nobody else's. Returns its id, unless somebody who was quicker swept it away.
async fn prepare(
    connection: &Connection,
    claim: &SchemaName,
    holder: &Holder,
) -> Result<Option<String>, DbError> {
    let statements = [
        format!("CREATE SCHEMA {claim}"),
        format!("ALTER SCHEMA {claim} OWNER TO {}", Ident::new(DEPLOYER_ROLE)),
        format!("COMMENT ON SCHEMA {claim} IS {}", Literal(&holder.comment())),
        id_of(claim),
    ];
    let done = connection.query_all(&statements).await;
    let done = done.into_iter().collect::<Result<Vec<_>, _>>();
    let error = match done
        .map(|answers| answers.last().and_then(Rows::first).map(|row| row.text("id").map(str::to_owned)))
    {
        Ok(Some(id)) => return id.map(Some),
        Ok(None) => return Ok(None),
        Err(error) if error.kind == Kind::Missing => return Ok(None),
        Err(error) => error,
    };
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
    let mut answers = connection.query_all(&[rename(name, &aside), id_of(&aside)]).await.into_iter();
    let renamed = answers.next().expect("an answer for each statement");
    match renamed {
        Ok(_) => {}
        Err(error) if matches!(error.kind, Kind::Missing | Kind::NameTaken) => return Ok(()),
        Err(error) if error.kind == Kind::Privilege => {
            let hint = format!(
                "somebody else than mz-deploy made the schema: let an administrator run `ALTER SCHEMA {name} OWNER TO {DEPLOYER_ROLE}`"
            );
            return Err(error.with_hint(hint));
        }
        Err(error) => return Err(error),
    }
    let rows = answers.next().expect("an answer for each statement")?;
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

/// The question for the id of a schema of the ledger's database.
fn id_of(schema: &SchemaName) -> String {
    format!(
        "SELECT s.id FROM mz_catalog.mz_schemas s JOIN mz_catalog.mz_databases d ON d.id = s.database_id \
         WHERE d.name = {} AND s.name = {}",
        Literal(LEDGER_DATABASE),
        Literal(schema.schema.as_str())
    )
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

//! What steps do besides sending a statement.

use std::cell::RefCell;

use mz_deploy_planner::input::{Live, RecordedId};
use mz_deploy_planner::name::{ObjectName, SchemaName, printed};
use mz_deploy_planner::plan::{self, Effect, SinkInput};
use serde_json::json;

use super::session::Session;
use crate::db::Scope;
use crate::db::lease::{Held, Lease};
use crate::db::ledger::{self, Marking, Origin};
use crate::host::{Failure, FailureCode};

/// The last event of a deployment that was taken away.
pub(super) const ABORTED: &str = "aborted";
/// The last event of one that was rolled back.
pub(super) const ROLLED_BACK: &str = "rolled back";

/// Performs the effects of plans of one deployment.
pub(super) struct Effects<'a> {
    pub(super) session: &'a Session,
    /// What has to be held for each of them.
    pub(super) lease: &'a Lease,
    pub(super) scope: &'a Scope,
    pub(super) origin: &'a Origin,
    pub(super) deploy_id: &'a str,
    /// What stage made.
    pub(super) staged: &'a [RecordedId],
    /// What the history says last. Nobody else adds to it as long as the lease is held.
    pub(super) last_event: RefCell<Option<String>>,
    /// What was seen when the exchange was verified, for whatever comes right after that.
    pub(super) verified: RefCell<Option<Live>>,
}

impl Effects<'_> {
    /// Performs one.
    pub(super) async fn perform(&self, effect: &Effect) -> Result<(), Failure> {
        let connection = &self.session.connection;
        let held = Held::new(connection, self.lease);
        let id = self.deploy_id;
        match effect {
            Effect::Verify { names, sinks } => {
                let live = held.observe(self.scope).await?;
                verify(&live, names, sinks)?;
                self.verified.replace(Some(live));
                Ok(())
            }
            // Rows are added to those that are there: a kill in between mustn't leave none.
            Effect::RecordProduction { ids } => {
                Ok(ledger::write(held, &[ledger::recorded(id, "production", ids)]).await?)
            }
            Effect::RecordPromotion => {
                self.tell("promoted", &json!({ "commit": self.origin.commit })).await?;
                Ok(ledger::mark(held, id, Marking::Promoted).await?)
            }
            Effect::Annotate { schemas } => self.annotate(schemas).await,
            Effect::RecordKept { seconds } => {
                let until = match seconds {
                    Some(seconds) => Some(ledger::server_time_in(connection, *seconds).await?),
                    None => None,
                };
                // Said first: once it is kept, nothing is left to do.
                self.tell("kept", &json!({ "until": until })).await?;
                Ok(ledger::keep(held, id, until.as_deref()).await?)
            }
            Effect::RecordRollback => {
                // The mark comes last: as long as it is there, a rollback that was killed is one to be finished.
                ledger::unkeep(held, id).await?;
                self.tell(ROLLED_BACK, &json!({})).await?;
                Ok(ledger::mark(held, id, Marking::NotPromoted).await?)
            }
            Effect::RecordCleanup => {
                self.tell("cleaned up", &json!({})).await?;
                Ok(ledger::unkeep(held, id).await?)
            }
            Effect::Tidy => Ok(ledger::tidy(held, id).await?),
            Effect::Forget => {
                // Said first: without any row, nothing would tell that this is what happened.
                self.tell(ABORTED, &json!({})).await?;
                // It is held at this time: whatever was begun until then is what is forgotten.
                let until = held.time().await?;
                Ok(ledger::erase(held, id, &until).await?)
            }
            Effect::DropUnnamedIndex { on, cluster, .. } => {
                let live = held.observe(self.scope).await?;
                match plan::drop_of_unnamed_index(&live, on, cluster, self.staged) {
                    Ok(Some(drop)) => Ok(held.execute(&drop).await?),
                    Ok(None) => Ok(()),
                    Err(several) => Err(cannot_tell(on, &several)),
                }
            }
            Effect::CloneCluster { from, to } => {
                let live = held.observe(self.scope).await?;
                let statements = plan::copy_of_cluster(&live, from, to).ok_or_else(|| {
                    Failure::new(format!("the cluster `{from}` isn't there any more"))
                        .help("stage again: the environment has changed")
                })?;
                Ok(held.pipeline(&statements).await?)
            }
            // Nothing is done; these are done by the commands that have them.
            Effect::KeepRemoved { .. }
            | Effect::Record { .. }
            | Effect::WaitUntilReady
            | Effect::SetSecret { .. } => Ok(()),
        }
    }

    /// Adds to the history, unless that is what it says last: then this is what is left of a command that was killed.
    async fn tell(&self, event: &str, details: &serde_json::Value) -> Result<(), Failure> {
        if self.last_event.borrow().as_deref() == Some(event) {
            return Ok(());
        }
        let now = self.lease.now();
        self.lease.told(&now);
        let insert = ledger::event(self.deploy_id, event, self.origin, &now, details);
        ledger::write(Held::new(&self.session.connection, self.lease), &[insert]).await?;
        self.last_event.replace(Some(event.to_owned()));
        Ok(())
    }

    /// Says in the comments of schemas who promoted them, unless they say something else.
    async fn annotate(&self, schemas: &[SchemaName]) -> Result<(), Failure> {
        let connection = &self.session.connection;
        let held = Held::new(connection, self.lease);
        let now = self.lease.now();
        let verified = self.verified.take();
        let live = match verified {
            Some(live) => live,
            None => held.observe(self.scope).await?,
        };
        let commit = self.origin.commit.as_deref().map(|commit| format!(", commit {commit}"));
        let comment = format!(
            "{}deployment {} promoted by {} at {now}{}",
            plan::ANNOTATION,
            self.deploy_id,
            self.origin.role,
            commit.unwrap_or_default()
        );
        let is_free = |name: &&SchemaName| {
            let found = live.schemas.iter().find(|schema| schema.name == **name);
            let comment = found.and_then(|schema| schema.comment.as_deref());
            comment.is_none_or(|comment| comment.starts_with(plan::ANNOTATION))
        };
        let statements: Vec<_> =
            schemas.iter().filter(is_free).map(|schema| plan::comment_on_schema(schema, &comment)).collect();
        Ok(held.pipeline(&statements).await?)
    }
}

/// The failure of an index that has no name of its own.
fn cannot_tell(on: &ObjectName, several: &[ObjectName]) -> Failure {
    let names: Vec<String> = several.iter().map(ToString::to_string).collect();
    Failure::new(format!("which index of `{on}` is to be dropped can't be told: {}", names.join(", ")))
        .help("drop the one that the project doesn't have any more, and run the command again")
}

/// Fails unless names mean what they should, and sinks read it.
fn verify(live: &Live, names: &[RecordedId], sinks: &[SinkInput]) -> Result<(), Failure> {
    let mut wrong: Vec<String> = Vec::new();
    for expected in names {
        let found = match expected.kind.as_str() {
            "schema" => live.schemas.iter().find(|s| printed(&s.name) == expected.name).map(|s| &s.id),
            "cluster" => live.clusters.iter().find(|c| printed(&c.name) == expected.name).map(|c| &c.id),
            _ => live.objects.iter().find(|o| printed(&o.name) == expected.name).map(|o| &o.id),
        };
        if found != Some(&expected.id) {
            let found = found.map_or("nothing", |id| id.as_str());
            wrong.push(format!("the {} `{}` is {found}, not {}", expected.kind, expected.name, expected.id));
        }
    }
    for SinkInput { sink, relation } in sinks {
        let input = live.objects.iter().find(|o| printed(&o.name) == *relation).map(|o| &o.id);
        let reads = live.objects.iter().find(|o| printed(&o.name) == *sink).map(|o| &o.depends_on);
        if !input.zip(reads).is_some_and(|(id, reads)| reads.contains(id)) {
            wrong.push(format!("the sink `{sink}` doesn't read `{relation}`"));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let message = format!("after the exchange, not everything is as it should be: {}", wrong.join("; "));
    Err(Failure::coded(FailureCode::Partial, message).help("nothing is dropped; look at what others changed"))
}

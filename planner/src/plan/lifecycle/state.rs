//! How far a deployment is, and what in `_mz_deploy` says so.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::{SmolStr, format_smolstr};

use super::world::live_schema;
use crate::diagnostic::{Code, Diagnostic};
use crate::input::{Deployment, Live, LiveObject, LiveSchema, Marker};
use crate::name::{Ident, SchemaName, printed};
use crate::plan::setup::LEDGER_DATABASE;
use crate::source::Location;

/// The comment of the marker's schema that is called `_pre` before the swap.
pub(super) const NOT_SWAPPED: &str = "swapped=false";
/// The comment of the one that is called so after it.
pub(super) const SWAPPED: &str = "swapped=true";

/// How far a deployment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// `stage` wasn't done to its end.
    Staging,
    /// Everything was made; production is the old version.
    Staged,
    /// Production is the new version, and something of the promotion is left to do.
    Swapped,
    /// It is promoted, and the old version was kept.
    Kept,
    /// It is promoted, and the old version is gone.
    Promoted,
    /// Production is the old version again, and something of the rollback is left to do.
    RollingBack,
}

impl State {
    fn words(self) -> &'static str {
        match self {
            Self::Staging => "isn't staged to its end",
            Self::Staged => "is staged and not in production",
            Self::Swapped => "is in production, but its promotion isn't finished",
            Self::Kept => "is in production, and the old version is kept",
            Self::Promoted => "is in production, and the old version is gone",
            Self::RollingBack => "is being rolled back",
        }
    }

    /// What can be done in this state.
    fn advice(self) -> &'static str {
        match self {
            Self::Staging => "`stage` with the same deploy id finishes it, `abort` takes it away",
            Self::Staged => "`promote` puts it into production, `abort` takes it away",
            Self::Swapped => {
                "`promote` finishes it; `rollback` goes back, as long as the old version is there"
            }
            Self::Kept => "`cleanup` drops the old version, `rollback` goes back to it",
            Self::Promoted => "to go back, deploy the old definitions again",
            Self::RollingBack => "`rollback` finishes it",
        }
    }
}

/// The schemas of a deployment's marker.
pub(super) fn marker_schemas(deploy_id: &str) -> (SchemaName, SchemaName) {
    let schema = |end: &str| schema(&format_smolstr!("apply_{deploy_id}_{end}"));
    (schema("pre"), schema("post"))
}

fn schema(name: &SmolStr) -> SchemaName {
    SchemaName::new(Ident::new(LEDGER_DATABASE), Ident::new(name.clone()))
}

/// The marker of a deployment. What was interrupted before its first comment is not swapped.
pub fn marker(live: &Live, deploy_id: &str) -> Marker {
    let (pre, _) = marker_schemas(deploy_id);
    match live_schema(live, &pre) {
        None => Marker::Absent,
        Some(schema) if schema.comment.as_deref() == Some(SWAPPED) => Marker::Swapped,
        Some(_) => Marker::NotSwapped,
    }
}

/// How far a deployment is.
pub fn state(deployment: &Deployment, live: &Live) -> State {
    match marker(live, &deployment.plan.deploy_id) {
        Marker::Swapped | Marker::Absent if deployment.is_promoted && deployment.is_kept => State::Kept,
        Marker::Swapped => State::Swapped,
        Marker::NotSwapped if deployment.is_promoted || sinks_read_staged(deployment, live) => {
            State::RollingBack
        }
        Marker::Absent if deployment.is_promoted => State::Promoted,
        Marker::NotSwapped | Marker::Absent if deployment.is_staged => State::Staged,
        Marker::NotSwapped | Marker::Absent => State::Staging,
    }
}

/// A staged relation is read by a sink only after a promotion. One that was taken over as a replacement has another name
/// for good, and isn't staged any more.
fn sinks_read_staged(deployment: &Deployment, live: &Live) -> bool {
    let staged: BTreeMap<&SmolStr, &SmolStr> =
        deployment.staged.iter().filter(|r| r.kind == "object").map(|r| (&r.id, &r.name)).collect();
    let is_beside = |o: &&LiveObject| staged.get(&o.id).is_some_and(|name| **name == printed(&o.name));
    let beside: BTreeSet<&SmolStr> = live.objects.iter().filter(is_beside).map(|o| &o.id).collect();
    live.objects.iter().any(|o| o.kind == "sink" && o.depends_on.iter().any(|id| beside.contains(id)))
}

/// The error of a command that doesn't fit the state.
pub(super) fn wrong(deployment: &Deployment, state: State, command: &str) -> Vec<Diagnostic> {
    let id = &deployment.plan.deploy_id;
    let message = format_smolstr!("`{command}` isn't possible: the deployment `{id}` {}", state.words());
    vec![Diagnostic::error(Code::WrongState, Location::nowhere(), message).help(state.advice())]
}

/// The generation of the environment: the number, and the schema that has it in its name.
pub(super) fn generation(live: &Live) -> Option<(u64, &LiveSchema)> {
    let of_schema = |schema: &LiveSchema| {
        let is_ours =
            schema.name.database.as_ref().is_some_and(|database| database.as_str() == LEDGER_DATABASE);
        let number = schema.name.schema.as_str().strip_prefix("generation_").filter(|_| is_ours)?;
        number.parse::<u64>().ok()
    };
    live.schemas.iter().filter_map(|schema| Some((of_schema(schema)?, schema))).max_by_key(|(n, _)| *n)
}

/// The name of the next generation.
pub(super) fn next_generation(number: u64) -> Ident {
    Ident::new(format_smolstr!("generation_{}", number.saturating_add(1)))
}

/// Deployments whose markers say that they are in production, of which something is left.
pub(super) fn swapped_deployments(live: &Live) -> impl Iterator<Item = &str> {
    live.schemas.iter().filter(|s| s.comment.as_deref() == Some(SWAPPED)).filter_map(|schema| {
        let database = schema.name.database.as_ref()?;
        let name = schema.name.schema.as_str().strip_prefix("apply_")?.strip_suffix("_pre")?;
        (database.as_str() == LEDGER_DATABASE).then_some(name)
    })
}

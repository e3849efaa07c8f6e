//! One command at a time on a deployment.

use crate::db::Connection;
use crate::db::lease::{self, Holder, Lease, Taken};
use crate::db::ledger::{self, Event, Origin};
use crate::host::{Failure, FailureCode, Process};

/// Takes the lease of a deployment, or says who has it.
pub(super) async fn hold(
    connection: &Connection,
    deploy_id: &str,
    command: &str,
    origin: &Origin,
    take_over: bool,
) -> Result<Lease, Failure> {
    let holder = Holder::new(origin, command, Process::current());
    match lease::take(connection, deploy_id, holder, take_over).await? {
        Taken::Lease(lease) => Ok(*lease),
        Taken::Held(holder) => Err(held(deploy_id, holder)),
        Taken::Contended => {
            let message = format!("others begin and end work on the deployment `{deploy_id}` all the time");
            Err(Failure::coded(FailureCode::Conflict, message).help("run the command again"))
        }
    }
}

fn held(deploy_id: &str, holder: Option<Holder>) -> Failure {
    let failure = |by: String, help: &str| {
        let message = format!("the deployment `{deploy_id}` is being worked on {by}");
        Failure::coded(FailureCode::Conflict, message).help(help)
    };
    match holder {
        Some(holder) => failure(
            holder.to_string(),
            "wait until that is done; if you know that it has ended, say `--take-over`",
        ),
        None => failure(
            "by somebody whose name isn't on the lease".to_owned(),
            "run the command again; if that says the same, no command of mz-deploy made the lease: find out who did, and \
             say `--take-over` if nobody needs it",
        ),
    }
}

/// The failure of whoever held a lease and doesn't any more. What it began is left to whoever took it over; the ledger tells what
/// those did if they are done already. `lease` is known to be lost.
pub(super) async fn taken_over(
    connection: &Connection,
    lease: &Lease,
    deploy_id: &str,
    is_exchanged: bool,
) -> Failure {
    let by = match lease.lost_to().flatten() {
        Some(holder) => format!(" {holder}"),
        None => match ledger::last_event(connection, deploy_id).await {
            // What was done before it was taken over, or by this process, isn't what became of it.
            Ok(Some(Event { event, at, role, host, .. })) if lease.is_of_another(&at) => {
                format!(", and is let go again; last, it was {event} by `{role}` on `{host}` at {at}")
            }
            Ok(_) | Err(_) => ", and is let go again".to_owned(),
        },
    };
    let command = &lease.holder().command;
    let before = if is_exchanged { ", after the versions were exchanged" } else { "" };
    let message = format!("`{command}` has stopped{before}: the deployment `{deploy_id}` was taken over{by}");
    Failure::coded(FailureCode::Conflict, message)
        .help(format!("`mz-deploy describe {deploy_id}` tells what became of it"))
}

/// A failure of whoever may have lost the lease before anything was done: then that is what is to be said.
pub(super) async fn or_taken_over(
    failure: Failure,
    connection: &Connection,
    lease: &Lease,
    deploy_id: &str,
) -> Failure {
    match lease.is_held(connection).await {
        Ok(false) => taken_over(connection, lease, deploy_id, false).await,
        Ok(true) | Err(_) => failure,
    }
}

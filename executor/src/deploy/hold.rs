//! One command at a time on a deployment.

use crate::db::Connection;
use crate::db::lease::{self, Holder, Lease, Taken};
use crate::db::ledger::Origin;
use crate::host::{Failure, FailureCode};

/// Takes the lease of a deployment, or says who has it.
pub(super) async fn hold(
    connection: &Connection,
    deploy_id: &str,
    command: &str,
    origin: &Origin,
    take_over: bool,
) -> Result<Lease, Failure> {
    let holder = Holder::this_process(origin, command);
    match lease::take(connection, deploy_id, holder, take_over).await? {
        Taken::Lease(lease) => Ok(lease),
        Taken::Held(holder) => Err(held(deploy_id, holder)),
    }
}

fn held(deploy_id: &str, holder: Option<Holder>) -> Failure {
    let by = match holder {
        Some(Holder { role, host, command, since, .. }) => {
            format!("by `{role}` on `{host}`, with `{command}` since {since}")
        }
        None => "by somebody who didn't say who they are".to_owned(),
    };
    Failure::coded(FailureCode::Conflict, format!("the deployment `{deploy_id}` is being worked on {by}"))
        .help("wait until that is done; if you know that it has ended, say `--take-over`")
}

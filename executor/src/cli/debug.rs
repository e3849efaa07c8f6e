//! `mz-deploy debug`

use std::fmt::Write as _;

use mz_deploy_planner::plan;

use super::arguments::{Global, Output};
use super::connect::{block_on, connect_anywhere, profile};
use super::documents;
use super::documents::environment::{Connection, DebugDocument, ServerCluster};
use super::terminal::{Terminal, print_result};
use crate::db::Scope;
use crate::host::Failure;

pub(super) fn run(global: &Global, terminal: Terminal) -> Result<(), Failure> {
    let connection = block_on(async {
        let session = connect_anywhere(global, terminal).await?;
        let live = session.look(&Scope::default()).await?;
        let cluster = plan::server_cluster(&live);
        let target = session.target();
        Ok(Connection {
            profile: profile(global)?,
            host: target.host.clone(),
            port: target.port,
            environment_id: live.environment.to_string(),
            server_cluster_health: match cluster {
                None => ServerCluster::Missing,
                Some(name) => health(&session, name.as_str()).await?,
            },
            version: live.version.to_string(),
            role: live.session.as_ref().map(|s| s.role.as_str().to_owned()).unwrap_or_default(),
        })
    })?;
    if global.output() == Output::Json {
        return documents::print(&DebugDocument::new(connection));
    }
    print_result(&text(&connection))
}

async fn health(session: &crate::deploy::Session, cluster: &str) -> Result<ServerCluster, Failure> {
    let replicas = crate::db::replicas_of(&session.connection, cluster).await?;
    Ok(match replicas {
        0 => ServerCluster::NotReady { reason: format!("the cluster `{cluster}` has no replica") },
        _ => ServerCluster::Healthy,
    })
}

fn text(connection: &Connection) -> String {
    let health = match &connection.server_cluster_health {
        ServerCluster::Healthy => "healthy".to_owned(),
        ServerCluster::NotReady { reason } => reason.clone(),
        ServerCluster::Missing => "missing: let a superuser run `mz-deploy setup`".to_owned(),
    };
    let mut text = String::new();
    for (what, value) in [
        ("Profile", connection.profile.as_str()),
        ("Server", &format!("{}:{}", connection.host, connection.port)),
        ("Role", &connection.role),
        ("Environment", &connection.environment_id),
        ("Version", &connection.version),
        ("Ledger's cluster", &health),
    ] {
        let _ = writeln!(text, "{what:17} {value}");
    }
    text
}

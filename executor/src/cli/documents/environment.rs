//! The document of `debug`.

use serde::Serialize;

use super::Status;

/// The connection, and what is at its other end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct DebugDocument {
    status: Status,
    #[serde(flatten)]
    connection: Connection,
}

/// What is known of a connection and of the environment at its other end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct Connection {
    /// The active profile.
    pub(in crate::cli) profile: String,
    /// Where it connects to.
    pub(in crate::cli) host: String,
    /// The port there.
    pub(in crate::cli) port: u16,
    /// The environment's id.
    pub(in crate::cli) environment_id: String,
    /// The tool's own cluster.
    pub(in crate::cli) server_cluster_health: ServerCluster,
    /// The server's version, in its own words.
    pub(in crate::cli) version: String,
    /// The session's role.
    pub(in crate::cli) role: String,
}

/// How the tool's own cluster is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub(in crate::cli) enum ServerCluster {
    /// It has a replica.
    Healthy,
    /// It can't run queries.
    NotReady {
        /// Why.
        reason: String,
    },
    /// There is none: `setup` makes it.
    Missing,
}

impl DebugDocument {
    pub(in crate::cli) fn new(connection: Connection) -> Self {
        Self { status: Status::Done, connection }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_as_json() {
        let reason = "it has no replica".to_owned();
        let document = DebugDocument::new(Connection {
            profile: "dev".to_owned(),
            host: "localhost".to_owned(),
            port: 6875,
            environment_id: "e1".to_owned(),
            server_cluster_health: ServerCluster::NotReady { reason },
            version: "v26.0.0".to_owned(),
            role: "deployer".to_owned(),
        });
        assert_eq!(
            serde_json::to_string(&document).expect("it is JSON"),
            r#"{"status":"done","profile":"dev","host":"localhost","port":6875,"environment_id":"e1","server_cluster_health":{"status":"not_ready","reason":"it has no replica"},"version":"v26.0.0","role":"deployer"}"#
        );
        let health = [ServerCluster::Healthy, ServerCluster::Missing];
        let health = health.map(|health| serde_json::to_string(&health).expect("it is JSON"));
        assert_eq!(health, [r#"{"status":"healthy"}"#, r#"{"status":"missing"}"#]);
    }
}

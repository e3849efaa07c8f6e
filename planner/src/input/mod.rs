//! Everything that the planner may know: the project's files, the configuration, what was deployed, what is live.

mod config;
mod deployed;
mod deployment;
mod json;
mod live;
mod sources;

pub use config::{Config, StageOptions, StrategyChoice};
pub use deployed::{
    DEPLOYED_FORMAT, Deployed, DeployedCompanion, DeployedModifier, DeployedObject, DeployedSchema,
    SchemaDeploymentKind,
};
pub(crate) use deployment::number;
pub use deployment::{Deployment, HighestIds, Marker, RecordedId};
pub(crate) use json::read;
pub use json::{read_deployed, read_live};
pub use live::{
    LIVE_FORMAT, Live, LiveCluster, LiveComment, LiveDatabase, LiveDefaultPrivilege, LiveGrant,
    LiveNetworkPolicy, LiveObject, LiveReplica, LiveRole, LiveSchema, LiveSession,
};
pub use sources::Sources;

//! Everything that the planner may know: the project's files, the configuration, what was deployed, what is live.

mod config;
mod deployed;
mod json;
mod live;
mod sources;

pub use config::{Config, StageOptions, StrategyChoice};
pub use deployed::{
    Deployed, DeployedCompanion, DeployedModifier, DeployedObject, DeployedSchema, SchemaDeploymentKind,
};
pub use json::{read_deployed, read_live};
pub use live::{Live, LiveCluster, LiveDatabase, LiveGrant, LiveObject, LiveSchema};
pub use sources::Sources;

//! What a command was asked to do, apart from the project.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// What every command knows besides the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The active profile.
    pub profile: Option<SmolStr>,
}

/// How changed objects reach production, as asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum StrategyChoice {
    /// Whole schemas and clusters beside production, swapped.
    #[default]
    Swap,
    /// Changed objects and their dependants beside the old ones, renamed.
    Rename,
    /// `Rename` where it rebuilds less than `Swap` would.
    Auto,
}

/// What `stage` was asked to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct StageOptions {
    /// Names the deployment; part of the staged names.
    pub deploy_id: SmolStr,
    /// The strategy, if it was chosen on the command line; the project's choice otherwise.
    pub strategy: Option<StrategyChoice>,
    /// Schemas (`database.schema`) to deploy again though nothing changed in them.
    pub redeploy_schemas: Vec<SmolStr>,
    /// Deploy everything again.
    pub redeploy_all: bool,
    /// Drop what was removed from the project, at promotion. It is kept otherwise.
    pub drop_removed: bool,
}

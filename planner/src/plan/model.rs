//! A plan as data. It is printed, reviewed, saved and executed; all of these see the same value.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::input::{RecordedId, StrategyChoice};
use crate::name::{Ident, ObjectName, SchemaName};
use crate::project::ObjectKind;
use crate::source::FilePath;

/// The version of the plan format that this planner reads and writes.
pub const PLAN_FORMAT: u32 = 1;

/// What a command would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Version of the format: 1.
    pub format: u32,
    /// The command that made it.
    pub command: Command,
    /// Digest of everything else in the plan.
    pub id: SmolStr,
    /// Names the deployment; the suffix of what is staged.
    pub deploy_id: SmolStr,
    /// The active profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<SmolStr>,
    /// The strategy that was asked for.
    pub strategy: StrategyChoice,
    /// The strategy that was taken: `swap` or `rename`.
    pub taken: StrategyChoice,
    /// What the plan was made from.
    pub inputs: Inputs,
    /// What happens to each object that isn't left alone, sorted by name.
    pub changes: Vec<Change>,
    /// What the statements mention that the plan neither makes nor knows to be there, sorted by kind and name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
    /// What happens to databases and schemas themselves, sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<ScopeChange>,
    /// What is there and isn't as the project says. It is left as it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drift: Vec<Drift>,
    /// What a reader must know before the plan runs: what it can't take back, what it overrides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<SmolStr>,
    /// Grants, comments and default privileges that the last deployment made on what is built again, and the project
    /// doesn't say any more: what promotion doesn't carry over. The statements that made them, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withdrawn: Vec<SmolStr>,
    /// Views, materialized views and sinks that stay as they are.
    pub unchanged: Vec<ObjectName>,
    /// What this plan costs.
    pub cost: Cost,
    /// What the other strategies would have cost.
    #[serde(default)]
    pub alternatives: Vec<Alternative>,
    /// The steps, in order.
    pub phases: Vec<Phase>,
}

/// A command that plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Command {
    /// Build the new version beside the old one.
    Stage,
    /// Exchange the staged version and production, and finish what can't be done before that.
    Promote,
    /// Take away what was staged.
    Abort,
    /// Exchange the two versions again, as long as the old one was kept.
    Rollback,
    /// Drop the old version that was kept.
    Cleanup,
    /// Make what the tool itself needs in an environment.
    Setup,
    /// Create the infrastructure that is missing: roles, clusters, network policies, secrets, connections, sources, tables.
    Apply,
}

impl Command {
    /// As it is called on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Promote => "promote",
            Self::Abort => "abort",
            Self::Rollback => "rollback",
            Self::Cleanup => "cleanup",
            Self::Setup => "setup",
            Self::Apply => "apply",
        }
    }
}

/// Digests of what a plan was made from. A plan is executed only while they still hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Inputs {
    /// Of the project as compiled.
    pub project: SmolStr,
    /// Of the snapshot of the last deployment; absent for a first deployment, and if the snapshot holds nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployed: Option<SmolStr>,
    /// Of the observed catalog; absent for a plan without a connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world: Option<SmolStr>,
    /// The environment's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<SmolStr>,
}

/// How an object reaches production.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// In a staged copy of its schema, which is swapped.
    Swap,
    /// Under a staged name in its own schema, which is renamed.
    Rename,
    /// As a replacement that the existing materialized view takes over.
    Replace,
    /// By statements on the existing object.
    InPlace,
    /// By statements at promotion: sinks.
    AtPromote,
}

/// What happens to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ChangeAction {
    /// It is new.
    Create,
    /// Its own definition changed.
    Update,
    /// It is built again because of something else.
    Rebuild,
    /// It became another kind of object.
    ChangeKind,
    /// Only its indexes changed.
    UpdateIndexes,
    /// Only its grants or comments changed.
    UpdateMetadata,
    /// A sink that reads something that moves.
    Repoint,
    /// Its file is gone, and so will it be.
    Delete,
    /// Its file is gone; it stays until its deletion is asked for.
    Keep,
}

/// An object and what happens to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Which.
    pub name: ObjectName,
    /// What it is, in the project (for a deletion: what it was).
    pub kind: ObjectKind,
    /// What happens.
    pub action: ChangeAction,
    /// How.
    pub strategy: Strategy,
    /// Why: from this object back to a change in a file, the last element.
    pub reason: Arc<[Reason]>,
    /// The definition that is deployed, if it is known and differs, with full names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<SmolStr>,
    /// The definition in the project with full names, if it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<SmolStr>,
}

/// What happens to a database or a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ScopeAction {
    /// It gets objects for the first time, with its grants, comments and default privileges.
    Create,
    /// Its materialized views are replaced in place from now on.
    BecomeStable,
    /// It is swapped like any other schema from now on.
    BecomeNormal,
    /// Its grants, comments or default privileges changed.
    UpdateMetadata,
}

/// A database or schema and what happens to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScopeChange {
    /// The database.
    pub database: Ident,
    /// The schema; absent for the database itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Ident>,
    /// What happens.
    pub action: ScopeAction,
    /// Why.
    pub reason: Vec<Reason>,
}

/// Something that must be there before the plan runs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// `cluster`, `role`, the kind of an object of the project (`table`, `source`, …), or `object` for one of others.
    pub kind: SmolStr,
    /// The name, printed.
    pub name: SmolStr,
    /// The file that defines it, or `project.toml` where that only says that it exists; absent where nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<FilePath>,
}

/// Something that is there, but not as the project says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Drift {
    /// `cluster`, `role`, `secret`, `connection`, `source`, `table`, …
    pub kind: SmolStr,
    /// The name, printed.
    pub name: SmolStr,
    /// What differs: `comment`, `grant to analyst`, `option SIZE`.
    pub what: SmolStr,
    /// What the project says; absent for what it doesn't mention.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted: Option<SmolStr>,
    /// What the environment has; absent for what it lacks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<SmolStr>,
    /// The file that says so.
    pub path: FilePath,
    /// The line in that file, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// One link of a chain of reasons.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "because", rename_all = "kebab-case")]
pub enum Reason {
    /// A file was added, edited or removed. Always the last link.
    File {
        /// The file.
        path: FilePath,
        /// Line of the cause, from 1; absent where the file as a whole is meant or gone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<u32>,
        /// What about it: `new`, `definition changed`, `index added`, `removed`, …
        what: SmolStr,
    },
    /// It reads an object that is built again.
    DependsOn {
        /// That object.
        object: ObjectName,
    },
    /// Its schema is swapped as a whole.
    SharesSchema {
        /// The schema.
        schema: SchemaName,
        /// An object of it that is built again.
        object: ObjectName,
    },
    /// Its cluster is swapped as a whole.
    SharesCluster {
        /// The cluster.
        cluster: Ident,
        /// An object on it that is built again.
        object: ObjectName,
    },
    /// It was asked for on the command line. Always the last link.
    Requested {
        /// The option, for instance `--redeploy-schema app.core`.
        option: SmolStr,
    },
    /// Nothing was deployed before. Always the last link.
    FirstDeployment,
}

/// What a plan costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Objects that are built.
    pub objects: usize,
    /// Statements, those at promotion included.
    pub statements: usize,
    /// Clusters of which a copy is made, which runs beside the original until the old version is dropped.
    pub clusters: usize,
}

/// A road not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    /// The strategy.
    pub strategy: StrategyChoice,
    /// What it would have cost; absent if it isn't possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// Why it isn't possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub obstacle: Option<SmolStr>,
}

/// When a phase runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Moment {
    /// By `stage`. Nothing that production reads is touched.
    Stage,
    /// By promotion. These steps are an outlook: promotion plans again from the live catalog, and adds statements of its
    /// own to the swap transaction, for the deployment's generation and marker.
    Promote,
    /// When the plan is run: plans of all commands but `stage` have no other moment.
    Now,
}

/// Steps that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// For people: `create schemas`, `build objects`, …
    pub name: SmolStr,
    /// When it runs.
    pub at: Moment,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What is done.
    pub action: Action,
    /// Why.
    pub cause: Cause,
    /// What must hold just before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preconditions: Vec<Precondition>,
    /// What shows that it was done, where its preconditions don't: a step that requires that something is absent is done
    /// when that is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcondition: Option<Postcondition>,
    /// What undoes it.
    pub inverse: Inverse,
    /// Steps with the same group share one DDL transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<SmolStr>,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// One statement, exactly as it is sent, without a semicolon.
    Sql(SmolStr),
    /// Something else than a statement.
    Effect(Box<Effect>),
}

/// What a step does besides SQL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Effect {
    /// Make a cluster with the options, grants and comment of another, which are read when the step runs: the plan
    /// was made without the live catalog.
    CloneCluster {
        /// The existing cluster.
        from: Ident,
        /// The new one.
        to: Ident,
    },
    /// Write rows to a table of the ledger. Columns that only the run knows (times, the user, ids of what it makes)
    /// are not among them.
    Record {
        /// The ledger's table.
        table: SmolStr,
        /// The columns.
        columns: Vec<SmolStr>,
        /// A value for each column.
        rows: Vec<Vec<SmolStr>>,
    },
    /// Wait until everything that was staged is hydrated and caught up.
    WaitUntilReady,
    /// Nothing is done: a removed object is kept until its deletion is asked for with `--drop-removed`.
    KeepRemoved {
        /// The object.
        object: ObjectName,
    },
    /// Drop an index that was created without a name: what it is called is looked up when the step runs.
    DropUnnamedIndex {
        /// Its relation.
        on: ObjectName,
        /// The cluster that it runs on.
        cluster: Ident,
        /// Its definition with full names, as it was deployed.
        definition: SmolStr,
    },
    /// Give a secret its value, which is got when the step runs and never stands in a plan.
    SetSecret {
        /// The secret.
        secret: ObjectName,
        /// It is made; otherwise it exists, and gets the value that the project says now.
        creates: bool,
        /// The statement up to its value, for instance `CREATE SECRET app.raw.password AS`.
        statement: SmolStr,
        /// Where the value comes from.
        value: SecretValue,
    },
    /// Look again, after the swap: every name means what was staged, every sink reads the version that is in production.
    Verify {
        /// Names and the ids that they must have.
        names: Vec<RecordedId>,
        /// Sinks and what they must read.
        sinks: Vec<SinkInput>,
    },
    /// Write to the ledger what production has now, in the place of what it had: the deployment is put over it. Of two ids
    /// of one name, the higher one is what is there.
    RecordProduction {
        /// All of it, sorted.
        ids: Vec<RecordedId>,
    },
    /// Write to the ledger that the deployment is in production.
    RecordPromotion,
    /// Say in the comments of schemas who promoted them, when, and which commit. The comments begin with
    /// [`crate::plan::ANNOTATION`].
    Annotate {
        /// The schemas.
        schemas: Vec<SchemaName>,
    },
    /// Write to the ledger that the old version is kept.
    RecordKept {
        /// For how long, from the promotion on, by the server's clock; absent for until `cleanup`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<u64>,
    },
    /// Write to the ledger that the old version is in production again and the deployment is merely staged.
    RecordRollback,
    /// Write to the ledger that the old version isn't kept any more.
    RecordCleanup,
    /// Take the rows out of the ledger that only an open deployment needs; its history stays.
    Tidy,
    /// Take the deployment out of the ledger; its history says that it was aborted.
    Forget,
}

/// Where the value of a secret comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum SecretValue {
    /// `env_var('NAME')`: from the environment of whoever runs the plan.
    EnvVar {
        /// The variable.
        name: SmolStr,
    },
    /// `aws_secret('ID')`: from AWS Secrets Manager.
    AwsSecret {
        /// The secret there.
        id: SmolStr,
    },
    /// The expression in the project's file, which is sent as it is written there.
    File {
        /// The file.
        path: FilePath,
    },
}

/// A sink and the relation that it reads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SinkInput {
    /// The sink, printed.
    pub sink: SmolStr,
    /// The relation, printed.
    pub relation: SmolStr,
}

/// Why a step is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Cause {
    /// The object that it serves; for a schema or a cluster, one that makes the step necessary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectName>,
    /// The file that says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<FilePath>,
    /// The line in that file, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// What must hold just before a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "require", rename_all = "kebab-case")]
pub enum Precondition {
    /// Nothing has this name.
    Absent {
        /// `schema`, `cluster`, `object`, `database`, `role` or `network policy`.
        kind: SmolStr,
        /// The name, printed.
        name: SmolStr,
    },
    /// The name exists; if the id is known, with that id.
    Present {
        /// `schema`, `cluster`, `object` or `database`.
        kind: SmolStr,
        /// The name, printed.
        name: SmolStr,
        /// The catalog id that was observed. What is made between the plan and this step has none yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<SmolStr>,
    },
}

/// What shows that a step was done. A run that finds it so goes past the step; that is how a command goes on where it
/// was killed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "done-when", rename_all = "kebab-case")]
pub enum Postcondition {
    /// The first thing that its preconditions require to be present isn't there any more.
    Gone,
    /// A sink reads what now has this name.
    Reads {
        /// The sink, printed.
        sink: SmolStr,
        /// The relation, printed.
        relation: SmolStr,
    },
    /// A materialized view has taken over its replacement, and the replacement's id with it.
    TakenOver {
        /// The materialized view, printed.
        target: SmolStr,
        /// The replacement, printed.
        replacement: SmolStr,
    },
}

/// What undoes a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Inverse {
    /// This statement.
    Sql(SmolStr),
    /// Nothing has to be undone, or undoing an earlier step undoes this one.
    Nothing,
    /// It can't be undone: why.
    Irreversible(SmolStr),
}

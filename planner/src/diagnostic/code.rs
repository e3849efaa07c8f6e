//! The stable names of all problems.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// The kind of a problem. The name is stable: it is printed, and tools may rely on it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }
        }
    };
}

codes! {
    // Reading the project.
    /// There is no `models` directory.
    MissingModels,
    /// A file name can't be the name of an object.
    InvalidFileName,
    /// A file can't be read: not UTF-8, too large, outside the project.
    UnreadableFile,
    /// `project.toml` is missing.
    MissingProjectFile,
    /// A TOML file doesn't parse.
    InvalidToml,
    /// A key that nothing reads.
    UnknownKey,
    /// A value of the wrong type or outside its range.
    InvalidValue,
    /// `[profiles.x]` and `[x]` in one file, or the same profile twice.
    MixedProfileTables,
    /// The selected profile has no table, but others have one.
    UnknownProfile,
    /// An entry of `dependencies` isn't an object name.
    InvalidDependency,
    /// An entry of `dependencies` stands twice.
    DuplicateDependency,
    /// `types.lock` can't be used.
    InvalidTypesLock,
    /// A modifier, directory or file that has no effect.
    IgnoredFile,

    // Variables and syntax.
    /// A variable without a value.
    UnresolvedVariables,
    /// A variable without a value, in a file that allows it.
    UnresolvedVariablesAllowed,
    /// The text isn't SQL as Materialize reads it.
    SyntaxError,

    // One object file.
    /// A second primary statement.
    MultipleMainStatements,
    /// No primary statement.
    NoMainStatement,
    /// A statement that this file can't hold.
    UnsupportedStatement,
    /// The name in the statement isn't the file's.
    ObjectNameMismatch,
    /// The schema in the statement isn't the directory's.
    SchemaMismatch,
    /// The database in the statement isn't the directory's.
    DatabaseMismatch,
    /// A name that breaks the naming rule.
    InvalidIdentifier,
    /// An index on another object.
    IndexReferenceMismatch,
    /// An index in the file of a table or source.
    IndexOnStorageObject,
    /// An index without `IN CLUSTER`.
    IndexMissingCluster,
    /// A materialized view without `IN CLUSTER`.
    MaterializedViewMissingCluster,
    /// A sink without `IN CLUSTER`.
    SinkMissingCluster,
    /// A source without `IN CLUSTER`.
    SourceMissingCluster,
    /// A source that makes its own tables.
    SourceExternalReferences,
    /// A grant on another object.
    GrantReferenceMismatch,
    /// A grant with the keyword of another kind of object.
    GrantTypeMismatch,
    /// A grant on all objects of something.
    GrantMustTargetObject,
    /// A grant on the system.
    SystemGrantUnsupported,
    /// A comment on another object.
    CommentReferenceMismatch,
    /// A comment on a column of another object.
    ColumnCommentReferenceMismatch,
    /// A comment with the keyword of another kind of object.
    CommentTypeMismatch,
    /// A comment on something that an object file can't describe.
    UnsupportedCommentType,
    /// A unit test of something that can't be tested, or of another object.
    InvalidUnitTestTarget,
    /// A constraint statement.
    ConstraintUnsupported,

    // Variants of one object.
    /// Variants of one object with different types.
    ProfileObjectTypeMismatch,
    /// A variant of a view or materialized view.
    ProfileOverrideNotAllowed,

    // Modifiers.
    /// A statement that a database modifier can't hold.
    InvalidDatabaseModStatement,
    /// A comment on something else than the database.
    DatabaseModCommentTargetMismatch,
    /// A grant on something else than the database.
    DatabaseModGrantTargetMismatch,
    /// Default privileges without a database.
    AlterDefaultPrivilegesRequiresDatabaseScope,
    /// Default privileges of a schema in a database modifier.
    AlterDefaultPrivilegesSchemaNotAllowed,
    /// Default privileges in another database.
    AlterDefaultPrivilegesDatabaseMismatch,
    /// A statement that a schema modifier can't hold.
    InvalidSchemaModStatement,
    /// `SET api` to something else than `stable`.
    InvalidSetVariable,
    /// A comment on something else than the schema.
    SchemaModCommentTargetMismatch,
    /// A grant on something else than the schema.
    SchemaModGrantTargetMismatch,
    /// Default privileges without a schema.
    AlterDefaultPrivilegesRequiresSchemaScope,
    /// Default privileges of a database in a schema modifier.
    AlterDefaultPrivilegesDatabaseNotAllowed,
    /// Default privileges in another schema.
    AlterDefaultPrivilegesSchemaMismatch,

    // A schema as a whole.
    /// Storage and computation in one schema.
    StorageAndComputationObjectsInSameSchema,
    /// Something else than a materialized view in a stable schema.
    ReplacementSchemaNonMvObject,

    // Clusters, roles, network policies.
    /// A statement that a cluster file can't hold.
    InvalidClusterStatement,
    /// No `CREATE CLUSTER`.
    ClusterMissingCreateStatement,
    /// More than one `CREATE CLUSTER`.
    ClusterMultipleCreateStatements,
    /// The cluster's name isn't the file's.
    ClusterNameMismatch,
    /// A grant on something else than the cluster.
    ClusterGrantTargetMismatch,
    /// A comment on something else than the cluster.
    ClusterCommentTargetMismatch,
    /// A statement that a role file can't hold.
    InvalidRoleStatement,
    /// No `CREATE ROLE`.
    RoleMissingCreateStatement,
    /// More than one `CREATE ROLE`.
    RoleMultipleCreateStatements,
    /// The role's name isn't the file's.
    RoleNameMismatch,
    /// A grant of another role.
    RoleGrantTargetMismatch,
    /// A comment on something else than the role.
    RoleCommentTargetMismatch,
    /// `ALTER ROLE` of another role.
    RoleAlterTargetMismatch,
    /// A statement that a network policy file can't hold.
    InvalidNetworkPolicyStatement,
    /// No `CREATE NETWORK POLICY`.
    NetworkPolicyMissingCreateStatement,
    /// More than one `CREATE NETWORK POLICY`.
    NetworkPolicyMultipleCreateStatements,
    /// The policy's name isn't the file's.
    NetworkPolicyNameMismatch,
    /// A grant on something else than the policy.
    NetworkPolicyGrantTargetMismatch,
    /// A comment on something else than the policy.
    NetworkPolicyCommentTargetMismatch,

    // The project as a whole.
    /// Objects that depend on each other in a circle.
    DependencyCycle,
    /// An object of neither the project nor `dependencies`.
    UndeclaredDependencies,
    /// An entry of `dependencies` that nothing uses.
    UnusedDependency,
    /// A cluster that neither the project nor the environment has.
    UnknownCluster,
    /// A sink that reads a view.
    SinkFromView,
    /// Sources or sinks share a cluster with views or indexes.
    ClusterIsolation,

    // Planning.
    /// A deploy id that can't be part of a name, or is taken.
    InvalidDeployId,
    /// A `--redeploy-schema` that the project doesn't have.
    UnknownSchema,
    /// A suffixed name that is longer than the server allows.
    NameTooLong,
    /// Two things would have one name.
    NameCollision,
    /// A snapshot or plan file can't be used.
    InvalidInputFile,
    /// Something outside the project depends on what would be swapped away.
    ForeignDependent,
    /// A dependant names its input so that the server refuses to rename it.
    RenameConflict,
    /// Something that the plan needs isn't in the environment.
    MissingInEnvironment,

    // The environment.
    /// The ledger isn't there, or not complete.
    SetupRequired,
    /// The ledger was made by a later version of the tool.
    NewerLedger,
    /// A cluster that can't be the ledger's, or that is the ledger's or the server's and would be swapped.
    ServerCluster,
    /// The session's role lacks a privilege, or a superuser's powers.
    MissingPrivilege,
    /// Something belongs to a role that the session's isn't a member of.
    NotOwner,
    /// The environment may not have as many things as it would.
    LimitExceeded,
    /// A materialized view has a replacement that wasn't applied.
    OpenReplacement,

    // Deployments.
    /// The command doesn't fit the state that the deployment is in.
    WrongState,
    /// Production isn't any more what it was when the deployment was staged.
    Conflict,
    /// Something that was staged is gone, or something else has its name.
    StagedMissing,
    /// The owner of something can't be what it has to be.
    OwnerDiffers,
    /// A recorded plan can't be used.
    InvalidRecord,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

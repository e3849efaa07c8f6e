// Generated from schemas/ by types.mjs.

/**
 * What a step does.
 */
export type Action =
  | {
      sql: string;
    }
  | {
      effect: Effect;
    };
/**
 * What a step does besides SQL.
 */
export type Effect =
  | {
      do: "clone-cluster";
      from: Ident;
      to: Ident;
    }
  | {
      /**
       * The columns.
       */
      columns: string[];
      do: "record";
      /**
       * A value for each column.
       */
      rows: string[][];
      /**
       * The ledger's table.
       */
      table: string;
    }
  | {
      do: "wait-until-ready";
    }
  | {
      do: "keep-removed";
      object: ObjectName;
    }
  | {
      cluster: Ident;
      /**
       * Its definition with full names, as it was deployed.
       */
      definition: string;
      do: "drop-unnamed-index";
      on: ObjectName;
    }
  | {
      /**
       * It is made; otherwise it exists, and gets the value that the project says now.
       */
      creates: boolean;
      do: "set-secret";
      secret: ObjectName;
      /**
       * The statement up to its value, for instance `CREATE SECRET app.raw.password AS`.
       */
      statement: string;
      value: SecretValue;
    }
  | {
      do: "verify";
      /**
       * Names and the ids that they must have.
       */
      names: RecordedId[];
      /**
       * Sinks and what they must read.
       */
      sinks: SinkInput[];
    }
  | {
      do: "record-production";
      /**
       * All of it, sorted.
       */
      ids: RecordedId[];
    }
  | {
      do: "record-promotion";
    }
  | {
      do: "annotate";
      /**
       * The schemas.
       */
      schemas: SchemaName[];
    }
  | {
      do: "record-kept";
      /**
       * For how long, from the promotion on, by the server's clock; absent for until `cleanup`.
       */
      seconds?: number;
    }
  | {
      do: "record-rollback";
    }
  | {
      do: "record-cleanup";
    }
  | {
      do: "tidy";
    }
  | {
      do: "forget";
    };
/**
 * One identifier: its value, after folding and without quotes.
 */
export type Ident = string;
/**
 * Where the value of a secret comes from.
 */
export type SecretValue =
  | {
      from: "env-var";
      /**
       * The variable.
       */
      name: string;
    }
  | {
      from: "aws-secret";
      /**
       * The secret there.
       */
      id: string;
    }
  | {
      from: "file";
      /**
       * The file.
       */
      path: string;
    };
/**
 * How changed objects reach production, as asked for.
 */
export type StrategyChoice = "swap" | "rename" | "auto";
/**
 * What happens to an object.
 */
export type ChangeAction =
  | "create"
  | "update"
  | "rebuild"
  | "change-kind"
  | "update-indexes"
  | "update-metadata"
  | "repoint"
  | "delete"
  | "keep";
/**
 * What an object is.
 */
export type ObjectKind =
  "view" | "materialized-view" | "table" | "table-from-source" | "source" | "sink" | "secret" | "connection";
/**
 * One link of a chain of reasons.
 */
export type Reason =
  | {
      because: "file";
      /**
       * Line of the cause, from 1; absent where the file as a whole is meant or gone.
       */
      line?: number;
      /**
       * The file.
       */
      path: string;
      /**
       * What about it: `new`, `definition changed`, `index added`, `removed`, …
       */
      what: string;
    }
  | {
      because: "depends-on";
      object: ObjectName;
    }
  | {
      because: "shares-schema";
      object: ObjectName;
      schema: SchemaName;
    }
  | {
      because: "shares-cluster";
      cluster: Ident;
      object: ObjectName;
    }
  | {
      because: "requested";
      /**
       * The option, for instance `--redeploy-schema app.core`.
       */
      option: string;
    }
  | {
      because: "first-deployment";
    };
/**
 * How an object reaches production.
 */
export type Strategy = "swap" | "rename" | "replace" | "in-place" | "at-promote";
/**
 * The kind of a problem. The name is stable: it is printed, and tools may rely on it.
 */
export type Code =
  | "MissingModels"
  | "InvalidFileName"
  | "UnreadableFile"
  | "MissingProjectFile"
  | "InvalidToml"
  | "UnknownKey"
  | "InvalidValue"
  | "MixedProfileTables"
  | "UnknownProfile"
  | "InvalidDependency"
  | "DuplicateDependency"
  | "InvalidTypesLock"
  | "IgnoredFile"
  | "UnresolvedVariables"
  | "UnresolvedVariablesAllowed"
  | "SyntaxError"
  | "MultipleMainStatements"
  | "NoMainStatement"
  | "UnsupportedStatement"
  | "ObjectNameMismatch"
  | "SchemaMismatch"
  | "DatabaseMismatch"
  | "InvalidIdentifier"
  | "IndexReferenceMismatch"
  | "IndexOnStorageObject"
  | "IndexMissingCluster"
  | "MaterializedViewMissingCluster"
  | "SinkMissingCluster"
  | "SourceMissingCluster"
  | "SourceExternalReferences"
  | "GrantReferenceMismatch"
  | "GrantTypeMismatch"
  | "GrantMustTargetObject"
  | "SystemGrantUnsupported"
  | "CommentReferenceMismatch"
  | "ColumnCommentReferenceMismatch"
  | "CommentTypeMismatch"
  | "UnsupportedCommentType"
  | "InvalidUnitTestTarget"
  | "ConstraintUnsupported"
  | "ProfileObjectTypeMismatch"
  | "ProfileOverrideNotAllowed"
  | "InvalidDatabaseModStatement"
  | "DatabaseModCommentTargetMismatch"
  | "DatabaseModGrantTargetMismatch"
  | "AlterDefaultPrivilegesRequiresDatabaseScope"
  | "AlterDefaultPrivilegesSchemaNotAllowed"
  | "AlterDefaultPrivilegesDatabaseMismatch"
  | "InvalidSchemaModStatement"
  | "InvalidSetVariable"
  | "SchemaModCommentTargetMismatch"
  | "SchemaModGrantTargetMismatch"
  | "AlterDefaultPrivilegesRequiresSchemaScope"
  | "AlterDefaultPrivilegesDatabaseNotAllowed"
  | "AlterDefaultPrivilegesSchemaMismatch"
  | "StorageAndComputationObjectsInSameSchema"
  | "ReplacementSchemaNonMvObject"
  | "InvalidClusterStatement"
  | "ClusterMissingCreateStatement"
  | "ClusterMultipleCreateStatements"
  | "ClusterNameMismatch"
  | "ClusterGrantTargetMismatch"
  | "ClusterCommentTargetMismatch"
  | "InvalidRoleStatement"
  | "RoleMissingCreateStatement"
  | "RoleMultipleCreateStatements"
  | "RoleNameMismatch"
  | "RoleGrantTargetMismatch"
  | "RoleCommentTargetMismatch"
  | "RoleAlterTargetMismatch"
  | "InvalidNetworkPolicyStatement"
  | "NetworkPolicyMissingCreateStatement"
  | "NetworkPolicyMultipleCreateStatements"
  | "NetworkPolicyNameMismatch"
  | "NetworkPolicyGrantTargetMismatch"
  | "NetworkPolicyCommentTargetMismatch"
  | "DependencyCycle"
  | "UndeclaredDependencies"
  | "UnusedDependency"
  | "UnknownCluster"
  | "SinkFromView"
  | "ClusterIsolation"
  | "InvalidDeployId"
  | "UnknownSchema"
  | "NameTooLong"
  | "NameCollision"
  | "InvalidInputFile"
  | "ForeignDependent"
  | "RenameConflict"
  | "MissingInEnvironment"
  | "SetupRequired"
  | "NewerLedger"
  | "ServerCluster"
  | "MissingPrivilege"
  | "NotOwner"
  | "LimitExceeded"
  | "OpenReplacement"
  | "WrongState"
  | "Conflict"
  | "StagedMissing"
  | "OwnerDiffers"
  | "InvalidRecord";
/**
 * A command that plans.
 */
export type Command = "stage" | "promote" | "abort" | "rollback" | "cleanup" | "setup" | "apply";
/**
 * The kind of a secondary statement.
 */
export type CompanionKind = "index" | "grant" | "comment";
/**
 * What a name stands for.
 */
export type CompletionKind = "object" | "cluster" | "variable";
/**
 * `v1:` and the SHA-256 of a statement's canonical form, in lower-case hex
 */
export type Fingerprint = string;
/**
 * How the objects of a schema were deployed last.
 */
export type SchemaDeploymentKind = "objects" | "replacement" | "sinks" | "tables";
/**
 * How bad it is.
 */
export type Severity = "error" | "warning";
/**
 * What a file outside `models/` defines.
 */
export type InfrastructureKind = "cluster" | "role" | "network-policy";
/**
 * What undoes a step.
 */
export type Inverse =
  | {
      sql: string;
    }
  | "nothing"
  | {
      irreversible: string;
    };
/**
 * When a phase runs.
 */
export type Moment = "stage" | "promote" | "now";
/**
 * What shows that a step was done. A run that finds it so goes past the step; that is how a command goes on where it
 * was killed.
 */
export type Postcondition =
  | {
      "done-when": "gone";
    }
  | {
      "done-when": "reads";
      /**
       * The relation, printed.
       */
      relation: string;
      /**
       * The sink, printed.
       */
      sink: string;
    }
  | {
      "done-when": "taken-over";
      /**
       * The replacement, printed.
       */
      replacement: string;
      /**
       * The materialized view, printed.
       */
      target: string;
    };
/**
 * What must hold just before a step.
 */
export type Precondition =
  | {
      /**
       * `schema`, `cluster`, `object`, `database`, `role` or `network policy`.
       */
      kind: string;
      /**
       * The name, printed.
       */
      name: string;
      require: "absent";
    }
  | {
      /**
       * The catalog id that was observed. What is made between the plan and this step has none yet.
       */
      id?: string;
      /**
       * `schema`, `cluster`, `object` or `database`.
       */
      kind: string;
      /**
       * The name, printed.
       */
      name: string;
      require: "present";
    };
/**
 * What happens to a database or a schema.
 */
export type ScopeAction = "create" | "become-stable" | "become-normal" | "update-metadata";
/**
 * What something is, for its icon.
 */
export type SymbolKind =
  | "view"
  | "materialized-view"
  | "table"
  | "source"
  | "sink"
  | "secret"
  | "connection"
  | "cluster"
  | "role"
  | "network-policy"
  | "index"
  | "grant"
  | "comment"
  | "unit-test"
  | "column"
  | "other";

/**
 * An object's name in JSON.
 */
export interface ObjectName {
  database?: Ident;
  object: Ident;
  schema: Ident;
}
/**
 * A thing of the catalog that the ledger remembers.
 */
export interface RecordedId {
  /**
   * Its id, which nothing else ever has.
   */
  id: string;
  /**
   * `database`, `schema`, `cluster` or `object`, as in the preconditions of steps.
   */
  kind: string;
  /**
   * Its name then, printed in full.
   */
  name: string;
}
/**
 * A sink and the relation that it reads.
 */
export interface SinkInput {
  /**
   * The relation, printed.
   */
  relation: string;
  /**
   * The sink, printed.
   */
  sink: string;
}
/**
 * A schema's name in JSON.
 */
export interface SchemaName {
  database?: Ident;
  schema: Ident;
}
/**
 * A road not taken.
 */
export interface Alternative {
  cost?: Cost;
  /**
   * Why it isn't possible.
   */
  obstacle?: string;
  strategy: StrategyChoice;
}
/**
 * What a plan costs.
 */
export interface Cost {
  /**
   * Clusters of which a copy is made, which runs beside the original until the old version is dropped.
   */
  clusters: number;
  /**
   * Objects that are built.
   */
  objects: number;
  /**
   * Statements, those at promotion included.
   */
  statements: number;
}
/**
 * Why a step is there.
 */
export interface Cause {
  /**
   * The line in that file, from 1.
   */
  line?: number;
  object?: ObjectName;
  /**
   * The file that says so.
   */
  path?: string;
}
/**
 * An object and what happens to it.
 */
export interface Change {
  action: ChangeAction;
  /**
   * The definition in the project with full names, if it differs.
   */
  after?: string;
  /**
   * The definition that is deployed, if it is known and differs, with full names.
   */
  before?: string;
  kind: ObjectKind;
  name: ObjectName;
  /**
   * Why: from this object back to a change in a file, the last element.
   */
  reason: Reason[];
  strategy: Strategy;
}
/**
 * An object, and what happens to it.
 */
export interface ChangeRow {
  action: ChangeAction;
  /**
   * Its own file; absent where the project doesn't have it any more.
   */
  file?: string;
  kind: ObjectKind;
  /**
   * The line in it, from 1.
   */
  line?: number;
  /**
   * Its name, printed.
   */
  name: string;
  object: ObjectName;
  /**
   * The file where the chain of reasons ends.
   */
  path?: string;
  strategy: Strategy;
  /**
   * Why, in words.
   */
  why: string;
}
/**
 * All that is known of a change.
 */
export interface ChangeView {
  /**
   * The definition in the project, if it differs.
   */
  after?: string;
  /**
   * The definition that is deployed, if it is known and differs.
   */
  before?: string;
  /**
   * The chain of reasons, from this object back to a change in a file.
   */
  reasons: ReasonView[];
  row: ChangeRow;
  /**
   * The steps that serve it.
   */
  steps: StepPlace[];
}
/**
 * A link of a chain of reasons.
 */
export interface ReasonView {
  /**
   * The line in it, from 1.
   */
  line?: number;
  object?: ObjectName;
  /**
   * The file that it leads to.
   */
  path?: string;
  /**
   * In words.
   */
  words: string;
}
/**
 * Where a step stands.
 */
export interface StepPlace {
  /**
   * The phase's position in the outline, from 0.
   */
  phase: number;
  /**
   * The step's position in its phase, from 0.
   */
  step: number;
}
/**
 * A cluster.
 */
export interface ClusterView {
  name: Ident;
  /**
   * How many objects run on it, or have an index on it.
   */
  objects: number;
  /**
   * The file that defines it, if one does.
   */
  path?: string;
}
/**
 * A column.
 */
export interface ColumnView {
  /**
   * Its type; absent where only the name is written down.
   */
  data_type?: string;
  /**
   * Its name.
   */
  name: string;
  /**
   * It is never null.
   */
  not_null?: boolean;
}
/**
 * A name that could follow.
 */
export interface CompletionView {
  /**
   * More about it, in words.
   */
  detail: string;
  kind: CompletionKind;
  /**
   * What is inserted: the name with as many parts as the file needs.
   */
  name: string;
}
/**
 * Names that could follow.
 */
export interface CompletionsView {
  /**
   * The names, the nearest first.
   */
  completions: CompletionView[];
  /**
   * There are more than these.
   */
  incomplete: boolean;
  /**
   * How many UTF-16 code units before the place belong to the name that is being written.
   */
  written: number;
}
/**
 * The last promoted state of a project.
 */
export interface Deployed {
  /**
   * The environment that this was read from.
   */
  environment?: string;
  /**
   * Version of the format: 1.
   */
  format: number;
  /**
   * Statements of modifier files, sorted.
   */
  modifiers?: DeployedModifier[];
  /**
   * Objects, sorted by name.
   */
  objects?: DeployedObject[];
  /**
   * Schemas, sorted by name.
   */
  schemas?: DeployedSchema[];
}
/**
 * A statement of a modifier file that was deployed.
 */
export interface DeployedModifier {
  database: Ident;
  fingerprint: Fingerprint;
  schema?: Ident;
  /**
   * The statement with full names.
   */
  sql: string;
}
/**
 * An object that was deployed.
 */
export interface DeployedObject {
  cluster?: Ident;
  /**
   * Its indexes, grants and comments, sorted.
   */
  companions?: DeployedCompanion[];
  fingerprint: Fingerprint;
  kind: ObjectKind;
  name: ObjectName;
  /**
   * Its definition with full names, for showing what changed.
   */
  sql?: string;
}
/**
 * An index, grant or comment that was deployed with its object.
 */
export interface DeployedCompanion {
  cluster?: Ident;
  fingerprint: Fingerprint;
  index?: Ident;
  kind: CompanionKind;
  /**
   * The statement with full names.
   */
  sql: string;
}
/**
 * A schema that was deployed.
 */
export interface DeployedSchema {
  kind: SchemaDeploymentKind;
  name: SchemaName;
}
/**
 * One diagnostic.
 */
export interface DiagnosticView {
  code: Code;
  fix?: FixView;
  /**
   * What to do, one sentence each.
   */
  help?: string[];
  /**
   * What was found.
   */
  message: string;
  primary: LabelView;
  /**
   * Further places that matter.
   */
  secondary?: LabelView[];
  severity: Severity;
}
/**
 * A replacement of text.
 */
export interface FixView {
  at: LabelView;
  /**
   * By what.
   */
  replacement: string;
}
/**
 * A place in a file.
 */
export interface LabelView {
  end?: Point;
  /**
   * What is there.
   */
  message?: string;
  /**
   * The file, relative to the project's root; absent for what stands in no file, such as an option of a command.
   */
  path?: string;
  start?: Point;
}
/**
 * A position in a text. All numbers count from 1.
 */
export interface Point {
  /**
   * The column in characters.
   */
  column: number;
  /**
   * The line.
   */
  line: number;
  /**
   * The column in UTF-16 code units, as editors count.
   */
  utf16_column: number;
}
/**
 * All diagnostics of a project.
 */
export interface DiagnosticsView {
  /**
   * The diagnostics, sorted by file and position.
   */
  diagnostics: DiagnosticView[];
  /**
   * How many are errors.
   */
  errors: number;
  /**
   * Version of the format: 1.
   */
  format: number;
  /**
   * How many are warnings.
   */
  warnings: number;
}
/**
 * Something that is there, but not as the project says.
 */
export interface Drift {
  /**
   * What the environment has; absent for what it lacks.
   */
  found?: string;
  /**
   * `cluster`, `role`, `secret`, `connection`, `source`, `table`, …
   */
  kind: string;
  /**
   * The line in that file, from 1.
   */
  line?: number;
  /**
   * The name, printed.
   */
  name: string;
  /**
   * The file that says so.
   */
  path: string;
  /**
   * What the project says; absent for what it doesn't mention.
   */
  wanted?: string;
  /**
   * What differs: `comment`, `grant to analyst`, `option SIZE`.
   */
  what: string;
}
/**
 * The way of the data: `to` reads `from`. Both are positions in the list of nodes, from 0.
 */
export interface EdgeView {
  /**
   * What is read.
   */
  from: number;
  /**
   * What reads it.
   */
  to: number;
}
/**
 * A file that gets another path.
 */
export interface FileMove {
  /**
   * The path now.
   */
  from: string;
  /**
   * The path afterwards.
   */
  to: string;
}
/**
 * Objects, and which of them reads which.
 */
export interface GraphView {
  /**
   * Sorted.
   */
  edges: EdgeView[];
  /**
   * Version of the format: 1.
   */
  format: number;
  /**
   * Objects of the project and what they use from outside, sorted by name. The server's own objects are left out.
   */
  nodes: NodeView[];
}
/**
 * An object.
 */
export interface NodeView {
  /**
   * Where it and its indexes run, sorted.
   */
  clusters?: Ident[];
  kind?: ObjectKind;
  name: ObjectName;
  /**
   * Its file; absent outside the project.
   */
  path?: string;
}
/**
 * What is known of the name that somebody points to. All names are printed as SQL has them.
 */
export interface HoverView {
  at: LabelView;
  /**
   * Where it and its indexes run, sorted.
   */
  clusters?: string[];
  /**
   * Its columns, where they are written down: in `CREATE TABLE`, in the column list of a view, or in `types.lock`.
   */
  columns?: ColumnView[];
  /**
   * Its comment.
   */
  comment?: string;
  /**
   * How many objects need it, directly or through others.
   */
  downstream: number;
  /**
   * The name in full, profile suffix included.
   */
  name: string;
  /**
   * The file that defines it.
   */
  path?: string;
  /**
   * The objects that need it directly, or run on it, sorted.
   */
  read_by?: string[];
  /**
   * What it needs, sorted.
   */
  reads?: string[];
  /**
   * The value of a variable.
   */
  value?: string;
  /**
   * What it is, in words: `materialized view`, `cluster`, `variable`, …
   */
  what: string;
}
/**
 * A role or a network policy.
 */
export interface InfrastructureView {
  kind: InfrastructureKind;
  name: Ident;
  /**
   * The file that defines it.
   */
  path: string;
}
/**
 * Digests of what a plan was made from. A plan is executed only while they still hold.
 */
export interface Inputs {
  /**
   * Of the snapshot of the last deployment; absent for a first deployment, and if the snapshot holds nothing.
   */
  deployed?: string;
  /**
   * The environment's id.
   */
  environment?: string;
  /**
   * Of the project as compiled.
   */
  project: string;
  /**
   * Of the observed catalog; absent for a plan without a connection.
   */
  world?: string;
}
/**
 * What was observed in the environment. Ids are the catalog's (`u123`); lists are sorted by name.
 */
export interface Live {
  /**
   * User clusters.
   */
  clusters?: LiveCluster[];
  /**
   * Databases.
   */
  databases?: LiveDatabase[];
  /**
   * Default privileges.
   */
  default_privileges?: LiveDefaultPrivilege[];
  /**
   * `mz_environment_id()`.
   */
  environment: string;
  /**
   * Version of the format: 1.
   */
  format: number;
  /**
   * Limits of the environment that a deployment may meet, by their name (`max_clusters`, `max_objects_per_schema`, …).
   */
  limits?: {
    [k: string]: number;
  };
  /**
   * Network policies.
   */
  network_policies?: LiveNetworkPolicy[];
  /**
   * Objects of the databases, indexes included.
   */
  objects?: LiveObject[];
  /**
   * Roles.
   */
  roles?: LiveRole[];
  /**
   * Schemas of databases.
   */
  schemas?: LiveSchema[];
  session?: LiveSession;
  /**
   * `mz_version()`.
   */
  version: string;
}
/**
 * A cluster.
 */
export interface LiveCluster {
  /**
   * The comment.
   */
  comment?: string;
  /**
   * Privileges of others than its owner, to be repeated on a staged copy.
   */
  grants?: LiveGrant[];
  /**
   * Catalog id.
   */
  id: string;
  name: Ident;
  /**
   * The options of a managed cluster as SQL, for instance `SIZE = '50cc', REPLICATION FACTOR = 2`. Empty if they
   * weren't looked up: a copy of the cluster then reads them when it is made.
   */
  options?: string;
  owner: Ident;
  /**
   * Replicas of an unmanaged cluster; absent for a managed one.
   */
  replicas?: LiveReplica[];
}
/**
 * A privilege that a role has on a thing.
 */
export interface LiveGrant {
  /**
   * The privilege, for instance `USAGE`.
   */
  privilege: string;
  role?: Ident;
}
/**
 * A replica of an unmanaged cluster.
 */
export interface LiveReplica {
  /**
   * Its availability zone, if it has one.
   */
  availability_zone?: string;
  name: Ident;
  /**
   * Its size.
   */
  size: string;
}
/**
 * A database.
 */
export interface LiveDatabase {
  /**
   * The comment.
   */
  comment?: string;
  /**
   * Privileges of others than its owner.
   */
  grants?: LiveGrant[];
  /**
   * Catalog id.
   */
  id: string;
  name: Ident;
  owner: Ident;
}
/**
 * What a role gets on things that another role makes.
 */
export interface LiveDefaultPrivilege {
  creator?: Ident;
  database?: Ident;
  grant: LiveGrant;
  /**
   * `table`, `type`, `secret`, `connection`, `schema`, `database` or `cluster`.
   */
  object_type: string;
  schema?: SchemaName;
}
/**
 * A network policy.
 */
export interface LiveNetworkPolicy {
  /**
   * Its comment.
   */
  comment?: string;
  /**
   * What others than the owner may do with it.
   */
  grants?: LiveGrant[];
  /**
   * The catalog id.
   */
  id: string;
  name: Ident;
  owner: Ident;
}
/**
 * An object.
 */
export interface LiveObject {
  cluster?: Ident;
  /**
   * Comments on it and on its columns.
   */
  comments?: LiveComment[];
  /**
   * Ids of what it depends on, sorted; for an index, its relation.
   */
  depends_on?: string[];
  /**
   * Privileges of others than its owner.
   */
  grants?: LiveGrant[];
  /**
   * Catalog id.
   */
  id: string;
  /**
   * `mz_objects.type`: `view`, `materialized-view`, `index`, `table`, `source`, `sink`, `connection`, `secret`, …
   */
  kind: string;
  name: ObjectName;
  owner: Ident;
  /**
   * For a replacement: the id of the materialized view that it would replace.
   */
  replaces?: string;
}
/**
 * A comment on an object or one of its columns.
 */
export interface LiveComment {
  column?: Ident;
  /**
   * The text.
   */
  text: string;
}
/**
 * A role.
 */
export interface LiveRole {
  /**
   * Its comment.
   */
  comment?: string;
  /**
   * Catalog id.
   */
  id: string;
  /**
   * Roles that it is a direct member of, sorted.
   */
  member_of?: Ident[];
  name: Ident;
  /**
   * What its sessions begin with (`ALTER ROLE … SET`), by the names of the variables.
   */
  parameters?: {
    [k: string]: string;
  };
}
/**
 * A schema.
 */
export interface LiveSchema {
  /**
   * The comment.
   */
  comment?: string;
  /**
   * Privileges of others than its owner.
   */
  grants?: LiveGrant[];
  /**
   * Catalog id.
   */
  id: string;
  name: SchemaName;
  owner: Ident;
}
/**
 * The session that looked at the catalog.
 */
export interface LiveSession {
  /**
   * It may do everything: a superuser, or privileges aren't checked in this environment.
   */
  is_superuser: boolean;
  /**
   * Its system privileges, sorted: `CREATECLUSTER`, `CREATEDB`, `CREATEROLE`, …
   */
  privileges?: string[];
  role: Ident;
}
/**
 * Something that must be there before the plan runs.
 */
export interface Need {
  /**
   * `cluster`, `role`, the kind of an object of the project (`table`, `source`, …), or `object` for one of others.
   */
  kind: string;
  /**
   * The name, printed.
   */
  name: string;
  /**
   * The file that defines it, or `project.toml` where that only says that it exists; absent where nothing does.
   */
  path?: string;
}
/**
 * An object.
 */
export interface ObjectView {
  /**
   * Where it and its indexes run, sorted.
   */
  clusters?: Ident[];
  /**
   * What it needs, sorted by name; the server's own objects included.
   */
  dependencies?: ObjectName[];
  fingerprint: Fingerprint;
  kind: ObjectKind;
  name: ObjectName;
  /**
   * Its file.
   */
  path: string;
  /**
   * Its unit tests, in file order.
   */
  tests?: string[];
}
/**
 * The outline of a plan.
 */
export interface OutlineView {
  /**
   * What the plan was made from, in words.
   */
  basis: string;
  /**
   * What happens to objects, sorted by name.
   */
  changes: ChangeRow[];
  command: Command;
  cost: Cost;
  /**
   * The same in words.
   */
  cost_in_words: string;
  /**
   * The deployment's name.
   */
  deploy_id: string;
  /**
   * What is there and not as the project says, in words.
   */
  drift?: string[];
  /**
   * Version of the format: 1.
   */
  format: number;
  /**
   * The digest of the plan.
   */
  id: string;
  /**
   * What must be there, and is not made by the plan.
   */
  needs?: Need[];
  /**
   * What other strategies would have cost, in words.
   */
  not_taken?: string[];
  /**
   * What a reader must know before the plan runs.
   */
  notes?: string[];
  /**
   * The phases that have steps, in order.
   */
  phases: PhaseRow[];
  /**
   * The active profile.
   */
  profile?: string;
  /**
   * What happens to databases and schemas themselves.
   */
  scopes?: ScopeRow[];
  /**
   * As much of the digest as people compare.
   */
  short_id: string;
  strategy: StrategyChoice;
  taken: StrategyChoice;
  /**
   * How many objects stay as they are.
   */
  unchanged: number;
  /**
   * Grants, comments and default privileges that promotion doesn't carry over, as statements.
   */
  withdrawn?: string[];
}
/**
 * Steps that belong together.
 */
export interface PhaseRow {
  at: Moment;
  /**
   * For people: `create schemas`, `build objects`, …
   */
  name: string;
  /**
   * How many steps it has.
   */
  steps: number;
}
/**
 * A database or schema, and what happens to it.
 */
export interface ScopeRow {
  /**
   * `database` or `schema`.
   */
  kind: string;
  /**
   * Its name, printed.
   */
  name: string;
  /**
   * What happens, in words.
   */
  what: string;
  /**
   * Why, in words.
   */
  why: string;
}
/**
 * Steps that belong together.
 */
export interface Phase {
  at: Moment;
  /**
   * For people: `create schemas`, `build objects`, …
   */
  name: string;
  /**
   * The steps, in order.
   */
  steps: Step[];
}
/**
 * One thing to do.
 */
export interface Step {
  action: Action;
  cause: Cause;
  /**
   * Steps with the same group share one DDL transaction.
   */
  group?: string;
  inverse: Inverse;
  postcondition?: Postcondition;
  /**
   * What must hold just before.
   */
  preconditions?: Precondition[];
}
/**
 * What a command would do.
 */
export interface Plan {
  /**
   * What the other strategies would have cost.
   */
  alternatives?: Alternative[];
  /**
   * What happens to each object that isn't left alone, sorted by name.
   */
  changes: Change[];
  command: Command;
  cost: Cost;
  /**
   * Names the deployment; the suffix of what is staged.
   */
  deploy_id: string;
  /**
   * What is there and isn't as the project says. It is left as it is.
   */
  drift?: Drift[];
  /**
   * Version of the format: 1.
   */
  format: number;
  /**
   * Digest of everything else in the plan.
   */
  id: string;
  inputs: Inputs;
  /**
   * What the statements mention that the plan neither makes nor knows to be there, sorted by kind and name.
   */
  needs?: Need[];
  /**
   * What a reader must know before the plan runs: what it can't take back, what it overrides.
   */
  notes?: string[];
  /**
   * The steps, in order.
   */
  phases: Phase[];
  /**
   * The active profile.
   */
  profile?: string;
  /**
   * What happens to databases and schemas themselves, sorted by name.
   */
  scopes?: ScopeChange[];
  strategy: StrategyChoice;
  taken: StrategyChoice;
  /**
   * Views, materialized views and sinks that stay as they are.
   */
  unchanged: ObjectName[];
  /**
   * Grants, comments and default privileges that the last deployment made on what is built again, and the project
   * doesn't say any more: what promotion doesn't carry over. The statements that made them, sorted.
   */
  withdrawn?: string[];
}
/**
 * A database or schema and what happens to it.
 */
export interface ScopeChange {
  action: ScopeAction;
  database: Ident;
  /**
   * Why.
   */
  reason: Reason[];
  schema?: Ident;
}
/**
 * The outline of a plan, or why there is no plan.
 */
export interface PreviewView {
  diagnostics: DiagnosticsView;
  outline?: OutlineView;
}
/**
 * A profile of a project.
 */
export interface ProfileView {
  /**
   * Its name.
   */
  name: string;
  /**
   * Its variables in `project.toml`.
   */
  variables: {
    [k: string]: string;
  };
}
/**
 * A compiled project.
 */
export interface ProjectView {
  /**
   * Clusters that are used or defined, sorted by name.
   */
  clusters: ClusterView[];
  diagnostics: DiagnosticsView;
  /**
   * What the project uses and doesn't define, sorted by name. The server's own objects are left out.
   */
  externals: ObjectName[];
  /**
   * Version of the format: 1.
   */
  format: number;
  /**
   * Roles and network policies, sorted by kind and name.
   */
  infrastructure: InfrastructureView[];
  /**
   * Objects of the active profile, sorted by name.
   */
  objects: ObjectView[];
}
/**
 * What a rename means.
 */
export interface RenameView {
  at?: LabelView;
  /**
   * Replacements, sorted by file and position. The paths are those before the files are moved.
   */
  edits?: FixView[];
  /**
   * Files that get another path.
   */
  files?: FileMove[];
  /**
   * The name without its schema.
   */
  name: string;
  /**
   * What stands in the way of nothing, and should be known.
   */
  notes?: string[];
  /**
   * Why it can't be done. With any of these, nothing should be changed.
   */
  problems?: string[];
}
/**
 * What `stage` was asked to do.
 */
export interface StageOptions {
  /**
   * Names the deployment; part of the staged names.
   */
  deploy_id?: string;
  /**
   * Drop what was removed from the project, at promotion. It is kept otherwise.
   */
  drop_removed?: boolean;
  /**
   * Deploy everything again.
   */
  redeploy_all?: boolean;
  /**
   * Schemas (`database.schema`) to deploy again though nothing changed in them.
   */
  redeploy_schemas?: string[];
  strategy?: StrategyChoice;
}
/**
 * A step.
 */
export interface StepView {
  /**
   * Why it is there: a place in a file, or an object of which no file is left.
   */
  cause?: string;
  /**
   * What is done, in words, where it isn't a statement.
   */
  effect?: string;
  /**
   * Steps with the same group that follow each other share a transaction.
   */
  group?: string;
  inverse: Inverse;
  /**
   * The line in it, from 1.
   */
  line?: number;
  object?: ObjectName;
  /**
   * The file of the cause.
   */
  path?: string;
  /**
   * What must hold just before, in words.
   */
  requires?: string[];
  /**
   * The statement with its semicolon; absent where the step is something else.
   */
  sql?: string;
}
/**
 * A part of a file, or a thing of the project.
 */
export interface SymbolView {
  at: LabelView;
  /**
   * What belongs to it, in the order of the text.
   */
  children?: SymbolView[];
  /**
   * More about it, in words.
   */
  detail?: string;
  kind: SymbolKind;
  /**
   * Its name, or what the statement does.
   */
  name: string;
  selection: LabelView;
}

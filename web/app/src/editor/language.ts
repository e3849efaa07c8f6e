// The languages of a project's files: SQL as Materialize has it, and TOML.
import { PostgreSQL, SQLDialect, sql } from "@codemirror/lang-sql";
import { StreamLanguage } from "@codemirror/language";
import { toml } from "@codemirror/legacy-modes/mode/toml";
import type { Extension } from "@codemirror/state";

/** Keywords that PostgreSQL hasn't. */
const KEYWORDS =
  "cluster clusters sink source sources materialized replica replicas size replication factor load generator tables kafka " +
  "broker brokers webhook envelope upsert debezium progress format avro protobuf confluent schema registry subscribe " +
  "tail mutually recursive unit test mock expected execute secret connection network policy swap replacement";
const TYPES = "list map mz_timestamp uint2 uint4 uint8 mz_aclitem";

const Materialize = SQLDialect.define({
  ...PostgreSQL.spec,
  keywords: `${PostgreSQL.spec.keywords ?? ""} ${KEYWORDS}`,
  types: `${PostgreSQL.spec.types ?? ""} ${TYPES}`,
});

export const materialize: Extension = sql({ dialect: Materialize });

export function languageOf(path: string): Extension {
  if (path.endsWith(".sql")) {
    return materialize;
  }
  return path.endsWith(".toml") ? StreamLanguage.define(toml) : [];
}

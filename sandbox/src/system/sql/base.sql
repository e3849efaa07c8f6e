-- What follows the catalog. `key` is the object that a row is about: it changes with the object and goes with it.
CREATE SCHEMA base;

CREATE TABLE base.database (
    key text, id text, oid oid, name text, owner_id text, privileges mz_aclitem[]
);
CREATE TABLE base.schema (
    key text, id text, oid oid, database_id text, name text, owner_id text, privileges mz_aclitem[]
);
CREATE TABLE base.cluster (
    key text, id text, name text, owner_id text, privileges mz_aclitem[], size text, replication_factor uint4,
    availability_zones mz_list.text[], introspection_debugging bool, introspection_interval interval, managed bool,
    schedule text, hydration_time_estimate interval
);
CREATE TABLE base.replica (
    key text, id text, name text, cluster_id text, size text, availability_zone text, owner_id text
);
CREATE TABLE base.role (
    key text, id text, oid oid, name text, can_login bool, superuser bool
);
CREATE TABLE base.role_member (key text, role_id text, member text, grantor text);
CREATE TABLE base.role_parameter (key text, role_id text, name text, value text);
CREATE TABLE base.network_policy (
    key text, id text, oid oid, name text, owner_id text, privileges mz_aclitem[]
);
CREATE TABLE base.network_policy_rule (
    key text, policy_id text, name text, action text, address text, direction text
);

-- Every item of every schema. What only some kinds have is NULL in the others.
CREATE TABLE base.item (
    key text,
    id text,
    oid oid,
    schema_id text,
    name text,
    -- As in mz_objects.
    type text,
    owner_id text,
    cluster_id text,
    privileges mz_aclitem[],
    create_sql text,
    redacted_create_sql text,
    -- Views and materialized views: the query.
    definition text,
    -- The type of a source, sink or connection, the category of a type.
    subtype text,
    -- An index's relation, a sink's relation, a table's source, the target of a replacement.
    target_id text,
    connection_id text,
    envelope_type text,
    format text,
    key_format text,
    value_format text
);
CREATE TABLE base.item_column (
    key text, id text, name text, position int4, nullable bool, type text, default_ text, type_oid oid, type_mod int4
);
CREATE TABLE base.index_column (
    key text, index_id text, index_position int4, on_position int4, on_expression text, nullable bool
);
CREATE TABLE base.dependency (key text, object_id text, referenced_object_id text);
CREATE TABLE base.comment (key text, id text, object_type text, object_sub_id int4, comment text);
-- What tables can be made of a source.
CREATE TABLE base.source_reference (
    key text, source_id text, namespace text, name text, updated_at timestamptz, columns text[]
);
-- What tables and subsources of PostgreSQL sources are upstream.
CREATE TABLE base.postgres_table (key text, id text, schema_name text, table_name text);
CREATE TABLE base.refresh_strategy (
    key text, id text, type text, "interval" interval, aligned_to timestamptz, at timestamptz
);
-- What a type is made of: kind is array, list, map, base or pseudo.
CREATE TABLE base.type_detail (key text, id text, kind text, element_id text, key_id text);
CREATE TABLE base.function (
    key text, id text, arguments text[], variadic_argument text, return_type text, returns_set bool
);
CREATE TABLE base.system_privilege (key text, privileges mz_aclitem);
CREATE TABLE base.default_privilege (
    key text, role_id text, database_id text, schema_id text, object_type text, grantee text, privileges text
);

CREATE INDEX ON base.schema (key);
CREATE INDEX ON base.replica (key);
CREATE INDEX ON base.item (key);
CREATE INDEX ON base.item (schema_id);
CREATE INDEX ON base.item (oid);
CREATE INDEX ON base.item_column (key);
CREATE INDEX ON base.index_column (key);
CREATE INDEX ON base.source_reference (key);
CREATE INDEX ON base.postgres_table (key);
CREATE INDEX ON base.dependency (key);
CREATE INDEX ON base.dependency (referenced_object_id);
CREATE INDEX ON base.comment (key);
CREATE INDEX ON base.comment (id);
CREATE INDEX ON base.refresh_strategy (key);
CREATE INDEX ON base.type_detail (key);

-- The roles whose privileges a role has: itself and what it is a member of, by name.
CREATE FUNCTION base.roles_of(role text) RETURNS SETOF text LANGUAGE sql STABLE STRICT AS $$
    WITH RECURSIVE reach (id) AS (
        SELECT id FROM base.role WHERE name = $1
        UNION
        SELECT m.role_id FROM reach JOIN base.role_member m ON m.member = reach.id
    )
    SELECT r.name FROM reach JOIN base.role r ON r.id = reach.id
$$;

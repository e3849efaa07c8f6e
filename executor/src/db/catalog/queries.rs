//! The queries. All of their columns are texts: lists and privileges have types that clients don't know.

/// A read of the catalog: one transaction, and the settings, which have no part in transactions.
pub(super) const ALL: [&str; 7] =
    ["BEGIN READ ONLY", CONTAINERS, OBJECTS, COMMENTS, RELATIONS, "COMMIT", SETTINGS];

/// What is neither in a schema nor part of something else.
const CONTAINERS: &str = "\
SELECT 'database' AS kind, d.id, NULL::text AS database, d.name, d.owner_id AS owner, d.privileges::text[] AS privileges, NULL::text AS managed, c.comment
FROM mz_catalog.mz_databases d
LEFT JOIN mz_internal.mz_comments c ON c.object_type = 'database' AND c.id = d.id AND c.object_sub_id IS NULL
WHERE d.id LIKE 'u%'
UNION ALL
SELECT 'schema', s.id, d.name, s.name, s.owner_id, s.privileges::text[], NULL::text, c.comment
FROM mz_catalog.mz_schemas s
JOIN mz_catalog.mz_databases d ON d.id = s.database_id
LEFT JOIN mz_internal.mz_comments c ON c.object_type = 'schema' AND c.id = s.id AND c.object_sub_id IS NULL
WHERE s.id LIKE 'u%'
UNION ALL
SELECT 'cluster', k.id, NULL::text, k.name, k.owner_id, k.privileges::text[], k.managed::text, c.comment
FROM mz_catalog.mz_clusters k
LEFT JOIN mz_internal.mz_comments c ON c.object_type = 'cluster' AND c.id = k.id AND c.object_sub_id IS NULL
WHERE k.id LIKE 'u%'
UNION ALL
SELECT 'role', r.id, NULL::text, r.name, NULL::text, NULL::text[], NULL::text, c.comment
FROM mz_catalog.mz_roles r
LEFT JOIN mz_internal.mz_comments c ON c.object_type = 'role' AND c.id = r.id AND c.object_sub_id IS NULL
UNION ALL
SELECT 'network-policy', p.id, NULL::text, p.name, p.owner_id, p.privileges::text[], NULL::text, c.comment
FROM mz_internal.mz_network_policies p
LEFT JOIN mz_internal.mz_comments c ON c.object_type = 'network-policy' AND c.id = p.id AND c.object_sub_id IS NULL";

/// What is in schemas of databases. What a session keeps for itself alone is in none.
const OBJECTS: &str = "\
SELECT o.id, d.name AS database, s.name AS schema, o.name, o.type, o.owner_id AS owner, o.privileges::text[] AS privileges, k.name AS cluster, r.target_id AS replaces
FROM mz_catalog.mz_objects o
JOIN mz_catalog.mz_schemas s ON s.id = o.schema_id
JOIN mz_catalog.mz_databases d ON d.id = s.database_id
LEFT JOIN mz_catalog.mz_clusters k ON k.id = o.cluster_id
LEFT JOIN mz_internal.mz_replacements r ON r.id = o.id
WHERE o.id LIKE 'u%'";

/// Comments on objects and columns. An id says which object only within its family.
const COMMENTS: &str = "\
SELECT c.id, c.object_sub_id::text AS position, a.name AS column, c.comment
FROM mz_internal.mz_comments c
LEFT JOIN mz_catalog.mz_columns a ON a.id = c.id AND a.position::int8 = c.object_sub_id::int8
WHERE c.id LIKE 'u%' AND c.object_type NOT IN ('database', 'schema', 'cluster', 'cluster-replica', 'role', 'network-policy')";

/// What belongs to what, and who looks.
const RELATIONS: &str = "\
SELECT 'dependency' AS kind, object_id AS a, referenced_object_id AS b, NULL::text AS c, NULL::text AS d, NULL::text AS e, NULL::text AS f
FROM mz_internal.mz_object_dependencies
WHERE object_id LIKE 'u%' AND referenced_object_id LIKE 'u%'
UNION ALL
SELECT 'member', member, role_id, NULL::text, NULL::text, NULL::text, NULL::text FROM mz_catalog.mz_role_members
UNION ALL
SELECT 'parameter', role_id, parameter_name, parameter_value, NULL::text, NULL::text, NULL::text FROM mz_catalog.mz_role_parameters
UNION ALL
SELECT 'replica', r.cluster_id, r.name, r.size, r.availability_zone, NULL::text, NULL::text
FROM mz_catalog.mz_cluster_replicas r
JOIN mz_catalog.mz_clusters k ON k.id = r.cluster_id
WHERE k.id LIKE 'u%' AND NOT k.managed
UNION ALL
SELECT 'default privilege', p.role_id, coalesce(sd.name, d.name), s.name, p.object_type, p.grantee, p.privileges::text
FROM mz_catalog.mz_default_privileges p
LEFT JOIN mz_catalog.mz_databases d ON d.id = p.database_id
LEFT JOIN mz_catalog.mz_schemas s ON s.id = p.schema_id
LEFT JOIN mz_catalog.mz_databases sd ON sd.id = s.database_id
UNION ALL
SELECT 'system privilege', privileges::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text FROM mz_catalog.mz_system_privileges
UNION ALL
SELECT 'session', current_role, mz_is_superuser()::text, mz_environment_id(), mz_version(), NULL::text, NULL::text";

/// Whether privileges are checked, and limits. Several in one string: they are read like a table.
const SETTINGS: &str = "\
SHOW enable_rbac_checks; SHOW max_clusters; SHOW max_replicas_per_cluster; SHOW max_databases; SHOW max_schemas_per_database; \
SHOW max_objects_per_schema; SHOW max_materialized_views; SHOW max_tables; SHOW max_sources; SHOW max_sinks; SHOW max_secrets; \
SHOW max_roles";

/// The limits among the settings.
pub(super) const LIMITS: [&str; 11] = [
    "max_clusters",
    "max_databases",
    "max_materialized_views",
    "max_objects_per_schema",
    "max_replicas_per_cluster",
    "max_roles",
    "max_schemas_per_database",
    "max_secrets",
    "max_sinks",
    "max_sources",
    "max_tables",
];

-- Databases, schemas and what is in them.

-- mz_catalog.mz_databases
SELECT id, oid, name, owner_id, privileges FROM base.database;

-- mz_catalog.mz_schemas
SELECT id, oid, database_id, name, owner_id, privileges FROM base.schema;

-- mz_catalog.mz_objects
SELECT id, oid, schema_id, name, type, owner_id, cluster_id, privileges FROM base.item;

-- mz_catalog.mz_relations
SELECT id, oid, schema_id, name, type, owner_id, cluster_id, privileges
FROM base.item
WHERE type IN ('table', 'source', 'view', 'materialized-view');

-- mz_catalog.mz_columns
SELECT id, name, position, nullable, type, default_, type_oid, type_mod FROM base.item_column;

-- mz_catalog.mz_tables
SELECT id, oid, schema_id, name, owner_id, privileges, create_sql, redacted_create_sql, target_id
FROM base.item
WHERE type = 'table';

-- mz_catalog.mz_views
SELECT id, oid, schema_id, name, definition, owner_id, privileges, create_sql, redacted_create_sql
FROM base.item
WHERE type = 'view';

-- mz_catalog.mz_materialized_views
SELECT id, oid, schema_id, name, cluster_id, definition, owner_id, privileges, create_sql, redacted_create_sql
FROM base.item
WHERE type = 'materialized-view';

-- mz_catalog.mz_indexes
SELECT id, oid, name, target_id, cluster_id, owner_id, create_sql, redacted_create_sql
FROM base.item
WHERE type = 'index';

-- mz_catalog.mz_index_columns
SELECT index_id, index_position, on_position, on_expression, nullable FROM base.index_column;

-- mz_catalog.mz_sources
SELECT
    id, oid, schema_id, name, subtype, connection_id, NULL, envelope_type, key_format, value_format, cluster_id,
    owner_id, privileges, create_sql, redacted_create_sql
FROM base.item
WHERE type = 'source';

-- mz_catalog.mz_sinks
SELECT
    id, oid, schema_id, name, subtype, connection_id, NULL, envelope_type, format, key_format, value_format,
    cluster_id, owner_id, create_sql, redacted_create_sql
FROM base.item
WHERE type = 'sink';

-- mz_catalog.mz_connections
SELECT id, oid, schema_id, name, subtype, owner_id, privileges, create_sql, redacted_create_sql
FROM base.item
WHERE type = 'connection';

-- mz_catalog.mz_secrets
SELECT id, oid, schema_id, name, owner_id, privileges FROM base.item WHERE type = 'secret';

-- mz_catalog.mz_types
SELECT id, oid, schema_id, name, subtype, owner_id, privileges, create_sql, redacted_create_sql
FROM base.item
WHERE type = 'type';

-- mz_catalog.mz_array_types
SELECT id, element_id FROM base.type_detail WHERE kind = 'array';

-- mz_catalog.mz_list_types
SELECT id, element_id, NULL FROM base.type_detail WHERE kind = 'list';

-- mz_catalog.mz_map_types
SELECT id, key_id, element_id, NULL, NULL FROM base.type_detail WHERE kind = 'map';

-- mz_catalog.mz_base_types
SELECT id FROM base.type_detail WHERE kind = 'base';

-- mz_catalog.mz_pseudo_types
SELECT id FROM base.type_detail WHERE kind = 'pseudo';

-- mz_catalog.mz_functions
SELECT i.id, i.oid, i.schema_id, i.name, f.arguments, f.variadic_argument, f.return_type, f.returns_set, i.owner_id
FROM base.item i
JOIN base.function f ON f.key = i.key;

-- mz_internal.mz_comments
SELECT id, object_type, object_sub_id, comment FROM base.comment;

-- mz_internal.mz_object_dependencies
SELECT object_id, referenced_object_id FROM base.dependency;

-- mz_internal.mz_object_transitive_dependencies
WITH RECURSIVE reach (object_id, referenced_object_id) AS (
    SELECT object_id, referenced_object_id FROM base.dependency
    UNION
    SELECT r.object_id, d.referenced_object_id
    FROM reach r
    JOIN base.dependency d ON d.object_id = r.referenced_object_id
)
SELECT object_id, referenced_object_id FROM reach;

-- mz_internal.mz_object_fully_qualified_names
SELECT i.id, i.name, i.type, i.schema_id, s.name, s.database_id, d.name, i.cluster_id
FROM base.item i
JOIN base.schema s ON s.id = i.schema_id
LEFT JOIN base.database d ON d.id = s.database_id;

-- mz_internal.mz_object_global_ids
SELECT id, id FROM base.item WHERE type NOT IN ('type', 'function', 'secret', 'connection');

-- mz_internal.mz_replacements
SELECT id, target_id FROM base.item WHERE type = 'materialized-view' AND target_id IS NOT NULL;

-- mz_internal.mz_objects_id_namespace_types
VALUES ('table'), ('view'), ('materialized-view'), ('source'), ('sink'), ('index'), ('connection'), ('type'),
    ('function'), ('secret');

-- mz_internal.mz_object_oid_alias
VALUES ('table', 'regclass'), ('source', 'regclass'), ('view', 'regclass'), ('materialized-view', 'regclass'),
    ('index', 'regclass'), ('type', 'regtype'), ('function', 'regproc');

-- mz_internal.mz_materialized_view_refresh_strategies
SELECT id, type, "interval", aligned_to, at FROM base.refresh_strategy;

-- mz_internal.mz_webhook_sources
SELECT
    i.id, i.name, 'https://localhost/api/webhook/' || d.name || '/' || s.name || '/' || i.name
FROM base.item i
JOIN base.schema s ON s.id = i.schema_id
JOIN base.database d ON d.id = s.database_id
WHERE i.type = 'source' AND i.subtype = 'webhook';

-- mz_internal.mz_source_references
SELECT source_id, namespace, name, updated_at, columns FROM base.source_reference;

-- mz_internal.mz_postgres_source_tables
SELECT id, schema_name, table_name FROM base.postgres_table;

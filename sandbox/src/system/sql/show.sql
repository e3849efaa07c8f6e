-- What SHOW reads.

-- mz_internal.mz_show_all_objects
SELECT i.schema_id, i.name, i.type, coalesce(c.comment, '')
FROM base.item i
LEFT JOIN base.comment c ON c.key = i.key AND c.object_sub_id IS NULL;

-- mz_internal.mz_show_databases
SELECT d.name, coalesce(c.comment, '')
FROM base.database d
LEFT JOIN base.comment c ON c.key = d.key;

-- mz_internal.mz_show_schemas
SELECT s.database_id, s.name, coalesce(c.comment, '')
FROM base.schema s
LEFT JOIN base.comment c ON c.key = s.key;

-- mz_internal.mz_show_roles
SELECT r.name, coalesce(c.comment, '')
FROM base.role r
LEFT JOIN base.comment c ON c.key = r.key
WHERE r.id NOT LIKE 's%' AND r.id NOT LIKE 'g%';

-- mz_internal.mz_show_clusters
SELECT
    k.name,
    (
        SELECT string_agg(r.name || coalesce(' (' || r.size || ')', ''), ', ' ORDER BY r.name)
        FROM base.replica r
        WHERE r.cluster_id = k.id
    ),
    coalesce(c.comment, '')
FROM base.cluster k
LEFT JOIN base.comment c ON c.key = k.key;

-- mz_internal.mz_show_cluster_replicas
SELECT
    k.name, r.name, r.id, r.size,
    coalesce((
        SELECT bool_and(s.status = 'online')
        FROM sys."mz_internal.mz_cluster_replica_statuses" s
        WHERE s.replica_id = r.id
    ), false),
    coalesce(c.comment, '')
FROM base.replica r
JOIN base.cluster k ON k.id = r.cluster_id
LEFT JOIN base.comment c ON c.object_type = 'cluster-replica' AND c.id = r.id;

-- mz_internal.mz_show_network_policies
SELECT
    p.name,
    (SELECT string_agg(r.name, ',' ORDER BY r.name) FROM base.network_policy_rule r WHERE r.policy_id = p.id),
    coalesce(c.comment, '')
FROM base.network_policy p
LEFT JOIN base.comment c ON c.key = p.key;

-- mz_internal.mz_show_columns
SELECT l.id, l.name, l.nullable, l.type, l.position, coalesce(c.comment, '')
FROM base.item_column l
LEFT JOIN base.comment c ON c.key = l.key AND c.object_sub_id = l.position;

-- mz_internal.mz_show_tables
SELECT i.schema_id, i.name, coalesce(c.comment, ''), i.target_id
FROM base.item i
LEFT JOIN base.comment c ON c.key = i.key AND c.object_sub_id IS NULL
WHERE i.type = 'table';

-- mz_internal.mz_show_views
SELECT i.schema_id, i.name, coalesce(c.comment, '')
FROM base.item i
LEFT JOIN base.comment c ON c.key = i.key AND c.object_sub_id IS NULL
WHERE i.type = 'view';

-- mz_internal.mz_show_types
SELECT i.schema_id, i.name, coalesce(c.comment, '')
FROM base.item i
LEFT JOIN base.comment c ON c.key = i.key AND c.object_sub_id IS NULL
WHERE i.type = 'type';

-- mz_internal.mz_show_secrets
SELECT i.schema_id, i.name, coalesce(c.comment, '')
FROM base.item i
LEFT JOIN base.comment c ON c.key = i.key AND c.object_sub_id IS NULL
WHERE i.type = 'secret';

-- mz_internal.mz_show_connections
SELECT i.schema_id, i.name, i.subtype, coalesce(c.comment, '')
FROM base.item i
LEFT JOIN base.comment c ON c.key = i.key AND c.object_sub_id IS NULL
WHERE i.type = 'connection';

-- mz_internal.mz_show_sources
SELECT i.id, i.name, i.subtype, k.name, i.schema_id, i.cluster_id, coalesce(c.comment, '')
FROM base.item i
LEFT JOIN base.cluster k ON k.id = i.cluster_id
LEFT JOIN base.comment c ON c.key = i.key AND c.object_sub_id IS NULL
WHERE i.type = 'source';

-- mz_internal.mz_show_sinks
SELECT i.id, i.name, i.subtype, k.name, i.schema_id, i.cluster_id, coalesce(c.comment, '')
FROM base.item i
JOIN base.cluster k ON k.id = i.cluster_id
LEFT JOIN base.comment c ON c.key = i.key AND c.object_sub_id IS NULL
WHERE i.type = 'sink';

-- mz_internal.mz_show_materialized_views
SELECT i.id, i.name, k.name, i.schema_id, i.cluster_id, coalesce(c.comment, '')
FROM base.item i
JOIN base.cluster k ON k.id = i.cluster_id
LEFT JOIN base.comment c ON c.key = i.key AND c.object_sub_id IS NULL
WHERE i.type = 'materialized-view';

-- mz_internal.mz_show_indexes
SELECT
    i.id, i.name, o.name, k.name,
    ARRAY(
        SELECT coalesce(l.name, x.on_expression)
        FROM base.index_column x
        LEFT JOIN base.item_column l ON l.key = o.key AND l.position = x.on_position
        WHERE x.key = i.key
        ORDER BY x.index_position
    ),
    i.target_id, i.schema_id, i.cluster_id, coalesce(c.comment, '')
FROM base.item i
JOIN base.item o ON o.key = i.target_id
JOIN base.cluster k ON k.id = i.cluster_id
LEFT JOIN base.comment c ON c.key = i.key
WHERE i.type = 'index';

-- mz_internal.mz_show_role_members
SELECT r.name, m.name, g.name
FROM base.role_member x
JOIN base.role r ON r.id = x.role_id
JOIN base.role m ON m.id = x.member
JOIN base.role g ON g.id = x.grantor;

-- mz_internal.mz_show_my_role_members
SELECT role, member, grantor
FROM sys."mz_internal.mz_show_role_members"
WHERE member IN (SELECT base.roles_of(mz_internal.setting('user')));

-- Clusters, replicas, roles, policies, privileges.

-- mz_catalog.mz_clusters
SELECT
    id, name, owner_id, privileges, managed, size, replication_factor, CASE WHEN managed THEN true END,
    availability_zones, introspection_debugging, introspection_interval
FROM base.cluster;

-- mz_catalog.mz_cluster_replicas
SELECT id, name, cluster_id, size, availability_zone, owner_id, true FROM base.replica;

-- mz_internal.mz_cluster_schedules
SELECT id, schedule, hydration_time_estimate FROM base.cluster WHERE schedule IS NOT NULL;

-- mz_internal.mz_cluster_workload_classes
SELECT id, NULL FROM base.cluster;

-- mz_catalog.mz_cluster_replica_sizes
VALUES
    ('25cc', 1, 1, 250000000, 1940000000, 7762000000, 0.25),
    ('50cc', 1, 1, 500000000, 3881000000, 15525000000, 0.5),
    ('100cc', 1, 1, 1000000000, 7762000000, 31050000000, 1),
    ('200cc', 1, 2, 2000000000, 15525000000, 62101000000, 2),
    ('300cc', 1, 3, 3000000000, 23287000000, 93151000000, 3),
    ('400cc', 1, 4, 4000000000, 31050000000, 124202000000, 4),
    ('scale=1,workers=1', 1, 1, 18446744073709551, 18446744073709551615, 0, 1),
    ('scale=1,workers=2', 1, 2, 18446744073709551, 18446744073709551615, 0, 1),
    ('scale=1,workers=4', 1, 4, 18446744073709551, 18446744073709551615, 0, 1),
    ('scale=2,workers=1', 2, 1, 18446744073709551, 18446744073709551615, 0, 2);

-- mz_catalog.mz_roles
SELECT id, oid, name, true, can_login, superuser FROM base.role;

-- mz_catalog.mz_role_members
SELECT role_id, member, grantor FROM base.role_member;

-- mz_catalog.mz_role_parameters
SELECT role_id, name, value FROM base.role_parameter;

-- mz_internal.mz_network_policies
SELECT id, name, owner_id, privileges, oid FROM base.network_policy;

-- mz_internal.mz_network_policy_rules
SELECT name, policy_id, action, address, direction FROM base.network_policy_rule;

-- mz_catalog.mz_system_privileges
SELECT privileges FROM base.system_privilege;

-- mz_catalog.mz_default_privileges
SELECT role_id, database_id, schema_id, object_type, grantee, privileges FROM base.default_privilege;

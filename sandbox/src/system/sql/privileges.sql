-- Privileges as SHOW PRIVILEGES lists them: what system roles hold is left out, and what the server owns.

-- mz_internal.mz_show_system_privileges
SELECT g.name, CASE a.grantee WHEN 'p' THEN 'PUBLIC' ELSE e.name END, a.privilege_type
FROM base.system_privilege o
CROSS JOIN LATERAL mz_internal.mz_aclexplode(ARRAY[o.privileges]) a
LEFT JOIN base.role g ON g.id = a.grantor
LEFT JOIN base.role e ON e.id = a.grantee
WHERE a.grantee NOT LIKE 's%';

-- mz_internal.mz_show_cluster_privileges
SELECT g.name, CASE a.grantee WHEN 'p' THEN 'PUBLIC' ELSE e.name END, o.name, a.privilege_type
FROM base.cluster o
CROSS JOIN LATERAL mz_internal.mz_aclexplode(o.privileges) a
LEFT JOIN base.role g ON g.id = a.grantor
LEFT JOIN base.role e ON e.id = a.grantee
WHERE a.grantee NOT LIKE 's%' AND o.id NOT LIKE 's%';

-- mz_internal.mz_show_database_privileges
SELECT g.name, CASE a.grantee WHEN 'p' THEN 'PUBLIC' ELSE e.name END, o.name, a.privilege_type
FROM base.database o
CROSS JOIN LATERAL mz_internal.mz_aclexplode(o.privileges) a
LEFT JOIN base.role g ON g.id = a.grantor
LEFT JOIN base.role e ON e.id = a.grantee
WHERE a.grantee NOT LIKE 's%' AND o.id NOT LIKE 's%';

-- mz_internal.mz_show_schema_privileges
SELECT g.name, CASE a.grantee WHEN 'p' THEN 'PUBLIC' ELSE e.name END, d.name, o.name, a.privilege_type
FROM base.schema o
CROSS JOIN LATERAL mz_internal.mz_aclexplode(o.privileges) a
LEFT JOIN base.database d ON d.id = o.database_id
LEFT JOIN base.role g ON g.id = a.grantor
LEFT JOIN base.role e ON e.id = a.grantee
WHERE a.grantee NOT LIKE 's%' AND o.id NOT LIKE 's%';

-- mz_internal.mz_show_object_privileges
SELECT g.name, CASE a.grantee WHEN 'p' THEN 'PUBLIC' ELSE e.name END, d.name, s.name, o.name, o.type, a.privilege_type
FROM base.item o
CROSS JOIN LATERAL mz_internal.mz_aclexplode(o.privileges) a
JOIN base.schema s ON s.id = o.schema_id
LEFT JOIN base.database d ON d.id = s.database_id
LEFT JOIN base.role g ON g.id = a.grantor
LEFT JOIN base.role e ON e.id = a.grantee
WHERE a.grantee NOT LIKE 's%' AND o.id NOT LIKE 's%';

-- mz_internal.mz_show_all_privileges
SELECT grantor, grantee, NULL, NULL, NULL, 'system', privilege_type
FROM sys."mz_internal.mz_show_system_privileges"
UNION ALL
SELECT grantor, grantee, NULL, NULL, name, 'cluster', privilege_type
FROM sys."mz_internal.mz_show_cluster_privileges"
UNION ALL
SELECT grantor, grantee, NULL, NULL, name, 'database', privilege_type
FROM sys."mz_internal.mz_show_database_privileges"
UNION ALL
SELECT grantor, grantee, database, NULL, name, 'schema', privilege_type
FROM sys."mz_internal.mz_show_schema_privileges"
UNION ALL
SELECT grantor, grantee, database, schema, name, object_type, privilege_type
FROM sys."mz_internal.mz_show_object_privileges";

-- mz_internal.mz_show_default_privileges
SELECT
    CASE p.role_id WHEN 'p' THEN 'PUBLIC' ELSE o.name END, d.name, s.name, p.object_type,
    CASE p.grantee WHEN 'p' THEN 'PUBLIC' ELSE e.name END, t.name
FROM base.default_privilege p
CROSS JOIN LATERAL unnest(mz_internal.mz_format_privileges(p.privileges)) t (name)
LEFT JOIN base.role o ON o.id = p.role_id
LEFT JOIN base.role e ON e.id = p.grantee
LEFT JOIN base.database d ON d.id = p.database_id
LEFT JOIN base.schema s ON s.id = p.schema_id
WHERE p.grantee NOT LIKE 's%';

-- mz_internal.mz_show_my_system_privileges
SELECT *
FROM sys."mz_internal.mz_show_system_privileges"
WHERE grantee = 'PUBLIC' OR grantee IN (SELECT base.roles_of(mz_internal.setting('user')));

-- mz_internal.mz_show_my_cluster_privileges
SELECT *
FROM sys."mz_internal.mz_show_cluster_privileges"
WHERE grantee = 'PUBLIC' OR grantee IN (SELECT base.roles_of(mz_internal.setting('user')));

-- mz_internal.mz_show_my_database_privileges
SELECT *
FROM sys."mz_internal.mz_show_database_privileges"
WHERE grantee = 'PUBLIC' OR grantee IN (SELECT base.roles_of(mz_internal.setting('user')));

-- mz_internal.mz_show_my_schema_privileges
SELECT *
FROM sys."mz_internal.mz_show_schema_privileges"
WHERE grantee = 'PUBLIC' OR grantee IN (SELECT base.roles_of(mz_internal.setting('user')));

-- mz_internal.mz_show_my_object_privileges
SELECT *
FROM sys."mz_internal.mz_show_object_privileges"
WHERE grantee = 'PUBLIC' OR grantee IN (SELECT base.roles_of(mz_internal.setting('user')));

-- mz_internal.mz_show_my_default_privileges
SELECT *
FROM sys."mz_internal.mz_show_default_privileges"
WHERE grantee = 'PUBLIC' OR grantee IN (SELECT base.roles_of(mz_internal.setting('user')));

-- mz_internal.mz_show_all_my_privileges
SELECT *
FROM sys."mz_internal.mz_show_all_privileges"
WHERE grantee = 'PUBLIC' OR grantee IN (SELECT base.roles_of(mz_internal.setting('user')));

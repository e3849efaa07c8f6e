-- information_schema: the current database and what the server has.

-- information_schema.schemata
SELECT coalesce(d.name, mz_internal.setting('database')), s.name
FROM base.schema s
LEFT JOIN base.database d ON d.id = s.database_id
WHERE d.name IS NULL OR d.name = mz_internal.setting('database');

-- information_schema.tables
SELECT
    coalesce(d.name, mz_internal.setting('database')), s.name, i.name,
    CASE i.type WHEN 'materialized-view' THEN 'MATERIALIZED VIEW' WHEN 'table' THEN 'BASE TABLE' ELSE upper(i.type) END
FROM base.item i
JOIN base.schema s ON s.id = i.schema_id
LEFT JOIN base.database d ON d.id = s.database_id
WHERE i.type IN ('table', 'source', 'view', 'materialized-view')
    AND (d.name IS NULL OR d.name = mz_internal.setting('database'));

-- information_schema.columns
SELECT
    coalesce(d.name, mz_internal.setting('database')), s.name, i.name, c.name, c.position, c.default_,
    CASE WHEN c.nullable THEN 'YES' ELSE 'NO' END, c.type, NULL, NULL, NULL
FROM base.item_column c
JOIN base.item i ON i.key = c.key
JOIN base.schema s ON s.id = i.schema_id
LEFT JOIN base.database d ON d.id = s.database_id
WHERE d.name IS NULL OR d.name = mz_internal.setting('database');

-- information_schema.views
SELECT coalesce(d.name, mz_internal.setting('database')), s.name, i.name, i.definition
FROM base.item i
JOIN base.schema s ON s.id = i.schema_id
LEFT JOIN base.database d ON d.id = s.database_id
WHERE i.type = 'view' AND (d.name IS NULL OR d.name = mz_internal.setting('database'));

-- information_schema.routines
SELECT coalesce(d.name, mz_internal.setting('database')), s.name, i.name, 'FUNCTION', NULL
FROM base.item i
JOIN base.schema s ON s.id = i.schema_id
LEFT JOIN base.database d ON d.id = s.database_id
WHERE i.type = 'function';

-- information_schema.table_privileges
SELECT
    g.name, CASE a.grantee WHEN 'p' THEN 'PUBLIC' ELSE e.name END, coalesce(d.name, mz_internal.setting('database')),
    s.name, i.name, a.privilege_type, 'NO', CASE a.privilege_type WHEN 'SELECT' THEN 'YES' ELSE 'NO' END
FROM base.item i
CROSS JOIN LATERAL mz_internal.mz_aclexplode(i.privileges) a
JOIN base.schema s ON s.id = i.schema_id
LEFT JOIN base.database d ON d.id = s.database_id
LEFT JOIN base.role g ON g.id = a.grantor
LEFT JOIN base.role e ON e.id = a.grantee
WHERE i.type IN ('table', 'source', 'view', 'materialized-view')
    AND (d.name IS NULL OR d.name = mz_internal.setting('database'));

-- information_schema.role_table_grants
SELECT *
FROM sys."information_schema.table_privileges"
WHERE grantor IN (SELECT base.roles_of(mz_internal.setting('user')))
    OR grantee IN (SELECT base.roles_of(mz_internal.setting('user')));

-- information_schema.enabled_roles
SELECT base.roles_of(mz_internal.setting('user'));

-- information_schema.applicable_roles
SELECT member, role, 'NO'
FROM sys."mz_internal.mz_show_role_members"
WHERE member IN (SELECT base.roles_of(mz_internal.setting('user')));

-- information_schema.character_sets
SELECT NULL, NULL, 'UTF8', 'UCS', 'UTF8', mz_internal.setting('database'), 'pg_catalog', 'en_US.utf8';

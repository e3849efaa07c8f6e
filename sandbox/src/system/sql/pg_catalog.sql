-- pg_catalog: items of every database first, then what the current database shows of them.

-- mz_internal.pg_namespace_all_databases
SELECT s.oid, s.name, r.oid, NULL, d.name
FROM base.schema s
LEFT JOIN base.database d ON d.id = s.database_id
LEFT JOIN base.role r ON r.id = s.owner_id;

-- mz_internal.pg_class_all_databases
SELECT
    i.oid, i.name, s.oid, 0, r.oid, 0, 0, -1, 0,
    EXISTS (SELECT FROM base.item x WHERE x.type = 'index' AND x.target_id = i.id),
    'p',
    CASE i.type WHEN 'index' THEN 'i' WHEN 'view' THEN 'v' WHEN 'materialized-view' THEN 'm' ELSE 'r' END,
    (SELECT count(*) FROM base.item_column c WHERE c.key = i.key),
    0, false, false, false, false, false, 'd', false, false, NULL, d.name
FROM base.item i
JOIN base.schema s ON s.id = i.schema_id
LEFT JOIN base.database d ON d.id = s.database_id
LEFT JOIN base.role r ON r.id = i.owner_id
WHERE i.type IN ('table', 'source', 'view', 'materialized-view', 'index');

-- mz_internal.pg_type_all_databases
SELECT
    i.oid, i.name, s.oid, r.oid, coalesce(p.typlen, -1),
    CASE t.kind WHEN 'pseudo' THEN 'p' WHEN 'list' THEN 'l' WHEN 'map' THEN 'm' ELSE coalesce(p.typtype, 'b') END,
    CASE i.subtype
        WHEN 'array' THEN 'A' WHEN 'boolean' THEN 'B' WHEN 'composite' THEN 'C' WHEN 'date-time' THEN 'D'
        WHEN 'numeric' THEN 'N' WHEN 'pseudo' THEN 'P' WHEN 'range' THEN 'R' WHEN 'string' THEN 'S'
        WHEN 'timespan' THEN 'T' ELSE 'U'
    END,
    ',', 0,
    coalesce((SELECT e.oid FROM base.item e WHERE e.key = t.element_id AND t.kind IN ('array', 'list')), 0),
    coalesce((
        SELECT a.oid
        FROM base.type_detail x
        JOIN base.item a ON a.key = x.key
        WHERE x.element_id = i.id AND x.kind = 'array'
    ), 0),
    p.typinput::oid, coalesce(p.typreceive::oid, 0), false, 0, -1, 0, NULL, d.name
FROM base.item i
JOIN base.schema s ON s.id = i.schema_id
LEFT JOIN base.type_detail t ON t.key = i.key
LEFT JOIN base.database d ON d.id = s.database_id
LEFT JOIN base.role r ON r.id = i.owner_id
LEFT JOIN pg_catalog.pg_type p ON p.oid = i.oid AND p.oid < 16384
WHERE i.type = 'type';

-- mz_internal.pg_attribute_all_databases
SELECT
    i.oid, c.name, c.type_oid, p.typlen, c.position, c.type_mod, CASE WHEN p.typcategory = 'A' THEN 1 ELSE 0 END,
    NOT c.nullable, c.default_ IS NOT NULL, '', '', false, 0, d.name, NULL
FROM base.item_column c
JOIN base.item i ON i.key = c.key
JOIN base.schema s ON s.id = i.schema_id
LEFT JOIN base.database d ON d.id = s.database_id
LEFT JOIN pg_catalog.pg_type p ON p.oid = c.type_oid AND p.oid < 16384;

-- mz_internal.pg_attrdef_all_databases
SELECT NULL, i.oid, c.position, c.default_, c.default_
FROM base.item_column c
JOIN base.item i ON i.key = c.key
WHERE c.default_ IS NOT NULL;

-- mz_internal.pg_description_all_databases
SELECT
    i.oid,
    (
        SELECT x.oid
        FROM base.item x
        WHERE x.schema_id = 's2' AND x.type = 'view'
            AND x.name = CASE i.type WHEN 'type' THEN 'pg_type' WHEN 'function' THEN 'pg_proc' ELSE 'pg_class' END
    ),
    coalesce(c.object_sub_id, 0), c.comment, d.name, NULL
FROM base.comment c
JOIN base.item i ON i.key = c.key
LEFT JOIN base.schema s ON s.id = i.schema_id
LEFT JOIN base.database d ON d.id = s.database_id
UNION ALL
SELECT
    s.oid,
    (SELECT x.oid FROM base.item x WHERE x.schema_id = 's2' AND x.type = 'view' AND x.name = 'pg_namespace'),
    0, c.comment, d.name, NULL
FROM base.comment c
JOIN base.schema s ON s.key = c.key
LEFT JOIN base.database d ON d.id = s.database_id;

-- mz_internal.pg_authid_core
SELECT oid, name, superuser, true, coalesce(can_login, false), false, false, -1, NULL, NULL FROM base.role;

-- pg_catalog.pg_namespace
SELECT oid, nspname, nspowner, nspacl
FROM sys."mz_internal.pg_namespace_all_databases"
WHERE database_name IS NULL OR database_name = mz_internal.setting('database');

-- pg_catalog.pg_class
SELECT
    oid, relname, relnamespace, reloftype, relowner, relam, reltablespace, reltuples, reltoastrelid, relhasindex,
    relpersistence, relkind, relnatts, relchecks, relhasrules, relhastriggers, relhassubclass, relrowsecurity,
    relforcerowsecurity, relreplident, relispartition, relhasoids, reloptions
FROM sys."mz_internal.pg_class_all_databases"
WHERE database_name IS NULL OR database_name = mz_internal.setting('database');

-- pg_catalog.pg_type
SELECT
    oid, typname, typnamespace, typowner, typlen, typtype, typcategory, typdelim, typrelid, typelem, typarray, typinput,
    typreceive, typnotnull, typbasetype, typtypmod, typcollation, typdefault
FROM sys."mz_internal.pg_type_all_databases"
WHERE database_name IS NULL OR database_name = mz_internal.setting('database');

-- pg_catalog.pg_attribute
SELECT
    attrelid, attname, atttypid, attlen, attnum, atttypmod, attndims, attnotnull, atthasdef, attidentity, attgenerated,
    attisdropped, attcollation
FROM sys."mz_internal.pg_attribute_all_databases"
WHERE database_name IS NULL OR database_name = mz_internal.setting('database');

-- pg_catalog.pg_attrdef
SELECT a.oid, a.adrelid, a.adnum, a.adbin, a.adsrc
FROM sys."mz_internal.pg_attrdef_all_databases" a
JOIN sys."pg_catalog.pg_class" c ON c.oid = a.adrelid;

-- pg_catalog.pg_description
SELECT objoid, classoid, objsubid, description
FROM sys."mz_internal.pg_description_all_databases"
WHERE oid_database_name IS NULL OR oid_database_name = mz_internal.setting('database');

-- pg_catalog.pg_shdescription
SELECT
    o.oid,
    (SELECT x.oid FROM base.item x WHERE x.schema_id = 's2' AND x.type = 'view' AND x.name = o.class),
    c.comment
FROM base.comment c
JOIN (
    SELECT key, oid, 'pg_database' FROM base.database
    UNION ALL
    SELECT key, oid, 'pg_authid' FROM base.role
) o (key, oid, class) ON o.key = c.key;

-- pg_catalog.pg_database
SELECT d.oid, d.name, r.oid, 6, false, true, 'C', 'C', NULL
FROM base.database d
LEFT JOIN base.role r ON r.id = d.owner_id;

-- pg_catalog.pg_index
SELECT
    i.oid, o.oid, (SELECT count(*) FROM base.index_column x WHERE x.key = i.key),
    false, false, true, false, true, false,
    (SELECT string_agg(coalesce(x.on_position, 0)::text, ' ' ORDER BY x.index_position) FROM base.index_column x WHERE x.key = i.key)::int2vector,
    (SELECT string_agg('0', ' ') FROM base.index_column x WHERE x.key = i.key)::int2vector,
    (SELECT '{' || string_agg('{' || x.on_expression || '}', ', ') || '}' FROM base.index_column x WHERE x.key = i.key),
    NULL
FROM base.item i
JOIN base.item o ON o.key = i.target_id
JOIN base.schema s ON s.id = i.schema_id
LEFT JOIN base.database d ON d.id = s.database_id
WHERE i.type = 'index' AND (d.name IS NULL OR d.name = mz_internal.setting('database'));

-- pg_catalog.pg_indexes
SELECT coalesce(d.name, mz_internal.setting('database')), s.name, o.name, i.name, NULL, NULL
FROM base.item i
JOIN base.item o ON o.key = i.target_id
JOIN base.schema s ON s.id = i.schema_id
LEFT JOIN base.database d ON d.id = s.database_id
WHERE i.type = 'index' AND (d.name IS NULL OR d.name = mz_internal.setting('database'));

-- pg_catalog.pg_tables
SELECT n.nspname, c.relname, r.name
FROM sys."pg_catalog.pg_class" c
LEFT JOIN sys."pg_catalog.pg_namespace" n ON n.oid = c.relnamespace
JOIN base.role r ON r.oid = c.relowner
WHERE c.relkind = 'r';

-- pg_catalog.pg_views
SELECT s.name, i.name, r.oid, i.definition
FROM base.item i
JOIN base.schema s ON s.id = i.schema_id
LEFT JOIN base.database d ON d.id = s.database_id
LEFT JOIN base.role r ON r.id = i.owner_id
WHERE i.type = 'view' AND (d.name IS NULL OR d.name = mz_internal.setting('database'));

-- pg_catalog.pg_matviews
SELECT s.name, i.name, r.oid, i.definition
FROM base.item i
JOIN base.schema s ON s.id = i.schema_id
LEFT JOIN base.database d ON d.id = s.database_id
LEFT JOIN base.role r ON r.id = i.owner_id
WHERE i.type = 'materialized-view' AND (d.name IS NULL OR d.name = mz_internal.setting('database'));

-- pg_catalog.pg_authid
SELECT
    r.oid, r.name, r.superuser, true,
    coalesce((SELECT bool_or(p.privileges::text LIKE r.id || '=%R%/%') FROM base.system_privilege p), false),
    coalesce((SELECT bool_or(p.privileges::text LIKE r.id || '=%B%/%') FROM base.system_privilege p), false),
    coalesce(r.can_login, false), false, false, -1, NULL, NULL
FROM base.role r;

-- pg_catalog.pg_roles
SELECT
    rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolconnlimit, '********',
    rolvaliduntil, rolbypassrls,
    (SELECT array_agg(p.name || '=' || p.value ORDER BY p.name) FROM base.role_parameter p JOIN base.role r ON r.id = p.role_id WHERE r.oid = a.oid),
    oid
FROM sys."pg_catalog.pg_authid" a;

-- pg_catalog.pg_user
SELECT rolname, oid, rolcreatedb, rolsuper, rolreplication, rolbypassrls, rolpassword, rolvaliduntil, rolconfig
FROM sys."pg_catalog.pg_roles"
WHERE rolcanlogin;

-- pg_catalog.pg_auth_members
SELECT r.oid, m.oid, g.oid, false
FROM base.role_member x
JOIN base.role r ON r.id = x.role_id
JOIN base.role m ON m.id = x.member
JOIN base.role g ON g.id = x.grantor;

-- pg_catalog.pg_depend
SELECT c.oid, o.oid, 0, c.oid, r.oid, 0, 'n'
FROM base.dependency x
JOIN sys."pg_catalog.pg_class" o ON o.oid = (SELECT i.oid FROM base.item i WHERE i.key = x.object_id)
JOIN sys."pg_catalog.pg_class" r ON r.oid = (SELECT i.oid FROM base.item i WHERE i.key = x.referenced_object_id)
CROSS JOIN (SELECT oid FROM base.item WHERE schema_id = 's2' AND type = 'view' AND name = 'pg_class') c;

-- pg_catalog.pg_proc
SELECT i.oid, i.name, s.oid, r.oid, NULL, coalesce(t.oid, 0)
FROM base.item i
JOIN base.function f ON f.key = i.key
JOIN base.schema s ON s.id = i.schema_id
LEFT JOIN base.role r ON r.id = i.owner_id
LEFT JOIN base.item t ON t.key = f.return_type;

-- pg_catalog.pg_range
VALUES (3904, 23), (3926, 20), (3912, 1082), (3906, 1700), (3908, 1114), (3910, 1184);

-- pg_catalog.pg_settings
VALUES ('max_index_keys', '1000');

-- pg_catalog.pg_tablespace
VALUES (1663, 'pg_default', NULL, NULL, NULL);

-- pg_catalog.pg_timezone_names
SELECT name, abbrev, utc_offset, is_dst FROM pg_catalog.pg_timezone_names;

-- pg_catalog.pg_timezone_abbrevs
SELECT abbrev, utc_offset, is_dst FROM pg_catalog.pg_timezone_abbrevs;

-- mz_catalog.mz_timezone_names
SELECT name FROM pg_catalog.pg_timezone_names;

-- mz_catalog.mz_timezone_abbreviations
SELECT abbrev, utc_offset, is_dst, NULL FROM pg_catalog.pg_timezone_abbrevs;

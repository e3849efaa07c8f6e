-- Functions over the catalog. Those that answer about privileges count memberships and PUBLIC; that a role is a
-- superuser is unknown to them.

-- Names

-- Where unqualified names are looked up, in order.
CREATE FUNCTION base.search_path() RETURNS TABLE (schema_id text, place int8) LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        (
            SELECT s.id
            FROM base.schema s
            JOIN base.database d ON d.id = s.database_id
            WHERE s.name = p.name AND d.name = mz_internal.setting('database')
        ),
        (SELECT s.id FROM base.schema s WHERE s.name = p.name AND s.database_id IS NULL)
    ), p.place
    FROM unnest(mz_fn.current_schemas(true)) WITH ORDINALITY AS p (name, place)
$$;

CREATE FUNCTION base.schema_id(parts text[]) RETURNS text LANGUAGE sql STABLE STRICT AS $$
    SELECT s.id
    FROM base.schema s
    LEFT JOIN base.database d ON d.id = s.database_id
    WHERE s.name = $1[cardinality($1)]
        AND (
            d.name = CASE WHEN cardinality($1) = 2 THEN $1[1] ELSE mz_internal.setting('database') END
            OR d.name IS NULL AND cardinality($1) = 1
        )
    ORDER BY d.name NULLS LAST
    LIMIT 1
$$;

-- The item of some kinds that a name stands for.
CREATE FUNCTION base.item_oid(name text, kinds text[]) RETURNS oid LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
    parts text[] := pg_catalog.parse_ident(name);
    bare text := parts[cardinality(parts)];
BEGIN
    IF cardinality(parts) = 1 THEN
        RETURN (
            SELECT i.oid
            FROM base.search_path() p
            JOIN base.item i ON i.schema_id = p.schema_id
            WHERE i.name = bare AND i.type = ANY (kinds)
            ORDER BY p.place
            LIMIT 1
        );
    END IF;
    RETURN (
        SELECT i.oid
        FROM base.item i
        WHERE i.schema_id = base.schema_id(parts[:cardinality(parts) - 1]) AND i.name = bare AND i.type = ANY (kinds)
        LIMIT 1
    );
END $$;

CREATE OR REPLACE FUNCTION mz_fn.regclass(text) RETURNS regclass LANGUAGE sql STABLE STRICT
RETURN CASE
    WHEN $1 ~ '^[0-9]+$' THEN $1::oid
    ELSE coalesce(
        base.item_oid($1, ARRAY['table', 'source', 'view', 'materialized-view', 'index', 'sink']),
        CASE WHEN mz_internal.raise('relation "' || $1 || '" does not exist') THEN 0::oid END)
END;
CREATE OR REPLACE FUNCTION mz_fn.regtype(text) RETURNS regtype LANGUAGE sql STABLE STRICT
RETURN CASE
    WHEN $1 ~ '^[0-9]+$' THEN $1::oid
    ELSE coalesce(
        (SELECT t.oid FROM mz_internal.type_names t WHERE lower(btrim($1)) IN (t.short, t.name)),
        (SELECT t.array_oid FROM mz_internal.type_names t WHERE lower(btrim($1)) IN (t.short || '[]', t.name || '[]', '_' || t.short)),
        (SELECT a.oid FROM (VALUES ('int', 23), ('float', 701), ('decimal', 1700), ('string', 25), ('json', 3802), ('list', 16384), ('map', 16385)) AS a (alias, oid) WHERE a.alias = lower(btrim($1)))::oid,
        base.item_oid($1, ARRAY['type']),
        CASE WHEN mz_internal.raise('type "' || $1 || '" does not exist') THEN 0::oid END)
END;

CREATE FUNCTION mz_internal.mz_role_oid(text) RETURNS oid LANGUAGE sql STABLE STRICT
RETURN coalesce(
    (SELECT oid FROM base.role WHERE name = $1), CASE WHEN mz_internal.raise('role "' || $1 || '" does not exist') THEN 0::oid END);
CREATE FUNCTION mz_internal.mz_database_oid(text) RETURNS oid LANGUAGE sql STABLE STRICT
RETURN coalesce(
    (SELECT oid FROM base.database WHERE name = $1),
    CASE WHEN mz_internal.raise('database "' || $1 || '" does not exist') THEN 0::oid END);
CREATE FUNCTION mz_internal.mz_schema_oid(text) RETURNS oid LANGUAGE sql STABLE STRICT
RETURN coalesce(
    (SELECT oid FROM base.schema WHERE id = base.schema_id(pg_catalog.parse_ident($1))),
    CASE WHEN mz_internal.raise('schema "' || $1 || '" does not exist') THEN 0::oid END);
CREATE FUNCTION mz_internal.mz_connection_oid(text) RETURNS oid LANGUAGE sql STABLE STRICT
RETURN coalesce(
    base.item_oid($1, ARRAY['connection']),
    CASE WHEN mz_internal.raise('connection "' || $1 || '" does not exist') THEN 0::oid END);
CREATE FUNCTION mz_internal.mz_secret_oid(text) RETURNS oid LANGUAGE sql STABLE STRICT
RETURN coalesce(
    base.item_oid($1, ARRAY['secret']), CASE WHEN mz_internal.raise('secret "' || $1 || '" does not exist') THEN 0::oid END);

CREATE FUNCTION mz_internal.mz_normalize_object_name(text) RETURNS text[] LANGUAGE sql STABLE STRICT
RETURN (
    SELECT CASE
        WHEN cardinality(p.parts) > 3 AND mz_internal.raise('improper relation name (too many dotted names): ' || $1) THEN NULL
        ELSE array_fill(NULL::text, ARRAY[3 - cardinality(p.parts)]) || p.parts
    END
    FROM (VALUES (pg_catalog.parse_ident($1))) AS p (parts)
);
CREATE FUNCTION mz_internal.mz_normalize_schema_name(text) RETURNS text[] LANGUAGE sql STABLE STRICT
RETURN (
    SELECT CASE
        WHEN cardinality(p.parts) > 2 AND mz_internal.raise('improper schema name (too many dotted names): ' || $1) THEN NULL
        ELSE array_fill(NULL::text, ARRAY[2 - cardinality(p.parts)]) || p.parts
    END
    FROM (VALUES (pg_catalog.parse_ident($1))) AS p (parts)
);
CREATE FUNCTION mz_internal.mz_global_id_to_name(text) RETURNS text LANGUAGE sql STABLE STRICT
RETURN coalesce(
    (
        SELECT concat_ws('.', quote_ident(d.name), quote_ident(s.name), quote_ident(i.name))
        FROM base.item i
        JOIN base.schema s ON s.id = i.schema_id
        LEFT JOIN base.database d ON d.id = s.database_id
        WHERE i.key = $1
    ),
    CASE WHEN mz_internal.raise('global ID "' || $1 || '" does not exist') THEN '' END
);
-- The item that a name stands for among those of a kind, as mz_objects has it.
CREATE FUNCTION mz_internal.mz_resolve_object_name(
    text, text, OUT id text, OUT oid oid, OUT schema_id text, OUT name text, OUT type text, OUT owner_id text,
    OUT cluster_id text, OUT privileges mz_aclitem[]
) RETURNS SETOF record LANGUAGE sql STABLE STRICT AS $$
    SELECT i.id, i.oid, i.schema_id, i.name, i.type, i.owner_id, i.cluster_id, i.privileges
    FROM base.item i
    WHERE i.oid = base.item_oid($2, CASE $1
        WHEN 'relation' THEN ARRAY['table', 'source', 'view', 'materialized-view', 'index', 'sink']
        ELSE ARRAY[$1]
    END)
$$;

-- Types that the catalog names: lists, maps and those of users. The engine knows the others.
ALTER FUNCTION mz_fn.format_type(oid, int4) RENAME TO format_scalar_type;
ALTER FUNCTION mz_fn.format_scalar_type(oid, int4) SET SCHEMA base;
CREATE FUNCTION mz_fn.format_type(oid, int4) RETURNS text LANGUAGE sql STABLE
RETURN coalesce(
    nullif(base.format_scalar_type($1, $2), '???'),
    (SELECT i.name FROM base.item i WHERE i.oid = $1 AND i.type = 'type' LIMIT 1),
    CASE WHEN $1 IS NOT NULL THEN '???' END
);

CREATE FUNCTION mz_internal.is_rbac_enabled() RETURNS bool LANGUAGE sql STABLE
RETURN coalesce((mz_internal.setting('variables')::jsonb ->> 'enable_rbac_checks') = 'on', true);

-- Roles

CREATE FUNCTION base.my_oid() RETURNS oid LANGUAGE sql STABLE
RETURN (SELECT oid FROM base.role WHERE name = mz_internal.setting('user'));

-- The ids of the roles whose privileges a role has: itself and what it is a member of.
CREATE FUNCTION base.role_ids(oid) RETURNS text[] LANGUAGE sql STABLE STRICT
RETURN ARRAY(
    SELECT r.id FROM base.role r
    WHERE r.name IN (SELECT base.roles_of((SELECT name FROM base.role WHERE oid = $1)))
);

CREATE FUNCTION mz_internal.mz_validate_role_privilege(privileges text) RETURNS bool LANGUAGE sql STABLE STRICT
RETURN (
    SELECT bool_and(
        upper(btrim(w.word)) IN ('USAGE', 'MEMBER')
        OR mz_internal.raise('Evaluation error: unrecognized role privilege type: "' || btrim(w.word) || '"'))
    FROM regexp_split_to_table(privileges, ',') AS w (word)
);

-- A map of lists: the server's is of arrays, which are written alike.
SELECT mz_internal.make_map('text list', 'mz_list.text[]');
CREATE FUNCTION mz_internal.mz_role_oid_memberships() RETURNS mz_map."text list"[] LANGUAGE sql STABLE
RETURN (
    SELECT mz_catalog.map_agg(
        r.oid::text,
        mz_fn.list_of(ARRAY(SELECT x.oid::text FROM base.role x WHERE x.id = ANY (base.role_ids(r.oid)) ORDER BY x.oid)))
    FROM base.role r
);

-- Whether a role has one of some privileges, given what was granted on an object. NULL if there is no such role or object.
CREATE FUNCTION base.holds(role oid, granted mz_aclitem[], privileges text) RETURNS bool LANGUAGE sql STABLE STRICT
RETURN CASE
    WHEN mz_internal.mz_validate_privileges(privileges) AND EXISTS (SELECT FROM base.role r WHERE r.oid = role) THEN EXISTS (
        SELECT
        FROM unnest(granted) AS g (item)
        WHERE (mz_internal.mz_aclitem_grantee(g.item) = 'p' OR mz_internal.mz_aclitem_grantee(g.item) = ANY (base.role_ids(role)))
            AND mz_internal.mz_acl_item_contains_privilege(g.item, privileges)
    )
END;

-- Each kind of object: what finds its object id by name, and what was granted on it.
CREATE FUNCTION base.table_oid(text) RETURNS oid LANGUAGE sql STABLE STRICT RETURN mz_fn.regclass($1)::oid;
CREATE FUNCTION base.type_oid(text) RETURNS oid LANGUAGE sql STABLE STRICT RETURN mz_fn.regtype($1)::oid;
CREATE FUNCTION base.granted_on_database(oid) RETURNS mz_aclitem[] LANGUAGE sql STABLE STRICT
RETURN (SELECT coalesce(privileges, '{}') FROM base.database WHERE oid = $1);
CREATE FUNCTION base.granted_on_schema(oid) RETURNS mz_aclitem[] LANGUAGE sql STABLE STRICT
RETURN (SELECT coalesce(privileges, '{}') FROM base.schema WHERE oid = $1);
CREATE FUNCTION base.granted_on_item(oid) RETURNS mz_aclitem[] LANGUAGE sql STABLE STRICT
RETURN (SELECT coalesce(privileges, '{}') FROM base.item WHERE oid = $1 LIMIT 1);
CREATE FUNCTION base.granted_on_cluster(text) RETURNS mz_aclitem[] LANGUAGE sql STABLE STRICT
RETURN coalesce(
    (SELECT coalesce(privileges, '{}') FROM base.cluster WHERE name = $1),
    CASE WHEN mz_internal.raise('error cluster "' || $1 || '" does not exist') THEN '{}' END::mz_aclitem[]
);
CREATE FUNCTION base.is_member(role oid, of oid, privileges text) RETURNS bool LANGUAGE sql STABLE STRICT
RETURN CASE
    WHEN mz_internal.mz_validate_role_privilege(privileges) THEN (
        SELECT r.id = ANY (base.role_ids(role)) FROM base.role r WHERE r.oid = of
    )
END;

DO $$
DECLARE
    kind record;
    role record;
    object record;
BEGIN
    FOR kind IN
        SELECT * FROM (VALUES
            ('mz_fn', 'database', 'mz_internal.mz_database_oid', 'database'),
            ('mz_fn', 'schema', 'mz_internal.mz_schema_oid', 'schema'),
            ('mz_fn', 'table', 'base.table_oid', 'item'),
            ('mz_fn', 'type', 'base.type_oid', 'item'),
            ('mz_catalog', 'connection', 'mz_internal.mz_connection_oid', 'item'),
            ('mz_catalog', 'secret', 'mz_internal.mz_secret_oid', 'item')
        ) AS k (schema, name, by_name, granted)
    LOOP
        FOR object IN SELECT * FROM (VALUES ('text', kind.by_name || '(object)'), ('oid', 'object')) AS o (type, oid) LOOP
            EXECUTE format(
                'CREATE FUNCTION %s.has_%s_privilege(object %s, privileges text) RETURNS bool LANGUAGE sql STABLE STRICT
                RETURN base.holds(base.my_oid(), base.granted_on_%s(%s), privileges)',
                kind.schema, kind.name, object.type, kind.granted, object.oid);
            FOR role IN SELECT * FROM (VALUES ('text', 'mz_internal.mz_role_oid(role)'), ('oid', 'role')) AS r (type, oid) LOOP
                EXECUTE format(
                    'CREATE FUNCTION %s.has_%s_privilege(role %s, object %s, privileges text) RETURNS bool LANGUAGE sql STABLE STRICT
                    RETURN base.holds(%s, base.granted_on_%s(%s), privileges)',
                    kind.schema, kind.name, role.type, object.type, role.oid, kind.granted, object.oid);
            END LOOP;
        END LOOP;
    END LOOP;
    FOR role IN
        SELECT *
        FROM (VALUES ('', 'base.my_oid()'), ('role text, ', 'mz_internal.mz_role_oid(role)'), ('role oid, ', 'role')) AS r (argument, oid)
    LOOP
        -- Clusters have no object ids.
        EXECUTE format(
            'CREATE FUNCTION mz_catalog.has_cluster_privilege(%scluster text, privileges text) RETURNS bool LANGUAGE sql STABLE STRICT
            RETURN base.holds(%s, base.granted_on_cluster(cluster), privileges)',
            role.argument, role.oid);
        EXECUTE format(
            'CREATE FUNCTION mz_catalog.has_system_privilege(%sprivileges text) RETURNS bool LANGUAGE sql STABLE STRICT
            RETURN base.holds(%s, ARRAY(SELECT p.privileges FROM base.system_privilege p), privileges)',
            role.argument, role.oid);
        FOR object IN SELECT * FROM (VALUES ('text', 'mz_internal.mz_role_oid(of)'), ('oid', 'of')) AS o (type, oid) LOOP
            EXECUTE format(
                'CREATE FUNCTION mz_fn.pg_has_role(%sof %s, privileges text) RETURNS bool LANGUAGE sql STABLE STRICT
                RETURN base.is_member(%s, %s, privileges)',
                role.argument, object.type, role.oid, object.oid);
            EXECUTE format(
                'CREATE FUNCTION mz_catalog.has_role(%sof %s, privileges text) RETURNS bool LANGUAGE sql STABLE STRICT
                RETURN base.is_member(%s, %s, privileges)',
                role.argument, object.type, role.oid, object.oid);
        END LOOP;
    END LOOP;
END $$;

-- Descriptions

CREATE FUNCTION mz_fn.obj_description(object oid, catalog text) RETURNS text LANGUAGE sql STABLE STRICT
RETURN (
    SELECT d.description
    FROM sys."pg_catalog.pg_description" d
    JOIN base.item c ON c.oid = d.classoid
    WHERE d.objoid = object AND c.name = catalog AND d.objsubid = 0
    LIMIT 1
);
CREATE FUNCTION mz_fn.col_description(object oid, place int4) RETURNS text LANGUAGE sql STABLE STRICT
RETURN (
    SELECT d.comment
    FROM base.item i
    JOIN base.comment d ON d.key = i.key
    WHERE i.oid = object AND d.object_sub_id = place
    LIMIT 1
);

CREATE FUNCTION mz_fn.pg_get_userbyid(oid) RETURNS text LANGUAGE sql STABLE STRICT
RETURN coalesce((SELECT name FROM base.role WHERE oid = $1), 'unknown (OID=' || $1 || ')');

CREATE FUNCTION mz_fn.pg_get_viewdef(oid) RETURNS text LANGUAGE sql STABLE STRICT
RETURN (SELECT definition FROM base.item WHERE oid = $1 AND type IN ('view', 'materialized-view'));
CREATE FUNCTION mz_fn.pg_get_viewdef(text) RETURNS text LANGUAGE sql STABLE STRICT
RETURN mz_fn.pg_get_viewdef(mz_fn.regclass($1)::oid);
CREATE FUNCTION mz_fn.pg_get_viewdef(text, bool) RETURNS text LANGUAGE sql STABLE STRICT
RETURN mz_fn.pg_get_viewdef(mz_fn.regclass($1)::oid);
CREATE FUNCTION mz_fn.pg_get_viewdef(oid, bool) RETURNS text LANGUAGE sql STABLE STRICT RETURN mz_fn.pg_get_viewdef($1);
CREATE FUNCTION mz_fn.pg_get_viewdef(oid, int4) RETURNS text LANGUAGE sql STABLE STRICT RETURN mz_fn.pg_get_viewdef($1);

-- What an index is over: a column's name or an expression.
CREATE FUNCTION base.index_keys(oid) RETURNS TABLE (place int4, expression text) LANGUAGE sql STABLE STRICT AS $$
    SELECT k.index_position, coalesce(k.on_expression, quote_ident(c.name))
    FROM base.item i
    JOIN base.index_column k ON k.key = i.key
    LEFT JOIN base.item_column c ON c.key = i.target_id AND c.position = k.on_position
    WHERE i.oid = $1
$$;
CREATE FUNCTION mz_fn.pg_get_indexdef(oid) RETURNS text LANGUAGE sql STABLE STRICT
RETURN (
    SELECT 'CREATE INDEX ' || quote_ident(i.name) || ' ON ' || quote_ident(t.name) || ' USING arrangement ('
        || (SELECT string_agg(k.expression, ', ' ORDER BY k.place) FROM base.index_keys($1) k) || ')'
    FROM base.item i
    JOIN base.item t ON t.key = i.target_id
    WHERE i.oid = $1 AND i.type = 'index'
);
CREATE FUNCTION mz_fn.pg_get_indexdef(oid, int4, bool) RETURNS text LANGUAGE sql STABLE STRICT
RETURN CASE $2
    WHEN 0 THEN mz_fn.pg_get_indexdef($1)
    ELSE (SELECT k.expression FROM base.index_keys($1) k WHERE k.place = $2)
END;

-- There are no constraints and no rules.
CREATE FUNCTION mz_fn.pg_get_constraintdef(oid) RETURNS text LANGUAGE sql IMMUTABLE RETURN NULL::text;
CREATE FUNCTION mz_fn.pg_get_constraintdef(oid, bool) RETURNS text LANGUAGE sql IMMUTABLE RETURN NULL::text;
CREATE FUNCTION mz_fn.pg_get_ruledef(oid) RETURNS text LANGUAGE sql IMMUTABLE RETURN NULL::text;
CREATE FUNCTION mz_fn.pg_get_ruledef(oid, bool) RETURNS text LANGUAGE sql IMMUTABLE RETURN NULL::text;
-- Expressions are stored as text.
CREATE FUNCTION mz_fn.pg_get_expr(text, oid) RETURNS text LANGUAGE sql IMMUTABLE RETURN $1;
CREATE FUNCTION mz_fn.pg_get_expr(text, oid, bool) RETURNS text LANGUAGE sql IMMUTABLE RETURN $1;

DO $$
DECLARE
    kind record;
BEGIN
    FOR kind IN
        SELECT * FROM (VALUES
            ('table', ARRAY['table', 'source', 'view', 'materialized-view', 'index', 'sink']),
            ('type', ARRAY['type']),
            ('function', ARRAY['function'])
        ) AS k (name, types)
    LOOP
        EXECUTE format(
            'CREATE FUNCTION mz_fn.pg_%s_is_visible(oid) RETURNS bool LANGUAGE sql STABLE STRICT
            RETURN (
                SELECT i.schema_id IN (SELECT p.schema_id FROM base.search_path() p)
                FROM base.item i WHERE i.oid = $1 AND i.type = ANY (%L::text[]) LIMIT 1
            )',
            kind.name, kind.types);
    END LOOP;
END $$;

-- What the server says of its storage: nothing.
CREATE FUNCTION mz_fn.pg_relation_size(regclass) RETURNS int8 LANGUAGE sql IMMUTABLE STRICT RETURN -1::int8;
CREATE FUNCTION mz_fn.pg_relation_size(regclass, text) RETURNS int8 LANGUAGE sql IMMUTABLE STRICT RETURN -1::int8;
CREATE FUNCTION mz_fn.pg_stat_get_numscans(oid) RETURNS int8 LANGUAGE sql IMMUTABLE STRICT RETURN -1::int8;
CREATE FUNCTION mz_fn.pg_tablespace_location(oid) RETURNS text LANGUAGE sql IMMUTABLE RETURN NULL::text;

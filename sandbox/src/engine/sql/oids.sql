-- Object ids as types: clients see numbers.

DO $$
DECLARE
    name text;
    target text;
BEGIN
    FOREACH name IN ARRAY ARRAY['regclass', 'regtype', 'regproc'] LOOP
        FOREACH target IN ARRAY ARRAY['int4', 'int8'] LOOP
            EXECUTE format('CREATE FUNCTION mz_internal.%1$s_to_%2$s(%1$s) RETURNS %2$s LANGUAGE sql IMMUTABLE STRICT RETURN $1::oid::int8::%2$s', name, target);
            EXECUTE format('CREATE CAST (%1$s AS %2$s) WITH FUNCTION mz_internal.%1$s_to_%2$s(%1$s) AS ASSIGNMENT', name, target);
            EXECUTE format('CREATE FUNCTION mz_internal.%1$s_of_%2$s(%2$s) RETURNS %1$s LANGUAGE sql IMMUTABLE STRICT RETURN $1::int8::oid', name, target);
            EXECUTE format('CREATE CAST (%2$s AS %1$s) WITH FUNCTION mz_internal.%1$s_of_%2$s(%2$s) AS IMPLICIT', name, target);
        END LOOP;
    END LOOP;
END $$;

-- The scalar types by Materialize's object id, with the name that format_type and pg_typeof print.
CREATE TABLE mz_internal.type_names (oid oid PRIMARY KEY, array_oid oid, short text, name text);
INSERT INTO mz_internal.type_names
SELECT t.oid, t.typarray, t.typname, pg_catalog.format_type(t.oid, NULL)
FROM pg_type t
WHERE t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace AND t.oid IN (
    16, 17, 18, 19, 20, 21, 22, 23, 25, 26, 700, 701, 1042, 1043, 1082, 1083, 1114, 1184, 1186, 1700, 2249, 2950, 3802,
    3904, 3906, 3908, 3910, 3912, 3926
);
INSERT INTO mz_internal.type_names VALUES
    (24, 1008, 'regproc', 'regproc'), (1033, 1034, 'aclitem', 'aclitem'), (2205, 2210, 'regclass', 'regclass'), (2206, 2211, 'regtype', 'regtype'),
    (16460, 16461, 'uint2', 'uint2'), (16462, 16463, 'uint4', 'uint4'), (16464, 16465, 'uint8', 'uint8'),
    (16552, 16553, 'mz_timestamp', 'mz_timestamp'), (16566, 16567, 'mz_aclitem', 'mz_aclitem');

-- A type's name and modifier in words. User types are the catalog's to name.
CREATE FUNCTION mz_fn.format_type(type oid, modifier int4) RETURNS text LANGUAGE sql STABLE
RETURN (
    SELECT CASE
        WHEN type IS NULL THEN NULL
        ELSE coalesce(
            (SELECT t.name || CASE
                WHEN coalesce(modifier, -1) < 0 THEN ''
                WHEN t.oid = 1700 THEN format('(39,%s)', (modifier - 4) & 65535)
                WHEN t.oid IN (1042, 1043) THEN format('(%s)', modifier - 4)
                WHEN t.oid IN (1114, 1184) THEN format('(%s)', modifier)
                ELSE ''
            END FROM mz_internal.type_names t WHERE t.oid = type),
            (SELECT t.name || '[]' FROM mz_internal.type_names t WHERE t.array_oid = type),
            CASE type WHEN 16384 THEN 'list' WHEN 16385 THEN 'map' ELSE '???' END)
    END
);

CREATE FUNCTION mz_internal.mz_type_name(oid) RETURNS text LANGUAGE sql STABLE STRICT
RETURN (SELECT CASE t.oid WHEN $1 THEN t.short ELSE '_' || t.short END FROM mz_internal.type_names t WHERE $1 IN (t.oid, t.array_oid));

-- A type of the backend in Materialize's words.
CREATE FUNCTION mz_internal.describe_type(type oid) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    t record;
BEGIN
    SELECT y.typtype, y.typelem, y.typsubscript = 'pg_catalog.array_subscript_handler'::pg_catalog.regproc AS is_array, y.typname, n.nspname,
        (SELECT en.nspname FROM pg_type e JOIN pg_namespace en ON en.oid = e.typnamespace WHERE e.oid = y.typelem) AS element_schema
    INTO t FROM pg_type y JOIN pg_namespace n ON n.oid = y.typnamespace WHERE y.oid = type;
    IF t.nspname = 'mz_list' AND NOT t.is_array THEN
        RETURN mz_internal.describe_type((SELECT e.base FROM mz_internal.list_elements e WHERE e.element = type));
    ELSIF t.is_array AND t.element_schema = 'mz_list' THEN
        RETURN mz_internal.describe_type(t.typelem) || ' list';
    ELSIF t.is_array AND t.element_schema = 'mz_map' THEN
        RETURN 'map[text=>' || mz_internal.describe_type((SELECT a.atttypid FROM pg_type e JOIN pg_attribute a ON a.attrelid = e.typrelid AND a.attname = 'value' WHERE e.oid = t.typelem)) || ']';
    ELSIF t.is_array THEN
        RETURN mz_internal.describe_type(t.typelem) || '[]';
    ELSIF t.typtype = 'c' THEN
        RETURN 'record';
    ELSIF t.nspname = 'mz_catalog' THEN
        RETURN t.typname;
    END IF;
    RETURN pg_catalog.format_type(type, NULL);
END $$;

-- It would be ambiguous beside ours.
ALTER FUNCTION pg_catalog.pg_typeof("any") RENAME TO pg_typeof_oid;
CREATE FUNCTION mz_fn.pg_typeof(anyelement) RETURNS text LANGUAGE sql STABLE AS 'SELECT mz_internal.describe_type(pg_catalog.pg_typeof_oid($1)::oid)';

-- A type by name. Names of user types and of relations are the catalog's: it replaces `regclass(text)` and, if it has
-- such types, `regtype(text)`.
CREATE FUNCTION mz_fn.regtype(text) RETURNS regtype LANGUAGE sql STABLE STRICT
RETURN CASE
    WHEN $1 ~ '^[0-9]+$' THEN $1::oid
    ELSE coalesce(
        (SELECT t.oid FROM mz_internal.type_names t WHERE lower(btrim($1)) IN (t.short, t.name)),
        (SELECT t.array_oid FROM mz_internal.type_names t WHERE lower(btrim($1)) IN (t.short || '[]', t.name || '[]', '_' || t.short)),
        (SELECT a.oid FROM (VALUES ('int', 23), ('float', 701), ('decimal', 1700), ('string', 25), ('json', 3802), ('list', 16384), ('map', 16385)) AS a (alias, oid) WHERE a.alias = lower(btrim($1)))::oid,
        CASE WHEN mz_internal.raise('type "' || $1 || '" does not exist') THEN 0::oid END)
END;
CREATE FUNCTION mz_fn.regclass(text) RETURNS regclass LANGUAGE sql STABLE STRICT
RETURN CASE
    WHEN $1 ~ '^[0-9]+$' OR mz_internal.raise('relation "' || $1 || '" does not exist') THEN $1::oid
END;
CREATE CAST (text AS regtype) WITH FUNCTION mz_fn.regtype(text) AS IMPLICIT;
CREATE CAST (text AS regclass) WITH FUNCTION mz_fn.regclass(text) AS IMPLICIT;

-- What PostgreSQL would answer about itself. Out of sight: the catalog defines functions of these names over its own
-- relations, and until it does, none exists.
DO $$
DECLARE
    f record;
BEGIN
    FOR f IN
        SELECT p.oid::pg_catalog.regprocedure AS signature, p.proname
        FROM pg_proc p
        WHERE p.pronamespace = 'pg_catalog'::pg_catalog.regnamespace AND p.proname IN (
            'has_database_privilege', 'has_schema_privilege', 'has_table_privilege', 'has_type_privilege', 'pg_has_role',
            'obj_description', 'col_description', 'pg_get_viewdef', 'pg_get_indexdef', 'pg_get_constraintdef', 'pg_get_ruledef',
            'pg_get_expr', 'pg_get_userbyid', 'pg_relation_size', 'pg_stat_get_numscans', 'pg_table_is_visible',
            'pg_type_is_visible', 'pg_function_is_visible', 'pg_tablespace_location', 'pg_cancel_backend'
        )
    LOOP
        EXECUTE format('ALTER FUNCTION %s RENAME TO %I', f.signature, 'engine_' || f.proname);
    END LOOP;
END $$;

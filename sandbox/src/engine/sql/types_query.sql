-- The types that aren't PostgreSQL's own: id, schema, name, whether it is an array, and the type inside: an array's
-- element, the base of a list's element, the value of a map's entry.
SELECT t.oid, n.nspname, t.typname, t.typtype, t.typsubscript = 'pg_catalog.array_subscript_handler'::pg_catalog.regproc,
    coalesce(e.base, CASE WHEN n.nspname = 'mz_map' AND t.typtype = 'c' THEN v.atttypid WHEN t.typtype = 'd' THEN t.typbasetype END, t.typelem)
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN mz_internal.list_elements e ON e.element = t.oid
LEFT JOIN pg_catalog.pg_attribute v ON v.attrelid = t.typrelid AND v.attnum = 2 AND n.nspname = 'mz_map'
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')

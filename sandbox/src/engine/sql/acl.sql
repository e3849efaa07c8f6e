-- Privileges in the text form `grantee=privileges/grantor`; the grantee of PUBLIC is empty and called `p`.

CREATE TABLE mz_internal.privileges (symbol text PRIMARY KEY, name text, place int4);
INSERT INTO mz_internal.privileges VALUES
    ('a', 'INSERT', 1), ('r', 'SELECT', 2), ('w', 'UPDATE', 3), ('d', 'DELETE', 4), ('U', 'USAGE', 5), ('C', 'CREATE', 6),
    ('R', 'CREATEROLE', 7), ('B', 'CREATEDB', 8), ('N', 'CREATECLUSTER', 9), ('P', 'CREATENETWORKPOLICY', 10);

CREATE FUNCTION mz_internal.mz_aclitem_grantee(mz_aclitem) RETURNS text LANGUAGE sql IMMUTABLE STRICT
RETURN coalesce(nullif(split_part($1::text, '=', 1), ''), 'p');
CREATE FUNCTION mz_internal.mz_aclitem_grantor(mz_aclitem) RETURNS text LANGUAGE sql IMMUTABLE STRICT
RETURN split_part(split_part($1::text, '=', 2), '/', 2);
CREATE FUNCTION mz_internal.mz_aclitem_privileges(mz_aclitem) RETURNS text LANGUAGE sql IMMUTABLE STRICT
RETURN split_part(split_part($1::text, '=', 2), '/', 1);
CREATE FUNCTION mz_internal.mz_format_privileges(text) RETURNS text[] LANGUAGE sql STABLE STRICT
RETURN ARRAY(
    SELECT coalesce(p.name, CASE WHEN mz_internal.raise('unexpected privilege character: ' || c.symbol) THEN '' END)
    FROM regexp_split_to_table($1, '') WITH ORDINALITY AS c (symbol, n) LEFT JOIN mz_internal.privileges p ON p.symbol = c.symbol
    WHERE c.symbol <> '' ORDER BY c.n
);
CREATE FUNCTION mz_internal.mz_aclexplode(items mz_aclitem[], OUT grantor text, OUT grantee text, OUT privilege_type text, OUT is_grantable bool)
RETURNS SETOF record LANGUAGE sql STABLE STRICT
BEGIN ATOMIC
    SELECT mz_internal.mz_aclitem_grantor(i.item), mz_internal.mz_aclitem_grantee(i.item), p.name, false
    FROM unnest(items) WITH ORDINALITY AS i (item, n), unnest(mz_internal.mz_format_privileges(mz_internal.mz_aclitem_privileges(i.item))) AS p (name)
    ORDER BY i.n;
END;
CREATE FUNCTION mz_internal.mz_validate_privileges(privileges text) RETURNS bool LANGUAGE sql STABLE STRICT
RETURN (
    SELECT bool_and(p.name IS NOT NULL OR mz_internal.raise('Evaluation error: unrecognized privilege type: "' || btrim(w.word) || '"'))
    FROM regexp_split_to_table(privileges, ',') AS w (word) LEFT JOIN mz_internal.privileges p ON p.name = upper(btrim(w.word))
);
CREATE FUNCTION mz_internal.privilege_symbols(privileges text) RETURNS text LANGUAGE sql STABLE STRICT
RETURN CASE WHEN mz_internal.mz_validate_privileges(privileges) THEN (
    SELECT coalesce(string_agg(p.symbol, '' ORDER BY p.place), '')
    FROM (SELECT DISTINCT upper(btrim(word)) FROM regexp_split_to_table(privileges, ',') AS s (word)) AS w (word)
    JOIN mz_internal.privileges p ON p.name = w.word
) END;
CREATE FUNCTION mz_internal.make_mz_aclitem(grantee text, grantor text, privileges text) RETURNS mz_aclitem LANGUAGE sql STABLE STRICT
RETURN (CASE WHEN grantee = 'p' THEN '' ELSE grantee END || '=' || mz_internal.privilege_symbols(privileges) || '/' || grantor)::mz_aclitem;
CREATE FUNCTION mz_internal.mz_acl_item_contains_privilege(item mz_aclitem, privileges text) RETURNS bool LANGUAGE sql STABLE STRICT
RETURN mz_internal.mz_validate_privileges(privileges)
    AND mz_internal.mz_aclitem_privileges(item) ~ ('[' || mz_internal.privilege_symbols(privileges) || ']');

-- The same over PostgreSQL's form, whose roles are object ids.
CREATE FUNCTION mz_internal.aclitem_grantee(aclitem) RETURNS oid LANGUAGE sql IMMUTABLE STRICT
RETURN coalesce(nullif(split_part($1::text, '=', 1), ''), '0')::oid;
CREATE FUNCTION mz_internal.aclitem_grantor(aclitem) RETURNS oid LANGUAGE sql IMMUTABLE STRICT
RETURN split_part(split_part($1::text, '=', 2), '/', 2)::oid;
CREATE FUNCTION mz_internal.aclitem_privileges(aclitem) RETURNS text LANGUAGE sql IMMUTABLE STRICT
RETURN split_part(split_part($1::text, '=', 2), '/', 1);
CREATE FUNCTION mz_fn.makeaclitem(grantee oid, grantor oid, privileges text, is_grantable bool) RETURNS aclitem LANGUAGE sql STABLE STRICT
RETURN CASE WHEN NOT is_grantable OR mz_internal.raise('GRANT OPTION not yet supported') THEN
    (CASE WHEN grantee = 0 THEN '' ELSE grantee::text END || '=' || mz_internal.privilege_symbols(privileges) || '/' || grantor::text)::aclitem
END;
CREATE FUNCTION mz_fn.aclexplode(items aclitem[], OUT grantor oid, OUT grantee oid, OUT privilege_type text, OUT is_grantable bool)
RETURNS SETOF record LANGUAGE sql STABLE STRICT
BEGIN ATOMIC
    SELECT mz_internal.aclitem_grantor(i.item), mz_internal.aclitem_grantee(i.item), p.name, false
    FROM unnest(items) WITH ORDINALITY AS i (item, n), unnest(mz_internal.mz_format_privileges(mz_internal.aclitem_privileges(i.item))) AS p (name)
    ORDER BY i.n;
END;

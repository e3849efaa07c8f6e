-- Lists and maps.
--
-- A list is an array of a type made for it: `int4 list` is `mz_list.int4[]`, where `mz_list.int4` has the values of
-- int4. Its array type is a type of its own, so a list is never taken for an array, and yet what PostgreSQL does with
-- arrays works. An element is read as an int4 implicitly; an int4 becomes an element only where a list is made.
-- `int4 list list` is an array of `mz_list."int4 list"`, which has the values of `mz_list.int4[]`: inner lists may
-- differ in length, as an array's dimensions may not.
--
-- A map is an array of entries ordered by key: `map[text=>int4]` is `mz_map.int4[]` over the composite `mz_map.int4`.

-- The elements of the text form of a list, or the entries of a map: split at commas outside quotes and braces. An
-- element keeps its quotes.
CREATE FUNCTION mz_internal.split_braces(input text, kind text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
    body text := btrim(input, E' \t\n\r');
    parts text[] := '{}';
    part text := '';
    depth int := 0;
    quoted bool := false;
    c text;
    i int := 2;
BEGIN
    IF left(body, 1) <> '{' THEN
        RAISE EXCEPTION 'invalid input syntax for type %: expected ''{'', found %: "%"', kind, coalesce(nullif(left(body, 1), ''), 'empty string'), input USING ERRCODE = '22P02';
    END IF;
    IF right(body, 1) <> '}' OR length(body) < 2 THEN
        RAISE EXCEPTION 'invalid input syntax for type %: unterminated: "%"', kind, input USING ERRCODE = '22P02';
    END IF;
    WHILE i < length(body) LOOP
        c := substr(body, i, 1);
        IF c = '\' THEN
            part := part || c || substr(body, i + 1, 1);
            i := i + 1;
        ELSIF c = '"' THEN
            quoted := NOT quoted;
            part := part || c;
        ELSIF c = ',' AND depth = 0 AND NOT quoted THEN
            parts := parts || btrim(part, E' \t\n\r');
            part := '';
        ELSE
            IF NOT quoted THEN
                depth := depth + (c = '{')::int - (c = '}')::int;
            END IF;
            part := part || c;
        END IF;
        i := i + 1;
    END LOOP;
    IF depth <> 0 OR quoted THEN
        RAISE EXCEPTION 'invalid input syntax for type %: unbalanced: "%"', kind, input USING ERRCODE = '22P02';
    END IF;
    IF part <> '' OR parts <> '{}' THEN
        parts := parts || btrim(part, E' \t\n\r');
    END IF;
    RETURN parts;
END $$;

-- What an element says: without its quotes, NULL for NULL.
CREATE FUNCTION mz_internal.unquote(part text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE
    WHEN upper(part) = 'NULL' THEN NULL
    WHEN left(part, 1) = '"' THEN regexp_replace(substr(part, 2, length(part) - 2), '\\(.)', '\1', 'g')
    ELSE regexp_replace(part, '\\(.)', '\1', 'g')
END;

-- The text of an element: quoted if it has to be.
CREATE FUNCTION mz_internal.quote_element(part text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE
    WHEN part IS NULL THEN 'NULL'
    WHEN part = '' OR upper(part) = 'NULL' OR part ~ E'[{},"\\\\ \t\n\r]' OR part LIKE '%=>%' THEN '"' || regexp_replace(part, '(["\\])', '\\\1', 'g') || '"'
    ELSE part
END;

-- An inner list or map as it stands, or what its quotes hold.
CREATE FUNCTION mz_internal.unbrace(part text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN left(part, 1) = '{' THEN part ELSE mz_internal.unquote(part) END;

CREATE TABLE mz_internal.list_elements (element oid PRIMARY KEY, base oid);
CREATE FUNCTION mz_internal.inner_subscript(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT AS 'array_subscript_handler';

-- Makes `mz_list.key` with the values and the functions of the type `base`.
CREATE FUNCTION mz_internal.make_element(key text, base text) RETURNS void LANGUAGE plpgsql AS $make$
DECLARE
    name text := format('mz_list.%I', key);
    t record;
BEGIN
    SELECT y.oid, y.typelem, y.typcategory, y.typcollation, i.prosrc AS input, i.pronargs AS input_args, o.prosrc AS output, r.prosrc AS receive,
        r.pronargs AS receive_args, s.prosrc AS send, y.typsubscript = 'pg_catalog.array_subscript_handler'::pg_catalog.regproc AS is_array
    INTO t FROM pg_type y
    JOIN pg_proc i ON i.oid = y.typinput JOIN pg_proc o ON o.oid = y.typoutput JOIN pg_proc r ON r.oid = y.typreceive JOIN pg_proc s ON s.oid = y.typsend
    WHERE y.oid = base::pg_catalog.regtype;
    EXECUTE format('CREATE TYPE %s', name);
    EXECUTE format('CREATE FUNCTION mz_list.%I(cstring%s) RETURNS %s LANGUAGE internal IMMUTABLE STRICT AS %L', key || ' in', CASE WHEN t.input_args > 1 THEN ', oid, int4' ELSE '' END, name, t.input);
    EXECUTE format('CREATE FUNCTION mz_list.%I(%s) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS %L', key || ' out', name, t.output);
    EXECUTE format('CREATE TYPE %1$s (INPUT = mz_list.%2$I, OUTPUT = mz_list.%3$I, LIKE = %4$s, CATEGORY = %5$L%6$s%7$s)',
        name, key || ' in', key || ' out', base, CASE WHEN t.is_array THEN 'U' ELSE t.typcategory::text END,
        CASE WHEN t.typelem <> 0 THEN format(', ELEMENT = %s, SUBSCRIPT = mz_internal.%s', pg_catalog.format_type(t.typelem, NULL), CASE WHEN t.is_array THEN 'inner_subscript' ELSE 'no_subscript' END) ELSE '' END,
        CASE WHEN t.typcollation <> 0 THEN ', COLLATABLE = true' ELSE '' END);
    IF t.is_array THEN
        -- Casts without a function are refused to arrays, and what is inside is the same.
        EXECUTE format('CREATE FUNCTION mz_list.%I(%s) RETURNS %s LANGUAGE internal IMMUTABLE STRICT AS ''numeric_uplus''', key || ' wrap', base, name);
        EXECUTE format('CREATE FUNCTION mz_list.%I(%s) RETURNS %s LANGUAGE internal IMMUTABLE STRICT AS ''numeric_uplus''', key || ' unwrap', name, base);
        EXECUTE format('CREATE CAST (%s AS %s) WITH FUNCTION mz_list.%I(%1$s) AS IMPLICIT', base, name, key || ' wrap');
        EXECUTE format('CREATE CAST (%s AS %s) WITH FUNCTION mz_list.%I(%1$s) AS IMPLICIT', name, base, key || ' unwrap');
    ELSE
        EXECUTE format('CREATE CAST (%s AS %s) WITHOUT FUNCTION AS ASSIGNMENT', base, name);
        EXECUTE format('CREATE CAST (%s AS %s) WITHOUT FUNCTION AS IMPLICIT', name, base);
    END IF;
    INSERT INTO mz_internal.list_elements VALUES (name::pg_catalog.regtype, t.oid);
END $make$;

-- Makes `element list`. `key` names the element in Materialize's words, `element` as it is spelled here.
CREATE FUNCTION mz_internal.make_list(key text, element text) RETURNS void LANGUAGE plpgsql AS $make$
DECLARE
    list text := format('mz_list.%I[]', key);
    inner_type text := format('mz_list.%I', key);
BEGIN
    IF to_regtype(inner_type) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM mz_internal.make_element(key, element);
    IF element LIKE '%[]' THEN
        -- LIST[a, b] of lists: arguments become elements one by one, for ARRAY[a, b] would be an array of two dimensions.
        EXECUTE format('CREATE FUNCTION mz_fn.list(VARIADIC %1$s) RETURNS %1$s LANGUAGE sql IMMUTABLE RETURN $1', list);
        EXECUTE format('CREATE FUNCTION mz_catalog.list_append(%1$s, %2$s) RETURNS %1$s LANGUAGE sql IMMUTABLE RETURN array_append($1, $2::%3$s)', list, element, inner_type);
        EXECUTE format('CREATE FUNCTION mz_catalog.list_prepend(%2$s, %1$s) RETURNS %1$s LANGUAGE sql IMMUTABLE RETURN array_prepend($1::%3$s, $2)', list, element, inner_type);
        EXECUTE format('CREATE FUNCTION mz_catalog.list_cat(%1$s, %1$s) RETURNS %1$s LANGUAGE sql IMMUTABLE RETURN array_cat($1, $2)', list);
        EXECUTE format('CREATE AGGREGATE mz_catalog.list_agg(%2$s) (SFUNC = mz_catalog.list_append, STYPE = %1$s)', list, element);
        -- The text form doesn't quote inner lists and maps; PostgreSQL's would.
        EXECUTE format('CREATE FUNCTION mz_internal.%4$I(text) RETURNS %1$s LANGUAGE sql IMMUTABLE STRICT RETURN ARRAY(SELECT mz_internal.unbrace(p)::%2$s::%3$s FROM unnest(mz_internal.split_braces($1, ''list'')) WITH ORDINALITY AS u (p, n) ORDER BY n)', list, element, inner_type, key || ' list');
        EXECUTE format('CREATE CAST (text AS %s) WITH FUNCTION mz_internal.%I(text) AS ASSIGNMENT', list, key || ' list');
        EXECUTE format('CREATE FUNCTION mz_internal.%2$I(%1$s) RETURNS text LANGUAGE sql IMMUTABLE STRICT RETURN ''{'' || array_to_string(ARRAY(SELECT e::%3$s::text FROM unnest($1) AS u (e)), '','', ''NULL'') || ''}''', list, key || ' list', element);
        EXECUTE format('CREATE CAST (%s AS text) WITH FUNCTION mz_internal.%I(%1$s) AS ASSIGNMENT', list, key || ' list');
    ELSE
        EXECUTE format('CREATE FUNCTION mz_fn.list(VARIADIC %2$s[]) RETURNS %1$s LANGUAGE sql IMMUTABLE RETURN $1::%1$s', list, element);
        EXECUTE format('CREATE FUNCTION mz_fn.list_of(%2$s[]) RETURNS %1$s LANGUAGE sql IMMUTABLE RETURN $1::%1$s', list, element);
        EXECUTE format('CREATE FUNCTION mz_catalog.list_append(%1$s, %2$s) RETURNS %1$s LANGUAGE sql IMMUTABLE RETURN array_append($1::%2$s[], $2)::%1$s', list, element);
        EXECUTE format('CREATE FUNCTION mz_catalog.list_prepend(%2$s, %1$s) RETURNS %1$s LANGUAGE sql IMMUTABLE RETURN array_prepend($1, $2::%2$s[])::%1$s', list, element);
        EXECUTE format('CREATE FUNCTION mz_catalog.list_cat(%1$s, %1$s) RETURNS %1$s LANGUAGE sql IMMUTABLE RETURN array_cat($1, $2)', list);
        EXECUTE format('CREATE FUNCTION mz_catalog.list_remove(%1$s, %2$s) RETURNS %1$s LANGUAGE sql IMMUTABLE RETURN array_remove($1::%2$s[], $2)::%1$s', list, element);
        EXECUTE format('CREATE AGGREGATE mz_catalog.list_agg(%1$s) (SFUNC = array_append, STYPE = %1$s[], FINALFUNC = mz_fn.list_of)', element);
    END IF;
    EXECUTE format('CREATE FUNCTION mz_catalog.list_length(%s) RETURNS int4 LANGUAGE sql IMMUTABLE STRICT RETURN cardinality($1)', list);
    IF element LIKE '%[]' THEN
        EXECUTE format('CREATE OPERATOR mz_fn.|| (FUNCTION = mz_catalog.list_append, LEFTARG = %s, RIGHTARG = %s)', list, element);
        EXECUTE format('CREATE OPERATOR mz_fn.|| (FUNCTION = mz_catalog.list_prepend, LEFTARG = %2$s, RIGHTARG = %1$s)', list, element);
    ELSE
        -- `'a' || 1` is text: an operator that names the element's type would take it for a list and its element.
        EXECUTE format('CREATE FUNCTION mz_internal.list_concat(%1$s, anyelement) RETURNS %1$s LANGUAGE sql IMMUTABLE AS ''SELECT list_append($1, $2)''', list);
        EXECUTE format('CREATE FUNCTION mz_internal.list_concat(anyelement, %1$s) RETURNS %1$s LANGUAGE sql IMMUTABLE AS ''SELECT list_prepend($1, $2)''', list);
        EXECUTE format('CREATE OPERATOR mz_fn.|| (FUNCTION = mz_internal.list_concat, LEFTARG = %s, RIGHTARG = anyelement)', list);
        EXECUTE format('CREATE OPERATOR mz_fn.|| (FUNCTION = mz_internal.list_concat, LEFTARG = anyelement, RIGHTARG = %s)', list);
    END IF;
    EXECUTE format('CREATE OPERATOR mz_fn.|| (FUNCTION = mz_catalog.list_cat, LEFTARG = %1$s, RIGHTARG = %1$s)', list);
END $make$;

-- Makes `map[text=>element]`.
CREATE FUNCTION mz_internal.make_map(key text, element text) RETURNS void LANGUAGE plpgsql AS $make$
DECLARE
    map text := format('mz_map.%I[]', key);
    entry text := format('mz_map.%I', key);
    label text := format('map[text=>%s]', key);
    nested bool := element LIKE '%[]';
BEGIN
    IF to_regtype(entry) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM mz_internal.make_list(key, element);
    EXECUTE format('CREATE TYPE %s AS (key text, value %s)', entry, element);
    -- Entries in order, the last of those with the same key.
    EXECUTE format('CREATE FUNCTION mz_internal.map_sorted(%1$s) RETURNS %1$s LANGUAGE sql IMMUTABLE STRICT RETURN (SELECT coalesce(array_agg(ROW(k, v)::%2$s ORDER BY k), ''{}'') FROM (SELECT DISTINCT ON (u.key) u.key, u.value FROM unnest($1) WITH ORDINALITY AS u (key, value, n) WHERE u.key IS NOT NULL ORDER BY u.key, u.n DESC) AS e (k, v))', map, entry);
    EXECUTE format('CREATE FUNCTION mz_fn.map(text[], mz_list.%3$I[]) RETURNS %1$s LANGUAGE sql IMMUTABLE STRICT RETURN mz_internal.map_sorted(ARRAY(SELECT ROW(k, v)::%2$s FROM ROWS FROM (unnest($1), unnest($2)) AS u (k, v)))', map, entry, key);
    EXECUTE format('CREATE FUNCTION mz_internal.map_value(%1$s, text) RETURNS %2$s LANGUAGE sql IMMUTABLE RETURN (SELECT u.value FROM unnest($1) AS u WHERE u.key = $2)', map, element);
    EXECUTE format('CREATE OPERATOR mz_fn.-> (FUNCTION = mz_internal.map_value, LEFTARG = %s, RIGHTARG = text)', map);
    EXECUTE format('CREATE FUNCTION mz_internal.map_step(%1$s, text, %3$s) RETURNS %1$s LANGUAGE sql IMMUTABLE RETURN coalesce($1, ''{}'') OPERATOR(pg_catalog.||) ROW($2, $3)::%2$s', map, entry, element);
    EXECUTE format('CREATE AGGREGATE mz_catalog.map_agg(text, %2$s) (SFUNC = mz_internal.map_step, STYPE = %1$s, FINALFUNC = mz_internal.map_sorted)', map, element);
    EXECUTE format('CREATE FUNCTION mz_internal.%4$I(text) RETURNS %1$s LANGUAGE sql IMMUTABLE STRICT RETURN mz_internal.map_sorted(ARRAY(SELECT ROW(mz_internal.entry_key(p), mz_internal.%5$s(mz_internal.entry_value(p))::%3$s)::%2$s FROM unnest(mz_internal.split_braces($1, ''map'')) AS u (p)))', map, entry, element, label, CASE WHEN nested THEN 'unbrace' ELSE 'unquote' END);
    EXECUTE format('CREATE CAST (text AS %s) WITH FUNCTION mz_internal.%I(text) AS ASSIGNMENT', map, label);
    EXECUTE format('CREATE FUNCTION mz_internal.%2$I(%1$s) RETURNS text LANGUAGE sql IMMUTABLE STRICT RETURN ''{'' || array_to_string(ARRAY(SELECT mz_internal.quote_element(u.key) || ''=>'' || %3$s FROM unnest($1) AS u), '','') || ''}''', map, label, CASE WHEN nested THEN 'coalesce(u.value::text, ''NULL'')' ELSE 'mz_internal.quote_element(u.value::text)' END);
    EXECUTE format('CREATE CAST (%s AS text) WITH FUNCTION mz_internal.%I(%1$s) AS ASSIGNMENT', map, label);
END $make$;

-- An entry of the text form, `key=>value`, in its two parts.
CREATE FUNCTION mz_internal.entry_key(entry text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
RETURN mz_internal.unquote(btrim((regexp_match(entry, '^\s*("(?:[^"\\]|\\.)*"|(?:[^"\\=]|\\.|=(?!>))*)\s*=>'))[1]));
CREATE FUNCTION mz_internal.entry_value(entry text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
RETURN btrim(regexp_replace(entry, '^\s*("(?:[^"\\]|\\.)*"|(?:[^"\\=]|\\.|=(?!>))*)\s*=>\s*', ''));

-- What is the same for every map.
CREATE FUNCTION mz_catalog.map_length(anyarray) RETURNS int4 LANGUAGE sql IMMUTABLE STRICT AS 'SELECT cardinality($1)';
CREATE FUNCTION mz_internal.map_has(anyarray, text) RETURNS bool LANGUAGE sql IMMUTABLE STRICT
AS 'SELECT EXISTS (SELECT FROM unnest($1) AS u WHERE u.key = $2)';
CREATE FUNCTION mz_internal.map_has_all(anyarray, text[]) RETURNS bool LANGUAGE sql IMMUTABLE STRICT
AS 'SELECT ARRAY(SELECT u.key FROM unnest($1) AS u) @> $2';
CREATE FUNCTION mz_internal.map_has_any(anyarray, text[]) RETURNS bool LANGUAGE sql IMMUTABLE STRICT
AS 'SELECT ARRAY(SELECT u.key FROM unnest($1) AS u) && $2';
CREATE OPERATOR mz_fn.? (FUNCTION = mz_internal.map_has, LEFTARG = anyarray, RIGHTARG = text);
CREATE OPERATOR mz_fn.?& (FUNCTION = mz_internal.map_has_all, LEFTARG = anyarray, RIGHTARG = text[]);
CREATE OPERATOR mz_fn.?| (FUNCTION = mz_internal.map_has_any, LEFTARG = anyarray, RIGHTARG = text[]);

-- The commonest from the start; others when a statement names them or makes one.
SELECT mz_internal.make_list(t, t) FROM unnest(ARRAY['bool', 'int4', 'int8', 'uint8', 'float8', 'numeric', 'text', 'date', 'timestamp', 'timestamptz', 'uuid', 'jsonb']) AS t;
SELECT mz_internal.make_map(t, t) FROM unnest(ARRAY['int4', 'text']) AS t;
SELECT mz_internal.make_list(t || ' list', format('mz_list.%I[]', t)) FROM unnest(ARRAY['int4', 'text']) AS t;

-- All lists and maps of scalars, and those of such a list or map.
CREATE FUNCTION mz_internal.make_all() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY[
        'bool', 'int2', 'int4', 'int8', 'uint2', 'uint4', 'uint8', 'float4', 'float8', 'numeric', 'text', 'varchar', 'bytea',
        'date', 'time', 'timestamp', 'timestamptz', 'interval', 'uuid', 'jsonb', 'oid', 'mz_timestamp'
    ] LOOP
        PERFORM mz_internal.make_map(t, t);
        PERFORM mz_internal.make_map(t || ' list', format('mz_list.%I[]', t));
        PERFORM mz_internal.make_map(format('map[text=>%s]', t), format('mz_map.%I[]', t));
    END LOOP;
END $$;

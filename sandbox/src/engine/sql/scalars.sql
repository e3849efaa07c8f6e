-- Scalar types that PostgreSQL lacks, as base types over the internal functions of a type that has the same values.
--
-- A base type's input function can't be written in SQL, but it can be `domain_in`, which takes the type to check from
-- the element type of what it reads. So each unsigned type names a domain as its element: literals, parameters and
-- COPY are checked by the domain, and values are stored as plain int4, int8 or numeric.

-- Stable, lest a planner that folds constants raises what never happens.
CREATE FUNCTION mz_internal.raise(message text) RETURNS bool LANGUAGE plpgsql STABLE STRICT AS $$
BEGIN
    RAISE EXCEPTION '%', message USING ERRCODE = 'XX000';
END $$;

CREATE FUNCTION mz_internal.out_of_range(value text, type text) RETURNS bool LANGUAGE sql STABLE STRICT
RETURN mz_internal.raise('"' || value || '" ' || type || ' out of range');

-- Subscripts never reach these types; a type with an element needs a handler.
CREATE FUNCTION mz_internal.no_subscript(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT
AS 'jsonb_subscript_handler';

-- A base type `name` over `base`. With `element`, a number whose C functions are called `prefix`eq, `prefix`lt, ...
CREATE FUNCTION mz_internal.make_scalar(
    name text, base text, prefix text, compare text, hash text, identity text, io text, element text, category text
) RETURNS void LANGUAGE plpgsql AS $make$
DECLARE
    op record;
BEGIN
    EXECUTE format('CREATE TYPE mz_catalog.%I', name);
    IF element IS NULL THEN
        EXECUTE format('CREATE FUNCTION mz_internal.%1$s_in(cstring) RETURNS mz_catalog.%1$I LANGUAGE internal IMMUTABLE STRICT AS %2$L', name, io || 'in');
        EXECUTE format('CREATE FUNCTION mz_internal.%1$s_recv(internal) RETURNS mz_catalog.%1$I LANGUAGE internal IMMUTABLE STRICT AS %2$L', name, io || 'recv');
    ELSE
        EXECUTE format('CREATE FUNCTION mz_internal.%1$s_in(cstring, oid, int4) RETURNS mz_catalog.%1$I LANGUAGE internal IMMUTABLE STRICT AS ''domain_in''', name);
        EXECUTE format('CREATE FUNCTION mz_internal.%1$s_recv(internal, oid, int4) RETURNS mz_catalog.%1$I LANGUAGE internal IMMUTABLE STRICT AS ''domain_recv''', name);
    END IF;
    EXECUTE format('CREATE FUNCTION mz_internal.%1$s_out(mz_catalog.%1$I) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS %2$L', name, io || 'out');
    EXECUTE format('CREATE FUNCTION mz_internal.%1$s_send(mz_catalog.%1$I) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT AS %2$L', name, io || 'send');
    EXECUTE format(
        'CREATE TYPE mz_catalog.%1$I (INPUT = mz_internal.%1$s_in, OUTPUT = mz_internal.%1$s_out, RECEIVE = mz_internal.%1$s_recv, SEND = mz_internal.%1$s_send, LIKE = %2$s, CATEGORY = %3$L%4$s%5$s)',
        name, base, category,
        coalesce(', ELEMENT = ' || element || ', SUBSCRIPT = mz_internal.no_subscript', ''),
        CASE WHEN base = 'text' THEN ', COLLATABLE = true' ELSE '' END);
    -- The rest is written for numbers; the others are read as their base type, implicitly, and compared so.
    IF element IS NULL THEN
        EXECUTE format('CREATE CAST (%s AS mz_catalog.%I) WITHOUT FUNCTION AS %s', base, name, CASE base WHEN 'oid' THEN 'IMPLICIT' ELSE 'ASSIGNMENT' END);
        EXECUTE format('CREATE CAST (mz_catalog.%I AS %s) WITHOUT FUNCTION AS IMPLICIT', name, base);
        RETURN;
    END IF;
    -- The same value in the other type, unchecked.
    EXECUTE format('CREATE FUNCTION mz_internal.%1$s_of(%2$s) RETURNS mz_catalog.%1$I LANGUAGE internal IMMUTABLE STRICT AS %3$L', name, base, identity);
    FOR op IN
        SELECT * FROM (VALUES
            ('=', 'eq', '=', '<>', 'eqsel', 'eqjoinsel', ', HASHES, MERGES'), ('<>', 'ne', '<>', '=', 'neqsel', 'neqjoinsel', ''),
            ('<', 'lt', '>', '>=', 'scalarltsel', 'scalarltjoinsel', ''), ('<=', 'le', '>=', '>', 'scalarlesel', 'scalarlejoinsel', ''),
            ('>', 'gt', '<', '<=', 'scalargtsel', 'scalargtjoinsel', ''), ('>=', 'ge', '<=', '<', 'scalargesel', 'scalargejoinsel', '')
        ) AS v (symbol, suffix, commutator, negator, restrict_, join_, extra)
    LOOP
        EXECUTE format('CREATE FUNCTION mz_internal.%1$s_%2$s(mz_catalog.%1$I, mz_catalog.%1$I) RETURNS bool LANGUAGE internal IMMUTABLE STRICT AS %3$L',
            name, op.suffix, prefix || op.suffix);
        EXECUTE format('CREATE OPERATOR mz_catalog.%2$s (FUNCTION = mz_internal.%1$s_%3$s, LEFTARG = mz_catalog.%1$I, RIGHTARG = mz_catalog.%1$I, COMMUTATOR = OPERATOR(mz_catalog.%4$s), NEGATOR = OPERATOR(mz_catalog.%5$s), RESTRICT = %6$s, JOIN = %7$s%8$s)',
            name, op.symbol, op.suffix, op.commutator, op.negator, op.restrict_, op.join_, op.extra);
    END LOOP;
    EXECUTE format('CREATE FUNCTION mz_internal.%1$s_cmp(mz_catalog.%1$I, mz_catalog.%1$I) RETURNS int4 LANGUAGE internal IMMUTABLE STRICT AS %2$L', name, compare);
    EXECUTE format('CREATE FUNCTION mz_internal.%1$s_hash(mz_catalog.%1$I) RETURNS int4 LANGUAGE internal IMMUTABLE STRICT AS %2$L', name, hash);
    EXECUTE format('CREATE FUNCTION mz_internal.%1$s_hash(mz_catalog.%1$I, int8) RETURNS int8 LANGUAGE internal IMMUTABLE STRICT AS %2$L', name, hash || CASE WHEN hash = 'hash_numeric' THEN '_extended' ELSE 'extended' END);
    EXECUTE format('CREATE OPERATOR CLASS mz_catalog.%1$s_ops DEFAULT FOR TYPE mz_catalog.%1$I USING btree AS OPERATOR 1 mz_catalog.<, OPERATOR 2 mz_catalog.<=, OPERATOR 3 mz_catalog.=, OPERATOR 4 mz_catalog.>=, OPERATOR 5 mz_catalog.>, FUNCTION 1 mz_internal.%1$s_cmp(mz_catalog.%1$I, mz_catalog.%1$I)', name);
    EXECUTE format('CREATE OPERATOR CLASS mz_catalog.%1$s_ops DEFAULT FOR TYPE mz_catalog.%1$I USING hash AS OPERATOR 1 mz_catalog.=, FUNCTION 1 mz_internal.%1$s_hash(mz_catalog.%1$I), FUNCTION 2 mz_internal.%1$s_hash(mz_catalog.%1$I, int8)', name);
    FOR op IN SELECT * FROM (VALUES ('max', 'larger', '>'), ('min', 'smaller', '<')) AS v (name, suffix, symbol) LOOP
        EXECUTE format('CREATE FUNCTION mz_internal.%1$s_%2$s(mz_catalog.%1$I, mz_catalog.%1$I) RETURNS mz_catalog.%1$I LANGUAGE internal IMMUTABLE STRICT AS %3$L',
            name, op.suffix, prefix || op.suffix);
        EXECUTE format('CREATE AGGREGATE mz_fn.%2$s(mz_catalog.%1$I) (SFUNC = mz_internal.%1$s_%3$s, STYPE = mz_catalog.%1$I, SORTOP = OPERATOR(mz_catalog.%4$s))',
            name, op.name, op.suffix, op.symbol);
    END LOOP;
END $make$;

CREATE DOMAIN mz_internal.uint2_range AS int4 CHECK (value BETWEEN 0 AND 65535 OR mz_internal.out_of_range(value::text, 'uint2'));
CREATE DOMAIN mz_internal.uint4_range AS int8 CHECK (value BETWEEN 0 AND 4294967295 OR mz_internal.out_of_range(value::text, 'uint4'));
CREATE DOMAIN mz_internal.uint8_range AS numeric
    CHECK (value BETWEEN 0 AND 18446744073709551615 AND scale(value) = 0 OR mz_internal.out_of_range(value::text, 'uint8'));
CREATE DOMAIN mz_internal.mz_timestamp_range AS numeric
    CHECK (value BETWEEN 0 AND 18446744073709551615 AND scale(value) = 0 OR mz_internal.out_of_range(value::text, 'mz_timestamp'));

SELECT mz_internal.make_scalar('uint2', 'int4', 'int4', 'btint4cmp', 'hashint4', 'int4up', 'int4', 'mz_internal.uint2_range', 'N');
SELECT mz_internal.make_scalar('uint4', 'int8', 'int8', 'btint8cmp', 'hashint8', 'int8up', 'int8', 'mz_internal.uint4_range', 'N');
SELECT mz_internal.make_scalar('uint8', 'numeric', 'numeric_', 'numeric_cmp', 'hash_numeric', 'numeric_uplus', 'numeric_', 'mz_internal.uint8_range', 'N');
SELECT mz_internal.make_scalar('mz_timestamp', 'numeric', 'numeric_', 'numeric_cmp', 'hash_numeric', 'numeric_uplus', 'numeric_', 'mz_internal.mz_timestamp_range', 'U');
-- Written and compared as text; functions in acl.sql read them.
SELECT mz_internal.make_scalar('mz_aclitem', 'text', NULL, NULL, NULL, NULL, 'text', NULL, 'U');
SELECT mz_internal.make_scalar('aclitem', 'text', NULL, NULL, NULL, NULL, 'text', NULL, 'U');
-- Clients see a number; text is looked up by a cast function.
SELECT mz_internal.make_scalar('regclass', 'oid', NULL, NULL, NULL, NULL, 'oid', NULL, 'N');
SELECT mz_internal.make_scalar('regtype', 'oid', NULL, NULL, NULL, NULL, 'oid', NULL, 'N');
SELECT mz_internal.make_scalar('regproc', 'oid', NULL, NULL, NULL, NULL, 'oid', NULL, 'N');

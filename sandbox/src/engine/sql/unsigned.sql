-- Casts and arithmetic of uint2, uint4, uint8 and mz_timestamp.
--
-- A cast to uint8 or mz_timestamp is never implicit to float8: PostgreSQL prefers float8 among numbers, and
-- `uint8 + int4` has to be numeric.

CREATE CAST (uint2 AS int4) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (uint4 AS int8) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (uint8 AS numeric) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (mz_timestamp AS numeric) WITHOUT FUNCTION AS ASSIGNMENT;

CREATE FUNCTION mz_fn.uint2(int8) RETURNS uint2 LANGUAGE sql IMMUTABLE
RETURN CASE WHEN $1 BETWEEN 0 AND 65535 OR mz_internal.out_of_range($1::text, 'uint2') THEN mz_internal.uint2_of($1::int4) END;
CREATE FUNCTION mz_fn.uint4(int8) RETURNS uint4 LANGUAGE sql IMMUTABLE
RETURN CASE WHEN $1 BETWEEN 0 AND 4294967295 OR mz_internal.out_of_range($1::text, 'uint4') THEN mz_internal.uint4_of($1) END;
CREATE FUNCTION mz_fn.uint8(numeric) RETURNS uint8 LANGUAGE sql IMMUTABLE
RETURN CASE WHEN $1 BETWEEN 0 AND 18446744073709551615 OR mz_internal.out_of_range($1::text, 'uint8') THEN mz_internal.uint8_of(round($1)) END;
CREATE FUNCTION mz_fn.mz_timestamp(numeric) RETURNS mz_timestamp LANGUAGE sql IMMUTABLE
RETURN CASE WHEN $1 BETWEEN 0 AND 18446744073709551615 OR mz_internal.out_of_range($1::text, 'mz_timestamp') THEN mz_internal.mz_timestamp_of(round($1)) END;

-- The casts that are no more than a change of the number's type and a check.
DO $$
DECLARE
    c record;
BEGIN
    FOR c IN
        SELECT * FROM (VALUES
            ('int2', 'uint2', 'int8', 'ASSIGNMENT'), ('int4', 'uint2', 'int8', 'ASSIGNMENT'), ('int8', 'uint2', 'int8', 'ASSIGNMENT'),
            ('numeric', 'uint2', 'int8', 'ASSIGNMENT'), ('float4', 'uint2', 'int8', 'ASSIGNMENT'), ('float8', 'uint2', 'int8', 'ASSIGNMENT'),
            ('uint4', 'uint2', 'int8', 'ASSIGNMENT'), ('uint8', 'uint2', 'numeric', 'ASSIGNMENT'),
            ('int2', 'uint4', 'int8', 'ASSIGNMENT'), ('int4', 'uint4', 'int8', 'ASSIGNMENT'), ('int8', 'uint4', 'int8', 'ASSIGNMENT'),
            ('numeric', 'uint4', 'int8', 'ASSIGNMENT'), ('float4', 'uint4', 'int8', 'ASSIGNMENT'), ('float8', 'uint4', 'int8', 'ASSIGNMENT'),
            ('uint2', 'uint4', 'int4', 'IMPLICIT'), ('uint8', 'uint4', 'numeric', 'ASSIGNMENT'),
            ('int2', 'uint8', 'numeric', 'ASSIGNMENT'), ('int4', 'uint8', 'numeric', 'ASSIGNMENT'), ('int8', 'uint8', 'numeric', 'ASSIGNMENT'),
            ('numeric', 'uint8', 'numeric', 'ASSIGNMENT'), ('float4', 'uint8', 'numeric', 'ASSIGNMENT'), ('float8', 'uint8', 'numeric', 'ASSIGNMENT'),
            ('uint2', 'uint8', 'int4', 'IMPLICIT'), ('uint4', 'uint8', 'int8', 'IMPLICIT'),
            ('int4', 'mz_timestamp', 'numeric', 'IMPLICIT'), ('int8', 'mz_timestamp', 'numeric', 'IMPLICIT'), ('numeric', 'mz_timestamp', 'numeric', 'IMPLICIT'),
            ('uint4', 'mz_timestamp', 'int8', 'ASSIGNMENT'), ('uint8', 'mz_timestamp', 'numeric', 'ASSIGNMENT')
        ) AS v (source, target, via, context)
    LOOP
        IF to_regprocedure(format('mz_fn.%s(%s)', c.target, c.source)) IS NULL THEN
            EXECUTE format('CREATE FUNCTION mz_fn.%1$s(%2$s) RETURNS %1$s LANGUAGE sql IMMUTABLE RETURN mz_fn.%1$s($1::%3$s::%4$s)',
                c.target, c.source, c.via, CASE WHEN c.target IN ('uint2', 'uint4') THEN 'int8' ELSE 'numeric' END);
        END IF;
        EXECUTE format('CREATE CAST (%2$s AS %1$s) WITH FUNCTION mz_fn.%1$s(%2$s) AS %3$s', c.target, c.source, c.context);
    END LOOP;
    FOR c IN
        SELECT * FROM (VALUES
            ('uint2', 'int4', 'int2', 'ASSIGNMENT'), ('uint2', 'int4', 'int8', 'ASSIGNMENT'), ('uint2', 'int4', 'numeric', 'IMPLICIT'),
            ('uint2', 'int4', 'float4', 'ASSIGNMENT'), ('uint2', 'int4', 'float8', 'IMPLICIT'), ('uint2', 'int4', 'oid', 'ASSIGNMENT'),
            ('uint4', 'int8', 'int2', 'ASSIGNMENT'), ('uint4', 'int8', 'int4', 'ASSIGNMENT'), ('uint4', 'int8', 'numeric', 'IMPLICIT'),
            ('uint4', 'int8', 'float4', 'ASSIGNMENT'), ('uint4', 'int8', 'float8', 'IMPLICIT'), ('uint4', 'int8', 'oid', 'ASSIGNMENT'),
            ('uint8', 'numeric', 'int2', 'ASSIGNMENT'), ('uint8', 'numeric', 'int4', 'ASSIGNMENT'), ('uint8', 'numeric', 'int8', 'ASSIGNMENT'),
            ('uint8', 'numeric', 'float4', 'ASSIGNMENT'), ('uint8', 'numeric', 'float8', 'ASSIGNMENT'),
            ('mz_timestamp', 'numeric', 'int8', 'ASSIGNMENT'), ('mz_timestamp', 'numeric', 'uint8', 'ASSIGNMENT')
        ) AS v (source, via, target, context)
    LOOP
        EXECUTE format('CREATE FUNCTION mz_internal.%1$s_to_%3$s(%1$s) RETURNS %3$s LANGUAGE sql IMMUTABLE STRICT RETURN $1::%2$s::%3$s', c.source, c.via, c.target);
        EXECUTE format('CREATE CAST (%1$s AS %2$s) WITH FUNCTION mz_internal.%1$s_to_%2$s(%1$s) AS %3$s', c.source, c.target, c.context);
    END LOOP;
END $$;

-- Milliseconds since 1970, from a time and back.
CREATE FUNCTION mz_fn.mz_timestamp(timestamptz) RETURNS mz_timestamp LANGUAGE sql IMMUTABLE
RETURN mz_fn.mz_timestamp(trunc(extract(epoch FROM $1) * 1000));
CREATE FUNCTION mz_fn.mz_timestamp(timestamp) RETURNS mz_timestamp LANGUAGE sql IMMUTABLE
RETURN mz_fn.mz_timestamp(trunc(extract(epoch FROM $1) * 1000));
CREATE FUNCTION mz_fn.mz_timestamp(date) RETURNS mz_timestamp LANGUAGE sql IMMUTABLE
RETURN mz_fn.mz_timestamp(extract(epoch FROM $1) * 1000);
CREATE FUNCTION mz_fn.mz_timestamp(text) RETURNS mz_timestamp LANGUAGE sql STABLE
RETURN CASE WHEN $1 ~ '^[0-9]+$' THEN mz_fn.mz_timestamp($1::numeric) ELSE mz_fn.mz_timestamp($1::timestamptz) END;
CREATE FUNCTION mz_internal.mz_timestamp_to_timestamptz(mz_timestamp) RETURNS timestamptz LANGUAGE sql IMMUTABLE STRICT
RETURN timestamptz '1970-01-01 00:00:00+00' + ($1::numeric)::float8 * interval '1 millisecond';
CREATE FUNCTION mz_internal.mz_timestamp_to_timestamp(mz_timestamp) RETURNS timestamp LANGUAGE sql IMMUTABLE STRICT
RETURN timestamp '1970-01-01 00:00:00' + ($1::numeric)::float8 * interval '1 millisecond';
CREATE CAST (timestamptz AS mz_timestamp) WITH FUNCTION mz_fn.mz_timestamp(timestamptz) AS IMPLICIT;
CREATE CAST (timestamp AS mz_timestamp) WITH FUNCTION mz_fn.mz_timestamp(timestamp) AS IMPLICIT;
CREATE CAST (date AS mz_timestamp) WITH FUNCTION mz_fn.mz_timestamp(date) AS IMPLICIT;
CREATE CAST (text AS mz_timestamp) WITH FUNCTION mz_fn.mz_timestamp(text) AS ASSIGNMENT;
CREATE CAST (mz_timestamp AS timestamptz) WITH FUNCTION mz_internal.mz_timestamp_to_timestamptz(mz_timestamp) AS ASSIGNMENT;
CREATE CAST (mz_timestamp AS timestamp) WITH FUNCTION mz_internal.mz_timestamp_to_timestamp(mz_timestamp) AS ASSIGNMENT;

-- Arithmetic: computed in a wider type; what doesn't fit is an overflow.
DO $$
DECLARE
    t record;
    symbol text;
BEGIN
    FOR t IN
        SELECT * FROM (VALUES ('uint2', 'int8', 'int4', '65535'), ('uint4', 'numeric', 'int8', '4294967295'), ('uint8', 'numeric', 'numeric', '18446744073709551615'))
        AS v (name, wide, base, most)
    LOOP
        EXECUTE format(
            'CREATE FUNCTION mz_internal.%1$s_fit(%2$s) RETURNS %1$s LANGUAGE sql IMMUTABLE RETURN CASE WHEN $1 IS NULL OR $1 BETWEEN 0 AND %4$s OR mz_internal.raise(''numeric field overflow'') THEN mz_internal.%1$s_of(($1)::%3$s) END',
            t.name, t.wide, t.base, t.most);
        FOREACH symbol IN ARRAY ARRAY['+', '-', '*', '/', '%'] LOOP
            EXECUTE format(
                'CREATE FUNCTION mz_internal.%1$s_arithmetic_%6$s(%1$s, %1$s) RETURNS %1$s LANGUAGE sql IMMUTABLE RETURN mz_internal.%1$s_fit(%5$s(($1::%3$s)::%2$s OPERATOR(pg_catalog.%4$s) ($2::%3$s)::%2$s))',
                t.name, t.wide, t.base, symbol, CASE WHEN symbol = '/' AND t.wide = 'numeric' THEN 'trunc' ELSE '' END, ascii(symbol));
            EXECUTE format('CREATE OPERATOR mz_catalog.%2$s (FUNCTION = mz_internal.%1$s_arithmetic_%3$s, LEFTARG = %1$s, RIGHTARG = %1$s)', t.name, symbol, ascii(symbol));
        END LOOP;
        EXECUTE format('CREATE FUNCTION mz_fn.mod(%1$s, %1$s) RETURNS %1$s LANGUAGE sql IMMUTABLE RETURN $1 OPERATOR(mz_catalog.%%) $2', t.name);
    END LOOP;
    -- Bits of the types that are integers underneath.
    FOR t IN SELECT * FROM (VALUES ('uint2', 'int4'), ('uint4', 'int8')) AS v (name, base) LOOP
        FOREACH symbol IN ARRAY ARRAY['&', '|', '#'] LOOP
            EXECUTE format(
                'CREATE FUNCTION mz_internal.%1$s_bits_%4$s(%1$s, %1$s) RETURNS %1$s LANGUAGE sql IMMUTABLE STRICT RETURN mz_internal.%1$s_of($1::%2$s OPERATOR(pg_catalog.%3$s) $2::%2$s)',
                t.name, t.base, symbol, ascii(symbol));
            EXECUTE format('CREATE OPERATOR mz_catalog.%2$s (FUNCTION = mz_internal.%1$s_bits_%3$s, LEFTARG = %1$s, RIGHTARG = %1$s)', t.name, symbol, ascii(symbol));
        END LOOP;
    END LOOP;
END $$;

CREATE FUNCTION mz_internal.sum_step(uint8, uint2) RETURNS uint8 LANGUAGE sql IMMUTABLE RETURN coalesce($1 + $2::uint8, $1, $2::uint8);
CREATE FUNCTION mz_internal.sum_step(uint8, uint4) RETURNS uint8 LANGUAGE sql IMMUTABLE RETURN coalesce($1 + $2::uint8, $1, $2::uint8);
CREATE FUNCTION mz_internal.sum_step(numeric, uint8) RETURNS numeric LANGUAGE sql IMMUTABLE RETURN coalesce($1 + $2::numeric, $1, $2::numeric);
CREATE AGGREGATE mz_fn.sum(uint2) (SFUNC = mz_internal.sum_step, STYPE = uint8);
CREATE AGGREGATE mz_fn.sum(uint4) (SFUNC = mz_internal.sum_step, STYPE = uint8);
CREATE AGGREGATE mz_fn.sum(uint8) (SFUNC = mz_internal.sum_step, STYPE = numeric);

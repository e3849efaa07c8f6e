-- Values whose text or arithmetic is not PostgreSQL's.

-- Numbers have no trailing zeros.
CREATE FUNCTION mz_internal.numeric_text(numeric) RETURNS text LANGUAGE sql IMMUTABLE STRICT
RETURN textin(numeric_out(trim_scale($1)));
CREATE CAST (numeric AS text) WITH FUNCTION mz_internal.numeric_text(numeric) AS ASSIGNMENT;

-- A quotient has 39 digits, of which 39 may be decimals.
CREATE FUNCTION mz_internal.round39(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT
RETURN CASE
    WHEN scale($1) IS NULL THEN $1
    WHEN abs($1) < 1 THEN round($1, 39)
    ELSE round($1, 39 - length(textin(numeric_out(trunc(abs($1))))))
END;
CREATE FUNCTION mz_internal.divide(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT
RETURN mz_internal.round39(($1 * 1.000000000000000000000000000000000000000) OPERATOR(pg_catalog./) $2);
CREATE OPERATOR mz_fn./ (FUNCTION = mz_internal.divide, LEFTARG = numeric, RIGHTARG = numeric);

-- So have averages: the state is a count and a sum.
CREATE FUNCTION mz_internal.avg_step(numeric[], numeric) RETURNS numeric[] LANGUAGE sql IMMUTABLE
RETURN CASE WHEN $2 IS NULL THEN $1 ELSE ARRAY[$1[1] + 1, $1[2] + $2] END;
CREATE FUNCTION mz_internal.avg_final(numeric[]) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT
RETURN CASE WHEN $1[1] > 0 THEN mz_internal.divide($1[2], $1[1]) END;
DO $$
DECLARE
    type text;
BEGIN
    FOREACH type IN ARRAY ARRAY['int2', 'int4', 'int8', 'uint2', 'uint4', 'uint8', 'numeric'] LOOP
        IF type <> 'numeric' THEN
            EXECUTE format('CREATE FUNCTION mz_internal.avg_step(numeric[], %1$s) RETURNS numeric[] LANGUAGE sql IMMUTABLE RETURN mz_internal.avg_step($1, $2::numeric)', type);
        END IF;
        EXECUTE format('CREATE AGGREGATE mz_fn.avg(%s) (SFUNC = mz_internal.avg_step, STYPE = numeric[], FINALFUNC = mz_internal.avg_final, INITCOND = ''{0,0}'')', type);
    END LOOP;
END $$;

-- Months in full.
CREATE FUNCTION mz_internal.interval_text(interval) RETURNS text LANGUAGE sql IMMUTABLE STRICT
RETURN replace(textin(interval_out($1)), ' mon', ' month');
CREATE CAST (interval AS text) WITH FUNCTION mz_internal.interval_text(interval) AS ASSIGNMENT;

-- JSON without spaces, keys in order, numbers without trailing zeros.
CREATE FUNCTION mz_internal.jsonb_text(j jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
    CASE jsonb_typeof(j)
    WHEN 'object' THEN
        RETURN (SELECT '{' || coalesce(string_agg(to_json(e.key)::text || ':' || mz_internal.jsonb_text(e.value), ',' ORDER BY e.key COLLATE "C"), '') || '}' FROM jsonb_each(j) AS e);
    WHEN 'array' THEN
        RETURN (SELECT '[' || coalesce(string_agg(mz_internal.jsonb_text(e.value), ',' ORDER BY e.n), '') || ']' FROM jsonb_array_elements(j) WITH ORDINALITY AS e (value, n));
    WHEN 'number' THEN
        RETURN mz_internal.numeric_text(j::numeric);
    ELSE
        RETURN textin(jsonb_out(j));
    END CASE;
END $$;
CREATE CAST (jsonb AS text) WITH FUNCTION mz_internal.jsonb_text(jsonb) AS ASSIGNMENT;

-- What `->>` and its like give: text of strings without quotes, NULL of null.
CREATE FUNCTION mz_internal.jsonb_scalar(j jsonb) RETURNS text LANGUAGE sql IMMUTABLE STRICT
RETURN CASE jsonb_typeof(j) WHEN 'string' THEN j #>> '{}' WHEN 'null' THEN NULL ELSE mz_internal.jsonb_text(j) END;
CREATE FUNCTION mz_internal.jsonb_field_text(jsonb, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT RETURN mz_internal.jsonb_scalar($1 -> $2);
CREATE FUNCTION mz_internal.jsonb_field_text(jsonb, int4) RETURNS text LANGUAGE sql IMMUTABLE STRICT RETURN mz_internal.jsonb_scalar($1 -> $2);
CREATE FUNCTION mz_internal.jsonb_path_text(jsonb, text[]) RETURNS text LANGUAGE sql IMMUTABLE STRICT RETURN mz_internal.jsonb_scalar($1 #> $2);
CREATE OPERATOR mz_fn.->> (FUNCTION = mz_internal.jsonb_field_text, LEFTARG = jsonb, RIGHTARG = text);
CREATE OPERATOR mz_fn.->> (FUNCTION = mz_internal.jsonb_field_text, LEFTARG = jsonb, RIGHTARG = int4);
CREATE OPERATOR mz_fn.#>> (FUNCTION = mz_internal.jsonb_path_text, LEFTARG = jsonb, RIGHTARG = text[]);
CREATE FUNCTION mz_fn.jsonb_array_elements_text(jsonb) RETURNS SETOF text LANGUAGE sql IMMUTABLE STRICT
BEGIN ATOMIC SELECT mz_internal.jsonb_scalar(e.value) FROM jsonb_array_elements($1) AS e (value); END;
CREATE FUNCTION mz_fn.jsonb_each_text(jsonb, OUT key text, OUT value text) RETURNS SETOF record LANGUAGE sql IMMUTABLE STRICT
BEGIN ATOMIC SELECT e.key, mz_internal.jsonb_scalar(e.value) FROM jsonb_each($1) AS e; END;

-- Functions that PostgreSQL has under another name, or not at all.
CREATE FUNCTION mz_catalog.datediff(unit text, a timestamp, b timestamp) RETURNS int8 LANGUAGE sql IMMUTABLE STRICT
RETURN CASE lower(unit)
    WHEN 'year' THEN extract(year FROM b) - extract(year FROM a)
    WHEN 'quarter' THEN (extract(year FROM b) - extract(year FROM a)) * 4 + extract(quarter FROM b) - extract(quarter FROM a)
    WHEN 'month' THEN (extract(year FROM b) - extract(year FROM a)) * 12 + extract(month FROM b) - extract(month FROM a)
    WHEN 'week' THEN (b::date - a::date) / 7
    WHEN 'day' THEN b::date - a::date
    WHEN 'hour' THEN extract(epoch FROM date_trunc('hour', b) - date_trunc('hour', a)) / 3600
    WHEN 'minute' THEN extract(epoch FROM date_trunc('minute', b) - date_trunc('minute', a)) / 60
    WHEN 'second' THEN extract(epoch FROM date_trunc('second', b) - date_trunc('second', a))
    WHEN 'millisecond' THEN trunc(extract(epoch FROM b - a) * 1000)
    WHEN 'microsecond' THEN extract(epoch FROM b - a) * 1000000
    ELSE mz_internal.raise('invalid unit specifier: ' || unit)::int4
END::int8;
CREATE FUNCTION mz_catalog.datediff(unit text, a date, b date) RETURNS int8 LANGUAGE sql IMMUTABLE STRICT
RETURN mz_catalog.datediff(unit, a::timestamp, b::timestamp);
CREATE FUNCTION mz_catalog.datediff(unit text, a timestamptz, b timestamptz) RETURNS int8 LANGUAGE sql IMMUTABLE STRICT
RETURN mz_catalog.datediff(unit, a AT TIME ZONE 'UTC', b AT TIME ZONE 'UTC');
CREATE FUNCTION mz_catalog.try_parse_monotonic_iso8601_timestamp(text) RETURNS timestamp LANGUAGE sql IMMUTABLE STRICT
RETURN CASE WHEN $1 ~ '^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$' THEN replace(rtrim($1, 'Z'), 'T', ' ')::timestamp END;
CREATE FUNCTION mz_catalog.constant_time_eq(text, text) RETURNS bool LANGUAGE sql IMMUTABLE STRICT RETURN $1 = $2;
CREATE FUNCTION mz_catalog.constant_time_eq(bytea, bytea) RETURNS bool LANGUAGE sql IMMUTABLE STRICT RETURN $1 = $2;
CREATE AGGREGATE mz_unsafe.mz_any(bool) (SFUNC = boolor_statefunc, STYPE = bool);
CREATE AGGREGATE mz_unsafe.mz_all(bool) (SFUNC = booland_statefunc, STYPE = bool);
CREATE FUNCTION mz_unsafe.mz_sleep(seconds float8) RETURNS timestamptz LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_sleep(seconds);
    RETURN NULL;
END $$;
CREATE FUNCTION mz_unsafe.mz_error_if_null(anyelement, message text) RETURNS anyelement LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF $1 IS NULL THEN
        RAISE EXCEPTION '%', message USING ERRCODE = 'XX000';
    END IF;
    RETURN $1;
END $$;
CREATE AGGREGATE mz_catalog.concat_agg(text) (SFUNC = textcat, STYPE = text);
CREATE FUNCTION mz_fn.digest(bytea, kind text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT
RETURN CASE kind
    WHEN 'md5' THEN decode(md5($1), 'hex')
    WHEN 'sha224' THEN sha224($1)
    WHEN 'sha256' THEN sha256($1)
    WHEN 'sha384' THEN sha384($1)
    WHEN 'sha512' THEN sha512($1)
    ELSE CASE WHEN mz_internal.raise('invalid hash algorithm ''' || kind || '''') THEN ''::bytea END
END;
CREATE FUNCTION mz_fn.digest(text, kind text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT
RETURN mz_fn.digest(convert_to($1, 'UTF8'), kind);

-- `position(part IN whole)`, whose parts PostgreSQL's function has the other way round.
CREATE FUNCTION mz_fn."position"(part text, whole text) RETURNS int4 LANGUAGE sql IMMUTABLE STRICT RETURN strpos(whole, part);

-- Text that is no JSON is named by the error, for its reason to be found.
CREATE FUNCTION mz_internal.raise_json(text) RETURNS bool LANGUAGE plpgsql STABLE STRICT AS $$
BEGIN
    RAISE EXCEPTION 'invalid input syntax for type json: %', $1 USING ERRCODE = '22P02';
END $$;
CREATE FUNCTION mz_internal.jsonb(text) RETURNS jsonb LANGUAGE sql IMMUTABLE
RETURN CASE WHEN $1 IS JSON OR mz_internal.raise_json($1) THEN pg_catalog.jsonb_in($1::cstring) END;
CREATE CAST (text AS jsonb) WITH FUNCTION mz_internal.jsonb(text);

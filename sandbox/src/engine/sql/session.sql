-- What a statement can ask about its session: settings that the engine makes before the statement runs.

CREATE FUNCTION mz_internal.setting(name text) RETURNS text LANGUAGE sql STABLE RETURN nullif(pg_catalog.current_setting('mz.' || name, true), '');

CREATE FUNCTION mz_catalog.mz_now() RETURNS mz_timestamp LANGUAGE sql STABLE RETURN mz_internal.setting('now')::mz_timestamp;
CREATE FUNCTION mz_catalog.mz_logical_timestamp() RETURNS mz_timestamp LANGUAGE sql STABLE RETURN mz_internal.setting('now')::mz_timestamp;
CREATE FUNCTION mz_fn.now() RETURNS timestamptz LANGUAGE sql STABLE
RETURN coalesce(timestamptz '1970-01-01 00:00:00+00' + mz_internal.setting('wall_clock')::int8 * interval '1 microsecond', statement_timestamp());
CREATE FUNCTION mz_fn."current_timestamp"() RETURNS timestamptz LANGUAGE sql STABLE RETURN mz_fn.now();

CREATE FUNCTION mz_catalog.mz_version() RETURNS text LANGUAGE sql STABLE RETURN mz_internal.setting('version');
CREATE FUNCTION mz_catalog.mz_version_num() RETURNS int4 LANGUAGE sql STABLE
RETURN (SELECT m[1]::int4 * 100000 + m[2]::int4 * 100 + m[3]::int4 FROM regexp_match(mz_internal.setting('version'), '^v(\d+)\.(\d+)\.(\d+)') AS m);
CREATE FUNCTION mz_fn.version() RETURNS text LANGUAGE sql STABLE
RETURN 'PostgreSQL 9.5 on x86_64-unknown-linux-gnu (Materialize ' || mz_internal.setting('version') || ')';
CREATE FUNCTION mz_catalog.mz_environment_id() RETURNS text LANGUAGE sql STABLE RETURN mz_internal.setting('environment_id');
CREATE FUNCTION mz_catalog.mz_uptime() RETURNS interval LANGUAGE sql STABLE RETURN clock_timestamp() - mz_internal.setting('started')::timestamptz;
CREATE FUNCTION mz_fn.pg_postmaster_start_time() RETURNS timestamptz LANGUAGE sql STABLE RETURN mz_internal.setting('started')::timestamptz;
CREATE FUNCTION mz_fn.pg_is_in_recovery() RETURNS bool LANGUAGE sql STABLE RETURN false;

CREATE FUNCTION mz_catalog.mz_is_superuser() RETURNS bool LANGUAGE sql STABLE RETURN mz_internal.setting('superuser')::bool;
CREATE FUNCTION mz_internal.mz_session_id() RETURNS uuid LANGUAGE sql STABLE RETURN mz_internal.setting('session_id')::uuid;
CREATE FUNCTION mz_fn.pg_backend_pid() RETURNS int4 LANGUAGE sql STABLE RETURN mz_internal.setting('connection_id')::int4;
CREATE FUNCTION mz_fn."current_user"() RETURNS text LANGUAGE sql STABLE RETURN mz_internal.setting('user');
CREATE FUNCTION mz_fn."current_role"() RETURNS text LANGUAGE sql STABLE RETURN mz_internal.setting('user');
CREATE FUNCTION mz_fn."user"() RETURNS text LANGUAGE sql STABLE RETURN mz_internal.setting('user');
CREATE FUNCTION mz_fn."session_user"() RETURNS text LANGUAGE sql STABLE RETURN mz_internal.setting('session_user');
CREATE FUNCTION mz_fn.current_database() RETURNS text LANGUAGE sql STABLE RETURN mz_internal.setting('database');
CREATE FUNCTION mz_fn."current_catalog"() RETURNS text LANGUAGE sql STABLE RETURN mz_internal.setting('database');
CREATE FUNCTION mz_fn.current_schemas(implicit bool) RETURNS text[] LANGUAGE sql STABLE STRICT
RETURN CASE WHEN implicit THEN ARRAY(
    SELECT s.name FROM unnest(ARRAY['mz_catalog', 'pg_catalog']) AS s (name) WHERE s.name <> ALL (coalesce(mz_internal.setting('schemas')::text[], '{}'))
) ELSE '{}'::text[] END || coalesce(mz_internal.setting('schemas')::text[], '{}');
CREATE FUNCTION mz_fn.current_schema() RETURNS text LANGUAGE sql STABLE RETURN (mz_internal.setting('schemas')::text[])[1];

-- The session's variables; the backend's own are nobody's business.
CREATE FUNCTION mz_fn.current_setting(name text, missing_ok bool) RETURNS text LANGUAGE sql STABLE STRICT
RETURN coalesce(
    mz_internal.setting('variables')::jsonb ->> lower(name),
    CASE WHEN missing_ok OR mz_internal.raise('unrecognized configuration parameter') THEN NULL END
);
CREATE FUNCTION mz_fn.current_setting(name text) RETURNS text LANGUAGE sql STABLE STRICT
RETURN mz_fn.current_setting(name, false);

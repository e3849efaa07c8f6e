-- The settings that every start begins with: they are of the session, so no template has them.
SET search_path = mz_fn, mz_catalog, mz_internal, mz_unsafe, pg_catalog;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
SET extra_float_digits = 3;
SET bytea_output = 'hex';
SET standard_conforming_strings = on;
SET client_min_messages = warning;
SET synchronous_commit = off;
SET jit = off;

-- The schemas of the backend. User relations live in `data`, system relations in `sys`, both named by id. Functions
-- keep the schema that Materialize gives them; `mz_fn` holds what replaces a function of pg_catalog.
CREATE SCHEMA data;
CREATE SCHEMA sys;
CREATE SCHEMA mz_fn;
CREATE SCHEMA mz_catalog;
CREATE SCHEMA mz_internal;
CREATE SCHEMA mz_unsafe;
-- Element types of lists and entry types of maps, see lists.sql.
CREATE SCHEMA mz_list;
CREATE SCHEMA mz_map;

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

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

-- An order system to play with: the server makes up its rows.
CREATE SOURCE tpch
IN CLUSTER ingest
FROM LOAD GENERATOR TPCH (SCALE FACTOR 0.01, TICK INTERVAL '1s');

COMMENT ON SOURCE tpch IS 'A generated order system.';

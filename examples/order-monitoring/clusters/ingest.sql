-- Runs the source.
CREATE CLUSTER ingest (SIZE = '25cc', REPLICATION FACTOR = 1);
COMMENT ON CLUSTER ingest IS 'Sources.';

-- Runs the materialized views and serves their indexes.
CREATE CLUSTER monitoring (SIZE = '50cc', REPLICATION FACTOR = 1);
GRANT USAGE ON CLUSTER monitoring TO order_desk;
COMMENT ON CLUSTER monitoring IS 'Order monitoring.';

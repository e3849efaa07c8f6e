CREATE MATERIALIZED VIEW first_orders
IN CLUSTER shop AS
SELECT DISTINCT ON (country) country, id AS order_id, placed_at
FROM internal.valid_orders
ORDER BY country, placed_at, id;

COMMENT ON MATERIALIZED VIEW first_orders IS 'The first order of each country.';

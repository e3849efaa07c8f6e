CREATE MATERIALIZED VIEW daily_revenue
IN CLUSTER shop AS
SELECT placed_at::date AS day, country, sum(amount) AS revenue, count(*) AS orders
FROM internal.valid_orders
GROUP BY placed_at::date, country;

COMMENT ON MATERIALIZED VIEW daily_revenue IS 'Revenue by day and country.';
COMMENT ON COLUMN daily_revenue.revenue IS 'In the currency of the environment.';

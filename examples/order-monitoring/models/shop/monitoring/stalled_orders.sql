-- Open orders that nobody moved for 30 days. A row appears by itself when its time has come.
CREATE MATERIALIZED VIEW stalled_orders
IN CLUSTER monitoring AS
SELECT
    order_id,
    customer_id,
    amount,
    priority,
    ordered_on
FROM open_orders
WHERE mz_now() >= ordered_on + INTERVAL '30 days';

GRANT SELECT ON TABLE stalled_orders TO order_desk;
COMMENT ON MATERIALIZED VIEW stalled_orders IS 'Open orders that are older than 30 days.';

EXECUTE UNIT TEST only_old_open_orders_are_stalled
FOR stalled_orders
AT TIME '2024-03-01 00:00:00'
MOCK open_orders (order_id bigint, customer_id bigint, amount numeric, priority text, ordered_on date) AS (
    SELECT * FROM (VALUES
        (1::bigint, 10::bigint, 100::numeric, '1-URGENT', DATE '2024-01-01'),
        (2::bigint, 10::bigint, 200::numeric, '5-LOW', DATE '2024-02-28')
    ) AS v
),
EXPECTED (order_id bigint, customer_id bigint, amount numeric, priority text, ordered_on date) AS (
    SELECT 1::bigint, 10::bigint, 100::numeric, '1-URGENT', DATE '2024-01-01'
);

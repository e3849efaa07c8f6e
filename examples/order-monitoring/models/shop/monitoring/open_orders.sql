-- Orders that are not finished, in the words of the order desk.
CREATE VIEW open_orders AS
SELECT
    orders.o_orderkey AS order_id,
    orders.o_custkey AS customer_id,
    orders.o_totalprice AS amount,
    orders.o_orderpriority AS priority,
    orders.o_orderdate AS ordered_on
FROM raw.orders
WHERE orders.o_orderstatus = 'O';

COMMENT ON VIEW open_orders IS 'Orders that are not finished.';
COMMENT ON COLUMN open_orders.amount IS 'Total price of the order.';

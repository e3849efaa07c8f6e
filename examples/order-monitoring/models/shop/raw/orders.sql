CREATE TABLE orders FROM SOURCE tpch (REFERENCE tpch.orders);

COMMENT ON TABLE orders IS 'One row an order.';

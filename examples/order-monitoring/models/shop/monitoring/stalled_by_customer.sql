-- What the order desk looks at: customers with stalled orders, the largest amounts first.
CREATE VIEW stalled_by_customer AS
SELECT
    c.c_custkey AS customer_id,
    c.c_name AS customer,
    count(*) AS orders,
    sum(s.amount) AS stalled_amount
FROM stalled_orders AS s
JOIN raw.customer AS c ON c.c_custkey = s.customer_id
GROUP BY c.c_custkey, c.c_name;

CREATE INDEX stalled_by_customer_idx IN CLUSTER monitoring ON stalled_by_customer (customer_id);

GRANT SELECT ON TABLE stalled_by_customer TO order_desk;
COMMENT ON VIEW stalled_by_customer IS 'Stalled orders by customer.';

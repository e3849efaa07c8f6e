-- Orders that count: in the profile's currency, not cancelled.
CREATE VIEW valid_orders AS
SELECT orders.id, orders.placed_at, orders.country, orders.amount
FROM landing.orders
WHERE NOT orders.cancelled AND orders.currency = :'currency';

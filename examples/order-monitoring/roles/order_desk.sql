-- The people who look after orders that don't move.
CREATE ROLE order_desk;
COMMENT ON ROLE order_desk IS 'Reads the order monitoring views.';

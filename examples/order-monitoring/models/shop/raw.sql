COMMENT ON SCHEMA raw IS 'Orders as they arrive.';

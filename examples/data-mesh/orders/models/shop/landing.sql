COMMENT ON SCHEMA landing IS 'Orders as the shop writes them.';

COMMENT ON SCHEMA monitoring IS 'Orders that need a person.';
GRANT USAGE ON SCHEMA monitoring TO order_desk;

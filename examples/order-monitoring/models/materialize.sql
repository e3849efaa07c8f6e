GRANT USAGE ON DATABASE materialize TO order_desk;

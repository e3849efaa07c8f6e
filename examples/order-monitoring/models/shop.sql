GRANT USAGE ON DATABASE shop TO order_desk;

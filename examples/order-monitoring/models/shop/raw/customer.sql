CREATE TABLE customer FROM SOURCE tpch (REFERENCE tpch.customer);

COMMENT ON TABLE customer IS 'One row a customer.';

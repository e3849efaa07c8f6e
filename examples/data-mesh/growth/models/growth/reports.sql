COMMENT ON SCHEMA reports IS 'Growth by country.';

SET api = stable;
COMMENT ON SCHEMA api IS 'What other teams may read.';

//! Queries: names to ids, and on to the engine's dialect.

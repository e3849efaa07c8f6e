//! The system relations: what the catalog looks like from within.

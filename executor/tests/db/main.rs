//! Connections, and what is read and written over them, against a sandbox.
//!
//! `MZ_TEST_URL` names another server for the tests that don't need a sandbox's own powers.

mod catalog;
mod connection;
mod lease;
mod ledger;
mod server;
mod tls;

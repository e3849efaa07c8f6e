//! Deployments from the first table to the last rollback, against a server.
//!
//! `MZ_TEST_URL` (`postgresql://user:password@host:port/`) names a server; otherwise each test starts a sandbox. Only tests that
//! make something go wrong on the server need the sandbox, and say so.

#[path = "../cli/project.rs"]
#[expect(dead_code, reason = "each test program uses a part of it")]
mod project;

mod clock;
mod commands;
mod crash;
mod environment;
mod guards;
mod meanwhile;
mod patience;
#[cfg(target_os = "linux")]
mod question;
mod race;
mod readers;
mod round;
mod secrets;
mod shop;
mod stage;
mod takeover;
mod trips;

//! Replays recorded conversations with a real Materialize against a server, and compares the answers.
//!
//! ```text
//! scenario, step ─▶ request ─▶ wire ─▶ server
//!                                        │
//!    report ◀─ compare ◀─ outcome ◀─ answer
//!      ▲                     ▲
//!    known               normalise
//! ```
//!
//! `replay` goes through a scenario. What is sent is a list of protocol messages, and what comes back is kept as it
//! came (`answer`), is made comparable (`normalise`) and takes the form of the recording (`outcome`). The format is
//! described in `tests/conformance/README.md`.

pub(crate) mod answer;
pub mod compare;
pub mod known;
pub(crate) mod normalise;
pub(crate) mod outcome;
pub mod replay;
pub mod report;
pub(crate) mod request;
pub mod scenario;
#[cfg(test)]
mod scripted;
pub mod server;
pub mod step;
pub(crate) mod wire;

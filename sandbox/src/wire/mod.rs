//! The wire protocol: bytes of clients to requests of sessions, and their answers back to bytes.

mod backend;
mod cancel;
mod connection;
mod frontend;
mod startup;
mod stream;
mod tls;

pub(crate) use cancel::Cancels;
pub(crate) use frontend::{take_message, take_startup};
pub(crate) use startup::{Shared, serve};
pub(crate) use tls::self_signed;

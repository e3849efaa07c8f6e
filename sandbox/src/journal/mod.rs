//! What outlives the process: a log of everything that was acknowledged, and snapshots of where it led to.
//!
//! ```text
//! DIR/lock          held while a server runs
//! DIR/snapshot      the state at some point, written whole and renamed into place
//! DIR/log-<n>       what happened after snapshot n: a header, then records
//!
//! record = length (4 bytes) ─ checksum (8 bytes) ─ Entry
//! ```
//!
//! A statement is acknowledged once its record is on the disk, so that each acknowledged one is there after a restart,
//! and none that was not is there in part: a record that is cut off at the end was never acknowledged and is dropped; one
//! that is damaged before the end is an error, as what follows it would not make sense.

mod directory;
mod disk;
mod entry;
mod error;
mod frame;
mod replay;

#[cfg(test)]
mod tests;

pub use directory::{Journal, Restored};
pub use disk::{Disk, FullDisk};
pub(crate) use entry::insert;
pub use entry::{CatalogChange, ClockChange, Entry, RowChange, Snapshot, TableRows, Write};
pub use error::JournalError;
pub use replay::Replay;

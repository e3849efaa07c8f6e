//! What touches the machine: files, the cache of compiled files, git, the number of processors.

mod cache;
mod failure;
mod files;
mod git;
mod load;
mod profile;
mod profiles;
mod write;

pub use failure::Failure;
pub use files::{Texts, read_text};
pub use git::CommitQuery;
pub use load::{CacheUse, Loaded, joined, load};
pub use profile::select as select_profile;
pub use profiles::{Profiles, Variables};
pub use write::write_atomically;

//! What touches the machine: files, the cache of compiled files, git, signals, the number of processors.

mod cache;
mod failure;
mod files;
mod git;
mod interrupt;
mod load;
mod machine;
pub mod period;
mod profile;
mod profiles;
mod write;

pub use failure::{Class, Failure, FailureCode};
pub use files::{Texts, read_text};
pub use git::{WorkTree, WorkTreeQuery};
pub use interrupt::{Asked, Interrupt, Trigger};
pub use load::{CacheUse, Loaded, joined, load};
pub use machine::{Process, name as machine_name};
pub use profile::{select as select_profile, set_default as set_default_profile};
pub use profiles::{Profiles, Variables};
pub use write::write_atomically;

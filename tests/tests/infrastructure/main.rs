//! What `setup` and `apply` make of an environment.

mod setup;
mod world;

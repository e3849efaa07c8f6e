//! What `setup` and `apply` make of an environment.

mod apply;
mod examples;
mod setup;
mod world;

//! What changed, what has to be built again because of it, and why.
//!
//! ```text
//! project, snapshot ─▶ comparison ─▶ facts ─▶ least fixed point ─▶ a class and a reason for every object
//! ```
//!
//! **Facts** are relations between numbers: which schema an object is in, on which clusters its statements run, what
//! it needs, and how its definition, its indexes and its metadata compare with what was deployed. All but the
//! dependencies are the **comparison**, which borrows nothing and can be kept while a project is edited.
//!
//! **Rules.** An object is *built* when its definition is new or differs, or when it was asked for. Then:
//!
//! 1. what needs a built object is built, except where that object is replaced in place: dependants of a replaced
//!    materialized view keep it under the same name and go on reading it;
//! 2. under `swap`, a schema with a built object is swapped, and everything in it is built. Schemas whose materialized
//!    views are replaced in place are never swapped;
//! 3. under `swap`, every cluster that an object of a swapped schema or one of its indexes runs on is swapped, and
//!    everything with a statement on it is built. So nothing is left behind on a cluster that will be dropped. What is
//!    replaced in place is built on the cluster that it runs on: it costs itself, not its neighbours.
//!
//! Rules run in rounds, so the first reason that reaches an object is a shortest one. Within a round, a dependency
//! explains more than a shared schema, and that more than a shared cluster.
//!
//! Indexes, grants, comments and modifiers have fingerprints of their own. A change of theirs builds no object.
//!
//! **New materialized views in a stable schema that exists** are built beside their siblings under a staged name and
//! renamed at promotion: they are hydrated when they appear, and no sibling is touched.

mod closure;
mod comparison;
mod facts;
mod request;
mod trace;

pub(crate) use closure::{Closure, close};
pub(crate) use comparison::{Comparison, Definition};
pub(crate) use facts::{Facts, SchemaFacts, SinkChange};
pub(crate) use request::requested;
pub(crate) use trace::{Chains, Trace, companion_reason, file, root};

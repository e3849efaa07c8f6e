//! Fingerprints of statements: equal for texts that mean the same to the server's parser.

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// `v1:` and the SHA-256 of a statement's canonical form, in lower-case hex.
///
/// The tag names the canonical form. A later form gets a new tag, so that fingerprints of two forms are never taken
/// for a change of the statement.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Fingerprint(SmolStr);

impl Fingerprint {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

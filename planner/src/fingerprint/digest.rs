//! SHA-256 of canonical forms and of inputs.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use smol_str::SmolStr;

use super::canonical;
use crate::resolve::Occurrence;
use crate::source::Span;

/// The tag of the canonical form.
const FORM: &str = "v1:";

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

    /// True if it is of the canonical form of this version. One of another form says nothing about a change.
    pub fn is_of_this_form(&self) -> bool {
        self.0.starts_with(FORM)
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

/// The fingerprint of the statement at `span` of `text`. `occurrences` are its names, sorted by position.
pub fn of(text: &str, span: Span, occurrences: &[Occurrence]) -> Fingerprint {
    let form = canonical::form(text, span, occurrences);
    Fingerprint(tagged(FORM, Sha256::digest(&form).as_slice()))
}

/// The fingerprint of a statement whose names are full names already, as texts of a deployment are. It is only good for
/// a comparison with another of its like: what the names mean isn't in it.
pub(crate) fn of_full_text(text: &str) -> Fingerprint {
    of(text, Span::new(0, text.len()), &[])
}

/// `sha256:` and the hash of several parts, in lower-case hex. Parts don't run into each other: `ab`, `c` and `a`, `bc`
/// have different digests.
pub fn digest<'a>(parts: impl Iterator<Item = &'a [u8]>) -> SmolStr {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    tagged("sha256:", hasher.finalize().as_slice())
}

fn tagged(tag: &str, hash: &[u8]) -> SmolStr {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let mut text = String::with_capacity(tag.len() + 2 * hash.len());
    text.push_str(tag);
    for byte in hash {
        for digit in [byte >> 4, byte & 15] {
            text.extend(HEX.get(usize::from(digit)));
        }
    }
    SmolStr::from(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_a_tag_and_64_digits() {
        let fingerprint = of("SELECT 1", Span::new(0, 8), &[]);
        let digits = fingerprint.as_str().strip_prefix("v1:").expect("the tag");
        assert_eq!(digits.len(), 64);
        assert!(digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)));
    }

    #[test]
    fn the_digest_of_nothing_is_that_of_sha_256() {
        assert_eq!(
            digest(std::iter::empty()),
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    #[test]
    fn the_parts_of_a_digest_do_not_run_into_each_other() {
        let digest_of = |parts: &[&str]| digest(parts.iter().map(|p| p.as_bytes()));
        assert_eq!(digest_of(&["ab", "c"]), digest_of(&["ab", "c"]));
        assert_ne!(digest_of(&["ab", "c"]), digest_of(&["a", "bc"]));
        assert_ne!(digest_of(&["ab"]), digest_of(&["ab", ""]));
    }
}

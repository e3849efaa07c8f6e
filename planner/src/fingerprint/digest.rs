//! SHA-256 of canonical forms and of inputs.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
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
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(Form);

/// A fingerprint by its form. Those of this version are kept without a detour: they are compared by the ten thousand.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Form {
    V1([u8; 32]),
    /// As it was read.
    Other(SmolStr),
}

impl Fingerprint {
    /// True if it is of the canonical form of this version. One of another form says nothing about a change.
    pub fn is_of_this_form(&self) -> bool {
        matches!(self.0, Form::V1(_))
    }

    /// Bytes that tell it apart from others: half of the hash is enough.
    pub(crate) fn short(&self) -> &[u8] {
        match &self.0 {
            Form::V1(hash) => hash.first_chunk::<16>().map_or(hash.as_slice(), |half| half.as_slice()),
            Form::Other(text) => text.as_bytes(),
        }
    }

    fn parse(text: &str) -> Self {
        let hash = text.strip_prefix(FORM).and_then(from_hex);
        Self(hash.map_or_else(|| Form::Other(text.into()), Form::V1))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::V1(hash) => f.write_str(&tagged(FORM, hash)),
            Form::Other(text) => f.write_str(text),
        }
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text in documents, bytes in caches.
impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            Ok(Self::parse(&SmolStr::deserialize(deserializer)?))
        } else {
            Ok(Self(Form::deserialize(deserializer)?))
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Fingerprint {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Fingerprint".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "`v1:` and the SHA-256 of a statement's canonical form, in lower-case hex",
            "type": "string"
        })
    }
}

/// The fingerprint of the statement at `span` of `text`. `occurrences` are its names, sorted by position.
pub fn of(text: &str, span: Span, occurrences: &[Occurrence]) -> Fingerprint {
    let form = canonical::form(text, span, occurrences);
    Fingerprint(Form::V1(Sha256::digest(&form).into()))
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

/// 64 lower-case digits as bytes.
fn from_hex(digits: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut hash = [0; 32];
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    if pairs.len() != hash.len() || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in hash.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_as_it_was_written_whatever_its_form() {
        let of_this_form = of("SELECT 1", Span::new(0, 8), &[]).to_string();
        for text in [of_this_form.as_str(), "v1:00", "v1:", "v2:abc", "sha256:x", ""] {
            let json = serde_json::to_string(text).expect("a text is JSON");
            let fingerprint: Fingerprint = serde_json::from_str(&json).expect("any text is a fingerprint");
            assert_eq!(fingerprint.to_string(), text);
            assert_eq!(serde_json::to_string(&fingerprint).expect("it is JSON"), json);
            assert_eq!(fingerprint.is_of_this_form(), text == of_this_form);
        }
    }

    #[test]
    fn a_fingerprint_is_a_tag_and_64_digits() {
        let fingerprint = of("SELECT 1", Span::new(0, 8), &[]);
        let text = fingerprint.to_string();
        let digits = text.strip_prefix("v1:").expect("the tag");
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

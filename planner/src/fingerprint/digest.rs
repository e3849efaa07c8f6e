//! SHA-256 of canonical forms and of inputs.

use std::fmt;
use std::io;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
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

    /// As documents have it.
    pub(crate) fn text(&self) -> SmolStr {
        match &self.0 {
            Form::V1(hash) => tagged(FORM, hash),
            Form::Other(text) => text.clone(),
        }
    }

    /// Reads what documents and the ledger have.
    pub fn parse(text: &str) -> Self {
        let hash = text.strip_prefix(FORM).and_then(from_hex);
        Self(hash.map_or_else(|| Form::Other(text.into()), Form::V1))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
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
            serializer.serialize_str(&self.text())
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(Text)
        } else {
            Ok(Self(Form::deserialize(deserializer)?))
        }
    }
}

/// Reads the text without keeping it.
struct Text;

impl de::Visitor<'_> for Text {
    type Value = Fingerprint;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Fingerprint, E> {
        Ok(Fingerprint::parse(text))
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

/// `sha256:` and the hash of a document, its length first, in lower-case hex. `write` hands the pieces of the document
/// on, which is too long to be kept; it is called twice, because of the length.
pub(crate) fn digest(write: impl Fn(&mut Pieces)) -> SmolStr {
    let mut pieces = Pieces { is_measured: false, length: 0, hasher: Sha256::new(), next: Vec::new() };
    write(&mut pieces);
    pieces.is_measured = true;
    pieces.hasher.update(pieces.length.to_le_bytes());
    write(&mut pieces);
    tagged("sha256:", pieces.hasher.chain_update(&pieces.next).finalize().as_slice())
}

/// How many bytes are hashed at once: a hasher that is fed in small pieces spends its time on copying.
const ENOUGH: usize = 1 << 14;

/// Takes the pieces of a document.
pub(crate) struct Pieces {
    /// The length is known, and what comes is hashed.
    is_measured: bool,
    length: u64,
    hasher: Sha256,
    /// What is hashed next.
    next: Vec<u8>,
}

impl Pieces {
    #[inline]
    pub(crate) fn add(&mut self, piece: &[u8]) {
        if !self.is_measured {
            self.length += piece.len() as u64;
            return;
        }
        self.next.extend_from_slice(piece);
        if self.next.len() >= ENOUGH {
            self.hasher.update(&self.next);
            self.next.clear();
        }
    }
}

impl io::Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.add(bytes);
        Ok(bytes.len())
    }

    // Texts of JSON come in the smallest pieces, which are not worth a loop each.
    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.add(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The digits of hex.
const HEX: [u8; 16] = *b"0123456789abcdef";

/// What each byte is as a digit of hex; [`NO_DIGIT`] for the others. No branch could be predicted as cheaply.
const DIGITS: [u8; 256] = {
    let mut digits = [NO_DIGIT; 256];
    let mut value: u8 = 0;
    while value < 16 {
        digits[HEX[value as usize] as usize] = value;
        value += 1;
    }
    digits
};

const NO_DIGIT: u8 = 0xff;

fn tagged(tag: &str, hash: &[u8]) -> SmolStr {
    let mut text = String::with_capacity(tag.len() + 2 * hash.len());
    text.push_str(tag);
    for byte in hash {
        for bits in [byte >> 4, byte & 15] {
            text.push(char::from(HEX[usize::from(bits)]));
        }
    }
    SmolStr::from(text)
}

/// 64 lower-case digits as bytes.
fn from_hex(digits: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    if pairs.len() != hash.len() || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in hash.iter_mut().zip(pairs) {
        let (high, low) = (DIGITS[usize::from(*high)], DIGITS[usize::from(*low)]);
        if high == NO_DIGIT || low == NO_DIGIT {
            return None;
        }
        *byte = high << 4 | low;
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
    fn a_digest_is_that_of_the_length_and_the_document() {
        let mut hasher = Sha256::new_with_prefix(3_u64.to_le_bytes());
        hasher.update("abc");
        assert_eq!(digest(|pieces| pieces.add(b"abc")), tagged("sha256:", hasher.finalize().as_slice()));
    }

    #[test]
    fn a_digest_does_not_depend_on_the_pieces_of_the_document() {
        let pieces: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte; 401 * usize::from(byte)]).collect();
        let whole = pieces.concat();
        assert_eq!(
            digest(|all| pieces.iter().for_each(|piece| all.add(piece))),
            digest(|all| all.add(&whole))
        );
    }
}

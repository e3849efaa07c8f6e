//! Records in a file: each with its length and its checksum.

use serde::Serialize;
use serde::de::DeserializeOwned;
use twox_hash::XxHash3_64;

use super::error::JournalError;

/// The format that this version writes, and the only one that it reads.
pub(super) const VERSION: u32 = 2;

const MAGIC: [u8; 8] = *b"mzsandbx";

/// What every file begins with.
pub(super) const HEADER: usize = MAGIC.len() + 4;

/// Length and checksum.
const FRAME: usize = 4 + 8;

/// What a file begins with.
pub(super) fn header() -> Vec<u8> {
    [MAGIC.as_slice(), &VERSION.to_le_bytes()].concat()
}

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// It is of a later version.
    Newer(u32),
    /// It is of an earlier version.
    Older(u32),
    /// It isn't what was written, from here on.
    Damaged(usize),
}

/// Checks the beginning of a file. One that is cut off in it has no contents: false then.
pub(super) fn check_header(bytes: &[u8]) -> Result<bool, Flaw> {
    let expected = header();
    let Some((beginning, _)) = bytes.split_at_checked(HEADER) else {
        return if expected.starts_with(bytes) { Ok(false) } else { Err(Flaw::Damaged(0)) };
    };
    let Some(version) = beginning.strip_prefix(&MAGIC).and_then(|version| version.try_into().ok()) else {
        return Err(Flaw::Damaged(0));
    };
    match u32::from_le_bytes(version) {
        VERSION => Ok(true),
        later if later > VERSION => Err(Flaw::Newer(later)),
        earlier => Err(Flaw::Older(earlier)),
    }
}

/// A record of a value.
pub(super) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, JournalError> {
    let payload = postcard::to_stdvec(value).map_err(|_| JournalError::TooLarge(usize::MAX))?;
    let length = u32::try_from(payload.len()).map_err(|_| JournalError::TooLarge(payload.len()))?;
    let checksum = checksum(length, &payload);
    Ok([length.to_le_bytes().as_slice(), &checksum.to_le_bytes(), &payload].concat())
}

/// The length counts as well: one that is damaged must not look like a record that is cut off.
fn checksum(length: u32, payload: &[u8]) -> u64 {
    XxHash3_64::oneshot_with_seed(u64::from(length), payload)
}

/// Values, and how many bytes they take: what comes after that was cut off in the middle of a record.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<(Vec<T>, usize), Flaw> {
    let (mut values, mut position) = (Vec::new(), 0);
    loop {
        let rest = bytes.get(position..).unwrap_or_default();
        let Some((length, payload)) = split(rest) else { return Ok((values, position)) };
        let checked = match payload {
            Some((expected, payload)) if checksum(length, payload) == expected => payload,
            // Writing a record may leave any of its bytes behind, but nothing after it.
            Some((_, payload)) if FRAME + payload.len() < rest.len() => return Err(Flaw::Damaged(position)),
            _ if resumes(rest) => return Err(Flaw::Damaged(position)),
            _ => return Ok((values, position)),
        };
        values.push(postcard::from_bytes(checked).map_err(|_| Flaw::Damaged(position))?);
        position += FRAME + checked.len();
    }
}

/// The length of a record, and its checksum and payload if they are all there; `None` at the end.
#[expect(clippy::type_complexity, reason = "two parts of a record, the second with its checksum")]
fn split(bytes: &[u8]) -> Option<(u32, Option<(u64, &[u8])>)> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length);
    let payload = rest.split_first_chunk::<8>().and_then(|(checksum, rest)| {
        let payload = rest.get(..usize::try_from(length).ok()?)?;
        Some((u64::from_le_bytes(*checksum), payload))
    });
    Some((length, payload))
}

/// True if a sound record begins somewhere after the beginning of what looks cut off: its length was damaged then, and
/// what follows was acknowledged.
fn resumes(bytes: &[u8]) -> bool {
    (1..bytes.len()).any(|start| {
        let rest = bytes.get(start..).unwrap_or_default();
        // An empty payload is never written, and a run of zeros must not look like one.
        matches!(split(rest), Some((length, Some((expected, payload))))
            if length > 0 && checksum(length, payload) == expected)
    })
}

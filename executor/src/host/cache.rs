//! Compiled files of the last run, in one file: `target/mz-deploy/compiled`.
//!
//! ```text
//! magic, identity (of this program and of the context), number of entries, hash of the index
//! index: for each entry its key, where its bytes are, their hash; sorted by key
//! the bytes of the entries
//! ```
//!
//! A key is a hash of a file's path and text. The cache is never trusted: a file of another program or context, or one
//! that is damaged anywhere, counts as empty; an entry whose hash is wrong counts as absent.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use mz_deploy_planner::project::CompiledFile;
use twox_hash::{XxHash3_64, XxHash3_128};

use super::write::write_atomically;

const MAGIC: &[u8; 8] = b"mzdeploy";
/// Magic, identity, count, hash of the index.
const HEADER: usize = 8 + 16 + 8 + 8;
/// Key, offset, length, hash.
const INDEX_ENTRY: usize = 16 + 8 + 8 + 8;

/// The code that compiled the entries: another build may compile differently, or lay out its values differently.
const BUILD: &str = concat!(env!("CARGO_PKG_VERSION"), " ", env!("MZ_DEPLOY_SOURCE_DIGEST"));

/// Identifies a file by its path and text.
pub(super) type Key = u128;

/// The key of a file.
pub(super) fn key(path: &str, text: &str) -> Key {
    // One seed for each path: no concatenation, so no copy of the text.
    XxHash3_128::oneshot_with_seed(XxHash3_64::oneshot(path.as_bytes()), text.as_bytes())
}

/// What a cache must have been written for to be of use: this build and this context of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity(u128);

impl Identity {
    pub(super) fn new(context_digest: &str) -> Self {
        Self(XxHash3_128::oneshot(format!("{BUILD} {context_digest}").as_bytes()))
    }
}

/// Where the cache of a project is.
pub(super) fn path(root: &Path) -> PathBuf {
    root.join("target").join("mz-deploy").join("compiled")
}

/// A cache that was read.
#[derive(Debug, Default)]
pub(super) struct Cache {
    bytes: Vec<u8>,
    entries: usize,
}

impl Cache {
    /// Reads the cache at `path`; it is empty if it isn't there, isn't ours or is damaged.
    pub(super) fn open(path: &Path, identity: Identity) -> Self {
        let Ok(bytes) = fs::read(path) else { return Self::default() };
        match valid_entries(&bytes, identity) {
            Some(entries) => Self { bytes, entries },
            None => Self::default(),
        }
    }

    /// How many entries it has.
    pub(super) fn len(&self) -> usize {
        self.entries
    }

    /// The bytes of an entry.
    pub(super) fn bytes(&self, key: Key) -> Option<&[u8]> {
        let index = self.bytes.get(HEADER..)?.get(..self.entries * INDEX_ENTRY)?;
        let entries = index.as_chunks::<INDEX_ENTRY>().0;
        let at = entries.binary_search_by_key(&key, |entry| u128_at(entry, 0).unwrap_or_default()).ok()?;
        let entry = entries.get(at)?;
        let start = usize::try_from(u64_at(entry, 16)?).ok()?;
        let length = usize::try_from(u64_at(entry, 24)?).ok()?;
        let bytes = self.bytes.get(start..start.checked_add(length)?)?;
        (XxHash3_64::oneshot(bytes) == u64_at(entry, 32)?).then_some(bytes)
    }
}

/// The number of entries of a cache of this identity whose index is whole.
fn valid_entries(bytes: &[u8], identity: Identity) -> Option<usize> {
    if !bytes.starts_with(MAGIC) || u128_at(bytes, 8)? != identity.0 {
        return None;
    }
    let entries = usize::try_from(u64_at(bytes, 24)?).ok()?;
    let index = bytes.get(HEADER..)?.get(..entries.checked_mul(INDEX_ENTRY)?)?;
    (XxHash3_64::oneshot(index) == u64_at(bytes, 32)?).then_some(entries)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u128_at(bytes: &[u8], at: usize) -> Option<u128> {
    Some(u128::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// A compiled file as it is kept.
pub(super) fn encode(file: &CompiledFile) -> Vec<u8> {
    // What can't be written can't be read either: the entry counts as absent.
    postcard::to_allocvec(file).unwrap_or_default()
}

/// A compiled file that was kept.
pub(super) fn decode(bytes: &[u8]) -> Option<CompiledFile> {
    postcard::from_bytes(bytes).ok()
}

/// Replaces the cache by these entries.
pub(super) fn save(path: &Path, identity: Identity, mut entries: Vec<(Key, &[u8])>) -> io::Result<()> {
    entries.sort_unstable_by_key(|(key, _)| *key);
    entries.dedup_by_key(|(key, _)| *key);
    let mut index = Vec::with_capacity(entries.len() * INDEX_ENTRY);
    let mut offset = (HEADER + entries.len() * INDEX_ENTRY) as u64;
    for (key, bytes) in &entries {
        index.extend_from_slice(&key.to_le_bytes());
        index.extend_from_slice(&offset.to_le_bytes());
        index.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        index.extend_from_slice(&XxHash3_64::oneshot(bytes).to_le_bytes());
        offset += bytes.len() as u64;
    }
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    write_atomically(path, |file| {
        file.write_all(MAGIC)?;
        file.write_all(&identity.0.to_le_bytes())?;
        file.write_all(&(entries.len() as u64).to_le_bytes())?;
        file.write_all(&XxHash3_64::oneshot(&index).to_le_bytes())?;
        file.write_all(&index)?;
        entries.iter().try_for_each(|(_, bytes)| file.write_all(bytes))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: (Key, &[u8]) = (7, b"first");
    const B: (Key, &[u8]) = (3, b"second");

    fn saved(identity: Identity) -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = path(directory.path());
        save(&path, identity, vec![A, B]).expect("the directory can be written");
        (directory, path)
    }

    #[test]
    fn entries_are_found_by_their_key() {
        let identity = Identity::new("context");
        let (_directory, path) = saved(identity);
        let cache = Cache::open(&path, identity);
        assert_eq!(cache.len(), 2);
        assert_eq!(cache.bytes(A.0), Some(A.1));
        assert_eq!(cache.bytes(B.0), Some(B.1));
        assert_eq!(cache.bytes(5), None);
    }

    #[test]
    fn a_cache_of_another_context_is_empty() {
        let (_directory, path) = saved(Identity::new("one"));
        assert_eq!(Cache::open(&path, Identity::new("another")).len(), 0);
    }

    #[test]
    fn no_damage_gives_a_wrong_entry() {
        let identity = Identity::new("context");
        let (_directory, path) = saved(identity);
        let whole = fs::read(&path).expect("the cache is there");
        let mut damaged: Vec<Vec<u8>> = (0..whole.len()).map(|end| whole[..end].to_vec()).collect();
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x41;
            damaged.push(flipped);
        }
        for bytes in damaged {
            fs::write(&path, bytes).expect("the cache can be written");
            let cache = Cache::open(&path, identity);
            for (key, value) in [A, B] {
                assert!(cache.bytes(key).is_none_or(|bytes| bytes == value));
            }
        }
    }

    #[test]
    fn a_key_depends_on_path_and_text() {
        assert_ne!(key("a", "x"), key("b", "x"));
        assert_ne!(key("a", "x"), key("a", "y"));
    }
}

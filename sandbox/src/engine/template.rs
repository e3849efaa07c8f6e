//! An engine's directory as it is after all that every engine begins with, kept in the user's cache: to unpack it takes
//! a fraction of the time.
//!
//! ```text
//! magic
//! for each folder:  'd', path
//! for each file:    'f', path, length, bytes without the zeros at their end
//! 'e', hash of all before
//! ```
//!
//! Numbers have eight bytes; paths and bytes are preceded by how many they are. A template is never trusted: one that is
//! damaged, or that the engine doesn't start from, is made again.

use std::fs::{self, File};
use std::hash::Hasher as _;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};

use directories::ProjectDirs;
use twox_hash::{XxHash3_64, XxHash3_128};

const MAGIC: &[u8; 8] = b"mzsbtpl1";
/// The longest path that is read.
const MAX_PATH: u64 = 4096;
/// A template that nobody used for so long is of no use any more.
const UNUSED: Duration = Duration::from_hours(24 * 30);

/// Where the template of some statements is, or would be.
pub(super) struct Template {
    path: PathBuf,
}

impl Template {
    /// The template of an engine that ran these statements. `None` if the user has no cache.
    pub(super) fn of(statements: &[&str]) -> Option<Self> {
        let folder = ProjectDirs::from("", "", "mz-deploy-sandbox")?.cache_dir().join("engine");
        Some(Self::within(&folder, statements))
    }

    pub(super) fn within(folder: &Path, statements: &[&str]) -> Self {
        let mut hash = XxHash3_128::new();
        for text in statements {
            hash.write(&text.len().to_le_bytes());
            hash.write(text.as_bytes());
        }
        Self { path: folder.join(format!("{:032x}", hash.finish_128())) }
    }

    /// Unpacks it into a folder, which it makes. An error leaves some of its files there.
    pub(super) fn unpack(&self, into: &Path) -> io::Result<()> {
        let file = File::open(&self.path)?;
        // When it was used last; it serves as well if that can't be noted.
        let _ = file.set_modified(SystemTime::now());
        let mut source = Hashed::new(BufReader::with_capacity(1 << 16, file));
        if source.array()? != *MAGIC {
            return Err(damaged());
        }
        fs::create_dir_all(into)?;
        loop {
            match source.array()? {
                [b'd'] => fs::create_dir_all(into.join(source.path()?))?,
                [b'f'] => unpack_file(&mut source, into)?,
                [b'e'] => break,
                _ => return Err(damaged()),
            }
        }
        let hash = source.hash.finish();
        if source.number()? == hash { Ok(()) } else { Err(damaged()) }
    }

    /// Packs the directory of an engine that was closed.
    pub(super) fn pack(&self, from: &Path) -> io::Result<()> {
        let folder = self.path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        let mut target = Hashed::new(BufWriter::new(file.as_file_mut()));
        target.write_all(MAGIC)?;
        pack_folder(&mut target, from, from)?;
        target.write_all(b"e")?;
        let hash = target.hash.finish();
        target.put_number(hash)?;
        target.flush()?;
        drop(target);
        // All of it or nothing: others may be reading it, or writing the same.
        file.persist(&self.path)?;
        prune(folder);
        Ok(())
    }
}

fn unpack_file<R: Read>(source: &mut Hashed<R>, into: &Path) -> io::Result<()> {
    let path = into.join(source.path()?);
    let (length, here) = (source.number()?, source.number()?);
    let mut file = File::create(path)?;
    if io::copy(&mut source.take(here), &mut file)? != here {
        return Err(damaged());
    }
    if length > here { file.set_len(length) } else { Ok(()) }
}

/// Packs what is in a folder, folders before what is in them.
fn pack_folder<W: Write>(target: &mut Hashed<W>, root: &Path, folder: &Path) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        let name = path.strip_prefix(root).ok().and_then(Path::to_str).ok_or(io::ErrorKind::InvalidData)?;
        if entry.file_type()?.is_dir() {
            target.write_all(b"d")?;
            target.put_bytes(name.as_bytes())?;
            pack_folder(target, root, &path)?;
        } else {
            let bytes = fs::read(&path)?;
            let zeros = bytes.iter().rev().take_while(|byte| **byte == 0).count();
            target.write_all(b"f")?;
            target.put_bytes(name.as_bytes())?;
            target.put_number(bytes.len() as u64)?;
            target.put_bytes(bytes.get(..bytes.len() - zeros).unwrap_or_default())?;
        }
    }
    Ok(())
}

/// Removes what wasn't used for long.
fn prune(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let used = entry.metadata().and_then(|metadata| metadata.modified());
        if used.is_ok_and(|used| used.elapsed().is_ok_and(|age| age > UNUSED)) {
            // It is only in the way.
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the template is damaged")
}

/// What is read or written, and a hash of it.
struct Hashed<T> {
    inner: T,
    hash: XxHash3_64,
}

impl<T> Hashed<T> {
    fn new(inner: T) -> Self {
        Self { inner, hash: XxHash3_64::new() }
    }
}

impl<R: Read> Hashed<R> {
    fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn number(&mut self) -> io::Result<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// A path that leads nowhere else.
    fn path(&mut self) -> io::Result<PathBuf> {
        let length = Some(self.number()?).filter(|length| *length <= MAX_PATH).ok_or_else(damaged)?;
        let mut text = String::new();
        self.take(length).read_to_string(&mut text)?;
        let path = PathBuf::from(text);
        let is_within = path.components().all(|part| matches!(part, Component::Normal(_)));
        if is_within { Ok(path) } else { Err(damaged()) }
    }
}

impl<W: Write> Hashed<W> {
    fn put_number(&mut self, number: u64) -> io::Result<()> {
        self.write_all(&number.to_le_bytes())
    }

    fn put_bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.put_number(bytes.len() as u64)?;
        self.write_all(bytes)
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hash.write(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.hash.write(bytes.get(..count).unwrap_or_default());
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A template of a folder with a file, one that ends with zeros, and an empty folder.
    fn packed(cache: &Path) -> Template {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("a/empty")).expect("makes");
        fs::write(folder.path().join("a/text"), b"some text").expect("writes");
        fs::write(folder.path().join("zeros"), [b"1".as_slice(), &[0; 100]].concat()).expect("writes");
        let template = Template::within(cache, &["CREATE TABLE t ()"]);
        template.pack(folder.path()).expect("packs");
        template
    }

    #[test]
    fn what_was_packed_is_unpacked() {
        let (cache, folder) =
            (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let (template, target) = (packed(cache.path()), folder.path().join("target"));
        template.unpack(&target).expect("unpacks");
        assert!(target.join("a/empty").is_dir());
        assert_eq!(fs::read(target.join("a/text")).expect("reads"), b"some text");
        let zeros = fs::read(target.join("zeros")).expect("reads");
        assert_eq!((zeros.len(), zeros[0], zeros[1]), (101, b'1', 0));
    }

    #[test]
    fn other_statements_have_another_template() {
        let path = |statements: &[&str]| Template::within(Path::new("cache"), statements).path;
        assert_eq!(path(&["a", "b"]), path(&["a", "b"]));
        assert_ne!(path(&["a", "b"]), path(&["ab", ""]));
    }

    #[test]
    fn a_change_of_any_byte_is_seen() {
        let cache = tempfile::tempdir().expect("a folder");
        let template = packed(cache.path());
        let whole = fs::read(&template.path).expect("reads");
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            fs::write(&template.path, bytes).expect("writes");
            let target = tempfile::tempdir().expect("a folder");
            assert!(template.unpack(target.path()).is_err(), "byte {at}");
            fs::write(&template.path, &whole[..at]).expect("writes");
            let target = tempfile::tempdir().expect("a folder");
            assert!(template.unpack(target.path()).is_err(), "up to byte {at}");
        }
    }

    #[test]
    fn a_path_that_leads_elsewhere_is_refused() {
        for path in ["../a", "/a"] {
            let mut written = Hashed::new(Vec::new());
            written.put_bytes(path.as_bytes()).expect("writes");
            assert!(Hashed::new(written.inner.as_slice()).path().is_err(), "{path}");
        }
    }

    #[test]
    fn templates_that_nobody_uses_are_removed() {
        let cache = tempfile::tempdir().expect("a folder");
        let old = cache.path().join("old");
        let long_ago = SystemTime::now() - 2 * UNUSED;
        File::create(&old).and_then(|file| file.set_modified(long_ago)).expect("makes");
        let template = packed(cache.path());
        assert!(!old.exists());
        assert!(template.path.exists());
    }
}

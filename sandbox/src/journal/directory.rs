//! The data directory.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::disk::{Disk, FullDisk};
use super::entry::{Entry, Snapshot};
use super::error::JournalError;
use super::frame::{self, Flaw, HEADER};

/// The log is worth a snapshot once it has this many bytes.
const LARGE: u64 = 16 << 20;

/// The journal of a running server. The directory is its own until it is dropped.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
    /// Which log is written: the one after the snapshot of this number.
    number: u64,
    log: Disk,
    full: FullDisk,
    /// Its lock goes with it.
    _lock: File,
}

/// What a data directory has.
#[derive(Debug, Default, PartialEq)]
pub struct Restored {
    /// The last snapshot; `None` if there is none yet.
    pub snapshot: Option<Snapshot>,
    /// What happened since, in order.
    pub entries: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
struct Numbered<S> {
    number: u64,
    snapshot: S,
}

impl Journal {
    /// Opens a data directory, or begins one, and reads what it has.
    pub fn open(folder: &Path) -> Result<(Self, Restored), JournalError> {
        fs::create_dir_all(folder).map_err(JournalError::io(folder))?;
        let lock = lock(folder)?;
        let (number, snapshot) = match read_snapshot(folder)? {
            Some(Numbered { number, snapshot }) => (number, Some(snapshot)),
            None => (0, None),
        };
        let full = FullDisk::default();
        let (log, entries) = open_log(folder, number, &full)?;
        remove_others(folder, number);
        let journal = Self { folder: folder.to_owned(), number, log, full, _lock: lock };
        Ok((journal, Restored { snapshot, entries }))
    }

    /// Writes down what happened. When this returns it is on the disk; if it fails, nothing of it is.
    pub fn append(&mut self, entry: &Entry) -> Result<(), JournalError> {
        let record = frame::encode(entry)?;
        self.log.append(&record).map_err(JournalError::io(log_path(&self.folder, self.number)))
    }

    /// True if the log is long enough for [`Self::compact`] to be worth it.
    pub fn is_large(&self) -> bool {
        self.log.length() >= LARGE
    }

    /// Begins anew with a snapshot of everything that was written down. If that fails all is as it was.
    pub fn compact(&mut self, snapshot: &Snapshot) -> Result<(), JournalError> {
        let number = self.number + 1;
        let log = create_log(&self.folder, number, &self.full)?;
        let record = frame::encode(&Numbered { number, snapshot })?;
        let temporary = self.folder.join("snapshot.new");
        self.write_snapshot(&temporary, &record).map_err(JournalError::io(&temporary))?;
        // From here on the new log counts.
        let place = self.folder.join("snapshot");
        fs::rename(&temporary, &place).map_err(JournalError::io(&place))?;
        (self.number, self.log) = (number, log);
        sync_folder(&self.folder).map_err(JournalError::io(&self.folder))?;
        remove_others(&self.folder, number);
        Ok(())
    }

    /// A handle by which the disk can be made to be full.
    pub fn full_disk(&self) -> FullDisk {
        self.full.clone()
    }

    fn write_snapshot(&self, path: &Path, record: &[u8]) -> io::Result<()> {
        if self.full.is_full() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let mut file = File::create(path)?;
        file.write_all(&frame::header())?;
        file.write_all(record)?;
        file.sync_all()
    }
}

fn lock(folder: &Path) -> Result<File, JournalError> {
    let path = folder.join("lock");
    let open = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = open.map_err(JournalError::io(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(JournalError::InUse(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(JournalError::Io(path, error)),
    }
}

fn read_snapshot(folder: &Path) -> Result<Option<Numbered<Snapshot>>, JournalError> {
    let path = folder.join("snapshot");
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(JournalError::Io(path, error)),
    };
    // It was written whole before it got its name.
    let whole = frame::check_header(&bytes).and_then(|is_whole| {
        let body = bytes.get(HEADER..).filter(|_| is_whole).ok_or(Flaw::Damaged(bytes.len()))?;
        let (mut snapshots, read) = frame::decode::<Numbered<Snapshot>>(body).map_err(after_header)?;
        snapshots.pop().filter(|_| read == body.len()).ok_or(Flaw::Damaged(HEADER + read))
    });
    whole.map(Some).map_err(|flaw| flawed(&path, flaw))
}

/// Opens the log of a number, or begins it, and reads its records.
fn open_log(folder: &Path, number: u64, full: &FullDisk) -> Result<(Disk, Vec<Entry>), JournalError> {
    let path = log_path(folder, number);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(JournalError::Io(path, error)),
    };
    if !frame::check_header(&bytes).map_err(|flaw| flawed(&path, flaw))? {
        return Ok((create_log(folder, number, full)?, Vec::new()));
    }
    let body = bytes.get(HEADER..).unwrap_or_default();
    let decoded = frame::decode(body).map_err(after_header);
    let (entries, read) = decoded.map_err(|flaw| flawed(&path, flaw))?;
    let file = OpenOptions::new().write(true).open(&path).map_err(JournalError::io(&path))?;
    let length = u64::try_from(HEADER + read).unwrap_or(u64::MAX);
    let log = Disk::new(file, length, full.clone()).map_err(JournalError::io(&path))?;
    Ok((log, entries))
}

fn create_log(folder: &Path, number: u64, full: &FullDisk) -> Result<Disk, JournalError> {
    let path = log_path(folder, number);
    let create = || {
        let mut log = Disk::new(File::create(&path)?, 0, full.clone())?;
        log.append(&frame::header())?;
        sync_folder(folder)?;
        Ok(log)
    };
    create().map_err(JournalError::io(&path))
}

fn log_path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("log-{number}"))
}

/// Removes what no longer counts. What stays by mischance does no harm.
fn remove_others(folder: &Path, number: u64) {
    let current = log_path(folder, number);
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_ours = name.to_str().is_some_and(|name| name.starts_with("log-") || name == "snapshot.new");
        if is_ours && entry.path() != current {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// A name in a folder is on the disk once the folder is.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn after_header(flaw: Flaw) -> Flaw {
    match flaw {
        Flaw::Damaged(position) => Flaw::Damaged(HEADER + position),
        version @ (Flaw::Newer(_) | Flaw::Older(_)) => version,
    }
}

fn flawed(path: &Path, flaw: Flaw) -> JournalError {
    let file = path.to_owned();
    match flaw {
        Flaw::Newer(version) => JournalError::Newer { file, version },
        Flaw::Older(version) => JournalError::Older { file, version },
        Flaw::Damaged(position) => {
            JournalError::Damaged { file, position: u64::try_from(position).unwrap_or(u64::MAX) }
        }
    }
}

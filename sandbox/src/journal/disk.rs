//! Writing to the disk, which can be made to be full.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Makes every write fail as if the disk were full, while it says so. Clones are the same one.
#[derive(Clone, Debug, Default)]
pub struct FullDisk(Arc<AtomicBool>);

impl FullDisk {
    /// Full from now on, or not any more.
    pub fn set(&self, full: bool) {
        self.0.store(full, Ordering::Relaxed);
    }

    /// True while it is full.
    pub fn is_full(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn check(&self) -> io::Result<()> {
        if self.is_full() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
}

/// A file that grows by whole records.
#[derive(Debug)]
pub struct Disk {
    file: File,
    /// What was acknowledged. What is after it is cut off before the next write.
    length: u64,
    full: FullDisk,
}

impl Disk {
    /// A file of which so many bytes count.
    pub(super) fn new(file: File, length: u64, full: FullDisk) -> io::Result<Self> {
        let mut disk = Self { file, length, full };
        disk.trim()?;
        Ok(disk)
    }

    /// Bytes that are safely written.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Adds bytes and waits until the disk has them. If it can't, it has none of them.
    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.trim()?;
        match self.write(bytes) {
            Ok(()) => {
                self.length += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                Ok(())
            }
            Err(error) => {
                // If this fails too, the next append tries again before it writes anything.
                let _ = self.trim();
                Err(error)
            }
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Err(error) = self.full.check() {
            // As a disk does that fills up on the way.
            self.file.write_all(bytes.get(..bytes.len() / 2).unwrap_or_default())?;
            return Err(error);
        }
        self.file.write_all(bytes)?;
        self.file.sync_data()
    }

    fn trim(&mut self) -> io::Result<()> {
        if self.file.metadata()?.len() != self.length {
            self.file.set_len(self.length)?;
            self.file.sync_data()?;
        }
        self.file.seek(SeekFrom::Start(self.length)).map(drop)
    }
}

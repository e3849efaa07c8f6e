//! The directory of an engine: where it keeps its state while it runs. It is removed with the engine; what a process
//! that was killed left behind is removed by the next one.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

/// What the names of all directories begin with.
const PREFIX: &str = "mz-deploy-sandbox-";
/// The file in it that its process holds locked.
const LOCK: &str = "lock";
/// A directory that is younger may be one that isn't locked yet.
const GRACE: Duration = Duration::from_mins(1);

/// A directory of its own in the system's folder for temporary files.
pub(super) struct Root {
    // Released before the directory goes: some systems keep what is open.
    _lock: File,
    directory: TempDir,
}

impl Root {
    pub(super) fn new() -> io::Result<Self> {
        let directory = tempfile::Builder::new().prefix(PREFIX).tempdir()?;
        let lock = File::create(directory.path().join(LOCK))?;
        lock.lock()?;
        Ok(Self { _lock: lock, directory })
    }

    /// Where the engine's files are.
    pub(super) fn engine(&self) -> std::path::PathBuf {
        self.directory.path().join("engine")
    }
}

/// Removes the directories in a folder that nobody holds any more. What can't be removed stays.
pub(super) fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        // Not true of a link.
        let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_ours && is_directory && is_abandoned(&entry.path()) {
            // Somebody else may be at it too.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_abandoned(directory: &Path) -> bool {
    let lock = File::open(directory.join(LOCK));
    let age = fs::metadata(directory).and_then(|metadata| metadata.modified()).map(|time| time.elapsed());
    let is_old = matches!(age, Ok(Ok(age)) if age > GRACE);
    is_old
        && lock.map_or_else(|error| error.kind() == io::ErrorKind::NotFound, |lock| lock.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    /// A directory as a process has it, made long ago.
    fn old_directory(folder: &Path, name: &str) -> File {
        let directory = folder.join(name);
        fs::create_dir(&directory).expect("makes");
        let lock = File::create(directory.join(LOCK)).expect("makes");
        let long_ago = SystemTime::now() - 2 * GRACE;
        File::open(&directory).and_then(|directory| directory.set_modified(long_ago)).expect("ages");
        lock
    }

    #[test]
    fn only_old_directories_that_nobody_holds_are_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let held = old_directory(folder.path(), "mz-deploy-sandbox-held");
        held.lock().expect("locks");
        drop(old_directory(folder.path(), "mz-deploy-sandbox-left"));
        drop(old_directory(folder.path(), "of-somebody-else"));
        fs::create_dir(folder.path().join("mz-deploy-sandbox-new")).expect("makes");
        sweep(folder.path());
        let mut names: Vec<_> = fs::read_dir(folder.path())
            .expect("reads")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
            .collect();
        names.sort();
        assert_eq!(names, ["mz-deploy-sandbox-held", "mz-deploy-sandbox-new", "of-somebody-else"]);
    }

    #[test]
    fn a_directory_goes_with_its_engine() {
        let root = Root::new().expect("a directory");
        let path = root.directory.path().to_owned();
        fs::create_dir_all(root.engine()).expect("makes");
        drop(root);
        assert!(!path.exists());
    }
}

//! Files that are either as they were or complete.

use std::io::{self, Write};
use std::path::Path;

/// Writes a file under a temporary name in the same directory and then gives it its name, so that a crash leaves
/// no half of it (promise S24).
pub fn write_atomically(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".mz-deploy-");
    #[cfg(unix)]
    {
        // As any other new file: what the user's mask leaves of it.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(directory)?;
    {
        let mut buffer = io::BufWriter::with_capacity(1 << 18, file.as_file_mut());
        write(&mut buffer)?;
        buffer.flush()?;
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("plan.json");
        write_atomically(&path, |file| file.write_all(b"old")).expect("the first write succeeds");
        let failed = write_atomically(&path, |file| {
            file.write_all(b"half of the new")?;
            Err(io::Error::other("the disk is full"))
        });
        assert!(failed.is_err());
        assert_eq!(std::fs::read(&path).expect("the file is there"), b"old");
        assert_eq!(std::fs::read_dir(directory.path()).expect("the directory is there").count(), 1);
    }
}

//! What can be wrong with a data directory.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::error::{SqlError, SqlState};

/// Why the journal can't be read or written.
#[derive(Debug)]
pub enum JournalError {
    /// Another server has the directory.
    InUse(PathBuf),
    /// It was written by a later version.
    Newer {
        /// What was read.
        file: PathBuf,
        /// The format's version.
        version: u32,
    },
    /// It was written by an earlier version, in a format that this one doesn't read.
    Older {
        /// What was read.
        file: PathBuf,
        /// The format's version.
        version: u32,
    },
    /// It is no journal, or it was changed since it was written.
    Damaged {
        /// What was read.
        file: PathBuf,
        /// From its beginning, in bytes.
        position: u64,
    },
    /// The disk is full, or something else is wrong with it.
    Io(PathBuf, io::Error),
    /// A record that no format has room for.
    TooLarge(usize),
}

impl JournalError {
    pub(super) fn io(file: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let file = file.into();
        move |error| Self::Io(file, error)
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse(folder) => write!(f, "another server uses the data directory `{}`", folder.display()),
            Self::Newer { file, version } => {
                write!(f, "`{}` was written by a later version (format {version})", file.display())
            }
            Self::Older { file, version } => {
                write!(
                    f,
                    "`{}` was written by an earlier version (format {version}); begin with an empty directory",
                    file.display()
                )
            }
            Self::Damaged { file, position } => {
                write!(f, "`{}` is damaged at byte {position}", file.display())
            }
            Self::Io(file, error) => write!(f, "`{}`: {error}", file.display()),
            Self::TooLarge(size) => write!(f, "a record of {size} bytes is too large"),
        }
    }
}

impl std::error::Error for JournalError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(_, error) => Some(error),
            _ => None,
        }
    }
}

impl From<JournalError> for SqlError {
    fn from(error: JournalError) -> Self {
        match &error {
            JournalError::Io(_, cause) if cause.kind() == io::ErrorKind::StorageFull => Self::new(
                SqlState::DISK_FULL,
                "could not write to the data directory: no space left on device",
            ),
            JournalError::TooLarge(_) => Self::new(SqlState::PROGRAM_LIMIT_EXCEEDED, error.to_string()),
            _ => Self::internal(format!("could not write to the data directory: {error}")),
        }
    }
}

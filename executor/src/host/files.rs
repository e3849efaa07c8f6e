//! The files of a project on disk: which they are, and their texts.
//!
//! Symbolic links are followed to files inside the project. What can't be read is a diagnostic, so that one bad file
//! doesn't hide the problems of the others.

use std::collections::BTreeMap;
use std::fs::{self, DirEntry, FileType};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mz_deploy_planner::diagnostic::{Code, Diagnostic};
use mz_deploy_planner::source::{FilePath, Location};

use super::failure::{Failure, reason};

/// Texts of files as they are on disk, by the path that diagnostics use.
pub type Texts = BTreeMap<FilePath, Arc<str>>;

/// Files at the root that belong to the project.
const ROOT_FILES: [&str; 2] = ["project.toml", "types.lock"];
/// Directories whose `.sql` files belong to the project.
pub(super) const DIRECTORIES: [&str; 4] = ["clusters", "models", "network-policies", "roles"];
/// The largest file that is read. Hand-written SQL is a thousand times smaller.
const MAX_FILE_BYTES: u64 = 8 << 20;
/// Directories deeper than this are not read; the project's own tree is three deep.
const MAX_DEPTH: usize = 12;

/// A file of the project that was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    /// Relative to the project, with `/`.
    pub(super) path: FilePath,
    /// Where it is.
    pub(super) location: PathBuf,
}

/// Finds the files of the project at `root`, sorted by path.
pub(super) fn find(root: &Path) -> Result<(Vec<Found>, Vec<Diagnostic>), Failure> {
    let real_root = fs::canonicalize(root).map_err(|error| Failure::io("open the project", root, &error))?;
    if !real_root.is_dir() {
        return Err(Failure::new(format!("the project `{}` is not a directory", root.display())));
    }
    let mut search = Search { real_root, found: Vec::new(), diagnostics: Vec::new() };
    for name in ROOT_FILES {
        let location = root.join(name);
        if let Ok(metadata) = fs::symlink_metadata(&location) {
            search.file(name.to_owned(), metadata.file_type(), location);
        }
    }
    for name in DIRECTORIES {
        let location = root.join(name);
        match fs::symlink_metadata(&location) {
            Ok(metadata) if metadata.is_dir() => search.directory(name, &location, 1),
            Ok(metadata) if metadata.is_symlink() => search.linked_directory(name, &location),
            _ => {}
        }
    }
    search.found.sort_unstable();
    Ok((search.found, search.diagnostics))
}

struct Search {
    real_root: PathBuf,
    found: Vec<Found>,
    diagnostics: Vec<Diagnostic>,
}

impl Search {
    fn directory(&mut self, path: &str, location: &Path, depth: usize) {
        if depth > MAX_DEPTH {
            self.unreadable(path, format!("`{path}` is more than {MAX_DEPTH} directories deep"));
            return;
        }
        let entries = match fs::read_dir(location) {
            Ok(entries) => entries,
            Err(error) => return self.unreadable(path, format!("can't read `{path}`: {}", reason(&error))),
        };
        for entry in entries {
            match entry.and_then(|entry| Ok((entry.file_type()?, entry))) {
                Ok((kind, entry)) => self.entry(path, kind, &entry, depth),
                Err(error) => self.unreadable(path, format!("can't read `{path}`: {}", reason(&error))),
            }
        }
    }

    fn entry(&mut self, directory: &str, kind: FileType, entry: &DirEntry, depth: usize) {
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            let path = format!("{directory}/{}", name.display());
            let message = format!("the file name `{path}` is not UTF-8");
            let error = Diagnostic::error(Code::InvalidFileName, Location::file(path), message);
            return self.diagnostics.push(error.help("rename the file"));
        };
        let path = format!("{directory}/{name}");
        if kind.is_dir() {
            if !name.starts_with('.') {
                self.directory(&path, &entry.path(), depth + 1);
            }
        } else if is_sql(name) {
            self.file(path, kind, entry.path());
        } else if kind.is_symlink() && !name.starts_with('.') {
            self.linked_directory(&path, &entry.path());
        }
    }

    /// A file, or a link to one.
    fn file(&mut self, path: String, kind: FileType, location: PathBuf) {
        if kind.is_symlink() && !self.leads_into_the_project(&location) {
            let message = format!("`{path}` is a symbolic link that doesn't lead to a file of the project");
            let error = Diagnostic::error(Code::UnreadableFile, Location::file(path), message);
            return self
                .diagnostics
                .push(error.help("a project holds its own files: copy the file into the project"));
        }
        // A pipe would be waited for.
        if !kind.is_file() && !kind.is_symlink() {
            let message = format!("`{path}` is not a file");
            return self.unreadable(&path, message);
        }
        self.found.push(Found { path: path.into(), location });
    }

    fn leads_into_the_project(&self, link: &Path) -> bool {
        fs::canonicalize(link).is_ok_and(|target| target.starts_with(&self.real_root) && target.is_file())
    }

    /// A link to a directory: it may lead in a circle, or give one object two names.
    fn linked_directory(&mut self, path: &str, location: &Path) {
        if location.is_dir() {
            let message = format!("`{path}` is a symbolic link to a directory, which is not followed");
            let warning = Diagnostic::warning(Code::IgnoredFile, Location::file(path), message);
            self.diagnostics.push(warning.help("make it a directory, or link the files in it"));
        }
    }

    fn unreadable(&mut self, path: &str, message: String) {
        self.diagnostics.push(Diagnostic::error(Code::UnreadableFile, Location::file(path), message));
    }
}

fn is_sql(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("sql"))
}

/// The text of a file of the project, or why it has none.
pub(super) fn read(file: &Found) -> Result<Arc<str>, Box<Diagnostic>> {
    let error =
        |message: String| Diagnostic::error(Code::UnreadableFile, Location::file(file.path.clone()), message);
    Err(Box::new(match content(&file.location) {
        Ok(Content::Text(text)) => return Ok(text.into()),
        Ok(Content::NotUtf8 { line }) => error(format!("`{}` is not UTF-8 at line {line}", file.path))
            .help("save the file with the encoding UTF-8"),
        Ok(Content::TooBig) => error(format!("`{}` is larger than {} MiB", file.path, MAX_FILE_BYTES >> 20)),
        Err(problem) => error(format!("can't read `{}`: {}", file.path, reason(&problem))),
    }))
}

/// The text of a file that was named on the command line.
pub fn read_text(path: &Path) -> Result<Arc<str>, Failure> {
    let shown = path.display();
    match content(path).map_err(|error| Failure::io("read", path, &error))? {
        Content::Text(text) => Ok(text.into()),
        Content::NotUtf8 { line } => Err(Failure::new(format!("`{shown}` is not UTF-8 at line {line}"))),
        Content::TooBig => {
            Err(Failure::new(format!("`{shown}` is larger than {} MiB", MAX_FILE_BYTES >> 20)))
        }
    }
}

enum Content {
    Text(String),
    NotUtf8 { line: usize },
    TooBig,
}

fn content(location: &Path) -> std::io::Result<Content> {
    let file = fs::File::open(location)?;
    let size = file.metadata()?.len().min(MAX_FILE_BYTES);
    // One byte more than there should be, so that the end is seen without growing the buffer.
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Ok(Content::TooBig);
    }
    Ok(match String::from_utf8(bytes) {
        Ok(text) => Content::Text(text),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let before = error.as_bytes().get(..valid).unwrap_or_default();
            Content::NotUtf8 { line: before.split(|byte| *byte == b'\n').count() }
        }
    })
}

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
use mz_deploy_planner::project::{DIRECTORIES, ROOT_FILES, belongs};
use mz_deploy_planner::source::{FilePath, Location, Span};

use super::failure::{Failure, reason};

/// Texts of files as they are on disk, by the path that diagnostics use.
pub type Texts = BTreeMap<FilePath, Arc<str>>;

/// The largest file that is read. Hand-written SQL is a thousand times smaller.
const MAX_FILE_BYTES: u64 = 8 << 20;
/// The largest document that is read. A snapshot of 10,000 objects has 8 MiB.
const MAX_DOCUMENT_BYTES: u64 = 1 << 30;
/// Directories deeper than this are not read; the project's own tree is three deep.
const MAX_DEPTH: usize = 12;

/// What helps against a lack of permission.
const MAKE_IT_READABLE: &str = "make it readable, or move it out of the project";

/// A file of the project that was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    /// Relative to the project, with `/`.
    pub(super) path: FilePath,
    /// Where it is.
    pub(super) location: PathBuf,
}

/// What is in the project's directory.
#[derive(Default)]
pub(super) struct Listing {
    /// The files to be read, sorted by path.
    pub(super) found: Vec<Found>,
    /// What should be a file and can't be read, and why.
    pub(super) bad_files: Vec<(FilePath, Diagnostic)>,
    /// Directories that can't be listed, and why.
    pub(super) bad_directories: Vec<(FilePath, Diagnostic)>,
    /// Other problems.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Finds the files of the project at `root`.
pub(super) fn find(root: &Path) -> Result<Listing, Failure> {
    let real_root = fs::canonicalize(root).map_err(|error| Failure::io("open the project", root, &error))?;
    if !real_root.is_dir() {
        return Err(Failure::new(format!("the project `{}` is not a directory", root.display())));
    }
    let mut search = Search { real_root, listing: Listing::default() };
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
    search.listing.found.sort_unstable();
    Ok(search.listing)
}

struct Search {
    real_root: PathBuf,
    listing: Listing,
}

impl Search {
    fn directory(&mut self, path: &str, location: &Path, depth: usize) {
        if depth > MAX_DEPTH {
            let message = format!("`{path}` is more than {MAX_DEPTH} directories deep");
            let help = "objects stand in `models/<database>/<schema>/`: move what is deeper";
            return self.bad_directory(path, message, help);
        }
        let failed = |error: &std::io::Error| format!("can't list the directory `{path}`: {}", reason(error));
        let entries = match fs::read_dir(location) {
            Ok(entries) => entries,
            Err(error) => return self.bad_directory(path, failed(&error), MAKE_IT_READABLE),
        };
        for entry in entries {
            match entry.and_then(|entry| Ok((entry.file_type()?, entry))) {
                Ok((kind, entry)) => self.entry(path, kind, &entry, depth),
                Err(error) => self.bad_directory(path, failed(&error), MAKE_IT_READABLE),
            }
        }
    }

    fn entry(&mut self, directory: &str, kind: FileType, entry: &DirEntry, depth: usize) {
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            let path = format!("{directory}/{}", name.display());
            let message = format!("the file name `{path}` is not UTF-8");
            let error = Diagnostic::error(Code::InvalidFileName, Location::file(path), message);
            return self.listing.diagnostics.push(error.help("rename the file"));
        };
        let path = format!("{directory}/{name}");
        let is_searched = belongs(&format!("{path}/"));
        if kind.is_dir() {
            if is_searched {
                self.directory(&path, &entry.path(), depth + 1);
            }
        } else if belongs(&path) {
            self.file(path, kind, entry.path());
        } else if kind.is_symlink() && is_searched {
            self.linked_directory(&path, &entry.path());
        }
    }

    /// A file, or a link to one.
    fn file(&mut self, path: String, kind: FileType, location: PathBuf) {
        if kind.is_symlink() && !self.leads_into_the_project(&location) {
            let message = format!("`{path}` is a symbolic link that doesn't lead to a file of the project");
            let help = "a project holds its own files: copy the file into the project";
            return self.bad_file(&path, message, help);
        }
        // A pipe would be waited for.
        if !kind.is_file() && !kind.is_symlink() {
            let message = format!("`{path}` is not a file");
            return self.bad_file(&path, message, "replace it by a file, or move it out of the project");
        }
        self.listing.found.push(Found { path: path.into(), location });
    }

    fn leads_into_the_project(&self, link: &Path) -> bool {
        fs::canonicalize(link).is_ok_and(|target| target.starts_with(&self.real_root) && target.is_file())
    }

    /// A link to a directory: it may lead in a circle, or give one object two names.
    fn linked_directory(&mut self, path: &str, location: &Path) {
        if location.is_dir() {
            let message = format!("`{path}` is a symbolic link to a directory, which is not followed");
            let warning = Diagnostic::warning(Code::IgnoredFile, Location::file(path), message);
            self.listing.diagnostics.push(warning.help("make it a directory, or link the files in it"));
        }
    }

    fn bad_file(&mut self, path: &str, message: String, help: &str) {
        let problem = Diagnostic::error(Code::UnreadableFile, Location::file(path), message).help(help);
        self.listing.bad_files.push((path.into(), problem));
    }

    fn bad_directory(&mut self, path: &str, message: String, help: &str) {
        let problem = Diagnostic::error(Code::UnreadableFile, Location::file(path), message).help(help);
        self.listing.bad_directories.push((path.into(), problem));
    }
}

/// A file whose text is not known.
pub(super) struct Unreadable {
    /// Why.
    pub(super) problem: Diagnostic,
    /// What could be read, for showing the place: what is not UTF-8 in it is replaced.
    pub(super) shown: Option<Arc<str>>,
}

/// The text of a file of the project, or why it has none.
pub(super) fn read(file: &Found) -> Result<Arc<str>, Box<Unreadable>> {
    let path = &file.path;
    let error = |span: Span, message: String, help: &str| {
        Diagnostic::error(Code::UnreadableFile, Location::new(path.clone(), span), message).help(help)
    };
    let whole = Span::default();
    let (problem, shown) = match content(&file.location, MAX_FILE_BYTES) {
        Ok(Content::Text(text)) => return Ok(text.into()),
        Ok(Content::NotUtf8 { shown, at }) => {
            let bad = Span::new(at, at + char::REPLACEMENT_CHARACTER.len_utf8());
            let problem =
                error(bad, format!("`{path}` is not UTF-8"), "save the file with the encoding UTF-8");
            (problem.label("not a character of UTF-8"), Some(shown.into()))
        }
        Ok(Content::TooBig) => {
            let message = format!("`{path}` is larger than {} MiB", MAX_FILE_BYTES >> 20);
            (error(whole, message, "move what is no definition, such as data, out of the project"), None)
        }
        Err(failed) => {
            let message = format!("can't read `{path}`: {}", reason(&failed));
            (error(whole, message, MAKE_IT_READABLE), None)
        }
    };
    Err(Box::new(Unreadable { problem, shown }))
}

/// The text of a file that was named on the command line.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    let shown = path.display();
    match content(path, MAX_DOCUMENT_BYTES).map_err(|error| Failure::io("read", path, &error))? {
        Content::Text(text) => Ok(text),
        Content::NotUtf8 { shown: text, at } => {
            let line = text.get(..at).unwrap_or_default().split('\n').count();
            Err(Failure::new(format!("`{shown}` is not UTF-8 at line {line}")))
        }
        Content::TooBig => {
            Err(Failure::new(format!("`{shown}` is larger than {} MiB", MAX_DOCUMENT_BYTES >> 20)))
        }
    }
}

enum Content {
    Text(String),
    /// The text with replacements for what is not UTF-8, and where the first of them is.
    NotUtf8 {
        shown: String,
        at: usize,
    },
    TooBig,
}

fn content(location: &Path, limit: u64) -> std::io::Result<Content> {
    let file = fs::File::open(location)?;
    let size = file.metadata()?.len().min(limit);
    // One byte more than there should be, so that the end is seen without growing the buffer.
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Ok(Content::TooBig);
    }
    Ok(match String::from_utf8(bytes) {
        Ok(text) => Content::Text(text),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            Content::NotUtf8 { shown: String::from_utf8_lossy(error.as_bytes()).into_owned(), at }
        }
    })
}

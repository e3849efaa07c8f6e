//! Where things are in a text: spans, lines and columns, and the way back through variable substitution.

mod line_index;
mod resolved_text;

pub use line_index::{LineIndex, Position};
pub use resolved_text::{ResolvedText, Substitution};

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// A path of a project file: relative to the project's root, parts separated by `/`.
pub type FilePath = SmolStr;

/// A range of bytes in one text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// The bytes from `start` up to, not including, `end`. Texts are limited to 4 GiB.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: to_offset(start), end: to_offset(end) }
    }

    /// An empty span at `offset`.
    pub fn at(offset: u32) -> Self {
        Self { start: offset, end: offset }
    }

    /// The smallest span that covers both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The text that the span covers; empty if it doesn't fit the text.
    pub fn slice(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or_default()
    }

    /// As a range of `usize`.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// True if `other` lies within this span.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A byte offset as it is kept in a [`Span`].
pub fn to_offset(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// A place in a file of the project, in the text as it is on disk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Location {
    /// The file; empty for what stands in no file, such as an option of a command.
    pub path: FilePath,
    /// Where in it; an empty span at 0 stands for the file as a whole.
    pub span: Span,
}

impl Location {
    /// A place in a file.
    pub fn new(path: impl Into<FilePath>, span: Span) -> Self {
        Self { path: path.into(), span }
    }

    /// The file as a whole.
    pub fn file(path: impl Into<FilePath>) -> Self {
        Self { path: path.into(), span: Span::default() }
    }

    /// No place in any file: the cause is an option of a command.
    pub fn nowhere() -> Self {
        Self { path: FilePath::default(), span: Span::default() }
    }

    /// True for what stands in no file.
    pub fn is_nowhere(&self) -> bool {
        self.path.is_empty()
    }

    /// True if the file as a whole is meant.
    pub fn is_file(&self) -> bool {
        self.span == Span::default()
    }
}

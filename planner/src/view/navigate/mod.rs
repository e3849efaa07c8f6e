//! What an editor asks about a place in a file: what a name means and where it is defined, who mentions it, what is known
//! of it, what a file holds, what another name would change, and which names could follow.
//!
//! A file is read as it stands, so a question is answered in a file that has errors as well, wherever its statements can
//! be read.

mod complete;
mod definition;
mod hover;
mod reading;
mod rename;
mod symbols;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::Compiled;
use crate::name::{Ident, ObjectName, SchemaName, printed};
use crate::project::{FileContext, InfrastructureKind, Subject};
use crate::source::{FilePath, Position};
use smol_str::{SmolStr, ToSmolStr};

pub use complete::{CompletionKind, CompletionView, CompletionsView, completions};
pub use definition::{definition, references};
pub use hover::{ColumnView, HoverView, hover};
pub use rename::{FileMove, RenameView, rename, rename_file};
pub use symbols::{SymbolKind, SymbolView, find_symbols, symbols};

/// A checked project and the texts of its files.
#[derive(Clone, Debug)]
pub struct Codebase<'a> {
    compiled: Compiled,
    context: FileContext,
    files: BTreeMap<&'a str, &'a Arc<str>>,
}

impl<'a> Codebase<'a> {
    /// A project as it was checked in `context`, and the files that it was made from.
    pub fn new(
        compiled: Compiled,
        context: FileContext,
        files: impl Iterator<Item = (&'a FilePath, &'a Arc<str>)>,
    ) -> Self {
        Self { compiled, context, files: files.map(|(path, text)| (path.as_str(), text)).collect() }
    }
}

/// A place that somebody points to. Lines and columns count from 1, columns in UTF-16 code units.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    /// The file.
    pub path: &'a str,
    /// The line.
    pub line: u32,
    /// The column.
    pub utf16_column: u32,
}

impl At<'_> {
    fn position(&self) -> Position {
        Position { line: self.line.saturating_sub(1), column: self.utf16_column.saturating_sub(1) }
    }
}

/// What a name in a file stands for. Names have the profile's suffix.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Symbol {
    Object(ObjectName),
    Schema(SchemaName),
    Database(Ident),
    Cluster(Ident),
    Role(Ident),
    NetworkPolicy(Ident),
    Variable(SmolStr),
}

impl Symbol {
    /// What a file is about.
    fn of_subject(subject: Subject) -> Self {
        match subject {
            Subject::Object(name) => Self::Object(name),
            Subject::Schema(name) => Self::Schema(name),
            Subject::Database(name) => Self::Database(name),
            Subject::Infrastructure(InfrastructureKind::Cluster, name) => Self::Cluster(name),
            Subject::Infrastructure(InfrastructureKind::Role, name) => Self::Role(name),
            Subject::Infrastructure(InfrastructureKind::NetworkPolicy, name) => Self::NetworkPolicy(name),
        }
    }

    /// The name in full, as SQL has it.
    fn printed(&self) -> SmolStr {
        match self {
            Self::Object(name) => printed(name),
            Self::Schema(name) => printed(name),
            Self::Database(name) | Self::Cluster(name) | Self::Role(name) | Self::NetworkPolicy(name) => {
                printed(name)
            }
            Self::Variable(name) => name.clone(),
        }
    }

    /// The last part of the name, as a value.
    fn last(&self) -> SmolStr {
        match self {
            Self::Object(name) => name.name.as_str().to_smolstr(),
            Self::Schema(name) => name.schema.as_str().to_smolstr(),
            Self::Database(name) | Self::Cluster(name) | Self::Role(name) | Self::NetworkPolicy(name) => {
                name.as_str().to_smolstr()
            }
            Self::Variable(name) => name.clone(),
        }
    }
}

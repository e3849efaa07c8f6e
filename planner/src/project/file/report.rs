//! The problems of one file while it is compiled.

use std::sync::Arc;

use smol_str::SmolStr;

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Location, ResolvedText, Span};
use crate::syntax::ast::Statement;
use crate::syntax::token::{TokenKind, tokenize};

/// The statements of a file.
pub(in crate::project) struct Statements {
    pub(in crate::project) parsed: Vec<Statement>,
    /// All of them could be read: what is missing is missing.
    pub(in crate::project) is_complete: bool,
}

/// A file's text and what is wrong with it. Spans that go in are in the resolved text, those that come out are in the
/// text on disk.
pub(in crate::project) struct Report<'a> {
    pub(in crate::project) path: &'a str,
    on_disk: &'a str,
    pub(in crate::project) text: Arc<ResolvedText>,
    /// Problems that count for every profile.
    pub(in crate::project) always: Vec<Diagnostic>,
    /// Problems that count only if the file is the active variant of its object.
    pub(in crate::project) if_active: Vec<Diagnostic>,
}

impl<'a> Report<'a> {
    pub(in crate::project) fn new(path: &'a str, on_disk: &'a str, text: ResolvedText) -> Self {
        Self { path, on_disk, text: Arc::new(text), always: Vec::new(), if_active: Vec::new() }
    }

    /// True as long as nothing is wrong.
    pub(super) fn is_sound(&self) -> bool {
        !self.always.iter().chain(&self.if_active).any(Diagnostic::is_error)
    }

    /// An error at a part of the text.
    pub(in crate::project) fn error(
        &self,
        code: Code,
        span: Span,
        message: impl Into<SmolStr>,
    ) -> Diagnostic {
        Diagnostic::error(code, self.at(span), message)
    }

    /// Where a part of the text stands on disk.
    pub(super) fn at(&self, span: Span) -> Location {
        Location::new(self.path, self.text.to_original(span))
    }

    /// `diagnostic` with a replacement that solves it, unless the text there comes from a variable.
    pub(in crate::project) fn with_fix(
        &self,
        diagnostic: Diagnostic,
        span: Span,
        replacement: impl Into<SmolStr>,
    ) -> Diagnostic {
        let location = self.at(span);
        if location.span.slice(self.on_disk) == self.written(span) {
            diagnostic.fix(location, replacement)
        } else {
            diagnostic
        }
    }

    /// The text of a part as a person wrote it, for messages.
    pub(super) fn written(&self, span: Span) -> &str {
        span.slice(self.text.as_str())
    }

    /// The first `count` words of a statement: a place to point to that isn't the whole statement.
    pub(super) fn first_words(&self, statement: Span, count: usize) -> Span {
        let (tokens, _) = tokenize(self.written(statement));
        let words = tokens.iter().take(count).take_while(|token| token.kind == TokenKind::Word);
        let span = words.map(|token| token.span).reduce(Span::to).unwrap_or_default();
        Span { start: statement.start + span.start, end: statement.start + span.end }
    }
}

//! What would have to change if something had another name, and whether it may have that name.
//!
//! Every place is edited as it is written: the name keeps its number of parts unless it needs more. Then the project is
//! compiled as it would be, so whatever the edits miss (a name that a CTE hides, a file that is there already) is a
//! problem that is told before anything is changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, ToSmolStr, format_smolstr};

use super::complete::parts_needed;
use super::reading::{Mention, Reading, Role};
use super::{At, Codebase, Symbol};
use crate::diagnostic::Diagnostic;
use crate::input::Config;
use crate::name::{Ident, SchemaName, printed};
use crate::project::{FileContext, Subject, check_name, compile_file, file_context, subject};
use crate::source::{FilePath, Span};
use crate::syntax::token::{Token, TokenKind, tokenize};
use crate::view::diagnostics::{FixView, LabelView};
use crate::{Compiled, link};

/// What a rename means.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RenameView {
    /// The name as it is written where somebody points to; absent if a file was named instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<LabelView>,
    /// The name without its schema.
    pub name: SmolStr,
    /// Why it can't be done. With any of these, nothing should be changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<SmolStr>,
    /// What stands in the way of nothing, and should be known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<SmolStr>,
    /// Replacements, sorted by file and position. The paths are those before the files are moved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<FixView>,
    /// Files that get another path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileMove>,
}

/// A file that gets another path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FileMove {
    /// The path now.
    pub from: FilePath,
    /// The path afterwards.
    pub to: FilePath,
}

/// What it means to give the name that somebody points to another value. Without one, only whether it can have another.
pub fn rename(code: &Codebase<'_>, at: At<'_>, to: Option<&str>) -> Option<RenameView> {
    let (reading, mention) = code.mention_at(at)?;
    let last = last_part(mention.span, reading.on_disk);
    let mut view =
        RenameView { at: Some(reading.place(last)), name: mention.symbol.last(), ..RenameView::default() };
    let Some(path) = code.renamable(&mention.symbol) else {
        view.problems.push(not_renamable(&mention.symbol));
        return Some(view);
    };
    let Some(to) = to else { return Some(view) };
    if let Err(problem) = check_name(to) {
        view.problems.push(format_smolstr!("`{to}` can't be a name: {problem}"));
        return Some(view);
    }
    let new = match &mention.symbol {
        Symbol::Object(name) => Symbol::Object(name.schema.object(Ident::new(to))),
        Symbol::Cluster(_) => {
            let suffixed = Ident::new(to).suffixed(&code.context.suffix);
            Symbol::Cluster(suffixed.unwrap_or_else(|error| Ident::new(error.name)))
        }
        _ => return Some(view),
    };
    let moves = code.moves(path, |stem| {
        let profile = stem.rsplit_once('#').map(|(_, profile)| format!("#{profile}")).unwrap_or_default();
        format!("{to}{profile}")
    });
    Some(Rename { code, old: mention.symbol, new, moves }.into_view(view))
}

/// What it means to move a file of an object or of a cluster: to another name, or to another schema.
pub fn rename_file(code: &Codebase<'_>, from: &str, to: &str) -> Option<RenameView> {
    let old = Symbol::of_subject(subject(from, &code.context)?);
    let mut view = RenameView { name: old.last(), ..RenameView::default() };
    code.renamable(&old)?;
    let new = subject(to, &code.context).map(Symbol::of_subject);
    let Some(new) = new.filter(|new| std::mem::discriminant(new) == std::mem::discriminant(&old)) else {
        view.problems.push(format_smolstr!("`{to}` is no place for what `{from}` defines"));
        return Some(view);
    };
    if new == old {
        return None;
    }
    let moves = vec![FileMove { from: from.into(), to: to.into() }];
    Some(Rename { code, old, new, moves }.into_view(view))
}

fn not_renamable(symbol: &Symbol) -> SmolStr {
    let what = symbol.described();
    match symbol {
        Symbol::Object(_) | Symbol::Cluster(_) => {
            format_smolstr!("{what} is not defined in this project: rename it where it is defined")
        }
        Symbol::Variable(_) => format_smolstr!("{what} is a variable: rename it in `project.toml`"),
        _ => format_smolstr!("only objects and clusters of the project can be renamed, not {what}"),
    }
}

impl Codebase<'_> {
    /// The file of what can be renamed.
    fn renamable(&self, symbol: &Symbol) -> Option<&str> {
        match symbol {
            Symbol::Object(_) | Symbol::Cluster(_) => self.file_of(symbol),
            _ => None,
        }
    }

    /// The file and its variants for profiles, with their names afterwards.
    fn moves(&self, path: &str, rename: impl Fn(&str) -> String) -> Vec<FileMove> {
        let about = subject(path, &self.context);
        let same = self.files.keys().filter(|path| subject(path, &self.context) == about);
        same.filter_map(|path| {
            let (directory, file) = path.rsplit_once('/')?;
            let to = format!("{directory}/{}.sql", rename(file.strip_suffix(".sql")?));
            Some(FileMove { from: (*path).into(), to: to.into() })
        })
        .collect()
    }
}

/// A rename that is looked at.
struct Rename<'c, 'a> {
    code: &'c Codebase<'a>,
    old: Symbol,
    new: Symbol,
    moves: Vec<FileMove>,
}

/// A replacement of a part of a file's text.
struct Edit {
    span: Span,
    replacement: SmolStr,
}

impl Rename<'_, '_> {
    fn into_view(self, mut view: RenameView) -> RenameView {
        for FileMove { to, .. } in &self.moves {
            let is_moved = self.moves.iter().any(|m| m.from == *to);
            if !is_moved && self.code.files.contains_key(to.as_str()) {
                view.problems.push(format_smolstr!("there is a file `{to}` already"));
            }
        }
        let mut texts: BTreeMap<FilePath, Arc<str>> = BTreeMap::new();
        for (path, text) in &self.code.files {
            texts.insert(self.moved(path), Arc::clone(text));
        }
        for reading in self.touched() {
            let (edits, problems) = self.edits(&reading);
            view.problems.extend(problems);
            texts.insert(self.moved(reading.path), edited(reading.on_disk, &edits).into());
            view.edits.extend(
                edits
                    .into_iter()
                    .map(|edit| FixView { at: reading.place(edit.span), replacement: edit.replacement }),
            );
        }
        if view.problems.is_empty() {
            view.problems.extend(self.problems_afterwards(&texts));
        }
        view.notes = self.notes();
        view.files = self.moves;
        view
    }

    /// The path of a file afterwards.
    fn moved(&self, path: &str) -> FilePath {
        self.moves.iter().find(|m| m.from == path).map_or_else(|| path.into(), |m| m.to.clone())
    }

    /// The files whose text may change: those with the name, and those that move.
    fn touched(&self) -> Vec<Reading<'_>> {
        let mut found: Vec<Reading<'_>> = self.code.readings_with(&self.old).collect();
        let known: BTreeSet<&str> = found.iter().map(|reading| reading.path).collect();
        let others = self.moves.iter().filter(|m| !known.contains(m.from.as_str()));
        let others: Vec<Reading<'_>> = others.filter_map(|m| self.code.read(&m.from)).collect();
        found.extend(others);
        found.sort_by_key(|reading| reading.path);
        found
    }

    fn edits(&self, reading: &Reading<'_>) -> (Vec<Edit>, Vec<SmolStr>) {
        let mut edits = Vec::new();
        let mut problems = Vec::new();
        let schema = |subject: Option<Subject>| match subject {
            Some(Subject::Object(name)) => Some(name.schema),
            Some(Subject::Schema(name)) => Some(name),
            _ => None,
        };
        let after = schema(subject(&self.moved(reading.path), &self.code.context));
        for mention in reading.mentions(self.code) {
            let text = mention.span.slice(reading.on_disk);
            match self.replacement(&mention, text, after.as_ref()) {
                Some(Ok((within, replacement))) => {
                    let start = mention.span.start + within.start;
                    let span = Span { start, end: mention.span.start + within.end };
                    edits.push(Edit { span, replacement });
                }
                Some(Err(problem)) => {
                    problems.push(format_smolstr!("`{}`: {problem}", reading.path));
                }
                None => {}
            }
        }
        (edits, problems)
    }

    /// What replaces a part of a name, by which text; `None` if it stays as it is.
    fn replacement(
        &self,
        mention: &Mention,
        text: &str,
        schema: Option<&SchemaName>,
    ) -> Option<Result<(Span, SmolStr), SmolStr>> {
        let is_old = mention.symbol == self.old;
        let target = if is_old { &self.new } else { &mention.symbol };
        let parts = parts(text);
        let last = *parts.last()?;
        // A name that comes from a variable isn't in the text.
        let from_variable = || {
            let message = format_smolstr!("a variable holds the name of {}", self.old.described());
            Some(Err(message))
        };
        match target {
            Symbol::Cluster(name) if is_old => {
                if text.starts_with(':') {
                    return from_variable();
                }
                Some(Ok((last, self.code.written_cluster_afterwards(name))))
            }
            Symbol::Object(name) => {
                let needed = match mention.role {
                    Role::Qualifier => 1,
                    Role::Definition | Role::Use => parts_needed(name, schema),
                };
                if !is_old && (needed <= parts.len() || mention.role == Role::Qualifier) {
                    return None;
                }
                if text.contains(':') {
                    return from_variable();
                }
                let is_in_schema = matches!((&self.old, &self.new),
                    (Symbol::Object(old), Symbol::Object(new)) if old.schema == new.schema);
                if is_in_schema && needed <= parts.len() {
                    return Some(Ok((last, name.name.to_smolstr())));
                }
                let written = self.code.written_object(name, needed.max(parts.len()));
                let whole = Span { start: parts.first()?.start, end: last.end };
                Some(Ok((whole, written)))
            }
            _ => None,
        }
    }

    /// What would be wrong with the project.
    fn problems_afterwards(&self, texts: &BTreeMap<FilePath, Arc<str>>) -> Vec<SmolStr> {
        let after = self.compile(texts);
        let key = |d: &Diagnostic| (d.code, d.message.clone());
        let known: BTreeSet<_> = self.code.compiled.diagnostics.iter().map(key).collect();
        let new = after.diagnostics.iter().filter(|d| d.is_error() && !known.contains(&key(d)));
        let mut problems: Vec<SmolStr> = new.map(|d| d.message.clone()).collect();
        if problems.is_empty() {
            problems.extend(self.other_meanings(after, texts));
        }
        problems
    }

    fn compile(&self, texts: &BTreeMap<FilePath, Arc<str>>) -> Compiled {
        let context = self.context(texts);
        let compiled: Vec<_> =
            texts.iter().map(|(path, text)| Arc::new(compile_file(path, text, &context))).collect();
        link(&compiled, self.code.compiled.project.settings.clone(), Vec::new(), &self.config())
    }

    fn config(&self) -> Config {
        Config { profile: self.code.compiled.project.settings.profile.clone() }
    }

    fn context(&self, texts: &BTreeMap<FilePath, Arc<str>>) -> FileContext {
        let settings = &self.code.compiled.project.settings;
        file_context(texts.keys().map(FilePath::as_str), settings, &self.config())
    }

    /// Files in which the new name would not stand for what the old one did: a CTE hides it, or something else has it.
    fn other_meanings(&self, after: Compiled, texts: &BTreeMap<FilePath, Arc<str>>) -> Vec<SmolStr> {
        let count = |code: &Codebase<'_>, path: &str, symbol: &Symbol| {
            let mentions = code.read(path).map(|reading| reading.mentions(code)).unwrap_or_default();
            mentions.iter().filter(|mention| mention.symbol == *symbol).count()
        };
        let context = self.context(texts);
        let after = Codebase::new(after, context, texts.iter());
        let mut problems = Vec::new();
        for reading in self.code.readings_with(&self.new) {
            if count(self.code, reading.path, &self.new) > 0 {
                problems.push(format_smolstr!(
                    "`{}` mentions {} already",
                    reading.path,
                    self.new.described()
                ));
            }
        }
        for reading in self.touched() {
            let before = count(self.code, reading.path, &self.old);
            if before != count(&after, &self.moved(reading.path), &self.new) {
                let name = self.new.last();
                problems.push(format_smolstr!("`{name}` has another meaning in `{}`", reading.path));
            }
        }
        problems
    }

    /// What follows for a deployment.
    fn notes(&self) -> Vec<SmolStr> {
        let Symbol::Object(name) = &self.old else {
            let message = "a cluster that exists keeps its name: `mz-deploy apply` makes another one";
            return vec![message.to_smolstr()];
        };
        let mut notes = vec![format_smolstr!(
            "the next deployment makes a new object; `{}` stays in the environment until it is dropped",
            printed(name)
        )];
        let count = self.code.downstream(name).len();
        if count > 0 {
            let noun = if count == 1 { "object is" } else { "objects are" };
            notes.push(format_smolstr!("{count} {noun} built again, because of what they read"));
        }
        notes
    }
}

impl Codebase<'_> {
    /// A cluster that isn't there yet, as files would write it.
    fn written_cluster_afterwards(&self, full: &Ident) -> SmolStr {
        let suffix = self.context.suffix.as_str();
        Ident::new(full.as_str().strip_suffix(suffix).unwrap_or(full.as_str())).to_smolstr()
    }
}

/// The identifiers of a name, within its text.
fn parts(text: &str) -> Vec<Span> {
    let (tokens, _) = tokenize(text);
    let is_part = |token: &&Token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdent);
    tokens.iter().filter(is_part).map(|token| token.span).collect()
}

/// The last identifier of a name that stands at `span`.
fn last_part(span: Span, text: &str) -> Span {
    let last = parts(span.slice(text)).last().copied();
    last.map_or(span, |last| Span { start: span.start + last.start, end: span.start + last.end })
}

fn edited(text: &str, edits: &[Edit]) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for edit in edits {
        out.push_str(Span { start: at, end: edit.span.start }.slice(text));
        out.push_str(&edit.replacement);
        at = edit.span.end;
    }
    out.push_str(text.get(at as usize..).unwrap_or_default());
    out
}

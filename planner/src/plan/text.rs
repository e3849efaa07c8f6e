//! The user's statements with the names that a deployment gives them. Nothing else in them is touched.

use super::draft::Draft;
use crate::ddl;
use crate::graph::Node;
use crate::name::{Ident, SchemaName};
use crate::project::{Infrastructure, Modifier, Object, StatementText};
use crate::resolve::Target;
use crate::source::{ResolvedText, Span};
use crate::syntax::rewrite::{
    Insertion, NewName, production as production_name, rewrite, rewrite_and_insert,
};

/// A statement with full production names.
pub(super) fn production(text: &ResolvedText, statement: &StatementText) -> String {
    rewrite(text.as_str(), statement.span, &statement.occurrences, &production_name)
}

/// The names of a staged statement of one object.
struct Staged<'d, 'a> {
    draft: &'d Draft<'a>,
    node: Node,
    object: &'a Object,
    /// Indexes get staged names.
    renames_indexes: bool,
    /// The statement is on the object as production has it.
    on_production: bool,
}

impl Staged<'_, '_> {
    fn name(&self, target: &Target) -> Option<NewName> {
        let draft = self.draft;
        match target {
            Target::Own(name) if self.on_production => Some(NewName::Object(name.clone())),
            Target::Own(_) => Some(NewName::Printed(draft.printed_name(self.node, self.object))),
            Target::Relation { name, .. } | Target::Object(name) | Target::Type(name) => {
                let staged = draft.reference(self.node, self.object, name);
                staged.map(NewName::Printed).or_else(|| production_name(target))
            }
            Target::IndexName(name) if self.renames_indexes => {
                Some(NewName::Ident(draft.naming.staged(name)))
            }
            Target::Cluster(name) => Some(NewName::Ident(draft.cluster(name))),
            Target::IndexName(_) | Target::Schema(_) | Target::Database(_) | Target::Qualifier { .. } => {
                production_name(target)
            }
        }
    }

    fn rewrite(&self, span: Span, statement: &StatementText) -> String {
        let text = self.object.text.as_str();
        rewrite(text, span, &statement.occurrences, &|target| self.name(target))
    }
}

/// A statement of an object that is built: under its staged name, on the staged cluster, reading what is staged.
pub(super) fn staged(draft: &Draft<'_>, node: Node, object: &Object, statement: &StatementText) -> String {
    let renames_indexes = draft.strategy(node) == Some(super::Strategy::Rename);
    Staged { draft, node, object, renames_indexes, on_production: false }.rewrite(statement.span, statement)
}

/// An index on an existing relation, under a staged name, on the staged cluster if that is swapped.
pub(super) fn staged_index(
    draft: &Draft<'_>,
    node: Node,
    object: &Object,
    statement: &StatementText,
) -> String {
    Staged { draft, node, object, renames_indexes: true, on_production: true }
        .rewrite(statement.span, statement)
}

/// A materialized view as a replacement of the one in production.
pub(super) fn replacement(draft: &Draft<'_>, node: Node, object: &Object) -> String {
    let staged = Staged { draft, node, object, renames_indexes: false, on_production: false };
    let statement = &object.statement;
    let Some((keyword, header_end)) = object.replacement_positions else {
        return staged.rewrite(statement.span, statement);
    };
    let target = ddl::for_target(&object.name);
    let insertions =
        [Insertion { at: keyword, text: ddl::REPLACEMENT }, Insertion { at: header_end, text: &target }];
    let text = object.text.as_str();
    let name = |target: &Target| staged.name(target);
    rewrite_and_insert(text, statement.span, &statement.occurrences, &name, &insertions)
}

/// A statement of a modifier, with a schema's staged name in the place of its own.
pub(super) fn modifier(modifier: &Modifier, statement: &StatementText, on: Option<&SchemaName>) -> String {
    rewrite(modifier.text.as_str(), statement.span, &statement.occurrences, &|target| match (target, on) {
        (Target::Schema(name), Some(on))
            if name.database.as_ref() == Some(&modifier.database)
                && Some(&name.schema) == modifier.schema.as_ref() =>
        {
            Some(NewName::Schema(on.clone()))
        }
        _ => production_name(target),
    })
}

/// A statement of a cluster's file, for its copy.
pub(super) fn cluster_file(file: &Infrastructure, statement: &StatementText, copy: &Ident) -> String {
    rewrite(file.text.as_str(), statement.span, &statement.occurrences, &|target| match target {
        Target::Cluster(name) if name == &file.name => Some(NewName::Ident(copy.clone())),
        _ => production_name(target),
    })
}

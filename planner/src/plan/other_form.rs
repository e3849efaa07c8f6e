//! Snapshots of other versions, whose fingerprints are of another canonical form.
//!
//! Such a fingerprint can't be compared with one of ours, and must not count as a change by its tag alone. The deployed
//! text can: where it has the tokens of what the project says now, nothing changed.

use std::borrow::Cow;

use super::text;
use crate::fingerprint::{Fingerprint, of_full_text};
use crate::input::{Deployed, DeployedCompanion, DeployedObject};
use crate::project::{Modifier, Object, Project, StatementText};
use crate::source::ResolvedText;

/// The snapshot with our fingerprint for everything that has another form's and the same text as in the project.
pub(super) fn recognised<'a>(project: &Project, deployed: &'a Deployed) -> Cow<'a, Deployed> {
    if is_of_this_form(deployed) {
        return Cow::Borrowed(deployed);
    }
    let mut deployed = deployed.clone();
    for old in &mut deployed.objects {
        if let Some(object) = project.position(&old.name).and_then(|at| project.objects.get(at)) {
            recognise_object(old, object);
        }
    }
    let modifiers: Vec<&Modifier> =
        project.databases.values().chain(project.schemas.values()).flatten().map(AsRef::as_ref).collect();
    for old in &mut deployed.modifiers {
        let same_scope = |m: &&&Modifier| m.database == old.database && m.schema == old.schema;
        let modifier = modifiers.iter().find(same_scope);
        let statements =
            modifier.into_iter().flat_map(|m| m.statements.iter().map(|s| (&*m.text, &s.statement)));
        recognise(&mut old.fingerprint, &old.sql, statements);
    }
    Cow::Owned(deployed)
}

/// True if every fingerprint of a snapshot is of our canonical form.
pub(super) fn is_of_this_form(deployed: &Deployed) -> bool {
    let objects = deployed.objects.iter();
    let mut all = objects
        .flat_map(|o| std::iter::once(&o.fingerprint).chain(o.companions.iter().map(|c| &c.fingerprint)))
        .chain(deployed.modifiers.iter().map(|m| &m.fingerprint));
    all.all(Fingerprint::is_of_this_form)
}

fn recognise_object(old: &mut DeployedObject, object: &Object) {
    let text: &ResolvedText = &object.text;
    if let Some(sql) = &old.sql {
        recognise(&mut old.fingerprint, sql, std::iter::once((text, &object.statement)));
    }
    for DeployedCompanion { fingerprint, sql, .. } in &mut old.companions {
        let indexes = object.indexes.iter().map(|index| &index.statement);
        let companions = object.companions.iter().map(|companion| &companion.statement);
        recognise(fingerprint, sql, indexes.chain(companions).map(|statement| (text, statement)));
    }
    old.companions.sort();
}

/// Gives a deployed statement the fingerprint of the one with the same tokens.
fn recognise<'s>(
    fingerprint: &mut Fingerprint,
    sql: &str,
    mut statements: impl Iterator<Item = (&'s ResolvedText, &'s StatementText)>,
) {
    if fingerprint.is_of_this_form() {
        return;
    }
    let deployed = of_full_text(sql);
    let same =
        statements.find(|(text, statement)| of_full_text(&text::production(text, statement)) == deployed);
    if let Some((_, statement)) = same {
        *fingerprint = statement.fingerprint.clone();
    }
}

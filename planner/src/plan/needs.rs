//! What a plan needs and doesn't make: tables, sources, objects of others, clusters and roles.
//!
//! Something is named only where nothing says that it is there: the live catalog, or a statement that was deployed and
//! mentions it.

use std::collections::BTreeSet;

use smol_str::ToSmolStr;

use super::draft::Draft;
use super::model::Need;
use super::operation::{ObjectOperation, Operation, Outline};
use super::removed::full_names;
use crate::changeset::Definition;
use crate::graph::Node;
use crate::input::Deployed;
use crate::name::{Ident, ObjectName};
use crate::project::{CompanionKind, InfrastructureKind, Object, PROJECT_FILE, StatementText};
use crate::source::{FilePath, ResolvedText};
use crate::syntax::{self, ast::Body};

/// What the operations mention, less what is known to be there.
pub(super) fn list(draft: &Draft<'_>, outlines: &[Outline<'_>], deployed: Option<&Deployed>) -> Vec<Need> {
    let mut mentioned = Mentioned::default();
    for operation in outlines.iter().flat_map(|outline| &outline.operations) {
        mentioned.add(draft, operation);
    }
    mentioned.forget_live(draft);
    if let Some(deployed) = deployed {
        mentioned.forget_deployed(draft, deployed);
    }
    mentioned.needs(draft)
}

#[derive(Default)]
struct Mentioned<'a> {
    objects: BTreeSet<&'a ObjectName>,
    clusters: BTreeSet<&'a Ident>,
    roles: BTreeSet<Ident>,
}

impl<'a> Mentioned<'a> {
    fn add(&mut self, draft: &Draft<'a>, operation: &Operation<'a>) {
        match operation {
            Operation::On(node, object, what) => self.add_object(draft, *node, object, what),
            Operation::RunModifier { modifier, statement, .. } => {
                self.add_roles(&modifier.text, &statement.statement);
            }
            Operation::ClusterFile { file, statement, creates } => {
                if *creates {
                    self.clusters.insert(&file.name);
                }
                self.add_roles(&file.text, statement);
            }
            Operation::CloneCluster { name, .. } => {
                self.clusters.insert(name);
            }
            _ => {}
        }
    }

    fn add_object(&mut self, draft: &Draft<'a>, node: Node, object: &'a Object, what: &ObjectOperation<'a>) {
        match what {
            ObjectOperation::Create | ObjectOperation::CreateReplacement | ObjectOperation::CreateSink => {
                self.clusters.extend(&object.cluster);
                for (position, dependency) in object.dependencies.iter().enumerate() {
                    let needed = draft.facts.graph.dependency(node, position);
                    let needed = needed.and_then(|node| draft.facts.object(node));
                    let is_deployed = needed.is_some_and(|object| object.kind.is_computation());
                    if !is_deployed && !dependency.name.schema.is_system() {
                        self.objects.insert(&dependency.name);
                    }
                }
            }
            ObjectOperation::Index(index) => {
                self.clusters.insert(&index.cluster);
            }
            ObjectOperation::StageIndex(index) => {
                self.clusters.insert(&index.definition.cluster);
            }
            ObjectOperation::Companion(companion) | ObjectOperation::AlterCompanion(companion)
                if companion.kind == CompanionKind::Grant =>
            {
                self.add_roles(&object.text, &companion.statement);
            }
            _ => {}
        }
    }

    fn add_roles(&mut self, text: &ResolvedText, statement: &StatementText) {
        self.roles.extend(roles(statement.span.slice(text.as_str())));
    }

    fn forget_live(&mut self, draft: &Draft<'_>) {
        let Some(live) = draft.live else { return };
        self.objects.retain(|name| live.object(name).is_none());
        self.clusters.retain(|name| live.cluster(name).is_none());
        if !self.roles.is_empty() {
            let known = live.roles();
            self.roles.retain(|role| !known.contains(role));
        }
    }

    /// What was mentioned at the last deployment was there.
    fn forget_deployed(&mut self, draft: &Draft<'_>, deployed: &Deployed) {
        for (node, object) in (0..).zip(&draft.facts.project.objects) {
            if self.objects.is_empty() {
                break;
            }
            let Some(old) = draft.facts.old(node) else { continue };
            if draft.facts.own(node).is_some_and(|own| own.definition == Definition::Same) {
                for dependency in &object.dependencies {
                    self.objects.remove(&dependency.name);
                }
            } else {
                let names = full_names(old.sql.as_deref().unwrap_or_default());
                self.objects.retain(|name| !names.contains(name));
            }
        }
        for object in &deployed.objects {
            let indexes = object.companions.iter().filter_map(|c| c.cluster.as_ref());
            for cluster in object.cluster.iter().chain(indexes) {
                self.clusters.remove(cluster);
            }
        }
        let grants = deployed.objects.iter().flat_map(|o| &o.companions);
        let grants = grants.filter(|c| c.kind == CompanionKind::Grant).map(|c| &c.sql);
        for sql in grants.chain(deployed.modifiers.iter().map(|m| &m.sql)) {
            // Parsing is for texts in which a role can be found.
            if self.roles.iter().any(|role| sql.contains(role.as_str())) {
                for role in roles(sql) {
                    self.roles.remove(&role);
                }
            }
        }
    }

    fn needs(self, draft: &Draft<'_>) -> Vec<Need> {
        let project = draft.facts.project;
        let declared = |is_declared: bool| is_declared.then(|| FilePath::new_static(PROJECT_FILE));
        let objects = self.objects.into_iter().map(|name| {
            let own = project.position(name).and_then(|at| project.objects.get(at));
            let path = own.map(|object| object.path.clone());
            Need {
                kind: own.map_or("object", |object| object.kind.noun()).into(),
                name: name.to_smolstr(),
                path: path.or_else(|| declared(project.settings.dependencies.contains_key(name))),
            }
        });
        let defined = |kind: InfrastructureKind, name: &Ident| {
            let file = project.infrastructure.iter().find(|i| i.kind == kind && &i.name == name);
            file.map(|file| file.path.clone())
        };
        let clusters = self.clusters.into_iter().map(|name| Need {
            kind: "cluster".into(),
            name: name.to_smolstr(),
            path: defined(InfrastructureKind::Cluster, name)
                .or_else(|| declared(project.settings.shared_clusters.contains_key(name))),
        });
        let roles = self.roles.iter().map(|name| Need {
            kind: "role".into(),
            name: name.to_smolstr(),
            path: defined(InfrastructureKind::Role, name),
        });
        let mut needs: Vec<Need> = objects.chain(clusters).chain(roles).collect();
        needs.sort();
        needs
    }
}

/// The roles that a grant or default privileges name.
pub(super) fn roles(statement: &str) -> impl Iterator<Item = Ident> {
    let first = syntax::parse(statement).statements.into_iter().next();
    let named = match first.map(|statement| statement.body) {
        Some(Body::Grant(grant)) => grant.roles,
        Some(Body::AlterDefaultPrivileges(alter)) => {
            alter.creators.into_iter().flatten().chain(alter.roles).collect()
        }
        _ => Vec::new(),
    };
    named.into_iter().map(|role| role.value).filter(|role| role.as_str() != "public")
}

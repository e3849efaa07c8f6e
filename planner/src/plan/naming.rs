//! The names of what is staged, and whether they can be had.
//!
//! | thing | while it is staged | what it replaces, after promotion |
//! |---|---|---|
//! | schema `s` | `s_<id>` | `s_<id>` |
//! | cluster `c` | `c_<id>` | `c_<id>` |
//! | object or index `o` in its own schema | `o__<id>` | `o__<id>_old` |

use std::collections::BTreeSet;

use smol_str::{SmolStr, format_smolstr};

use super::draft::Draft;
use super::observed::Observed;
use super::retirement::Retired;
use crate::diagnostic::{Code, Diagnostic};
use crate::graph::Node;
use crate::name::{Ident, NameTooLong, ObjectName, SchemaName};
use crate::project::Object;
use crate::source::Location;

/// The longest deploy id. It leaves room for names of more than a hundred bytes.
const MAX_DEPLOY_ID: usize = 64;

/// True if a text can name a deployment: a plain word, which is safe in a name and in a text.
pub fn is_deploy_id(text: &str) -> bool {
    let is_sound = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    !text.is_empty() && text.len() <= MAX_DEPLOY_ID && text.bytes().all(is_sound)
}

/// Builds the names of one deployment.
#[derive(Clone, Debug)]
pub(super) struct Naming {
    /// Of schemas and clusters.
    beside: SmolStr,
    /// Of objects and indexes.
    staged: SmolStr,
    /// Of objects and indexes that were replaced.
    retired: SmolStr,
}

impl Naming {
    /// Checks the deploy id.
    pub(super) fn new(deploy_id: &str) -> Result<Self, Vec<Diagnostic>> {
        if !is_deploy_id(deploy_id) {
            let message = if deploy_id.is_empty() {
                SmolStr::new_static("the deploy id (`--deploy-id`) is empty")
            } else {
                format_smolstr!("`{deploy_id}` can't be a deploy id (`--deploy-id`)")
            };
            let problem = Diagnostic::error(Code::InvalidDeployId, Location::nowhere(), message);
            return Err(vec![problem.help("use 1 to 64 letters, digits, `_` and `-`")]);
        }
        Ok(Self {
            beside: format_smolstr!("_{deploy_id}"),
            staged: format_smolstr!("__{deploy_id}"),
            retired: format_smolstr!("__{deploy_id}_old"),
        })
    }

    pub(super) fn schema(&self, schema: &SchemaName) -> SchemaName {
        SchemaName { database: schema.database.clone(), schema: self.cluster(&schema.schema) }
    }

    pub(super) fn cluster(&self, cluster: &Ident) -> Ident {
        checked(cluster, &self.beside)
    }

    pub(super) fn staged(&self, name: &Ident) -> Ident {
        checked(name, &self.staged)
    }

    pub(super) fn retired(&self, name: &Ident) -> Ident {
        checked(name, &self.retired)
    }

    /// True if a name could be one of this deployment's.
    fn may_make(&self, name: &Ident) -> bool {
        name.as_str().ends_with(self.beside.as_str()) || name.as_str().ends_with(self.retired.as_str())
    }
}

/// Names that are too long were reported before any is used.
fn checked(name: &Ident, suffix: &str) -> Ident {
    name.suffixed(suffix).unwrap_or_else(|too_long: NameTooLong| Ident::new(too_long.name))
}

/// A name that the deployment needs, and what for.
struct Wanted {
    name: Ident,
    scope: Scope,
    /// The object or index that gets it.
    object: Option<Node>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    Cluster,
    Schema(Option<Ident>),
    Item(SchemaName),
}

impl Scope {
    fn noun(&self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Schema(_) => "schema",
            Self::Item(_) => "object",
        }
    }
}

/// Errors for names that are too long, and for those that something else has.
pub(super) fn check(draft: &Draft<'_>) -> Vec<Diagnostic> {
    let wanted = wanted(draft);
    let mut problems: Vec<Diagnostic> = wanted
        .iter()
        .filter(|w| !w.name.is_short_enough())
        .map(|w| {
            problem(draft, w, Code::NameTooLong, "is longer than the 255 bytes that the server allows")
                .help("choose a shorter deploy id, or a shorter name")
        })
        .collect();
    let taken = taken(draft);
    problems.extend(wanted.iter().filter(|w| taken.contains(&(w.scope.clone(), w.name.clone()))).map(|w| {
        problem(draft, w, Code::NameCollision, "would be staged, but something has that name")
            .help("choose another deploy id")
    }));
    problems
}

fn problem(draft: &Draft<'_>, wanted: &Wanted, code: Code, what: &str) -> Diagnostic {
    let object = wanted.object.and_then(|node| draft.facts.object(node));
    let location = match object {
        Some(object) => Location::new(object.path.clone(), object.text.to_original(object.name_span)),
        // The deploy id is what can be changed.
        None => Location::nowhere(),
    };
    Diagnostic::error(code, location, format_smolstr!("the {} `{}` {what}", wanted.scope.noun(), wanted.name))
}

fn wanted(draft: &Draft<'_>) -> Vec<Wanted> {
    let naming = &draft.naming;
    let schemas = draft.swapped_schemas().map(|schema| Wanted {
        name: naming.schema(schema.name).schema,
        scope: Scope::Schema(schema.name.database.clone()),
        object: None,
    });
    let clusters = draft.swapped_clusters().map(|cluster| Wanted {
        name: naming.cluster(cluster),
        scope: Scope::Cluster,
        object: None,
    });
    let mut all: Vec<Wanted> = schemas.chain(clusters).collect();
    let mut item = |node: Node, object: &Object, name: &Ident, retires: bool| {
        let scope = Scope::Item(object.name.schema.clone());
        all.push(Wanted { name: naming.staged(name), scope: scope.clone(), object: Some(node) });
        if retires {
            all.push(Wanted { name: naming.retired(name), scope, object: Some(node) });
        }
    };
    for (node, object) in draft.renamed() {
        item(node, object, &object.name.name, draft.facts.old(node).is_some());
        for index in object.indexes.iter().filter_map(|i| i.name.as_ref()) {
            item(node, object, index, false);
        }
    }
    for (node, object) in draft.replaced() {
        item(node, object, &object.name.name, false);
    }
    for staged in draft.staged_indexes() {
        if let Some(name) = staged.name() {
            item(staged.node, staged.object, name, false);
        }
    }
    all.extend(draft.retirements.iter().map(|retired| {
        let (name, (node, by)) = match retired {
            Retired::Index { name, by } => (name, by),
            Retired::Removed { deployed, by } => (&deployed.name.name, by),
        };
        let scope = Scope::Item(by.name.schema.clone());
        Wanted { name: naming.retired(name), scope, object: Some(node) }
    }));
    all
}

/// The names of the project and the environment that end like one of ours.
fn taken(draft: &Draft<'_>) -> BTreeSet<(Scope, Ident)> {
    let is_near = |name: &Ident| draft.naming.may_make(name);
    let mut taken = BTreeSet::new();
    let mut item = |name: &ObjectName| {
        if is_near(&name.name) {
            taken.insert((Scope::Item(name.schema.clone()), name.name.clone()));
        }
    };
    for object in &draft.facts.project.objects {
        item(&object.name);
        for index in object.indexes.iter().filter_map(|i| i.name.as_ref()).filter(|i| is_near(i)) {
            item(&object.name.schema.object(index.clone()));
        }
    }
    draft.facts.removed.iter().for_each(|d| item(&d.name));
    if let Some(live) = draft.live {
        live.objects().for_each(|o| item(&o.name));
    }
    let project_schemas = draft.facts.project.schemas.keys();
    let live_schemas = draft.live.into_iter().flat_map(Observed::schemas).map(|s| &s.name);
    for schema in project_schemas.chain(live_schemas).filter(|s| is_near(&s.schema)) {
        taken.insert((Scope::Schema(schema.database.clone()), schema.schema.clone()));
    }
    let declared = draft.facts.project.infrastructure.iter().map(|i| &i.name);
    let shared = draft.facts.project.settings.shared_clusters.keys();
    let live_clusters = draft.live.into_iter().flat_map(Observed::clusters).map(|c| &c.name);
    let clusters = draft.facts.clusters.iter().copied().chain(declared).chain(shared).chain(live_clusters);
    taken.extend(clusters.filter(|c| is_near(c)).map(|c| (Scope::Cluster, c.clone())));
    taken
}

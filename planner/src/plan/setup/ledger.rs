//! The ledger as the catalog shows it: which version, what of it is missing, which generation production has.

use std::collections::BTreeMap;
use std::fmt;

use smol_str::{SmolStr, ToSmolStr, format_smolstr};

use super::shape::{
    DATABASE, LEDGER_VERSION, ROLES, SERVER_CLUSTER, TABLES, VIEWS, View, index_name, tables_schema,
    views_schema,
};
use crate::input::{Live, LiveObject};
use crate::name::{Ident, ObjectName, SchemaName};

/// Something that the ledger should have and hasn't.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LedgerGap {
    /// `database`, `schema`, `table`, `view`, `index`, `role` or `version`.
    pub kind: &'static str,
    /// The name, printed; of a version, its number.
    pub name: SmolStr,
}

impl fmt::Display for LedgerGap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.kind, self.name)
    }
}

/// What the ledger lacks, in the order in which `setup` makes it; nothing if it is complete.
///
/// The cluster of the indexes isn't among it: there are no indexes without it.
pub fn ledger_gaps(live: &Live) -> Vec<LedgerGap> {
    let ledger = Ledger::new(live);
    let mut gaps = Vec::new();
    let mut gap = |kind, name: SmolStr| gaps.push(LedgerGap { kind, name });
    if !live.databases.iter().any(|d| d.name.as_str() == DATABASE) {
        gap("database", DATABASE.into());
    }
    for schema in [tables_schema(), views_schema()] {
        if !live.schemas.iter().any(|s| s.name == schema) {
            gap("schema", schema.to_smolstr());
        }
    }
    if ledger.generation().is_none() {
        gap("schema", generation(0).to_smolstr());
    }
    let tables = TABLES.iter().map(|table| ("table", table.name(), table.index));
    let views = VIEWS.iter().map(|view| ("view", view.name(), view.index));
    for (kind, name, keys) in tables.chain(views) {
        if ledger.lacks(&name) {
            gap(kind, name.to_smolstr());
        }
        let index = name.schema.object(index_name(name.name.as_str(), keys));
        if !keys.is_empty() && ledger.lacks(&index) {
            gap("index", index.to_smolstr());
        }
    }
    for role in ROLES.map(Ident::new).iter().filter(|role| ledger.lacks_role(role)) {
        gap("role", role.to_smolstr());
    }
    if ledger.version.is_none_or(|version| version < LEDGER_VERSION) {
        gap("version", LEDGER_VERSION.to_smolstr());
    }
    gaps
}

/// The version of the ledger: that of the comment on its schema of tables. Without a comment it is the original tool's, or
/// one that was left half made, and has version 1; without that schema there is none.
pub fn ledger_version(live: &Live) -> Option<u32> {
    let schema = live.schemas.iter().find(|s| s.name == tables_schema())?;
    let version = schema.comment.as_ref().and_then(|comment| comment.strip_prefix(MARK)?.parse().ok());
    Some(version.unwrap_or(1))
}

/// The cluster that the ledger's indexes run on, or that is there for them; none before the setup.
pub fn server_cluster(live: &Live) -> Option<&Ident> {
    let schemas = [tables_schema(), views_schema()];
    let mut indexes = live.objects.iter().filter(|o| o.kind == "index" && schemas.contains(&o.name.schema));
    let used = indexes.find_map(|index| index.cluster.as_ref());
    used.or_else(|| live.clusters.iter().map(|c| &c.name).find(|name| name.as_str() == SERVER_CLUSTER))
}

/// How a comment begins that tells the version of a thing.
const MARK: &str = "mz-deploy ledger ";

/// The comment on a thing of this version.
pub(super) fn mark(version: u32) -> SmolStr {
    format_smolstr!("{MARK}{version}")
}

const GENERATION: &str = "generation_";

/// The schema whose name counts the promotions.
pub(super) fn generation(number: u64) -> SchemaName {
    SchemaName::new(DATABASE.into(), Ident::new(format_smolstr!("{GENERATION}{number}")))
}

/// The catalog, ready to be asked for the ledger's things.
pub(super) struct Ledger<'a> {
    pub(super) live: &'a Live,
    pub(super) version: Option<u32>,
    objects: BTreeMap<&'a ObjectName, &'a LiveObject>,
}

impl<'a> Ledger<'a> {
    pub(super) fn new(live: &'a Live) -> Self {
        let is_ours = |o: &&LiveObject| {
            o.name.schema.database.as_ref().is_some_and(|database| database.as_str() == DATABASE)
        };
        let objects = live.objects.iter().filter(is_ours).map(|o| (&o.name, o)).collect();
        Self { live, version: ledger_version(live), objects }
    }

    pub(super) fn object(&self, name: &ObjectName) -> Option<&'a LiveObject> {
        self.objects.get(name).copied()
    }

    pub(super) fn lacks(&self, name: &ObjectName) -> bool {
        !self.objects.contains_key(name)
    }

    pub(super) fn lacks_role(&self, role: &Ident) -> bool {
        !self.live.roles.iter().any(|r| &r.name == role)
    }

    /// Where the indexes run.
    pub(super) fn cluster(&self) -> Option<&'a Ident> {
        server_cluster(self.live)
    }

    /// The highest generation. There is one, unless somebody made another by hand.
    pub(super) fn generation(&self) -> Option<u64> {
        let schemas = self.live.schemas.iter().map(|s| &s.name);
        let ours = schemas.filter(|s| s.database.as_ref().is_some_and(|d| d.as_str() == DATABASE));
        ours.filter_map(|s| s.schema.as_str().strip_prefix(GENERATION)?.parse().ok()).max()
    }

    /// The view of version 1 that has the name of this one.
    pub(super) fn outdated(&self, view: &View) -> Option<&'a LiveObject> {
        let found = self.object(&view.name()).filter(|_| view.replaces_another)?;
        let is_marked = found.comments.iter().any(|c| c.column.is_none() && c.text == mark(view.since));
        (!is_marked).then_some(found)
    }
}

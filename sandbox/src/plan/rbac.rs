//! Who may run a statement: what it requires, and the server's errors for what is missing.
//!
//! Names are resolved first, so that a missing object is reported before a missing privilege. Then memberships are
//! checked, then ownership, then privileges.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, ItemId, ItemKind, ObjectId, Op, Privilege, RoleId, SchemaId};
use crate::error::{SqlError, SqlState};
use crate::sql::ast::ObjectKind;

/// What a statement requires of the role that runs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requirements {
    /// Roles that it must be, or be a member of.
    pub membership: Vec<RoleId>,
    /// Objects that it must own; all that it doesn't are named.
    pub ownership: Vec<ObjectId>,
    /// Privileges, in the order in which they are checked; on the system for `None`.
    pub privileges: Vec<(Option<ObjectId>, Privilege)>,
    /// Relations that it must be able to read, through the views over them.
    pub reads: Vec<ItemId>,
    /// Something that superusers alone may do, in words: `GRANT/REVOKE SYSTEM PRIVILEGES`.
    pub superuser: Option<&'static str>,
}

impl Requirements {
    /// One privilege.
    pub fn privilege(object: Option<ObjectId>, privilege: Privilege) -> Self {
        Self { privileges: vec![(object, privilege)], ..Self::default() }
    }

    /// Ownership of one object.
    pub fn owner(object: ObjectId) -> Self {
        Self { ownership: vec![object], ..Self::default() }
    }

    /// The right to read relations.
    pub fn reads(relations: impl IntoIterator<Item = ItemId>) -> Self {
        Self { reads: relations.into_iter().collect(), ..Self::default() }
    }

    /// Something for superusers.
    pub fn superuser(action: &'static str) -> Self {
        Self { superuser: Some(action), ..Self::default() }
    }

    /// Adds a privilege.
    #[must_use]
    pub fn and(mut self, object: Option<ObjectId>, privilege: Privilege) -> Self {
        self.privileges.push((object, privilege));
        self
    }

    /// What operations that make or replace items require.
    pub fn of_ops(catalog: &Catalog, ops: &[Op]) -> Self {
        let mut required = Self::default();
        for op in ops {
            match op {
                Op::CreateItem { schema, uses, kind, .. } => {
                    required.of_new_item(catalog, *schema, uses, kind);
                }
                Op::Drop { objects } => required.ownership.extend(objects.iter().filter(|object| {
                    !matches!(object, ObjectId::Item(id)
                        if catalog.item(*id).is_some_and(|item| matches!(item.kind, ItemKind::Index(_))))
                })),
                Op::ReplaceItem { id, .. } | Op::AlterSecret { id } => {
                    required.ownership.push(ObjectId::Item(*id));
                }
                Op::ApplyReplacement { target, replacement } => {
                    required.ownership.extend([ObjectId::Item(*target), ObjectId::Item(*replacement)]);
                }
                _ => {}
            }
        }
        required
    }

    fn of_new_item(
        &mut self,
        catalog: &Catalog,
        schema: Option<SchemaId>,
        uses: &BTreeSet<ItemId>,
        kind: &ItemKind,
    ) {
        if let ItemKind::Index(index) = kind {
            self.ownership.push(ObjectId::Item(index.on));
        }
        self.privileges.extend(schema.map(|schema| (Some(ObjectId::Schema(schema)), Privilege::Create)));
        if let Some(cluster) = kind.cluster() {
            self.privileges.push((Some(ObjectId::Cluster(cluster)), Privilege::Create));
        }
        for id in uses {
            let Some(used) = catalog.item(*id) else { continue };
            match used.kind {
                ItemKind::Secret | ItemKind::Connection(_) | ItemKind::Type(_) => {
                    let schema = used.schema.map(ObjectId::Schema);
                    self.privileges.extend(schema.map(|schema| (Some(schema), Privilege::Usage)));
                    self.privileges.push((Some(ObjectId::Item(*id)), Privilege::Usage));
                }
                ItemKind::Source(_) if matches!(kind, ItemKind::Table(_)) => self.reads.push(*id),
                _ if matches!(kind, ItemKind::Sink(_)) => self.reads.push(*id),
                _ => {}
            }
        }
    }

    /// Checks a role.
    pub fn check(&self, catalog: &Catalog, role: RoleId) -> Result<(), SqlError> {
        if let Some(action) = self.superuser
            && !catalog.is_superuser(role)
        {
            return Err(denied(&format!("to {action}"), format!("You must be a superuser to {action}")));
        }
        if let Some(of) = self.membership.iter().find(|of| !catalog.is_member(role, **of)) {
            let name = catalog.role(*of).map_or_else(|| of.to_string(), |role| role.name.as_str().to_owned());
            return Err(SqlError::new(
                SqlState::INSUFFICIENT_PRIVILEGE,
                format!("must be a member of \"{name}\""),
            ));
        }
        let foreign: Vec<String> = self
            .ownership
            .iter()
            .filter(|object| !catalog.is_owner(role, **object))
            .map(|object| describe(catalog, *object))
            .collect();
        if !foreign.is_empty() {
            return Err(SqlError::new(
                SqlState::INSUFFICIENT_PRIVILEGE,
                format!("must be owner of {}", foreign.join(", ")),
            ));
        }
        for (object, privilege) in &self.privileges {
            require(catalog, role, *object, *privilege)?;
        }
        let mut seen = BTreeSet::new();
        for relation in &self.reads {
            require_read(catalog, role, *relation, &mut seen)?;
        }
        Ok(())
    }
}

fn require(
    catalog: &Catalog,
    role: RoleId,
    object: Option<ObjectId>,
    privilege: Privilege,
) -> Result<(), SqlError> {
    if catalog.has_privilege(role, object, privilege) {
        return Ok(());
    }
    let on = object.map_or_else(|| "SYSTEM".to_owned(), |object| describe_quoted(catalog, object));
    let name = catalog.role(role).map_or_else(|| role.to_string(), |role| role.name.as_str().to_owned());
    Err(denied(
        &format!("for {on}"),
        format!("The '{name}' role needs {} privileges on {on}", privilege.keyword()),
    ))
}

/// A relation is read with the reader's privileges; what a view reads, with those of the view's owner.
fn require_read(
    catalog: &Catalog,
    role: RoleId,
    relation: ItemId,
    seen: &mut BTreeSet<(RoleId, ItemId)>,
) -> Result<(), SqlError> {
    let mut open = vec![(role, relation)];
    while let Some((role, relation)) = open.pop() {
        let Some(item) = catalog.item(relation) else { continue };
        if !seen.insert((role, relation)) {
            continue;
        }
        if let Some(schema) = item.schema {
            require(catalog, role, Some(ObjectId::Schema(schema)), Privilege::Usage)?;
        }
        if item.schema.is_some() {
            require(catalog, role, Some(ObjectId::Item(relation)), Privilege::Select)?;
        }
        if matches!(item.kind, ItemKind::View(_) | ItemKind::MaterializedView(_)) {
            let inputs = item
                .uses
                .iter()
                .filter(|id| catalog.item(**id).is_some_and(|used| used.kind.columns().is_some()));
            open.extend(inputs.map(|id| (item.owner, *id)));
        }
    }
    Ok(())
}

fn denied(what: &str, detail: String) -> SqlError {
    SqlError::new(SqlState::INSUFFICIENT_PRIVILEGE, format!("permission denied {what}")).with_detail(detail)
}

/// The kind of an object.
pub(crate) fn kind(catalog: &Catalog, object: ObjectId) -> ObjectKind {
    match object {
        ObjectId::Item(id) => catalog.item(id).map_or(ObjectKind::View, |item| item.kind.object_kind()),
        ObjectId::Database(_) => ObjectKind::Database,
        ObjectId::Schema(_) => ObjectKind::Schema,
        ObjectId::Cluster(_) => ObjectKind::Cluster,
        ObjectId::Replica(..) => ObjectKind::ClusterReplica,
        ObjectId::Role(_) => ObjectKind::Role,
        ObjectId::NetworkPolicy(_) => ObjectKind::NetworkPolicy,
    }
}

/// The full name of an object, without quotes.
pub(crate) fn name(catalog: &Catalog, object: ObjectId) -> String {
    let found = match object {
        ObjectId::Item(id) => catalog.full_name(id).map(|name| name.to_string()),
        ObjectId::Database(id) => catalog.database(id).map(|database| database.name.as_str().to_owned()),
        ObjectId::Schema(id) => catalog.full_schema_name(id),
        ObjectId::Cluster(id) => catalog.cluster(id).map(|cluster| cluster.name.as_str().to_owned()),
        ObjectId::Replica(cluster, id) => {
            catalog.replica(cluster, id).map(|replica| replica.name.as_str().to_owned())
        }
        ObjectId::Role(id) => catalog.role(id).map(|role| role.name.as_str().to_owned()),
        ObjectId::NetworkPolicy(id) => {
            catalog.network_policy(id).map(|policy| policy.name.as_str().to_owned())
        }
    };
    found.unwrap_or_else(|| format!("{object:?}"))
}

/// `VIEW d.s.v`
pub(crate) fn describe(catalog: &Catalog, object: ObjectId) -> String {
    format!("{} {}", keyword(kind(catalog, object)), name(catalog, object))
}

/// `VIEW "d.s.v"`
pub(crate) fn describe_quoted(catalog: &Catalog, object: ObjectId) -> String {
    format!("{} {:?}", keyword(kind(catalog, object)), name(catalog, object))
}

/// The keyword of a kind: `MATERIALIZED VIEW`.
pub(crate) fn keyword(kind: ObjectKind) -> String {
    kind.words().to_uppercase()
}

//! Rows of the catalog to a [`Live`].

use std::collections::{BTreeMap, BTreeSet};

use mz_deploy_planner::input::{
    LIVE_FORMAT, Live, LiveCluster, LiveComment, LiveDatabase, LiveDefaultPrivilege, LiveGrant,
    LiveNetworkPolicy, LiveObject, LiveReplica, LiveRole, LiveSchema, LiveSession,
};
use mz_deploy_planner::name::{Ident, SchemaName};
use smol_str::SmolStr;

use super::acl;
use super::queries::LIMITS;
use crate::db::error::DbError;
use crate::db::rows::{Row, Rows};

/// The answers to the queries.
pub(super) struct Answers {
    pub(super) containers: Rows,
    pub(super) objects: Rows,
    pub(super) comments: Rows,
    pub(super) relations: Rows,
    pub(super) settings: Rows,
}

/// Names of roles by id.
struct Roles(BTreeMap<SmolStr, Ident>);

/// Puts the answers together; every list is sorted.
pub(super) fn live(answers: &Answers) -> Result<Live, DbError> {
    let roles = Roles::read(&answers.containers)?;
    let relations = Relations::read(&answers.relations)?;
    let mut live = Live { format: LIVE_FORMAT, ..Live::default() };
    for row in &answers.containers {
        container(&mut live, row, &roles, &relations)?;
    }
    let comments = comments(&answers.comments)?;
    for row in &answers.objects {
        live.objects.push(object(row, &roles, &relations, &comments)?);
    }
    for row in &relations.default_privileges {
        live.default_privileges.extend(default_privileges(row, &roles)?);
    }
    session(&mut live, answers, &roles, &relations)?;
    sort(&mut live);
    Ok(live)
}

fn sort(live: &mut Live) {
    live.databases.sort_by(|a, b| a.name.cmp(&b.name));
    live.schemas.sort_by(|a, b| a.name.cmp(&b.name));
    live.clusters.sort_by(|a, b| a.name.cmp(&b.name));
    live.objects.sort_by(|a, b| a.name.cmp(&b.name));
    live.roles.sort_by(|a, b| a.name.cmp(&b.name));
    live.network_policies.sort_by(|a, b| a.name.cmp(&b.name));
    live.default_privileges.sort();
    live.default_privileges.dedup();
}

impl Roles {
    fn read(containers: &Rows) -> Result<Self, DbError> {
        let mut roles = BTreeMap::new();
        for row in containers {
            if row.text("kind")? == "role" {
                roles.insert(SmolStr::new(row.text("id")?), Ident::new(row.text("name")?));
            }
        }
        Ok(Self(roles))
    }

    /// The role with an id. One that isn't there any more, or that nobody sees, is called by its id.
    fn name(&self, id: &str) -> Ident {
        self.0.get(id).cloned().unwrap_or_else(|| Ident::new(id))
    }

    /// What others than the owner may do. The server's own roles get theirs from the server.
    fn grants(&self, privileges: Option<&str>, owner: &str) -> Vec<LiveGrant> {
        let held = privileges.map(acl::held).unwrap_or_default();
        let of_others =
            held.into_iter().filter(|held| held.grantee != owner && !held.grantee.starts_with('s'));
        let mut grants: Vec<LiveGrant> =
            of_others.map(|held| self.grant(&held.grantee, held.privilege)).collect();
        grants.sort();
        grants
    }

    fn grant(&self, grantee: &str, privilege: &'static str) -> LiveGrant {
        let role = (grantee != acl::PUBLIC).then(|| self.name(grantee));
        LiveGrant { privilege: SmolStr::new_static(privilege), role }
    }
}

/// What belongs to what, by ids.
#[derive(Default)]
struct Relations<'a> {
    depends_on: BTreeMap<&'a str, Vec<SmolStr>>,
    member_of: BTreeMap<&'a str, Vec<&'a str>>,
    parameters: BTreeMap<&'a str, BTreeMap<SmolStr, SmolStr>>,
    replicas: BTreeMap<&'a str, Vec<LiveReplica>>,
    default_privileges: Vec<&'a Row>,
    system_privileges: Vec<acl::Held>,
    session: Option<&'a Row>,
}

impl<'a> Relations<'a> {
    fn read(rows: &'a Rows) -> Result<Self, DbError> {
        let mut relations = Self::default();
        for row in rows {
            match row.text("kind")? {
                "dependency" => {
                    relations.depends_on.entry(row.text("a")?).or_default().push(row.text("b")?.into());
                }
                "member" => relations.member_of.entry(row.text("a")?).or_default().push(row.text("b")?),
                "parameter" => {
                    let of_role = relations.parameters.entry(row.text("a")?).or_default();
                    of_role.insert(row.text("b")?.into(), row.text("c")?.into());
                }
                "replica" => {
                    let replica = LiveReplica {
                        name: Ident::new(row.text("b")?),
                        size: row.get("c").unwrap_or_default().into(),
                        availability_zone: row.get("d").map(SmolStr::new),
                    };
                    relations.replicas.entry(row.text("a")?).or_default().push(replica);
                }
                "default privilege" => relations.default_privileges.push(row),
                "system privilege" => relations.system_privileges.extend(acl::held(row.text("a")?)),
                _ => relations.session = Some(row),
            }
        }
        for ids in relations.depends_on.values_mut() {
            ids.sort();
            ids.dedup();
        }
        for replicas in relations.replicas.values_mut() {
            replicas.sort_by(|a, b| a.name.cmp(&b.name));
        }
        Ok(relations)
    }

    /// A role and all that it is a member of, directly or not.
    fn memberships(&self, role: &'a str) -> BTreeSet<&'a str> {
        let mut all = BTreeSet::new();
        let mut open = vec![role];
        while let Some(role) = open.pop() {
            if all.insert(role) {
                open.extend(self.member_of.get(role).into_iter().flatten());
            }
        }
        all
    }
}

fn container(live: &mut Live, row: &Row, roles: &Roles, relations: &Relations<'_>) -> Result<(), DbError> {
    let id: SmolStr = row.text("id")?.into();
    let name = Ident::new(row.text("name")?);
    let comment = row.get("comment").map(SmolStr::new);
    let held = || -> Result<(Ident, Vec<LiveGrant>), DbError> {
        let owner = row.text("owner")?;
        Ok((roles.name(owner), roles.grants(row.get("privileges"), owner)))
    };
    match row.text("kind")? {
        "database" => {
            let (owner, grants) = held()?;
            live.databases.push(LiveDatabase { id, name, owner, grants, comment });
        }
        "schema" => {
            let (owner, grants) = held()?;
            let name = SchemaName::new(Ident::new(row.text("database")?), name);
            live.schemas.push(LiveSchema { id, name, owner, grants, comment });
        }
        "cluster" => {
            let (owner, grants) = held()?;
            let replicas = (!row.is_true("managed")?)
                .then(|| relations.replicas.get(id.as_str()).cloned().unwrap_or_default());
            let options = SmolStr::default();
            live.clusters.push(LiveCluster { id, name, owner, options, replicas, grants, comment });
        }
        "role" => {
            let groups = relations.member_of.get(id.as_str()).into_iter().flatten();
            let mut member_of: Vec<Ident> = groups.map(|group| roles.name(group)).collect();
            member_of.sort();
            let parameters = relations.parameters.get(id.as_str()).cloned().unwrap_or_default();
            live.roles.push(LiveRole { id, name, member_of, parameters, comment });
        }
        _ => {
            let (owner, grants) = held()?;
            live.network_policies.push(LiveNetworkPolicy { id, name, owner, grants, comment });
        }
    }
    Ok(())
}

fn object(
    row: &Row,
    roles: &Roles,
    relations: &Relations<'_>,
    comments: &BTreeMap<&str, Vec<LiveComment>>,
) -> Result<LiveObject, DbError> {
    let (id, owner) = (row.text("id")?, row.text("owner")?);
    let schema = SchemaName::new(Ident::new(row.text("database")?), Ident::new(row.text("schema")?));
    Ok(LiveObject {
        id: id.into(),
        name: schema.object(Ident::new(row.text("name")?)),
        kind: row.text("type")?.into(),
        cluster: row.get("cluster").map(Ident::from),
        owner: roles.name(owner),
        depends_on: relations.depends_on.get(id).cloned().unwrap_or_default(),
        grants: roles.grants(row.get("privileges"), owner),
        comments: comments.get(id).cloned().unwrap_or_default(),
        replaces: row.get("replaces").map(SmolStr::new),
    })
}

/// Comments by the ids of their objects.
fn comments(rows: &Rows) -> Result<BTreeMap<&str, Vec<LiveComment>>, DbError> {
    let mut comments: BTreeMap<&str, Vec<LiveComment>> = BTreeMap::new();
    for row in rows {
        let column = row.get("column").map(Ident::from);
        if column.is_none() && row.get("position").is_some() {
            // On something that the catalog has no name for.
            continue;
        }
        let comment = LiveComment { column, text: row.text("comment")?.into() };
        comments.entry(row.text("id")?).or_default().push(comment);
    }
    for comments in comments.values_mut() {
        comments.sort();
    }
    Ok(comments)
}

/// One of them for each privilege that a row has.
fn default_privileges(
    row: &Row,
    roles: &Roles,
) -> Result<impl Iterator<Item = LiveDefaultPrivilege>, DbError> {
    let creator = row.text("a")?;
    let creator = (creator != acl::PUBLIC).then(|| roles.name(creator));
    let database = row.get("b").map(Ident::from);
    let (database, schema) = match (database, row.get("c")) {
        (Some(database), Some(schema)) => (None, Some(SchemaName::new(database, schema.into()))),
        (database, _) => (database, None),
    };
    let object_type: SmolStr = row.text("d")?.into();
    let grantee = row.text("e")?;
    let letters = acl::privileges(row.text("f")?);
    let grants: Vec<LiveGrant> =
        letters.into_iter().map(|privilege| roles.grant(grantee, privilege)).collect();
    // What the server gives its own roles isn't anybody's to change.
    let is_of_server = grantee.starts_with('s');
    Ok(grants.into_iter().filter(move |_| !is_of_server).map(move |grant| LiveDefaultPrivilege {
        creator: creator.clone(),
        database: database.clone(),
        schema: schema.clone(),
        object_type: object_type.clone(),
        grant,
    }))
}

/// Who looks, where, and what there may be.
fn session(
    live: &mut Live,
    answers: &Answers,
    roles: &Roles,
    relations: &Relations<'_>,
) -> Result<(), DbError> {
    let row =
        relations.session.ok_or_else(|| DbError::unexpected("the server doesn't say who is connected"))?;
    live.environment = row.text("c")?.into();
    live.version = row.text("d")?.into();
    let role = Ident::new(row.text("a")?);
    let mut checks_privileges = true;
    for row in &answers.settings {
        if row.get("enable_rbac_checks").is_some() {
            checks_privileges = row.is_true("enable_rbac_checks")?;
        }
        for name in LIMITS {
            // A limit that is no number is none.
            if let Some(Ok(limit)) = row.get(name).map(str::parse) {
                live.limits.insert(SmolStr::new_static(name), limit);
            }
        }
    }
    let id = roles.0.iter().find(|(_, name)| **name == role).map(|(id, _)| id.as_str());
    let own = id.map(|id| relations.memberships(id)).unwrap_or_default();
    let system = relations.system_privileges.iter();
    let held = system.filter(|held| held.grantee == acl::PUBLIC || own.contains(held.grantee.as_str()));
    let privileges: BTreeSet<&'static str> = held.map(|held| held.privilege).collect();
    live.session = Some(LiveSession {
        role,
        is_superuser: row.is_true("b")? || !checks_privileges,
        privileges: privileges.into_iter().map(SmolStr::new_static).collect(),
    });
    Ok(())
}

//! An environment as small as can be: a catalog, and what each statement of a plan does to it. It knows plain names
//! only, and refuses what a server would refuse.

use std::collections::{BTreeMap, BTreeSet};

use mz_deploy_planner::input::{
    Live, LiveCluster, LiveComment, LiveDatabase, LiveDefaultPrivilege, LiveGrant, LiveObject, LiveRole,
    LiveSchema, LiveSession,
};
use mz_deploy_planner::name::{Ident, ObjectName, SchemaName};

/// Whether a statement was done, and why not.
type Done = Result<(), String>;

/// A catalog that changes.
#[derive(Clone)]
pub(crate) struct Environment {
    pub(crate) live: Live,
    next_id: u64,
}

fn schema(name: &str) -> SchemaName {
    let (database, schema) = name.split_once('.').expect("a schema has a database");
    SchemaName::new(database.into(), schema.into())
}

fn object(name: &str) -> ObjectName {
    let parts: Vec<&str> = name.split('.').collect();
    let [database, schema, object] = parts[..] else { panic!("`{name}` is no full name") };
    ObjectName::new(database, schema, object)
}

/// Words of a statement; punctuation stands alone.
fn words(sql: &str) -> Vec<&str> {
    sql.split([' ', '\n', '(', ')', ',', ';']).filter(|word| !word.is_empty()).collect()
}

impl Environment {
    /// One that was set up, with a cluster `c`, one for sinks, and an empty database `app`.
    pub(crate) fn new() -> Self {
        let deployer = Ident::new("deployer");
        let privileges = vec!["CREATECLUSTER".into(), "CREATEDB".into()];
        let session = LiveSession { role: deployer.clone(), is_superuser: false, privileges };
        let role = |name: &str, member_of: &[&str]| LiveRole {
            id: name.into(),
            name: name.into(),
            member_of: member_of.iter().map(|role| (*role).into()).collect(),
            parameters: BTreeMap::default(),
            comment: None,
        };
        let roles = [
            role("colleague", &["materialize_deployer", "team"]),
            role("deployer", &["materialize_deployer"]),
            role("materialize_deployer", &[]),
            role("reader", &[]),
            role("team", &[]),
        ];
        let live = Live {
            format: 1,
            environment: "env".into(),
            version: "v1".into(),
            session: Some(session),
            roles: roles.into(),
            ..Live::default()
        };
        let mut environment = Self { live, next_id: 1 };
        for sql in [
            "CREATE DATABASE _mz_deploy",
            "CREATE SCHEMA _mz_deploy.generation_0",
            "CREATE DATABASE app",
            "CREATE CLUSTER c (SIZE = '1cc')",
            "CREATE CLUSTER sinks (SIZE = '1cc')",
        ] {
            environment.run(sql);
        }
        environment
    }

    /// Makes a role a member of another.
    pub(crate) fn add_member(&mut self, group: &str, member: &str) {
        let role = self.live.roles.iter_mut().find(|role| role.name.as_str() == member).expect("a role");
        role.member_of.push(group.into());
    }

    /// Runs a statement that succeeds.
    #[track_caller]
    pub(crate) fn run(&mut self, sql: &str) {
        self.execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    fn id(&mut self) -> String {
        let id = format!("u{}", self.next_id);
        self.next_id += 1;
        id
    }

    /// Runs a statement, or says why the server wouldn't.
    pub(crate) fn execute(&mut self, sql: &str) -> Done {
        let words = words(sql);
        let done = match words[..] {
            ["CREATE", "DATABASE", ref rest @ ..] => self.create_database(rest),
            ["CREATE", "SCHEMA", ref rest @ ..] => self.create_schema(rest),
            ["CREATE", "CLUSTER", name, ..] => self.create_cluster(name),
            ["CREATE", ref rest @ ..] => self.create_object(rest),
            ["ALTER", "SCHEMA", a, "SWAP", "WITH", b] => self.swap_schemas(a, b),
            ["ALTER", "SCHEMA", a, "RENAME", "TO", b] => self.rename_schema(a, b),
            ["ALTER", "CLUSTER", a, "SWAP", "WITH", b] => self.swap_clusters(a, b),
            ["ALTER", "SINK", sink, "SET", "FROM", relation] => self.set_from(sink, relation),
            ["ALTER", "MATERIALIZED", "VIEW", target, "APPLY", "REPLACEMENT", replacement] => {
                self.apply_replacement(target, replacement)
            }
            ["ALTER", "DEFAULT", "PRIVILEGES", ref rest @ ..] => self.default_privilege(rest),
            ["ALTER", .., kind, name, "OWNER", "TO", owner] => self.set_owner(kind, name, owner),
            ["ALTER", .., name, "RENAME", "TO", to] => self.rename(name, to),
            ["GRANT", privilege, "ON", ref rest @ .., "TO", role] => {
                let (kind, name) = granted_on(rest);
                self.grant(privilege, kind, name, role)
            }
            ["REVOKE", privilege, "ON", ref rest @ .., "FROM", role] => {
                let (kind, name) = granted_on(rest);
                self.revoke(privilege, kind, name, role)
            }
            ["COMMENT", "ON", ref rest @ ..] => self.comment(rest, sql),
            ["DROP", ref rest @ ..] => self.drop_any(rest),
            _ => Err("isn't known here".to_owned()),
        };
        self.sort();
        done
    }

    /// Runs all or none of some statements.
    pub(crate) fn transaction(&mut self, statements: &[&str]) -> Done {
        let mut copy = self.clone();
        for sql in statements {
            copy.execute(sql).map_err(|error| format!("{sql}: {error}"))?;
        }
        *self = copy;
        Ok(())
    }

    fn sort(&mut self) {
        let live = &mut self.live;
        live.databases.sort_by(|a, b| a.name.cmp(&b.name));
        live.schemas.sort_by(|a, b| a.name.cmp(&b.name));
        live.clusters.sort_by(|a, b| a.name.cmp(&b.name));
        live.objects.sort_by(|a, b| a.name.cmp(&b.name));
    }

    /// Whoever looks, and makes things, from now on.
    pub(crate) fn connect_as(&mut self, role: &str) {
        self.live.session.as_mut().expect("somebody looks").role = role.into();
    }

    fn owner(&self) -> Ident {
        self.live.session.as_ref().expect("somebody looks").role.clone()
    }

    fn create_database(&mut self, rest: &[&str]) -> Done {
        let (name, may_exist) = if_not_exists(rest);
        if self.live.databases.iter().any(|d| d.name.as_str() == name) {
            return if may_exist { Ok(()) } else { Err("exists".to_owned()) };
        }
        let (id, owner) = (self.id().into(), self.owner());
        self.live.databases.push(LiveDatabase {
            id,
            name: name.into(),
            owner,
            grants: vec![],
            comment: None,
        });
        self.create_schema(&[&format!("{name}.public")])
    }

    fn create_schema(&mut self, rest: &[&str]) -> Done {
        let (name, may_exist) = if_not_exists(rest);
        let name = schema(name);
        if self.live.schemas.iter().any(|s| s.name == name) {
            return if may_exist { Ok(()) } else { Err("exists".to_owned()) };
        }
        if !self.live.databases.iter().any(|d| Some(&d.name) == name.database.as_ref()) {
            return Err("no such database".to_owned());
        }
        let (id, owner) = (self.id().into(), self.owner());
        self.live.schemas.push(LiveSchema { id, name, owner, grants: vec![], comment: None });
        Ok(())
    }

    fn create_cluster(&mut self, name: &str) -> Done {
        if self.live.clusters.iter().any(|c| c.name.as_str() == name) {
            return Err("exists".to_owned());
        }
        let (id, owner) = (self.id().into(), self.owner());
        self.live.clusters.push(LiveCluster {
            id,
            name: name.into(),
            owner,
            options: "SIZE = '1cc'".into(),
            replicas: None,
            grants: vec![],
            comment: None,
        });
        Ok(())
    }

    /// What a statement mentions, it depends on.
    fn create_object(&mut self, rest: &[&str]) -> Done {
        let after =
            |word: &str| rest.iter().position(|w| *w == word).and_then(|at| rest.get(at + 1)).copied();
        let cluster = after("CLUSTER").map(Ident::from);
        let mentioned = self.live.objects.iter().filter(|o| rest.contains(&o.name.to_string().as_str()));
        let mut depends_on: Vec<_> = mentioned.map(|o| o.id.clone()).collect();
        depends_on.sort();
        let (kind, name) = match rest {
            ["VIEW", name, ..] => ("view", object(name)),
            ["MATERIALIZED", "VIEW", name, ..] | ["REPLACEMENT", "MATERIALIZED", "VIEW", name, ..] => {
                ("materialized-view", object(name))
            }
            ["TABLE", name, ..] => ("table", object(name)),
            ["CONNECTION", name, ..] => ("connection", object(name)),
            ["SINK", name, ..] => ("sink", object(name)),
            ["INDEX", "IN", ..] | ["DEFAULT", "INDEX", "IN", ..] => {
                let relation = object(after("ON").expect("an index is on something"));
                let name = format!("{}_idx{}", relation.name.as_str(), self.next_id);
                ("index", relation.schema.object(name.as_str().into()))
            }
            ["INDEX", name, ..] => {
                let relation = object(after("ON").expect("an index is on something"));
                ("index", relation.schema.object((*name).into()))
            }
            _ => return Err("isn't known here".to_owned()),
        };
        if self.live.objects.iter().any(|o| o.name == name) {
            return Err(format!("`{name}` exists"));
        }
        if !self.live.schemas.iter().any(|s| s.name == name.schema) {
            return Err(format!("no schema `{}`", name.schema));
        }
        if let Some(cluster) = &cluster
            && !self.live.clusters.iter().any(|c| &c.name == cluster)
        {
            return Err(format!("no cluster `{cluster}`"));
        }
        let replaces = if rest.first() == Some(&"REPLACEMENT") {
            let target = object(after("FOR").expect("a replacement has a target"));
            Some(self.found(&target)?.id.clone())
        } else {
            None
        };
        let (id, owner) = (self.id().into(), self.owner());
        let (kind, grants, comments) = (kind.into(), Vec::new(), Vec::new());
        let new = LiveObject { id, name, kind, cluster, owner, depends_on, grants, comments, replaces };
        self.live.objects.push(new);
        Ok(())
    }

    fn found(&self, name: &ObjectName) -> Result<&LiveObject, String> {
        self.live.objects.iter().find(|o| &o.name == name).ok_or_else(|| format!("no `{name}`"))
    }

    fn found_mut(&mut self, name: &str) -> Result<&mut LiveObject, String> {
        let wanted = object(name);
        self.live.objects.iter_mut().find(|o| o.name == wanted).ok_or_else(|| format!("no `{name}`"))
    }

    fn schema_mut(&mut self, name: &SchemaName) -> Result<&mut LiveSchema, String> {
        self.live.schemas.iter_mut().find(|s| &s.name == name).ok_or_else(|| format!("no schema `{name}`"))
    }

    fn cluster_mut(&mut self, name: &str) -> Result<&mut LiveCluster, String> {
        let all = &mut self.live.clusters;
        all.iter_mut().find(|c| c.name.as_str() == name).ok_or_else(|| format!("no cluster `{name}`"))
    }

    fn swap_schemas(&mut self, a: &str, b: &str) -> Done {
        let one = schema(a);
        let other = SchemaName { database: one.database.clone(), schema: b.into() };
        self.schema_mut(&one)?;
        self.schema_mut(&other)?;
        let swapped = |name: &mut SchemaName| {
            if *name == one {
                *name = other.clone();
            } else if *name == other {
                *name = one.clone();
            }
        };
        self.live.schemas.iter_mut().for_each(|s| swapped(&mut s.name));
        self.live.objects.iter_mut().for_each(|o| swapped(&mut o.name.schema));
        self.live.default_privileges.iter_mut().filter_map(|p| p.schema.as_mut()).for_each(swapped);
        Ok(())
    }

    fn rename_schema(&mut self, a: &str, b: &str) -> Done {
        let to = SchemaName { database: schema(a).database, schema: b.into() };
        if self.schema_mut(&to).is_ok() {
            return Err("exists".to_owned());
        }
        self.schema_mut(&schema(a))?.name = to;
        Ok(())
    }

    fn swap_clusters(&mut self, a: &str, b: &str) -> Done {
        self.cluster_mut(a)?;
        self.cluster_mut(b)?;
        let swapped = |name: &mut Ident| {
            if name.as_str() == a {
                *name = b.into();
            } else if name.as_str() == b {
                *name = a.into();
            }
        };
        self.live.clusters.iter_mut().for_each(|c| swapped(&mut c.name));
        self.live.objects.iter_mut().filter_map(|o| o.cluster.as_mut()).for_each(swapped);
        Ok(())
    }

    fn rename(&mut self, name: &str, to: &str) -> Done {
        let target = object(name).schema.object(to.into());
        if self.found(&target).is_ok() {
            return Err(format!("`{target}` exists"));
        }
        self.found_mut(name)?.name = target;
        Ok(())
    }

    fn set_from(&mut self, sink: &str, relation: &str) -> Done {
        let to = self.found(&object(relation))?.id.clone();
        let connections: BTreeSet<_> =
            self.live.objects.iter().filter(|o| o.kind == "connection").map(|o| o.id.clone()).collect();
        let sink = self.found_mut(sink)?;
        sink.depends_on.retain(|id| connections.contains(id));
        sink.depends_on.push(to);
        sink.depends_on.sort();
        Ok(())
    }

    /// The target takes the id over, and loses its comments.
    fn apply_replacement(&mut self, target: &str, replacement: &str) -> Done {
        let new = self.found(&object(replacement))?.clone();
        let old = self.found_mut(target)?;
        if new.replaces.as_ref() != Some(&old.id) {
            return Err("isn't its replacement".to_owned());
        }
        let was = std::mem::replace(&mut old.id, new.id.clone());
        old.depends_on = new.depends_on.into_iter().filter(|id| *id != was).collect();
        old.cluster = new.cluster;
        old.comments.clear();
        self.live.objects.retain(|o| o.name != new.name);
        for object in &mut self.live.objects {
            object.depends_on.iter_mut().filter(|id| **id == was).for_each(|id| *id = new.id.clone());
            object.depends_on.sort();
        }
        Ok(())
    }

    fn grants(&mut self, kind: &str, name: &str) -> Result<&mut Vec<LiveGrant>, String> {
        Ok(match kind {
            "SCHEMA" => &mut self.schema_mut(&schema(name))?.grants,
            "CLUSTER" => &mut self.cluster_mut(name)?.grants,
            _ => &mut self.found_mut(name)?.grants,
        })
    }

    fn grant(&mut self, privilege: &str, kind: &str, name: &str, role: &str) -> Done {
        let grant = grant(privilege, role);
        let grants = self.grants(kind, name)?;
        if !grants.contains(&grant) {
            grants.push(grant);
            grants.sort();
        }
        Ok(())
    }

    fn revoke(&mut self, privilege: &str, kind: &str, name: &str, role: &str) -> Done {
        let revoked = grant(privilege, role);
        self.grants(kind, name)?.retain(|grant| *grant != revoked);
        Ok(())
    }

    fn default_privilege(&mut self, rest: &[&str]) -> Done {
        let ["FOR", "ROLE", creator, "IN", "SCHEMA", name, "GRANT", privilege, "ON", "TABLES", "TO", role] =
            rest
        else {
            return Err("isn't known here".to_owned());
        };
        let new = LiveDefaultPrivilege {
            creator: Some((*creator).into()),
            database: schema(name).database,
            schema: Some(schema(name)),
            object_type: "table".into(),
            grant: grant(privilege, role),
        };
        self.live.default_privileges.push(new);
        self.live.default_privileges.sort();
        self.live.default_privileges.dedup();
        Ok(())
    }

    fn set_owner(&mut self, kind: &str, name: &str, owner: &str) -> Done {
        *match kind {
            "SCHEMA" => &mut self.schema_mut(&schema(name))?.owner,
            "CLUSTER" => &mut self.cluster_mut(name)?.owner,
            _ => &mut self.found_mut(name)?.owner,
        } = owner.into();
        Ok(())
    }

    fn comment(&mut self, rest: &[&str], sql: &str) -> Done {
        let text = sql.split_once(" IS '").map(|(_, text)| text.trim_end_matches('\''));
        match rest {
            ["SCHEMA", name, ..] => self.schema_mut(&schema(name))?.comment = text.map(Into::into),
            ["CLUSTER", name, ..] => self.cluster_mut(name)?.comment = text.map(Into::into),
            ["VIEW" | "TABLE" | "SINK" | "INDEX", name, ..] | ["MATERIALIZED", "VIEW", name, ..] => {
                let comments = &mut self.found_mut(name)?.comments;
                comments.retain(|comment| comment.column.is_some());
                comments.extend(text.map(|text| LiveComment { column: None, text: text.into() }));
            }
            _ => return Err("isn't known here".to_owned()),
        }
        Ok(())
    }

    fn drop_any(&mut self, rest: &[&str]) -> Done {
        let (rest, may_be_gone) = match rest {
            [.., "IF", "EXISTS", _, _] => (rest, true),
            _ => (rest, false),
        };
        match rest {
            ["SCHEMA", name, how] => self.drop_schema(&schema(name), *how == "CASCADE"),
            ["CLUSTER", name, "RESTRICT"] => self.drop_cluster(name),
            ["DATABASE", name, "RESTRICT"] => self.drop_database(name),
            [.., name, "RESTRICT"] => match self.found(&object(name)) {
                Err(_) if may_be_gone => Ok(()),
                _ => self.drop_object(&object(name)),
            },
            _ => Err("isn't known here".to_owned()),
        }
    }

    fn drop_object(&mut self, name: &ObjectName) -> Done {
        let id = self.found(name)?.id.clone();
        let reads = |o: &&LiveObject| o.depends_on.contains(&id) || o.replaces.as_ref() == Some(&id);
        if let Some(reader) = self.live.objects.iter().filter(|o| o.kind != "index").find(reads) {
            return Err(format!("`{}` depends on it", reader.name));
        }
        self.live.objects.retain(|o| o.id != id && !(o.kind == "index" && o.depends_on.contains(&id)));
        Ok(())
    }

    fn drop_schema(&mut self, name: &SchemaName, cascade: bool) -> Done {
        self.schema_mut(name)?;
        let inside = |o: &LiveObject| &o.name.schema == name;
        if !cascade && self.live.objects.iter().any(inside) {
            return Err("isn't empty".to_owned());
        }
        let mut gone: BTreeSet<_> =
            self.live.objects.iter().filter(|o| inside(o)).map(|o| o.id.clone()).collect();
        loop {
            let before = gone.len();
            let readers =
                self.live.objects.iter().filter(|o| o.depends_on.iter().any(|id| gone.contains(id)));
            let readers: Vec<_> = readers.map(|o| o.id.clone()).collect();
            gone.extend(readers);
            if gone.len() == before {
                break;
            }
        }
        self.live.objects.retain(|o| !gone.contains(&o.id));
        self.live.schemas.retain(|s| &s.name != name);
        self.live.default_privileges.retain(|p| p.schema.as_ref() != Some(name));
        Ok(())
    }

    fn drop_cluster(&mut self, name: &str) -> Done {
        self.cluster_mut(name)?;
        let on = |o: &&LiveObject| o.cluster.as_ref().is_some_and(|c| c.as_str() == name);
        if let Some(guest) = self.live.objects.iter().find(on) {
            return Err(format!("`{}` runs on it", guest.name));
        }
        self.live.clusters.retain(|c| c.name.as_str() != name);
        Ok(())
    }

    fn drop_database(&mut self, name: &str) -> Done {
        let is_in = |s: &LiveSchema| s.name.database.as_ref().is_some_and(|d| d.as_str() == name);
        if self.live.schemas.iter().any(is_in) {
            return Err("isn't empty".to_owned());
        }
        self.live.databases.retain(|d| d.name.as_str() != name);
        Ok(())
    }

    /// What a name means, and what that reads, for every object: what is left when ids are left aside.
    pub(crate) fn objects(&self) -> Vec<String> {
        let name = |id: &str| {
            let found = self.live.objects.iter().find(|o| o.id == id);
            found.map_or_else(|| "?".to_owned(), |o| o.name.to_string())
        };
        let line = |o: &LiveObject| {
            let reads: Vec<String> = o.depends_on.iter().map(|id| name(id)).collect();
            format!("{} {} ({}) reads [{}]", o.kind, o.name, o.id, reads.join(", "))
        };
        self.live.objects.iter().map(line).collect()
    }
}

fn if_not_exists<'a>(rest: &[&'a str]) -> (&'a str, bool) {
    match rest {
        ["IF", "NOT", "EXISTS", name] => (name, true),
        [name, ..] => (name, false),
        [] => panic!("a name is missing"),
    }
}

/// A privilege is on a table where nothing else is said.
fn granted_on<'a>(rest: &[&'a str]) -> (&'a str, &'a str) {
    match rest {
        [kind, name] => (kind, name),
        [name] => ("TABLE", name),
        _ => panic!("nothing is granted on {rest:?}"),
    }
}

fn grant(privilege: &str, role: &str) -> LiveGrant {
    LiveGrant { privilege: privilege.into(), role: (role != "PUBLIC").then(|| role.into()) }
}

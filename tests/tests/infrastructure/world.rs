//! A catalog that follows the statements of a plan, as far as plans of `setup` and `apply` have them. Names must be full.

use std::collections::BTreeMap;

use mz_deploy_planner::input::{
    Live, LiveCluster, LiveComment, LiveDatabase, LiveDefaultPrivilege, LiveGrant, LiveNetworkPolicy,
    LiveObject, LiveRole, LiveSchema,
};
use mz_deploy_planner::name::{Ident, ObjectName, SchemaName};
use mz_deploy_planner::plan::{Action, Effect, Plan};
use mz_deploy_planner::syntax::ast::{
    AlterDefaultPrivileges, Body, Comment, CreateModifier, GrantPrivileges, GrantTarget, Name, TargetKind,
    WithOption,
};
use mz_deploy_planner::syntax::parse;

/// Who makes everything.
pub(crate) const OWNER: &str = "admin";

/// An environment in which nothing was made.
pub(crate) fn fresh() -> Live {
    Live { format: 1, environment: "test".into(), version: "v26.23.0".into(), ..Live::default() }
}

/// Runs a plan.
pub(crate) fn run(live: &mut Live, plan: &Plan) {
    for step in plan.phases.iter().flat_map(|phase| &phase.steps) {
        match &step.action {
            Action::Sql(sql) => execute(live, sql),
            Action::Effect(effect) => match effect.as_ref() {
                Effect::SetSecret { secret, creates: true, .. } => {
                    object(live, secret.clone(), "secret", None);
                }
                Effect::SetSecret { .. } => {}
                other => panic!("not a step of these plans: {other:?}"),
            },
        }
    }
}

/// Runs one statement.
pub(crate) fn execute(live: &mut Live, sql: &str) {
    let parsed = parse(sql);
    assert!(parsed.errors.is_empty(), "{sql}: {:?}", parsed.errors);
    let statement = parsed.statements.into_iter().next().expect("a statement");
    let words: Vec<&str> = sql.split_whitespace().collect();
    match &statement.body {
        Body::Table(t) => create(live, &t.name, "table", None, &t.modifiers),
        Body::TableFromSource(t) => create(live, &t.name, "table", None, &t.modifiers),
        Body::View(v) => create(live, &v.name, "view", None, &v.modifiers),
        Body::Connection(c) => create(live, &c.name, "connection", None, &c.modifiers),
        Body::Source(s) => {
            create(live, &s.name, "source", s.cluster.as_ref().map(|c| c.value.clone()), &s.modifiers);
        }
        Body::Index(i) => {
            let name = object_name(&i.on).schema.object(i.name.as_ref().expect("a name").value.clone());
            let on =
                live.objects.iter().find(|o| o.name == object_name(&i.on)).expect("a relation").id.clone();
            object(live, name.clone(), "index", i.cluster.as_ref().map(|c| c.value.clone()));
            found(live, &name).depends_on.push(on);
        }
        Body::Cluster(c) => {
            let id = next(live);
            let options = c.options.iter().map(|o: &WithOption| format!("{} = {}", o.name, o.value));
            live.clusters.push(LiveCluster {
                id: id.into(),
                name: c.name.value.clone(),
                owner: OWNER.into(),
                options: options.collect::<Vec<_>>().join(", ").into(),
                replicas: None,
                grants: Vec::new(),
                comment: None,
            });
        }
        Body::Role(r) => {
            let id = next(live);
            live.roles.push(LiveRole {
                id: id.into(),
                name: r.name.value.clone(),
                member_of: Vec::new(),
                parameters: BTreeMap::new(),
                comment: None,
            });
        }
        Body::AlterRole(alter) => {
            let role = live.roles.iter_mut().find(|r| r.name == alter.name.value).expect("a role");
            let parameter = alter.parameter.as_ref().expect("a variable");
            match &parameter.value {
                Some(value) => role.parameters.insert(parameter.name.clone(), value.clone()),
                None => role.parameters.remove(&parameter.name),
            };
        }
        Body::AlterDefaultPrivileges(alter) => default_privileges(live, alter, &words),
        Body::NetworkPolicy(p) => {
            let id = next(live);
            live.network_policies.push(LiveNetworkPolicy {
                id: id.into(),
                name: p.name.value.clone(),
                owner: OWNER.into(),
                grants: Vec::new(),
                comment: None,
            });
        }
        Body::GrantRole(grant) => {
            for member in &grant.members {
                let granted = grant.granted.iter().map(|role| role.value.clone());
                let role = live.roles.iter_mut().find(|r| r.name == member.value).expect("a member");
                role.member_of.extend(granted);
            }
        }
        Body::Grant(g) => grant(live, g, &words),
        Body::Comment(c) => comment(live, c),
        Body::Other(_) => other(live, &words),
        _ => panic!("not a statement of these plans: {sql}"),
    }
}

fn other(live: &mut Live, words: &[&str]) {
    let last = *words.last().expect("a word");
    match words {
        ["CREATE", "DATABASE", ..] => {
            let id = next(live);
            live.databases.push(LiveDatabase {
                id: id.into(),
                name: last.into(),
                owner: OWNER.into(),
                grants: Vec::new(),
                comment: None,
            });
            schema(live, SchemaName::new(last.into(), "public".into()));
        }
        ["CREATE", "SCHEMA", rest @ ..] => {
            let name = schema_name(last);
            let is_there = live.schemas.iter().any(|s| s.name == name);
            assert!(!is_there || rest.first() == Some(&"IF"), "{name} exists");
            if !is_there {
                schema(live, name);
            }
        }
        ["ALTER", "SCHEMA", name, "OWNER", "TO", role] => {
            let name = schema_name(name);
            let schema = live.schemas.iter_mut().find(|s| s.name == name).expect("a schema");
            schema.owner = (*role).into();
        }
        ["DROP", _, name, "RESTRICT"] => {
            let parts: Vec<&str> = name.split('.').collect();
            let [database, schema, name] = parts.as_slice() else { panic!("a full name: {name}") };
            let name = ObjectName::new(*database, *schema, *name);
            let id = live.objects.iter().find(|o| o.name == name).expect("an object").id.clone();
            assert!(!live.objects.iter().any(|o| o.depends_on.contains(&id)), "{name} is used");
            live.objects.retain(|o| o.name != name);
        }
        ["INSERT", "INTO", name, ..] => {
            let exists = live.objects.iter().any(|o| o.name.to_string() == *name);
            assert!(exists, "{name} exists");
        }
        _ => panic!("not a statement of these plans: {words:?}"),
    }
}

/// Ids never come back.
fn next(live: &Live) -> String {
    let ids = live.objects.iter().map(|o| &o.id).chain(live.schemas.iter().map(|s| &s.id));
    let ids = ids.chain(live.clusters.iter().map(|c| &c.id)).chain(live.databases.iter().map(|d| &d.id));
    let ids = ids.chain(live.roles.iter().map(|r| &r.id));
    let ids = ids.chain(live.network_policies.iter().map(|p| &p.id));
    let highest = ids.filter_map(|id| id.strip_prefix('u')?.parse::<u32>().ok()).max();
    format!("u{}", highest.unwrap_or(0) + 1)
}

fn schema(live: &mut Live, name: SchemaName) {
    let id = next(live);
    live.schemas.push(LiveSchema {
        id: id.into(),
        name,
        owner: OWNER.into(),
        grants: Vec::new(),
        comment: None,
    });
}

fn schema_name(text: &str) -> SchemaName {
    let (database, schema) = text.split_once('.').expect("a full name");
    SchemaName::new(database.into(), schema.into())
}

fn object_name(name: &Name) -> ObjectName {
    let parts: Vec<&Ident> = name.parts.iter().map(|part| &part.value).collect();
    let [database, schema, object] = parts.as_slice() else { panic!("a full name: {parts:?}") };
    SchemaName::new((*database).clone(), (*schema).clone()).object((*object).clone())
}

fn create(live: &mut Live, name: &Name, kind: &str, cluster: Option<Ident>, words: &[CreateModifier]) {
    let name = object_name(name);
    let is_there = live.objects.iter().any(|o| o.name == name);
    assert!(!is_there || !words.is_empty(), "{name} exists");
    if !is_there {
        object(live, name, kind, cluster);
    }
}

fn object(live: &mut Live, name: ObjectName, kind: &str, cluster: Option<Ident>) {
    assert!(live.schemas.iter().any(|s| s.name == name.schema), "{} exists", name.schema);
    let id = next(live);
    live.objects.push(LiveObject {
        id: id.into(),
        name,
        kind: kind.into(),
        cluster,
        owner: OWNER.into(),
        depends_on: Vec::new(),
        grants: Vec::new(),
        comments: Vec::new(),
        replaces: None,
    });
}

fn found<'a>(live: &'a mut Live, name: &ObjectName) -> &'a mut LiveObject {
    live.objects.iter_mut().find(|o| &o.name == name).unwrap_or_else(|| panic!("{name} exists"))
}

/// Only what is granted in schemas, on tables, to roles.
fn default_privileges(live: &mut Live, alter: &AlterDefaultPrivileges, words: &[&str]) {
    assert!(alter.grant && words.windows(2).any(|pair| pair == ["ON", "TABLES"]), "{words:?}");
    let creators: Vec<Option<Ident>> = match &alter.creators {
        None => vec![None],
        Some(roles) => roles.iter().map(|role| Some(role.value.clone())).collect(),
    };
    for (creator, schema) in creators.iter().flat_map(|c| alter.schemas.iter().map(move |s| (c, s))) {
        let [database, schema] = schema.parts.as_slice() else { panic!("a full name") };
        let schema = SchemaName::new(database.value.clone(), schema.value.clone());
        for (role, privilege) in alter.roles.iter().flat_map(|r| alter.privileges.iter().map(move |p| (r, p)))
        {
            live.default_privileges.push(LiveDefaultPrivilege {
                creator: creator.clone(),
                database: None,
                schema: Some(schema.clone()),
                object_type: "table".into(),
                grant: LiveGrant { privilege: privilege.clone(), role: Some(role.value.clone()) },
            });
        }
    }
}

fn grant(live: &mut Live, grant: &GrantPrivileges, words: &[&str]) {
    let is_container = words.iter().any(|word| ["CLUSTER", "DATABASE", "SCHEMA"].contains(word));
    let all: &[&str] =
        if is_container { &["USAGE", "CREATE"] } else { &["SELECT", "INSERT", "UPDATE", "DELETE"] };
    let mut grants = Vec::new();
    for role in &grant.roles {
        let role = Some(role.value.clone()).filter(|role| role.as_str() != "public");
        for privilege in &grant.privileges {
            let privileges = if privilege == "ALL" { all.to_vec() } else { vec![privilege.as_str()] };
            grants
                .extend(privileges.iter().map(|p| LiveGrant { privilege: (*p).into(), role: role.clone() }));
        }
    }
    match &grant.target {
        GrantTarget::System(_) => {}
        GrantTarget::All(_) => {
            let at = words.iter().position(|word| *word == "SCHEMA").expect("a schema");
            let schema = schema_name(words.get(at + 1).expect("its name"));
            let members = live.objects.iter_mut().filter(|o| o.name.schema == schema && o.kind != "index");
            members.for_each(|o| o.grants.extend(grants.iter().cloned()));
        }
        GrantTarget::Named { keyword, names } => {
            for name in names {
                let last = name.parts.last().expect("a part").value.clone();
                match keyword.as_ref().map(|(kind, _)| *kind) {
                    Some(TargetKind::Cluster) => {
                        let cluster = live.clusters.iter_mut().find(|c| c.name == last).expect("a cluster");
                        cluster.grants.extend(grants.iter().cloned());
                    }
                    Some(TargetKind::NetworkPolicy) => {
                        let policy = live.network_policies.iter_mut().find(|p| p.name == last);
                        policy.expect("a network policy").grants.extend(grants.iter().cloned());
                    }
                    Some(TargetKind::Database) => {
                        let database =
                            live.databases.iter_mut().find(|d| d.name == last).expect("a database");
                        database.grants.extend(grants.iter().cloned());
                    }
                    Some(TargetKind::Schema) => {
                        let [database, schema] = name.parts.as_slice() else { panic!("a full name") };
                        let name = SchemaName::new(database.value.clone(), schema.value.clone());
                        let schema = live.schemas.iter_mut().find(|s| s.name == name).expect("a schema");
                        schema.grants.extend(grants.iter().cloned());
                    }
                    _ => found(live, &object_name(name)).grants.extend(grants.iter().cloned()),
                }
            }
        }
    }
}

fn comment(live: &mut Live, comment: &Comment) {
    let parts = &comment.target.parts;
    let last = parts.last().expect("a part").value.clone();
    let text = comment.text.clone();
    match comment.kind {
        TargetKind::Cluster => {
            live.clusters.iter_mut().find(|c| c.name == last).expect("a cluster").comment = text;
        }
        TargetKind::Database => {
            live.databases.iter_mut().find(|d| d.name == last).expect("a database").comment = text;
        }
        TargetKind::Schema => {
            let [database, schema] = parts.as_slice() else { panic!("a full name") };
            let name = SchemaName::new(database.value.clone(), schema.value.clone());
            live.schemas.iter_mut().find(|s| s.name == name).expect("a schema").comment = text;
        }
        TargetKind::Role => {
            live.roles.iter_mut().find(|r| r.name == last).expect("a role").comment = text;
        }
        TargetKind::NetworkPolicy => {
            let policy = live.network_policies.iter_mut().find(|p| p.name == last);
            policy.expect("a network policy").comment = text;
        }
        _ => {
            let column = comment.column.as_ref().map(|column| column.value.clone());
            let comments = &mut found(live, &object_name(&comment.target)).comments;
            comments.retain(|c| c.column != column);
            comments.extend(text.map(|text| LiveComment { column, text }));
        }
    }
}

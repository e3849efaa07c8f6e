//! The infrastructure of a project: what is missing is made, what is there is left alone.

use std::fmt::Write as _;

use mz_deploy_planner::input::{Config, Live, LiveGrant, LiveReplica, LiveSession, Sources};
use mz_deploy_planner::plan::{
    Action, ApplyOptions, ApplyPhase, Effect, Plan, SecretValue, secret_expression,
};
use mz_deploy_planner::view::{TextOptions, plan_json, plan_markdown, plan_sql, plan_text};
use mz_deploy_planner::{Compiled, compile};

use crate::world::{execute, fresh, run};

const CANARY: &str = "c4n4ry";

const PROJECT: &[(&str, &str)] = &[
    ("project.toml", ""),
    ("roles/analyst.sql", "CREATE ROLE analyst;\nGRANT analyst TO boss;"),
    ("roles/boss.sql", "CREATE ROLE boss;\nCOMMENT ON ROLE boss IS 'Knows it all.';"),
    (
        "clusters/ingest.sql",
        "CREATE CLUSTER ingest (SIZE = '25cc');\nGRANT USAGE ON CLUSTER ingest TO analyst;\n\
         COMMENT ON CLUSTER ingest IS 'Sources.';",
    ),
    (
        "network-policies/office.sql",
        "CREATE NETWORK POLICY office (RULES (r (action = 'allow', direction = 'ingress', address = '10.0.0.0/8')));",
    ),
    ("models/app.sql", "GRANT USAGE ON DATABASE app TO analyst;"),
    (
        "models/app/raw.sql",
        "COMMENT ON SCHEMA raw IS 'As it comes.';\nGRANT USAGE ON SCHEMA raw TO analyst, public;",
    ),
    ("models/app/raw/password.sql", "CREATE SECRET password AS env_var('PG_PASSWORD');"),
    ("models/app/raw/token.sql", "CREATE SECRET token AS 'c4n4ry';\nCOMMENT ON SECRET token IS 'Old.';"),
    (
        "models/app/raw/pg.sql",
        "CREATE CONNECTION pg TO POSTGRES (HOST 'h', DATABASE 'd', USER 'u', PASSWORD SECRET password);\n\
         GRANT USAGE ON CONNECTION pg TO analyst;",
    ),
    (
        "models/app/raw/shop.sql",
        "CREATE SOURCE shop IN CLUSTER ingest FROM POSTGRES CONNECTION pg (PUBLICATION 'p');",
    ),
    (
        "models/app/raw/orders.sql",
        "CREATE TABLE orders FROM SOURCE shop (REFERENCE public.orders);\n\
         GRANT ALL ON TABLE orders TO analyst;\nCOMMENT ON COLUMN orders.id IS 'The key.';",
    ),
    ("models/app/raw/items.sql", "CREATE TABLE items FROM SOURCE shop (REFERENCE public.items);"),
    ("models/app/raw/notes.sql", "CREATE TABLE notes (id int);\nCOMMENT ON TABLE notes IS 'By hand.';"),
    ("models/app/core/totals.sql", "CREATE VIEW totals AS SELECT count(*) AS n FROM raw.orders;"),
];

fn project(edits: &[(&str, &str)]) -> Compiled {
    let mut sources = Sources::new();
    for (path, text) in PROJECT.iter().chain(edits) {
        sources.insert(*path, *text);
    }
    let compiled = compile(&sources, &Config::default());
    let errors: Vec<_> = compiled.diagnostics.iter().filter(|d| d.is_error()).collect();
    assert!(errors.is_empty(), "the project is sound: {errors:#?}");
    compiled
}

fn plan(compiled: &Compiled, live: &Live, options: &ApplyOptions) -> Plan {
    let plan = compiled.plan_apply(live, options);
    plan.unwrap_or_else(|problems| panic!("there is a plan: {problems:#?}"))
}

fn only(phase: ApplyPhase) -> ApplyOptions {
    ApplyOptions { only: Some(phase), skip_secrets: false }
}

/// Statements and effects with the phases as headings; steps of one transaction are marked.
fn steps(plan: &Plan) -> String {
    let mut text = String::new();
    for phase in &plan.phases {
        let _ = writeln!(text, "{}", phase.name);
        for step in &phase.steps {
            let group = step.group.as_ref().map(|group| format!("[{group}] ")).unwrap_or_default();
            let _ = match &step.action {
                Action::Sql(sql) => writeln!(text, "  {group}{}", sql.lines().collect::<Vec<_>>().join(" ")),
                Action::Effect(effect) => match effect.as_ref() {
                    Effect::SetSecret { statement, value, .. } => writeln!(text, "  {statement} ({value:?})"),
                    other => panic!("not a step of apply: {other:?}"),
                },
            };
        }
    }
    text
}

fn problems(compiled: &Compiled, live: &Live, options: &ApplyOptions) -> String {
    let mut text = String::new();
    for problem in compiled.plan_apply(live, options).expect_err("there are problems") {
        let _ = writeln!(text, "{}: {}", problem.code, problem.message);
        for help in problem.help {
            let _ = writeln!(text, "  help: {help}");
        }
    }
    text
}

fn drift(plan: &Plan) -> Vec<String> {
    let found = plan.drift.iter().map(|d| {
        let side = |side: &Option<_>| side.as_ref().map_or("-".to_owned(), ToString::to_string);
        format!("{} {} {}: {} / {}", d.kind, d.name, d.what, side(&d.wanted), side(&d.found))
    });
    found.collect()
}

fn applied(compiled: &Compiled) -> Live {
    let mut live = fresh();
    run(&mut live, &plan(compiled, &fresh(), &ApplyOptions::default()));
    live
}

#[test]
fn everything_is_made_in_an_order_that_works() {
    let plan = plan(&project(&[]), &fresh(), &ApplyOptions::default());
    assert_eq!(
        steps(&plan),
        "\
roles
  CREATE ROLE analyst
  CREATE ROLE boss
  GRANT analyst TO boss
  COMMENT ON ROLE boss IS 'Knows it all.'
clusters
  CREATE CLUSTER ingest (SIZE = '25cc')
  GRANT USAGE ON CLUSTER ingest TO analyst
  COMMENT ON CLUSTER ingest IS 'Sources.'
network_policies
  CREATE NETWORK POLICY office (RULES (r (action = 'allow', direction = 'ingress', address = '10.0.0.0/8')))
schemas
  CREATE DATABASE app
  CREATE SCHEMA app.raw
  GRANT USAGE ON DATABASE app TO analyst
  COMMENT ON SCHEMA app.raw IS 'As it comes.'
  GRANT USAGE ON SCHEMA app.raw TO analyst, public
secrets
  CREATE SECRET app.raw.password AS (EnvVar { name: \"PG_PASSWORD\" })
  CREATE SECRET app.raw.token AS (File { path: \"models/app/raw/token.sql\" })
  COMMENT ON SECRET app.raw.token IS 'Old.'
connections
  CREATE CONNECTION app.raw.pg TO POSTGRES (HOST 'h', DATABASE 'd', USER 'u', PASSWORD SECRET app.raw.password)
  GRANT USAGE ON CONNECTION app.raw.pg TO analyst
sources
  CREATE SOURCE app.raw.shop IN CLUSTER ingest FROM POSTGRES CONNECTION app.raw.pg (PUBLICATION 'p')
tables
  CREATE TABLE app.raw.notes (id int)
  COMMENT ON TABLE app.raw.notes IS 'By hand.'
  [app.raw.shop] CREATE TABLE app.raw.items FROM SOURCE app.raw.shop (REFERENCE public.items)
  [app.raw.shop] CREATE TABLE app.raw.orders FROM SOURCE app.raw.shop (REFERENCE public.orders)
  GRANT ALL ON TABLE app.raw.orders TO analyst
  COMMENT ON COLUMN app.raw.orders.id IS 'The key.'
"
    );
}

#[test]
fn a_second_plan_sets_secrets_again_and_makes_nothing() {
    let compiled = project(&[]);
    let live = applied(&compiled);
    let again = plan(&compiled, &live, &ApplyOptions::default());
    assert_eq!(
        steps(&again),
        "secrets\n  ALTER SECRET app.raw.password AS (EnvVar { name: \"PG_PASSWORD\" })\n  \
         ALTER SECRET app.raw.token AS (File { path: \"models/app/raw/token.sql\" })\n"
    );
    assert_eq!(again.unchanged.len(), 7);
    let skipped = ApplyOptions { skip_secrets: true, ..ApplyOptions::default() };
    assert_eq!(steps(&plan(&compiled, &live, &skipped)), "");
}

/// What a catalog holds, but for ids: the order in which things are made may differ.
fn everything(live: &Live) -> Vec<String> {
    let mut lines = Vec::new();
    let mut add = |kind: &str, name: String, grants: &[LiveGrant], comments: Vec<String>| {
        let mut grants: Vec<String> = grants.iter().map(|grant| format!("{grant:?}")).collect();
        grants.sort();
        grants.dedup();
        lines.push(format!("{kind} {name} {grants:?} {comments:?}"));
    };
    let one = |comment: &Option<_>| comment.iter().map(|text| format!("{text:?}")).collect::<Vec<_>>();
    live.roles.iter().for_each(|r| {
        add("role", format!("{} {:?} {:?}", r.name, r.member_of, r.parameters), &[], one(&r.comment));
    });
    live.clusters.iter().for_each(|c| add("cluster", c.name.to_string(), &c.grants, one(&c.comment)));
    live.network_policies.iter().for_each(|p| add("policy", p.name.to_string(), &p.grants, one(&p.comment)));
    live.databases.iter().for_each(|d| add("database", d.name.to_string(), &d.grants, one(&d.comment)));
    live.schemas.iter().for_each(|s| add("schema", s.name.to_string(), &s.grants, one(&s.comment)));
    for object in &live.objects {
        let comments = object.comments.iter().map(|comment| format!("{comment:?}")).collect();
        add("object", object.name.to_string(), &object.grants, comments);
    }
    lines.extend(live.default_privileges.iter().map(|privilege| format!("{privilege:?}")));
    lines.sort();
    lines.dedup();
    lines
}

/// A run that ends anywhere is finished by the next one, down to grants and comments.
#[test]
fn an_apply_that_was_killed_makes_the_rest() {
    let compiled = project(&[
        (
            "network-policies/home.sql",
            "CREATE NETWORK POLICY home (RULES (r (action = 'allow', direction = 'ingress', address = '10.0.0.0/8')));\n\
             COMMENT ON NETWORK POLICY home IS 'Mine.';",
        ),
        (
            "roles/boss.sql",
            "CREATE ROLE boss;\nALTER ROLE boss SET search_path TO app, \"B c\";\nALTER ROLE boss SET cluster = 'ingest';",
        ),
        (
            "models/app/raw.sql",
            "ALTER DEFAULT PRIVILEGES FOR ROLE boss IN SCHEMA raw GRANT SELECT, INSERT ON TABLES TO analyst;",
        ),
    ]);
    let whole = plan(&compiled, &fresh(), &ApplyOptions::default());
    let count = whole.phases.iter().map(|phase| phase.steps.len()).sum::<usize>();
    let complete = applied(&compiled);
    for done in 0..=count {
        let mut live = fresh();
        let mut partial = whole.clone();
        let mut left = done;
        for phase in &mut partial.phases {
            phase.steps.truncate(left);
            left -= phase.steps.len();
        }
        run(&mut live, &partial);
        let rest = plan(&compiled, &live, &ApplyOptions::default());
        assert_eq!(drift(&rest), [""; 0], "what is missing is no drift");
        run(&mut live, &rest);
        assert_eq!(everything(&live), everything(&complete), "after {done} steps");
    }
}

#[test]
fn one_phase_makes_what_it_needs_and_nothing_else() {
    let compiled = project(&[]);
    let mut live = applied(&compiled);
    live.objects.retain(|o| !["notes", "pg"].contains(&o.name.name.as_str()));
    assert_eq!(
        steps(&plan(&compiled, &live, &only(ApplyPhase::Tables))),
        "tables\n  CREATE TABLE app.raw.notes (id int)\n  COMMENT ON TABLE app.raw.notes IS 'By hand.'\n"
    );
    let mut live = fresh();
    run(&mut live, &plan(&compiled, &fresh(), &only(ApplyPhase::Roles)));
    assert_eq!(
        steps(&plan(&compiled, &live, &only(ApplyPhase::Clusters))),
        "clusters\n  CREATE CLUSTER ingest (SIZE = '25cc')\n  GRANT USAGE ON CLUSTER ingest TO analyst\n  \
         COMMENT ON CLUSTER ingest IS 'Sources.'\n"
    );
    assert_eq!(
        problems(&compiled, &live, &only(ApplyPhase::Sources)),
        "MissingInEnvironment: `app.raw.shop` runs on the cluster `ingest`, which doesn't exist
  help: define it in `clusters/` and apply it, or create it
MissingInEnvironment: `app.raw.shop` needs `app.raw.pg`, which the environment doesn't have
  help: apply the whole project, or the part with it before
"
    );
}

#[test]
fn the_value_of_a_secret_is_in_no_output() {
    let compiled = project(&[]);
    let plan = plan(&compiled, &fresh(), &ApplyOptions::default());
    let full = TextOptions { full: true, ..TextOptions::default() };
    for text in
        [plan_text(&plan, full), plan_markdown(&plan), plan_sql(&plan), plan_json(&plan), format!("{plan:?}")]
    {
        assert!(text.contains("token"));
        assert!(!text.contains(CANARY), "{text}");
    }
    let wrong = project(&[("models/app/raw/token.sql", "CREATE SECRET token AS env_var('c4n4ry', 1);")]);
    let told = problems(&wrong, &fresh(), &ApplyOptions::default());
    assert_eq!(
        told,
        "InvalidValue: the value of `app.raw.token` is a call of `env_var` that it can't read
  help: write `env_var('…')`, with one string and nothing else
"
    );
}

/// Whoever sends the statement gets the expression; a plan never holds it.
#[test]
fn the_expression_of_a_secret_can_be_asked_for() {
    let compiled = project(&[]);
    let token = mz_deploy_planner::name::ObjectName::new("app", "raw", "token");
    assert_eq!(secret_expression(&compiled.project, &token), Some("'c4n4ry'"));
    let notes = mz_deploy_planner::name::ObjectName::new("app", "raw", "notes");
    assert_eq!(secret_expression(&compiled.project, &notes), None);
}

#[test]
fn providers_are_known_by_their_call() {
    for (value, wanted) in [
        ("env_var('A')", SecretValue::EnvVar { name: "A".into() }),
        ("AWS_SECRET ( 'prod/it''s' )", SecretValue::AwsSecret { id: "prod/it's".into() }),
        ("decode('00', 'hex')", SecretValue::File { path: "models/app/raw/token.sql".into() }),
        ("'env_var(''A'')'", SecretValue::File { path: "models/app/raw/token.sql".into() }),
    ] {
        let compiled = project(&[("models/app/raw/token.sql", &format!("CREATE SECRET token AS {value};"))]);
        let plan = plan(&compiled, &fresh(), &ApplyOptions::default());
        let values: Vec<SecretValue> = plan
            .phases
            .iter()
            .flat_map(|phase| &phase.steps)
            .filter_map(|step| match &step.action {
                Action::Effect(effect) => match effect.as_ref() {
                    Effect::SetSecret { value, .. } => Some(value.clone()),
                    _ => None,
                },
                Action::Sql(_) => None,
            })
            .collect();
        assert_eq!(values.get(1), Some(&wanted), "{value}");
    }
}

#[test]
fn what_is_there_and_differs_is_told_and_left_alone() {
    let compiled = project(&[]);
    let mut live = applied(&compiled);
    assert_eq!(drift(&plan(&compiled, &live, &ApplyOptions::default())), [""; 0]);
    for cluster in &mut live.clusters {
        cluster.options = "SIZE = '50cc', REPLICATION FACTOR = 1, SCHEDULE = MANUAL".into();
        cluster.comment = Some("Mine.".into());
    }
    let by_hand = LiveGrant { privilege: "INSERT".into(), role: Some("boss".into()) };
    for object in &mut live.objects {
        object.grants.push(by_hand.clone());
        object.comments.iter_mut().for_each(|comment| comment.text = "By others.".into());
    }
    let told = plan(&compiled, &live, &ApplyOptions { skip_secrets: true, ..ApplyOptions::default() });
    assert_eq!(steps(&told), "");
    assert_eq!(
        drift(&told),
        [
            "cluster ingest comment: Sources. / Mine.",
            "cluster ingest option SIZE: '25cc' / '50cc'",
            "table app.raw.notes comment: By hand. / By others.",
            "table from source app.raw.orders comment on column id: The key. / By others.",
        ]
    );
    for cluster in &mut live.clusters {
        let replica = LiveReplica { name: "r1".into(), size: "25cc".into(), availability_zone: None };
        (cluster.options, cluster.replicas) = ("".into(), Some(vec![replica]));
    }
    let told = drift(&plan(&compiled, &live, &only(ApplyPhase::Clusters)));
    assert_eq!(
        told,
        ["cluster ingest comment: Sources. / Mine.", "cluster ingest option MANAGED: true / false"]
    );
}

#[test]
fn what_a_role_begins_with_is_compared_with_what_its_file_says() {
    let compiled = project(&[(
        "roles/boss.sql",
        "CREATE ROLE boss;\nALTER ROLE boss SET search_path TO app, \"B c\";\nALTER ROLE boss SET Cluster = 'ingest';\n\
         ALTER ROLE boss SET statement_timeout = -1;\nALTER ROLE boss RESET timezone;",
    )]);
    let mut live = fresh();
    for role in ["analyst", "boss"] {
        execute(&mut live, &format!("CREATE ROLE {role}"));
    }
    let found = [("search_path", "app, B c"), ("cluster", "other"), ("timezone", "UTC"), ("database", "x")];
    for role in live.roles.iter_mut().filter(|role| role.name.as_str() == "boss") {
        role.parameters = found.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    }
    let roles = plan(&compiled, &live, &only(ApplyPhase::Roles));
    assert_eq!(
        steps(&roles),
        "roles\n  GRANT analyst TO boss\n  ALTER ROLE boss SET statement_timeout = -1\n"
    );
    assert_eq!(
        drift(&roles),
        ["role boss parameter cluster: ingest / other", "role boss parameter timezone: - / UTC"]
    );
}

/// An owner has all privileges without any grant.
#[test]
fn privileges_of_the_owner_are_no_drift() {
    let compiled = project(&[]);
    let mut live = applied(&compiled);
    for object in live.objects.iter_mut().filter(|o| o.name.name.as_str() == "pg") {
        object.owner = "analyst".into();
        object.grants.clear();
    }
    assert_eq!(drift(&plan(&compiled, &live, &ApplyOptions::default())), [""; 0]);
}

#[test]
fn something_else_of_that_name_is_in_the_way() {
    let compiled = project(&[]);
    let mut live = applied(&compiled);
    for object in live.objects.iter_mut().filter(|o| o.name.name.as_str() == "notes") {
        object.kind = "view".into();
    }
    assert_eq!(
        problems(&compiled, &live, &ApplyOptions::default()),
        "NameCollision: `app.raw.notes` is a table in the project, and a view in the environment
  help: rename one of the two
"
    );
}

#[test]
fn a_grant_to_nobody_is_found_before_anything_is_made() {
    let compiled = project(&[(
        "models/app/raw/notes.sql",
        "CREATE TABLE notes (id int);\nGRANT SELECT ON notes TO ghost, public;",
    )]);
    let mut live = fresh();
    execute(&mut live, "CREATE ROLE joe");
    assert_eq!(
        problems(&compiled, &live, &ApplyOptions::default()),
        "MissingInEnvironment: the statement names the role `ghost`, which doesn't exist
  help: define it in `roles/` and apply it, or create it
"
    );
}

#[test]
fn what_a_role_may_not_do_is_found_before_anything_is_made() {
    let compiled = project(&[]);
    let session = |privileges: &[&str]| LiveSession {
        role: "joe".into(),
        is_superuser: false,
        privileges: privileges.iter().map(|p| (*p).into()).collect(),
    };
    let live = Live { session: Some(session(&["CREATEROLE"])), ..fresh() };
    assert_eq!(
        problems(&compiled, &live, &ApplyOptions::default()),
        "\
MissingPrivilege: creating the cluster `ingest` takes the system privilege CREATECLUSTER, which `joe` lacks
  help: let an administrator run `GRANT CREATECLUSTER ON SYSTEM TO joe`
MissingPrivilege: creating the database `app` takes the system privilege CREATEDB, which `joe` lacks
  help: let an administrator run `GRANT CREATEDB ON SYSTEM TO joe`
MissingPrivilege: creating the network policy `office` takes the system privilege CREATENETWORKPOLICY, which `joe` lacks
  help: let an administrator run `GRANT CREATENETWORKPOLICY ON SYSTEM TO joe`
"
    );
    let mut live = applied(&compiled);
    live.objects.retain(|o| o.name.name.as_str() != "shop");
    live.session = Some(session(&[]));
    assert_eq!(
        problems(&compiled, &live, &ApplyOptions::default()),
        "\
NotOwner: setting `app.raw.password` takes the owner of the secret `app.raw.password`: that is `admin`, and `joe` isn't a member of it
  help: let an administrator run `GRANT admin TO joe`, or `ALTER SECRET app.raw.password OWNER TO joe`
MissingPrivilege: creating `app.raw.shop` takes CREATE on the cluster `ingest`, which `joe` lacks
  help: let an administrator run `GRANT CREATE ON CLUSTER ingest TO joe`
MissingPrivilege: creating `app.raw.shop` takes CREATE on the schema `app.raw`, which `joe` lacks
  help: let an administrator run `GRANT CREATE ON SCHEMA app.raw TO joe`
NotOwner: setting `app.raw.token` takes the owner of the secret `app.raw.token`: that is `admin`, and `joe` isn't a member of it
  help: let an administrator run `GRANT admin TO joe`, or `ALTER SECRET app.raw.token OWNER TO joe`
"
    );
    // What a group may, its members may, and what everybody may, too.
    execute(&mut live, "CREATE ROLE joe");
    execute(&mut live, "CREATE ROLE team");
    execute(&mut live, "CREATE ROLE admin");
    execute(&mut live, "GRANT team TO joe");
    execute(&mut live, "GRANT admin TO team");
    for cluster in &mut live.clusters {
        cluster.owner = "other".into();
        cluster.grants.push(LiveGrant { privilege: "CREATE".into(), role: None });
    }
    assert!(steps(&plan(&compiled, &live, &ApplyOptions::default())).contains("CREATE SOURCE"));
}

#[test]
fn limits_are_counted_before_anything_is_made() {
    let mut live = fresh();
    execute(&mut live, "CREATE CLUSTER one (SIZE = '25cc')");
    live.limits = [("max_clusters", 1), ("max_tables", 3), ("max_objects_per_schema", 6)]
        .into_iter()
        .map(|(name, limit)| (name.into(), limit))
        .collect();
    assert_eq!(
        problems(&project(&[]), &live, &ApplyOptions::default()),
        "\
LimitExceeded: the plan makes 1 more of kind cluster, but the environment has 1 and may have 1 (`max_clusters`)
  help: drop what isn't needed, or have the limit raised to 2
LimitExceeded: the plan makes 7 more of kind object, but the schema `app.raw` has 0 and may have 6 (`max_objects_per_schema`)
  help: drop what isn't needed, or have the limit raised to 7
"
    );
}

/// Nothing is taken away by it, so what somebody revoked or never granted is made: as when an `apply` was killed.
#[test]
fn grants_members_and_comments_that_are_missing_are_made() {
    let compiled = project(&[(
        "models/app/raw.sql",
        "COMMENT ON SCHEMA raw IS 'As it comes.';\nGRANT USAGE ON SCHEMA raw TO analyst, public;\n\
         ALTER DEFAULT PRIVILEGES FOR ROLE boss IN SCHEMA raw GRANT SELECT ON TABLES TO analyst;",
    )]);
    let mut live = applied(&compiled);
    for role in &mut live.roles {
        role.member_of.clear();
        role.comment = None;
    }
    for schema in live.schemas.iter_mut().filter(|s| s.name.schema.as_str() == "raw") {
        schema.grants.retain(|grant| grant.role.is_some());
    }
    live.default_privileges.clear();
    for object in &mut live.objects {
        object.grants.retain(|grant| grant.privilege == "SELECT");
        object.comments.clear();
    }
    let rest = plan(&compiled, &live, &ApplyOptions { skip_secrets: true, ..ApplyOptions::default() });
    assert_eq!(
        steps(&rest),
        "\
roles
  GRANT analyst TO boss
  COMMENT ON ROLE boss IS 'Knows it all.'
schemas
  GRANT USAGE ON SCHEMA app.raw TO analyst, public
  ALTER DEFAULT PRIVILEGES FOR ROLE boss IN SCHEMA app.raw GRANT SELECT ON TABLES TO analyst
connections
  GRANT USAGE ON CONNECTION app.raw.pg TO analyst
tables
  COMMENT ON TABLE app.raw.notes IS 'By hand.'
  GRANT ALL ON TABLE app.raw.orders TO analyst
  COMMENT ON COLUMN app.raw.orders.id IS 'The key.'
"
    );
    assert_eq!(drift(&rest), [""; 0]);
    assert!(!rest.unchanged.iter().any(|name| name.name.as_str() == "notes"), "{:?}", rest.unchanged);
    run(&mut live, &rest);
    let rest = plan(&compiled, &live, &ApplyOptions { skip_secrets: true, ..ApplyOptions::default() });
    assert_eq!(steps(&rest), "");
}

/// A grant that was reviewed is one to those who were members then.
#[test]
fn whoever_gets_what_a_plan_grants_is_part_of_what_it_was_made_from() {
    let compiled = project(&[(
        "network-policies/office.sql",
        "CREATE NETWORK POLICY office (RULES (r (action = 'allow', direction = 'ingress', address = '10.0.0.0/8')));\n\
         GRANT USAGE ON NETWORK POLICY office TO analyst;",
    )]);
    let mut live = applied(&compiled);
    for role in ["everyone", "guest", "other"] {
        execute(&mut live, &format!("CREATE ROLE {role}"));
    }
    live.network_policies.iter_mut().for_each(|policy| policy.grants.clear());
    let mut last = plan(&compiled, &live, &only(ApplyPhase::NetworkPolicies));
    assert_eq!(steps(&last), "network_policies\n  GRANT USAGE ON NETWORK POLICY office TO analyst\n");
    let mut changes = |change: &str, live: &Live| {
        let next = plan(&compiled, live, &only(ApplyPhase::NetworkPolicies));
        assert_eq!(steps(&next), steps(&last), "{change}");
        let is_another = next.inputs != last.inputs;
        last = next;
        is_another
    };
    execute(&mut live, "GRANT other TO guest");
    assert!(!changes("a role that isn't mentioned", &live));
    execute(&mut live, "GRANT analyst TO everyone");
    assert!(changes("a member", &live));
    execute(&mut live, "GRANT everyone TO guest");
    assert!(changes("a member of a member", &live));
    live.network_policies.iter_mut().for_each(|policy| policy.comment = Some("Closed.".into()));
    assert!(changes("the policy", &live));
}

/// Only the owner may grant and comment, which is said before anything runs.
#[test]
fn what_is_missing_of_a_thing_of_others_is_refused() {
    let compiled = project(&[]);
    let mut live = applied(&compiled);
    live.objects.iter_mut().for_each(|object| object.grants.clear());
    live.session = Some(LiveSession { role: "joe".into(), is_superuser: false, privileges: Vec::new() });
    let told = problems(&compiled, &live, &only(ApplyPhase::Connections));
    assert!(
        told.starts_with(
            "NotOwner: granting or commenting on `app.raw.pg` takes the owner of the connection `app.raw.pg`"
        ),
        "{told}"
    );
}

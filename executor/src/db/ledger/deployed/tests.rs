use mz_deploy_planner::input::{DeployedModifier, LiveSchema};

use super::super::overview::DeploymentRecord;
use super::*;

fn schema(name: &str) -> SchemaName {
    SchemaName::new("app".into(), name.into())
}

fn object(schema: &str, name: &str, hash: &str) -> DeployedObject {
    DeployedObject {
        name: ObjectName::new("app", schema, name),
        kind: ObjectKind::View,
        fingerprint: Fingerprint::parse(hash),
        cluster: None,
        sql: None,
        companions: Vec::new(),
    }
}

fn snapshot(project: &[&str], touched: &[&str], hash: &str) -> Snapshot {
    let deployed = Deployed {
        format: DEPLOYED_FORMAT,
        environment: None,
        schemas: touched
            .iter()
            .map(|name| DeployedSchema { name: schema(name), kind: SchemaDeploymentKind::Objects })
            .collect(),
        objects: touched.iter().map(|name| object(name, "v", hash)).collect(),
        modifiers: vec![DeployedModifier {
            database: "app".into(),
            schema: None,
            fingerprint: Fingerprint::parse(hash),
            sql: format!("COMMENT ON DATABASE app IS '{hash}'").into(),
        }],
    };
    let names = |names: &[&str]| names.iter().map(|name| schema(name)).collect();
    Snapshot { project: names(project), databases: vec!["app".into()], schemas: names(touched), deployed }
}

/// Its id, when it was promoted, what its project has, what it touched.
type Deployment<'a> = (&'a str, Option<&'a str>, &'a [&'a str], &'a [&'a str]);

/// A ledger with deployments, in which objects have the id of their deployment as their hash.
fn ledger(deployments: &[Deployment<'_>]) -> Ledger {
    let mut ledger = Ledger::default();
    for (id, promoted_at, project, touched) in deployments {
        let record = DeploymentRecord {
            deploy_id: (*id).to_owned(),
            promoted_at: promoted_at.map(str::to_owned),
            schemas: touched.iter().map(|name| (schema(name), "objects".to_owned())).collect(),
            ..DeploymentRecord::default()
        };
        ledger.deployments.insert((*id).to_owned(), record);
        if !project.is_empty() {
            ledger.snapshots.insert((*id).to_owned(), snapshot(project, touched, id));
        }
    }
    ledger
}

fn live(schemas: &[&str]) -> Live {
    let schema = |name: &&str| LiveSchema {
        id: "u1".into(),
        name: schema(name),
        owner: "me".into(),
        grants: Vec::new(),
        comment: None,
    };
    Live { schemas: schemas.iter().map(schema).collect(), environment: "e".into(), ..Live::default() }
}

/// `schema: hash` of each object, and the texts of modifiers.
fn found(ledger: &Ledger, project: &[&str], schemas: &[&str]) -> Vec<String> {
    let project = project.iter().map(|name| schema(name)).collect();
    let deployed = ledger.deployed(&project, &live(schemas));
    let objects =
        deployed.objects.iter().map(|o| format!("{}: {}", o.name.schema.schema.as_str(), o.fingerprint));
    objects.chain(deployed.modifiers.iter().map(|m| m.sql.to_string())).collect()
}

#[test]
fn each_schema_is_as_its_last_promoted_deployment_left_it() {
    let ledger = ledger(&[
        ("first", Some("2026-01-01"), &["a", "b"], &["a", "b"]),
        ("second", Some("2026-01-02"), &["a", "b"], &["b"]),
        ("staged", None, &["a", "b"], &["a"]),
    ]);
    assert_eq!(
        found(&ledger, &["a", "b"], &["a", "b"]),
        ["a: first", "b: second", "COMMENT ON DATABASE app IS 'second'"]
    );
}

#[test]
fn a_schema_that_is_gone_is_not_deployed() {
    let ledger = ledger(&[("first", Some("2026-01-01"), &["a", "b"], &["a", "b"])]);
    assert_eq!(found(&ledger, &["a", "b"], &["b"]), ["b: first", "COMMENT ON DATABASE app IS 'first'"]);
}

#[test]
fn what_another_project_deployed_is_not_ours_to_remove() {
    let ledger = ledger(&[
        ("ours", Some("2026-01-01"), &["a", "gone"], &["a", "gone"]),
        ("theirs", Some("2026-01-02"), &["x"], &["x"]),
    ]);
    // A schema without files was of this project before, so it counts as removed; theirs doesn't.
    assert_eq!(
        found(&ledger, &["a"], &["a", "gone", "x"]),
        ["a: ours", "gone: ours", "COMMENT ON DATABASE app IS 'ours'"]
    );
    assert_eq!(
        found(&ledger, &["x"], &["a", "gone", "x"]),
        ["x: theirs", "COMMENT ON DATABASE app IS 'theirs'"]
    );
}

#[test]
fn a_project_that_takes_a_schema_over_starts_from_what_is_there() {
    let ledger = ledger(&[("theirs", Some("2026-01-01"), &["x", "y"], &["x", "y"])]);
    assert_eq!(
        found(&ledger, &["x"], &["x", "y"]),
        ["x: theirs", "y: theirs", "COMMENT ON DATABASE app IS 'theirs'"]
    );
}

#[test]
fn of_the_original_tool_there_are_hashes_of_what_is_still_there() {
    let mut ledger = ledger(&[("old", Some("2026-01-01"), &[], &["a", "b"])]);
    for (schema, name) in [("a", "v"), ("a", "dropped"), ("b", "v")] {
        let name = ObjectName::new("app", schema, name);
        ledger.hashed.push(HashedObject { name, hash: "sha256:00".to_owned() });
    }
    let mut live = live(&["a", "b"]);
    live.objects.push(LiveObject {
        id: "u1".into(),
        name: ObjectName::new("app", "a", "v"),
        kind: "materialized-view".into(),
        cluster: Some("c".into()),
        owner: "me".into(),
        depends_on: Vec::new(),
        grants: Vec::new(),
        comments: Vec::new(),
        replaces: None,
    });
    let deployed = ledger.deployed(&[schema("a")].into(), &live);
    let objects: Vec<_> =
        deployed.objects.iter().map(|o| (o.name.to_string(), o.kind, o.fingerprint.to_string())).collect();
    assert_eq!(objects, [("app.a.v".to_owned(), ObjectKind::MaterializedView, "sha256:00".to_owned())]);
    assert_eq!(deployed.schemas.len(), 1, "nobody knows whose `b` is");
}

#[test]
fn nothing_deployed_is_an_empty_snapshot() {
    let deployed = Ledger::default().deployed(&[schema("a")].into(), &live(&["a"]));
    assert!(deployed.is_empty() && deployed.environment.is_none());
}

#[test]
fn a_snapshot_is_read_back_and_a_damaged_one_is_an_error() {
    let written = snapshot(&["a"], &["a"], "v1:00");
    assert_eq!(Snapshot::read("x", &written.to_json()), Ok(written.clone()));
    let newer = written.to_json().replacen("\"format\":1", "\"format\":9", 1);
    for text in ["", "{}", &newer] {
        let error = Snapshot::read("x", text).expect_err("damaged");
        assert!(error.message.contains("deployment `x`"), "{error}");
    }
}

//! Indexes, grants, comments and modifiers change without a build.

use mz_deploy_planner::plan::{Action, Inverse};

use crate::scenario::{deployed, expect, first};

/// No definition changed, so neither the schema nor a reader nor anything on the cluster is built again.
#[test]
fn an_index_is_built_beside_production_and_takes_its_name_in_the_swap_transaction() {
    let project = deployed(&[
        ("s/v", "CREATE VIEW v AS SELECT 1 AS a, 2 AS b; CREATE INDEX v_a IN CLUSTER q ON v (a);"),
        ("s/w", "CREATE VIEW w AS SELECT a FROM v;"),
        ("t/m", "CREATE MATERIALIZED VIEW m IN CLUSTER q AS SELECT 1 AS a;"),
    ]);
    let edit = project.edit(&[(
        "s/v",
        "CREATE VIEW v AS SELECT 1 AS a, 2 AS b;
         CREATE INDEX v_a IN CLUSTER q ON v (a, b);
         CREATE INDEX v_b IN CLUSTER q ON v (b);
         CREATE DEFAULT INDEX IN CLUSTER q ON v;",
    )]);
    expect(
        &edit.changes(),
        "
            update-indexes s.v by in-place <- s/v.sql:2 indexes changed
        ",
    );
    expect(
        &edit.statements(),
        "
            stage: record the deployment
              (1 rows of deployments)
              (2 rows of objects)
            stage: build indexes
              CREATE INDEX v_a__x IN CLUSTER q ON s.v (a, b)
              CREATE INDEX v_b__x IN CLUSTER q ON s.v (b)
              CREATE DEFAULT INDEX IN CLUSTER q ON s.v
            promote: wait until ready
              (wait)
            promote: swap
              ALTER INDEX s.v_a RENAME TO v_a__x_old
              ALTER INDEX s.v_a__x RENAME TO v_a
              ALTER INDEX s.v_b__x RENAME TO v_b
            promote: drop the old version
              DROP INDEX s.v_a__x_old RESTRICT
        ",
    );
}

#[test]
fn a_removed_index_is_dropped_after_promotion() {
    let project = deployed(&[(
        "s/v",
        "CREATE VIEW v AS SELECT 1 AS a;
         CREATE INDEX v_a IN CLUSTER q ON v (a);
         CREATE DEFAULT INDEX IN CLUSTER q ON v;",
    )]);
    let edit = project.edit(&[("s/v", "CREATE VIEW v AS SELECT 1 AS a;")]);
    expect(
        &edit.statements(),
        "
            stage: record the deployment
              (1 rows of deployments)
              (1 rows of objects)
            promote: drop the old version
              DROP INDEX s.v_a RESTRICT
              (drop the unnamed index of v on q)
        ",
    );
}

/// They are no part of a definition, and still no edit of them is overlooked.
#[test]
fn grants_and_comments_are_altered_in_place() {
    let project = deployed(&[(
        "s/v",
        "CREATE VIEW v AS SELECT 1 AS a;
         GRANT SELECT ON v TO reader;
         COMMENT ON VIEW v IS 'one';
         COMMENT ON COLUMN v.a IS 'gone';",
    )]);
    let edit = project.edit(&[(
        "s/v",
        "CREATE VIEW v AS SELECT 1 AS a;
         GRANT SELECT ON v TO writer;
         COMMENT ON VIEW v IS 'two';",
    )]);
    expect(
        &edit.changes(),
        "
            update-metadata s.v by in-place <- s/v.sql:2 grants and comments changed
        ",
    );
    expect(
        &edit.statements(),
        "
            stage: record the deployment
              (1 rows of deployments)
              (1 rows of objects)
            promote: update in place
              REVOKE SELECT ON TABLE s.v FROM reader
              COMMENT ON COLUMN s.v.a IS NULL
              GRANT SELECT ON s.v TO writer
              COMMENT ON VIEW s.v IS 'two'
        ",
    );
}

#[test]
fn modifiers_are_altered_in_place_and_default_privileges_come_before_objects() {
    let project =
        deployed(&[("s", "GRANT USAGE ON SCHEMA s TO reader;"), ("s/v", "CREATE VIEW v AS SELECT 1 AS a;")]);
    let edit = project.edit(&[(
        "s",
        "GRANT USAGE ON SCHEMA s TO writer;
         ALTER DEFAULT PRIVILEGES FOR ALL ROLES IN SCHEMA s GRANT SELECT ON TABLES TO reader;",
    )]);
    expect(
        &edit.changes(),
        "
            update-metadata s
        ",
    );
    expect(
        &edit.statements(),
        "
            stage: record the deployment
              (1 rows of deployments)
              (1 rows of objects)
            stage: prepare schemas
              ALTER DEFAULT PRIVILEGES FOR ALL ROLES IN SCHEMA s GRANT SELECT ON TABLES TO reader
            promote: update in place
              REVOKE USAGE ON SCHEMA s FROM reader
              GRANT USAGE ON SCHEMA s TO writer
        ",
    );
}

#[test]
fn a_swapped_schema_takes_its_modifiers_along() {
    let project = deployed(&[
        ("s", "GRANT USAGE ON SCHEMA s TO reader; COMMENT ON SCHEMA s IS 'it''s';"),
        ("s/v", "CREATE VIEW v AS SELECT 1 AS a;"),
    ]);
    let edit = project.edit(&[("s/v", "CREATE VIEW v AS SELECT 2 AS a;")]);
    expect(
        &edit.statements(),
        "
            stage: record the deployment
              (1 rows of deployments)
              (1 rows of objects)
            stage: create schemas
              CREATE SCHEMA s_x
            stage: prepare schemas
              GRANT USAGE ON SCHEMA s_x TO reader
              COMMENT ON SCHEMA s_x IS 'it''s'
            stage: build objects
              CREATE VIEW s_x.v AS SELECT 2 AS a
            promote: wait until ready
              (wait)
            promote: swap
              ALTER SCHEMA s SWAP WITH s_x
            promote: drop the old version
              DROP VIEW s_x.v RESTRICT
              DROP SCHEMA s_x RESTRICT
        ",
    );
}

/// Whatever a new schema brings along is part of it, not a second change.
#[test]
fn a_new_schema_and_its_modifiers_are_one_change() {
    let project = first(&[
        ("s/a", "CREATE VIEW a AS SELECT 1 AS a;"),
        ("s", "GRANT USAGE ON SCHEMA s TO r;\nCOMMENT ON SCHEMA s IS 'S.';"),
        ("/models/app.sql", "GRANT USAGE ON DATABASE app TO r;"),
    ]);
    expect(
        &project.changes(),
        "
            create s.a by swap <- first deployment
            create app
            create s
        ",
    );
    let edit = project.promoted().edit(&[
        ("t/a", "CREATE VIEW a AS SELECT 1 AS a;"),
        ("t", "GRANT USAGE ON SCHEMA t TO r;"),
        ("s", "GRANT CREATE ON SCHEMA s TO r;"),
    ]);
    let reasons: Vec<String> =
        edit.plan().scopes.iter().map(|s| serde_json::to_string(&s.reason).expect("JSON")).collect();
    assert_eq!(
        reasons,
        [
            r#"[{"because":"file","path":"models/app/s.sql","line":1,"what":"comments and grants changed"}]"#,
            r#"[{"because":"file","path":"models/app/t/","what":"new"}]"#,
        ]
    );
}

#[test]
fn default_privileges_are_taken_back_before_they_are_given() {
    let with = |roles: &str| {
        format!("ALTER DEFAULT PRIVILEGES FOR ALL ROLES IN SCHEMA s GRANT SELECT ON TABLES TO {roles};")
    };
    let project = deployed(&[("s", &with("r1, r2")), ("s/v", "CREATE VIEW v AS SELECT 1 AS a;")]);
    expect(
        &project.edit(&[("s", &with("r1"))]).statements(),
        "
            stage: record the deployment
              (1 rows of deployments)
              (1 rows of objects)
            stage: prepare schemas
              ALTER DEFAULT PRIVILEGES FOR ALL ROLES IN SCHEMA s REVOKE SELECT ON TABLES FROM r1, r2
              ALTER DEFAULT PRIVILEGES FOR ALL ROLES IN SCHEMA s GRANT SELECT ON TABLES TO r1
        ",
    );
}

#[test]
fn default_privileges_that_stay_are_given_again_after_a_revoke() {
    let with = |roles: &str| {
        format!("ALTER DEFAULT PRIVILEGES FOR ALL ROLES IN SCHEMA s GRANT SELECT ON TABLES TO {roles};")
    };
    let both = format!("{} {}", with("r1"), with("r1, r2"));
    let project = deployed(&[("s", &both), ("s/v", "CREATE VIEW v AS SELECT 1 AS a;")]);
    let edit = project.edit(&[("s", &with("r1"))]);
    let alters = "  ALTER DEFAULT PRIVILEGES FOR ALL ROLES IN SCHEMA s REVOKE SELECT ON TABLES FROM r1, r2\n  \
                  ALTER DEFAULT PRIVILEGES FOR ALL ROLES IN SCHEMA s GRANT SELECT ON TABLES TO r1\n";
    assert!(edit.statements().contains(alters), "{}", edit.statements());
}

#[test]
fn grants_that_stay_are_made_again_after_a_revoke_that_may_take_them_along() {
    let view = "CREATE VIEW v AS SELECT 1 AS a; GRANT SELECT ON v TO r1;";
    let project = deployed(&[
        ("/models/app.sql", "GRANT USAGE ON DATABASE app TO r1; GRANT ALL ON DATABASE app TO r1;"),
        ("s", "GRANT USAGE ON SCHEMA s TO r1; GRANT ALL ON SCHEMA s TO r1;"),
        ("s/v", &format!("{view} GRANT SELECT ON v TO r1, r2;")),
    ]);
    let edit = project.edit(&[
        ("/models/app.sql", "GRANT USAGE ON DATABASE app TO r1;"),
        ("s", "GRANT USAGE ON SCHEMA s TO r1;"),
        ("s/v", view),
    ]);
    expect(
        &edit.statements(),
        "
            stage: record the deployment
              (1 rows of deployments)
              (1 rows of objects)
            promote: update in place
              REVOKE ALL ON DATABASE app FROM r1
              REVOKE ALL ON SCHEMA s FROM r1
              GRANT USAGE ON DATABASE app TO r1
              GRANT USAGE ON SCHEMA s TO r1
              REVOKE SELECT ON TABLE s.v FROM r1, r2
              GRANT SELECT ON s.v TO r1
        ",
    );
    let again = edit.plan();
    let steps = again.phases.iter().flat_map(|p| &p.steps);
    let grants = steps.filter(|s| matches!(&s.action, Action::Sql(sql) if sql.starts_with("GRANT")));
    assert!(grants.clone().all(|s| s.inverse == Inverse::Nothing), "what was there before isn't undone");
    assert_eq!(grants.count(), 3);
}

#[test]
fn a_schema_that_only_holds_tables_now_keeps_what_its_file_says() {
    let project = deployed(&[
        ("s", "GRANT USAGE ON SCHEMA s TO r1;"),
        ("s/v", "CREATE VIEW v AS SELECT 1 AS a;"),
        ("t/w", "CREATE VIEW w AS SELECT 1 AS a;"),
    ]);
    let edit = project.edit(&[("s/v", ""), ("s/t", "CREATE TABLE t (a int);")]);
    assert!(!edit.statements().contains("REVOKE"), "{}", edit.statements());
}

//! What an edit of a deployed project makes necessary, and why.

mod scenario;

use scenario::{deployed, first};

#[test]
fn try_it() {
    let s = || {
        deployed(&[
            ("s/t1", "CREATE VIEW t1 AS SELECT 1 AS a;"),
            ("s/t2", "CREATE VIEW t2 AS SELECT 1 AS a;"),
            (
                "s/v1",
                "CREATE MATERIALIZED VIEW v1 IN CLUSTER c AS SELECT t1.a FROM t1; CREATE INDEX v1_idx IN CLUSTER c ON v1 (a); CREATE INDEX IN CLUSTER d ON v1 (a); COMMENT ON MATERIALIZED VIEW v1 IS 'x'; GRANT SELECT ON v1 TO r;",
            ),
            ("u/w1", "CREATE MATERIALIZED VIEW w1 IN CLUSTER c AS SELECT 1 AS b;"),
            (
                "u/w2",
                "CREATE VIEW w2 AS SELECT 1 AS b; CREATE INDEX w2_idx IN CLUSTER d ON w2 (b); CREATE DEFAULT INDEX IN CLUSTER d ON w2;",
            ),
            ("z", "SET api = stable;"),
            (
                "z/m",
                "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT * FROM s.v1; COMMENT ON MATERIALIZED VIEW m IS 'x';",
            ),
            ("z/n", "CREATE MATERIALIZED VIEW n IN CLUSTER e AS SELECT * FROM z.m;"),
        ])
    };
    let e = s().edit(&[("s/t1", "CREATE VIEW t1 AS SELECT 2 AS a;")]);
    println!("{}\n{}", e.changes(), e.statements());
    let e = e.rename();
    println!("{}\n{}", e.changes(), e.statements());
    println!("{:#?}", e.plan().alternatives);
    assert_eq!(s().changes(), "");
    println!("{}", first(&[("s/t1", "CREATE VIEW t1 AS SELECT 2 AS a;")]).statements());
}

//! Timelines: what the relations say at each time.

use super::environment::{Environment, materialized_view};
use super::{Duration, Lag, Options, Pattern};
use crate::catalog::Op;

/// Round numbers: a replica takes 100 ms to start, a dataflow with one input 200 ms to hydrate.
fn environment() -> Environment {
    Environment::new(Options { hydration_per_input: Duration::ZERO, ..Options::default() })
}

/// Compares what a relation says about a thing with a table of `time expected`.
fn check(environment: &mut Environment, relation: &str, key: &str, timeline: &[(u64, &str)]) {
    for (now, expected) in timeline {
        assert_eq!(environment.about(*now, relation, key), *expected, "{relation} about {key} at {now}");
    }
}

#[test]
fn a_view_hydrates_once_its_replica_is_online() {
    let mut environment = environment();
    let cluster = environment.cluster(1000, 1);
    let table = environment.table(1000, "t");
    environment.materialized(1000, "m", &[table], cluster);
    let timeline = [
        (1099, ""),
        (1100, "u10 u2 -"),
        (1299, "u10 u2 -"),
        (1300, "u10 u2 200000000"),
        (99_000, "u10 u2 200000000"),
    ];
    check(&mut environment, "mz_compute_hydration_times", "u2", &timeline);
}

#[test]
fn what_reads_a_view_waits_for_it() {
    let mut environment = environment();
    let cluster = environment.cluster(1000, 1);
    let other = environment.cluster(1000, 1);
    let table = environment.table(1000, "t");
    let first = environment.materialized(1000, "m", &[table], cluster);
    let view = environment.view(1000, "v", &[first]);
    environment.index(1000, "v_index", view, other);
    assert_eq!(environment.about(1299, "mz_frontiers", "u4"), "u4 1000 0");
    assert_eq!(
        environment.about(1300, "mz_compute_operator_hydration_statuses", "u4"),
        "u11 u4 1 t; u11 u4 2 f"
    );
    assert_eq!(environment.about(1499, "mz_compute_hydration_times", "u4"), "u11 u4 -");
    assert_eq!(environment.about(1500, "mz_compute_hydration_times", "u4"), "u11 u4 400000000");
    assert_eq!(environment.about(1500, "mz_compute_dependencies", "u4"), "u4 u2");
}

#[test]
fn a_dataflow_imports_the_indexes_of_its_cluster() {
    let mut environment = environment();
    let cluster = environment.cluster(1000, 1);
    let table = environment.table(1000, "t");
    let view = environment.view(1000, "v", &[table]);
    environment.index(1000, "v_index", view, cluster);
    environment.materialized(1000, "m", &[view], cluster);
    assert_eq!(environment.about(1000, "mz_compute_dependencies", "u4"), "u4 u3");
    let index = "u3".parse().expect("an id");
    environment.drop_item(1500, index);
    assert_eq!(environment.about(1500, "mz_compute_dependencies", "u4"), "u4 u1");
}

#[test]
fn replicas_come_and_go() {
    let mut environment = environment();
    let cluster = environment.cluster(1000, 1);
    let table = environment.table(1000, "t");
    environment.materialized(1000, "m", &[table], cluster);
    environment.scale(2000, cluster, 0);
    check(&mut environment, "mz_compute_hydration_times", "u2", &[(2000, ""), (60_000, "")]);
    // What was remembered of the replica stays.
    let online = "u10 0 online - 1970-01-01 00:00:01.1+00";
    check(&mut environment, "mz_cluster_replica_status_history", "u10", &[(60_000, online)]);
    environment.scale(70_000, cluster, 2);
    let hydrated = "u11 u2 200000000; u12 u2 200000000";
    check(&mut environment, "mz_compute_hydration_times", "u2", &[(70_000, ""), (70_300, hydrated)]);
}

#[test]
fn nothing_hydrates_without_replicas() {
    let mut environment = environment();
    let cluster = environment.cluster(1000, 0);
    let table = environment.table(1000, "t");
    environment.materialized(1000, "m", &[table], cluster);
    environment.materialized(1000, "constant", &[], cluster);
    check(&mut environment, "mz_compute_hydration_times", "u2", &[(900_000, "")]);
    check(&mut environment, "mz_compute_hydration_times", "u3", &[(900_000, "")]);
    check(&mut environment, "mz_frontiers", "u2", &[(900_000, "u2 1000 0")]);
}

#[test]
fn a_constant_view_is_sealed() {
    let mut environment = environment();
    let cluster = environment.cluster(1000, 1);
    environment.materialized(1000, "constant", &[], cluster);
    check(&mut environment, "mz_frontiers", "u1", &[(1299, "u1 1000 0"), (1300, "u1 1000 -")]);
    check(&mut environment, "mz_compute_hydration_times", "u1", &[(1300, "u10 u1 200000000")]);
    check(&mut environment, "mz_wallclock_lag_history", "u1", &[(200_000, "")]);
}

#[test]
fn frontiers_follow_the_clock_and_what_is_behind_is_seen() {
    let mut environment = environment();
    let cluster = environment.cluster(1000, 1);
    let table = environment.table(1000, "t");
    environment.materialized(1000, "m", &[table], cluster);
    check(&mut environment, "mz_frontiers", "u1", &[(5400, "u1 4000 5000"), (6000, "u1 5000 6000")]);
    environment.simulation.set_lag(Pattern::new("m"), Lag::Steady(Duration::from_secs(30)), 60_000);
    check(&mut environment, "mz_frontiers", "u2", &[(60_000, "u2 29000 30000")]);
    check(&mut environment, "mz_materialization_lag", "u2", &[(60_000, "u2 00:00:30 00:00:30 u1 u1")]);
    environment.simulation.set_lag(Pattern::new("m"), Lag::Since(60_000), 60_000);
    check(&mut environment, "mz_materialization_lag", "u2", &[(60_000, "u2 00:00:00 00:00:00 u1 u1")]);
    check(&mut environment, "mz_materialization_lag", "u2", &[(660_000, "u2 00:10:00 00:10:00 u1 u1")]);
}

#[test]
fn lag_is_unknown_then_small_and_sampled_by_the_minute() {
    let mut environment = environment();
    let cluster = environment.cluster(59_000, 1);
    let table = environment.table(59_000, "t");
    environment.index(59_000, "t_index", table, cluster);
    let timeline = [
        (59_050, ""),
        (59_100, "u2 u10 - 1970-01-01 00:00:59.1+00"),
        (59_300, "u2 u10 00:00:00 1970-01-01 00:00:59.3+00"),
        (60_500, "u2 u10 00:00:00 1970-01-01 00:00:59.3+00; u2 u10 00:00:00 1970-01-01 00:01:00+00"),
    ];
    check(&mut environment, "mz_wallclock_lag_history", "u2", &timeline);
    // After a long time there are the samples of the last minutes.
    let day = 86_400_000;
    let samples = environment.about(day, "mz_wallclock_lag_history", "u2");
    assert_eq!(samples.matches("00:00:00 1970-01-0").count(), Options::default().lag_samples, "{samples}");
}

#[test]
fn a_replica_that_runs_out_of_memory_starts_again_and_again() {
    let mut environment = environment();
    let cluster = environment.cluster(1000, 1);
    let table = environment.table(1000, "t");
    environment.materialized(1000, "m", &[table], cluster);
    environment.simulation.oom(cluster, 10_000);
    let timeline =
        [(10_000, "u10 u2 -"), (10_300, "u10 u2 200000000"), (12_100, "u10 u2 -"), (12_200, "u10 u2 -")];
    check(&mut environment, "mz_compute_hydration_times", "u2", &timeline);
    let history = environment.about(60_000, "mz_cluster_replica_status_history", "u10");
    assert!(history.matches("offline oom-killed").count() >= 20, "{history}");
    environment.simulation.recover(70_000);
    let history = environment.about(200_000, "mz_cluster_replica_status_history", "u10");
    assert!(
        history.ends_with("oom-killed 1970-01-01 00:01:09.1+00") || history.contains("online"),
        "{history}"
    );
    check(&mut environment, "mz_compute_hydration_times", "u2", &[(200_000, "u10 u2 200000000")]);
}

#[test]
fn a_lost_replica_stays_away_and_what_it_had_is_not_hydrated() {
    let mut environment = environment();
    let cluster = environment.cluster(1000, 1);
    let table = environment.table(1000, "t");
    environment.materialized(1000, "m", &[table], cluster);
    environment.simulation.lose("u10".parse().expect("an id"), 5000);
    check(&mut environment, "mz_compute_hydration_times", "u2", &[(90_000, "u10 u2 -")]);
    // It was written as far as the replica came.
    check(&mut environment, "mz_frontiers", "u2", &[(90_000, "u2 4000 5000")]);
    check(&mut environment, "mz_materialization_lag", "u2", &[(90_000, "u2 00:01:25 00:01:25 u1 u1")]);
    environment.simulation.recover(90_000);
    check(&mut environment, "mz_compute_hydration_times", "u2", &[(90_300, "u10 u2 200000000")]);
}

#[test]
fn hydration_can_be_slow_or_stuck_for_what_a_pattern_names() {
    let mut environment = environment();
    let cluster = environment.cluster(1000, 1);
    let table = environment.table(1000, "t");
    let slow = Some(Duration::from_secs(5));
    environment.simulation.set_hydration(Pattern::new("materialize.public.slow%"), slow, 1000);
    environment.simulation.set_hydration(Pattern::new("stuck"), None, 1000);
    environment.materialized(1000, "slow_one", &[table], cluster);
    environment.materialized(1000, "stuck", &[table], cluster);
    let timeline = [(6099, "u10 u2 -"), (6100, "u10 u2 5000000000")];
    check(&mut environment, "mz_compute_hydration_times", "u2", &timeline);
    check(&mut environment, "mz_compute_hydration_times", "u3", &[(9_000_000, "u10 u3 -")]);
    environment.simulation.set_hydration(Pattern::new("stuck"), Some(Duration::ZERO), 9_000_000);
    check(&mut environment, "mz_compute_hydration_times", "u3", &[(9_000_000, "u10 u3 8998900000000")]);
}

#[test]
fn a_source_starts_runs_and_pauses() {
    let mut environment = environment();
    let cluster = environment.cluster(1000, 1);
    environment.source(1000, "s", cluster);
    let status = |at: &str, word: &str| format!("u1 s load-generator 1970-01-01 00:00:{at}+00 {word} - -");
    assert_eq!(environment.about(1100, "mz_source_statuses", "u1"), status("01", "starting"));
    assert_eq!(environment.about(1300, "mz_source_statuses", "u1"), status("01.3", "running"));
    environment.simulation.count("u1".parse().expect("an id"), 3, 24, 3);
    let statistics = "u1 u10 3 24 3 3 0 0 00:00:00.2 3 3 t 3 3";
    assert_eq!(environment.about(1300, "mz_source_statistics", "u1"), statistics);
    environment.scale(9000, cluster, 0);
    assert_eq!(environment.about(9000, "mz_source_statuses", "u1"), status("09", "paused"));
    assert_eq!(environment.about(9000, "mz_source_statistics", "u1"), "");
    let history = environment.about(9000, "mz_source_status_history", "u1");
    assert_eq!(history.matches("u1").count(), 3, "{history}");
}

#[test]
fn a_replacement_keeps_its_state_when_it_is_applied() {
    let mut environment = environment();
    let cluster = environment.cluster(1000, 1);
    let table = environment.table(1000, "t");
    let target = environment.materialized(1000, "m", &[table], cluster);
    let kind = materialized_view(cluster, false, Some(target));
    let replacement = environment.item(5000, "m_new", &[table, target], kind);
    // It doesn't read what it replaces.
    assert_eq!(environment.about(5200, "mz_compute_dependencies", "u3"), "u3 u1");
    environment.apply(6000, Op::ApplyReplacement { target, replacement });
    check(&mut environment, "mz_compute_hydration_times", "u2", &[(6000, "")]);
    check(&mut environment, "mz_compute_hydration_times", "u3", &[(6000, "u10 u3 200000000")]);
}

#[test]
fn a_rename_changes_nothing_but_names() {
    let mut environment = environment();
    let cluster = environment.cluster(1000, 1);
    let source = environment.source(1000, "s", cluster);
    let before = environment.rows(5000, "mz_source_statistics");
    environment.apply(5000, Op::RenameItem { id: source, to: mz_deploy_planner::name::Ident::new("s2") });
    assert_eq!(environment.rows(5000, "mz_source_statistics"), before);
    assert!(environment.about(5000, "mz_source_statuses", "u1").starts_with("u1 s2 load-generator"));
}

#[test]
fn rows_have_the_columns_of_their_relations() {
    let mut environment = environment();
    let cluster = environment.cluster(1000, 1);
    let table = environment.table(1000, "t");
    environment.materialized(1000, "m", &[table], cluster);
    environment.source(1000, "s", cluster);
    environment.rows(5000, "");
    for (name, rows) in environment.simulation.rows() {
        let (schema, relation) = name.split_once('.').expect("names have a schema");
        let known = crate::system::relations().find(|known| known.schema == schema && known.name == relation);
        let known = known.unwrap_or_else(|| panic!("there is no {name}"));
        let key = super::Relation::ALL.iter().find(|key| key.name == name).expect("it is listed");
        assert_eq!(known.columns.get(key.key_position).map(|column| column.name), Some(key.key), "{name}");
        assert!(!rows.is_empty() || name.contains("sink"), "{name} has no rows to look at");
        for row in rows {
            assert_eq!(row.len(), known.columns.len(), "{name}");
            for (value, column) in row.iter().zip(&known.columns) {
                assert!(value.is_some() || column.nullable, "{name}.{} is NULL", column.name);
            }
        }
    }
}

#[test]
fn a_change_is_statements_of_the_engine() {
    let mut environment = environment();
    environment.table(1000, "t");
    let changes = environment.simulation.changes(5000);
    let frontiers = changes.iter().find(|change| change.relation.name.ends_with("mz_frontiers"));
    assert_eq!(
        frontiers.expect("there is a new one").sql(),
        [
            "DELETE FROM base.\"mz_internal.mz_frontiers\" WHERE \"object_id\" IN ('u1')",
            "INSERT INTO base.\"mz_internal.mz_frontiers\" VALUES ('u1', '4000', '5000')",
        ]
    );
}

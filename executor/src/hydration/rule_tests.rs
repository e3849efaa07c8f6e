//! The rule: timelines as servers show them, and laws that hold for every observation.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use proptest::strategy::ValueTree;

use super::expected::{Dataflow, Expected, ExpectedCluster, ExpectedObject};
use super::fact::{Fact, observation};
use super::rule::{HydrationStatus, Observation, Readiness, Reason, Status, Verdict, readiness};

const ALLOWED_LAG: Duration = Duration::from_mins(5);

/// A materialized view `m` and an index `i`, both on the cluster `c`.
fn staged() -> Expected {
    let object =
        |id: &str, kind| ExpectedObject { name: format!("app.core.{id}").into(), id: id.into(), kind };
    let objects = vec![object("i", Dataflow::Index), object("m", Dataflow::MaterializedView)];
    Expected { clusters: vec![ExpectedCluster { id: "c".into(), name: "compute_v2".into(), objects }] }
}

fn cluster() -> Fact {
    Fact::Cluster { id: "c".into(), name: "compute_v2".into() }
}

fn replica(id: &str) -> Fact {
    Fact::Replica { id: id.into(), cluster: "c".into() }
}

fn object(id: &str) -> Fact {
    Fact::Object(id.into())
}

fn hydration(object: &str, replica: Option<&str>, hydrated: Option<bool>) -> Fact {
    let replica = replica.map(Into::into);
    Fact::Hydration(HydrationStatus { object: object.into(), replica, hydrated })
}

fn on(replica: &str, object: &str, hydrated: bool) -> Fact {
    hydration(object, Some(replica), Some(hydrated))
}

fn lag(object: &str, seconds: Option<u64>) -> Fact {
    Fact::Lag(object.into(), seconds)
}

/// The cluster with one replica and both objects, of which nothing is known but that they are there.
fn fresh() -> Vec<Fact> {
    vec![cluster(), replica("r"), object("i"), object("m")]
}

/// The same, hydrated and up to date.
fn hydrated() -> Vec<Fact> {
    let more = [on("r", "i", true), on("r", "m", true), lag("i", Some(1)), lag("m", Some(1))];
    fresh().into_iter().chain(more).collect()
}

fn with(mut facts: Vec<Fact>, more: &[Fact]) -> Vec<Fact> {
    facts.extend_from_slice(more);
    facts
}

fn without(mut facts: Vec<Fact>, fact: &Fact) -> Vec<Fact> {
    let before = facts.len();
    facts.retain(|other| other != fact);
    assert!(facts.len() < before, "{fact:?} is one of them");
    facts
}

fn looked_at(facts: &[Fact]) -> Readiness {
    readiness(&staged(), &observation(facts), ALLOWED_LAG)
}

fn status(facts: &[Fact]) -> Status {
    let mut readiness = looked_at(facts);
    readiness.clusters.remove(0).status
}

fn hydrating(hydrated: usize) -> Status {
    Status::Hydrating { hydrated, total: 2 }
}

fn failing(reason: Reason) -> Status {
    Status::Failing { reason }
}

#[test]
fn everything_hydrated_and_up_to_date_on_one_replica_is_ready() {
    assert_eq!(status(&hydrated()), Status::Ready);
    assert!(looked_at(&hydrated()).is_ready());
    let other = with(hydrated(), &[replica("r2"), on("r2", "i", false)]);
    assert_eq!(status(&other), Status::Ready, "one replica is enough");
}

#[test]
fn a_fresh_materialized_view_first_shows_a_null_replica() {
    let nothing = fresh();
    let null = with(fresh(), &[hydration("m", None, Some(false)), hydration("i", None, Some(false))]);
    let one = with(fresh(), &[on("r", "i", true), hydration("m", None, Some(false))]);
    let unknown = with(fresh(), &[on("r", "i", true), hydration("m", Some("r"), None)]);
    let begun = with(fresh(), &[on("r", "i", true), on("r", "m", false)]);
    for (facts, hydrated) in [(nothing, 0), (null, 0), (one, 1), (unknown, 1), (begun, 1)] {
        assert_eq!(status(&facts), hydrating(hydrated));
    }
}

#[test]
fn a_row_without_a_replica_never_counts_as_hydrated() {
    let facts = with(fresh(), &[on("r", "i", true), hydration("m", None, Some(true))]);
    assert_eq!(status(&facts), hydrating(1));
}

#[test]
fn a_missing_row_counts_as_not_hydrated() {
    assert_eq!(status(&without(hydrated(), &on("r", "m", true))), hydrating(1));
}

#[test]
fn two_replicas_with_one_half_each_are_not_ready() {
    let halves = [on("r", "i", true), on("r", "m", false), on("r2", "i", false), on("r2", "m", true)];
    let facts = with(with(fresh(), &[replica("r2")]), &halves);
    assert_eq!(status(&facts), hydrating(1));
}

#[test]
fn a_lost_replica_takes_its_progress_with_it() {
    let lost = without(hydrated(), &replica("r"));
    assert_eq!(status(&lost), failing(Reason::NoReplicas), "its rows may be there for some time");
    let replaced = with(lost, &[replica("r2"), on("r2", "m", true), on("r2", "i", false)]);
    assert_eq!(status(&replaced), hydrating(1));
    assert_eq!(status(&with(replaced, &[on("r2", "i", true)])), hydrating(1), "while one row says no");
}

#[test]
fn replicas_that_keep_running_out_of_memory_fail_when_no_other_is_left() {
    let looping = with(fresh(), &[on("r", "i", true), Fact::Problematic("r".into())]);
    let expected = Reason::AllReplicasProblematic { problematic: 1, total: 1 };
    assert_eq!(status(&looping), failing(expected));
    assert_eq!(looked_at(&looping).verdict(), Verdict::Failing);
    let other = with(looping, &[replica("r2")]);
    assert_eq!(status(&other), hydrating(0), "what is on the other one doesn't last");
    let second = with(other, &[Fact::Problematic("r2".into())]);
    assert_eq!(status(&second), failing(Reason::AllReplicasProblematic { problematic: 2, total: 2 }));
}

#[test]
fn a_lag_over_the_limit_holds_it_back() {
    let late = |seconds| with(without(hydrated(), &lag("m", Some(1))), &[lag("m", Some(seconds))]);
    assert_eq!(status(&late(300)), Status::Ready, "as much as is allowed");
    assert_eq!(status(&late(301)), Status::Lagging { max_lag_secs: 301 });
    assert_eq!(looked_at(&late(301)).verdict(), Verdict::NotReady);
}

#[test]
fn what_has_no_lag_yet_is_up_to_date_once_its_frontier_is() {
    let unread = with(without(hydrated(), &lag("m", Some(1))), &[lag("m", None)]);
    let unsampled = without(hydrated(), &lag("m", Some(1)));
    for facts in [unread, unsampled] {
        assert_eq!(status(&facts), Status::Lagging { max_lag_secs: 1 });
        assert_eq!(status(&with(facts, &[Fact::CaughtUp("m".into())])), Status::Ready);
    }
}

#[test]
fn a_sealed_materialized_view_counts_as_hydrated() {
    let facts = with(fresh(), &[on("r", "i", true), lag("i", Some(1)), Fact::Sealed("m".into())]);
    assert_eq!(status(&facts), Status::Ready);
    let index = with(fresh(), &[on("r", "m", true), lag("m", Some(1)), Fact::Sealed("i".into())]);
    assert_eq!(status(&index), hydrating(1), "an index has to be in memory");
    assert_eq!(status(&with(index, &[on("r", "i", true)])), Status::Ready, "and then has no lag");
    let nowhere = without(facts, &replica("r"));
    assert_eq!(status(&nowhere), failing(Reason::NoReplicas), "nobody could read it");
}

#[test]
fn what_was_dropped_is_noticed() {
    let dropped = without(hydrated(), &cluster());
    assert_eq!(status(&dropped), failing(Reason::Dropped));
    assert_eq!(looked_at(&dropped).clusters[0].cluster_name, "compute_v2", "it has its name still");
    let objects = vec!["app.core.m".into()];
    assert_eq!(
        status(&without(hydrated(), &object("m"))),
        failing(Reason::ObjectsDropped { objects }),
        "whatever rows of it are left"
    );
}

#[test]
fn objects_of_others_on_the_same_cluster_do_not_matter() {
    let facts = with(hydrated(), &[object("x"), on("r", "x", false), lag("x", Some(9999))]);
    assert_eq!(status(&facts), Status::Ready);
}

#[test]
fn a_cluster_without_objects_is_ready_as_long_as_it_is_there() {
    let mut expected = staged();
    expected.clusters[0].objects.clear();
    let verdict = |facts: &[Fact]| readiness(&expected, &observation(facts), ALLOWED_LAG).verdict();
    assert_eq!(verdict(&[cluster()]), Verdict::Ready);
    assert_eq!(verdict(&[]), Verdict::Failing);
}

/// Clusters `c0`, `c1`; objects `o0` … `o3`, of which some are expected on either; replicas `r0` … `r3`.
fn expectations() -> impl Strategy<Value = Expected> {
    let kind = prop_oneof![Just(Dataflow::Index), Just(Dataflow::MaterializedView)];
    prop::collection::vec((0usize..2, kind), 0..4).prop_map(|objects| {
        let mut clusters: Vec<_> = (0..2)
            .map(|i| ExpectedCluster {
                id: format!("c{i}").into(),
                name: format!("c{i}").into(),
                objects: Vec::new(),
            })
            .collect();
        for (i, (cluster, kind)) in objects.into_iter().enumerate() {
            let id = format!("o{i}");
            clusters[cluster].objects.push(ExpectedObject { name: id.as_str().into(), id: id.into(), kind });
        }
        Expected { clusters }
    })
}

fn named(letter: &'static str, count: u8) -> impl Strategy<Value = smol_str::SmolStr> {
    (0..count).prop_map(move |i| format!("{letter}{i}").into())
}

fn hydration_status(hydrated: impl Strategy<Value = Option<bool>>) -> impl Strategy<Value = Fact> {
    (named("o", 4), prop::option::weighted(0.8, named("r", 4)), hydrated).prop_map(
        |(object, replica, hydrated)| Fact::Hydration(HydrationStatus { object, replica, hydrated }),
    )
}

/// Facts of a world where most things are as they should be: others are rarely ready.
fn facts() -> impl Strategy<Value = Vec<Fact>> {
    let there: Vec<Fact> = (0..2)
        .map(|i| Fact::Cluster { id: format!("c{i}").into(), name: format!("c{i}").into() })
        .chain(
            (0..4)
                .map(|i| Fact::Replica { id: format!("r{i}").into(), cluster: format!("c{}", i % 2).into() }),
        )
        .chain((0..4).map(|i| Fact::Object(format!("o{i}").into())))
        .chain((0..16).map(|i| on(&format!("r{}", i / 4), &format!("o{}", i % 4), true)))
        .chain((0..4).map(|i| Fact::Lag(format!("o{i}").into(), Some(i * 50))))
        .collect();
    let count = there.len();
    let trouble = prop_oneof![
        4 => hydration_status(prop::option::of(any::<bool>())),
        1 => named("r", 4).prop_map(Fact::Problematic),
        1 => named("o", 4).prop_map(Fact::Sealed),
        1 => named("o", 4).prop_map(Fact::CaughtUp),
        1 => (named("o", 4), prop::option::of(0u64..600)).prop_map(|(object, lag)| Fact::Lag(object, lag)),
    ];
    let most = prop_oneof![Just(count), (count - 3)..=count, 0..=count];
    (most.prop_flat_map(move |most| subsequence(there.clone(), most)), prop::collection::vec(trouble, 0..4))
        .prop_map(|(there, trouble)| with(there, &trouble))
}

/// The definition, word for word and without thought for speed.
fn is_ready_by_definition(expected: &Expected, seen: &Observation) -> bool {
    let is_up_to_date = |object: &ExpectedObject| {
        seen.sealed.contains(&object.id)
            || match seen.lags.get(&object.id) {
                Some(Some(lag)) => *lag <= ALLOWED_LAG.as_secs(),
                Some(None) | None => seen.caught_up.contains(&object.id),
            }
    };
    let is_hydrated = |object: &ExpectedObject, replica: &str| {
        let rows = || {
            seen.hydration
                .iter()
                .filter(|row| row.object == object.id && row.replica.as_deref() == Some(replica))
        };
        let is_sealed_view = object.kind == Dataflow::MaterializedView && seen.sealed.contains(&object.id);
        is_sealed_view || (rows().count() > 0 && rows().all(|row| row.hydrated == Some(true)))
    };
    expected.clusters.iter().all(|cluster| {
        let Some(there) = seen.clusters.get(&cluster.id) else { return false };
        cluster.objects.iter().all(|object| seen.objects.contains(&object.id) && is_up_to_date(object))
            && (cluster.objects.is_empty()
                || there.replicas.iter().any(|(replica, is_problematic)| {
                    !is_problematic && cluster.objects.iter().all(|object| is_hydrated(object, replica))
                }))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_rule_is_its_definition(expected in expectations(), facts in facts()) {
        let seen = observation(&facts);
        let readiness = readiness(&expected, &seen, ALLOWED_LAG);
        prop_assert_eq!(readiness.is_ready(), is_ready_by_definition(&expected, &seen));
    }

    #[test]
    fn a_row_that_is_not_hydrated_never_makes_a_deployment_ready(
        expected in expectations(),
        facts in facts(),
        row in hydration_status(prop_oneof![Just(None), Just(Some(false))]),
    ) {
        let ready = |facts: &[Fact]| readiness(&expected, &observation(facts), ALLOWED_LAG).is_ready();
        prop_assert!(ready(&facts) || !ready(&with(facts, &[row])));
    }

    #[test]
    fn the_order_of_rows_changes_nothing(
        expected in expectations(),
        facts in facts(),
        swaps in prop::collection::vec(any::<(Index, Index)>(), 0..40),
    ) {
        let mut shuffled = facts.clone();
        for (one, other) in swaps.into_iter().filter(|_| !facts.is_empty()) {
            shuffled.swap(one.index(facts.len()), other.index(facts.len()));
        }
        let look = |facts: &[Fact]| readiness(&expected, &observation(facts), ALLOWED_LAG);
        prop_assert_eq!(look(&facts), look(&shuffled));
    }

    #[test]
    fn an_expected_object_more_never_makes_a_deployment_ready(expected in expectations(), facts in facts()) {
        let seen = observation(&facts);
        let mut fewer = expected.clone();
        for cluster in &mut fewer.clusters {
            cluster.objects.pop();
        }
        let ready = |expected: &Expected| readiness(expected, &seen, ALLOWED_LAG).is_ready();
        prop_assert!(ready(&fewer) || !ready(&expected));
    }
}

/// The laws above say nothing if nearly nothing is ready.
#[test]
fn the_laws_are_tried_on_ready_and_other_deployments() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut ready = 0;
    for _ in 0..300 {
        let tree = (expectations(), facts()).new_tree(&mut runner).expect("a case");
        let (expected, facts) = tree.current();
        let has_objects = expected.objects().next().is_some();
        ready +=
            usize::from(has_objects && readiness(&expected, &observation(&facts), ALLOWED_LAG).is_ready());
    }
    assert!((30..270).contains(&ready), "{ready} of 300 are ready");
}

//! Leases: one holder, whoever comes second, and what a kill leaves.

use std::time::Duration;

use mz_deploy::db::lease::{Held, Holder, Lease, Taken, take};
use mz_deploy::db::ledger::Origin;
use mz_deploy::db::{Connection, Kind, Scope, Target};
use mz_deploy::host::Process;
use mz_deploy_sandbox::Options;
use mz_deploy_sandbox::fault::{Action, Rule, When};
use mz_deploy_sandbox::time::Pattern;
use serde_json::{Value, json};

use crate::server::{Server, block_on};

/// A server with as much of a ledger as leases take.
async fn with_database() -> (Server, Connection) {
    let server = Server::sandbox(Options::default());
    let connection = server.connect().await;
    for sql in [
        "CREATE DATABASE _mz_deploy",
        "CREATE ROLE materialize_deployer",
        "GRANT USAGE, CREATE ON DATABASE _mz_deploy TO materialize_deployer",
        "GRANT materialize_deployer TO materialize",
    ] {
        connection.execute(sql).await.expect(sql);
    }
    (server, connection)
}

/// A session of another role.
async fn connect_as(server: &Server, role: &str) -> Connection {
    Connection::open(&Target { user: role.to_owned(), ..server.target() }).await.expect("a connection")
}

/// A process like this one, but for what is said.
fn process(differs: &Value) -> Process {
    let mut process = serde_json::to_value(Process::current()).expect("a process serialises");
    let all = process.as_object_mut().expect("it is an object");
    all.extend(differs.as_object().expect("an object").clone());
    serde_json::from_value(process).expect("a process")
}

/// A process that runs.
fn running() -> Process {
    Process::current()
}

/// A process of this machine that doesn't run any more.
fn killed() -> Process {
    process(&json!({ "pid": u32::MAX }))
}

/// A process of which nobody here knows whether it runs.
fn elsewhere() -> Process {
    process(&json!({ "pid": 1, "within": "another container" }))
}

fn holder(process: Process) -> Holder {
    let origin = Origin { role: "materialize".to_owned(), host: "here".to_owned(), commit: None };
    Holder::new(&origin, "promote", process)
}

async fn lease(connection: &Connection, process: Process, take_over: bool) -> Result<Lease, Option<Holder>> {
    match take(connection, "a1", holder(process), take_over).await.expect("an answer") {
        Taken::Lease(lease) => Ok(*lease),
        Taken::Held(by) => Err(by),
        Taken::Contended => Err(None),
    }
}

/// Names and owners of what there is of leases.
async fn around(connection: &Connection) -> Vec<String> {
    let sql = "SELECT s.name, r.name AS owner FROM mz_schemas s JOIN mz_roles r ON r.id = s.owner_id \
               WHERE s.name LIKE '%lease%' ORDER BY s.name";
    let rows = connection.query(sql).await.expect("schemas");
    let text = |column: &str, row: &mz_deploy::db::Row| row.get(column).unwrap_or_default().to_owned();
    rows.iter().map(|row| format!("{} {}", text("name", row), text("owner", row))).collect()
}

const LEASE: [&str; 1] = ["lease_a1 materialize_deployer"];

#[test]
fn whoever_comes_second_is_told_who_was_first() {
    block_on(async {
        let (_server, connection) = with_database().await;
        let first = lease(&connection, running(), false).await.expect("it is free");
        assert!(first.is_held(&connection).await.expect("an answer"));
        assert!(!first.holder().since.is_empty());
        for other in [elsewhere(), running()] {
            let by = lease(&connection, other, false).await.expect_err("it is held");
            assert_eq!(by.as_ref(), Some(first.holder()));
        }
        assert_eq!(around(&connection).await, LEASE);
        first.release(&connection).await.expect("given back");
        lease(&connection, elsewhere(), false).await.expect("it is free again");
    });
}

/// Containers have the same name and the same process numbers as others.
#[test]
fn the_lease_of_a_killed_process_is_taken_over_and_the_one_of_a_stranger_is_not() {
    block_on(async {
        let (_server, connection) = with_database().await;
        let strangers = [
            elsewhere(),
            process(&json!({ "pid": u32::MAX, "within": null })),
            process(&json!({ "pid": u32::MAX, "started": null })),
        ];
        for stranger in strangers {
            let held = lease(&connection, stranger, false).await.expect("it is free");
            lease(&connection, running(), false).await.expect_err("nobody can know that it is gone");
            held.release(&connection).await.expect("given back");
        }
        let another_start = process(&json!({ "started": "another time" }));
        for gone in [killed(), another_start] {
            let gone = lease(&connection, gone, false).await.expect("it is free");
            let next = lease(&connection, running(), false).await.expect("it is known to be gone");
            assert!(!gone.is_held(&connection).await.expect("an answer"));
            assert_eq!(gone.lost_to(), Some(Some(next.holder())));
            // What was lost isn't given back: it is another's.
            gone.release(&connection).await.expect("nothing to do");
            assert!(next.is_held(&connection).await.expect("an answer"));
            next.release(&connection).await.expect("given back");
        }
    });
}

#[test]
fn a_lease_can_be_taken_over_by_force() {
    block_on(async {
        let (_server, connection) = with_database().await;
        let first = lease(&connection, running(), false).await.expect("it is free");
        let second = lease(&connection, elsewhere(), true).await.expect("by force");
        assert!(!first.is_held(&connection).await.expect("an answer"));
        assert!(second.is_held(&connection).await.expect("an answer"));
        assert_eq!(around(&connection).await, LEASE, "nothing is left of the first");
    });
}

#[test]
fn the_lease_of_another_deployer_can_be_taken_over() {
    block_on(async {
        let (server, connection) = with_database().await;
        for sql in ["CREATE ROLE colleague", "GRANT materialize_deployer TO colleague"] {
            connection.execute(sql).await.expect(sql);
        }
        let colleague = connect_as(&server, "colleague").await;
        for (process, by_force) in [(killed(), false), (running(), true)] {
            let first = lease(&connection, process, false).await.expect("it is free");
            let second = lease(&colleague, running(), by_force).await.expect("it is taken over");
            assert!(!first.is_held(&connection).await.expect("an answer"));
            second.release(&colleague).await.expect("given back");
        }
        assert!(around(&connection).await.is_empty());
        let stranger = connect_as(&server, "stranger").await;
        let error = take(&stranger, "a1", holder(running()), false).await.expect_err("it is no deployer");
        assert_eq!(error.kind, Kind::Privilege);
        assert!(around(&connection).await.is_empty());
    });
}

/// Between any two statements of taking a lease: the same command takes it, without being told to.
#[test]
fn a_process_that_is_killed_while_it_takes_a_lease_leaves_nothing_in_the_way() {
    block_on(async {
        let (server, connection) = with_database().await;
        let faults = server.as_sandbox().faults();
        for killed_first in [false, true] {
            // With and without the lease of another that was killed before.
            for nth in 1.. {
                if killed_first {
                    lease(&connection, killed(), true).await.expect("by force");
                }
                let victim = server.connect().await;
                faults.add(Rule {
                    pattern: Pattern::new("%"),
                    nth: Some(nth),
                    when: When::After,
                    action: Action::Disconnect,
                });
                let result = take(&victim, "a1", holder(killed()), false).await;
                faults.clear();
                let taken = lease(&connection, running(), false).await;
                let taken = taken.unwrap_or_else(|by| panic!("killed after statement {nth}: held by {by:?}"));
                assert_eq!(around(&connection).await, LEASE, "killed after statement {nth}");
                taken.release(&connection).await.expect("given back");
                if result.is_ok() && !victim.is_closed() {
                    assert!(nth > 5, "there are more statements than {nth}");
                    break;
                }
            }
        }
    });
}

#[test]
fn what_was_left_aside_goes_when_the_lease_is_taken_the_next_time() {
    block_on(async {
        let (_server, connection) = with_database().await;
        let left = ["left_lease_a1_u7", "claim_lease_a1_0123456789abcdef"];
        let others = ["left_lease_a1_b_u7", "claim_lease_a1_b_0123456789abcdef", "lease_a1_b"];
        for name in left.into_iter().chain(others) {
            connection.execute(&format!("CREATE SCHEMA _mz_deploy.{name}")).await.expect("a schema");
        }
        let lease = lease(&connection, running(), false).await.expect("it is free");
        lease.release(&connection).await.expect("given back");
        let rest = around(&connection).await;
        assert_eq!(rest.len(), others.len(), "{rest:?}");
        assert!(others.iter().all(|name| rest.contains(&format!("{name} materialize"))), "{rest:?}");
    });
}

#[test]
fn a_lease_without_a_name_on_it_is_held_by_somebody() {
    block_on(async {
        let (_server, connection) = with_database().await;
        connection.execute("CREATE SCHEMA _mz_deploy.lease_a1").await.expect("a schema");
        assert_eq!(lease(&connection, running(), false).await.expect_err("held"), None);
        lease(&connection, running(), true).await.expect("by force");
    });
}

#[test]
fn of_many_at_once_one_gets_it() {
    block_on(async {
        let (server, connection) = with_database().await;
        lease(&connection, killed(), false).await.expect("it is free");
        let mut tasks = Vec::new();
        for _ in 0..6 {
            let connection = server.connect().await;
            tasks.push(tokio::spawn(async move {
                // Whoever is told of nobody tries again, as a person would.
                loop {
                    match lease(&connection, running(), false).await {
                        Ok(lease) => return Some((connection, lease)),
                        Err(None) => {}
                        Err(Some(_)) => return None,
                    }
                }
            }));
        }
        let mut taken = Vec::new();
        for task in tasks {
            taken.extend(task.await.expect("no panic"));
        }
        let mut held = 0;
        for (connection, lease) in &taken {
            held += usize::from(lease.is_held(connection).await.expect("an answer"));
        }
        assert_eq!(held, 1, "{held} of {} have it", taken.len());
    });
}

/// Whoever takes over sweeps away what others were about to make a lease of; those look who was quicker.
#[test]
fn a_claim_that_is_swept_away_is_made_again() {
    block_on(async {
        for at in [
            "ALTER SCHEMA%claim%OWNER%",
            "COMMENT ON SCHEMA%claim%",
            "SELECT s.id%claim%",
            "ALTER SCHEMA%claim%RENAME%",
        ] {
            let (server, connection) = with_database().await;
            server.as_sandbox().faults().add(Rule {
                pattern: Pattern::new(at),
                nth: Some(1),
                when: When::Before,
                action: Action::Delay(Duration::from_secs(20)),
            });
            let (other, faults) = (server.connect().await, server.as_sandbox().faults().clone());
            let rival = tokio::spawn(async move {
                while !faults.list().is_empty() {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                let taken = lease(&other, running(), false).await.expect("it is free");
                faults.clear();
                (taken, other)
            });
            let slower = lease(&connection, running(), false).await.err().flatten();
            let (taken, other) = rival.await.expect("no panic");
            assert_eq!(slower.as_ref(), Some(taken.holder()), "{at}");
            assert!(taken.is_held(&other).await.expect("an answer"));
        }
    });
}

/// An answer counts from when it was asked for: meanwhile somebody may have taken over.
#[test]
fn an_answer_that_was_long_under_way_does_not_count() {
    block_on(async {
        for asks_along_with_a_look in [false, true] {
            let (server, connection) = with_database().await;
            let held = lease(&connection, running(), false).await.expect("it is free");
            let faults = server.as_sandbox().faults();
            faults.add(Rule {
                pattern: Pattern::new("SELECT now()%lease_a1%"),
                nth: Some(1),
                when: When::After,
                action: Action::Delay(Duration::from_millis(1300)),
            });
            let (other, rules) = (server.connect().await, faults.clone());
            let rival = tokio::spawn(async move {
                while !rules.list().is_empty() {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                lease(&other, elsewhere(), true).await.expect("it is taken over")
            });
            if asks_along_with_a_look {
                let (_, is_held) = held.observe(&connection, &Scope::default()).await.expect("a catalog");
                assert!(is_held, "it was, when it was looked at");
            } else {
                Held::new(&connection, &held).execute("SELECT 1").await.expect("it was held");
            }
            rival.await.expect("no panic");
            assert!(!held.is_still_held(&connection).await.expect("an answer"));
        }
    });
}

/// Whoever pushes a lease aside by mistake gives it its name back.
#[test]
fn a_lease_that_is_not_there_for_a_moment_is_still_held() {
    block_on(async {
        let (server, connection) = with_database().await;
        let held = lease(&connection, running(), false).await.expect("it is free");
        let other = server.connect().await;
        other.execute("ALTER SCHEMA _mz_deploy.lease_a1 RENAME TO aside").await.expect("renamed");
        let (_, is_held) = held.observe(&connection, &Scope::default()).await.expect("a catalog");
        assert!(!is_held);
        let back = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(80)).await;
            other.execute("ALTER SCHEMA _mz_deploy.aside RENAME TO lease_a1").await.expect("renamed");
            other
        });
        assert!(held.is_held(&connection).await.expect("an answer"));
        let other = back.await.expect("no panic");
        other.execute("DROP SCHEMA _mz_deploy.lease_a1").await.expect("dropped");
        assert!(!held.is_held(&connection).await.expect("an answer"));
        assert_eq!(held.lost_to(), Some(None));
    });
}

/// A statement names what it changes, and that name may be another's by the time that it runs.
#[test]
fn whoever_gives_a_lease_back_leaves_the_one_of_a_successor_alone() {
    block_on(async {
        let (server, connection) = with_database().await;
        let first = lease(&connection, running(), false).await.expect("it is free");
        let successor = "CREATE SCHEMA _mz_deploy.successor";
        connection.execute(successor).await.expect("a schema");
        let id_of = async |name: &str| {
            let sql = format!("SELECT id FROM mz_schemas WHERE name = '{name}'");
            let rows = connection.query(&sql).await.expect("schemas");
            rows.first().and_then(|row| row.get("id")).map(str::to_owned)
        };
        let wanted = id_of("successor").await;
        // Between the last look and the statement.
        for (nth, from, to) in [(1, "lease_a1", "lost"), (1, "successor", "lease_a1")] {
            let sql = format!("ALTER SCHEMA _mz_deploy.{from} RENAME TO {to}");
            server.as_sandbox().faults().add(Rule {
                pattern: Pattern::new("%SCHEMA%lease_a1%"),
                nth: Some(nth),
                when: When::Before,
                action: Action::Run(sql),
            });
        }
        first.release(&connection).await.expect("given back");
        assert!(wanted.is_some() && id_of("lease_a1").await == wanted);
    });
}

#[test]
fn what_is_no_deploy_id_has_no_lease() {
    block_on(async {
        let (_server, connection) = with_database().await;
        let error =
            take(&connection, "a; DROP DATABASE x", holder(running()), false).await.expect_err("refused");
        assert_eq!(error.kind, Kind::Other);
    });
}

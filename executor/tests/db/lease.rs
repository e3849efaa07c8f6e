//! Leases: one holder, whoever comes second.

use mz_deploy::db::lease::{Holder, Lease, Taken, take};
use mz_deploy::db::ledger::Origin;
use mz_deploy::db::{Connection, Kind};
use mz_deploy_sandbox::Options;

use crate::server::{Server, block_on};

async fn with_database() -> (Server, Connection) {
    let server = Server::sandbox(Options::default());
    let connection = server.connect().await;
    connection.execute("CREATE DATABASE _mz_deploy").await.expect("a database");
    (server, connection)
}

fn holder(host: &str, pid: u32) -> Holder {
    let origin = Origin { role: "materialize".to_owned(), host: host.to_owned(), commit: None };
    Holder { pid, ..Holder::this_process(&origin, "promote") }
}

async fn lease(connection: &Connection, holder: Holder, take_over: bool) -> Result<Lease, Option<Holder>> {
    match take(connection, "a1", holder, take_over).await.expect("an answer") {
        Taken::Lease(lease) => Ok(lease),
        Taken::Held(by) => Err(by),
    }
}

/// A process that runs as long as the machine does.
const FIRST_PROCESS: u32 = 1;
/// A process that no machine has.
const NO_PROCESS: u32 = u32::MAX;

#[test]
fn whoever_comes_second_is_told_who_was_first() {
    block_on(async {
        let (_server, connection) = with_database().await;
        let first = lease(&connection, holder("here", FIRST_PROCESS), false).await.expect("it is free");
        assert!(first.is_held(&connection).await.expect("an answer"));
        assert!(!first.holder().since.is_empty());
        for other in [holder("elsewhere", 7), holder("here", 7)] {
            let by = lease(&connection, other, false).await.expect_err("it is held");
            assert_eq!(by.as_ref(), Some(first.holder()));
        }
        first.release(&connection).await.expect("given back");
        lease(&connection, holder("elsewhere", 7), false).await.expect("it is free again");
    });
}

#[test]
fn the_lease_of_a_killed_process_is_taken_over_and_the_one_of_a_stranger_is_not() {
    block_on(async {
        let (_server, connection) = with_database().await;
        let killed = lease(&connection, holder("here", NO_PROCESS), false).await.expect("it is free");
        lease(&connection, holder("elsewhere", 7), false).await.expect_err("nobody can know that it is gone");
        let next = lease(&connection, holder("here", 7), false).await.expect("it is known to be gone");
        assert!(!killed.is_held(&connection).await.expect("an answer"));
        // What was lost isn't given back: it is another's.
        killed.release(&connection).await.expect("nothing to do");
        assert!(next.is_held(&connection).await.expect("an answer"));
    });
}

#[test]
fn a_lease_can_be_taken_over_by_force() {
    block_on(async {
        let (_server, connection) = with_database().await;
        let first = lease(&connection, holder("here", FIRST_PROCESS), false).await.expect("it is free");
        let second = lease(&connection, holder("elsewhere", 7), true).await.expect("by force");
        assert!(!first.is_held(&connection).await.expect("an answer"));
        assert!(second.is_held(&connection).await.expect("an answer"));
        let sql = "SELECT name FROM mz_schemas WHERE id LIKE 'u%' AND name LIKE '%lease%'";
        let rows = connection.query(sql).await.expect("schemas");
        let names: Vec<_> = rows.iter().filter_map(|row| row.get("name")).collect();
        assert_eq!(names, ["lease_a1"], "nothing is left of the first");
    });
}

#[test]
fn a_lease_without_a_name_on_it_is_held_by_somebody() {
    block_on(async {
        let (_server, connection) = with_database().await;
        connection.execute("CREATE SCHEMA _mz_deploy.lease_a1").await.expect("a schema");
        assert_eq!(lease(&connection, holder("here", 7), false).await.expect_err("held"), None);
        lease(&connection, holder("here", 7), true).await.expect("by force");
    });
}

#[test]
fn of_many_at_once_one_gets_it() {
    block_on(async {
        let (server, connection) = with_database().await;
        lease(&connection, holder("here", NO_PROCESS), false).await.expect("it is free");
        let mut tasks = Vec::new();
        for _ in 0..6 {
            let connection = server.connect().await;
            tasks.push(tokio::spawn(async move {
                let lease = lease(&connection, holder("here", FIRST_PROCESS), false).await.ok()?;
                Some((connection, lease))
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
        assert!(held <= 1, "{held} of {} have it", taken.len());
        assert!(!taken.is_empty());
    });
}

#[test]
fn what_is_no_deploy_id_has_no_lease() {
    block_on(async {
        let (_server, connection) = with_database().await;
        let error =
            take(&connection, "a; DROP DATABASE x", holder("here", 7), false).await.expect_err("refused");
        assert_eq!(error.kind, Kind::Other);
    });
}

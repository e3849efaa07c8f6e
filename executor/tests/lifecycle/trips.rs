//! How often the program asks the server, whatever the size of the project.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use mz_deploy_planner::plan::{Action, Moment, Plan};
use mz_deploy_planner::view::read_plan;

use crate::environment::Environment;
use crate::shop::{STAGE, Shop};

/// A shop with so many more views.
fn with_views(environment: &Environment, count: usize) -> Shop {
    let shop = Shop::new();
    for n in 0..count {
        let sql =
            format!("CREATE VIEW v{n} AS SELECT customer_id, total + {n} AS total FROM order_totals;\n");
        shop.object(&format!("core/v{n}"), &sql);
    }
    shop.apply(environment);
    shop
}

#[test]
fn a_larger_project_takes_no_more_questions_than_it_has_statements() {
    let environment = Environment::start();
    if environment.sandbox().is_none() {
        return;
    }
    let measure = |views: usize| {
        let shop = with_views(&environment, views);
        let stage = environment.statements_of(&shop, &["stage", "--deploy-id", "v1", "--allow-dirty"]);
        environment.run_for(&shop, &["wait", "v1", "--timeout", "60"]).ends_with(0);
        let promote = environment.statements_of(&shop, &["promote", "v1", "--yes"]);
        shop.totals("sum(amount) * 10 AS total");
        environment.run_for(&shop, &STAGE).ends_with(0);
        let again = environment.statements_of(&shop, &["promote", "v2", "--no-ready-check", "--yes"]);
        (stage, promote, again)
    };
    let (small, large) = (measure(5), measure(45));
    // Statements go in flights of 32, each with one question about the lease.
    assert!(
        (40..=42).contains(&(large.0 - small.0)),
        "one statement for each view that is staged: {small:?} {large:?}"
    );
    assert_eq!(
        large.1, small.1,
        "a promotion exchanges schemas, however much is in them: {small:?} {large:?}"
    );
    assert!(
        (40..=42).contains(&(large.2 - small.2)),
        "one statement for each view of the old version that is dropped: {small:?} {large:?}"
    );
}

/// A way to a server on which round trips are counted: how often something is sent after an answer.
struct Way {
    port: u16,
    trips: Arc<AtomicUsize>,
}

impl Way {
    fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        let trips = Arc::new(AtomicUsize::new(0));
        let counted = trips.clone();
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect(&server).expect("the server is there");
                let was_answered = Arc::new(AtomicBool::new(true));
                let (answered, counted) = (was_answered.clone(), counted.clone());
                carry(&client, &server, move || {
                    counted.fetch_add(usize::from(answered.swap(false, Ordering::SeqCst)), Ordering::SeqCst);
                });
                carry(&server, &client, move || was_answered.store(true, Ordering::SeqCst));
            }
        });
        Self { port, trips }
    }
}

/// Carries bytes one way, and tells of each piece.
fn carry(from: &TcpStream, to: &TcpStream, tell: impl Fn() + Send + 'static) {
    let mut from = from.try_clone().expect("a connection");
    let mut to = to.try_clone().expect("a connection");
    thread::spawn(move || {
        let mut piece = vec![0; 1 << 16];
        while let Ok(size @ 1..) = from.read(&mut piece) {
            tell();
            if to.write_all(piece.get(..size).unwrap_or_default()).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    });
}

/// The statements of a plan that one command runs.
fn statements(plan: &Plan, at: Moment) -> usize {
    let steps = plan.phases.iter().filter(|phase| phase.at == at).flat_map(|phase| &phase.steps);
    steps.filter(|step| matches!(step.action, Action::Sql(_))).count()
}

/// What is promoted, and how.
struct Case {
    name: &'static str,
    /// Brings the shop to where something is to be staged.
    prepare: fn(&Environment, &Shop),
    stage: &'static [&'static str],
    promote: &'static [&'static str],
}

const CASES: [Case; 4] = [
    Case {
        name: "a swap and a sink that follows",
        prepare: |environment, shop| {
            shop.exported("totals");
            shop.begin(environment);
        },
        stage: &[],
        promote: &[],
    },
    Case {
        name: "a swap whose old side is kept",
        prepare: |environment, shop| shop.begin(environment),
        stage: &[],
        promote: &["--keep"],
    },
    Case {
        name: "names that are exchanged",
        prepare: |environment, shop| shop.begin(environment),
        stage: &["--strategy", "rename"],
        promote: &[],
    },
    Case {
        name: "a replacement and a swap",
        prepare: |environment, shop| shop.stable(environment),
        stage: &[],
        promote: &[],
    },
];

/// Whatever the distance: a statement has its round trip, and everything else takes a few.
#[test]
fn everything_but_the_statements_takes_a_few_round_trips() {
    let environment = Environment::start();
    if environment.sandbox().is_none() {
        return;
    }
    let way = Way::to(format!("127.0.0.1:{}", environment.port()));
    for case in CASES {
        let shop = Shop::new();
        (case.prepare)(&environment, &shop);
        shop.totals("sum(amount) * 10 AS total");
        let file = shop.project.path("plan.json");
        let out = file.to_str().expect("a name");
        let measure = |command: &[&str], at: Moment| {
            environment.run_for(&shop, &[command, &["--dry-run", "--out", out]].concat()).ends_with(0);
            let text = std::fs::read_to_string(&file).expect("it was saved");
            let plan = read_plan("plan.json", &text).expect("a plan");
            std::fs::remove_file(&file).expect("it was there");
            let before = way.trips.load(Ordering::SeqCst);
            environment.run_through(way.port, &shop, command).ends_with(0);
            let trips = way.trips.load(Ordering::SeqCst) - before;
            let name = command.first().copied().unwrap_or_default();
            println!("{}: {name}: {trips} round trips for {} statements", case.name, statements(&plan, at));
            trips.saturating_sub(statements(&plan, at))
        };
        let stage = measure(&[&STAGE, case.stage].concat(), Moment::Stage);
        assert!(stage <= 25, "{}: stage takes {stage} more round trips than it has statements", case.name);
        environment.run_for(&shop, &["wait", "v2", "--timeout", "60"]).ends_with(0);
        let promote = measure(&[&["promote", "v2", "--yes"], case.promote].concat(), Moment::Now);
        assert!(
            promote <= 15,
            "{}: promote takes {promote} more round trips than it has statements",
            case.name
        );
        shop.remove(&environment.connect());
    }
}

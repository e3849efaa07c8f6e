//! Goes through a scenario against a server.

use std::collections::BTreeMap;
use std::io;
use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use regex::Regex;
use tokio::time::{sleep, timeout};

use super::answer::{Answer, query, read};
use super::compare::{Mismatch, Problem, differences};
use super::normalise::{Normaliser, Placeholders};
use super::outcome::{greeting, outcome};
use super::request::encode;
use super::scenario::{Scenario, Startup};
use super::server::Server;
use super::step::{Action, Await, Form, Members, Run, Step};
use super::wire::{Connection, Greeting};

/// The first and the longest pause between two tries of a statement whose rows are awaited.
const PAUSES: [Duration; 2] = [Duration::from_millis(10), Duration::from_millis(300)];

/// Against what scenarios are replayed.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The server.
    pub server: Server,
    /// Variables that scenarios need from outside.
    pub variables: BTreeMap<String, String>,
    /// How long the answer to one step may take. What a scenario awaits is not awaited longer either.
    pub patience: Duration,
}

/// How a scenario went.
#[derive(Debug)]
pub struct Replay {
    /// The scenario.
    pub scenario: String,
    /// How many steps it has.
    pub steps: usize,
    /// Those that went another way than recorded, in order.
    pub mismatches: Vec<Mismatch>,
    /// How long it took.
    pub took: Duration,
}

/// Replays a scenario. A step that fails doesn't end it: the others are compared as well.
///
/// The error is one of the cleanup before the first step: there is no server, or a variable is missing.
pub async fn replay(scenario: &Scenario, settings: &Settings) -> io::Result<Replay> {
    let begun = Instant::now();
    let mut play = Play::new(scenario, settings)?;
    play.cleanup().await?;
    let mut mismatches = Vec::new();
    for (index, step) in scenario.steps.iter().enumerate() {
        let problem = match play.step(&step.action).await {
            Ok(found) => compare(step, &found.unwrap_or_default()),
            Err(problem) => Some(Problem::NoAnswer(problem)),
        };
        mismatches.extend(problem.map(|problem| Mismatch { step: index + 1, sent: step.summary(), problem }));
    }
    for session in std::mem::take(&mut play.sessions).into_values() {
        if let Session::Open(connection) = session {
            connection.close().await;
        }
    }
    // The results of a cleanup don't matter. That the server is gone, the next scenario will say.
    let _ = play.cleanup().await;
    let (steps, took) = (scenario.steps.len(), begun.elapsed());
    Ok(Replay { scenario: scenario.name.clone(), steps, mismatches, took })
}

fn compare(step: &Step, found: &Members) -> Option<Problem> {
    let nothing = Members::new();
    let differences = differences(step.expect.as_ref().unwrap_or(&nothing), found);
    (!differences.is_empty()).then_some(Problem::Differs(differences))
}

/// A scenario that is being replayed.
struct Play<'a> {
    scenario: &'a Scenario,
    settings: &'a Settings,
    sessions: BTreeMap<String, Session>,
    placeholders: Placeholders,
    /// Variables by name: given ones and saved ones.
    variables: BTreeMap<String, String>,
}

enum Session {
    Open(Connection),
    /// What came after an answer that was not understood, or not awaited to its end, would belong to another step.
    Lost(String),
}

impl<'a> Play<'a> {
    fn new(scenario: &'a Scenario, settings: &'a Settings) -> io::Result<Self> {
        let given = |name: &String| match settings.variables.get(name) {
            Some(value) => Ok((name.clone(), value.clone())),
            None => Err(io::Error::other(format!("the variable `{name}` is not given"))),
        };
        let given: Vec<_> = scenario.needs_vars.iter().map(given).collect::<Result<_, _>>()?;
        let variables = given.iter().cloned().collect();
        let placeholders = Placeholders::new(given);
        Ok(Self { scenario, settings, sessions: BTreeMap::new(), placeholders, variables })
    }

    async fn cleanup(&self) -> io::Result<()> {
        if self.scenario.cleanup.is_empty() {
            return Ok(());
        }
        let (mut connection, greeting) = self.connect("", &Startup::new()).await?;
        greeting.accepted()?;
        for statement in &self.scenario.cleanup {
            timeout(self.settings.patience, query(&mut connection, statement)).await??;
        }
        connection.close().await;
        Ok(())
    }

    async fn connect(&self, session: &str, startup: &Startup) -> io::Result<(Connection, Greeting)> {
        let mut all = self.scenario.sessions.get(session).cloned().unwrap_or_default();
        all.extend(startup.clone());
        timeout(self.settings.patience, Connection::open(&self.settings.server, &all)).await?
    }

    async fn step(&mut self, action: &Action) -> Result<Option<Members>, String> {
        match action {
            Action::Sleep(time) => sleep(*time).await,
            Action::Cancel { session } => {
                let connection = self.session(session)?;
                connection.cancel().await.map_err(|error| error.to_string())?;
            }
            Action::Disconnect { session } => {
                if let Some(Session::Open(connection)) = self.sessions.remove(session) {
                    connection.close().await;
                }
            }
            Action::Connect { session, startup, parameters } => {
                return self.begin(session, startup, parameters).await.map(Some);
            }
            Action::Run(run) => return self.run(run).await,
        }
        Ok(None)
    }

    fn session(&mut self, name: &str) -> Result<&mut Connection, String> {
        match self.sessions.get_mut(name) {
            Some(Session::Open(connection)) => Ok(connection),
            Some(Session::Lost(problem)) => Err(format!("the session was lost: {problem}")),
            None => Err(format!("session `{name}` is not connected")),
        }
    }

    async fn begin(
        &mut self,
        session: &str,
        startup: &Startup,
        parameters: &[String],
    ) -> Result<Members, String> {
        let opened = self.connect(session, startup).await.map_err(|error| error.to_string());
        let (connection, answer) = opened?;
        let form = Form::default();
        let mut normaliser = Normaliser { placeholders: &mut self.placeholders, form: &form, now: now() };
        let members = greeting(&answer, parameters, &mut normaliser);
        if answer.ready.is_ok() {
            self.sessions.insert(session.to_owned(), Session::Open(connection));
        }
        Ok(members)
    }

    /// Connects a session that is used for the first time.
    async fn ensure(&mut self, name: &str) -> Result<(), String> {
        if self.sessions.contains_key(name) {
            return Ok(());
        }
        let opened = self.connect(name, &Startup::new()).await;
        let opened = opened.and_then(|(connection, greeting)| greeting.accepted().map(|()| connection));
        let connection = opened.map_err(|error| format!("can't connect: {error}"))?;
        self.sessions.insert(name.to_owned(), Session::Open(connection));
        Ok(())
    }

    async fn run(&mut self, run: &Run) -> Result<Option<Members>, String> {
        let bytes = encode(&run.send, |sql| substitute(sql, &self.variables))?;
        self.ensure(&run.session).await?;
        let begun = Instant::now();
        let [mut pause, longest] = PAUSES;
        loop {
            let Some(answer) = self.exchange(run, &bytes).await? else { return Ok(None) };
            let mut placeholders = self.placeholders.clone();
            let mut normaliser = Normaliser { placeholders: &mut placeholders, form: &run.form, now: now() };
            let members = outcome(&answer, &mut normaliser);
            if run.awaited.as_ref().is_none_or(|awaited| self.is_over(awaited, &members, begun.elapsed())) {
                // Placeholders of the tries before would hang on their number.
                self.placeholders = placeholders;
                self.save(run, &answer)?;
                return Ok(Some(members));
            }
            sleep(pause).await;
            pause = longest.min(pause * 2);
        }
    }

    fn is_over(&self, awaited: &Await, members: &Members, waited: Duration) -> bool {
        let longest = self.settings.patience.min(Duration::from_millis(awaited.timeout_ms));
        members.get("rows") == Some(&awaited.rows) || waited > longest
    }

    async fn exchange(&mut self, run: &Run, bytes: &[u8]) -> Result<Option<Answer>, String> {
        let patience = self.settings.patience;
        let connection = self.session(&run.session)?;
        let talk = async {
            connection.send(bytes).await?;
            if run.waits { read(connection, &run.reading).await.map(Some) } else { Ok(None) }
        };
        let problem = match timeout(patience, talk).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer in {} s", patience.as_secs()),
        };
        self.sessions.insert(run.session.clone(), Session::Lost(problem.clone()));
        Err(problem)
    }

    fn save(&mut self, run: &Run, answer: &Answer) -> Result<(), String> {
        let rows = answer.results.first().and_then(|result| result.rows.as_deref()).unwrap_or_default();
        for (name, (row, column)) in &run.save {
            let value = rows.get(*row).and_then(|row| row.get(*column)).and_then(Option::as_ref);
            let value = value.ok_or_else(|| format!("there is no value for `{name}`"))?;
            self.variables.insert(name.clone(), String::from_utf8_lossy(value).into_owned());
        }
        Ok(())
    }
}

/// Puts the values of variables in the place of `${name}`.
fn substitute(sql: &str, variables: &BTreeMap<String, String>) -> Result<String, String> {
    static VARIABLE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\$\{(\w+)\}").expect("the pattern is valid"));
    let unknown = VARIABLE.captures_iter(sql).find(|found| !variables.contains_key(&found[1]));
    if let Some(unknown) = unknown {
        return Err(format!("no earlier step saved `{}`", &unknown[1]));
    }
    Ok(VARIABLE.replace_all(sql, |found: &regex::Captures<'_>| variables[&found[1]].clone()).into_owned())
}

fn now() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::compare::Difference;
    use super::super::scripted::{
        After, Script, columns, complete, message, parameter, ready, report, row, serve,
    };
    use super::*;

    fn scenario(steps: &Value) -> Scenario {
        let text = json!({"name": "x", "purpose": "a test", "steps": steps});
        serde_json::from_value(text).expect("a scenario")
    }

    async fn replayed(scenario: &Scenario, server: Server) -> Vec<Mismatch> {
        let settings = Settings { server, variables: BTreeMap::new(), patience: Duration::from_secs(5) };
        replay(scenario, &settings).await.expect("a replay").mismatches
    }

    /// Replays steps against a server that plays one script, and gives what the client sent.
    async fn matches(steps: Value, script: Script) -> String {
        let (server, sent) = serve(vec![script]).await;
        let mismatches = replayed(&scenario(&steps), server).await;
        assert!(mismatches.is_empty(), "{mismatches:#?}");
        sent.letters()
    }

    fn said(messages: &[Vec<u8>]) -> Vec<u8> {
        messages.concat()
    }

    #[tokio::test]
    async fn an_error_ends_a_series_of_results() {
        let error = report(
            b'E',
            &[(b'S', "ERROR"), (b'C', "42P01"), (b'M', "no `t`"), (b'P', "15"), (b'V', "ERROR")],
        );
        let steps = json!([{
            "session": "a", "sql": "SELECT 1 AS a; SELECT 2 FROM t",
            "expect": {
                "tag": "SELECT 1", "columns": [{"name": "a", "type_oid": 25}], "rows": [["1"]],
                "severity": "ERROR", "sqlstate": "42P01", "message": "no `t`", "position": "15", "txn": "I"
            }
        }]);
        let answer = said(&[columns(&["a"]), row(&[Some("1")]), complete("SELECT 1"), error, ready()]);
        assert_eq!(matches(steps, vec![(After::Message(b'Q'), answer)]).await, "Q");
    }

    #[tokio::test]
    async fn notices_and_parameters_belong_to_their_step() {
        let notice = report(b'N', &[(b'S', "NOTICE"), (b'C', "00000"), (b'M', "careful"), (b'H', "look")]);
        let steps = json!([
            {"session": "a", "sql": "SET cluster = c", "expect": {
                "tag": "SET", "parameters": {"cluster": "c"}, "txn": "I",
                "notices": [{"severity": "NOTICE", "sqlstate": "00000", "message": "careful", "hint": "look"}]
            }},
            {"session": "a", "sql": "", "expect": {"tag": "(empty query)", "txn": "I"}}
        ]);
        let first = said(&[notice, parameter("cluster", "c"), complete("SET"), ready()]);
        let second = said(&[message(b'I', b""), ready()]);
        matches(steps, vec![(After::Message(b'Q'), first), (After::Message(b'Q'), second)]).await;
    }

    #[tokio::test]
    async fn the_beginning_of_a_session_has_the_parameters_that_are_asked_for() {
        let steps = json!([{
            "session": "a", "connect": {}, "parameters": ["server_version", "nosuch"],
            "expect": {"txn": "I", "parameters": {"server_version": "9.5.0", "nosuch": null}}
        }]);
        matches(steps, vec![(After::Message(b'X'), Vec::new())]).await;
    }

    #[tokio::test]
    async fn the_extended_protocol_shows_its_flow() {
        let steps = json!([{
            "session": "a", "protocol": "extended", "sql": "SELECT $1", "params": ["1"], "types": [25],
            "expect": {
                "tag": "SELECT 2", "param_types": [25], "columns": [{"name": "v", "type_oid": 25}],
                "rows": [["1"], [null]], "flow": "1tT2DCZ", "txn": "I"
            }
        }]);
        let answer = said(&[
            message(b'1', b""),
            message(b't', b"\0\x01\0\0\0\x19"),
            columns(&["v"]),
            message(b'2', b""),
            row(&[Some("1")]),
            row(&[None]),
            complete("SELECT 2"),
            ready(),
        ]);
        assert_eq!(matches(steps, vec![(After::Message(b'S'), answer)]).await, "PDBES");
    }

    #[tokio::test]
    async fn a_portal_is_suspended_and_goes_on() {
        let steps = json!([{
            "session": "a", "ops": [
                {"execute": {"portal": "p", "max_rows": 1}}, {"execute": {"portal": "p", "max_rows": 0}}, {"sync": 1}
            ],
            "expect": {
                "results": [{"suspended": true, "rows": [["1"]]}, {"tag": "SELECT 0"}],
                "flow": "DsCZ", "txn": "I"
            }
        }]);
        let answer = said(&[row(&[Some("1")]), message(b's', b""), complete("SELECT 0"), ready()]);
        assert_eq!(matches(steps, vec![(After::Message(b'S'), answer)]).await, "EES");
    }

    #[tokio::test]
    async fn data_is_copied_in_and_out() {
        let steps = json!([
            {"session": "a", "sql": "COPY t FROM STDIN", "copy_in": ["1\n", "2\n"], "expect": {"tag": "COPY 2", "txn": "I"}},
            {"session": "a", "sql": "COPY t FROM STDIN", "copy_fail": "no more", "expect": {"tag": "COPY 0", "txn": "I"}},
            {"session": "a", "sql": "COPY t TO STDOUT", "expect": {"tag": "COPY 2", "copy_out": ["1\n", "2\n"], "txn": "I"}}
        ]);
        let ask = || message(b'G', &[0, 0, 0]);
        let script = vec![
            (After::Message(b'Q'), ask()),
            (After::Message(b'c'), said(&[complete("COPY 2"), ready()])),
            (After::Message(b'Q'), ask()),
            (After::Message(b'f'), said(&[complete("COPY 0"), ready()])),
            (
                After::Message(b'Q'),
                said(&[
                    message(b'H', &[0, 0, 0]),
                    message(b'd', b"1\n"),
                    message(b'd', b"2\n"),
                    message(b'c', b""),
                    complete("COPY 2"),
                    ready(),
                ]),
            ),
        ];
        let (server, sent) = serve(vec![script]).await;
        let mismatches = replayed(&scenario(&steps), server).await;
        assert!(mismatches.is_empty(), "{mismatches:#?}");
        assert_eq!(sent.letters(), "QddcQfQ");
        assert_eq!(sent.bodies(b'd'), ["1\n", "2\n"]);
        assert_eq!(sent.bodies(b'f'), ["no more"]);
    }

    #[tokio::test]
    async fn what_another_step_started_is_cancelled() {
        let error = report(b'E', &[(b'S', "ERROR"), (b'C', "57014"), (b'M', "canceling statement")]);
        let steps = json!([
            {"session": "a", "sql": "SELECT 1", "start": true},
            {"cancel": "a"},
            {"session": "a", "finish": true, "expect": {
                "severity": "ERROR", "sqlstate": "57014", "message": "canceling statement", "txn": "I"
            }}
        ]);
        let script = vec![(After::Message(b'Q'), Vec::new()), (After::Cancel, said(&[error, ready()]))];
        assert_eq!(matches(steps, script).await, "Q");
    }

    #[tokio::test]
    async fn rows_after_the_last_that_is_read_are_dropped() {
        let error = report(b'E', &[(b'S', "ERROR"), (b'C', "57014"), (b'M', "canceling statement")]);
        let steps = json!([{
            "session": "a", "sql": "SUBSCRIBE t", "stop_after": 2,
            "expect": {
                "columns": [{"name": "a", "type_oid": 25}], "rows": [["1"], ["2"]],
                "severity": "ERROR", "sqlstate": "57014", "message": "canceling statement", "txn": "I"
            }
        }]);
        let rows = ["1", "2", "3"].map(|value| row(&[Some(value)])).concat();
        let script = vec![
            (After::Message(b'Q'), said(&[columns(&["a"]), rows])),
            (After::Cancel, said(&[row(&[Some("4")]), error, ready()])),
        ];
        matches(steps, script).await;
    }

    #[tokio::test]
    async fn a_statement_is_repeated_until_its_rows_are_there_and_only_the_last_counts() {
        let columns_of_ids = json!([{"name": "id", "type_oid": 25}]);
        let steps = json!([
            {"session": "a", "sql": "SELECT first", "expect": {
                "tag": "SELECT 1", "columns": columns_of_ids, "rows": [["<object:1>"]], "txn": "I"
            }},
            {"session": "a", "sql": "SELECT id", "await": {"rows": [["<object:2>"]]}, "save": {"id": [0, 0]}, "expect": {
                "tag": "SELECT 1", "columns": columns_of_ids, "rows": [["<object:2>"]], "txn": "I"
            }},
            {"session": "a", "sql": "DROP ${id}", "expect": {"tag": "DROP", "txn": "I"}},
            {"session": "a", "sql": "DROP ${other}", "expect": {"tag": "DROP", "txn": "I"}}
        ]);
        let answer = |rows: Vec<u8>| said(&[columns(&["id"]), rows, complete("SELECT 1"), ready()]);
        let script = vec![
            (After::Message(b'Q'), answer(row(&[Some("u9")]))),
            (After::Message(b'Q'), answer(Vec::new())),
            (After::Message(b'Q'), answer([row(&[Some("u1")]), row(&[Some("u2")])].concat())),
            (After::Message(b'Q'), answer(row(&[Some("u2")]))),
            (After::Message(b'Q'), said(&[complete("DROP"), ready()])),
        ];
        let (server, sent) = serve(vec![script]).await;
        let mismatches = replayed(&scenario(&steps), server).await;
        assert_eq!(sent.bodies(b'Q'), ["SELECT first", "SELECT id", "SELECT id", "SELECT id", "DROP u2"]);
        let [Mismatch { step: 4, problem: Problem::NoAnswer(problem), .. }] = mismatches.as_slice() else {
            panic!("only the unknown variable is a problem: {mismatches:#?}")
        };
        assert!(problem.contains("`other`"), "{problem}");
    }

    #[tokio::test]
    async fn a_difference_does_not_hide_the_steps_after_it() {
        let steps = json!([
            {"session": "a", "sql": "A", "expect": {"tag": "A", "txn": "I"}},
            {"session": "a", "sql": "B", "expect": {"tag": "B", "txn": "I"}},
            {"session": "a", "sql": "C", "expect": {"tag": "C", "txn": "I"}},
            {"session": "b", "sql": "D", "expect": {"tag": "D", "txn": "I"}}
        ]);
        let step = |tag: &str| (After::Message(b'Q'), said(&[complete(tag), ready()]));
        // The connection ends after the second answer.
        let (server, _) = serve(vec![vec![step("X"), step("B")], vec![step("D")]]).await;
        let mismatches = replayed(&scenario(&steps), server).await;
        assert_eq!(mismatches.iter().map(|it| it.step).collect::<Vec<_>>(), [1, 3]);
        let Problem::Differs(differences) = &mismatches[0].problem else { panic!("it was answered") };
        let tag = Difference { path: "tag".to_owned(), expected: Some(json!("A")), found: Some(json!("X")) };
        assert_eq!(differences, &[tag]);
    }

    #[tokio::test]
    async fn a_server_that_says_nothing_is_not_awaited_for_ever() {
        let steps = json!([
            {"session": "a", "sql": "A", "expect": {"tag": "A", "txn": "I"}},
            {"session": "a", "sql": "B", "expect": {"tag": "B", "txn": "I"}}
        ]);
        let (server, _) = serve(vec![vec![(After::Cancel, Vec::new())]]).await;
        let settings = Settings { server, variables: BTreeMap::new(), patience: Duration::from_millis(50) };
        let replay = replay(&scenario(&steps), &settings).await.expect("a replay");
        assert_eq!(replay.mismatches.len(), 2);
    }
}

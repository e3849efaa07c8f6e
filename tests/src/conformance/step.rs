//! One step of a scenario: how it is written, and what it means.

use std::collections::BTreeMap;
use std::time::Duration;

use regex::Regex;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::normalise::Mask;
use super::request::{Op, Parameter};
use super::scenario::Startup;

/// The members of an answer in the form of a recording.
pub type Members = Map<String, Value>;

/// A step.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Written")]
pub struct Step {
    /// What is done.
    pub action: Action,
    /// What a real server answered. Nothing if the step asks for no answer.
    pub expect: Option<Members>,
}

/// What a step does.
#[derive(Debug)]
pub enum Action {
    /// Nothing, for a while.
    Sleep(Duration),
    /// Asks the server to cancel what a session waits for.
    Cancel {
        /// The session.
        session: String,
    },
    /// Ends a session.
    Disconnect {
        /// The session.
        session: String,
    },
    /// Begins a session.
    Connect {
        /// The session.
        session: String,
        /// Parameters besides those that the scenario has for the session.
        startup: Startup,
        /// The parameter statuses that are compared.
        parameters: Vec<String>,
    },
    /// Sends messages, reads their answer, or both.
    Run(Box<Run>),
}

/// Messages that are sent in a session, and how their answer is read.
#[derive(Debug)]
pub struct Run {
    /// The session. It is connected at its first use.
    pub session: String,
    /// What is sent.
    pub send: Send,
    /// Whether the answer is read in this step.
    pub waits: bool,
    /// How the answer is read.
    pub reading: Reading,
    /// How the answer is made comparable.
    pub form: Form,
    /// Raw values of the first result that later statements use: row and column of each.
    pub save: BTreeMap<String, (usize, usize)>,
    /// What has to come before the step is over.
    pub awaited: Option<Await>,
}

/// What a step sends.
#[derive(Debug)]
pub enum Send {
    /// A simple query.
    Query(String),
    /// Messages of the extended protocol.
    Messages(Vec<Op>),
    /// Nothing: an earlier step did.
    Nothing,
}

/// What the client does while it reads an answer.
#[derive(Debug, Default)]
pub struct Reading {
    /// What is sent when the server asks for data.
    pub copy: Copy,
    /// After how many rows a cancel request is sent.
    pub stop_after: Option<usize>,
}

/// The data of a `COPY … FROM STDIN`.
#[derive(Debug)]
pub enum Copy {
    /// These pieces.
    Data(Vec<String>),
    /// A refusal with this message.
    Fail(String),
}

impl Default for Copy {
    fn default() -> Self {
        Self::Data(Vec::new())
    }
}

/// How an answer is made comparable.
#[derive(Debug, Default)]
pub struct Form {
    /// Whether rows may come in any order.
    pub any_order: bool,
    /// Whether values are binary.
    pub binary: bool,
    /// Whether the sequence of messages is compared.
    pub flow: bool,
    /// Masks by column name.
    pub masks: BTreeMap<String, Mask>,
    /// What is replaced in every text.
    pub text_masks: Vec<(Regex, String)>,
}

/// A statement is repeated until its rows are these.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Await {
    /// The normalised rows.
    pub rows: Value,
    /// How long, in milliseconds.
    #[serde(default = "Await::default_timeout")]
    pub timeout_ms: u64,
}

impl Await {
    fn default_timeout() -> u64 {
        60_000
    }
}

impl Step {
    /// What is sent, in one line.
    pub fn summary(&self) -> String {
        let text = match &self.action {
            Action::Sleep(time) => format!("sleep {} ms", time.as_millis()),
            Action::Cancel { session } => format!("cancel {session}"),
            Action::Disconnect { session } => format!("disconnect {session}"),
            Action::Connect { session, startup, .. } => format!("connect {session} {startup:?}"),
            Action::Run(run) => match &run.send {
                Send::Query(sql) => format!("{}: {sql}", run.session),
                Send::Messages(ops) => {
                    let ops: Vec<String> = ops.iter().map(Op::to_string).collect();
                    format!("{}: {}", run.session, ops.join(", "))
                }
                Send::Nothing => format!("{}: the rest of the answer", run.session),
            },
        };
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// A step as it stands in a file: all members of all kinds of steps.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "the recording has them")]
struct Written {
    session: Option<String>,
    connect: Option<Startup>,
    parameters: Vec<String>,
    disconnect: bool,
    cancel: Option<String>,
    sleep_ms: Option<u64>,
    sql: Option<String>,
    start: bool,
    finish: bool,
    protocol: Option<Protocol>,
    types: Vec<u32>,
    params: Vec<Option<Parameter>>,
    binary_results: bool,
    ops: Option<Vec<Op>>,
    copy_in: Vec<String>,
    copy_fail: Option<String>,
    stop_after: Option<usize>,
    order: Option<Order>,
    mask: BTreeMap<String, Mask>,
    mask_text: Vec<(String, String)>,
    save: BTreeMap<String, (usize, usize)>,
    r#await: Option<Await>,
    /// For readers of the file.
    #[serde(rename = "note")]
    _note: Option<String>,
    expect: Option<Members>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Protocol {
    Extended,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Order {
    Any,
}

impl TryFrom<Written> for Step {
    type Error = String;

    fn try_from(mut written: Written) -> Result<Self, String> {
        let expect = written.expect.take();
        Ok(Self { action: action(written)?, expect })
    }
}

fn action(written: Written) -> Result<Action, String> {
    if let Some(milliseconds) = written.sleep_ms {
        return Ok(Action::Sleep(Duration::from_millis(milliseconds)));
    }
    if let Some(session) = written.cancel {
        return Ok(Action::Cancel { session });
    }
    let session = written.session.clone().ok_or("a step has a session")?;
    if written.disconnect {
        return Ok(Action::Disconnect { session });
    }
    if let Some(startup) = written.connect {
        return Ok(Action::Connect { session, startup, parameters: written.parameters });
    }
    run(session, written).map(|run| Action::Run(Box::new(run)))
}

fn run(session: String, written: Written) -> Result<Run, String> {
    let send = match (written.sql, written.ops, written.protocol) {
        (Some(sql), None, None) => Send::Query(sql),
        (Some(sql), None, Some(Protocol::Extended)) => {
            Send::Messages(Op::statement(sql, written.types, written.params, written.binary_results))
        }
        (None, Some(ops), None) => Send::Messages(ops),
        (None, None, None) if written.finish => Send::Nothing,
        _ => return Err("a step sends either `sql` or `ops`, or has `finish`".to_owned()),
    };
    let form = Form {
        any_order: matches!(written.order, Some(Order::Any)),
        binary: written.binary_results,
        flow: matches!(send, Send::Messages(_)),
        masks: written.mask,
        text_masks: written.mask_text.into_iter().map(text_mask).collect::<Result<_, _>>()?,
    };
    let copy = match written.copy_fail {
        Some(message) => Copy::Fail(message),
        None => Copy::Data(written.copy_in),
    };
    let reading = Reading { copy, stop_after: written.stop_after };
    let (save, awaited) = (written.save, written.r#await);
    Ok(Run { session, send, waits: !written.start, reading, form, save, awaited })
}

/// A replacement is literal; one that refers to a group would be written down as it stands.
fn text_mask((pattern, replacement): (String, String)) -> Result<(Regex, String), String> {
    if replacement.contains('\\') {
        return Err(format!("the replacement `{replacement}` refers to a group"));
    }
    let pattern = Regex::new(&pattern).map_err(|error| error.to_string())?;
    Ok((pattern, replacement))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(text: &str) -> Step {
        serde_json::from_str(text).expect("a step")
    }

    #[test]
    fn a_statement_of_the_extended_protocol_is_five_messages() {
        let step = step(r#"{"session": "a", "sql": "SELECT $1", "protocol": "extended", "params": [null]}"#);
        assert_eq!(step.summary(), "a: parse SELECT $1, describe S , bind [NULL], execute, sync");
        let Action::Run(run) = step.action else { panic!("it runs a statement") };
        assert!(run.form.flow && run.waits && !run.form.binary);
    }

    #[test]
    fn a_step_that_starts_does_not_wait() {
        let Action::Run(run) = step(r#"{"session": "a", "sql": "SELECT 1", "start": true}"#).action else {
            panic!("it runs a statement")
        };
        assert!(!run.waits);
    }

    #[test]
    fn a_step_does_one_thing() {
        for text in [
            r#"{"session": "a"}"#,
            r#"{"session": "a", "sql": "", "ops": []}"#,
            r#"{"sql": ""}"#,
            r#"{"session": "a", "sql": "", "mask_text": [["(a)", "\\1"]]}"#,
            r#"{"session": "a", "sql": "", "mask": {"x": "nosuch"}}"#,
        ] {
            assert!(serde_json::from_str::<Step>(text).is_err(), "{text}");
        }
    }
}

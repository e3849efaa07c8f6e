//! Asking before something is done.

use std::io::{self, BufRead, IsTerminal, Write};
use std::thread;

use tokio::sync::oneshot;

use super::arguments::shared::Confirmation;
use super::arguments::{Global, Output};
use crate::host::{Failure, FailureCode, Interrupt};

/// What to do about a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    GoOn,
    Ask,
    Refuse,
}

/// Only a person can be asked: a terminal on standard input. A program that reads JSON is none, though its terminal may be
/// there.
fn decide(yes: bool, output: Output, is_terminal: bool) -> Decision {
    match (yes, is_terminal, output) {
        (true, ..) | (false, false, _) => Decision::GoOn,
        (false, true, Output::Json) => Decision::Refuse,
        (false, true, Output::Text | Output::Github) => Decision::Ask,
    }
}

/// Asks on standard error whether to go on. True if the answer is yes, or if there is nobody to ask. Whoever asks for a stop
/// instead of an answer gets it.
pub(super) async fn confirm(
    question: &str,
    confirmation: Confirmation,
    interrupt: &Interrupt,
    global: &Global,
) -> Result<bool, Failure> {
    match decide(confirmation.yes, global.output(), io::stdin().is_terminal()) {
        Decision::GoOn => Ok(true),
        Decision::Ask => answer(question.to_owned(), interrupt.clone()).await,
        Decision::Refuse => {
            Err(Failure::coded(FailureCode::ConfirmationNeeded, "nobody can be asked with JSON as output")
                .help("say `--yes` if the plan is to be run without a question"))
        }
    }
}

/// Waits for the answer to a question, or for a stop.
///
/// Nothing ends the reading of a line, so a thread does it that nobody waits for: it ends with the process. A task of the
/// runtime would keep that from ending.
async fn answer(question: String, mut interrupt: Interrupt) -> Result<bool, Failure> {
    let (sender, answered) = oneshot::channel();
    thread::spawn(move || {
        // Whoever was stopped doesn't hear it.
        let _ = sender.send(ask(&question, &mut io::stdin().lock(), &mut io::stderr()));
    });
    tokio::select! {
        biased;
        () = interrupt.requested() => Err(Failure::new("stopped as you asked")),
        answer = answered => {
            let lost = |_| Err(io::Error::from(io::ErrorKind::UnexpectedEof));
            let answer = answer.unwrap_or_else(lost);
            answer.map_err(|error| Failure::new(format!("can't ask whether to go on: {error}")))
        }
    }
}

/// Only `y` and `yes` are yes; the end of the input isn't.
fn ask(question: &str, answers: &mut impl BufRead, terminal: &mut impl Write) -> io::Result<bool> {
    write!(terminal, "{question} [y/N] ")?;
    terminal.flush()?;
    let mut answer = String::new();
    answers.read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::arguments::Arguments;

    #[test]
    fn only_a_person_is_asked() {
        assert_eq!(decide(false, Output::Text, true), Decision::Ask);
        assert_eq!(decide(false, Output::Text, false), Decision::GoOn);
        assert_eq!(decide(true, Output::Text, true), Decision::GoOn);
        assert_eq!(decide(false, Output::Json, true), Decision::Refuse);
        assert_eq!(decide(true, Output::Json, true), Decision::GoOn);
        assert_eq!(decide(false, Output::Json, false), Decision::GoOn);
    }

    #[tokio::test]
    async fn a_yes_on_the_command_line_is_enough() {
        let arguments = ["mz-deploy", "compile", "--json"].map(Into::into);
        let global = Arguments::read(&arguments).expect("they can be read").global;
        let (_trigger, interrupt) = Interrupt::new();
        let is_yes = confirm("Promote v2?", Confirmation { yes: true }, &interrupt, &global).await;
        assert!(is_yes.expect("nobody is asked"));
    }

    #[test]
    fn only_yes_is_yes() {
        let answer = |text: &str| {
            let mut terminal = Vec::new();
            let is_yes = ask("Promote v2?", &mut text.as_bytes(), &mut terminal).expect("both can be used");
            assert_eq!(String::from_utf8_lossy(&terminal), "Promote v2? [y/N] ");
            is_yes
        };
        assert!(answer("y\n") && answer("Yes\n") && answer(" y \n"));
        assert!(!answer("\n") && !answer("") && !answer("n\n") && !answer("yeah\n"));
    }
}

//! Asking before something is done.

use std::io::{self, BufRead, IsTerminal, Write};

use super::arguments::shared::Confirmation;
use super::arguments::{Global, Output};
use crate::host::{Failure, FailureCode};

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

/// Asks on standard error whether to go on. True if the answer is yes, or if there is nobody to ask.
pub(super) fn confirm(question: &str, confirmation: Confirmation, global: &Global) -> Result<bool, Failure> {
    match decide(confirmation.yes, global.output(), io::stdin().is_terminal()) {
        Decision::GoOn => Ok(true),
        Decision::Ask => ask(question, &mut io::stdin().lock(), &mut io::stderr())
            .map_err(|error| Failure::new(format!("can't ask whether to go on: {error}"))),
        Decision::Refuse => {
            Err(Failure::coded(FailureCode::ConfirmationNeeded, "nobody can be asked with JSON as output")
                .help("say `--yes` if the plan is to be run without a question"))
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

    #[test]
    fn a_yes_on_the_command_line_is_enough() {
        let arguments = ["mz-deploy", "compile", "--json"].map(Into::into);
        let global = Arguments::read(&arguments).expect("they can be read").global;
        assert!(confirm("Promote v2?", Confirmation { yes: true }, &global).expect("nobody is asked"));
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

//! What is asked before something is done, on a terminal.
//!
//! `script` of Linux lends the program one: keys are written to it, and Ctrl-C is one of them.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};

use mz_deploy_sandbox::Options;
use tempfile::NamedTempFile;

use crate::environment::{Environment, until};
use crate::patience::kept_twice;
use crate::shop::Shop;

const CTRL_C: &[u8] = b"\x03";

/// A run of the program on a terminal.
struct OnTerminal {
    script: Child,
    screen: NamedTempFile,
}

impl OnTerminal {
    fn start(program: &Command) -> Self {
        let words = [program.get_program()].into_iter().chain(program.get_args());
        let words: Vec<String> = words.map(|word| format!("'{}'", word.to_string_lossy())).collect();
        let screen = NamedTempFile::new().expect("a temporary file");
        // A shell between the two would hear Ctrl-C as well.
        let line = format!("exec {}", words.join(" "));
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--flush", "--command", &line, "/dev/null"]);
        script.env_clear().envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
        script.current_dir(program.get_current_dir().expect("a project"));
        script.stdin(Stdio::piped()).stdout(screen.reopen().expect("it opens"));
        Self { script: script.spawn().expect("`script` is there"), screen }
    }

    fn shows(&self) -> String {
        std::fs::read_to_string(self.screen.path()).expect("it is there")
    }

    #[track_caller]
    fn asked(&mut self) {
        until("it asks", || self.shows().contains("[y/N]"));
    }

    fn press(&mut self, keys: &[u8]) {
        let keyboard = self.script.stdin.as_mut().expect("it was piped");
        keyboard.write_all(keys).and_then(|()| keyboard.flush()).expect("it is read");
    }

    /// Waits for the end: the exit code, and what the terminal shows.
    #[track_caller]
    fn ends(mut self) -> (Option<i32>, String) {
        let mut status = None;
        until("it ends", || {
            status = self.script.try_wait().expect("it can be asked");
            status.is_some()
        });
        (status.and_then(|status| status.code()), self.shows())
    }
}

#[test]
fn ctrl_c_ends_a_question() {
    let environment = Environment::start();
    let shop = Shop::staged(&environment);
    let client = environment.connect();
    let v2 = shop.own("v2");
    let before = shop.places(&client);
    let stopped_at_the_question = |arguments: &[&str]| {
        let mut run = OnTerminal::start(&environment.command(&shop.project, arguments));
        run.asked();
        run.press(CTRL_C);
        let (code, shown) = run.ends();
        assert_eq!(code, Some(1), "{shown}");
        assert!(shown.contains("stopped as you asked"), "{shown}");
    };
    stopped_at_the_question(&["promote", &v2, "--wait"]);
    assert_eq!(shop.places(&client), before);
    environment.run_for(&shop, &["promote", "v2", "--keep", "1s", "--yes"]).ends_with(0);
    let kept = shop.places(&client);
    stopped_at_the_question(&["rollback", &v2]);
    stopped_at_the_question(&["cleanup", &v2]);
    assert_eq!(shop.places(&client), kept);
}

#[test]
fn what_was_answered_is_done() {
    let environment = Environment::start();
    let shop = Shop::staged(&environment);
    let v2 = shop.own("v2");
    for (answer, words) in [("n\n", "Nothing was done"), ("y\n", "is in production")] {
        let mut run = OnTerminal::start(&environment.command(&shop.project, &["promote", &v2]));
        run.asked();
        run.press(answer.as_bytes());
        let (code, shown) = run.ends();
        assert_eq!(code, Some(0), "{shown}");
        assert!(shown.contains(words), "{shown}");
    }
}

/// A program that reads JSON can't be asked for each of them: that is wrong in the same way for all.
#[test]
fn a_cleanup_that_may_not_ask_ends_as_any_command_that_may_not() {
    let environment = Environment::with(Options::default());
    let shop = kept_twice(&environment);
    let run = OnTerminal::start(&environment.command(&shop.project, &["cleanup", "--json"]));
    let (code, shown) = run.ends();
    assert_eq!(code, Some(2), "{shown}");
    assert!(shown.contains("ConfirmationNeeded"), "{shown}");
    assert!(!shown.contains("not every"), "{shown}");
}

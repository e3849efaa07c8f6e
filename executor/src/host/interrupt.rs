//! Ctrl-C: the first asks the command to stop at the next place where it can be taken up again, the second has the server stop
//! the statement that runs, the third ends the program.

use std::io;
use std::process;

use tokio::sync::watch;

/// The exit code of a program that was ended by Ctrl-C: 128 and the number of the signal, as shells have it.
const ENDED: i32 = 130;

/// What somebody asks for who presses Ctrl-C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To stop when the statement that runs is done.
    Stop,
    /// Not to wait for that either.
    StopStatement,
}

/// Whether the command was asked to stop, and how often. Copies see the same request.
#[derive(Clone, Debug)]
pub struct Interrupt {
    asked: watch::Receiver<u8>,
    /// How often it has to be asked for a stop, and for one at once.
    stops: u8,
    insists: u8,
}

/// Asks for a stop.
#[derive(Debug)]
pub struct Trigger(watch::Sender<u8>);

impl Interrupt {
    /// Listens for Ctrl-C, and on Unix for the signal that asks a program to end, from now on. Needs a running runtime.
    /// `notify` is called at the first and the second, to say what happens now.
    pub fn listen(notify: impl Fn(Asked) + Send + 'static) -> io::Result<Self> {
        let mut signals = Signals::new()?;
        let (trigger, interrupt) = Self::new();
        tokio::spawn(async move {
            for asked in [Asked::Stop, Asked::StopStatement] {
                signals.next().await;
                trigger.pull();
                notify(asked);
            }
            signals.next().await;
            process::exit(ENDED);
        });
        Ok(interrupt)
    }

    /// One that is triggered by hand.
    pub fn new() -> (Trigger, Self) {
        let (sender, receiver) = watch::channel(0);
        (Trigger(sender), Self { asked: receiver, stops: 1, insists: 2 })
    }

    /// For what is done because somebody asked for a stop: that was heard, and whoever asks again doesn't want to wait for this either.
    #[must_use]
    pub fn from_now_on(&self) -> Self {
        let next = self.asked.borrow().saturating_add(1);
        Self { asked: self.asked.clone(), stops: next.max(self.stops), insists: next.max(self.insists) }
    }

    /// True if a stop was asked for.
    pub fn is_requested(&self) -> bool {
        *self.asked.borrow() >= self.stops
    }

    /// True if the statement that runs isn't to be waited for.
    pub fn is_insisted_on(&self) -> bool {
        *self.asked.borrow() >= self.insists
    }

    /// Waits until a stop is asked for: for ever, if nobody is left to ask.
    pub async fn requested(&mut self) {
        self.asked(self.stops).await;
    }

    /// Waits until that is asked for again.
    pub async fn insisted_on(&mut self) {
        self.asked(self.insists).await;
    }

    async fn asked(&mut self, times: u8) {
        if self.asked.wait_for(|asked| *asked >= times).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Trigger {
    /// Asks for a stop; a second time, not to wait for the statement that runs.
    pub fn pull(&self) {
        self.0.send_modify(|asked| *asked = asked.saturating_add(1));
    }
}

/// The signals that ask for a stop.
struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
}

impl Signals {
    #[cfg(unix)]
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    #[cfg(windows)]
    fn new() -> io::Result<Self> {
        Ok(Self { interrupt: tokio::signal::windows::ctrl_c()? })
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(windows)]
        self.interrupt.recv().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_copy_sees_the_request() {
        let (trigger, mut interrupt) = Interrupt::new();
        let copy = interrupt.clone();
        assert!(!copy.is_requested());
        trigger.pull();
        interrupt.requested().await;
        assert!(copy.is_requested() && !copy.is_insisted_on());
        trigger.pull();
        interrupt.insisted_on().await;
        assert!(copy.is_insisted_on());
    }

    #[tokio::test]
    async fn what_is_done_because_of_a_stop_is_stopped_by_the_next_request_at_once() {
        let (trigger, interrupt) = Interrupt::new();
        let unasked = interrupt.from_now_on();
        trigger.pull();
        assert!(unasked.is_requested() && !unasked.is_insisted_on());
        let after = interrupt.from_now_on();
        assert!(!after.is_requested() && !after.is_insisted_on());
        trigger.pull();
        assert!(after.is_requested() && after.is_insisted_on());
        assert!(!interrupt.from_now_on().is_requested());
    }

    #[tokio::test]
    async fn nobody_left_to_ask_is_no_request() {
        let (trigger, mut interrupt) = Interrupt::new();
        drop(trigger);
        let waited = tokio::time::timeout(std::time::Duration::from_millis(1), interrupt.requested()).await;
        assert!(waited.is_err());
    }

    /// Set for the process that the test below interrupts.
    #[cfg(unix)]
    const CHILD: &str = "MZ_DEPLOY_TEST_INTERRUPTED";

    /// Runs as a process of its own: it ends by the third signal.
    #[cfg(unix)]
    #[tokio::test]
    async fn two_signals_ask_and_the_third_ends_the_process() {
        use std::process::{Command, Stdio};

        if std::env::var_os(CHILD).is_some() {
            let raise = || Command::new("kill").args(["-INT", &process::id().to_string()]).status();
            let mut interrupt = Interrupt::listen(|_| ()).expect("signals can be listened for");
            raise().expect("the signal is sent");
            interrupt.requested().await;
            raise().expect("the signal is sent");
            interrupt.insisted_on().await;
            raise().expect("the signal is sent");
            std::future::pending::<()>().await;
        }
        let name = "host::interrupt::tests::two_signals_ask_and_the_third_ends_the_process";
        let child = Command::new(std::env::current_exe().expect("the test has a file"))
            .args(["--exact", name])
            .env(CHILD, "1")
            .stdout(Stdio::null())
            .status()
            .expect("the test starts");
        assert_eq!(child.code(), Some(ENDED));
    }
}

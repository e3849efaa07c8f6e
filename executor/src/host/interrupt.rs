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
pub struct Interrupt(watch::Receiver<u8>);

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
        (Trigger(sender), Self(receiver))
    }

    /// True if a stop was asked for.
    pub fn is_requested(&self) -> bool {
        *self.0.borrow() > 0
    }

    /// True if the statement that runs isn't to be waited for.
    pub fn is_insisted_on(&self) -> bool {
        *self.0.borrow() > 1
    }

    /// Waits until a stop is asked for: for ever, if nobody is left to ask.
    pub async fn requested(&mut self) {
        self.asked(1).await;
    }

    /// Waits until that is asked for again.
    pub async fn insisted_on(&mut self) {
        self.asked(2).await;
    }

    async fn asked(&mut self, times: u8) {
        if self.0.wait_for(|asked| *asked >= times).await.is_err() {
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

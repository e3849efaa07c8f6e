//! This machine, and the processes on it.

use serde::{Deserialize, Serialize};

/// The name of this machine, as others know it; `unknown` if it has none.
pub fn name() -> String {
    let name = gethostname::gethostname();
    let name = name.to_string_lossy();
    if name.is_empty() { "unknown".to_owned() } else { name.into_owned() }
}

/// A process, so that another one can find out whether it is gone.
///
/// Names of machines and numbers of processes aren't enough for that: containers have the same of both. What tells is the boot of
/// the kernel, the name space of the numbers, and when the process of that number started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// Its number.
    pid: u32,
    /// Where that number means this process: equal texts are the same boot, and the same name space and user where the system
    /// keeps numbers apart by those. Absent where nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    within: Option<String>,
    /// When it started, in the words of the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    started: Option<String>,
}

/// What is known of a process number.
enum Known {
    /// A process has it, which started then.
    Runs(String),
    /// No process has it.
    Gone,
    /// Nobody can tell.
    Unknown,
}

impl Process {
    /// This one.
    pub fn current() -> Self {
        let pid = std::process::id();
        let started = match look_up(pid) {
            Known::Runs(started) => Some(started),
            Known::Gone | Known::Unknown => None,
        };
        Self { pid, within: surroundings(), started }
    }

    /// True if it is certain that it doesn't run any more. A process of another machine or container, and one that was there before
    /// the machine was started again, may run somewhere else.
    pub fn is_gone(&self) -> bool {
        let (Some(within), Some(started)) = (&self.within, &self.started) else { return false };
        if surroundings().as_ref() != Some(within) {
            return false;
        }
        match look_up(self.pid) {
            Known::Runs(since) => since != *started,
            Known::Gone => true,
            Known::Unknown => false,
        }
    }
}

/// The boot of the kernel, the name space of process numbers, and the user: some machines hide the processes of others.
#[cfg(target_os = "linux")]
fn surroundings() -> Option<String> {
    use std::fs;
    use std::os::unix::fs::MetadataExt;

    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let space = fs::read_link("/proc/self/ns/pid").ok()?;
    let user = fs::metadata("/proc/self").ok()?.uid();
    Some(format!("{} {} {user}", boot.trim(), space.to_str()?))
}

#[cfg(target_os = "linux")]
fn look_up(pid: u32) -> Known {
    let stat = match std::fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) => stat,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Known::Gone,
        Err(_) => return Known::Unknown,
    };
    // The second field is the program's name in parentheses, which may hold anything; the start is the twenty-second.
    let fields = stat.rsplit_once(')').map(|(_, fields)| fields.split_whitespace());
    fields.and_then(|mut fields| fields.nth(19)).map_or(Known::Unknown, |start| Known::Runs(start.to_owned()))
}

/// The session of the boot, where the system has such a thing, and the name of the machine. Everybody sees all processes there.
#[cfg(not(target_os = "linux"))]
fn surroundings() -> Option<String> {
    let output = std::process::Command::new("sysctl").args(["-n", "kern.bootsessionuuid"]).output().ok()?;
    let boot = String::from_utf8(output.stdout).ok()?;
    let boot = Some(boot.trim()).filter(|boot| output.status.success() && !boot.is_empty())?;
    Some(format!("{boot} {}", name()))
}

#[cfg(not(target_os = "linux"))]
fn look_up(pid: u32) -> Known {
    let Ok(output) = ps(pid).output() else { return Known::Unknown };
    match String::from_utf8(output.stdout) {
        Ok(start) if output.status.success() && !start.trim().is_empty() => {
            Known::Runs(start.trim().to_owned())
        }
        Ok(_) if output.status.code() == Some(1) => Known::Gone,
        _ => Known::Unknown,
    }
}

/// Asks when a process started, in words that are the same whatever the language and time zone of whoever asks.
#[cfg(any(test, not(target_os = "linux")))]
fn ps(pid: u32) -> std::process::Command {
    let mut ps = std::process::Command::new("ps");
    ps.args(["-o", "lstart=", "-p", &pid.to_string()]).env("LC_ALL", "C").env("TZ", "UTC");
    ps
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Somebody in another time zone must not take a process that runs for another one.
    #[test]
    fn when_a_process_started_is_said_alike_everywhere() {
        let ps = ps(1);
        let settings: Vec<_> = ps
            .get_envs()
            .map(|(name, value)| (name.to_str(), value.and_then(|value| value.to_str())))
            .collect();
        assert_eq!(settings, [(Some("LC_ALL"), Some("C")), (Some("TZ"), Some("UTC"))]);
    }

    #[test]
    fn a_process_is_gone_only_if_that_is_certain() {
        let this = Process::current();
        assert!(!this.is_gone(), "{this:?}");
        assert!(Process { pid: u32::MAX, ..this.clone() }.is_gone());
        let later = Process { started: Some("another time".to_owned()), ..this.clone() };
        assert!(later.is_gone(), "its number was given to another process");
        for elsewhere in [Some("another container".to_owned()), None] {
            let there = Process { pid: u32::MAX, within: elsewhere, ..this.clone() };
            assert!(!there.is_gone(), "{there:?}");
        }
        assert!(!Process { pid: u32::MAX, started: None, ..this }.is_gone(), "nobody knows when it started");
    }
}

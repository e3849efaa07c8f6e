//! The machine that the program runs on.

/// What a machine is called that doesn't say its name.
const UNKNOWN: &str = "unknown";

/// The name of this machine: with the number of a process, it tells who holds a lease. Names differ within the
/// network of a team, which is as far as a lease has to tell.
pub fn machine_name() -> String {
    let from_kernel = || std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let from_environment = || std::env::var("COMPUTERNAME").ok();
    let from_command = || {
        let output = std::process::Command::new("hostname").output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let named =
        |name: Option<String>| name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    named(from_kernel())
        .or_else(|| named(from_environment()))
        .or_else(|| named(from_command()))
        .unwrap_or_else(|| UNKNOWN.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_has_a_name_of_one_line_that_stays() {
        let name = machine_name();
        assert!(!name.is_empty() && !name.contains('\n'), "{name:?}");
        assert_eq!(machine_name(), name);
    }
}

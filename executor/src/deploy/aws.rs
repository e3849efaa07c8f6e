//! Values of AWS Secrets Manager, as the command `aws` gives them to whoever is logged in there.
//!
//! The command knows every way to log in, and asking it keeps a large library out of the program. A value comes through a pipe: it
//! is in no argument, no file and no variable of an environment.

use std::fmt::Display;
use std::io::ErrorKind;
use std::process::{Command, Stdio};

use crate::db::Secret;
use crate::host::{Failure, FailureCode};

/// The command.
const AWS: &str = "aws";

/// What else would help.
const OTHERWISE: &str = "put the value into the environment and write `env_var('NAME')`, or leave secrets out with `--skip-secrets`";

/// The text of a secret. `profile` is a profile of the command; without one, it takes the one that it takes by itself.
pub(super) async fn secret_value(
    secret: &impl Display,
    id: &str,
    profile: Option<&str>,
) -> Result<Secret, Failure> {
    let of = || format!("the secret `{secret}` is `{id}` of AWS Secrets Manager");
    let mut command = Command::new(AWS);
    // An id is a value behind `=`: one that begins with a dash is no option.
    command.args(["secretsmanager", "get-secret-value"]).arg(format!("--secret-id={id}"));
    command.args(["--query", "SecretString", "--output", "text", "--no-cli-pager"]);
    if let Some(profile) = profile {
        command.arg(format!("--profile={profile}"));
    }
    let running = tokio::task::spawn_blocking(move || command.stdin(Stdio::null()).output());
    let output = running.await.map_err(std::io::Error::other).flatten().map_err(|error| {
        if error.kind() == ErrorKind::NotFound {
            Failure::coded(FailureCode::MissingProgram, format!("{}, and there is no command `aws`", of()))
                .help(format!("install the AWS command line interface, version 2; or {OTHERWISE}"))
        } else {
            Failure::new(format!("{}, and the command `aws` can't be run: {error}", of()))
        }
    })?;
    if !output.status.success() {
        // What a command that failed wrote to standard output may be part of a value.
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ");
        let said = if said.is_empty() { output.status.to_string() } else { said };
        return Err(Failure::new(format!("{}, which `aws` can't give: {said}", of())).help(format!(
            "log in with `aws`, and check its region and `security.aws_profile` in `project.toml`; or {OTHERWISE}"
        )));
    }
    let text = String::from_utf8(output.stdout)
        .map_err(|_| Failure::new(format!("{}, whose value isn't text", of())).help(OTHERWISE))?;
    // The command ends its output with a line break.
    let value = text.strip_suffix('\n').unwrap_or(&text);
    let value = value.strip_suffix('\r').unwrap_or(value);
    // That is how it prints that there is none.
    if value.is_empty() || value == "None" {
        let message = format!("{}, which has no text: binary secrets can't be read", of());
        return Err(Failure::new(message).help("store it as a text"));
    }
    Ok(Secret::new(value))
}

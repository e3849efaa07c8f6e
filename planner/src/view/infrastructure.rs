//! What plans of `setup` and `apply` have besides statements, in words.

use crate::name::ObjectName;
use crate::plan::SecretValue;

/// What happens to a secret. Its value is known to nobody here.
pub(super) fn secret(secret: &ObjectName, creates: bool, value: &SecretValue) -> String {
    let verb = if creates { "create secret" } else { "set secret" };
    let from = match value {
        SecretValue::EnvVar { name } => format!("the environment variable {name}"),
        SecretValue::AwsSecret { id } => format!("{id} of AWS Secrets Manager"),
        SecretValue::File { path } => path.to_string(),
    };
    format!("{verb} {secret} with the value from {from}")
}

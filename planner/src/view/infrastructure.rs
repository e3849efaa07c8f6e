//! What plans of `setup` and `apply` have besides statements, in words.

use super::words;
use crate::name::ObjectName;
use crate::plan::{Drift, SecretValue};

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

/// Over what the plan leaves as it is.
pub(super) const DRIFT: &str = "Other than the project says, and left as it is";

/// A difference in one line: `cluster ingest: option SIZE is '50cc', the project says '25cc'`.
pub(super) fn drift(drift: &Drift) -> String {
    let found = drift.found.as_ref().map_or("is missing".to_owned(), |found| format!("is {found}"));
    let wanted =
        drift.wanted.as_ref().map_or("says nothing of it".to_owned(), |wanted| format!("says {wanted}"));
    let Drift { kind, name, what, .. } = drift;
    words::one_line(&format!("{kind} {name}: {what} {found}, the project {wanted}"))
}

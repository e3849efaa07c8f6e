//! Values of secrets: looked up when they are sent, and kept from everything that is printed.

mod meaning;

use mz_deploy_planner::name::Literal;
use mz_deploy_planner::plan::{self, Effect, SecretValue};
use mz_deploy_planner::project::Project;

use super::aws;
use crate::db::{Connection, Secret};
use crate::host::Failure;

/// Gives a secret its value.
pub async fn set(connection: &Connection, project: &Project, effect: &Effect) -> Result<(), Failure> {
    let Effect::SetSecret { secret, statement, value, .. } = effect else { return Ok(()) };
    let expression = match value {
        SecretValue::EnvVar { name } => {
            let found = std::env::var(name.as_str()).map_err(|_| {
                Failure::new(format!(
                    "the secret `{secret}` is the environment variable `{name}`, which isn't set"
                ))
                .help(format!("set `{name}`, or leave secrets out with `--skip-secrets`"))
            })?;
            connection.hide(&Secret::new(&found));
            Literal(&found).to_string()
        }
        SecretValue::AwsSecret { id } => {
            let found = aws::secret_value(secret, id, project.settings.aws_profile.as_deref()).await?;
            let value = Literal(found.expose()).to_string();
            connection.hide(&found);
            value
        }
        SecretValue::File { .. } => {
            let expression = plan::secret_expression(project, secret).ok_or_else(|| {
                Failure::new(format!("the secret `{secret}` isn't in the project any more"))
            })?;
            for text in meaning::telling(expression) {
                connection.hide(&Secret::new(text));
            }
            expression.to_owned()
        }
    };
    Ok(connection.execute(&format!("{statement} {expression}")).await?)
}

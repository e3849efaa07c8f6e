//! Where the active profile connects to.

use super::arguments::Global;
use crate::db::Target;
use crate::host::{self, Failure, FailureCode, Profiles};

/// Where the active profile connects to.
pub(super) fn target(global: &Global) -> Result<Target, Failure> {
    let profile = host::select_profile(global.profile.as_deref(), &global.directory)?.ok_or_else(|| {
        Failure::coded(FailureCode::NoProfile, "no profile is selected, so it isn't known where to connect").help(
            "name one with `--profile`, or make it the project's default with `mz-deploy profile set NAME`",
        )
    })?;
    let profiles = Profiles::read(global.profiles_dir.as_deref())?;
    profiles.target(&profile, &|name| std::env::var(name).ok())
}

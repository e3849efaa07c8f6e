//! Which profile is active.

use std::io::ErrorKind;
use std::path::Path;

use super::failure::Failure;

/// The file that keeps a project's default profile, out of version control.
const PROFILE_FILE: &str = ".mzprofile";

/// The profile that was asked for, or the one in `.mzprofile`, or none.
pub fn select(asked: Option<&str>, root: &Path) -> Result<Option<String>, Failure> {
    if let Some(profile) = asked.filter(|profile| !profile.is_empty()) {
        return Ok(Some(profile.to_owned()));
    }
    let path = root.join(PROFILE_FILE);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(first_name(&text)),
        // A project that isn't there is reported when its files are looked for.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(Failure::io("read", &path, &error)),
    }
}

/// The first line that is neither blank nor a comment.
fn first_name(text: &str) -> Option<String> {
    text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_blank_lines_are_skipped() {
        assert_eq!(first_name("\n# mine\n  staging \nproduction\n"), Some("staging".to_owned()));
        assert_eq!(first_name("# nothing\n"), None);
    }
}

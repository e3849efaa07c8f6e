//! Which profile is active.

use std::io::ErrorKind;
use std::path::Path;

use super::failure::Failure;
use super::write::write_atomically;

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

/// Makes a profile the project's default. It isn't looked for.
pub fn set_default(profile: &str, root: &Path) -> Result<(), Failure> {
    let text = format!("{profile}\n");
    if first_name(&text).as_deref() != Some(profile) {
        return Err(Failure::with_help(
            format!("a profile named `{profile}` can't be written in `{PROFILE_FILE}`"),
            "give it a name of one line that doesn't begin with `#`",
        ));
    }
    let path = root.join(PROFILE_FILE);
    write_atomically(&path, |file| file.write_all(text.as_bytes()))
        .map_err(|error| Failure::io("write", &path, &error))
}

/// The first line that is neither blank nor a comment.
fn first_name(text: &str) -> Option<String> {
    text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_read_as_it_was_written() {
        let root = tempfile::tempdir().expect("a temporary directory");
        for profile in ["staging", "my profile", "b#c"] {
            set_default(profile, root.path()).expect("it is written");
            let selected = select(None, root.path()).expect("it is read");
            assert_eq!(selected.as_deref(), Some(profile));
        }
        for profile in ["", "# x", "a\nb", " a"] {
            assert!(set_default(profile, root.path()).is_err(), "{profile}");
        }
    }

    #[test]
    fn comments_and_blank_lines_are_skipped() {
        assert_eq!(first_name("\n# mine\n  staging \nproduction\n"), Some("staging".to_owned()));
        assert_eq!(first_name("# nothing\n"), None);
    }
}

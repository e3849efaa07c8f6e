//! Who holds a lease, as its comment says it.

use std::fmt;
use std::hash::{BuildHasher, RandomState};

use serde::{Deserialize, Serialize};

use crate::db::ledger::Origin;
use crate::host::Process;

/// The server's limit for a comment, in bytes.
const LONGEST_COMMENT: usize = 1024;
/// Bytes of a text of the holder that are kept: all of them together fit into a comment, with every byte escaped.
const LONGEST_TEXT: usize = 90;

/// Who holds a lease.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The role of the session.
    pub role: String,
    /// The name of the machine.
    pub host: String,
    /// What it does: `stage`, `promote`, …
    pub command: String,
    /// Since when, by the server's clock.
    pub since: String,
    /// The process on that machine.
    #[serde(flatten)]
    pub process: Process,
    /// What no other holder has.
    #[serde(default)]
    pub(super) token: String,
}

impl Holder {
    /// A process that runs a command.
    pub fn new(origin: &Origin, command: &str, process: Process) -> Self {
        let short = |text: &str| -> String {
            let kept = text.get(..text.floor_char_boundary(LONGEST_TEXT)).unwrap_or_default();
            kept.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
        };
        Self {
            role: short(&origin.role),
            host: short(&origin.host),
            command: short(command),
            since: String::new(),
            process,
            token: token(),
        }
    }

    /// As the comment of a lease.
    pub(super) fn comment(&self) -> String {
        let comment = serde_json::to_string(self).expect("texts and numbers always serialise");
        debug_assert!(comment.len() <= LONGEST_COMMENT, "{comment}");
        comment
    }

    /// What a comment says; nothing if it isn't that of a lease.
    pub(super) fn read(comment: &str) -> Option<Self> {
        serde_json::from_str(comment).ok()
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { role, host, command, since, .. } = self;
        write!(f, "by `{role}` on `{host}`, with `{command}` since {since}")
    }
}

/// Hexadecimal digits of a token.
const TOKEN: usize = 16;

/// Sixteen digits that nobody has had. The keys of the hasher come from the operating system.
fn token() -> String {
    format!("{:0TOKEN$x}", RandomState::new().hash_one(std::process::id()))
}

/// True for what [`token`] could have made.
pub(super) fn is_token(text: &str) -> bool {
    text.len() == TOKEN && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(text: &str) -> Holder {
        let origin = Origin { role: text.to_owned(), host: text.to_owned(), commit: None };
        let since = "2026-01-01 00:00:00.000000+00".to_owned();
        Holder { since, ..Holder::new(&origin, text, Process::current()) }
    }

    #[test]
    fn a_holder_fits_into_a_comment_whoever_it_is() {
        for text in ["\u{1}".repeat(600), "\"".repeat(600), "ü".repeat(600)] {
            let holder = holder(&text);
            let comment = holder.comment();
            assert!(comment.len() <= LONGEST_COMMENT, "{}", comment.len());
            assert_eq!(Holder::read(&comment), Some(holder));
        }
    }

    #[test]
    fn no_two_holders_are_equal() {
        let (one, other) = (holder("a"), holder("a"));
        assert!(is_token(&one.token) && one.token != other.token, "{one:?} {other:?}");
        assert_eq!(Holder { token: other.token.clone(), ..one }, other);
    }
}

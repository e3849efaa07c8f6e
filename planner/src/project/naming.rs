//! The rule for names that a project gives: databases, schemas, objects and clusters.

use crate::name::MAX_IDENT_BYTES;

/// The rule in words, for help.
pub(super) const RULE: &str = "a name starts with a lower-case letter or `_`, goes on with lower-case letters, digits, `_` or `$`, and is at \
     most 255 bytes long";

/// Why `name` breaks the rule.
pub(crate) fn check(name: &str) -> Result<(), String> {
    if name.len() > MAX_IDENT_BYTES {
        return Err(format!("it is {} bytes long", name.len()));
    }
    match name.chars().next() {
        None => return Err("it is empty".into()),
        Some(first) if !is_letter(first) => return Err(format!("it starts with `{first}`")),
        Some(_) => {}
    }
    check_suffix(name)
}

/// Why `suffix` can't stand at the end of a name.
pub(super) fn check_suffix(suffix: &str) -> Result<(), String> {
    match suffix.chars().find(|c| !is_letter(*c) && !c.is_ascii_digit() && *c != '$') {
        Some(c) if c.is_uppercase() => Err(format!("it has the upper-case letter `{c}`")),
        Some(c) => Err(format!("it has the character `{}`", c.escape_debug())),
        None => Ok(()),
    }
}

fn is_letter(c: char) -> bool {
    c == '_' || (c.is_alphabetic() && !c.is_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_rule_is_named() {
        for (name, problem) in [
            ("orders", None),
            ("_1$", None),
            ("größe", None),
            ("select", None),
            ("", Some("it is empty")),
            ("1a", Some("it starts with `1`")),
            ("aB", Some("it has the upper-case letter `B`")),
            ("a-b", Some("it has the character `-`")),
            ("a\nb", Some("it has the character `\\n`")),
        ] {
            assert_eq!(check(name).err().as_deref(), problem, "{name}");
        }
        assert_eq!(check(&"x".repeat(256)), Err("it is 256 bytes long".into()));
    }
}

//! What changed in a definition, line by line.

use similar::TextDiff;

/// Lines around a change that are shown with it.
const CONTEXT: usize = 3;

/// The unified diff of two texts, without file names. Empty if they are equal.
pub(super) fn unified(before: &str, after: &str) -> String {
    // A text without a line end at its end would be marked as such, which says nothing about a statement.
    let (before, after) = (format!("{}\n", before.trim_end()), format!("{}\n", after.trim_end()));
    TextDiff::from_lines(before.as_str(), after.as_str()).unified_diff().context_radius(CONTEXT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_and_its_surroundings_are_shown() {
        let before = "CREATE VIEW v AS\nSELECT\n  a\nFROM t";
        let after = "CREATE VIEW v AS\nSELECT\n  a,\n  b\nFROM t\n";
        assert_eq!(
            unified(before, after),
            "@@ -1,4 +1,5 @@\n CREATE VIEW v AS\n SELECT\n-  a\n+  a,\n+  b\n FROM t\n"
        );
        assert_eq!(unified(before, before), "");
    }
}

//! Which profiles a project knows.

use std::collections::BTreeSet;

use smol_str::SmolStr;
use toml::de::{DeTable, DeValue};

use super::layout::{self, Place};
use super::settings::TOP_LEVEL_KEYS;

/// The names of profiles that have a table in `project.toml`, or a variant of a file. `text` is that of `project.toml`;
/// as much of it counts as can be read.
pub fn profiles<'a>(text: Option<&str>, paths: impl Iterator<Item = &'a str>) -> BTreeSet<SmolStr> {
    let variants = paths.filter_map(|path| match layout::place(path) {
        Place::Object { file, .. } | Place::Infrastructure { file, .. } => file.profile,
        _ => None,
    });
    let mut names: BTreeSet<SmolStr> = variants.filter(|name| !name.is_empty()).map(Into::into).collect();
    let (root, _) = DeTable::parse_recoverable(text.unwrap_or_default());
    let root = root.get_ref();
    let nested = root.get("profiles").and_then(|profiles| profiles.get_ref().as_table());
    let tables =
        nested.unwrap_or(root).iter().filter(|(_, value)| matches!(value.get_ref(), DeValue::Table(_)));
    let tables = tables.map(|(name, _)| name.get_ref().as_ref());
    names.extend(tables.filter(|name| nested.is_some() || !TOP_LEVEL_KEYS.contains(name)).map(Into::into));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str, paths: &[&str]) -> Vec<String> {
        profiles(Some(text), paths.iter().copied()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_profile_has_a_table_or_a_variant() {
        let paths =
            ["clusters/c#local.sql", "models/app/core/t#prod.sql", "models/app/core/v.sql", "notes/a#b.sql"];
        let text = "strategy = \"swap\"\n[staging.variables]\na = \"1\"\n[prod]\n";
        assert_eq!(names(text, &paths), ["local", "prod", "staging"]);
    }

    #[test]
    fn tables_under_profiles_are_the_only_ones() {
        assert_eq!(names("[profiles.a]\n[profiles.b.variables]\n[c]\n", &[]), ["a", "b"]);
        assert_eq!(names("not toml [", &["roles/r#x.sql"]), ["x"]);
    }
}

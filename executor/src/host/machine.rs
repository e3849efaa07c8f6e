//! This machine.

/// Its name, as others know it; `unknown` if it has none.
pub fn name() -> String {
    let name = gethostname::gethostname();
    let name = name.to_string_lossy();
    if name.is_empty() { "unknown".to_owned() } else { name.into_owned() }
}

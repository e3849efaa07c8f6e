//! Durations as people write them.

use std::time::Duration;

/// Seconds in a unit.
fn seconds(unit: char) -> Option<u64> {
    match unit {
        's' => Some(1),
        'm' => Some(60),
        'h' => Some(60 * 60),
        'd' => Some(24 * 60 * 60),
        _ => None,
    }
}

/// Reads a number of seconds, or numbers with units: `300`, `90s`, `5m`, `1h30m`, `2d`.
pub fn parse(text: &str) -> Result<Duration, String> {
    let refused = || {
        format!(
            "`{text}` is no duration: write a number of seconds, or numbers with `s`, `m`, `h` or `d`, as in `1h30m`"
        )
    };
    if let Ok(seconds) = text.parse() {
        return Ok(Duration::from_secs(seconds));
    }
    let mut total: u64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, tail) = rest.split_at(digits);
        let unit = tail.chars().next().ok_or_else(refused)?;
        let part = number.parse::<u64>().ok().zip(seconds(unit)).and_then(|(n, s)| n.checked_mul(s));
        total = part.and_then(|part| total.checked_add(part)).ok_or_else(refused)?;
        rest = &tail[unit.len_utf8()..];
    }
    if text.is_empty() { Err(refused()) } else { Ok(Duration::from_secs(total)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_numbers_are_seconds() {
        assert_eq!(parse("0"), Ok(Duration::ZERO));
        assert_eq!(parse("300"), Ok(Duration::from_mins(5)));
    }

    #[test]
    fn units_add_up() {
        assert_eq!(parse("1s"), Ok(Duration::from_secs(1)));
        assert_eq!(parse("5m"), Ok(Duration::from_mins(5)));
        assert_eq!(parse("1h30m"), Ok(Duration::from_mins(90)));
        assert_eq!(parse("2d"), Ok(Duration::from_hours(48)));
    }

    #[test]
    fn everything_else_is_refused() {
        for text in
            ["", "m", "5 m", "5x", "5m3", "-1", "1.5h", "99999999999999999999", "999999999999999999d", "5ü"]
        {
            let refused = parse(text).expect_err(text);
            assert!(refused.contains("is no duration"), "{refused}");
        }
    }
}

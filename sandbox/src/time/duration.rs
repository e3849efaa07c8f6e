//! Durations as statements write them.

use std::time::Duration;

/// Reads an interval: `1s`, `500 ms`, `1 hour 30 minutes`, `00:00:05.5`; `None` for anything else, also for what is
/// negative or counted in months, which have no fixed length.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let mut total = Duration::ZERO;
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':').unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(end)?;
        let after = after.trim_start();
        let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(end)?;
        let seconds = if unit.is_empty() && number.contains(':') {
            clock(number)?
        } else {
            number.parse::<f64>().ok()? * seconds_of(unit)?
        };
        total = total.checked_add(Duration::try_from_secs_f64(seconds).ok()?)?;
        rest = after.trim_start();
    }
    Some(total)
}

/// `hours:minutes` or `hours:minutes:seconds`
fn clock(text: &str) -> Option<f64> {
    let parts: Vec<f64> = text.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    match parts.as_slice() {
        [hours, minutes] => Some(hours * 3600.0 + minutes * 60.0),
        [hours, minutes, seconds] => Some(hours * 3600.0 + minutes * 60.0 + seconds),
        _ => None,
    }
}

fn seconds_of(unit: &str) -> Option<f64> {
    Some(match unit.to_ascii_lowercase().as_str() {
        "us" | "usec" | "microsecond" | "microseconds" => 1e-6,
        "ms" | "msec" | "millisecond" | "milliseconds" => 1e-3,
        "" | "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3600.0,
        "d" | "day" | "days" => 86_400.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_read_in_the_forms_that_statements_have() {
        let cases = [
            ("1s", Some(1000)),
            ("500ms", Some(500)),
            ("1.5 seconds", Some(1500)),
            ("1 hour 30 minutes", Some(5_400_000)),
            ("00:00:05.5", Some(5500)),
            ("1 day 01:00", Some(90_000_000)),
            ("3", Some(3000)),
            ("", None),
            ("soon", None),
            ("-1s", None),
            ("1 month", None),
            ("1:2:3:4", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_duration(text), expected.map(Duration::from_millis), "{text}");
        }
    }
}

//! Times as `PostgreSQL` writes them.

/// Milliseconds since 1970 as a `timestamptz` in UTC: `2024-02-29 12:00:00.5+00`.
pub fn timestamptz(milliseconds: u64) -> String {
    let (seconds, fraction) = (milliseconds / 1000, milliseconds % 1000);
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let mut text = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}");
    if fraction > 0 {
        text.push_str(format!(".{fraction:03}").trim_end_matches('0'));
    }
    text.push_str("+00");
    text
}

/// Milliseconds as an `interval` that `PostgreSQL` reads and writes like this: `01:02:03.5`.
pub(super) fn interval(milliseconds: u64) -> String {
    let (seconds, fraction) = (milliseconds / 1000, milliseconds % 1000);
    let mut text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if fraction > 0 {
        text.push_str(format!(".{fraction:03}").trim_end_matches('0'));
    }
    text
}

/// The date of a day, counted from 1970-01-01. Years begin in March here, so that a leap day ends one.
fn date(day: u64) -> (u64, u64, u64) {
    const DAYS_TO_1970: u64 = 719_468;
    const DAYS_OF_400_YEARS: u64 = 146_097;
    let day = day + DAYS_TO_1970;
    let (era, day) = (day / DAYS_OF_400_YEARS, day % DAYS_OF_400_YEARS);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + next, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        assert_eq!(timestamptz(0), "1970-01-01 00:00:00+00");
        assert_eq!(timestamptz(951_782_400_000), "2000-02-29 00:00:00+00");
        assert_eq!(timestamptz(1_704_067_199_999), "2023-12-31 23:59:59.999+00");
        assert_eq!(timestamptz(1_704_067_200_500), "2024-01-01 00:00:00.5+00");
        assert_eq!(timestamptz(4_107_542_400_000), "2100-03-01 00:00:00+00");
    }

    #[test]
    fn intervals_are_written_as_a_time() {
        assert_eq!(interval(0), "00:00:00");
        assert_eq!(interval(3_723_500), "01:02:03.5");
        assert_eq!(interval(360_000_000), "100:00:00");
    }
}

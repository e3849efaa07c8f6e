//! The times that statements ask for.
//!
//! The engine keeps the present alone. A time in the past can be read as long as nothing has changed since, and no
//! longer than the server would keep it.

use super::Session;
use super::answer::Result;
use super::planning;
use super::read::with_dependencies;
use super::time_domain::is_stored;
use crate::catalog::Catalog;
use crate::error::{SqlError, SqlState};
use crate::query::{References, Time};

/// How far back the server can read, in milliseconds.
const HISTORY: u64 = 1000;

impl Session {
    /// The time of an `AS OF`, if what a statement reads can be read then or is yet to come.
    pub(super) fn readable_time(
        &self,
        catalog: &Catalog,
        as_of: &Time,
        references: &References,
    ) -> Result<u64> {
        let time = self.evaluate_time(catalog, &as_of.sql)?;
        let since = self.clock().now().saturating_sub(HISTORY).max(self.coordinator.changed_at());
        if time >= since {
            return Ok(time);
        }
        if as_of.at_least { Ok(since) } else { Err(too_old(catalog, references, time, since)) }
    }

    /// The value of a query for a time.
    pub(super) fn evaluate_time(&self, catalog: &Catalog, sql: &str) -> Result<u64> {
        let answer = self.engine(catalog)?.query(sql, &[], &[]);
        let rows = answer.map_err(|error| planning::translated(&error))?.result.rows;
        let value: Option<Vec<u8>> = rows.into_iter().flatten().next().flatten();
        let text = value.map(|value| String::from_utf8_lossy(&value).into_owned());
        text.and_then(|text| text.parse().ok())
            .ok_or_else(|| SqlError::internal("timestamp must not be NULL"))
    }
}

fn too_old(catalog: &Catalog, references: &References, as_of: u64, since: u64) -> SqlError {
    let inputs = with_dependencies(catalog, &references.reads);
    let stored = inputs.iter().filter(|id| catalog.item(**id).is_some_and(|item| is_stored(catalog, item)));
    let inputs: Vec<_> = stored.map(ToString::to_string).collect();
    SqlError::new(SqlState::DATA_EXCEPTION, "could not find a valid timestamp for the query").with_detail(format!(
        "Constraints:\nlower:\n  (Storage inputs: [{}]): [{since:>13} ({})]\nupper:\n  (Query's AS OF): [{as_of:>13} ({})]\n",
        inputs.join(", "),
        date(since),
        date(as_of)
    ))
}

/// A time in milliseconds since 1970 as a date.
fn date(time: u64) -> String {
    let (days, rest) = (time / 86_400_000, time % 86_400_000);
    // Days of the proleptic Gregorian calendar, in years that begin in March.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
    let (second, milli) = (rest / 1000 % 60, rest % 1000);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{milli:03}")
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn times_are_dates() {
        assert_eq!(date(0), "1970-01-01 00:00:00.000");
        assert_eq!(date(1_709_210_096_789), "2024-02-29 12:34:56.789");
        assert_eq!(date(4_102_444_799_999), "2099-12-31 23:59:59.999");
    }
}

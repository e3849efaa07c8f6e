//! Load generators: from a definition and a tick to rows.

use std::time::Duration;

use super::{auction, marketing, tpch};
use crate::error::SqlError;
use crate::journal::RowChange;
use crate::sql::ast::{OptionValue, SqlOption, Value};
use crate::time::{parse_duration, timestamptz};

/// Rows, values as text.
pub(super) type Rows = Vec<Vec<Option<String>>>;

const SEED: u64 = 0;

/// What a load generator is told to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Generator {
    kind: Kind,
    interval: u64,
    up_to: Option<u64>,
    max_cardinality: Option<u64>,
    scale: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Auction,
    Clock,
    Counter,
    Marketing,
    Tpch,
}

impl Generator {
    /// Reads `LOAD GENERATOR name (options)`.
    pub fn new(name: &str, options: &[SqlOption]) -> Result<Self, SqlError> {
        let kind = match name {
            "AUCTION" => Kind::Auction,
            "CLOCK" => Kind::Clock,
            "COUNTER" => Kind::Counter,
            "MARKETING" => Kind::Marketing,
            "TPCH" => Kind::Tpch,
            _ => return Err(SqlError::unsupported(format!("the load generator {name}"))),
        };
        let interval = match text(options, "TICK INTERVAL") {
            Some(text) => parse_duration(text).ok_or_else(|| invalid("TICK INTERVAL", text))?,
            None => Duration::from_secs(1),
        };
        let interval = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX).max(1);
        let scale = number(options, "SCALE FACTOR")?.unwrap_or(0.01);
        let (up_to, max_cardinality) = (number(options, "UP TO")?, number(options, "MAX CARDINALITY")?);
        Ok(Self { kind, interval, up_to, max_cardinality, scale })
    }

    /// The ticks from the beginning of a source until a time; no more than it is to have.
    pub fn ticks(&self, start: u64, now: u64) -> u64 {
        let ticks = match self.kind {
            Kind::Tpch => 0,
            _ => now.saturating_sub(start) / self.interval,
        };
        self.up_to.map_or(ticks, |up_to| ticks.min(up_to))
    }

    /// When a tick is, in milliseconds since 1970.
    pub fn time(&self, start: u64, tick: u64) -> u64 {
        start.saturating_add(tick.saturating_mul(self.interval))
    }

    /// What a tick of a source that began at a time does to an output. Tick 0 is what is there from the beginning.
    pub fn changes(&self, output: &str, tick: u64, start: u64) -> Vec<RowChange> {
        let at = self.time(start, tick);
        let rows = match self.kind {
            Kind::Auction => auction::rows(SEED, output, tick, at),
            Kind::Marketing => marketing::rows(SEED, output, tick, at),
            Kind::Tpch if tick == 0 => tpch::rows(SEED, output, self.scale),
            Kind::Tpch => Vec::new(),
            Kind::Clock => return self.clock(tick, start),
            Kind::Counter => return self.counter(tick),
        };
        rows.into_iter().map(|row| RowChange { row, count: 1 }).collect()
    }

    /// The one row of a clock says when the last tick was.
    fn clock(&self, tick: u64, start: u64) -> Vec<RowChange> {
        let row = |tick, count| RowChange { row: vec![cell(timestamptz(self.time(start, tick)))], count };
        let last = tick.checked_sub(1).map(|last| row(last, -1));
        last.into_iter().chain([row(tick, 1)]).collect()
    }

    /// Each tick counts one up; the lowest numbers go if there are to be no more than so many.
    fn counter(&self, tick: u64) -> Vec<RowChange> {
        let row = |number: u64, count| RowChange { row: vec![cell(number)], count };
        let number = tick + 1;
        let gone = self.max_cardinality.and_then(|most| number.checked_sub(most)).filter(|gone| *gone > 0);
        gone.map(|gone| row(gone, -1)).into_iter().chain([row(number, 1)]).collect()
    }
}

/// A value.
#[expect(clippy::unnecessary_wraps, reason = "a value of a row is NULL or this")]
#[expect(clippy::needless_pass_by_value, reason = "numbers and texts are written as they come")]
pub(super) fn cell(value: impl ToString) -> Option<String> {
    Some(value.to_string())
}

fn text<'a>(options: &'a [SqlOption], name: &str) -> Option<&'a str> {
    let option = options.iter().find(|option| option.name.eq_ignore_ascii_case(name))?;
    match option.value.as_ref()? {
        OptionValue::Value(Value::String(text) | Value::Number(text)) => Some(text),
        OptionValue::Value(Value::Interval(interval)) => Some(&interval.value),
        _ => None,
    }
}

fn number<T: std::str::FromStr>(options: &[SqlOption], name: &str) -> Result<Option<T>, SqlError> {
    let parse = |text: &str| text.parse().map_err(|_| invalid(name, text));
    text(options, name).map(parse).transpose()
}

fn invalid(name: &str, value: &str) -> SqlError {
    SqlError::internal(format!("invalid {name}: cannot use `{value}`"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn generator(name: &str, options: &[(&str, &str)]) -> Generator {
        let option = |(name, value): &(&str, &str)| SqlOption {
            name: (*name).to_owned(),
            value: Some(OptionValue::Value(Value::String((*value).to_owned()))),
        };
        let options: Vec<SqlOption> = options.iter().map(option).collect();
        Generator::new(name, &options).expect("the options are sound")
    }

    /// The rows after some ticks.
    fn rows(generator: &Generator, output: &str, ticks: u64) -> BTreeMap<Vec<Option<String>>, i64> {
        let mut rows = BTreeMap::new();
        for change in (0..=ticks).flat_map(|tick| generator.changes(output, tick, 0)) {
            *rows.entry(change.row).or_insert(0) += change.count;
        }
        rows.retain(|_, count| *count != 0);
        rows
    }

    fn values(rows: &BTreeMap<Vec<Option<String>>, i64>, column: usize) -> Vec<&str> {
        rows.keys().filter_map(|row| row.get(column)?.as_deref()).collect()
    }

    #[test]
    fn a_counter_counts_and_forgets() {
        let counter = generator("COUNTER", &[("TICK INTERVAL", "2s"), ("MAX CARDINALITY", "3")]);
        assert_eq!((counter.ticks(1000, 1999), counter.ticks(1000, 11_000)), (0, 5));
        assert_eq!(values(&rows(&counter, "counter", 1), 0), ["1", "2"]);
        assert_eq!(values(&rows(&counter, "counter", 5), 0), ["4", "5", "6"]);
    }

    #[test]
    fn a_generator_ends_where_it_is_told_to() {
        let counter = generator("COUNTER", &[("UP TO", "2")]);
        assert_eq!(counter.ticks(0, 60_000), 2);
    }

    #[test]
    fn a_clock_has_one_row() {
        let clock = generator("CLOCK", &[]);
        assert_eq!(values(&rows(&clock, "clock", 5), 0), ["1970-01-01 00:00:05+00"]);
    }

    #[test]
    fn bids_are_on_auctions_that_exist() {
        let auction = generator("AUCTION", &[("TICK INTERVAL", "1s")]);
        let (auctions, bids) = (rows(&auction, "auctions", 40), rows(&auction, "bids", 40));
        assert_eq!((auctions.len(), bids.len()), (4, 36));
        let ids = values(&auctions, 0);
        assert!(values(&bids, 2).iter().all(|auction| ids.contains(auction)));
        let users = rows(&auction, "users", 0);
        let (users, organizations) = (values(&users, 0), rows(&auction, "organizations", 0));
        assert!(values(&bids, 1).iter().all(|buyer| users.contains(buyer)));
        assert_eq!(rows(&auction, "accounts", 40).len(), organizations.len());
    }

    #[test]
    fn the_tables_of_tpch_are_in_proportion() {
        let tpch = generator("TPCH", &[("SCALE FACTOR", "0.001")]);
        let count = |output| rows(&tpch, output, 0).len();
        assert_eq!(["region", "nation", "supplier", "customer", "part"].map(count), [5, 25, 10, 150, 200]);
        assert_eq!(["partsupp", "orders"].map(count), [800, 1500]);
        assert!((5000..7000).contains(&count("lineitem")));
        assert_eq!(tpch.ticks(0, 1_000_000), 0);
    }

    #[test]
    fn options_that_make_no_sense_are_refused() {
        let option = SqlOption {
            name: "TICK INTERVAL".to_owned(),
            value: Some(OptionValue::Value(Value::String("soon".to_owned()))),
        };
        assert!(Generator::new("COUNTER", &[option]).is_err());
        assert!(Generator::new("DATUMS", &[]).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

        /// Nothing goes that wasn't there, and every time is the same.
        #[test]
        fn ticks_add_up(kind in 0_usize..4, ticks in 0_u64..100, most in 1_u64..10) {
            let (name, outputs): (&str, &[&str]) = [
                ("COUNTER", &["counter"] as &[&str]),
                ("CLOCK", &["clock"]),
                ("AUCTION", &["organizations", "users", "accounts", "auctions", "bids"]),
                ("MARKETING", &["customers", "impressions", "clicks", "leads", "coupons", "conversion_predictions"]),
            ][kind];
            let generator = generator(name, &[("MAX CARDINALITY", &most.to_string())]);
            for output in outputs {
                let found = rows(&generator, output, ticks);
                prop_assert!(found.values().all(|count| *count > 0));
                prop_assert_eq!(&found, &rows(&generator, output, ticks));
                if name == "COUNTER" {
                    prop_assert_eq!(u64::try_from(found.len()).expect("few"), most.min(ticks + 1));
                }
            }
        }
    }
}

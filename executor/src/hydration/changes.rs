//! From the differences that a subscription sends to what is true now.
//!
//! A difference says that a fact came (1) or went (−1) at a time. An update is one of each, in any order, and an answer may end
//! between them. Rows that tell progress say that everything before a time has been sent; only what is complete in that
//! sense is looked at.

use std::collections::BTreeMap;
use std::fmt;

use super::fact::{Fact, Unreadable, observation};
use super::rule::Observation;

/// The facts of a subscription.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// How often each fact holds: what is complete.
    facts: BTreeMap<Fact, i64>,
    /// What may not be complete.
    pending: Vec<(u64, i64, Fact)>,
    /// The time of the facts that were there at the beginning.
    begun: Option<u64>,
    /// Everything before this time was sent.
    complete_before: u64,
}

/// A row of a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Everything before a time was sent.
    Progress(u64),
    /// A fact came or went.
    Difference {
        /// When.
        time: u64,
        /// By how much.
        count: i64,
        /// What.
        fact: Fact,
    },
}

/// The texts of a row of a subscription, by column.
#[derive(Clone, Copy, Debug, Default)]
pub struct Columns<'a> {
    /// `mz_timestamp`
    pub timestamp: Option<&'a str>,
    /// `mz_progressed`
    pub progressed: Option<&'a str>,
    /// `mz_diff`
    pub diff: Option<&'a str>,
    /// `fact`, `id`, `place`, `value`
    pub fact: [Option<&'a str>; 4],
}

impl Change {
    /// Reads a row.
    pub fn read(columns: Columns<'_>) -> Result<Self, Unreadable> {
        let unreadable = || Unreadable { row: columns.to_string() };
        let time = columns.timestamp.and_then(|text| text.parse().ok()).ok_or_else(unreadable)?;
        match columns.progressed {
            Some("t" | "true") => Ok(Self::Progress(time)),
            Some("f" | "false") => {
                let count = columns.diff.and_then(|text| text.parse().ok()).ok_or_else(unreadable)?;
                let [fact, id, place, value] = columns.fact;
                Ok(Self::Difference { time, count, fact: Fact::read(fact, id, place, value)? })
            }
            _ => Err(unreadable()),
        }
    }
}

impl fmt::Display for Columns<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = [self.timestamp, self.progressed, self.diff].into_iter().chain(self.fact);
        for (i, text) in texts.enumerate() {
            write!(f, "{}{}", if i > 0 { ", " } else { "" }, text.unwrap_or("NULL"))?;
        }
        Ok(())
    }
}

impl Changes {
    /// Takes a row in. They come in the order in which they were sent.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Difference { time, count, fact } => self.pending.push((time, count, fact)),
            Change::Progress(time) => {
                self.begun.get_or_insert(time);
                self.complete_before = self.complete_before.max(time);
                self.settle();
            }
        }
    }

    /// What is known to be true; `None` until everything that was there at the beginning was sent.
    pub fn observation(&self) -> Option<Observation> {
        let is_complete = self.begun.is_some_and(|begun| self.complete_before > begun);
        let facts = self.facts.iter().filter(|(_, count)| **count > 0);
        is_complete.then(|| observation(facts.map(|(fact, _)| fact)))
    }

    fn settle(&mut self) {
        let complete_before = self.complete_before;
        let complete = self.pending.extract_if(.., |(time, ..)| *time < complete_before);
        for (_, count, fact) in complete {
            *self.facts.entry(fact).or_insert(0) += count;
        }
        self.facts.retain(|_, count| *count != 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn row<'a>(timestamp: &'a str, diff: &'a str, fact: [Option<&'a str>; 4]) -> Columns<'a> {
        Columns { timestamp: Some(timestamp), progressed: Some("f"), diff: Some(diff), fact }
    }

    fn hydration(hydrated: &'static str) -> [Option<&'static str>; 4] {
        [Some("hydration"), Some("u9"), Some("u2"), Some(hydrated)]
    }

    fn progress(timestamp: &str) -> Columns<'_> {
        Columns { timestamp: Some(timestamp), progressed: Some("t"), ..Columns::default() }
    }

    fn after(rows: &[Columns<'_>]) -> Changes {
        let mut changes = Changes::default();
        for row in rows {
            changes.apply(Change::read(*row).expect("a row of a subscription"));
        }
        changes
    }

    fn hydrated(changes: &Changes) -> Vec<Option<bool>> {
        let observation = changes.observation().expect("the beginning is complete");
        observation.hydration.iter().map(|row| row.hydrated).collect()
    }

    #[test]
    fn nothing_is_known_until_the_beginning_is_complete() {
        assert_eq!(after(&[]).observation(), None);
        assert_eq!(after(&[progress("10")]).observation(), None);
        assert_eq!(after(&[progress("10"), row("10", "1", hydration("true"))]).observation(), None);
        let complete = after(&[progress("10"), row("10", "1", hydration("true")), progress("11")]);
        assert_eq!(hydrated(&complete), [Some(true)]);
        let empty = after(&[progress("10"), progress("11")]);
        assert_eq!(empty.observation(), Some(Observation::default()), "nothing is there, which is known");
    }

    #[test]
    fn an_update_is_one_change_in_whatever_order_its_halves_come() {
        let (old, new) = (hydration("false"), hydration("true"));
        let begun = [progress("10"), row("10", "1", old), progress("11")];
        for halves in
            [[row("20", "-1", old), row("20", "1", new)], [row("20", "1", new), row("20", "-1", old)]]
        {
            let mut rows = begun.to_vec();
            rows.push(halves[0]);
            assert_eq!(hydrated(&after(&rows)), [Some(false)], "one half changes nothing");
            rows.push(halves[1]);
            rows.push(progress("20"));
            assert_eq!(hydrated(&after(&rows)), [Some(false)], "there may be more of that time");
            rows.push(progress("21"));
            assert_eq!(hydrated(&after(&rows)), [Some(true)]);
        }
    }

    #[test]
    fn what_goes_is_gone() {
        let cluster = [Some("cluster"), Some("u5"), None, Some("compute_v2")];
        let mut rows = vec![progress("10"), row("10", "1", cluster), progress("11")];
        assert!(after(&rows).observation().expect("complete").clusters.contains_key("u5"));
        rows.extend([row("30", "-1", cluster), progress("31")]);
        assert_eq!(after(&rows).observation(), Some(Observation::default()));
    }

    #[test]
    fn a_fact_that_holds_twice_goes_with_its_second_deletion() {
        let fact = hydration("true");
        let rows = [progress("1"), row("1", "2", fact), progress("2"), row("2", "-1", fact), progress("3")];
        assert_eq!(hydrated(&after(&rows)), [Some(true)]);
    }

    proptest! {
        /// Whatever the differences are, and in whatever order those of a time come: what is seen is the sum of whole times.
        #[test]
        fn what_is_seen_is_the_sum_of_whole_times(
            differences in prop::collection::vec((0u64..5, -2i64..3, 0u8..3), 0..30),
            progresses in prop::collection::btree_set(0u64..7, 1..5),
        ) {
            let fact = |of: u8| Fact::Object(format!("u{of}").into());
            let mut changes = Changes::default();
            let mut told = 0;
            for (i, progress) in progresses.iter().copied().enumerate() {
                // A server has sent what is before its progress, and more if it likes.
                let ahead = progress + u64::from(i % 2 == 0);
                let sent = differences.iter().copied().filter(|(time, ..)| (told..ahead).contains(time));
                for (time, count, of) in sent {
                    changes.apply(Change::Difference { time, count, fact: fact(of) });
                }
                told = told.max(ahead);
                changes.apply(Change::Progress(progress));
                let sum = |wanted: u8| -> i64 {
                    let before = differences.iter().filter(|(time, _, of)| *time < progress && *of == wanted);
                    before.map(|(_, count, _)| count).sum()
                };
                let objects = changes.observation().map(|observation| observation.objects);
                let expected: BTreeSet<_> = (0..3).filter(|of| sum(*of) > 0).map(|of| format!("u{of}").into()).collect();
                prop_assert_eq!(objects, (i > 0).then_some(expected));
            }
        }
    }

    #[test]
    fn rows_that_are_no_facts_are_errors_that_show_them() {
        let error = |columns| Change::read(columns).expect_err("unreadable").to_string();
        let unknown = row("1", "1", [Some("weather"), Some("u1"), None, Some("rain")]);
        assert_eq!(
            error(unknown),
            "the server answers a question about hydration with `weather, u1, NULL, rain`, which can't be read"
        );
        assert!(error(row("soon", "1", hydration("true"))).contains("`soon, f, 1, hydration, u9, u2, true`"));
        assert!(error(row("1", "1", hydration("perhaps"))).contains("perhaps"));
        assert!(error(Columns::default()).contains("NULL, NULL"));
    }
}

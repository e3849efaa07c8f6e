//! How long it will take, from how far it has come.
//!
//! Objects hydrate in steps of very different length, so a speed measured over the last step says little. The estimate is the
//! average since the watch began: it falls with every object, and grows while nothing happens, in proportion to the time
//! that has passed. What was there when the watch began took nobody knows how long, and doesn't count.

use std::time::Duration;

/// Before this much time, a speed means nothing.
const TOO_EARLY: Duration = Duration::from_secs(5);

/// The way that something has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// When it was first looked at, and what was done then.
    begun: Option<(Duration, usize)>,
    /// The last look.
    last: Option<(Duration, usize, usize)>,
}

impl Progress {
    /// Notes that at a time (since any beginning), `done` of `total` were done.
    pub fn note(&mut self, at: Duration, done: usize, total: usize) {
        let went_back = self.last.is_some_and(|(_, before, of)| done < before || total != of);
        if self.begun.is_none() || went_back {
            // A replica was lost, or there is more to do: what it took before says nothing about what it takes now.
            self.begun = Some((at, done));
        }
        self.last = Some((at, done, total));
    }

    /// The time that is left at a time; `None` as long as nothing can be said.
    pub fn left(&self, now: Duration) -> Option<Duration> {
        let (begun, done_before) = self.begun?;
        let (_, done, total) = self.last?;
        let took = now.saturating_sub(begun);
        let gained = u32::try_from(done.saturating_sub(done_before)).ok().filter(|gained| *gained > 0)?;
        if took < TOO_EARLY || done >= total {
            return None;
        }
        let left = u32::try_from(total - done).ok()?;
        took.checked_mul(left).map(|product| product / gained)
    }
}

/// A time in words, as coarse as it is uncertain.
pub fn in_words(left: Duration) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    match left.as_secs() {
        seconds @ 0..55 => format!("about {} s left", seconds.div_ceil(5).max(1) * 5),
        seconds @ 55..5400 => format!("about {} min left", (seconds + MINUTE / 2) / MINUTE),
        seconds => format!("about {} h left", (seconds + HOUR / 2) / HOUR),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn after(notes: &[(u64, usize, usize)]) -> Progress {
        let mut progress = Progress::default();
        for (seconds, done, total) in notes {
            progress.note(at(*seconds), *done, *total);
        }
        progress
    }

    #[test]
    fn nothing_can_be_said_at_first() {
        assert_eq!(after(&[]).left(at(60)), None);
        assert_eq!(after(&[(0, 0, 10)]).left(at(60)), None, "nothing has hydrated");
        assert_eq!(after(&[(0, 0, 10), (2, 1, 10)]).left(at(4)), None, "it is too early");
    }

    #[test]
    fn the_rest_takes_as_long_as_what_is_done_took() {
        let progress = after(&[(0, 0, 10), (30, 5, 10)]);
        assert_eq!(progress.left(at(30)), Some(at(30)));
        assert_eq!(progress.left(at(60)), Some(at(60)), "and longer while nothing happens");
    }

    #[test]
    fn what_was_hydrated_before_the_watch_began_says_nothing_about_the_speed() {
        assert_eq!(after(&[(0, 8, 10), (60, 9, 10)]).left(at(60)), Some(at(60)));
    }

    #[test]
    fn a_lost_replica_begins_anew() {
        let progress = after(&[(0, 0, 10), (30, 9, 10), (31, 0, 10)]);
        assert_eq!(progress.left(at(60)), None);
    }

    #[test]
    fn nothing_is_left_when_everything_is_done() {
        assert_eq!(after(&[(0, 0, 2), (10, 2, 2)]).left(at(10)), None);
    }

    #[test]
    fn times_are_as_coarse_as_they_are_uncertain() {
        let words = [0, 1, 12, 54, 55, 89, 90, 600, 5399, 5400, 86_400].map(|seconds| in_words(at(seconds)));
        assert_eq!(
            words,
            [
                "about 5 s left",
                "about 5 s left",
                "about 15 s left",
                "about 55 s left",
                "about 1 min left",
                "about 1 min left",
                "about 2 min left",
                "about 10 min left",
                "about 90 min left",
                "about 2 h left",
                "about 24 h left",
            ]
        );
    }

    proptest! {
        #[test]
        fn more_that_is_done_never_means_more_time(done in 1usize..99, more in 0usize..50, now in 5u64..100_000) {
            let left = |done: usize| after(&[(0, 0, 100), (1, done, 100)]).left(at(now));
            let more = (done + more).min(99);
            prop_assert!(left(more) <= left(done));
        }

        #[test]
        fn any_history_is_taken(notes in prop::collection::vec((0u64..1_000_000, 0usize..1000, 0usize..1000), 0..20), now: u32) {
            let left = after(&notes).left(at(u64::from(now)));
            prop_assert!(left.is_none_or(|left| left <= at(u64::MAX / 2)));
        }
    }
}

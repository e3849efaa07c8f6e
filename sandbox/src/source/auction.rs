//! `LOAD GENERATOR AUCTION`: organizations with users and accounts from the beginning, then an auction now and then and
//! bids on it.

use super::generator::{Rows, cell};
use super::random::Random;
use crate::time::timestamptz;

const ORGANIZATIONS: u64 = 16;
const USERS: u64 = 200;

/// A tick is an auction or one of its bids.
const BIDS_PER_AUCTION: u64 = 10;

/// An auction is open for this long, in milliseconds.
const OPEN: u64 = 10_000;

const COMPANIES: [&str; 8] = ["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gingko", "Hazel"];
const FORMS: [&str; 4] = ["Labs", "Trading", "Works", "Holdings"];
const NAMES: [&str; 8] = ["Ada", "Bela", "Chidi", "Dana", "Emre", "Fumi", "Greta", "Hugo"];
const ITEMS: [&str; 6] = [
    "Best Pizza in Town",
    "City Bar Crawl",
    "Custom Art",
    "Gift Basket",
    "Signed Memorabilia",
    "Weekend Getaway",
];

/// What a tick adds to an output; tick 0 is the beginning.
pub(super) fn rows(seed: u64, output: &str, tick: u64, at: u64) -> Rows {
    let Some(event) = tick.checked_sub(1) else { return initial(seed, output) };
    let (auction, step) = (event / (BIDS_PER_AUCTION + 1) + 1, event % (BIDS_PER_AUCTION + 1));
    let mut random = Random::of(seed, "event", event);
    let user = random.below(USERS) + 1;
    match (output, step) {
        ("auctions", 0) => {
            vec![vec![cell(auction), cell(user), cell(random.one(&ITEMS)), cell(timestamptz(at + OPEN))]]
        }
        ("bids", 1..) => {
            let id = (auction - 1) * BIDS_PER_AUCTION + step;
            vec![vec![cell(id), cell(user), cell(auction), cell(random.below(99) + 1), cell(timestamptz(at))]]
        }
        _ => Vec::new(),
    }
}

fn initial(seed: u64, output: &str) -> Rows {
    let organization_of = |user: u64| Random::of(seed, "membership", user).below(ORGANIZATIONS) + 1;
    let row = |id: u64| {
        let mut random = Random::of(seed, output, id);
        match output {
            "organizations" => {
                vec![cell(id), cell(format!("{} {} {id}", random.one(&COMPANIES), random.one(&FORMS)))]
            }
            "users" => vec![cell(id), cell(organization_of(id)), cell(random.one(&NAMES))],
            _ => vec![cell(id), cell(id), cell(random.below(10_000))],
        }
    };
    match output {
        "organizations" | "accounts" => (1..=ORGANIZATIONS).map(row).collect(),
        "users" => (1..=USERS).map(row).collect(),
        _ => Vec::new(),
    }
}

//! `LOAD GENERATOR MARKETING`: customers who see advertisements, click, and become leads.

use super::generator::{Rows, cell};
use super::random::Random;
use crate::time::timestamptz;

const CUSTOMERS: u64 = 100;
const CAMPAIGNS: u64 = 10;

/// What a tick adds to an output; tick 0 is the beginning. Every tick is an impression, every third of them is clicked,
/// every ninth makes a lead, who gets a coupon or a prediction.
pub(super) fn rows(seed: u64, output: &str, tick: u64, at: u64) -> Rows {
    let mut random = Random::of(seed, "event", tick);
    let customer = random.below(CUSTOMERS) + 1;
    let now = || cell(timestamptz(at));
    let lead = tick / 9;
    let is_lead = tick > 0 && tick.is_multiple_of(9);
    match output {
        "customers" if tick == 0 => {
            let customer = |id: u64| {
                let income = 20_000 + Random::of(seed, "customers", id).below(100_000);
                vec![cell(id), cell(format!("customer{id}@example.com")), cell(income)]
            };
            (1..=CUSTOMERS).map(customer).collect()
        }
        "impressions" if tick > 0 => {
            vec![vec![cell(tick), cell(customer), cell(random.below(CAMPAIGNS) + 1), now()]]
        }
        "clicks" if tick > 0 && tick.is_multiple_of(3) => vec![vec![cell(tick), now()]],
        "leads" if is_lead => {
            let converted = lead.is_multiple_of(2);
            let amount = converted.then(|| (100 + random.below(900)).to_string());
            vec![vec![cell(lead), cell(customer), now(), converted.then(|| timestamptz(at)), amount]]
        }
        "coupons" if is_lead && lead.is_multiple_of(2) => {
            vec![vec![cell(lead / 2), cell(lead), now(), cell(5 + random.below(95))]]
        }
        "conversion_predictions" if is_lead => {
            let bucket = if lead.is_multiple_of(2) { "experiment" } else { "control" };
            vec![vec![cell(lead), cell(bucket), now(), cell(format!("0.{:02}", random.below(100)))]]
        }
        _ => Vec::new(),
    }
}

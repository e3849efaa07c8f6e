//! `LOAD GENERATOR TPCH`: the tables of the benchmark, in proportion to its scale factor. Keys refer to rows that
//! exist; values are plausible and no more.

use super::generator::{Rows, cell};
use super::random::Random;

const NATIONS: [(&str, u64); 25] = [
    ("ALGERIA", 0),
    ("ARGENTINA", 1),
    ("BRAZIL", 1),
    ("CANADA", 1),
    ("EGYPT", 4),
    ("ETHIOPIA", 0),
    ("FRANCE", 3),
    ("GERMANY", 3),
    ("INDIA", 2),
    ("INDONESIA", 2),
    ("IRAN", 4),
    ("IRAQ", 4),
    ("JAPAN", 2),
    ("JORDAN", 4),
    ("KENYA", 0),
    ("MOROCCO", 0),
    ("MOZAMBIQUE", 0),
    ("PERU", 1),
    ("CHINA", 2),
    ("ROMANIA", 3),
    ("SAUDI ARABIA", 4),
    ("VIETNAM", 2),
    ("RUSSIA", 3),
    ("UNITED KINGDOM", 3),
    ("UNITED STATES", 1),
];
const REGIONS: [&str; 5] = ["AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST"];
const SEGMENTS: [&str; 5] = ["AUTOMOBILE", "BUILDING", "FURNITURE", "HOUSEHOLD", "MACHINERY"];
const PRIORITIES: [&str; 5] = ["1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW"];
const MODES: [&str; 7] = ["AIR", "FOB", "MAIL", "RAIL", "REG AIR", "SHIP", "TRUCK"];
const INSTRUCTIONS: [&str; 4] = ["COLLECT COD", "DELIVER IN PERSON", "NONE", "TAKE BACK RETURN"];
const MATERIALS: [&str; 5] = ["BRASS", "COPPER", "NICKEL", "STEEL", "TIN"];
const CONTAINERS: [&str; 4] = ["JUMBO BOX", "LG CASE", "MED BAG", "SM PACK"];

/// The rows of an output.
pub(super) fn rows(seed: u64, output: &str, scale: f64) -> Rows {
    let count = |base: f64| whole(base * scale).max(1);
    let (suppliers, parts) = (count(10_000.0), count(200_000.0));
    let (customers, orders) = (count(150_000.0), count(1_500_000.0));
    let random = |n: u64| Random::of(seed, output, n);
    match output {
        "region" => (0_u64..).zip(REGIONS).map(|(n, name)| vec![cell(n), cell(name), cell("")]).collect(),
        "nation" => {
            let nation =
                |(n, (name, region)): (u64, (&str, u64))| vec![cell(n), cell(name), cell(region), cell("")];
            (0_u64..).zip(NATIONS).map(nation).collect()
        }
        "supplier" => (1..=suppliers).map(|n| party(random(n), "Supplier", n, None)).collect(),
        "customer" => (1..=customers).map(|n| party(random(n), "Customer", n, Some(&SEGMENTS))).collect(),
        "part" => (1..=parts).map(|n| part(random(n), n)).collect(),
        "partsupp" => {
            let supply = |part: u64| (0..4_u64).map(move |n| (part, (part + n) % suppliers + 1));
            // With few suppliers one would deliver a part twice.
            let take = usize::try_from(suppliers.min(4)).unwrap_or(4);
            let pairs = (1..=parts).flat_map(|part| supply(part).take(take));
            pairs.map(|(part, supplier)| supplied(random(part * 5 + supplier), part, supplier)).collect()
        }
        "orders" => (1..=orders).map(|n| order(random(n), n, customers)).collect(),
        "lineitem" => {
            let lines = |order: u64| (1..=order % 7 + 1).map(move |line| (order, line));
            let all = (1..=orders).flat_map(lines);
            all.map(|(order, line)| item(random(order * 8 + line), order, line, parts, suppliers)).collect()
        }
        _ => Vec::new(),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count of rows: what is negative or too large is brought into range"
)]
fn whole(count: f64) -> u64 {
    count as u64
}

fn money(random: &mut Random, below: u64) -> Option<String> {
    let cents = random.below(below * 100);
    cell(format!("{}.{:02}", cents / 100, cents % 100))
}

fn day(random: &mut Random) -> Option<String> {
    let (year, month, day) = (1992 + random.below(7), random.below(12) + 1, random.below(28) + 1);
    cell(format!("{year}-{month:02}-{day:02}"))
}

fn party(mut random: Random, kind: &str, n: u64, segments: Option<&[&str]>) -> Vec<Option<String>> {
    let nation = random.below(25);
    let phone = format!(
        "{}-{:03}-{:03}-{:04}",
        nation + 10,
        random.below(1000),
        random.below(1000),
        random.below(10_000)
    );
    let address = format!("{} Main Street", random.below(999) + 1);
    let mut row = vec![cell(n), cell(format!("{kind}#{n:09}")), cell(address), cell(nation), cell(phone)];
    row.push(money(&mut random, 10_000));
    row.extend(segments.map(|segments| cell(random.one(segments))));
    row.push(cell(""));
    row
}

fn part(mut random: Random, n: u64) -> Vec<Option<String>> {
    let maker = random.below(5) + 1;
    let material = random.one(&MATERIALS);
    vec![
        cell(n),
        cell(format!("part {n}")),
        cell(format!("Manufacturer#{maker}")),
        cell(format!("Brand#{maker}{}", random.below(5) + 1)),
        cell(format!("STANDARD PLATED {material}")),
        cell(random.below(50) + 1),
        cell(random.one(&CONTAINERS)),
        money(&mut random, 2000),
        cell(""),
    ]
}

fn supplied(mut random: Random, part: u64, supplier: u64) -> Vec<Option<String>> {
    vec![cell(part), cell(supplier), cell(random.below(9999) + 1), money(&mut random, 1000), cell("")]
}

fn order(mut random: Random, n: u64, customers: u64) -> Vec<Option<String>> {
    vec![
        cell(n),
        cell(random.below(customers) + 1),
        cell(random.one(&["F", "O", "P"])),
        money(&mut random, 400_000),
        day(&mut random),
        cell(random.one(&PRIORITIES)),
        cell(format!("Clerk#{:09}", random.below(1000) + 1)),
        cell(0),
        cell(""),
    ]
}

fn item(mut random: Random, order: u64, line: u64, parts: u64, suppliers: u64) -> Vec<Option<String>> {
    vec![
        cell(order),
        cell(random.below(parts) + 1),
        cell(random.below(suppliers) + 1),
        cell(line),
        cell(format!("{}.00", random.below(50) + 1)),
        money(&mut random, 100_000),
        cell(format!("0.{:02}", random.below(11))),
        cell(format!("0.{:02}", random.below(9))),
        cell(random.one(&["A", "N", "R"])),
        cell(random.one(&["F", "O"])),
        day(&mut random),
        day(&mut random),
        day(&mut random),
        cell(random.one(&INSTRUCTIONS)),
        cell(random.one(&MODES)),
        cell(""),
    ]
}

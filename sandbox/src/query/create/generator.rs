//! What the load generators give.

use mz_deploy_planner::name::Ident;

use super::super::types::builtin;
use super::reference::resolve;
use crate::catalog::{ColumnDesc, ScalarType, SourceReference};
use crate::error::SqlError;
use crate::sql::ast::Name;

/// The database of the generators' relations in references.
const DATABASE: &str = "mz_load_generators";

/// A relation that a load generator gives.
pub(super) struct Output {
    pub(super) name: &'static str,
    /// Columns as `name type`; a question mark says that they can be NULL.
    columns: &'static str,
    /// The columns that identify a row.
    pub(super) key: &'static [&'static str],
    /// The server's encoding of which output this is, in hexadecimal.
    pub(super) details: Option<&'static str>,
}

const ID: &[&str] = &["id"];

const fn output(name: &'static str, columns: &'static str, key: &'static [&'static str]) -> Output {
    Output { name, columns, key, details: None }
}

const fn detailed(name: &'static str, columns: &'static str, details: &'static str) -> Output {
    Output { name, columns, key: ID, details: Some(details) }
}

static AUCTION: [Output; 5] = [
    detailed("organizations", "id int8, name text", "1a040a021000"),
    detailed("users", "id int8, org_id int8, name text", "1a040a021001"),
    detailed("accounts", "id int8, org_id int8, balance int8", "1a040a021002"),
    detailed("auctions", "id int8, seller int8, item text, end_time timestamptz", "1a040a021003"),
    detailed(
        "bids",
        "id int8, buyer int8, auction_id int8, amount int4, bid_time timestamptz",
        "1a040a021004",
    ),
];

static MARKETING: [Output; 6] = [
    output("customers", "id int8, email text, income int8", ID),
    output("impressions", "id int8, customer_id int8, campaign_id int8, impression_time timestamptz", ID),
    output("clicks", "impression_id int8, click_time timestamptz", &[]),
    output(
        "leads",
        "id int8, customer_id int8, created_at timestamptz, converted_at timestamptz?, conversion_amount int8?",
        ID,
    ),
    output("coupons", "id int8, lead_id int8, created_at timestamptz, amount int8", ID),
    output(
        "conversion_predictions",
        "lead_id int8, experiment_bucket text, predicted_at timestamptz, score float8",
        &[],
    ),
];

static TPCH: [Output; 8] = [
    output(
        "supplier",
        "s_suppkey int8, s_name text, s_address text, s_nationkey int8, s_phone text, s_acctbal numeric, s_comment text",
        &["s_suppkey"],
    ),
    output(
        "part",
        "p_partkey int8, p_name text, p_mfgr text, p_brand text, p_type text, p_size int4, p_container text, p_retailprice numeric, p_comment text",
        &["p_partkey"],
    ),
    output(
        "partsupp",
        "ps_partkey int8, ps_suppkey int8, ps_availqty int4, ps_supplycost numeric, ps_comment text",
        &["ps_partkey", "ps_suppkey"],
    ),
    output(
        "customer",
        "c_custkey int8, c_name text, c_address text, c_nationkey int8, c_phone text, c_acctbal numeric, c_mktsegment text, c_comment text",
        &["c_custkey"],
    ),
    output(
        "orders",
        "o_orderkey int8, o_custkey int8, o_orderstatus text, o_totalprice numeric, o_orderdate date, o_orderpriority text, o_clerk text, o_shippriority int4, o_comment text",
        &["o_orderkey"],
    ),
    output(
        "lineitem",
        "l_orderkey int8, l_partkey int8, l_suppkey int8, l_linenumber int4, l_quantity numeric, l_extendedprice numeric, l_discount numeric, l_tax numeric, l_returnflag text, l_linestatus text, l_shipdate date, l_commitdate date, l_receiptdate date, l_shipinstruct text, l_shipmode text, l_comment text",
        &["l_orderkey", "l_linenumber"],
    ),
    output("nation", "n_nationkey int8, n_name text, n_regionkey int8, n_comment text", &["n_nationkey"]),
    output("region", "r_regionkey int8, r_name text, r_comment text", &["r_regionkey"]),
];

static COUNTER: [Output; 1] =
    [Output { details: Some("1a040a020a00"), ..output("counter", "counter int8", &[]) }];
static CLOCK: [Output; 1] = [output("clock", "time timestamptz", &[])];

/// The relations of a generator; none if the sandbox doesn't know it.
pub(super) fn outputs(generator: &str) -> &'static [Output] {
    match generator {
        "AUCTION" => &AUCTION,
        "MARKETING" => &MARKETING,
        "TPCH" => &TPCH,
        "COUNTER" => &COUNTER,
        "CLOCK" => &CLOCK,
        _ => &[],
    }
}

/// What tables can be made of a source, as `mz_source_references` lists it.
pub(super) fn references(generator: &str, now: u64) -> Vec<SourceReference> {
    let outputs = outputs(generator);
    let names =
        |output: &Output| output.columns().iter().map(|column| column.name.as_str().to_owned()).collect();
    let reference = |output: &Output| SourceReference {
        namespace: generator.to_lowercase(),
        name: output.name.to_owned(),
        updated_at: now,
        columns: (outputs.len() > 1).then(|| names(output)),
    };
    outputs.iter().map(reference).collect()
}

/// The relation that a reference means.
pub(super) fn referenced(generator: &str, reference: &Name) -> Result<&'static Output, SqlError> {
    let schema = generator.to_lowercase();
    let outputs = outputs(generator);
    let names: Vec<[&str; 3]> =
        outputs.iter().map(|output| [DATABASE, schema.as_str(), output.name]).collect();
    let found = resolve(&names, reference)?;
    outputs.get(found).ok_or_else(|| SqlError::internal("a reference leads out of its source"))
}

/// The full name of a relation, as statements refer to it.
pub(super) fn full_name(generator: &str, output: &Output) -> Name {
    Name([DATABASE, &generator.to_lowercase(), output.name].into_iter().map(Ident::new).collect())
}

impl Output {
    /// The columns.
    pub(super) fn columns(&self) -> Vec<ColumnDesc> {
        let column = |text: &str| {
            let (name, data_type) = text.split_once(' ')?;
            let (data_type, nullable) =
                data_type.strip_suffix('?').map_or((data_type, false), |base| (base, true));
            Some(ColumnDesc {
                name: Ident::new(name),
                data_type: type_of(data_type),
                nullable,
                default: None,
            })
        };
        self.columns.split(", ").filter_map(column).collect()
    }
}

/// Money has two decimals.
fn type_of(name: &str) -> ScalarType {
    match name {
        "numeric" => ScalarType::Builtin { name: name.to_owned(), type_mod: (39 << 16) + 2 + 4 },
        name => builtin(name),
    }
}

//! Questions about a small shop.

use super::*;
use crate::Workspace;
use crate::input::Config;
use crate::view::diagnostics::{FixView, LabelView};

const PROJECT: &str = "dependencies = [\"crm.public.customer\"]\nshared_clusters = [\"ingest\"]\n[profiles.dev]\nprofile_suffix = \"_dev\"\n[profiles.dev.variables]\nlimit = \"10\"\ncompute = \"serving\"\n";
const LOCK: &str =
    "version = 1\n[[table]]\ndatabase = \"crm\"\nschema = \"public\"\nname = \"customer\"\ncolumns = []\n";
const ORDERS: &str = "CREATE TABLE orders (id int NOT NULL, total numeric);\nCOMMENT ON TABLE orders IS 'every order';\nCOMMENT ON COLUMN orders.id IS 'its number';\n";
const BIG: &str = "-- ä𝄞\nCREATE MATERIALIZED VIEW big IN CLUSTER serving AS\n  /* ä𝄞 */ SELECT orders.id, raw.orders.total FROM raw.orders WHERE total > :limit;\nCREATE INDEX by_id IN CLUSTER serving ON big (id);\nGRANT SELECT ON big TO analyst;\n";
const TOP: &str = "CREATE VIEW top AS WITH recent AS (SELECT * FROM big) SELECT recent.id FROM recent, shop.core.big AS b, big;\n";

fn shop() -> Workspace {
    let mut workspace = Workspace::new(Config { profile: Some("dev".into()) });
    for (path, text) in [
        ("project.toml", PROJECT),
        ("types.lock", LOCK),
        ("clusters/serving.sql", "CREATE CLUSTER serving (SIZE = '25cc');\n"),
        ("roles/analyst.sql", "CREATE ROLE analyst;\n"),
        ("models/shop/raw/orders.sql", ORDERS),
        ("models/shop/core/big.sql", BIG),
        ("models/shop/core/top.sql", TOP),
        (
            "models/shop/core/joined.sql",
            "CREATE VIEW joined AS SELECT c.* FROM crm.public.customer c, top;\n",
        ),
    ] {
        workspace.set_file(path, text);
    }
    workspace
}

/// The place of the `nth` (from 0) `needle` in a file.
fn at<'a>(code: &Codebase<'_>, path: &'a str, needle: &str, nth: usize) -> At<'a> {
    let text: &str = code.files.get(path).expect("the file is there");
    let (offset, _) = text.match_indices(needle).nth(nth).expect("the text is in the file");
    let line = text[..offset].matches('\n').count();
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let column = text[start..offset].encode_utf16().count();
    let count = |n: usize| u32::try_from(n + 1).expect("small");
    At { path, line: count(line), utf16_column: count(column) }
}

/// `path:line:column text`
fn shown(code: &Codebase<'_>, place: &LabelView) -> String {
    let (start, end) = (place.start.expect("a place"), place.end.expect("a place"));
    let line = code.files[place.path.as_str()].lines().nth(start.line as usize - 1).unwrap_or_default();
    let length = (end.column - start.column) as usize;
    let text: String = line.chars().skip(start.column as usize - 1).take(length).collect();
    format!("{}:{}:{} {text}", place.path, start.line, start.utf16_column)
}

fn all(code: &Codebase<'_>, places: &[LabelView]) -> Vec<String> {
    places.iter().map(|place| shown(code, place)).collect()
}

fn fixes(code: &Codebase<'_>, edits: &[FixView]) -> Vec<String> {
    edits.iter().map(|edit| format!("{} -> {}", shown(code, &edit.at), edit.replacement)).collect()
}

#[test]
fn a_name_leads_to_the_place_that_defines_it() {
    let mut shop = shop();
    let code = shop.codebase();
    let big = "models/shop/core/big.sql";
    for (path, needle, nth, expected) in [
        (big, "raw.orders WHERE", 0, Some("models/shop/raw/orders.sql:1:14 orders")),
        (big, "orders.id", 0, Some("models/shop/raw/orders.sql:1:14 orders")),
        (big, "serving", 0, Some("clusters/serving.sql:1:16 serving")),
        (big, "analyst", 0, Some("roles/analyst.sql:1:13 analyst")),
        (big, ":limit", 0, Some("project.toml:6:1 limit")),
        ("models/shop/core/top.sql", "big) SELECT", 0, Some("models/shop/core/big.sql:2:26 big")),
        ("models/shop/core/joined.sql", "crm.public", 0, Some("project.toml:1:17 \"crm.public.customer\"")),
        // A CTE, and a column.
        ("models/shop/core/top.sql", "recent,", 0, None),
        (big, "total > ", 0, None),
    ] {
        let found = all(&code, &definition(&code, at(&code, path, needle, nth)));
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{needle} in {path}");
    }
}

#[test]
fn every_mention_is_found_with_its_place_in_utf16() {
    let mut shop = shop();
    let code = shop.codebase();
    let found = references(&code, at(&code, "models/shop/raw/orders.sql", "orders", 0), true);
    assert_eq!(
        all(&code, &found),
        [
            "models/shop/core/big.sql:3:20 orders",
            "models/shop/core/big.sql:3:31 raw.orders",
            "models/shop/core/big.sql:3:53 raw.orders",
            "models/shop/raw/orders.sql:1:14 orders",
            "models/shop/raw/orders.sql:2:18 orders",
            "models/shop/raw/orders.sql:3:19 orders",
        ]
    );
    let without = references(&code, at(&code, "models/shop/raw/orders.sql", "orders", 0), false);
    assert_eq!(without.len(), 5);
}

#[test]
fn a_file_with_errors_still_leads_on_and_is_still_led_to() {
    let mut shop = shop();
    shop.set_file("models/shop/core/big.sql", "CREATE VIEW wrong AS SELECT * FROM raw.orders;\nSELEKT;\n");
    let code = shop.codebase();
    let from = definition(&code, at(&code, "models/shop/core/big.sql", "raw.orders", 0));
    assert_eq!(all(&code, &from), ["models/shop/raw/orders.sql:1:14 orders"]);
    let to = definition(&code, at(&code, "models/shop/core/top.sql", "big", 0));
    assert_eq!(to[0].path, "models/shop/core/big.sql");
}

#[test]
fn a_hover_tells_what_is_written_down_of_an_object() {
    let mut shop = shop();
    let code = shop.codebase();
    let orders = hover(&code, at(&code, "models/shop/core/big.sql", "raw.orders WHERE", 0)).expect("a name");
    assert_eq!((orders.name.as_str(), orders.what.as_str()), ("shop_dev.raw.orders", "table"));
    assert_eq!(orders.comment.as_deref(), Some("every order"));
    let columns: Vec<_> = orders.columns.iter().map(|c| (c.name.as_str(), c.not_null)).collect();
    assert_eq!(columns, [("id", true), ("total", false)]);
    assert_eq!(orders.read_by, ["shop_dev.core.big"]);
    assert_eq!(orders.downstream, 3, "big, top and what joins it");

    let limit = hover(&code, at(&code, "models/shop/core/big.sql", ":limit", 0)).expect("a variable");
    assert_eq!((limit.what.as_str(), limit.value.as_deref()), ("variable", Some("10")));
    let cluster = hover(&code, at(&code, "models/shop/core/big.sql", "serving", 0)).expect("a cluster");
    assert_eq!(
        (cluster.name.as_str(), cluster.read_by.as_slice()),
        ("serving_dev", &["shop_dev.core.big".into()][..])
    );
    let outside = hover(&code, at(&code, "models/shop/core/joined.sql", "customer", 0)).expect("a name");
    assert_eq!((outside.what.as_str(), outside.downstream), ("object outside the project", 1));
}

#[test]
fn an_outline_has_the_object_and_what_goes_with_it() {
    let mut shop = shop();
    let code = shop.codebase();
    let names = |symbols: &[SymbolView]| -> Vec<String> {
        symbols.iter().map(|s| format!("{:?} {}", s.kind, s.name)).collect()
    };
    let big = symbols(&code, "models/shop/core/big.sql");
    assert_eq!(names(&big), ["MaterializedView big"]);
    assert_eq!(names(&big[0].children), ["Index by_id", "Grant GRANT SELECT ON big TO analyst"]);
    let orders = symbols(&code, "models/shop/raw/orders.sql");
    assert_eq!(names(&orders[0].children)[..2], ["Column id", "Column total"]);
    assert_eq!(names(&find_symbols(&code, "ORDERS")), ["Table shop_dev.raw.orders"]);
    assert_eq!(find_symbols(&code, "").len(), 6);
}

#[test]
fn a_rename_edits_every_place_as_it_is_written_and_moves_the_file() {
    let mut shop = shop();
    let code = shop.codebase();
    let view = rename(&code, at(&code, "models/shop/core/big.sql", "raw.orders WHERE", 0), Some("sales"));
    let view = view.expect("a name");
    assert_eq!(view.problems, Vec::<SmolStr>::new());
    assert_eq!(shown(&code, view.at.as_ref().expect("a place")), "models/shop/core/big.sql:3:57 orders");
    assert_eq!(
        fixes(&code, &view.edits),
        [
            "models/shop/core/big.sql:3:20 orders -> sales",
            "models/shop/core/big.sql:3:35 orders -> sales",
            "models/shop/core/big.sql:3:57 orders -> sales",
            "models/shop/raw/orders.sql:1:14 orders -> sales",
            "models/shop/raw/orders.sql:2:18 orders -> sales",
            "models/shop/raw/orders.sql:3:19 orders -> sales",
        ]
    );
    let moved =
        FileMove { from: "models/shop/raw/orders.sql".into(), to: "models/shop/raw/sales.sql".into() };
    assert_eq!(view.files, [moved]);
    assert_eq!(view.notes[1], "3 objects are built again, because of what they read");
}

#[test]
fn a_rename_that_would_change_a_meaning_is_refused() {
    let mut shop = shop();
    let code = shop.codebase();
    let problems = |path: &str, needle: &str, to: &str| {
        rename(&code, at(&code, path, needle, 0), Some(to)).expect("a name").problems.join("; ")
    };
    let big = "models/shop/core/big.sql";
    assert_eq!(problems(big, "big", "recent"), "`recent` has another meaning in `models/shop/core/top.sql`");
    assert_eq!(problems(big, "big", "top"), "there is a file `models/shop/core/top.sql` already");
    assert_eq!(problems(big, "big", "Big"), "`Big` can't be a name: it starts with `B`");
    assert_eq!(
        problems("models/shop/core/joined.sql", "crm.public", "x"),
        "`crm.public.customer` is not defined in this project: rename it where it is defined"
    );
    assert_eq!(problems(big, ":limit", "x"), "`limit` is a variable: rename it in `project.toml`");
    assert_eq!(
        problems(big, "analyst", "x"),
        "only objects and clusters of the project can be renamed, not `analyst`"
    );
}

#[test]
fn a_cluster_is_renamed_without_the_suffix_of_the_profile() {
    let mut shop = shop();
    let code = shop.codebase();
    let view = rename(&code, at(&code, "clusters/serving.sql", "serving", 0), Some("api")).expect("a name");
    assert_eq!(view.problems, Vec::<SmolStr>::new());
    assert_eq!(
        fixes(&code, &view.edits),
        [
            "clusters/serving.sql:1:16 serving -> api",
            "models/shop/core/big.sql:2:41 serving -> api",
            "models/shop/core/big.sql:4:31 serving -> api",
        ]
    );
    assert_eq!(view.files[0].to, "clusters/api.sql");
}

#[test]
fn a_file_that_moves_to_another_schema_takes_its_names_along() {
    let mut shop = shop();
    let code = shop.codebase();
    let view =
        rename_file(&code, "models/shop/core/big.sql", "models/shop/api/large.sql").expect("an object");
    assert_eq!(view.problems, Vec::<SmolStr>::new());
    assert_eq!(
        fixes(&code, &view.edits),
        [
            "models/shop/core/big.sql:2:26 big -> large",
            "models/shop/core/big.sql:4:42 big -> large",
            "models/shop/core/big.sql:5:17 big -> large",
            "models/shop/core/top.sql:1:50 big -> api.large",
            "models/shop/core/top.sql:1:85 shop.core.big -> shop.api.large",
            "models/shop/core/top.sql:1:105 big -> api.large",
        ]
    );
    let nowhere = rename_file(&code, "models/shop/core/big.sql", "models/shop/big.sql").expect("an object");
    assert_eq!(
        nowhere.problems,
        ["`models/shop/big.sql` is no place for what `models/shop/core/big.sql` defines"]
    );
    assert_eq!(rename_file(&code, "project.toml", "x.toml"), None);
}

#[test]
fn completions_have_as_many_parts_as_the_file_needs() {
    let mut shop = shop();
    shop.set_file("models/shop/core/new.sql", "CREATE VIEW new IN CLUSTER s AS SELECT :l FROM ");
    let code = shop.codebase();
    let names = |needle: &str, after: &str| {
        let mut at = at(&code, "models/shop/core/new.sql", needle, 0);
        at.utf16_column += u32::try_from(after.len()).expect("small");
        let found = completions(&code, at);
        let names: Vec<_> = found.completions.into_iter().map(|c| c.name).collect();
        (found.written, names.join(" "))
    };
    assert_eq!(names("FROM ", "FROM "), (0, "big joined top raw.orders crm.public.customer".to_owned()));
    assert_eq!(names("CLUSTER s", "CLUSTER s"), (1, "serving".to_owned()));
    assert_eq!(names(":l", ":l"), (1, "limit".to_owned()));
}

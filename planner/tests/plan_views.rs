//! Plans as people see them. The plans are written by hand: one that shows everything, one without changes, one
//! whose names try to get out of every format, and one that is big.

use mz_deploy_planner::diagnostic::text::Colour;
use mz_deploy_planner::name::ObjectName;
use mz_deploy_planner::plan::{Change, ChangeAction, Plan, Reason, Strategy};
use mz_deploy_planner::project::ObjectKind;
use mz_deploy_planner::view::{TextOptions, plan_json, plan_markdown, plan_sql, plan_text, read_plan};

const PLANS: [(&str, &str); 3] = [
    ("edit", include_str!("plans/edit.json")),
    ("nothing_changed", include_str!("plans/nothing_changed.json")),
    ("hostile_names", include_str!("plans/hostile_names.json")),
];

fn in_snapshots(test: impl FnOnce()) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots/plan_views");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(test);
}

fn plan(name: &str) -> Plan {
    let (_, text) = PLANS.iter().find(|(known, _)| *known == name).expect("the plan is there");
    read_plan(name, text).expect("the plan is of this format")
}

#[test]
fn every_plan_in_every_format() {
    in_snapshots(|| {
        for (name, _) in PLANS {
            let plan = plan(name);
            insta::assert_snapshot!(format!("{name}.text"), plan_text(&plan, TextOptions::default()));
            insta::assert_snapshot!(format!("{name}.markdown"), plan_markdown(&plan));
            insta::assert_snapshot!(format!("{name}.sql"), plan_sql(&plan));
        }
        let full = TextOptions { colour: Colour::Plain, full: true };
        insta::assert_snapshot!("edit.text_in_full", plan_text(&plan("edit"), full));
    });
}

#[test]
fn a_plan_reads_back_as_it_was_written() {
    for (name, _) in PLANS {
        let plan = plan(name);
        assert_eq!(read_plan("plan.json", &plan_json(&plan)), Ok(plan));
    }
}

#[test]
fn colours_only_add_escape_sequences() {
    let coloured = plan_text(&plan("edit"), TextOptions { colour: Colour::Coloured, full: true });
    let plain = plan_text(&plan("edit"), TextOptions { colour: Colour::Plain, full: true });
    assert_ne!(coloured, plain);
    let mut stripped = String::new();
    for (i, piece) in coloured.split('\u{1b}').enumerate() {
        stripped.push_str(if i == 0 {
            piece
        } else {
            piece.split_once('m').expect("a colour ends with m").1
        });
    }
    assert_eq!(stripped, plain);
}

/// In the script, a line that isn't a comment is a statement of the plan and nothing else.
#[test]
fn no_name_gets_out_of_a_comment_of_the_script() {
    let script = plan_sql(&plan("hostile_names"));
    let statements: Vec<&str> = script
        .split(['\n', '\r', '\u{85}', '\u{2028}'])
        .filter(|line| !line.starts_with("--") && !line.is_empty())
        .collect();
    assert_eq!(
        statements,
        ["BEGIN;", "CREATE VIEW shop.\"x", "y\" AS SELECT '````' -- trailing", ";", "COMMIT;"]
    );
}

#[test]
fn nothing_of_a_user_reaches_the_terminal_as_a_control_character() {
    let plan = plan("hostile_names");
    for text in [plan_text(&plan, TextOptions { colour: Colour::Plain, full: true }), plan_markdown(&plan)] {
        assert!(text.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{text:?}");
    }
}

/// 300 views that are rebuilt for one reason, and one that isn't.
fn big() -> Plan {
    let mut plan = plan("edit");
    let file = Reason::File {
        path: "models/shop/core/base.sql".into(),
        line: Some(2),
        what: "definition changed".into(),
    };
    let reads = |name: &str| Reason::DependsOn { object: ObjectName::new("shop", "core", name) };
    plan.changes = (0..300)
        .map(|i| Change {
            name: ObjectName::new("shop", "core", format!("v{i:03}")),
            kind: ObjectKind::View,
            action: ChangeAction::Rebuild,
            strategy: Strategy::Swap,
            reason: if i == 150 {
                [reads("v001"), reads("base"), file.clone()].into()
            } else {
                [reads("base"), file.clone()].into()
            },
            before: None,
            after: Some(format!("CREATE VIEW v{i:03} AS SELECT {}", "1 + ".repeat(100)).into()),
        })
        .collect();
    plan.phases.clear();
    plan
}

#[test]
fn objects_of_a_big_plan_are_grouped_by_their_reason() {
    let text = plan_text(&big(), TextOptions::default());
    assert_eq!(text.matches("because they read shop.core.base (models").count(), 1);
    assert!(text.contains("… and 279 more"));
    assert!(text.contains("because it reads shop.core.v001, which reads shop.core.base (models"));
    assert!(!text.contains("v200"));
    assert!(plan_text(&big(), TextOptions { full: true, ..TextOptions::default() }).contains("v200"));
}

#[test]
fn a_big_plan_fits_a_comment_and_says_what_it_leaves_out() {
    let markdown = plan_markdown(&big());
    assert!(markdown.len() < 65_000);
    assert!(markdown.contains("… and 250 more objects."));
    assert!(markdown.contains("Left out here because they are too long"));
}

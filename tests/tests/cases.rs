//! Every case of `cases/`: what a user sees of a project, one snapshot each.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use mz_deploy_planner::Compiled;
use mz_deploy_planner::diagnostic::{Code, text};
use mz_deploy_planner::project::Project;
use mz_deploy_tests::case::{self, Case};

/// Codes that no project can show. `UnreadableFile` is the command line's; the others are those of environments and
/// deployments, which the tests in `infrastructure/` and `deployments/` show.
const SHOWN_ELSEWHERE: &[Code] = &[
    Code::UnreadableFile,
    Code::SetupRequired,
    Code::NewerLedger,
    Code::ServerCluster,
    Code::MissingPrivilege,
    Code::NotOwner,
    Code::WrongState,
    Code::Conflict,
    Code::StagedMissing,
    Code::OwnerDiffers,
    Code::InvalidRecord,
    Code::LimitExceeded,
    Code::OpenReplacement,
];

#[test]
fn every_case_looks_as_its_snapshot() {
    insta::glob!("../cases", "**/*.case", |path| {
        let case = case::read(path).expect("a readable case");
        let area = path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).expect("an area");
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(snapshots().join(area));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.remove_snapshot_suffix();
        settings.remove_input_file();
        settings.set_description(case.purpose.as_str());
        settings.bind(|| insta::assert_snapshot!(name, show(&case)));
    });
}

#[test]
fn every_code_has_a_case() {
    let shown: BTreeSet<Code> =
        case::all().iter().flat_map(case::diagnostics).map(|diagnostic| diagnostic.code).collect();
    let missing: Vec<_> =
        Code::ALL.iter().filter(|code| !shown.contains(code) && !SHOWN_ELSEWHERE.contains(code)).collect();
    assert!(missing.is_empty(), "no case shows {missing:?}");
    let superfluous: Vec<_> = SHOWN_ELSEWHERE.iter().filter(|code| shown.contains(code)).collect();
    assert!(superfluous.is_empty(), "there are cases for {superfluous:?}");
}

#[test]
fn a_compiled_file_survives_a_cache() {
    for case in case::all() {
        for file in case::compile(&case).1 {
            let json = serde_json::to_string(&file).expect("a compiled file is JSON");
            assert_eq!(file, serde_json::from_str(&json).expect("what was written is read"));
        }
    }
}

/// A file that is being typed is cut off somewhere.
#[test]
fn a_project_that_is_cut_off_anywhere_is_checked() {
    for case in case::all() {
        for (path, text) in case.files.iter() {
            for (end, _) in text.char_indices().step_by(5) {
                let mut cut = case.clone();
                cut.files.insert(path.clone(), text.get(..end).expect("a boundary"));
                case::check(&cut);
            }
        }
    }
}

#[test]
fn thirty_mistakes_are_thirty_problems_in_one_run() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/validation/thirty_mistakes.case");
    let diagnostics = case::check(&case::read(&path).expect("a readable case")).diagnostics;
    assert_eq!(diagnostics.len(), 30);
    assert!(diagnostics.is_sorted());
}

fn snapshots() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../snapshots")
}

/// The problems as a terminal shows them; for a project without errors, what it holds. For a case of planning, what is
/// in the way.
fn show(case: &Case) -> String {
    let compiled = case::check(case);
    let inputs = case.planning.as_ref().map(|planning| &planning.inputs);
    let text_of = |path: &str| {
        case.files.get(path).or_else(|| inputs.and_then(|files| files.get(path))).map(AsRef::as_ref)
    };
    if let Some(planned) = case::plan(case, &compiled) {
        let problems = planned.expect_err("a case of planning shows what is in the way");
        return text::render(&problems, text_of, text::Colour::Plain);
    }
    let Compiled { project, diagnostics, .. } = compiled;
    let mut shown = text::render(&diagnostics, text_of, text::Colour::Plain);
    if !diagnostics.iter().any(mz_deploy_planner::diagnostic::Diagnostic::is_error) {
        if !shown.is_empty() {
            shown.push('\n');
        }
        shown.push_str(&contents(&project));
    }
    shown
}

fn contents(project: &Project) -> String {
    let mut text = String::new();
    let mut line = |line: std::fmt::Arguments<'_>| writeln!(text, "{line}").expect("a string takes all");
    for object in &project.objects {
        let cluster = object.cluster.as_ref().map(|c| format!(" in cluster {c}")).unwrap_or_default();
        line(format_args!("{} {}{cluster}, from {}", object.kind.noun(), object.name, object.path));
        for index in &object.indexes {
            line(format_args!("  index in cluster {}", index.cluster));
        }
        for companion in &object.companions {
            line(format_args!("  undo with {}", companion.undo));
        }
    }
    for modifier in project.databases.values().chain(project.schemas.values()).flatten() {
        for statement in &modifier.statements {
            line(format_args!("{}: undo with {}", modifier.path, statement.undo));
        }
    }
    for definition in &project.infrastructure {
        line(format_args!("{:?} {}, from {}", definition.kind, definition.name, definition.path));
    }
    text
}

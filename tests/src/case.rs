//! A case: a small project in one readable file, and why it is there.
//!
//! ```text
//! An index names the cluster that it runs on.
//! profile: staging
//!
//! --- models/app/core/v.sql
//! CREATE VIEW v AS SELECT 1;
//! ```
//!
//! The first lines are the purpose. Then may come `profile: <name>`. The project gets an empty `project.toml` unless the
//! case has one, or says `without: project.toml`.
//!
//! A case of planning has `deploy id: <id>` as well, and may have `strategy: <strategy>` and `redeploy: <schemas>`. What
//! was deployed is the project with the files `--- deployed: <path>` in the place of its own, or `--- deployed.json`; the
//! live catalog is `--- live.json`.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use mz_deploy_planner::Compiled;
use mz_deploy_planner::diagnostic::Diagnostic;
use mz_deploy_planner::input::{self, Config, Deployed, Live, Sources, StageOptions, StrategyChoice};
use mz_deploy_planner::plan::{self, Plan};
use mz_deploy_planner::project::{self, CompiledFile, PROJECT_FILE, Settings};
use mz_deploy_planner::view;

const DEPLOYED: &str = "deployed.json";
const LIVE: &str = "live.json";

/// A case.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it shows.
    pub purpose: String,
    /// The active profile.
    pub profile: Option<String>,
    /// The project.
    pub files: Sources,
    /// What is planned, in a case of planning.
    pub planning: Option<Planning>,
}

/// A deployment of the project that is planned.
#[derive(Clone, Debug, Default)]
pub struct Planning {
    /// What was asked for.
    pub options: StageOptions,
    /// Files that were others when the project was deployed.
    pub deployed_files: Vec<(String, String)>,
    /// The files `deployed.json` and `live.json`.
    pub inputs: Sources,
}

impl Case {
    fn config(&self) -> Config {
        Config { profile: self.profile.as_deref().map(Into::into) }
    }
}

/// Reads a case file.
pub fn read(path: &Path) -> io::Result<Case> {
    Ok(parse(&fs::read_to_string(path)?))
}

/// Every case, sorted by path.
pub fn all() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let areas = fs::read_dir(root).expect("the cases").map(|area| area.expect("an area").path());
    let files = areas.flat_map(|area| fs::read_dir(area).expect("an area"));
    let mut paths: Vec<_> = files.map(|file| file.expect("a case").path()).collect();
    paths.sort();
    paths.iter().map(|path| read(path).expect("a readable case")).collect()
}

/// Reads a case from its text.
pub fn parse(text: &str) -> Case {
    let mut sections = text.split("\n--- ");
    let mut case = Case { purpose: String::new(), profile: None, files: Sources::new(), planning: None };
    let mut planning = Planning::default();
    let mut without_settings = false;
    for line in sections.next().unwrap_or_default().lines() {
        if let Some(profile) = line.strip_prefix("profile: ") {
            case.profile = Some(profile.trim().to_owned());
        } else if line == "without: project.toml" {
            without_settings = true;
        } else if let Some(id) = line.strip_prefix("deploy id:") {
            planning.options.deploy_id = id.trim().into();
            case.planning = Some(Planning::default());
        } else if let Some(strategy) = line.strip_prefix("strategy: ") {
            planning.options.strategy = Some(match strategy {
                "swap" => StrategyChoice::Swap,
                "rename" => StrategyChoice::Rename,
                _ => StrategyChoice::Auto,
            });
        } else if let Some(schemas) = line.strip_prefix("redeploy: ") {
            planning.options.redeploy_schemas.push(schemas.into());
        } else {
            case.purpose.push_str(line);
            case.purpose.push(' ');
        }
    }
    case.purpose.truncate(case.purpose.trim_end().len());
    if !without_settings {
        case.files.insert(PROJECT_FILE, "");
    }
    for section in sections {
        let (path, text) = section.split_once('\n').unwrap_or((section, ""));
        // The line break before the next `---` belongs to this file.
        let text = if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") };
        match path.trim() {
            path @ (DEPLOYED | LIVE) => planning.inputs.insert(path, text),
            path => match path.strip_prefix("deployed: ") {
                Some(path) => planning.deployed_files.push((path.to_owned(), text)),
                None => case.files.insert(path, text),
            },
        }
    }
    if let Some(slot) = &mut case.planning {
        *slot = planning;
    }
    case
}

/// True for a statement that drops what it doesn't name.
pub fn is_cascade(sql: &str) -> bool {
    let word = sql.trim_end_matches([';', ' ', '\n']).rsplit([' ', '\n']).next();
    word.is_some_and(|word| word.eq_ignore_ascii_case("CASCADE"))
}

/// Compiles each file of a case on its own.
pub fn compile(case: &Case) -> ((Settings, Vec<Diagnostic>), Vec<Arc<CompiledFile>>) {
    let text = case.files.get(PROJECT_FILE).map(AsRef::as_ref);
    let (settings, diagnostics) = project::read_settings(text, &case.config());
    let paths = case.files.iter().map(|(path, _)| path.as_str());
    let context = project::file_context(paths, &settings, &case.config());
    let compiled = case.files.iter().map(|(path, text)| project::compile_file(path, text, &context));
    ((settings, diagnostics), compiled.map(Arc::new).collect())
}

/// Checks the project of a case as the planner does.
pub fn check(case: &Case) -> Compiled {
    mz_deploy_planner::compile(&case.files, &case.config())
}

/// The plan of a case of planning whose project is sound, or what is in the way.
pub fn plan(case: &Case, compiled: &Compiled) -> Option<Result<Plan, Vec<Diagnostic>>> {
    let planning = case.planning.as_ref().filter(|_| compiled.is_sound())?;
    let inputs = (deployed(case, planning), live(planning));
    Some(match inputs {
        (Ok(deployed), Ok(live)) => compiled.plan_stage(deployed.as_ref(), live.as_ref(), &planning.options),
        (deployed, live) => {
            Err(deployed.err().into_iter().chain(live.err()).map(|problem| *problem).collect())
        }
    })
}

fn deployed(case: &Case, planning: &Planning) -> Result<Option<Deployed>, Box<Diagnostic>> {
    if let Some(text) = planning.inputs.get(DEPLOYED) {
        return input::read_deployed(DEPLOYED, text).map(Some);
    }
    if planning.deployed_files.is_empty() {
        return Ok(None);
    }
    let mut files = case.files.clone();
    for (path, text) in &planning.deployed_files {
        files.insert(path.as_str(), text.as_str());
    }
    let compiled = mz_deploy_planner::compile(&files, &case.config());
    assert!(compiled.is_sound(), "what was deployed is sound: {:#?}", compiled.diagnostics);
    Ok(Some(plan::deployed_after(&compiled.project)))
}

fn live(planning: &Planning) -> Result<Option<Live>, Box<Diagnostic>> {
    planning.inputs.get(LIVE).map(|text| input::read_live(LIVE, text)).transpose()
}

/// The texts of the snapshots that a case of planning is planned with: what was deployed, and the live catalog.
pub fn snapshots(case: &Case) -> (Option<String>, Option<String>) {
    let Some(planning) = &case.planning else { return (None, None) };
    let given = |name| planning.inputs.get(name).map(ToString::to_string);
    let made = || Some(view::to_json(&deployed(case, planning).ok()??));
    (given(DEPLOYED).or_else(made), given(LIVE))
}

/// Everything that is said about a case: about its project, or about the deployment of it.
pub fn diagnostics(case: &Case) -> Vec<Diagnostic> {
    let compiled = check(case);
    match plan(case, &compiled) {
        Some(Err(problems)) => problems,
        _ => compiled.diagnostics,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_of_planning_has_options_and_inputs() {
        let text = "It shows.\ndeploy id: x\nstrategy: rename\nredeploy: a.b\n\n--- v.sql\n1\n\n--- deployed: v.sql\n0\n\n--- live.json\n{}\n";
        let case = parse(text);
        let planning = case.planning.expect("a deployment is planned");
        assert_eq!(case.files.get("v.sql").map(AsRef::as_ref), Some("1\n"));
        assert_eq!(planning.deployed_files, [("v.sql".to_owned(), "0\n".to_owned())]);
        assert_eq!(planning.inputs.get("live.json").map(AsRef::as_ref), Some("{}\n"));
        assert_eq!(planning.options.strategy, Some(StrategyChoice::Rename));
        assert_eq!(planning.options.redeploy_schemas, ["a.b"]);
    }

    #[test]
    fn a_case_has_a_purpose_a_profile_and_files() {
        let case = parse("It shows\nsomething.\nprofile: p\n\n--- a.sql\nx\ny\n\n--- b.sql\nz\n");
        assert_eq!(case.purpose, "It shows something.");
        assert_eq!(case.profile.as_deref(), Some("p"));
        let files: Vec<_> = case.files.iter().map(|(path, text)| (path.as_str(), &**text)).collect();
        assert_eq!(files, [("a.sql", "x\ny\n"), ("b.sql", "z\n"), ("project.toml", "")]);
    }
}

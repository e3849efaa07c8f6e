//! A workspace that is edited says what a compilation from scratch says, whatever was edited before.

use std::fmt::Write as _;
use std::sync::Arc;

use mz_deploy_planner::fingerprint::Fingerprint;
use mz_deploy_planner::input::{Config, Deployed, Sources, StageOptions, StrategyChoice};
use mz_deploy_planner::view::plan_json;
use mz_deploy_planner::{Compiled, Workspace, compile, plan};

/// How many edits are tried with each seed.
const EDITS: usize = 400;

/// Objects of the schema `core`.
const VIEWS: usize = 8;

/// A text for a file of the project below, or none: the file is removed.
fn text(random: &mut fastrand::Rng, path: &str) -> Option<String> {
    if random.u8(..12) == 0 {
        return None;
    }
    if random.u8(..20) == 0 {
        return Some("CREATE VIEW".into());
    }
    let name = path.rsplit('/').next().and_then(|name| name.split(['.', '#']).next())?;
    Some(match path.split('/').collect::<Vec<_>>().as_slice() {
        ["project.toml"] => project_file(random),
        ["clusters", _] => format!("CREATE CLUSTER {name} (SIZE = '{}cc');", random.u8(1..3)),
        ["models", "app", "core.sql"] => modifier(random),
        ["models", "app", "raw", _] => {
            let default = pick(random, &["", " DEFAULT 1"]);
            format!(
                "CREATE TABLE {name} (id int{default});\nCOMMENT ON TABLE {name} IS '{}';",
                random.u8(..3)
            )
        }
        ["models", "app", "out", "broker.sql"] => {
            format!("CREATE CONNECTION broker TO KAFKA (BROKER 'b:{}');", random.u8(..3))
        }
        ["models", "app", "out", _] => format!(
            "CREATE SINK {name} IN CLUSTER {} FROM core.o{} INTO KAFKA CONNECTION broker (TOPIC '{}') FORMAT JSON \
             ENVELOPE DEBEZIUM;",
            pick(random, &["sinks", "c0"]),
            random.usize(..VIEWS),
            random.u8(..3)
        ),
        _ => view(random, name),
    })
}

fn project_file(random: &mut fastrand::Rng) -> String {
    let dependencies = pick(random, &["", "dependencies = ['other.s.feed']\n", "dependencies = ["]);
    let strategy = pick(random, &["", "strategy = 'auto'\n"]);
    let suffix = pick(random, &["", "profile_suffix = '_s'\n"]);
    format!("{dependencies}{strategy}[staging]\n{suffix}variables = {{ amount = '{}' }}\n", random.u8(..3))
}

fn modifier(random: &mut fastrand::Rng) -> String {
    let stable = pick(random, &["", "SET api = stable;\n"]);
    let grant = pick(random, &["", "GRANT USAGE ON SCHEMA core TO r;\n"]);
    format!("{stable}{grant}COMMENT ON SCHEMA core IS '{}';", random.u8(..3))
}

/// A view, mostly of the kind and with the inputs that it usually has.
fn view(random: &mut fastrand::Rng, name: &str) -> String {
    let number: usize = name.trim_start_matches('o').parse().unwrap_or_default();
    let is_usual = random.u8(..4) > 0;
    let is_materialized = if is_usual { number.is_multiple_of(2) } else { random.bool() };
    let cluster = if is_usual { "c0" } else { pick(random, &["c0", "c1", "nowhere"]) };
    let usual = number.checked_sub(1).map_or("raw.t0".to_owned(), |input| format!("o{input}"));
    let input = match random.u8(..8) {
        _ if is_usual => usual,
        0 => "other.s.feed".to_owned(),
        1 => "raw.t1".to_owned(),
        _ => format!("o{}", random.usize(..VIEWS)),
    };
    let mut sql = "-- A comment that moves the rest.\n".repeat(random.usize(..3));
    let kind = if is_materialized {
        format!("MATERIALIZED VIEW {name} IN CLUSTER {cluster}")
    } else {
        format!("VIEW {name}")
    };
    let variable = if random.u8(..10) == 0 { ":amount" } else { "1" };
    let _ = writeln!(sql, "CREATE {kind} AS SELECT id, {variable} + {} AS a FROM {input};", random.u8(..4));
    if random.u8(..3) == 0 {
        let _ = writeln!(sql, "CREATE INDEX {name}_idx IN CLUSTER c1 ON {name} (id);");
    }
    if random.u8(..3) == 0 {
        let noun = if is_materialized { "MATERIALIZED VIEW" } else { "VIEW" };
        let _ = writeln!(sql, "COMMENT ON {noun} {name} IS '{}';", random.u8(..3));
    }
    sql
}

fn pick<'a>(random: &mut fastrand::Rng, of: &[&'a str]) -> &'a str {
    random.choice(of).copied().unwrap_or_default()
}

/// The files that the project may have. Views come up often, because most edits are of one.
fn path(random: &mut fastrand::Rng) -> String {
    match random.u8(..24) {
        0 => "project.toml".into(),
        1 => "models/app/core.sql".into(),
        2 => format!("clusters/{}.sql", pick(random, &["c0", "c1", "sinks"])),
        3 => format!("models/app/raw/{}.sql", pick(random, &["t0", "t1", "t0#staging"])),
        4 => format!("models/app/out/{}.sql", pick(random, &["broker", "k0", "k1"])),
        5 => format!("models/app/{}/o{}.sql", pick(random, &["raw", "more"]), random.usize(..VIEWS)),
        _ => format!("models/app/core/o{}.sql", random.usize(..VIEWS)),
    }
}

/// A project without errors.
fn start(random: &mut fastrand::Rng) -> Sources {
    let mut sources = Sources::new();
    sources.insert("project.toml", "");
    sources.insert("models/app/raw/t0.sql", "CREATE TABLE t0 (id int);");
    for cluster in ["c0", "c1", "sinks"] {
        sources
            .insert(format!("clusters/{cluster}.sql"), format!("CREATE CLUSTER {cluster} (SIZE = '1cc');"));
    }
    for number in 0..VIEWS {
        let input = number.checked_sub(1).map_or("raw.t0".to_owned(), |input| format!("o{input}"));
        let kind = if number.is_multiple_of(2) { "MATERIALIZED VIEW" } else { "VIEW" };
        let cluster = if number.is_multiple_of(2) { "IN CLUSTER c0" } else { "" };
        let amount = random.u8(..4);
        let sql = format!("CREATE {kind} o{number} {cluster} AS SELECT id, {amount} AS a FROM {input};");
        sources.insert(format!("models/app/core/o{number}.sql"), sql);
    }
    sources
}

/// A workspace, and the same project as plain values.
struct Edited {
    workspace: Workspace,
    sources: Sources,
    config: Config,
    deployed: Option<Arc<Deployed>>,
    plans: usize,
}

impl Edited {
    fn new(sources: Sources) -> Self {
        let mut workspace = Workspace::new(Config::default());
        for (path, text) in sources.iter() {
            workspace.set_file(path.clone(), Arc::clone(text));
        }
        Self { workspace, sources, config: Config::default(), deployed: None, plans: 0 }
    }

    fn set(&mut self, path: &str, text: Option<String>) {
        if let Some(text) = text {
            self.workspace.set_file(path, text.as_str());
            self.sources.insert(path, text);
        } else {
            self.workspace.remove_file(path);
            self.sources.remove(path);
        }
    }

    /// Brings every file back to a project without errors.
    fn mend(&mut self, sound: &Sources) {
        let paths: Vec<String> = self.sources.iter().map(|(path, _)| path.to_string()).collect();
        for path in paths {
            if sound.get(&path).is_none() {
                self.set(&path, None);
            }
        }
        for (path, text) in sound.iter() {
            self.set(path, Some(text.to_string()));
        }
    }

    fn select(&mut self, profile: Option<&str>) {
        self.config = Config { profile: profile.map(Into::into) };
        self.workspace.set_config(self.config.clone());
    }

    fn assert_says_what_a_compilation_from_scratch_says(&mut self, context: &str) -> Compiled {
        let expected = compile(&self.sources, &self.config);
        let compiled = self.workspace.check();
        assert_eq!(compiled.diagnostics, expected.diagnostics, "{context}");
        assert_eq!(compiled.project, expected.project, "{context}");
        assert_eq!(compiled.graph.order(), expected.graph.order(), "{context}");
        for strategy in [StrategyChoice::Swap, StrategyChoice::Rename, StrategyChoice::Auto] {
            let options = StageOptions {
                deploy_id: "d1".into(),
                strategy: Some(strategy),
                drop_removed: strategy == StrategyChoice::Swap,
                ..StageOptions::default()
            };
            let plan = self.workspace.plan_stage(self.deployed.as_ref(), None, &options);
            let wanted = expected.plan_stage(self.deployed.as_deref(), None, &options);
            self.plans += usize::from(plan.is_ok());
            assert_eq!(plan.map(|p| plan_json(&p)), wanted.map(|p| plan_json(&p)), "{context}");
        }
        compiled
    }
}

/// A snapshot as a later version might write it: with fingerprints of another form.
fn of_another_form(mut deployed: Deployed) -> Deployed {
    for object in deployed.objects.iter_mut().step_by(2) {
        let other = format!("\"v0:{}\"", object.fingerprint);
        object.fingerprint = serde_json::from_str::<Fingerprint>(&other).expect("any text is a fingerprint");
    }
    deployed
}

#[test]
fn an_edited_project_is_what_its_files_say() {
    let mut plans = 0;
    for seed in 0..4 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut edited = Edited::new(start(&mut random));
        let mut held = None;
        for edit in 0..EDITS {
            let mut context = format!("seed {seed}, edit {edit}");
            // Now and then several files are edited before anyone looks.
            for _ in 0..random.usize(1..3) {
                let path = path(&mut random);
                let text = text(&mut random, &path);
                let _ = write!(context, "\n{path}: {text:?}");
                edited.set(&path, text);
            }
            if random.u8(..30) == 0 {
                let profile = *random.choice(&[None, Some("staging")]).expect("there are two");
                edited.select(profile);
            }
            let compiled = edited.assert_says_what_a_compilation_from_scratch_says(&context);
            match random.u8(..40) {
                0 => edited.deployed = None,
                1 => {
                    edited.deployed =
                        Some(Arc::new(of_another_form(plan::deployed_after(&compiled.project))));
                }
                2 => edited.deployed = Some(Arc::new(plan::deployed_after(&compiled.project))),
                _ => {}
            }
            // A project whose errors pile up would have no plans.
            if !compiled.is_sound() && random.u8(..3) == 0 {
                edited.mend(&start(&mut random));
            }
            // A host may hold on to an answer while it edits.
            held = random.bool().then_some(compiled);
        }
        drop(held);
        plans += edited.plans;
    }
    assert!(plans > EDITS, "there were {plans} plans");
}

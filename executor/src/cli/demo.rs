//! `mz-deploy demo`: a deployment from nothing to a rollback, on an embedded server, by the same commands that everybody
//! runs.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use mz_deploy_sandbox::{Options, Sandbox};

use super::arguments::environment::DemoOptions;
use super::terminal::Terminal;
use crate::db::{Connection, Target};
use crate::host::Failure;

/// The files of the example, so that the program needs nothing beside it.
const EXAMPLE: &[(&str, &str)] = &[
    ("project.toml", include_str!("../../../examples/order-monitoring/project.toml")),
    ("clusters/ingest.sql", include_str!("../../../examples/order-monitoring/clusters/ingest.sql")),
    ("clusters/monitoring.sql", include_str!("../../../examples/order-monitoring/clusters/monitoring.sql")),
    ("roles/order_desk.sql", include_str!("../../../examples/order-monitoring/roles/order_desk.sql")),
    ("models/shop.sql", include_str!("../../../examples/order-monitoring/models/shop.sql")),
    ("models/shop/raw.sql", include_str!("../../../examples/order-monitoring/models/shop/raw.sql")),
    ("models/shop/raw/tpch.sql", include_str!("../../../examples/order-monitoring/models/shop/raw/tpch.sql")),
    (
        "models/shop/raw/orders.sql",
        include_str!("../../../examples/order-monitoring/models/shop/raw/orders.sql"),
    ),
    (
        "models/shop/raw/customer.sql",
        include_str!("../../../examples/order-monitoring/models/shop/raw/customer.sql"),
    ),
    (
        "models/shop/monitoring.sql",
        include_str!("../../../examples/order-monitoring/models/shop/monitoring.sql"),
    ),
    (
        "models/shop/monitoring/open_orders.sql",
        include_str!("../../../examples/order-monitoring/models/shop/monitoring/open_orders.sql"),
    ),
    (STALLED, include_str!("../../../examples/order-monitoring/models/shop/monitoring/stalled_orders.sql")),
    (
        "models/shop/monitoring/stalled_by_customer.sql",
        include_str!("../../../examples/order-monitoring/models/shop/monitoring/stalled_by_customer.sql"),
    ),
];

/// The file that is edited.
const STALLED: &str = "models/shop/monitoring/stalled_orders.sql";

/// What the people of the example look at.
const QUESTION: &str =
    "SELECT count(*) AS orders, sum(amount)::bigint AS amount FROM shop.monitoring.stalled_orders";

pub(super) fn run(options: DemoOptions, terminal: Terminal) -> Result<(), Failure> {
    let sandbox = Sandbox::start(Options::default())
        .map_err(|error| Failure::new(format!("the embedded server doesn't start: {error}")))?;
    let folder =
        tempfile::tempdir().map_err(|error| Failure::new(format!("can't make a folder: {error}")))?;
    let demo = Demo { sandbox: &sandbox, folder: folder.path(), terminal };
    demo.say(
        "This deploys an example to a local server that behaves like Materialize. Nothing else is touched.",
    );
    demo.play()?;
    if options.keep_running {
        demo.say("Have a look around; Ctrl-C ends the server:");
        terminal.info(format_args!("  psql {}", sandbox.url()));
        terminal.info(format_args!("  the project: {}", folder.path().display()));
        loop {
            std::thread::park();
        }
    }
    Ok(())
}

struct Demo<'a> {
    sandbox: &'a Sandbox,
    folder: &'a Path,
    terminal: Terminal,
}

impl Demo<'_> {
    fn play(&self) -> Result<(), Failure> {
        for (path, text) in EXAMPLE {
            self.write(path, text)?;
        }
        let address = self.sandbox.address();
        let profile = format!(
            "[demo]\nhost = \"{}\"\nport = {}\nusername = \"materialize\"\nsslmode = \"disable\"\n",
            address.ip(),
            address.port()
        );
        self.write("profiles.toml", &profile)?;

        self.say("1. The tool makes its ledger, once in the life of an environment.");
        self.run(&["setup"])?;
        self.say("2. Clusters, a role, a source and its tables are created.");
        self.run(&["apply"])?;
        self.say("3. Views and materialized views are built beside production, which is still empty.");
        self.run(&["stage", "--deploy-id", "v1", "--allow-dirty"])?;
        self.say("4. They are watched until they have caught up.");
        self.run(&["wait", "v1"])?;
        self.say("5. One transaction gives them their names.");
        self.run(&["promote", "v1", "--yes"])?;
        self.ask()?;
        self.say("6. The order desk wants to hear of orders only after 45 days. A view changes; what would that mean?");
        let stalled = EXAMPLE.iter().find(|(path, _)| *path == STALLED).map_or("", |(_, text)| text);
        self.write(STALLED, &stalled.replace("INTERVAL '30 days'", "INTERVAL '45 days'"))?;
        self.run(&["stage", "--deploy-id", "v2", "--allow-dirty", "--dry-run"])?;
        self.say("7. The new version is built beside the old one, which goes on answering.");
        self.run(&["stage", "--deploy-id", "v2", "--allow-dirty"])?;
        self.ask()?;
        self.say("8. It takes over when it is ready; the old one is kept for an hour.");
        self.run(&["promote", "v2", "--wait", "--keep", "1h", "--yes"])?;
        self.ask()?;
        self.say("9. It was a mistake: one transaction goes back.");
        self.run(&["rollback", "v2", "--yes"])?;
        self.ask()?;
        self.say("10. What happened is in the ledger.");
        self.run(&["log"])?;
        self.run(&["list"])
    }

    /// Runs a command of this program, as a person would.
    fn run(&self, arguments: &[&str]) -> Result<(), Failure> {
        self.say(&format!("$ mz-deploy {}", arguments.join(" ")));
        let folder = self.folder.as_os_str();
        let mut all: Vec<OsString> = ["mz-deploy", "--profile", "demo"].map(Into::into).to_vec();
        for option in ["--directory", "--profiles-dir"] {
            all.extend([option.into(), folder.to_owned()]);
        }
        all.extend(arguments.iter().map(Into::into));
        if super::run(all) == ExitCode::SUCCESS {
            return Ok(());
        }
        Err(Failure::new(format!("`mz-deploy {}` failed", arguments.join(" "))))
    }

    /// Asks what the people of the example ask.
    fn ask(&self) -> Result<(), Failure> {
        self.say(&format!("$ psql -c \"{QUESTION}\""));
        let address = self.sandbox.address();
        let target = Target::new(address.ip().to_string(), address.port(), "materialize");
        let answer = super::connect::block_on(async {
            let connection = Connection::open(&target).await?;
            let rows = connection.query(QUESTION).await?;
            let row = rows.first();
            let value = |column| row.and_then(|row| row.get(column)).unwrap_or("0").to_owned();
            Ok((value("orders"), value("amount")))
        })?;
        self.terminal.info(format_args!("  {} stalled orders, worth {}", answer.0, answer.1));
        Ok(())
    }

    fn say(&self, words: &str) {
        self.terminal.info("");
        self.terminal.info(words);
    }

    fn write(&self, path: &str, text: &str) -> Result<(), Failure> {
        let path = self.folder.join(path);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
        made.map_err(|error| Failure::io("write", &path, &error))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_example_is_all_of_the_folder_that_readers_see() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/order-monitoring");
        let mut found = BTreeMap::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("the folder is there").flatten() {
                let path = entry.path();
                let name =
                    path.strip_prefix(&root).expect("below the root").to_string_lossy().replace('\\', "/");
                match path.is_dir() {
                    true if name != "target" => folders.push(path),
                    false if name != "README.md" => {
                        found.insert(name, fs::read_to_string(&path).expect("a text"));
                    }
                    _ => {}
                }
            }
        }
        let ours: BTreeMap<String, String> =
            EXAMPLE.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        assert_eq!(ours, found);
    }
}

//! A project in a temporary directory, and the program run on it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A view on a materialized view on a table.
pub(crate) const SHOP: &[(&str, &str)] = &[
    ("project.toml", ""),
    ("clusters/compute.sql", "CREATE CLUSTER compute (SIZE = '25cc');\n"),
    ("models/shop/raw/orders.sql", "CREATE TABLE orders (customer_id int, amount numeric);\n"),
    (
        "models/shop/core/order_totals.sql",
        "CREATE MATERIALIZED VIEW order_totals IN CLUSTER compute AS\n\
         SELECT customer_id, sum(amount) AS total\n\
         FROM raw.orders\n\
         GROUP BY customer_id;\n",
    ),
    (
        "models/shop/core/best_customers.sql",
        "CREATE VIEW best_customers AS\nSELECT customer_id FROM order_totals WHERE total > 1000;\n",
    ),
];

/// What is wrong in three files in three ways: a name that isn't the file's, no SQL, a warning.
pub(crate) const BROKEN: &[(&str, &str)] = &[
    ("project.toml", "dependencies = [\"other.public.unused\"]\n"),
    ("models/shop/core/orders.sql", "CREATE VIEW ordres AS\nSELECT 1 AS one;\n"),
    ("models/shop/core/totals.sql", "-- übersicht\nCREATE VEIW totals AS SELECT 1;\n"),
];

pub(crate) struct Project {
    directory: TempDir,
}

impl Project {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let project = Self { directory: tempfile::tempdir().expect("a temporary directory") };
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a file has a directory")).expect("directories can be made");
        fs::write(path, text).expect("files can be written");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).expect("the file is there")
    }

    /// The program in the project's directory, with nothing of the environment that could change what it prints.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(self.directory.path());
        command.args(arguments);
        command
    }

    /// What the program does, as a text for a snapshot.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        report(arguments, &self.command(arguments).output().expect("the program starts"))
    }

    /// What the program writes to standard output, if it succeeds.
    pub(crate) fn result(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().expect("the program starts");
        assert!(output.status.success(), "{}", report(arguments, &output));
        String::from_utf8(output.stdout).expect("output is UTF-8")
    }
}

pub(crate) fn command(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mz-deploy"));
    command.current_dir(directory).env_clear();
    // git is found through it, and temporary directories are not in a repository.
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

/// Command, exit code and both streams. Times differ from run to run.
pub(crate) fn report(arguments: &[&str], output: &Output) -> String {
    let code = output.status.code().map_or("none".to_owned(), |code| code.to_string());
    let mut report = format!("$ mz-deploy {}\nexit code {code}\n", arguments.join(" "));
    for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        if !bytes.is_empty() {
            let text = String::from_utf8_lossy(bytes);
            let _ = write!(report, "--- {name} ---\n{}", without_times(&text));
        }
    }
    report
}

fn without_times(text: &str) -> String {
    text.split_inclusive('\n')
        .map(|line| match line.split_once(" in 0.") {
            Some((before, _)) if line.ends_with(" s\n") => format!("{before} in N s\n"),
            _ => line.to_owned(),
        })
        .collect()
}

/// Compares with the snapshot `snapshots/cli/<name>.snap`.
pub(crate) fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../snapshots/cli");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

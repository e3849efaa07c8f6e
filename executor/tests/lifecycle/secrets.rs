//! Values of secrets: where they come from, and that nobody sees them.

#[cfg(unix)]
use std::path::Path;

use crate::environment::Environment;
use crate::shop::Shop;

/// However a value is written in a file, a server that repeats what it means doesn't have it printed.
#[test]
fn a_value_in_a_file_is_hidden_in_whatever_form_it_is_written() {
    let environment = Environment::start();
    if environment.sandbox().is_none() {
        return;
    }
    let client = environment.connect();
    for written in [
        "'canary-7c1e9d it''s'",
        r"E'canary-7c1e9d\u0020it\'s'",
        r"E'canary\u002d7c1e9d it\'s'",
        "$$canary-7c1e9d it's$$",
        "$tag$canary-7c1e9d it's$tag$",
    ] {
        let shop = Shop::new();
        shop.object("raw/token", &format!("CREATE SECRET token AS {written};\n"));
        for message in ["no: canary-7c1e9d it''s", "no: ''canary-7c1e9d it''''s''"] {
            let fail = format!("SELECT mz_sandbox.fail_statement('CREATE SECRET%', 1, 'XX000', '{message}')");
            client.try_query(&fail).expect("a sandbox");
            let said = environment.run(&shop.project, &["apply", "--verbose"]).ends_with(1);
            client.try_query("SELECT mz_sandbox.clear()").expect("a sandbox");
            assert!(said.stderr.contains("no: "), "{written}: {}", said.report());
            assert!(!said.report().contains("canary"), "{written}: {}", said.report());
        }
        shop.remove(&client);
    }
}

/// The server works on the value that was decoded, and says that of it; what everybody knows stays readable.
#[test]
fn what_an_expression_means_is_hidden_and_its_codec_is_not() {
    let environment = Environment::start();
    if environment.sandbox().is_none() {
        return;
    }
    let client = environment.connect();
    for written in [
        "decode('Y2FuYXJ5LTdjMWU5ZA==', 'base64')",
        "'cana' || 'ry-' || '7c1e9d'",
        r"'\x63616e6172792d376331653964'",
    ] {
        let shop = Shop::new();
        shop.object("raw/token", &format!("CREATE SECRET token AS {written};\n"));
        let message = "no base64 of a tank: canary-7c1e9d";
        let fail = format!("SELECT mz_sandbox.fail_statement('CREATE SECRET%', 1, 'XX000', '{message}')");
        client.try_query(&fail).expect("a sandbox");
        let said = environment.run(&shop.project, &["apply", "--verbose"]).ends_with(1);
        client.try_query("SELECT mz_sandbox.clear()").expect("a sandbox");
        assert!(said.stderr.contains("no base64 of a tank: ***"), "{written}: {}", said.report());
        shop.remove(&client);
    }
}

/// Writes a command `aws` that notes its arguments.
#[cfg(unix)]
fn fake_aws(directory: &Path, script: &str) {
    use std::os::unix::fs::PermissionsExt;

    let path = directory.join("aws");
    let note = "echo \"$@\" >> \"$(dirname \"$0\")/arguments\"";
    std::fs::write(&path, format!("#!/bin/sh\n{note}\n{script}\n")).expect("a file can be written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("it can be run");
}

#[cfg(unix)]
#[test]
fn a_secret_of_aws_comes_from_the_command_and_is_seen_nowhere() {
    const CANARY: &str = "canary-7c1e9d";
    let environment = Environment::start();
    let shop = Shop::new();
    shop.project.write("project.toml", "[test.security]\naws_profile = \"staging\"\n");
    shop.object("raw/token", "CREATE SECRET token AS aws_secret('prod/token');\n");
    let bin = tempfile::tempdir().expect("a temporary directory");
    let apply = |arguments: &[&str]| {
        let mut command = environment.command(&shop.project, arguments);
        command.env("PATH", format!("{}:/usr/bin:/bin", bin.path().display()));
        let output = command.output().expect("the program starts");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(!said.contains(CANARY), "{said}");
        (output.status.code(), said)
    };
    let refused = |words: &str| {
        let (code, said) = apply(&["apply", "--verbose"]);
        assert!(code == Some(1) && said.contains(words), "{said}");
    };
    let (code, said) = apply(&["apply", "--dry-run"]);
    assert_eq!(code, Some(0), "nobody is asked for a value before it is sent: {said}");
    refused("there is no command `aws`");
    fake_aws(bin.path(), &format!("echo {CANARY}; echo 'Unable to locate credentials' >&2; exit 253"));
    refused("Unable to locate credentials");
    fake_aws(bin.path(), "echo None");
    refused("binary secrets can't be read");
    fake_aws(bin.path(), &format!("echo {CANARY}"));
    if environment.sandbox().is_some() {
        let client = environment.connect();
        let fail = format!("SELECT mz_sandbox.fail_statement('CREATE SECRET%', 1, 'XX000', 'no: {CANARY}')");
        client.try_query(&fail).expect("a sandbox");
        refused("no: ***");
        client.try_query("SELECT mz_sandbox.clear()").expect("a sandbox");
    }
    let (code, said) = apply(&["apply", "--verbose"]);
    assert_eq!(code, Some(0), "{said}");
    let asked = std::fs::read_to_string(bin.path().join("arguments")).expect("it was asked");
    let last = asked.lines().last().unwrap_or_default();
    assert!(last.contains("--secret-id=prod/token") && last.contains("--profile=staging"), "{asked}");
}

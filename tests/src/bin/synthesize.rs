//! Writes a synthetic project to a folder: `synthesize OBJECTS FOLDER`.

use std::path::Path;
use std::process::ExitCode;

use mz_deploy_tests::synthetic::{Shape, project};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [objects, folder] = arguments.as_slice() else {
        eprintln!("usage: synthesize OBJECTS FOLDER");
        return ExitCode::from(2);
    };
    let Ok(objects) = objects.parse() else {
        eprintln!("error: `{objects}` is not a number of objects");
        return ExitCode::from(2);
    };
    match write(objects, Path::new(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: can't write to `{folder}`: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(objects: usize, folder: &Path) -> std::io::Result<()> {
    for (path, text) in project(Shape::of(objects)).iter() {
        let path = folder.join(path.as_str());
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, text.as_bytes())?;
    }
    Ok(())
}

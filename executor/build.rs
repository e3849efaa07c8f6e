//! Gives the program a digest of the planner's sources: what another build has compiled and cached is of no use.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::{fs, io};

fn main() -> io::Result<()> {
    let mut sources = BTreeMap::new();
    let planner = Path::new("../planner");
    for part in ["src", "Cargo.toml"] {
        collect(&planner.join(part), &mut sources)?;
        println!("cargo::rerun-if-changed=../planner/{part}");
    }
    collect(Path::new("../Cargo.lock"), &mut sources)?;
    println!("cargo::rerun-if-changed=../Cargo.lock");
    let mut hasher = DefaultHasher::new();
    sources.hash(&mut hasher);
    println!("cargo::rustc-env=MZ_DEPLOY_SOURCE_DIGEST={:016x}", hasher.finish());
    Ok(())
}

fn collect(path: &Path, sources: &mut BTreeMap<String, Vec<u8>>) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), sources)?;
        }
    } else {
        sources.insert(path.display().to_string(), fs::read(path)?);
    }
    Ok(())
}

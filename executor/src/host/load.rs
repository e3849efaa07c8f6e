//! A project from disk to a checked project: files are read and compiled on all processors, what was compiled before
//! comes from the cache.

use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, ScopedJoinHandle};

use mz_deploy_planner::input::Config;
use mz_deploy_planner::project::{self, CompiledFile, FileContext};
use mz_deploy_planner::source::FilePath;
use mz_deploy_planner::{Compiled, link};

use super::cache::{self, Cache, Identity, Key};
use super::failure::Failure;
use super::files::{self, Found, Listing, Texts, Unreadable};

/// Files that a thread takes at once: enough that the threads don't get in each other's way, few enough that none
/// of them is left alone at the end.
const BATCH: usize = 32;
/// The cache is written again when more than one in so many files was not in it. Compiling a few files costs less
/// than writing thousands.
const WORTH_WRITING: usize = 32;

/// A project that was read and checked.
#[derive(Debug)]
pub struct Loaded {
    /// What the planner found.
    pub compiled: Compiled,
    /// The texts of its files.
    pub texts: Texts,
    /// How the cache was used.
    pub cache: CacheUse,
    /// The keys of its files.
    keys: Vec<Key>,
}

impl Loaded {
    /// A digest of paths and texts, in hex: equal for equal projects on every machine. Of secrets, it has the paths.
    pub fn content_digest(&self) -> String {
        let all: Vec<u8> = self.keys.iter().copied().flat_map(u128::to_le_bytes).collect();
        format!("{:016x}", twox_hash::XxHash3_64::oneshot(&all))
    }
}

/// How many files were compiled, and how many were taken from the cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheUse {
    /// Compiled in this run.
    pub compiled: usize,
    /// Taken from the cache.
    pub reused: usize,
}

/// Reads and checks the project at `root`.
pub fn load(root: &Path, config: &Config) -> Result<Loaded, Failure> {
    let Listing { found, bad_files, bad_directories, mut diagnostics } = files::find(root)?;
    let settings_file = found.iter().find(|file| file.path == project::PROJECT_FILE);
    // What can't be read is reported when all files are.
    let settings_text = settings_file.and_then(|file| files::read(file).ok());
    let is_there = settings_file.is_some() || bad_files.iter().any(|(path, _)| path == project::PROJECT_FILE);
    let settings_text = settings_text.as_deref().or(is_there.then_some(""));
    let (settings, problems) = project::read_settings(settings_text, config);
    diagnostics.extend(problems);
    let paths = found.iter().map(|file| &file.path).chain(bad_files.iter().map(|(path, _)| path));
    let context = project::file_context(paths.map(FilePath::as_str), &settings, config);
    let identity = Identity::new(&context.digest());
    let cache_path = cache::path(root);
    let cache = Cache::open(&cache_path, identity);

    let outcomes = compile_all(&found, &context, &cache);

    let mut texts = Texts::new();
    let mut compiled = Vec::with_capacity(outcomes.len());
    let mut entries = Vec::with_capacity(outcomes.len());
    let mut keys = Vec::with_capacity(outcomes.len());
    for (file, outcome) in found.into_iter().zip(outcomes) {
        match outcome {
            Ok(outcome) => {
                if outcome.file.is_secret() {
                    // It is compiled again in every run: its value stays where it is.
                    keys.push(cache::key(&file.path, ""));
                } else {
                    keys.push(outcome.key);
                    entries.push((outcome.key, outcome.bytes));
                }
                texts.insert(file.path, outcome.text);
                compiled.push(outcome.file);
            }
            Err(unreadable) => {
                compiled.push(Arc::new(project::unreadable_file(&file.path, unreadable.problem, &context)));
                texts.extend(unreadable.shown.map(|text| (file.path, text)));
            }
        }
    }
    if !bad_files.is_empty() || !bad_directories.is_empty() {
        let files =
            bad_files.into_iter().map(|(path, problem)| project::unreadable_file(&path, problem, &context));
        compiled.extend(files.map(Arc::new));
        let directories = bad_directories.into_iter();
        let directories = directories.map(|(path, problem)| project::unreadable_directory(&path, problem));
        compiled.extend(directories.map(Arc::new));
        compiled.sort_by(|a, b| a.path.cmp(&b.path));
    }
    let reused = entries.iter().filter(|(_, bytes)| bytes.is_none()).count();
    let cache_use = CacheUse { compiled: compiled.len() - reused, reused };
    let stale = cache.len().saturating_sub(reused);
    let fresh = entries.len() - reused;
    let is_worth_it = fresh.max(stale) * WORTH_WRITING > entries.len();
    let compiled = thread::scope(|scope| {
        // The cache is written while the project is put together.
        if is_worth_it {
            scope.spawn(|| write_cache(&cache_path, identity, &entries, &cache));
        }
        link(&compiled, settings, diagnostics, config)
    });
    Ok(Loaded { compiled, texts, cache: cache_use, keys })
}

/// Writes the cache for the next run: what was compiled now, and what was taken from the old one.
fn write_cache(path: &Path, identity: Identity, entries: &[(Key, Option<Vec<u8>>)], old: &Cache) {
    let entries = entries.iter().filter_map(|(key, bytes)| {
        let bytes = bytes.as_deref().or_else(|| old.bytes(*key))?;
        Some((*key, bytes))
    });
    // A project may be on a disk that can't be written: the next run is slower, and that is all.
    let _ = cache::save(path, identity, entries.collect());
}

/// A file that was read.
struct Outcome {
    text: Arc<str>,
    file: Arc<CompiledFile>,
    key: Key,
    /// Its bytes for the cache, if it wasn't taken from there.
    bytes: Option<Vec<u8>>,
}

/// Reads and compiles all files; the results are in the order of the files.
fn compile_all(
    files: &[Found],
    context: &FileContext,
    cache: &Cache,
) -> Vec<Result<Outcome, Box<Unreadable>>> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = processors.min(files.len().div_ceil(BATCH)).max(1);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let start = next.fetch_add(BATCH, Ordering::Relaxed);
            let Some(rest) = files.get(start..).filter(|rest| !rest.is_empty()) else { return done };
            let batch = rest.iter().take(BATCH).map(|file| compile_one(file, context, cache));
            done.push((start, batch.collect::<Vec<_>>()));
        }
    };
    let mut batches = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut batches = work();
        for other in others {
            batches.extend(joined(other));
        }
        batches
    });
    batches.sort_unstable_by_key(|(start, _)| *start);
    batches.into_iter().flat_map(|(_, batch)| batch).collect()
}

/// What a thread came to. Its panic goes on in this one.
pub fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn compile_one(found: &Found, context: &FileContext, cache: &Cache) -> Result<Outcome, Box<Unreadable>> {
    let text = files::read(found)?;
    let key = cache::key(&found.path, &text);
    if let Some(file) = cache.bytes(key).and_then(cache::decode).filter(|file| file.path == found.path) {
        return Ok(Outcome { text, file: Arc::new(file), key, bytes: None });
    }
    let file = project::compile_file(&found.path, &text, context);
    let bytes = cache::encode(&file);
    Ok(Outcome { text, file: Arc::new(file), key, bytes: Some(bytes) })
}

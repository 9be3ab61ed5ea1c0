//! Puts the page into the binary: every file of `WIRELAB_DIST`, or of `dist` in the workspace.
//!
//! `xtask` writes that folder, with a `.br` and a `.gz` beside every file that gets smaller.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=WIRELAB_DIST");
    let dist = env::var_os("WIRELAB_DIST").map_or_else(default_dist, PathBuf::from);
    println!("cargo::rerun-if-changed={}", dist.display());

    let mut files = BTreeMap::new();
    if dist.is_dir() {
        let dist = dist.canonicalize()?;
        collect(&dist, &dist, &mut files)?;
    }
    let mut code = String::from("&[\n");
    for (path, file) in &files {
        let packed = path.strip_suffix(".br").or_else(|| path.strip_suffix(".gz"));
        if packed.is_some_and(|plain| files.contains_key(plain)) {
            continue;
        }
        let etag = etag(&fs::read(file)?);
        let include = |file: &Path| format!("include_bytes!({:?})", file.display().to_string());
        let sibling = |suffix: &str| match files.get(&format!("{path}{suffix}")) {
            Some(file) => format!("Some({})", include(file)),
            None => "None".to_owned(),
        };
        let _ = writeln!(
            code,
            "Asset {{ path: {path:?}, etag: {etag:?}, plain: {}, br: {}, gz: {} }},",
            include(file),
            sibling(".br"),
            sibling(".gz"),
        );
    }
    code.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("assets.rs"), code)
}

/// An empty folder serves as well as none, and cargo can watch it: for a path that does not exist
/// it would build the relay anew every time. Where it cannot be made, that is all that happens.
fn default_dist() -> PathBuf {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist");
    let _ = fs::create_dir_all(&dist);
    dist
}

/// Every file below `folder`, by its path below `root` with `/` between the parts.
fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
            continue;
        }
        let below = path.strip_prefix(root).unwrap_or(&path);
        let parts = below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>();
        files.insert(parts.join("/"), path);
    }
    Ok(())
}

/// The same bytes give the same tag in every build; nothing else is asked of it.
fn etag(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    format!("{:016x}", hasher.finish())
}

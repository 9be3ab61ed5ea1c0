//! Turns the catalogues in `locales/` into tables, so that the page has neither Fluent's parser nor its runtime.

#[path = "build/catalogue.rs"]
mod catalogue;

use std::fs;
use std::path::{Path, PathBuf};

use catalogue::Catalogue;

/// The language that the others are translated from, and the one for visitors whose language is not here.
const FIRST: &str = "en";

/// The file of each language that has the words of the viewer's page. They are a table of their own, so that neither
/// module carries the words of the other.
const VIEWER: &str = "viewer.ftl";

fn main() {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=build");
    let Some(folder) = std::env::var_os("OUT_DIR").map(PathBuf::from) else {
        panic!("cargo sets OUT_DIR for every build script")
    };
    for (name, is_viewers) in [("catalogue.rs", false), ("viewer.rs", true)] {
        let made = read(Path::new("locales"), is_viewers)
            .and_then(|catalogues| catalogue::module(&catalogues));
        let module = made.unwrap_or_else(|wrong| panic!("{wrong}"));
        let path = folder.join(name);
        fs::write(&path, module)
            .unwrap_or_else(|error| panic!("could not write {}: {error}", path.display()));
    }
}

fn read(folder: &Path, is_viewers: bool) -> Result<Vec<Catalogue>, String> {
    let mut codes: Vec<PathBuf> = list(folder)?;
    codes.retain(|path| path.is_dir());
    codes.sort_by_key(|path| (path.file_name().is_none_or(|name| name != FIRST), path.clone()));
    codes
        .iter()
        .map(|language| {
            let code = language.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let mut sources = Vec::new();
            let files = list(language)?.into_iter();
            for path in files.filter(|path| path.ends_with(VIEWER) == is_viewers) {
                let text = fs::read_to_string(&path)
                    .map_err(|error| format!("could not read {}: {error}", path.display()))?;
                sources.push((path.display().to_string(), text));
            }
            catalogue::compile(&code, &sources)
        })
        .collect()
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder)
        .map_err(|error| format!("could not list {}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    paths.sort();
    Ok(paths)
}

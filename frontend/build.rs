//! Turns the catalogues in `locales/` into tables, so that the page has neither Fluent's parser nor its runtime.

#[path = "build/catalogue.rs"]
mod catalogue;

use std::fs;
use std::path::{Path, PathBuf};

use catalogue::Catalogue;

/// The language that the others are translated from, and the one for visitors whose language is not here.
const FIRST: &str = "en";

fn main() {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=build");
    let made = read(Path::new("locales")).and_then(|catalogues| catalogue::module(&catalogues));
    match (made, std::env::var_os("OUT_DIR")) {
        (Ok(module), Some(folder)) => {
            let path = PathBuf::from(folder).join("catalogue.rs");
            fs::write(&path, module)
                .unwrap_or_else(|error| panic!("could not write {}: {error}", path.display()));
        }
        (Err(wrong), _) => panic!("{wrong}"),
        (_, None) => panic!("cargo sets OUT_DIR for every build script"),
    }
}

fn read(folder: &Path) -> Result<Vec<Catalogue>, String> {
    let mut codes: Vec<PathBuf> = list(folder)?;
    codes.retain(|path| path.is_dir());
    codes.sort_by_key(|path| (path.file_name().is_none_or(|name| name != FIRST), path.clone()));
    codes
        .iter()
        .map(|language| {
            let code = language.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let mut sources = Vec::new();
            for path in list(language)? {
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

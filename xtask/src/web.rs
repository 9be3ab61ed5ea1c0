//! `cargo xtask web`: the page, from Rust, HTML and CSS to `dist/`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::cargo::{build_bin, run as run_command};
use crate::dist::{self, Asset};
use crate::lessons;
use crate::workspace;

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// What a visitor downloads before anything runs: wasm and its JavaScript, with brotli, in bytes. The lab itself
/// with the first five protocols was 330 kB, with all of them, Python and the bench 694; going back, ladder, diagrams,
/// lessons, faults, expert notes and a second language are 270 more, the room of a class and lessons from files 50. Those who look on have
/// a module of their own; what else a first visit does not need belongs into another.
const SIZE_LIMIT: usize = 1_040_000;

/// The same of those who look on, on whatever phone they have.
const VIEWER_LIMIT: usize = 400_000;

/// What the sheet of the viewer's page is made of, beside what is its own: colours, and what shows a dialogue.
const VIEWER_STYLES: [&str; 7] = [
    "1-tokens.css",
    "2-base.css",
    "4-parts.css",
    "6-ladder.css",
    "6-over.css",
    "6-rows.css",
    "7-phone.css",
];

/// What the page reads where its files lie on a plain web server. A relay answers in its place.
const NO_RELAY: &str = "{\"host\": null, \"endpoints\": []}\n";

/// Gives the octets that a visitor downloads, compressed, before anything runs.
pub(crate) fn run() -> Result<usize> {
    ensure_target()?;
    let build = ["-p", "frontend", "--target", TARGET, "--profile", "web"];
    let raw = build_bin("page", &build, &[])?;
    let raw_viewer = build_bin("viewer", &build, &[])?;
    let viewer = read_text(&workspace().join("frontend/viewer.html"))?;
    let viewer_css = viewer_styles(&workspace().join("frontend/style"))?;
    let index = read_text(&workspace().join("index.html"))?;
    let icon = read_text(&workspace().join("frontend/style/icon.svg"))?;
    let css = styles(&workspace().join("frontend/style"))?;
    let boot = read_text(&workspace().join("frontend/boot/boot.js"))?;
    let worker = read_text(&workspace().join("frontend/boot/sw.js"))?;
    let lessons = workspace().join("lessons");

    let dir = workspace().join("dist");
    let stamp = raw.with_extension("dist-stamp");
    let module =
        |path: &Path| fs::read(path).with_context(|| format!("could not read {}", path.display()));
    let inputs = dist::digest(&[
        &module(&raw)?,
        &module(&raw_viewer)?,
        viewer.as_bytes(),
        viewer_css.as_bytes(),
        index.as_bytes(),
        css.as_bytes(),
        icon.as_bytes(),
        boot.as_bytes(),
        worker.as_bytes(),
        &lessons::contents(&lessons)?,
        // Another xtask may make another dist/ of the same inputs.
        &fs::read(std::env::current_exe()?).context("could not read the running xtask")?,
    ]);
    if dist::is_current(&dir, &stamp, &inputs) {
        println!("dist/ is up to date");
        return download(&dir, "page");
    }

    let [boot_viewer, glue_viewer, wasm_viewer] = module_assets("viewer", &raw_viewer, &boot)?;
    let [boot, glue, wasm] = module_assets("page", &raw, &boot)?;
    let style = Asset::hashed("style", "css", css.into_bytes());
    let icon = Asset::hashed("icon", "svg", icon.into_bytes());
    let names = [("style.css", &style), ("boot.js", &boot), ("icon.svg", &icon)];
    let index =
        rewrite("index.html", &index, &names.map(|(plain, asset)| (plain, asset.name.clone())))?;
    let index = Asset::named("index.html", index.into_bytes());
    let style_viewer = Asset::hashed("viewer-style", "css", viewer_css.into_bytes());
    // It stands at the address of each room.
    let names = [("style.css", &style_viewer), ("boot.js", &boot_viewer), ("icon.svg", &icon)];
    let names = names.map(|(plain, asset)| (plain, format!("/{}", asset.name)));
    let viewer = rewrite("viewer.html", &viewer, &names)?;
    let viewer = Asset::named("viewer.html", viewer.into_bytes());
    let mut page = vec![index, icon, style, boot, glue, wasm];
    page.extend(lessons::assets(&lessons, &languages()?)?);
    let worker = Asset::named("sw.js", keeping(&worker, &page)?.into_bytes());
    // There is no room without its relay, so nothing of this is kept.
    let rooms = [viewer, style_viewer, boot_viewer, glue_viewer, wasm_viewer];
    // Not of the page: a relay says something else there at each start.
    let endpoints = Asset::named("endpoints.json", NO_RELAY.into());

    dist::write(&dir, page.into_iter().chain(rooms).chain([worker, endpoints]))?;
    let mut wrong = Vec::new();
    for (name, limit) in [("page", SIZE_LIMIT), ("viewer", VIEWER_LIMIT)] {
        let download = download(&dir, name)?;
        println!(
            "{name}: {:.1} kB of wasm and JavaScript with brotli (limit {})",
            download as f64 / 1000.0,
            limit / 1000
        );
        if download > limit {
            wrong.push(format!("{name}: {download} bytes with brotli, {limit} allowed"));
        }
    }
    if !wrong.is_empty() {
        bail!(
            "a module grew over its budget ({}); find what was added (a dependency, a table, a web-sys feature) \
             and make it smaller",
            wrong.join("; ")
        );
    }
    dist::stamp(&dir, &stamp, &inputs)?;
    download(&dir, "page")
}

/// What starts the module of this name, its JavaScript, and the module itself.
fn module_assets(name: &str, raw: &Path, boot: &str) -> Result<[Asset; 3]> {
    let (glue, wasm) = bind(raw)?;
    let wasm = Asset::hashed(name, "wasm", wasm);
    let glue = Asset::hashed(name, "js", glue);
    let names = [("./page.js", relative(&glue)), ("./page.wasm", relative(&wasm))];
    let boot = rewrite("boot.js", boot, &names)?;
    let stem = if name == "page" { "boot".to_owned() } else { format!("boot-{name}") };
    Ok([Asset::hashed(&stem, "js", boot.into_bytes()), glue, wasm])
}

/// The module of this name and its JavaScript, with brotli.
fn download(dist: &Path, name: &str) -> Result<usize> {
    let mut octets = 0;
    for entry in fs::read_dir(dist)? {
        let entry = entry?;
        let file = entry.file_name();
        let file = file.to_string_lossy();
        if file.starts_with(&format!("{name}-"))
            && [".js.br", ".wasm.br"].iter().any(|end| file.ends_with(end))
        {
            octets += usize::try_from(entry.metadata()?.len())?;
        }
    }
    Ok(octets)
}

/// Those that the page speaks.
fn languages() -> Result<Vec<String>> {
    let folder = workspace().join("frontend/locales");
    let entries =
        fs::read_dir(&folder).with_context(|| format!("could not list {}", folder.display()))?;
    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

/// The one part of a Rust toolchain that is not there by default.
fn ensure_target() -> Result<()> {
    let sysroot = std::process::Command::new("rustc")
        .args(["--print", "sysroot"])
        .current_dir(workspace())
        .output()
        .context("could not start rustc, which cargo needs too")?;
    let sysroot = PathBuf::from(String::from_utf8_lossy(&sysroot.stdout).trim());
    if sysroot.join("lib/rustlib").join(TARGET).join("lib").is_dir() {
        return Ok(());
    }
    run_command(std::process::Command::new("rustup").args(["target", "add", TARGET]).current_dir(workspace()))
        .with_context(|| {
            format!("Rust's standard library for {TARGET} is missing and rustup could not add it; install that target")
        })
}

/// All style sheets in the order of their names.
fn styles(folder: &Path) -> Result<String> {
    let listing =
        fs::read_dir(folder).with_context(|| format!("could not list {}", folder.display()))?;
    let mut paths: Vec<PathBuf> = listing.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "css"));
    paths.sort();
    paths.iter().map(|path| read_text(path)).collect()
}

fn viewer_styles(folder: &Path) -> Result<String> {
    let parts: Result<String> =
        VIEWER_STYLES.iter().map(|name| read_text(&folder.join(name))).collect();
    Ok(parts? + &styles(&folder.join("viewer"))?)
}

/// The JavaScript that browsers need around the module, and the module without names and producers.
pub(crate) fn bind(raw: &Path) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut output = Bindgen::new()
        .input_path(raw)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .out_name("page")
        .generate_output()
        .with_context(|| format!("wasm-bindgen refused {}", raw.display()))?;
    let foreign: Vec<&str> = output
        .wasm()
        .imports
        .iter()
        .filter(|i| i.module == "env")
        .map(|i| i.name.as_str())
        .collect();
    if !foreign.is_empty() {
        bail!(
            "the page's wasm imports {} from \"env\", which no browser has: a dependency calls C or the operating \
             system; look for the crate that was added last (`cargo tree -p frontend --target {TARGET}`)",
            foreign.join(", ")
        );
    }
    // Every crate that uses wasm-bindgen has an entry, nearly all of them empty.
    let snippets =
        output.snippets().iter().filter(|(_, code)| !code.is_empty()).map(|(name, _)| name);
    let scripts: Vec<&String> = snippets.chain(output.local_modules().keys()).collect();
    if !scripts.is_empty() {
        bail!(
            "dependencies of the page bring JavaScript files of their own, which dist/ has no place for: {scripts:?}; \
             use web-sys in their place"
        );
    }
    let folder = raw.with_extension("bindgen");
    output.emit(&folder)?;
    let read = |name: &str| {
        fs::read(folder.join(name)).with_context(|| format!("wasm-bindgen wrote no {name}"))
    };
    Ok((read("page.js")?, read("page_bg.wasm")?))
}

/// The service worker that keeps these files. Another content of any of them is another version.
fn keeping(worker: &str, page: &[Asset]) -> Result<String> {
    let names: Vec<&str> = page.iter().map(|asset| asset.name.as_str()).collect();
    let version = dist::digest(&page.iter().map(Asset::plain).collect::<Vec<_>>());
    rewrite(
        "sw.js",
        worker,
        &[("version", version[..16].to_owned()), ("files", names.join("\", \""))],
    )
}

fn relative(asset: &Asset) -> String {
    format!("./{}", asset.name)
}

/// Puts what the build knows in place of the plain names in a file.
fn rewrite(file: &str, text: &str, names: &[(&str, String)]) -> Result<String> {
    let mut out = text.to_owned();
    for (plain, built) in names {
        let quoted = format!("\"{plain}\"");
        if out.matches(&quoted).count() != 1 {
            bail!(
                "{file} must have {quoted} exactly once, so that the build can put its own in that place"
            );
        }
        out = out.replace(&quoted, &format!("\"{built}\""));
    }
    Ok(out)
}

fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rewrites_each_name_once() {
        let index = r#"<link href="style.css"><script src="boot.js">"#;
        let names = [("style.css", "style-1.css".to_owned()), ("boot.js", "boot-2.js".to_owned())];
        let out = rewrite("index.html", index, &names).unwrap();
        assert_eq!(out, r#"<link href="style-1.css"><script src="boot-2.js">"#);
    }

    #[test]
    fn refuses_an_index_without_the_script() {
        let names = [("boot.js", "boot-2.js".to_owned())];
        let error = rewrite("index.html", "<html>", &names).unwrap_err();
        assert!(error.to_string().contains("\"boot.js\" exactly once"), "{error}");
    }

    #[test]
    fn the_service_worker_is_another_when_any_file_is() {
        let worker = r#"const VERSION = "version"; const FILES = ["files"];"#;
        let page = |style: &str| {
            [Asset::named("index.html", b"<p>".to_vec()), Asset::named("a.css", style.into())]
        };
        let one = keeping(worker, &page("p {}")).unwrap();
        assert!(one.contains(r#"FILES = ["index.html", "a.css"]"#), "{one}");
        assert_eq!(one, keeping(worker, &page("p {}")).unwrap());
        assert_ne!(one, keeping(worker, &page("b {}")).unwrap());
    }
}

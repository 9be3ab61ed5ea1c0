//! `cargo xtask bench`: measures, and writes the figures where people read them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::cargo::{build, cargo, shown};
use crate::{setup, web, workspace};

/// Stand around what this program writes.
const BEGIN: &str = "<!-- figures: cargo xtask bench -->\n";
const END: &str = "<!-- end of figures -->\n";

/// Says that the module has been loaded, and leaves it where a script can call it.
const PAGE: &str = "<!doctype html>\n<title>parse</title>\n<link rel=\"icon\" href=\"data:,\">\n\
    <body>\n<script type=\"module\" src=\"main.js\"></script>\n";
const SCRIPT: &str = "import init, * as parse from './page.js';\n\
    await init({ module_or_path: 'page_bg.wasm' });\n\
    window.parse = parse;\ndocument.body.textContent = 'ready';\n";

pub(crate) fn run() -> Result<()> {
    setup::run()?;
    let size = web::run()?;
    let parse = parse_page()?;
    let mut command = cargo(&["bench", "-p", "tests", "--bench", "lab"]);
    command.env("WIRELAB_PARSE_PAGE", &parse).stderr(Stdio::inherit());
    let output =
        command.output().with_context(|| format!("could not start {}", shown(&command)))?;
    if !output.status.success() {
        bail!("{} failed ({}); its own words are above", shown(&command), output.status);
    }
    let table = String::from_utf8(output.stdout).context("the figures are no text")?;
    let first = "|---|---|\n";
    let size = format!(
        "{first}| wasm and JavaScript of the page, with brotli | {:.1} kB |\n",
        size as f64 / 1000.0
    );
    let figures = format!("Measured on {}.\n\n{}", machine(), table.replacen(first, &size, 1));
    print!("{figures}");
    for file in ["README.md", "docs/benchmarks.md"] {
        insert(&workspace().join(file), &figures)?;
    }
    Ok(())
}

/// The parse workloads for a browser, built with the page's profile.
fn parse_page() -> Result<PathBuf> {
    let args = ["-p", "frontend", "--target", web::TARGET, "--profile", "web"];
    let raw = build("example", "parse", &args, &[])?;
    let (glue, wasm) = web::bind(&raw)?;
    let folder = raw.with_extension("page");
    fs::create_dir_all(&folder)?;
    for (name, bytes) in [
        ("page.js", glue.as_slice()),
        ("page_bg.wasm", &wasm),
        ("index.html", PAGE.as_bytes()),
        ("main.js", SCRIPT.as_bytes()),
    ] {
        fs::write(folder.join(name), bytes)
            .with_context(|| format!("could not write {name} in {}", folder.display()))?;
    }
    Ok(folder)
}

/// The figures take the place of the ones before.
fn insert(file: &Path, figures: &str) -> Result<()> {
    let text =
        fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
    let around = text.split_once(BEGIN).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(END)?;
        Some((before, after))
    });
    let Some((before, after)) = around else {
        bail!(
            "{} has no place for figures, between `{}` and `{}`",
            file.display(),
            BEGIN.trim(),
            END.trim()
        );
    };
    fs::write(file, format!("{before}{BEGIN}{figures}{END}{after}"))
        .with_context(|| format!("could not write {}", file.display()))
}

/// Cores, processor and day.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("an unknown processor", |(_, model)| model);
    let day = Command::new("date").arg("+%Y-%m-%d").output().ok();
    let day = day.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    format!("{cores} cores of {model}, {}", day.unwrap_or_default())
}

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

/// Where the tables begin that only the full list has.
const ROOMS: &str = "\n| a room,";

/// What can be asked for by name.
const PARTS: [&str; 6] = ["page", "long", "parse", "tunnel", "rooms", "relays"];

/// A module that is loaded by a page of its own says so, and is left where a script can call it.
const PAGE: &str = "<!doctype html>\n<title>bench</title>\n<link rel=\"icon\" href=\"data:,\">\n\
    <body>\n<script type=\"module\" src=\"main.js\"></script>\n";
const SCRIPT: &str = "import init, * as module from './page.js';\n\
    await init({ module_or_path: 'page_bg.wasm' });\n\
    window.bench = module;\ndocument.body.textContent = 'ready';\n";

/// Allows as many files as the system does: thousands of sockets are open at once.
const ALL_FILES: &str = "ulimit -n \"$(ulimit -H -n)\"; exec \"$0\" \"$@\"";

/// Everything is measured and written down, or only these parts, which are only printed.
pub(crate) fn run(parts: &[String]) -> Result<()> {
    let name = |part: &String| part.split(':').next().unwrap_or_default().to_owned();
    let names: Vec<String> = parts.iter().map(name).collect();
    if let Some(unknown) = names.iter().find(|part| !PARTS.contains(&part.as_str())) {
        bail!("there is no part `{unknown}` to measure; there are {}", PARTS.join(", "));
    }
    let wanted = |part| names.is_empty() || names.iter().any(|wanted| wanted == part);
    setup::run()?;
    let mut size = None;
    if wanted("page") || wanted("long") {
        size = Some(web::run()?);
    }
    let mut command = all_files(&["bench", "-p", "tests", "--bench", "lab", "--"]);
    command.args(parts).stderr(Stdio::inherit());
    if wanted("parse") {
        command.env("WIRELAB_PARSE_PAGE", example("parse")?);
    }
    if wanted("tunnel") {
        command.env("WIRELAB_TUNNEL_PAGE", example("tunnel")?);
    }
    if wanted("tunnel") || wanted("rooms") || wanted("relays") {
        command.env("WIRELAB_RELAY", build("bin", "wirelab", &["-p", "relay", "--release"], &[])?);
    }
    if wanted("relays") {
        setup::peers();
    }
    let output =
        command.output().with_context(|| format!("could not start {}", shown(&command)))?;
    if !output.status.success() {
        bail!("{} failed ({}); its own words are above", shown(&command), output.status);
    }
    let mut table = String::from_utf8(output.stdout).context("the figures are no text")?;
    if let Some(size) = size.filter(|_| wanted("page")) {
        let first = "|---|---|\n";
        let size = format!(
            "{first}| wasm and JavaScript of the page, with brotli | {:.1} kB |\n",
            size as f64 / 1000.0
        );
        table = table.replacen(first, &size, 1);
    }
    let figures = format!("Measured on {}.\n\n{table}", machine());
    print!("{figures}");
    if parts.is_empty() {
        // Who reads the README wants to know what the page is like.
        let short = figures.split(ROOMS).next().unwrap_or(&figures);
        insert(&workspace().join("README.md"), short)?;
        insert(&workspace().join("docs/benchmarks.md"), &figures)?;
    }
    Ok(())
}

/// A cargo command that may open as many files as the system allows.
fn all_files(args: &[&str]) -> Command {
    let plain = cargo(args);
    let mut command = Command::new("sh");
    command.args(["-c", ALL_FILES]).arg(plain.get_program()).args(args).current_dir(workspace());
    command
}

/// What is measured in a browser, built with the page's profile: the folder of a page.
fn example(name: &str) -> Result<PathBuf> {
    let args = ["-p", "frontend", "--target", web::TARGET, "--profile", "web"];
    let raw = build("example", name, &args, &[])?;
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

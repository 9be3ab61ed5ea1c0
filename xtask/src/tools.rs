//! What the tests need that no Debian package has: a driver for Firefox, from crates.io, the rules for
//! accessibility, from npm, and other Wisp programs, from npm and PyPI. Nothing of it is in the page.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha512};

use crate::cargo::{cargo, run as run_command};
use crate::setup::found;
use crate::workspace;

const GECKODRIVER: &str = "0.37.1";

const AXE: &str = "axe-core@4.14.1";
/// As npm writes it.
const AXE_INTEGRITY: &str = "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==";

type Tool = (&'static str, fn() -> bool, fn() -> Result<()>);

const TOOLS: [Tool; 4] = [
    ("geckodriver", || found("geckodriver"), install_geckodriver),
    ("axe-core", || axe().is_file(), install_axe),
    (
        "wisp-js",
        || wisp_js().join("node_modules/@mercuryworkshop/wisp-js/package.json").is_file(),
        install_wisp_js,
    ),
    ("wisp-python", || wisp_python().join("wisp/server/http.py").is_file(), install_wisp_python),
];

/// What only the benchmarks need, beside the Wisp programs above.
const PEERS: [Tool; 1] = [(
    "websockify",
    || websockify().join("websockify/websocketproxy.py").is_file(),
    || install_wheels(&websockify(), "tests/benches/websockify.txt"),
)];

/// Installs what is missing, and gives for each that could not be a sentence.
pub(crate) fn install_missing() -> Vec<String> {
    install(&TOOLS)
}

pub(crate) fn install_peers() -> Vec<String> {
    install(&PEERS)
}

fn install(tools: &[Tool]) -> Vec<String> {
    let missing = tools.iter().filter(|(_, is_there, _)| !is_there());
    missing
        .filter_map(|(name, _, install)| {
            println!("installing {name}");
            let error = install().err()?;
            Some(format!("could not install {name}: {error:#}"))
        })
        .collect()
}

/// Not optimised: it passes on a few hundred commands, and has to be built on each new machine.
fn install_geckodriver() -> Result<()> {
    let args =
        ["install", "geckodriver", "--version", GECKODRIVER, "--locked", "--debug", "--quiet"];
    run_command(&mut cargo(&args))
}

/// Where the tests look for it.
fn axe() -> PathBuf {
    workspace().join("target/npm/axe.min.js")
}

fn install_axe() -> Result<()> {
    check_npm()?;
    let folder = workspace().join("target/npm");
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    run_command(
        Command::new("npm")
            .args(["pack", AXE, "--silent", "--pack-destination"])
            .arg(&folder)
            .current_dir(&folder)
            .stdout(Stdio::null()),
    )?;
    let package = folder.join(format!("{}.tgz", AXE.replace('@', "-")));
    let octets =
        fs::read(&package).with_context(|| format!("npm did not write {}", package.display()))?;
    let integrity = format!("sha512-{}", STANDARD.encode(Sha512::digest(&octets)));
    if integrity != AXE_INTEGRITY {
        bail!(
            "npm brought another {AXE} than the one that was looked at: {integrity}, not {AXE_INTEGRITY}"
        );
    }
    let unpacked = Command::new("tar")
        .args(["-xzOf"])
        .arg(&package)
        .arg("package/axe.min.js")
        .output()
        .context("could not start tar")?;
    if !unpacked.status.success() {
        bail!("tar found no package/axe.min.js in {}", package.display());
    }
    fs::write(axe(), unpacked.stdout)
        .with_context(|| format!("could not write {}", axe().display()))
}

fn check_npm() -> Result<()> {
    if !found("npm") {
        bail!(
            "it comes from npm, which is not on the PATH; install npm (Debian's package has that name)"
        );
    }
    Ok(())
}

fn wisp_js() -> PathBuf {
    workspace().join("target/npm/wisp")
}

/// The lock file names every package with its version and hash; none may run a script.
fn install_wisp_js() -> Result<()> {
    check_npm()?;
    let folder = wisp_js();
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    for name in ["package.json", "package-lock.json"] {
        let from = workspace().join("tests/wisp").join(name);
        fs::copy(&from, folder.join(name))
            .with_context(|| format!("could not copy {}", from.display()))?;
    }
    run_command(
        Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"])
            .current_dir(&folder)
            .stdout(Stdio::null()),
    )
}

fn wisp_python() -> PathBuf {
    workspace().join("target/pypi/wisp")
}

fn install_wisp_python() -> Result<()> {
    install_wheels(&wisp_python(), "tests/wisp/requirements.txt")
}

fn websockify() -> PathBuf {
    workspace().join("target/pypi/websockify")
}

/// Pure Python only, so that the hashes of the requirements hold on every machine.
fn install_wheels(folder: &Path, requirements: &str) -> Result<()> {
    run_command(
        Command::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"])
            .args(["--require-hashes", "--only-binary", ":all:", "--platform", "any"])
            .args(["--upgrade", "--target"])
            .arg(folder)
            .arg("--requirement")
            .arg(workspace().join(requirements)),
    )
    .context("it comes from PyPI by pip; Debian's package is python3-pip")
}

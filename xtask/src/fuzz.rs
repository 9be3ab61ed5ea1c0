//! `cargo xtask fuzz`: runs the targets of `fuzz/` for a while each, and keeps what they find.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::cargo::{cargo, run as run_command, shown};
use crate::workspace;

const VERSION: &str = "0.13.2";

/// Instrumentation needs flags that a stable compiler hides; this shows them, so no second toolchain
/// is needed. What is fuzzed has no `unsafe`, so no sanitizer would find anything.
const STABLE: (&str, &str) = ("RUSTC_BOOTSTRAP", "1");
const PLAIN: [&str; 2] = ["--sanitizer", "none"];

/// For each target, unless `--seconds` says otherwise.
const SECONDS: u32 = 60;

/// An input that takes longer, in seconds, or more memory, in MiB, is a finding.
const SLOW: u32 = 20;
const MEMORY: u32 = 1024;

/// Tries to make a finding smaller.
const SHORTER: u32 = 2000;

pub(crate) fn run(args: &[String]) -> Result<()> {
    let known = targets()?;
    let (seconds, targets) = wanted(args, &known)?;
    install()?;
    let seeds = workspace().join("fuzz/corpus");
    run_command(cargo(&["run", "-p", "tests", "--bin", "seeds", "--quiet", "--"]).arg(&seeds))?;
    run_command(&mut fuzz("build", &[]))?;
    let mut found = Vec::new();
    for target in &targets {
        println!("== {target}, {seconds} s");
        if let Some(file) = fuzz_one(target, seconds)? {
            found.push(file.display().to_string());
        }
    }
    if found.is_empty() {
        println!("{} targets, nothing found", targets.len());
        return Ok(());
    }
    bail!(
        "these inputs break something; `cargo test -p tests --test it fuzz` shows how:\n  {}",
        found.join("\n  ")
    )
}

/// The seconds and the targets that the arguments name.
fn wanted(args: &[String], known: &[String]) -> Result<(u32, Vec<String>)> {
    let (mut seconds, mut targets) = (SECONDS, Vec::new());
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if arg == "--seconds" {
            let number = args.next().and_then(|number| number.parse().ok());
            seconds = number.context("--seconds wants a number, such as --seconds 60")?;
        } else if known.contains(arg) {
            targets.push(arg.clone());
        } else {
            bail!("there is no target `{arg}`; there are: {}", known.join(", "));
        }
    }
    Ok((seconds, if targets.is_empty() { known.to_vec() } else { targets }))
}

/// The names of the files in `fuzz/fuzz_targets`.
fn targets() -> Result<Vec<String>> {
    let folder = workspace().join("fuzz/fuzz_targets");
    let entries =
        fs::read_dir(&folder).with_context(|| format!("could not read {}", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let path = entry?.path();
        names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

fn install() -> Result<()> {
    let there = cargo(&["fuzz", "--version"]).stderr(Stdio::null()).output();
    if there.is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    println!("== installing cargo-fuzz {VERSION}");
    run_command(&mut cargo(&["install", "cargo-fuzz", "--locked", "--version", VERSION]))
}

/// Gives the file of a finding.
fn fuzz_one(target: &str, seconds: u32) -> Result<Option<PathBuf>> {
    let artifacts = workspace().join("fuzz/artifacts").join(target);
    let before = files(&artifacts);
    let mut command = fuzz("run", &[target, "--"]);
    command.args([
        format!("-max_total_time={seconds}"),
        format!("-timeout={SLOW}"),
        format!("-rss_limit_mb={MEMORY}"),
        "-print_final_stats=1".into(),
    ]);
    let status =
        command.status().with_context(|| format!("could not start {}", shown(&command)))?;
    let new: Vec<PathBuf> =
        files(&artifacts).into_iter().filter(|file| !before.contains(file)).collect();
    match (status.success(), new.first()) {
        (true, _) => Ok(None),
        (false, Some(file)) => keep(target, file).map(Some),
        (false, None) => bail!("{} failed ({status}) without a finding", shown(&command)),
    }
}

/// Makes a finding smaller and puts it among those that the tests replay.
fn keep(target: &str, finding: &Path) -> Result<PathBuf> {
    let artifacts = workspace().join("fuzz/artifacts").join(target);
    let before = files(&artifacts);
    // What is no crash, such as a slow input, cannot be made smaller; it is kept as it is.
    let mut command = fuzz("tmin", &["--runs", &SHORTER.to_string(), target]);
    command.arg(finding).stdout(Stdio::null()).stderr(Stdio::null());
    let _ = command.status();
    let smaller = files(&artifacts).into_iter().filter(|file| !before.contains(file));
    let smallest = smaller
        .min_by_key(|file| fs::metadata(file).map_or(u64::MAX, |data| data.len()))
        .unwrap_or_else(|| finding.to_owned());
    let name = smallest.file_name().context("an artifact has a name")?;
    let kept = workspace().join("tests/corpus").join(target).join(name);
    fs::create_dir_all(workspace().join("tests/corpus").join(target))?;
    fs::copy(&smallest, &kept)
        .with_context(|| format!("could not copy {} to {}", smallest.display(), kept.display()))?;
    Ok(kept)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn fuzz(command: &str, args: &[&str]) -> Command {
    let mut fuzz = cargo(&["fuzz", command]);
    fuzz.args(PLAIN).args(args).env(STABLE.0, STABLE.1);
    fuzz
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(String::from).collect()
    }

    #[test]
    fn reads_its_arguments() {
        let known = words("frames text");
        assert_eq!(wanted(&[], &known).unwrap(), (SECONDS, known.clone()));
        assert_eq!(
            wanted(&words("--seconds 5 text"), &known).unwrap(),
            (5, vec!["text".to_owned()])
        );
        for wrong in ["--seconds", "--seconds x", "nobody"] {
            assert!(wanted(&words(wrong), &known).is_err(), "{wrong}");
        }
    }
}

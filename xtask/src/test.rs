//! `cargo xtask test`: every check, cheapest first, each thing built once. CI runs exactly this.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::cargo::{cargo, run as run_command, shown};
use crate::{setup, web};

type Stage = (&'static str, fn() -> Result<()>);

const STAGES: [Stage; 6] = [
    ("format", || run_command(&mut cargo(&["fmt", "--all", "--check"]))),
    ("setup", setup::run),
    // The tests open the page in a browser, and the relay carries it.
    ("page", || web::run().map(drop)),
    ("lint", || {
        let lint = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];
        run_command(&mut cargo(&lint))
    }),
    ("page lint", || {
        let lint = ["clippy", "-p", "frontend", "--target", "wasm32-unknown-unknown", "--quiet"];
        run_command(cargo(&lint).args(["--", "-D", "warnings"]))
    }),
    ("tests", tests),
];

pub(crate) fn run() -> Result<()> {
    let began = Instant::now();
    let mut durations = Vec::new();
    for (name, stage) in STAGES {
        println!("== {name}");
        let stage_began = Instant::now();
        stage()
            .with_context(|| format!("stage `{name}` after {}", seconds(stage_began.elapsed())))?;
        durations.push(format!("{name} {}", seconds(stage_began.elapsed())));
    }
    println!("all checks passed in {}: {}", seconds(began.elapsed()), durations.join(", "));
    Ok(())
}

/// What cargo's test programs say at their ends, added up.
#[derive(Default)]
struct Count {
    passed: u32,
    failed: u32,
    skipped: u32,
}

fn tests() -> Result<()> {
    let mut count = Count::default();
    // xtask is tested by itself: with the others, its dependencies would be built a second time with other features.
    let workspace = test(
        &mut cargo(&["test", "--workspace", "--exclude", "xtask", "--no-fail-fast"]),
        &mut count,
    );
    let xtask = test(&mut cargo(&["test", "-p", "xtask"]), &mut count);
    println!("{} passed, {} failed, {} skipped", count.passed, count.failed, count.skipped);
    workspace.and(xtask)?;
    if count.passed == 0 {
        bail!(
            "no test ran, though there are many: cargo's output has changed, or the tests are gone"
        );
    }
    Ok(())
}

/// Runs one test command, shows its output as it comes, and counts.
fn test(command: &mut Command, count: &mut Count) -> Result<()> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start {}", shown(command)))?;
    let output = child.stdout.take().context("the tests' output was piped")?;
    for line in BufReader::new(output).lines() {
        let line =
            line.with_context(|| format!("could not read the output of {}", shown(command)))?;
        count.add(&line);
        println!("{line}");
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("{} failed ({status}); the failures are above", shown(command));
    }
    Ok(())
}

impl Count {
    /// Understands `test result: ok. 3 passed; 0 failed; 1 ignored; …` and passes over all else.
    fn add(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else { return };
        let result = result.split_once(". ").map_or("", |(_, counts)| counts);
        for part in result.split("; ") {
            let Some((number, what)) = part.split_once(' ') else { continue };
            let number: u32 = number.parse().unwrap_or(0);
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.skipped += number,
                _ => {}
            }
        }
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_results() {
        let mut count = Count::default();
        count.add("test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s");
        count.add("test result: FAILED. 2 passed; 4 failed; 0 ignored; 0 measured; 0 filtered out");
        count.add("test passed ... ok");
        assert_eq!((count.passed, count.failed, count.skipped), (5, 4, 1));
    }
}

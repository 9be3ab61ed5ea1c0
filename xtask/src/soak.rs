//! `cargo xtask soak`: churn against a relay for some minutes.

use anyhow::{Context, Result, bail};

use crate::cargo::{cargo, run as run_command};

const USAGE: &str = "usage: cargo xtask soak [--minutes N] [--seed N]";

pub(crate) fn run(args: &[String]) -> Result<()> {
    let (mut minutes, mut seed) = (2, None);
    for pair in args.chunks(2) {
        let [name, value] = pair else { bail!("{} has no value\n{USAGE}", pair[0]) };
        let number = value.parse::<u64>().with_context(|| format!("{value} is no number"))?;
        match name.as_str() {
            "--minutes" => minutes = number,
            "--seed" => seed = Some(number),
            other => bail!("there is no option {other}\n{USAGE}"),
        }
    }
    let mut command = cargo(&["run", "--release", "-p", "tests", "--example", "soak", "--"]);
    command.arg(minutes.to_string()).args(seed.map(|seed| seed.to_string()));
    run_command(&mut command)
}

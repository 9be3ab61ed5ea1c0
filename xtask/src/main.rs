//! `cargo xtask`: builds the page, runs the lab, runs every check. Needs nothing but a Rust toolchain.

mod bench;
mod cargo;
mod dist;
mod fuzz;
mod lessons;
mod serve;
mod setup;
mod soak;
mod test;
mod tools;
mod web;

use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command>

  web             build the page into dist/
  serve [args]    build the page and the relay, then run the relay with these arguments
  test            every check there is: what CI runs
  bench           measure size and speed, and write the figures into docs/benchmarks.md and README.md
  bench PART...   measure only this, and print it: page, long, parse, tunnel, relays,
                  or of the last the rows with a word: relays:echo
  fuzz [--seconds N] [TARGET...]
                  run the fuzzer's targets, 60 s each, and keep what they find in tests/corpus
  soak            churn against a relay for two minutes: [--minutes N] [--seed N]
  setup           install what the tests need (Debian, as root) or say how";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let result = match command.as_str() {
        "serve" => serve::run(&rest),
        "fuzz" => fuzz::run(&rest),
        "soak" => soak::run(&rest),
        "web" | "test" | "setup" if !rest.is_empty() => Err(anyhow::anyhow!(
            "`{command}` takes no arguments, but got: {}\n\n{USAGE}",
            rest.join(" ")
        )),
        "web" => web::run().map(drop),
        "test" => test::run(),
        "bench" => bench::run(&rest),
        "setup" => setup::run(),
        "" => Err(anyhow::anyhow!("{USAGE}")),
        other => Err(anyhow::anyhow!("there is no command `{other}`\n\n{USAGE}")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The top of the repository.
fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is a folder of the workspace")
}

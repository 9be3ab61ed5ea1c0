//! `cargo xtask soak` runs this: churn for some minutes, in a process of its own.

use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tests::soak::{self, Work};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1).map(|number| number.parse::<u64>());
    let (Some(Ok(minutes)), seed) = (args.next(), args.next().transpose()) else {
        eprintln!("usage: soak MINUTES [SEED]");
        return ExitCode::FAILURE;
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let Ok(seed) = seed.map(|seed| seed.unwrap_or(now.as_nanos() as u64)) else {
        eprintln!("the seed is a number");
        return ExitCode::FAILURE;
    };
    println!("soak: {minutes} minutes, seed {seed}");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let work = Work::Time(Duration::from_secs(60 * minutes));
    let report = runtime.expect("threads").block_on(soak::run(seed, work, true));
    println!("{report}");
    ExitCode::SUCCESS
}

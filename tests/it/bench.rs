//! The bench of sockets: what it says is what Python says, and the page around it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use relay::Rule;
use serde_json::{Value, json};
use shared::sockets::{Bench, Outcome, Side, What};
use tests::browser::{Browser, Key};
use tests::page::start_relay;
use tests::python;

/// Every session of `tests/bench`, with simulated sockets and with real ones.
#[tokio::test]
async fn the_bench_says_what_python_says() {
    let folder = tests::workspace().join("tests/bench");
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    assert!(files.len() > 10, "the sessions were not found");
    let scratch = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for path in files {
        let session = fs::read_to_string(&path).unwrap();
        let Some(real) = with_python(&session, scratch.path()).await else { return };
        let simulated = on_the_bench(&session);
        let lines: Vec<&str> = session.lines().collect();
        assert_eq!(real.len(), lines.len(), "{}", path.display());
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for ((line, real), simulated) in lines.iter().zip(&real).zip(&simulated) {
            if real != simulated {
                wrong.push(format!("{name}: {line}\n  Python: {real}\n   bench: {simulated}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn on_the_bench(session: &str) -> Vec<String> {
    let session =
        session.replace("HOST", "server.lab").replace("PORT", "12345").replace("PATH", "/run/lab");
    let mut bench = Bench::new(11);
    for side in Side::BOTH {
        bench.run(side, "import socket").unwrap();
        bench.run(side, "import struct").unwrap();
    }
    let first = bench.len();
    for line in session.lines() {
        let (desk, code) = line.split_once("> ").unwrap();
        let side = if desk == "S" { Side::Server } else { Side::Client };
        bench.run(side, code).unwrap_or_else(|why| panic!("{line}: {why}"));
        // A timeout of a few hundredths, not the minutes of the kernel's own timers.
        if bench.desk(side).deadline().is_some() {
            bench.pass(Duration::from_millis(100));
        }
    }
    let calls = (first..bench.len()).filter_map(|at| match &bench.entry(at).unwrap().what {
        What::Call { report, .. } => Some(report),
        _ => None,
    });
    let shown = calls.map(|report| {
        let outcome = match &report.outcome {
            None => "waits".into(),
            Some(Outcome::Nothing) => String::new(),
            Some(Outcome::Value(value)) => value.clone(),
            Some(Outcome::Raised(exception)) => exception.to_string(),
            Some(Outcome::NotHere(why)) => format!("not here: {why}"),
        };
        steady(&format!("{}{outcome}", report.printed))
    });
    shown.collect()
}

async fn with_python(session: &str, scratch: &Path) -> Option<Vec<String>> {
    // Free for a moment at least; a session that binds it comes at once.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let path = scratch.join(format!("{free}.sock"));
    let session = session
        .replace("HOST", "127.0.0.1")
        .replace("PORT", &free.to_string())
        .replace("PATH", path.to_str().unwrap());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/two_desks.py");
    let code = format!(
        "import io, runpy, sys\nsys.stdin = io.StringIO({})\nrunpy.run_path({}, run_name='__main__')\n",
        shared::python::literal::text(&session),
        shared::python::literal::text(script.to_str().unwrap()),
    );
    let run = python::run_code(&code, Duration::from_secs(120)).await?;
    assert!(run.ok, "{}{}", run.stdout, run.stderr);
    let values = run.stdout.lines().map(|line| match serde_json::from_str(line).unwrap() {
        Value::String(shown) => steady(&shown),
        _ => "waits".into(),
    });
    Some(values.collect())
}

/// Without what differs between machines: addresses, chosen ports, descriptors, places in memory.
fn steady(shown: &str) -> String {
    let mut out = String::new();
    let mut rest = shown;
    while let Some(c) = rest.chars().next() {
        let number = |text: &str| text.chars().take_while(char::is_ascii_digit).count();
        let taken = if let Some(after) = rest.strip_prefix("fd=") {
            out.push_str("fd=N");
            3 + number(after)
        } else if let Some(after) = rest.strip_prefix("('") {
            match after.split_once("', ").filter(|(host, _)| is_address(host)) {
                Some((host, after)) => {
                    // An address of no host stays to be seen; one that was given does not.
                    let any = ["0.0.0.0", "::"].contains(&host);
                    let port = &after[..number(after)];
                    out.push_str(&format!(
                        "('{}', {}",
                        if any { host } else { "ADDRESS" },
                        if port == "0" { "0" } else { "N" }
                    ));
                    4 + host.len() + 1 + port.len()
                }
                None => 1,
            }
        } else if let Some(at) = rest.strip_prefix('/').and_then(|r| r.find(['>', '\'', ','])) {
            out.push_str("PATH");
            at + 1
        } else {
            0
        };
        if taken <= 1 {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            rest = &rest[taken..];
        }
    }
    out
}

fn is_address(host: &str) -> bool {
    host.parse::<std::net::IpAddr>().is_ok()
}

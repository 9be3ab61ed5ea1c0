//! The house rules that a program can check.

use std::fs;
use std::path::{Path, PathBuf};

/// A file is read in one go; past this it is split.
const LINES: usize = 420;

#[test]
fn files_stay_short() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter_map(|(path, text)| {
            let lines = text.lines().count();
            (lines > LINES).then(|| format!("{}: {lines} lines", path.display()))
        })
        .collect();
    assert!(long.is_empty(), "split these, {LINES} lines are the limit:\n{}", long.join("\n"));
}

#[test]
fn shared_opens_no_socket_and_reads_no_clock() {
    let forbidden = [
        "std::fs",
        "std::process",
        "std::thread",
        "std::env",
        "Instant",
        "SystemTime",
        "TcpStream",
        "UdpSocket",
        "tokio",
        "web_sys",
        "js_sys",
        "HashMap",
        "HashSet",
        "thread_rng",
    ];
    let mut found = Vec::new();
    for (path, text) in sources().into_iter().filter(|(path, _)| path.starts_with("shared/src")) {
        // The tests may read the specification and use a real clock's type.
        if path.components().any(|part| part.as_os_str() == "tests") {
            continue;
        }
        for (n, line) in text.lines().enumerate().filter(|(_, line)| !is_comment(line)) {
            for word in forbidden {
                if line.contains(word) {
                    found.push(format!("{}:{}: {word}", path.display(), n + 1));
                }
            }
        }
    }
    assert!(found.is_empty(), "not in `shared`:\n{}", found.join("\n"));
}

#[test]
fn no_protocol_names_another_and_the_foundations_name_none() {
    let ids: Vec<&str> = shared::protocols::ALL.iter().map(|protocol| protocol.id).collect();
    let mut found = Vec::new();
    for (path, text) in sources() {
        let Ok(inside) = path.strip_prefix("shared/src") else { continue };
        let own = inside.strip_prefix("protocols").ok().and_then(|p| p.components().next());
        let own = own.map(|part| part.as_os_str().to_string_lossy().into_owned());
        if own.as_deref().is_some_and(|own| own.ends_with(".rs")) {
            continue;
        }
        for id in ids.iter().filter(|id| own.as_deref() != Some(**id)) {
            if text.contains(&format!("protocols::{id}"))
                || text.contains(&format!("super::{id}::"))
            {
                found.push(format!("{} names {id}", path.display()));
            }
        }
    }
    assert!(found.is_empty(), "common parts go to text/ or world/:\n{}", found.join("\n"));
}

#[test]
fn every_folder_of_a_protocol_is_registered() {
    let folder = tests::workspace().join("shared/src/protocols");
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            let name = entry.file_name().into_string().unwrap();
            assert!(shared::protocols::by_id(&name).is_some(), "{name} is not in protocols::ALL");
        }
    }
}

#[test]
fn nothing_is_left_for_later() {
    let marks = ["TO\u{44}O", "FIX\u{4d}E", "XX\u{58}", "unimplemented\u{21}"];
    for (path, text) in sources() {
        for mark in marks {
            assert!(!text.contains(mark), "{} has a {mark}", path.display());
        }
    }
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// Every Rust file of the workspace, by its path from the top.
fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for member in ["shared", "relay", "frontend", "tests", "xtask"] {
        walk(tests::workspace(), Path::new(member), &mut found);
    }
    assert!(found.len() > 100, "the sources were not found");
    found
}

fn walk(top: &Path, folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(top.join(folder)).unwrap().map(Result::unwrap) {
        let path = folder.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            walk(top, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((path.clone(), fs::read_to_string(top.join(&path)).unwrap()));
        }
    }
}

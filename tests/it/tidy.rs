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

/// What the page says is in its catalogue, in every language.
#[test]
fn the_words_of_the_page_are_in_the_catalogue() {
    // Names that are the same in every language.
    let names = ["Wirelab", "Python 2", "Python 3"];
    let mut found = Vec::new();
    for (path, text) in sources() {
        if !path.starts_with("frontend/src/components") && !path.starts_with("frontend/src/app") {
            continue;
        }
        for (n, line) in text.lines().enumerate().filter(|(_, line)| !is_comment(line)) {
            let mut before = "";
            for (at, part) in line.split('"').enumerate() {
                let shown = before.ends_with(">{ ")
                    || [" aria-label=", " title=", " placeholder="]
                        .iter()
                        .any(|a| before.ends_with(a));
                let is_sentence =
                    part.contains(' ') && part.starts_with(|c: char| c.is_ascii_uppercase());
                let has_word =
                    part.as_bytes().windows(3).any(|w| w.iter().all(u8::is_ascii_alphabetic));
                let is_code = part.contains("://")
                    || part.contains("{}")
                    || part.ends_with("-title")
                    || part.contains('+');
                if at % 2 == 1
                    && (shown || is_sentence)
                    && has_word
                    && !is_code
                    && !names.contains(&part)
                {
                    found.push(format!("{}:{}: {part}", path.display(), n + 1));
                }
                before = part;
            }
        }
    }
    assert!(found.is_empty(), "words for frontend/locales/:\n{}", found.join("\n"));
}

#[test]
fn every_message_of_the_catalogue_is_said_somewhere() {
    let code: String = sources()
        .into_iter()
        .filter(|(path, _)| path.starts_with("frontend/src"))
        .map(|(_, text)| text)
        .collect();
    let folder = tests::workspace().join("frontend/locales/en");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    let catalogue: String = files.collect();
    let ids = catalogue.lines().filter_map(|line| line.split_once(" = ").or(line.split_once(" =")));
    let ids = ids.map(|(id, _)| id).filter(|id| !id.starts_with([' ', '#', '-']));
    let unused: Vec<&str> = ids
        .filter(|id| {
            !code.contains(&format!("\"{id}\"")) && !catalogue.contains(&format!("{{ {id} }}"))
        })
        .collect();
    assert!(unused.is_empty(), "nobody says {}", unused.join(", "));
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

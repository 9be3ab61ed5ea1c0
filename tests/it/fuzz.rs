//! What the fuzzer runs, without a fuzzer: what it has found once, and some chance.

use std::fs;

use tests::fuzz::{chance, run, targets};
use tests::seeds::seeds;

/// Every file of `tests/corpus` goes through the body of its target: findings of the past, and
/// small inputs that reach far.
#[test]
fn nothing_panics_that_a_fuzzer_found() {
    let top = tests::workspace().join("tests/corpus");
    let mut octets = 0;
    for target in targets() {
        let folder = top.join(&target);
        let files = fs::read_dir(&folder);
        let mut count = 0;
        for file in files.unwrap_or_else(|why| panic!("{}: {why}", folder.display())) {
            let path = file.unwrap().path();
            let input = fs::read(&path).unwrap();
            (octets, count) = (octets + input.len(), count + 1);
            named(&path.display().to_string(), || run(&target, &input));
        }
        assert!(count > 0, "{target} has no corpus");
    }
    assert!(octets < 300_000, "{octets} octets of corpus are too many for a repository");
    for folder in fs::read_dir(top).unwrap() {
        let name = folder.unwrap().file_name().into_string().unwrap();
        assert!(targets().contains(&name), "there is no target {name}");
    }
}

/// The seeds as they are, and changed here and there.
#[test]
fn nothing_panics_by_chance() {
    for target in targets() {
        let seeds: Vec<Vec<u8>> = seeds(&target).into_iter().map(|(_, seed)| seed).collect();
        assert!(!seeds.is_empty(), "{target} has no seeds");
        for (n, seed) in seeds.iter().enumerate() {
            named(&format!("{target}, seed {n}"), || run(&target, seed));
        }
        for n in 0..40 {
            named(&format!("{target}, chance {n}"), || run(&target, &chance(&seeds, n)));
        }
    }
}

/// `fuzz/` has a file and an entry for each target, and no others.
#[test]
fn every_target_can_be_fuzzed() {
    let folder = tests::workspace().join("fuzz");
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let entries = manifest.lines().filter_map(|line| line.strip_prefix("path = \"fuzz_targets/"));
    let mut entries: Vec<_> = entries.map(|line| line.trim_end_matches(".rs\"")).collect();
    entries.sort_unstable();
    assert_eq!(entries, targets());
    for target in targets() {
        let file = folder.join(format!("fuzz_targets/{target}.rs"));
        let text = fs::read_to_string(file).unwrap();
        assert!(text.contains(&format!("target!(\"{target}\")")), "{target}: {text}");
    }
}

fn named(what: &str, body: impl FnOnce() + std::panic::UnwindSafe) {
    if std::panic::catch_unwind(body).is_err() {
        panic!("this was {what}");
    }
}

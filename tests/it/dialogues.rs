//! Golden conversations: `tests/dialogues/<protocol>/*.txt` are played against the practice
//! server and the transcript is compared. `UPDATE_EXPECT=1` writes what came out.

use std::fs;
use std::path::{Path, PathBuf};

use shared::dialogue::Dialogue;
use shared::protocols::{self, Protocol};
use tests::play::{Play, inputs};

#[test]
fn every_golden_dialogue_plays_as_written() {
    let mut wrong = Vec::new();
    for (protocol, path) in files() {
        let script = fs::read_to_string(&path).expect("a dialogue is text");
        let actual = rewritten(&script, protocol);
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, &actual).expect("the dialogue can be written");
        } else if actual != script {
            wrong.push(format!("{}:\n{}", path.display(), difference(&script, &actual)));
        }
    }
    assert!(wrong.is_empty(), "UPDATE_EXPECT=1 rewrites these:\n{}", wrong.join("\n"));
}

#[test]
fn every_dialogue_is_the_same_however_it_is_cut_and_when_played_again() {
    for (protocol, path) in files() {
        let script = fs::read_to_string(&path).expect("a dialogue is text");
        let mut whole = Play::new(protocol);
        whole.script(&script);
        for chunk in [1, 2, 7] {
            let mut cut = Play::with_chunk(protocol, chunk);
            cut.script(&script);
            let (cut, whole) = (cut.session().transcript(), whole.session().transcript());
            assert_eq!(cut.entries(), whole.entries(), "{} in reads of {chunk}", path.display());
        }
        let events = whole.tape.events().len();
        let again = whole.tape.replay(events);
        let (again, whole) = (again.live().session(), whole.session());
        let entries = whole.transcript().entries();
        assert_eq!(again.transcript().entries(), entries, "{}", path.display());
    }
}

/// What a view of an earlier step shows is what was there when that step was the last.
#[test]
fn every_step_of_every_dialogue_is_rebuilt_as_it_was() {
    let seen = |dialogue: &Dialogue| {
        let client = dialogue.session().client();
        let state = (client.state().id, client.flags(), client.facts(), client.suggestion());
        let server = dialogue.link().map(|link| link.server().state().id);
        format!("{state:?} {server:?} {:?}", dialogue.world())
    };
    for (protocol, path) in files() {
        let mut play = Play::new(protocol);
        play.script(&fs::read_to_string(&path).expect("a dialogue is text"));
        let mut shown = 0;
        for events in 1..=play.tape.events().len() {
            let live = play.tape.replay(events);
            if live.len() == shown {
                continue;
            }
            shown = live.len();
            let again = play.tape.at(shown).expect("all of it was kept");
            assert!(seen(&again) == seen(live.live()), "{} after {shown} entries", path.display());
        }
        assert_eq!(shown, play.tape.len());
    }
}

/// The script's first comments and its inputs, each followed by what it caused.
fn rewritten(script: &str, protocol: &'static Protocol) -> String {
    let mut out = String::new();
    for line in script.lines().take_while(|line| line.starts_with('#')) {
        out.push_str(line);
        out.push('\n');
    }
    let mut play = Play::new(protocol);
    let mut shown = 0;
    let mut catch_up = |play: &Play, out: &mut String| {
        let text = play.text();
        out.push_str(&text[shown..]);
        shown = text.len();
    };
    catch_up(&play, &mut out);
    for (mark, text) in inputs(script) {
        for line in text.split('\n') {
            out.push_str(format!("{mark} {line}").trim_end());
            out.push('\n');
        }
        play.input(mark, &text);
        catch_up(&play, &mut out);
    }
    out
}

/// The first line that differs.
fn difference(expected: &str, actual: &str) -> String {
    let mut expected = expected.lines();
    for (n, actual) in actual.lines().enumerate() {
        let expected = expected.next().unwrap_or("(the end)");
        if expected != actual {
            return format!("line {}\n  expected {expected}\n  actual   {actual}", n + 1);
        }
    }
    format!("the end is missing: {}", expected.next().unwrap_or_default())
}

fn files() -> Vec<(&'static Protocol, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("dialogues");
    let mut files = Vec::new();
    for protocol in protocols::ALL {
        let folder = root.join(protocol.id);
        let entries = fs::read_dir(&folder)
            .unwrap_or_else(|e| panic!("{} needs dialogues: {e}", folder.display()));
        let mut paths: Vec<_> =
            entries.map(|entry| entry.expect("the folder can be read").path()).collect();
        paths.sort();
        assert!(!paths.is_empty(), "{} has no dialogue", protocol.id);
        files.extend(paths.into_iter().map(|path| (*protocol, path)));
    }
    files
}

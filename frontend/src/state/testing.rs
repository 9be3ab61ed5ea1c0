//! Sessions with the practice servers in the page, for the tests of what is made from a record.

use std::time::Duration;

use shared::machine::Tick;
use shared::protocols;

use super::{Lab, Route};

/// A lab whose session with this protocol has begun.
pub(super) fn lab(protocol: &str) -> Lab {
    let protocol = protocols::by_id(protocol).expect("a protocol of the registry");
    let route = Route::practice(protocol);
    let mut lab = Lab::new(route.clone());
    lab.connect(route, Tick::default());
    settle(&mut lab);
    lab
}

/// A lab in which these texts were sent, one after the other. One that is refused is sent anyway.
pub(super) fn session(protocol: &str, texts: &[&str]) -> Lab {
    let mut lab = lab(protocol);
    for text in texts {
        send(&mut lab, text);
    }
    lab
}

pub(super) fn send(lab: &mut Lab, text: &str) {
    lab.send(text, Tick::default());
    if lab.refusal.is_some() {
        lab.send_anyway(text, Tick::default());
    }
    settle(lab);
}

/// A lab in which each text was sent two seconds after the reply to the one before. Each round of the
/// pump takes three milliseconds.
pub(super) fn timed(protocol: &str, texts: &[&str]) -> Lab {
    let mut now = Tick::default();
    let mut lab = lab(protocol);
    for text in texts {
        now = now.after(Duration::from_secs(2));
        lab.send(text, now);
        assert!(lab.refusal.is_none(), "{text} was refused");
        loop {
            now = now.after(Duration::from_millis(3));
            if !lab.pump(now) {
                break;
            }
        }
    }
    lab
}

/// Every golden session of the workspace, with its name.
pub(super) fn golden() -> Vec<(String, Lab)> {
    let mut all = Vec::new();
    for protocol in protocols::ALL {
        let folder = format!("{}/../tests/dialogues/{}", env!("CARGO_MANIFEST_DIR"), protocol.id);
        for file in std::fs::read_dir(folder).expect("every protocol has golden sessions") {
            let path = file.expect("a file").path();
            let text = std::fs::read_to_string(&path).expect("a golden session");
            let mut lab = lab(protocol.id);
            for input in inputs(&text) {
                send(&mut lab, &input);
            }
            all.push((path.display().to_string(), lab));
        }
    }
    assert!(all.len() > 30, "the golden sessions were not found");
    all
}

/// What is typed in a golden session: neighbouring lines with the same mark are one text.
fn inputs(script: &str) -> Vec<String> {
    let mut inputs: Vec<String> = Vec::new();
    let mut before = None;
    for line in script.lines() {
        let found = ["!> ", ">> ", "> "].into_iter().find_map(|mark| {
            let line = if line == mark.trim() { "" } else { line.strip_prefix(mark)? };
            Some((mark, line))
        });
        match (found, inputs.last_mut()) {
            (Some((mark, line)), Some(text)) if before == Some(mark) => {
                text.push('\n');
                text.push_str(line);
            }
            (Some((_, line)), _) => inputs.push(line.into()),
            _ => {}
        }
        before = found.map(|(mark, _)| mark);
    }
    inputs
}

fn settle(lab: &mut Lab) {
    while lab.pump(Tick::default()) {}
}

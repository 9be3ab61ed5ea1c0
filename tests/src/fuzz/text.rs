//! What reads text that others wrote: lessons, mails and their codings, terminals, web content.

use shared::lesson;
use shared::protocols::http;
use shared::python::reader;
use shared::text::lines::Lines;
use shared::text::mime::{Content, Part, address, coding};
use shared::text::screen::Screen;
use shared::text::{content, dot, message, pattern, sasl, terminal};

use super::records::Octets;

/// What content may unfold to in here.
const UNFOLDED: usize = 1 << 20;

/// A file of a lesson, or anything else.
pub fn lesson(octets: &[u8]) {
    match lesson::parse(&String::from_utf8_lossy(octets)) {
        Ok(lesson) => {
            let course = lesson::Course::new(&lesson, 0);
            assert_eq!(course.is_done(), course.step() == lesson.steps.len());
            for expectation in lesson.steps.iter().flat_map(|step| &step.expect) {
                expectation.test.words(&lesson.protocol);
            }
            // Whatever it says, it can be played, or not.
            drop(lesson::rehearse(&lesson));
        }
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a reason");
            let lines = String::from_utf8_lossy(octets).lines().count();
            for problem in problems {
                assert!(problem.line <= lines + 1, "line {} of {lines}", problem.line);
            }
        }
    }
}

/// The first octet chooses who reads the rest.
pub fn text(octets: &[u8]) {
    let mut octets = Octets(octets);
    let what = octets.octet();
    let text = octets.0;
    match what % 11 {
        0 => mail(text),
        1 => {
            for encoding in ["base64", "quoted-printable", "8bit", "x"] {
                if let Some(undone) = coding::undo(encoding.as_bytes(), text) {
                    // A bare LF becomes CR LF.
                    assert!(undone.len() <= 2 * text.len(), "{encoding} makes more of it");
                }
            }
            coding::words(text);
            address::list(text);
        }
        2 => {
            let encoded = sasl::encode(text);
            assert_eq!(sasl::decode(&encoded).as_deref(), Some(text));
            sasl::decode(text);
            sasl::cram_md5(text, b"<1@lab>");
        }
        3 => dots(text),
        4 => {
            let mut whole = Screen::default();
            whole.feed(text);
            let mut slow = Screen::default();
            text.iter().for_each(|octet| slow.feed(&[*octet]));
            assert_eq!(whole.lines(), slow.lines());
            if let Some(length) = terminal::sequence(text) {
                assert!(length <= text.len());
                terminal::csi(&text[..length]);
                terminal::says(&text[..length]);
            }
            terminal::plain(text);
        }
        5 => {
            for coding in ["gzip", "deflate", "identity", "br"] {
                if let Ok(content) = http::decode_body(coding, text, UNFOLDED) {
                    assert!(content.len() <= UNFOLDED, "{coding} is not stopped");
                }
            }
        }
        6 => drop(http::rpc(text)),
        7 => {
            let text = String::from_utf8_lossy(text);
            let (pattern, name) = text.split_once('\n').unwrap_or((&text, ""));
            pattern::fits(pattern, name);
            assert!(pattern::fits("*", name));
        }
        8 => lines(text),
        9 => {
            reader::read(&String::from_utf8_lossy(text)).is_python2();
        }
        _ => {
            let text = String::from_utf8_lossy(text);
            let (base, reference) = text.split_once('\n').unwrap_or((&text, ""));
            let base = http::uri::Reference::parse(base);
            base.resolve(&http::uri::Reference::parse(reference)).target();
            base.origin();
            http::uri::percent_decode(&text);
        }
    }
}

fn mail(text: &[u8]) {
    let part = Part::parse(text);
    check_part(&part, text, 0);
    part.numbered(&[1, 2, 1]);
    message::fields(text);
    message::field(text, "Subject");
    assert!(message::body_start(text) <= text.len());
    for in_body in [false, true] {
        let wire = message::explained(text, in_body);
        assert!(wire.tiles(), "{wire:?}");
        assert_eq!(wire.bytes, text);
    }
}

fn check_part(part: &Part, text: &[u8], depth: usize) {
    assert!(depth < 64, "parts in parts without end");
    part.decoded(text);
    part.field(text, "Content-Type");
    match &part.content {
        Content::Leaf => {}
        Content::Multipart(parts) => {
            parts.iter().for_each(|part| check_part(part, text, depth + 1));
        }
        Content::Message(part) => check_part(part, text, depth + 1),
    }
}

fn dots(text: &[u8]) {
    let stuffed = dot::stuff(text);
    assert!(stuffed.is_empty() || stuffed.ends_with(b"\r\n"));
    assert!(!stuffed.starts_with(b".\r\n") && !stuffed.windows(5).any(|w| w == b"\r\n.\r\n"));
    dot::unstuffed(text);
    dot::unstuff(text);
    let mut crlf = Vec::new();
    content::to_crlf(&mut false, text, &mut crlf);
    assert_eq!(content::to_lf(&crlf), content::to_lf(text));
}

fn lines(text: &[u8]) {
    for make in [Lines::strict as fn(usize) -> Lines, Lines::lenient] {
        let mut whole = make(100);
        whole.push(text);
        let all: Vec<_> = core::iter::from_fn(|| whole.next_line()).collect();
        let mut slow = make(100);
        let mut one_by_one = Vec::new();
        for octet in text {
            slow.push(&[*octet]);
            one_by_one.extend(core::iter::from_fn(|| slow.next_line()));
        }
        assert_eq!(format!("{all:?}"), format!("{one_by_one:?}"));
        assert_eq!(whole.len(), slow.len());
    }
}

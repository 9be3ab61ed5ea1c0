use super::*;
use crate::explain::Term;
use crate::table::{Flag, Progress, Rule, State, Table, Takes, Verb};

const RULES: LineRules = LineRules {
    protocol: "XP",
    line_end: Rfc::new(1, "1"),
    length: Rfc::new(1, "2"),
    seven_bit: Some(Rfc::new(1, "3")),
    batches: Rfc::new(1, "4"),
    commands: Rfc::new(1, "5"),
};

fn texts(notes: &[Note]) -> String {
    notes.iter().map(|note| note.text.clone()).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_wrong_with_a_line_is_told_once_and_counted() {
    let mut notes = Notes::default();
    notes.line(&RULES, b"ok\r\n", 0, 10, None);
    assert!(notes.take().is_empty());
    for (line, says) in [
        (&b"a\n"[..], "bare LF"),
        (b"a", "no CR LF"),
        (b"a\rb\r\n", "A carriage return"),
        (b"a\0\r\n", "A NUL"),
        (b"a\xfc\r\n", "above 127"),
        (b"0123456789\r\n", "the 10 octets"),
    ] {
        notes.line(&RULES, line, 5, 10, Some("a"));
        let told = notes.take();
        assert_eq!(told.len(), 1, "{line:?}: {}", texts(&told));
        assert!(told[0].text.contains(says), "{line:?}: {}", told[0].text);
        assert!(told[0].fix.as_deref() == Some("a") && told[0].rule.is_some());
    }
    for line in [&b"a\n"[..], b"b\n", b"\xfc\r\n", b"\xfc\r\n"] {
        notes.line(&RULES, line, 7, 10, None);
    }
    let told = texts(&notes.take());
    assert!(told.contains("(2 lines.)") && told.contains("(2 lines, first at octet 7.)"), "{told}");
}

#[test]
fn content_is_inspected_the_same_however_it_is_cut() {
    let rules = ContentRules {
        line_end: Rfc::new(1, "1"),
        stuffing: Rfc::new(1, "2"),
        long: Some(Rfc::new(1, "3")),
        nul: Some(Rfc::new(1, "4")),
    };
    let long = [b"..", "x".repeat(997).as_bytes(), b"\r\n"].concat();
    let longer = [b"..", "x".repeat(998).as_bytes(), b"\r\n"].concat();
    let cases: &[(&[u8], &[&str])] = &[
        (b"plain\r\n..dot\r\n..\r\n\r\n", &[]),
        (&long, &[]),
        (&longer, &["998"]),
        (b".dot\r\n.\tx\r\n", &["did not double", "(2 lines.)"]),
        (b"x\r\ny\nz\r\n", &["bare line feeds"]),
        (b"a\n.\nb\r\n", &["bare line feeds", "smuggled"]),
        (b"a\r.\rb\r\n", &["carriage return", "smuggled"]),
        (b"a\n.\r\n", &["bare line feeds", "smuggled"]),
        (b"a\r\n.\nb", &["bare line feeds", "smuggled"]),
        (b"\0\r\n", &["NUL"]),
    ];
    for (content, says) in cases {
        let mut whole = Inspector::wire();
        whole.look(content);
        let told = whole.notes(&rules);
        let text = texts(&told);
        assert!(says.iter().all(|says| text.contains(says)), "{content:?}: {text}");
        assert_eq!(told.is_empty(), says.is_empty(), "{content:?}: {text}");
        for cut in 0..content.len() {
            let mut parts = Inspector::wire();
            parts.look(&content[..cut]);
            parts.look(&content[cut..]);
            assert_eq!(parts, whole, "{content:?} cut at {cut}");
        }
    }
    let mut typed = Inspector::typed();
    typed.look(b".dot\n.\nx\r\n..\n");
    assert!(typed.notes(&rules).is_empty());
}

static TERM: Term = Term { id: "T", title: "t", text: "t", rfc: Rfc::new(9, "9") };
static START: State = State { id: "s", title: "s", text: "s", takes: Takes::Commands };
static IN: State = State { id: "i", title: "i", text: "i", takes: Takes::Commands };
static DEEP: State = State { id: "d", title: "d", text: "d", takes: Takes::Commands };
static FLAG: Flag = Flag { id: "f", title: "f", text: "f" };
static LOGIN: Verb = Verb::new("LOGIN", "LOGIN user", &TERM)
    .legal(&[&START])
    .rules(&[Rule::new("200", "in").to(&IN), Rule::new("5xx", "no")]);
static GO: Verb =
    Verb::new("GO", "GO", &TERM).legal(&[&IN]).rules(&[Rule::new("200", "go").to(&DEEP)]);
static GRANT: Verb = Verb::new("GRANT", "GRANT", &TERM)
    .legal(&[&START])
    .rules(&[Rule::new("200", "y").sets(&[&FLAG])]);
static READ: Verb = Verb::new("READ", "READ", &TERM)
    .legal(&[&DEEP])
    .rules(&[Rule::new("200", "read"), Rule::new("2xx", "read")]);
static TRY: Verb =
    Verb::new("TRY", "TRY", &TERM).legal(&[&START]).needs(&[&FLAG]).rules(&[Rule::new("200", "t")]);
static TABLE: Table = Table {
    states: &[&START, &IN, &DEEP],
    flags: &[&FLAG],
    verbs: &[&LOGIN, &GO, &GRANT, &READ, &TRY],
    generic: &[Rule::new("500", "what?"), Rule::new("5xx", "no")],
};

#[test]
fn the_remedy_is_the_first_step_to_where_the_command_is_legal() {
    let progress = Progress::new(&TABLE);
    let remedy = |typed: &str| {
        let name = typed.split(' ').next().unwrap_or_default();
        let illegal = progress.legal(name).expect_err("it is not legal yet");
        remedies(&illegal, typed, &progress, None).into_iter().next()
    };
    assert_eq!(remedy("READ").as_deref(), Some("LOGIN user"));
    assert_eq!(remedy("TRY").as_deref(), Some("GRANT"));
    assert_eq!(remedy("LOGON me").as_deref(), Some("LOGIN me"));
    assert_eq!(remedy("LGOIN me").as_deref(), Some("LOGIN me"));
    assert_eq!(remedy("granting").as_deref(), Some("GRANT"));
    assert_eq!(remedy("XYZZY"), None);
}

#[test]
fn a_code_that_only_a_class_covers_is_told() {
    for (code, told) in
        [("200", false), ("500", false), ("250", true), ("599", true), ("100", true)]
    {
        let mut progress = Progress::new(&TABLE);
        progress.sent(&READ);
        let note = unlisted(&progress.reply(code), code);
        assert_eq!(note.is_some(), told, "{code}");
        if let Some(note) = note {
            assert!(
                note.text.contains("READ: 200,") && note.rule == Some(TERM.rfc),
                "{}",
                note.text
            );
        }
    }
}

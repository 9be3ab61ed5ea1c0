//! IMAP between the client machine and the practice server, and a real one.

use shared::dialogue::Event;
use shared::machine::OwnedInput;
use shared::protocols::imap;
use shared::transcript::render;
use shared::world::{EPOCH, World};
use tests::native::Native;
use tests::play::Play;
use tests::servers::{Tls, lab};

#[test]
fn whoever_only_presses_enter_gets_through_a_whole_session() {
    let mut play = Play::new(&imap::PROTOCOL);
    let mut typed = Vec::new();
    while let Some(suggestion) = play.session().client().suggestion() {
        assert!(typed.len() < 20, "the suggestions do not end: {typed:?}");
        play.types(&suggestion.text);
        typed.push(suggestion.text);
    }
    let text = play.text();
    assert_eq!(play.session().client().state().id, "closed", "{text}");
    assert_eq!(
        typed,
        [
            "CAPABILITY",
            "LOGIN student lab-secret",
            "LIST \"\" *",
            "SELECT INBOX",
            "FETCH 3:5 (FLAGS INTERNALDATE ENVELOPE)",
            "FETCH 5 (BODYSTRUCTURE BODY[])",
            "STORE 5 +FLAGS (\\Flagged)",
            "SEARCH UNSEEN",
            "IDLE",
            "DONE",
            "LOGOUT",
        ]
    );
    assert!(!text.contains("== error") && !text.contains("== warning"), "{text}");
    assert!(!text.contains("lab-secret"), "the password is masked: {text}");
    let inbox = play.world().mail.mailbox("student").expect("the first account has an INBOX");
    assert!(inbox.message(5).is_some_and(|mail| mail.flags.has("\\Flagged")));
}

#[test]
fn enter_also_leads_through_an_empty_mailbox() {
    let mut world = World::new(EPOCH);
    let inbox = world.mail.mailbox_mut("student").expect("the first account has an INBOX");
    inbox.remove(&[1, 2, 3, 4, 5]);
    let mut play = Play::in_world(&imap::PROTOCOL, usize::MAX, world, 1);
    let mut presses = 0;
    while let Some(suggestion) = play.session().client().suggestion() {
        play.types(&suggestion.text);
        presses += 1;
        assert!(presses < 14, "{}", play.text());
    }
    assert_eq!(play.session().client().state().id, "closed");
    assert!(!play.text().contains("== error"), "{}", play.text());
}

#[test]
fn a_mail_that_arrives_while_somebody_idles_is_told_at_once() {
    let mut play = Play::new(&imap::PROTOCOL);
    for text in ["LOGIN student lab-secret", "SELECT INBOX", "IDLE"] {
        play.types(text);
    }
    play.happens(Event::MailArrives("student".into()));
    let text = play.text();
    let (_, told) = text.split_once("== state: idle\n").expect("it waits");
    assert!(told.starts_with("S: * 6 EXISTS"), "{text}");
}

#[test]
fn a_mail_of_any_size_is_delivered_as_a_file() {
    let mut world = World::new(EPOCH);
    let mail = [b"Subject: large\r\n\r\n".to_vec(), b"0123456789\r\n".repeat(200_000)].concat();
    world.mail.deliver("student", &mail, shared::world::Date(EPOCH)).expect("it fits");
    let mut play = Play::in_world(&imap::PROTOCOL, 1400, world, 1);
    for text in ["LOGIN student lab-secret", "SELECT INBOX", "FETCH 6 (BODY[] FLAGS)", "LOGOUT"] {
        play.types(text);
    }
    assert!(play.delivered == mail, "{} octets of {}", play.delivered.len(), mail.len());
    assert!(play.text().contains("S:  FLAGS (\\\\Seen \\\\Recent))"));
    assert_eq!(play.session().client().state().id, "closed");
}

#[test]
fn the_client_gets_along_with_a_real_server() {
    let Some(lab) = lab() else { return };
    let endpoint = lab.endpoint("imap", Tls::StartTls);
    let (host, port) = endpoint.address();
    let mut native = Native::connect(&imap::PROTOCOL, host, port);
    native.types("CAPABILITY");
    native.types(&format!("LOGIN {} {}", endpoint.user, endpoint.password));
    assert_eq!(native.state(), "authenticated", "{}", native.text());
    native.types("ID NIL");
    native.types("NAMESPACE");
    native.types("LIST \"\" *");
    assert!(native.text().contains("Entw&APw-rfe"), "{}", native.text());
    native.types("STATUS Entwürfe (MESSAGES UIDNEXT)");
    native.types("SELECT INBOX");
    assert_eq!(native.state(), "selected");
    assert_eq!(fact(&native, "messages").as_deref(), Some("20"));
    native.types("FETCH 1:12 (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)");
    native.types("FETCH 3 (BODY.PEEK[HEADER.FIELDS (SUBJECT X-FOLDED)]<0.200> BODY.PEEK[1.2])");
    native.types("FETCH 12 BODY.PEEK[]");
    assert!(native.delivered.is_empty());
    native.types("FETCH 5 (FLAGS BODY.PEEK[])");
    assert!(native.delivered.len() > 2 << 20, "{} octets", native.delivered.len());
    assert_eq!(native.state(), "selected");
    native.types("SEARCH SUBJECT Größe");
    native.types("UID SEARCH RETURN (COUNT) ALL");
    assert!(native.text().contains("COUNT 20"), "{}", native.text());
    native.batch("FETCH 1 FLAGS\nSEARCH SEEN\nUID FETCH 2 FLAGS");

    native.types("CREATE Wirelab test");
    native.types("APPEND Wirelab test (\\Seen)\nSubject: filed\n\nBy APPEND.\n");
    assert!(native.text().contains("[APPENDUID "), "{}", native.text());
    native.types("COPY 1:2 Wirelab test");
    native.types("APPEND Nowhere {3}\nabc");
    assert!(native.text().contains("the literal is not sent"), "{}", native.text());
    native.types("SELECT Wirelab test");
    native.types("STORE 1 +FLAGS (\\Deleted \\Flagged)");
    native.types("MOVE 3 Archive");
    native.types("EXPUNGE");
    assert_eq!(fact(&native, "messages").as_deref(), Some("1"));
    native.types("IDLE");
    assert_eq!(native.state(), "idle", "{}", native.text());
    let mut other = Native::connect(&imap::PROTOCOL, host, port);
    other.types(&format!("LOGIN {} {}", endpoint.user, endpoint.password));
    other.types("APPEND Wirelab test\nSubject: while you wait\n\nHello.\n");
    other.types("LOGOUT");
    native.until(|native| fact(native, "messages").as_deref() == Some("2"));
    assert_eq!(fact(&native, "messages").as_deref(), Some("2"), "{}", native.text());
    native.types("DONE");
    native.types("SELECT Nowhere");
    assert_eq!(native.state(), "authenticated", "{}", native.text());
    native.types("DELETE Wirelab test");
    native.types("LOGOUT");
    assert_eq!(native.state(), "closed");
    let text = native.text();
    // Dovecot writes the day of an INTERNALDATE with a zero; the lab says so.
    let warnings: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("== warning") || line.starts_with("== error"))
        .filter(|line| !line.contains("not a zero"))
        .collect();
    assert!(warnings.is_empty(), "{warnings:#?}");
}

fn fact(native: &Native, name: &str) -> Option<String> {
    let facts = native.session.client().facts();
    facts.into_iter().find(|fact| fact.name == name).map(|fact| fact.value)
}

#[test]
fn a_recorded_session_with_an_upload_can_be_played_again() {
    let mut play = Play::new(&imap::PROTOCOL);
    for text in ["LOGIN student lab-secret", "APPEND Sent"] {
        play.types(text);
    }
    play.uploads(&[b"Subject: x\n", b"\npiece by", b" piece\n"]);
    play.types("SELECT Sent");
    play.types("FETCH 2 BODY[TEXT]");
    assert!(play.text().contains("BODY[TEXT] {16}\nS: piece by piece"), "{}", play.text());
    let ended = Event::Typed(OwnedInput::ContentEnd);
    assert!(play.tape.events().any(|(_, event)| *event == ended));
    let again = play.tape.replay(play.tape.events().len());
    assert_eq!(render(again.live().session().transcript()), play.text());
}

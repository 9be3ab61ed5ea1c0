//! Client and practice server, talking to each other.

use proptest::prelude::*;

use super::{client, content};
use crate::machine::{Client, Conn, Direction, Input, Level, Output, ServerConfig, Tick};
use crate::protocols::smtp::PROTOCOL;
use crate::testing::{Bench, addr};

struct Pair {
    client: Box<dyn Client>,
    bench: Bench,
    /// The texts of warnings and errors.
    complaints: Vec<String>,
}

impl Pair {
    /// Connected, and the greeting read.
    fn new() -> Pair {
        let bench = Bench::new((PROTOCOL.server)(&ServerConfig::practice(1)));
        let mut pair = Pair { client: client(), bench, complaints: Vec::new() };
        let opened = Input::Opened { conn: Conn::MAIN, local: addr(40_000), peer: addr(25) };
        pair.tell(opened);
        pair.tell(Input::Bytes { conn: Conn::MAIN, bytes: b"220 practice.lab ESMTP\r\n" });
        pair
    }

    fn types(&mut self, text: &str) {
        self.tell(Input::Command(text));
    }

    /// Hands something to the client and carries octets until neither side has more to say.
    fn tell(&mut self, input: Input<'_>) {
        self.client.handle(input, Tick::default()).expect("the input is legal");
        while let Some(output) = self.client.poll() {
            let replies = match output {
                Output::Sent { wire, .. } => self.bench.ask(&wire.bytes),
                Output::Data { direction: Direction::Sent, bytes, .. } => self.bench.ask(&bytes),
                Output::Note(note) if note.level > Level::Info => {
                    self.complaints.push(note.text);
                    continue;
                }
                _ => continue,
            };
            let input = Input::Bytes { conn: Conn::MAIN, bytes: replies.as_bytes() };
            self.client.handle(input, Tick::default()).expect("bytes are never refused");
        }
    }

    fn mails(&self) -> usize {
        self.bench.world.mail.mailbox("you").map_or(0, |mailbox| mailbox.messages().len())
    }
}

#[test]
fn enter_alone_delivers_a_mail_in_five_steps_and_quits() {
    let mut pair = Pair::new();
    let (mut enters, mut delivered_after) = (0, None);
    while let Some(suggestion) = pair.client.suggestion() {
        pair.types(&suggestion.text);
        enters += 1;
        if pair.mails() == 1 && delivered_after.is_none() {
            delivered_after = Some(enters);
        }
    }
    assert_eq!((delivered_after, enters), (Some(5), 6));
    assert_eq!(pair.client.state().id, "closed");
    assert_eq!(pair.complaints, Vec::<String>::new());
    let mail = content(&pair.bench, "you");
    assert!(mail.contains("\r\n.hidden\r\n"), "{mail}");
}

#[test]
fn templates_work_on_the_practice_server() {
    for way in [
        &["DATA", "(message)", "NOOP"][..],
        &["BDAT", "VRFY", "EXPN", "HELP", "ETRN"],
        &["RSET", "AUTH", "(response)"],
    ] {
        let mut pair = Pair::new();
        for name in ["HELO", "EHLO", "MAIL", "RCPT"].iter().chain(way).chain(&["QUIT"]) {
            let verb = PROTOCOL.table.verb(name).expect("the verb is in the table");
            pair.types(verb.template);
        }
        assert_eq!(pair.client.state().id, "closed");
        assert_eq!(pair.mails(), usize::from(way[0] != "RSET"));
        assert_eq!(pair.complaints, Vec::<String>::new());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_typed_arrives_whichever_way_it_is_sent(
        lines in prop::collection::vec("[.a:\u{fc} ]{0,4}", 0..6),
        crlf in any::<bool>(),
        ends in any::<bool>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut typed = lines.join(if crlf { "\r\n" } else { "\n" });
        if ends {
            typed.push('\n');
        }
        let mut expected = typed.replace("\r\n", "\n").replace('\n', "\r\n");
        if !expected.is_empty() && !expected.ends_with("\r\n") {
            expected.push_str("\r\n");
        }
        let (first, second) = typed.as_bytes().split_at(cut.index(typed.len() + 1));
        let mut pair = Pair::new();
        pair.types("EHLO you.lab");
        for way in 0..3 {
            pair.types("MAIL FROM:<student@practice.lab> BODY=8BITMIME");
            pair.types("RCPT TO:<you@practice.lab>");
            if way < 2 {
                pair.types("DATA");
            }
            match way {
                0 => pair.types(&typed),
                1 => {
                    pair.tell(Input::Content(first));
                    pair.tell(Input::Content(second));
                    pair.tell(Input::ContentEnd);
                }
                _ => pair.types(&format!("BDAT LAST\n{typed}")),
            }
            prop_assert_eq!(pair.mails(), way + 1);
            prop_assert_eq!(&content(&pair.bench, "you"), &expected, "way {}", way);
        }
    }
}

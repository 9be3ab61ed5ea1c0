//! Any bytes in any order: nobody panics, no octet is lost, and cuts do not matter.

use proptest::prelude::*;

use super::*;
use crate::machine::Direction;

/// What a server might send, well formed and not.
fn said() -> impl Strategy<Value = Vec<u8>> {
    let likely: &[&[u8]] = &[
        b"* OK [CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL+ IDLE] hi\r\n",
        b"* PREAUTH\r\n",
        b"a1 OK\r\n",
        b"a2 OK [READ-WRITE] open\r\n",
        b"a3 NO [TRYCREATE]\r\n",
        b"a4 BAD\r\n",
        b"+ go\r\n",
        b"+\r\n",
        b"* 3 EXISTS\r\n",
        b"* 2 EXPUNGE\r\n",
        b"* SEARCH 1 2\r\n",
        b"* LIST () NIL {3}\r\n",
        b"* 1 FETCH (FLAGS (\\Seen) BODY[] {5}\r\n",
        b"* 1 FETCH (BODY[HEADER.FIELDS (A)]<0> NIL ENVELOPE (NIL NIL NIL",
        b"abc\r\n",
        b")\r\n",
        b"(((",
        b"\"{3}\r\n",
        b"* BYE\r\n",
        b"{99999}\r\n",
        b"* 1 FETCH (BODYSTRUCTURE ((\"a\" \"b\" NIL NIL NIL NIL 1)(",
        b" NIL",
        b"\r\n",
        b"\n",
        b"\0",
        b"\xff",
    ];
    prop_oneof![
        4 => prop::sample::select(likely).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ]
}

/// What a person might type.
const TYPED: &[&str] = &[
    "LOGIN student lab-secret",
    "LOGIN {1}\nx {1}\ny",
    "SELECT INBOX",
    "FETCH 1 BODY[]",
    "IDLE",
    "DONE",
    "AUTHENTICATE PLAIN",
    "*",
    "APPEND x",
    "Subject: x\n\ny\n",
    "APPEND x (\\Seen)\nA: b\n",
    "SEARCH TEXT \u{fc}",
    "LOGOUT",
];

/// What a client might send to a server.
fn asked() -> impl Strategy<Value = Vec<u8>> {
    let likely: &[&[u8]] = &[
        b"a LOGIN student lab-secret\r\n",
        b"a SELECT INBOX\r\n",
        b"a SELECT {5}\r\nINBOX\r\n",
        b"a FETCH 1:* (FULL)\r\n",
        b"a UID FETCH 1:* (BODY[1] BODYSTRUCTURE ENVELOPE BODY[]<1.9> BINARY[1])\r\n",
        b"a STORE 1:2 +FLAGS (\\Deleted)\r\n",
        b"a EXPUNGE\r\n",
        b"a APPEND INBOX {3+}\r\n",
        b"abc\r\n",
        b"a SEARCH OR TEXT x NOT (SEEN 1:3)\r\n",
        b"a SEARCH RETURN (SAVE) ALL\r\n",
        b"a MOVE $ Archive\r\n",
        b"a SORT (DATE) UTF-8 ALL\r\n",
        b"a IDLE\r\n",
        b"DONE\r\n",
        b"a AUTHENTICATE CRAM-MD5\r\n",
        b"*\r\n",
        b"a RENAME INBOX Old\r\n",
        b"a CLOSE\r\n",
        b"a LIST \"\" *\r\n",
        b"a UNAUTHENTICATE\r\n",
        b"a ENABLE IMAP4rev2\r\n",
        b"a X {3}\r\n",
        b"\"",
        b"(",
        b"{2+}\r\n",
        b"\r\n",
        b"\n",
        b"\0",
    ];
    prop_oneof![
        6 => prop::sample::select(likely).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ]
}

/// Plays; gives what came out, with neighbouring pieces of data joined.
fn run(chunks: &[Vec<u8>], picks: &[usize], single: bool) -> Vec<String> {
    let mut client = after(&[Step::Opens(Conn::MAIN)]);
    let now = Default::default();
    let mut out: Vec<String> = Vec::new();
    let (mut came, mut shown) = (0, 0);
    let mut data = false;
    let mut drain = |client: &mut Box<dyn Client>| {
        while let Some(output) = client.poll() {
            match &output {
                Output::Received { wire, .. } => {
                    assert!(wire.tiles(), "{wire:?}");
                    shown += wire.bytes.len();
                }
                Output::Sent { wire, .. } => assert!(wire.tiles(), "{wire:?}"),
                Output::Data { direction: Direction::Received, bytes, .. } => {
                    shown += bytes.len();
                    let text = bytes.escape_ascii().to_string();
                    match out.last_mut().filter(|_| data) {
                        Some(last) => last.push_str(&text),
                        None => out.push(text),
                    }
                    data = true;
                    continue;
                }
                _ => {}
            }
            data = false;
            out.push(format!("{output:?}"));
        }
        shown
    };
    for (at, chunk) in chunks.iter().enumerate() {
        came += chunk.len();
        let size = if single { 1 } else { chunk.len().max(1) };
        for piece in chunk.chunks(size) {
            let input = Input::Bytes { conn: Conn::MAIN, bytes: piece };
            client.handle(input, now).expect("what the server sends is never refused");
            drain(&mut client);
        }
        if let Some(pick) = picks.get(at) {
            drop(client.handle(Input::Command(TYPED[pick % TYPED.len()]), now));
            drain(&mut client);
        }
    }
    client.handle(Input::End { conn: Conn::MAIN }, now).expect("an end is never refused");
    assert_eq!(drain(&mut client), came, "octets lost");
    client.suggestion();
    client.facts();
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn the_client_survives_any_server(
        chunks in prop::collection::vec(said(), 0..24),
        picks in prop::collection::vec(0..100usize, 24),
    ) {
        prop_assert_eq!(run(&chunks, &picks, true), run(&chunks, &picks, false));
    }

    #[test]
    fn the_server_survives_any_client(chunks in prop::collection::vec(asked(), 0..24)) {
        let mut whole = bench(1);
        let mut slow = bench(1);
        for chunk in &chunks {
            let said = whole.ask(chunk);
            prop_assert_eq!(slow.ask_slowly(chunk), said);
            prop_assert_eq!(whole.input(Input::Time), slow.input(Input::Time));
        }
        whole.input(Input::End { conn: Conn::MAIN });
    }
}

//! No negotiation goes on for ever, whoever the other side is.

use proptest::prelude::*;

use super::*;
use crate::link::Link;
use crate::machine::{Input, Tick};
use crate::protocols::telnet::negotiation::{Options, Word};
use crate::session::Session;
use crate::testing::addr;
use crate::world::{EPOCH, World};

fn words() -> impl Strategy<Value = (Word, u8)> {
    let options = prop_oneof![
        4 => prop::sample::select(&[0u8, 1, 3, 5, 6, 24, 25, 31, 34, 39, 255][..]),
        1 => any::<u8>(),
    ];
    (prop::sample::select(&Word::ALL[..]), options)
}

/// A word, parameters, or text.
fn speech() -> impl Strategy<Value = Vec<u8>> {
    let parameters: &[&[u8]] = &[
        b"\xff\xfa\x18\x01\xff\xf0",
        b"\xff\xfa\x18\0XTERM\xff\xf0",
        b"\xff\xfa\x1f\0\x50\0\x18\xff\xf0",
        b"\xff\xfa\x22\x01\x03\xff\xf0",
        b"\xff\xfa\x22\x01\x07\xff\xf0",
        b"\xff\xfa\x22\x03\x03\x02\x03\xff\xf0",
        b"\xff\xfa\x22\xfd\x02\x01\xff\xf0",
        b"\xff\xfa\x05\x01\xff\xf0",
        b"\xff\xfa\x01\xff\xfb",
        b"text\r\n",
        b"\xff\xf6",
    ];
    prop_oneof![
        4 => words().prop_map(|(word, option)| vec![255, word.octet(), option]),
        2 => prop::sample::select(parameters).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..5),
    ]
}

fn open(client: &mut dyn Client) {
    let opened = Input::Opened { conn: Conn::MAIN, local: addr(1), peer: addr(2) };
    client.handle(opened, Tick::default()).expect("opening is no command");
}

fn hear(client: &mut dyn Client, bytes: &[u8]) -> Vec<u8> {
    let input = Input::Bytes { conn: Conn::MAIN, bytes };
    client.handle(input, Tick::default()).expect("bytes are never refused");
    let outputs: Vec<Output> = std::iter::from_fn(|| client.poll()).collect();
    crate::testing::sent(&outputs, Conn::MAIN)
}

fn requests(bytes: &[u8]) -> usize {
    bytes.windows(2).filter(|w| w[0] == 255 && (250..=254).contains(&w[1])).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A peer that answers whatever it is sent with something at random, for ever.
    #[test]
    fn a_peer_that_answers_at_random_cannot_keep_the_client_busy(
        speeches in prop::collection::vec(speech(), 1..30),
    ) {
        let mut client = client();
        open(&mut *client);
        let mut answers = 0;
        for speech in speeches.iter().cycle().take(3000) {
            answers += requests(&hear(&mut *client, speech));
        }
        prop_assert!(answers <= 600, "{answers} answers to a peer that never stops");
    }

    #[test]
    fn a_client_that_answers_at_random_cannot_keep_the_server_busy(
        speeches in prop::collection::vec(words(), 1..30),
    ) {
        let mut bench = bench();
        let mut answers = 0;
        for (word, option) in speeches.iter().cycle().take(3000) {
            answers += requests(&octets(&mut bench, &[255, word.octet(), *option]));
        }
        prop_assert!(answers <= 600, "{answers} answers to a client that never stops");
    }

    /// Two clients at the ends of one wire, each with wishes of its own.
    #[test]
    fn two_clients_come_to_rest(
        left in prop::collection::vec(words(), 0..12),
        right in prop::collection::vec(words(), 0..12),
    ) {
        let (mut a, mut b) = (client(), client());
        open(&mut *a);
        open(&mut *b);
        let wish = |client: &mut Box<dyn Client>, words: &[(Word, u8)]| {
            for (word, option) in words {
                let text = format!("IAC {} {option}", word.name());
                drop(client.handle(Input::Command(&text), Tick::default()));
            }
            let outputs: Vec<Output> = std::iter::from_fn(|| client.poll()).collect();
            crate::testing::sent(&outputs, Conn::MAIN)
        };
        let mut to_b = wish(&mut a, &left);
        let mut to_a = wish(&mut b, &right);
        let mut rounds = 0;
        while !(to_a.is_empty() && to_b.is_empty()) {
            rounds += 1;
            prop_assert!(rounds < 20, "they do not come to rest: {to_a:?} {to_b:?}");
            let (from_a, from_b) = (hear(&mut *a, &to_a), hear(&mut *b, &to_b));
            (to_a, to_b) = (from_b, from_a);
        }
    }

    /// After any exchange by the Q method both sides know the same of every option.
    #[test]
    fn both_sides_agree_in_the_end(
        left in prop::collection::vec(words(), 0..20),
        right in prop::collection::vec(words(), 0..20),
        refuses in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let (mut a, mut b) = (Options::default(), Options::default());
        let mut to_b: Vec<(Word, u8)> = Vec::new();
        let mut to_a: Vec<(Word, u8)> = Vec::new();
        for (options, words, out) in [(&mut a, &left, &mut to_b), (&mut b, &right, &mut to_a)] {
            for (word, option) in words {
                if options.wish(*word, *option) == super::super::negotiation::Wish::Ask {
                    out.push((*word, *option));
                }
            }
        }
        let mut words = 0;
        while !(to_a.is_empty() && to_b.is_empty()) {
            words += to_a.len() + to_b.len();
            prop_assert!(words <= 400, "no end");
            let (for_a, for_b) = (std::mem::take(&mut to_a), std::mem::take(&mut to_b));
            for (options, heard, out) in [(&mut a, for_a, &mut to_b), (&mut b, for_b, &mut to_a)] {
                for (word, option) in heard {
                    let agree = !refuses.contains(&option);
                    let (_, answer) = options.hear(word, option, agree);
                    out.extend(answer.map(|answer| (answer, option)));
                }
            }
        }
        for option in 0..=255u8 {
            prop_assert_eq!(a.us(option), b.them(option), "option {}", option);
            prop_assert_eq!(a.them(option), b.us(option), "option {}", option);
        }
    }

    /// Negotiation is the same wherever it is cut.
    #[test]
    fn any_speech_is_read_the_same_however_it_is_cut(
        speeches in prop::collection::vec(speech(), 0..8),
    ) {
        let whole = speeches.concat();
        let steps = opened(&[server(&whole), Step::Ends(Conn::MAIN)]);
        crate::testing::play(&client, &steps);
        let (mut at_once, mut slowly) = (bench(), bench());
        let said = |bench: &mut Bench, bytes: &[u8]| bench.octets(Input::Bytes { conn: Conn::MAIN, bytes });
        let bytewise: Vec<u8> = whole.iter().flat_map(|byte| said(&mut slowly, &[*byte])).collect();
        prop_assert_eq!(said(&mut at_once, &whole), bytewise);
    }
}

#[test]
fn client_and_practice_server_come_to_rest() {
    let protocol = &super::super::PROTOCOL;
    let mut session = Session::new(client());
    let mut link = Link::new((protocol.server)(&ServerConfig::practice(1)), 23);
    let (mut world, now) = (World::new(EPOCH), Tick::default());
    session.connect(crate::world::HOST, 23, now);
    for round in 0.. {
        assert!(round < 200, "no rest");
        while let Some(effect) = session.poll_effect() {
            link.effect(effect, now, &mut world);
        }
        match link.next_arrival(now, &mut world) {
            Some(arrival) => session.arrive(arrival, now),
            None => break,
        }
    }
    assert_eq!(session.client().state().id, "edit");
    assert_eq!(link.server().state().id, "edit");
}

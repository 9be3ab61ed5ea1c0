//! Content that the client sends in pieces, and content that waits for 100.

use core::time::Duration;

use super::{OPENS, client, server};
use crate::machine::{Client, Conn, Direction, Input, Output, Refused, Tick};
use crate::testing::{Step, addr, notes, play, refused, sent, state};

const CHUNKED: &str = "PUT /upload/x HTTP/1.1\nHost: h\nTransfer-Encoding: chunked";
const COUNTED: &str = "PUT /upload/x HTTP/1.1\nHost: h\nContent-Length: 5";
const TYPED: &str = "PUT /x HTTP/1.1\nHost: h\nExpect: 100-continue\nContent-Length: 3\n\nabc";
const EXPECTING: &str = "PUT /x HTTP/1.1\nHost: h\nExpect: 100-continue\nContent-Length: 3";

fn open(request: &str) -> Box<dyn Client> {
    let mut client = client();
    for input in [
        Input::Opened { conn: Conn::MAIN, local: addr(1), peer: addr(80) },
        Input::Command(request),
    ] {
        client.handle(input, Tick::default()).expect("nothing here is refused");
    }
    client
}

fn drain(client: &mut dyn Client) -> Vec<Output> {
    std::iter::from_fn(|| client.poll()).collect()
}

fn sent_after_head(client: &mut dyn Client) -> String {
    let bytes = sent(&drain(client), Conn::MAIN);
    let text = String::from_utf8(bytes).expect("ASCII");
    text.split_once("\r\n\r\n").expect("the header went out").1.into()
}

#[test]
fn pieces_become_chunks_with_their_framing_shown() {
    let mut client = open(CHUNKED);
    assert_eq!(client.state().id, "sending-body");
    let now = Tick::default();
    for piece in [&b"hello"[..], b"", b"0123456789abcdef"] {
        client.handle(Input::Content(piece), now).expect("content is legal here");
    }
    client.handle(Input::ContentEnd, now).expect("chunks may end anywhere");
    assert_eq!(client.state().id, "await-head");
    let outputs = drain(&mut *client);
    let data = outputs
        .iter()
        .filter(|output| matches!(output, Output::Data { direction: Direction::Sent, .. }));
    assert_eq!(data.count(), 2);
    let bytes = sent(&outputs, Conn::MAIN);
    assert!(bytes.ends_with(b"\r\n\r\n5\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n"));
}

#[test]
fn an_empty_upload_in_chunks_is_only_the_last_chunk() {
    let mut client = open(CHUNKED);
    client.handle(Input::ContentEnd, Tick::default()).expect("nothing is a content, too");
    assert_eq!(sent_after_head(&mut *client), "0\r\n\r\n");
    let mut client = open(CHUNKED);
    client.handle(Input::Command("typed\n"), Tick::default()).expect("content may be typed");
    assert_eq!(sent_after_head(&mut *client), "6\r\ntyped\n\r\n0\r\n\r\n");
}

#[test]
fn counted_content_must_have_the_octets_that_were_announced() {
    let steps = [OPENS, Step::Types(COUNTED)];
    for text in ["", "four", "sixsix"] {
        let why = refused(&client, &steps, text).to_string();
        assert!(why.contains("exactly the 5 octets"), "{why}");
    }
}

#[test]
fn counted_pieces_are_counted() {
    let mut client = open(COUNTED);
    let now = Tick::default();
    client.handle(Input::Content(b"abc"), now).expect("three of five");
    let more = client.handle(Input::Content(b"def"), now);
    assert!(matches!(more, Err(Refused::Malformed { .. })), "{more:?}");
    let early = client.handle(Input::ContentEnd, now);
    assert!(matches!(early, Err(Refused::Malformed { .. })), "{early:?}");
    client.handle(Input::Content(b"de"), now).expect("five of five");
    client.handle(Input::ContentEnd, now).expect("all is there");
    assert_eq!(sent_after_head(&mut *client), "abcde");
    assert_eq!(client.state().id, "await-head");
}

#[test]
fn content_belongs_to_a_request() {
    let mut client = client();
    let opened = Input::Opened { conn: Conn::MAIN, local: addr(1), peer: addr(80) };
    client.handle(opened, Tick::default()).expect("opening is never refused");
    let refused = client.handle(Input::Content(b"x"), Tick::default());
    assert!(matches!(refused, Err(Refused::Illegal(_))), "{refused:?}");
    assert_eq!(client.poll(), None);
}

/// Without `Connection: close` the server goes on reading the content (RFC 9110 section 10.1.1):
/// nginx takes the first octets of the next request for it.
#[test]
fn http_19_a_final_response_in_place_of_100_keeps_the_content_back() {
    for response in [
        &b"HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n"[..],
        b"HTTP/1.1 405 Not Allowed\r\nServer: nginx\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n",
        b"HTTP/1.1 413 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    ] {
        for typed in [EXPECTING, TYPED] {
            let outputs = play(&client, &[OPENS, Step::Types(typed), server(response)]);
            assert_eq!(state(&outputs), Some("closed"));
            assert!(sent(&outputs, Conn::MAIN).ends_with(b"\r\n\r\n"), "no content went out");
            assert!(notes(&outputs).contains("it is not sent"));
        }
    }
}

#[test]
fn content_typed_with_the_request_goes_out_at_100() {
    let outputs = play(
        &client,
        &[
            OPENS,
            Step::Types(TYPED),
            server(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Made\r\nContent-Length: 0\r\n\r\n"),
        ],
    );
    assert!(sent(&outputs, Conn::MAIN).ends_with(b"\r\n\r\nabc"));
    assert_eq!(state(&outputs), Some("idle"));
}

#[test]
fn the_client_does_not_wait_for_ever() {
    let mut client = open(TYPED);
    let outputs = drain(&mut *client);
    let wake = outputs.iter().find_map(|output| match output {
        Output::WakeAt(at) => Some(*at),
        _ => None,
    });
    let at = wake.expect("the client asks to be woken");
    client.handle(Input::Time, Tick(Duration::from_millis(1))).expect("time is never refused");
    assert_eq!((client.poll(), client.state().id), (None, "await-100"));
    client.handle(Input::Time, at).expect("time is never refused");
    let outputs = drain(&mut *client);
    assert_eq!(sent(&outputs, Conn::MAIN), b"abc");
    assert_eq!(client.state().id, "await-head");

    let mut open_ended = open(EXPECTING);
    open_ended.handle(Input::Command("abc"), Tick::default()).expect("sending unasked is legal");
    assert_eq!(open_ended.state().id, "await-head");
}

#[test]
fn a_server_that_answers_early_gets_no_more_and_the_connection_ends() {
    let mut client = open(CHUNKED);
    let now = Tick::default();
    client.handle(Input::Content(b"abc"), now).expect("content is legal here");
    let response = b"HTTP/1.1 507 Full\r\nContent-Length: 0\r\n\r\n";
    client.handle(Input::Bytes { conn: Conn::MAIN, bytes: response }, now).expect("bytes");
    assert_eq!(client.state().id, "closed");
    assert!(notes(&drain(&mut *client)).contains("before it had the whole content"));
}

//! Framing of responses.

use super::{ENDS, OPENS, ask, client, content, get, get_and_end, server};
use crate::machine::{Conn, Input, Output};
use crate::testing::{Step, notes, play, received, state};

#[test]
fn http_01_a_response_to_head_has_no_content() {
    let outputs = play(
        &client,
        &[
            OPENS,
            Step::Batch("HEAD /\nGET /a"),
            server(
                b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
            ),
        ],
    );
    assert_eq!(received(&outputs).len(), 2);
    assert_eq!((state(&outputs), content(&outputs)), (Some("idle"), vec![]));
}

#[test]
fn http_02_204_and_304_have_no_content_whatever_the_fields_say() {
    for bytes in [
        &b"HTTP/1.1 304 N\r\nContent-Length: 99\r\n\r\n"[..],
        b"HTTP/1.1 204 N\r\nTransfer-Encoding: chunked\r\n\r\n",
    ] {
        let outputs = get(bytes);
        assert_eq!((state(&outputs), content(&outputs)), (Some("idle"), vec![]));
    }
}

#[test]
fn http_03_interim_responses_come_before_the_final_one() {
    let outputs = get(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    let says: Vec<_> = received(&outputs).into_iter().map(|(_, says)| says).collect();
    assert_eq!(says.len(), 3, "{says:?}");
    assert!(says[0].starts_with("103") && says[1].starts_with("100"), "{says:?}");
    assert_eq!((state(&outputs), content(&outputs)), (Some("idle"), b"hi".to_vec()));
}

#[test]
fn http_04_chunks_with_extensions_leading_zeros_and_a_trailer() {
    let outputs = get(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=\"a;b\"\r\nhello\r\n0A\r\n0123456789\r\n000;y\r\nX-T: 1\r\n\r\n");
    assert_eq!(content(&outputs), b"hello0123456789");
    assert_eq!(state(&outputs), Some("idle"));
    let units = received(&outputs);
    assert_eq!(units[1].0, "5;x=\"a;b\"\r\n");
    assert_eq!(units[2].0, "\r\n0A\r\n");
    assert!(units[3].1.contains("15 octets in 2 chunks. Trailer fields: X-T"), "{units:?}");
    let extension = outputs.iter().find_map(|output| match output {
        Output::Received { wire, .. } => {
            let span = wire.spans.iter().find(|span| span.term.id == "CHUNK_EXTENSION")?;
            Some(wire.bytes[span.range()].to_vec())
        }
        _ => None,
    });
    assert_eq!(extension.as_deref(), Some(&b";x=\"a;b\""[..]));
}

#[test]
fn http_05_the_end_is_found_by_length_not_by_search() {
    let outputs = get(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n\r\n0\r\n\r\nab\r\n0\r\n\r\n",
    );
    assert_eq!((state(&outputs), content(&outputs)), (Some("idle"), b"\r\n0\r\n\r\nab".to_vec()));
}

#[test]
fn http_06_chunk_sizes_that_are_no_numbers() {
    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for size in ["0x2", "+1", "0_1", "-1", "", "1 2", "FFFFFFFFFFFFFFFFF", "2\nhi", "g"] {
        let bytes = [HEAD, size.as_bytes(), b"\r\nhi\r\n0\r\n\r\n"].concat().leak();
        let outputs = get(bytes);
        assert!(notes(&outputs).contains("The chunk size"), "{size:?}: {}", notes(&outputs));
        assert_eq!(state(&outputs), Some("closed"), "{size:?}");
    }
    let outputs = get(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0000000000000000000002 ;x\r\nhi\r\n0\r\n\r\n");
    assert_eq!((state(&outputs), content(&outputs)), (Some("idle"), b"hi".to_vec()));
}

#[test]
fn http_07_a_chunk_without_its_end_is_not_guessed_over() {
    let outputs = get(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhiXX0\r\n\r\n");
    assert!(notes(&outputs).contains("octet 58 came"), "{}", notes(&outputs));
    assert_eq!(state(&outputs), Some("closed"));
    assert_eq!(content(&outputs), b"hiXX0\r\n\r\n");
}

#[test]
fn http_08_a_response_cut_anywhere_is_named_and_shown() {
    let whole: &[u8] =
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a\r\nabc\r\n0\r\nT: 1\r\n\r\n";
    for end in 0..whole.len() {
        let bytes: &'static [u8] = whole[..end].to_vec().leak();
        let outputs = get_and_end(bytes);
        let notes = notes(&outputs);
        let named = if end == 0 { "without an answer" } else { "Truncated" };
        assert!(notes.contains(named), "cut at {end}: {notes}");
        assert_eq!(state(&outputs), Some("closed"));
    }
    let two = play(
        &client,
        &[
            OPENS,
            Step::Batch("GET /a\nGET /b"),
            server(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb"),
        ],
    );
    assert_eq!((state(&two), content(&two)), (Some("idle"), b"ab".to_vec()));
}

#[test]
fn http_09_two_lengths_are_smuggling() {
    let outputs = get(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
    assert_eq!((state(&outputs), content(&outputs)), (Some("closed"), b"hi".to_vec()));
    assert!(notes(&outputs).contains("smuggling"));
}

#[test]
fn http_10_content_length_is_digits_and_of_one_mind() {
    for bad in [
        &b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1e1\r\n\r\na",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\na",
        b"HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\na",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\na",
    ] {
        let outputs = get(bad);
        assert!(notes(&outputs).contains("Content-Length says"), "{bad:?}");
        assert_eq!(state(&outputs), Some("closed"));
    }
    let same = get(b"HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\nContent-Length: 1\r\n\r\na");
    assert_eq!((state(&same), content(&same)), (Some("idle"), b"a".to_vec()));
}

#[test]
fn http_11_transfer_codings() {
    let chunked = get(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\na\r\n0\r\n\r\n");
    assert_eq!((state(&chunked), content(&chunked)), (Some("idle"), b"a".to_vec()));
    let outer =
        get(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\na\r\n0\r\n\r\n");
    assert_eq!((state(&outer), content(&outer)), (Some("idle"), b"a".to_vec()));
    assert!(notes(&outer).contains("transfer coding gzip"));
    let close = get_and_end(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n1\r\na\r\n0\r\n\r\n",
    );
    assert_eq!(content(&close), b"1\r\na\r\n0\r\n\r\n");
    assert!(!notes(&close).contains("Truncated"));
    let parameter = get(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n");
    assert!(notes(&parameter).contains("cannot be framed"));
    assert_eq!(state(&parameter), Some("closed"));
}

#[test]
fn http_12_the_end_of_the_connection_is_the_end_of_the_content() {
    let outputs = get_and_end(b"HTTP/1.0 200 OK\r\n\r\nabc");
    assert_eq!((state(&outputs), content(&outputs)), (Some("closed"), b"abc".to_vec()));
    assert!(!notes(&outputs).contains("Truncated"));
    let mut broken = client();
    let (local, peer) = (crate::testing::addr(1), crate::testing::addr(2));
    for input in [
        Input::Opened { conn: Conn::MAIN, local, peer },
        Input::Command("GET /"),
        Input::Bytes { conn: Conn::MAIN, bytes: b"HTTP/1.0 200 OK\r\n\r\nabc" },
        Input::Reset { conn: Conn::MAIN, why: "reset by peer" },
    ] {
        broken.handle(input, Default::default()).expect("nothing here is refused");
    }
    let outputs: Vec<_> = std::iter::from_fn(|| broken.poll()).collect();
    assert!(notes(&outputs).contains("incomplete"), "{}", notes(&outputs));
    assert_eq!(broken.state().id, "closed");
}

#[test]
fn http_13_less_than_promised_is_incomplete() {
    let outputs = get_and_end(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    assert!(notes(&outputs).contains("3 of 10 octets have come"), "{}", notes(&outputs));
    assert_eq!(content(&outputs), b"abc");
}

#[test]
fn http_14_the_reason_may_be_empty() {
    let bare = get(b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(state(&bare), Some("idle"));
    assert!(notes(&bare).contains("space behind the status code is missing"));
    let spaced = get(b"HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n");
    assert_eq!((state(&spaced), notes(&spaced)), (Some("idle"), String::new()));
}

#[test]
fn http_15_status_lines_that_are_none() {
    for (bytes, offset) in [
        (&b"ICY 200 OK\r\n\r\nabc"[..], 0),
        (b"HTTP/2.0 200 OK\r\n\r\nabc", 5),
        (b"HTTP/1.1 20 OK\r\n\r\nabc", 11),
        (b"HTTP/1.1  200 OK\r\n\r\nabc", 9),
        (b"HTTP/1.1 2000 OK\r\n\r\nabc", 12),
        (b"<html>\n<h1>HTTP/0.9</h1>\n", 0),
    ] {
        let outputs = get(bytes);
        assert!(notes(&outputs).contains(&format!("octet {offset}:")), "{}", notes(&outputs));
        assert_eq!(state(&outputs), Some("closed"));
    }
}

#[test]
fn http_16_fields_that_break_the_grammar() {
    let folded = get(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: b\r\n c\r\n\r\n");
    assert_eq!(state(&folded), Some("idle"));
    assert!(notes(&folded).contains("continues the field"));
    for (bytes, word) in [
        (
            &b"HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n"[..],
            "space before the colon, at octet 31",
        ),
        (b"HTTP/1.1 200 OK\r\n A: b\r\nContent-Length: 0\r\n\r\n", "octet 17 is no header field"),
        (b"HTTP/1.1 200 OK\r\nA\r\nContent-Length: 0\r\n\r\n", "octet 17 is no header field"),
        (b"HTTP/1.1 200 OK\r\n: b\r\nContent-Length: 0\r\n\r\n", "octet 17 is no header field"),
    ] {
        let outputs = get(bytes);
        assert!(notes(&outputs).contains(word), "{}", notes(&outputs));
        assert_eq!(state(&outputs), Some("closed"), "it is not used again");
    }
    let mut fields = super::super::fields::Fields::default();
    super::super::fields::read(b"A: b\r\n", 0, &mut fields);
    super::super::fields::read(b" c\r\n", 6, &mut fields);
    assert_eq!(fields.get("a"), Some("b c"));
}

#[test]
fn http_17_bare_line_feeds_are_read_and_flagged() {
    let outputs = get(b"HTTP/1.1 200 OK\nContent-Length: 2\n\nhi");
    assert_eq!((state(&outputs), content(&outputs)), (Some("idle"), b"hi".to_vec()));
    assert!(notes(&outputs).contains("bare LF"));
}

#[test]
fn http_23_the_parts_of_a_multipart_response_are_listed() {
    let outputs = get(b"HTTP/1.1 206 Partial Content\r\nContent-Type: multipart/byteranges; boundary=\"X\"\r\nContent-Length: 86\r\n\r\n\r\n--X\r\nContent-Range: bytes 0-1/9\r\n\r\nab\r\n--X\r\nContent-range: bytes 4-4/9\r\n\r\ne\r\n--X--\r\n");
    assert!(notes(&outputs).contains("2 parts: bytes 0-1/9; bytes 4-4/9."), "{}", notes(&outputs));
    assert_eq!(state(&outputs), Some("idle"));
}

#[test]
fn http_24_coded_content_is_decoded_beside_the_octets() {
    let coded = super::super::coding::gzip(&[b'x'; 300]);
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        coded.len()
    );
    let bytes: &'static [u8] = [head.as_bytes(), &coded].concat().leak();
    let outputs = get(bytes);
    assert_eq!(content(&outputs), coded);
    assert!(notes(&outputs).contains(&format!("gzip: {} octets \u{2192} 300 octets", coded.len())));
    let damaged = get(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi");
    assert!(notes(&damaged).contains("cannot be undone"));
}

#[test]
fn http_25_the_queue_of_methods_frames_the_responses() {
    let outputs = play(
        &client,
        &[
            OPENS,
            Step::Batch("HEAD /\nGET /\nHEAD /"),
            server(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"),
        ],
    );
    assert_eq!((state(&outputs), content(&outputs)), (Some("idle"), b"abc".to_vec()));
}

#[test]
fn http_26_close_may_stand_anywhere_in_connection() {
    let outputs =
        get(b"HTTP/1.1 200 OK\r\nConnection: Keep-Alive, CLOSE\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(state(&outputs), Some("closed"));
    let kept = get(b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(state(&kept), Some("idle"));
    let old = get(b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(state(&old), Some("closed"));
}

#[test]
fn http_28_behind_101_another_protocol_speaks() {
    let upgrade = "GET /chat HTTP/1.1\nHost: h\nConnection: upgrade\nUpgrade: echo";
    let outputs = play(
        &client,
        &[
            OPENS,
            Step::Types(upgrade),
            server(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\nHTTP/1.1 no\r\n"),
            Step::Types("hello"),
            server(b"hello\r\n"),
            ENDS,
        ],
    );
    assert_eq!(content(&outputs), b"HTTP/1.1 no\r\nhello\r\n");
    assert!(crate::testing::sent(&outputs, Conn::MAIN).ends_with(b"\r\n\r\nhello\r\n"));
    assert_eq!(state(&outputs), Some("closed"));
    assert!(!notes(&outputs).contains("unasked"));
    let unasked = get(b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x00\x01");
    assert_eq!((state(&unasked), content(&unasked)), (Some("upgraded"), vec![0, 1]));
    assert!(notes(&unasked).contains("unasked"));
}

#[test]
fn a_tunnel_carries_everything_whatever_the_fields_say() {
    let outputs = ask(
        "CONNECT h.example:443",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\x16\x03\x01tls",
    );
    assert_eq!((state(&outputs), content(&outputs)), (Some("tunnel"), b"\x16\x03\x01tls".to_vec()));
    let refused = ask("CONNECT h.example:443", b"HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno");
    assert_eq!(state(&refused), Some("idle"));
}

#[test]
fn http_30_octets_that_nobody_asked_for_end_the_connection() {
    let outputs = get(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\n\r\n");
    assert!(notes(&outputs).contains("no request asked for"));
    assert_eq!(state(&outputs), Some("closed"));
    let greeting = play(&client, &[OPENS, server(b"220 ftp ready\r\n")]);
    assert!(notes(&greeting).contains("no request asked for"));
}

#[test]
fn unknown_codes_are_taken_by_their_class() {
    let odd = get(b"HTTP/1.1 299 Odd\r\nContent-Length: 0\r\n\r\n");
    assert!(received(&odd)[0].1.contains("taken as 200"));
    let invalid = get(b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n");
    assert!(notes(&invalid).contains("999 is no status code"));
    assert_eq!(state(&invalid), Some("idle"));
}

#[test]
fn a_server_that_closes_leaves_the_rest_of_the_pipeline_unanswered() {
    let outputs = play(
        &client,
        &[
            OPENS,
            Step::Batch("GET /a\nGET /b\nGET /c"),
            server(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\na"),
            ENDS,
        ],
    );
    assert!(notes(&outputs).contains("2 requests of the pipeline"), "{}", notes(&outputs));
    assert_eq!(state(&outputs), Some("closed"));
}

#[test]
fn an_idle_connection_may_be_ended_by_the_server() {
    let outputs = get_and_end(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    assert!(notes(&outputs).contains("while it was idle"));
    assert_eq!(state(&outputs), Some("closed"));
}

#[test]
fn every_octet_of_a_header_has_its_meaning() {
    let outputs = get(b"HTTP/1.1 404 Not Found\r\ncontent-type:text/html \r\nX-Odd: 1\r\nContent-Length: 0\r\n\r\n");
    let wire = outputs.iter().find_map(|output| match output {
        Output::Received { wire, .. } => Some(wire),
        _ => None,
    });
    let wire = wire.expect("a header came");
    let spans: Vec<_> = wire
        .spans
        .iter()
        .map(|span| (span.term.id, String::from_utf8_lossy(&wire.bytes[span.range()])))
        .filter(|(id, _)| *id != "CRLF")
        .map(|(id, text)| format!("{id}={text}"))
        .collect();
    assert_eq!(
        spans.join("|"),
        "VERSION=HTTP/1.1|SEPARATOR= |STATUS_CODE=404|SEPARATOR= |REASON=Not Found|CONTENT_TYPE=content-type|COLON=:|VALUE=text/html|OWS= |FIELD=X-Odd|COLON=:|OWS= |VALUE=1|CONTENT_LENGTH=Content-Length|COLON=:|OWS= |VALUE=0|HEADER_END=\r\n"
    );
    let code = wire.span_at(9).expect("the code has a span");
    assert_eq!(code.note.as_deref(), Some("There is nothing at this target."));
    assert_eq!(wire.outcome, Some(crate::explain::Outcome::Transient));
}

#[test]
fn real_servers_differ_in_their_headers() {
    let merged = get(b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-12/1371\r\nContent-Length: 13\r\nServer: lighttpd/1.4.69\r\n\r\n0123456789012");
    assert_eq!(state(&merged), Some("idle"));
    let simple = get_and_end(b"HTTP/1.0 200 OK\r\nServer: SimpleHTTP/0.6 Python/3.11.2\r\nContent-type: text/plain\r\nContent-Length: 2\r\n\r\nhi");
    assert_eq!((state(&simple), content(&simple)), (Some("closed"), b"hi".to_vec()));
    assert!(received(&simple)[0].1.contains("2 octets of text/plain follow"));
}

//! Nothing that a server sends can fill the memory.

use super::{content, get};
use crate::machine::Output;
use crate::testing::{notes, state};

/// Fed in large pieces: every cut of 64 KiB would take minutes.
fn fed(bytes: &[u8]) -> Vec<Output> {
    use crate::machine::{Conn, Input};
    let mut client = super::client();
    let (local, peer) = (crate::testing::addr(1), crate::testing::addr(2));
    let opened = Input::Opened { conn: Conn::MAIN, local, peer };
    client.handle(opened, Default::default()).expect("opening is never refused");
    client.handle(Input::Command("GET /"), Default::default()).expect("GET is legal");
    for piece in bytes.chunks(1000) {
        let input = Input::Bytes { conn: Conn::MAIN, bytes: piece };
        client.handle(input, Default::default()).expect("bytes are never refused");
    }
    std::iter::from_fn(|| client.poll()).collect()
}

fn octets_shown(outputs: &[Output]) -> usize {
    let heads = outputs.iter().map(|output| match output {
        Output::Received { wire, .. } => wire.bytes.len(),
        _ => 0,
    });
    heads.sum::<usize>() + content(outputs).len()
}

#[test]
fn headers_without_end_are_cut_and_shown() {
    let mut line = b"HTTP/1.1 200 OK\r\nA: ".to_vec();
    line.resize(100_000, b'x');
    let mut fields = b"HTTP/1.1 200 OK\r\n".to_vec();
    for n in 0..300 {
        fields.extend(format!("F{n}: x\r\n").into_bytes());
    }
    for (bytes, word) in [(line, "64 KiB"), (fields, "200 fields"), (vec![b'x'; 70_000], "64 KiB")]
    {
        let outputs = fed(&bytes);
        assert!(notes(&outputs).contains(word), "{}", notes(&outputs));
        assert_eq!(state(&outputs), Some("closed"));
        assert_eq!(octets_shown(&outputs), bytes.len());
    }
}

#[test]
fn chunk_lines_and_trailers_without_end_are_cut_and_shown() {
    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut size = [HEAD, b"5;"].concat();
    size.resize(10_000, b'x');
    let mut trailer = [HEAD, b"0\r\n"].concat();
    for n in 0..300 {
        trailer.extend(format!("F{n}: x\r\n").into_bytes());
    }
    for bytes in [size, trailer] {
        let outputs = fed(&bytes);
        assert!(notes(&outputs).contains("longer than the lab reads"), "{}", notes(&outputs));
        assert_eq!(octets_shown(&outputs), bytes.len());
    }
}

#[test]
fn a_trailer_does_not_frame_or_log_in() {
    let outputs =
        get(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 9\r\n\r\n");
    assert!(notes(&outputs).contains("must not stand in a trailer"));
    assert_eq!(state(&outputs), Some("idle"));
}

#[test]
fn large_coded_content_is_not_kept() {
    let mut bytes =
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1100000\r\n\r\n".to_vec();
    bytes.resize(bytes.len() + 1_100_000, 0);
    let outputs = fed(&bytes);
    assert!(notes(&outputs).contains("not decoded here"), "{}", notes(&outputs));
    assert_eq!(state(&outputs), Some("idle"));
    assert_eq!(octets_shown(&outputs), bytes.len());
}

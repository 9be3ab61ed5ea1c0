//! The practice server's rules for data connections and transfers.

use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use core::time::Duration;

use super::DATA;
use super::visitor::*;
use crate::machine::{Conn, Input, Output, PIECE, Tick};
use crate::testing::addr;
use crate::world::files::Content;

#[test]
fn ftp_12_text_has_crlf_on_the_wire_and_size_counts_it() {
    let mut bench = inside();
    let now = crate::world::Date(0);
    let content = Content::Bytes(b"a\nb".as_slice().into());
    bench.world.files.write("/unix", content, now).expect("there is room");
    assert_eq!(bench.ask(b"SIZE unix\r\n"), "213 3\r\n");
    assert_eq!(fetch(&mut bench, "RETR unix").1, b"a\nb");
    bench.ask(b"TYPE A\r\n");
    assert_eq!(bench.ask(b"SIZE unix\r\n"), "213 4\r\n");
    assert_eq!(fetch(&mut bench, "RETR unix").1, b"a\r\nb");
    assert!(bench.ask(b"SIZE pub/huge.bin\r\n").starts_with("550 Too large"));
    assert!(store(&mut bench, "STOR up", b"x\r\ny\rz").starts_with("226 6 octets"));
    assert_eq!(stored(&bench, "/up").as_deref(), Some(&b"x\ny\rz"[..]));
}

#[test]
fn ftp_13_images_pass_octet_for_octet() {
    let mut bench = inside();
    let all: Vec<u8> = (0..=255).chain(*b"\r\n\0\xff").collect();
    assert!(store(&mut bench, "STOR all", &all).starts_with("226 260 octets"));
    assert_eq!(stored(&bench, "/all").as_deref(), Some(all.as_slice()));
    let (reply, came) = fetch(&mut bench, "RETR all");
    assert_eq!(came, all);
    assert_eq!(reply, "150 Sending /all as octets (260 bytes).\r\n226 That was all.\r\n");
}

#[test]
fn ftp_15_rest_counts_for_the_next_command_only() {
    let mut bench = inside();
    let conn = data_connection(&mut bench);
    assert!(bench.ask(b"REST 7\r\n").starts_with("350"));
    assert!(bench.ask(b"RETR hello.txt\r\n").starts_with("150"));
    assert_eq!(data(&bench, conn), b"world!\r\n");
    let conn = data_connection(&mut bench);
    bench.ask(b"REST 7\r\nNOOP\r\nRETR hello.txt\r\n");
    assert_eq!(data(&bench, conn), b"Hello, world!\r\n");
    data_connection(&mut bench);
    assert!(bench.ask(b"REST 16\r\nRETR hello.txt\r\n").contains("\r\n554 "));
    assert!(bench.ask(b"TYPE A\r\nREST 5\r\n").contains("\r\n501 "));
    assert!(bench.ask(b"REST 0\r\n").starts_with("350"));
    bench.ask(b"TYPE I\r\n");
    let conn = data_connection(&mut bench);
    bench.ask(b"REST 7\r\nSTOR hello.txt\r\n");
    bench.input(Input::Bytes { conn, bytes: b"lab!" });
    bench.input(Input::End { conn });
    assert_eq!(stored(&bench, "/hello.txt").as_deref(), Some(&b"Hello, lab!"[..]));
}

#[test]
fn ftp_25_only_the_client_itself_may_connect() {
    let stranger = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2)), 50_000);
    let mut bench = inside();
    bench.ask(b"PASV\r\n");
    let conn = asked(&bench);
    bench.input(Input::Listening { conn, addr: addr(5001) });
    bench.input(Input::Opened { conn, local: addr(5001), peer: stranger });
    assert!(bench.outputs.contains(&Output::Abort { conn }));
    assert!(bench.ask(b"RETR hello.txt\r\n").starts_with("425"));
    assert_eq!(data(&bench, conn), b"");

    bench.ask(b"PASV\r\n");
    let conn = asked(&bench);
    bench.input(Input::Listening { conn, addr: addr(5001) });
    assert!(bench.ask(b"RETR hello.txt\r\n").starts_with("150"), "the client connects later");
    let reply = bench.input(Input::Opened { conn, local: addr(5001), peer: stranger });
    assert!(reply.starts_with("425 Somebody else"));
    assert_eq!(data(&bench, conn), b"");
}

#[test]
fn the_client_may_connect_after_150_but_not_for_ever() {
    let mut bench = inside();
    bench.ask(b"EPSV\r\n");
    let conn = asked(&bench);
    let reply = bench.input(Input::Listening { conn, addr: addr(5001) });
    assert_eq!(reply, "229 Entering Extended Passive Mode (|||5001|)\r\n");
    assert!(bench.ask(b"RETR hello.txt\r\n").starts_with("150"));
    let reply = bench.input(Input::Opened { conn, local: addr(5001), peer: addr(50_000) });
    assert_eq!(reply, "226 That was all.\r\n");
    assert_eq!(data(&bench, conn), b"Hello, world!\r\n");

    bench.ask(b"EPSV\r\n");
    let conn = asked(&bench);
    bench.input(Input::Listening { conn, addr: addr(5001) });
    bench.ask(b"RETR hello.txt\r\n");
    let minute = Tick(Duration::from_secs(60));
    assert!(bench.outputs.contains(&Output::WakeAt(minute)));
    bench.server.handle(Input::Time, minute, &mut bench.world);
    let mut late = Vec::new();
    while let Some(output) = bench.server.poll() {
        late.push(output);
    }
    assert!(late.contains(&Output::Abort { conn }));
    assert!(late.iter().any(
        |output| matches!(output, Output::Sent { wire, .. } if wire.bytes.starts_with(b"425"))
    ));
}

/// What lynx sends for a folder: it tries RETR first, and LIST over the same connection.
#[test]
fn a_refused_transfer_leaves_the_data_connection_for_the_next() {
    let mut bench = inside();
    let conn = data_connection(&mut bench);
    assert_eq!(bench.ask(b"RETR /\r\n"), "550 Is a directory.\r\n");
    bench.ask(b"CWD /empty\r\n");
    assert_eq!(bench.ask(b"LIST\r\n"), "150 Here comes the listing.\r\n226 That was all.\r\n");
    assert!(bench.outputs.contains(&Output::Finish { conn }));

    bench.ask(b"PORT 127,0,0,1,4,1\r\n");
    assert_eq!(bench.ask(b"RETR nothing\r\n"), "550 No such file or directory.\r\n");
    assert_eq!(bench.ask(b"NLST\r\n"), "150 Here comes the listing.\r\n");

    let mut bench = inside();
    let conn = data_connection(&mut bench);
    bench.ask(b"RETR nothing\r\n");
    bench.input(Input::Reset { conn, why: "closed" });
    assert_eq!(bench.ask(b"LIST\r\n"), "425 Use PASV or EPSV first.\r\n");
}

#[test]
fn stou_and_appe_keep_what_is_there() {
    let mut bench = inside();
    bench.ask(b"CWD upload\r\n");
    let conn = data_connection(&mut bench);
    assert_eq!(bench.ask(b"STOU\r\n"), "150 FILE: /upload/unique-1\r\n");
    bench.input(Input::Bytes { conn, bytes: b"one" });
    bench.input(Input::End { conn });
    store(&mut bench, "STOU", b"two");
    store(&mut bench, "APPE unique-1", b" more");
    assert_eq!(stored(&bench, "/upload/unique-1").as_deref(), Some(&b"one more"[..]));
    assert_eq!(stored(&bench, "/upload/unique-2").as_deref(), Some(&b"two"[..]));
    store(&mut bench, "STOU readme.txt", b"three");
    assert_eq!(stored(&bench, "/upload/unique-3").as_deref(), Some(&b"three"[..]));
    assert!(store(&mut bench, "STOR /nowhere/x", b"").starts_with("553"));
    assert!(store(&mut bench, "STOR /pub", b"").starts_with("553"));
}

#[test]
fn a_gibibyte_streams_in_pieces() {
    let mut bench = inside();
    data_connection(&mut bench);
    let (server, world) = (&mut bench.server, &mut bench.world);
    let ask = Input::Bytes { conn: Conn::MAIN, bytes: b"RETR pub/huge.bin\r\n" };
    server.handle(ask, Tick::default(), world);
    while server.poll().is_some() {}
    let expected = Content::Pattern(1 << 30);
    let mut at = 0;
    for _ in 0..50 {
        let piece = server.pull(DATA).expect("there is more");
        assert!(piece.len() <= PIECE && piece == expected.read(at, piece.len()));
        at += piece.len() as u64;
    }
    assert!(server.poll().is_none(), "no reply before the end");
    let mut bench = inside();
    let conn = data_connection(&mut bench);
    let reply = bench.ask(b"REST 1073700000\r\nRETR pub/huge.bin\r\n");
    assert!(reply.ends_with("(41824 bytes).\r\n226 That was all.\r\n"), "{reply}");
    assert_eq!(data(&bench, conn), expected.read(1_073_700_000, usize::MAX >> 1));
    assert!(bench.outputs.contains(&Output::Finish { conn }));
}

#[test]
fn uploads_have_limits() {
    let mut bench = inside();
    let conn = data_connection(&mut bench);
    bench.ask(b"STOR big\r\n");
    let mebibyte = vec![0; 1 << 20];
    for _ in 0..64 {
        assert_eq!(bench.input(Input::Bytes { conn, bytes: &mebibyte }), "");
    }
    let reply = bench.input(Input::Bytes { conn, bytes: b"x" });
    assert_eq!(reply, "552 A file may have 64 MiB; nothing was stored.\r\n");
    assert!(bench.outputs.contains(&Output::Abort { conn }));
    assert_eq!(bench.input(Input::Bytes { conn, bytes: b"more" }), "");

    let shared = Content::Bytes(vec![0; 60 << 20].into());
    for n in 0..4 {
        let now = crate::world::Date(0);
        bench.world.files.write(&format!("/full-{n}"), shared.clone(), now).expect("it fits");
    }
    assert!(store(&mut bench, "STOR a", &mebibyte).starts_with("226"));
    assert!(store(&mut bench, "STOR b", &vec![0; 16 << 20]).starts_with("552 All files"));
    assert_eq!(stored(&bench, "/b"), None);
}

#[test]
fn a_transfer_can_be_broken_off_and_asked_about() {
    let mut bench = inside();
    let conn = data_connection(&mut bench);
    bench.ask(b"STOR x\r\n");
    bench.input(Input::Bytes { conn, bytes: b"part" });
    assert_eq!(bench.ask(b"STAT\r\n"), "211 4 octets of /x have come.\r\n");
    assert!(bench.ask(b"NOOP\r\n").starts_with("200"));
    assert_eq!(bench.ask(b"PWD\r\n"), "", "it waits for the transfer");
    let reply = bench.ask(b"ABOR\r\n");
    assert_eq!(reply, "", "a command that waits holds back those behind it");
    let reply = bench.input(Input::End { conn });
    let codes: Vec<&str> = reply.lines().map(|line| &line[..3]).collect();
    assert_eq!(codes, ["226", "257", "225"]);

    let conn = data_connection(&mut bench);
    bench.ask(b"STOR y\r\n");
    bench.input(Input::Bytes { conn, bytes: b"part" });
    let reply = bench.ask(b"\xff\xf4\xff\xf2ABOR\r\n");
    assert_eq!(reply, "426 The transfer is broken off.\r\n226 ABOR is done.\r\n");
    assert!(bench.outputs.contains(&Output::Abort { conn }));
    assert_eq!(stored(&bench, "/y"), None);
    assert!(bench.ask(b"PWD\r\n").starts_with("257"));
}

#[test]
fn quit_lets_a_transfer_finish() {
    let mut bench = inside();
    let conn = data_connection(&mut bench);
    bench.ask(b"STOR x\r\n");
    assert_eq!(bench.ask(b"QUIT\r\nPWD\r\n"), "");
    bench.input(Input::Bytes { conn, bytes: b"all" });
    let reply = bench.input(Input::End { conn });
    let codes: Vec<&str> = reply.lines().map(|line| &line[..3]).collect();
    assert_eq!(codes, ["226", "221"]);
    assert_eq!(bench.server.state().id, "closed");
    assert_eq!(stored(&bench, "/x").as_deref(), Some(&b"all"[..]));
}

#[test]
fn commands_sent_ahead_are_obeyed_in_order() {
    let mut bench = inside();
    let ahead = b"PASV\r\nRETR hello.txt\r\nDELE hello.txt\r\nPWD\r\n";
    assert_eq!(bench.ask(ahead), "", "PASV waits for its address");
    let conn = asked(&bench);
    let reply = bench.input(Input::Listening { conn, addr: addr(5001) });
    assert_eq!(reply.lines().count(), 2, "227 and 150: {reply}");
    let done = bench.input(Input::Opened { conn, local: addr(5001), peer: addr(50_000) });
    assert!(done.starts_with("226"), "{done}");
    assert_eq!(data(&bench, conn), b"Hello, world!\r\n");
    assert!(matches!(bench.outputs.last(), Some(Output::WakeAt(_))));
    let rest = bench.input(Input::Time);
    let codes: Vec<&str> = rest.lines().map(|line| &line[..3]).collect();
    assert_eq!(codes, ["250", "257"]);
    let conn = data_connection(&mut bench);
    bench.ask(b"STOR x\r\n");
    let flood = b"PWD\r\n".repeat(20_000);
    assert!(bench.ask(&flood).starts_with("421"));
    assert!(bench.outputs.contains(&Output::Finish { conn: Conn::MAIN }));
    assert_eq!(bench.input(Input::End { conn }), "");
}

#[test]
fn a_broken_data_connection_stores_nothing() {
    let mut bench = inside();
    let conn = data_connection(&mut bench);
    bench.ask(b"STOR x\r\n");
    bench.input(Input::Bytes { conn, bytes: b"part" });
    assert!(bench.input(Input::Reset { conn, why: "gone" }).starts_with("426"));
    assert_eq!(stored(&bench, "/x"), None);
    let conn = data_connection(&mut bench);
    bench.input(Input::Reset { conn, why: "gone" });
    assert!(bench.ask(b"RETR hello.txt\r\n").starts_with("425"));
    let conn = data_connection(&mut bench);
    bench.input(Input::Bytes { conn, bytes: b"ear" });
    bench.input(Input::Bytes { conn, bytes: b"ly" });
    bench.input(Input::End { conn });
    assert!(bench.ask(b"STOR early\r\n").contains("226 5 octets"));
    assert_eq!(stored(&bench, "/early").as_deref(), Some(&b"early"[..]));
}

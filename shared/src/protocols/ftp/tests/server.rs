//! The practice server's rules for commands, names and listings.

use core::net::{IpAddr, Ipv6Addr, SocketAddr};

use super::DATA;
use super::visitor::*;
use crate::machine::{Conn, Input, Output, Tick};
use crate::testing::addr;
use crate::world::World;

#[test]
fn the_server_keeps_the_states() {
    let mut bench = bench();
    for (ask, answer) in [
        ("PWD", "530"),
        ("RETR readme.txt", "530"),
        ("PASS x", "503"),
        ("XYZZY", "500"),
        ("(content)", "500"),
        ("NOOP", "200"),
        ("STAT", "211"),
        ("STAT readme.txt", "530"),
        ("SYST", "215 UNIX Type: L8"),
        ("HOST other.lab", "504"),
        ("HOST PRACTICE.LAB", "220"),
        ("AUTH TLS", "502"),
        ("PBSZ 0", "503"),
        ("USER student", "331"),
        ("PASS wrong", "530"),
        ("PASS lab-secret", "503"),
        ("user student", "331"),
        ("pass lab-secret", "230"),
        ("PASS again", "503"),
        ("HOST practice.lab", "503"),
        ("ACCT a", "202"),
        ("SMNT /", "502"),
        ("ALLO 10", "202"),
        ("STRU F", "200"),
        ("STRU R", "504"),
        ("MODE S", "200"),
        ("MODE C", "504"),
        ("MODE X", "501"),
        ("TYPE A N", "200"),
        ("TYPE L 8", "200"),
        ("TYPE L 36", "504"),
        ("TYPE E", "504"),
        ("TYPE X", "501"),
        ("TYPE", "501"),
        ("LANG de", "504"),
        ("LANG", "200"),
        ("SITE CHMOD 644 f", "504"),
        ("FEAT x", "501"),
        ("OPTS FEAT x", "501"),
        ("OPTS UTF8 ON", "200"),
        ("HELP retr", "214 The form is: RETR path"),
        ("RETR readme.txt", "425"),
        ("RNTO b", "503"),
        ("ABOR", "225"),
        ("XPWD", "257 \"/\""),
        ("XCWD pub", "250"),
        ("XCUP", "250"),
        ("REIN", "220"),
        ("PWD", "530"),
        ("QUIT", "221"),
    ] {
        let reply = bench.ask(format!("{ask}\r\n").as_bytes());
        assert!(reply.starts_with(answer), "{ask}: {reply}");
    }
    assert_eq!(bench.server.state().id, "closed");
    assert_eq!(bench.ask(b"NOOP\r\n"), "");
}

#[test]
fn the_server_answers_the_same_however_its_input_is_cut() {
    let script = b"FEAT\r\nHELP\r\nUSER student\r\nPASS lab-secret\r\nSTAT\r\nSTAT pub\r\nMLST\r\nSIZE readme.txt\r\nMKD x\r\nRNFR x\r\nRNTO y\r\nRMD y\r\nABOR\r\nQUIT\r\n";
    let whole = bench().ask(script);
    assert_eq!(whole, bench().ask_slowly(script));
    assert!(
        whole
            .ends_with("225 There is nothing to break off.\r\n221 practice.lab says good bye.\r\n")
    );
}

#[test]
fn ftp_11_telnet_commands_are_not_part_of_the_line() {
    let mut bench = inside();
    assert!(bench.ask(b"\xff\xf4\xff\xf2ABOR\r\n").starts_with("225"));
    assert!(bench.ask_slowly(b"\xff\xf4\xff\xf2ABOR\r\nNOOP\r\n").contains("\r\n200"));
}

#[test]
fn ftp_16_and_18_renaming_and_names_with_spaces() {
    let mut bench = inside();
    assert!(bench.ask(b"RNTO b\r\n").starts_with("503"));
    assert!(bench.ask(b"RNFR hello.txt\r\nNOOP\r\nRNTO b\r\n").contains("\r\n503 "));
    assert!(bench.ask(b"RNFR hello.txt\r\nRNTO nowhere/b\r\n").contains("\r\n553 "));
    assert!(bench.ask(b"RNFR hello.txt\r\nRNTO   b \r\n").contains("\r\n250 "));
    assert!(stored(&bench, "/  b ").is_some());
    assert!(store(&mut bench, "STOR   two.txt", b"x").starts_with("226"));
    assert!(stored(&bench, "/  two.txt").is_some());
}

#[test]
fn active_mode_goes_to_the_client_only() {
    let mut bench = inside();
    for (ask, answer) in [
        ("PORT 127,0,0,1,200,1", "200"),
        ("PORT 127,0,0,2,200,1", "504"),
        ("PORT 127,0,0,1,0,25", "504"),
        ("PORT 127,0,0,1,256,1", "501"),
        ("PORT 127,0,0,1,200", "501"),
        ("EPRT |1|127.0.0.1|6275|", "200"),
        ("EPRT !1!127.0.0.1!6275!", "200"),
        ("EPRT |1|127.0.0.9|6275|", "504"),
        ("EPRT |2|::1|6275|", "522"),
        ("EPRT |7|x|6275|", "522"),
        ("EPRT |1|127.0.0.1|", "501"),
        ("EPRT", "501"),
        ("PORT 127,0,0,1,200,1", "200"),
    ] {
        let reply = bench.ask(format!("{ask}\r\n").as_bytes());
        assert!(reply.starts_with(answer), "{ask}: {reply}");
    }
    assert!(bench.ask(b"RETR hello.txt\r\n").starts_with("150"));
    let conn = asked(&bench);
    let (host, port) = ("127.0.0.1".to_owned(), 51_201);
    assert!(bench.outputs.contains(&Output::Connect { conn, host, port }));
    bench.input(Input::Opened { conn, local: addr(20), peer: addr(51_201) });
    assert_eq!(data(&bench, conn), b"Hello, world!\r\n");

    bench.ask(b"PORT 127,0,0,1,200,1\r\nRETR hello.txt\r\n");
    let conn = asked(&bench);
    assert!(bench.input(Input::Failed { conn, why: "refused" }).starts_with("425"));
    bench.ask(b"EPSV ALL\r\n");
    assert!(bench.ask(b"PORT 127,0,0,1,200,1\r\nPASV\r\n").matches("503").count() == 2);
}

#[test]
fn ipv6_has_only_epsv() {
    let v6 = |port| SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port);
    let (mut server, mut world) = (machine(), World::new(0));
    let mut tell = |input: Input<'_>| {
        server.handle(input, Tick::default(), &mut world);
        let mut text = String::new();
        while let Some(output) = server.poll() {
            if let Output::Sent { wire, .. } = output {
                text.push_str(&String::from_utf8_lossy(&wire.bytes));
            }
        }
        text
    };
    tell(Input::Opened { conn: Conn::MAIN, local: v6(21), peer: v6(40_000) });
    let mut ask = |bytes: &[u8]| tell(Input::Bytes { conn: Conn::MAIN, bytes });
    ask(b"USER student\r\nPASS lab-secret\r\n");
    assert!(ask(b"PASV\r\n").starts_with("425"));
    assert!(ask(b"EPSV 1\r\n").starts_with("522"));
    assert_eq!(ask(b"EPSV 2\r\n"), "");
    let reply = tell(Input::Listening { conn: DATA, addr: v6(5001) });
    assert_eq!(reply, "229 Entering Extended Passive Mode (|||5001|)\r\n");
}

#[test]
fn listings_have_the_form_of_ls_and_names_can_be_fetched() {
    let mut bench = inside();
    let (_, list) = fetch(&mut bench, "LIST");
    let list = String::from_utf8(list).expect("names are UTF-8");
    assert!(list.contains("-rw-r--r--  1 lab lab         15 Dec 16 09:00 hello.txt\r\n"), "{list}");
    assert!(list.contains("drwxr-xr-x  2 lab lab          0 Dec 26 09:00 pub\r\n"), "{list}");
    assert!(!list.contains(".hidden"));
    let (_, all) = fetch(&mut bench, "LIST -la /");
    assert!(String::from_utf8_lossy(&all).contains(".hidden"));
    assert_eq!(fetch(&mut bench, "NLST deep/a/b").1, b"deep/a/b/c.txt\r\n");
    assert_eq!(fetch(&mut bench, "RETR deep/a/b/c.txt").1, b"You found the deepest file.\r\n");
    assert_eq!(fetch(&mut bench, "NLST empty"), {
        ("150 Here comes the listing.\r\n226 That was all.\r\n".into(), Vec::new())
    });
    assert!(fetch(&mut bench, "NLST nothing").0.starts_with("450"));
    assert!(fetch(&mut bench, "MLSD hello.txt").0.starts_with("501"));
    assert!(fetch(&mut bench, "MLSD nothing").0.starts_with("550"));
    let (_, facts) = fetch(&mut bench, "MLSD deep/a");
    assert_eq!(facts, b"type=dir;modify=20251216090000;perm=cdeflmp; b\r\n");
    bench.ask(b"OPTS MLST size;UNKNOWN;Type;\r\n");
    assert!(bench.ask(b"FEAT\r\n").contains(" MLST type*;size*;modify;perm;\r\n"));
    assert_eq!(
        bench.ask(b"MLST hello.txt\r\n"),
        "250-Facts:\r\n type=file;size=15; /hello.txt\r\n250 End\r\n"
    );
    assert!(bench.ask(b"MFMT 20200229000000 hello.txt\r\n").starts_with("213 Modify="));
    assert!(bench.ask(b"MDTM hello.txt\r\n").starts_with("213 20200229000000"));
    assert!(bench.ask(b"MFMT 20210229000000 hello.txt\r\n").starts_with("501"));
    let old = fetch(&mut bench, "LIST hello.txt").1;
    assert_eq!(old, b"-rw-r--r--  1 lab lab         15 Feb 29  2020 hello.txt\r\n");
}

/// What `mget *.txt` sends in tnftp, inetutils-ftp and ncftp.
#[test]
fn lists_take_patterns_in_the_last_part_of_a_path() {
    let mut bench = inside();
    let names = fetch(&mut bench, "NLST *e*.txt").1;
    assert_eq!(names, b"empty.txt\r\nhello.txt\r\nnoeol.txt\r\nreadme.txt\r\n");
    assert_eq!(fetch(&mut bench, "NLST /deep/a/b/?.txt").1, b"/deep/a/b/c.txt\r\n");
    assert_eq!(fetch(&mut bench, "NLST .h*").1, b".hidden\r\n");
    let line = b"-rw-r--r--  1 lab lab         15 Dec 16 09:00 hello.txt\r\n";
    assert_eq!(fetch(&mut bench, "LIST -l h*").1, line);
    for nothing in ["NLST *.jpg", "NLST */a", "NLST nowhere/*", "LIST *.jpg"] {
        assert!(fetch(&mut bench, nothing).0.starts_with("450"), "{nothing}");
    }
    store(&mut bench, "STOR *.txt", b"x");
    assert_eq!(fetch(&mut bench, "NLST *.txt").1, b"*.txt\r\n", "a name goes before a pattern");
}

#[test]
fn guests_read_everything_and_write_in_one_folder() {
    let mut bench = guest();
    assert!(store(&mut bench, "STOR upload/x", b"x").starts_with("226"));
    for command in ["STOR x", "APPE hello.txt", "STOR upload/../x", "STOU", "STOR upload"] {
        assert!(store(&mut bench, command, b"x").starts_with("553"), "{command}");
    }
    for command in ["DELE hello.txt", "RMD empty", "MKD new", "RNFR hello.txt", "RMD upload"] {
        let reply = bench.ask(format!("{command}\r\n").as_bytes());
        assert!(reply.starts_with("550 "), "{command}: {reply}");
    }
    assert!(bench.ask(b"RNFR upload/x\r\nRNTO x\r\n").contains("\r\n553 "));
    assert!(bench.ask(b"MLST upload\r\n").contains("perm=celmp;"));
    assert!(bench.ask(b"MLST pub\r\n").contains("perm=el;"));
    assert!(fetch(&mut bench, "RETR pub/pictures/dot.png").1.starts_with(b"\x89PNG"));
}

#[test]
fn bad_lines_are_refused_and_the_session_goes_on() {
    let mut bench = inside();
    let mut long = b"CWD ".to_vec();
    long.extend(vec![b'x'; 9000]);
    long.extend(b"\r\n");
    assert!(bench.ask(&long).starts_with("500 The line is too long"));
    assert!(bench.ask(b"PWD\nPWD\r\n").starts_with("500 There is a bare"));
    assert!(bench.ask(b"CWD a\0b\r\n").starts_with("500"));
    assert!(bench.ask(b"CWD \xfe\r\n").starts_with("501 Names are sent in UTF-8"));
    assert!(bench.ask(b"\r\n").starts_with("500"));
    assert!(bench.ask(b"PWD\r\n").starts_with("257"));
    bench.input(Input::End { conn: Conn::MAIN });
    assert_eq!(bench.server.state().id, "closed");
    assert_eq!(bench.outputs.last(), Some(&Output::Finish { conn: Conn::MAIN }));
}

#[test]
fn the_examples_work_on_the_practice_server() {
    let not_here = ["SMNT", "AUTH", "PBSZ", "PROT", "CCC", "PORT", "EPRT"];
    for verb in crate::protocols::ftp::PROTOCOL.table.verbs {
        if verb.syntax.is_empty() || verb.name.starts_with('(') || not_here.contains(&verb.name) {
            continue;
        }
        let mut bench = match verb.name {
            "HOST" | "USER" | "PASS" => bench(),
            _ => inside(),
        };
        match verb.name {
            "PASS" => drop(bench.ask(b"USER student\r\n")),
            "RNTO" => drop(bench.ask(b"RNFR hello.txt\r\n")),
            "APPE" => drop(store(&mut bench, "STOR upload/hello.txt", b"x")),
            _ => {}
        }
        if !verb.needs.is_empty() && verb.name != "RNTO" {
            data_connection(&mut bench);
        }
        let mut reply = bench.ask(format!("{}\r\n", verb.template).as_bytes());
        if matches!(verb.name, "PASV" | "EPSV") {
            let conn = asked(&bench);
            reply = bench.input(Input::Listening { conn, addr: addr(5001) });
        }
        assert!(matches!(reply.as_bytes()[0], b'1'..=b'3'), "{}: {reply}", verb.template);
    }
}

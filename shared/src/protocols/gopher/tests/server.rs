//! The practice gopherhole.

use crate::machine::{Conn, Input, Output, ServerConfig, Tick};
use crate::protocols::gopher::{PROTOCOL, reply::Menu, request::Here};
use crate::testing::{Bench, addr};
use crate::world::Date;
use crate::world::files::Content;

fn bench() -> Bench {
    Bench::new((PROTOCOL.server)(&ServerConfig::practice(1)))
}

/// A request on a connection of its own.
fn get(line: &str) -> String {
    bench().ask(line.as_bytes())
}

fn bytes(text: &str) -> Content {
    Content::Bytes(text.as_bytes().into())
}

/// The lines of a menu that are read without complaint: type and selector of the items.
fn items(menu: &str) -> Vec<String> {
    let here = Here(vec![("127.0.0.1".into(), 1)]);
    let mut read = Menu::of(menu.strip_suffix(".\r\n").expect("a menu has an end"), here);
    assert!(read.notes().iter().all(|note| note.level == crate::machine::Level::Info), "{menu}");
    read.items.drain(..).map(|item| item.typed()).collect()
}

#[test]
fn the_welcome_menu_has_every_kind_of_item() {
    let menu = get("\r\n");
    assert!(menu.starts_with("iWelcome to practice.lab.\t\terror.host\t1\r\n"), "{menu}");
    let found = items(&menu);
    assert_eq!(found[..3], ["1/pub", "1/", "0/readme.txt"]);
    assert!(found.contains(&"7/search\t".to_string()), "{found:?}");
    assert!(found.contains(&"gopher://gopher.example/1".to_string()), "{found:?}");
    assert!(menu.contains("\r\n8Command lines by Telnet\tstudent\t127.0.0.1\t23\r\n"));
    assert!(menu.contains("\tURL:http://practice.lab/\t"));
    for typed in found.iter().filter(|typed| !typed.contains("://") && !typed.starts_with('7')) {
        let reply = get(&format!("{}\r\n", &typed[1..]));
        assert!(!reply.starts_with('3'), "{typed}: {reply}");
    }
}

#[test]
fn folders_are_menus_of_the_right_types() {
    let root = items(&get("/\r\n"));
    for item in ["1/pub", "1/empty", "0/readme.txt", "0/empty.txt", "h/index.html"] {
        assert!(root.contains(&item.to_string()), "{item} in {root:?}");
    }
    assert!(!root.iter().any(|item| item.contains("hidden")), "{root:?}");
    let pub_folder = items(&get("/pub\r\n"));
    for item in ["1/", "1/pub/docs", "9/pub/all-octets.bin", "9/pub/zero.bin", "9/pub/huge.bin"] {
        assert!(pub_folder.contains(&item.to_string()), "{item} in {pub_folder:?}");
    }
    assert!(items(&get("/pub/pictures\r\n")).contains(&"I/pub/pictures/dot.png".to_string()));
    let docs = items(&get("/pub/docs/\r\n"));
    assert!(docs.contains(&"0/pub/docs/two  spaces.txt".to_string()), "{docs:?}");
    assert!(docs.contains(&"0/pub/docs/\u{fc}ber uns.txt".to_string()));
    assert!(get("/empty\r\n").contains("iThis folder is empty.\t"));
}

#[test]
fn texts_get_crlf_doubled_dots_and_an_end() {
    assert_eq!(
        get("/unix.txt\r\n"),
        "These lines end\r\nwith a line feed alone,\r\nas UNIX stores them.\r\n.\r\n"
    );
    assert_eq!(get("/noeol.txt\r\n"), "The last line of this file has no end\r\n.\r\n");
    assert_eq!(get("/empty.txt\r\n"), ".\r\n");
    assert!(get("/dots.txt\r\n").starts_with("..\r\n...\r\n..one dot\r\n\r\nA line"));
    let html = get("/index.html\r\n");
    assert!(html.starts_with("<!doctype html>") && html.ends_with("</html>\n"), "as it is");
}

#[test]
fn binary_files_end_with_the_connection() {
    let mut bench = bench();
    let conn = Conn(9);
    bench.input(Input::Opened { conn, local: addr(1), peer: addr(2) });
    bench.input(Input::Bytes { conn, bytes: b"/pub/all-octets.bin\r\n" });
    let all: Vec<u8> = (0..=255).collect();
    let sent: Vec<u8> = bench
        .outputs
        .iter()
        .filter_map(|output| match output {
            Output::Data { conn: Conn(9), bytes, .. } => Some(bytes.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(sent, all);
    assert!(bench.outputs.contains(&Output::Finish { conn }));
    let mut bench = self::bench();
    assert_eq!(bench.ask(b"/pub/zero.bin\r\n"), "");
    assert!(bench.outputs.contains(&Output::Finish { conn: Conn::MAIN }));
}

#[test]
fn a_search_finds_names_and_texts() {
    let found = items(&get("/search\tGopher  document\r\n"));
    assert_eq!(found, ["0/pub/docs/lecture.txt"]);
    assert_eq!(items(&get("/search\tdot AND png\r\n")), ["I/pub/pictures/dot.png"]);
    assert_eq!(items(&get("/search\tdocs\r\n")), ["1/pub/docs"]);
    assert!(get("/search\tno such words\r\n").starts_with("iNothing has all of the words: no"));
    for line in ["/search\r\n", "/search\t\r\n", "/search\t \r\n", "/search\tand\r\n"] {
        assert!(get(line).starts_with("3A search needs words"), "{line}");
    }
}

#[test]
fn mistakes_get_an_error_line() {
    for (line, why) in [
        ("/no/such\r\n", "There is nothing at /no/such"),
        ("readme.txt\r\n", "There is nothing at readme.txt"),
        ("/readme.txt/x\r\n", "There is nothing at"),
        ("/../../etc\r\n", "There is nothing at /etc"),
        ("/readme.txt\n", "A request ends with CR LF"),
        ("/read\rme\r\n", "no carriage return"),
        ("/read\0me\r\n", "no NUL"),
        ("URL:javascript:alert(1)\r\n", "There is nothing at URL:"),
    ] {
        let reply = get(line);
        assert!(reply.starts_with('3') && reply.contains(why), "{line:?}: {reply}");
        assert!(reply.ends_with("\t\terror.host\t1\r\n.\r\n"), "{reply}");
        assert_eq!(reply.matches("\r\n").count(), 2, "{reply}");
    }
    assert!(get(&format!("{}\r\n", "x".repeat(256))).starts_with("3The selector is longer"));
    assert!(get(&"x".repeat(1025)).starts_with("3The request is longer"));
    let long = get(&format!("/{}\r\n", "x".repeat(200)));
    assert!(long.split('\t').next().is_some_and(|name| name.len() == 70), "{long}");
}

#[test]
fn the_reply_is_the_same_however_the_request_is_cut() {
    for line in ["\r\n", "/pub\r\n", "/search\tdots\r\n", "/dots.txt\r\n", "/x\t+\r\n", "/y\n"] {
        let (mut whole, mut slow) = (bench(), bench());
        assert_eq!(whole.ask(line.as_bytes()), slow.ask_slowly(line.as_bytes()), "{line:?}");
        assert_eq!(whole.ask(b"/readme.txt\r\n"), "", "one request for each connection");
    }
}

#[test]
fn gop_21_gopher_plus_is_ignored() {
    assert_eq!(get("/hello.txt\t+\r\n"), get("/hello.txt\r\n"));
    assert_eq!(get("\t$\r\n"), get("\r\n"));
}

#[test]
fn gop_22_a_client_that_has_ended_its_side_is_answered() {
    for (line, begins) in [("/hello.txt\r\n", "Hello"), ("/pub\r\n", "1..")] {
        let mut bench = bench();
        bench.server.handle(
            Input::Bytes { conn: Conn::MAIN, bytes: line.as_bytes() },
            Tick::default(),
            &mut bench.world,
        );
        let reply = bench.input(Input::End { conn: Conn::MAIN });
        assert!(reply.starts_with(begins), "{reply}");
        assert!(bench.outputs.contains(&Output::Finish { conn: Conn::MAIN }));
    }
    let mut cut = bench();
    cut.ask(b"/hello.txt");
    assert!(cut.input(Input::End { conn: Conn::MAIN }).starts_with("3The request has no end"));
    let mut silent = bench();
    assert_eq!(silent.input(Input::End { conn: Conn::MAIN }), "");
    assert_eq!(silent.outputs, [Output::Finish { conn: Conn::MAIN }]);
}

#[test]
fn connections_do_not_disturb_each_other() {
    let mut bench = bench();
    for n in [1, 2] {
        bench.input(Input::Opened { conn: Conn(n), local: addr(70), peer: addr(2) });
    }
    bench.input(Input::Bytes { conn: Conn(2), bytes: b"/hel" });
    bench.input(Input::Bytes { conn: Conn(1), bytes: b"\r\n" });
    bench.input(Input::Reset { conn: Conn(1), why: "gone" });
    bench.input(Input::Bytes { conn: Conn(2), bytes: b"lo.txt\r\n" });
    let menu = bench.outputs.iter().find_map(|output| match output {
        Output::Sent { conn: Conn(1), wire } => Some(String::from_utf8_lossy(&wire.bytes)),
        _ => None,
    });
    let menu = menu.expect("the first one was answered");
    assert!(menu.contains("\t/pub\tpractice.lab\t70\r\n"), "at port 70 it has its name: {menu}");
    let text = bench.outputs.iter().any(|output| {
        matches!(output, Output::Data { conn: Conn(2), bytes, .. } if bytes.starts_with(b"Hello"))
    });
    assert!(text);
}

#[test]
fn odd_and_many_files_stay_inside_a_menu() {
    let mut bench = bench();
    let now = Date(1);
    for name in ["a\tb.txt", "a\r\nb.txt", &"x".repeat(300), "note", "data"] {
        let content = if name == "data" { Content::Bytes([0u8, 1].into()) } else { bytes("x") };
        bench.world.files.write(&format!("/upload/{name}"), content, now).expect("it fits");
    }
    let menu = bench.ask(b"/upload\r\n");
    assert_eq!(items(&menu), ["1/", "9/upload/data", "0/upload/note"]);
    assert!(menu.contains("i3 more are not shown here.\t"), "{menu}");
    let mut many = self::bench();
    for n in 0..1500 {
        many.world.files.write(&format!("/upload/{n}.txt"), bytes("same"), now).expect("it fits");
    }
    assert!(many.ask(b"/upload\r\n").contains("i501 more are not shown here.\t"));
    let mut search = self::bench();
    search.world = many.world.clone();
    let found = search.ask(b"/search\tsame\r\n");
    assert_eq!(items(&found).len(), 100);
    assert!(found.contains("iThere are more"));
}

#[test]
fn links_lead_to_the_web_for_those_who_ask_the_server() {
    let page = get("URL:http://e.x/?a&b=\"<\r\n");
    assert!(page.contains("<a href=\"http://e.x/?a&amp;b=&quot;&lt;\">"), "{page}");
}

//! The practice server, by the RFC.

use crate::machine::{Conn, Input, Output, ServerConfig};
use crate::testing::Bench;
use crate::world::files::Node;

fn bench() -> Bench {
    Bench::new((super::super::PROTOCOL.server)(&ServerConfig::practice(1)))
}

/// The answer to one request on a connection of its own.
fn answer(request: &str) -> String {
    bench().ask(request.replace('\n', "\r\n").as_bytes())
}

fn status(request: &str) -> String {
    let answer = answer(request);
    answer.get(9..12).unwrap_or_else(|| panic!("{request:?} got {answer:?}")).into()
}

fn finished(bench: &Bench) -> bool {
    bench.outputs.iter().any(|output| matches!(output, Output::Finish { .. }))
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

#[test]
fn malformed_requests_get_the_status_of_the_rfc_and_the_connection_ends() {
    let long = format!("GET /{} HTTP/1.1\nHost: h\n\n", "x".repeat(9000));
    let wide = format!("GET / HTTP/1.1\nHost: h\n{}\n", "A: b\n".repeat(300));
    let deep = format!("GET / HTTP/1.1\nHost: h\nA: {}\n\n", "x".repeat(70_000));
    for (request, code) in [
        ("GET / HTTP/1.1\n\n", "400"),
        ("GET / HTTP/1.1\nHost: a\nHost: b\n\n", "400"),
        ("GET / HTTP/1.1\nHost: a b\n\n", "400"),
        ("GET / HTTP/1.1\nHost: h\nA: b\n c\n\n", "400"),
        ("GET / HTTP/1.1\nHost: h\nA : b\n\n", "400"),
        ("GET / HTTP/1.1\nHost: h\nA\n\n", "400"),
        ("GET / HTTP/1.1\nHost: h\nA: \u{0}\n\n", "400"),
        ("GET / HTTP/1.1\n Host: h\n\n", "400"),
        ("GET /\n", "400"),
        ("hello\n", "400"),
        ("GET  / HTTP/1.1\nHost: h\n\n", "400"),
        ("GET / HTTP/1.1 \nHost: h\n\n", "400"),
        ("GET /% HTTP/1.1\nHost: h\n\n", "400"),
        ("GET /%00 HTTP/1.1\nHost: h\n\n", "400"),
        ("GET x HTTP/1.1\nHost: h\n\n", "400"),
        ("GET * HTTP/1.1\nHost: h\n\n", "400"),
        ("GET / HTTP/x\nHost: h\n\n", "400"),
        ("GET / HTTP/2.0\nHost: h\n\n", "505"),
        ("BREW / HTTP/1.1\nHost: h\n\n", "501"),
        ("get / HTTP/1.1\nHost: h\n\n", "501"),
        ("CONNECT h:80 HTTP/1.1\nHost: h:80\n\n", "501"),
        ("PUT /upload/x HTTP/1.1\nHost: h\n\n", "411"),
        ("POST /echo HTTP/1.1\nHost: h\nContent-Length: 1\nContent-Length: 2\n\n", "400"),
        ("POST /echo HTTP/1.1\nHost: h\nContent-Length: +1\n\n", "400"),
        ("POST /echo HTTP/1.1\nHost: h\nContent-Length: 3\nTransfer-Encoding: chunked\n\n", "400"),
        ("POST /echo HTTP/1.1\nHost: h\nTransfer-Encoding: chunked, gzip\n\n", "400"),
        ("POST /echo HTTP/1.1\nHost: h\nTransfer-Encoding: gzip, chunked\n\n", "501"),
        ("POST /echo HTTP/1.0\nTransfer-Encoding: chunked\n\n", "400"),
        ("POST /echo HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\nx\n", "400"),
        ("POST /echo HTTP/1.1\nHost: h\nExpect: magic\n\n", "417"),
        ("POST /echo HTTP/1.1\nHost: h\nContent-Length: 99999999999\n\n", "413"),
        (&long, "414"),
        (&wide, "431"),
        (&deep, "431"),
    ] {
        let mut bench = bench();
        let answer = bench.ask(request.replace('\n', "\r\n").as_bytes());
        let shown = &request[..request.len().min(80)];
        assert!(answer.starts_with(&format!("HTTP/1.1 {code} ")), "{shown:?}: {answer}");
        assert!(answer.contains("\r\nConnection: close\r\n"), "{shown:?}: {answer}");
        assert!(finished(&bench), "{shown:?}");
        assert_eq!(bench.ask(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"), "", "{shown:?}");
    }
}

#[test]
fn well_formed_requests_that_fail_keep_the_connection() {
    for (request, code) in [
        ("GET /nothing HTTP/1.1\nHost: h\n\n", "404"),
        ("GET /readme.txt/ HTTP/1.1\nHost: h\n\n", "404"),
        ("PUT /readme.txt HTTP/1.1\nHost: h\nContent-Length: 1\n\nx", "405"),
        ("POST /upload/x HTTP/1.1\nHost: h\nContent-Length: 1\n\nx", "405"),
        ("DELETE /upload/x HTTP/1.1\nHost: h\n\n", "404"),
        ("PUT /upload/x/y HTTP/1.1\nHost: h\nContent-Length: 1\n\nx", "409"),
        (
            "PUT /upload/x HTTP/1.1\nHost: h\nContent-Length: 1\nContent-Range: bytes 0-0/1\n\nx",
            "400",
        ),
        ("GET /private/secret.txt HTTP/1.1\nHost: h\n\n", "401"),
        ("GET /digest/secret.txt HTTP/1.1\nHost: h\n\n", "401"),
        ("GET /status/418 HTTP/1.1\nHost: h\n\n", "418"),
    ] {
        let mut bench = bench();
        let answer = bench.ask(request.replace('\n', "\r\n").as_bytes());
        assert!(answer.starts_with(&format!("HTTP/1.1 {code} ")), "{request:?}: {answer}");
        let next = bench.ask(b"GET /hello.txt HTTP/1.1\r\nHost: h\r\n\r\n");
        assert!(next.starts_with("HTTP/1.1 200 OK"), "{request:?}: {next}");
    }
}

#[test]
fn each_method_does_what_it_says() {
    let get = answer("GET /hello.txt HTTP/1.1\nHost: h\n\n");
    let head = answer("HEAD /hello.txt HTTP/1.1\nHost: h\n\n");
    assert_eq!(get, format!("{head}Hello, world!\r\n"));
    let absolute = answer("GET http://h/hello.txt?x HTTP/1.1\nHost: h\n\n");
    assert_eq!(absolute, get);
    let options = answer("OPTIONS /upload/x HTTP/1.1\nHost: h\n\n");
    assert!(options.starts_with("HTTP/1.1 204") && options.contains("PUT, DELETE"), "{options}");
    let trace = answer("TRACE / HTTP/1.1\nHost: h\nX: y\nAuthorization: Basic eA==\n\n");
    assert_eq!(body(&trace), "TRACE / HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n");
    let echo = answer("PATCH /echo?a=b HTTP/1.1\nHost: h\nContent-Length: 2\n\nhi");
    assert_eq!(
        body(&echo),
        "PATCH /echo?a=b\r\nquery: a=b\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi"
    );
}

#[test]
fn put_stores_and_delete_removes() {
    let mut bench = bench();
    let put = |content: &str| {
        format!(
            "PUT /upload/x.txt HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n{content}",
            content.len()
        )
    };
    let made = bench.ask(put("one").as_bytes());
    assert!(made.contains(" 201 ") && made.contains("Location: /upload/x.txt"), "{made}");
    assert!(bench.ask(put("two!").as_bytes()).contains(" 204 "));
    let stored = bench.world.files.get("/upload/x.txt").and_then(Node::content);
    assert_eq!(stored.map(|content| content.read(0, 9)), Some(b"two!".to_vec()));
    let chunked = b"PUT /upload/x.txt HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n";
    assert!(bench.ask(chunked).contains(" 204 "));
    let got = bench.ask(b"GET /upload/x.txt HTTP/1.1\r\nHost: h\r\n\r\n");
    assert!(got.ends_with("\r\n\r\nabcde"), "{got}");
    assert!(bench.ask(b"DELETE /upload/x.txt HTTP/1.1\r\nHost: h\r\n\r\n").contains(" 204 "));
    assert!(bench.world.files.get("/upload/x.txt").is_none());
    assert!(bench.ask(b"DELETE /upload HTTP/1.1\r\nHost: h\r\n\r\n").contains(" 405 "));
}

#[test]
fn preconditions_go_in_the_order_of_the_rfc() {
    let got = answer("GET /hello.txt HTTP/1.1\nHost: h\n\n");
    let field = |name: &str| {
        let line = got.lines().find_map(|line| line.strip_prefix(name)).expect("the field is sent");
        line.trim_start_matches(": ").to_string()
    };
    let (tag, date) = (field("ETag"), field("Last-Modified"));
    for (method, fields, code) in [
        ("GET", format!("If-None-Match: {tag}"), "304"),
        ("GET", format!("If-None-Match: \"x\", W/{tag}"), "304"),
        ("HEAD", "If-None-Match: *".into(), "304"),
        ("GET", format!("If-None-Match: \"x\"\nIf-Modified-Since: {date}"), "200"),
        ("GET", format!("If-Modified-Since: {date}"), "304"),
        ("GET", "If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT".into(), "200"),
        ("GET", "If-Modified-Since: never".into(), "200"),
        ("GET", format!("If-Match: {tag}"), "200"),
        ("GET", format!("If-Match: W/{tag}"), "412"),
        ("GET", format!("If-Match: \"x\"\nIf-None-Match: {tag}"), "412"),
        ("GET", "If-Unmodified-Since: Sun Nov  6 08:49:37 1994".into(), "412"),
        ("GET", format!("If-Match: {tag}\nIf-Unmodified-Since: Sun Nov  6 08:49:37 1994"), "200"),
    ] {
        let request = format!("{method} /hello.txt HTTP/1.1\nHost: h\n{fields}\n\n");
        assert_eq!(status(&request), code, "{request}");
    }
    for (fields, code) in [("If-Match: *", "412"), ("If-None-Match: *", "201")] {
        let request = format!("PUT /upload/n HTTP/1.1\nHost: h\n{fields}\nContent-Length: 1\n\nx");
        assert_eq!(status(&request), code, "{request}");
    }
}

#[test]
fn ranges_come_alone_together_or_not_at_all() {
    let ranged =
        |range: &str| answer(&format!("GET /hello.txt HTTP/1.1\nHost: h\nRange: {range}\n\n"));
    let one = ranged("bytes=7-11");
    assert!(one.starts_with("HTTP/1.1 206") && one.ends_with("\r\n\r\nworld"), "{one}");
    assert!(one.contains("\r\nContent-Range: bytes 7-11/15\r\nContent-Length: 5\r\n"), "{one}");
    let two = ranged("bytes=0-0,-2");
    let (head, parts) = two.split_once("\r\n\r\n").expect("a header");
    assert!(head.contains("multipart/byteranges; boundary="), "{head}");
    assert!(head.contains(&format!("Content-Length: {}", parts.len())), "{head}");
    assert!(parts.contains("Content-Range: bytes 0-0/15\r\n\r\nH\r\n--"), "{parts}");
    assert!(parts.contains("Content-Range: bytes 13-14/15\r\n\r\n\r\n\r\n--"), "{parts}");
    let none = ranged("bytes=15-");
    assert!(none.contains(" 416 ") && none.contains("Content-Range: bytes */15"), "{none}");
    for ignored in ["bytes=x", "bytes=5-2", "pages=1-2"] {
        assert!(ranged(ignored).starts_with("HTTP/1.1 200"), "{ignored}");
    }
    assert_eq!(status("HEAD /hello.txt HTTP/1.1\nHost: h\nRange: bytes=0-0\n\n"), "200");
    let many = (0..20).map(|n| format!("{n}-{n}")).collect::<Vec<_>>().join(",");
    assert!(ranged(&format!("bytes={many}")).starts_with("HTTP/1.1 200"));
}

#[test]
fn http_1_0_clients_are_served() {
    let mut bench = bench();
    let kept = bench.ask(b"GET /hello.txt HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
    assert!(kept.contains("\r\nConnection: keep-alive\r\n"), "{kept}");
    let chunked = bench.ask(b"GET /chunked HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    assert!(!chunked.contains("chunked") && chunked.contains("Connection: close"), "{chunked}");
    assert!(chunked.ends_with("and the last.\r\n") && finished(&bench));
    let early = answer("GET /early HTTP/1.0\n\n");
    assert!(early.starts_with("HTTP/1.1 200"), "no interim responses for HTTP/1.0: {early}");
}

#[test]
fn expectations_are_met_or_refused_before_the_content() {
    let mut first = bench();
    let request =
        b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n";
    assert_eq!(first.ask(request), "HTTP/1.1 100 Continue\r\n\r\n");
    assert!(first.ask(b"hi").ends_with("\r\n\r\nhi"));
    for (path, code) in [("/readme.txt", "405"), ("/private/secret.txt", "405")] {
        let request =
            format!("PUT {path} HTTP/1.1\nHost: h\nContent-Length: 2\nExpect: 100-continue\n\nhi");
        assert_eq!(status(&request), code);
    }
    let old = answer("POST /echo HTTP/1.0\nContent-Length: 2\nExpect: 100-continue\n\nhi");
    assert!(old.starts_with("HTTP/1.1 200"), "{old}");
}

#[test]
fn too_much_content_is_cut_off_wherever_it_shows() {
    let mut counted = bench();
    let head = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n";
    assert!(counted.ask(head.as_bytes()).starts_with("HTTP/1.1 413"));
    let mut chunked = bench();
    chunked.ask(b"POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n");
    assert!(chunked.ask(&vec![b'x'; 2_000_000]).starts_with("HTTP/1.1 413"));
    assert!(finished(&chunked));
}

#[test]
fn a_pipeline_is_answered_in_order_however_it_is_cut() {
    let script = b"\r\nGET /hello.txt HTTP/1.1\r\nHost: h\r\n\r\nHEAD /pub/huge.bin HTTP/1.1\r\nHost: h\r\n\r\nPOST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /chunked HTTP/1.1\r\nHost: h\r\n\r\nGET /gzip HTTP/1.1\r\nHost: h\r\n\r\nGET /close HTTP/1.1\r\nHost: h\r\n\r\n";
    let whole = bench().ask(script);
    assert_eq!(whole, bench().ask_slowly(script));
    assert_eq!(whole.matches("HTTP/1.1 200 OK").count(), 6, "{whole}");
}

#[test]
fn a_pipeline_without_end_is_cut_off() {
    let mut bench = bench();
    let many = b"GET /hello.txt HTTP/1.1\r\nHost: h\r\n\r\n".repeat(5000);
    bench.server.handle(
        Input::Bytes { conn: Conn::MAIN, bytes: &many },
        Default::default(),
        &mut bench.world,
    );
    assert!(matches!(bench.server.poll(), Some(Output::Abort { conn: Conn::MAIN })));
}

#[test]
fn large_files_are_pulled_in_pieces() {
    use crate::machine::PIECE;
    let mut bench = bench();
    let request =
        b"GET /pub/huge.bin HTTP/1.1\r\nHost: h\r\n\r\nGET /hello.txt HTTP/1.1\r\nHost: h\r\n\r\n";
    let input = Input::Bytes { conn: Conn::MAIN, bytes: request };
    bench.server.handle(input, Default::default(), &mut bench.world);
    let mut heads = 0;
    while let Some(output) = bench.server.poll() {
        heads += usize::from(matches!(output, Output::Sent { .. }));
    }
    assert_eq!(heads, 1, "the second response waits for the first");
    let piece = bench.server.pull(Conn::MAIN).expect("the file is there");
    assert_eq!((piece.len(), piece[300]), (PIECE, (300u64 ^ 300 >> 8) as u8));
    assert!(bench.server.poll().is_none());
}

#[test]
fn credentials_are_checked() {
    for (authorization, code) in [
        ("Basic c3R1ZGVudDpsYWItc2VjcmV0", "200"),
        ("basic  YWxpY2U6d29uZGVybGFuZA==", "200"),
        ("Basic c3R1ZGVudDp3cm9uZw==", "401"),
        ("Basic ???", "401"),
        ("Bearer c3R1ZGVudDpsYWItc2VjcmV0", "401"),
    ] {
        let request = format!(
            "GET /private/secret.txt HTTP/1.1\nHost: h\nAuthorization: {authorization}\n\n"
        );
        assert_eq!(status(&request), code, "{authorization}");
    }
    let echo = answer("GET /echo HTTP/1.1\nHost: h\nAuthorization: Basic c2VjcmV0\n\n");
    assert!(!echo.contains("c2VjcmV0"), "{echo}");
}

#[test]
fn an_old_nonce_is_stale_and_a_foreign_one_is_wrong() {
    use core::time::Duration;

    use super::super::auth;
    use crate::machine::Tick;
    let mut bench = bench();
    let mut ask = |now: u64, authorization: &str| {
        let request = format!(
            "GET /digest/secret.txt HTTP/1.1\r\nHost: h\r\nAuthorization: {authorization}\r\n\r\n"
        );
        let input = Input::Bytes { conn: Conn::MAIN, bytes: request.as_bytes() };
        bench.server.handle(input, Tick(Duration::from_secs(now)), &mut bench.world);
        let mut head = String::new();
        loop {
            while let Some(output) = bench.server.poll() {
                if let Output::Sent { wire, .. } = output {
                    head = String::from_utf8_lossy(&wire.bytes).into_owned();
                }
            }
            if bench.server.pull(Conn::MAIN).is_none() {
                return head;
            }
        }
    };
    let challenge = ask(0, "none");
    let line = challenge.lines().find_map(|line| line.strip_prefix("WWW-Authenticate: "));
    let challenge = &auth::challenges(line.expect("a challenge"))[0];
    let answer = |password: &str, challenge: &auth::Challenge| {
        auth::digest(challenge, ("student", password), ("GET", "/digest/secret.txt"), 1, "c")
            .expect("the algorithm is known")
    };
    let right = answer("lab-secret", challenge);
    assert!(ask(1, &right).contains(" 200 "));
    assert!(ask(1, &answer("wrong", challenge)).contains(" 401 "));
    assert!(ask(1, &right.replace("uri=\"/digest/", "uri=\"/other/")).contains(" 401 "));
    let stale = ask(1000, &right);
    assert!(stale.contains(" 401 ") && stale.contains("stale=true"), "{stale}");
    let mut foreign = challenge.clone();
    for (name, value) in &mut foreign.parameters {
        if name == "nonce" {
            *value = "695b7d92-0000".into();
        }
    }
    let foreign = ask(1, &answer("lab-secret", &foreign));
    assert!(foreign.contains(" 401 ") && !foreign.contains("stale"), "{foreign}");
}

#[test]
fn special_pages() {
    let folder = answer("GET /pub HTTP/1.1\nHost: h\n\n");
    assert!(folder.contains(" 301 ") && folder.contains("\r\nLocation: /pub/\r\n"), "{folder}");
    let listing = answer("GET /pub/docs/../docs/ HTTP/1.1\nHost: h\n\n");
    assert!(listing.contains("<a href=\"./%C3%BCber%20uns.txt\">"), "{listing}");
    assert!(answer("GET / HTTP/1.1\nHost: h\n\n").contains("<h1>It works</h1>"));
    for code in ["301", "302", "303", "307", "308"] {
        assert_eq!(status(&format!("POST /redirect/{code} HTTP/1.1\nHost: h\n\n")), code);
    }
    assert_eq!(status("GET /redirect/300 HTTP/1.1\nHost: h\n\n"), "404");
    let early = answer("GET /early HTTP/1.1\nHost: h\n\n");
    assert!(early.starts_with("HTTP/1.1 103 Early Hints\r\nLink: "), "{early}");
    let empty = answer("GET /status/204 HTTP/1.1\nHost: h\n\n");
    assert!(!empty.contains("Content-"), "{empty}");
    let plain = answer("GET /gzip HTTP/1.1\nHost: h\nAccept-Encoding: gzip;q=0, *\n\n");
    assert!(plain.contains("Welcome to practice.lab.") && plain.contains("Vary: "), "{plain}");
    assert!(answer("GET /gzip HTTP/1.1\nHost: h\nAccept-Encoding: *\n\n").contains("gzip"));
}

#[test]
fn an_upgrade_is_made_only_when_asked_for() {
    assert_eq!(status("GET /upgrade HTTP/1.1\nHost: h\n\n"), "426");
    assert_eq!(status("GET /upgrade HTTP/1.1\nHost: h\nUpgrade: echo\n\n"), "426");
    let fields = "Upgrade: echo\nConnection: upgrade";
    assert_eq!(status(&format!("HEAD /upgrade HTTP/1.1\nHost: h\n{fields}\n\n")), "426");
    let request = format!("GET /upgrade HTTP/1.1\nHost: h\n{fields}\n\nGET / HTTP/1.1\n\n");
    let answer = answer(&request);
    assert!(answer.starts_with("HTTP/1.1 101 Switching Protocols\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\nGET / HTTP/1.1\r\n\r\n"), "{answer}");
}

#[test]
fn a_client_that_ends_gets_what_it_asked_for_and_then_the_end() {
    let mut bench = bench();
    let request = b"GET /hello.txt HTTP/1.1\r\nHost: h\r\n\r\n";
    bench.server.handle(
        Input::Bytes { conn: Conn::MAIN, bytes: request },
        Default::default(),
        &mut bench.world,
    );
    let rest = bench.input(Input::End { conn: Conn::MAIN });
    assert!(rest.ends_with("Hello, world!\r\n"), "{rest}");
    assert!(finished(&bench));
}

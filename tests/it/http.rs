//! HTTP between the client machine and the practice server.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use shared::protocols::http;
use tests::native::Native;
use tests::play::Play;
use tests::servers::{Tls, lab};

#[test]
fn whoever_only_presses_enter_gets_through_a_whole_session() {
    let mut play = Play::new(&http::PROTOCOL);
    let mut typed = Vec::new();
    while let Some(suggestion) = play.session().client().suggestion() {
        assert!(typed.len() < 20, "the suggestions do not end: {typed:?}");
        play.types(&suggestion.text);
        typed.push(suggestion.text);
    }
    if std::env::var_os("SHOW").is_some() {
        for text in &typed {
            println!("> {}\n", text.replace('\n', "\n> "));
        }
        println!("{}", play.text());
    }
    assert_eq!(play.session().client().state().id, "closed", "{typed:?}");
    let lines: Vec<_> = typed.iter().filter_map(|text| text.lines().next()).collect();
    assert_eq!(
        lines,
        [
            "GET /readme.txt",
            "GET /readme.txt",
            "GET /redirect",
            "GET /readme.txt",
            "HEAD /pub/big.bin",
            "GET /private/secret.txt",
            "GET /private/secret.txt",
            "POST /echo",
            "GET /hello.txt",
        ]
    );
    let text = play.text();
    assert!(!text.contains("== error") && !text.contains("== warning"), "{text}");
    for status in ["200 OK", "304 Not Modified", "302 Found", "401 Unauthorized"] {
        assert!(text.contains(status), "{status} is missing:\n{text}");
    }
    assert!(!text.contains("c3R1ZGVudDp"), "credentials are masked");
}

#[test]
fn digest_is_answered_without_the_password_on_the_wire() {
    let mut play = Play::new(&http::PROTOCOL);
    for path in ["/digest/secret.txt", "/digest-md5/secret.txt"] {
        play.types(&format!("GET {path}"));
        let answer = play.session().client().suggestion().expect("the 401 has a way on");
        assert!(!answer.text.contains(shared::world::PASSWORD), "{}", answer.text);
        let algorithm = if path.contains("md5") { "algorithm=MD5" } else { "algorithm=SHA-256" };
        assert!(answer.text.contains(algorithm), "{}", answer.text);
        play.types(&answer.text);
        if std::env::var_os("SHOW").is_some() {
            println!("> {}\n", answer.text.replace('\n', "\n> "));
        }
    }
    assert_eq!(play.text().matches("200 OK").count(), 2, "{}", play.text());
}

#[test]
fn the_client_gets_along_with_a_real_xml_rpc_server() {
    let Some(server) = RpcServer::start() else { return };
    let mut native = Native::connect(&http::PROTOCOL, "127.0.0.1", server.port);
    let mut says = |method: &str, params: &[&str]| {
        let params: String =
            params.iter().map(|value| format!("<param><value>{value}</value></param>")).collect();
        native.types(&format!(
            "POST /RPC2\nContent-Type: text/xml\n\n\
             <methodCall><methodName>{method}</methodName><params>{params}</params></methodCall>"
        ));
        // The server speaks HTTP/1.0, one request a connection.
        native.until(|native| native.state() == "closed");
        let text = native.text();
        let (_, last) = text.rsplit_once("C: POST /RPC2").expect("it was sent");
        let note = last.lines().find_map(|line| line.strip_prefix("== note: "));
        assert_eq!(native.state(), "closed", "{text}");
        native = Native::connect(&http::PROTOCOL, "127.0.0.1", server.port);
        note.unwrap_or_else(|| panic!("nothing is said of the response\n{text}")).to_owned()
    };
    let names = says("system.listMethods", &[]);
    assert!(names.starts_with("The method gives array ['add', 'echo', 'fail', "), "{names}");
    assert_eq!(says("add", &["<int>40</int>", "<i4>2</i4>"]), "The method gives int 42.");
    assert_eq!(
        says("now", &[]),
        "The method gives dateTime.iso8601 datetime.datetime(2026, 1, 5, 9, 0)."
    );
    assert_eq!(says("nothing", &[]), "The method gives nil.");
    for (value, shown) in [
        ("<double>-12.250</double>", "double -12.25"),
        ("a &lt; b", "string 'a < b'"),
        ("<base64>AP8=</base64>", "base64 b'\\x00\\xff'"),
        ("<boolean>0</boolean>", "boolean False"),
        ("<array><data><value><int>1</int></value></data></array>", "array [1]"),
        (
            "<struct><member><name>k</name><value><nil/></value></member></struct>",
            "struct {'k': None}",
        ),
    ] {
        assert_eq!(says("echo", &[value]), format!("The method gives {shown}."));
    }
    assert_eq!(says("fail", &["<int>7</int>", "so it is"]), "Fault 7: so it is");
    let fault = says("sub", &[]);
    assert!(fault.starts_with("Fault 1: ") && fault.contains("sub"), "{fault}");
}

/// `tests/python/rpc_server.py`, until it is dropped.
pub(crate) struct RpcServer {
    pub(crate) port: u16,
    child: std::process::Child,
}

impl RpcServer {
    pub(crate) fn start() -> Option<RpcServer> {
        let Some(python) = tests::python::interpreter() else {
            tests::skip("there is no Python 3");
            return None;
        };
        let mut child = Command::new(python)
            .args(["-B", "-u"])
            .arg(tests::workspace().join("tests/python/rpc_server.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("it is piped");
        BufReader::new(out).read_line(&mut line).expect("it prints its port");
        Some(RpcServer { port: line.trim().parse().expect("a port"), child })
    }
}

impl Drop for RpcServer {
    /// The end of its input is the end of the server.
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

#[test]
fn the_client_gets_along_with_a_real_web_server() {
    let Some(lab) = lab() else { return };
    let endpoint = lab.endpoint("http", Tls::None);
    let (host, port) = endpoint.address();
    let path = endpoint.text("text").to_owned();
    let mut native = Native::connect(&http::PROTOCOL, host, port);

    native.types(&format!("GET {path}"));
    let plain = http::decode_body("gzip", &native.delivered, 1 << 20).expect("nginx sends gzip");
    assert_eq!(String::from_utf8_lossy(&plain).matches("Protocol lab, line").count(), 20);
    let condition = native.session.client().suggestion().expect("nginx sends an ETag").text;
    assert!(condition.contains("If-None-Match"), "{condition}");
    native.types(&condition);
    assert!(native.text().contains("304 Not Modified"), "{}", native.text());

    native.delivered.clear();
    native.types(&format!("GET {path}\nAccept-Encoding: identity\nRange: bytes=0-3,10-12"));
    assert!(native.text().contains("note: 2 parts: bytes 0-3/"), "{}", native.text());
    native.batch(&format!("HEAD {path}\nGET /no/such\nHEAD /no/such"));
    assert_eq!(native.text().matches("404 Not Found").count(), 2, "with and without content");

    native.types(&format!("GET {}", endpoint.text("private")));
    let answer = native.session.client().suggestion().expect("nginx asks for Basic").text;
    native.types(&answer);
    let text = native.text();
    let (_, last) = text.rsplit_once("Authorization: Basic ********").expect("masked");
    assert!(last.contains("S: HTTP/1.1 200 OK"), "{last}");

    native.types(&format!("GET {}", endpoint.text("chunked")));
    assert!(native.text().contains("Transfer-Encoding: chunked"), "{}", native.text());
    native.types(&format!("POST {}\n\nover the wire\n", endpoint.text("echo")));
    assert!(native.delivered.ends_with(b"over the wire\n"));
    native.types(&format!("GET {path}\nConnection: close"));
    assert_eq!(native.state(), "closed");
    assert!(!native.text().contains("== error"), "{}", native.text());
}

//! HTTP between the client machine and the practice server.

use shared::protocols::http;
use tests::native::Native;
use tests::play::Play;
use tests::servers::{Tls, lab};

#[test]
fn whoever_only_presses_enter_gets_through_a_whole_session() {
    let mut play = Play::new(&http::PROTOCOL);
    let mut typed = Vec::new();
    while let Some(suggestion) = play.session.client().suggestion() {
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
    assert_eq!(play.session.client().state().id, "closed", "{typed:?}");
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
        let answer = play.session.client().suggestion().expect("the 401 has a way on");
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

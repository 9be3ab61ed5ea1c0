//! What the client sends, refuses, suggests and knows.

use super::{OPENS, ask, client, server};
use crate::machine::{Client, ClientConfig, Conn, Input, Output, Refused};
use crate::testing::{Step, addr, notes, play, refused, sent, state};

/// A client after a request and its response, for its suggestion and facts.
fn after(request: &str, response: &[u8]) -> Box<dyn Client> {
    let mut client = client();
    for input in [
        Input::Opened { conn: Conn::MAIN, local: addr(1), peer: addr(80) },
        Input::Command(request),
        Input::Bytes { conn: Conn::MAIN, bytes: response },
    ] {
        client.handle(input, Default::default()).expect("nothing here is refused");
    }
    client
}

fn suggested(request: &str, response: &[u8]) -> String {
    after(request, response).suggestion().expect("there is something to do").text
}

#[test]
fn the_short_form_is_completed() {
    let outputs = play(&client, &[OPENS, Step::Types("GET /a?b=c")]);
    assert_eq!(
        sent(&outputs, Conn::MAIN),
        b"GET /a?b=c HTTP/1.1\r\nHost: practice.lab\r\nUser-Agent: Wirelab\r\nAccept-Encoding: gzip\r\n\r\n"
    );
    let empty = play(&client, &[OPENS, Step::Types("POST /a")]);
    assert!(sent(&empty, Conn::MAIN).ends_with(b"Content-Length: 0\r\n\r\n"));
    let content = play(&client, &[OPENS, Step::Types("POST /a\nHost: other\n\n\u{fc}")]);
    let bytes = sent(&content, Conn::MAIN);
    assert!(bytes.ends_with(b"Content-Length: 2\r\n\r\n\xc3\xbc"), "{bytes:?}");
    assert!(!String::from_utf8_lossy(&bytes).contains("practice.lab"));
    let mut config = ClientConfig::practice(8080);
    config.host = "::1".into();
    let make = || (super::super::PROTOCOL.client)(&config);
    let ported = play(&make, &[OPENS, Step::Types("GET /")]);
    assert!(sent(&ported, Conn::MAIN).windows(19).any(|w| w == b"Host: [::1]:8080\r\nU"));
}

#[test]
fn a_whole_request_goes_out_as_typed() {
    let typed = "POST /x HTTP/1.1\nHost: h\nX-Odd:   y\nContent-Length: 3\n\nabc";
    let outputs = play(&client, &[OPENS, Step::Types(typed)]);
    assert_eq!(
        sent(&outputs, Conn::MAIN),
        b"POST /x HTTP/1.1\r\nHost: h\r\nX-Odd: y\r\nContent-Length: 3\r\n\r\nabc"
    );
}

#[test]
fn http_27_what_would_break_the_message_is_refused() {
    for (text, word) in [
        ("GET /a b", "%20"),
        ("GET /\u{fc}", "%C3%BC"),
        ("GET /a#b", "fragment"),
        ("GET a", "begins with /"),
        ("GET", "needs a target"),
        ("", "is not a method"),
        ("G(T /", "is not a method"),
        ("get /", "upper and lower case differ"),
        ("GET / HTTP/2.0", "HTTP/2.0 is not spoken"),
        ("GET / HTTP/1.1", "Host is missing"),
        ("GET / HTTP/1.1\nHost: a\nHost: b", "two Host"),
        ("GET / HTTP/1.1\nHost: a\rEvil: 1", "could be taken for another field"),
        ("GET /\nX: a\0b", "could be taken for another field"),
        ("GET / HTTP/1.1\nHost : a", "no space may stand before the colon"),
        ("GET / HTTP/1.1\nHost: a\n folded: 1", "fold"),
        ("GET / HTTP/1.1\nHost: a\nnonsense", "is not a header field"),
        ("POST / HTTP/1.1\nHost: a\n\nabc", "Content-Length: 3"),
        ("POST / HTTP/1.1\nHost: a\nContent-Length: 5\n\nabc", "the content has 3 octets"),
        ("POST / HTTP/1.1\nHost: a\nContent-Length: x\n\nabc", "decimal digits"),
        (
            "POST / HTTP/1.1\nHost: a\nContent-Length: 3\nTransfer-Encoding: chunked\n\nabc",
            "one of the two",
        ),
        ("POST / HTTP/1.1\nHost: a\nTransfer-Encoding: gzip\n\nabc", "not chunked"),
        ("GET / HTTP/1.1\nHost: a\nExpect: 100-continue", "requests with content"),
        ("TRACE /\n\nabc", "takes no content"),
        ("CONNECT /x", "host:port"),
        ("GET *", "begins with /"),
    ] {
        let why = refused(&client, &[OPENS], text).to_string();
        assert!(why.contains(word), "{text:?}: {why}");
    }
}

#[test]
fn a_request_that_says_close_is_the_last_whatever_the_server_says() {
    let outputs =
        ask("GET /\nConnection: close", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    assert_eq!(state(&outputs), Some("closed"));
}

#[test]
fn nothing_follows_a_request_that_awaits_its_response() {
    let why = refused(&client, &[OPENS, Step::Types("GET /")], "GET /a");
    let Refused::Illegal(illegal) = &why else { panic!("{why}") };
    assert_eq!(illegal.state.id, "await-head");
    assert!(why.to_string().contains("Nothing can be sent now"), "{why}");
}

#[test]
fn a_batch_is_all_or_nothing_and_ends_with_what_is_not_idempotent() {
    for (batch, word) in [
        ("POST /a\nGET /b", "needs the reply to the command before it"),
        ("GET /a\nGET b", "begins with /"),
        ("GET /a\nPUT /b\\nContent-Length: 1", "must not stand in a target"),
    ] {
        let mut client = client();
        let opened = Input::Opened { conn: Conn::MAIN, local: addr(1), peer: addr(80) };
        client.handle(opened, Default::default()).expect("opening is never refused");
        let why = client.handle(Input::Batch(batch), Default::default()).expect_err(batch);
        assert!(why.to_string().contains(word), "{batch:?}: {why}");
        assert_eq!((client.poll(), client.state().id), (None, "idle"));
    }
    let last = play(&client, &[OPENS, Step::Batch("GET /a\nPOST /b")]);
    assert!(sent(&last, Conn::MAIN).ends_with(b"Content-Length: 0\r\n\r\n"));
}

#[test]
fn http_18_cookies_with_commas_stay_two() {
    let client = after(
        "GET /",
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Expires=Wed, 06 Jan 2027 09:00:00 GMT\r\nSet-Cookie: b=\"x;y\"; Path=/\r\nContent-Length: 0\r\n\r\n",
    );
    let cookies: Vec<_> =
        client.facts().into_iter().filter(|f| f.name == "cookie").map(|f| f.value).collect();
    assert_eq!(cookies, ["a=1", "b=\"x;y\""]);
}

#[test]
fn http_20_the_strongest_challenge_is_answered() {
    let both = suggested(
        "GET /x",
        b"HTTP/1.1 401 No\r\nWWW-Authenticate: Newauth realm=\"a, b\", Basic realm=\"c\"\r\nContent-Length: 0\r\n\r\n",
    );
    assert_eq!(both, "GET /x\nAuthorization: Basic c3R1ZGVudDpsYWItc2VjcmV0");
    let digest = suggested(
        "GET /x",
        b"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=c, Digest realm=r, nonce=n, qop=\"auth,auth-int\", algorithm=MD5, Digest realm=r, nonce=n, qop=auth, algorithm=SHA-256\r\nContent-Length: 0\r\n\r\n",
    );
    assert!(digest.contains("algorithm=SHA-256") && digest.contains("nc=00000001"), "{digest}");
    let proxy = suggested(
        "GET http://h/x",
        b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n",
    );
    assert!(proxy.contains("\nProxy-Authorization: Basic "), "{proxy}");
}

#[test]
fn a_stale_nonce_is_replaced_and_the_count_grows() {
    let challenge: &[u8] = b"HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=r, nonce=n, qop=auth, stale=true\r\nContent-Length: 0\r\n\r\n";
    let mut client = after("GET /x", challenge);
    let first = client.suggestion().expect("an answer").text;
    client.handle(Input::Command(&first), Default::default()).expect("the suggestion is legal");
    let again = Input::Bytes { conn: Conn::MAIN, bytes: challenge };
    client.handle(again, Default::default()).expect("bytes are never refused");
    let second = client.suggestion().expect("another answer").text;
    assert!(first.contains("nc=00000001") && second.contains("nc=00000002"), "{second}");
}

#[test]
fn wrong_credentials_are_not_offered_twice() {
    let text = suggested(
        "GET /x\nAuthorization: Basic d3Jvbmc6eA==",
        b"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=c\r\nContent-Length: 0\r\n\r\n",
    );
    assert!(!text.contains("Authorization"), "{text}");
}

#[test]
fn http_22_redirects_keep_or_change_the_method() {
    let post = "POST /a/b?x\nContent-Type: text/csv\n\n1,2";
    for (status, location, next) in [
        ("302 Found", "/n", "GET /n"),
        ("301 Moved", "/n", "GET /n"),
        ("303 See Other", "../n", "GET /n"),
        ("307 Temporary", "c", "POST /a/c\nContent-Type: text/csv\n\n1,2"),
        ("308 Permanent", "?q", "POST /a/b?q\nContent-Type: text/csv\n\n1,2"),
        ("302 Found", "#f", "GET /a/b?x"),
        ("302 Found", "http://PRACTICE.lab:80/n", "GET /n"),
    ] {
        let response =
            format!("HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(suggested(post, response.as_bytes()), next, "{status} {location}");
    }
    let head = b"HTTP/1.1 303 See Other\r\nLocation: /n\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(suggested("HEAD /", head), "HEAD /n");
}

#[test]
fn a_redirect_to_another_server_is_told_and_not_followed() {
    for location in ["//h/x", "https://practice.lab/", "http://practice.lab:81/"] {
        let response: &'static [u8] =
            format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n")
                .into_bytes()
                .leak();
        let outputs = ask("GET /\nAuthorization: Basic eDp5", response);
        assert!(notes(&outputs).contains("leads to another server"), "{}", notes(&outputs));
        assert!(notes(&outputs).contains("must not be taken along"));
        assert!(!suggested("GET /", response).contains("/x"));
    }
}

#[test]
fn a_redirect_loop_is_noticed() {
    let circle: &[u8] = b"HTTP/1.1 302 Found\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n";
    let mut steps = vec![OPENS];
    for _ in 0..11 {
        steps.extend([Step::Types("GET /a"), server(circle)]);
    }
    assert!(notes(&play(&client, &steps)).contains("redirect number 11: it is a loop"));
}

#[test]
fn errors_suggest_what_would_work() {
    for (status, field, next) in [
        ("405 No", "Allow: HEAD, GET", "GET /x"),
        ("416 No", "Content-Range: bytes */5", "DELETE /x\nRange: bytes=0-4"),
    ] {
        let response = format!("HTTP/1.1 {status}\r\n{field}\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(suggested("DELETE /x", response.as_bytes()), next);
    }
    let tagged = b"HTTP/1.1 200 OK\r\nETag: W/\"1\"\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(suggested("GET /x", tagged), "GET /x\nIf-None-Match: W/\"1\"");
}

#[test]
fn facts_say_when_to_connect_again() {
    let fact = |client: &dyn Client, name: &str| {
        client.facts().into_iter().find(|fact| fact.name == name).map(|fact| fact.value)
    };
    let kept = after("GET /", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(fact(&*kept, "connection").as_deref(), Some("stays open (persistent)"));
    let closed = after("GET /", b"HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(fact(&*closed, "connection").as_deref(), Some("closed: connect again"));
    assert_eq!(fact(&*closed, "the server speaks").as_deref(), Some("HTTP/1.0"));
    assert_eq!(fact(&*closed, "last response").as_deref(), Some("404 Not Found to GET /"));
    assert_eq!(closed.suggestion(), None);
}

#[test]
fn credentials_are_masked_typed_and_raw() {
    let raw: &[u8] = b"GET / HTTP/1.1\r\nHost: h\r\nAUTHORIZATION:Basic c2VjcmV0\r\n c2VjcmV0\r\nProxy-Authorization : c2VjcmV0\nAuthorization: c2VjcmV0\r\n\r\n";
    let outputs = play(
        &client,
        &[
            OPENS,
            Step::Types("GET /\nAuthorization: Basic c2VjcmV0\nProxy-Authorization: c2VjcmV0"),
            server(b"HTTP/1.1 204 No\r\n\r\n"),
            Step::Raw(raw),
        ],
    );
    assert!(sent(&outputs, Conn::MAIN).ends_with(raw));
    assert!(!notes(&outputs).contains("c2VjcmV0"), "{}", notes(&outputs));
    for output in &outputs {
        if let Output::Note(note) = output {
            assert!(!note.fix.iter().any(|fix| fix.contains("c2VjcmV0")), "{note:?}");
        }
        if let Output::Sent { wire, .. } = output {
            let shown = String::from_utf8(wire.masked()).expect("requests are ASCII");
            assert!(!shown.contains("c2VjcmV0"), "{shown}");
            assert!(shown.to_lowercase().contains("authorization"), "{shown}");
        }
    }
}

#[test]
fn raw_requests_are_followed_so_that_their_responses_are_framed() {
    let outputs = play(
        &client,
        &[
            OPENS,
            Step::Raw(b"HEAD / HTTP/1.1\r\nHost: h\r\n\r\nPUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
            Step::Raw(b"0\r\n\r\nBREW /pot HTTP/1.1\r\nHost: h\r\n\r\n"),
            server(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 204 No\r\n\r\nHTTP/1.1 418 T\r\nContent-Length: 1\r\n\r\n!"),
        ],
    );
    assert_eq!((state(&outputs), notes(&outputs)), (Some("idle"), String::new()));
    let half = play(
        &client,
        &[
            OPENS,
            Step::Raw(b"GET /"),
            server(b"HTTP/1.1 400 Bad\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
        ],
    );
    assert_eq!(state(&half), Some("closed"));
    assert!(!notes(&half).contains("asked for"));
}

//! What is noted, pitfall by pitfall, and that what a note has for right is right.

use super::*;
use crate::testing::cases::{Case, From, case, check, fine};

fn idle() -> From<'static> {
    (vec![OPENS], vec![])
}

/// A request and its response.
fn asked(request: &'static str, response: &'static [u8]) -> [Step<'static>; 2] {
    [Step::Types(request), server(response)]
}

fn then_ended(response: &'static [u8]) -> [Step<'static>; 3] {
    [Step::Types("GET /"), server(response), ENDS]
}

fn raw(bytes: &'static [u8]) -> [Step<'static>; 1] {
    [Step::Raw(bytes)]
}

fn framing() -> Vec<Case<'static>> {
    let head = "HEAD /";
    let stays: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    vec![
        case("HTTP-01", idle(), asked(head, stays), "The response before it (to HEAD) has no content", (9112, "6.3"), None),
        case("HTTP-02", idle(), asked("GET /", b"HTTP/1.1 204 N\r\nTransfer-Encoding: chunked\r\n\r\n"), "Transfer-Encoding stands in a response 204", (9112, "6.1"), None),
        case("HTTP-02", idle(), asked("GET /", b"HTTP/1.1 204 N\r\nContent-Length: 3\r\n\r\n"), "Content-Length stands in a response 204", (9110, "8.6"), None),
        fine("HTTP-02", idle(), asked("GET /", b"HTTP/1.1 304 N\r\nContent-Length: 99\r\n\r\n")),
        fine("HTTP-03", idle(), asked("GET /", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")),
        fine("HTTP-04 HTTP-05", idle(), asked("GET /", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=\"a;b\"\r\n0\r\n\r\n\r\n000;y\r\nX-T: 1\r\n\r\n")),
        case("HTTP-04", idle(), asked("GET /", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHost: x\r\n\r\n"), "Host must not stand in a trailer", (9110, "6.5.1"), None),
        case("HTTP-06", idle(), asked("GET /", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x2\r\nhi\r\n"), "The chunk size \"0x2\" is wrong", (9112, "7.1"), None),
        case("HTTP-07", idle(), asked("GET /", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhiXX0\r\n\r\n"), "octet 58 came", (9112, "7.1"), None),
        case("HTTP-08", idle(), then_ended(b"HTTP/1.1 200 OK\r\nConte"), "inside the header", (9112, "8"), None),
        case("HTTP-09", idle(), asked("GET /", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "request smuggling", (9112, "6.3"), None),
        case("HTTP-10", idle(), asked("GET /", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), "the values differ", (9112, "6.3"), None),
        case("HTTP-10", idle(), asked("GET /", b"HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na"), "Content-Length is given 2 times", (9112, "6.3"), None),
        case("HTTP-10", idle(), asked("GET /", b"HTTP/1.1 200 OK\r\nContent-Length: 1e1\r\n\r\na"), "decimal digits and nothing else", (9112, "6.3"), None),
        case("HTTP-11", idle(), then_ended(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\nx"), "chunked is not the last transfer coding", (9112, "6.3"), None),
        case("HTTP-11", idle(), asked("GET /", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked;q=1\r\n\r\n"), "chunked has no parameters", (9112, "7.1"), None),
        case("HTTP-11", idle(), asked("GET /", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), "The transfer coding gzip", (9112, "7.2"), None),
        case("HTTP-12", idle(), then_ended(b"HTTP/1.0 200 OK\r\n\r\nabc"), "Nobody can tell whether it is complete", (9112, "6.3"), None),
        case("HTTP-13", idle(), then_ended(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), "3 of 10 octets have come", (9112, "8"), None),
        case("HTTP-14", idle(), asked("GET /", b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"), "The space behind the status code is missing", (9112, "4"), None),
        case("HTTP-15", idle(), asked("GET /", b"ICY 200 OK\r\n\r\n"), "wrong at octet 0", (9112, "4"), None),
        case("HTTP-15", idle(), asked("GET /", b"HTTP/1.1 099 No\r\nContent-Length: 0\r\n\r\n"), "99 is no status code", (9110, "15"), None),
        case("HTTP-25", idle(), [Step::Batch("HEAD /\nGET /"), server(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nHTTP/1.1 304 N\r\nConnection: close\r\n\r\n")], "", (0, ""), None),
        case("HTTP-26", idle(), asked("GET /", b"HTTP/1.1 200 OK\r\nConnection: Keep-Alive, CLOSE\r\nContent-Length: 0\r\n\r\n"), "close counts", (9112, "9.3"), None),
        case("HTTP-28", idle(), asked("GET /", b"HTTP/1.1 101 S\r\nUpgrade: echo\r\n\r\n"), "switches to another protocol unasked", (9110, "7.8"), None),
        case("HTTP-30", idle(), [server(b"HTTP/1.1 200 OK\r\n\r\n")], "octets that no request asked for", (9112, "9.2"), None),
    ]
}

fn fields() -> Vec<Case<'static>> {
    const CALL: &str = "POST /RPC2\nContent-Type: text/xml\n\n<methodCall/>";
    vec![
        case("HTTP-16", idle(), asked("GET /", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: b\r\n c\r\n\r\n"), "Folding was abolished", (9112, "5.2"), None),
        case("HTTP-16", idle(), asked("GET /", b"HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n"), "space before the colon, at octet 31", (9112, "5.1"), None),
        case("HTTP-16", idle(), asked("GET /", b"HTTP/1.1 200 OK\r\nA\r\nContent-Length: 0\r\n\r\n"), "is no header field", (9112, "5"), None),
        case("HTTP-16", idle(), asked("GET /", b"HTTP/1.1 200 OK\r\nA: b\rc\r\nContent-Length: 0\r\n\r\n"), "a bare CR or a NUL", (9110, "5.5"), None),
        case("HTTP-17", idle(), asked("GET /", b"HTTP/1.1 200 OK\nContent-Length: 0\n\n"), "bare LF", (9112, "2.2"), None),
        fine("HTTP-18", idle(), asked("GET /", b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Expires=Wed, 06 Jan 2027 09:00:00 GMT\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n")),
        case("HTTP-19", idle(), asked("POST /echo\nExpect: 100-continue\n\nabc", b"HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n"), "has decided without the content", (9110, "10.1.1"), None),
        case("HTTP-20", idle(), asked("GET /", b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"), "401 comes without WWW-Authenticate", (9110, "15.5.2"), None),
        fine("HTTP-20 HTTP-21", idle(), asked("GET /", b"HTTP/1.1 401 No\r\nWWW-Authenticate: Newauth realm=\"a, b\", Basic realm=\"c\"\r\nContent-Length: 0\r\n\r\n")),
        case("HTTP-22", idle(), asked("GET /", b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"), "302 comes without Location", (9110, "15.4.3"), None),
        case("HTTP-22", idle(), asked("GET /", b"HTTP/1.1 302 Found\r\nLocation: //h/x\r\nContent-Length: 0\r\n\r\n"), "leads to another server", (9110, "15.4"), None),
        case("HTTP-23", idle(), asked("GET /", b"HTTP/1.1 206 P\r\nContent-Range: bytes 0-0/9\r\nContent-Length: 1\r\n\r\na"), "no Range asked for a part", (9110, "15.3.7"), None),
        case("HTTP-23", idle(), asked("GET /\nRange: bytes=0-0", b"HTTP/1.1 206 P\r\nContent-Length: 1\r\n\r\na"), "206 comes without Content-Range", (9110, "15.3.7"), None),
        case("HTTP-24", idle(), asked("GET /\nAccept-Encoding: deflate", b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: 3\r\n\r\n\x03\x00\x00"), "leaves the wrapper out", (9110, "8.4.1.2"), None),
        case("HTTP-24", idle(), asked("GET /", b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 0\r\n\r\n"), "which Accept-Encoding did not offer", (9110, "12.5.3"), None),
        case("HTTP-28", idle(), asked("GET /\nUpgrade: x", b"HTTP/1.1 101 S\r\n\r\n"), "101 comes without Upgrade", (9110, "15.2.2"), None),
        case("HTTP-29", idle(), asked(CALL, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n"), "this is text/html", (9110, "8.3"), None),
        fine("HTTP-29", idle(), asked(CALL, b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 0\r\n\r\n")),
        case("ALL-07", idle(), asked("GET /", b"HTTP/1.1 200 OK\r\nX: \xfc\r\nContent-Length: 0\r\n\r\n"), "Octets above 127 stand in 1 of the fields", (9110, "5.5"), None),
        case("ALL-09", idle(), asked("GET /", b"HTTP/1.1 200 OK\r\nDate: Sunday, 06-Nov-94 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n"), "Date says", (9110, "5.6.7"), None),
        case("ALL-09", idle(), asked("GET /", b"HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n"), "405 comes without Allow", (9110, "15.5.6"), None),
    ]
}

fn requests() -> Vec<Case<'static>> {
    let hello = Some("GET /hello.txt");
    let echo = Some("POST /echo\n\nabc");
    vec![
        case("HTTP-10", idle(), raw(b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nabc"), "Content-Length says 2, but 1 more octets follow", (9110, "8.6"), echo),
        case("HTTP-10", idle(), raw(b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabc"), "2 octets of the content that Content-Length announces", (9110, "8.6"), None),
        case("HTTP-10", idle(), raw(b"POST /echo HTTP/1.1\r\nHost: h\r\n\r\nabc"), "3 octets of content follow, but no field says", (9112, "6.3"), echo),
        case("HTTP-10", idle(), raw(b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n"), "decimal digits", (9112, "6"), Some("POST /echo")),
        case("HTTP-09", idle(), raw(b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "cannot stand here beside Content-Length", (9112, "6.1"), Some("POST /echo")),
        case("HTTP-06", idle(), raw(b"POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0x1\r\nd\r\n"), "The chunk size \"0x1\" is wrong", (9112, "7.1"), echo),
        case("HTTP-16", idle(), raw(b"GET /hello.txt HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n"), "which would fold it", (9112, "5.2"), Some("GET /hello.txt\nA: b c")),
        case("HTTP-16", idle(), raw(b"GET /hello.txt HTTP/1.1\r\nHost : h\r\n\r\n"), "no space may stand before the colon", (9112, "5.1"), hello),
        case("HTTP-16", idle(), raw(b"GET /hello.txt HTTP/1.1\r\nHost: h\r\nnonsense\r\nmore\r\n\r\n"), "More lines are like it.", (9112, "5"), hello),
        case("HTTP-17", idle(), raw(b"GET /hello.txt HTTP/1.1\nHost: h\n\n"), "2 lines end with a bare LF", (9112, "2.2"), hello),
        case("HTTP-19", idle(), raw(b"GET /hello.txt HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n"), "only for requests with content", (9110, "10.1.1"), hello),
        case("HTTP-23", idle(), [Step::Types("GET /hello.txt\nRange: bytes=9-2")], "which is no range", (9110, "14.1.2"), Some("GET /hello.txt\nRange: bytes=0-99")),
        case("HTTP-25", idle(), raw(b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"), "GET goes out before the response to POST has come", (9112, "9.3.2"), None),
        case("HTTP-27", idle(), raw(b"GET /hello.txt?a b HTTP/1.1\r\nHost: h\r\n\r\n"), "' ' must not stand in a target", (9112, "3.2"), Some("GET /hello.txt?a%20b")),
        case("HTTP-27", idle(), raw(b"GET /hello.txt HTTP/1.1\r\nHost: h\r\nX: a\rEvil: 1\r\n\r\n"), "could be taken for another field", (9110, "5.5"), hello),
        case("HTTP-27", idle(), raw(b"GET /hello.txt HTTP/1.1\r\n\r\n"), "The field Host is missing", (9112, "3.2"), hello),
        case("HTTP-27", idle(), raw(b"GET /hello.txt HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n"), "two Host fields", (9112, "3.2"), hello),
        case("HTTP-27", idle(), raw(b"get /hello.txt HTTP/1.1\r\nHost: h\r\n\r\n"), "upper and lower case differ", (9110, "9.1"), hello),
        case("HTTP-15", idle(), raw(b"GET /hello.txt HTTP/2.0\r\nHost: h\r\n\r\n"), "HTTP/2.0 is not spoken here", (9112, "3"), hello),
        case("HTTP-15", idle(), raw(b"GET /hello.txt\r\n\r\n"), "The version is missing", (9112, "3"), hello),
        case("HTTP-08", idle(), raw(b"GET /hello.txt HTTP/1.1\r\nHost: h\r\n"), "The header has no end yet", (9112, "2.1"), None),
        case("ALL-10", idle(), [Step::Types("GET /hello.txt\n\nabc")], "Content has no meaning in a GET", (9110, "9.3.1"), hello),
        case("ALL-10", idle(), [Step::Types("GET /hello.txt\nIf-Modified-Since: yesterday")], "If-Modified-Since says", (9110, "5.6.7"), Some("GET /hello.txt\nIf-Modified-Since: Mon, 05 Jan 2026 09:00:00 GMT")),
        case("ALL-12", idle(), raw(b"GET /hello.txt HTTP/1.1\r\nAuthorization: Basic c2VjcmV0\r\n\r\n"), "Host is missing", (9112, "3.2"), hello),
        fine("ALL-10", idle(), raw(b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc\r\n")),
        fine("ALL-10", idle(), raw(b"GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n")),
    ]
}

#[test]
fn each_thing_that_goes_wrong_has_its_note_and_what_is_said_to_be_right_is() {
    let all = [framing(), fields(), requests()].concat();
    check(&super::super::PROTOCOL, &client, &all, ("HTTP", 30));
}

#[test]
fn raw_octets_without_an_end_of_a_line_are_taken_as_far_as_a_header_goes() {
    let mut client = client();
    let opened = OPENS;
    client.handle(opened.input(), Default::default()).expect("no command");
    let long = vec![b'x'; 200_000];
    let raw = crate::machine::Input::Raw { conn: Conn::MAIN, bytes: &long };
    client.handle(raw, Default::default()).expect("raw octets are never refused");
    let outputs: Vec<Output> = std::iter::from_fn(|| client.poll()).collect();
    assert!(crate::testing::notes(&outputs).contains("more than 64 KiB"));
}

//! What Python makes of responses that the practice server does not give.

use super::super::PROTOCOL;
use super::super::coding::gzip;
use super::super::xmlrpc::{Value, response};
use crate::testing::{method, session};

fn played(name: &str, args: &[&str], replies: &[&[u8]]) -> (String, Result<String, String>) {
    method(&PROTOCOL, session(&PROTOCOL, b"", &[]), (name, args), replies)
}

fn value(name: &str, args: &[&str], reply: impl AsRef<[u8]>) -> Result<String, String> {
    played(name, args, &[reply.as_ref()]).1
}

#[test]
fn the_host_is_named_as_it_was_given() {
    let (sent, _) = played("request", &["GET", "/x"], &[b"HTTP/1.1 204 No\r\n\r\n"]);
    assert_eq!(sent, "GET /x HTTP/1.1\r\nHost: mx.example\r\nAccept-Encoding: identity\r\n\r\n");
    let (sent, _) =
        played("request", &["GET", "http://other:8080/x"], &[b"HTTP/1.1 204 No\r\n\r\n"]);
    assert!(sent.contains("\r\nHost: other:8080\r\n"), "{sent}");
}

#[test]
fn redirects_errors_and_silence_end_urlopen() {
    let moved = "HTTP/1.1 302 Found\r\nLocation: http://mx.example/b\r\nContent-Length: 0\r\n\r\n";
    let end = value("urlopen", &["/a"], moved).expect_err("it is not followed");
    assert!(end.starts_with("Not followed: ") && end.contains("http://mx.example/b"), "{end}");
    // A POST is not sent again after 307.
    let moved = moved.replace("302 Found", "307 Again");
    let end = value("urlencode", &["/a", "{'x': 1}"], moved).expect_err("an error");
    assert_eq!(end, "urllib.error.HTTPError: HTTP Error 307: Again");
    let (_, end) = played("urlopen", &["/a"], &[]);
    let gone = "http.client.RemoteDisconnected: Remote end closed connection without response";
    assert_eq!(end, Err(gone.into()));
}

#[test]
fn xml_rpc_is_read_through_gzip_and_nothing_else_is_taken_for_it() {
    let head = |fields: &str, octets: usize| {
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n{fields}Content-Length: {octets}\r\n\r\n"
        )
    };
    let content = gzip(response(&Value::I8(1 << 40)).as_bytes());
    let mut reply = head("Content-Encoding: gzip\r\n", content.len()).into_bytes();
    reply.extend(content);
    assert_eq!(value("add", &["1", "2"], reply), Ok("1099511627776".into()));
    let odd = "xmlrpc.client.ResponseError: ResponseError()";
    assert_eq!(value("add", &["1", "2"], head("", 2) + "no"), Err(odd.into()));
    let missing = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    let error = "xmlrpc.client.ProtocolError: <ProtocolError for mx.example/RPC2: 404 Not Found>";
    assert_eq!(value("add", &["1", "2"], missing), Err(error.into()));
}

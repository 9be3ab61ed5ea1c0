use http_body_util::BodyExt;
use hyper::header::{HeaderMap, HeaderName};
use hyper::{Method, StatusCode};

use super::{Asset, accepts, is_hashed, page};

const FILES: &[Asset] = &[
    Asset {
        path: "index.html",
        etag: "1",
        plain: b"<!doctype html>",
        br: Some(b"BR"),
        gz: Some(b"GZIP"),
    },
    Asset { path: "lab-0123abcd.wasm", etag: "2", plain: b"\0asm", br: None, gz: None },
    Asset { path: "viewer.html", etag: "4", plain: b"<p>room", br: None, gz: None },
    Asset { path: "sw.js", etag: "3", plain: b"//", br: None, gz: None },
];

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

fn ask(method: Method, path: &str, headers: &[(&'static str, &str)]) -> Answer {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(HeaderName::from_static(name), value.parse().unwrap());
    }
    let (head, body) = page(FILES, &method, path, &map).into_parts();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let body = runtime.block_on(body.collect()).unwrap().to_bytes().to_vec();
    Answer { status: head.status, headers: head.headers, body }
}

fn get(path: &str, headers: &[(&'static str, &str)]) -> Answer {
    ask(Method::GET, path, headers)
}

#[test]
fn the_index_is_checked_each_time_and_packed_as_the_browser_likes() {
    let plain = get("/", &[]);
    assert_eq!((plain.status, &plain.body[..]), (StatusCode::OK, &b"<!doctype html>"[..]));
    assert_eq!(plain.header("cache-control"), "no-cache");
    assert_eq!(plain.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(plain.header("content-encoding"), "");
    assert_eq!(plain.header("vary"), "accept-encoding");
    assert!(plain.header("content-security-policy").contains("default-src 'none'"));
    assert_eq!(plain.header("x-content-type-options"), "nosniff");
    assert_eq!(plain.header("referrer-policy"), "no-referrer");
    assert_eq!(plain.header("cross-origin-opener-policy"), "same-origin");

    for (accept, encoding, body) in [
        ("gzip, deflate, br, zstd", "br", &b"BR"[..]),
        ("gzip, br;q=0", "gzip", b"GZIP"),
        ("*", "br", b"BR"),
        ("deflate", "", b"<!doctype html>"),
    ] {
        let packed = get("/index.html", &[("accept-encoding", accept)]);
        assert_eq!((packed.header("content-encoding"), &packed.body[..]), (encoding, body));
    }
}

#[test]
fn a_room_has_the_short_address_that_is_its_code() {
    let viewer = get("/viewer.html", &[]);
    for path in ["/K7PQ4M", "/k7pq4m", "/K7P-Q4M", "/join", "/JOIN"] {
        let room = get(path, &[]);
        assert_eq!((room.status, &room.body), (StatusCode::OK, &viewer.body), "{path}");
        assert_eq!(room.headers, viewer.headers, "{path}");
        assert_eq!(room.header("cache-control"), "no-cache");
    }
    for path in ["/K7PQ4", "/K7PQ40", "/K7PQ4M/", "/a/K7PQ4M", "/K7PQ4M.js", "/joint"] {
        assert_eq!(get(path, &[]).status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[test]
fn what_the_browser_has_is_not_sent_again() {
    let etag = get("/", &[("accept-encoding", "br")]).header("etag").to_owned();
    let list = format!("\"other\", W/{etag}");
    for tags in [etag.as_str(), list.as_str(), "*"] {
        let again = get("/", &[("accept-encoding", "br"), ("if-none-match", tags)]);
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
        assert_eq!(again.header("etag"), etag);
    }
    let plain = get("/", &[("if-none-match", &etag)]);
    assert_eq!(plain.status, StatusCode::OK, "another encoding is another body");
}

#[test]
fn hashed_names_are_kept_forever() {
    let wasm = get("/lab-0123abcd.wasm", &[("accept-encoding", "br")]);
    assert_eq!(wasm.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(wasm.header("content-type"), "application/wasm");
    assert_eq!(wasm.body, b"\0asm");
    assert!(is_hashed("a/wirelab-0123456789abcdef_bg.wasm"));
    assert!(!is_hashed("index.html") && !is_hashed("a-short.js") && !is_hashed("a-1234567.js"));
    assert!(!is_hashed("service-worker.js"));
}

/// Kept for ever, it would keep the page at that version for ever.
#[test]
fn the_service_worker_is_checked_each_time() {
    let worker = get("/sw.js", &[]);
    assert_eq!(worker.header("cache-control"), "no-cache");
    assert_eq!(worker.header("content-type"), "text/javascript; charset=utf-8");
    assert!(worker.header("content-security-policy").contains("worker-src 'self'"));
}

#[test]
fn what_is_not_there_is_said_in_a_sentence() {
    let missing = get("/nothing", &[]);
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(missing.body, b"There is nothing at /nothing. The lab is at /.\n");
    assert_eq!(get("/../Cargo.toml", &[]).status, StatusCode::NOT_FOUND);
    let post = ask(Method::POST, "/", &[]);
    assert_eq!((post.status, post.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD"));
}

#[test]
fn head_is_get_without_the_body() {
    let head = ask(Method::HEAD, "/", &[]);
    assert_eq!((head.header("content-length"), head.body.len()), ("15", 0));
}

#[test]
fn weights_of_encodings() {
    assert!(accepts("br;q=0.1", "br") && accepts("*;q=1, gzip;q=0", "br"));
    assert!(!accepts("*;q=1, gzip;q=0", "gzip") && !accepts("", "br") && !accepts("br;q=x", "br"));
}

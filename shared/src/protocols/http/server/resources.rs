//! What the practice server has to offer.

use super::super::auth::Hash;
use super::super::fields::Fields;
use super::super::uri::percent_encode;
use super::super::{coding, status};
use super::access;
use super::answer::{Answer, Ends, Piece};
use super::conditions::{Version, preconditions, ranged};
use super::request::Request;
use super::rpc;
use crate::world::files::{Content, FileError, Files, Node};
use crate::world::{Date, World};

/// Larger uploads are refused, because they are kept in memory.
pub(super) const UPLOAD_LIMIT: u64 = 32 << 20;
/// What is sent back is kept twice.
const ECHO_LIMIT: u64 = 1 << 20;

const READ: &[&str] = &["GET", "HEAD", "OPTIONS", "TRACE"];
const STORE: &[&str] = &["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"];
const CALL: &[&str] = &["OPTIONS", "TRACE", "POST"];
const ALL: &[&str] = &["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "POST", "PATCH"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    Server,
    Echo,
    Redirect(u16),
    Chunked,
    Gzip,
    Private,
    Digest(&'static [Hash]),
    Status(u16),
    Early,
    Close,
    Cookie,
    Upgrade,
    Upload,
    Rpc,
    File,
}

/// What a request is answered from.
pub(super) struct Context<'a> {
    pub(super) world: &'a mut World,
    pub(super) now: Date,
    pub(super) name: &'a str,
    /// Not in any content.
    pub(super) boundary: String,
}

impl Context<'_> {
    /// What can be refused before the content has come: method, credentials, size.
    pub(super) fn refuse(&self, request: &Request, announced: u64) -> Option<Answer> {
        let route = route(&request.path);
        let allowed = allowed(route);
        if !allowed.contains(&request.method.as_str()) {
            let methods = allowed.join(", ");
            return Some(
                Answer::error(405, &format!("this target takes {methods}")).field("Allow", methods),
            );
        }
        if announced > limit(request) {
            return Some(too_large(request));
        }
        match route {
            Route::Private => access::basic(request, self.world),
            Route::Digest(hashes) => {
                access::digest(request, self.world, self.now, self.name, hashes)
            }
            _ => None,
        }
    }

    /// Carries the request out.
    pub(super) fn answer(&mut self, request: &Request, content: &[u8]) -> Answer {
        let route = route(&request.path);
        match request.method.as_str() {
            "OPTIONS" => return Answer::new(204).field("Allow", allowed(route).join(", ")),
            "TRACE" => return trace(request),
            _ => {}
        }
        match route {
            Route::Server => Answer::error(400, "* is for OPTIONS"),
            Route::Echo => echo(request, content),
            Route::Redirect(code) => {
                Answer::text(code, "Look there: /readme.txt\r\n").field("Location", "/readme.txt")
            }
            Route::Chunked => {
                let mut answer =
                    Answer::text(200, "One line,\r\nthen another,\r\nand the last.\r\n")
                        .field("Trailer", "X-Octets");
                answer.ends = Ends::Chunked;
                answer
            }
            Route::Gzip => self.gzip(request),
            Route::Private => {
                Answer::text(200, "The secret of this page: base64 hides nothing.\r\n")
            }
            Route::Digest(_) => Answer::text(
                200,
                "The secret of this page: the password never crossed the wire.\r\n",
            ),
            Route::Status(code) => any_status(code),
            Route::Early => {
                let mut hints = Fields::default();
                hints.push("Link", "</hello.txt>; rel=preload");
                let mut answer = Answer::text(200, "The hints came before this.\r\n");
                answer.interim = Some((103, hints));
                answer
            }
            Route::Close => {
                let text = "The end of the connection is the end of this text.\r\n";
                let mut answer = Answer::text(200, text).close();
                answer.ends = Ends::Close;
                answer
            }
            Route::Cookie => cookie(request),
            Route::Upgrade => upgrade(request),
            Route::Upload => self.upload(request, content),
            Route::Rpc => rpc::answer(request, content, self.world, self.now),
            Route::File => self.file(request),
        }
    }

    fn file(&self, request: &Request) -> Answer {
        let path = Files::resolve("/", &request.path);
        match self.world.files.get(&path) {
            None => Answer::error(404, &format!("there is no {path}")),
            Some(Node::Folder { .. }) if !request.path.ends_with('/') => {
                let to = percent_encode(&format!("{path}/"));
                Answer::text(301, format!("Look there: {to}\r\n")).field("Location", to)
            }
            Some(folder @ Node::Folder { .. }) => {
                let index = folder.entries().find(|(name, _)| *name == "index.html");
                match index {
                    Some((_, Node::File { content, modified })) => {
                        self.serve(request, content, *modified, "text/html; charset=utf-8")
                    }
                    _ => Answer::new(200)
                        .field("Content-Type", "text/html; charset=utf-8")
                        .content(listing(&path, folder)),
                }
            }
            Some(Node::File { .. }) if request.path.ends_with('/') => {
                Answer::error(404, &format!("{path} is no folder"))
            }
            Some(Node::File { content, modified }) => {
                self.serve(request, content, *modified, media_type(&path))
            }
        }
    }

    fn serve(&self, request: &Request, content: &Content, modified: Date, kind: &str) -> Answer {
        let version = Version { etag: etag(content), modified };
        let date = modified.http();
        match preconditions(request, Some(&version)) {
            Some(304) => {
                return Answer::new(304).field("ETag", version.etag).field("Last-Modified", date);
            }
            Some(status) => return Answer::error(status, "the condition does not hold"),
            None => {}
        }
        let mut whole = Answer::new(200)
            .field("Content-Type", kind)
            .field("ETag", &version.etag)
            .field("Last-Modified", date)
            .field("Accept-Ranges", "bytes");
        whole.pieces = vec![Piece::whole(content.clone())];
        ranged(request, &version, content, kind, &self.boundary, whole)
    }

    fn upload(&mut self, request: &Request, content: &[u8]) -> Answer {
        let path = Files::resolve("/", &request.path);
        if !matches!(request.method.as_str(), "PUT" | "DELETE") {
            return self.file(request);
        }
        let node = self.world.files.get(&path);
        let existed = node.is_some();
        let version = node.and_then(|node| {
            Some(Version { etag: etag(node.content()?), modified: node.modified() })
        });
        if let Some(status) = preconditions(request, version.as_ref()) {
            return Answer::error(status, "the condition does not hold");
        }
        if request.fields.get("content-range").is_some() {
            return Answer::error(400, "PUT stores the whole, not a range of it");
        }
        let done = if request.method == "DELETE" {
            self.world.files.remove_file(&path, self.now)
        } else {
            let content = Content::Bytes(content.into());
            self.world.files.write(&path, content, self.now)
        };
        match done {
            Ok(()) if request.method == "DELETE" => Answer::new(204),
            Ok(()) => {
                let stored = self.world.files.get(&path).and_then(Node::content).map(etag);
                let etag = stored.unwrap_or_default();
                match existed {
                    true => Answer::new(204).field("ETag", etag),
                    false => Answer::text(201, format!("{path} is made.\r\n"))
                        .field("Location", percent_encode(&path))
                        .field("ETag", etag),
                }
            }
            Err(FileError::NotFound) if request.method == "DELETE" => {
                Answer::error(404, &format!("there is no {path}"))
            }
            Err(FileError::Full) => Answer::error(507, FileError::Full.sentence()),
            Err(error) => Answer::error(409, error.sentence()),
        }
    }

    fn gzip(&self, request: &Request) -> Answer {
        let mut text = Vec::new();
        if let Some(content) = self.world.files.get("/readme.txt").and_then(Node::content) {
            text = content.read(0, content.len() as usize);
        }
        let answer = if request.accepts_gzip() {
            Answer::text(200, coding::gzip(&text)).field("Content-Encoding", "gzip")
        } else {
            Answer::text(200, text)
        };
        answer.field("Vary", "Accept-Encoding")
    }
}

/// The most octets of content that this request may bring.
pub(super) fn limit(request: &Request) -> u64 {
    match route(&request.path) {
        Route::Upload => UPLOAD_LIMIT,
        _ => ECHO_LIMIT,
    }
}

pub(super) fn too_large(request: &Request) -> Answer {
    Answer::error(413, &format!("at most {} octets are taken here", limit(request))).close()
}

fn route(path: &str) -> Route {
    let code = |text: &str| {
        let digits = text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u16>().ok().filter(|_| digits)
    };
    match path {
        "*" => Route::Server,
        "/echo" => Route::Echo,
        "/redirect" => Route::Redirect(302),
        "/chunked" => Route::Chunked,
        "/gzip" => Route::Gzip,
        "/private/secret.txt" => Route::Private,
        "/digest/secret.txt" => Route::Digest(&[Hash::Sha256, Hash::Md5]),
        "/digest-md5/secret.txt" => Route::Digest(&[Hash::Md5]),
        "/early" => Route::Early,
        "/close" => Route::Close,
        "/cookie" => Route::Cookie,
        "/upgrade" => Route::Upgrade,
        "/RPC2" => Route::Rpc,
        _ => {
            let redirect = path.strip_prefix("/redirect/").and_then(code);
            let status = path.strip_prefix("/status/").and_then(code);
            match (redirect, status) {
                (Some(code @ (301 | 302 | 303 | 307 | 308)), _) => Route::Redirect(code),
                (_, Some(code @ 102..600)) => Route::Status(code),
                _ if Files::resolve("/", path).starts_with("/upload/") => Route::Upload,
                _ => Route::File,
            }
        }
    }
}

fn allowed(route: Route) -> &'static [&'static str] {
    match route {
        Route::Server | Route::Echo | Route::Redirect(_) | Route::Status(_) => ALL,
        Route::Upload => STORE,
        Route::Rpc => CALL,
        _ => READ,
    }
}

/// The request as it came, without what is secret (RFC 9110 section 9.3.8).
fn trace(request: &Request) -> Answer {
    let head = String::from_utf8_lossy(&request.head);
    let shown: String = head
        .split_inclusive('\n')
        .filter(|line| {
            let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
            !matches!(name.as_str(), "authorization" | "proxy-authorization" | "cookie")
        })
        .collect();
    Answer::new(200).field("Content-Type", "message/http").content(shown)
}

fn echo(request: &Request, content: &[u8]) -> Answer {
    let mut text = format!("{} {}\r\n", request.method, request.target).into_bytes();
    if let Some(query) = &request.query {
        text.extend(format!("query: {query}\r\n").into_bytes());
    }
    for (name, value) in request.fields.iter() {
        let value = if super::super::fields::is_secret(name) { "(not shown)" } else { value };
        text.extend(format!("{name}: {value}\r\n").into_bytes());
    }
    text.extend(b"\r\n");
    text.extend(content);
    Answer::text(200, text)
}

fn any_status(code: u16) -> Answer {
    let mut answer = match code {
        // An interim response is followed by a final one.
        102..200 => {
            let mut answer = Answer::text(200, format!("A {code} came before this.\r\n"));
            answer.interim = Some((code, Fields::default()));
            answer
        }
        204 | 304 => Answer::new(code),
        205 => Answer::new(code),
        _ => Answer::text(code, format!("{code} {}\r\n", status::reason(code))),
    };
    answer = match code {
        401 => answer.field("WWW-Authenticate", "Basic realm=\"nobody\""),
        405 => answer.field("Allow", ALL.join(", ")),
        407 => answer.field("Proxy-Authenticate", "Basic realm=\"nobody\""),
        416 => answer.field("Content-Range", "bytes */0"),
        426 => answer.field("Upgrade", "HTTP/2.0").field("Connection", "upgrade"),
        429 | 503 => answer.field("Retry-After", "1"),
        _ => answer,
    };
    answer
}

/// Speaks the protocol `echo` from here on, if asked to in the way of RFC 9110 section 7.8.
fn upgrade(request: &Request) -> Answer {
    let asked = request.method == "GET"
        && request.minor >= 1
        && request.fields.has_token("upgrade", "echo")
        && request.fields.has_token("connection", "upgrade");
    let answer = match asked {
        true => Answer::new(101),
        false => Answer::error(426, "ask with Upgrade: echo and Connection: upgrade"),
    };
    answer.field("Upgrade", "echo").field("Connection", "upgrade")
}

fn cookie(request: &Request) -> Answer {
    let before = request.fields.all("cookie").flat_map(|cookies| cookies.split(';'));
    let visits = before
        .filter_map(|pair| pair.trim().strip_prefix("visits="))
        .find_map(|n| n.parse::<u32>().ok())
        .unwrap_or(0)
        .saturating_add(1);
    Answer::text(200, format!("This is visit {visits}.\r\n"))
        .field("Set-Cookie", format!("visits={visits}; Path=/; HttpOnly; SameSite=Lax"))
        .field("Set-Cookie", "seen=\"a, b\"; Expires=Wed, 06 Jan 2100 09:00:00 GMT; Path=/cookie")
        .field("Cache-Control", "no-store")
}

/// Strong: equal tags mean equal octets.
fn etag(content: &Content) -> String {
    use sha2::Digest;
    match content {
        Content::Bytes(bytes) => {
            let hash = crate::text::sasl::hex(&sha2::Sha256::digest(bytes));
            format!("\"{}\"", &hash[..16])
        }
        Content::Pattern(octets) => format!("\"pattern-{octets}\""),
    }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, end)| end) {
        Some("txt") => "text/plain; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}

fn listing(path: &str, folder: &Node) -> String {
    let title = escape(path);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<h1>{title}</h1>\n<ul>\n"
    );
    let mut entry = |name: &str, shown: &str| {
        let link = percent_encode(name).replace('&', "&amp;").replace('?', "%3F");
        out.push_str(&format!("<li><a href=\"./{link}\">{}</a></li>\n", escape(shown)));
    };
    if path != "/" {
        entry("../", "..");
    }
    for (name, node) in folder.entries() {
        let name = if node.is_folder() { format!("{name}/") } else { name.to_string() };
        entry(&name, &name);
    }
    out.push_str("</ul>\n</html>\n");
    out.replace('\n', "\r\n")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

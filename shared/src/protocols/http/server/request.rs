//! Reads the head of a request, strictly.

use super::super::body::take_line;
use super::super::fields::{self, FIELDS_LIMIT, Fields};
use super::super::framing::{self, Framing};
use super::super::head::HEAD_LIMIT;
use super::super::uri::{Reference, percent_decode};
use super::answer::Answer;

/// As RFC 9112 section 3 recommends.
const LINE_LIMIT: usize = 8000;

const METHODS: &[&str] = &["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "POST", "PATCH"];

#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) target: String,
    /// Decoded; `*` for the server itself.
    pub(super) path: String,
    pub(super) query: Option<String>,
    pub(super) minor: u8,
    pub(super) fields: Fields,
    pub(super) framing: Framing,
    /// As it came, the empty line included.
    pub(super) head: Vec<u8>,
}

impl Request {
    pub(super) fn asks_100(&self) -> bool {
        self.minor >= 1
            && self.framing != Framing::None
            && self.fields.has_token("expect", "100-continue")
    }

    pub(super) fn accepts_gzip(&self) -> bool {
        let mut any = None;
        for coding in self.fields.list("accept-encoding") {
            let mut parts = coding.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default().to_ascii_lowercase();
            let wanted = !parts.any(|q| {
                q.strip_prefix("q=")
                    .is_some_and(|q| q.starts_with('0') && q.bytes().all(|b| b"0.".contains(&b)))
            });
            match name.as_str() {
                "gzip" | "x-gzip" => return wanted,
                "*" => any = Some(wanted),
                _ => {}
            }
        }
        any.unwrap_or(false)
    }
}

/// The head under way.
#[derive(Clone, Debug, Default)]
pub(super) struct HeadReader {
    line: Vec<u8>,
    head: Vec<u8>,
    lines: usize,
}

impl HeadReader {
    /// Takes octets off the front of `input`; gives the request that they complete, or the answer
    /// that refuses it.
    pub(super) fn next(&mut self, input: &mut &[u8]) -> Option<Result<Request, Answer>> {
        loop {
            let limit = if self.lines == 0 { LINE_LIMIT } else { HEAD_LIMIT - self.head.len() };
            if !take_line(&mut self.line, input, limit)? {
                return Some(Err(match self.lines {
                    0 => Answer::error(414, "the request line has more than 8000 octets"),
                    _ => Answer::error(431, "the header has more than 64 KiB"),
                }));
            }
            let line = core::mem::take(&mut self.line);
            let empty = line == b"\r\n" || line == b"\n";
            // An empty line before a request is left over from an old client (RFC 9112 section
            // 2.2).
            if empty && self.lines == 0 {
                continue;
            }
            self.head.extend_from_slice(&line);
            self.lines += 1;
            if self.lines > FIELDS_LIMIT + 2 {
                return Some(Err(Answer::error(431, "the header has more than 200 fields")));
            }
            if empty {
                let head = core::mem::take(&mut self.head);
                self.lines = 0;
                return Some(parse(head));
            }
            if self.lines == 1 && !line.windows(5).any(|w| w == b"HTTP/") {
                return Some(Err(Answer::error(
                    400,
                    "a request line is: method, space, target, space, HTTP/1.1",
                )));
            }
        }
    }
}

fn parse(head: Vec<u8>) -> Result<Request, Answer> {
    let bad = |why: &str| Answer::error(400, why);
    let text = fields::latin1(&head);
    let mut lines = text.split_terminator('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let first = lines.next().unwrap_or_default();
    let words: Vec<_> = first.split(' ').collect();
    let [method, target, version] = words[..] else {
        return Err(bad("a request line is: method, space, target, space, HTTP/1.1"));
    };
    if !fields::is_token_text(method.as_bytes()) {
        return Err(bad("the method is not a word"));
    }
    let minor = match version.as_bytes() {
        [b'H', b'T', b'T', b'P', b'/', b'1', b'.', minor @ b'0'..=b'9'] => minor - b'0',
        [b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', b'.', b'0'..=b'9'] => {
            return Err(Answer::error(505, "HTTP/1.1 and HTTP/1.0 are spoken here"));
        }
        _ => return Err(bad("the version is not HTTP/1.1")),
    };
    if target.is_empty() || !target.bytes().all(|b| b.is_ascii_graphic() && b != b'#') {
        return Err(bad("the target holds octets that must be written as %XX"));
    }
    let fields = read_fields(lines)?;
    if !METHODS.contains(&method) {
        return Err(Answer::error(501, "this method is not implemented here"));
    }
    let hosts: Vec<_> = fields.all("host").collect();
    match hosts[..] {
        [] if minor == 0 => {}
        [host] if host.bytes().all(|b| b.is_ascii_graphic() && !b"/?#@,".contains(&b)) => {}
        [_] => return Err(bad("the value of Host is no host")),
        [] => return Err(bad("Host is missing; HTTP/1.1 needs exactly one")),
        _ => return Err(bad("there is more than one Host")),
    }
    let (path, query) = path(method, target)?;
    if fields.list("expect").iter().any(|e| !e.eq_ignore_ascii_case("100-continue")) {
        return Err(Answer::error(417, "only 100-continue can be expected"));
    }
    let framing = framed(method, minor, &fields)?;
    Ok(Request {
        method: method.into(),
        target: target.into(),
        path,
        query,
        minor,
        fields,
        framing,
        head,
    })
}

fn read_fields<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Fields, Answer> {
    let bad = |why: &str| Answer::error(400, why);
    let mut found = Fields::default();
    for line in lines.take_while(|line| !line.is_empty()) {
        if line.starts_with([' ', '\t']) {
            return Err(bad("folded lines were abolished (RFC 9112 section 5.2)"));
        }
        let Some((name, value)) = line.split_once(':') else {
            return Err(bad("a header field needs a colon"));
        };
        if name.ends_with([' ', '\t']) {
            return Err(bad("no space may stand before the colon (RFC 9112 section 5.1)"));
        }
        if !fields::is_token_text(name.as_bytes()) {
            return Err(bad("a field name is one word"));
        }
        let value = value.trim_matches([' ', '\t']);
        if value.chars().any(|c| c.is_ascii_control() && c != '\t') {
            return Err(bad("there is a control character in a field"));
        }
        found.push(name, value);
    }
    Ok(found)
}

/// The decoded path, and the query as it stands.
fn path(method: &str, target: &str) -> Result<(String, Option<String>), Answer> {
    let bad = |why: &str| Answer::error(400, why);
    if target == "*" && method == "OPTIONS" {
        return Ok(("*".into(), None));
    }
    let absolute = target.starts_with("http://");
    if !target.starts_with('/') && !absolute {
        return Err(bad("the target must be a path that begins with /"));
    }
    let (path, query) = match target.split_once('?') {
        _ if absolute => {
            let uri = Reference::parse(target);
            (if uri.path.is_empty() { "/".into() } else { uri.path }, uri.query)
        }
        Some((path, query)) => (path.into(), Some(query.into())),
        None => (target.to_string(), None),
    };
    let decoded = percent_decode(&path).ok_or_else(|| bad("% needs two hexadecimal digits"))?;
    if decoded.contains(&0) {
        return Err(bad("there is a NUL in the target"));
    }
    Ok((String::from_utf8_lossy(&decoded).into_owned(), query))
}

fn framed(method: &str, minor: u8, fields: &Fields) -> Result<Framing, Answer> {
    let codings = fields.list("transfer-encoding");
    if !codings.is_empty() {
        if fields.get("content-length").is_some() || minor == 0 {
            return Err(Answer::error(
                400,
                "Transfer-Encoding beside Content-Length, or in HTTP/1.0, is how requests are smuggled",
            ));
        }
        if codings.len() > 1 && codings.last().is_some_and(|c| c.eq_ignore_ascii_case("chunked")) {
            return Err(Answer::error(501, "the only transfer coding known here is chunked"));
        }
    }
    let stated = framing::stated(fields, minor)
        .map_err(|_| Answer::error(400, "the length of the content is not clear"))?;
    match stated.map(|verdict| verdict.framing) {
        Some(Framing::Close) => Err(Answer::error(400, "chunked must be the last transfer coding")),
        Some(Framing::Length(0)) => Ok(Framing::None),
        Some(framing) => Ok(framing),
        None if method == "PUT" => Err(Answer::error(411, "say how long the content is")),
        None => Ok(Framing::None),
    }
}

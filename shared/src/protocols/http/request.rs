//! A typed request: the short form that the lab completes, or a whole one that it only checks.

use super::fields::{self, Fields};
use super::framing::{self, Framing};
use super::{table, terms, uri};
use crate::explain::{Composer, Rfc, Wire, common};
use crate::machine::Refused;
use crate::table::Verb;

/// How the lab names itself.
const USER_AGENT: &str = "Wirelab";
/// Servers should read 8000 octets of a request line (RFC 9112 section 3).
const LINE_LIMIT: usize = 8000;

/// A request, ready to be sent.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) verb: &'static Verb,
    pub(super) method: String,
    pub(super) target: String,
    pub(super) fields: Fields,
    /// The header.
    pub(super) head: Wire,
    /// The content, if it was typed with the request.
    pub(super) content: Option<Vec<u8>>,
    pub(super) framing: Framing,
}

impl Request {
    /// Whether the content waits for 100.
    pub(super) fn asks_100(&self) -> bool {
        self.framing != Framing::None && self.fields.has_token("expect", "100-continue")
    }
}

/// Reads a typed request. `host` is what Host says if the lab writes it.
pub(super) fn compose(text: &str, host: &str) -> Result<Request, Refused> {
    let (head, content) = cut(text);
    let mut lines = head.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let first = lines.next().unwrap_or_default();
    let whole = first.rsplit_once(' ').is_some_and(|(_, last)| last.starts_with("HTTP/"));
    let (method, target, version) = request_line(first, whole)?;
    let mut fields = Fields::default();
    for line in lines {
        let (name, value) = field(line)?;
        fields.push(name, value);
    }
    if !whole {
        fields = completed(&method, &target, fields, content, host);
    }
    let minor = version.as_bytes()[7] - b'0';
    let framing = check(&method, &target, &fields, minor, content)?;
    let verb = table::method(&method);
    let mut out = Composer::new();
    put_line(&mut out, verb, &method, &target, version);
    for (name, value) in fields.iter() {
        fields::compose(&mut out, name, value);
    }
    out.put(&terms::HEADER_END, "\r\n");
    let head = out.finish(says(&method, &target));
    let content = content.filter(|_| framing != Framing::None).map(|c| c.as_bytes().to_vec());
    Ok(Request { verb, method, target, fields, head, content, framing })
}

/// Octets sent without checks. Whatever looks like credentials is masked, folded lines included.
pub(super) fn raw(bytes: &[u8]) -> Wire {
    let mut wire = Wire::default();
    let mut secret = false;
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        let name = line.split(|b| *b == b':').next().unwrap_or_default().trim_ascii();
        let folded = matches!(line.first(), Some(b' ' | b'\t'));
        secret = (folded && secret) || fields::is_secret(&fields::latin1(name));
        let whole = well_formed(line).filter(|wire| wire.bytes == line);
        wire.append(whole.unwrap_or_else(|| odd(line, secret, folded)));
    }
    wire.says = "Sent without the lab's checks.".into();
    wire
}

/// The line as the lab would have written it, if it is a request line or a field.
fn well_formed(line: &[u8]) -> Option<Wire> {
    let text = core::str::from_utf8(line.strip_suffix(b"\r\n")?).ok()?;
    let mut out = Composer::new();
    if let Ok((method, target, version)) = request_line(text, true) {
        put_line(&mut out, table::method(&method), &method, &target, version);
    } else {
        let (name, value) = field(text).ok()?;
        fields::compose(&mut out, name, value);
    }
    Some(out.finish(""))
}

/// A line that the lab would not have written.
fn odd(line: &[u8], secret: bool, folded: bool) -> Wire {
    let end = if line.ends_with(b"\r\n") { 2 } else { usize::from(line.ends_with(b"\n")) };
    let (text, eol) = line.split_at(line.len() - end);
    let mut out = Composer::new();
    if secret {
        let name = if folded { None } else { text.iter().position(|b| *b == b':') };
        let (name, value) = text.split_at(name.map_or(0, |colon| colon + 1));
        out.put(&terms::FIELD, name).secret(&terms::CREDENTIALS, value);
    } else {
        out.put(&common::OFF_SCRIPT, text);
    }
    out.put(if eol == b"\n" { &common::BARE_LF } else { &common::CRLF }, eol);
    out.finish("")
}

/// Head and content: the first empty line is between them.
fn cut(text: &str) -> (&str, Option<&str>) {
    let empty = [("\n\n", 2), ("\n\r\n", 3)].into_iter().filter_map(|(mark, length)| {
        let at = text.find(mark)?;
        Some((at, length))
    });
    match empty.min() {
        Some((at, length)) => {
            let content = &text[at + length..];
            (text[..at].trim_end_matches('\r'), Some(content).filter(|c| !c.is_empty()))
        }
        None => (text.trim_end_matches(['\r', '\n']), None),
    }
}

pub(super) fn request_line(line: &str, whole: bool) -> Result<(String, String, &str), Refused> {
    let rule = Rfc::new(9112, "3");
    let (method, rest) = line.split_once(' ').unwrap_or((line, ""));
    let (target, version) = match rest.rsplit_once(' ') {
        Some((target, version)) if whole => (target, version),
        _ => (rest, "HTTP/1.1"),
    };
    if !fields::is_token_text(method.as_bytes()) {
        return Err(malformed(
            &format!("{method:?} is not a method: a method is one word."),
            "a method and a target, such as \"GET /readme.txt\"",
            rule,
        ));
    }
    let upper = method.to_ascii_uppercase();
    if method != upper && table::method(&upper) != &table::OTHER {
        return Err(malformed(
            &format!("{method:?} is another method than {upper}: upper and lower case differ."),
            &upper,
            Rfc::new(9110, "9.1"),
        ));
    }
    if !matches!(version, "HTTP/1.1" | "HTTP/1.0") {
        return Err(malformed(&format!("{version} is not spoken here."), "HTTP/1.1", rule));
    }
    if target.is_empty() {
        return Err(malformed(
            &format!("{method} needs a target."),
            "a path that begins with /, such as \"GET /readme.txt\"",
            Rfc::new(9112, "3.2"),
        ));
    }
    if let Some(bad) = target.chars().find(|c| !c.is_ascii_graphic() || *c == '#') {
        let expected = match bad {
            '#' => "the target without its fragment, which is never sent".into(),
            _ if bad.is_control() => "a target without control characters".into(),
            _ => format!("it as %XX, as in {}", uri::percent_encode(target)),
        };
        return Err(malformed(
            &format!("{bad:?} must not stand in a target."),
            &expected,
            Rfc::new(9112, "3.2"),
        ));
    }
    let form = target.starts_with('/') || target.contains("://");
    let fits = match method {
        "CONNECT" => target.rsplit_once(':').is_some_and(|(h, port)| {
            !h.is_empty() && port.parse::<u16>().is_ok() && !target.contains('/')
        }),
        "OPTIONS" => form || target == "*",
        _ => form,
    };
    if !fits {
        let expected = match method {
            "CONNECT" => "host:port",
            "OPTIONS" => "a path that begins with /, or *",
            _ => "a path that begins with /, or for a proxy a whole URI",
        };
        return Err(malformed(
            &format!("{target:?} is no target for {method}."),
            expected,
            Rfc::new(9112, "3.2"),
        ));
    }
    if line.len() > LINE_LIMIT {
        return Err(Refused::TooLong {
            what: "request line",
            octets: line.len(),
            limit: LINE_LIMIT,
            rule,
        });
    }
    Ok((method.into(), target.into(), version))
}

pub(super) fn field(line: &str) -> Result<(&str, &str), Refused> {
    let rule = Rfc::new(9112, "5");
    let expected = "a name, a colon and a value on one line, such as \"Accept: text/html\"";
    if line.starts_with([' ', '\t']) {
        return Err(malformed(
            &format!("The line {line:?} begins with white space, which would fold it."),
            expected,
            Rfc::new(9112, "5.2"),
        ));
    }
    let Some((name, value)) = line.split_once(':') else {
        return Err(malformed(&format!("{line:?} is not a header field."), expected, rule));
    };
    if !fields::is_token_text(name.as_bytes()) {
        let what = format!("{name:?} is not a field name; no space may stand before the colon.");
        return Err(malformed(&what, expected, Rfc::new(9112, "5.1")));
    }
    let value = value.trim_matches([' ', '\t']);
    if let Some(bad) = value.chars().find(|c| c.is_control() && *c != '\t') {
        let what = format!(
            "There is {bad:?} in the value of {name}: what follows it could be taken for another field."
        );
        return Err(malformed(&what, "a value without control characters", Rfc::new(9110, "5.5")));
    }
    Ok((name, value))
}

/// The fields of the short form: what the lab adds, then what was typed.
fn completed(
    method: &str,
    target: &str,
    typed: Fields,
    content: Option<&str>,
    host: &str,
) -> Fields {
    let mut fields = Fields::default();
    let typed_has = |name: &str| typed.get(name).is_some();
    if !typed_has("host") {
        let absolute = uri::Reference::parse(target).authority.filter(|_| target.contains("://"));
        let authority = if method == "CONNECT" { Some(target.into()) } else { absolute };
        fields.push("Host", authority.unwrap_or_else(|| host.into()));
    }
    if !typed_has("user-agent") {
        fields.push("User-Agent", USER_AGENT);
    }
    if !typed_has("accept-encoding") && !matches!(method, "CONNECT" | "TRACE") {
        fields.push("Accept-Encoding", "gzip");
    }
    for (name, value) in typed.iter() {
        fields.push(name, value);
    }
    let framed = typed_has("content-length") || typed_has("transfer-encoding");
    match content {
        _ if framed => {}
        Some(content) => {
            if !typed_has("content-type") {
                fields.push("Content-Type", "text/plain; charset=utf-8");
            }
            fields.push("Content-Length", content.len().to_string());
        }
        None if matches!(method, "POST" | "PUT" | "PATCH") => {
            fields.push("Content-Length", "0");
        }
        None => {}
    }
    fields
}

/// What a server would have to refuse is refused here, with the reason.
pub(super) fn check(
    method: &str,
    target: &str,
    fields: &Fields,
    minor: u8,
    content: Option<&str>,
) -> Result<Framing, Refused> {
    let hosts = fields.all("host").count();
    if hosts > 1 || (hosts == 0 && minor == 1) {
        return Err(malformed(
            if hosts == 0 { "The field Host is missing." } else { "There are two Host fields." },
            "exactly one, such as \"Host: practice.lab\"",
            Rfc::new(9112, "3.2"),
        ));
    }
    let length = content.map_or(0, str::len);
    let codings = fields.list("transfer-encoding");
    if !codings.is_empty() && (fields.get("content-length").is_some() || minor == 0) {
        return Err(malformed(
            "Transfer-Encoding cannot stand here beside Content-Length or in HTTP/1.0.",
            "one of the two, so that nobody can read the message in another way",
            Rfc::new(9112, "6.1"),
        ));
    }
    let stated = framing::stated(fields, minor)
        .map_err(|unframed| malformed(&unframed.0.text, "a clear length", Rfc::new(9112, "6")))?;
    let framing = stated.map_or(Framing::None, |verdict| verdict.framing);
    let framing = if framing == Framing::Length(0) { Framing::None } else { framing };
    match framing {
        Framing::Close => Err(malformed(
            "The last transfer coding is not chunked, so the server could not find the end.",
            "\"Transfer-Encoding: chunked\"",
            Rfc::new(9112, "6.1"),
        )),
        Framing::None if length > 0 => Err(malformed(
            "There is content, but no field says where it ends.",
            &format!("\"Content-Length: {length}\", or \"Transfer-Encoding: chunked\""),
            Rfc::new(9112, "6"),
        )),
        Framing::Length(n) if length > 0 && n != length as u64 => Err(malformed(
            &format!("Content-Length says {n}, but the content has {length} octets."),
            &format!("\"Content-Length: {length}\""),
            Rfc::new(9110, "8.6"),
        )),
        Framing::None if fields.has_token("expect", "100-continue") => Err(malformed(
            "Expect: 100-continue is only for requests with content.",
            "Content-Length or Transfer-Encoding beside it",
            Rfc::new(9110, "10.1.1"),
        )),
        framing if framing != Framing::None && matches!(method, "TRACE" | "CONNECT") => {
            Err(malformed(
                &format!("{method} {target} takes no content."),
                "the header alone",
                table::method(method).term.rfc,
            ))
        }
        framing => Ok(framing),
    }
}

fn put_line(out: &mut Composer, verb: &Verb, method: &str, target: &str, version: &str) {
    out.put(verb.term, method).put(&terms::SEPARATOR, " ").put(&terms::TARGET, target);
    out.put(&terms::SEPARATOR, " ").put(&terms::VERSION, version).crlf();
}

fn malformed(what: &str, expected: &str, rule: Rfc) -> Refused {
    Refused::Malformed { what: what.into(), expected: expected.into(), rule }
}

fn says(method: &str, target: &str) -> String {
    match method {
        "GET" => format!("Send me {target}."),
        "HEAD" => format!("Only the header for {target}, please."),
        "OPTIONS" if target == "*" => "What can you do?".into(),
        "OPTIONS" => format!("What can be done with {target}?"),
        "TRACE" => "Send my request back to me.".into(),
        "PUT" => format!("Store this as {target}."),
        "DELETE" => format!("Remove {target}."),
        "POST" => format!("Here is something for {target}."),
        "PATCH" => format!("Change {target} like this."),
        "CONNECT" => format!("Open a tunnel to {target}."),
        _ => format!("{method} {target}, please."),
    }
}

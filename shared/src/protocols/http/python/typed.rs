//! The calls that come to the same as what a person typed.

use super::super::fields::{is_token_text, latin1};
use super::super::table;
use super::answer::{Answer, GONE};
use super::requests::netloc;
use crate::machine::Direction;
use crate::python::literal::{bytes, content, list, text, tuple};
use crate::python::{Exchange, Line};

/// A request, read strictly: anything that Python would write in another way is left to [`raw`].
struct Sent {
    method: String,
    target: String,
    fields: Vec<(String, String)>,
    body: Vec<u8>,
}

pub(super) fn typed(exchange: &Exchange<'_>) -> Option<Line> {
    let octets = exchange.octets();
    let before = exchange.state_before().map_or("", |state| state.id);
    let heads = exchange.replies().into_iter().filter(|reply| reply.starts_with("HTTP/"));
    let final_heads =
        heads.filter(|reply| reply.split(' ').nth(1).is_none_or(|code| code != "100"));
    let one_response = final_heads.count() <= 1;
    let interim = Answer::of(exchange, "").is_some_and(|answer| answer.head.status / 100 == 1);
    if before == table::SENDING_BODY.id || before == table::AWAIT_100.id {
        let method = ""; // Only HEAD matters, and that has no content.
        return Some(answered(format!("connection.send({})", bytes(&octets)), exchange, method));
    }
    match Sent::read(&octets) {
        Some(sent) if one_response && (!interim || sent.upgrades()) => {
            Some(answered(sent.call(exchange), exchange, &sent.method))
        }
        _ => Some(raw(&octets, exchange)),
    }
}

/// The code with what is done about the response.
fn answered(code: String, exchange: &Exchange<'_>, method: &str) -> Line {
    let got = format!("{code}\nresponse = connection.getresponse()");
    let Some(answer) = Answer::of(exchange, method) else {
        return match exchange.is_over() {
            true => Line::new(got, Err(GONE.into())),
            false => Line::new(code, Ok("None".into())),
        };
    };
    let (read, value) = content("response.read()", &answer.kept, answer.octets);
    let [status, reason] = answer.status();
    let shown = tuple(&[status, reason, value]);
    Line::new(
        format!("{got}\n(response.status, response.reason, {read})"),
        answer.content().map(|_| shown),
    )
}

/// Octets as they are; of what comes back the octets are counted.
fn raw(octets: &[u8], exchange: &Exchange<'_>) -> Line {
    let came = exchange.everything();
    let send = format!("connection.send({})", bytes(octets));
    if came.is_empty() {
        return Line::new(send, Ok("None".into()));
    }
    let lines: Vec<String> = came.split_inclusive(|b| *b == b'\n').map(bytes).collect();
    let n = came.len();
    let read = format!("connection.sock.makefile('rb').read({n}).splitlines(True)");
    Line::new(format!("{send}\n{read}"), Ok(list(&lines)))
}

impl Sent {
    fn read(octets: &[u8]) -> Option<Sent> {
        let end = octets.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = latin1(&octets[..end]);
        let mut lines = head.split("\r\n");
        let mut words = lines.next()?.split(' ');
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        if words.next() != Some("HTTP/1.1") || words.next().is_some() || method == "CONNECT" {
            return None;
        }
        let fields: Option<Vec<_>> = lines
            .map(|line| {
                let (name, value) = line.split_once(": ")?;
                let plain = is_token_text(name.as_bytes()) && value == value.trim();
                plain.then(|| (name.to_owned(), value.to_owned()))
            })
            .collect();
        let sent = Sent { method, target, fields: fields?, body: octets[end + 4..].to_vec() };
        let fits = sent.body.is_empty()
            || match sent.get("content-length") {
                Some(length) => length.parse() == Ok(sent.body.len()),
                None => sent.get("transfer-encoding").is_some(),
            };
        (fits && sent.get("host").is_some()).then_some(sent)
    }

    fn get(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    fn upgrades(&self) -> bool {
        self.get("upgrade").is_some()
    }

    fn call(&self, exchange: &Exchange<'_>) -> String {
        if self.is_for_request() { self.request(exchange) } else { self.putrequest(exchange) }
    }

    /// Whether `request` would send nothing else, and every name has one value.
    fn is_for_request(&self) -> bool {
        let names: Vec<String> = self.fields.iter().map(|(n, _)| n.to_ascii_lowercase()).collect();
        let once = names.iter().enumerate().all(|(n, name)| !names[..n].contains(name));
        let adds_length = matches!(self.method.to_uppercase().as_str(), "POST" | "PUT" | "PATCH");
        let framed =
            self.get("content-length").is_some() || self.get("transfer-encoding").is_some();
        once && self.get("accept-encoding").is_some() && (framed || !adds_length)
    }

    fn request(&self, exchange: &Exchange<'_>) -> String {
        let (host, port) = exchange.server();
        // Python writes the first Host itself.
        let own = |(name, value): &(String, String)| name == "Host" && *value == netloc(host, port);
        let skipped = usize::from(self.fields.first().is_some_and(own));
        let headers =
            self.fields[skipped..].iter().map(|(n, v)| format!("{}: {}", text(n), text(v)));
        let headers = headers.collect::<Vec<_>>().join(", ");
        let body = match exchange.data(Direction::Sent).1 {
            0 if self.body.is_empty() => String::new(),
            0 => format!(", body={}", bytes(&self.body)),
            _ if self.get("content-length").is_some() => ", body=open('content', 'rb')".into(),
            _ => ", body=open('content', 'rb'), encode_chunked=True".into(),
        };
        let (method, target) = (text(&self.method), text(&self.target));
        format!("connection.request({method}, {target}{body}, headers={{{headers}}})")
    }

    fn putrequest(&self, exchange: &Exchange<'_>) -> String {
        let mut code = format!(
            "connection.putrequest({}, {}, skip_host=True, skip_accept_encoding=True)\n",
            text(&self.method),
            text(&self.target)
        );
        for (name, value) in &self.fields {
            code += &format!("connection.putheader({}, {})\n", text(name), text(value));
        }
        let body = match exchange.data(Direction::Sent).1 {
            0 if self.body.is_empty() => String::new(),
            0 => bytes(&self.body),
            _ if self.get("content-length").is_some() => "open('content', 'rb')".into(),
            _ => "open('content', 'rb'), encode_chunked=True".into(),
        };
        code + &format!("connection.endheaders({body})")
    }
}

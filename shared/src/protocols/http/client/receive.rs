//! Responses on the way in.

use super::super::body::{BodyReader, Event};
use super::super::fields::{Fields, latin1, split_outside_quotes, unquote};
use super::super::framing::{self, Framing, Verdict};
use super::super::head::{Head, HeadReader};
use super::super::{coding, status, table, xmlrpc};
use super::{Asked, Exchange, HttpClient, Incoming, KEPT_LIMIT, Reading, remarks};
use crate::explain::Wire;
use crate::machine::{Conn, Direction, Note, Output};

/// Cookies kept for one host (RFC 6265 section 6.1 asks for at least 50).
const COOKIES_LIMIT: usize = 50;

/// 101 ends the request as a success does, though its code begins with 1.
const OTHER_PROTOCOL: &str = "200";

impl HttpClient {
    pub(super) fn read(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            match &mut self.reading {
                Reading::Foreign | Reading::Lost => {
                    self.data(Direction::Received, bytes);
                    return;
                }
                Reading::Head(reader) => {
                    if self.asked.is_empty() && !reader.has_begun() {
                        self.unasked();
                    } else if let Some(head) = reader.next(&mut bytes) {
                        self.head(head);
                    }
                }
                Reading::Body(body, incoming) => {
                    let Some(event) = body.next(&mut bytes) else { return };
                    let done = body.is_done();
                    match event {
                        Event::Unit(wire) => self.received(wire),
                        Event::Data(data) => {
                            if let Some(kept) = &mut incoming.kept {
                                let room = KEPT_LIMIT + 1 - kept.len().min(KEPT_LIMIT + 1);
                                kept.extend_from_slice(&data[..data.len().min(room)]);
                            }
                            self.data(Direction::Received, &data);
                        }
                        Event::Note(note) => self.note(note),
                        Event::Broken(wire, note) => {
                            self.received(wire);
                            self.note(note);
                            self.hang_up();
                            continue;
                        }
                    }
                    if done {
                        self.complete();
                    }
                }
            }
        }
    }

    /// The connection brings no more; `reset`: not even in order.
    pub(super) fn end(&mut self, reset: Option<&str>) {
        let gone = match reset {
            Some(why) => format!("The connection is gone ({why})"),
            None => "The server ended the connection".into(),
        };
        let open = self.open;
        match core::mem::replace(&mut self.reading, Reading::Lost) {
            Reading::Head(mut reader) => {
                let first = self.asked.front().map(|a| format!("{} {}", a.method, a.target));
                if let Some(wire) = reader.cut() {
                    self.received(wire);
                    let text = format!("Truncated: {gone} inside the header.");
                    self.note(Note::error(text).rule(9112, "8"));
                } else if let Some(first) = first {
                    self.note(
                        Note::error(format!(
                            "{gone} without an answer to {first}. Whether the server has carried it out is not known; only idempotent requests should be sent again unseen."
                        ))
                        .rule(9110, "9.2.2"),
                    );
                } else if open {
                    self.note(
                        Note::info(format!(
                            "{gone} while it was idle. Either side may do so; connect again for the next request."
                        ))
                        .rule(9112, "9.5"),
                    );
                }
            }
            Reading::Body(mut body, incoming) => {
                if body.is_until_close() && reset.is_none() {
                    let octets = body.octets;
                    self.reading = Reading::Body(body, incoming);
                    self.note(
                        Note::info(format!(
                            "{gone}: that ends the content after {octets} octets. Nobody can tell whether it is complete."
                        ))
                        .rule(9112, "6.3"),
                    );
                    self.complete();
                    return;
                }
                if let Some(wire) = body.cut() {
                    self.received(wire);
                }
                let so_far = match body.missing() {
                    Some(left) => format!("{} of {} octets", body.octets, body.octets + left),
                    None => format!("{} octets", body.octets),
                };
                self.note(
                    Note::error(format!(
                        "Truncated: {gone} inside the content; {so_far} have come. The response is incomplete."
                    ))
                    .rule(9112, "8"),
                );
            }
            Reading::Foreign => {
                self.note(Note::info(format!("{gone}; the other protocol has ended.")));
                self.advance(&table::OCTETS, "end");
            }
            Reading::Lost => {}
        }
        if reset.is_some() {
            self.open = false;
        }
        self.hang_up();
    }

    /// Octets that no request asked for.
    fn unasked(&mut self) {
        if self.tracker.has_begun() {
            let asked = self.tracker.take();
            self.progress.sent(table::method(&asked.method));
            self.asked.push_back(asked);
            return;
        }
        self.note(remarks::of_unasked(self.last.as_ref()));
        self.hang_up();
    }

    fn head(&mut self, mut head: Head) {
        let mut notes = core::mem::take(&mut head.notes);
        let asked = self.asked.front().cloned().unwrap_or_default();
        if head.fatal {
            self.received(head.wire);
            notes.into_iter().for_each(|note| self.note(note));
            self.hang_up();
            return;
        }
        self.version = Some(head.minor);
        let tunnel = asked.method == "CONNECT" && head.status / 100 == 2;
        notes.extend(remarks::of_response(&head, &asked, tunnel));
        if head.status / 100 == 1 || tunnel {
            let mut wire = head.wire.clone();
            wire.says = format!("{}: {}", title(&head), status::meaning(head.status));
            self.received(wire);
            notes.into_iter().for_each(|note| self.note(note));
            self.interim(&head, &asked, tunnel);
            return;
        }
        let verdict = framing::of_response(&head.fields, head.minor, head.status, &asked.method);
        let framed = verdict.as_ref().map(|verdict| verdict.framing).ok();
        let mut wire = head.wire.clone();
        wire.says = says(&head, &asked, framed);
        self.received(wire);
        notes.into_iter().for_each(|note| self.note(note));
        let Verdict { framing, last, notes } = match verdict {
            Ok(verdict) => verdict,
            Err(unframed) => {
                self.note(unframed.0);
                self.hang_up();
                return;
            }
        };
        notes.into_iter().for_each(|note| self.note(note));
        let unsent = self.give_up_content();
        let persists = framing::persists(&head.fields, head.minor)
            && !asked.fields.has_token("connection", "close")
            && !last
            && !head.faulty
            && !unsent;
        let kept = wants_a_look(&head.fields).then(Vec::new);
        let body = BodyReader::new(framing);
        let empty = body.is_done();
        let incoming = Incoming { head, persists, kept };
        self.reading = Reading::Body(body, Box::new(incoming));
        if empty {
            self.complete();
        } else {
            self.advance(&table::RESPONSE, "content");
        }
    }

    fn interim(&mut self, head: &Head, asked: &Asked, tunnel: bool) {
        self.reading = Reading::Head(HeadReader::default());
        if tunnel || head.status == 101 {
            if !tunnel && asked.fields.get("upgrade").is_none() {
                self.note(
                    Note::error("The server switches to another protocol unasked.")
                        .rule(9110, "7.8"),
                );
            }
            self.asked.pop_front();
            self.reading = Reading::Foreign;
            self.upload = None;
            self.progress.reply(OTHER_PROTOCOL);
            self.done.push(format!("{} {}", asked.method, asked.target));
            self.advance(&table::RESPONSE, if tunnel { "tunnel" } else { "101" });
            return;
        }
        self.progress.reply(&format!("{:03}", head.status));
        if head.status == 100 && self.progress.state() == &table::AWAIT_100 {
            self.release();
        }
    }

    /// The final response is here before the content was sent. Tells whether the server still
    /// waits for octets that will not come.
    fn give_up_content(&mut self) -> bool {
        let Some(upload) = self.upload.take() else { return false };
        if self.progress.state() == &table::AWAIT_100 {
            self.note(
                Note::info(
                    "The server has decided without the content, so it is not sent. The server may still wait for it, and so the connection cannot be used again.",
                )
                .rule(9110, "10.1.1"),
            );
            return true;
        }
        if upload.is_complete() {
            return false;
        }
        self.note(
            Note::warning(
                "The server has answered before it had the whole content. The rest is not sent, and so the connection cannot be used again.",
            )
            .rule(9112, "9.3"),
        );
        true
    }

    /// The response is complete.
    fn complete(&mut self) {
        let reading = core::mem::replace(&mut self.reading, Reading::Head(HeadReader::default()));
        let Reading::Body(_, incoming) = reading else { return };
        let Incoming { head, persists, kept } = *incoming;
        let asked = self.asked.pop_front().unwrap_or_default();
        self.progress.reply(&format!("{:03}", head.status));
        if let Some(kept) = kept {
            self.look_into(&head.fields, &kept);
        }
        self.learn(&head, asked);
        if !persists {
            let left = self.asked.len();
            if left > 0 {
                self.note(
                    Note::warning(format!(
                        "The server closes; {left} requests of the pipeline got no response. Send them again on a new connection."
                    ))
                    .rule(9112, "9.3.2"),
                );
            }
            self.advance(&table::RESPONSE, "close");
            self.hang_up();
        } else if self.asked.is_empty() {
            self.advance(&table::RESPONSE, "complete");
        } else {
            self.advance(&table::RESPONSE, "next");
        }
    }

    /// Says what coded or combined content holds.
    fn look_into(&mut self, fields: &Fields, kept: &[u8]) {
        if kept.len() > KEPT_LIMIT {
            self.note(Note::info(format!(
                "The content is longer than {KEPT_LIMIT} octets; it is not decoded here."
            )));
            return;
        }
        let coded = fields.list("content-encoding").join(", ");
        remarks::of_deflate(&coded, kept).into_iter().for_each(|note| self.note(note));
        if !coded.is_empty() && !kept.is_empty() {
            match coding::decode_body(&coded, kept, 64 * KEPT_LIMIT) {
                Ok(plain) => {
                    self.look_into_xml(fields, &plain);
                    let text =
                        format!("{coded}: {} octets \u{2192} {} octets", kept.len(), plain.len());
                    self.note(Note::info(text.clone()).rule(9110, "8.4"));
                    self.decoded = Some(text);
                }
                Err(why) => {
                    let text = format!("The content coding {coded} cannot be undone: {why}.");
                    self.note(Note::error(text).rule(9110, "8.4"));
                }
            }
        }
        if coded.is_empty() {
            self.look_into_xml(fields, kept);
        }
        if let Some(boundary) = boundary(fields) {
            let parts = parts(kept, &boundary);
            self.note(
                Note::info(format!("{} parts: {}.", parts.len(), parts.join("; ")))
                    .rule(9110, "14.6"),
            );
        }
    }

    fn look_into_xml(&mut self, fields: &Fields, content: &[u8]) {
        if xmlrpc::is_xml(fields.get("content-type"))
            && let Some(note) = xmlrpc::note(content)
        {
            self.note(note);
        }
    }

    fn learn(&mut self, head: &Head, asked: Asked) {
        if let Some(server) = head.fields.get("server") {
            self.server = Some(server.into());
        }
        for cookie in head.fields.all("set-cookie") {
            let pair = split_outside_quotes(cookie, ';')[0];
            let Some((name, value)) = pair.split_once('=') else { continue };
            let (name, value) = (name.trim().to_string(), value.trim().to_string());
            self.cookies.retain(|(known, _)| *known != name);
            if self.cookies.len() < COOKIES_LIMIT {
                self.cookies.push((name, value));
            }
        }
        let redirected = matches!(head.status, 301 | 302 | 303 | 307 | 308);
        self.redirects = if redirected { self.redirects + 1 } else { 0 };
        self.done.push(format!("{} {}", asked.method, asked.target));
        self.last = Some(Exchange { asked, status: head.status, fields: head.fields.clone() });
        self.note_redirect();
    }

    fn received(&mut self, wire: Wire) {
        if !wire.bytes.is_empty() {
            self.outputs.push_back(Output::Received { conn: Conn::MAIN, wire });
        }
    }
}

fn title(head: &Head) -> String {
    match head.reason.as_str() {
        "" => head.status.to_string(),
        reason => format!("{} {reason}", head.status),
    }
}

fn says(head: &Head, asked: &Asked, framing: Option<Framing>) -> String {
    let kind = head
        .fields
        .get("content-type")
        .map_or(String::new(), |kind| format!(" of {}", split_outside_quotes(kind, ';')[0].trim()));
    let content = match framing {
        None => " How long the content is cannot be told.".into(),
        Some(Framing::None) if asked.method == "HEAD" => {
            " A response to HEAD has no content.".into()
        }
        Some(Framing::None | Framing::Length(0)) => " No content follows.".into(),
        Some(Framing::Length(n)) => format!(" {n} octets{kind} follow."),
        Some(Framing::Chunked) => format!(" Content{kind} follows in chunks."),
        Some(Framing::Close) => format!(" Content{kind} follows until the connection ends."),
    };
    format!("{}: {}{content}", title(head), status::meaning(head.status))
}

/// Whether the content is to be explained when it is complete.
fn wants_a_look(fields: &Fields) -> bool {
    fields.list("content-encoding").iter().any(|coding| coding != "identity")
        || boundary(fields).is_some()
        || xmlrpc::is_xml(fields.get("content-type"))
}

/// The boundary of multipart/byteranges.
fn boundary(fields: &Fields) -> Option<String> {
    let kind = fields.get("content-type")?;
    let mut parts = split_outside_quotes(kind, ';').into_iter().map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case("multipart/byteranges") {
        return None;
    }
    parts.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.eq_ignore_ascii_case("boundary").then(|| unquote(value))
    })
}

/// The Content-Range of each part.
fn parts(content: &[u8], boundary: &str) -> Vec<String> {
    // The first boundary may stand at the very beginning.
    let text = format!("\r\n{}", latin1(content));
    let mark = format!("\r\n--{boundary}");
    let sections = text.split(mark.as_str()).skip(1).filter(|part| !part.starts_with("--"));
    sections
        .map(|part| {
            let header = part.split("\r\n\r\n").next().unwrap_or_default();
            let range = header.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-range").then(|| value.trim().to_string())
            });
            range.unwrap_or_else(|| "a part without Content-Range".into())
        })
        .collect()
}

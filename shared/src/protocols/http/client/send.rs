//! Requests and their content on the way out.

use core::time::Duration;

use super::super::fields::Fields;
use super::super::framing::Framing;
use super::super::request::{self, Request};
use super::super::{auth, table, terms, xmlrpc};
use super::{Asked, HttpClient, Reading, remarks};
use crate::explain::{Composer, Rfc, Wire};
use crate::machine::{Conn, Direction, Note, Output, Refused, Tick};
use crate::table::Takes;
use crate::text::content::to_crlf;

/// So long the client waits for 100 before it sends the content unasked; "a moment" in the words
/// of RFC 9110.
const WAIT_FOR_100: Duration = Duration::from_secs(3);

/// A call of XML-RPC up to this size is explained tag by tag: a view of more spans would be slow.
const EXPLAINED_LIMIT: usize = 64 * 1024;

/// Content that is still to be sent.
#[derive(Clone, Debug)]
pub(super) struct Upload {
    /// What is left of it.
    framing: Framing,
    /// Typed with the request, but waiting for 100.
    held: Option<Vec<u8>>,
    /// A chunk was sent whose CR LF is owed.
    in_chunk: bool,
    wake_at: Option<Tick>,
}

impl Upload {
    /// Nothing is owed any more.
    pub(super) fn is_complete(&self) -> bool {
        self.framing == Framing::Length(0)
    }
}

impl HttpClient {
    pub(super) fn command(&mut self, text: &str, now: Tick) -> Result<(), Refused> {
        if matches!(self.reading, Reading::Foreign) {
            let (mut after_cr, mut line) = (false, Vec::new());
            to_crlf(&mut after_cr, text.as_bytes(), &mut line);
            line.extend_from_slice(b"\r\n");
            let mut out = Composer::new();
            out.put(&terms::OCTETS, line);
            self.sent(out.finish("Octets of the other protocol."));
            return Ok(());
        }
        if self.progress.state().takes == Takes::Content {
            return self.whole_content(text);
        }
        let method = text.split([' ', '\r', '\n']).next().unwrap_or_default();
        self.progress.legal(table::method(method).name).map_err(Refused::Illegal)?;
        let request = request::compose(text, &self.host())?;
        self.launch(request, now);
        Ok(())
    }

    /// All or nothing, and without content: a learner should see the requests, one a line.
    pub(super) fn batch(&mut self, text: &str) -> Result<(), Refused> {
        let mut trial = self.progress.clone();
        let mut requests = Vec::new();
        for line in text.lines() {
            let request = request::compose(line, &self.host())?;
            table::TABLE
                .check(request.verb, self.progress.state(), &[])
                .map_err(Refused::Illegal)?;
            trial.may_follow(request.verb.name, None).map_err(Refused::Illegal)?;
            trial.sent(request.verb);
            if request.framing != Framing::None {
                return Err(Refused::Malformed {
                    what: format!("{line:?} announces content."),
                    expected: "requests without content in a batch".into(),
                    rule: Rfc::new(9112, "9.3.2"),
                });
            }
            requests.push(request);
        }
        for request in requests {
            self.launch(request, Tick::default());
        }
        Ok(())
    }

    fn launch(&mut self, request: Request, now: Tick) {
        if let Some(nonce) = request.fields.get("authorization").and_then(|value| {
            let credentials = auth::challenges(value);
            credentials.first()?.get("nonce").map(String::from)
        }) {
            let before = if self.nonce.0 == nonce { self.nonce.1 } else { 0 };
            self.nonce = (nonce, before + 1);
        }
        let asked = Asked::of(&request);
        let asks_100 = request.asks_100();
        let mut remarks = remarks::of_request(&request);
        if self.tracker.has_begun() {
            self.tracker.take();
            let text = "What was sent before without checks has no end, so the server reads it and this as one request.";
            remarks.push(Note::warning(text).rule(9112, "2.1"));
        }
        let Request { verb, head, content, framing, fields, .. } = request;
        self.progress.sent(verb);
        self.asked.push_back(asked);
        let code = match (framing, content) {
            (Framing::None, _) => {
                self.sent(head);
                "sent"
            }
            (framing, Some(content)) if !asks_100 => {
                let mut wire = head.clone();
                let content = typed(&content, framing, &fields);
                let call = content.spans.iter().any(|span| *span.term == terms::METHOD_NAME);
                let says = if call { content.says.clone() } else { head.says };
                wire.append(content);
                wire.says = says;
                self.sent(wire);
                "sent"
            }
            (framing, held) => {
                self.sent(head);
                let wake_at = asks_100.then(|| now.after(WAIT_FOR_100));
                if let Some(at) = wake_at {
                    self.outputs.push_back(Output::WakeAt(at));
                }
                self.upload = Some(Upload { framing, held, in_chunk: false, wake_at });
                if asks_100 { "100 asked" } else { "header sent" }
            }
        };
        remarks.into_iter().for_each(|note| self.note(note));
        self.advance(verb, code);
    }

    /// The server wants the content that was held back, or the client has waited long enough.
    pub(super) fn release(&mut self) {
        let Some(upload) = &mut self.upload else { return };
        upload.wake_at = None;
        let framing = upload.framing;
        match upload.held.take() {
            Some(content) => {
                self.sent(typed(&content, framing, &self.fields_sent()));
                self.upload = None;
                self.advance(&table::CONTENT, "sent");
            }
            None => self.advance(&table::CONTENT, "begun"),
        }
    }

    pub(super) fn waited(&mut self, now: Tick) {
        let due = self.upload.as_ref().and_then(|upload| upload.wake_at);
        if self.progress.state() == &table::AWAIT_100 && due.is_some_and(|at| at <= now) {
            self.note(
                Note::warning(
                    "No 100 has come. A client must not wait for ever: servers of HTTP/1.0 do not know Expect. The content may be sent.",
                )
                .rule(9110, "10.1.1"),
            );
            self.release();
        }
    }

    fn whole_content(&mut self, text: &str) -> Result<(), Refused> {
        let Some(upload) = &self.upload else { return Ok(()) };
        if upload.held.is_some() && text.is_empty() {
            self.release();
            return Ok(());
        }
        let octets = text.len() as u64;
        if let Framing::Length(left) = upload.framing
            && left != octets
        {
            return Err(Refused::Malformed {
                what: format!("The content has {octets} octets."),
                expected: format!("exactly the {left} octets that Content-Length announced"),
                rule: Rfc::new(9110, "8.6"),
            });
        }
        let framing = upload.framing;
        if upload.in_chunk {
            self.content(text.as_bytes())?;
            return self.content_end();
        }
        self.sent(typed(text.as_bytes(), framing, &self.fields_sent()));
        self.upload = None;
        self.advance(&table::CONTENT, "sent");
        Ok(())
    }

    pub(super) fn content(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        if matches!(self.reading, Reading::Foreign) {
            self.data(Direction::Sent, bytes);
            return Ok(());
        }
        self.progress.legal(table::CONTENT.name).map_err(Refused::Illegal)?;
        let Some(upload) = &mut self.upload else { return Ok(()) };
        let octets = bytes.len() as u64;
        match &mut upload.framing {
            Framing::Length(left) if *left < octets => {
                return Err(Refused::Malformed {
                    what: format!("This piece has {octets} octets."),
                    expected: format!("at most the {left} octets that Content-Length still allows"),
                    rule: Rfc::new(9110, "8.6"),
                });
            }
            Framing::Length(left) => *left -= octets,
            // An empty chunk would end the content.
            _ if bytes.is_empty() => return Ok(()),
            _ => {
                let mut out = Composer::new();
                if upload.in_chunk {
                    out.put(&terms::CHUNK_END, "\r\n");
                }
                upload.in_chunk = true;
                out.put(&terms::CHUNK_SIZE, format!("{octets:X}")).crlf();
                self.sent(out.finish(format!("A chunk of {octets} octets follows.")));
            }
        }
        self.advance(&table::CONTENT, "begun");
        self.data(Direction::Sent, bytes);
        Ok(())
    }

    pub(super) fn content_end(&mut self) -> Result<(), Refused> {
        if matches!(self.reading, Reading::Foreign) {
            return Ok(());
        }
        self.progress.legal(table::CONTENT.name).map_err(Refused::Illegal)?;
        let Some(upload) = &self.upload else { return Ok(()) };
        match upload.framing {
            Framing::Length(left) if left > 0 => {
                return Err(Refused::Malformed {
                    what: format!("{left} octets are still missing."),
                    expected: "as many octets as Content-Length announced".into(),
                    rule: Rfc::new(9110, "8.6"),
                });
            }
            Framing::Chunked => {
                let mut out = Composer::new();
                if upload.in_chunk {
                    out.put(&terms::CHUNK_END, "\r\n");
                }
                last_chunk(&mut out);
                self.sent(out.finish("The last chunk: that was all."));
            }
            _ => {}
        }
        self.upload = None;
        self.advance(&table::CONTENT, "sent");
        Ok(())
    }

    /// The header of the request whose content is due.
    fn fields_sent(&self) -> Fields {
        self.asked.back().map(|asked| asked.fields.clone()).unwrap_or_default()
    }

    pub(super) fn sent(&mut self, wire: Wire) {
        self.outputs.push_back(Output::Sent { conn: Conn::MAIN, wire });
    }
}

/// Typed content, framed and explained as the header says.
fn typed(content: &[u8], framing: Framing, fields: &Fields) -> Wire {
    let mut out = Composer::new();
    if framing != Framing::Chunked
        && content.len() <= EXPLAINED_LIMIT
        && xmlrpc::is_xml(fields.get("content-type"))
        && let Some(says) = xmlrpc::put(&mut out, content)
    {
        return out.finish(says);
    }
    if framing == Framing::Chunked {
        if !content.is_empty() {
            out.put(&terms::CHUNK_SIZE, format!("{:X}", content.len())).crlf();
            out.put(&terms::CONTENT, content).put(&terms::CHUNK_END, "\r\n");
        }
        last_chunk(&mut out);
    } else {
        out.put(&terms::CONTENT, content);
    }
    out.finish(format!("The content: {} octets.", content.len()))
}

fn last_chunk(out: &mut Composer) {
    out.put(&terms::CHUNK_SIZE, "0").crlf().put(&terms::HEADER_END, "\r\n");
}

//! An object of `imaplib`: what it keeps from one call to the next.

use core::slice::from_ref;
use std::collections::BTreeMap;

use super::reading::{Datum, EOF, Reading, Wrong, shown};
use super::request::{End, Request, request};
use super::typed;
use crate::machine::Direction;
use crate::python::literal::{bytes, text, tuple};
use crate::python::{Exchange, Played, exchanges, joined};
use crate::transcript::{Entry, Kind};

/// Values or exceptions, as the prompt shows them.
type Value = Result<String, String>;

#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) state: &'static str,
    /// What the object was told when it was made, or, in the lab, when that was first asked for.
    pub(super) capabilities: Option<Vec<u8>>,
    /// The greeting has told of capabilities. `imaplib` does not look at them.
    pub(super) greeted: Vec<u8>,
    /// ENABLE UTF8=ACCEPT.
    pub(super) utf8: bool,
    /// What was told without a tag and nobody has fetched.
    untagged: BTreeMap<String, Vec<Datum>>,
    /// The mailbox was opened for reading only, and that was asked for.
    is_readonly: bool,
    /// Commands that xatom() has added, with the one state in which they are legal from then on.
    added: Vec<(String, &'static str)>,
    /// Octets behind the reply that a call has waited for.
    unread: Vec<u8>,
}

impl Object {
    /// As it stands after so many entries of a session in which these methods were played.
    pub(super) fn after<'a>(
        session: &'a [Entry],
        until: usize,
        played: impl Iterator<Item = &'a Played>,
    ) -> Object {
        let played: Vec<&Played> = played.filter(|play| play.range.end <= until).collect();
        let mut object = Object::new(session);
        let mut silent = played.iter().filter(|play| play.range.is_empty()).peekable();
        for exchange in joined(exchanges(session, 0..until, false), typed::joins) {
            let start = exchange.range.start;
            while let Some(play) = silent.next_if(|play| play.range.start <= start) {
                object.without_exchange(play);
            }
            match played.iter().find(|play| play.range.contains(&start)) {
                Some(play) => object.with_exchange(play, &exchange),
                None => object.typed(&exchange),
            }
        }
        silent.for_each(|play| object.without_exchange(play));
        object
    }

    fn new(session: &[Entry]) -> Object {
        let first = session.iter().find(|entry| matches!(entry.kind, Kind::Received(_)));
        let greeting = first.and_then(Entry::wire).map_or(&b""[..], |wire| &wire.bytes);
        Object {
            state: if greeting.starts_with(b"* PREAUTH") { "AUTH" } else { "NONAUTH" },
            capabilities: None,
            greeted: greeting.to_vec(),
            utf8: false,
            untagged: BTreeMap::new(),
            is_readonly: false,
            added: Vec::new(),
            unread: Vec::new(),
        }
    }

    fn with_exchange(&mut self, play: &Played, exchange: &Exchange<'_>) {
        let method = play.action.method;
        let first = exchange.range.start == play.range.start;
        if first && self.capabilities.is_none() && super::needs_capabilities(method) {
            let _ = self.learn(exchange);
        } else if let Ok(request) = request(method, &play.args, self) {
            let _ = self.perform(&request, from_ref(exchange));
        }
    }

    /// A call that has sent nothing.
    fn without_exchange(&mut self, play: &Played) {
        match (play.action.method, request(play.action.method, &play.args, self)) {
            ("response", _) => drop(self.response(&play.args[0])),
            ("recent", _) => drop(self.untagged.remove("RECENT")),
            (_, Ok(request)) => {
                let _ = self.begin(&request);
                self.leave(&request);
            }
            _ => {}
        }
    }

    fn typed(&mut self, exchange: &Exchange<'_>) {
        match typed::same(exchange, self) {
            Some((_, request)) => drop(self.perform(&request, from_ref(exchange))),
            None => {
                self.unread.clear();
                self.state = typed::state_after(exchange).unwrap_or(self.state);
            }
        }
    }

    /// Whether the method may be called now; what Python does before it sends.
    pub(super) fn begin(&mut self, request: &Request) -> Result<(), String> {
        let name = request.name.as_str();
        match &request.end {
            End::Select { readonly, .. } => {
                self.untagged.clear();
                self.is_readonly = *readonly;
            }
            End::Logout => self.state = "LOGOUT",
            // What was there was empty, or there would be nothing to ask.
            End::Untagged("RECENT") => drop(self.untagged.remove("RECENT")),
            End::Atom if !self.knows(name) => self.added.push((name.into(), self.state)),
            _ => {}
        }
        self.legal(name)?;
        for typ in ["OK", "NO", "BAD"] {
            self.untagged.remove(typ);
        }
        match self.untagged.contains_key("READ-ONLY") && !self.is_readonly {
            true => Err("imaplib.IMAP4.readonly: mailbox status changed to READ-ONLY".into()),
            false => Ok(()),
        }
    }

    /// What Python checks by itself.
    pub(super) fn legal(&self, name: &str) -> Result<(), String> {
        let states = self.states(name);
        match states.contains(&self.state) {
            true => Ok(()),
            false => Err(format!(
                "imaplib.IMAP4.error: command {name} illegal in state {}, only allowed in states {}",
                self.state,
                states.join(", ")
            )),
        }
    }

    pub(super) fn knows(&self, name: &str) -> bool {
        !self.states(name).is_empty()
    }

    /// The whole call, once its replies have come.
    pub(super) fn perform(&mut self, request: &Request, done: &[Exchange<'_>]) -> Value {
        self.begin(request)?;
        let value = self.answered(request, done);
        self.leave(request);
        value
    }

    /// CAPABILITY as the object asks it when it is made.
    pub(super) fn learn(&mut self, exchange: &Exchange<'_>) -> Result<(), String> {
        let request = Request::new("CAPABILITY", [], End::Untagged("CAPABILITY"));
        self.perform(&request, from_ref(exchange))?;
        match &self.capabilities {
            Some(_) => Ok(()),
            None => Err("imaplib.IMAP4.error: no CAPABILITY response from server".into()),
        }
    }

    /// response(), which forgets what it gives.
    pub(super) fn response(&mut self, code: &str) -> String {
        let name = code.to_uppercase();
        if code == "NO" { shown(code, None) } else { shown(code, self.untagged.remove(&name)) }
    }

    /// recent(), if something has been told.
    pub(super) fn known_recent(&mut self) -> Option<String> {
        let told = self.untagged.get("RECENT")?.last()?.clone();
        let empty = matches!(told, Datum::Octets(octets) if octets.is_empty());
        (!empty).then(|| shown("OK", self.untagged.remove("RECENT")))
    }

    fn states(&self, name: &str) -> Vec<&'static str> {
        let added = self.added.iter().filter(|(added, _)| added == name);
        let added: Vec<&'static str> = added.map(|(_, state)| *state).collect();
        if added.is_empty() { states(name).to_vec() } else { added }
    }

    fn leave(&mut self, request: &Request) {
        if request.end == End::Leave {
            self.state = "AUTH";
        }
    }

    fn answered(&mut self, request: &Request, done: &[Exchange<'_>]) -> Value {
        let first = done.first().map(Exchange::sent).unwrap_or_default();
        let tag = first.split(' ').next().unwrap_or_default();
        let mut all = core::mem::take(&mut self.unread);
        for exchange in done {
            match exchange.whole(Direction::Received) {
                Some(octets) => all.extend(octets),
                // Python would show what the transcript has not kept.
                None => return Ok("('OK', [...])".into()),
            }
        }
        let mut reading = Reading::new(&all, tag, &mut self.untagged);
        let answer = reading.converse(request);
        let unread = reading.unread().to_vec();
        self.unread = unread;
        let over = done.iter().any(Exchange::is_over);
        let (typ, data) =
            answer.map_err(|Wrong(class, why)| match why.ends_with(EOF) && !over {
                true => "Python waits here for a reply that does not come.".into(),
                false => format!("imaplib.IMAP4.{class}: {why}"),
            })?;
        self.ended(request, &typ, data)
    }

    fn ended(&mut self, request: &Request, typ: &str, data: Vec<Datum>) -> Value {
        let last = data.last().map(Datum::octets).unwrap_or_default().to_vec();
        let error = |why: String| Err(format!("imaplib.IMAP4.error: {why}"));
        match &request.end {
            End::Untagged(name) if typ != "NO" => {
                let data = self.untagged.remove(*name);
                if *name == "CAPABILITY" && self.capabilities.is_none() {
                    let told = data.as_ref().and_then(|data| data.last());
                    self.capabilities = told.map(|told| told.octets().to_vec());
                }
                return Ok(shown(typ, data));
            }
            End::QuotaRoot => {
                let mut fetch = |name: &str| match typ {
                    "NO" => Reading::list(Some(data.clone())),
                    _ => Reading::list(self.untagged.remove(name)),
                };
                let (quota, root) = (fetch("QUOTA"), fetch("QUOTAROOT"));
                return Ok(tuple(&[text(typ), format!("[{root}, {quota}]")]));
            }
            End::Login if typ != "OK" => return error(bytes(&last)),
            End::Authenticate if typ != "OK" => {
                return error(String::from_utf8_lossy(&last).into_owned());
            }
            End::Login | End::Authenticate => self.state = "AUTH",
            End::Select { .. } if typ != "OK" => self.state = "AUTH",
            End::Select { readonly, mailbox } => {
                self.state = "SELECTED";
                if self.untagged.contains_key("READ-ONLY") && !readonly {
                    let why = format!("imaplib.IMAP4.readonly: {mailbox} is not writable");
                    return Err(why);
                }
                return Ok(shown(typ, self.untagged.get("EXISTS").cloned()));
            }
            End::Enable { utf8 } => self.utf8 |= *utf8 && typ == "OK",
            End::Tls if typ != "OK" => return error("Couldn't establish TLS session".into()),
            _ => {}
        }
        Ok(shown(typ, Some(data)))
    }
}

/// Where a command is legal; nowhere, if `imaplib` does not know it.
fn states(name: &str) -> &'static [&'static str] {
    match name {
        "CAPABILITY" | "LOGOUT" | "NOOP" => &["NONAUTH", "AUTH", "SELECTED", "LOGOUT"],
        "AUTHENTICATE" | "LOGIN" | "STARTTLS" => &["NONAUTH"],
        "ENABLE" | "PROXYAUTH" => &["AUTH"],
        "CHECK" | "CLOSE" | "COPY" | "EXPUNGE" | "FETCH" | "MOVE" | "PARTIAL" | "SEARCH"
        | "SORT" | "STORE" | "THREAD" | "UID" | "UNSELECT" => &["SELECTED"],
        "APPEND" | "CREATE" | "DELETE" | "DELETEACL" | "EXAMINE" | "GETACL" | "GETANNOTATION"
        | "GETQUOTA" | "GETQUOTAROOT" | "MYRIGHTS" | "LIST" | "LSUB" | "NAMESPACE" | "RENAME"
        | "SELECT" | "SETACL" | "SETANNOTATION" | "SETQUOTA" | "STATUS" | "SUBSCRIBE"
        | "UNSUBSCRIBE" => &["AUTH", "SELECTED"],
        _ => &[],
    }
}

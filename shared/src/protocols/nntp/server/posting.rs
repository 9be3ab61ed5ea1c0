//! Articles that come in: from a reader with POST, from another server with IHAVE and TAKETHIS.

use super::super::terms;
use super::super::wire::{SASL_LIMIT, is_message_id};
use super::NntpServer;
use super::dot;
use crate::machine::Tick;
use crate::text::lines::{Ending, Line};
use crate::text::message::field;
use crate::world::news::PostError;
use crate::world::{Date, World};

/// An article may have so many octets. Usual servers stop at a million; the rest of a longer one
/// is read and thrown away.
const ARTICLE_LIMIT: usize = 1024 * 1024;

/// An article under way.
#[derive(Clone)]
pub(super) struct Incoming {
    from: Source,
    content: Vec<u8>,
    /// What is wrong with its octets.
    fault: Option<String>,
    /// The line before had no end yet.
    continued: bool,
}

/// Where an article comes from; with the message-id under which it was offered.
#[derive(Clone, Debug)]
enum Source {
    Reader,
    Offer(String),
    Stream(String),
}

impl NntpServer {
    pub(super) fn post(&mut self) {
        self.answer(340, "send the article, end it with a line of one dot");
        self.receive(Source::Reader);
    }

    pub(super) fn ihave(&mut self, id: &str, world: &World) {
        if world.news.by_id(id).is_some() {
            self.refuse_command(435, "I have it");
            return;
        }
        self.answer(335, "send the article, end it with a line of one dot");
        self.receive(Source::Offer(id.into()));
    }

    pub(super) fn check(&mut self, id: &str, world: &World) {
        let code = if world.news.by_id(id).is_some() { 438 } else { 238 };
        self.reply(code, &[(&terms::MESSAGE_ID, id)], "");
    }

    pub(super) fn take_this(&mut self, id: &str) {
        self.receive(Source::Stream(id.into()));
    }

    pub(super) fn article_line(&mut self, line: &Line, now: Tick, world: &mut World) {
        let Some(incoming) = &mut self.incoming else { return };
        let fresh = !incoming.continued;
        incoming.continued = line.ending == Ending::TooLong;
        if !fresh || line.bytes != b".\r\n" {
            incoming.take(line, fresh);
            return;
        }
        let Some(incoming) = self.incoming.take() else { return };
        self.lines.become_strict(SASL_LIMIT);
        let filed = match incoming.fault {
            Some(fault) => Err(fault),
            None => self.file(&incoming.from, &incoming.content, world.date(now), world),
        };
        self.verdict(&incoming.from, filed);
    }

    fn receive(&mut self, from: Source) {
        self.lines.become_strict(dot::LINE_LIMIT);
        let content = Vec::new();
        self.incoming = Some(Incoming { from, content, fault: None, continued: false });
    }

    fn verdict(&mut self, from: &Source, filed: Result<String, String>) {
        match from {
            Source::Reader => {
                self.progress.sent(&super::table::CONTENT);
                match filed {
                    Ok(id) => self.reply(240, &[(&terms::MESSAGE_ID, &id)], "posted"),
                    Err(why) => self.answer(441, &why),
                }
            }
            Source::Offer(_) => {
                self.progress.sent(&super::table::CONTENT);
                match filed {
                    Ok(_) => self.answer(235, "thank you"),
                    Err(why) => self.answer(437, &why),
                }
            }
            Source::Stream(id) => {
                let (code, why) = match filed {
                    Ok(_) => (239, String::new()),
                    Err(why) => (439, why),
                };
                self.reply(code, &[(&terms::MESSAGE_ID, id)], &why);
            }
        }
    }

    /// Checks an article, supplies what is the server's to supply, and files it.
    fn file(
        &self,
        from: &Source,
        content: &[u8],
        now: Date,
        world: &mut World,
    ) -> Result<String, String> {
        let fields = header(content)?;
        for (at, (name, _)) in fields.iter().enumerate() {
            let once = UNIQUE.iter().any(|unique| unique.eq_ignore_ascii_case(name));
            if once && fields[..at].iter().any(|(before, _)| before.eq_ignore_ascii_case(name)) {
                return Err(format!("the field {name} is there twice"));
            }
        }
        self.allowed(content, world)?;
        let article = match from {
            Source::Reader => self.inject(&fields, content, now, world)?,
            Source::Offer(id) | Source::Stream(id) => self.relay(&fields, content, id)?,
        };
        world.news.post(&article, now).map_err(|error| match error {
            PostError::MissingField(name) => format!("the field {name} is missing"),
            PostError::NoSuchGroup(names) => format!("there is no group {names}"),
            PostError::NotAllowed(name) => format!("posting to {name} is not allowed"),
            PostError::Duplicate => "I have it".into(),
            PostError::Full => "there is no room for more articles".into(),
        })
    }

    /// A private group takes articles of those who are logged in only.
    fn allowed(&self, content: &[u8], world: &World) -> Result<(), String> {
        let names = field(content, "Newsgroups").unwrap_or_default();
        let closed = names
            .split(',')
            .map(str::trim)
            .find(|name| world.news.group(name).is_some_and(|group| !self.may_read(group)));
        closed.map_or(Ok(()), |name| Err(format!("posting to {name} needs a login")))
    }

    /// The duties of the server that an article enters the network by (RFC 5537 section 3.5).
    fn inject(
        &self,
        fields: &[Field<'_>],
        content: &[u8],
        now: Date,
        world: &World,
    ) -> Result<Vec<u8>, String> {
        for name in ["From", "Newsgroups", "Subject"] {
            if field(content, name).is_none_or(|value| value.is_empty()) {
                return Err(format!("the field {name} is missing"));
            }
        }
        if !field(content, "From").is_some_and(|from| from.contains('@')) {
            return Err("From must hold a mail address".into());
        }
        let path = field(content, "Path");
        if path.as_ref().is_some_and(|path| path.contains(".POSTED")) {
            return Err("Path says that it was posted before".into());
        }
        let id = field(content, "Message-ID");
        if let Some(id) = id.as_ref().filter(|id| !is_message_id(id) || !id.contains('@')) {
            return Err(format!("{id} is no message-id"));
        }
        let (has_id, has_date) = (id.is_some(), field(content, "Date").is_some());
        let mut out = format!(
            "Path: {}!.POSTED!{}\r\n",
            self.name,
            path.unwrap_or_else(|| "not-for-mail".into())
        )
        .into_bytes();
        for (name, lines) in fields {
            if !["Path", "Xref", "Injection-Info"].iter().any(|n| n.eq_ignore_ascii_case(name)) {
                out.extend_from_slice(lines);
            }
        }
        let mut add = |name: &str, value: &str| {
            out.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        };
        if !has_date {
            add("Date", &now.mail());
        }
        if !has_id {
            add("Message-ID", &self.fresh_id(now, world));
        }
        // With both it may have been injected elsewhere too, and a date would hide that.
        if !(has_id && has_date) && field(content, "Injection-Date").is_none() {
            add("Injection-Date", &now.mail());
        }
        add("Injection-Info", &self.name);
        out.extend_from_slice(rest(content));
        Ok(out)
    }

    /// The duties of a server that gets an article from another one (RFC 5537 section 3.6).
    fn relay(&self, fields: &[Field<'_>], content: &[u8], id: &str) -> Result<Vec<u8>, String> {
        let Some(path) = field(content, "Path") else {
            return Err("the field Path is missing".into());
        };
        match field(content, "Message-ID") {
            Some(own) if own == id => {}
            _ => return Err("its Message-ID is not the one offered".into()),
        }
        let mut out = format!("Path: {}!{path}\r\n", self.name).into_bytes();
        for (name, lines) in fields {
            if !["Path", "Xref"].iter().any(|n| n.eq_ignore_ascii_case(name)) {
                out.extend_from_slice(lines);
            }
        }
        out.extend_from_slice(rest(content));
        Ok(out)
    }

    /// Made from the clock and a counter, so that a session played again gives the same one.
    fn fresh_id(&self, now: Date, world: &World) -> String {
        let stamp = now.digits();
        let mut n = 1;
        loop {
            let id = format!("<{stamp}.{n}@{}>", self.name);
            if world.news.by_id(&id).is_none() {
                return id;
            }
            n += 1;
        }
    }
}

impl Incoming {
    fn take(&mut self, line: &Line, fresh: bool) {
        let bytes = if fresh { dot::unstuff(&line.bytes) } else { &line.bytes };
        let text = line.text();
        if text.iter().any(|b| matches!(b, b'\r' | b'\n' | 0)) {
            self.fault.get_or_insert_with(|| "bare CR, bare LF or NUL in the article".into());
        }
        if self.content.len() + bytes.len() > ARTICLE_LIMIT {
            let text = format!("the article has more than {ARTICLE_LIMIT} octets");
            self.fault.get_or_insert(text);
        }
        if self.fault.is_none() {
            self.content.extend_from_slice(bytes);
        }
    }
}

/// Fields that an article has at most once (RFC 5536 section 3).
const UNIQUE: [&str; 8] =
    ["Date", "From", "Message-ID", "Newsgroups", "Path", "Subject", "References", "Injection-Date"];

/// The name of a field, and its lines with their ends.
type Field<'a> = (&'a str, &'a [u8]);

/// The fields of the header, folded lines included.
fn header(content: &[u8]) -> Result<Vec<Field<'_>>, String> {
    let mut fields: Vec<(&str, usize, usize)> = Vec::new();
    let mut at = 0;
    for line in content.split_inclusive(|b| *b == b'\n') {
        let end = at + line.len();
        match line {
            b"\r\n" if fields.is_empty() => return Err("the article has no header".into()),
            b"\r\n" => {
                let all = fields.into_iter();
                return Ok(all.map(|(name, from, to)| (name, &content[from..to])).collect());
            }
            [b' ' | b'\t', ..] => match fields.last_mut() {
                Some((_, _, to)) => *to = end,
                None => return Err("the first line is no header field".into()),
            },
            _ => fields.push((name(line)?, at, end)),
        }
        at = end;
    }
    Err("the empty line between header and body is missing".into())
}

/// The name of a field. In news a space must follow the colon (RFC 5536 section 2.2).
fn name(line: &[u8]) -> Result<&str, String> {
    let colon = line.iter().position(|b| *b == b':').unwrap_or(0);
    let name = core::str::from_utf8(&line[..colon]).unwrap_or_default();
    let shown = String::from_utf8_lossy(line);
    let shown: String = shown.trim_end().chars().take(40).collect();
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(format!("{shown:?} is no header field"));
    }
    if !matches!(line.get(colon + 1), Some(b' ')) {
        return Err(format!("a space must follow the colon in {shown:?}"));
    }
    Ok(name)
}

/// The empty line and the body.
fn rest(content: &[u8]) -> &[u8] {
    &content[crate::text::message::body_start(content).saturating_sub(2)..]
}

//! What is unusual in commands and responses, and what would have been right.

use super::send::malformed;
use super::{Asked, ImapClient};
use crate::explain::Rfc;
use crate::machine::{Note, Refused};
use crate::protocols::imap::command::{self, Args, Command, Typed, beginning};
use crate::protocols::imap::frame::{Unit, literal_header};
use crate::protocols::imap::response::{Reply, Status};
use crate::protocols::imap::set::Set;
use crate::protocols::imap::table;
use crate::table::Progress;
use crate::text::advice::{Checked, LineRules, Notes, ReplyRules};
use crate::text::sasl;

pub(super) static COMMANDS: LineRules = LineRules {
    protocol: "IMAP",
    line_end: Rfc::new(3501, "2.2"),
    length: Rfc::new(2683, "3.2.1.5"),
    seven_bit: Some(Rfc::new(3501, "4.3")),
    batches: Rfc::new(3501, "5.5"),
    commands: Rfc::new(3501, "6"),
};

static REPLIES: ReplyRules = ReplyRules {
    line_end: Rfc::new(3501, "2.2"),
    length: None,
    seven_bit: Some(Rfc::new(3501, "9")),
};

/// Once UTF-8 was agreed on.
static REPLIES_UTF8: ReplyRules = ReplyRules { seven_bit: None, ..REPLIES };

impl ImapClient {
    /// What is unusual in a command that is right; `text` is how it would be typed.
    pub(super) fn remarks(&self, command: &Command, text: &str) -> Notes {
        let mut notes = Notes::default();
        let has = |word: &str| self.known.capabilities.iter().any(|c| c.eq_ignore_ascii_case(word));
        let name = command.verb.name;
        if name == "LOGIN" && has("LOGINDISABLED") {
            let mechanism = sasl::Mechanism::ALL.into_iter().map(|m| m.name());
            let mechanism = mechanism.into_iter().find(|name| has(&format!("AUTH={name}")));
            let text = "The server has announced LOGINDISABLED: it takes no LOGIN here, and the password has crossed the wire for nothing.";
            let fix = mechanism.map(|name| format!("AUTHENTICATE {name}"));
            notes.add(Note { fix, ..Note::warning(text).rule(3501, "6.2.3") });
        }
        let set = match &command.args {
            Args::Fetch { set, .. } | Args::Store { set, .. } | Args::Copy { set, .. } => Some(set),
            _ => None,
        };
        let by_uid = name.starts_with("UID ");
        if let (Some(set), Some(exists), false) = (set, self.known.exists, by_uid)
            && *set != Set::Saved
            && set.numbers(exists).is_none()
        {
            let mut words = text.splitn(3, ' ');
            let (verb, _, rest) = (words.next(), words.next(), words.next());
            let fix = set.within(exists).zip(verb.zip(rest));
            let fix = fix.map(|(set, (verb, rest))| format!("{verb} {set} {rest}"));
            let text = format!(
                "The mailbox has {exists} messages, and the set names a higher number: by the rule the server answers BAD, and does nothing. Sets of UIDs may name what is not there."
            );
            notes.add(Note { fix, ..Note::warning(text).rule(3501, "9") });
        }
        let last = self.known.uid_next.and_then(|n| u32::try_from(n).ok()?.checked_sub(1));
        if let (Some(set), Some(last), true) = (set, last, by_uid)
            && last > 0
            && set.begins_past(last)
        {
            let text = "The set begins past the last UID. A range has two ends in either order, and * is the last message: so it names that one all the same.";
            notes.add(Note::info(text).rule(3501, "6.4.8"));
        }
        let modern = self.known.enabled.iter().any(|w| w.eq_ignore_ascii_case("IMAP4rev2"));
        match (&command.args, name) {
            (Args::Status { name, .. }, _) if self.known.mailbox.as_ref() == Some(name) => {
                let text = "STATUS is for mailboxes that are not open. Of the one that is open the server tells by itself; NOOP gives it the occasion.";
                notes.add(Note::info(text).rule(3501, "6.3.10").fix("NOOP"));
            }
            (_, "CHECK") if modern => {
                let text =
                    "IMAP4rev2, which is enabled, has no CHECK any more; NOOP does the same.";
                notes.add(Note::info(text).rule(9051, "E").fix("NOOP"));
            }
            (_, "LSUB") if modern => {
                let text = "IMAP4rev2, which is enabled, has no LSUB any more; LIST does it.";
                let fix = "LIST (SUBSCRIBED) \"\" *";
                notes.add(Note::info(text).rule(9051, "E").fix(fix));
            }
            _ => {}
        }
        notes
    }

    /// Why a line of a SASL exchange is none.
    pub(super) fn response_fault(&self, text: &str) -> Option<Refused> {
        let good = text == "*" || sasl::decode(text).is_some();
        (!good).then(|| Refused::Malformed {
            what: "The response is not base64.".into(),
            expected: "base64, with = at the end where it is needed, an empty line, or a lone *"
                .into(),
            rule: Rfc::new(3501, "6.2.2"),
        })
    }

    /// What the lab makes of a command that is sent without its checks, literals included, and
    /// what is unusual in it.
    pub(super) fn inspect(&self, line: &[u8], progress: &Progress) -> (Checked, Notes) {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let text = String::from_utf8_lossy(line).replace("\r\n", "\n").replace(['\r', '\0'], "");
        let mut checked = Checked {
            name: String::new(),
            refused: None,
            secret: false,
            utf8: self.known.is_utf8(),
            repaired: None,
            typed: Some(text.clone()),
        };
        let mut notes = Notes::default();
        if progress.state() == &table::SASL {
            checked.name = table::RESPONSE.name.into();
            (checked.refused, checked.secret) = (self.response_fault(&text), true);
            return (checked, notes);
        }
        if progress.state() == &table::IDLING && !text.eq_ignore_ascii_case("DONE") {
            checked.refused = Some(Refused::Malformed {
                what: "The server waits for the end of IDLE and takes no other command.".into(),
                expected: "DONE, without a tag".into(),
                rule: Rfc::new(2177, "3"),
            });
            checked.repaired = Some("DONE".into());
            return (checked, notes);
        }
        let typed = match command::typed(&text) {
            Ok(typed) => typed,
            Err(word) => {
                // The first word is the tag, if there is another one.
                let (tag, name) = beginning(line).unwrap_or((String::new(), word));
                let rest = text.strip_prefix(&tag).unwrap_or_default().trim_start();
                checked.refused =
                    Some(Refused::Illegal(table::TABLE.unknown(&name, progress.state())));
                (checked.name, checked.typed) = (name, Some(rest.into()));
                return (checked, notes);
            }
        };
        let shown = typed.text();
        checked.name = typed.verb.name.into();
        checked.typed = Some(shown.clone());
        checked.secret = matches!(typed.verb.name, "LOGIN")
            || (typed.verb.name == "AUTHENTICATE" && typed.rest.contains(' '));
        if typed.verb == &table::DONE {
            checked.refused = progress.legal(table::DONE.name).err().map(Refused::Illegal);
            return (checked, notes);
        }
        if typed.tag.is_none() {
            checked.refused = Some(Refused::Malformed {
                what: format!("{} has no tag: the server takes it for one.", typed.name),
                expected: "a word of your own before the command, by which its answer can be told"
                    .into(),
                rule: Rfc::new(3501, "2.2.1"),
            });
            checked.repaired = (!checked.secret).then_some(shown);
            return (checked, notes);
        }
        // A CR or a NUL is told of by itself.
        let stray = text.len() + text.matches('\n').count() != line.len();
        let clean = text.replace('\n', "\r\n").into_bytes();
        let line = if stray { &clean } else { line };
        checked.refused = self.fault(&typed, &text, line, progress).err();
        match &checked.refused {
            None => {
                let parsed = command::parse(&[line, b"\r\n"].concat(), &[], checked.utf8, false);
                if let Ok(command) = parsed.command {
                    notes = self.remarks(&command, &shown);
                }
            }
            Some(Refused::Malformed { .. }) if !checked.secret => {
                checked.repaired = self.respelled(&typed);
            }
            Some(_) => {}
        }
        (checked, notes)
    }

    /// Whether the client would send this text, and may show it.
    pub(super) fn accepts(&self, text: &str, progress: &Progress) -> bool {
        let Ok((typed, tag)) = self.check(progress, text, self.serial) else { return false };
        if typed.verb == &table::DONE {
            return typed.rest.is_empty();
        }
        let secret = typed.verb.name == "LOGIN"
            || (typed.verb.name == "AUTHENTICATE" && typed.rest.contains(' '));
        let composed = self.compose(&typed, &tag);
        composed.is_ok_and(|(command, ..)| {
            !secret && self.remarks(&command, &typed.text()).take().is_empty()
        })
    }

    /// Why the lab would not have sent it, though it has a tag.
    fn fault(
        &self,
        typed: &Typed,
        text: &str,
        line: &[u8],
        progress: &Progress,
    ) -> Result<(), Refused> {
        self.check(progress, text, self.serial)?;
        let line = [line, b"\r\n"].concat();
        let parsed = command::parse(&line, &[], self.known.is_utf8(), false);
        let command = parsed.command.map_err(|fault| malformed(typed, &line, &fault))?;
        self.may_say(&command)
    }

    /// The command with its names coded and quoted as they must be.
    fn respelled(&self, typed: &Typed) -> Option<String> {
        let plain = Typed { tag: None, ..typed.clone() };
        let (_, wire, pauses) = self.compose(&plain, "x").ok()?;
        let line = String::from_utf8(wire.bytes).ok()?;
        let line = line.strip_prefix("x ")?.trim_end();
        (pauses.is_empty() && !line.contains('\n')).then(|| line.into())
    }

    /// What is unusual in a response, whatever it says.
    pub(super) fn unit_notes(&self, unit: &Unit, reply: &Reply, faults: Vec<String>) -> Notes {
        let mut notes = Notes::default();
        for fault in faults {
            notes.add(Note::warning(fault).rule(3501, "9"));
        }
        let line = unit.bytes.as_slice();
        if line.ends_with(b"\n") && !line.ends_with(b"\r\n") {
            let text = "The line ends with a bare LF; IMAP asks for CR LF.";
            notes.add(Note::warning(text).rule(3501, "2.2"));
        }
        match reply {
            Reply::Status { text, .. } => {
                notes.reply(if self.known.is_utf8() { &REPLIES_UTF8 } else { &REPLIES }, line);
                if literal_header(text.as_bytes()).is_some() {
                    let text = "The text ends like the head of a literal, but none can stand here: it is text for people. Programs that do not know wait for octets that never come.";
                    notes.add(Note::info(text).rule(3501, "7.1"));
                }
            }
            Reply::Continue(_) if line.starts_with(b"+\r") || line.starts_with(b"+\n") => {
                let text = "A space belongs behind the plus sign, even if nothing follows it.";
                notes.add(Note::info(text).rule(3501, "7.5"));
            }
            _ => {}
        }
        notes
    }

    /// What is unusual in how a command ended; `older` ones are still without an answer.
    pub(super) fn end_remarks(&self, asked: &Asked, status: Status, older: bool) -> Notes {
        let mut notes = Notes::default();
        if older {
            let text = "This answers a later command than the oldest. A server may do so; the tags tell which is which.";
            notes.add(Note::info(text).rule(3501, "5.5"));
        }
        if let (Status::No, Some(left)) = (status, &asked.left) {
            let text = format!(
                "SELECT has failed, and the mailbox that was open before is closed by that: no mailbox is open now. (It was \"{left}\".)"
            );
            notes.add(Note::info(text).rule(3501, "6.3.1").fix(format!("SELECT {left}")));
        }
        notes
    }
}

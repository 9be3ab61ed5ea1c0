//! What is unusual in a reply, each time with the rule.

use super::super::Stop;
use super::super::menu::plural;
use super::{Body, Count, MENU_LINE_LIMIT, Reads};
use crate::machine::Note;

impl Body {
    pub(super) fn notes(&self, stop: Stop<'_>, octets: u64, unfinished: bool) -> Vec<Note> {
        let mut notes = Vec::new();
        let mut note = |note: Note| notes.push(note.rule(1436, ""));
        let Count { bare_lf, stray_cr, too_long, behind_dot, beyond, single_dot, latin1, .. } =
            self.count;
        let menu = self.reads == Reads::Menu;
        let whole = matches!(stop, Stop::End);
        if let Stop::Broken(why) = stop {
            note(Note::error(format!(
                "Truncated: the connection broke ({why}) after {octets} octets of the reply. They are shown, but may not be all."
            )));
        } else if octets == 0 && whole {
            note(Note::info(
                "Empty answer: the server closed the connection without an octet. An empty file looks like that, and so does a server that gave up.",
            ));
        } else if let Some(left) = self.framing.left.filter(|left| *left > 0) {
            let came = self.framing.announced.unwrap_or_default() - left;
            note(Note::error(format!(
                "Truncated: {came} octets came of the {} that were announced.",
                came + left
            )));
        } else if menu && unfinished {
            note(Note::warning(
                "Truncated: the last line has no end, so its last field may not be all of it. The item is kept.",
            ));
        } else if self.framing.dots && self.ended.is_none() && whole {
            note(Note::info(
                "No lone dot at the end. Many servers leave it out; whether all has come cannot be told then.",
            ));
        } else if self.reads == Reads::Binary && self.framing.announced.is_none() && whole {
            note(Note::info(format!(
                "{octets} octets. Nothing says how many there should be: the end of the connection is the only end."
            )));
        }
        if matches!(stop, Stop::Silence) {
            note(Note::warning(
                "The reply has ended, but the server has not closed the connection for 5 seconds, as it should. The lab drops it.",
            ));
        }
        if behind_dot > 0 {
            note(Note::warning(format!(
                "There is a lone dot inside, and {behind_dot} octets come behind it. RFC 1436 has the reply end at the dot; most servers today send files as they are, without doubling dots, so the rest belongs to it."
            )));
        }
        if beyond > 0 {
            note(Note::warning(format!("{beyond} octets came beyond the announced length.")));
        }
        if let Some(at) = too_long {
            note(Note::error(format!(
                "At octet {at} begins a line of more than {MENU_LINE_LIMIT} octets. A menu line has four short fields; this is shown in pieces and is no item."
            )));
        }
        // An HTML page is sent as the file is.
        let lines = self.reads != Reads::Html;
        if bare_lf > 0 && lines {
            note(Note::warning(format!(
                "A bare LF ends {}; Gopher asks for CR LF. The lab reads it as one.",
                plural(bare_lf, "line")
            )));
        }
        if stray_cr > 0 && lines {
            note(Note::warning(format!(
                "A carriage return that is not the end of a line stands in {}.",
                plural(stray_cr, "line")
            )));
        }
        if single_dot > 0 {
            note(Note::info(format!(
                "One dot begins {} and is not doubled: this server sends the file as it is. Clients that take every first dot away lose it.",
                plural(single_dot, "line")
            )));
        }
        if latin1 > 0 && lines {
            note(Note::info(format!(
                "Octets that are no UTF-8 stand in {}; they are read as Latin-1, the character set of RFC 1436.",
                plural(latin1, "line")
            )));
        }
        if self.error_for_text {
            note(Note::info(
                "A text was asked for, and a menu line of type 3 came: an error. Gopher has no reply codes, so only its look tells it from a text.",
            ));
        }
        if self.reads == Reads::Binary && self.looks_like_error() {
            note(Note::warning(
                "This looks like an error in place of the content: a menu line of type 3. Nothing but its look tells it from a file.",
            ));
        }
        if menu {
            notes.extend(self.menu.notes());
        }
        notes
    }
}

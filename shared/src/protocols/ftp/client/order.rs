//! What may be sent when, and what should directly follow what.

use super::super::{table, wire};
use super::FtpClient;
use crate::machine::{Note, Refused};
use crate::table::{Illegal, Verb};

impl FtpClient {
    /// The verb of this name, if it may be sent now. During an upload only raw commands come here,
    /// and what is legal is what is so during every transfer.
    pub(super) fn legal(&self, name: &str) -> Result<&'static Verb, Refused> {
        let state = match self.progress.state() {
            state if state == &table::UPLOAD => &table::XFER,
            state => state,
        };
        let verb = table::TABLE
            .verb(name)
            .filter(|verb| !verb.name.starts_with('('))
            .ok_or_else(|| Refused::Illegal(table::TABLE.unknown(name, state)))?;
        table::TABLE.check(verb, state, self.progress.flags()).map_err(Refused::Illegal)?;
        self.turn(verb).map_err(Refused::Illegal)?;
        Ok(verb)
    }

    /// FTP has no pipelining (RFC 959 section 5.4), but a transfer can be asked about and broken
    /// off while it is under way.
    fn turn(&self, verb: &'static Verb) -> Result<(), Illegal> {
        self.check_announcing(verb)?;
        let mut pending = self.progress.pending();
        let (Some(first), None) = (pending.next(), pending.next()) else {
            return self.progress.may_follow(verb.name, None);
        };
        let under_way = first == &table::TRANSFER || first == &table::CONTENT;
        let asked_for = table::moves_data(first).is_some() && verb == &table::ABOR;
        if under_way || asked_for {
            return Ok(());
        }
        self.progress.may_follow(verb.name, None)
    }

    /// Commands that the lab can write but would not know how to go on with.
    pub(super) fn withhold(&self, verb: &'static Verb) -> Result<(), Refused> {
        let (what, expected) = match verb.name {
            "AUTH" => (
                "was not sent: the lab cannot go on in TLS yet.",
                "USER; what follows crosses in clear text",
            ),
            "PASV" | "PORT" | "EPRT" if self.known.epsv_all => {
                ("was not sent: you promised with EPSV ALL to use nothing but EPSV.", "EPSV")
            }
            _ => return Ok(()),
        };
        Err(Refused::Malformed {
            what: format!("{} {what}", verb.name),
            expected: expected.into(),
            rule: if self.known.epsv_all {
                crate::explain::Rfc::new(2428, "4")
            } else {
                verb.term.rfc
            },
        })
    }

    /// Some commands must directly precede another one.
    pub(super) fn order(&mut self, verb: &'static Verb) {
        let moves = table::moves_data(verb).is_some();
        if let Some(rest) = self.known.rest.take() {
            if let Some(transfer) = &mut self.transfer {
                transfer.resumed |= moves;
            }
            if moves || verb.name == "REST" {
                return;
            }
            self.note(
                Note::warning(format!(
                    "{} stands between REST {rest} and the transfer. REST must directly precede the transfer, so the server may have forgotten it.",
                    verb.name
                ))
                .rule(959, "4.1.3")
                .fix(format!("REST {rest}")),
            );
        }
        if self.progress.has(&table::RENAME) && !matches!(verb.name, "RNTO" | "RNFR") {
            self.progress.set(&table::RENAME, false);
            let file = self.known.rename.take().unwrap_or_default();
            self.note(
                Note::warning(format!(
                    "{} stands between RNFR and RNTO, so the server may have forgotten which file to rename.",
                    verb.name
                ))
                .rule(959, "4.1.3")
                .fix(format!("RNFR {file}")),
            );
        }
    }

    /// One space ends the verb; all others are part of the name, which few people mean.
    pub(super) fn note_spaces(&mut self, verb: &'static Verb, argument: &str) {
        let name = argument.trim_start_matches(' ');
        let spaces = argument.len() - name.len();
        if spaces > 0 && !name.is_empty() && wire::names_a_path(verb) {
            self.note(
                Note::info(format!(
                    "The name begins with {}: one space ends {}, and all behind it belongs to the name.",
                    super::remarks::plural(spaces, "space"),
                    verb.name
                ))
                .rule(2640, "3.1")
                .fix(format!("{} {name}", verb.name)),
            );
        }
    }
}

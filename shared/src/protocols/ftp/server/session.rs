//! Commands about the session itself.

use core::net::IpAddr;

use super::super::wire::{self, FileType};
use super::super::{table, wire::address};
use super::data::Data;
use super::{Access, FtpServer};
use crate::table::Verb;
use crate::world::World;

/// What FEAT lists.
const FEATURES: &[&str] = &[
    "EPRT",
    "EPSV",
    "HOST",
    "LANG EN*",
    "MDTM",
    "MFMT",
    "",
    "REST STREAM",
    "SIZE",
    "TVFS",
    "UTF8",
];

impl FtpServer {
    /// Obeys a command that is legal here and whose argument has the right form.
    pub(super) fn obey(&mut self, verb: &'static Verb, arg: &str, rest: u64, world: &mut World) {
        match table::canonical(verb.name) {
            "USER" => self.user(arg),
            "PASS" => self.pass(arg, world),
            "ACCT" => self.reply(202, &["No account is needed here."]),
            "HOST" if arg.eq_ignore_ascii_case(&self.name) => {
                self.reply(220, &[&format!("{} it is.", self.name)]);
            }
            "HOST" => self.reply(504, &[&format!("Only {} is served here.", self.name)]),
            "REIN" => {
                self.leave();
                self.reply(220, &["As at first: who are you?"]);
            }
            "QUIT" => self.bye(),
            "NOOP" => self.reply(200, &["Here I am."]),
            "SYST" => self.reply(215, &["UNIX Type: L8"]),
            "FEAT" => self.features(),
            "OPTS" => self.options(arg),
            "LANG" => match arg.to_ascii_lowercase().as_str() {
                "" | "en" => self.reply(200, &["Replies are in English."]),
                _ => self.reply(504, &["Only English (LANG en) is spoken here."]),
            },
            "HELP" => self.help(arg),
            "STAT" if arg.is_empty() => self.status(),
            "STAT" if self.access == Access::Nobody => {
                self.reply(530, &["Log in to see files; STAT alone needs no login."]);
            }
            "SITE" if arg.eq_ignore_ascii_case("HELP") => {
                self.reply(214, &["SITE has no other command than HELP here."]);
            }
            "SITE" => self.reply(504, &["SITE has no command but HELP here."]),
            "SMNT" | "AUTH" => {
                self.reply(502, &[&format!("{} is not implemented here.", verb.name)]);
            }
            "PBSZ" | "PROT" => self.reply(503, &["Nothing is protected here: AUTH comes first."]),
            "CCC" => self.reply(533, &["This connection is in clear text already."]),
            "TYPE" => match wire::file_type(arg) {
                Some(FileType::Rare) | None => {
                    self.reply(504, &["Only A (text) and I (octet for octet) are known here."]);
                }
                Some(kind) => {
                    self.image = kind == FileType::Image;
                    self.reply(200, &[if self.image { "TYPE is I." } else { "TYPE is A." }]);
                }
            },
            "STRU" => self.only(arg, "F", "Only F (file) is known here."),
            "MODE" => self.only(arg, "S", "Only S (stream) is known here."),
            "ALLO" => self.reply(202, &["There is no need to announce files here."]),
            "REST" => match arg.parse() {
                Ok(0) => self.reply(350, &["The next transfer begins at the start."]),
                Ok(_) if !self.image => {
                    self.reply(501, &["In TYPE A octets cannot be counted; set TYPE I first."]);
                }
                Ok(offset) => {
                    self.rest = offset;
                    self.reply(350, &[&format!("The next transfer begins at octet {offset}.")]);
                }
                Err(_) => self.reply(501, &["No file is so long."]),
            },
            "PASV" => self.pasv(),
            "EPSV" => self.epsv(arg),
            "PORT" => {
                let mut scan = crate::explain::Scanner::new(arg.as_bytes());
                match address::six(&mut scan) {
                    Some(address) => self.active(address.into()),
                    None => self.reply(501, &["Expected six numbers of 0 to 255."]),
                }
            }
            "EPRT" => {
                let mut scan = crate::explain::Scanner::new(arg.as_bytes());
                match address::extended(&mut scan) {
                    Ok(address) if address.is_ipv4() == self.local.is_ipv4() => {
                        self.active(address);
                    }
                    Err(address::EprtError::Syntax) => {
                        self.reply(501, &["The form is: EPRT |protocol|address|port|"]);
                    }
                    _ => self.wrong_network(),
                }
            }
            _ => self.obey_files(verb, arg, rest, world),
        }
    }

    /// A command during a transfer.
    pub(super) fn interrupt(&mut self, verb: &'static Verb) {
        match verb.name {
            "ABOR" => {
                self.abort_transfer();
                self.progress.sent(verb);
                self.reply(226, &["ABOR is done."]);
            }
            "QUIT" => self.quitting = true,
            "STAT" => self.say(211, &[&self.transfer_status()]),
            _ => self.say(200, &["A transfer is under way."]),
        }
    }

    /// What cannot be reached by EPRT or EPSV.
    pub(super) fn wrong_network(&mut self) {
        let own = if self.local.is_ipv4() { 1 } else { 2 };
        self.reply(522, &[&format!("That network protocol cannot be used, use ({own})")]);
    }

    fn user(&mut self, name: &str) {
        self.leave();
        self.user = name.into();
        match is_guest(name) {
            true => self.reply(331, &["Welcome; your mail address is the password."]),
            false => self.reply(331, &[&format!("Password, please, {name}.")]),
        }
    }

    fn pass(&mut self, password: &str, world: &World) {
        if is_guest(&self.user) {
            self.access = Access::Guest;
            self.reply(230, &["You may read everything, and write in /upload."]);
        } else if world.accounts.admits(&self.user, password) {
            self.access = Access::Owner;
            self.reply(230, &[&format!("Welcome, {}.", self.user)]);
        } else {
            self.reply(530, &["Wrong name or password."]);
        }
    }

    /// Nobody is logged in, and everything is as at first.
    fn leave(&mut self) {
        self.drop_data();
        self.user.clear();
        self.access = Access::Nobody;
        self.cwd = "/".into();
        self.image = false;
        self.epsv_all = false;
        self.facts = super::Facts::default();
    }

    fn features(&mut self) {
        let mlst = format!(" MLST {}", self.facts.offer());
        let features: Vec<String> = FEATURES
            .iter()
            .map(|name| if name.is_empty() { mlst.clone() } else { format!(" {name}") })
            .collect();
        let mut lines = vec!["Extensions:"];
        lines.extend(features.iter().map(String::as_str));
        lines.push("End");
        self.reply(211, &lines);
    }

    fn options(&mut self, arg: &str) {
        let (name, rest) = crate::text::split_verb(arg);
        match (name.to_ascii_uppercase().as_str(), rest.unwrap_or_default()) {
            ("MLST", wanted) => {
                self.facts.choose(wanted);
                self.reply(200, &[&format!("MLST OPTS {}", self.facts.chosen())]);
            }
            ("UTF8", on) if on.eq_ignore_ascii_case("ON") => {
                self.reply(200, &["Names are in UTF-8 always."]);
            }
            _ => self.reply(501, &["There are options for MLST only."]),
        }
    }

    fn help(&mut self, arg: &str) {
        if let Some(verb) = table::TABLE.verb(arg).filter(|verb| !verb.syntax.is_empty()) {
            self.reply(214, &[&format!("The form is: {}", verb.syntax)]);
            return;
        }
        let names: Vec<&str> = table::TABLE
            .verbs
            .iter()
            .map(|verb| verb.name)
            .filter(|name| !name.starts_with('('))
            .collect();
        let rows: Vec<String> =
            names.chunks(10).map(|names| format!(" {}", names.join(" "))).collect();
        let mut lines = vec!["Commands:"];
        lines.extend(rows.iter().map(String::as_str));
        lines.push("End");
        self.reply(214, &lines);
    }

    fn status(&mut self) {
        let user = match self.access {
            Access::Nobody => " Nobody is logged in".to_owned(),
            _ => format!(" Logged in as {}", self.user),
        };
        let kind = format!(" TYPE {}, STRU F, MODE S", if self.image { "I" } else { "A" });
        let data = match self.data {
            Data::None | Data::Listening { .. } => " No data connection",
            Data::Waiting { .. } => " Waiting for a data connection",
            Data::Open { .. } => " A data connection is open",
            Data::Active(_) => " A data connection will be opened to you",
        };
        let title = format!("{} FTP server:", self.name);
        self.reply(211, &[&title, &user, &kind, data, "End"]);
    }

    fn only(&mut self, arg: &str, known: &str, sorry: &str) {
        match arg.eq_ignore_ascii_case(known) {
            true => self.reply(200, &["Good."]),
            false => self.reply(504, &[sorry]),
        }
    }

    fn pasv(&mut self) {
        match self.local {
            _ if self.epsv_all => self.promised(),
            IpAddr::V4(_) => self.listen(false),
            IpAddr::V6(_) => {
                self.reply(425, &["PASV has no room for an IPv6 address; use EPSV."]);
            }
        }
    }

    fn epsv(&mut self, arg: &str) {
        match (arg.to_ascii_uppercase().as_str(), self.local.is_ipv4()) {
            ("ALL", _) => {
                self.epsv_all = true;
                self.reply(200, &["Nothing but EPSV from now on."]);
            }
            ("", _) | ("1", true) | ("2", false) => self.listen(true),
            _ => self.wrong_network(),
        }
    }

    pub(super) fn promised(&mut self) {
        self.reply(503, &["You promised with EPSV ALL to use nothing but EPSV."]);
    }
}

fn is_guest(user: &str) -> bool {
    user.eq_ignore_ascii_case("anonymous") || user.eq_ignore_ascii_case("ftp")
}

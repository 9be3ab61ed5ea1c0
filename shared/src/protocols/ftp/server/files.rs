//! Commands about files and folders.

use super::super::table;
use super::data::{Data, FILE_LIMIT, Job};
use super::{FtpServer, listing};
use crate::table::Verb;
use crate::world::files::{Content, FileError, Files, Node};
use crate::world::{Date, World};

/// A file of this size is looked through for line ends when SIZE asks for its size as text; a
/// larger one would keep everybody waiting.
const COUNT_LIMIT: u64 = 16 * 1024 * 1024;

impl FtpServer {
    pub(super) fn obey_files(
        &mut self,
        verb: &'static Verb,
        arg: &str,
        rest: u64,
        world: &mut World,
    ) {
        let path = Files::resolve(&self.cwd, arg);
        let node = world.files.get(&path);
        match table::canonical(verb.name) {
            "PWD" => self.reply(257, &[&format!("{} is where you are.", quoted(&self.cwd))]),
            "CWD" | "CDUP" => {
                let up = Files::resolve(&self.cwd, "..");
                let path = if verb.term.id == "CDUP" { up } else { path };
                match world.files.get(&path) {
                    Some(node) if node.is_folder() => {
                        self.cwd = path;
                        self.reply(250, &[&format!("You are in {}.", self.cwd)]);
                    }
                    Some(_) => self.sorry(550, FileError::NotFolder),
                    None => self.sorry(550, FileError::NotFound),
                }
            }
            "SIZE" => match node.and_then(Node::content) {
                None => self.sorry(550, FileError::NotFound),
                Some(content) if self.image => self.reply(213, &[&content.len().to_string()]),
                Some(content) if content.len() > COUNT_LIMIT => {
                    self.reply(550, &["Too large to be counted as text; set TYPE I first."]);
                }
                Some(content) => self.reply(213, &[&size_as_text(content).to_string()]),
            },
            "MDTM" => match node.filter(|node| !node.is_folder()) {
                Some(node) => self.reply(213, &[&node.modified().digits()]),
                None => self.sorry(550, FileError::NotFound),
            },
            "MLST" => match node {
                Some(node) => {
                    let facts = self.facts.of(node, self.writable(&path));
                    self.reply(250, &["Facts:", &format!(" {facts} {path}"), "End"]);
                }
                None => self.sorry(550, FileError::NotFound),
            },
            "STAT" => match self.list_lines(arg, world) {
                Some(lines) => {
                    let mut reply = vec!["Listing:"];
                    reply.extend(lines.iter().map(String::as_str));
                    reply.push("End");
                    self.reply(213, &reply);
                }
                None => self.sorry(450, FileError::NotFound),
            },
            "MKD" | "RMD" | "DELE" | "MFMT" => self.change(verb, arg, world),
            "RNFR" if node.is_none() => self.sorry(550, FileError::NotFound),
            "RNFR" if !self.may_write(&path) => self.forbidden(550),
            "RNFR" => {
                self.rename = path;
                self.reply(350, &["And its new name?"]);
            }
            "RNTO" if !self.may_write(&path) => self.forbidden(553),
            "RNTO" => match world.files.rename(&self.rename, &path, world.date(self.now)) {
                Ok(()) => self.reply(250, &[&format!("{} is {path} now.", self.rename)]),
                Err(error) => self.sorry(553, error),
            },
            "ABOR" => self.reply(225, &["There is nothing to break off."]),
            _ => self.transfer_command(verb, arg, rest, world),
        }
    }

    /// Commands that change the tree.
    fn change(&mut self, verb: &'static Verb, arg: &str, world: &mut World) {
        let (time, name) = match verb.name {
            "MFMT" => arg.split_once(' ').unwrap_or(("", arg)),
            _ => ("", arg),
        };
        let path = Files::resolve(&self.cwd, name);
        let now = world.date(self.now);
        if !self.may_write(&path) {
            self.forbidden(550);
            return;
        }
        let (files, name) = (&mut world.files, table::canonical(verb.name));
        let done = match name {
            "MKD" => files.make_folder(&path, now),
            "RMD" => files.remove_folder(&path, now),
            "DELE" => files.remove_file(&path, now),
            _ => match date(time) {
                Some(at) => files.set_modified(&path, at),
                None => {
                    self.reply(501, &["No calendar has this time."]);
                    return;
                }
            },
        };
        match (done, name) {
            (Err(error), _) => self.sorry(550, error),
            (Ok(()), "MKD") => self.reply(257, &[&format!("{} is there.", quoted(&path))]),
            (Ok(()), "MFMT") => self.reply(213, &[&format!("Modify={time}; {path}")]),
            (Ok(()), _) => self.reply(250, &[&format!("{path} is gone.")]),
        }
    }

    /// Commands that need a data connection.
    fn transfer_command(&mut self, verb: &'static Verb, arg: &str, rest: u64, world: &mut World) {
        let job = match verb.name {
            "LIST" => self.listing(self.list_lines(arg, world)).ok_or((450, FileError::NotFound)),
            "NLST" => self.listing(self.name_lines(arg, world)).ok_or((450, FileError::NotFound)),
            "MLSD" => self.fact_lines(arg, world),
            "RETR" => self.retrieve(arg, rest, world),
            _ => self.receive(verb, arg, rest, world),
        };
        match job {
            Ok((job, text)) => self.begin(job, &text, world),
            Err((code, error)) => {
                match error {
                    FileError::BadName if code == 554 => {
                        self.reply(554, &["The file is not as long as REST said."]);
                    }
                    FileError::BadName => self.forbidden(code),
                    error => self.sorry(code, error),
                }
                // Nothing was transferred, so what PASV or PORT has set up is still there for
                // another try (RFC 959 section 3.2 lists what closes it).
                self.progress.set(&table::DATA, !matches!(self.data, Data::None));
            }
        }
    }

    fn retrieve(&self, arg: &str, rest: u64, world: &World) -> Result<Start, (u16, FileError)> {
        let path = Files::resolve(&self.cwd, arg);
        let node = world.files.get(&path).ok_or((550, FileError::NotFound))?;
        let content = node.content().ok_or((550, FileError::IsFolder))?.clone();
        if rest > content.len() {
            return Err((554, FileError::BadName));
        }
        let text = !self.image;
        let kind = if text { "text" } else { "octets" };
        let says = format!("Sending {path} as {kind} ({} bytes).", content.len() - rest);
        Ok((Job::Send { content, at: rest, text, after_cr: false }, says))
    }

    fn receive(
        &self,
        verb: &'static Verb,
        arg: &str,
        rest: u64,
        world: &World,
    ) -> Result<Start, (u16, FileError)> {
        let files = &world.files;
        let path = match verb.name {
            "STOU" => (1..=10_000)
                .map(|n| Files::resolve(&self.cwd, &format!("unique-{n}")))
                .find(|path| files.get(path).is_none())
                .ok_or((452, FileError::Full))?,
            _ => Files::resolve(&self.cwd, arg),
        };
        let (folder, _) = path.rsplit_once('/').unwrap_or_default();
        if !self.may_write(&path) {
            return Err((553, FileError::BadName));
        }
        if !files.get(folder).is_some_and(Node::is_folder) {
            return Err((553, FileError::NotFound));
        }
        let old = match files.get(&path) {
            Some(node) => Some(node.content().ok_or((553, FileError::IsFolder))?),
            None => None,
        };
        let length = old.map_or(0, Content::len);
        let keep = match verb.name {
            "APPE" => length,
            _ if rest > length => return Err((554, FileError::BadName)),
            _ => rest,
        };
        if keep > FILE_LIMIT as u64 {
            return Err((552, FileError::Full));
        }
        let kept = old.map_or_else(Vec::new, |content| content.read(0, keep as usize));
        let says = match verb.name {
            "STOU" => format!("FILE: {path}"),
            _ => format!("Send {path}."),
        };
        Ok((Job::Receive { path, kept, bytes: Vec::new(), text: !self.image }, says))
    }

    fn fact_lines(&self, arg: &str, world: &World) -> Result<Start, (u16, FileError)> {
        let path = Files::resolve(&self.cwd, arg);
        let node = world.files.get(&path).ok_or((550, FileError::NotFound))?;
        if !node.is_folder() {
            return Err((501, FileError::NotFolder));
        }
        let lines = node.entries().map(|(name, node)| {
            let full = Files::resolve(&path, name);
            format!("{} {name}", self.facts.of(node, self.writable(&full)))
        });
        self.listing(Some(lines.collect())).ok_or((550, FileError::NotFound))
    }

    fn list_lines(&self, arg: &str, world: &World) -> Option<Vec<String>> {
        let (hidden, name) = listing::options(arg);
        let now = world.date(self.now);
        match world.files.get(&Files::resolve(&self.cwd, name)) {
            Some(node) => Some(listing::long(node, name, hidden, now)),
            None => listing::long_matching(&world.files, &self.cwd, name, now),
        }
    }

    fn name_lines(&self, arg: &str, world: &World) -> Option<Vec<String>> {
        let (hidden, name) = listing::options(arg);
        match world.files.get(&Files::resolve(&self.cwd, name)) {
            Some(node) => Some(listing::names(node, name, hidden)),
            None => listing::names_matching(&world.files, &self.cwd, name),
        }
    }

    /// A listing is text whatever the TYPE; its lines end with CR LF already.
    fn listing(&self, lines: Option<Vec<String>>) -> Option<Start> {
        let text: String = lines?.iter().map(|line| format!("{line}\r\n")).collect();
        let content = Content::Bytes(text.into_bytes().into());
        let job = Job::Send { content, at: 0, text: false, after_cr: false };
        Some((job, "Here comes the listing.".into()))
    }

    /// Whether somebody may change this, and what is in it.
    fn writable(&self, path: &str) -> (bool, bool) {
        (self.may_write(path), self.may_write(&format!("{path}/x")))
    }

    fn sorry(&mut self, code: u16, error: FileError) {
        self.reply(code, &[&format!("{}.", error.sentence())]);
    }

    fn forbidden(&mut self, code: u16) {
        self.reply(code, &["Not allowed: guests may write in /upload only."]);
    }
}

/// A transfer and the text of its 150.
type Start = (Job, String);

/// How many octets the content has when every line ends with CR LF.
fn size_as_text(content: &Content) -> u64 {
    let bytes = content.read(0, COUNT_LIMIT as usize);
    let bare = bytes
        .iter()
        .enumerate()
        .filter(|(n, b)| **b == b'\n' && (*n == 0 || bytes[n - 1] != b'\r'));
    content.len() + bare.count() as u64
}

/// A path of 257: in quotation marks, those inside doubled.
fn quoted(path: &str) -> String {
    format!("\"{}\"", path.replace('"', "\"\""))
}

/// `YYYYMMDDHHMMSS`; a fraction is not kept.
fn date(time: &str) -> Option<Date> {
    let part = |from: usize, to: usize| time.get(from..to)?.parse::<u64>().ok();
    Date::of(part(0, 4)?, part(4, 6)?, part(6, 8)?, part(8, 10)?, part(10, 12)?, part(12, 14)?)
}

//! A small shell over the shared files. It only reads.

use core::net::{IpAddr, Ipv4Addr};

use super::TelnetServer;
use crate::machine::Tick;
use crate::protocols::telnet::options;
use crate::world::files::{Content, Files, Node};
use crate::world::{Date, World};

/// What a terminal can make sense of; larger files are for FTP and HTTP.
const CAT_LIMIT: u64 = 64 * 1024;

/// Names that one `ls` shows, so that a folder of thousands does not fill the memory.
const LS_LIMIT: usize = 500;

const HELP: &str = "\
ls [-l] [path]  the files         cd [path]    another folder
cat file        a text            pwd          the folder you are in
echo text       says it again     clear        an empty screen
who, whoami     who is here       date         the time
stty            your terminal     progress     CR without LF
help            this list         exit         the end
Control-C is IAC IP, control-D is IAC EOF.
";

#[derive(Clone)]
pub(super) struct Shell {
    folder: String,
    from: IpAddr,
    since: Date,
}

impl Default for Shell {
    fn default() -> Shell {
        Shell { folder: "/".into(), from: Ipv4Addr::UNSPECIFIED.into(), since: Date(0) }
    }
}

impl Shell {
    pub(super) fn folder(&self) -> &str {
        &self.folder
    }

    pub(super) fn visitor(&mut self, from: IpAddr, since: Date) {
        (self.from, self.since) = (from, since);
    }
}

impl TelnetServer {
    /// Carries out a line and prompts for the next one.
    pub(super) fn run(&mut self, line: &str, now: Tick, world: &World) {
        let line = line.trim();
        let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        match (name, rest) {
            ("", _) => {}
            ("pwd", "") => self.say(&format!("{}\n", self.shell.folder)),
            ("cd", path) => self.change_folder(path, world),
            ("ls", rest) => self.list(rest, world),
            ("cat", "") => self.say("cat: the name of a file is missing\n"),
            ("cat", path) => self.cat(path, world),
            ("echo", text) => self.say(&format!("{}\n", self.expanded(text))),
            ("whoami", "") => self.say(&format!("{}\n", self.login.user())),
            ("who", "") => {
                let (session, since) = (self.session, self.shell.since);
                let (user, from) = (self.login.user(), self.shell.from);
                self.say(&format!("{user}  pts/{session}  {since}  ({from})\n"));
            }
            ("date", "") => self.say(&format!("{}\n", world.date(now))),
            ("stty", "") => self.terminal_settings(),
            ("clear", "") => self.say("\x1b[H\x1b[2J"),
            ("progress", "") => self.say("  0%\r 25%\r 50%\r 75%\r100%\n"),
            ("help", "") => self.say(HELP),
            ("exit" | "logout", "") => {
                self.say("logout\n");
                self.close();
                return;
            }
            ("pwd" | "whoami" | "who" | "date" | "stty" | "clear" | "progress" | "help", _)
            | ("exit" | "logout", _) => self.say(&format!("{name}: takes no argument\n")),
            (name, _) => {
                let name = printable(name);
                self.say(&format!("{name}: command not found. Type help to see what there is.\n"));
            }
        }
        self.prompt();
    }

    fn change_folder(&mut self, path: &str, world: &World) {
        let target = Files::resolve(&self.shell.folder, if path.is_empty() { "/" } else { path });
        match world.files.get(&target) {
            Some(node) if node.is_folder() => self.shell.folder = target,
            found => {
                let why =
                    if found.is_some() { "Not a directory" } else { "No such file or directory" };
                self.say(&format!("cd: {}: {why}\n", printable(path)));
            }
        }
    }

    fn list(&mut self, rest: &str, world: &World) {
        let (long, path) = match rest.strip_prefix("-l") {
            Some(path) if path.is_empty() || path.starts_with(' ') => (true, path.trim()),
            _ => (false, rest),
        };
        let target = Files::resolve(&self.shell.folder, path);
        let Some(node) = world.files.get(&target) else {
            self.say(&format!("ls: {}: No such file or directory\n", printable(path)));
            return;
        };
        if !node.is_folder() {
            self.entry(long, path, node);
            return;
        }
        let shown = || node.entries().filter(|(name, _)| !name.starts_with('.'));
        for (name, node) in shown().take(LS_LIMIT) {
            self.entry(long, name, node);
        }
        let more = shown().count().saturating_sub(LS_LIMIT);
        if more > 0 {
            self.say(&format!("and {more} more\n"));
        }
    }

    fn entry(&mut self, long: bool, name: &str, node: &Node) {
        if long {
            let kind = if node.is_folder() { 'd' } else { '-' };
            let size = node.content().map_or(0, Content::len);
            self.say(&format!("{kind}r--  {size:>10}  {}  ", node.modified()));
        }
        // Colour only for a terminal that has said what it is.
        let colour = node.is_folder() && self.has_colours();
        let (on, off) = if colour { ("\x1b[1;34m", "\x1b[0m") } else { ("", "") };
        let slash = if node.is_folder() { "/" } else { "" };
        self.say(&format!("{on}{}{off}{slash}\n", printable(name)));
    }

    fn has_colours(&self) -> bool {
        self.terminal.as_deref().is_some_and(|name| name.to_ascii_lowercase().starts_with("xterm"))
    }

    fn cat(&mut self, path: &str, world: &World) {
        let target = Files::resolve(&self.shell.folder, path);
        let path = printable(path);
        match world.files.get(&target).map(|node| node.content()) {
            None => self.say(&format!("cat: {path}: No such file or directory\n")),
            Some(None) => self.say(&format!("cat: {path}: Is a directory\n")),
            Some(Some(content)) if content.len() > CAT_LIMIT => self.say(&format!(
                "cat: {path}: {} octets are too many for a terminal; FTP and HTTP have it too\n",
                content.len()
            )),
            Some(Some(content)) => self.show(content.clone()),
        }
    }

    /// The few variables that show what the options of the connection told.
    fn expanded(&self, text: &str) -> String {
        let (columns, lines) = self.window.unwrap_or((0, 0));
        text.replace("$USER", self.login.user())
            .replace("$TERM", self.terminal.as_deref().unwrap_or("unknown"))
            .replace("$COLUMNS", &columns.to_string())
            .replace("$LINES", &lines.to_string())
    }

    fn terminal_settings(&mut self) {
        let terminal = self.terminal.clone().unwrap_or_else(|| "unknown".into());
        // RFC 1073: 0 means that the size is not known.
        let window = self.window.filter(|(w, h)| *w > 0 && *h > 0);
        let window = window.map_or("unknown".into(), |(w, h)| format!("{w} columns, {h} rows"));
        let names = |codes: Vec<u8>| {
            let names: Vec<String> = codes.into_iter().map(options::name).collect();
            if names.is_empty() { "none".to_string() } else { names.join(", ") }
        };
        let (mine, yours) = (self.options.list(true).0, self.options.list(false).0);
        self.say(&format!(
            "terminal {terminal}, {window}\nmy options: {}\nyour options: {}\n",
            names(mine),
            names(yours)
        ));
    }
}

/// What a client typed, or a file is called, without orders to the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

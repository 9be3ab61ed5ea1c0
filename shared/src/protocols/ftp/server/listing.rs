//! What listings look like.

use crate::text::pattern::fits;
use crate::world::Date;
use crate::world::files::{Files, Node};

/// In the long listing, an older file shows its year in the place of its time: half a year, as
/// `ls` has it.
const RECENT: u64 = 182 * 86_400;

/// The facts of MLST and MLSD that are known, and which of them are wanted.
#[derive(Clone, Debug)]
pub(super) struct Facts([(&'static str, bool); 4]);

impl Default for Facts {
    fn default() -> Facts {
        Facts([("type", true), ("size", true), ("modify", true), ("perm", true)])
    }
}

impl Facts {
    /// For FEAT: the wanted ones with a star.
    pub(super) fn offer(&self) -> String {
        let facts =
            self.0.iter().map(|(name, on)| format!("{name}{};", if *on { "*" } else { "" }));
        facts.collect()
    }

    /// For the reply to OPTS.
    pub(super) fn chosen(&self) -> String {
        let wanted = self.0.iter().filter(|(_, on)| *on);
        wanted.map(|(name, _)| format!("{name};")).collect()
    }

    /// Unknown facts are ignored (RFC 3659 section 7.9).
    pub(super) fn choose(&mut self, wanted: &str) {
        for (name, on) in &mut self.0 {
            *on = wanted.split(';').any(|fact| fact.eq_ignore_ascii_case(name));
        }
    }

    /// `writable`: itself, and what is in it.
    pub(super) fn of(&self, node: &Node, writable: (bool, bool)) -> String {
        let wanted = self.0.iter().filter(|(_, on)| *on);
        wanted
            .filter_map(|(name, _)| {
                let value = match (*name, node.content()) {
                    ("type", Some(_)) => "file".into(),
                    ("type", None) => "dir".into(),
                    ("size", content) => content?.len().to_string(),
                    ("modify", _) => node.modified().digits(),
                    (_, Some(_)) if writable.0 => "adfrw".into(),
                    (_, Some(_)) => "r".into(),
                    (_, None) if writable.0 => "cdeflmp".into(),
                    (_, None) if writable.1 => "celmp".into(),
                    (_, None) => "el".into(),
                };
                Some(format!("{name}={value};"))
            })
            .collect()
    }
}

/// Clients send the options of `ls`, which no RFC knows: whether hidden files are wanted, and
/// what remains as the path.
pub(super) fn options(arg: &str) -> (bool, &str) {
    let (mut hidden, mut rest) = (false, arg);
    while let Some(option) = rest.strip_prefix('-') {
        let (letters, after) = option.split_once(' ').unwrap_or((option, ""));
        hidden |= letters.contains(['a', 'A']);
        rest = after;
    }
    (hidden, rest)
}

/// As `ls -l` prints it.
pub(super) fn long(node: &Node, name: &str, hidden: bool, now: Date) -> Vec<String> {
    if !node.is_folder() {
        return vec![long_line(node, name, now)];
    }
    shown(node, hidden).map(|(name, node)| long_line(node, name, now)).collect()
}

/// Names that RETR takes: those in another folder carry its path (RFC 1123 section 4.1.2.7).
pub(super) fn names(node: &Node, path: &str, hidden: bool) -> Vec<String> {
    if !node.is_folder() {
        return vec![path.into()];
    }
    let prefix = match path {
        "" | "." => String::new(),
        path if path.ends_with('/') => path.into(),
        path => format!("{path}/"),
    };
    shown(node, hidden).map(|(name, _)| format!("{prefix}{name}")).collect()
}

/// As `ls -ld` prints what fits a pattern.
pub(super) fn long_matching(
    files: &Files,
    cwd: &str,
    pattern: &str,
    now: Date,
) -> Option<Vec<String>> {
    let found = matching(files, cwd, pattern)?;
    Some(found.iter().map(|(path, node)| long_line(node, path, now)).collect())
}

/// The names that fit a pattern.
pub(super) fn names_matching(files: &Files, cwd: &str, pattern: &str) -> Option<Vec<String>> {
    Some(matching(files, cwd, pattern)?.into_iter().map(|(path, _)| path).collect())
}

/// No RFC has patterns, but `mget *.txt` and `mdelete *` of the usual clients leave them to the
/// server. They stand in the last part of a path; if nothing fits, there is no such file.
fn matching<'f>(files: &'f Files, cwd: &str, path: &str) -> Option<Vec<(String, &'f Node)>> {
    let (folder, pattern) = path.split_at(path.rfind('/').map_or(0, |at| at + 1));
    if !pattern.contains(['*', '?']) {
        return None;
    }
    let node = files.get(&Files::resolve(cwd, folder))?;
    let found: Vec<_> = shown(node, pattern.starts_with('.'))
        .filter(|(name, _)| fits(pattern, name))
        .map(|(name, node)| (format!("{folder}{name}"), node))
        .collect();
    (!found.is_empty()).then_some(found)
}

fn shown(node: &Node, hidden: bool) -> impl Iterator<Item = (&str, &Node)> {
    node.entries().filter(move |(name, _)| hidden || !name.starts_with('.'))
}

fn long_line(node: &Node, name: &str, now: Date) -> String {
    let (mode, links) = if node.is_folder() { ("drwxr-xr-x", 2) } else { ("-rw-r--r--", 1) };
    let octets = node.content().map_or(0, |content| content.len());
    let c = node.modified().civil();
    let age = now.0.saturating_sub(node.modified().0);
    let when = match age < RECENT && node.modified() <= now {
        true => format!("{:02}:{:02}", c.hour, c.minute),
        false => format!(" {}", c.year),
    };
    format!("{mode} {links:>2} lab lab {octets:>10} {} {:>2} {when} {name}", c.month_name(), c.day)
}

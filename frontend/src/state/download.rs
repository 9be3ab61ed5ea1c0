//! Content on its way to a file.

use std::collections::VecDeque;

use crate::text::t;
use sha2::{Digest, Sha256};
use shared::machine::{Conn, Direction};
use shared::table::Takes;
use shared::transcript::{Entry, Kind};

/// How far a download is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    Running,
    Done,
    /// It ended early, or could not be stored; the sentence says why.
    Failed(String),
}

/// One body of content. Its octets pass through here to the file that the driver keeps.
pub struct Download {
    pub id: usize,
    pub conn: Conn,
    pub name: String,
    pub octets: u64,
    /// As far as the server said it.
    pub expected: Option<u64>,
    pub progress: Progress,
    /// Where the finished file can be had: set by the driver.
    pub url: Option<String>,
    digest: Sha256,
}

impl Download {
    pub fn new(id: usize, conn: Conn, name: String, expected: Option<u64>) -> Download {
        Download {
            id,
            conn,
            name,
            octets: 0,
            expected,
            progress: Progress::Running,
            url: None,
            digest: Sha256::new(),
        }
    }

    pub fn add(&mut self, bytes: &[u8]) {
        self.octets += bytes.len() as u64;
        self.digest.update(bytes);
    }

    /// Of what has come so far, in hexadecimal.
    pub fn sha256(&self) -> String {
        let hash = self.digest.clone().finalize();
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Every download of the page, and the octets that wait to be stored.
#[derive(Default)]
pub struct Downloads {
    list: Vec<Download>,
    deliveries: VecDeque<(usize, Conn, Vec<u8>)>,
    backlog: usize,
    /// The number that the next one gets; numbers are not used again.
    next: usize,
    /// Entries of the session up to here were looked at for ends.
    seen: usize,
}

impl Downloads {
    /// None, but with numbers that the ones before have not used.
    pub fn after(before: &Downloads) -> Downloads {
        Downloads { next: before.next, ..Downloads::default() }
    }

    /// Oldest first.
    pub fn list(&self) -> &[Download] {
        &self.list
    }

    pub fn get_mut(&mut self, id: usize) -> Option<&mut Download> {
        self.list.iter_mut().find(|download| download.id == id)
    }

    /// Octets delivered and not yet stored.
    pub fn backlog(&self) -> usize {
        self.backlog
    }

    /// Takes octets of the download under way on this connection; `announced` gives name and size
    /// of one that begins.
    pub fn deliver(
        &mut self,
        conn: Conn,
        bytes: Vec<u8>,
        announced: impl FnOnce() -> (String, Option<u64>),
    ) {
        let running = |d: &Download| d.conn == conn && d.progress == Progress::Running;
        let at = self.list.iter().position(running).unwrap_or_else(|| {
            let (name, expected) = announced();
            self.list.push(Download::new(self.next, conn, name, expected));
            self.next += 1;
            self.list.len() - 1
        });
        let download = &mut self.list[at];
        download.add(&bytes);
        self.backlog += bytes.len();
        self.deliveries.push_back((download.id, conn, bytes));
    }

    /// Octets for a file. [`Downloads::stored`] follows when they are put away.
    pub fn next_delivery(&mut self) -> Option<(usize, Conn, Vec<u8>)> {
        self.deliveries.pop_front()
    }

    pub fn stored(&mut self, octets: usize) {
        self.backlog = self.backlog.saturating_sub(octets);
    }

    /// Looks for ends: a download ends with its connection, or on the first connection when it is
    /// the client's turn again.
    pub fn watch(&mut self, entries: &[Entry], takes: Takes) {
        let new = &entries[self.seen.min(entries.len())..];
        for download in self.list.iter_mut().filter(|d| d.progress == Progress::Running) {
            for entry in new.iter().filter(|entry| entry.conn == download.conn) {
                match &entry.kind {
                    Kind::Ended(Direction::Received) => download.progress = Progress::Done,
                    Kind::Reset { why } => download.progress = Progress::Failed(why.clone()),
                    _ => {}
                }
            }
            if download.conn == Conn::MAIN && takes == Takes::Commands {
                download.progress = Progress::Done;
            }
            let short = download.expected.is_some_and(|expected| download.octets < expected);
            if download.progress == Progress::Done && short {
                download.progress = Progress::Failed(t!("download-short").into());
            }
        }
        self.seen = entries.len();
    }

    /// The session is left: what was under way stays incomplete.
    pub fn leave(&mut self) {
        for download in self.list.iter_mut().filter(|d| d.progress == Progress::Running) {
            download.progress = Progress::Failed(t!("download-left").into());
        }
        self.seen = 0;
    }
}

/// A file name from the command that asks for it.
pub(super) fn file_name(command: &str, protocol: &str) -> String {
    // What IMAP fetches has no name, but it is a message or a part of one.
    if protocol == "imap" {
        return "message.eml".into();
    }
    let path = command.split_whitespace().nth(1).unwrap_or_default();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let verb = command.split_whitespace().next().unwrap_or_default();
    last_name(path).unwrap_or_else(|| format!("{protocol}-{}.txt", verb.to_ascii_lowercase()))
}

/// A file name from a path that may hold anything.
pub(super) fn name_of_path(path: &str) -> String {
    last_name(path).unwrap_or_else(|| "download".into())
}

/// The last part of a path, without anything that a file system would take for more than a name.
fn last_name(path: &str) -> Option<String> {
    let name: String = path
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control() && !matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|'))
        .collect();
    (!name.trim_matches('.').is_empty()).then_some(name)
}

/// The size in a reply such as `150 … (1371 bytes)`, in a Content-Length field, or of a literal.
pub(super) fn expected_size(text: &str) -> Option<u64> {
    let literal = text.trim_end().strip_suffix('}').and_then(|text| text.rsplit_once('{'));
    if let Some((_, size)) = literal {
        return size.parse().ok();
    }
    for line in text.lines() {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            return value.trim().parse().ok();
        }
    }
    let (before, _) = text.rsplit_once(" bytes)").or_else(|| text.rsplit_once(" octets)"))?;
    before.rsplit_once('(')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_sizes_come_from_the_dialogue() {
        assert_eq!(file_name("RETR /pub/big.bin", "ftp"), "big.bin");
        assert_eq!(file_name("GET /a/b.txt?x=/y HTTP/1.1", "http"), "b.txt");
        assert_eq!(file_name("LIST", "ftp"), "ftp-list.txt");
        assert_eq!(file_name("GET / HTTP/1.1", "http"), "http-get.txt");
        assert_eq!(file_name("RETR ..", "ftp"), "ftp-retr.txt");
        assert_eq!(file_name("a1 FETCH 5 BODY[]", "imap"), "message.eml");
        assert_eq!(expected_size("* 5 FETCH (BODY[] {70000}\r\n"), Some(70_000));
        assert_eq!(name_of_path("/pub/two  spaces?.bin"), "two  spaces.bin");
        assert_eq!(name_of_path("/pub/.."), "download");
        assert_eq!(expected_size("150 Opening data connection (1371 bytes)."), Some(1371));
        assert_eq!(expected_size("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"), Some(5));
        assert_eq!(expected_size("125 go"), None);
    }
}

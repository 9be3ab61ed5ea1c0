//! Content on its way to a file.

use sha2::{Digest, Sha256};

use shared::machine::Conn;

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

/// A file name from what was asked for: the last part of the path, without anything that a file
/// system would take for more than a name.
pub fn file_name(command: &str, protocol: &str) -> String {
    let path = command.split_whitespace().nth(1).unwrap_or_default();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let name: String = path
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control() && !matches!(c, '\\' | ':' | '*' | '"' | '<' | '>' | '|'))
        .collect();
    let verb = command.split_whitespace().next().unwrap_or_default();
    match name.trim_matches('.') {
        "" => format!("{protocol}-{}.txt", verb.to_ascii_lowercase()),
        _ => name,
    }
}

/// The size in a reply such as `150 … (1371 bytes)`, or in a Content-Length field.
pub fn expected_size(text: &str) -> Option<u64> {
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
        assert_eq!(expected_size("150 Opening data connection (1371 bytes)."), Some(1371));
        assert_eq!(expected_size("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"), Some(5));
        assert_eq!(expected_size("125 go"), None);
    }
}

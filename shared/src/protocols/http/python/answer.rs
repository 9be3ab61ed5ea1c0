//! Responses as Python reads them.

use super::super::head::{Head, HeadReader};
use crate::machine::Direction;
use crate::python::Exchange;
use crate::python::literal::{bytes, list, text, tuple};

/// The response that `getresponse` gives.
pub(super) struct Answer {
    pub(super) head: Head,
    /// As much of the content as is known.
    pub(super) kept: Vec<u8>,
    pub(super) octets: u64,
    /// The connection ended before the content did: so many octets are missing.
    missing: u64,
    will_close: bool,
}

impl Answer {
    /// The response to the request of this exchange; responses 100 are passed over.
    pub(super) fn of(exchange: &Exchange<'_>, method: &str) -> Option<Answer> {
        let all = exchange.everything();
        let mut rest = all.as_slice();
        let mut reader = HeadReader::default();
        let head = loop {
            let head = reader.next(&mut rest)?;
            if head.status != 100 || head.fatal {
                break head;
            }
        };
        let (mut kept, mut octets) = exchange.data(Direction::Received);
        let none = method == "HEAD" || matches!(head.status, 100..200 | 204 | 304);
        if none {
            // What came all the same belongs to a response behind this one.
            (kept, octets) = (Vec::new(), 0);
        }
        let chunked = head.fields.has_token("transfer-encoding", "chunked");
        let length = head.fields.get("content-length").filter(|_| !chunked);
        let length = length.and_then(|length| length.parse::<u64>().ok());
        let length = if none { Some(0) } else { length };
        let missing = length.unwrap_or(0).saturating_sub(octets);
        let missing = if exchange.is_over() { missing } else { 0 };
        let connection = head.fields.get("connection").unwrap_or_default().to_ascii_lowercase();
        let says_close = match head.minor {
            0 => !connection.contains("keep-alive"),
            _ => connection.contains("close"),
        };
        let will_close = says_close || (!chunked && length.is_none());
        Some(Answer { head, kept, octets, missing, will_close })
    }

    /// Status and reason.
    pub(super) fn status(&self) -> [String; 2] {
        [self.head.status.to_string(), text(self.head.reason.trim())]
    }

    /// What `read` gives.
    pub(super) fn content(&self) -> Result<String, String> {
        if self.missing > 0 {
            return Err(format!(
                "http.client.IncompleteRead: IncompleteRead({} bytes read, {} more expected)",
                self.octets, self.missing
            ));
        }
        let cut = if self.kept.len() as u64 == self.octets { "" } else { "\u{2026}" };
        Ok(bytes(&self.kept) + cut)
    }

    /// Status, reason and content.
    pub(super) fn looked_at(&self) -> Result<String, String> {
        let [status, reason] = self.status();
        Ok(tuple(&[status, reason, self.content()?]))
    }

    /// The values of a field, joined.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self.head.fields.all(name).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    pub(super) fn fields(&self) -> String {
        let fields = self.head.fields.iter().map(|(n, value)| tuple(&[text(n), text(value)]));
        list(&fields.collect::<Vec<_>>())
    }

    /// Whether Python gives the socket to the response alone.
    pub(super) fn will_close(&self) -> bool {
        self.will_close
    }
}

/// What `getresponse` raises where there is no response at all.
pub(super) const GONE: &str =
    "http.client.RemoteDisconnected: Remote end closed connection without response";

//! What `getreply()` makes of the lines that came.

use crate::python::Exchange;
use crate::python::literal::{bytes, tuple};

/// The code and the texts, joined by LF.
pub(super) type Reply = (i64, Vec<u8>);

/// The reply to a command, or the exception for want of one.
pub(super) fn first(exchange: &Exchange<'_>) -> Result<Reply, String> {
    let gone = "smtplib.SMTPServerDisconnected: Connection unexpectedly closed";
    all(exchange).into_iter().next().ok_or_else(|| gone.into())
}

/// Every whole reply.
pub(super) fn all(exchange: &Exchange<'_>) -> Vec<Reply> {
    let mut replies = Vec::new();
    let mut texts: Vec<Vec<u8>> = Vec::new();
    for line in exchange.lines() {
        texts.push(line.get(4..).unwrap_or_default().trim_ascii().to_vec());
        let code = line.get(..3).and_then(|code| core::str::from_utf8(code).ok());
        let code = code.and_then(|code| code.trim().parse().ok());
        if code.is_none() || line.get(3) != Some(&b'-') {
            replies.push((code.unwrap_or(-1), texts.join(&b'\n')));
            texts.clear();
        }
    }
    replies
}

pub(super) fn shown(reply: &Reply) -> String {
    tuple(&[reply.0.to_string(), bytes_of(reply)])
}

pub(super) fn bytes_of(reply: &Reply) -> String {
    bytes(&reply.1)
}

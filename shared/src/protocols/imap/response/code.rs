//! Response codes in brackets, and the text behind them (RFC 3501 section 7.1).

use super::terms;
use crate::protocols::imap::set::Set;
use crate::protocols::imap::token::{Read, Reader};

#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Code {
    Capability(Vec<String>),
    PermanentFlags(Vec<String>),
    UidNext(u64),
    UidValidity(u64),
    Unseen(u64),
    HighestModSeq(u64),
    /// UIDVALIDITY and UIDs of what APPEND filed.
    AppendUid(u64, String),
    /// UIDVALIDITY, UIDs before and after.
    CopyUid(u64, String, String),
    /// By its name in upper case, and what stands behind it.
    Other(String, String),
}

/// The code if there is one, and the text.
pub(super) fn text(r: &mut Reader<'_>) -> Read<(Option<Code>, String)> {
    if r.is_end() {
        return Ok((None, String::new()));
    }
    r.space()?;
    let code = if r.peek() == Some(b'[') { Some(code(r)?) } else { None };
    r.spaced();
    let length = r.rest().len();
    let text = r.scan().take(&terms::TEXT, length);
    Ok((code, String::from_utf8_lossy(text).into_owned()))
}

fn code(r: &mut Reader<'_>) -> Read<Code> {
    r.sign(b'[', &terms::BRACKET);
    let name = r.word_ahead();
    let length = name.bytes().take_while(|b| *b != b'[').count();
    r.scan().take(&terms::RESPONSE_CODE, length);
    let mut code = Code::Other(name.clone(), String::new());
    if r.spaced() {
        code = match name.as_str() {
            "CAPABILITY" => Code::Capability(capabilities(r)?),
            "PERMANENTFLAGS" => Code::PermanentFlags(r.list(|r| r.flag(true))?),
            "UIDNEXT" => Code::UidNext(r.number(&terms::UID_VALUE)?),
            "UIDVALIDITY" => Code::UidValidity(r.number(&terms::UIDVALIDITY)?),
            "UNSEEN" => Code::Unseen(r.number(&terms::MESSAGE_NUMBER)?),
            "HIGHESTMODSEQ" => Code::HighestModSeq(r.number(&terms::MODSEQ)?),
            "APPENDUID" => {
                let validity = r.number(&terms::UIDVALIDITY)?;
                r.space()?;
                Code::AppendUid(validity, uids(r)?)
            }
            "COPYUID" => {
                let validity = r.number(&terms::UIDVALIDITY)?;
                r.space()?;
                let from = uids(r)?;
                r.space()?;
                Code::CopyUid(validity, from, uids(r)?)
            }
            _ => {
                let rest = r.rest();
                let length = rest.iter().position(|b| *b == b']').unwrap_or(rest.len());
                let raw = r.scan().take(&terms::VALUE, length);
                Code::Other(name, String::from_utf8_lossy(raw).into_owned())
            }
        };
    }
    match r.sign(b']', &terms::BRACKET) {
        true => Ok(code),
        false => r.fail("the bracket that ends the response code"),
    }
}

/// Words up to the closing bracket or the end.
pub(super) fn capabilities(r: &mut Reader<'_>) -> Read<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    while !matches!(r.peek(), None | Some(b']')) {
        let fits = |b: u8| b > b' ' && b != b']';
        words.push(r.run(&terms::CAPABILITY_NAME, "a capability", fits)?.into());
        r.spaced();
    }
    Ok(words)
}

fn uids(r: &mut Reader<'_>) -> Read<String> {
    let fits = |b: u8| b.is_ascii_digit() || matches!(b, b':' | b',');
    let text = r.run(&terms::UID_VALUE, "a set of UIDs", fits)?;
    if Set::parse(text).is_none() {
        r.fault(&format!("{text} is no set of UIDs."));
    }
    Ok(text.into())
}

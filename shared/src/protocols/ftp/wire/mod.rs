//! Commands of FTP with what each octet means; replies are read in [`reply`].

pub(super) mod address;
pub(super) mod reply;
mod says;

use super::{table, terms};
use crate::explain::{Composer, Rfc, Scanner, Term, Wire};
use crate::machine::Refused;
use crate::table::Verb;
use crate::text::{single_line, split_verb};

/// FTP names no limit for a command line. A path of a UNIX system has at most 4096 octets, so
/// a longer line has no use; the server refuses it, and so the client does not send it.
pub(super) const LINE_LIMIT: usize = 4096;

/// Composes a typed command.
pub(super) fn command(line: &str) -> Result<(&'static Verb, Wire), Refused> {
    let line = single_line(line, Rfc::new(2640, "3"))?;
    let (name, argument) = split_verb(line);
    let Some(verb) = table::TABLE.verb(name).filter(|verb| !verb.name.starts_with('(')) else {
        return Err(Refused::Illegal(table::TABLE.unknown(name, &table::READY)));
    };
    let mut out = Composer::new();
    out.put(verb.term, name);
    if argument.is_some() {
        out.space();
    }
    let mut wire = out.finish(says::doing(verb, argument));
    if !takes(verb, argument) {
        return Err(malformed(verb));
    }
    if let Some(argument) = argument {
        wire.append(explain(verb, argument).ok_or_else(|| malformed(verb))?);
    }
    let mut end = Composer::new();
    end.crlf();
    wire.append(end.finish(""));
    if wire.bytes.len() > LINE_LIMIT {
        return Err(Refused::TooLong {
            what: "command line",
            octets: wire.bytes.len(),
            limit: LINE_LIMIT,
            rule: Rfc::new(959, "5.3"),
        });
    }
    Ok((verb, wire))
}

/// How the octets of a file are transferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileType {
    /// Lines end with CR LF on the wire.
    Ascii,
    /// Octet for octet.
    Image,
    /// Right by the RFC, but nobody has it any more.
    Rare,
}

/// The argument of TYPE; `None` if it is none.
pub(super) fn file_type(argument: &str) -> Option<FileType> {
    let upper = argument.to_ascii_uppercase();
    Some(match upper.as_str() {
        "A" | "A N" => FileType::Ascii,
        "I" | "L 8" => FileType::Image,
        "A T" | "A C" | "E" | "E N" | "E T" | "E C" => FileType::Rare,
        other => {
            let size = other.strip_prefix("L ")?;
            size.parse::<u8>().ok().filter(|_| is_number(size))?;
            FileType::Rare
        }
    })
}

/// Whether the argument is the name of a file or a directory.
pub(super) fn names_a_path(verb: &Verb) -> bool {
    matches!(
        table::canonical(verb.name),
        "CWD"
            | "SMNT"
            | "RETR"
            | "STOR"
            | "APPE"
            | "RNFR"
            | "RNTO"
            | "DELE"
            | "RMD"
            | "MKD"
            | "LIST"
            | "NLST"
            | "MLSD"
            | "MLST"
            | "STAT"
            | "SIZE"
            | "MDTM"
    )
}

pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// `YYYYMMDDHHMMSS`, with or without a fraction.
pub(super) fn is_time(text: &str) -> bool {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    seconds.len() == 14 && is_number(seconds) && is_number(fraction)
}

/// Whether the verb can stand with or without an argument as it does here.
fn takes(verb: &Verb, argument: Option<&str>) -> bool {
    match table::canonical(verb.name) {
        "CDUP" | "REIN" | "QUIT" | "PASV" | "STOU" | "ABOR" | "PWD" | "SYST" | "NOOP" | "FEAT"
        | "CCC" => argument.is_none(),
        "LIST" | "NLST" | "MLSD" | "MLST" | "STAT" | "HELP" | "LANG" | "EPSV" => {
            argument != Some("")
        }
        // An empty password is a password.
        "PASS" | "ACCT" => argument.is_some(),
        _ => argument.is_some_and(|argument| !argument.is_empty()),
    }
}

/// The argument with its meaning; `None` if it does not fit the verb.
fn explain(verb: &Verb, argument: &str) -> Option<Wire> {
    let mut scan = Scanner::new(argument.as_bytes());
    let mut whole = |term: &'static Term, fits: bool| {
        scan.line(term);
        fits
    };
    let fits = match table::canonical(verb.name) {
        "USER" => whole(&terms::USER_NAME, true),
        "PASS" | "ACCT" => {
            scan.take_secret(&terms::SECRET, argument.len());
            true
        }
        "HELP" => whole(&terms::SUBJECT, true),
        "LANG" => whole(&terms::TAG, true),
        "HOST" => whole(&terms::VIRTUAL_HOST, !argument.contains(' ')),
        "SITE" | "AUTH" | "PROT" => whole(&terms::ARGUMENT, true),
        "PBSZ" => whole(&terms::NUMBER, is_number(argument)),
        "REST" => whole(&terms::OFFSET, is_number(argument)),
        "STRU" => whole(&terms::STRUCTURE, is_letter(argument, "FRP")),
        "MODE" => whole(&terms::TRANSMISSION, is_letter(argument, "SBCZ")),
        "EPSV" => whole(&terms::NETWORK, is_epsv(argument)),
        "TYPE" => {
            scan.word(&terms::TYPE_CODE);
            scan.spaces();
            scan.line(&terms::FORM);
            file_type(argument).is_some()
        }
        "OPTS" => {
            scan.word(&terms::SUBJECT);
            scan.spaces();
            scan.line(&terms::ARGUMENT);
            true
        }
        "ALLO" => {
            let parts: Vec<_> = argument.split(' ').collect();
            scan.word(&terms::NUMBER);
            scan.spaces();
            scan.line(&terms::ARGUMENT);
            match parts[..] {
                [octets] => is_number(octets),
                [octets, "R" | "r", record] => is_number(octets) && is_number(record),
                _ => false,
            }
        }
        "MFMT" => {
            let time = scan.word(&terms::TIME);
            scan.take(&crate::explain::common::SPACE, 1);
            let path = scan.line(&terms::PATH);
            core::str::from_utf8(time).is_ok_and(is_time) && !path.is_empty()
        }
        "PORT" => address::six(&mut scan).is_some() && scan.rest().is_empty(),
        "EPRT" => address::extended(&mut scan).is_ok(),
        _ => whole(&terms::PATH, true),
    };
    fits.then(|| scan.finish(""))
}

fn is_letter(argument: &str, letters: &str) -> bool {
    argument.len() == 1 && letters.contains(&argument.to_ascii_uppercase())
}

fn is_epsv(argument: &str) -> bool {
    is_number(argument) || argument.eq_ignore_ascii_case("ALL")
}

fn malformed(verb: &'static Verb) -> Refused {
    Refused::Malformed {
        what: format!("{} was not sent: its argument is missing or wrong.", verb.name),
        expected: format!("the form {:?}, for example {:?}", verb.syntax, verb.template),
        rule: verb.term.rfc,
    }
}

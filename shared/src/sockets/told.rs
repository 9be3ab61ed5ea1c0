//! Why something happened, and where it is written.

use core::fmt;

use crate::explain::Rfc;

/// An explanation of one segment, or of what one call did.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// What happened, in a sentence.
    pub what: String,
    pub why: String,
    pub source: Source,
}

/// Where the rule stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Rfc(Rfc),
    /// A function or header of POSIX.1-2024.
    Posix(&'static str),
    /// A section of Python's manual of the module.
    Python(&'static str),
    /// A page of Linux's manual, such as `tcp(7)`.
    Linux(&'static str),
}

impl Told {
    pub fn new(what: impl Into<String>, why: impl Into<String>, source: Source) -> Told {
        Told { what: what.into(), why: why.into(), source }
    }

    /// By a section of RFC 9293, TCP.
    pub(super) fn tcp(
        what: impl Into<String>,
        why: impl Into<String>,
        section: &'static str,
    ) -> Told {
        Told::new(what, why, Source::Rfc(Rfc::new(9293, section)))
    }

    /// By RFC 768, UDP.
    pub(super) fn udp(what: impl Into<String>, why: impl Into<String>) -> Told {
        Told::new(what, why, Source::Rfc(Rfc::new(768, "")))
    }

    pub(super) fn posix(
        what: impl Into<String>,
        why: impl Into<String>,
        function: &'static str,
    ) -> Told {
        Told::new(what, why, Source::Posix(function))
    }
}

impl Source {
    pub fn url(&self) -> String {
        match self {
            Source::Rfc(rfc) => rfc.url(),
            Source::Posix(function) => {
                format!(
                    "https://pubs.opengroup.org/onlinepubs/9799919799/functions/{function}.html"
                )
            }
            Source::Python(page) => format!("https://docs.python.org/3/library/{page}.html"),
            Source::Linux(page) => {
                let (name, section) =
                    page.trim_end_matches(')').split_once('(').unwrap_or((page, "7"));
                format!("https://man7.org/linux/man-pages/man{section}/{name}.{section}.html")
            }
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Rfc(rfc) => rfc.fmt(f),
            Source::Posix(function) => write!(f, "POSIX.1-2024, {function}()"),
            Source::Python(page) => write!(f, "Python\u{2019}s manual, {page}"),
            Source::Linux(page) => write!(f, "Linux\u{2019}s manual, {page}"),
        }
    }
}

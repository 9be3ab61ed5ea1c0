//! Parameters of MAIL and RCPT (RFC 5321 section 4.1.2), each with the extension it belongs to.

use core::fmt;

use super::terms;
use crate::explain::{Composer, Term};

/// One `NAME` or `NAME=value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Param<'a> {
    pub(super) name: &'a str,
    pub(super) value: Option<&'a str>,
}

/// What is known of a parameter.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// The EHLO keyword that allows it.
    pub(super) extension: &'static str,
    /// The command it belongs to.
    verb: &'static str,
    term: &'static Term,
    fits: fn(Option<&str>) -> bool,
    pub(super) expected: &'static str,
}

pub(super) static KINDS: &[Kind] = &[
    Kind {
        name: "SIZE",
        extension: "SIZE",
        verb: "MAIL",
        term: &terms::SIZE,
        fits: |value| value.is_some_and(|v| v.len() <= 20 && is_digits(v)),
        expected: "SIZE= and a number of octets, of at most 20 digits",
    },
    Kind {
        name: "BODY",
        extension: "8BITMIME",
        verb: "MAIL",
        term: &terms::BODY,
        fits: |value| is_one_of(value, &["7BIT", "8BITMIME", "BINARYMIME"]),
        expected: "BODY=7BIT, BODY=8BITMIME or BODY=BINARYMIME",
    },
    Kind {
        name: "SMTPUTF8",
        extension: "SMTPUTF8",
        verb: "MAIL",
        term: &terms::UTF8,
        fits: |value| value.is_none(),
        expected: "SMTPUTF8 without a value",
    },
    Kind {
        name: "RET",
        extension: "DSN",
        verb: "MAIL",
        term: &terms::RET,
        fits: |value| is_one_of(value, &["FULL", "HDRS"]),
        expected: "RET=FULL or RET=HDRS",
    },
    Kind {
        name: "ENVID",
        extension: "DSN",
        verb: "MAIL",
        term: &terms::ENVID,
        fits: |value| value.is_some_and(|v| v.len() <= 100 && xtext(v).is_some()),
        expected: "ENVID= and at most 100 octets of xtext, in which + and = are +2B and +3D",
    },
    Kind {
        name: "AUTH",
        extension: "AUTH",
        verb: "MAIL",
        term: &terms::AUTH_PARAMETER,
        fits: |value| value.is_some_and(|v| v == "<>" || xtext(v).is_some()),
        expected: "AUTH=<> or AUTH= and an address in xtext, in which + and = are +2B and +3D",
    },
    Kind {
        name: "NOTIFY",
        extension: "DSN",
        verb: "RCPT",
        term: &terms::NOTIFY,
        fits: |value| {
            is_one_of(value, &["NEVER"])
                || value.is_some_and(|list| {
                    list.split(',')
                        .all(|item| is_one_of(Some(item), &["SUCCESS", "FAILURE", "DELAY"]))
                })
        },
        expected: "NOTIFY=NEVER, or NOTIFY= and a list of SUCCESS, FAILURE and DELAY",
    },
    Kind {
        name: "ORCPT",
        extension: "DSN",
        verb: "RCPT",
        term: &terms::ORCPT,
        fits: |value| {
            value.and_then(|v| v.split_once(';')).is_some_and(|(kind, address)| {
                !kind.is_empty() && address.len() <= 500 && xtext(address).is_some()
            })
        },
        expected: "ORCPT=rfc822; and an address in xtext, in which + and = are +2B and +3D",
    },
    Kind {
        name: "BY",
        extension: "DELIVERBY",
        verb: "MAIL",
        term: &terms::BY,
        fits: |value| value.is_some_and(|v| v.contains(';')),
        expected: "BY= and seconds, a semicolon, and R or N",
    },
    Kind {
        name: "MT-PRIORITY",
        extension: "MT-PRIORITY",
        verb: "MAIL",
        term: &terms::PRIORITY,
        fits: |value| value.and_then(|v| v.parse::<i8>().ok()).is_some_and(|n| n.abs() <= 9),
        expected: "MT-PRIORITY= and a number from -9 to 9",
    },
    Kind {
        name: "HOLDFOR",
        extension: "FUTURERELEASE",
        verb: "MAIL",
        term: &terms::HOLD,
        fits: |value| value.is_some_and(|v| v.len() <= 9 && is_digits(v)),
        expected: "HOLDFOR= and a number of seconds",
    },
    Kind {
        name: "HOLDUNTIL",
        extension: "FUTURERELEASE",
        verb: "MAIL",
        term: &terms::HOLD,
        fits: |value| value.is_some(),
        expected: "HOLDUNTIL= and a date such as 2026-01-05T09:00:00Z",
    },
    Kind {
        name: "REQUIRETLS",
        extension: "REQUIRETLS",
        verb: "MAIL",
        term: &terms::REQUIRETLS,
        fits: |value| value.is_none(),
        expected: "REQUIRETLS without a value",
    },
    Kind {
        name: "RRVS",
        extension: "RRVS",
        verb: "RCPT",
        term: &terms::RRVS,
        fits: |value| value.is_some(),
        expected: "RRVS= and a date such as 2026-01-05T09:00:00Z",
    },
];

/// Reads what follows a path: nothing, or parameters with a space before each.
pub(super) fn params(text: &str) -> Result<Vec<Param<'_>>, String> {
    let mut params: Vec<Param<'_>> = Vec::new();
    if text.is_empty() {
        return Ok(params);
    }
    let Some(list) = text.strip_prefix(' ') else {
        return Err(format!("{text:?} follows the address without a space."));
    };
    for word in list.split(' ') {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
        let name_fits = name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let value_fits = |v: &str| {
            !v.is_empty() && v.chars().all(|c| (c.is_ascii_graphic() && c != '=') || !c.is_ascii())
        };
        if !name_fits || !value.is_none_or(value_fits) {
            return Err(format!("{word:?} is no parameter of the form NAME or NAME=value."));
        }
        if params.iter().any(|param| param.name.eq_ignore_ascii_case(name)) {
            return Err(format!("The parameter {name} is given twice."));
        }
        params.push(Param { name, value });
    }
    Ok(params)
}

impl Param<'_> {
    /// What is known of it as a parameter of this command.
    pub(super) fn kind(&self, verb: &str) -> Option<&'static Kind> {
        KINDS.iter().find(|kind| kind.verb == verb && self.is(kind.name))
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    pub(super) fn says(&self, value: &str) -> bool {
        self.value.is_some_and(|v| v.eq_ignore_ascii_case(value))
    }

    /// Appends it with the space before it.
    pub(super) fn put(&self, kind: Option<&Kind>, out: &mut Composer) {
        let term = kind.map_or(&terms::PARAMETER, |kind| kind.term);
        out.space().put(term, self.name);
        if let Some(value) = self.value {
            out.put(&terms::EQUALS, "=").put(&terms::PARAMETER_VALUE, value);
        }
    }
}

impl fmt::Display for Param<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            Some(value) => write!(f, "{}={value}", self.name),
            None => f.write_str(self.name),
        }
    }
}

impl Kind {
    pub(super) fn fits(&self, param: &Param<'_>) -> bool {
        (self.fits)(param.value)
    }
}

/// Undoes xtext (RFC 3461 section 4): `+` and two upper-case hexadecimal digits are an octet.
pub(super) fn xtext(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'A'..=b'F' => Some(b - b'A' + 10),
        _ => None,
    };
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => digit(bytes.next()?)? * 16 + digit(bytes.next()?)?,
            b'=' => return None,
            byte => byte,
        });
    }
    Some(out)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_one_of(value: Option<&str>, words: &[&str]) -> bool {
    value.is_some_and(|value| words.iter().any(|word| word.eq_ignore_ascii_case(value)))
}

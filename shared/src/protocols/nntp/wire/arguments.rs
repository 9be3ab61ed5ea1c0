//! What may stand behind a command.

use super::super::{terms, wildmat};
use crate::explain::Term;
use crate::world::Date;

/// What one argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Algorithm,
    /// A number or a message-id.
    Article,
    Date,
    Field,
    Gmt,
    Group,
    Headers,
    Id,
    Keyword,
    Mechanism,
    /// Everything up to the end of the line, spaces included.
    Password,
    /// One or more.
    Pattern,
    Range,
    Response,
    /// A range or a message-id.
    Selection,
    Time,
    /// Everything up to the end of the line, spaces included.
    User,
    Wildmat,
}

/// The arguments of a command, and how many of them must be there.
pub(super) fn slots(verb: &str) -> (&'static [Kind], usize) {
    use Kind::*;
    match verb {
        "CAPABILITIES" => (&[Keyword], 0),
        "GROUP" => (&[Group], 1),
        "LISTGROUP" => (&[Group, Range], 0),
        "ARTICLE" | "HEAD" | "BODY" | "STAT" => (&[Article], 0),
        "IHAVE" | "CHECK" | "TAKETHIS" | "XPATH" => (&[Id], 1),
        "NEWGROUPS" => (&[Date, Time, Gmt], 2),
        "NEWNEWS" => (&[Wildmat, Date, Time, Gmt], 3),
        "OVER" => (&[Selection], 0),
        "XOVER" | "XROVER" => (&[Range], 0),
        "HDR" | "XHDR" => (&[Field, Selection], 1),
        "XPAT" => (&[Field, Selection, Pattern], 3),
        "LIST ACTIVE" | "LIST ACTIVE.TIMES" | "LIST NEWSGROUPS" | "LIST COUNTS"
        | "LIST SUBSCRIPTIONS" | "XGTITLE" => (&[Wildmat], 0),
        "LIST HEADERS" => (&[Headers], 0),
        "AUTHINFO USER" => (&[User], 1),
        "AUTHINFO PASS" => (&[Password], 1),
        "AUTHINFO SASL" => (&[Mechanism, Response], 1),
        "COMPRESS" => (&[Algorithm], 1),
        _ => (&[], 0),
    }
}

impl Kind {
    pub(super) fn takes(self, word: &str) -> bool {
        let graphic = |word: &str| !word.is_empty() && word.bytes().all(|b| b > b' ' && b != 0x7f);
        match self {
            Kind::Algorithm | Kind::Keyword | Kind::Pattern => graphic(word),
            Kind::Mechanism => {
                word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
            }
            Kind::Article => is_number(word) || is_message_id(word),
            Kind::Date => matches!(word.len(), 6 | 8) && date(word, "000000", Date(0)).is_some(),
            Kind::Time => word.len() == 6 && date("20000101", word, Date(0)).is_some(),
            Kind::Field => is_field(word),
            Kind::Gmt => word.eq_ignore_ascii_case("GMT"),
            Kind::Group => graphic(word) && !word.contains(['*', '?', ',', '!', '[', ']', '\\']),
            Kind::Headers => ["MSGID", "RANGE"].iter().any(|w| word.eq_ignore_ascii_case(w)),
            Kind::Id => is_message_id(word),
            Kind::Password | Kind::User => !word.is_empty(),
            Kind::Range => range(word).is_some(),
            Kind::Response => is_base64(word),
            Kind::Selection => range(word).is_some() || is_message_id(word),
            Kind::Wildmat => wildmat::is_valid(word),
        }
    }

    pub(super) fn expected(self) -> &'static str {
        match self {
            Kind::Algorithm => "the name of an algorithm, such as DEFLATE",
            Kind::Article => "an article number, or a message-id in angle brackets",
            Kind::Date => "a date as yyyymmdd or yymmdd",
            Kind::Field => "the name of a header field without a colon, or :bytes or :lines",
            Kind::Gmt => "GMT or nothing",
            Kind::Group => "the name of one group, without * ? , ! [ ] or \\",
            Kind::Headers => "MSGID, RANGE or nothing",
            Kind::Id => "a message-id in angle brackets, of 3 to 250 octets",
            Kind::Keyword => "a word",
            Kind::Mechanism => "a mechanism, such as PLAIN or CRAM-MD5",
            Kind::Password => "a password",
            Kind::Pattern => "a pattern of * and ?",
            Kind::Range => "a range: n, n- or n-m",
            Kind::Response => "base64, or = for nothing",
            Kind::Selection => "a range (n, n- or n-m), or a message-id in angle brackets",
            Kind::Time => "a time as hhmmss",
            Kind::User => "a user name",
            Kind::Wildmat => "a wildmat of names, * and ?, separated by commas",
        }
    }

    pub(super) fn term(self, word: &str) -> &'static Term {
        match self {
            Kind::Algorithm => &terms::ALGORITHM,
            Kind::Article | Kind::Id | Kind::Selection if word.starts_with('<') => {
                &terms::MESSAGE_ID
            }
            Kind::Article | Kind::Id => &terms::NUMBER,
            Kind::Date => &terms::DATE_ARGUMENT,
            Kind::Field => &terms::FIELD,
            Kind::Gmt => &terms::GMT,
            Kind::Group => &terms::GROUP_NAME,
            Kind::Headers | Kind::Keyword => &terms::KEYWORD,
            Kind::Mechanism => &terms::MECHANISM,
            Kind::Password => &terms::SECRET,
            Kind::Pattern => &terms::PATTERN,
            Kind::Range | Kind::Selection => &terms::RANGE,
            Kind::Response => &terms::INITIAL_RESPONSE,
            Kind::Time => &terms::TIME_ARGUMENT,
            Kind::User => &terms::USER_NAME,
            Kind::Wildmat => &terms::WILDMAT,
        }
    }

    pub(super) fn is_secret(self) -> bool {
        matches!(self, Kind::Password | Kind::Response)
    }

    /// It ends with the line, not with the word.
    pub(super) fn takes_rest(self) -> bool {
        matches!(self, Kind::Password | Kind::User)
    }
}

/// Article numbers from `low` to `high`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Range {
    pub(in super::super) low: u64,
    pub(in super::super) high: u64,
}

/// `n`, `n-` or `n-m`.
pub(in super::super) fn range(word: &str) -> Option<Range> {
    let number = |n: &str| if is_number(n) { n.parse::<u64>().ok() } else { None };
    match word.split_once('-') {
        None => number(word).map(|n| Range { low: n, high: n }),
        Some((low, "")) => number(low).map(|low| Range { low, high: u64::MAX }),
        Some((low, high)) => Some(Range { low: number(low)?, high: number(high)? }),
    }
}

/// 3 to 250 octets from `<` to `>`, printable and without another bracket (RFC 3977 section 3.6).
pub(in super::super) fn is_message_id(word: &str) -> bool {
    (3..=250).contains(&word.len())
        && word.starts_with('<')
        && word.find('>') == Some(word.len() - 1)
        && word.bytes().all(|b| b.is_ascii_graphic())
}

/// A date of six or eight digits with a time of six. Two digits of a year mean the year of this
/// century that is not after `now`, else of the one before (RFC 3977 section 7.3.2).
pub(in super::super) fn date(date: &str, time: &str, now: Date) -> Option<Date> {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !digits(date) || !digits(time) || time.len() != 6 {
        return None;
    }
    let two = |text: &str, at: usize| text.get(at..at + 2)?.parse::<u64>().ok();
    let (year, rest) = match date.len() {
        8 => (date[..4].parse().ok()?, &date[4..]),
        6 => {
            let this = now.civil().year;
            let year = this - this % 100 + two(date, 0)?;
            (if year > this { year - 100 } else { year }, &date[2..])
        }
        _ => return None,
    };
    let (month, day) = (two(rest, 0)?, two(rest, 2)?);
    let (hour, minute, second) = (two(time, 0)?, two(time, 2)?, two(time, 4)?);
    // Years before 1970 are legal, and long before anything here.
    match year {
        0..1970 => Date::of(2000, month, day, hour, minute, second).map(|_| Date(0)),
        _ => Date::of(year, month, day, hour, minute, second),
    }
}

/// An article number has at most 16 digits (RFC 3977 section 9.8).
fn is_number(word: &str) -> bool {
    (1..=16).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit())
}

fn is_field(word: &str) -> bool {
    let name = word.strip_prefix(':').unwrap_or(word);
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && b != b':')
}

pub(super) fn is_base64(word: &str) -> bool {
    word == "=" || (!word.is_empty() && crate::text::sasl::decode(word).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_digits_of_a_year_are_never_in_the_future() {
        let now = Date(crate::world::EPOCH);
        for (written, year) in [("260101", 2026), ("270101", 1927), ("991231", 1999)] {
            let of = date(written, "000000", now);
            let expected = if year < 1970 { Some(Date(0)) } else { Date::of(year, 1, 1, 0, 0, 0) };
            let expected =
                if written == "991231" { Date::of(1999, 12, 31, 0, 0, 0) } else { expected };
            assert_eq!(of, expected, "{written}");
        }
        for bad in ["20261301", "20260230", "2026010", "2026-1-1", "\u{fc}\u{fc}\u{fc}"] {
            assert_eq!(date(bad, "000000", now), None, "{bad}");
        }
        assert_eq!(date("20260101", "246000", now), None);
    }

    #[test]
    fn ranges_and_message_ids_have_their_forms() {
        assert_eq!(range("5"), Some(Range { low: 5, high: 5 }));
        assert_eq!(range("5-"), Some(Range { low: 5, high: u64::MAX }));
        assert_eq!(range("7-3"), Some(Range { low: 7, high: 3 }));
        for bad in ["", "-", "-5", "a", "1-2-3", "12345678901234567", "1 2", "+1"] {
            assert_eq!(range(bad), None, "{bad}");
        }
        for (id, good) in [("<a@b>", true), ("<>", false), ("<a>b>", false), ("a@b", false)] {
            assert_eq!(is_message_id(id), good, "{id}");
        }
    }
}

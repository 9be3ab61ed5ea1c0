//! Preconditions (RFC 9110 section 13) and ranges (section 14).

use super::super::fields::split_list;
use super::answer::{Answer, Piece};
use super::request::Request;
use crate::world::Date;
use crate::world::date::MONTHS;
use crate::world::files::Content;

/// More ranges in one request are an attack or a mistake.
const RANGES_LIMIT: usize = 16;

/// What is known of the target's current version; `None`: there is none.
#[derive(Clone, Debug)]
pub(super) struct Version {
    pub(super) etag: String,
    pub(super) modified: Date,
}

/// The status that a precondition asks for, in the order of RFC 9110 section 13.2.2.
pub(super) fn preconditions(request: &Request, version: Option<&Version>) -> Option<u16> {
    let fields = &request.fields;
    let reads = matches!(request.method.as_str(), "GET" | "HEAD");
    let since = |name: &str| fields.get(name).and_then(parse_date);
    if fields.get("if-match").is_some() {
        let tags = fields.list("if-match");
        let holds = version.is_some_and(|v| tags.iter().any(|tag| tag == "*" || *tag == v.etag));
        if !holds {
            return Some(412);
        }
    } else if let (Some(date), Some(version)) = (since("if-unmodified-since"), version)
        && version.modified > date
    {
        return Some(412);
    }
    if fields.get("if-none-match").is_some() {
        let tags = fields.list("if-none-match");
        let weak = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_string();
        let found = version.is_some_and(|v| tags.iter().any(|t| t == "*" || weak(t) == v.etag));
        if found {
            return Some(if reads { 304 } else { 412 });
        }
    } else if let (true, Some(date), Some(version)) = (reads, since("if-modified-since"), version)
        && version.modified <= date
    {
        return Some(304);
    }
    None
}

/// Cuts the content of a 200 down to the ranges asked for; `boundary` is used if there are
/// several.
pub(super) fn ranged(
    request: &Request,
    version: &Version,
    content: &Content,
    kind: &str,
    boundary: &str,
    whole: Answer,
) -> Answer {
    let Some(spec) = request.fields.get("range").filter(|_| request.method == "GET") else {
        return whole;
    };
    let unchanged = request.fields.get("if-range").is_none_or(|condition| {
        condition == version.etag || parse_date(condition) == Some(version.modified)
    });
    let size = content.len();
    let Some(ranges) = parse_ranges(spec, size).filter(|_| unchanged) else { return whole };
    let part =
        |(first, last): (u64, u64)| Piece { content: content.clone(), at: first, end: last + 1 };
    let says = |(first, last): (u64, u64)| format!("bytes {first}-{last}/{size}");
    let mut answer = Answer { status: 206, pieces: Vec::new(), ..whole };
    match ranges[..] {
        [] => Answer::error(416, &format!("the content has {size} octets"))
            .field("Content-Range", format!("bytes */{size}")),
        [range] => {
            answer.pieces.push(part(range));
            answer.field("Content-Range", says(range))
        }
        _ => {
            let mut fields = super::super::fields::Fields::default();
            for (name, value) in answer.fields.iter().filter(|(n, _)| *n != "Content-Type") {
                fields.push(name, value);
            }
            fields.push("Content-Type", format!("multipart/byteranges; boundary={boundary}"));
            for range in ranges {
                answer.pieces.push(Piece::bytes(format!(
                    "\r\n--{boundary}\r\nContent-Type: {kind}\r\nContent-Range: {}\r\n\r\n",
                    says(range)
                )));
                answer.pieces.push(part(range));
            }
            answer.pieces.push(Piece::bytes(format!("\r\n--{boundary}--\r\n")));
            Answer { fields, ..answer }
        }
    }
}

/// First and last octet of each range that lies inside the content. `None`: not the grammar, so
/// the field is ignored.
fn parse_ranges(spec: &str, size: u64) -> Option<Vec<(u64, u64)>> {
    let list = split_list(spec.strip_prefix("bytes=")?);
    if list.is_empty() || list.len() > RANGES_LIMIT {
        return None;
    }
    let mut ranges = Vec::new();
    for range in list {
        let (first, last) = range.split_once('-')?;
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| text.parse().unwrap_or(u64::MAX))
        };
        let (first, last) = match (first, last) {
            ("", suffix) => {
                let octets = number(suffix)?;
                if octets == 0 {
                    continue;
                }
                (size.saturating_sub(octets), u64::MAX)
            }
            (first, "") => (number(first)?, u64::MAX),
            (first, last) => (number(first)?, number(last)?),
        };
        if last < first {
            return None;
        }
        if first < size {
            ranges.push((first, last.min(size - 1)));
        }
    }
    Some(ranges)
}

/// The three forms of RFC 9110 section 5.6.7.
pub(super) fn parse_date(text: &str) -> Option<Date> {
    let words: Vec<&str> = text.split([' ', '-', ',']).filter(|word| !word.is_empty()).collect();
    let [_, a, b, c, d, ..] = words[..] else { return None };
    let (day, month, year, time) =
        if a.starts_with(|c: char| c.is_ascii_digit()) { (a, b, c, d) } else { (b, a, d, c) };
    let month = MONTHS.iter().position(|name| *name == month)? as u64 + 1;
    let year: u64 = year.parse().ok()?;
    let year = match year {
        0..70 => year + 2000,
        70..100 => year + 1900,
        year => year,
    };
    let mut clock = time.split(':').map(str::parse::<u64>);
    let (hour, minute, second) = (clock.next()?.ok()?, clock.next()?.ok()?, clock.next()?.ok()?);
    Date::of(year, month, day.parse().ok()?, hour, minute, second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_forms_of_a_date_are_read() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(parse_date(text), Some(Date(784_111_777)), "{text}");
        }
        assert_eq!(parse_date("yesterday"), None);
    }

    #[test]
    fn ranges_are_clipped_skipped_or_ignored() {
        for (spec, ranges) in [
            ("bytes=0-99", Some(vec![(0, 9)])),
            ("bytes=5-", Some(vec![(5, 9)])),
            ("bytes=-3", Some(vec![(7, 9)])),
            ("bytes=-99", Some(vec![(0, 9)])),
            ("bytes=0-0, 2-3,20-30", Some(vec![(0, 0), (2, 3)])),
            ("bytes=10-", Some(vec![])),
            ("bytes=-0", Some(vec![])),
            ("bytes=3-2", None),
            ("bytes=a-b", None),
            ("lines=1-2", None),
            ("bytes=99999999999999999999-", Some(vec![])),
        ] {
            assert_eq!(parse_ranges(spec, 10), ranges, "{spec}");
        }
    }
}

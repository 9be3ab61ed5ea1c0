//! Which replies have a block behind them, and what its lines mean.

use super::super::terms;
use crate::explain::{Scanner, Term, common};
use crate::table::Verb;
use crate::text::dot::{BlockState, Explain};
use crate::text::message;

/// The code tells whether a block follows, but for 211, where the command does (RFC 3977
/// section 3.2). The command tells what the lines are.
pub(in super::super) fn follows(verb: Option<&Verb>, code: u16) -> Option<Explain> {
    let name = verb.map_or("", |verb| verb.name);
    Some(match (code, name) {
        (100, _) => text,
        (101, _) => capability,
        (211, "LISTGROUP") => number,
        (215, "LIST ACTIVE.TIMES") => active_times,
        (215, "LIST NEWSGROUPS") | (282, _) => description,
        (215, "LIST OVERVIEW.FMT" | "LIST HEADERS") => field,
        (215, "LIST DISTRIB.PATS") => distrib_pats,
        (215, "LIST COUNTS") => counts,
        (215, "LIST DISTRIBUTIONS") => distribution,
        (215, "LIST MODERATORS") => moderator,
        (215, "LIST MOTD") => text,
        (215, "LIST SUBSCRIPTIONS") => group,
        (215 | 231, _) => active,
        (220, _) | (221, "HEAD" | "" | "(other)") => article,
        (221 | 225, _) | (224, "XROVER") => header,
        (222, _) => body,
        (224, _) => overview,
        (230, _) => message_id,
        _ => return None,
    })
}

/// Header, empty line and body; the fields that belong to news are named.
pub(in super::super) fn article(scan: &mut Scanner<'_>, state: &mut BlockState) {
    let line = scan.rest();
    let colon = line.iter().position(|b| *b == b':').filter(|_| !state.in_body);
    let known = colon.and_then(|colon| Some((colon, news_field(&line[..colon])?)));
    let Some((colon, term)) = known else {
        return message::explain(scan, state);
    };
    scan.take(term, colon);
    scan.take(&common::COLON, 1);
    scan.spaces();
    scan.line(&common::FIELD_VALUE);
}

pub(in super::super) fn text(scan: &mut Scanner<'_>, _: &mut BlockState) {
    scan.line(&terms::NEWS_TEXT);
}

pub(in super::super) fn capability(scan: &mut Scanner<'_>, _: &mut BlockState) {
    words(scan, &[&terms::CAPABILITY], &terms::CAPABILITY_ARGUMENT);
}

pub(in super::super) fn number(scan: &mut Scanner<'_>, _: &mut BlockState) {
    scan.take_while(&terms::NUMBER, |b| b.is_ascii_digit());
}

pub(in super::super) fn active(scan: &mut Scanner<'_>, _: &mut BlockState) {
    words(scan, &[&terms::GROUP_NAME, &terms::HIGH, &terms::LOW, &terms::STATUS], &terms::STATUS);
}

pub(in super::super) fn active_times(scan: &mut Scanner<'_>, _: &mut BlockState) {
    words(scan, &[&terms::GROUP_NAME, &terms::SECONDS, &terms::CREATOR], &terms::CREATOR);
}

pub(in super::super) fn counts(scan: &mut Scanner<'_>, _: &mut BlockState) {
    let terms = [&terms::GROUP_NAME, &terms::HIGH, &terms::LOW, &terms::COUNT, &terms::STATUS];
    words(scan, &terms, &terms::STATUS);
}

pub(in super::super) fn description(scan: &mut Scanner<'_>, _: &mut BlockState) {
    named(scan, &terms::GROUP_NAME, &terms::DESCRIPTION);
}

pub(in super::super) fn distribution(scan: &mut Scanner<'_>, _: &mut BlockState) {
    named(scan, &terms::DISTRIBUTION, &terms::DESCRIPTION);
}

pub(in super::super) fn field(scan: &mut Scanner<'_>, _: &mut BlockState) {
    scan.line(&terms::FIELD);
}

pub(in super::super) fn distrib_pats(scan: &mut Scanner<'_>, _: &mut BlockState) {
    for term in [&terms::WEIGHT, &terms::WILDMAT] {
        scan.take_while(term, |b| b != b':');
        colon(scan);
    }
    scan.line(&terms::DISTRIBUTION);
}

pub(in super::super) fn moderator(scan: &mut Scanner<'_>, _: &mut BlockState) {
    scan.take_while(&terms::WILDMAT, |b| b != b':');
    colon(scan);
    scan.line(&terms::SUBMISSION);
}

pub(in super::super) fn group(scan: &mut Scanner<'_>, _: &mut BlockState) {
    scan.line(&terms::GROUP_NAME);
}

pub(in super::super) fn message_id(scan: &mut Scanner<'_>, _: &mut BlockState) {
    scan.line(&terms::MESSAGE_ID);
}

/// Number, space, content; some servers put the message-id in the place of the number.
pub(in super::super) fn header(scan: &mut Scanner<'_>, _: &mut BlockState) {
    let first = if scan.rest().starts_with(b"<") { &terms::MESSAGE_ID } else { &terms::NUMBER };
    named(scan, first, &terms::FIELD_CONTENT);
}

/// Number and fields, separated by tabs; empty ones at the end may be left out.
pub(in super::super) fn overview(scan: &mut Scanner<'_>, _: &mut BlockState) {
    let fields: [&'static Term; 8] = [
        &terms::NUMBER,
        &terms::SUBJECT,
        &terms::FROM,
        &terms::DATE_FIELD,
        &terms::MESSAGE_ID,
        &terms::REFERENCES,
        &terms::BYTES,
        &terms::LINES,
    ];
    let mut fields = fields.into_iter();
    while !scan.rest().is_empty() {
        scan.take_while(fields.next().unwrap_or(&terms::EXTRA), |b| b != b'\t');
        if !scan.rest().is_empty() {
            scan.take(&terms::TAB, 1);
        }
    }
}

pub(in super::super) fn body(scan: &mut Scanner<'_>, _: &mut BlockState) {
    scan.line(&common::BODY);
}

fn news_field(name: &[u8]) -> Option<&'static Term> {
    let fields: [(&str, &'static Term); 8] = [
        ("Path", &terms::PATH),
        ("Newsgroups", &terms::NEWSGROUPS),
        ("Message-ID", &terms::MESSAGE_ID_FIELD),
        ("References", &terms::REFERENCES_FIELD),
        ("Followup-To", &terms::FOLLOWUP_TO),
        ("Injection-Date", &terms::INJECTION_DATE),
        ("Injection-Info", &terms::INJECTION_INFO),
        ("Xref", &terms::XREF),
    ];
    let found = fields.iter().find(|(field, _)| name.eq_ignore_ascii_case(field.as_bytes()));
    found.map(|(_, term)| *term)
}

fn words(scan: &mut Scanner<'_>, each: &[&'static Term], further: &'static Term) {
    let mut each = each.iter();
    while !scan.rest().is_empty() {
        scan.take_while(each.next().unwrap_or(&further), |b| !matches!(b, b' ' | b'\t'));
        gap(scan);
    }
}

fn named(scan: &mut Scanner<'_>, name: &'static Term, rest: &'static Term) {
    scan.take_while(name, |b| !matches!(b, b' ' | b'\t'));
    gap(scan);
    scan.line(rest);
}

fn gap(scan: &mut Scanner<'_>) {
    scan.take_while(&terms::SEPARATOR, |b| matches!(b, b' ' | b'\t'));
}

fn colon(scan: &mut Scanner<'_>) {
    if !scan.rest().is_empty() {
        scan.take(&common::COLON, 1);
    }
}

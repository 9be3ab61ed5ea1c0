//! What a section of an RFC defines, as far as the lab knows it.

use shared::explain::{Rfc, Term, Wire, common};
use shared::protocols::Protocol;
use shared::table::Verb;

#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    pub rfc: Rfc,
    pub verbs: Vec<&'static Verb>,
    pub terms: Vec<&'static Term>,
}

impl Section {
    /// The verbs of the table and the terms of the glossary that stand in this section.
    pub fn of(rfc: Rfc, protocol: &Protocol) -> Section {
        let verbs = protocol.table.verbs.iter().copied();
        let verbs: Vec<_> =
            verbs.filter(|verb| verb.term.rfc == rfc && !verb.syntax.is_empty()).collect();
        let mut terms: Vec<&'static Term> = Vec::new();
        for term in protocol.terms.iter().chain(common::ALL).copied() {
            let is_verb = verbs.iter().any(|verb| verb.term == term);
            if term.rfc == rfc && !is_verb && !terms.contains(&term) {
                terms.push(term);
            }
        }
        Section { rfc, verbs, terms }
    }
}

/// The sections that define what is in a unit: first the one of the selected octet, then the others as they come.
pub fn sections(wire: &Wire, octet: usize, protocol: &Protocol) -> Vec<Section> {
    let mut rfcs: Vec<Rfc> = Vec::new();
    let here = wire.span_at(octet).into_iter();
    for span in here.chain(&wire.spans) {
        if !rfcs.contains(&span.term.rfc) {
            rfcs.push(span.term.rfc);
        }
    }
    rfcs.into_iter().map(|rfc| Section::of(rfc, protocol)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::testing::session;

    #[test]
    fn the_section_of_the_selected_octet_comes_first_and_lists_what_it_defines() {
        let lab = session("smtp", &["EHLO you.lab", "MAIL FROM:<a@x.lab>"]);
        let mail = (0..lab.len())
            .find_map(|n| lab.entry(n)?.wire().filter(|wire| wire.bytes.starts_with(b"MAIL")));
        let mail = mail.expect("MAIL was sent");
        let protocol = lab.route.protocol;
        let first = &sections(mail, 0, protocol)[0];
        assert!(first.verbs.iter().any(|verb| verb.name == "MAIL"), "{first:?}");
        let end = sections(mail, mail.bytes.len() - 1, protocol);
        assert_eq!(end[0].rfc, common::CRLF.rfc);
        let mut numbers: Vec<_> = end.iter().map(|section| section.rfc.url()).collect();
        let all = numbers.len();
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), all, "each once");
    }
}

//! A policy as a table to read.

use std::fmt;

use super::rules::{Action, Protocol, Rule, Verdict};
use super::{Parameters, PolicyName};

/// The rules of a policy in the order in which they are asked; the first that matches decides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    name: &'static str,
    sentence: String,
    rules: Vec<Rule>,
}

impl Table {
    pub fn new(name: PolicyName, parameters: &Parameters) -> Table {
        let (rules, sentence) = (name.rules(parameters), name.sentence(parameters));
        Table { name: name.name(), sentence, rules }
    }

    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Policy `{}`: {}", self.name, self.sentence)?;
        let head = ["", "rule", "verdict", "action", "protocol", "host", "address", "port"];
        let mut rows = vec![head.map(str::to_owned)];
        rows.extend(self.rules.iter().enumerate().map(|(at, rule)| row(at + 1, rule)));
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
        let widths: Vec<_> = (0..head.len()).map(|column| width(column).unwrap_or(0)).collect();
        for row in &rows {
            let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}"));
            writeln!(f, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}

fn row(number: usize, rule: &Rule) -> [String; 8] {
    let verdict = match rule.verdict {
        Verdict::Allow => "allow",
        Verdict::Deny => "deny",
    };
    let protocol = match rule.protocol {
        None => "any",
        Some(Protocol::Tcp) => "tcp",
        Some(Protocol::Udp) => "udp",
    };
    let actions = rule.actions.iter().map(|action| match action {
        Action::Connect => "connect",
        Action::Listen => "listen",
        Action::Send => "send",
    });
    let listens = rule.actions == [Action::Listen];
    let places = match (rule.places.is_empty(), rule.verdict) {
        (false, _) => list(&rule.places),
        (true, Verdict::Deny) => "any".to_owned(),
        (true, Verdict::Allow) if listens => "loopback".to_owned(),
        (true, Verdict::Allow) => "global".to_owned(),
    };
    [
        number.to_string(),
        rule.name.clone(),
        verdict.to_owned(),
        or_any(actions.collect::<Vec<_>>().join(" ")),
        protocol.to_owned(),
        or_any(list(&rule.hosts)),
        places + if rule.reach.is_some() { " (for the peer of a stream)" } else { "" },
        or_any(list(&rule.ports)),
    ]
}

fn list<T: ToString>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(" ")
}

fn or_any(text: String) -> String {
    if text.is_empty() { "any".to_owned() } else { text }
}

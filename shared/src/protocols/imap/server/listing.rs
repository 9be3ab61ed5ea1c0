//! LIST and LSUB (RFC 3501 section 6.3.8, RFC 5258).

use super::ImapServer;
use super::mailboxes::status_items;
use crate::protocols::imap::command::List;
use crate::world::World;
use crate::world::mail::{DELIMITER, INBOX, Mailbox};

const SELECT_OPTIONS: [&str; 4] = ["SUBSCRIBED", "REMOTE", "RECURSIVEMATCH", "SPECIAL-USE"];
/// Patterns of one LIST, and octets of one: each is held against every name.
const PATTERNS_LIMIT: usize = 10;
const PATTERN_LIMIT: usize = 512;

const RETURN_OPTIONS: [&str; 4] = ["SUBSCRIBED", "CHILDREN", "STATUS", "SPECIAL-USE"];

impl ImapServer {
    pub(super) fn list(&mut self, tag: &str, list: &List, world: &mut World) {
        let unknown = (list.select.iter().find(|o| !SELECT_OPTIONS.contains(&o.as_str())))
            .or_else(|| list.back.iter().find(|o| !RETURN_OPTIONS.contains(&o.as_str())));
        if let Some(option) = unknown {
            self.no(tag, "BAD", &format!("there is no option {option} of LIST here"), world);
            return;
        }
        let selects = |option: &str| list.select.iter().any(|o| o == option);
        if selects("RECURSIVEMATCH") && !selects("SUBSCRIBED") {
            self.no(tag, "BAD", "RECURSIVEMATCH needs SUBSCRIBED beside it", world);
            return;
        }
        if list.patterns.len() > PATTERNS_LIMIT {
            self.no(tag, "NO", &format!("[LIMIT] at most {PATTERNS_LIMIT} patterns"), world);
            return;
        }
        if !list.extended && list.patterns == [""] {
            self.untagged("LIST (\\Noselect) \"/\" \"\"");
            self.ok(tag, "that is the delimiter", world);
            return;
        }
        let patterns = self.patterns(list);
        let lines: Vec<String> = self
            .candidates(selects("SUBSCRIBED"), world)
            .into_iter()
            .flat_map(|(name, mailbox)| self.listed(list, &patterns, &name, mailbox, world))
            .collect();
        lines.iter().for_each(|line| self.untagged(line));
        self.ok(tag, "that were all", world);
    }

    pub(super) fn lsub(&mut self, tag: &str, list: &List, world: &mut World) {
        let patterns = self.patterns(list);
        let mut lines: Vec<String> = Vec::new();
        for name in world.mail.subscriptions(&self.user) {
            if matches(&patterns, name) {
                lines.push(format!("LSUB () \"/\" {}", self.shown(name)));
                continue;
            }
            // With % the levels above are named, though not subscribed themselves.
            let above = name.match_indices(DELIMITER).map(|(at, _)| &name[..at]);
            for parent in above.filter(|parent| matches(&patterns, parent)) {
                let line = format!("LSUB (\\Noselect) \"/\" {}", self.shown(parent));
                if !world.mail.is_subscribed(&self.user, parent) && !lines.contains(&line) {
                    lines.push(line);
                }
            }
        }
        lines.iter().for_each(|line| self.untagged(line));
        self.ok(tag, "that were all", world);
    }

    /// The mailboxes there are, and the subscribed names that have none.
    fn candidates<'w>(
        &self,
        subscribed: bool,
        world: &'w World,
    ) -> Vec<(String, Option<&'w Mailbox>)> {
        let there = world.mail.mailboxes(&self.user);
        let mut all: Vec<_> =
            there.map(|(name, mailbox)| (name.to_string(), Some(mailbox))).collect();
        if subscribed {
            for name in world.mail.subscriptions(&self.user) {
                if world.mail.named(&self.user, name).is_none() {
                    all.push((name.into(), None));
                }
            }
        }
        all
    }

    fn listed(
        &self,
        list: &List,
        patterns: &[String],
        name: &str,
        mailbox: Option<&Mailbox>,
        world: &World,
    ) -> Vec<String> {
        let selects = |option: &str| list.select.iter().any(|o| o == option);
        let back = |option: &str| list.back.iter().any(|o| o == option);
        let subscribed = world.mail.is_subscribed(&self.user, name);
        let special = mailbox.and_then(Mailbox::special_use);
        if !matches(patterns, name) || (selects("SPECIAL-USE") && special.is_none()) {
            return Vec::new();
        }
        let below = format!("{name}{DELIMITER}");
        // RFC 5258 section 3.5: something below fits, and is not listed itself.
        let child = selects("RECURSIVEMATCH")
            && world
                .mail
                .subscriptions(&self.user)
                .any(|other| other.starts_with(&below) && !matches(patterns, other));
        if selects("SUBSCRIBED") && !subscribed && !child {
            return Vec::new();
        }
        let mut attributes = Vec::new();
        if mailbox.is_none() {
            attributes.push("\\NonExistent");
        }
        if subscribed && (selects("SUBSCRIBED") || back("SUBSCRIBED")) {
            attributes.push("\\Subscribed");
        }
        let has_children =
            world.mail.mailboxes(&self.user).any(|(other, _)| other.starts_with(&below));
        attributes.push(if has_children { "\\HasChildren" } else { "\\HasNoChildren" });
        attributes.extend(special);
        let shown = self.shown(name);
        let info = if child { " (\"CHILDINFO\" (\"SUBSCRIBED\"))" } else { "" };
        let mut lines = vec![format!("LIST ({}) \"/\" {shown}{info}", attributes.join(" "))];
        if let (true, Some(mailbox)) = (back("STATUS"), mailbox)
            && let Ok(values) = status_items(mailbox, &list.status)
        {
            lines.push(format!("STATUS {shown} ({values})"));
        }
        lines
    }

    /// Reference and pattern together; what is no name fits nothing.
    fn patterns(&self, list: &List) -> Vec<String> {
        let joined = list.patterns.iter().map(|pattern| format!("{}{pattern}", list.reference));
        let short = joined.filter(|pattern| pattern.len() <= PATTERN_LIMIT);
        short.filter_map(|pattern| self.named(&pattern).ok()).collect()
    }
}

/// `*` stands for anything, `%` for anything up to the next delimiter.
fn matches(patterns: &[String], name: &str) -> bool {
    let name_of = |name: &str| -> Vec<char> { name.chars().collect() };
    let fits = |pattern: &str, name: &str| fits(&name_of(pattern), &name_of(name));
    patterns.iter().any(|pattern| match name {
        INBOX => fits(&pattern.to_ascii_uppercase(), name),
        name => fits(pattern, name),
    })
}

fn fits(pattern: &[char], name: &[char]) -> bool {
    // Where a match may still go on, for each octet of the pattern so far.
    let mut open = vec![false; name.len() + 1];
    open[0] = true;
    for sign in pattern {
        let mut next = vec![false; name.len() + 1];
        for at in 0..=name.len() {
            let wild = matches!(sign, '*' | '%');
            if wild {
                let goes_on = at > 0 && next[at - 1] && (*sign == '*' || name[at - 1] != DELIMITER);
                next[at] = open[at] || goes_on;
            } else {
                next[at] = at > 0 && open[at - 1] && name[at - 1] == *sign;
            }
        }
        open = next;
    }
    open[name.len()]
}

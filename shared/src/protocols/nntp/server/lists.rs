//! What the server can do, what it holds, and what is new.

use super::super::table::TABLE;
use super::super::terms;
use super::super::wildmat;
use super::super::wire::{self, blocks};
use super::overview::FORMAT;
use super::{LACKS, NntpServer};
use crate::machine::Tick;
use crate::text::dot::Explain;
use crate::world::news::Group;
use crate::world::{Date, World};

const MECHANISMS: &str = "SASL CRAM-MD5 PLAIN LOGIN";

impl NntpServer {
    pub(super) fn capabilities(&mut self) {
        let mut lines = vec![
            "VERSION 2",
            "IMPLEMENTATION Wirelab",
            "READER",
            "POST",
            "IHAVE",
            "STREAMING",
            "NEWNEWS",
            "HDR",
            "OVER MSGID",
            "LIST ACTIVE ACTIVE.TIMES COUNTS DISTRIB.PATS DISTRIBUTIONS HEADERS MODERATORS MOTD NEWSGROUPS OVERVIEW.FMT SUBSCRIPTIONS",
            "XPAT",
        ];
        // After a login AUTHINFO goes and SASL stays (RFC 4643 section 2.2).
        if self.user.is_none() {
            lines.push("AUTHINFO USER SASL");
        }
        lines.push(MECHANISMS);
        self.block(101, "the capabilities follow", &lines.join("\n"), blocks::capability);
    }

    pub(super) fn help(&mut self) {
        let verbs = TABLE.verbs.iter();
        let known = verbs.filter(|verb| !verb.name.starts_with('(') && !LACKS.contains(&verb.name));
        let lines: Vec<&str> = known.map(|verb| verb.syntax).collect();
        self.block(100, "the commands follow", &lines.join("\n"), blocks::text);
    }

    pub(super) fn date(&mut self, date: Date) {
        self.reply(111, &[(&terms::DATE_TIME, &date.digits())], "");
    }

    pub(super) fn list(&mut self, name: &str, argument: Option<&str>, world: &World) {
        let groups = |line: &dyn Fn(&str, &Group) -> String| {
            let taken = world
                .news
                .groups()
                .filter(|(name, _)| argument.is_none_or(|w| wildmat::matches(w, name)));
            taken.map(|(name, group)| line(name, group)).collect::<Vec<_>>().join("\n")
        };
        let (lines, explain): (String, Explain) = match name {
            "LIST" | "LIST ACTIVE" => (groups(&active), blocks::active),
            "LIST ACTIVE.TIMES" => (
                groups(&|name, group| format!("{name} {} {}", group.created.0, group.creator)),
                blocks::active_times,
            ),
            "LIST NEWSGROUPS" => (
                groups(&|name, group| format!("{name}\t{}", group.description)),
                blocks::description,
            ),
            "LIST COUNTS" => (
                groups(&|name, group| {
                    let (low, high) = group.marks();
                    format!("{name} {high} {low} {} {}", group.count(), group.status)
                }),
                blocks::counts,
            ),
            "LIST SUBSCRIPTIONS" => {
                let names = ["comp.lang.python", "misc.test"].into_iter();
                let taken = names.filter(|n| argument.is_none_or(|w| wildmat::matches(w, n)));
                (taken.collect::<Vec<_>>().join("\n"), blocks::group)
            }
            "LIST OVERVIEW.FMT" => (FORMAT.join("\n"), blocks::field),
            "LIST HEADERS" => (":\n:bytes\n:lines".into(), blocks::field),
            "LIST DISTRIB.PATS" => ("10:lab.*:local".into(), blocks::distrib_pats),
            "LIST DISTRIBUTIONS" => {
                ("local\tThis practice server only.".into(), blocks::distribution)
            }
            "LIST MODERATORS" => (format!("*:%s@{}", self.name), blocks::moderator),
            _ => (
                "This is a practice server.\nWhat you post is read by nobody but you.".into(),
                blocks::text,
            ),
        };
        self.block(215, "the list follows", &lines, explain);
    }

    pub(super) fn new_groups(&mut self, arguments: &[&str], now: Tick, world: &World) {
        let Some(since) = self.since(arguments, now, world) else { return };
        let new = world.news.groups().filter(|(_, group)| group.created >= since);
        let lines: Vec<String> = new.map(|(name, group)| active(name, group)).collect();
        self.block(231, "the new groups follow", &lines.join("\n"), blocks::active);
    }

    pub(super) fn new_news(&mut self, arguments: &[&str], now: Tick, world: &World) {
        let Some((wildmat, date)) = arguments.split_first() else { return };
        let Some(since) = self.since(date, now, world) else { return };
        let new = world.news.articles().filter(|article| {
            article.arrived >= since
                && article.places.iter().any(|(name, _)| {
                    let group = world.news.group(name);
                    wildmat::matches(wildmat, name) && group.is_some_and(|g| self.may_read(g))
                })
        });
        let ids: Vec<&str> = new.map(|article| article.id.as_str()).collect();
        self.block(230, "the message-ids follow", &ids.join("\n"), blocks::message_id);
    }

    /// Date and time of NEWGROUPS and NEWNEWS. The server's own time zone is UTC, so GMT changes
    /// nothing.
    fn since(&mut self, arguments: &[&str], now: Tick, world: &World) -> Option<Date> {
        let [date, time, ..] = arguments else { return None };
        let since = wire::date(date, time, world.date(now));
        if since.is_none() {
            self.refuse_command(501, "there is no such date");
        }
        since
    }
}

/// High before low, other than in 211 (RFC 3977 section 7.6.3).
fn active(name: &str, group: &Group) -> String {
    let (low, high) = group.marks();
    format!("{name} {high} {low} {}", group.status)
}

//! Groups, the current article, and the articles themselves.

use std::sync::Arc;

use super::super::terms;
use super::super::wire::{self, blocks};
use super::NntpServer;
use crate::text::message::body_start;
use crate::world::World;
use crate::world::news::{Article, Group};

/// Why no article was found, as a reply.
pub(super) type Missing = (u16, String);

impl NntpServer {
    pub(super) fn select(&mut self, name: &str, world: &World) {
        if let Some(group) = self.admitted(name, world) {
            self.enter(name, group);
            self.selected(name, group);
        }
    }

    pub(super) fn list_group(&mut self, arguments: &[&str], world: &World) {
        let name = arguments.first().map(|name| name.to_string()).or_else(|| self.group.clone());
        let Some(name) = name else {
            self.refuse_command(412, "select a group first");
            return;
        };
        let Some(group) = self.admitted(&name, world) else { return };
        let range = arguments.get(1).and_then(|range| wire::range(range));
        let (low, high) = range.map_or((0, u64::MAX), |range| (range.low, range.high));
        self.enter(&name, group);
        self.selected(&name, group);
        let numbers: Vec<String> =
            group.range(low, high).map(|(number, _)| number.to_string()).collect();
        self.lines_of(&numbers.join("\n"), blocks::number);
    }

    /// NEXT and LAST.
    pub(super) fn step(&mut self, forward: bool, world: &World) {
        let (group, number) = match self.current(world) {
            Ok((group, number, _)) => (group, number),
            Err((code, why)) => return self.refuse_command(code, &why),
        };
        let found = if forward { group.next_after(number) } else { group.last_before(number) };
        match found {
            Some((number, article)) => {
                self.current = Some(number);
                self.found(223, number, article);
            }
            None if forward => self.refuse_command(421, "there is no next article"),
            None => self.refuse_command(422, "there is no article before this one"),
        }
    }

    /// ARTICLE, HEAD, BODY and STAT, by the code of their success.
    pub(super) fn retrieve(&mut self, code: u16, which: Option<&str>, world: &World) {
        let found = match which {
            Some(id) if id.starts_with('<') => self.by_id(id, world).map(|article| (0, article)),
            Some(number) => self.by_number(number, world),
            None => self.current(world).map(|(_, number, article)| (number, article)),
        };
        let (number, article) = match found {
            Ok((number, article)) => (number, article.clone()),
            Err((code, why)) => return self.refuse_command(code, &why),
        };
        if which.is_some() && number > 0 {
            self.current = Some(number);
        }
        self.found(code, number, &article);
        let whole = article.bytes.len();
        let body = body_start(&article.bytes);
        match code {
            220 => self.content(article.bytes.clone(), 0, whole),
            // Without the empty line (RFC 3977 section 6.2.2).
            221 => self.content(article.bytes.clone(), 0, body.saturating_sub(2)),
            222 => self.content(article.bytes.clone(), body, whole),
            _ => {}
        }
    }

    /// The articles that OVER, HDR and their like are about, with the number to show for each.
    /// `none` is the code for a range without articles.
    pub(super) fn selection<'w>(
        &self,
        which: Option<&str>,
        none: u16,
        world: &'w World,
    ) -> Result<Vec<(u64, &'w Arc<Article>)>, Missing> {
        match which {
            None => self.current(world).map(|(_, number, article)| vec![(number, article)]),
            Some(id) if id.starts_with('<') => {
                self.by_id(id, world).map(|article| vec![(0, article)])
            }
            Some(range) => {
                let group = self.group(world)?;
                let found: Vec<_> = wire::range(range)
                    .map(|range| group.range(range.low, range.high).collect())
                    .unwrap_or_default();
                match found.is_empty() {
                    true => Err((none, "there is no article in that range".into())),
                    false => Ok(found),
                }
            }
        }
    }

    /// Whether this session may read something of the group.
    pub(super) fn may_read(&self, group: &Group) -> bool {
        !group.private || self.user.is_some()
    }

    /// The group, if it is there and may be read; else the client is answered.
    fn admitted<'w>(&mut self, name: &str, world: &'w World) -> Option<&'w Group> {
        match world.news.group(name) {
            None => self.refuse_command(411, &format!("there is no group {name}")),
            Some(group) if !self.may_read(group) => {
                self.refuse_command(480, &format!("{name} is for those who log in"));
            }
            Some(group) => return Some(group),
        }
        None
    }

    /// The first article becomes the current one, also when the group was selected before.
    fn enter(&mut self, name: &str, group: &Group) {
        self.group = Some(name.into());
        self.current = group.next_after(0).map(|(number, _)| number);
    }

    fn selected(&mut self, name: &str, group: &Group) {
        let (low, high) = group.marks();
        let numbers = [group.count(), low, high].map(|number| number.to_string());
        let [count, low, high] = &numbers;
        self.reply(
            211,
            &[
                (&terms::COUNT, count),
                (&terms::LOW, low),
                (&terms::HIGH, high),
                (&terms::GROUP_NAME, name),
            ],
            "",
        );
        self.show_selection();
    }

    fn found(&mut self, code: u16, number: u64, article: &Article) {
        let number = number.to_string();
        self.reply(code, &[(&terms::NUMBER, &number), (&terms::MESSAGE_ID, &article.id)], "");
        self.show_selection();
    }

    fn group<'w>(&self, world: &'w World) -> Result<&'w Group, Missing> {
        let name = self.group.as_ref();
        name.and_then(|name| world.news.group(name))
            .ok_or_else(|| (412, "select a group first".into()))
    }

    fn current<'w>(&self, world: &'w World) -> Result<(&'w Group, u64, &'w Arc<Article>), Missing> {
        let group = self.group(world)?;
        let found = self.current.and_then(|number| Some((number, group.article(number)?)));
        match found {
            Some((number, article)) => Ok((group, number, article)),
            None => Err((420, "there is no current article".into())),
        }
    }

    fn by_number<'w>(
        &self,
        number: &str,
        world: &'w World,
    ) -> Result<(u64, &'w Arc<Article>), Missing> {
        let group = self.group(world)?;
        let found = number.parse().ok().and_then(|n| Some((n, group.article(n)?)));
        found.ok_or_else(|| (423, format!("there is no article {number} in this group")))
    }

    /// An article that is in private groups only can be had after a login.
    fn by_id<'w>(&self, id: &str, world: &'w World) -> Result<&'w Arc<Article>, Missing> {
        let Some(article) = world.news.by_id(id) else {
            return Err((430, format!("there is no article {id}")));
        };
        let groups = article.places.iter().filter_map(|(name, _)| world.news.group(name));
        match groups.into_iter().any(|group| self.may_read(group)) {
            true => Ok(article),
            false => Err((480, "this article is for those who log in".into())),
        }
    }
}

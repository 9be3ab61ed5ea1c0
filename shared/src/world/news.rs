//! Newsgroups and their articles.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Date;
use crate::text::message::{body_start, field};

/// One article as it is stored: lines end with CR LF, nothing is stuffed.
#[derive(Clone, Debug)]
pub struct Article {
    /// With its angle brackets.
    pub id: String,
    pub bytes: Arc<[u8]>,
    pub arrived: Date,
    /// Group and number, for the Xref field.
    pub places: Vec<(String, u64)>,
}

#[derive(Clone, Debug)]
pub struct Group {
    pub description: String,
    pub created: Date,
    pub creator: String,
    /// `y` posting allowed, `n` not, `m` moderated (RFC 3977 section 7.6.3).
    pub status: char,
    /// Read only after AUTHINFO.
    pub private: bool,
    articles: BTreeMap<u64, Arc<Article>>,
    /// The highest number ever used.
    high: u64,
}

impl Group {
    pub fn count(&self) -> u64 {
        self.articles.len() as u64
    }

    /// Low and high water mark; an empty group has high = low - 1 (RFC 3977 section 6.1.1).
    pub fn marks(&self) -> (u64, u64) {
        (self.articles.keys().next().copied().unwrap_or(self.high + 1), self.high)
    }

    pub fn article(&self, number: u64) -> Option<&Arc<Article>> {
        self.articles.get(&number)
    }

    /// Numbers and articles from `low` to `high`, both included.
    pub fn range(&self, low: u64, high: u64) -> impl Iterator<Item = (u64, &Arc<Article>)> {
        let range = (low <= high).then(|| self.articles.range(low..=high));
        range.into_iter().flatten().map(|(number, article)| (*number, article))
    }

    pub fn next_after(&self, number: u64) -> Option<(u64, &Arc<Article>)> {
        self.articles.range(number.saturating_add(1)..).next().map(|(n, a)| (*n, a))
    }

    pub fn last_before(&self, number: u64) -> Option<(u64, &Arc<Article>)> {
        self.articles.range(..number).next_back().map(|(n, a)| (*n, a))
    }
}

/// Why an article was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PostError {
    MissingField(&'static str),
    NoSuchGroup(String),
    NotAllowed(String),
    Duplicate,
    Full,
}

/// All articles together take this many octets; more is refused, so that nobody can fill the
/// memory of the page or the relay.
pub const QUOTA: u64 = 64 * 1024 * 1024;

#[derive(Clone, Debug, Default)]
pub struct News {
    groups: BTreeMap<String, Group>,
    by_id: BTreeMap<String, Arc<Article>>,
}

impl News {
    pub fn add_group(&mut self, name: &str, description: &str, status: char, created: Date) {
        let group = Group {
            description: description.into(),
            created,
            creator: format!("news@{}", super::HOST),
            status,
            private: false,
            articles: BTreeMap::new(),
            high: 0,
        };
        self.groups.insert(name.into(), group);
    }

    pub fn set_private(&mut self, name: &str) {
        if let Some(group) = self.groups.get_mut(name) {
            group.private = true;
        }
    }

    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.get(name)
    }

    pub fn groups(&self) -> impl Iterator<Item = (&str, &Group)> {
        self.groups.iter().map(|(name, group)| (name.as_str(), group))
    }

    pub fn by_id(&self, id: &str) -> Option<&Arc<Article>> {
        self.by_id.get(id)
    }

    /// Every article, by message-id.
    pub fn articles(&self) -> impl Iterator<Item = &Arc<Article>> {
        self.by_id.values()
    }

    /// Files an article in every group that its Newsgroups field names, and adds the Xref field
    /// that says where. Other fields that a server supplies (Path, Date, Message-ID) are the
    /// caller's to add before.
    pub fn post(&mut self, bytes: &[u8], arrived: Date) -> Result<String, PostError> {
        let need = |name: &'static str| field(bytes, name).ok_or(PostError::MissingField(name));
        let id = need("Message-ID")?;
        let newsgroups = need("Newsgroups")?;
        for name in ["From", "Subject", "Date"] {
            need(name)?;
        }
        if self.by_id.contains_key(&id) {
            return Err(PostError::Duplicate);
        }
        let stored: u64 = self.by_id.values().map(|article| article.bytes.len() as u64).sum();
        if stored + bytes.len() as u64 > QUOTA {
            return Err(PostError::Full);
        }
        let mut places: Vec<(String, u64)> = Vec::new();
        for name in newsgroups.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let Some(group) = self.groups.get(name) else { continue };
            if group.status == 'n' {
                return Err(PostError::NotAllowed(name.into()));
            }
            if !places.iter().any(|(seen, _)| seen == name) {
                places.push((name.into(), group.high + 1));
            }
        }
        if places.is_empty() {
            return Err(PostError::NoSuchGroup(newsgroups));
        }
        let bytes = with_xref(bytes, &places);
        let article = Arc::new(Article { id: id.clone(), bytes, arrived, places });
        for (name, number) in &article.places {
            if let Some(group) = self.groups.get_mut(name) {
                group.high = *number;
                group.articles.insert(*number, article.clone());
            }
        }
        self.by_id.insert(id.clone(), article);
        Ok(id)
    }

    /// Removes an article, leaving a gap in the numbers as expiry does.
    pub fn expire(&mut self, id: &str) {
        if let Some(article) = self.by_id.remove(id) {
            for (name, number) in &article.places {
                if let Some(group) = self.groups.get_mut(name) {
                    group.articles.remove(number);
                }
            }
        }
    }
}

/// Puts Xref at the end of the header (RFC 5536 section 3.2.14).
fn with_xref(article: &[u8], places: &[(String, u64)]) -> Arc<[u8]> {
    let places: Vec<String> = places.iter().map(|(name, n)| format!("{name}:{n}")).collect();
    let xref = format!("Xref: {} {}\r\n", super::HOST, places.join(" "));
    let end = body_start(article).saturating_sub(2);
    let (header, body) = article.split_at(end);
    [header, xref.as_bytes(), body].concat().into()
}

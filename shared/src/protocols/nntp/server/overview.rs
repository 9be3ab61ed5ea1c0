//! Fields of many articles at once.

use std::sync::Arc;

use super::super::wire::blocks;
use super::NntpServer;
use crate::text::message::{body_start, field};
use crate::text::pattern::fits;
use crate::world::World;
use crate::world::news::Article;

/// The fields of an overview line, as LIST OVERVIEW.FMT gives them (RFC 3977 section 8.4).
pub(super) const FORMAT: [&str; 8] =
    ["Subject:", "From:", "Date:", "Message-ID:", "References:", ":bytes", ":lines", "Xref:full"];

impl NntpServer {
    /// OVER and XOVER; `none` is the code for a range without articles.
    pub(super) fn over(&mut self, code: u16, none: u16, which: Option<&str>, world: &World) {
        match self.selection(which, none, world) {
            Ok(articles) => {
                let lines: Vec<String> =
                    articles.iter().map(|(number, article)| line(*number, article)).collect();
                self.block(code, "the overview follows", &lines.join("\n"), blocks::overview);
            }
            Err((code, why)) => self.refuse_command(code, &why),
        }
    }

    /// HDR, XHDR, and with patterns behind the range XPAT.
    pub(super) fn header(&mut self, code: u16, none: u16, arguments: &[&str], world: &World) {
        let Some((name, rest)) = arguments.split_first() else { return };
        let (which, patterns) = match rest.split_first() {
            Some((which, patterns)) => (Some(*which), patterns),
            None => (None, rest),
        };
        if name.starts_with(':') && !matches!(*name, ":bytes" | ":lines") {
            self.refuse_command(
                503,
                &format!("{name} is not kept here; there are :bytes and :lines"),
            );
            return;
        }
        match self.selection(which, none, world) {
            Ok(articles) => {
                let values = articles
                    .iter()
                    .map(|(number, article)| (number, content(article, name)))
                    .filter(|(_, value)| {
                        patterns.is_empty() || patterns.iter().any(|pattern| fits(pattern, value))
                    });
                let lines: Vec<String> =
                    values.map(|(number, value)| format!("{number} {value}")).collect();
                self.block(code, "the fields follow", &lines.join("\n"), blocks::header);
            }
            Err((code, why)) => self.refuse_command(code, &why),
        }
    }
}

fn line(number: u64, article: &Arc<Article>) -> String {
    let fields = FORMAT.map(|name| match name.strip_suffix(":full") {
        None => content(article, name.strip_suffix(':').unwrap_or(name)),
        Some(name) => match content(article, name) {
            value if value.is_empty() => value,
            value => format!("{name}: {value}"),
        },
    });
    format!("{number}\t{}", fields.join("\t"))
}

/// A field unfolded to one line, with a space for each character that would break the listing
/// (RFC 3977 section 8.3.2).
fn content(article: &Article, name: &str) -> String {
    match name {
        ":bytes" => article.bytes.len().to_string(),
        ":lines" => {
            let body = &article.bytes[body_start(&article.bytes)..];
            body.iter().filter(|b| **b == b'\n').count().to_string()
        }
        name => {
            let value = field(&article.bytes, name).unwrap_or_default();
            value.replace(['\t', '\r', '\n', '\0'], " ")
        }
    }
}

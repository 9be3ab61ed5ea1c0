//! Commands, replies and listings of NNTP, with what each octet means.

mod arguments;
pub(super) mod blocks;
mod command;
mod reply;

pub(super) use arguments::{date, is_message_id, range};
pub(super) use command::{Command, SASL_LIMIT, Wrong, parse, response, secretive};
pub(super) use reply::{first_words, is_empty, replies, says};

use crate::explain::Rfc;
use crate::text::advice::ContentRules;

/// What crosses the wire as a listing.
pub(super) static LISTING: ContentRules = ContentRules {
    line_end: Rfc::new(3977, "3.1.1"),
    stuffing: Rfc::new(3977, "3.1.1"),
    long: None,
    nul: Some(Rfc::new(3977, "3.1.1")),
};

/// What crosses the wire as an article, whose own format has rules too.
pub(super) static ARTICLE: ContentRules =
    ContentRules { long: Some(Rfc::new(5322, "2.1.1")), ..LISTING };

//! Commands, replies and listings of NNTP, with what each octet means.

mod arguments;
pub(super) mod blocks;
mod command;
mod reply;

pub(super) use arguments::{date, is_message_id, range};
pub(super) use command::{Command, SASL_LIMIT, Wrong, line_limit, parse, response, secretive};
pub(super) use reply::{first_words, is_empty, replies, says};

use crate::explain::Rfc;
use crate::text::advice::{ContentRules, LineRules, ReplyRules};

pub(super) static COMMANDS: LineRules = LineRules {
    protocol: "NNTP",
    line_end: Rfc::new(3977, "3.1"),
    length: Rfc::new(3977, "3.1"),
    seven_bit: None,
    batches: Rfc::new(3977, "3.5"),
    commands: Rfc::new(3977, "3.2.1"),
};

pub(super) static REPLIES: ReplyRules = ReplyRules {
    line_end: Rfc::new(3977, "3.1"),
    length: Some((512, Rfc::new(3977, "3.1"))),
    seven_bit: None,
};

/// A challenge of SASL may be longer (RFC 4643 section 2.4.1).
pub(super) static CHALLENGES: ReplyRules = ReplyRules { length: None, ..REPLIES };

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

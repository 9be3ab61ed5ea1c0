//! Commands, replies and listings of NNTP, with what each octet means.

mod arguments;
pub(super) mod blocks;
mod command;
mod reply;

pub(super) use arguments::{date, is_message_id, range};
pub(super) use command::{Command, SASL_LIMIT, Wrong, parse, response, secretive};
pub(super) use reply::{first_words, is_empty, replies, says};

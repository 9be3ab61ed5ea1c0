//! What is legal in NNTP, and what each reply does.

mod verbs;

use crate::table::{Flag, Rule, State, Table, Takes};

pub(super) use verbs::*;

pub(super) static GREET: State = State {
    id: "greet",
    title: "waiting for the greeting",
    text: "The server speaks first.",
    takes: Takes::Nothing,
};
pub(super) static OPEN: State =
    State { id: "open", title: "open", text: "The server takes commands.", takes: Takes::Commands };
pub(super) static NEED_PASS: State = State {
    id: "need-pass",
    title: "password wanted",
    text: "The server knows the user name and wants AUTHINFO PASS. Other commands are still allowed.",
    takes: Takes::Commands,
};
pub(super) static SASL: State = State {
    id: "sasl",
    title: "SASL exchange",
    text: "The server has sent a challenge and waits for the response.",
    takes: Takes::Commands,
};
pub(super) static POSTING: State = State {
    id: "posting",
    title: "sending an article",
    text: "The server waits for an article: header fields, an empty line, the body.",
    takes: Takes::Content,
};
pub(super) static TLS: State = State {
    id: "tls",
    title: "TLS handshake",
    text: "Both sides agree on keys; nothing else may be sent.",
    takes: Takes::Nothing,
};
pub(super) static CLOSED: State =
    State { id: "closed", title: "closed", text: "The session is over.", takes: Takes::Nothing };

pub(super) static SELECTED: Flag = Flag {
    id: "group",
    title: "a selected group",
    text: "Article numbers count within one group. Select it with GROUP first (RFC 3977 section 6.1.1).",
};
pub(super) static CURRENT: Flag = Flag {
    id: "article",
    title: "a current article",
    text: "Without a number the command means the current article, and there is none. Give a number, or select a group that is not empty (RFC 3977 section 6.1.1).",
};
pub(super) static LOGGED_IN: Flag = Flag {
    id: "login",
    title: "a login",
    text: "Log in with AUTHINFO; once in a session is enough (RFC 4643 section 2.2).",
};
pub(super) static STREAMING: Flag = Flag {
    id: "streaming",
    title: "the capability STREAMING",
    text: "Ask with CAPABILITIES or MODE STREAM whether the server takes articles in a stream (RFC 4644 section 2.5).",
};

pub(super) static TABLE: Table = Table {
    states: &[&GREET, &OPEN, &NEED_PASS, &SASL, &POSTING, &TLS, &CLOSED],
    flags: &[&SELECTED, &CURRENT, &LOGGED_IN, &STREAMING],
    verbs: VERBS,
    generic: &[
        Rule::new("400", "the server ends the session").to(&CLOSED),
        Rule::new("401", "not in this mode"),
        Rule::new("403", "something inside the server failed"),
        Rule::new("480", "log in first"),
        Rule::new("483", "encrypt first"),
        Rule::new("500", "unknown command"),
        Rule::new("501", "wrong syntax"),
        Rule::new("502", "not allowed"),
        Rule::new("503", "not available here"),
        Rule::new("504", "not base64"),
    ],
};

//! What is legal in Gopher: any request, one for each connection.
//!
//! The wire has no codes. The rules of the requests say how they get to the wire, those of
//! `(reply)` what came back.

use super::terms;
use crate::explain::Term;
use crate::table::{Rule, State, Table, Takes, Verb};

pub(super) static READY: State = State {
    id: "ready",
    title: "ready",
    text: "No request is under way. The client speaks first.",
    takes: Takes::Commands,
};
pub(super) static CONNECTING: State = State {
    id: "connecting",
    title: "connecting",
    text: "A connection of its own is being opened for the request.",
    takes: Takes::Nothing,
};
pub(super) static READING: State = State {
    id: "reading",
    title: "reading the reply",
    text: "The request is out; what comes is the reply, until the server closes the connection.",
    takes: Takes::Nothing,
};
pub(super) static CLOSED: State =
    State { id: "closed", title: "closed", text: "The session is over.", takes: Takes::Nothing };

const IDLE: &[&State] = &[&READY];
const ASK: &[Rule] = &[
    Rule::new("sent", "the first request goes out on the connection there is")
        .to(&READING)
        .goes_on(),
    Rule::new("connect", "every other one needs a connection of its own").to(&CONNECTING).goes_on(),
];

const fn ask(name: &'static str, syntax: &'static str, term: &'static Term) -> Verb {
    Verb::new(name, syntax, term).legal(IDLE).last().rules(ASK)
}

pub(super) static TEXT: Verb = ask("0", "0selector", &terms::TEXT).template("0/readme.txt");
pub(super) static MENU: Verb = ask("1", "1selector", &terms::MENU).template("1/pub");
pub(super) static BINHEX: Verb = ask("4", "4selector", &terms::BINHEX).template("4/hello.txt");
pub(super) static DOS: Verb = ask("5", "5selector", &terms::DOS).template("5/pub/all-octets.bin");
pub(super) static UUENCODED: Verb =
    ask("6", "6selector", &terms::UUENCODED).template("6/hello.txt");
pub(super) static SEARCH: Verb =
    ask("7", "7selector, tab, words", &terms::SEARCH).template("7/search\tgopher");
pub(super) static BINARY: Verb =
    ask("9", "9selector", &terms::BINARY).template("9/pub/all-octets.bin");
pub(super) static GIF: Verb = ask("g", "gselector", &terms::GIF).template("g/pub/pictures/dot.png");
pub(super) static IMAGE: Verb =
    ask("I", "Iselector", &terms::IMAGE).template("I/pub/pictures/dot.png");
pub(super) static HTML: Verb = ask("h", "hselector", &terms::HTML).template("h/index.html");
/// Any other type.
pub(super) static OTHER: Verb =
    ask("(other type)", "", &terms::OTHER_TYPE).template("s/pub/all-octets.bin");
/// The same requests, written as a URL.
pub(super) static URL: Verb = ask("gopher://", "gopher://host/type and selector", &terms::URL)
    .template("gopher://practice.lab/0/readme.txt");
/// Ends the session; no octet crosses the wire.
pub(super) static LEAVE: Verb = Verb::new(".", ".", &terms::LEAVE).legal(IDLE).rules(&[Rule::new(
    "left",
    "there is nothing to wait for",
)
.to(&CLOSED)]);

pub(super) static CONNECTION: Verb =
    Verb::new("(connection)", "", &terms::CONNECTION).legal(&[&CONNECTING]).rules(&[
        Rule::new("open", "the request goes out").to(&READING),
        Rule::new("failed", "the request was not sent").to(&READY),
    ]);
pub(super) static REPLY: Verb =
    Verb::new("(reply)", "", &terms::REPLY).legal(&[&READING]).rules(&[
        Rule::new("end", "the server has closed the connection").to(&READY),
        Rule::new("gone", "the connection is gone, or was dropped").to(&READY),
    ]);

pub(super) static TABLE: Table = Table {
    states: &[&READY, &CONNECTING, &READING, &CLOSED],
    flags: &[],
    verbs: &[
        &MENU,
        &TEXT,
        &SEARCH,
        &BINARY,
        &BINHEX,
        &DOS,
        &UUENCODED,
        &GIF,
        &IMAGE,
        &HTML,
        &OTHER,
        &URL,
        &LEAVE,
        &CONNECTION,
        &REPLY,
    ],
    generic: &[],
};

/// Where a session goes by a rule of `verb`.
pub(super) fn next(verb: &'static Verb, code: &str) -> Option<&'static State> {
    TABLE.rule(verb, code).and_then(|rule| rule.to)
}

//! What is legal in HTTP/1.1, and what each response does.
//!
//! Two layers: the rules of a method say what a status means (RFC 9110); where the connection goes
//! next is decided by how the response was framed, in the rules of `(response)` (RFC 9112).

use super::terms;
use crate::table::{Rule, State, Table, Takes, Verb};

pub(super) static IDLE: State = State {
    id: "idle",
    title: "idle",
    text: "No request is under way. The client speaks first.",
    takes: Takes::Commands,
};
pub(super) static SENDING_BODY: State = State {
    id: "sending-body",
    title: "sending content",
    text: "The header of the request is out; its content is sent now.",
    takes: Takes::Content,
};
pub(super) static AWAIT_100: State = State {
    id: "await-100",
    title: "waiting for 100",
    text: "The client has asked whether the server wants the content at all. It may wait a moment, or send it anyway.",
    takes: Takes::Content,
};
pub(super) static AWAIT_HEAD: State = State {
    id: "await-head",
    title: "waiting for the response",
    text: "The request is out; the status line and the header of the response are awaited.",
    takes: Takes::Nothing,
};
pub(super) static READING_BODY: State = State {
    id: "reading-body",
    title: "reading content",
    text: "The header of the response has said how its content ends; the content is read.",
    takes: Takes::Nothing,
};
pub(super) static UPGRADED: State = State {
    id: "upgraded",
    title: "another protocol",
    text: "The server has switched to another protocol; lines typed here are sent as they are.",
    takes: Takes::Content,
};
pub(super) static TUNNEL: State = State {
    id: "tunnel",
    title: "tunnel",
    text: "The proxy only copies octets from here on; lines typed here go through to the other end.",
    takes: Takes::Content,
};
pub(super) static CLOSED: State = State {
    id: "closed",
    title: "closed",
    text: "The connection is closed. Connect again for the next request.",
    takes: Takes::Nothing,
};

const READY: &[&State] = &[&IDLE];

/// Not replies: what the client itself has put on the wire so far.
const SENT: Rule = Rule::new("sent", "the request is out").to(&AWAIT_HEAD).goes_on();
const HEADER: Rule =
    Rule::new("header sent", "the content is sent next").to(&SENDING_BODY).goes_on();
const EXPECT: Rule = Rule::new("100 asked", "the content waits for 100").to(&AWAIT_100).goes_on();

const INTERIM: Rule = Rule::new("1xx", "interim, another response follows").goes_on();
const REDIRECT: Rule = Rule::new("3xx", "look elsewhere, or in your cache");
const CLIENT_ERROR: Rule = Rule::new("4xx", "the request cannot be fulfilled as it is");
const SERVER_ERROR: Rule = Rule::new("5xx", "the server failed");

const FETCH: &[Rule] =
    &[SENT, INTERIM, Rule::new("2xx", "here it is"), REDIRECT, CLIENT_ERROR, SERVER_ERROR];
const DO: &[Rule] =
    &[SENT, INTERIM, Rule::new("2xx", "done"), REDIRECT, CLIENT_ERROR, SERVER_ERROR];
const WITH_CONTENT: &[Rule] = &[
    SENT,
    HEADER,
    EXPECT,
    INTERIM,
    Rule::new("2xx", "done"),
    REDIRECT,
    CLIENT_ERROR,
    SERVER_ERROR,
];

pub(super) static GET: Verb = Verb::new("GET", "GET target", &terms::GET)
    .template("GET /readme.txt")
    .legal(READY)
    .rules(FETCH);
pub(super) static HEAD: Verb = Verb::new("HEAD", "HEAD target", &terms::HEAD)
    .template("HEAD /readme.txt")
    .legal(READY)
    .rules(&[
        SENT,
        INTERIM,
        Rule::new("2xx", "this is what GET would say, without content"),
        REDIRECT,
        CLIENT_ERROR,
        SERVER_ERROR,
    ]);
pub(super) static OPTIONS: Verb = Verb::new("OPTIONS", "OPTIONS target or *", &terms::OPTIONS)
    .template("OPTIONS *")
    .legal(READY)
    .rules(WITH_CONTENT);
pub(super) static TRACE: Verb =
    Verb::new("TRACE", "TRACE target", &terms::TRACE).template("TRACE /").legal(READY).rules(DO);
pub(super) static PUT: Verb = Verb::new("PUT", "PUT target, empty line, content", &terms::PUT)
    .template("PUT /upload/note.txt\n\nHello from the lab.\n")
    .legal(READY)
    .rules(WITH_CONTENT);
pub(super) static DELETE: Verb = Verb::new("DELETE", "DELETE target", &terms::DELETE)
    .template("DELETE /upload/note.txt")
    .legal(READY)
    .rules(WITH_CONTENT);
pub(super) static POST: Verb = Verb::new("POST", "POST target, empty line, content", &terms::POST)
    .template("POST /echo\n\nHello from the lab.\n")
    .legal(READY)
    .last()
    .rules(WITH_CONTENT);
pub(super) static PATCH: Verb =
    Verb::new("PATCH", "PATCH target, empty line, content", &terms::PATCH)
        .template("PATCH /echo\n\nHello from the lab.\n")
        .legal(READY)
        .last()
        .rules(WITH_CONTENT);
pub(super) static CONNECT: Verb = Verb::new("CONNECT", "CONNECT host:port", &terms::CONNECT)
    .template("CONNECT practice.lab:80")
    .legal(READY)
    .last()
    .rules(&[
        SENT,
        INTERIM,
        Rule::new("2xx", "the tunnel is open"),
        REDIRECT,
        CLIENT_ERROR,
        SERVER_ERROR,
    ]);
/// A method that is not in RFC 9110.
pub(super) static OTHER: Verb =
    Verb::new("(other method)", "", &terms::METHOD).legal(READY).last().rules(WITH_CONTENT);
pub(super) static CONTENT: Verb = Verb::new("(content)", "the content", &terms::CONTENT)
    .template("Hello from the lab.\n")
    .legal(&[&SENDING_BODY, &AWAIT_100])
    .rules(&[
        Rule::new("sent", "the request is out").to(&AWAIT_HEAD),
        Rule::new("begun", "more of the content follows").to(&SENDING_BODY),
    ]);
pub(super) static RESPONSE: Verb = Verb::new("(response)", "", &terms::STATUS_LINE)
    .legal(&[&AWAIT_HEAD, &AWAIT_100, &SENDING_BODY, &READING_BODY])
    .rules(&[
        Rule::new("complete", "the connection is free for the next request").to(&IDLE),
        Rule::new("next", "the next response of the pipeline follows").to(&AWAIT_HEAD),
        Rule::new("content", "the content follows").to(&READING_BODY),
        Rule::new("100", "the server wants the content").to(&SENDING_BODY),
        Rule::new("101", "the protocol changes").to(&UPGRADED),
        Rule::new("tunnel", "the tunnel is open").to(&TUNNEL),
        Rule::new("close", "the connection is not used again").to(&CLOSED),
    ]);
pub(super) static OCTETS: Verb = Verb::new("(octets)", "anything", &terms::OCTETS)
    .template("Hello")
    .legal(&[&UPGRADED, &TUNNEL])
    .rules(&[Rule::new("end", "the other side has ended").to(&CLOSED)]);

pub(super) static TABLE: Table = Table {
    states: &[
        &IDLE,
        &SENDING_BODY,
        &AWAIT_100,
        &AWAIT_HEAD,
        &READING_BODY,
        &UPGRADED,
        &TUNNEL,
        &CLOSED,
    ],
    flags: &[],
    verbs: &[
        &GET, &HEAD, &OPTIONS, &TRACE, &PUT, &DELETE, &POST, &PATCH, &CONNECT, &OTHER, &CONTENT,
        &RESPONSE, &OCTETS,
    ],
    generic: &[],
};

/// The verb of a method. Methods are case-sensitive (RFC 9110 section 9.1).
pub(super) fn method(name: &str) -> &'static Verb {
    TABLE.verb(name).filter(|verb| verb.name == name).unwrap_or(&OTHER)
}

/// Where the connection goes by a rule of `verb`.
pub(super) fn next(verb: &'static Verb, code: &str) -> Option<&'static State> {
    TABLE.rule(verb, code).and_then(|rule| rule.to)
}

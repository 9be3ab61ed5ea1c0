//! What is legal in POP3, and what each reply does.

use super::terms;
use crate::table::{Flag, Rule, State, Table, Takes, Verb};

pub(super) static GREET: State = State {
    id: "greet",
    title: "waiting for the greeting",
    text: "The server speaks first.",
    takes: Takes::Nothing,
};
pub(super) static AUTHORIZATION: State = State {
    id: "authorization",
    title: "authorization",
    text: "The server wants to know whose mailbox to open.",
    takes: Takes::Commands,
};
pub(super) static USER_GIVEN: State = State {
    id: "user-given",
    title: "user given",
    text: "The mailbox is named; its password is missing.",
    takes: Takes::Commands,
};
pub(super) static SASL: State = State {
    id: "sasl",
    title: "SASL exchange",
    text: "The server has sent a challenge and waits for the response.",
    takes: Takes::Commands,
};
pub(super) static TRANSACTION: State = State {
    id: "transaction",
    title: "transaction",
    text: "The mailbox is open and belongs to this session alone.",
    takes: Takes::Commands,
};
pub(super) static CLOSED: State =
    State { id: "closed", title: "closed", text: "The session is over.", takes: Takes::Nothing };

pub(super) static PIPELINING: Flag = Flag {
    id: "pipelining",
    title: "the capability PIPELINING",
    text: "Wait for the reply, or ask with CAPA whether the server takes several commands at once (RFC 2449 section 6.6).",
};

const BEFORE: &[&State] = &[&AUTHORIZATION, &USER_GIVEN];
const INSIDE: &[&State] = &[&TRANSACTION];
const NO: Rule = Rule::new("-ERR", "refused");

pub(super) static GREETING: Verb =
    Verb::new("(greeting)", "", &terms::GREETING).legal(&[&GREET]).last().rules(&[
        Rule::new("+OK", "welcome").to(&AUTHORIZATION),
        Rule::new("-ERR", "no service").to(&CLOSED),
    ]);
pub(super) static USER: Verb =
    Verb::new("USER", "USER name", &terms::USER).template("USER student").legal(BEFORE).rules(&[
        Rule::new("+OK", "go on with PASS").to(&USER_GIVEN),
        Rule::new("-ERR", "no such mailbox").to(&AUTHORIZATION),
    ]);
pub(super) static PASS: Verb = Verb::new("PASS", "PASS password", &terms::PASS)
    .template("PASS lab-secret")
    .legal(&[&USER_GIVEN])
    .rules(&[
        Rule::new("+OK", "mailbox open").to(&TRANSACTION),
        Rule::new("-ERR", "wrong password, or mailbox in use").to(&AUTHORIZATION),
    ]);
pub(super) static APOP: Verb = Verb::new("APOP", "APOP name digest", &terms::APOP)
    .template("APOP student 00000000000000000000000000000000")
    .legal(BEFORE)
    .rules(&[
        Rule::new("+OK", "mailbox open").to(&TRANSACTION),
        Rule::new("-ERR", "denied").to(&AUTHORIZATION),
    ]);
pub(super) static AUTH: Verb =
    Verb::new("AUTH", "AUTH [mechanism [initial-response]]", &terms::AUTH)
        .template("AUTH PLAIN")
        .legal(BEFORE)
        .last()
        .rules(&[
            Rule::new("+", "send the response").to(&SASL),
            Rule::new("+OK", "mailbox open").to(&TRANSACTION),
            Rule::new("-ERR", "denied").to(&AUTHORIZATION),
        ]);
/// Bare AUTH, which lists the mechanisms and logs nobody in.
pub(super) static AUTH_LIST: Verb = Verb::new("(list of mechanisms)", "", &terms::AUTH)
    .legal(BEFORE)
    .rules(&[Rule::new("+OK", "the mechanisms follow"), NO]);
pub(super) static RESPONSE: Verb = Verb::new("(response)", "base64 or *", &terms::SASL_RESPONSE)
    .template("*")
    .legal(&[&SASL])
    .last()
    .rules(&[
        Rule::new("+OK", "mailbox open").to(&TRANSACTION),
        Rule::new("+", "one more response"),
        Rule::new("-ERR", "denied").to(&AUTHORIZATION),
    ]);
pub(super) static CAPA: Verb = Verb::new("CAPA", "CAPA", &terms::CAPA)
    .legal(&[&AUTHORIZATION, &USER_GIVEN, &TRANSACTION])
    .rules(&[Rule::new("+OK", "the capabilities follow"), NO]);
pub(super) static STAT: Verb = Verb::new("STAT", "STAT", &terms::STAT)
    .legal(INSIDE)
    .rules(&[Rule::new("+OK", "number and size"), NO]);
pub(super) static LIST: Verb = Verb::new("LIST", "LIST [number]", &terms::LIST)
    .template("LIST")
    .legal(INSIDE)
    .rules(&[Rule::new("+OK", "the sizes follow"), NO]);
pub(super) static UIDL: Verb = Verb::new("UIDL", "UIDL [number]", &terms::UIDL)
    .template("UIDL")
    .legal(INSIDE)
    .rules(&[Rule::new("+OK", "the unique ids follow"), NO]);
pub(super) static RETR: Verb = Verb::new("RETR", "RETR number", &terms::RETR)
    .template("RETR 1")
    .legal(INSIDE)
    .rules(&[Rule::new("+OK", "the message follows"), NO]);
pub(super) static TOP: Verb = Verb::new("TOP", "TOP number lines", &terms::TOP)
    .template("TOP 1 3")
    .legal(INSIDE)
    .rules(&[Rule::new("+OK", "the top of the message follows"), NO]);
pub(super) static DELE: Verb = Verb::new("DELE", "DELE number", &terms::DELE)
    .template("DELE 1")
    .legal(INSIDE)
    .rules(&[Rule::new("+OK", "marked as deleted"), NO]);
pub(super) static RSET: Verb = Verb::new("RSET", "RSET", &terms::RSET)
    .legal(INSIDE)
    .rules(&[Rule::new("+OK", "marks removed"), NO]);
pub(super) static NOOP: Verb =
    Verb::new("NOOP", "NOOP", &terms::NOOP).legal(INSIDE).rules(&[Rule::new("+OK", "done"), NO]);
/// What was sent without the lab's checks and is none of the above.
pub(super) static OTHER: Verb = Verb::new("(other)", "", &terms::ARGUMENT)
    .legal(&[&AUTHORIZATION, &USER_GIVEN, &TRANSACTION])
    .rules(&[Rule::new("+OK", "done"), NO]);
pub(super) static QUIT: Verb = Verb::new("QUIT", "QUIT", &terms::QUIT)
    .legal(&[&AUTHORIZATION, &USER_GIVEN, &TRANSACTION])
    .last()
    .rules(&[
        Rule::new("+OK", "good bye").to(&CLOSED),
        Rule::new("-ERR", "good bye, but some messages were not removed").to(&CLOSED),
    ]);

pub(super) static TABLE: Table = Table {
    states: &[&GREET, &AUTHORIZATION, &USER_GIVEN, &SASL, &TRANSACTION, &CLOSED],
    flags: &[&PIPELINING],
    verbs: &[
        &GREETING, &USER, &PASS, &APOP, &AUTH, &AUTH_LIST, &RESPONSE, &CAPA, &STAT, &LIST, &UIDL,
        &RETR, &TOP, &DELE, &RSET, &NOOP, &OTHER, &QUIT,
    ],
    generic: &[NO],
};

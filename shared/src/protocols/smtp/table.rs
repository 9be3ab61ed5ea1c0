//! What is legal in SMTP, and what each reply does.

use super::terms;
use crate::table::{Flag, Rule, State, Table, Takes, Verb};

pub(super) static GREET: State = State {
    id: "greet",
    title: "waiting for the greeting",
    text: "The server speaks first.",
    takes: Takes::Nothing,
};
pub(super) static NO_SERVICE: State = State {
    id: "no-service",
    title: "no service",
    text: "The server has said that it takes no mail here. Only QUIT is left.",
    takes: Takes::Commands,
};
pub(super) static CONNECTED: State = State {
    id: "connected",
    title: "connected",
    text: "The server has greeted and wants to know who the client is.",
    takes: Takes::Commands,
};
pub(super) static READY: State = State {
    id: "ready",
    title: "ready",
    text: "Both sides know each other; a message can be begun.",
    takes: Takes::Commands,
};
pub(super) static SASL: State = State {
    id: "sasl",
    title: "SASL exchange",
    text: "The server has sent a challenge and waits for the response.",
    takes: Takes::Commands,
};
pub(super) static SENDER: State = State {
    id: "sender",
    title: "sender given",
    text: "The envelope has a sender; recipients are missing.",
    takes: Takes::Commands,
};
pub(super) static RECIPIENTS: State = State {
    id: "recipients",
    title: "recipients given",
    text: "The envelope has a sender and at least one recipient.",
    takes: Takes::Commands,
};
pub(super) static CONTENT: State = State {
    id: "data",
    title: "data",
    text: "The server reads the message, up to a line that holds nothing but a dot.",
    takes: Takes::Content,
};
pub(super) static CHUNKING: State = State {
    id: "chunking",
    title: "chunks",
    text: "Some of the message has been sent; the last chunk is missing.",
    takes: Takes::Commands,
};
pub(super) static SPOILED: State = State {
    id: "spoiled",
    title: "transaction failed",
    text: "A chunk was refused. The transaction is lost; RSET clears it away.",
    takes: Takes::Commands,
};
pub(super) static CLOSED: State =
    State { id: "closed", title: "closed", text: "The session is over.", takes: Takes::Nothing };

pub(super) static PIPELINING: Flag = Flag {
    id: "pipelining",
    title: "the extension PIPELINING",
    text: "Wait for the reply, or say EHLO and see whether the server takes several commands at once (RFC 2920 section 3.1).",
};
pub(super) static CHUNKS: Flag = Flag {
    id: "chunking",
    title: "the extension CHUNKING",
    text: "EHLO shows whether the server knows BDAT; if not, use DATA (RFC 3030 section 2).",
};
pub(super) static AUTH_OFFERED: Flag = Flag {
    id: "auth",
    title: "the extension AUTH",
    text: "EHLO shows whether the server takes logins, and with which mechanisms (RFC 4954 section 3).",
};
pub(super) static ANONYMOUS: Flag = Flag {
    id: "anonymous",
    title: "a session that nobody has logged in to",
    text: "One login is allowed in a session; to be somebody else, connect again (RFC 4954 section 4).",
};

const IN_SESSION: &[&State] = &[&CONNECTED, &READY, &SENDER, &RECIPIENTS, &CHUNKING, &SPOILED];
const CLEARS: &[&Flag] = &[&PIPELINING, &CHUNKS, &AUTH_OFFERED];
/// May come at any time: the server is about to close (RFC 5321 section 3.8).
const CLOSING: Rule = Rule::new("421", "the server is closing the connection").to(&CLOSED);

pub(super) static GREETING: Verb =
    Verb::new("(greeting)", "", &terms::GREETING).legal(&[&GREET]).last().rules(&[
        Rule::new("220", "the server is ready").to(&CONNECTED).sets(&[&ANONYMOUS]),
        CLOSING,
        Rule::new("521", "this host takes no mail").to(&NO_SERVICE),
        Rule::new("554", "no mail is taken here").to(&NO_SERVICE),
        Rule::new("2xx", "the server greets, though not with 220")
            .to(&CONNECTED)
            .sets(&[&ANONYMOUS]),
        Rule::new("4xx", "no service at the moment").to(&NO_SERVICE),
        Rule::new("5xx", "no service").to(&NO_SERVICE),
    ]);
pub(super) static EHLO: Verb = Verb::new("EHLO", "EHLO domain or [address]", &terms::EHLO)
    .template("EHLO you.lab")
    .legal(IN_SESSION)
    .last()
    .rules(&[
        Rule::new("250", "welcome").to(&READY).clears(CLEARS),
        Rule::new("2xx", "welcome").to(&READY).clears(CLEARS),
        Rule::new("502", "EHLO is not known here: try HELO"),
        Rule::new("504", "this name is not accepted"),
        Rule::new("550", "you are not welcome"),
    ]);
pub(super) static HELO: Verb = Verb::new("HELO", "HELO domain", &terms::HELO)
    .template("HELO you.lab")
    .legal(IN_SESSION)
    .last()
    .rules(&[
        Rule::new("250", "welcome, without extensions").to(&READY).clears(CLEARS),
        Rule::new("2xx", "welcome, without extensions").to(&READY).clears(CLEARS),
        Rule::new("504", "this name is not accepted"),
        Rule::new("550", "you are not welcome"),
    ]);
pub(super) static AUTH: Verb = Verb::new("AUTH", "AUTH mechanism [initial-response]", &terms::AUTH)
    .template("AUTH LOGIN")
    .legal(&[&READY])
    .needs(&[&AUTH_OFFERED, &ANONYMOUS])
    .last()
    .rules(&[
        Rule::new("334", "send the response").to(&SASL),
        Rule::new("235", "logged in").clears(&[&ANONYMOUS]),
        Rule::new("432", "a change of password is needed first"),
        Rule::new("454", "the login cannot be checked at the moment"),
        Rule::new("504", "this mechanism is not offered"),
        Rule::new("534", "this mechanism is too weak for this user"),
        Rule::new("535", "wrong name or password"),
        Rule::new("538", "this mechanism needs TLS"),
    ]);
pub(super) static RESPONSE: Verb = Verb::new("(response)", "base64 or *", &terms::SASL_RESPONSE)
    .template("*")
    .legal(&[&SASL])
    .last()
    .rules(&[
        Rule::new("235", "logged in").to(&READY).clears(&[&ANONYMOUS]),
        Rule::new("334", "one more response"),
        CLOSING,
        Rule::new("501", "the exchange was given up, or the response is malformed").to(&READY),
        Rule::new("535", "wrong name or password").to(&READY),
        Rule::new("432", "a change of password is needed first").to(&READY),
        Rule::new("454", "the login cannot be checked at the moment").to(&READY),
        Rule::new("534", "this mechanism is too weak for this user").to(&READY),
        Rule::new("538", "this mechanism needs TLS").to(&READY),
        Rule::new("4xx", "the login cannot be checked at the moment").to(&READY),
        Rule::new("5xx", "the login failed").to(&READY),
    ]);
pub(super) static MAIL: Verb = Verb::new("MAIL", "MAIL FROM:<sender> [parameters]", &terms::MAIL)
    .template("MAIL FROM:<student@practice.lab>")
    .legal(&[&READY])
    .rules(&[
        Rule::new("250", "the sender is accepted").to(&SENDER),
        Rule::new("2xx", "the sender is accepted").to(&SENDER),
        Rule::new("451", "an error on the server: try later"),
        Rule::new("452", "too little room at the moment"),
        Rule::new("455", "the parameters cannot be met at the moment"),
        Rule::new("530", "the server wants a login first"),
        Rule::new("550", "this sender is refused"),
        Rule::new("552", "the message is too large"),
        Rule::new("553", "this sender is not allowed"),
        Rule::new("555", "a parameter is not known"),
    ]);
pub(super) static RCPT: Verb = Verb::new("RCPT", "RCPT TO:<recipient> [parameters]", &terms::RCPT)
    .template("RCPT TO:<you@practice.lab>")
    .legal(&[&SENDER, &RECIPIENTS])
    .rules(&[
        Rule::new("250", "the recipient is accepted").to(&RECIPIENTS),
        Rule::new("251", "the user is elsewhere, and the server will pass the mail on")
            .to(&RECIPIENTS),
        Rule::new("2xx", "the recipient is accepted").to(&RECIPIENTS),
        Rule::new("450", "the mailbox is busy"),
        Rule::new("451", "an error on the server: try later"),
        Rule::new("452", "too many recipients, or too little room"),
        Rule::new("455", "the parameters cannot be met at the moment"),
        Rule::new("550", "no such mailbox, or the server takes no mail for it"),
        Rule::new("551", "the user is elsewhere"),
        Rule::new("552", "the mailbox is full"),
        Rule::new("553", "this name of a mailbox is not allowed"),
        Rule::new("555", "a parameter is not known"),
        Rule::new("556", "this domain takes no mail"),
    ]);
pub(super) static DATA: Verb =
    Verb::new("DATA", "DATA", &terms::DATA).legal(&[&RECIPIENTS]).last().rules(&[
        Rule::new("354", "send the message, and a lone dot behind it").to(&CONTENT),
        Rule::new("3xx", "send the message, and a lone dot behind it").to(&CONTENT),
        Rule::new("503", "there are no recipients"),
        Rule::new("554", "there are no valid recipients"),
        Rule::new("450", "a mailbox is busy: try later"),
        Rule::new("451", "an error on the server: try later"),
        Rule::new("452", "too little room at the moment"),
        Rule::new("550", "the message is refused"),
        Rule::new("552", "the message is too large"),
    ]);
pub(super) static MESSAGE: Verb = Verb::new("(message)", "lines of text", &terms::MESSAGE)
    .template("Subject: Hello\n\nA short message.")
    .legal(&[&CONTENT])
    .last()
    .rules(DELIVERED);
pub(super) static BDAT: Verb =
    Verb::new("BDAT", "BDAT [octets] [LAST], then lines of text", &terms::BDAT)
        .template("BDAT LAST\nSubject: A chunk\n\nNo dot is doubled here:\n.")
        .legal(&[&RECIPIENTS, &CHUNKING])
        .needs(&[&CHUNKS])
        .rules(&[
            Rule::new("250", "the chunk is taken").to(&CHUNKING),
            Rule::new("2xx", "the chunk is taken").to(&CHUNKING),
            CLOSING,
            Rule::new("503", "no chunk belongs here").to(&SPOILED),
            Rule::new("552", "the message is too large").to(&SPOILED),
            Rule::new("451", "an error on the server: try later").to(&SPOILED),
            Rule::new("452", "too little room at the moment").to(&SPOILED),
            Rule::new("550", "the message is refused").to(&SPOILED),
            Rule::new("554", "the transaction failed").to(&SPOILED),
            Rule::new("4xx", "the chunk is not taken").to(&SPOILED),
            Rule::new("5xx", "the chunk is not taken").to(&SPOILED),
        ]);
/// BDAT with LAST, which ends the message.
pub(super) static BDAT_LAST: Verb = Verb::new("(last chunk)", "", &terms::BDAT)
    .legal(&[&RECIPIENTS, &CHUNKING])
    .needs(&[&CHUNKS])
    .rules(&[
        Rule::new("250", "the server has taken the message and answers for it").to(&READY),
        Rule::new("2xx", "the server has taken the message and answers for it").to(&READY),
        CLOSING,
        Rule::new("552", "the message is too large").to(&SPOILED),
        Rule::new("451", "an error on the server: try later").to(&SPOILED),
        Rule::new("452", "too little room at the moment").to(&SPOILED),
        Rule::new("550", "the message is refused").to(&SPOILED),
        Rule::new("554", "the transaction failed").to(&SPOILED),
        Rule::new("4xx", "the message is not taken").to(&SPOILED),
        Rule::new("5xx", "the message is not taken").to(&SPOILED),
    ]);
pub(super) static RSET: Verb = Verb::new("RSET", "RSET", &terms::RSET)
    .legal(&[&CONNECTED, &READY, &SENDER, &RECIPIENTS, &CHUNKING, &SPOILED])
    .rules(&[
        Rule::new("250", "the transaction is cleared").to(&READY),
        Rule::new("2xx", "the transaction is cleared").to(&READY),
    ]);
/// RSET before EHLO, which does nothing.
pub(super) static RSET_EARLY: Verb = Verb::new("(early RSET)", "", &terms::RSET)
    .legal(&[&CONNECTED])
    .rules(&[Rule::new("250", "there was nothing to clear")]);
pub(super) static NOOP: Verb = Verb::new("NOOP", "NOOP [text]", &terms::NOOP)
    .template("NOOP")
    .legal(IN_SESSION)
    .last()
    .rules(&[Rule::new("250", "done")]);
pub(super) static VRFY: Verb = Verb::new("VRFY", "VRFY user", &terms::VRFY)
    .template("VRFY student")
    .legal(IN_SESSION)
    .last()
    .rules(&[
        Rule::new("250", "the user is here"),
        Rule::new("251", "the user is elsewhere, and the server will pass mail on"),
        Rule::new("252", "the server does not tell, but would try to deliver"),
        Rule::new("550", "there is no such user"),
        Rule::new("551", "the user is elsewhere"),
        Rule::new("553", "several users fit"),
    ]);
pub(super) static EXPN: Verb = Verb::new("EXPN", "EXPN list", &terms::EXPN)
    .template("EXPN everyone")
    .legal(IN_SESSION)
    .last()
    .rules(&[
        Rule::new("250", "these are on the list"),
        Rule::new("252", "the server does not tell"),
        Rule::new("550", "there is no such list"),
    ]);
pub(super) static HELP: Verb = Verb::new("HELP", "HELP [command]", &terms::HELP)
    .template("HELP")
    .legal(IN_SESSION)
    .last()
    .rules(&[
        Rule::new("214", "help for people"),
        Rule::new("211", "help for people"),
        Rule::new("504", "there is no help about this"),
    ]);
pub(super) static ETRN: Verb = Verb::new("ETRN", "ETRN domain, @domain or #queue", &terms::ETRN)
    .template("ETRN practice.lab")
    .legal(&[&READY])
    .last()
    .rules(&[
        Rule::new("250", "the delivery of waiting mail begins"),
        Rule::new("251", "no mail is waiting"),
        Rule::new("252", "mail is waiting, and its delivery begins"),
        Rule::new("253", "so many messages are waiting, and their delivery begins"),
        Rule::new("458", "the queue cannot be started for this domain"),
        Rule::new("459", "this domain is not allowed"),
    ]);
/// What was sent without the lab's checks and is none of the above.
pub(super) static OTHER: Verb =
    Verb::new("(other)", "", &terms::ARGUMENT).legal(IN_SESSION).rules(&[Rule::new("2xx", "done")]);
pub(super) static QUIT: Verb = Verb::new("QUIT", "QUIT", &terms::QUIT)
    .legal(&[&CONNECTED, &READY, &SENDER, &RECIPIENTS, &CHUNKING, &SPOILED, &NO_SERVICE])
    .last()
    .rules(&[Rule::new("221", "good bye").to(&CLOSED), Rule::new("2xx", "good bye").to(&CLOSED)]);

/// After the lone dot: the transaction is over, however it went.
const DELIVERED: &[Rule] = &[
    Rule::new("250", "the server has taken the message and answers for it").to(&READY),
    Rule::new("2xx", "the server has taken the message and answers for it").to(&READY),
    CLOSING,
    Rule::new("450", "a mailbox is busy: try later").to(&READY),
    Rule::new("451", "an error on the server: try later").to(&READY),
    Rule::new("452", "too little room at the moment").to(&READY),
    Rule::new("550", "the message is refused").to(&READY),
    Rule::new("552", "the message is too large").to(&READY),
    Rule::new("554", "the transaction failed").to(&READY),
    Rule::new("4xx", "the message is not taken at the moment").to(&READY),
    Rule::new("5xx", "the message is not taken").to(&READY),
];

pub(super) static TABLE: Table = Table {
    states: &[
        &GREET,
        &NO_SERVICE,
        &CONNECTED,
        &READY,
        &SASL,
        &SENDER,
        &RECIPIENTS,
        &CONTENT,
        &CHUNKING,
        &SPOILED,
        &CLOSED,
    ],
    flags: &[&PIPELINING, &CHUNKS, &AUTH_OFFERED, &ANONYMOUS],
    verbs: &[
        &GREETING,
        &EHLO,
        &HELO,
        &AUTH,
        &RESPONSE,
        &MAIL,
        &RCPT,
        &DATA,
        &MESSAGE,
        &BDAT,
        &BDAT_LAST,
        &RSET,
        &RSET_EARLY,
        &NOOP,
        &VRFY,
        &EXPN,
        &HELP,
        &ETRN,
        &OTHER,
        &QUIT,
    ],
    generic: &[
        CLOSING,
        Rule::new("500", "the command is not known, or too long"),
        Rule::new("501", "the argument is wrong"),
        Rule::new("502", "the command is not implemented"),
        Rule::new("503", "the command does not belong here"),
        Rule::new("504", "the argument is not implemented"),
        Rule::new("530", "the server wants a login first"),
        Rule::new("2xx", "done"),
        Rule::new("3xx", "go on"),
        Rule::new("4xx", "not at the moment"),
        Rule::new("5xx", "refused"),
    ],
};

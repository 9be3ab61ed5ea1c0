//! The commands and their replies, in the order in which a reader meets them.

use super::super::terms;
use super::{
    CLOSED, CURRENT, GREET, LOGGED_IN, NEED_PASS, OPEN, POSTING, SASL, SELECTED, STREAMING, TLS,
};
use crate::table::{Flag, Rule, State, Verb};

/// A password that is awaited keeps no other command from being sent.
const ANY: &[&State] = &[&OPEN, &NEED_PASS];

/// What a command without a number needs.
pub(in super::super) const HERE: &[&Flag] = &[&SELECTED, &CURRENT];
/// What a command with a number needs.
pub(in super::super) const IN_GROUP: &[&Flag] = &[&SELECTED];
/// What came over an open line counts no more under TLS.
const UNSURE: &[&Flag] = &[&SELECTED, &CURRENT, &STREAMING];
const AT_ARTICLE: &[&Flag] = &[&CURRENT];
const STREAM: &[&Flag] = &[&STREAMING];
const LOGIN: &[&Flag] = &[&LOGGED_IN];

const NO_GROUP: Rule = Rule::new("412", "no group is selected").clears(HERE);
const NO_CURRENT: Rule = Rule::new("420", "there is no current article").clears(AT_ARTICLE);
const NONE_IN_RANGE: Rule = Rule::new("420", "no article there");
const NO_NUMBER: Rule = Rule::new("423", "no article with that number");
const NO_ID: Rule = Rule::new("430", "no article with that message-id");
const NO_SUCH_GROUP: Rule = Rule::new("411", "no such group; the old one stays selected");
const LISTED: Rule = Rule::new("215", "the list follows");
const SELECTS: Rule = Rule::new("211", "the group is selected").sets(HERE);
const ADMITTED: Rule = Rule::new("281", "you are logged in").to(&OPEN).sets(LOGIN);
const ADMITTED_WITH_DATA: Rule =
    Rule::new("283", "you are logged in, and the server proves itself").to(&OPEN).sets(LOGIN);
const DENIED: Rule = Rule::new("481", "the login failed").to(&OPEN);
const OUT_OF_SEQUENCE: Rule =
    Rule::new("482", "not in this order, or not by the mechanism").to(&OPEN);
const LOGGED_IN_ALREADY: Rule = Rule::new("502", "not allowed, or not again").to(&OPEN);
const CHALLENGED: Rule = Rule::new("383", "send the response").to(&SASL);
const SHUT: Rule = Rule::new("400", "the server ends the session").to(&CLOSED);
/// Whatever else the server says to an article or a login, it is over with that.
const OVER_WITH: Rule = Rule::new("xxx", "the exchange is over").to(&OPEN);

pub(in super::super) static GREETING: Verb =
    Verb::new("(greeting)", "", &terms::GREETING).legal(&[&GREET]).last().rules(&[
        Rule::new("200", "welcome, posting is allowed").to(&OPEN),
        Rule::new("201", "welcome, posting is not allowed").to(&OPEN),
        Rule::new("400", "no service now").to(&CLOSED),
        Rule::new("502", "no service for you").to(&CLOSED),
    ]);
pub(in super::super) static CAPABILITIES: Verb =
    Verb::new("CAPABILITIES", "CAPABILITIES [keyword]", &terms::CAPABILITIES)
        .template("CAPABILITIES")
        .legal(ANY)
        .rules(&[Rule::new("101", "the capabilities follow")]);
static MODE_READER: Verb =
    Verb::new("MODE READER", "MODE READER", &terms::MODE_READER).legal(ANY).last().rules(&[
        Rule::new("200", "reader mode, posting is allowed"),
        Rule::new("201", "reader mode, posting is not allowed"),
        Rule::new("502", "no readers here; the server closes").to(&CLOSED),
    ]);
static MODE_STREAM: Verb = Verb::new("MODE STREAM", "MODE STREAM", &terms::MODE_STREAM)
    .legal(ANY)
    .rules(&[Rule::new("203", "streaming is allowed").sets(STREAM)]);
static HELP: Verb = Verb::new("HELP", "HELP", &terms::HELP)
    .legal(ANY)
    .rules(&[Rule::new("100", "the help text follows")]);
static DATE: Verb = Verb::new("DATE", "DATE", &terms::DATE)
    .legal(ANY)
    .rules(&[Rule::new("111", "the server's date and time")]);
static LIST: Verb = Verb::new("LIST", "LIST", &terms::LIST).legal(ANY).rules(&[LISTED]);
static LIST_ACTIVE: Verb = Verb::new("LIST ACTIVE", "LIST ACTIVE [wildmat]", &terms::LIST_ACTIVE)
    .template("LIST ACTIVE comp.*")
    .legal(ANY)
    .rules(&[LISTED]);
static LIST_ACTIVE_TIMES: Verb =
    Verb::new("LIST ACTIVE.TIMES", "LIST ACTIVE.TIMES [wildmat]", &terms::LIST_ACTIVE_TIMES)
        .template("LIST ACTIVE.TIMES")
        .legal(ANY)
        .rules(&[LISTED]);
static LIST_NEWSGROUPS: Verb =
    Verb::new("LIST NEWSGROUPS", "LIST NEWSGROUPS [wildmat]", &terms::LIST_NEWSGROUPS)
        .template("LIST NEWSGROUPS *.test,comp.*,!comp.protocols.*")
        .legal(ANY)
        .rules(&[LISTED]);
static LIST_OVERVIEW_FMT: Verb =
    Verb::new("LIST OVERVIEW.FMT", "LIST OVERVIEW.FMT", &terms::LIST_OVERVIEW_FMT)
        .legal(ANY)
        .rules(&[LISTED]);
static LIST_HEADERS: Verb =
    Verb::new("LIST HEADERS", "LIST HEADERS [MSGID|RANGE]", &terms::LIST_HEADERS)
        .template("LIST HEADERS")
        .legal(ANY)
        .rules(&[LISTED]);
static LIST_DISTRIB_PATS: Verb =
    Verb::new("LIST DISTRIB.PATS", "LIST DISTRIB.PATS", &terms::LIST_DISTRIB_PATS)
        .legal(ANY)
        .rules(&[LISTED]);
static LIST_COUNTS: Verb = Verb::new("LIST COUNTS", "LIST COUNTS [wildmat]", &terms::LIST_COUNTS)
    .template("LIST COUNTS")
    .legal(ANY)
    .rules(&[LISTED]);
static LIST_DISTRIBUTIONS: Verb =
    Verb::new("LIST DISTRIBUTIONS", "LIST DISTRIBUTIONS", &terms::LIST_DISTRIBUTIONS)
        .legal(ANY)
        .rules(&[LISTED]);
static LIST_MODERATORS: Verb =
    Verb::new("LIST MODERATORS", "LIST MODERATORS", &terms::LIST_MODERATORS)
        .legal(ANY)
        .rules(&[LISTED]);
static LIST_MOTD: Verb =
    Verb::new("LIST MOTD", "LIST MOTD", &terms::LIST_MOTD).legal(ANY).rules(&[LISTED]);
static LIST_SUBSCRIPTIONS: Verb =
    Verb::new("LIST SUBSCRIPTIONS", "LIST SUBSCRIPTIONS [wildmat]", &terms::LIST_SUBSCRIPTIONS)
        .template("LIST SUBSCRIPTIONS")
        .legal(ANY)
        .rules(&[LISTED]);
static NEWGROUPS: Verb = Verb::new("NEWGROUPS", "NEWGROUPS date time [GMT]", &terms::NEWGROUPS)
    .template("NEWGROUPS 20240101 000000 GMT")
    .legal(ANY)
    .rules(&[Rule::new("231", "the new groups follow")]);
static NEWNEWS: Verb = Verb::new("NEWNEWS", "NEWNEWS wildmat date time [GMT]", &terms::NEWNEWS)
    .template("NEWNEWS comp.* 20251217 000000 GMT")
    .legal(ANY)
    .rules(&[Rule::new("230", "the message-ids follow")]);
static GROUP: Verb = Verb::new("GROUP", "GROUP newsgroup", &terms::GROUP)
    .template("GROUP comp.lang.python")
    .legal(ANY)
    .rules(&[SELECTS, NO_SUCH_GROUP]);
pub(in super::super) static LISTGROUP: Verb =
    Verb::new("LISTGROUP", "LISTGROUP [newsgroup [range]]", &terms::LISTGROUP)
        .template("LISTGROUP misc.test")
        .legal(ANY)
        .rules(&[SELECTS, NO_SUCH_GROUP, NO_GROUP]);
static NEXT: Verb = Verb::new("NEXT", "NEXT", &terms::NEXT).legal(ANY).needs(HERE).rules(&[
    Rule::new("223", "the next article is current now"),
    NO_GROUP,
    NO_CURRENT,
    Rule::new("421", "this is the last one"),
]);
static LAST: Verb = Verb::new("LAST", "LAST", &terms::LAST).legal(ANY).needs(HERE).rules(&[
    Rule::new("223", "the article before is current now"),
    NO_GROUP,
    NO_CURRENT,
    Rule::new("422", "this is the first one"),
]);
static ARTICLE: Verb = Verb::new("ARTICLE", "ARTICLE [number|<message-id>]", &terms::ARTICLE)
    .template("ARTICLE <python.1@practice.lab>")
    .legal(ANY)
    .rules(&[Rule::new("220", "the article follows"), NO_GROUP, NO_CURRENT, NO_NUMBER, NO_ID]);
static HEAD: Verb = Verb::new("HEAD", "HEAD [number|<message-id>]", &terms::HEAD)
    .template("HEAD <python.2@practice.lab>")
    .legal(ANY)
    .rules(&[Rule::new("221", "the header follows"), NO_GROUP, NO_CURRENT, NO_NUMBER, NO_ID]);
static BODY: Verb = Verb::new("BODY", "BODY [number|<message-id>]", &terms::BODY)
    .template("BODY <misc.1@practice.lab>")
    .legal(ANY)
    .rules(&[Rule::new("222", "the body follows"), NO_GROUP, NO_CURRENT, NO_NUMBER, NO_ID]);
static STAT: Verb = Verb::new("STAT", "STAT [number|<message-id>]", &terms::STAT)
    .template("STAT <python.3@practice.lab>")
    .legal(ANY)
    .rules(&[Rule::new("223", "the article is there"), NO_GROUP, NO_CURRENT, NO_NUMBER, NO_ID]);
static OVER: Verb = Verb::new("OVER", "OVER [range|<message-id>]", &terms::OVER)
    .template("OVER <python.1@practice.lab>")
    .legal(ANY)
    .rules(&[
        Rule::new("224", "the overview follows"),
        NO_GROUP,
        NO_CURRENT,
        Rule::new("423", "no article in that range"),
        NO_ID,
    ]);
static XOVER: Verb = Verb::new("XOVER", "XOVER [range]", &terms::XOVER)
    .template("XOVER 1-")
    .legal(ANY)
    .rules(&[Rule::new("224", "the overview follows"), NO_GROUP, NONE_IN_RANGE]);
static HDR: Verb = Verb::new("HDR", "HDR field [range|<message-id>]", &terms::HDR)
    .template("HDR Subject <python.1@practice.lab>")
    .legal(ANY)
    .rules(&[
        Rule::new("225", "the fields follow"),
        NO_GROUP,
        NO_CURRENT,
        Rule::new("423", "no article in that range"),
        NO_ID,
    ]);
static XHDR: Verb = Verb::new("XHDR", "XHDR field [range|<message-id>]", &terms::XHDR)
    .template("XHDR Subject <python.1@practice.lab>")
    .legal(ANY)
    .rules(&[Rule::new("221", "the fields follow"), NO_GROUP, NONE_IN_RANGE, NO_ID]);
static XPAT: Verb = Verb::new("XPAT", "XPAT field range|<message-id> pattern…", &terms::XPAT)
    .template("XPAT Subject <python.2@practice.lab> *NNTP*")
    .legal(ANY)
    .rules(&[Rule::new("221", "the fields that match follow"), NO_GROUP, NONE_IN_RANGE, NO_ID]);
static POST: Verb = Verb::new("POST", "POST", &terms::POST).legal(ANY).last().rules(&[
    Rule::new("340", "send the article").to(&POSTING),
    Rule::new("440", "posting is not allowed"),
]);
static IHAVE: Verb = Verb::new("IHAVE", "IHAVE <message-id>", &terms::IHAVE)
    .template("IHAVE <offer.1@elsewhere.example>")
    .legal(ANY)
    .last()
    .rules(&[
        Rule::new("335", "send the article").to(&POSTING),
        Rule::new("435", "the server has it or does not want it"),
        Rule::new("436", "try again later"),
    ]);
pub(in super::super) static CONTENT: Verb = Verb::new(
    "(article)",
    "header, empty line, body",
    &terms::POSTED_ARTICLE,
)
.template(
    "From: Sam Student <student@practice.lab>\nNewsgroups: misc.test\nSubject: test\n\nHello!",
)
.legal(&[&POSTING])
.last()
.rules(&[
    Rule::new("240", "the article is posted").to(&OPEN),
    Rule::new("235", "the article is taken").to(&OPEN),
    Rule::new("441", "the article is refused").to(&OPEN),
    Rule::new("436", "try again later").to(&OPEN),
    Rule::new("437", "the article is refused, do not try again").to(&OPEN),
    SHUT,
    OVER_WITH,
]);
static CHECK: Verb = Verb::new("CHECK", "CHECK <message-id>", &terms::CHECK)
    .template("CHECK <offer.2@elsewhere.example>")
    .legal(ANY)
    .needs(STREAM)
    .rules(&[
        Rule::new("238", "send it with TAKETHIS"),
        Rule::new("431", "try again later"),
        Rule::new("438", "not wanted"),
    ]);
pub(in super::super) static TAKETHIS: Verb =
    Verb::new("TAKETHIS", "TAKETHIS <message-id>, then the article", &terms::TAKETHIS)
        .template("TAKETHIS <offer.3@elsewhere.example>\nPath: elsewhere.example!not-for-mail\nFrom: Eve <eve@elsewhere.example>\nNewsgroups: misc.test\nSubject: streamed\nDate: Mon, 05 Jan 2026 08:00:00 +0000\nMessage-ID: <offer.3@elsewhere.example>\n\nHello from elsewhere.")
        .legal(ANY)
        .needs(STREAM)
        .rules(&[
            Rule::new("239", "the article is taken"),
            Rule::new("439", "the article is refused, do not try again"),
        ]);
static AUTHINFO_USER: Verb =
    Verb::new("AUTHINFO USER", "AUTHINFO USER name", &terms::AUTHINFO_USER)
        .template("AUTHINFO USER student")
        .legal(ANY)
        .last()
        .rules(&[
            Rule::new("381", "the password is wanted").to(&NEED_PASS),
            ADMITTED,
            DENIED,
            OUT_OF_SEQUENCE,
            LOGGED_IN_ALREADY,
        ]);
pub(in super::super) static AUTHINFO_PASS: Verb =
    Verb::new("AUTHINFO PASS", "AUTHINFO PASS password", &terms::AUTHINFO_PASS)
        .template("AUTHINFO PASS lab-secret")
        .legal(&[&NEED_PASS])
        .last()
        .rules(&[ADMITTED, DENIED, OUT_OF_SEQUENCE, LOGGED_IN_ALREADY]);
static AUTHINFO_SASL: Verb =
    Verb::new("AUTHINFO SASL", "AUTHINFO SASL mechanism [initial-response]", &terms::AUTHINFO_SASL)
        .template("AUTHINFO SASL CRAM-MD5")
        .legal(ANY)
        .last()
        .rules(&[
            CHALLENGED,
            ADMITTED,
            ADMITTED_WITH_DATA,
            DENIED,
            OUT_OF_SEQUENCE,
            LOGGED_IN_ALREADY,
            Rule::new("503", "this mechanism is not there").to(&OPEN),
        ]);
pub(in super::super) static RESPONSE: Verb =
    Verb::new("(response)", "base64, = or *", &terms::SASL_RESPONSE)
        .template("*")
        .legal(&[&SASL])
        .last()
        .rules(&[
            ADMITTED,
            CHALLENGED,
            ADMITTED_WITH_DATA,
            DENIED,
            OUT_OF_SEQUENCE,
            SHUT,
            OVER_WITH,
        ]);
static STARTTLS: Verb =
    Verb::new("STARTTLS", "STARTTLS", &terms::STARTTLS).legal(ANY).last().rules(&[
        Rule::new("382", "begin the TLS handshake").to(&TLS).clears(UNSURE),
        Rule::new("502", "not allowed, or TLS is on already"),
        Rule::new("580", "TLS cannot begin"),
    ]);
/// What ends the handshake is no reply; the host reports it.
pub(in super::super) static HANDSHAKE: Verb = Verb::new("(handshake)", "", &terms::STARTTLS)
    .legal(&[&TLS])
    .last()
    .rules(&[Rule::new("tls", "encrypted from here on").to(&OPEN)]);
static COMPRESS: Verb = Verb::new("COMPRESS", "COMPRESS algorithm", &terms::COMPRESS)
    .template("COMPRESS DEFLATE")
    .legal(ANY)
    .last()
    .rules(&[
        // The lab shows what crosses the wire and does not inflate it, so for it this is the end.
        Rule::new("206", "compressed from here on").to(&CLOSED),
        Rule::new("403", "compression cannot begin"),
        Rule::new("502", "not allowed, or compression is on already"),
    ]);
static XGTITLE: Verb = Verb::new("XGTITLE", "XGTITLE [wildmat]", &terms::XGTITLE)
    .template("XGTITLE comp.*")
    .legal(ANY)
    .rules(&[Rule::new("282", "the descriptions follow"), Rule::new("481", "not available")]);
static XPATH: Verb = Verb::new("XPATH", "XPATH <message-id>", &terms::XPATH)
    .template("XPATH <python.1@practice.lab>")
    .legal(ANY)
    .rules(&[Rule::new("223", "the file names"), NO_ID]);
static XROVER: Verb = Verb::new("XROVER", "XROVER [range]", &terms::XROVER)
    .template("XROVER 1-")
    .legal(ANY)
    .rules(&[Rule::new("224", "the references follow"), NO_GROUP, NONE_IN_RANGE]);
static SLAVE: Verb =
    Verb::new("SLAVE", "SLAVE", &terms::SLAVE).legal(ANY).rules(&[Rule::new("202", "noted")]);
/// What was sent without the lab's checks and is none of the above.
pub(in super::super) static OTHER: Verb =
    Verb::new("(other)", "", &terms::OTHER).legal(ANY).rules(&[Rule::new("2xx", "done")]);
static QUIT: Verb = Verb::new("QUIT", "QUIT", &terms::QUIT)
    .legal(ANY)
    .last()
    .rules(&[Rule::new("205", "good bye").to(&CLOSED)]);

pub(super) static VERBS: &[&Verb] = &[
    &GREETING,
    &CAPABILITIES,
    &MODE_READER,
    &HELP,
    &DATE,
    &LIST,
    &LIST_ACTIVE,
    &LIST_NEWSGROUPS,
    &LIST_ACTIVE_TIMES,
    &LIST_COUNTS,
    &LIST_SUBSCRIPTIONS,
    &LIST_MOTD,
    &LIST_OVERVIEW_FMT,
    &LIST_HEADERS,
    &LIST_DISTRIB_PATS,
    &LIST_DISTRIBUTIONS,
    &LIST_MODERATORS,
    &GROUP,
    &LISTGROUP,
    &ARTICLE,
    &HEAD,
    &BODY,
    &STAT,
    &NEXT,
    &LAST,
    &OVER,
    &HDR,
    &XOVER,
    &XHDR,
    &XPAT,
    &NEWGROUPS,
    &NEWNEWS,
    &POST,
    &CONTENT,
    &AUTHINFO_USER,
    &AUTHINFO_PASS,
    &AUTHINFO_SASL,
    &RESPONSE,
    &IHAVE,
    &MODE_STREAM,
    &CHECK,
    &TAKETHIS,
    &STARTTLS,
    &HANDSHAKE,
    &COMPRESS,
    &XGTITLE,
    &XPATH,
    &XROVER,
    &SLAVE,
    &OTHER,
    &QUIT,
];

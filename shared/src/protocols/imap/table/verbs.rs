//! The commands of IMAP, in the order of a session.

use super::*;
use crate::protocols::imap::terms;
use crate::table::{Rule, Verb};

const ANY: &[&State] = &[&NONAUTH, &AUTH, &SELECTED];
const INSIDE: &[&State] = &[&AUTH, &SELECTED];
const NO: Rule = Rule::new("NO", "refused");
const BAD: Rule = Rule::new("BAD", "wrong syntax, or not now");

pub(in super::super) static GREETING: Verb =
    Verb::new("(greeting)", "", &terms::GREETING).legal(&[&GREET]).last().rules(&[
        Rule::new("OK", "welcome").to(&NONAUTH),
        Rule::new("PREAUTH", "welcome; you are known already").to(&AUTH),
        Rule::new("BYE", "no service").to(&CLOSED),
    ]);
pub(in super::super) static CAPABILITY: Verb =
    Verb::new("CAPABILITY", "CAPABILITY", &terms::CAPABILITY).legal(ANY).rules(&[
        Rule::new("OK", "the list has come"),
        NO,
        BAD,
    ]);
pub(in super::super) static NOOP: Verb =
    Verb::new("NOOP", "NOOP", &terms::NOOP).legal(ANY).rules(&[Rule::new("OK", "done"), NO, BAD]);
pub(in super::super) static LOGOUT: Verb = Verb::new("LOGOUT", "LOGOUT", &terms::LOGOUT)
    .legal(ANY)
    .last()
    .rules(&[Rule::new("OK", "good bye").to(&CLOSED), BAD]);
pub(in super::super) static ID: Verb =
    Verb::new("ID", "ID NIL or (name value \u{2026})", &terms::ID)
        .template("ID (\"name\" \"Wirelab\")")
        .legal(ANY)
        .needs(&[&CAN_ID])
        .rules(&[Rule::new("OK", "the server has said who it is"), NO, BAD]);
pub(in super::super) static STARTTLS: Verb = Verb::new("STARTTLS", "STARTTLS", &terms::STARTTLS)
    .legal(&[&NONAUTH])
    .needs(&[&CAN_STARTTLS])
    .last()
    .rules(&[Rule::new("OK", "begin the TLS handshake").to(&TLS), NO, BAD]);
/// What ends the handshake is no reply; the host reports it.
pub(in super::super) static HANDSHAKE: Verb = Verb::new("(handshake)", "", &terms::STARTTLS)
    .legal(&[&TLS])
    .last()
    .rules(&[Rule::new("tls", "encrypted from here on").to(&NONAUTH)]);
pub(in super::super) static AUTHENTICATE: Verb =
    Verb::new("AUTHENTICATE", "AUTHENTICATE mechanism [initial response]", &terms::AUTHENTICATE)
        .template("AUTHENTICATE PLAIN")
        .legal(&[&NONAUTH])
        .last()
        .rules(&[
            Rule::new("+", "send the response").to(&SASL),
            Rule::new("OK", "you are known").to(&AUTH),
            NO,
            BAD,
        ]);
pub(in super::super) static RESPONSE: Verb =
    Verb::new("(response)", "base64 or *", &terms::SASL_RESPONSE)
        .template("*")
        .legal(&[&SASL])
        .last()
        .rules(&[
            Rule::new("OK", "you are known").to(&AUTH),
            Rule::new("+", "one more response"),
            Rule::new("NO", "denied").to(&NONAUTH),
            Rule::new("BAD", "given up, or malformed").to(&NONAUTH),
        ]);
pub(in super::super) static LOGIN: Verb = Verb::new("LOGIN", "LOGIN user password", &terms::LOGIN)
    .template("LOGIN student lab-secret")
    .legal(&[&NONAUTH])
    .rules(&[Rule::new("OK", "you are known").to(&AUTH), NO, BAD]);
pub(in super::super) static ENABLE: Verb =
    Verb::new("ENABLE", "ENABLE capability \u{2026}", &terms::ENABLE)
        .template("ENABLE IMAP4rev2")
        .legal(&[&AUTH])
        .needs(&[&CAN_ENABLE])
        .rules(&[Rule::new("OK", "what is new is listed"), NO, BAD]);
pub(in super::super) static UNAUTHENTICATE: Verb =
    Verb::new("UNAUTHENTICATE", "UNAUTHENTICATE", &terms::UNAUTHENTICATE)
        .legal(INSIDE)
        .needs(&[&CAN_UNAUTHENTICATE])
        .last()
        .rules(&[Rule::new("OK", "you are unknown again").to(&NONAUTH), NO, BAD]);
/// The lab shows what crosses the wire and does not inflate it, so for it this is the end.
pub(in super::super) static COMPRESS: Verb =
    Verb::new("COMPRESS", "COMPRESS DEFLATE", &terms::COMPRESS)
        .template("COMPRESS DEFLATE")
        .legal(INSIDE)
        .needs(&[&CAN_COMPRESS])
        .last()
        .rules(&[Rule::new("OK", "compressed from here on").to(&CLOSED), NO, BAD]);
pub(in super::super) static SELECT: Verb = Verb::new("SELECT", "SELECT mailbox", &terms::SELECT)
    .template("SELECT INBOX")
    .legal(INSIDE)
    .rules(&[
        Rule::new("OK", "it is open").to(&SELECTED),
        Rule::new("NO", "it is not there, and the one before is closed").to(&AUTH),
        BAD,
    ]);
pub(in super::super) static EXAMINE: Verb =
    Verb::new("EXAMINE", "EXAMINE mailbox", &terms::EXAMINE)
        .template("EXAMINE INBOX")
        .legal(INSIDE)
        .rules(&[
            Rule::new("OK", "it is open for reading").to(&SELECTED),
            Rule::new("NO", "it is not there, and the one before is closed").to(&AUTH),
            BAD,
        ]);
pub(in super::super) static CREATE: Verb = Verb::new("CREATE", "CREATE mailbox", &terms::CREATE)
    .template("CREATE Notes")
    .legal(INSIDE)
    .rules(&[Rule::new("OK", "it is there"), NO, BAD]);
pub(in super::super) static DELETE: Verb = Verb::new("DELETE", "DELETE mailbox", &terms::DELETE)
    .template("DELETE Notes")
    .legal(INSIDE)
    .rules(&[Rule::new("OK", "it is gone"), NO, BAD]);
pub(in super::super) static RENAME: Verb = Verb::new("RENAME", "RENAME from to", &terms::RENAME)
    .template("RENAME Drafts Sketches")
    .legal(INSIDE)
    .rules(&[Rule::new("OK", "renamed"), NO, BAD]);
pub(in super::super) static SUBSCRIBE: Verb =
    Verb::new("SUBSCRIBE", "SUBSCRIBE mailbox", &terms::SUBSCRIBE)
        .template("SUBSCRIBE Archive/2025")
        .legal(INSIDE)
        .rules(&[Rule::new("OK", "subscribed"), NO, BAD]);
pub(in super::super) static UNSUBSCRIBE: Verb =
    Verb::new("UNSUBSCRIBE", "UNSUBSCRIBE mailbox", &terms::UNSUBSCRIBE)
        .template("UNSUBSCRIBE Trash")
        .legal(INSIDE)
        .rules(&[Rule::new("OK", "no longer subscribed"), NO, BAD]);
pub(in super::super) static LIST: Verb = Verb::new("LIST", "LIST reference pattern", &terms::LIST)
    .template("LIST \"\" *")
    .legal(INSIDE)
    .rules(&[Rule::new("OK", "that were all"), NO, BAD]);
pub(in super::super) static LSUB: Verb = Verb::new("LSUB", "LSUB reference pattern", &terms::LSUB)
    .template("LSUB \"\" *")
    .legal(INSIDE)
    .rules(&[Rule::new("OK", "that were all"), NO, BAD]);
pub(in super::super) static NAMESPACE: Verb =
    Verb::new("NAMESPACE", "NAMESPACE", &terms::NAMESPACE)
        .legal(INSIDE)
        .needs(&[&CAN_NAMESPACE])
        .rules(&[Rule::new("OK", "the prefixes are told"), NO, BAD]);
pub(in super::super) static STATUS: Verb =
    Verb::new("STATUS", "STATUS mailbox (items)", &terms::STATUS)
        .template("STATUS Drafts (MESSAGES UNSEEN)")
        .legal(INSIDE)
        .rules(&[Rule::new("OK", "the numbers have come"), NO, BAD]);
pub(in super::super) static APPEND: Verb =
    Verb::new("APPEND", "APPEND mailbox [(flags)] [\"date\"], new line, message", &terms::APPEND)
        .template("APPEND Drafts (\\Draft)\nSubject: A note\n\nHello from the lab.\n")
        .legal(INSIDE)
        .rules(&[
            Rule::new("held", "the message is wanted first").to(&MESSAGE),
            Rule::new("OK", "it is filed"),
            NO,
            BAD,
        ]);
pub(in super::super) static APPENDED: Verb =
    Verb::new("(message)", "the message", &terms::APPENDED)
        .template("Subject: A note\n\nHello from the lab.\n")
        .legal(&[&MESSAGE])
        .rules(&[
            Rule::new("sent", "it is on its way").to(&SELECTED).goes_on(),
            Rule::new("OK", "it is filed"),
            NO,
            BAD,
        ]);
/// As [`APPENDED`], where the session goes back to the state without a mailbox.
pub(in super::super) static APPENDED_AUTH: Verb =
    Verb::new("(message, nothing selected)", "", &terms::APPENDED).legal(&[&MESSAGE]).rules(&[
        Rule::new("sent", "it is on its way").to(&AUTH).goes_on(),
        Rule::new("OK", "it is filed"),
        NO,
        BAD,
    ]);
pub(in super::super) static IDLE: Verb = Verb::new("IDLE", "IDLE", &terms::IDLE)
    .legal(INSIDE)
    .needs(&[&CAN_IDLE])
    .last()
    .rules(&[Rule::new("+", "the server tells what changes").to(&IDLING), NO, BAD]);
pub(in super::super) static DONE: Verb =
    Verb::new("DONE", "DONE", &terms::DONE).legal(&[&IDLING]).rules(&[
        Rule::new("OK", "commands again").to(&SELECTED),
        Rule::new("NO", "commands again").to(&SELECTED),
        Rule::new("BAD", "commands again").to(&SELECTED),
    ]);
/// As [`DONE`], where no mailbox was selected before.
pub(in super::super) static DONE_AUTH: Verb =
    Verb::new("(done, nothing selected)", "", &terms::DONE).legal(&[&IDLING]).rules(&[
        Rule::new("OK", "commands again").to(&AUTH),
        Rule::new("NO", "commands again").to(&AUTH),
        Rule::new("BAD", "commands again").to(&AUTH),
    ]);
pub(in super::super) static GETQUOTA: Verb =
    Verb::new("GETQUOTA", "GETQUOTA root", &terms::GETQUOTA)
        .template("GETQUOTA \"\"")
        .legal(INSIDE)
        .needs(&[&CAN_QUOTA])
        .rules(&[Rule::new("OK", "told"), NO, BAD]);
pub(in super::super) static GETQUOTAROOT: Verb =
    Verb::new("GETQUOTAROOT", "GETQUOTAROOT mailbox", &terms::GETQUOTAROOT)
        .template("GETQUOTAROOT INBOX")
        .legal(INSIDE)
        .needs(&[&CAN_QUOTA])
        .rules(&[Rule::new("OK", "told"), NO, BAD]);
pub(in super::super) static SETQUOTA: Verb =
    Verb::new("SETQUOTA", "SETQUOTA root (resource limit \u{2026})", &terms::SETQUOTA)
        .template("SETQUOTA \"\" (STORAGE 512)")
        .legal(INSIDE)
        .needs(&[&CAN_QUOTA])
        .rules(&[Rule::new("OK", "set"), NO, BAD]);
pub(in super::super) static GETACL: Verb = Verb::new("GETACL", "GETACL mailbox", &terms::GETACL)
    .template("GETACL INBOX")
    .legal(INSIDE)
    .needs(&[&CAN_ACL])
    .rules(&[Rule::new("OK", "told"), NO, BAD]);
pub(in super::super) static SETACL: Verb =
    Verb::new("SETACL", "SETACL mailbox who rights", &terms::SETACL)
        .template("SETACL INBOX alice +lr")
        .legal(INSIDE)
        .needs(&[&CAN_ACL])
        .rules(&[Rule::new("OK", "set"), NO, BAD]);
pub(in super::super) static DELETEACL: Verb =
    Verb::new("DELETEACL", "DELETEACL mailbox who", &terms::DELETEACL)
        .template("DELETEACL INBOX alice")
        .legal(INSIDE)
        .needs(&[&CAN_ACL])
        .rules(&[Rule::new("OK", "removed"), NO, BAD]);
pub(in super::super) static LISTRIGHTS: Verb =
    Verb::new("LISTRIGHTS", "LISTRIGHTS mailbox who", &terms::LISTRIGHTS)
        .template("LISTRIGHTS INBOX alice")
        .legal(INSIDE)
        .needs(&[&CAN_ACL])
        .rules(&[Rule::new("OK", "told"), NO, BAD]);
pub(in super::super) static MYRIGHTS: Verb =
    Verb::new("MYRIGHTS", "MYRIGHTS mailbox", &terms::MYRIGHTS)
        .template("MYRIGHTS INBOX")
        .legal(INSIDE)
        .needs(&[&CAN_ACL])
        .rules(&[Rule::new("OK", "told"), NO, BAD]);
pub(in super::super) static GETMETADATA: Verb =
    Verb::new("GETMETADATA", "GETMETADATA mailbox entries", &terms::GETMETADATA)
        .template("GETMETADATA INBOX /shared/comment")
        .legal(INSIDE)
        .needs(&[&CAN_METADATA])
        .rules(&[Rule::new("OK", "told"), NO, BAD]);
pub(in super::super) static SETMETADATA: Verb =
    Verb::new("SETMETADATA", "SETMETADATA mailbox (entry value \u{2026})", &terms::SETMETADATA)
        .template("SETMETADATA INBOX (/private/comment \"mine\")")
        .legal(INSIDE)
        .needs(&[&CAN_METADATA])
        .rules(&[Rule::new("OK", "set"), NO, BAD]);
pub(in super::super) static NOTIFY: Verb =
    Verb::new("NOTIFY", "NOTIFY NONE or SET (events) \u{2026}", &terms::NOTIFY)
        .template("NOTIFY NONE")
        .legal(INSIDE)
        .needs(&[&CAN_NOTIFY])
        .rules(&[Rule::new("OK", "agreed"), NO, BAD]);
pub(in super::super) static CHECK: Verb = Verb::new("CHECK", "CHECK", &terms::CHECK)
    .legal(&[&SELECTED])
    .rules(&[Rule::new("OK", "done"), NO, BAD]);
pub(in super::super) static CLOSE: Verb = Verb::new("CLOSE", "CLOSE", &terms::CLOSE)
    .legal(&[&SELECTED])
    .rules(&[Rule::new("OK", "closed; deleted messages are gone").to(&AUTH), NO, BAD]);
pub(in super::super) static UNSELECT: Verb = Verb::new("UNSELECT", "UNSELECT", &terms::UNSELECT)
    .legal(&[&SELECTED])
    .needs(&[&CAN_UNSELECT])
    .rules(&[Rule::new("OK", "closed; nothing was removed").to(&AUTH), NO, BAD]);
pub(in super::super) static EXPUNGE: Verb = Verb::new("EXPUNGE", "EXPUNGE", &terms::EXPUNGE)
    .legal(&[&SELECTED])
    .rules(&[Rule::new("OK", "deleted messages are gone"), NO, BAD]);
pub(in super::super) static SEARCH: Verb =
    Verb::new("SEARCH", "SEARCH [RETURN (options)] [CHARSET name] keys", &terms::SEARCH)
        .template("SEARCH UNSEEN")
        .legal(&[&SELECTED])
        .rules(&[Rule::new("OK", "the numbers have come"), NO, BAD]);
pub(in super::super) static SORT: Verb =
    Verb::new("SORT", "SORT (order) charset keys", &terms::SORT)
        .template("SORT (REVERSE DATE) UTF-8 ALL")
        .legal(&[&SELECTED])
        .needs(&[&CAN_SORT])
        .rules(&[Rule::new("OK", "the numbers have come"), NO, BAD]);
pub(in super::super) static THREAD: Verb =
    Verb::new("THREAD", "THREAD algorithm charset keys", &terms::THREAD)
        .template("THREAD ORDEREDSUBJECT UTF-8 ALL")
        .legal(&[&SELECTED])
        .needs(&[&CAN_THREAD])
        .rules(&[Rule::new("OK", "the numbers have come"), NO, BAD]);
pub(in super::super) static FETCH: Verb = Verb::new("FETCH", "FETCH set items", &terms::FETCH)
    .template("FETCH 1:2 (FLAGS ENVELOPE)")
    .legal(&[&SELECTED])
    .rules(&[Rule::new("OK", "that was all"), NO, BAD]);
/// A literal that is too large to be shown within its response. Where it ends, the session is where
/// it was before.
pub(in super::super) static CONTENT: Verb =
    Verb::new("(content)", "", &terms::LITERAL).legal(&[&SELECTED, &READING]).rules(&[
        Rule::new("begun", "the content follows").to(&READING),
        Rule::new("complete", "the response goes on").to(&SELECTED),
    ]);
pub(in super::super) static STORE: Verb =
    Verb::new("STORE", "STORE set [+|-]FLAGS[.SILENT] (flags)", &terms::STORE)
        .template("STORE 1 +FLAGS (\\Flagged)")
        .legal(&[&SELECTED])
        .rules(&[Rule::new("OK", "changed"), NO, BAD]);
pub(in super::super) static COPY: Verb = Verb::new("COPY", "COPY set mailbox", &terms::COPY)
    .template("COPY 1 Archive")
    .legal(&[&SELECTED])
    .rules(&[Rule::new("OK", "copied"), NO, BAD]);
pub(in super::super) static MOVE: Verb = Verb::new("MOVE", "MOVE set mailbox", &terms::MOVE)
    .template("MOVE 1 Archive")
    .legal(&[&SELECTED])
    .needs(&[&CAN_MOVE])
    .rules(&[Rule::new("OK", "moved"), NO, BAD]);
pub(in super::super) static UID_FETCH: Verb =
    Verb::new("UID FETCH", "UID FETCH set items", &terms::UID)
        .template("UID FETCH 1:* FLAGS")
        .legal(&[&SELECTED])
        .rules(&[Rule::new("OK", "that was all"), NO, BAD]);
pub(in super::super) static UID_STORE: Verb =
    Verb::new("UID STORE", "UID STORE set [+|-]FLAGS[.SILENT] (flags)", &terms::UID)
        .template("UID STORE 1 -FLAGS (\\Flagged)")
        .legal(&[&SELECTED])
        .rules(&[Rule::new("OK", "changed"), NO, BAD]);
pub(in super::super) static UID_SEARCH: Verb =
    Verb::new("UID SEARCH", "UID SEARCH [RETURN (options)] [CHARSET name] keys", &terms::UID)
        .template("UID SEARCH FLAGGED")
        .legal(&[&SELECTED])
        .rules(&[Rule::new("OK", "the UIDs have come"), NO, BAD]);
pub(in super::super) static UID_SORT: Verb =
    Verb::new("UID SORT", "UID SORT (order) charset keys", &terms::UID)
        .template("UID SORT (SUBJECT) UTF-8 ALL")
        .legal(&[&SELECTED])
        .needs(&[&CAN_SORT])
        .rules(&[Rule::new("OK", "the UIDs have come"), NO, BAD]);
pub(in super::super) static UID_THREAD: Verb =
    Verb::new("UID THREAD", "UID THREAD algorithm charset keys", &terms::UID)
        .template("UID THREAD ORDEREDSUBJECT UTF-8 ALL")
        .legal(&[&SELECTED])
        .needs(&[&CAN_THREAD])
        .rules(&[Rule::new("OK", "the UIDs have come"), NO, BAD]);
pub(in super::super) static UID_COPY: Verb =
    Verb::new("UID COPY", "UID COPY set mailbox", &terms::UID)
        .template("UID COPY 1 Archive")
        .legal(&[&SELECTED])
        .rules(&[Rule::new("OK", "copied"), NO, BAD]);
pub(in super::super) static UID_MOVE: Verb =
    Verb::new("UID MOVE", "UID MOVE set mailbox", &terms::UID)
        .template("UID MOVE 1 Archive")
        .legal(&[&SELECTED])
        .needs(&[&CAN_MOVE])
        .rules(&[Rule::new("OK", "moved"), NO, BAD]);
pub(in super::super) static UID_EXPUNGE: Verb =
    Verb::new("UID EXPUNGE", "UID EXPUNGE set", &terms::UID)
        .template("UID EXPUNGE 1")
        .legal(&[&SELECTED])
        .needs(&[&CAN_UIDPLUS])
        .rules(&[Rule::new("OK", "the deleted ones among them are gone"), NO, BAD]);

//! The methods, in the order of a session.

use super::{authenticate, message, play, said};
use crate::python::literal::{bytes, text};
use crate::python::{Action, Param};

const MESSAGE: &str = "From: Sam Student <student@practice.lab>\nSubject: Filed by Python\n\n\
                       Nobody has sent this message. It was put into a mailbox.\n";
const USER: Param = Param::text("user", "student");
const PASSWORD: Param = Param::secret("password", "lab-secret");
const MAILBOX: Param = Param::text("mailbox", "Archive");
const INBOX: Param = Param::text("mailbox", "INBOX");
const SET: Param = Param::text("message_set", "1");
const CHARSET: Param = Param::text("charset", "UTF-8");
const ALL: Param = Param::text("search_criteria", "ALL");
const WHO: Param = Param::text("who", "alice");
const NAMES: &[Param] = &[Param::text("directory", ""), Param::text("pattern", "")];

/// A mailbox is open.
const OPEN: &[&str] = &["capabilities", "login", "select"];
const BEFORE_LOGIN: &[&str] = &["capabilities"];

/// Its name, twice: a step does not know it.
macro_rules! method {
    ($name:literal, $about:literal, $params:expr) => {
        Action::new($name, $about, $params, |step| play(step, $name))
    };
}

pub(super) const ACTIONS: &[Action] = &[
    method!("login", "Says who you are.", &[USER, PASSWORD]).lecture().after(BEFORE_LOGIN),
    method!(
        "select",
        "Opens a mailbox, the INBOX if none is named; with True behind it for reading only. Gives the number of messages.",
        &[Param::text("mailbox", ""), Param::plain("readonly", "")]
    )
    .lecture()
    .call(|args| {
        let mailbox = if args[0].is_empty() { "INBOX" } else { &args[0] };
        match (args[0].as_str(), args[1].as_str()) {
            ("", "") => "imap.select()".into(),
            (_, "") => format!("imap.select({})", text(mailbox)),
            (_, readonly) => format!("imap.select({}, readonly={readonly})", text(mailbox)),
        }
    }),
    method!("list", "Lists the mailboxes, or those below a directory that a pattern fits.", NAMES)
        .lecture()
        .call(|args| names("list", args)),
    method!(
        "search",
        "Looks for messages: charset or none, then what they must have. Gives their numbers.",
        &[
            Param::text("charset", ""),
            Param::text("criterion", "UNSEEN"),
            Param::text("criterion2", ""),
            Param::text("criterion3", "")
        ]
    )
    .lecture()
    .after(OPEN)
    .call(|args| {
        let charset = none_or_text(&args[0]);
        format!("imap.search({charset}, {})", given(&args[1..]))
    })
    // Python 2 puts an argument with a space into quotes.
    .python2(|args| {
        let charset = none_or_text(&args[0]);
        let apart: Vec<String> = args[1..].iter().flat_map(|arg| words(arg)).collect();
        format!("imap.search({charset}, {})", given(&apart))
    }),
    method!(
        "fetch",
        "Fetches parts of messages. A part that came as a literal stands beside its head.",
        &[
            Param::text("message_set", "1"),
            Param::text("message_parts", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        ]
    )
    .lecture()
    .after(OPEN),
    method!(
        "store",
        "Changes flags: +FLAGS adds, -FLAGS takes away, FLAGS replaces.",
        &[SET, Param::text("command", "+FLAGS"), Param::text("flags", "\\Flagged")]
    )
    .lecture()
    .after(OPEN),
    method!(
        "append",
        "Puts a message into a mailbox. A date is written as \"05-Jan-2026 09:00:00 +0000\", with its quotes.",
        &[
            Param::text("mailbox", "Drafts"),
            Param::text("flags", "\\Draft"),
            Param::text("date_time", ""),
            Param::lines("message", MESSAGE)
        ]
    )
    .lecture()
    .call(|args| {
        let given = args[..3].iter().map(|arg| none_or_text(arg));
        let given: Vec<String> = given.collect();
        format!("imap.append({}, {})", given.join(", "), message(&args[3]))
    }),
    method!(
        "copy",
        "Copies messages into another mailbox.",
        &[SET, Param::text("new_mailbox", "Archive")]
    )
    .lecture()
    .after(OPEN),
    method!("expunge", "Removes what is marked as deleted. Gives the numbers.", &[])
        .lecture()
        .after(OPEN),
    method!("logout", "Ends the session. Gives what the server says at its end.", &[]).lecture(),
    method!(
        "capabilities",
        "What the server can do, an attribute. Python asks when it makes the object; the lab asks when it is first needed.",
        &[]
    )
    .after(&[])
    .call(|_| "imap.capabilities".into()),
    method!("capability", "Asks what the server can do.", &[]).after(BEFORE_LOGIN),
    method!(
        "authenticate",
        "Logs in by a mechanism, PLAIN or LOGIN. What the callable gives goes out in base64.",
        &[Param::text("mechanism", "PLAIN"), USER, PASSWORD]
    )
    .after(BEFORE_LOGIN)
    .call(|args| {
        let said = said(&args[0], &args[1], &args[2]);
        let said: Vec<String> = said.iter().map(|said| bytes(said.as_bytes())).collect();
        authenticate(&args[0], &said)
    }),
    method!(
        "login_cram_md5",
        "Logs in with a keyed digest in place of the password.",
        &[USER, PASSWORD]
    )
    .after(BEFORE_LOGIN),
    method!("starttls", "Asks for TLS, where the server offers it.", &[])
        .after(BEFORE_LOGIN)
        .python2(|_| String::new()),
    method!(
        "uid",
        "A command with UIDs in place of numbers: FETCH, STORE, SEARCH, COPY, MOVE, EXPUNGE, SORT, THREAD.",
        &[
            Param::text("command", "FETCH"),
            Param::text("arg", "1:*"),
            Param::text("arg2", "(FLAGS)"),
            Param::text("arg3", "")
        ]
    )
    .after(OPEN)
    .call(|args| format!("imap.uid({})", given(args))),
    method!(
        "status",
        "Numbers of a mailbox that need not be open.",
        &[INBOX, Param::text("names", "(MESSAGES UNSEEN)")]
    ),
    method!("lsub", "Lists the mailboxes that are subscribed.", NAMES)
        .call(|args| names("lsub", args)),
    method!("create", "Makes a mailbox.", &[Param::text("mailbox", "Notes")]),
    method!("delete", "Removes a mailbox.", &[Param::text("mailbox", "Drafts")]),
    method!(
        "rename",
        "Gives a mailbox another name.",
        &[Param::text("oldmailbox", "Drafts"), Param::text("newmailbox", "Sketches")]
    ),
    method!("subscribe", "Puts a mailbox onto the list of lsub().", &[MAILBOX]),
    method!("unsubscribe", "Takes a mailbox off the list of lsub().", &[MAILBOX]),
    method!("namespace", "Asks where whose mailboxes are.", &[]),
    method!("check", "Asks the server to put its house in order.", &[]).after(OPEN),
    method!("noop", "Does nothing; the server tells what is new.", &[]),
    method!(
        "recent",
        "How many messages are recent. Asks with NOOP if the server has not told yet.",
        &[]
    )
    .after(OPEN),
    method!(
        "response",
        "What the server has told under a name, and forgets it. Sends nothing.",
        &[Param::text("code", "UIDVALIDITY")]
    )
    .after(OPEN),
    method!(
        "sort",
        "Looks for messages, and gives their numbers in an order.",
        &[Param::text("sort_criteria", "REVERSE DATE"), CHARSET, ALL]
    )
    .after(OPEN),
    method!(
        "thread",
        "Looks for messages, and gives them as conversations.",
        &[Param::text("threading_algorithm", "ORDEREDSUBJECT"), CHARSET, ALL]
    )
    .after(OPEN),
    method!("close", "Removes what is marked as deleted, and closes the mailbox.", &[]).after(OPEN),
    method!("unselect", "Closes the mailbox, and removes nothing.", &[])
        .after(OPEN)
        .python2(|_| "(imap.xatom('UNSELECT'), setattr(imap, 'state', 'AUTH'))[0]".into()),
    method!(
        "enable",
        "Asks for an extension that changes how both sides speak.",
        &[Param::text("capability", "IMAP4rev2")]
    )
    .python2(|args| format!("imap.xatom('ENABLE', {})", text(&args[0]))),
    method!(
        "xatom",
        "Any command. Gives the text of the reply only.",
        &[
            Param::text("name", "ID"),
            Param::text("arg", "(\"name\" \"Wirelab\")"),
            Param::text("arg2", ""),
            Param::text("arg3", "")
        ]
    )
    .call(|args| format!("imap.xatom({})", given(args))),
    method!("getquotaroot", "How full a mailbox may get, and is.", &[INBOX]),
    method!("getquota", "The limits of one quota root.", &[Param::text("root", "\"\"")]),
    method!(
        "setquota",
        "Changes the limits of a quota root.",
        &[Param::text("root", "\"\""), Param::text("limits", "(STORAGE 512)")]
    ),
    method!("getacl", "Who may do what in a mailbox.", &[INBOX]),
    method!(
        "setacl",
        "Lets somebody do something in a mailbox.",
        &[INBOX, WHO, Param::text("what", "lr")]
    ),
    method!("deleteacl", "Takes somebody's rights in a mailbox away.", &[INBOX, WHO]),
    method!("myrights", "What you may do in a mailbox.", &[INBOX]),
    method!(
        "getannotation",
        "Notes about a mailbox, by a command that never became a standard.",
        &[INBOX, Param::text("entry", "\"/comment\""), Param::text("attribute", "\"value.priv\"")]
    ),
    method!(
        "setannotation",
        "Writes such a note.",
        &[
            INBOX,
            Param::text("entry", "\"/comment\""),
            Param::text("attribute", "(\"value.priv\" \"mine\")")
        ]
    ),
    method!(
        "partial",
        "Fetches a part of a part, by a command that IMAP4rev1 no longer has.",
        &[
            Param::text("message_num", "1"),
            Param::text("message_part", "RFC822"),
            Param::text("start", "1"),
            Param::text("length", "20")
        ]
    )
    .after(OPEN),
    method!("proxyauth", "Lets an administrator act for somebody, on some servers.", &[WHO]),
    Action::new("shutdown", "Drops the connection without LOGOUT.", &[], |_| {
        crate::python::Next::Close
    }),
];

/// list() and lsub(). Python takes `""` and `*` for what is left out.
fn names(method: &str, args: &[String]) -> String {
    match (args[0].as_str(), args[1].as_str()) {
        ("", "") => format!("imap.{method}()"),
        (directory, "") => format!("imap.{method}({})", text(directory)),
        ("", pattern) => format!("imap.{method}('\"\"', {})", text(pattern)),
        (directory, pattern) => format!("imap.{method}({}, {})", text(directory), text(pattern)),
    }
}

/// Those up to the last one that is not empty.
fn given(args: &[String]) -> String {
    let given = args.iter().rposition(|arg| !arg.is_empty()).map_or(0, |last| last + 1);
    let given: Vec<String> = args[..given].iter().map(|arg| text(arg)).collect();
    given.join(", ")
}

/// Cut at spaces, but not within quotes or parentheses.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let (mut depth, mut quoted) = (0, false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            ' ' if !quoted && depth == 0 => {
                words.push(String::new());
                continue;
            }
            _ => {}
        }
        words.last_mut().expect("there is always one").push(c);
    }
    words
}

fn none_or_text(arg: &str) -> String {
    if arg.is_empty() { "None".into() } else { text(arg) }
}

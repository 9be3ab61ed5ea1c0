//! What is legal in IMAP, and what each reply does.

mod verbs;

use crate::table::{Flag, Rule, State, Table, Takes};

pub(super) use verbs::*;

pub(super) static GREET: State = State {
    id: "greet",
    title: "waiting for the greeting",
    text: "The server speaks first.",
    takes: Takes::Nothing,
};
pub(super) static NONAUTH: State = State {
    id: "not-authenticated",
    title: "not authenticated",
    text: "The server does not know yet whose mail to show.",
    takes: Takes::Commands,
};
pub(super) static SASL: State = State {
    id: "sasl",
    title: "SASL exchange",
    text: "The server has sent a challenge and waits for the response.",
    takes: Takes::Commands,
};
pub(super) static TLS: State = State {
    id: "tls",
    title: "TLS handshake",
    text: "Both sides agree on keys; nothing else may be sent.",
    takes: Takes::Nothing,
};
pub(super) static AUTH: State = State {
    id: "authenticated",
    title: "authenticated",
    text: "The server knows you; no mailbox is selected.",
    takes: Takes::Commands,
};
pub(super) static SELECTED: State = State {
    id: "selected",
    title: "selected",
    text: "A mailbox is open. Its messages have numbers, and the server tells when they change.",
    takes: Takes::Commands,
};
pub(super) static MESSAGE: State = State {
    id: "message",
    title: "message wanted",
    text: "APPEND sends the size first, so the lab needs the whole message before it can begin.",
    takes: Takes::Content,
};
pub(super) static IDLING: State = State {
    id: "idle",
    title: "idle",
    text: "The server tells at once what changes. Only DONE may be sent, and it has no tag.",
    takes: Takes::Commands,
};
pub(super) static READING: State = State {
    id: "reading",
    title: "reading content",
    text: "A large literal is on its way; the response goes on behind it.",
    takes: Takes::Nothing,
};
pub(super) static CLOSED: State =
    State { id: "closed", title: "closed", text: "The session is over.", takes: Takes::Nothing };

/// The literal of the command before is not sent yet.
pub(super) static LITERAL: Flag = Flag {
    id: "literal",
    title: "the end of the command before it",
    text: "Its literal waits for the server's +; nothing may be sent in between (RFC 3501 section 4.3).",
};

/// Flags that the server's list of capabilities sets.
macro_rules! capabilities {
    ($( $name:ident = $id:literal, $word:literal, $rfc:literal; )*) => {
        $( pub(super) static $name: Flag = Flag {
            id: $id,
            title: concat!("the capability ", $word),
            text: concat!("Ask with CAPABILITY whether the server has it (RFC ", $rfc, ")."),
        }; )*
        /// Capabilities by their words.
        pub(super) const CAPABILITIES: &[(&str, &Flag)] = &[ $( ($word, &$name) ),* ];
    };
}

capabilities! {
    CAN_IDLE = "idle-capability", "IDLE", "2177";
    CAN_NAMESPACE = "namespace", "NAMESPACE", "2342";
    CAN_ID = "id", "ID", "2971";
    CAN_ENABLE = "enable", "ENABLE", "5161";
    CAN_UNSELECT = "unselect", "UNSELECT", "3691";
    CAN_MOVE = "move", "MOVE", "6851";
    CAN_UIDPLUS = "uidplus", "UIDPLUS", "4315";
    CAN_ESEARCH = "esearch", "ESEARCH", "4731";
    CAN_LIST_EXTENDED = "list-extended", "LIST-EXTENDED", "5258";
    CAN_LITERAL_PLUS = "literal-plus", "LITERAL+", "7888";
    CAN_LITERAL_MINUS = "literal-minus", "LITERAL-", "7888";
    CAN_SASL_IR = "sasl-ir", "SASL-IR", "4959";
    CAN_SORT = "sort", "SORT", "5256";
    CAN_THREAD = "thread", "THREAD", "5256";
    CAN_QUOTA = "quota", "QUOTA", "9208";
    CAN_ACL = "acl", "ACL", "4314";
    CAN_METADATA = "metadata", "METADATA", "5464";
    CAN_NOTIFY = "notify", "NOTIFY", "5465";
    CAN_COMPRESS = "compress", "COMPRESS=DEFLATE", "4978";
    CAN_UNAUTHENTICATE = "unauthenticate", "UNAUTHENTICATE", "8437";
    CAN_CONDSTORE = "condstore", "CONDSTORE", "7162";
    CAN_STARTTLS = "starttls", "STARTTLS", "3501";
}

/// What IMAP4rev2 has built in (RFC 9051 appendix E).
pub(super) const REV2: &[&Flag] = &[
    &CAN_IDLE,
    &CAN_NAMESPACE,
    &CAN_ENABLE,
    &CAN_UNSELECT,
    &CAN_MOVE,
    &CAN_UIDPLUS,
    &CAN_ESEARCH,
    &CAN_LIST_EXTENDED,
    &CAN_LITERAL_MINUS,
    &CAN_SASL_IR,
];

pub(super) static TABLE: Table = Table {
    states: &[
        &GREET, &NONAUTH, &SASL, &TLS, &AUTH, &SELECTED, &MESSAGE, &IDLING, &READING, &CLOSED,
    ],
    flags: &[
        &LITERAL,
        &CAN_IDLE,
        &CAN_NAMESPACE,
        &CAN_ID,
        &CAN_ENABLE,
        &CAN_UNSELECT,
        &CAN_MOVE,
        &CAN_UIDPLUS,
        &CAN_ESEARCH,
        &CAN_LIST_EXTENDED,
        &CAN_LITERAL_PLUS,
        &CAN_LITERAL_MINUS,
        &CAN_SASL_IR,
        &CAN_SORT,
        &CAN_THREAD,
        &CAN_QUOTA,
        &CAN_ACL,
        &CAN_METADATA,
        &CAN_NOTIFY,
        &CAN_COMPRESS,
        &CAN_UNAUTHENTICATE,
        &CAN_CONDSTORE,
        &CAN_STARTTLS,
    ],
    verbs: &[
        &GREETING,
        &CAPABILITY,
        &NOOP,
        &LOGOUT,
        &ID,
        &STARTTLS,
        &HANDSHAKE,
        &AUTHENTICATE,
        &RESPONSE,
        &LOGIN,
        &ENABLE,
        &UNAUTHENTICATE,
        &COMPRESS,
        &SELECT,
        &EXAMINE,
        &CREATE,
        &DELETE,
        &RENAME,
        &SUBSCRIBE,
        &UNSUBSCRIBE,
        &LIST,
        &LSUB,
        &NAMESPACE,
        &STATUS,
        &APPEND,
        &APPENDED,
        &APPENDED_AUTH,
        &IDLE,
        &DONE,
        &DONE_AUTH,
        &GETQUOTA,
        &GETQUOTAROOT,
        &SETQUOTA,
        &GETACL,
        &SETACL,
        &DELETEACL,
        &LISTRIGHTS,
        &MYRIGHTS,
        &GETMETADATA,
        &SETMETADATA,
        &NOTIFY,
        &CHECK,
        &CLOSE,
        &UNSELECT,
        &EXPUNGE,
        &SEARCH,
        &SORT,
        &THREAD,
        &FETCH,
        &CONTENT,
        &STORE,
        &COPY,
        &MOVE,
        &UID_FETCH,
        &UID_STORE,
        &UID_SEARCH,
        &UID_SORT,
        &UID_THREAD,
        &UID_COPY,
        &UID_MOVE,
        &UID_EXPUNGE,
    ],
    generic: &[Rule::new("NO", "it failed"), Rule::new("BAD", "wrong syntax, or not now")],
};

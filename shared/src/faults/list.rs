//! The faults, in the order in which they are offered.

use super::Act::*;
use super::Which::*;
use super::{CONTENT, Case, Fault, Pace, Rule, When};

const fn command(verb: &'static str, which: super::Which, act: super::Act) -> Rule {
    Rule { when: When::Command(verb), which, act }
}

const fn reply(begins: &'static str, to: &'static str, act: super::Act) -> Rule {
    Rule { when: When::Reply { begins, to }, which: Every, act }
}

const fn first_reply(begins: &'static str, to: &'static str, act: super::Act) -> Rule {
    Rule { when: When::Reply { begins, to }, which: Nth(1), act }
}

const fn nth_reply(n: u32, act: super::Act) -> Rule {
    Rule { when: When::Reply { begins: "", to: "" }, which: Nth(n), act }
}

const fn rules(of: &'static [&'static str], rules: &'static [Rule]) -> Case {
    Case { of, pace: Pace::Usual, rules }
}

const fn pace(of: &'static [&'static str], pace: Pace) -> Case {
    Case { of, pace, rules: &[] }
}

/// The protocols that answer each line with a line.
const LINES: &[&str] = &["smtp", "nntp", "ftp", "pop3", "imap"];

pub static ALL: &[Fault] = &[
    // How the octets come.
    Fault {
        id: "one-byte-segments",
        title: "every octet in a segment of its own",
        text: "The first 512 octets of each reply come one by one. TCP keeps no borders between writes: a good client reads on until the line, or the length, says that the reply is whole.",
        cases: &[pace(&[], Pace::Segments(1))],
    },
    Fault {
        id: "coalesced",
        title: "replies that belong together come in one segment",
        text: "Everything that the server has to say within 20 milliseconds comes in one read: a reply with its content, the replies to commands sent together, FTP\u{2019}s 150 with its 226. A good client takes one reply and keeps the rest for later.",
        cases: &[
            Case {
                of: &["ftp"],
                pace: Pace::Together(20),
                rules: &[
                    reply("150", "RETR", Join),
                    reply("150", "LIST", Join),
                    reply("150", "NLST", Join),
                    reply("150", "MLSD", Join),
                ],
            },
            pace(&["http", "nntp", "smtp", "pop3", "imap", "telnet"], Pace::Together(20)),
        ],
    },
    Fault {
        id: "delay",
        title: "every reply is 2 seconds late",
        text: "The server thinks for two seconds before each reply. A good client waits without sending the command again, and gives up only after minutes.",
        cases: &[pace(&[], Pace::Late(2000))],
    },
    Fault {
        id: "slow-loris",
        title: "replies trickle, 20 octets a second",
        text: "The first 40 octets of each reply come 50 milliseconds apart, so there is always something new and never a whole line. A good client limits the time for the whole reply and not only the silence.",
        cases: &[pace(&[], Pace::Trickle(50))],
    },
    // What is wrong with them.
    Fault {
        id: "truncated-reply",
        title: "a reply is cut in half",
        text: "Half of a reply comes, then the connection ends. A good client takes half a reply for no reply: it cannot know whether the command was obeyed.",
        cases: &[rules(&["gopher"], &[nth_reply(1, Half)]), rules(&[], &[nth_reply(2, Half)])],
    },
    Fault {
        id: "no-line-end",
        title: "a reply without its end of line",
        text: "The second reply comes without its CR LF, so it runs into what comes next, or into nothing. A good client waits for the end of the line, but not for ever.",
        cases: &[rules(LINES, &[nth_reply(2, NoEnd)])],
    },
    Fault {
        id: "bare-lf",
        title: "lines end with LF instead of CR LF",
        text: "The server ends its lines as Unix files do. A good client may read them all the same, but never sends such lines: programs that disagree about where a line ends can be tricked.",
        cases: &[rules(&[], &[reply("", "", BareLf)])],
    },
    Fault {
        id: "garbage",
        title: "octets that mean nothing before a reply",
        text: "Nine octets that fit no grammar come before a reply. A good client does not guess: it says what it got and closes the connection.",
        cases: &[
            rules(&["gopher"], &[nth_reply(1, Garbage)]),
            rules(&[], &[nth_reply(2, Garbage)]),
        ],
    },
    Fault {
        id: "wrong-code",
        title: "a reply code that the RFC does not have",
        text: "A reply comes with a code or word that no RFC lists for it. A good client goes by the first digit, and where there is none it takes the reply for a failure.",
        cases: &[
            rules(&["smtp"], &[first_reply("250", "MAIL", Begin("299"))]),
            rules(&["nntp"], &[first_reply("211", "GROUP", Begin("299"))]),
            rules(&["ftp"], &[first_reply("230", "PASS", Begin("299"))]),
            rules(&["pop3"], &[first_reply("+OK", "STAT", Begin("+YES"))]),
            rules(
                &["imap"],
                &[
                    first_reply("OK", "CAPABILITY", Begin("FINE")),
                    first_reply("OK", "LIST", Begin("FINE")),
                ],
            ),
            rules(
                &["http"],
                &[Rule {
                    when: When::Reply { begins: "HTTP/", to: "" },
                    which: Nth(1),
                    act: Begin("HTTP/1.1 999"),
                }],
            ),
        ],
    },
    Fault {
        id: "no-final-dot",
        title: "the lone dot at the end stays away",
        text: "A text of many lines ends with its connection and without its line of one dot. A good client says that the text is not complete.",
        cases: &[rules(
            &["nntp", "pop3", "gopher"],
            &[Rule { when: When::Block, which: Every, act: NoDot }],
        )],
    },
    Fault {
        id: "cut-content",
        title: "content ends after 100 octets",
        text: "The connection that carries the content ends after 100 octets; FTP says 226 all the same. A good client compares with the length that it was told, and does not keep the piece as if it were the whole.",
        cases: &[rules(
            &["http", "ftp", "gopher"],
            &[Rule { when: When::Content(100), which: Every, act: Close }],
        )],
    },
    Fault {
        id: "wrong-address",
        title: "PASV names an address that is not the server\u{2019}s",
        text: "The reply to PASV says 203.0.113.9, which nobody has. A good client connects to the address that it already talks to and takes only the port from the reply.",
        cases: &[rules(&["ftp"], &[reply("227", "PASV", Elsewhere)])],
    },
    // Temporary and permanent refusals.
    Fault {
        id: "451-every-3rd-rcpt",
        title: "451 on every 3rd RCPT",
        text: "Every third recipient is refused for now, counted over all connections. A good client sends to the others and tries this one again later.",
        cases: &[rules(
            &["smtp"],
            &[command("RCPT", EveryNth(3), Answer("451 4.3.0 local error, please try later"))],
        )],
    },
    Fault {
        id: "greylist",
        title: "greylisting: each recipient is refused the first time",
        text: "A recipient that was not asked for before gets 450; the second time it is accepted. Programs that send spam seldom come back. A good client waits some minutes and tries again.",
        cases: &[rules(
            &["smtp"],
            &[command("RCPT", FirstSight, Answer("450 4.2.0 greylisted, please try later"))],
        )],
    },
    Fault {
        id: "full-mailbox",
        title: "the mailbox is full",
        text: "The mailbox takes no more mail. A good client tells the sender and does not try again by itself.",
        cases: &[
            rules(&["smtp"], &[command("RCPT", Every, Answer("552 5.2.2 the mailbox is full"))]),
            rules(
                &["imap"],
                &[command("APPEND", Every, Answer("NO [OVERQUOTA] the mailbox is full"))],
            ),
        ],
    },
    Fault {
        id: "full-disk",
        title: "the disk is full",
        text: "The server has no room for what is sent. A good client says so, keeps its own copy and tries later.",
        cases: &[
            rules(
                &["ftp"],
                &[
                    command(
                        "STOR",
                        Every,
                        Answer("452 Insufficient storage space; nothing is stored."),
                    ),
                    command(
                        "APPE",
                        Every,
                        Answer("452 Insufficient storage space; nothing is stored."),
                    ),
                    command(
                        "STOU",
                        Every,
                        Answer("452 Insufficient storage space; nothing is stored."),
                    ),
                ],
            ),
            rules(
                &["http"],
                &[command("PUT", Every, Farewell(FULL)), command("POST", Every, Farewell(FULL))],
            ),
        ],
    },
    Fault {
        id: "450-every-2nd-retr",
        title: "450 on every 2nd RETR",
        text: "Every second file is busy. A good client tries again later, and PASV again before it.",
        cases: &[rules(
            &["ftp"],
            &[command("RETR", EveryNth(2), Answer("450 The file is busy; please try later."))],
        )],
    },
    Fault {
        id: "err-every-2nd-retr",
        title: "-ERR on every 2nd RETR",
        text: "Every second message cannot be read for now. A good client leaves it in the mailbox and goes on with the next one.",
        cases: &[rules(
            &["pop3"],
            &[command("RETR", EveryNth(2), Answer("-ERR [SYS/TEMP] please try later"))],
        )],
    },
    Fault {
        id: "no-every-2nd-fetch",
        title: "NO on every 2nd FETCH",
        text: "Every second FETCH fails for now. A good client keeps the mailbox open and asks again later.",
        cases: &[rules(
            &["imap"],
            &[command("FETCH", EveryNth(2), Answer("NO [UNAVAILABLE] please try later"))],
        )],
    },
    Fault {
        id: "403-every-2nd-group",
        title: "403 on every 2nd GROUP",
        text: "Every second newsgroup cannot be opened for now. A good client keeps the group that it had and tries again later.",
        cases: &[rules(
            &["nntp"],
            &[command(
                "GROUP",
                EveryNth(2),
                Answer("403 the spool is being repaired, please try later"),
            )],
        )],
    },
    Fault {
        id: "503-every-2nd-get",
        title: "503 on every 2nd GET",
        text: "Every second GET is answered 503 with Retry-After. A good client waits so many seconds, then asks again.",
        cases: &[rules(&["http"], &[command("GET", EveryNth(2), Answer(BUSY))])],
    },
    Fault {
        id: "error-every-2nd-request",
        title: "an error item for every 2nd request",
        text: "Every second request is answered with an item of type 3. A good client shows its text as an error and not as a menu.",
        cases: &[rules(
            &["gopher"],
            &[command("", EveryNth(2), Farewell("3Please try later\t\terror.host\t1\r\n."))],
        )],
    },
    // Connections that end.
    Fault {
        id: "drop-at-data",
        title: "the connection ends at DATA",
        text: "The server closes the connection instead of answering DATA. A good client keeps the mail in its queue: without a reply of class 2 after the final dot nothing was sent.",
        cases: &[rules(&["smtp"], &[command("DATA", Every, Close)])],
    },
    Fault {
        id: "drop-at-retr",
        title: "the connection ends at RETR",
        text: "The server closes the connection instead of answering RETR. A good client connects again and asks for the same thing; of what POP3 had marked, nothing is deleted.",
        cases: &[rules(&["pop3", "ftp"], &[command("RETR", Every, Close)])],
    },
    Fault {
        id: "drop-at-fetch",
        title: "the connection ends at FETCH",
        text: "The server closes the connection without BYE at each FETCH. A good client connects again, selects the mailbox and compares UIDVALIDITY before it goes on.",
        cases: &[rules(&["imap"], &[command("FETCH", Every, Close)])],
    },
    Fault {
        id: "drop-at-article",
        title: "the connection ends at ARTICLE",
        text: "The server closes the connection instead of answering ARTICLE. A good client connects again and selects its group again: the server has forgotten it.",
        cases: &[rules(&["nntp"], &[command("ARTICLE", Every, Close)])],
    },
    Fault {
        id: "drop-at-login",
        title: "the connection ends after the password",
        text: "The server closes the connection when the second line has been typed. A good client says who closed it, and keeps what was on the screen.",
        cases: &[rules(&["telnet"], &[command("", Nth(2), Close)])],
    },
    Fault {
        id: "drop-every-2nd-request",
        title: "the connection ends at every 2nd request",
        text: "Every second request gets no answer but the end of the connection. A good client may ask again by itself if asking twice does no harm, as with GET, and must not with POST.",
        cases: &[rules(&["http", "gopher"], &[command("", EveryNth(2), Close)])],
    },
    Fault {
        id: "shutting-down",
        title: "the server says good bye at the 3rd command",
        text: "The third command is answered with the protocol\u{2019}s good bye, and the connection ends. A good client expects this reply at any time and comes back later.",
        cases: &[
            rules(
                &["smtp"],
                &[command("", Nth(3), Farewell("421 4.3.2 practice.lab is shutting down"))],
            ),
            rules(&["ftp"], &[command("", Nth(3), Farewell("421 practice.lab is shutting down."))]),
            rules(&["nntp"], &[command("", Nth(3), Farewell("400 practice.lab is shutting down"))]),
            rules(
                &["pop3"],
                &[command("", Nth(3), Farewell("-ERR [SYS/TEMP] practice.lab is shutting down"))],
            ),
            rules(
                &["imap"],
                &[command("", Nth(3), Farewell("* BYE practice.lab is shutting down"))],
            ),
            rules(&["http"], &[command("", Nth(3), Farewell(CLOSING))]),
        ],
    },
    Fault {
        id: "close-before-226",
        title: "the control connection ends before 226",
        text: "The file is whole, but the connection of the commands ends before 226 confirms it. A good client does not trust the file: it asks again for the size or for the file.",
        cases: &[rules(&["ftp"], &[reply("226", "", Close)])],
    },
    Fault {
        id: "close-after-226",
        title: "the control connection ends after 226",
        text: "The file is whole and confirmed, then the server closes. A good client keeps the file and connects again for the next one.",
        cases: &[rules(&["ftp"], &[reply("226", "", CloseAfter)])],
    },
    Fault {
        id: "close-before-250",
        title: "the connection ends before 250 confirms the mail",
        text: "The mail is delivered, but the connection ends before 250 says so. A good client must send it again, and the reader gets it twice: that is why the time between the final dot and 250 should be short (RFC 1047).",
        cases: &[rules(&["smtp"], &[reply("250", CONTENT, Close)])],
    },
    Fault {
        id: "reset",
        title: "the connection is reset",
        text: "The server drops the connection with RST instead of a reply. What was on its way may be lost; a good client tells a reset from an end.",
        cases: &[
            rules(&["gopher"], &[command("", EveryNth(2), Reset)]),
            rules(&["telnet"], &[command("", Nth(3), Reset)]),
            rules(&[], &[nth_reply(3, Reset)]),
        ],
    },
];

const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nContent-Type: text/plain\r\nContent-Length: 19\r\n\r\nPlease try later.";
const FULL: &str = "HTTP/1.1 507 Insufficient Storage\r\nContent-Type: text/plain\r\nContent-Length: 19\r\nConnection: close\r\n\r\nThe disk is full.";
const CLOSING: &str = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 16\r\nConnection: close\r\n\r\nShutting down.";

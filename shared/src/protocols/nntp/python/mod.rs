//! `nntplib`: what its methods send, and what they give back.

mod overview;
mod reader;
mod typed;
mod values;

use self::reader::Reader;
use self::values::Value;
use crate::python::literal::{bytes, decoded, text};
use crate::python::{Action, Exchange, Module, Next, Param, Step};
use crate::transcript::{Entry, Kind};
use crate::world::Date;

pub(super) static MODULE: Module = Module {
    name: "nntplib",
    python2: "nntplib",
    note: "Python 3.13 has removed this module; the script with sockets does the same without it.",
    object: "nntp",
    preamble: None,
    setup: None,
    class: "NNTP",
    constructor: Some("login"),
    port_in_constructor: true,
    // Python asks for the capabilities when it makes the object.
    login: &["getcapabilities"],
    open: |host, port| {
        let host = text(host);
        format!(
            "import datetime\nimport io\nimport nntplib\n\nnntp = nntplib.NNTP({host}, {port})\n"
        )
    },
    actions: ACTIONS,
    typed: typed::typed,
    joins: None,
    made_up: None,
};

const SPEC: &[Param] = &[Param::text("message_spec", "")];
const PATTERN: &[Param] = &[Param::text("group_pattern", "comp.*")];
const DATE: Param = Param::text("date", "2025-12-17 10:30:00");
const POSTED: &str = "From: Sam Student <student@practice.lab>\nNewsgroups: misc.test\n\
                      Subject: Posted from Python\n\nHello, news!\n.\n\
                      The line above is a single dot. On the wire it has two.\n";
const OFFERED: &str = "Path: elsewhere.example!not-for-mail\nFrom: Eve <eve@elsewhere.example>\n\
                       Newsgroups: misc.test\nSubject: From another server\n\
                       Date: Mon, 05 Jan 2026 08:00:00 +0000\n\
                       Message-ID: <offer.1@elsewhere.example>\n\n\
                       This article was written elsewhere.\n";
const IN_GROUP: &[&str] = &["getcapabilities", "group"];

const ACTIONS: &[Action] = &[
    Action::new(
        "group",
        "Selects a newsgroup: how many articles it has, and the first and the last number.",
        &[Param::text("name", "comp.lang.python")],
        |step| {
            let name = &step.args[0];
            asked(step, format!("GROUP {name}"), |exchange| values::group(exchange, name))
        },
    )
    .lecture(),
    Action::new("article", "Fetches an article, header and body.", SPEC, |step| {
        asked(step, with_spec("ARTICLE", step), values::article)
    })
    .lecture()
    .after(IN_GROUP)
    .python2(|args| spec2("article", args)),
    Action::new("head", "Fetches the header of an article.", SPEC, |step| {
        asked(step, with_spec("HEAD", step), values::article)
    })
    .lecture()
    .after(IN_GROUP)
    .python2(|args| spec2("head", args)),
    Action::new("body", "Fetches the body of an article.", SPEC, |step| {
        asked(step, with_spec("BODY", step), values::article)
    })
    .lecture()
    .after(IN_GROUP)
    .python2(|args| spec2("body", args)),
    Action::new("stat", "Whether an article is there: its number and message-id.", SPEC, |step| {
        asked(step, with_spec("STAT", step), values::stat)
    })
    .lecture()
    .after(IN_GROUP)
    .python2(|args| spec2("stat", args)),
    Action::new("next", "Goes on to the next article.", &[], |step| {
        asked(step, "NEXT".into(), values::stat)
    })
    .lecture()
    .after(IN_GROUP),
    Action::new("last", "Goes back to the article before.", &[], |step| {
        asked(step, "LAST".into(), values::stat)
    })
    .lecture()
    .after(&["getcapabilities", "group", "next"]),
    Action::new(
        "post",
        "Posts an article, which is read from a file or what looks like one.",
        &[Param::lines("data", POSTED)],
        |step| play(step, |nntp| nntp.post("POST".into(), &step.args[0])),
    )
    .lecture()
    .call(|args| format!("nntp.post({})", file(&args[0]))),
    Action::new(
        "list",
        "Lists the newsgroups, or those that a pattern fits.",
        &[Param::text("group_pattern", "")],
        |step| {
            let command = match step.args[0].as_str() {
                "" => "LIST".into(),
                pattern => format!("LIST ACTIVE {pattern}"),
            };
            asked(step, command, values::groups)
        },
    )
    .lecture()
    .python2(|args| match args[0].as_str() {
        "" => "nntp.list()".into(),
        pattern => longcmd2(&format!("LIST ACTIVE {pattern}")),
    }),
    Action::new(
        "xhdr",
        "One field of the headers of several articles.",
        &[Param::text("hdr", "Subject"), Param::text("str", "1-3")],
        |step| {
            let command = format!("XHDR {} {}", step.args[0], step.args[1]);
            asked(step, command, values::xhdr)
        },
    )
    .lecture()
    .after(IN_GROUP),
    Action::new("quit", "Ends the session.", &[], |step| asked(step, "QUIT".into(), values::short))
        .lecture(),
    Action::new("getwelcome", "The greeting, read when the object was made.", &[], |step| {
        Next::Return(decoded(greeting(step)))
    }),
    Action::new(
        "getcapabilities",
        "What the server can do. Python asks when it makes the object; the lab asks when it is first needed.",
        &[],
        |step| play(step, |nntp| Ok(values::capabilities(&nntp.capabilities()?))),
    )
    .after(&[])
    .python2(|_| longcmd2("CAPABILITIES")),
    Action::new("capabilities", "Asks what the server can do.", &[], |step| {
        asked(step, "CAPABILITIES".into(), values::labels)
    })
    .python2(|_| longcmd2("CAPABILITIES")),
    Action::new(
        "login",
        "Logs in with a name and a password, and asks for the capabilities again.",
        &[Param::text("user", "student"), Param::secret("password", "lab-secret")],
        |step| play(step, |nntp| nntp.login(&step.args[0], &step.args[1])),
    )
    .python2(|args| {
        let line = |word: &str, arg: &str| text(&format!("authinfo {word} {arg}"));
        let (user, password) = (line("user", &args[0]), line("pass", &args[1]));
        format!("(nntp.shortcmd({user}), nntp.shortcmd({password}))")
    }),
    Action::new(
        "over",
        "The overview of some articles: a range of numbers, a message-id in quotes, or None for the current one.",
        &[Param::plain("message_spec", "(1, None)")],
        |step| play(step, |nntp| over(nntp, &step.args[0])),
    )
    .after(IN_GROUP)
    .call(|args| format!("nntp.over({})", if args[0].is_empty() { "None" } else { &args[0] }))
    .python2(|args| longcmd2(&format!("OVER{}", over_spec(&args[0])))),
    Action::new(
        "xover",
        "The overview of some articles, by the older command.",
        &[Param::text("start", "1"), Param::text("end", "3")],
        |step| {
            let command = format!("XOVER {}-{}", step.args[0], step.args[1]);
            play(step, |nntp| nntp.overview(command))
        },
    )
    .after(IN_GROUP),
    Action::new("descriptions", "What the groups are about that a pattern fits.", PATTERN, |step| {
        let command = format!("LIST NEWSGROUPS {}", step.args[0]);
        asked(step, command, |exchange| values::descriptions(exchange, true))
    }),
    Action::new(
        "description",
        "What one group is about.",
        &[Param::text("group", "comp.lang.python")],
        |step| {
            let command = format!("LIST NEWSGROUPS {}", step.args[0]);
            asked(step, command, |exchange| values::descriptions(exchange, false))
        },
    ),
    Action::new("newgroups", "The groups that are new since a date.", &[DATE], |step| {
        play(step, |nntp| {
            let since = since(nntp, &step.args[0])?;
            values::groups(nntp.say(format!("NEWGROUPS {since}"))?).map_err(Next::Raise)
        })
    })
    .call(|args| format!("nntp.newgroups({})", from_iso(&args[0])))
    .python2(|args| format!("nntp.newgroups({})", date2(&args[0]))),
    Action::new(
        "newnews",
        "The message-ids that are new in some groups since a date.",
        &[Param::text("group", "comp.*"), DATE],
        |step| {
            play(step, |nntp| {
                let since = since(nntp, &step.args[1])?;
                let command = format!("NEWNEWS {} {since}", step.args[0]);
                values::strings(nntp.say(command)?).map_err(Next::Raise)
            })
        },
    )
    .call(|args| format!("nntp.newnews({}, {})", text(&args[0]), from_iso(&args[1])))
    .python2(|args| format!("nntp.newnews({}, {})", text(&args[0]), date2(&args[1]))),
    Action::new("date", "The clock of the server.", &[], |step| {
        asked(step, "DATE".into(), values::date)
    }),
    Action::new("help", "Which commands the server knows.", &[], |step| {
        asked(step, "HELP".into(), values::strings)
    }),
    Action::new(
        "ihave",
        "Offers an article, as servers do among each other.",
        &[Param::text("message_id", "<offer.1@elsewhere.example>"), Param::lines("data", OFFERED)],
        |step| {
            let command = format!("IHAVE {}", step.args[0]);
            play(step, |nntp| nntp.post(command, &step.args[1]))
        },
    )
    .call(|args| format!("nntp.ihave({}, {})", text(&args[0]), file(&args[1]))),
    Action::new("slave", "Says that many readers are behind this client.", &[], |step| {
        asked(step, "SLAVE".into(), values::short)
    }),
    Action::new("starttls", "Asks for TLS.", &[], |step| play(step, Reader::starttls))
        .python2(|_| String::new()),
];

fn play<'a>(
    step: &'a Step<'a>,
    method: impl FnOnce(&mut Reader<'a>) -> Result<String, Next>,
) -> Next {
    method(&mut Reader::new(step)).into()
}

/// Sends one command; `value` is made of its reply.
fn asked(step: &Step<'_>, command: String, value: impl Fn(&Exchange<'_>) -> Value) -> Next {
    play(step, |nntp| value(nntp.say(command)?).map_err(Next::Raise))
}

fn with_spec(verb: &str, step: &Step<'_>) -> String {
    match step.args[0].as_str() {
        "" => verb.into(),
        spec => format!("{verb} {spec}"),
    }
}

/// The methods of Python 2 want to know which article.
fn spec2(method: &str, args: &[String]) -> String {
    match args[0].as_str() {
        "" if method == "stat" => "nntp.statcmd('STAT')".into(),
        "" => format!("nntp.artcmd({})", text(&method.to_uppercase())),
        spec => format!("nntp.{method}({})", text(spec)),
    }
}

/// A command that a block answers. Python 2 does not know that every code has one.
fn longcmd2(command: &str) -> String {
    let verb = command.split(' ').next().unwrap_or_default().to_ascii_uppercase();
    let command = text(command);
    match verb.as_str() {
        "CAPABILITIES" | "HDR" | "LISTGROUP" => {
            format!("(nntp.shortcmd({command}), list(iter(nntp.getline, '.')))")
        }
        _ => format!("nntp.longcmd({command})"),
    }
}

fn file(article: &str) -> String {
    format!("io.BytesIO({})", bytes(article.as_bytes()))
}

/// An article as Python reads it from a file: what ends the last line is left to the sending.
fn post_body(article: &str) -> &str {
    if article.ends_with('\n') { article } else { article.trim_end_matches('\r') }
}

fn over(nntp: &mut Reader<'_>, spec: &str) -> Result<String, Next> {
    let capabilities = nntp.capabilities()?;
    let named = |line: &Vec<u8>| line.split(|b| *b == b' ').next() == Some(b"OVER");
    let verb = if capabilities.iter().any(named) { "OVER" } else { "XOVER" };
    nntp.overview(format!("{verb}{}", over_spec(spec)))
}

/// `(1, None)`, `'<id>'` or `None`, as it is sent.
fn over_spec(spec: &str) -> String {
    let spec = spec.trim();
    let pair = spec.strip_prefix(['(', '[']).and_then(|rest| rest.strip_suffix([')', ']']));
    let pair = pair.and_then(|pair| pair.split_once(','));
    let word = |word: &str| word.trim().trim_matches(['\'', '"']).to_string();
    match (pair, spec) {
        (None, "" | "None") => String::new(),
        (None, id) => format!(" {}", word(id)),
        (Some((start, end)), _) => match word(end).as_str() {
            "None" | "" | "0" => format!(" {}-", word(start)),
            end => format!(" {}-{end}", word(start)),
        },
    }
}

fn from_iso(date: &str) -> String {
    format!("datetime.datetime.fromisoformat({})", text(date))
}

fn date2(date: &str) -> String {
    let (date, time) = iso(date).unwrap_or_default();
    format!("{}, {}", text(&date), text(&time))
}

/// Date and time as the command wants them, of the length that the server understands.
fn since(nntp: &mut Reader<'_>, date: &str) -> Result<String, Next> {
    let Some((day, time)) = iso(date) else {
        let why = format!("ValueError: Invalid isoformat string: {}", text(date));
        return Err(Next::Raise(why));
    };
    let from = if nntp.is_legacy()? { 2 } else { 0 };
    Ok(format!("{} {time}", &day[from..]))
}

/// `2025-12-17`, also with ` 10:30` or ` 10:30:00` behind it, as eight digits and six.
fn iso(text: &str) -> Option<(String, String)> {
    let (date, time) = text.split_at_checked(10)?;
    let number =
        |text: &str| text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
    let [year, month, day] = date.split('-').collect::<Vec<_>>().try_into().ok()?;
    let time = time.strip_prefix([' ', 'T']).unwrap_or(time);
    let parts: Vec<&str> = time.split(':').filter(|_| !time.is_empty()).collect();
    let (hour, minute, second) = match parts[..] {
        [] => (0, 0, 0),
        [hour, minute] => (number(hour)?, number(minute)?, 0),
        [hour, minute, second] => (number(hour)?, number(minute)?, number(second)?),
        _ => return None,
    };
    let date = Date::of(number(year)?, number(month)?, number(day)?, hour, minute, second)?;
    let digits = date.digits();
    Some((digits[..8].into(), digits[8..].into()))
}

/// The first line of the session.
fn greeting<'a>(step: &Step<'a>) -> &'a [u8] {
    let first = step.session.iter().find(|entry| matches!(entry.kind, Kind::Received(_)));
    first.and_then(Entry::wire).map(|wire| wire.bytes.trim_ascii_end()).unwrap_or_default()
}

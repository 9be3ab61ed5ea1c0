//! `smtplib`: what its methods send, and what they give back.

mod content;
mod mailer;
mod replies;
mod typed;

use self::content::{Message, address, items};
use self::mailer::{Mailer, NAME, raise};
use self::replies::{Reply, bytes_of, shown};
use crate::python::literal::{list, text};
use crate::python::{Action, Module, Next, Param, Step};
use crate::text::sasl::Mechanism;

pub(super) static MODULE: Module = Module {
    name: "smtplib",
    python2: "smtplib",
    note: "",
    object: "smtp",
    preamble: None,
    setup: None,
    class: "SMTP",
    constructor: None,
    port_in_constructor: true,
    login: &[],
    // `email` is for send_message().
    open: |host, port| {
        let (host, name) = (text(host), text(NAME));
        format!("import email\nimport smtplib\n\nsmtp = smtplib.SMTP({host}, {port}, {name})\n")
    },
    actions: ACTIONS,
    typed: typed::typed,
    joins: None,
    made_up: None,
};

const SENDER: &str = "student@practice.lab";
const RECIPIENT: &str = "you@practice.lab";
const MAIL: &str = "From: <student@practice.lab>\nTo: <you@practice.lab>\nSubject: Hello\n\n\
                    This mail came from Python. A line that begins with a dot:\n\
                    .hidden\n\
                    On the wire it has one dot more.\n";
const NAMED: &[Param] = &[Param::text("name", "")];
const USER: Param = Param::text("user", "student");
const PASSWORD: Param = Param::secret("password", "lab-secret");
const OPTIONS: Param = Param::text("options", "");
const FROM: Param = Param::text("from_addr", SENDER);
const TO: Param = Param::text("to_addrs", RECIPIENT);
const MSG: Param = Param::lines("msg", MAIL);
const MAIL_OPTIONS: Param = Param::text("mail_options", "");
const RCPT_OPTIONS: Param = Param::text("rcpt_options", "");

const ACTIONS: &[Action] = &[
    Action::new(
        "login",
        "Logs in by the strongest mechanism that the server offers, and says EHLO before if nobody has.",
        &[USER, PASSWORD],
        |step| play(step, |smtp| reply(smtp.login(&step.args[0], &step.args[1]))),
    )
    .lecture(),
    Action::new(
        "sendmail",
        "Sends a mail: envelope and message. Several recipients are separated by commas. Gives those that were refused.",
        &[FROM, TO, MSG, MAIL_OPTIONS, RCPT_OPTIONS],
        |step| {
            let [from, to, message, mail_options, rcpt_options] = args(step);
            let options = [words(mail_options), words(rcpt_options)];
            let options = [options[0].as_slice(), &options[1]];
            play(step, |smtp| smtp.sendmail(from, &items(to), message, options))
        },
    )
    .lecture()
    .call(|args| {
        let to = items(&args[1]);
        let to = match to.as_slice() {
            [one] => text(one),
            several => strings(several),
        };
        let start = format!("smtp.sendmail({}, {to}, {}", text(&args[0]), text(&args[2]));
        format!("{start}{})", option_lists(&args[3..], &["mail_options", "rcpt_options"]))
    }),
    Action::new("quit", "Ends the session.", &[], |step| short(step, "quit")).lecture(),
    Action::new("ehlo", "Says who the client is, and asks what the server can do.", NAMED, |step| {
        play(step, |smtp| reply(smtp.ehlo(&step.args[0])))
    }),
    Action::new("helo", "Says who the client is, without extensions.", NAMED, |step| {
        play(step, |smtp| reply(smtp.helo(&step.args[0])))
    }),
    Action::new(
        "ehlo_or_helo_if_needed",
        "Says EHLO, or HELO where that is refused, unless one of them was said.",
        &[],
        |step| play(step, |smtp| smtp.hello_if_needed().map(|()| "None".into())),
    ),
    Action::new(
        "has_extn",
        "Whether the server has announced an extension. Sends nothing.",
        &[Param::text("opt", "size")],
        |step| {
            play(step, |smtp| {
                Ok(if smtp.extension(&step.args[0]).is_some() { "True" } else { "False" }.into())
            })
        },
    )
    .after(&["ehlo"]),
    Action::new(
        "mail",
        "Begins an envelope with its sender. Options are separated by spaces.",
        &[Param::text("sender", SENDER), OPTIONS],
        |step| play(step, |smtp| reply(smtp.mail(&step.args[0], &words(&step.args[1])))),
    )
    .after(&["ehlo"])
    .call(|args| envelope("mail", args)),
    Action::new(
        "rcpt",
        "Adds a recipient to the envelope.",
        &[Param::text("recip", RECIPIENT), OPTIONS],
        |step| play(step, |smtp| reply(smtp.rcpt(&step.args[0], &words(&step.args[1])))),
    )
    .after(&["ehlo", "mail"])
    .call(|args| envelope("rcpt", args)),
    Action::new("data", "Sends the message, and the lone dot behind it.", &[MSG], |step| {
        play(step, |smtp| reply(smtp.data(&step.args[0])))
    })
    .after(&["ehlo", "mail", "rcpt"]),
    Action::new(
        "send_message",
        "Sends a message object: the envelope is taken from its fields, and Bcc is left out.",
        &[MSG, Param::text("from_addr", ""), Param::text("to_addrs", "")],
        |step| play(step, |smtp| send_message(smtp, step)),
    )
    .call(|args| {
        let mut code = format!("smtp.send_message(email.message_from_string({})", text(&args[0]));
        if !args[1].is_empty() {
            code += &format!(", from_addr={}", text(&args[1]));
        }
        if !args[2].is_empty() {
            code += &format!(", to_addrs={}", strings(&items(&args[2])));
        }
        code + ")"
    })
    .python2(|_| String::new()),
    Action::new(
        "auth",
        "Logs in by one mechanism: PLAIN, LOGIN or CRAM-MD5.",
        &[Param::text("mechanism", "PLAIN"), USER, PASSWORD],
        |step| play(step, |smtp| auth(smtp, step)),
    )
    .after(&["ehlo"])
    .call(|args| {
        let (user, password) = (text(&args[1]), text(&args[2]));
        format!(
            "(setattr(smtp, 'user', {user}), setattr(smtp, 'password', {password}), smtp.auth({}, smtp.{}))[2]",
            text(&args[0]),
            callback(&args[0])
        )
    })
    .python2(|_| String::new()),
    Action::new("starttls", "Asks for TLS, where the server offers it.", &[], |step| {
        play(step, |smtp| reply(smtp.starttls()))
    }),
    Action::new(
        "verify",
        "Asks whether there is such a user.",
        &[Param::text("address", "student")],
        |step| short(step, &format!("vrfy {}", address(&step.args[0]))),
    ),
    Action::new(
        "vrfy",
        "The same as verify().",
        &[Param::text("address", "student")],
        |step| short(step, &format!("vrfy {}", address(&step.args[0]))),
    ),
    Action::new(
        "expn",
        "Asks who is on a mailing list.",
        &[Param::text("address", "everyone")],
        |step| short(step, &format!("expn {}", address(&step.args[0]))),
    ),
    Action::new(
        "help",
        "Asks for help, in general or about one command.",
        &[Param::text("args", "")],
        |step| {
            let command = format!("help {}", step.args[0]);
            play(step, |smtp| smtp.docmd(command.trim_end()).map(|reply| bytes_of(&reply)))
        },
    ),
    Action::new("noop", "Does nothing, and keeps the session alive.", &[], |step| {
        short(step, "noop")
    }),
    Action::new("rset", "Takes back the envelope.", &[], |step| short(step, "rset")),
    Action::new(
        "docmd",
        "Sends any command, and reads one reply.",
        &[Param::text("cmd", "NOOP"), Param::text("args", "")],
        |step| {
            let command = match step.args[1].as_str() {
                "" => step.args[0].clone(),
                args => format!("{} {args}", step.args[0]),
            };
            play(step, |smtp| reply(smtp.docmd_raw(command)))
        },
    ),
    Action::new("close", "Drops the connection without QUIT.", &[], |_| Next::Close),
];

fn play<'a>(
    step: &'a Step<'a>,
    method: impl FnOnce(&mut Mailer<'a>) -> Result<String, Next>,
) -> Next {
    method(&mut Mailer::new(step)).into()
}

fn short(step: &Step<'_>, command: &str) -> Next {
    play(step, |smtp| reply(smtp.docmd(command)))
}

fn reply(reply: Result<Reply, Next>) -> Result<String, Next> {
    reply.map(|reply| shown(&reply))
}

fn args<'a, const N: usize>(step: &Step<'a>) -> [&'a str; N] {
    core::array::from_fn(|n| step.args[n].as_str())
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(String::from).collect()
}

fn strings(items: &[String]) -> String {
    list(&items.iter().map(|item| text(item)).collect::<Vec<_>>())
}

/// Those that were given, by their names.
fn option_lists(options: &[String], names: &[&str]) -> String {
    let given = options.iter().zip(names).filter(|(options, _)| !options.trim().is_empty());
    given.map(|(options, name)| format!(", {name}={}", strings(&words(options)))).collect()
}

fn envelope(method: &str, args: &[String]) -> String {
    format!("smtp.{method}({}{})", text(&args[0]), option_lists(&args[1..], &["options"]))
}

fn auth(smtp: &mut Mailer<'_>, step: &Step<'_>) -> Result<String, Next> {
    let [name, user, password] = args(step);
    match Mechanism::by_name(name) {
        Some(mechanism) => reply(smtp.auth(mechanism, user, password)),
        None => {
            let callback = callback(name);
            let why = format!("AttributeError: 'SMTP' object has no attribute '{callback}'");
            Err(Next::Raise(why))
        }
    }
}

/// The method that knows what a mechanism says.
fn callback(mechanism: &str) -> String {
    format!("auth_{}", mechanism.to_lowercase().replace('-', "_"))
}

fn send_message(smtp: &mut Mailer<'_>, step: &Step<'_>) -> Result<String, Next> {
    let [message, from, to] = args(step);
    let message = Message::parse(message);
    smtp.hello_if_needed()?;
    let prefix = if message.field("Resent-Date").is_some() { "Resent-" } else { "" };
    let field = |name: &str| message.field(&format!("{prefix}{name}"));
    let from = match from {
        // Python makes a string of the value that a missing field has.
        "" => address(field("Sender").or(field("From")).unwrap_or("None")),
        from => from,
    };
    let to: Vec<String> = match to {
        "" => ["To", "Bcc", "Cc"].into_iter().filter_map(field).flat_map(items).collect(),
        to => items(to),
    };
    let to: Vec<String> = to.iter().map(|to| address(to).to_string()).collect();
    if !from.is_ascii() || !to.iter().all(|to| to.is_ascii()) {
        if smtp.extension("smtputf8").is_none() {
            let why = "One or more source or delivery addresses require internationalized email support, but the \
                       server does not advertise the required SMTPUTF8 capability";
            return Err(raise("SMTPNotSupportedError", why));
        }
        let why = "TypeError: 'utf8' is an invalid keyword argument for Compat32";
        return Err(Next::Raise(why.into()));
    }
    smtp.sendmail(from, &to, &message.flattened()?, [&[], &[]])
}

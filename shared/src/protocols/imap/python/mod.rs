//! `imaplib`: what its methods send, and what they give back.

mod actions;
mod object;
mod reading;
mod request;
mod typed;

use self::object::Object;
use self::request::{End, Request, request};
use super::command::{self, Ways};
use crate::explain::Outcome;
use crate::python::literal::{bytes, text, tuple};
use crate::python::{Module, Next, Step, encode};
use crate::text::content::to_crlf;
use crate::text::sasl::{self, cram_md5};

pub(super) static MODULE: Module = Module {
    name: "imaplib",
    python2: "imaplib",
    note: "",
    object: "imap",
    class: "IMAP4",
    constructor: Some("capabilities"),
    port_in_constructor: true,
    // Python asks for the capabilities when it makes the object.
    login: &["capabilities", "login"],
    open: |host, port| format!("import imaplib\n\nimap = imaplib.IMAP4({}, {port})\n", text(host)),
    preamble: None,
    setup: None,
    actions: actions::ACTIONS,
    typed: typed::typed,
    joins: Some(typed::joins),
    made_up: Some(typed::is_made_up),
};

/// A longer line is no command of the lab's.
const LINE_LIMIT: usize = 8000;

fn play(step: &Step<'_>, method: &str) -> Next {
    conversation(step, method).into()
}

/// Methods that look at what the object was told when it was made. In the lab, nobody may have asked yet.
fn needs_capabilities(method: &str) -> bool {
    ["capabilities", "enable", "starttls"].contains(&method)
}

fn conversation(step: &Step<'_>, method: &str) -> Result<String, Next> {
    let began = step.done.first().map_or(step.session.len(), |exchange| exchange.range.start);
    let mut object = Object::after(step.session, began, step.earlier.iter());
    let mut done = step.done;
    if needs_capabilities(method) && object.capabilities.is_none() {
        let Some((asked, rest)) = done.split_first() else {
            return Err(Next::Send("CAPABILITY".into()));
        };
        object.learn(asked).map_err(Next::Raise)?;
        done = rest;
    }
    match method {
        "capabilities" => return capabilities(&object),
        "response" => return Ok(object.response(&step.args[0])),
        "recent" if let Some(told) = object.known_recent() => return Ok(told),
        _ => {}
    }
    let request = request(method, step.args, &object).map_err(Next::Raise)?;
    object.begin(&request).map_err(Next::Raise)?;
    let Some(last) = done.last() else {
        return Err(send(&request, object.utf8));
    };
    if request.end == End::Authenticate && last.outcome() == Some(Outcome::More) {
        let challenge = last.lines().pop().unwrap_or_default();
        let challenge = challenge.strip_prefix(b"+ ").unwrap_or_default();
        return Err(respond(step.args, method, challenge, done.len()));
    }
    object.perform(&request, done).map_err(Next::Raise)
}

/// The command as it would be typed, if the lab sends it as it stands; else as octets of its own.
fn send(request: &Request, utf8: bool) -> Next {
    let mut line = request.line();
    for arg in request.args.iter().filter(|_| !utf8) {
        if let Err(exception) = encode::ascii(arg) {
            return Next::Raise(exception);
        }
    }
    if line.contains(['\r', '\n']) {
        let why = "Python would send the line end too, and what follows it as another command";
        return Next::Raise(format!("Not sent: {why}. The lab does not."));
    }
    if let Some(literal) = &request.literal {
        let literal = String::from_utf8_lossy(literal);
        line += &format!(" {{{}}}\n{literal}", literal.len());
    }
    match (is_sent_as_it_stands(&line, utf8), &request.literal) {
        (true, _) => Next::Send(line),
        (false, None) => Next::Raw(line),
        (false, Some(_)) => Next::Raise(
            "Not sent: IMAP could not read this command. Put names with spaces in double quotes."
                .into(),
        ),
    }
}

/// Whether the lab neither quotes nor refuses anything in this line.
fn is_sent_as_it_stands(text: &str, utf8: bool) -> bool {
    let Ok(typed) = command::typed(text) else { return false };
    let ways = Ways { utf8, ..Ways::default() };
    let Ok(line) = typed.line("a1", ways, None) else { return false };
    let mut wanted = b"a1 ".to_vec();
    to_crlf(&mut false, text.as_bytes(), &mut wanted);
    wanted.extend_from_slice(b"\r\n");
    let fits = text.contains('\n') || line.len() <= LINE_LIMIT;
    line == wanted && fits && command::parse(&line, &[], utf8, false).command.is_ok()
}

/// The answer to the `n`th challenge, from 1, in base64.
fn respond(args: &[String], method: &str, challenge: &[u8], n: usize) -> Next {
    let (user, password) = match method {
        "login_cram_md5" => (&args[0], &args[1]),
        _ => (&args[1], &args[2]),
    };
    // What is no base64 is skipped.
    let digit = |b: &u8| b.is_ascii_alphanumeric() || b"+/=".contains(b);
    let challenge: Vec<u8> = challenge.iter().copied().filter(digit).collect();
    let Some(challenge) = sasl::decode(&challenge) else {
        return Next::Raise("binascii.Error: Incorrect padding".into());
    };
    if method == "login_cram_md5" {
        let digest = cram_md5(password.as_bytes(), &challenge);
        return Next::Send(sasl::encode(format!("{user} {digest}")));
    }
    let said = said(&args[0], user, password);
    match said.as_slice() {
        // The callable gives None.
        [] => Next::Send("*".into()),
        [one] => Next::Send(sasl::encode(one)),
        several => match several.get(n - 1) {
            Some(said) => Next::Send(sasl::encode(said)),
            None => Next::Raise("StopIteration".into()),
        },
    }
}

/// What a mechanism says to one challenge after the other; nothing, if the method cannot know it.
fn said(mechanism: &str, user: &str, password: &str) -> Vec<String> {
    match mechanism.to_uppercase().as_str() {
        "PLAIN" => vec![format!("\0{user}\0{password}")],
        "LOGIN" => vec![user.into(), password.into()],
        _ => Vec::new(),
    }
}

/// authenticate() with a callable that says this to one challenge after the other; these are shown already.
fn authenticate(mechanism: &str, said: &[String]) -> String {
    let callable = match said {
        [] => "lambda challenge: None".into(),
        [one] => format!("lambda challenge: {one}"),
        several => {
            format!("lambda challenge, said=iter([{}]): next(said)", several.join(", "))
        }
    };
    format!("imap.authenticate({}, {callable})", text(mechanism))
}

/// The attribute of the object, in upper case.
fn capabilities(object: &Object) -> Result<String, Next> {
    let told = object.capabilities.clone().unwrap_or_default();
    let told = String::from_utf8_lossy(&told).to_uppercase();
    let words: Vec<String> = told.split_whitespace().map(text).collect();
    if !words.iter().any(|word| word == "'IMAP4REV1'" || word == "'IMAP4'") {
        return Err(Next::Raise("imaplib.IMAP4.error: server not IMAP4 compliant".into()));
    }
    Ok(match words.as_slice() {
        [one] => format!("({one},)"),
        words => tuple(words),
    })
}

/// A message as append() wants it.
fn message(text: &str) -> String {
    bytes(text.as_bytes())
}

//! What each method sends, and what it makes of the answer.

use super::object::Object;
use crate::text::content::to_crlf;

/// One command of `imaplib`.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// As `imaplib` knows it.
    pub(super) name: String,
    pub(super) args: Vec<String>,
    /// Sent behind the server's leave.
    pub(super) literal: Option<Vec<u8>>,
    pub(super) end: End,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum End {
    /// The text of the reply.
    Text,
    /// What was told under this name.
    Untagged(&'static str),
    QuotaRoot,
    Login,
    Authenticate,
    Select {
        readonly: bool,
        mailbox: String,
    },
    /// No mailbox is open afterwards, whatever the server says.
    Leave,
    Enable {
        utf8: bool,
    },
    Tls,
    Logout,
    /// A command that xatom() may add.
    Atom,
}

impl Request {
    pub(super) fn new<'a>(
        name: &str,
        args: impl IntoIterator<Item = &'a str>,
        end: End,
    ) -> Request {
        let args = args.into_iter().map(String::from).collect();
        Request { name: name.into(), args, literal: None, end }
    }

    /// Without its tag and its literal.
    pub(super) fn line(&self) -> String {
        let args: String = self.args.iter().map(|arg| format!(" {arg}")).collect();
        format!("{}{args}", self.name)
    }
}

/// The command of a method. An error is an exception that comes before anything else.
pub(super) fn request(method: &str, args: &[String], object: &Object) -> Result<Request, String> {
    let arg = |n: usize| args.get(n).map(String::as_str).unwrap_or_default();
    let or = |n: usize, default: &'static str| match arg(n) {
        "" => default.to_owned(),
        given => given.to_owned(),
    };
    // Of arguments that may be left out, those up to the last one that was given.
    let given = args.iter().rposition(|arg| !arg.is_empty()).map_or(0, |last| last + 1);
    let from = |n: usize| args[n.min(given)..given].iter().map(String::as_str);
    let upper = method.to_uppercase();
    let all = |end: End| Ok(Request::new(&upper, args.iter().map(String::as_str), end));
    match method {
        "login" => {
            let password = quoted(arg(1));
            Ok(Request::new("LOGIN", [arg(0), &password], End::Login))
        }
        "authenticate" => {
            let mechanism = arg(0).to_uppercase();
            Ok(Request::new("AUTHENTICATE", [mechanism.as_str()], End::Authenticate))
        }
        "login_cram_md5" => Ok(Request::new("AUTHENTICATE", ["CRAM-MD5"], End::Authenticate)),
        "select" => {
            let readonly = !matches!(arg(1), "" | "False" | "None" | "0");
            let name = if readonly { "EXAMINE" } else { "SELECT" };
            let mailbox = or(0, "INBOX");
            Ok(Request::new(name, [&*mailbox], End::Select { readonly, mailbox: mailbox.clone() }))
        }
        "list" | "lsub" => {
            let (directory, pattern) = (or(0, "\"\""), or(1, "*"));
            let name = if method == "list" { "LIST" } else { "LSUB" };
            Ok(Request::new(name, [&*directory, &*pattern], End::Untagged(name)))
        }
        "search" => {
            if !arg(0).is_empty() && object.utf8 {
                return error("Non-None charset not valid in UTF8 mode");
            }
            let charset = ["CHARSET", arg(0)].into_iter().filter(|_| !arg(0).is_empty());
            Ok(Request::new("SEARCH", charset.chain(from(1)), End::Untagged("SEARCH")))
        }
        "sort" => {
            let criteria = in_brackets(arg(0))?;
            let args = [criteria.as_str()].into_iter().chain(from(1));
            Ok(Request::new("SORT", args, End::Untagged("SORT")))
        }
        "thread" => Ok(Request::new("THREAD", from(0), End::Untagged("THREAD"))),
        "store" => {
            let flags = in_brackets(arg(2))?;
            Ok(Request::new("STORE", [arg(0), arg(1), &flags], End::Untagged("FETCH")))
        }
        "append" => append(arg(0), arg(1), arg(2), arg(3), object.utf8),
        "uid" => {
            let command = arg(0).to_uppercase();
            if !object.knows(&command) {
                return error(&format!("Unknown IMAP4 UID command: {command}"));
            }
            object.legal(&command)?;
            let name = match command.as_str() {
                "SEARCH" => "SEARCH",
                "SORT" => "SORT",
                "THREAD" => "THREAD",
                _ => "FETCH",
            };
            Ok(Request::new("UID", [&*command].into_iter().chain(from(1)), End::Untagged(name)))
        }
        "xatom" => Ok(Request::new(&arg(0).to_uppercase(), from(1), End::Atom)),
        "enable" => {
            if !has(object, "ENABLE") {
                return error("Server does not support ENABLE");
            }
            let utf8 = arg(0).to_uppercase().contains("UTF8=ACCEPT");
            Ok(Request::new("ENABLE", [arg(0)], End::Enable { utf8 }))
        }
        "starttls" => match has(object, "STARTTLS") {
            true => Ok(Request::new("STARTTLS", [], End::Tls)),
            false => Err("imaplib.IMAP4.abort: TLS not supported by server".into()),
        },
        "setannotation" => Ok(Request::new(&upper, from(0), End::Untagged("ANNOTATION"))),
        "recent" => Ok(Request::new("NOOP", [], End::Untagged("RECENT"))),
        "logout" => all(End::Logout),
        "close" | "unselect" => all(End::Leave),
        "getquotaroot" => all(End::QuotaRoot),
        "capability" => all(End::Untagged("CAPABILITY")),
        "expunge" => all(End::Untagged("EXPUNGE")),
        "fetch" | "partial" => all(End::Untagged("FETCH")),
        "namespace" => all(End::Untagged("NAMESPACE")),
        "status" => all(End::Untagged("STATUS")),
        "getacl" => all(End::Untagged("ACL")),
        "myrights" => all(End::Untagged("MYRIGHTS")),
        "getquota" | "setquota" => all(End::Untagged("QUOTA")),
        "getannotation" => all(End::Untagged("ANNOTATION")),
        _ => all(End::Text),
    }
}

/// Whether the object was told of a capability when it was made.
fn has(object: &Object, name: &str) -> bool {
    let told = object.capabilities.clone().unwrap_or_else(|| object.greeted.clone());
    let told = String::from_utf8_lossy(&told).to_uppercase();
    told.split(|c: char| c.is_whitespace() || c == ']').any(|word| word == name)
}

fn append(
    mailbox: &str,
    flags: &str,
    date: &str,
    message: &str,
    utf8: bool,
) -> Result<Request, String> {
    let mailbox = if mailbox.is_empty() { "INBOX" } else { mailbox };
    let flags = if flags.is_empty() { String::new() } else { in_brackets(flags)? };
    let in_quotes = date.starts_with('"') && date.ends_with('"');
    if !date.is_empty() && !in_quotes {
        return Err("ValueError: date_time not of a known type".into());
    }
    let args = [mailbox, &flags, date].into_iter().filter(|arg| !arg.is_empty());
    let mut request = Request::new("APPEND", args, End::Text);
    let mut literal = Vec::new();
    to_crlf(&mut false, lines(message).as_bytes(), &mut literal);
    if utf8 {
        literal = [b"UTF8 (", literal.as_slice(), b")"].concat();
    }
    request.literal = Some(literal);
    Ok(request)
}

/// Every line end as LF, a lone carriage return too.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn in_brackets(text: &str) -> Result<String, String> {
    match (text.chars().next(), text.chars().last()) {
        (None, _) => Err("IndexError: string index out of range".into()),
        (Some('('), Some(')')) => Ok(text.into()),
        _ => Ok(format!("({text})")),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn error<T>(why: &str) -> Result<T, String> {
    Err(format!("imaplib.IMAP4.error: {why}"))
}

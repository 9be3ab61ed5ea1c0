//! What may be typed in Telnet. There are no replies: the state is who echoes and edits, and the
//! options that both sides have agreed on decide it.

use super::terms;
use crate::table::{Flag, Rule, State, Table, Takes, Verb};

pub(super) static CONNECTING: State = State {
    id: "connecting",
    title: "connecting",
    text: "There is no connection yet.",
    takes: Takes::Nothing,
};
pub(super) static LINE: State = State {
    id: "line",
    title: "line at a time",
    text: "Nobody echoes: your side shows what you type and sends it line by line. Every session begins so.",
    takes: Takes::Commands,
};
pub(super) static EDIT: State = State {
    id: "edit",
    title: "lines edited by the client (LINEMODE)",
    text: "Both sides have agreed that yours shows and edits the line and sends it when it is complete.",
    takes: Takes::Commands,
};
pub(super) static REMOTE_ECHO: State = State {
    id: "remote-echo",
    title: "echo by the server",
    text: "The server has taken over the echo: it sends back what you type, or at a password nothing. A terminal would send each key at once; the lab sends whole lines.",
    takes: Takes::Commands,
};
pub(super) static CLOSED: State =
    State { id: "closed", title: "closed", text: "The session is over.", takes: Takes::Nothing };

pub(super) static AGREED: Flag = Flag {
    id: "agreed",
    title: "the agreement on that option",
    text: "First WILL or DO and the answer to it, then the parameters (RFC 855).",
};

const OPEN: &[&State] = &[&LINE, &EDIT, &REMOTE_ECHO];
const TEXT: Rule = Rule::new("text", "whatever the program behind the server prints");
const NOTHING: Rule = Rule::new("nothing", "Telnet has no replies");

/// Not typed: what the options in force make of the session.
pub(super) static MODE: Verb = Verb::new("(options)", "", &terms::OPTIONS)
    .legal(&[&CONNECTING, &LINE, &EDIT, &REMOTE_ECHO])
    .rules(&[
        Rule::new("line", "neither ECHO nor LINEMODE").to(&LINE),
        Rule::new("edit", "LINEMODE with EDIT").to(&EDIT),
        Rule::new("echo", "the server's ECHO").to(&REMOTE_ECHO),
        Rule::new("end", "the connection is over").to(&CLOSED),
    ]);

pub(super) static TYPED_LINE: Verb =
    Verb::new("(line)", "any text", &terms::LINE).template("ls").legal(OPEN).rules(&[TEXT]);

const fn command(
    name: &'static str,
    term: &'static crate::explain::Term,
    rules: &'static [Rule],
) -> Verb {
    Verb::new(name, name, term).legal(OPEN).rules(rules)
}

pub(super) static DO: Verb = Verb::new("IAC DO", "IAC DO option", &terms::DO)
    .template("IAC DO ECHO")
    .legal(OPEN)
    .rules(&[Rule::new("WILL", "the server agrees"), Rule::new("WONT", "the server refuses")]);
pub(super) static DONT: Verb = Verb::new("IAC DONT", "IAC DONT option", &terms::DONT)
    .template("IAC DONT ECHO")
    .legal(OPEN)
    .rules(&[Rule::new("WONT", "the server stops; it may not refuse")]);
pub(super) static WILL: Verb = Verb::new("IAC WILL", "IAC WILL option", &terms::WILL)
    .template("IAC WILL BINARY")
    .legal(OPEN)
    .rules(&[Rule::new("DO", "the server agrees"), Rule::new("DONT", "the server refuses")]);
pub(super) static WONT: Verb = Verb::new("IAC WONT", "IAC WONT option", &terms::WONT)
    .template("IAC WONT NAWS")
    .legal(OPEN)
    .rules(&[Rule::new("DONT", "the server takes note; it may not refuse")]);
pub(super) static SB: Verb =
    Verb::new("IAC SB", "IAC SB NAWS 80 24, IAC SB option IS text, IAC SB option hex", &terms::SB)
        .template("IAC SB NAWS 132 43")
        .legal(OPEN)
        .rules(&[NOTHING]);
pub(super) static AYT: Verb =
    command("IAC AYT", &terms::AYT, &[Rule::new("text", "something to be seen, such as [Yes]")]);
pub(super) static IP: Verb = command("IAC IP", &terms::IP, &[TEXT]);
pub(super) static AO: Verb =
    command("IAC AO", &terms::AO, &[Rule::new("DM", "the server sends a Synch")]);
pub(super) static BRK: Verb = command("IAC BRK", &terms::BRK, &[TEXT]);
pub(super) static EC: Verb = command("IAC EC", &terms::EC, &[NOTHING]);
pub(super) static EL: Verb = command("IAC EL", &terms::EL, &[NOTHING]);
pub(super) static NOP: Verb = command("IAC NOP", &terms::NOP, &[NOTHING]);
pub(super) static DM: Verb = command("IAC DM", &terms::DM, &[NOTHING]);
pub(super) static GA: Verb = command("IAC GA", &terms::GA, &[NOTHING]);
pub(super) static EOR: Verb = command("IAC EOR", &terms::EOR, &[NOTHING]);
pub(super) static EOF: Verb = command("IAC EOF", &terms::EOF, &[TEXT]);
pub(super) static SUSP: Verb = command("IAC SUSP", &terms::SUSP, &[TEXT]);
pub(super) static ABORT: Verb = command("IAC ABORT", &terms::ABORT, &[TEXT]);

pub(super) static TABLE: Table = Table {
    states: &[&CONNECTING, &LINE, &EDIT, &REMOTE_ECHO, &CLOSED],
    flags: &[&AGREED],
    verbs: &[
        &MODE,
        &TYPED_LINE,
        &AYT,
        &IP,
        &AO,
        &BRK,
        &EC,
        &EL,
        &DO,
        &DONT,
        &WILL,
        &WONT,
        &SB,
        &NOP,
        &DM,
        &GA,
        &EOR,
        &EOF,
        &SUSP,
        &ABORT,
    ],
    generic: &[],
};

//! What the methods of Python's modules do on the wire.
//!
//! A [`Module`] is one protocol's list. From it come the buttons of the page, the calls shown beside each exchange,
//! and the script of a whole session. A method is an [`Action`]: a pure function from what has happened since it
//! began to what Python sends next, so it can be played by whoever drives a session, step by step or at once.
//!
//! Like the tables it knows no protocol; each protocol fills in its own.

pub mod encode;
mod exchange;
pub mod literal;
mod plan;
pub mod reader;
mod running;
mod script;
mod spelling;
mod talk;

use core::time::Duration;

use crate::machine::Client;
use crate::transcript::Entry;

pub use exchange::{Exchange, exchanges, joined, server};
pub use plan::{Plan, Planned, plan};
pub use running::Running;
pub use script::{Call, Dialect, Played, calls, printed, script};
pub use talk::Talk;

/// A module of Python's standard library.
pub struct Module {
    /// As it is imported in Python 3.
    pub name: &'static str,
    /// Python 2's name, as the lecture spells it.
    pub python2: &'static str,
    /// What is to be known of it in today's Python: when it left, what stands in its place.
    pub note: &'static str,
    /// The class whose methods these are; empty, if they are functions of the module.
    pub class: &'static str,
    /// The method whose parameters the constructor takes behind the server, if it logs in; or one without parameters,
    /// for what it does in any case.
    pub constructor: Option<&'static str>,
    /// Whether the constructor's second parameter is the port.
    pub port_in_constructor: bool,
    /// Makes the object that the methods belong to: lines of Python 3.
    pub open: fn(host: &str, port: u16) -> String,
    /// The variable that `open` puts it into, or the module itself if it has functions and no class.
    pub object: &'static str,
    /// Lines before `open`, such as what a Python lacks.
    pub preamble: Option<fn(Dialect) -> String>,
    /// Lines behind `open` that this session needs, such as what the lab has answered by itself.
    pub setup: Option<fn(session: &[Entry]) -> String>,
    /// Methods that come before most others.
    pub login: &'static [&'static str],
    /// In the order of a session, the lecture's first.
    pub actions: &'static [Action],
    /// The call that comes to the same as a command that a person typed.
    pub typed: fn(&Exchange<'_>) -> Option<Line>,
    /// Whether what was answered is only the leave to go on: what is sent next belongs to the same call.
    pub joins: Option<fn(&Exchange<'_>) -> bool>,
    /// Whether a word is one that Python and the lab make up by themselves, each another one.
    pub made_up: Option<fn(word: &str) -> bool>,
}

/// One public method.
pub struct Action {
    pub method: &'static str,
    /// Named in the lecture.
    pub lecture: bool,
    /// What it is for, in a sentence.
    pub about: &'static str,
    pub params: &'static [Param],
    /// Methods that must come before it, where that is not the module's `login`.
    pub after: Option<&'static [&'static str]>,
    /// The variable that holds what it belongs to, where that is not the module's object.
    pub of: Option<&'static str>,
    /// The call in Python 3, where it is more than the method with its arguments; see [`Line::code`].
    pub call: Option<fn(&[String]) -> String>,
    /// The call in Python 2, where it differs by more than the names of modules; empty, if its module has none.
    pub python2: Option<fn(&[String]) -> String>,
    pub next: fn(&Step<'_>) -> Next,
}

/// Each is one static.
impl PartialEq for Action {
    fn eq(&self, other: &Action) -> bool {
        core::ptr::eq(self, other)
    }
}

pub struct Param {
    pub name: &'static str,
    /// Works on the practice server. Empty: may be left out.
    pub example: &'static str,
    pub kind: Kind,
}

/// How an argument is written in Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A string in quotes.
    Text,
    /// A string that is masked unless somebody asks.
    Secret,
    /// A string of several lines, such as a mail.
    Lines,
    /// As it is: a number, `None`, a tuple.
    Plain,
}

impl Param {
    pub const fn text(name: &'static str, example: &'static str) -> Param {
        Param { name, example, kind: Kind::Text }
    }

    pub const fn secret(name: &'static str, example: &'static str) -> Param {
        Param { name, example, kind: Kind::Secret }
    }

    pub const fn lines(name: &'static str, example: &'static str) -> Param {
        Param { name, example, kind: Kind::Lines }
    }

    pub const fn plain(name: &'static str, example: &'static str) -> Param {
        Param { name, example, kind: Kind::Plain }
    }
}

impl Action {
    pub const fn new(
        method: &'static str,
        about: &'static str,
        params: &'static [Param],
        next: fn(&Step<'_>) -> Next,
    ) -> Action {
        Action {
            method,
            lecture: false,
            about,
            params,
            after: None,
            of: None,
            call: None,
            python2: None,
            next,
        }
    }

    /// Named in the lecture.
    pub const fn lecture(mut self) -> Action {
        self.lecture = true;
        self
    }

    pub const fn after(mut self, methods: &'static [&'static str]) -> Action {
        self.after = Some(methods);
        self
    }

    /// It belongs to what an earlier call gave, and a script puts into this variable.
    pub const fn of(mut self, variable: &'static str) -> Action {
        self.of = Some(variable);
        self
    }

    pub const fn call(mut self, call: fn(&[String]) -> String) -> Action {
        self.call = Some(call);
        self
    }

    pub const fn python2(mut self, call: fn(&[String]) -> String) -> Action {
        self.python2 = Some(call);
        self
    }

    /// The examples, as arguments.
    pub fn examples(&self) -> Vec<String> {
        self.params.iter().map(|param| param.example.into()).collect()
    }

    fn shown(&self, args: &[String], masked: bool) -> Vec<String> {
        let shown = self.params.iter().zip(args).map(|(param, arg)| match param.kind {
            Kind::Secret if masked => "********".to_string(),
            _ => arg.clone(),
        });
        shown.collect()
    }
}

/// Where an action stands.
pub struct Step<'a> {
    pub args: &'a [String],
    /// What has happened since it began, the oldest first. The last one is complete.
    pub done: &'a [Exchange<'a>],
    /// Everything since the session began.
    pub session: &'a [Entry],
    /// So many of these entries are older than the action.
    pub began: usize,
    /// The actions that were played in it before this one.
    pub earlier: &'a [Played],
    /// The time that it wanted to wait is over.
    pub waited: bool,
    pub client: &'a dyn Client,
}

/// What the method does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Sends this, as it would be typed: a command, or in a state that takes content all of it.
    Send(String),
    /// Sends this line although the lab has no such command.
    Raw(String),
    /// Sends these octets as they are.
    Octets(Vec<u8>),
    /// Waits for more to come: for ever, or for so long.
    Wait(Option<Duration>),
    /// Drops the connection without a word.
    Close,
    /// Ends with this value, as the prompt would show it, below whatever the method prints.
    Return(String),
    /// Ends with this exception, as the prompt would show it: class and text.
    Raise(String),
}

/// A call of Python and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Lines of Python 3; the value is that of the last one.
    pub code: String,
    /// As the prompt would show it, empty after a statement; `Err` holds an exception.
    pub result: Result<String, String>,
    /// The code in Python 2, where it is another one; empty, if its module has none.
    pub python2: Option<String>,
}

impl Line {
    pub fn new(code: impl Into<String>, result: Result<String, String>) -> Line {
        Line { code: code.into(), result, python2: None }
    }
}

impl Module {
    pub fn action(&self, method: &str) -> Option<&'static Action> {
        self.actions.iter().find(|action| action.method == method)
    }

    /// A call and what came of it.
    pub fn line(
        &self,
        action: &Action,
        args: &[String],
        masked: bool,
        result: Result<String, String>,
    ) -> Line {
        let python2 = action.python2.map(|call| call(&action.shown(args, masked)));
        Line { code: self.call(action, args, masked), result, python2 }
    }

    /// The call in Python 3.
    pub fn call(&self, action: &Action, args: &[String], masked: bool) -> String {
        let shown = action.shown(args, masked);
        if let Some(call) = action.call {
            return call(&shown);
        }
        // A text that may not be left out can still be empty.
        let needed = |param: &Param| !param.example.is_empty() && param.kind != Kind::Plain;
        let mut both = action.params.iter().zip(&shown);
        let given = both.rposition(|(param, arg)| needed(param) || !arg.is_empty());
        let given = given.map_or(0, |last| last + 1);
        let written =
            action.params.iter().zip(&shown[..given]).map(|(param, arg)| match param.kind {
                Kind::Plain if arg.is_empty() => "None".into(),
                Kind::Plain => arg.clone(),
                Kind::Text | Kind::Secret | Kind::Lines => literal::text(arg),
            });
        let written: Vec<String> = written.collect();
        let object = action.of.unwrap_or(self.object);
        format!("{object}.{}({})", action.method, written.join(", "))
    }
}

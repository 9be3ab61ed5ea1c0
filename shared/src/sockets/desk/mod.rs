//! A desk: Python's prompt at one host. It runs statements and asks a [`System`] for what needs a socket.

mod eval;
mod methods;
mod operators;
mod program;
mod reasons;
mod settle;
mod value;

use core::time::Duration;
use std::collections::BTreeMap;

use super::Told;
use super::system::{Call, Fd, System};
use crate::machine::Tick;
use crate::python::reader::{Statement, StatementKind, Target};

pub use methods::METHODS;
pub use program::Program;
pub use value::{Exception, Handle, Value};

/// How a statement ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Nothing,
    /// The value of an expression, as the prompt shows it.
    Value(String),
    Raised(Exception),
    /// Python could do it, the lab cannot.
    NotHere(String),
}

/// A number that no socket has: what is left after `close()`.
const CLOSED: Fd = Fd(u32::MAX);

#[derive(Default)]
pub struct Desk {
    variables: BTreeMap<String, Value>,
    objects: BTreeMap<u32, Object>,
    next_object: u32,
    running: Option<Running>,
    pub program: Option<Program>,
    pub(super) python2: bool,
}

struct Object {
    fd: Fd,
    /// `None`: calls wait for ever.
    timeout: Option<Duration>,
}

/// A statement under way. It is evaluated anew when a call that it waited for has ended; what its calls gave so far
/// is kept, so that none is made twice.
struct Running {
    statement: Statement,
    results: Vec<Value>,
    waiting: Option<Waiting>,
    report: Report,
}

#[derive(Clone)]
struct Waiting {
    call: Call,
    /// Errors are its value: `connect_ex()`.
    for_number: bool,
    deadline: Option<Tick>,
    told: Told,
}

/// What a statement has brought so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// `None`: it waits.
    pub outcome: Option<Outcome>,
    pub printed: String,
    /// What each of its calls did.
    pub told: Vec<Told>,
    /// What it waits for.
    pub waits: Option<Told>,
}

enum Stop {
    Raise(Exception),
    NotHere(String),
    /// A call waits.
    Wait,
}

impl From<Exception> for Stop {
    fn from(exception: Exception) -> Stop {
        Stop::Raise(exception)
    }
}

impl Desk {
    pub fn variables(&self) -> &BTreeMap<String, Value> {
        &self.variables
    }

    /// Whether a statement is under way, in a call that waits.
    pub fn is_blocked(&self) -> bool {
        self.running.is_some()
    }

    /// When the call that waits gives up.
    pub fn deadline(&self) -> Option<Tick> {
        self.running.as_ref()?.waiting.as_ref()?.deadline
    }

    /// The descriptors of its open sockets.
    pub fn descriptors(&self) -> Vec<Fd> {
        self.objects.values().map(|object| object.fd).filter(|fd| *fd != CLOSED).collect()
    }

    /// The descriptor behind a variable, if it is an open socket.
    pub fn fd(&self, variable: &str) -> Option<Fd> {
        match self.variables.get(variable)? {
            Value::Socket(handle) => Some(self.descriptor(handle)).filter(|fd| *fd != CLOSED),
            _ => None,
        }
    }

    /// The call that a statement waits in.
    pub fn blocked_in(&self) -> Option<&Call> {
        Some(&self.running.as_ref()?.waiting.as_ref()?.call)
    }

    /// A value as the prompt shows it.
    pub fn shown(&self, value: &Value, system: &dyn System) -> String {
        value.shown(&|handle| {
            let fd = self.descriptor(handle);
            let (family, kind) = (handle.family.number(), handle.kind.number());
            if fd == CLOSED {
                return format!(
                    "<socket.socket [closed] fd=-1, family={family}, type={kind}, proto=0>"
                );
            }
            let (local, peer) = system.ends(fd);
            let end = |name: &str, address: Option<super::system::Address>| match address {
                Some(super::system::Address::Path(path)) if path.is_empty() => String::new(),
                // Python shows a path without quotes.
                Some(super::system::Address::Path(path)) => format!(", {name}={path}"),
                Some(address) => {
                    format!(", {name}={}", Value::from(address).shown(&|_| String::new()))
                }
                None => String::new(),
            };
            format!(
                "<socket.socket fd={}, family={family}, type={kind}, proto=0{}{}>",
                fd.0,
                end("laddr", local),
                end("raddr", peer)
            )
        })
    }

    /// Begins a statement; none must be under way.
    pub fn begin(&mut self, statement: Statement) {
        let report = Report::default();
        self.running = Some(Running { statement, results: Vec::new(), waiting: None, report });
    }

    /// Goes on with what is under way, as far as it goes.
    pub fn advance(&mut self, system: &mut dyn System, now: Tick) -> Option<Report> {
        let mut running = self.running.take()?;
        if let Some(mut waiting) = running.waiting.take() {
            let reply = system.call(&mut waiting.call, now);
            let expired = waiting.deadline.is_some_and(|deadline| deadline <= now);
            match self.settle(reply, waiting, expired, &mut running, now) {
                Ok(value) => running.results.push(value),
                Err(stop) => return Some(self.stopped(stop, running, system, now)),
            }
        }
        let statement = running.statement.clone();
        let done = self.execute(&statement, &mut running, system, now);
        Some(match done {
            Ok(outcome) => self.finish(outcome, running, system, now),
            Err(stop) => self.stopped(stop, running, system, now),
        })
    }

    /// Everything but the script is gone, and that is at its beginning.
    pub(super) fn restart(&mut self) {
        let mut program = self.program.take();
        if let Some(program) = &mut program {
            program.rewind();
        }
        let python2 = program.as_ref().is_some_and(|program| program.python2);
        *self = Desk { program, python2, ..Desk::default() };
    }

    /// Ctrl+C.
    pub fn interrupt(&mut self) -> Option<Report> {
        let mut report = self.running.take()?.report;
        let exception = Exception::new("KeyboardInterrupt", "");
        (report.outcome, report.waits) = (Some(Outcome::Raised(exception)), None);
        Some(report)
    }

    fn stopped(
        &mut self,
        stop: Stop,
        mut running: Running,
        system: &mut dyn System,
        now: Tick,
    ) -> Report {
        let outcome = match stop {
            Stop::Raise(exception) => Outcome::Raised(exception),
            Stop::NotHere(why) => Outcome::NotHere(why),
            Stop::Wait => {
                running.report.waits = running.waiting.as_ref().map(|w| w.told.clone());
                let report = running.report.clone();
                self.running = Some(running);
                return report;
            }
        };
        self.finish(outcome, running, system, now)
    }

    fn finish(
        &mut self,
        outcome: Outcome,
        running: Running,
        system: &mut dyn System,
        now: Tick,
    ) -> Report {
        let mut report = running.report;
        report.waits = None;
        report.outcome = Some(outcome);
        self.sweep(system, now, &mut report);
        report
    }

    fn execute(
        &mut self,
        statement: &Statement,
        run: &mut Running,
        system: &mut dyn System,
        now: Tick,
    ) -> Result<Outcome, Stop> {
        let mut eval = eval::Eval { desk: self, run, system, now, next: 0 };
        match &statement.kind {
            StatementKind::Pass | StatementKind::Forever(_) => {}
            StatementKind::Import { module, alias } => eval.import(module, alias.as_deref())?,
            StatementKind::From { module, names } => eval.from(module, names)?,
            StatementKind::Assign { target, value } => {
                let value = eval.expr(value)?;
                match target {
                    Target::Name(name) => {
                        self.variables.insert(name.clone(), value);
                    }
                    Target::Names(names) => self.unpack(names, value)?,
                }
            }
            StatementKind::Print(values) => {
                let values: Result<Vec<Value>, Stop> =
                    values.iter().map(|value| eval.expr(value)).collect();
                let values = values?;
                eval.print(&values);
            }
            StatementKind::Expr(value) => {
                let value = eval.expr(value)?;
                if value != Value::None {
                    let shown = self.shown(&value, system);
                    self.variables.insert("_".into(), value);
                    return Ok(Outcome::Value(shown));
                }
            }
        }
        Ok(Outcome::Nothing)
    }

    fn unpack(&mut self, names: &[String], value: Value) -> Result<(), Exception> {
        let values = match value {
            Value::Tuple(values) | Value::List(values) => values,
            other => {
                let text = format!("cannot unpack non-iterable {} object", other.class());
                return Err(Exception::type_error(text));
            }
        };
        let (want, got) = (names.len(), values.len());
        if got > want {
            let text = format!("too many values to unpack (expected {want})");
            return Err(Exception::new("ValueError", text));
        }
        if got < want {
            let text = format!("not enough values to unpack (expected {want}, got {got})");
            return Err(Exception::new("ValueError", text));
        }
        self.variables.extend(names.iter().cloned().zip(values));
        Ok(())
    }

    fn descriptor(&self, handle: &Handle) -> Fd {
        self.objects.get(&handle.object).map_or(CLOSED, |object| object.fd)
    }

    fn adopt(&mut self, fd: Fd, family: super::Family, kind: super::Type) -> Value {
        self.next_object += 1;
        self.objects.insert(self.next_object, Object { fd, timeout: None });
        Value::Socket(Handle { object: self.next_object, family, kind })
    }

    /// CPython closes a socket when the last name for it goes away.
    fn sweep(&mut self, system: &mut dyn System, now: Tick, report: &mut Report) {
        let mut kept = Vec::new();
        for value in self.variables.values() {
            sockets_in(value, &mut kept);
        }
        let lost: Vec<u32> =
            self.objects.keys().copied().filter(|object| !kept.contains(object)).collect();
        for object in lost {
            let Some(Object { fd, .. }) = self.objects.remove(&object) else { continue };
            if fd != CLOSED {
                system.call(&mut Call::Close { fd }, now);
                report.told.push(Told::new(
                    format!("Socket {} is closed: no variable has it any more.", fd.0),
                    "CPython counts references, so this happens at once. Say close() yourself all the same: other Pythons wait.",
                    super::Source::Python("socket"),
                ));
            }
        }
    }
}

fn sockets_in(value: &Value, into: &mut Vec<u32>) {
    match value {
        Value::Socket(handle) => into.push(handle.object),
        Value::Tuple(values) | Value::List(values) => {
            for value in values {
                sockets_in(value, into);
            }
        }
        Value::Dict(pairs) => {
            for (key, value) in pairs {
                sockets_in(key, into);
                sockets_in(value, into);
            }
        }
        Value::Method(of, _) => sockets_in(of, into),
        _ => {}
    }
}

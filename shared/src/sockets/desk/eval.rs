//! Expressions.

use super::methods::{ABSENT, Action, METHODS, integer, method, no_attribute};
use super::operators::{pack, plus, subscript, times};
use super::value::{Exception, Value};
use super::{CLOSED, Desk, Running, Stop, Waiting, methods, reasons};
use crate::machine::Tick;
use crate::python::reader::{Call as CallExpr, Expr, ExprKind};
use crate::sockets::constants;
use crate::sockets::system::{Call, System};
use crate::sockets::{Source, Told};

/// Modules that can be imported.
const MODULES: [&str; 2] = ["socket", "struct"];

const BUILTINS: [&str; 4] = ["print", "len", "repr", "str"];

/// Functions of `socket` that the lab has.
const FUNCTIONS: [&str; 3] = ["socket", "gethostname", "socketpair"];

/// Those that Python has and the lab has not.
const ABSENT_FUNCTIONS: [&str; 22] = [
    "create_connection",
    "create_server",
    "has_dualstack_ipv6",
    "getaddrinfo",
    "getfqdn",
    "gethostbyname",
    "gethostbyname_ex",
    "gethostbyaddr",
    "getnameinfo",
    "getservbyname",
    "getservbyport",
    "getprotobyname",
    "inet_aton",
    "inet_ntoa",
    "inet_pton",
    "inet_ntop",
    "htons",
    "htonl",
    "ntohs",
    "ntohl",
    "getdefaulttimeout",
    "setdefaulttimeout",
];

pub(super) struct Eval<'a> {
    pub(super) desk: &'a mut Desk,
    pub(super) run: &'a mut Running,
    pub(super) system: &'a mut dyn System,
    pub(super) now: Tick,
    /// Calls of this statement that were met so far in this evaluation.
    pub(super) next: usize,
}

impl Eval<'_> {
    pub(super) fn import(&mut self, module: &str, alias: Option<&str>) -> Result<(), Stop> {
        let module = known_module(module)?;
        self.desk.variables.insert(alias.unwrap_or(module).into(), Value::Module(module));
        Ok(())
    }

    pub(super) fn from(
        &mut self,
        module: &str,
        names: &[(String, Option<String>)],
    ) -> Result<(), Stop> {
        let module = known_module(module)?;
        for (name, alias) in names {
            if name == "*" {
                let constants = constants::ALL.iter().map(|c| (c.name, Value::Constant(c)));
                let functions = FUNCTIONS.iter().map(|name| (*name, Value::Function(name)));
                let all = constants.chain(functions).filter(|_| module == "socket");
                self.desk.variables.extend(all.map(|(name, value)| (name.to_string(), value)));
                continue;
            }
            let value =
                self.attribute(&Value::Module(module), name).map_err(|stop| match stop {
                    Stop::Raise(_) => Stop::Raise(Exception::new(
                        "ImportError",
                        format!("cannot import name '{name}' from '{module}'"),
                    )),
                    stop => stop,
                })?;
            self.desk.variables.insert(alias.as_ref().unwrap_or(name).clone(), value);
        }
        Ok(())
    }

    pub(super) fn expr(&mut self, expr: &Expr) -> Result<Value, Stop> {
        Ok(match &expr.kind {
            ExprKind::None => Value::None,
            ExprKind::Bool(value) => Value::Bool(*value),
            ExprKind::Int(n) => Value::Int(*n),
            ExprKind::Float(text) => Value::Float(text.clone()),
            ExprKind::Str(text) => Value::Text(text.clone()),
            ExprKind::Bytes(bytes) => Value::Bytes(bytes.clone()),
            ExprKind::Tuple(items) => Value::Tuple(self.exprs(items)?),
            ExprKind::List(items) => Value::List(self.exprs(items)?),
            ExprKind::Dict(pairs) => {
                let mut values = Vec::new();
                for (key, value) in pairs {
                    values.push((self.expr(key)?, self.expr(value)?));
                }
                Value::Dict(values)
            }
            ExprKind::Name(name) => self.name(name)?,
            ExprKind::Attribute(of, name) => {
                let of = self.expr(of)?;
                self.attribute(&of, name)?
            }
            ExprKind::Subscript(of, index) => {
                let (of, index) = (self.expr(of)?, self.expr(index)?);
                subscript(&of, &index)?
            }
            ExprKind::Call(call) => self.call(call)?,
            ExprKind::Times(left, right) => {
                let (left, right) = (self.expr(left)?, self.expr(right)?);
                times(left, right)?
            }
            ExprKind::Plus(left, right) => {
                let (left, right) = (self.expr(left)?, self.expr(right)?);
                plus(left, right)?
            }
        })
    }

    /// Python's `print()`.
    pub(super) fn print(&mut self, values: &[Value]) {
        let texts: Vec<String> = values.iter().map(|value| self.text(value)).collect();
        self.run.report.printed.push_str(&texts.join(" "));
        self.run.report.printed.push('\n');
    }

    /// As `str()` gives it. Python 2's bytes are its text.
    fn text(&self, value: &Value) -> String {
        match value {
            Value::Text(text) => text.clone(),
            Value::Bytes(bytes) if self.desk.python2 => String::from_utf8_lossy(bytes).into_owned(),
            value => self.desk.shown(value, self.system),
        }
    }

    fn exprs(&mut self, items: &[Expr]) -> Result<Vec<Value>, Stop> {
        items.iter().map(|item| self.expr(item)).collect()
    }

    fn name(&self, name: &str) -> Result<Value, Stop> {
        if let Some(value) = self.desk.variables.get(name) {
            return Ok(value.clone());
        }
        if let Some(builtin) = BUILTINS.iter().find(|builtin| **builtin == name) {
            return Ok(Value::Function(builtin));
        }
        let mut text = format!("name '{name}' is not defined");
        if MODULES.contains(&name) {
            // Python 3.12 and later say this too.
            text.push_str(&format!(". Did you forget to import '{name}'?"));
        }
        Err(Exception::new("NameError", text).into())
    }

    fn attribute(&mut self, of: &Value, name: &str) -> Result<Value, Stop> {
        let function = |names: &[&'static str]| names.iter().find(|known| **known == name).copied();
        match of {
            Value::Module("socket") => {
                if let Some(constant) = constants::by_name(name) {
                    return Ok(Value::Constant(constant));
                }
                if let Some(name) = function(&FUNCTIONS) {
                    return Ok(Value::Function(name));
                }
                match name {
                    "error" => return Ok(Value::Class("OSError")),
                    "timeout" => return Ok(Value::Class("TimeoutError")),
                    "gaierror" => return Ok(Value::Class("socket.gaierror")),
                    _ => {}
                }
                if ABSENT_FUNCTIONS.contains(&name) {
                    return Err(Stop::NotHere(format!(
                        "The lab\u{2019}s desk does not have socket.{name}. It has {}.",
                        FUNCTIONS.join(", ")
                    )));
                }
            }
            Value::Module("struct") if name == "pack" => return Ok(Value::Function("pack")),
            Value::Socket(handle) => {
                if let Some(name) = function(&METHODS).filter(|name| !ABSENT.contains(name)) {
                    return Ok(Value::Method(Box::new(of.clone()), name));
                }
                match name {
                    "family" => return Ok(constant_of(handle.family.name())),
                    "type" => return Ok(constant_of(handle.kind.name())),
                    "proto" => return Ok(Value::Int(0)),
                    _ => {}
                }
                if ABSENT.contains(&name) {
                    return Err(Stop::NotHere(format!(
                        "The lab\u{2019}s sockets do not have {name}(). They have {}.",
                        METHODS.join(", ")
                    )));
                }
            }
            Value::Bytes(_) if name == "decode" => {
                return Ok(Value::Method(Box::new(of.clone()), "decode"));
            }
            Value::Text(_) if name == "encode" => {
                return Ok(Value::Method(Box::new(of.clone()), "encode"));
            }
            _ => {}
        }
        Err(match of {
            Value::Module(module) => Exception::new(
                "AttributeError",
                format!("module '{module}' has no attribute '{name}'"),
            ),
            of => no_attribute(of.class(), name),
        }
        .into())
    }

    fn call(&mut self, call: &CallExpr) -> Result<Value, Stop> {
        let function = self.expr(&call.function)?;
        let args = self.exprs(&call.args)?;
        let mut keywords = Vec::new();
        for (name, value) in &call.keywords {
            keywords.push((name.clone(), self.expr(value)?));
        }
        let at = self.next;
        self.next += 1;
        if let Some(known) = self.run.results.get(at) {
            return Ok(known.clone());
        }
        let value = match &function {
            Value::Function(name) => self.function(name, &args, &keywords)?,
            Value::Method(of, name) => self.method(of, name, &args, &keywords)?,
            Value::Class(name) => {
                return Err(Stop::NotHere(format!("The lab makes no {name} by hand.")));
            }
            other => {
                let text = format!("'{}' object is not callable", other.class());
                return Err(Exception::type_error(text).into());
            }
        };
        self.run.results.push(value.clone());
        Ok(value)
    }

    fn function(
        &mut self,
        name: &'static str,
        args: &[Value],
        keywords: &[(String, Value)],
    ) -> Result<Value, Stop> {
        match (name, args) {
            ("print", _) => {
                self.print(args);
                Ok(Value::None)
            }
            ("len", [value]) => match value {
                Value::Bytes(bytes) => Ok(Value::Int(bytes.len() as i64)),
                Value::Text(text) => Ok(Value::Int(text.chars().count() as i64)),
                Value::Tuple(items) | Value::List(items) => Ok(Value::Int(items.len() as i64)),
                Value::Dict(pairs) => Ok(Value::Int(pairs.len() as i64)),
                other => {
                    let text = format!("object of type '{}' has no len()", other.class());
                    Err(Exception::type_error(text).into())
                }
            },
            ("repr", [value]) => Ok(Value::Text(self.desk.shown(value, self.system))),
            ("str", [value]) => Ok(Value::Text(self.text(value))),
            ("socket" | "socketpair", _) => {
                let pair = name == "socketpair";
                let names = ["family", "type", "proto"];
                let mut numbers = [if pair { 1 } else { 2 }, 1, 0];
                for (at, value) in args.iter().enumerate() {
                    let Some(number) = numbers.get_mut(at) else {
                        return Err(Stop::NotHere(
                            "The lab makes no socket from a descriptor.".into(),
                        ));
                    };
                    *number = integer(value)?;
                }
                for (name, value) in keywords {
                    match names.iter().position(|known| known == name) {
                        Some(at) => numbers[at] = integer(value)?,
                        None => {
                            return Err(Stop::NotHere(format!(
                                "The lab does not know the argument {name}."
                            )));
                        }
                    }
                }
                let [family, kind, protocol] = numbers;
                self.ask(if pair {
                    Call::Pair { family, kind }
                } else {
                    Call::Socket { family, kind, protocol }
                })
            }
            ("gethostname", []) => self.ask(Call::HostName),
            ("gethostname", _) => {
                let text =
                    format!("_socket.gethostname() takes no arguments ({} given)", args.len());
                Err(Exception::type_error(text).into())
            }
            ("pack", [Value::Text(format), values @ ..]) => pack(format, values),
            _ => {
                let text = format!("{name}() was given other arguments than it takes");
                Err(Exception::type_error(text).into())
            }
        }
    }

    fn method(
        &mut self,
        of: &Value,
        name: &'static str,
        args: &[Value],
        keywords: &[(String, Value)],
    ) -> Result<Value, Stop> {
        let handle = match (of, name) {
            (Value::Socket(handle), _) => *handle,
            (Value::Bytes(bytes), "decode") => {
                return match core::str::from_utf8(bytes) {
                    Ok(text) => Ok(Value::Text(text.into())),
                    Err(error) => {
                        let at = error.valid_up_to();
                        let text = format!(
                            "'utf-8' codec can't decode byte 0x{:02x} in position {at}: invalid start byte",
                            bytes[at]
                        );
                        Err(Exception::new("UnicodeDecodeError", text).into())
                    }
                };
            }
            (Value::Text(text), _) => return Ok(Value::Bytes(text.as_bytes().to_vec())),
            _ => return Err(no_attribute(of.class(), name).into()),
        };
        let known = self.desk.objects.get(&handle.object);
        let object = methods::Object {
            handle,
            fd: self.desk.descriptor(&handle),
            timeout: known.and_then(|object| object.timeout),
            text_is_bytes: self.desk.python2,
        };
        let action = method(&object, name, args, keywords).inspect_err(|exception| {
            self.run.report.told.extend(reasons::of_exception(name, exception));
        })?;
        match action {
            Action::Value(value) => {
                self.run.report.told.extend(reasons::of_value(name, &value));
                Ok(value)
            }
            Action::Call(call) => self.ask(call),
            Action::CallForNumber(call) => self.ask_for_number(call),
            Action::Timeout(timeout) => {
                if let Some(object) = self.desk.objects.get_mut(&handle.object) {
                    object.timeout = timeout;
                }
                let what = match timeout {
                    None => "Calls on this socket wait as long as it takes.",
                    Some(time) if time.is_zero() => "Calls on this socket never wait.",
                    Some(_) => "Calls on this socket wait so long and no longer.",
                };
                self.run.report.told.push(Told::new(
                    what,
                    "Nothing is sent. The time belongs to this socket in Python; the peer does not know of it.",
                    Source::Python("socket"),
                ));
                Ok(Value::None)
            }
            // Python forgets the number first; a second close() does nothing.
            Action::Close if object.fd == CLOSED => Ok(Value::None),
            Action::Close => {
                if let Some(object) = self.desk.objects.get_mut(&handle.object) {
                    object.fd = CLOSED;
                }
                self.ask(Call::Close { fd: object.fd })
            }
        }
    }

    fn ask(&mut self, call: Call) -> Result<Value, Stop> {
        self.make(call, false)
    }

    fn ask_for_number(&mut self, call: Call) -> Result<Value, Stop> {
        self.make(call, true)
    }

    fn make(&mut self, mut call: Call, for_number: bool) -> Result<Value, Stop> {
        let reply = self.system.call(&mut call, self.now);
        let told = Told::new("", "", Source::Python("socket"));
        let waiting = Waiting { call, for_number, deadline: None, told };
        self.desk.settle(reply, waiting, false, self.run, self.now)
    }
}

fn constant_of(name: &str) -> Value {
    constants::by_name(name).map_or(Value::None, Value::Constant)
}

fn known_module(module: &str) -> Result<&'static str, Stop> {
    MODULES.into_iter().find(|known| *known == module).ok_or_else(|| {
        Stop::NotHere(format!(
            "The lab has the modules {}; {module} is not needed here.",
            MODULES.join(" and ")
        ))
    })
}

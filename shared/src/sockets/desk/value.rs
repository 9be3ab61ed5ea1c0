//! Values of a desk, and how Python's prompt shows them.

use crate::python::literal;
use crate::sockets::constants::Constant;
use crate::sockets::system::{Address, Family, Type};

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    None,
    Bool(bool),
    Int(i64),
    Constant(&'static Constant),
    /// As Python writes it.
    Float(String),
    Text(String),
    Bytes(Vec<u8>),
    Tuple(Vec<Value>),
    List(Vec<Value>),
    Dict(Vec<(Value, Value)>),
    Socket(Handle),
    Module(&'static str),
    Function(&'static str),
    /// A method that was named and not called.
    Method(Box<Value>, &'static str),
    /// `OSError` and its kin, as names of the module.
    Class(&'static str),
}

/// An object of the class `socket`. Its descriptor is the desk's business, for `close()` takes it away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle {
    pub object: u32,
    pub family: Family,
    pub kind: Type,
}

/// What went wrong, as the last line of Python's traceback has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    pub class: &'static str,
    pub text: String,
}

impl Exception {
    pub fn new(class: &'static str, text: impl Into<String>) -> Exception {
        Exception { class, text: text.into() }
    }

    pub(super) fn type_error(text: impl Into<String>) -> Exception {
        Exception::new("TypeError", text)
    }
}

impl core::fmt::Display for Exception {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.text.as_str() {
            "" => f.write_str(self.class),
            text => write!(f, "{}: {text}", self.class),
        }
    }
}

impl Value {
    pub(super) fn class(&self) -> &'static str {
        match self {
            Value::None => "NoneType",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Constant(constant) => constant.class.unwrap_or("int"),
            Value::Float(_) => "float",
            Value::Text(_) => "str",
            Value::Bytes(_) => "bytes",
            Value::Tuple(_) => "tuple",
            Value::List(_) => "list",
            Value::Dict(_) => "dict",
            Value::Socket(_) => "socket",
            Value::Module(_) => "module",
            Value::Function("socket") | Value::Class(_) => "type",
            Value::Function(_) | Value::Method(..) => "builtin_function_or_method",
        }
    }

    pub(super) fn int(&self) -> Option<i64> {
        match self {
            Value::Bool(value) => Some(i64::from(*value)),
            Value::Int(n) => Some(*n),
            Value::Constant(constant) => Some(constant.number),
            _ => None,
        }
    }

    /// As the prompt shows it. A socket is shown by whoever knows its addresses.
    pub fn shown(&self, socket: &dyn Fn(&Handle) -> String) -> String {
        let all = |values: &[Value]| -> Vec<String> {
            values.iter().map(|value| value.shown(socket)).collect()
        };
        match self {
            Value::None => "None".into(),
            Value::Bool(true) => "True".into(),
            Value::Bool(false) => "False".into(),
            Value::Int(n) => n.to_string(),
            Value::Constant(Constant { name, number, class: Some(class) }) => {
                format!("<{class}.{name}: {number}>")
            }
            Value::Constant(constant) => constant.number.to_string(),
            Value::Float(text) => text.clone(),
            Value::Text(text) => literal::text(text),
            Value::Bytes(bytes) => literal::bytes(bytes),
            Value::Tuple(values) if values.len() == 1 => format!("({},)", all(values).concat()),
            Value::Tuple(values) => literal::tuple(&all(values)),
            Value::List(values) => literal::list(&all(values)),
            Value::Dict(pairs) => {
                let pairs = pairs
                    .iter()
                    .map(|(key, value)| format!("{}: {}", key.shown(socket), value.shown(socket)));
                format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
            }
            Value::Socket(handle) => socket(handle),
            Value::Module(name) => format!("<module '{name}'>"),
            Value::Function("socket") => "<class 'socket.socket'>".into(),
            Value::Function(name) => format!("<built-in function {name}>"),
            Value::Method(of, name) => match &**of {
                Value::Socket(handle) if ["close", "accept"].contains(name) => {
                    format!("<bound method socket.{name} of {}>", socket(handle))
                }
                of => format!("<built-in method {name} of {} object>", of.class()),
            },
            Value::Class(name) => format!("<class '{name}'>"),
        }
    }
}

impl From<Address> for Value {
    fn from(address: Address) -> Value {
        match address {
            Address::Path(path) => Value::Text(path),
            Address::Inet(addr) => {
                let mut parts =
                    vec![Value::Text(addr.ip().to_string()), Value::Int(i64::from(addr.port()))];
                if addr.is_ipv6() {
                    parts.extend([Value::Int(0), Value::Int(0)]);
                }
                Value::Tuple(parts)
            }
        }
    }
}

//! Arguments of the methods, checked as Python checks them, and the calls that they make.

use core::time::Duration;

use super::value::{Exception, Handle, Value};
use crate::sockets::constants::{MSG_DONTWAIT, MSG_OOB, MSG_PEEK};
use crate::sockets::system::{Call, Family, Fd, Flags, How, OptionValue, Target};

/// What a method comes to.
pub(super) enum Action {
    Value(Value),
    Call(Call),
    /// `connect_ex()`: errors of the call are its value.
    CallForNumber(Call),
    /// `None`: for ever.
    Timeout(Option<Duration>),
    Close,
}

/// The methods of a socket that the lab has.
pub const METHODS: [&str; 22] = [
    "accept",
    "bind",
    "close",
    "connect",
    "connect_ex",
    "fileno",
    "getblocking",
    "getpeername",
    "getsockname",
    "getsockopt",
    "gettimeout",
    "listen",
    "recv",
    "recvfrom",
    "send",
    "sendall",
    "sendto",
    "setblocking",
    "setsockopt",
    "settimeout",
    "shutdown",
    "detach",
];

/// Those that Python has and the lab has not.
pub(super) const ABSENT: [&str; 14] = [
    "dup",
    "makefile",
    "recv_into",
    "recvfrom_into",
    "recvmsg",
    "recvmsg_into",
    "sendmsg",
    "sendfile",
    "sendmsg_afalg",
    "get_inheritable",
    "set_inheritable",
    "ioctl",
    "share",
    "detach",
];

/// The longest buffer that a call may ask for or hand over.
const MAX_OCTETS: usize = 16 * 1024 * 1024;

/// Where a call of a method goes.
pub(super) struct Object {
    pub(super) handle: Handle,
    pub(super) fd: Fd,
    pub(super) timeout: Option<Duration>,
    /// Text goes as octets, as in Python 2.
    pub(super) text_is_bytes: bool,
}

type Args<'a> = &'a [Value];

pub(super) fn method(
    object: &Object,
    name: &'static str,
    args: Args<'_>,
    keywords: &[(String, Value)],
) -> Result<Action, Exception> {
    if !keywords.is_empty() {
        return Err(Exception::type_error(format!("socket.{name}() takes no keyword arguments")));
    }
    let fd = object.fd;
    let family = object.handle.family;
    let waits = object.timeout.is_none();
    let address = |value: &Value| address(value, family, name);
    let data = |value: &Value| octets(value, object.text_is_bytes);
    let flags = |value: Option<&Value>| -> Result<Flags, Exception> {
        let bits = value.map_or(Ok(0), integer)?;
        Ok(Flags {
            peek: bits & MSG_PEEK != 0,
            urgent: bits & MSG_OOB != 0,
            dont_wait: !waits || bits & MSG_DONTWAIT != 0,
        })
    };
    Ok(match name {
        "accept" => {
            positional(name, args)?;
            Action::Call(Call::Accept { fd })
        }
        "bind" => Action::Call(Call::Bind { fd, to: address(one(name, args)?)? }),
        "close" => {
            positional(name, args)?;
            Action::Close
        }
        "connect" => {
            let to = address(one(name, args)?)?;
            Action::Call(Call::Connect { fd, to, begun: false })
        }
        "connect_ex" => {
            let to = address(one(name, args)?)?;
            Action::CallForNumber(Call::Connect { fd, to, begun: false })
        }
        "fileno" => {
            none(name, args)?;
            Action::Value(Value::Int(i64::from(fd.0 as i32)))
        }
        "getblocking" => {
            none(name, args)?;
            Action::Value(Value::Bool(object.timeout != Some(Duration::ZERO)))
        }
        "getpeername" => {
            none(name, args)?;
            Action::Call(Call::Peer { fd })
        }
        "getsockname" => {
            none(name, args)?;
            Action::Call(Call::Name { fd })
        }
        "gettimeout" => {
            none(name, args)?;
            Action::Value(object.timeout.map_or(Value::None, |t| Value::Float(seconds(t))))
        }
        "getsockopt" => {
            between(name, args, 2, 3)?;
            let octets = args.get(2).map_or(Ok(0), integer)?;
            if !(0..=1024).contains(&octets) {
                return Err(Exception::new("OSError", "getsockopt buflen out of range"));
            }
            let (level, option) = (integer(&args[0])?, integer(&args[1])?);
            Action::Call(Call::GetOption { fd, level, option, octets: octets as usize })
        }
        "listen" => {
            between(name, args, 0, 1)?;
            let backlog = args.first().map_or(Ok(128), integer)?;
            Action::Call(Call::Listen { fd, backlog })
        }
        "recv" | "recvfrom" => {
            between(name, args, 1, 2)?;
            let n = integer(&args[0])?;
            let flags = flags(args.get(1))?;
            let n = usize::try_from(n).map_err(|_| {
                Exception::new("ValueError", format!("negative buffersize in {name}"))
            })?;
            let from = name == "recvfrom";
            if n == 0 && !from {
                // Python does not even ask the kernel.
                return Ok(Action::Value(Value::Bytes(Vec::new())));
            }
            Action::Call(Call::Receive { fd, n: n.min(MAX_OCTETS), flags, from })
        }
        "send" | "sendall" => {
            between(name, args, 1, 2)?;
            let data = data(&args[0])?;
            let flags = flags(args.get(1))?;
            Action::Call(Call::Send { fd, data, sent: 0, all: name == "sendall", flags })
        }
        "sendto" => {
            if !(2..=3).contains(&args.len()) {
                let text = format!("sendto() takes 2 or 3 arguments ({} given)", args.len());
                return Err(Exception::type_error(text));
            }
            let data = data(&args[0])?;
            let flags = flags(args.get(1).filter(|_| args.len() == 3))?;
            let to = address(&args[args.len() - 1])?;
            Action::Call(Call::SendTo { fd, data, to, flags })
        }
        "setblocking" => {
            let wait = match one(name, args)? {
                Value::None => false,
                value => value.int().is_none_or(|n| n != 0),
            };
            Action::Timeout((!wait).then_some(Duration::ZERO))
        }
        "setsockopt" => {
            if args.len() != 3 {
                let text = format!("setsockopt() takes exactly 3 arguments ({} given)", args.len());
                return Err(Exception::type_error(text));
            }
            let (level, option) = (integer(&args[0])?, integer(&args[1])?);
            let value = match (&args[2], args[2].int()) {
                (_, Some(n)) => OptionValue::Int(n),
                (value, None) => OptionValue::Octets(octets(value, false)?),
            };
            Action::Call(Call::SetOption { fd, level, option, value })
        }
        "settimeout" => Action::Timeout(timeout(one(name, args)?)?),
        "shutdown" => {
            let how = match integer(one(name, args)?)? {
                0 => How::Read,
                1 => How::Write,
                2 => How::Both,
                _ => return Err(Exception::new("OSError", "[Errno 22] Invalid argument")),
            };
            Action::Call(Call::Shutdown { fd, how })
        }
        _ => return Err(no_attribute("socket", name)),
    })
}

pub(super) fn no_attribute(class: &str, name: &str) -> Exception {
    Exception::new("AttributeError", format!("'{class}' object has no attribute '{name}'"))
}

pub(super) fn integer(value: &Value) -> Result<i64, Exception> {
    value.int().ok_or_else(|| {
        let class = value.class();
        Exception::type_error(format!("'{class}' object cannot be interpreted as an integer"))
    })
}

fn octets(value: &Value, text_is_bytes: bool) -> Result<Vec<u8>, Exception> {
    match value {
        Value::Bytes(bytes) => Ok(bytes.clone()),
        Value::Text(text) if text_is_bytes => Ok(text.as_bytes().to_vec()),
        value => {
            let class = value.class();
            let text = format!("a bytes-like object is required, not '{class}'");
            Err(Exception::type_error(text))
        }
    }
}

fn address(value: &Value, family: Family, call: &str) -> Result<Target, Exception> {
    if family == Family::Unix {
        return match value {
            Value::Text(path) => Ok(Target::Path(path.clone())),
            value => Ok(Target::Path(String::from_utf8_lossy(&octets(value, false)?).into_owned())),
        };
    }
    let Value::Tuple(parts) = value else {
        let (family, class) = (family.name(), value.class());
        let text = format!("{call}(): {family} address must be tuple, not {class}");
        return Err(Exception::type_error(text));
    };
    let fits = match family {
        Family::Inet6 => (2..=4).contains(&parts.len()),
        _ => parts.len() == 2,
    };
    if !fits {
        return Err(Exception::type_error(match family {
            Family::Inet6 => "AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])",
            _ => "AF_INET address must be a pair (host, port)",
        }));
    }
    let host = match &parts[0] {
        Value::Text(host) => host.clone(),
        Value::Bytes(host) => String::from_utf8_lossy(host).into_owned(),
        other => {
            let text = format!("str, bytes or bytearray expected, not {}", other.class());
            return Err(Exception::type_error(text));
        }
    };
    let port = u16::try_from(integer(&parts[1])?)
        .map_err(|_| Exception::new("OverflowError", format!("{call}(): port must be 0-65535.")))?;
    Ok(Target::Host { host, port })
}

fn timeout(value: &Value) -> Result<Option<Duration>, Exception> {
    let micros = match value {
        Value::None => return Ok(None),
        Value::Float(text) => micros(text).unwrap_or(i64::MAX),
        value => integer(value)?.checked_mul(1_000_000).unwrap_or(i64::MAX),
    };
    let range = || Exception::new("ValueError", "Timeout value out of range");
    u64::try_from(micros).map(|micros| Some(Duration::from_micros(micros))).map_err(|_| range())
}

/// A number of Python in millionths, without the tables that floating point needs. `None`: too large.
fn micros(text: &str) -> Option<i64> {
    let lower = text.to_ascii_lowercase();
    let (mantissa, exponent) = lower.split_once('e').unwrap_or((&lower, "0"));
    let exponent: i32 = exponent.parse().ok()?;
    let (negative, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits: String = [whole, part].concat();
    let places = i64::from(exponent) + 6 - part.len() as i64;
    if places >= 0 {
        digits.extend(core::iter::repeat_n('0', usize::try_from(places).ok()?.min(30)));
    } else {
        digits.truncate((digits.len() as i64 + places).max(0) as usize);
    }
    let value: i64 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
    Some(if negative { -value } else { value })
}

fn seconds(time: Duration) -> String {
    let micros = format!("{:06}", time.subsec_micros());
    let part = micros.trim_end_matches('0');
    format!("{}.{}", time.as_secs(), if part.is_empty() { "0" } else { part })
}

/// For methods that are written in Python.
fn positional(name: &str, args: Args<'_>) -> Result<(), Exception> {
    let given = args.len() + 1;
    let text = format!("socket.{name}() takes 1 positional argument but {given} were given");
    if args.is_empty() { Ok(()) } else { Err(Exception::type_error(text)) }
}

fn none(name: &str, args: Args<'_>) -> Result<(), Exception> {
    let text = format!("socket.{name}() takes no arguments ({} given)", args.len());
    if args.is_empty() { Ok(()) } else { Err(Exception::type_error(text)) }
}

fn one<'a>(name: &str, args: Args<'a>) -> Result<&'a Value, Exception> {
    match args {
        [value] => Ok(value),
        _ => Err(Exception::type_error(format!(
            "socket.{name}() takes exactly one argument ({} given)",
            args.len()
        ))),
    }
}

fn between(name: &str, args: Args<'_>, least: usize, most: usize) -> Result<(), Exception> {
    let (bound, limit) = if args.len() < least {
        ("at least", least)
    } else if args.len() > most {
        ("at most", most)
    } else {
        return Ok(());
    };
    let s = if limit == 1 { "" } else { "s" };
    let text = format!("{name}() takes {bound} {limit} argument{s} ({} given)", args.len());
    Err(Exception::type_error(text))
}

//! Why Python itself refuses a call, or answers it without asking the kernel.

use super::value::{Exception, Value};
use crate::explain::Rfc;
use crate::sockets::{Source, Told};

const MANUAL: Source = Source::Python("socket");

/// The mistakes that everybody makes once.
pub(super) fn of_exception(name: &str, exception: &Exception) -> Option<Told> {
    let text = exception.text.as_str();
    let (what, why, source) = if text.starts_with("a bytes-like object is required") {
        (
            "Sockets carry octets, and this is text.",
            "In Python 3 text has to be encoded first: b'\u{2026}' is octets, and so is '\u{2026}'.encode(). Python 2 took its str for octets.",
            MANUAL,
        )
    } else if text.contains("port must be 0-65535") {
        (
            "There is no such port.",
            "A port has 16 bits in every segment, so it goes from 0 to 65535. Nothing was sent.",
            Source::Rfc(Rfc::new(9293, "3.1")),
        )
    } else if text.contains("address must be")
        || matches!(name, "connect" | "bind" | "connect_ex")
            && text.contains("exactly one argument")
    {
        (
            "An address is one argument.",
            "For IPv4 it is a pair of host and port in parentheses of its own: s.connect(('server.lab', 12345)).",
            MANUAL,
        )
    } else {
        return None;
    };
    Some(Told::new(what, why, source))
}

/// A value that came without a call of the system.
pub(super) fn of_value(name: &str, value: &Value) -> Option<Told> {
    (name == "recv" && *value == Value::Bytes(Vec::new())).then(|| {
        Told::new(
            "Nothing was asked for, so nothing came.",
            "b'' from recv(0) is no end of the connection: only a recv() of at least one octet can meet the end.",
            Source::Posix("recv"),
        )
    })
}

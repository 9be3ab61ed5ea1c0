//! Errors of the calls, by their names; numbers and texts are Linux's, classes are Python 3's.

/// An error that a system call ends with.
#[derive(Debug)]
pub struct Errno {
    pub name: &'static str,
    pub number: i64,
    pub text: &'static str,
    /// Python's class for it.
    pub class: &'static str,
}

impl PartialEq for Errno {
    fn eq(&self, other: &Errno) -> bool {
        self.number == other.number
    }
}

macro_rules! errnos {
    ($( $name:ident = $number:literal, $text:literal, $class:literal; )*) => {
        $( pub static $name: Errno =
            Errno { name: stringify!($name), number: $number, text: $text, class: $class }; )*
        pub static ALL: &[&Errno] = &[ $( &$name ),* ];
    };
}

errnos! {
    ENOENT = 2, "No such file or directory", "FileNotFoundError";
    EBADF = 9, "Bad file descriptor", "OSError";
    EAGAIN = 11, "Resource temporarily unavailable", "BlockingIOError";
    EACCES = 13, "Permission denied", "PermissionError";
    EINVAL = 22, "Invalid argument", "OSError";
    EMFILE = 24, "Too many open files", "OSError";
    EPIPE = 32, "Broken pipe", "BrokenPipeError";
    EDESTADDRREQ = 89, "Destination address required", "OSError";
    EMSGSIZE = 90, "Message too long", "OSError";
    EPROTOTYPE = 91, "Protocol wrong type for socket", "OSError";
    ENOPROTOOPT = 92, "Protocol not available", "OSError";
    EPROTONOSUPPORT = 93, "Protocol not supported", "OSError";
    ESOCKTNOSUPPORT = 94, "Socket type not supported", "OSError";
    EOPNOTSUPP = 95, "Operation not supported", "OSError";
    EAFNOSUPPORT = 97, "Address family not supported by protocol", "OSError";
    EADDRINUSE = 98, "Address already in use", "OSError";
    EADDRNOTAVAIL = 99, "Cannot assign requested address", "OSError";
    ENETDOWN = 100, "Network is down", "OSError";
    ENETUNREACH = 101, "Network is unreachable", "OSError";
    ECONNRESET = 104, "Connection reset by peer", "ConnectionResetError";
    EISCONN = 106, "Transport endpoint is already connected", "OSError";
    ENOTCONN = 107, "Transport endpoint is not connected", "OSError";
    ETIMEDOUT = 110, "Connection timed out", "TimeoutError";
    ECONNREFUSED = 111, "Connection refused", "ConnectionRefusedError";
    EALREADY = 114, "Operation already in progress", "BlockingIOError";
    EINPROGRESS = 115, "Operation now in progress", "BlockingIOError";
}

impl Errno {
    /// What Python prints after the class.
    pub fn message(&self) -> String {
        format!("[Errno {}] {}", self.number, self.text)
    }
}

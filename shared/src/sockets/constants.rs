//! The constants of Python's module, by Linux's numbers.

pub const SOL_SOCKET: i64 = 1;
pub const SO_REUSEADDR: i64 = 2;
pub const SO_TYPE: i64 = 3;
pub const SO_ERROR: i64 = 4;
pub const SO_BROADCAST: i64 = 6;
pub const SO_SNDBUF: i64 = 7;
pub const SO_RCVBUF: i64 = 8;
pub const SO_KEEPALIVE: i64 = 9;
pub const SO_OOBINLINE: i64 = 10;
pub const SO_LINGER: i64 = 13;
pub const IPPROTO_TCP: i64 = 6;
pub const TCP_NODELAY: i64 = 1;
pub const IPPROTO_IPV6: i64 = 41;
pub const IPV6_V6ONLY: i64 = 26;
pub const MSG_OOB: i64 = 1;
pub const MSG_PEEK: i64 = 2;
pub const MSG_DONTWAIT: i64 = 0x40;

/// A constant of the module `socket`.
#[derive(Debug, PartialEq, Eq)]
pub struct Constant {
    pub name: &'static str,
    pub number: i64,
    /// The enumeration that it belongs to, which Python shows.
    pub class: Option<&'static str>,
}

const fn plain(name: &'static str, number: i64) -> Constant {
    Constant { name, number, class: None }
}

const fn of(class: &'static str, name: &'static str, number: i64) -> Constant {
    Constant { name, number, class: Some(class) }
}

pub static ALL: &[Constant] = &[
    of("AddressFamily", "AF_UNIX", 1),
    of("AddressFamily", "AF_INET", 2),
    of("AddressFamily", "AF_INET6", 10),
    of("SocketKind", "SOCK_STREAM", 1),
    of("SocketKind", "SOCK_DGRAM", 2),
    of("MsgFlag", "MSG_OOB", MSG_OOB),
    of("MsgFlag", "MSG_PEEK", MSG_PEEK),
    of("MsgFlag", "MSG_DONTWAIT", MSG_DONTWAIT),
    plain("SHUT_RD", 0),
    plain("SHUT_WR", 1),
    plain("SHUT_RDWR", 2),
    plain("SOL_SOCKET", SOL_SOCKET),
    plain("SO_REUSEADDR", SO_REUSEADDR),
    plain("SO_TYPE", SO_TYPE),
    plain("SO_ERROR", SO_ERROR),
    plain("SO_BROADCAST", SO_BROADCAST),
    plain("SO_SNDBUF", SO_SNDBUF),
    plain("SO_RCVBUF", SO_RCVBUF),
    plain("SO_KEEPALIVE", SO_KEEPALIVE),
    plain("SO_OOBINLINE", SO_OOBINLINE),
    plain("SO_LINGER", SO_LINGER),
    plain("IPPROTO_TCP", IPPROTO_TCP),
    plain("IPPROTO_UDP", 17),
    plain("IPPROTO_IPV6", IPPROTO_IPV6),
    plain("TCP_NODELAY", TCP_NODELAY),
    plain("IPV6_V6ONLY", IPV6_V6ONLY),
    plain("SOMAXCONN", 4096),
];

pub fn by_name(name: &str) -> Option<&'static Constant> {
    ALL.iter().find(|constant| constant.name == name)
}

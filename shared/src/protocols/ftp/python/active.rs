//! Active mode: the client waits, and says where.

use core::net::{IpAddr, SocketAddr, SocketAddrV4};

use super::super::wire::address::{extended_text, named, six_text};
use super::dialogue::{done, first, void};
use crate::machine::Conn;
use crate::python::literal::text;
use crate::python::{Exchange, Next, Step, Talk};
use crate::transcript::Kind;

/// The client's own address, as Python knows it.
pub(super) const OWN_HOST: &str = "ftp.sock.getsockname()[0]";

/// Whether transfers are passive by now.
pub(super) fn is_passive(step: &Step<'_>) -> bool {
    let set = step.earlier.iter().rev().find(|played| played.action.method == "set_pasv");
    set.is_none_or(|played| !matches!(played.args[0].as_str(), "" | "False" | "0" | "None"))
}

pub(super) fn makeport(step: &Step<'_>) -> Next {
    Talk::run(step, |talk| {
        let exchange = listened(talk)?;
        let port = announced(exchange).map(|address| address.port());
        Ok(port.map_or("None".into(), |port| port.to_string()))
    })
}

/// The lab makes the socket, and tells the server.
pub(super) fn listened<'a>(talk: &mut Talk<'a>) -> Result<&'a Exchange<'a>, Next> {
    let command = if own(talk.step).is_ipv6() { "EPRT" } else { "PORT" };
    let exchange = talk.ask(Next::Send(command.into()))?;
    done(first(exchange).as_ref()).map_err(Next::Raise)?;
    Ok(exchange)
}

pub(super) fn sendport(step: &Step<'_>) -> Next {
    match address(step) {
        Ok(SocketAddr::V4(address)) => void(step, format!("PORT {}", six_text(address))),
        Ok(SocketAddr::V6(_)) => Next::Raise("ValueError: not an IPv4 address".into()),
        Err(exception) => Next::Raise(exception),
    }
}

pub(super) fn sendeprt(step: &Step<'_>) -> Next {
    match address(step) {
        Ok(address) => void(step, format!("EPRT {}", extended_text(address))),
        Err(exception) => Next::Raise(exception),
    }
}

/// The address that a typed PORT or EPRT has announced.
pub(super) fn announced(exchange: &Exchange<'_>) -> Option<SocketAddr> {
    let sent = exchange.sent();
    let (verb, argument) = sent.split_once(' ')?;
    matches!(verb, "PORT" | "EPRT").then(|| named(argument))?
}

/// The call for a typed PORT or EPRT, if it announces the client itself: the script has another address.
pub(super) fn call(exchange: &Exchange<'_>) -> Option<(String, bool)> {
    let address = announced(exchange)?;
    let local = exchange.local()?.ip().to_canonical();
    if address.ip() != local {
        return None;
    }
    let waits = exchange
        .note_before()
        .is_some_and(|note| note.starts_with(&format!("A socket waits at {address} ")));
    let extended = exchange.sent().starts_with("EPRT");
    Some(match (waits, extended) {
        (true, false) => ("data = ftp.makeport()".into(), true),
        (true, true) => {
            let socket = "data = socket.socket()\ndata.bind(('', 0))\ndata.listen(1)\n";
            let code = format!("{socket}ftp.sendeprt({OWN_HOST}, data.getsockname()[1])");
            (code, false)
        }
        (false, true) => (format!("ftp.sendeprt({OWN_HOST}, {})", address.port()), false),
        (false, false) => (format!("ftp.sendport({OWN_HOST}, {})", address.port()), false),
    })
}

fn own(step: &Step<'_>) -> IpAddr {
    let local = step.session.iter().find_map(|entry| match &entry.kind {
        Kind::Opened { local, .. } if entry.conn == Conn::MAIN => Some(local.ip().to_canonical()),
        _ => None,
    });
    local.unwrap_or(IpAddr::V4(core::net::Ipv4Addr::UNSPECIFIED))
}

/// Host and port as they were given.
fn address(step: &Step<'_>) -> Result<SocketAddr, String> {
    let host = step.args[0].trim_matches(['\'', '"']);
    let host = match host {
        OWN_HOST => own(step),
        host => host.parse().map_err(|_| format!("ValueError: {} is no address", text(host)))?,
    };
    let port = step.args[1].parse::<u16>();
    let port = port.map_err(|_| format!("ValueError: {} is no port", text(&step.args[1])))?;
    Ok(match host {
        IpAddr::V4(host) => SocketAddr::V4(SocketAddrV4::new(host, port)),
        host => SocketAddr::new(host, port),
    })
}

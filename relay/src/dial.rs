//! From a target to a connected socket: resolve once, ask the policy about every address, dial
//! the addresses that were allowed, and remember what each attempt said.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use shared::tunnel::{
    Attempt, DEFAULT_WINDOW, Family, MAX_ADDRESSES, OpenedInfo, Phase, Reason, Reset, Target,
};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout, timeout_at};

use crate::addresses::Entered;
use crate::house::House;
use crate::policy::Route;

/// A connection for a page.
pub(crate) struct Dialled {
    pub(crate) socket: TcpStream,
    pub(crate) info: OpenedInfo,
    pub(crate) of_page: Entered<u64>,
}

pub(crate) async fn dial(house: &House, page: u64, target: &Target) -> Result<Dialled, Reset> {
    let limit = house.limits.connect;
    let patience = if target.timeout.is_zero() { limit } else { target.timeout.min(limit) };
    let start = Instant::now();
    let deadline = start + patience;
    let resolved = within(deadline, resolve(house, target)).await?;
    let dns = start.elapsed();
    let allowed = allowed(house, target, &resolved)?;

    let mut attempts = Vec::new();
    let mut failure = None;
    for (index, &address) in allowed.iter().enumerate() {
        // Every address gets its share of the time that is left.
        let left = deadline.saturating_duration_since(Instant::now());
        let share = left / (allowed.len() - index) as u32;
        let start = Instant::now();
        let result = match timeout(share, TcpStream::connect(address)).await {
            Ok(result) => result,
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        };
        let took = start.elapsed();
        let errno = result.as_ref().err().map_or(0, errno);
        attempts.push(Attempt { address: address.ip(), errno, took });
        match result.and_then(addresses) {
            Ok((socket, local, peer)) => {
                let resolved = resolved.iter().map(|address| address.ip()).collect();
                let window = DEFAULT_WINDOW;
                let connect = took;
                let info = OpenedInfo { local, peer, window, dns, connect, resolved, attempts };
                let of_page = house.meeting.page_sockets.enter(local, page);
                return Ok(Dialled { socket, info, of_page });
            }
            Err(error) => failure = Some(connect_failed(address, &error, took)),
        }
    }
    Err(failure.unwrap_or_else(|| Reset::new(Reason::NAME_NOT_FOUND, Phase::Resolve)))
}

/// The reset that an error of the system becomes.
pub(crate) fn reset_of(error: &io::Error, phase: Phase) -> Reset {
    let reason = match error.kind() {
        io::ErrorKind::ConnectionRefused => Reason::REFUSED,
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => Reason::UNREACHABLE,
        io::ErrorKind::TimedOut if phase == Phase::Connect => Reason::CONNECT_TIMEOUT,
        io::ErrorKind::TimedOut => Reason::PEER_TIMEOUT,
        io::ErrorKind::ConnectionReset => Reason::PEER_RESET,
        io::ErrorKind::BrokenPipe => Reason::BROKEN_PIPE,
        io::ErrorKind::AddrInUse => Reason::ADDRESS_IN_USE,
        io::ErrorKind::AddrNotAvailable => Reason::ADDRESS_NOT_HERE,
        io::ErrorKind::PermissionDenied => Reason::NOT_PERMITTED,
        _ => Reason::IO,
    };
    let text = format!("{} ({error})", reason.sentence());
    Reset { errno: errno(error), text, ..Reset::new(reason, phase) }
}

async fn resolve(house: &House, target: &Target) -> Result<Vec<SocketAddr>, Reset> {
    let Target { host, port, family, .. } = target;
    if *port == 0 || host.is_empty() {
        let text = format!("A connection needs a host and a port; got {host:?} and {port}.");
        return Err(Reset { text, ..Reset::new(Reason::BAD_TARGET, Phase::Local) });
    }
    let route = house.policy.route(host, *port, &house.doors()).map_err(denied)?;
    let mut addresses = match route {
        Route::Practice(address) | Route::Address(address) => vec![address],
        Route::Resolve => match lookup_host((host.as_str(), *port)).await {
            Ok(addresses) => addresses.collect(),
            Err(error) => {
                let text = format!("No address was found for {host}: {error}.");
                let reset = Reset::new(Reason::NAME_NOT_FOUND, Phase::Resolve);
                return Err(Reset { errno: errno(&error), text, ..reset });
            }
        },
    };
    addresses.retain(|address| match family {
        Family::Any => true,
        Family::V4 => address.is_ipv4(),
        Family::V6 => address.is_ipv6(),
    });
    addresses.truncate(MAX_ADDRESSES);
    if addresses.is_empty() {
        let text = format!("{host} has no address of the family that was asked for.");
        return Err(Reset { text, ..Reset::new(Reason::NAME_NOT_FOUND, Phase::Resolve) });
    }
    Ok(addresses)
}

/// The addresses that may be dialled; the first refusal if there are none.
fn allowed(
    house: &House,
    target: &Target,
    resolved: &[SocketAddr],
) -> Result<Vec<SocketAddr>, Reset> {
    let doors = house.doors();
    let check = |&address| house.policy.check(address, &doors);
    let (allowed, refused): (Vec<_>, Vec<_>) = resolved.iter().map(check).partition(Result::is_ok);
    match refused.into_iter().find_map(Result::err) {
        Some(refusal) if allowed.is_empty() => {
            let why = refusal.to_string();
            tracing::info!(host = target.host, port = target.port, why, "refused");
            Err(denied(refusal))
        }
        _ => Ok(allowed.into_iter().flatten().collect()),
    }
}

pub(crate) fn denied(denied: crate::policy::Denied) -> Reset {
    Reset { text: denied.to_string(), ..Reset::new(Reason::NOT_ALLOWED, Phase::Policy) }
}

fn connect_failed(address: SocketAddr, error: &io::Error, took: Duration) -> Reset {
    let reset = reset_of(error, Phase::Connect);
    let text = format!("{address} after {} ms: {}", took.as_millis(), reset.text);
    Reset { text, ..reset }
}

fn addresses(socket: TcpStream) -> io::Result<(TcpStream, SocketAddr, SocketAddr)> {
    // The page's machines decide what is sent together; waiting here would hide their choice.
    socket.set_nodelay(true)?;
    let (local, peer) = (socket.local_addr()?, socket.peer_addr()?);
    Ok((socket, local, peer))
}

async fn within<T>(
    deadline: Instant,
    work: impl Future<Output = Result<T, Reset>>,
) -> Result<T, Reset> {
    match timeout_at(deadline, work).await {
        Ok(result) => result,
        Err(_) => Err(Reset::new(Reason::CONNECT_TIMEOUT, Phase::Resolve)),
    }
}

pub(crate) fn errno(error: &io::Error) -> u16 {
    error.raw_os_error().and_then(|code| u16::try_from(code).ok()).unwrap_or(0)
}

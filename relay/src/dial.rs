//! From a target to a connected socket: resolve once, ask the policy about every address, dial
//! the addresses that were allowed, and remember what each attempt said.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use shared::tunnel::{
    Attempt, DEFAULT_WINDOW, Family, MAX_ADDRESSES, OpenedInfo, Phase, Reason, Reset, Target,
};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

use crate::addresses::Entered;
use crate::house::House;
use crate::policy::{Denied, Host, Policy, Route};

/// What stands for an address that the policy denies: the same number on every system.
const EACCES: u16 = 13;

/// A connection for a page.
pub(crate) struct Dialled {
    pub(crate) socket: TcpStream,
    pub(crate) info: OpenedInfo,
    pub(crate) of_page: Entered<u64>,
}

pub(crate) async fn dial(house: &House, page: u64, target: &Target) -> Result<Dialled, Reset> {
    let limit = house.limits().connect;
    let patience = if target.timeout.is_zero() { limit } else { target.timeout.min(limit) };
    let start = Instant::now();
    let deadline = start + patience;
    let policy = house.policy();
    let Found { name, addresses: resolved } =
        within(deadline, resolve(house, &policy, target)).await?;
    let dns = start.elapsed();
    let Judged { allowed, refused } = judged(house, &policy, name.as_deref(), &resolved);
    if let (true, Some(refusal)) = (allowed.is_empty(), summary(&refused)) {
        tracing::info!(host = target.host, port = target.port, refusal, "refused");
        return Err(denied(Denied(refusal)));
    }

    // Nothing was sent to these, and they stand in the answer.
    let denied = refused.iter().map(|(address, _)| Attempt {
        address: address.ip(),
        errno: EACCES,
        took: Duration::ZERO,
    });
    let mut attempts: Vec<_> = denied.collect();
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
    let failure = failure.unwrap_or_else(|| Reset::new(Reason::NAME_NOT_FOUND, Phase::Resolve));
    Err(match summary(&refused) {
        Some(refusal) => {
            Reset { text: format!("{} Not tried: {refusal}", failure.text), ..failure }
        }
        None => failure,
    })
}

/// Where a UDP socket for this target sends: the first of its addresses that the policy allows.
pub(crate) async fn destination(house: &House, target: &Target) -> Result<SocketAddr, Reset> {
    let policy = house.policy();
    let deadline = Instant::now() + house.limits().connect;
    let found = within(deadline, resolve(house, &policy, target)).await?;
    let doors = house.doors();
    let mut refusal = None;
    for address in found.addresses {
        match policy.may_send(address, false, &doors) {
            Ok(to) => return Ok(to),
            Err(denied) => refusal = refusal.or(Some(denied)),
        }
    }
    Err(refusal.map_or(Reset::new(Reason::NAME_NOT_FOUND, Phase::Resolve), denied))
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

/// What a target turned out to be.
struct Found {
    /// The name that was looked up.
    name: Option<String>,
    addresses: Vec<SocketAddr>,
}

async fn resolve(house: &House, policy: &Policy, target: &Target) -> Result<Found, Reset> {
    let Target { host, port, family, .. } = target;
    if *port == 0 || host.is_empty() {
        let text = format!("A connection needs a host and a port; got {host:?} and {port}.");
        return Err(Reset { text, ..Reset::new(Reason::BAD_TARGET, Phase::Local) });
    }
    let meant = Host::read(host).map_err(no_host)?;
    let route = policy.route(meant, *port, &house.doors()).map_err(denied)?;
    let (name, mut addresses) = match route {
        Route::Practice(address) | Route::Address(address) => (None, vec![address]),
        Route::Resolve(name) => match house.resolver.look_up(&name).await {
            Ok(found) => {
                let addresses = found.into_iter().map(|ip| SocketAddr::new(ip, *port));
                (Some(name), addresses.collect())
            }
            Err(error) => return Err(not_found(host, &error)),
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
    Ok(Found { name, addresses })
}

struct Judged {
    allowed: Vec<SocketAddr>,
    refused: Vec<(SocketAddr, Denied)>,
}

/// Every address with what the policy says of it.
fn judged(house: &House, policy: &Policy, name: Option<&str>, resolved: &[SocketAddr]) -> Judged {
    let doors = house.doors();
    let mut judged = Judged { allowed: Vec::new(), refused: Vec::new() };
    for &address in resolved {
        match policy.check(name, address, &doors) {
            Ok(allowed) => judged.allowed.push(allowed),
            Err(refusal) => judged.refused.push((address, refusal)),
        }
    }
    judged
}

/// All refusals in one text; `None` if there are none.
fn summary(refused: &[(SocketAddr, Denied)]) -> Option<String> {
    let texts: Vec<_> = refused.iter().map(|(_, refusal)| refusal.to_string()).collect();
    (!texts.is_empty()).then(|| texts.join(" "))
}

/// The host is nothing that could be connected to.
pub(crate) fn no_host(why: Denied) -> Reset {
    Reset { text: why.to_string(), ..Reset::new(Reason::BAD_TARGET, Phase::Local) }
}

pub(crate) fn not_found(host: &str, error: &io::Error) -> Reset {
    let text = format!("No address was found for {host}: {error}.");
    let reset = Reset::new(Reason::NAME_NOT_FOUND, Phase::Resolve);
    Reset { errno: errno(error), text, ..reset }
}

pub(crate) fn denied(denied: Denied) -> Reset {
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

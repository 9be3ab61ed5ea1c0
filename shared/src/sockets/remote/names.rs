//! What hosts are called, as the relay's machine knows it.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::{Name, Remote, not_asked, waits_for_relay};
use crate::sockets::errno;
use crate::sockets::system::{Failure, Family, Reply, Target};
use crate::sockets::{Source, Told};
use crate::tunnel::Query;

impl Remote {
    /// The address of a host as the relay sees it. `Err` ends the call, or lets it wait.
    pub(super) fn address(&mut self, family: Family, target: &Target) -> Result<SocketAddr, Reply> {
        let Target::Host { host, port } = target else {
            return Err(Reply::failed(
                &errno::EINVAL,
                Told::posix("A path is no address of this family.", "", "connect"),
            ));
        };
        let v6 = family == Family::Inet6;
        let loopback =
            if v6 { IpAddr::V6(Ipv6Addr::LOCALHOST) } else { IpAddr::V4(Ipv4Addr::LOCALHOST) };
        let own = self.mux.welcome().map(|welcome| welcome.hostname.clone());
        let ip = if host.is_empty() {
            if v6 { IpAddr::V6(Ipv6Addr::UNSPECIFIED) } else { IpAddr::V4(Ipv4Addr::UNSPECIFIED) }
        } else if let Ok(ip) = host.parse::<IpAddr>() {
            ip
        } else if host.eq_ignore_ascii_case("localhost") || own.as_deref() == Some(host.as_str()) {
            loopback
        } else {
            match self.names.get(host) {
                Some(Name::Known(found)) => match found.iter().find(|ip| ip.is_ipv6() == v6) {
                    Some(ip) => *ip,
                    None => return Err(no_name(host)),
                },
                Some(Name::Unknown) => {
                    // Asked anew the next time.
                    self.names.remove(host);
                    return Err(no_name(host));
                }
                Some(Name::Asked(_)) => return Err(waits_for_relay("what the name stands for")),
                None => return Err(self.ask(host)),
            }
        };
        Ok(SocketAddr::new(ip, *port))
    }

    fn ask(&mut self, host: &str) -> Reply {
        let query = Query { host: host.into(), family: crate::tunnel::Family::Any };
        match self.mux.resolve(query) {
            Ok(id) => {
                self.names.insert(host.into(), Name::Asked(id));
                waits_for_relay("what the name stands for")
            }
            Err(why) => not_asked(&why),
        }
    }
}

fn no_name(host: &str) -> Reply {
    let told = Told::new(
        format!("The relay\u{2019}s machine does not know {host}."),
        "getaddrinfo() asks the hosts file and the name servers of that machine, and its policy decides which names it asks for.",
        Source::Posix("getaddrinfo"),
    );
    Reply::Failed(Failure::Name(-2, "Name or service not known"), told)
}

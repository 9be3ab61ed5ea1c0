//! A name server that says whatever a test wants, and a resolver of the relay that asks it.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// Types of records (RFC 1035, 3.2.2; RFC 3596, 2.1).
const A: u16 = 1;
const AAAA: u16 = 28;

const HEADER: usize = 12;

/// A name server on the loopback, until it is dropped.
pub struct NameServer {
    address: SocketAddr,
    questions: Questions,
    task: JoinHandle<()>,
}

/// How often each name was asked for, by type.
type Questions = Arc<Mutex<BTreeMap<(String, u16), usize>>>;

impl Drop for NameServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl NameServer {
    /// `answer` is given the name and how many lookups of it there were before this one.
    pub async fn start(
        answer: impl Fn(&str, usize) -> Vec<IpAddr> + Send + Sync + 'static,
    ) -> NameServer {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a UDP port");
        let address = socket.local_addr().expect("a bound socket");
        let questions = Questions::default();
        let count = Arc::clone(&questions);
        let task = tokio::spawn(async move {
            let mut buffer = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                let Some((name, kind, end)) = question(&buffer[..length]) else { continue };
                let before = {
                    let mut count = count.lock().unwrap_or_else(PoisonError::into_inner);
                    let count = count.entry((name.clone(), kind)).or_default();
                    *count += 1;
                    *count - 1
                };
                let reply = reply(&buffer[..end], kind, &answer(&name, before));
                // Whoever asked may have gone.
                let _ = socket.send_to(&reply, from).await;
            }
        });
        NameServer { address, questions, task }
    }

    /// Asks this server for IPv4 and IPv6 addresses, once for each lookup.
    pub fn resolver(&self) -> relay::Resolver {
        let server = self.address;
        relay::Resolver::new(move |name| async move {
            let (mut v4, v6) = (ask(server, &name, A).await?, ask(server, &name, AAAA).await?);
            v4.extend(v6);
            Ok(v4)
        })
    }

    /// Lookups of a name so far.
    pub fn lookups(&self, name: &str) -> usize {
        let questions = self.questions.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |kind| questions.get(&(name.to_owned(), kind)).copied().unwrap_or(0);
        assert_eq!(of(A), of(AAAA), "both families are asked for in each lookup");
        of(A)
    }
}

async fn ask(server: SocketAddr, name: &str, kind: u16) -> io::Result<Vec<IpAddr>> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    socket.connect(server).await?;
    // One question, recursion desired.
    let mut query = vec![0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.split('.') {
        query.push(label.len() as u8);
        query.extend(label.as_bytes());
    }
    query.push(0);
    query.extend([kind, 1].map(u16::to_be_bytes).concat());
    socket.send(&query).await?;
    let mut buffer = [0; 512];
    let length = socket.recv(&mut buffer).await?;
    let mut rest = &buffer[query.len()..length];
    let mut found = Vec::new();
    // Name, type, class and TTL are 10 octets here, then the length and the address.
    while let Some((record, after)) = rest.split_at_checked(12) {
        let (address, after) = after.split_at(usize::from(record[11]));
        match <[u8; 4]>::try_from(address) {
            Ok(v4) => found.push(Ipv4Addr::from(v4).into()),
            Err(_) => found.push(Ipv6Addr::from(<[u8; 16]>::try_from(address).expect("16")).into()),
        }
        rest = after;
    }
    Ok(found)
}

/// The name and the type that a query asks for, and where the question ends.
fn question(query: &[u8]) -> Option<(String, u16, usize)> {
    let mut at = HEADER;
    let mut labels = Vec::new();
    loop {
        let length = usize::from(*query.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        labels.push(String::from_utf8_lossy(query.get(at..at + length)?).into_owned());
        at += length;
    }
    let kind = u16::from_be_bytes(query.get(at..at + 2)?.try_into().ok()?);
    Some((labels.join("."), kind, at + 4))
}

fn reply(query: &[u8], kind: u16, addresses: &[IpAddr]) -> Vec<u8> {
    let addresses: Vec<Vec<u8>> = addresses
        .iter()
        .filter_map(|address| match (address, kind) {
            (IpAddr::V4(ip), A) => Some(ip.octets().to_vec()),
            (IpAddr::V6(ip), AAAA) => Some(ip.octets().to_vec()),
            _ => None,
        })
        .collect();
    let mut reply = query.to_vec();
    // A response without errors, with so many answers.
    reply[2..4].copy_from_slice(&[0x81, 0x80]);
    reply[6..8].copy_from_slice(&(addresses.len() as u16).to_be_bytes());
    for address in addresses {
        // The name of the question, this type, the internet, not to be remembered.
        reply.extend([0xc0, HEADER as u8]);
        reply.extend([kind, 1, 0, 0, address.len() as u16].map(u16::to_be_bytes).concat());
        reply.extend(address);
    }
    reply
}

//! What is in flight between two hosts.

use core::net::SocketAddr;

use super::Told;

/// A TCP segment, RFC 9293 section 3.1, as far as the lab has its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Segment {
    pub seq: u32,
    pub ack: Option<u32>,
    pub syn: bool,
    pub fin: bool,
    pub rst: bool,
    pub psh: bool,
    pub window: u16,
    /// Octets from `seq` to the end of urgent data.
    pub urgent: Option<u16>,
    pub data: Vec<u8>,
}

impl Segment {
    /// Sequence numbers that it takes: SYN and FIN count like an octet.
    pub fn len(&self) -> u32 {
        self.data.len() as u32 + u32::from(self.syn) + u32::from(self.fin)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `SYN, ACK`
    pub fn flags(&self) -> String {
        let flags = [
            (self.syn, "SYN"),
            (self.fin, "FIN"),
            (self.rst, "RST"),
            (self.psh, "PSH"),
            (self.urgent.is_some(), "URG"),
            (self.ack.is_some(), "ACK"),
        ];
        let set: Vec<&str> = flags.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect();
        set.join(", ")
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    Tcp(Segment),
    Udp(Vec<u8>),
    /// ICMP: nobody has the port that a datagram from `to` went to.
    Unreachable,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Packet {
    pub from: SocketAddr,
    pub to: SocketAddr,
    pub body: Body,
    pub told: Told,
    /// Where the sequence numbers of sender and receiver began, so that they can be shown from 0.
    pub base: (u32, u32),
}

impl Packet {
    /// In one line, with sequence numbers that count from 0.
    pub fn line(&self) -> String {
        match &self.body {
            Body::Tcp(segment) => {
                let mut line =
                    format!("{} seq {}", segment.flags(), segment.seq.wrapping_sub(self.base.0));
                if let Some(ack) = segment.ack {
                    line.push_str(&format!(" ack {}", ack.wrapping_sub(self.base.1)));
                }
                if !segment.rst {
                    line.push_str(&format!(" win {}", segment.window));
                }
                if !segment.data.is_empty() {
                    line.push_str(&format!(", {}", octets(segment.data.len())));
                }
                line
            }
            Body::Udp(data) => format!("UDP datagram, {}", octets(data.len())),
            Body::Unreachable => "ICMP port unreachable".into(),
        }
    }

    pub fn data(&self) -> &[u8] {
        match &self.body {
            Body::Tcp(segment) => &segment.data,
            Body::Udp(data) => data,
            Body::Unreachable => &[],
        }
    }
}

/// `1 octet`, `24 octets`
pub(super) fn octets(n: usize) -> String {
    if n == 1 { "1 octet".into() } else { format!("{n} octets") }
}

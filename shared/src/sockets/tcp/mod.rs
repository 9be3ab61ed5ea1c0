//! One end of a TCP connection by RFC 9293: sequence numbers, buffers, timers. It obeys the table of [`state`].
//!
//! [`state`]: super::state

mod arrive;
mod send;

use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};

use super::Told;
use super::errno::{self, Errno};
use super::segment::Segment;
use super::state::{Edge, State, Trigger, way};
use crate::machine::Tick;

pub(super) use arrive::reset_for;

/// What fits into an Ethernet frame with the headers of IPv4 and TCP.
pub(in crate::sockets) const MSS: usize = 1460;

/// What a sender may have waiting: Linux's first size of SO_SNDBUF.
pub(in crate::sockets) const SEND_BUFFER: usize = 16 * 1024;

/// The most that a window can say without RFC 7323.
pub(in crate::sockets) const RECEIVE_BUFFER: usize = 65_535;

/// Linux keeps TIME-WAIT for 60 s: 2 MSL with an MSL of half a minute.
pub(in crate::sockets) const TIME_WAIT: Duration = Duration::from_secs(60);

/// The first timeout before anything was measured, RFC 6298 section 2.
const FIRST_RTO: Duration = Duration::from_secs(1);
const MAX_RTO: Duration = Duration::from_secs(120);

/// Linux's tcp_syn_retries, tcp_synack_retries, tcp_retries2.
const SYN_RETRIES: u32 = 6;
const SYN_ACK_RETRIES: u32 = 5;
const RETRIES: u32 = 15;

/// A way that was taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Taken {
    pub from: State,
    pub edge: &'static Edge,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fin {
    No,
    /// After the data that waits.
    Queued,
    Sent,
}

#[derive(Clone, Debug)]
pub(in crate::sockets) struct Tcb {
    state: State,
    /// Where the sequence numbers of both sides began.
    pub(super) iss: u32,
    pub(super) irs: u32,
    snd_una: u32,
    snd_nxt: u32,
    snd_wnd: u32,
    /// The segment that said the window last: sequence and acknowledgement number.
    snd_wl: (u32, u32),
    rcv_nxt: u32,
    /// The right edge of the window as the peer knows it. It never goes back.
    rcv_edge: u32,
    /// From `snd_una` on: sent and not acknowledged, then not sent yet.
    outgoing: VecDeque<u8>,
    incoming: VecDeque<u8>,
    /// Came before what precedes it; by distance from `irs`.
    early: BTreeMap<u32, Vec<u8>>,
    early_fin: Option<u32>,
    fin: Fin,
    /// The peer sends no more, and all that it sent is here.
    got_fin: bool,
    pub(super) nodelay: bool,
    pub(super) send_buffer: usize,
    pub(super) receive_buffer: usize,
    /// No program has a socket for it any more.
    orphan: bool,
    /// What the next call ends with.
    pub(super) error: Option<&'static Errno>,
    /// Just behind the urgent octet, when there is one to be sent.
    snd_up: Option<u32>,
    /// Where the urgent octet will be, from `irs` on.
    rcv_up: Option<u32>,
    /// Octets of `incoming` before the mark that the urgent octet leaves.
    mark: Option<usize>,
    /// The urgent octet, once it is here.
    pub(super) urgent: Option<u8>,
    pub(super) oob_inline: bool,
    rto: Duration,
    retries: u32,
    timer: Option<Tick>,
    out: VecDeque<(Segment, Told)>,
    taken: Vec<Taken>,
    /// Octets that a program has handed over, and whether one has read the end.
    pub(super) written: u64,
    pub(super) end_read: bool,
}

impl Tcb {
    fn new(iss: u32) -> Tcb {
        Tcb {
            state: State::Closed,
            iss,
            irs: 0,
            snd_una: iss,
            snd_nxt: iss,
            snd_wnd: 0,
            snd_wl: (0, 0),
            rcv_nxt: 0,
            rcv_edge: 0,
            outgoing: VecDeque::new(),
            incoming: VecDeque::new(),
            early: BTreeMap::new(),
            early_fin: None,
            fin: Fin::No,
            got_fin: false,
            nodelay: false,
            send_buffer: SEND_BUFFER,
            receive_buffer: RECEIVE_BUFFER,
            orphan: false,
            error: None,
            snd_up: None,
            rcv_up: None,
            mark: None,
            urgent: None,
            oob_inline: false,
            rto: FIRST_RTO,
            retries: 0,
            timer: None,
            out: VecDeque::new(),
            taken: Vec::new(),
            written: 0,
            end_read: false,
        }
    }

    /// `connect()`
    pub(in crate::sockets) fn open(iss: u32, receive_buffer: usize, now: Tick) -> Tcb {
        let mut tcb = Tcb { receive_buffer, ..Tcb::new(iss) };
        tcb.go(Trigger::ActiveOpen);
        tcb.send_syn(now);
        tcb
    }

    /// A SYN has come to a listening socket.
    pub(in crate::sockets) fn answer(
        iss: u32,
        syn: &Segment,
        receive_buffer: usize,
        now: Tick,
    ) -> Tcb {
        let mut tcb = Tcb { state: State::Listen, receive_buffer, ..Tcb::new(iss) };
        tcb.synchronize(syn);
        tcb.go(Trigger::SynArrives);
        tcb.send_syn(now);
        tcb
    }

    pub(in crate::sockets) fn state(&self) -> State {
        self.state
    }

    /// Takes the table's way, if it has one from here.
    fn go(&mut self, trigger: Trigger) -> bool {
        let Some(edge) = way(self.state, trigger) else { return false };
        self.taken.push(Taken { from: self.state, edge });
        self.state = edge.to;
        if self.state == State::Closed {
            self.timer = None;
        }
        true
    }

    pub(super) fn next_segment(&mut self) -> Option<(Segment, Told)> {
        self.out.pop_front()
    }

    pub(super) fn take_taken(&mut self) -> Vec<Taken> {
        core::mem::take(&mut self.taken)
    }

    /// Whether data may be sent: the connection is open and not ended by this side.
    pub(in crate::sockets) fn may_send(&self) -> bool {
        matches!(self.state, State::Established | State::CloseWait)
    }

    /// Octets that wait in the send buffer, acknowledged ones not counted.
    pub(in crate::sockets) fn unsent(&self) -> usize {
        self.outgoing.len() - self.in_flight()
    }

    /// Octets sent and not acknowledged.
    pub(in crate::sockets) fn in_flight(&self) -> usize {
        // A SYN stands before all octets, so none waits yet; a FIN stands behind them.
        (self.snd_nxt.wrapping_sub(self.snd_una) as usize).min(self.outgoing.len())
    }

    /// Octets that wait to be read.
    pub(in crate::sockets) fn unread(&self) -> usize {
        self.incoming.len()
    }

    pub(in crate::sockets) fn unread_octets(&self) -> impl Iterator<Item = u8> + '_ {
        self.incoming.iter().copied()
    }

    /// The window that the peer has said last.
    pub(in crate::sockets) fn peer_window(&self) -> u32 {
        self.snd_wnd
    }

    pub(in crate::sockets) fn got_fin(&self) -> bool {
        self.got_fin
    }

    /// Takes as much as the send buffer has room for, and sends what it may.
    pub(in crate::sockets) fn write(&mut self, data: &[u8], urgent: bool, now: Tick) -> usize {
        let room = self.send_buffer.saturating_sub(self.outgoing.len());
        let taken = data.len().min(room);
        self.outgoing.extend(&data[..taken]);
        self.written += taken as u64;
        if urgent && taken == data.len() {
            self.snd_up = Some(self.snd_una.wrapping_add(self.outgoing.len() as u32));
        }
        self.flush(now);
        taken
    }

    /// The next octet is the one behind the urgent mark.
    pub(in crate::sockets) fn is_at_mark(&self) -> bool {
        self.mark == Some(0)
    }

    /// Up to `n` octets; none when nothing waits. A read stops at the urgent mark.
    pub(in crate::sockets) fn read(&mut self, n: usize, peek: bool) -> Vec<u8> {
        let until_mark = self.mark.filter(|mark| *mark > 0).unwrap_or(usize::MAX);
        let limit = n.min(self.incoming.len()).min(until_mark);
        if peek {
            return self.incoming.iter().take(limit).copied().collect();
        }
        let read: Vec<u8> = self.incoming.drain(..limit).collect();
        self.mark = match self.mark {
            // Read past the mark: the urgent octet is gone.
            Some(0) if !read.is_empty() => {
                self.urgent = None;
                None
            }
            mark => mark.map(|mark| mark - read.len().min(mark)),
        };
        self.update_window();
        read
    }

    /// `close()` or `shutdown(SHUT_WR)`: a FIN after what waits.
    pub(in crate::sockets) fn finish(&mut self, now: Tick) {
        let opening = matches!(self.state, State::SynSent | State::Listen);
        if self.go(Trigger::Close) && !opening {
            self.fin = Fin::Queued;
            self.flush(now);
        }
    }

    /// Drops the connection with a RST.
    pub(in crate::sockets) fn abort(&mut self, what: &str, why: &str, section: &'static str) {
        if self.go(Trigger::Abort) {
            let told = Told::tcp(what, why, section);
            let segment = Segment {
                seq: self.snd_nxt,
                ack: Some(self.rcv_nxt),
                rst: true,
                ..Segment::default()
            };
            self.out.push_back((segment, told));
        } else {
            self.go(Trigger::Close);
        }
        self.outgoing.clear();
        self.timer = None;
    }

    /// No program has a socket for it any more: what still comes is nobody's.
    pub(in crate::sockets) fn disown(&mut self, now: Tick) {
        self.orphan = true;
        if self.state == State::FinWait2 {
            self.timer = Some(now.after(TIME_WAIT));
        }
    }

    /// The error that a reset leaves, by where it was met.
    fn reset_error(&self) -> &'static Errno {
        match self.state {
            State::SynSent => &errno::ECONNREFUSED,
            State::CloseWait => &errno::EPIPE,
            _ => &errno::ECONNRESET,
        }
    }
}

/// Whether `a` comes before `b`, in numbers that begin again at 0.
fn before(a: u32, b: u32) -> bool {
    (a.wrapping_sub(b) as i32) < 0
}

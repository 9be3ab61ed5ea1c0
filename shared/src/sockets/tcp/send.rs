//! What goes out, and the timers that make it go out again.

use super::{
    FIRST_RTO, Fin, MAX_RTO, MSS, RETRIES, SYN_ACK_RETRIES, SYN_RETRIES, Tcb, Told, before,
};
use crate::explain::Rfc;
use crate::machine::Tick;
use crate::sockets::errno;
use crate::sockets::segment::{Segment, octets};
use crate::sockets::state::{State, Trigger};
use crate::sockets::told::Source;

impl Tcb {
    /// When something has to be done although nothing comes.
    pub(in crate::sockets) fn deadline(&self) -> Option<Tick> {
        self.timer
    }

    /// What the timer stands for.
    pub(in crate::sockets) fn timer_title(&self) -> &'static str {
        match self.state {
            State::TimeWait => "TIME-WAIT ends",
            State::FinWait2 => "an orphan in FIN-WAIT-2 is given up",
            State::SynSent => "the SYN is sent again",
            State::SynReceived => "the SYN-ACK is sent again",
            _ if self.snd_una == self.snd_nxt => "a probe of the closed window",
            _ => "what was not acknowledged is sent again",
        }
    }

    pub(in crate::sockets) fn time(&mut self, now: Tick) {
        if self.timer.is_none_or(|at| at > now) {
            return;
        }
        let limit = match self.state {
            State::TimeWait => {
                self.go(Trigger::TwoMsl);
                return;
            }
            State::FinWait2 => {
                self.go(Trigger::GivesUp);
                return;
            }
            State::SynSent => SYN_RETRIES,
            State::SynReceived => SYN_ACK_RETRIES,
            _ => RETRIES,
        };
        if self.retries >= limit {
            self.error = Some(&errno::ETIMEDOUT);
            self.go(Trigger::GivesUp);
            return;
        }
        self.retries += 1;
        self.rto = (self.rto * 2).min(MAX_RTO);
        match self.state {
            State::SynSent | State::SynReceived => self.send_syn(now),
            _ if self.snd_una == self.snd_nxt => self.probe(now),
            _ => self.again(now),
        }
    }

    /// SYN or SYN-ACK, the first time or again.
    pub(super) fn send_syn(&mut self, now: Tick) {
        let answer = self.state == State::SynReceived;
        let mut segment = Segment {
            seq: self.iss,
            syn: true,
            window: self.receive_buffer.min(65_535) as u16,
            ..Segment::default()
        };
        if answer {
            segment.ack = Some(self.rcv_nxt);
        }
        self.snd_nxt = self.iss.wrapping_add(1);
        self.timer = Some(now.after(self.rto));
        let told = match (self.retries, answer) {
            (0, false) => Told::tcp(
                "Asks for a connection: the first step of the handshake.",
                format!(
                    "SYN says with which sequence number this side begins: {}. It is no fixed one, so that segments of an older connection do not fit.",
                    self.iss
                ),
                "3.5",
            ),
            (0, true) => Told::tcp(
                "The second step of the handshake: a SYN of its own, and the ACK of the other.",
                format!(
                    "The kernel answers for the listening socket; the program has no part in it. This side begins with {}.",
                    self.iss
                ),
                "3.5",
            ),
            (n, _) => retransmission(n, "the handshake"),
        };
        self.out.push_back((segment, told));
    }

    /// Sends what the window lets through.
    pub(super) fn flush(&mut self, now: Tick) {
        loop {
            let sent = self.in_flight();
            let unsent = self.outgoing.len().saturating_sub(sent);
            let room = (self.snd_wnd as usize).saturating_sub(sent);
            let n = unsent.min(room).min(MSS);
            let ends = self.fin == Fin::Queued && n == unsent;
            let may = match self.state {
                State::Established | State::CloseWait => true,
                State::FinWait1 | State::Closing | State::LastAck => self.fin == Fin::Queued,
                _ => false,
            };
            if !may || (n == 0 && !ends) {
                break;
            }
            // Nagle: a small segment waits while another one is under way.
            if n < MSS && sent > 0 && !self.nodelay && !ends && self.snd_up.is_none() {
                break;
            }
            self.put(sent, n, ends, now);
        }
        let waits = self.unsent() > 0 && self.snd_una == self.snd_nxt;
        if self.timer.is_none() && waits && self.snd_wnd == 0 {
            self.timer = Some(now.after(self.rto));
        }
    }

    /// One new segment: `n` octets from `sent` on.
    fn put(&mut self, sent: usize, n: usize, fin: bool, now: Tick) {
        let data: Vec<u8> = self.outgoing.iter().skip(sent).take(n).copied().collect();
        let psh = n > 0 && sent + n == self.outgoing.len();
        let segment = self.carrying(self.snd_nxt, data, psh, fin);
        self.snd_nxt = self.snd_nxt.wrapping_add(segment.len());
        if fin {
            self.fin = Fin::Sent;
        }
        if self.timer.is_none() {
            self.timer = Some(now.after(self.rto));
        }
        let told = match (n, fin) {
            (0, _) => Told::tcp(
                "This side will send no more: FIN.",
                "close() or shutdown(SHUT_WR) asked for it. The other direction is not touched: the peer may go on sending.",
                "3.6",
            ),
            (n, true) => Told::tcp(
                format!("{} of data, and the end of this direction.", octets(n)),
                "The FIN goes with the last data, behind it in the order of sequence numbers.",
                "3.6",
            ),
            (n, false) => Told::tcp(
                format!("{} of data.", octets(n)),
                if self.unsent() > 0 {
                    format!(
                        "A segment holds at most {MSS} octets here, and no more than the peer\u{2019}s window is under way; {} still wait.",
                        octets(self.unsent())
                    )
                } else {
                    "TCP carries a stream: how the octets were cut into calls of send() is not told to the peer. PSH says that nothing more waits here for now.".into()
                },
                "3.8",
            ),
        };
        self.out.push_back((segment, told));
    }

    fn carrying(&mut self, seq: u32, data: Vec<u8>, psh: bool, fin: bool) -> Segment {
        let urgent = self.snd_up.filter(|up| before(seq, *up));
        Segment {
            seq,
            ack: Some(self.rcv_nxt),
            psh,
            fin,
            window: self.window(),
            urgent: urgent.map(|up| up.wrapping_sub(seq).min(65_535) as u16),
            data,
            ..Segment::default()
        }
    }

    /// The first segment that is not acknowledged, once more.
    fn again(&mut self, now: Tick) {
        let n = self.in_flight().min(MSS);
        let data: Vec<u8> = self.outgoing.iter().take(n).copied().collect();
        let all = n == self.outgoing.len();
        let segment = self.carrying(self.snd_una, data, all && n > 0, all && self.fin == Fin::Sent);
        self.timer = Some(now.after(self.rto));
        self.out.push_back((segment, retransmission(self.retries, "what was sent")));
    }

    fn probe(&mut self, now: Tick) {
        let data: Vec<u8> = self.outgoing.iter().take(1).copied().collect();
        let segment = self.carrying(self.snd_una, data, false, false);
        self.snd_nxt = self.snd_una.wrapping_add(1);
        self.timer = Some(now.after(self.rto));
        let told = Told::tcp(
            "Probes the closed window with one octet.",
            "The ACK that would open the window carries no data and is not repeated if it is lost. So the sender asks from time to time.",
            "3.8.6.1",
        );
        self.out.push_back((segment, told));
    }

    /// Something was acknowledged: the timer begins anew.
    pub(super) fn settle(&mut self) {
        self.timer = None;
        self.retries = 0;
        self.rto = FIRST_RTO;
    }
}

fn retransmission(n: u32, what: &str) -> Told {
    Told::new(
        format!("Sent again, for the {} time.", ordinal(n)),
        format!(
            "No ACK of {what} has come before the timer ran out. Each time the wait is doubled: 1 s, 2 s, 4 s \u{2026}"
        ),
        Source::Rfc(Rfc::new(6298, "5")),
    )
}

fn ordinal(n: u32) -> String {
    match n {
        1 => "first".into(),
        2 => "second".into(),
        3 => "third".into(),
        n => format!("{n}th"),
    }
}

//! SEGMENT ARRIVES: RFC 9293 sections 3.10.7.3 and 3.10.7.4, in their order.

use super::{Fin, MSS, TIME_WAIT, Tcb, Told, before};
use crate::machine::Tick;
use crate::sockets::segment::Segment;
use crate::sockets::state::{State, Trigger};

impl Tcb {
    pub(in crate::sockets) fn segment(&mut self, segment: &Segment, now: Tick) {
        match self.state {
            State::Closed | State::Listen => {}
            State::SynSent => self.in_syn_sent(segment, now),
            _ => self.in_synchronized(segment, now),
        }
    }

    pub(super) fn synchronize(&mut self, syn: &Segment) {
        self.irs = syn.seq;
        self.rcv_nxt = syn.seq.wrapping_add(1);
        self.rcv_edge = self.rcv_nxt.wrapping_add(self.receive_buffer as u32);
        self.snd_wnd = u32::from(syn.window);
        self.snd_wl = (syn.seq, syn.ack.unwrap_or(self.iss));
    }

    fn in_syn_sent(&mut self, segment: &Segment, now: Tick) {
        if let Some(ack) = segment.ack
            && ack != self.snd_nxt
        {
            if !segment.rst {
                self.out.push_back(reset_for(segment));
            }
            return;
        }
        if segment.rst {
            if segment.ack.is_some() {
                self.error = Some(self.reset_error());
                self.go(Trigger::RstArrives);
            }
            return;
        }
        if !segment.syn {
            return;
        }
        self.synchronize(segment);
        if segment.ack.is_some() {
            self.snd_una = self.snd_nxt;
            self.settle();
            self.go(Trigger::SynAckArrives);
            self.acknowledge(Told::tcp(
                "The third step of the handshake.",
                "It acknowledges the server\u{2019}s SYN. Now both sides know that each hears the other, and agree on both sequence numbers.",
                "3.5",
            ));
            self.flush(now);
        } else {
            self.go(Trigger::SynArrives);
            self.send_syn(now);
        }
    }

    fn in_synchronized(&mut self, segment: &Segment, now: Tick) {
        if !self.is_acceptable(segment) {
            if !segment.rst {
                self.acknowledge(Told::tcp(
                    "Says again what is expected next.",
                    "The segment that came is outside of the window: it is old, or came twice. Nothing of it is taken.",
                    "3.10.7.4",
                ));
            }
            if self.state == State::TimeWait && segment.fin {
                self.timer = Some(now.after(TIME_WAIT));
            }
            return;
        }
        if segment.rst {
            if segment.seq == self.rcv_nxt {
                self.error = Some(self.reset_error());
                self.outgoing.clear();
                self.go(Trigger::RstArrives);
            } else {
                self.challenge();
            }
            return;
        }
        if segment.syn {
            return self.challenge();
        }
        let Some(ack) = segment.ack else { return };
        if self.state == State::SynReceived {
            if ack != self.snd_nxt {
                self.out.push_back(reset_for(segment));
                return;
            }
            self.snd_una = ack;
            self.snd_wnd = u32::from(segment.window);
            self.snd_wl = (segment.seq, ack);
            self.settle();
            self.go(Trigger::AckOfSyn);
        }
        if before(self.snd_nxt, ack) {
            return self.acknowledge(Told::tcp(
                "Says where it is.",
                "The ACK that came is for something that was never sent.",
                "3.10.7.4",
            ));
        }
        self.take_ack(segment, ack, now);
        if self.state == State::Closed {
            return;
        }
        if self.orphan && !segment.data.is_empty() && before(self.rcv_nxt, end_of_data(segment)) {
            return self.abort(
                "Drops the connection: data came that nobody can read any more.",
                "The socket is closed. A RST tells the sender that its data is lost; an ACK would say that it was received.",
                "3.6.1",
            );
        }
        self.take_data(segment);
        self.take_fin(now);
        if !segment.is_empty() {
            self.acknowledge_receipt(segment);
        }
        self.flush(now);
    }

    /// Whether any of it is in the window. With a window of 0, one that begins where the window does is let in for
    /// what it says beside its data.
    fn is_acceptable(&self, segment: &Segment) -> bool {
        let window = self.rcv_edge.wrapping_sub(self.rcv_nxt);
        let starts = segment.seq.wrapping_sub(self.rcv_nxt) < window.max(1);
        let last = segment.seq.wrapping_add(segment.len()).wrapping_sub(1);
        starts || (!segment.is_empty() && last.wrapping_sub(self.rcv_nxt) < window)
    }

    fn take_ack(&mut self, segment: &Segment, ack: u32, now: Tick) {
        let advanced = before(self.snd_una, ack);
        if advanced {
            let fin_acked = self.fin == Fin::Sent && ack == self.snd_nxt;
            let octets = ack.wrapping_sub(self.snd_una) as usize - usize::from(fin_acked);
            self.outgoing.drain(..octets.min(self.outgoing.len()));
            self.snd_una = ack;
            self.settle();
            if self.snd_up.is_some_and(|up| !before(ack, up)) {
                self.snd_up = None;
            }
            if self.snd_una != self.snd_nxt {
                self.timer = Some(now.after(self.rto));
            }
            if fin_acked {
                self.go(Trigger::AckOfFin);
                match self.state {
                    State::TimeWait => self.timer = Some(now.after(TIME_WAIT)),
                    State::FinWait2 if self.orphan => self.timer = Some(now.after(TIME_WAIT)),
                    _ => {}
                }
            }
        }
        let (seq, last_ack) = self.snd_wl;
        if before(seq, segment.seq) || (seq == segment.seq && !before(ack, last_ack)) {
            let opens = self.snd_wnd == 0 && segment.window > 0;
            self.snd_wnd = u32::from(segment.window);
            self.snd_wl = (segment.seq, ack);
            if segment.window == 0 && !advanced {
                // The peer answers the probes: it is there, and only slow.
                self.retries = 0;
            }
            // What went beyond a closed window as a probe was not taken.
            if opens && !advanced && self.snd_una != self.snd_nxt && self.fin != Fin::Sent {
                self.snd_nxt = self.snd_una;
                self.settle();
            }
        }
    }

    /// Puts octets in order, as far as they are in the window.
    fn take_data(&mut self, segment: &Segment) {
        if !matches!(self.state, State::Established | State::FinWait1 | State::FinWait2) {
            return;
        }
        let base = self.irs.wrapping_add(1);
        let next = self.rcv_nxt.wrapping_sub(base);
        let edge = self.rcv_edge.wrapping_sub(base);
        let start = segment.seq.wrapping_sub(base);
        if let Some(distance) = segment.urgent {
            let end = segment.seq.wrapping_add(u32::from(distance));
            // Distance from `irs`, where the SYN is number 0.
            let octet = end.wrapping_sub(1).wrapping_sub(self.irs);
            if end.wrapping_sub(base) > next && self.rcv_up != Some(octet) {
                self.rcv_up = Some(octet);
                self.urgent = None;
            }
        }
        let skip = if before(start, next) { next.wrapping_sub(start) as usize } else { 0 };
        let fits = edge.wrapping_sub(start) as usize;
        let data = &segment.data[..segment.data.len().min(fits)];
        if let Some(new) = data.get(skip..).filter(|new| !new.is_empty()) {
            let at = start.wrapping_add(skip as u32);
            let longer = self.early.get(&at).is_none_or(|known| known.len() < new.len());
            if longer {
                self.early.insert(at, new.to_vec());
            }
        }
        if segment.fin && segment.data.len() <= fits {
            self.early_fin = Some(start.wrapping_add(segment.data.len() as u32));
        }
        loop {
            let next = self.rcv_nxt.wrapping_sub(base);
            let Some((&at, _)) = self.early.first_key_value().filter(|(at, _)| **at <= next) else {
                break;
            };
            let data = self.early.remove(&at).unwrap_or_default();
            for octet in data.into_iter().skip((next - at) as usize) {
                self.take_octet(octet);
            }
        }
    }

    fn take_octet(&mut self, octet: u8) {
        let number = self.rcv_nxt.wrapping_sub(self.irs);
        self.rcv_nxt = self.rcv_nxt.wrapping_add(1);
        if self.rcv_up == Some(number) {
            self.rcv_up = None;
            self.mark = Some(self.incoming.len());
            if !self.oob_inline {
                self.urgent = Some(octet);
                return;
            }
        }
        self.incoming.push_back(octet);
    }

    fn take_fin(&mut self, now: Tick) {
        let next = self.rcv_nxt.wrapping_sub(self.irs.wrapping_add(1));
        if self.got_fin || self.early_fin != Some(next) {
            return;
        }
        self.rcv_nxt = self.rcv_nxt.wrapping_add(1);
        self.got_fin = true;
        self.go(Trigger::FinArrives);
        if self.state == State::TimeWait {
            self.timer = Some(now.after(TIME_WAIT));
        }
    }

    fn acknowledge_receipt(&mut self, segment: &Segment) {
        let expected = self.rcv_nxt.wrapping_sub(self.irs);
        let missing = before(self.rcv_nxt, segment.seq.wrapping_add(segment.len()));
        let told = match (missing, self.got_fin && segment.fin) {
            (true, _) if self.rcv_nxt == self.rcv_edge => Told::tcp(
                "Has no room: the window is closed.",
                "The receive buffer is full, so nothing of the probe is taken. The ACK says so with a window of 0.",
                "3.8.6.1",
            ),
            (true, _) => Told::tcp(
                format!("Still waits for octet {expected}."),
                "Something before this segment has not come. What came is kept; the ACK names the first octet that is missing.",
                "3.10.7.4",
            ),
            (false, true) => Told::tcp(
                "Acknowledges the FIN.",
                "The FIN takes a sequence number, so that its arrival can be acknowledged like an octet\u{2019}s. The program here reads the end once it has read all data.",
                "3.6",
            ),
            (false, false) => Told::tcp(
                format!("Everything before {expected} is here."),
                "An ACK names the next sequence number that is expected. It says that the kernel has the octets, not that the program has read them.",
                "3.4",
            ),
        };
        self.acknowledge(told);
    }

    fn challenge(&mut self) {
        self.acknowledge(Told::tcp(
            "Asks the peer to prove it: a challenge ACK.",
            "A RST or SYN at the wrong place of the window may come from somebody who only guesses. A peer that means it answers this ACK with a RST at the right place.",
            "3.10.7.4",
        ));
    }

    pub(super) fn acknowledge(&mut self, told: Told) {
        let segment = Segment {
            seq: self.snd_nxt,
            ack: Some(self.rcv_nxt),
            window: self.window(),
            ..Segment::default()
        };
        self.out.push_back((segment, told));
    }

    /// What is free in the receive buffer. The edge moves on only by a worthwhile step, so that no window of a few
    /// octets is offered: RFC 9293 section 3.8.6.2.2.
    pub(super) fn window(&mut self) -> u16 {
        let free = self.receive_buffer.saturating_sub(self.incoming.len()).min(65_535);
        let edge = self.rcv_nxt.wrapping_add(free as u32);
        let step = edge.wrapping_sub(self.rcv_edge);
        if before(self.rcv_edge, edge) && step as usize >= self.worthwhile() {
            self.rcv_edge = edge;
        }
        self.rcv_edge.wrapping_sub(self.rcv_nxt).min(65_535) as u16
    }

    /// After a read: tells the peer that there is room again, if it thinks there is next to none.
    pub(super) fn update_window(&mut self) {
        let known = self.rcv_edge.wrapping_sub(self.rcv_nxt) as usize;
        let receives = matches!(self.state, State::Established | State::FinWait1 | State::FinWait2);
        let free = self.receive_buffer.saturating_sub(self.incoming.len());
        if receives && known < self.worthwhile() && free >= known + self.worthwhile() {
            self.acknowledge(Told::tcp(
                "A window update: there is room again.",
                "The program has read, so the receive buffer has emptied. The sender had to stop; nobody else would tell it that it may go on.",
                "3.8.6",
            ));
        }
    }

    fn worthwhile(&self) -> usize {
        MSS.min(self.receive_buffer / 2)
    }
}

/// The RST for a segment that belongs to no connection: RFC 9293 section 3.10.7.1.
pub(in crate::sockets) fn reset_for(segment: &Segment) -> (Segment, Told) {
    let reset = match segment.ack {
        Some(ack) => Segment { seq: ack, rst: true, ..Segment::default() },
        None => Segment {
            ack: Some(segment.seq.wrapping_add(segment.len())),
            rst: true,
            ..Segment::default()
        },
    };
    let told = if segment.syn && segment.ack.is_none() {
        Told::tcp(
            "Refused: nobody listens on this port.",
            "The host is there, but no socket waits for connections to this port. The RST says so at once.",
            "3.10.7.1",
        )
    } else {
        Told::tcp(
            "There is no such connection.",
            "The segment belongs to no connection that this host knows: it was closed or dropped here. The RST tells the sender to forget it.",
            "3.5.2",
        )
    };
    (reset, told)
}

fn end_of_data(segment: &Segment) -> u32 {
    segment.seq.wrapping_add(segment.data.len() as u32)
}

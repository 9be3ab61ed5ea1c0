//! One stream of a server: what the client sent and nobody has used up, and what waits to go to it.

use std::collections::VecDeque;

use super::{
    CREDIT, CloseReason, MAX_DATA, MAX_DATAGRAM, Packet, SEND_BUFFER, Transport, UDP_QUEUE,
};

pub(super) struct Stream {
    pub(super) transport: Transport,
    /// The lengths of the packets that were told and not used up, less what of the first was.
    told: VecDeque<usize>,
    told_bytes: usize,
    /// Packets used up since the last CONTINUE.
    owed: u32,
    /// Whole messages for the client.
    queue: VecDeque<Vec<u8>>,
    queued: usize,
    /// After the queue, CLOSE. Nothing more is taken from the client.
    pub(super) closing: Option<CloseReason>,
    pub(super) in_turns: bool,
}

/// What is to be done with a DATA packet.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Heard {
    Tell,
    Drop,
    /// More packets than the client was granted.
    Overrun,
}

impl Stream {
    pub(super) fn new(transport: Transport) -> Stream {
        Stream {
            transport,
            told: VecDeque::new(),
            told_bytes: 0,
            owed: 0,
            queue: VecDeque::new(),
            queued: 0,
            closing: None,
            in_turns: false,
        }
    }

    pub(super) fn hear(&mut self, length: usize) -> Heard {
        if self.closing.is_some() {
            return Heard::Drop;
        }
        let full = self.told.len() >= CREDIT as usize;
        match self.transport {
            Transport::Udp if full || self.told_bytes + length > UDP_QUEUE => return Heard::Drop,
            Transport::Tcp if full => return Heard::Overrun,
            // Costs its packet and has nothing to wait for.
            Transport::Tcp if length == 0 => {
                self.owed += 1;
                return Heard::Drop;
            }
            _ => {}
        }
        self.hold(length);
        Heard::Tell
    }

    /// These bytes were told, whatever the credit.
    pub(super) fn hold(&mut self, length: usize) {
        self.told.push_back(length);
        self.told_bytes += length;
    }

    /// Returns how many bytes count no longer.
    pub(super) fn consumed(&mut self, bytes: usize) -> usize {
        let told = self.told_bytes;
        debug_assert!(self.closing.is_some() || bytes <= told, "more consumed than was told");
        let bytes = bytes.min(self.told_bytes);
        self.told_bytes -= bytes;
        let mut left = bytes;
        while let Some(first) = self.told.front_mut() {
            if *first > left {
                *first -= left;
                break;
            }
            left -= *first;
            self.told.pop_front();
            self.owed += 1;
        }
        bytes
    }

    /// The value of the CONTINUE that is due: what was used up since the last one. See `Server`.
    pub(super) fn take_grant(&mut self) -> Option<u32> {
        let due = self.owed >= CREDIT / 2 && self.closing.is_none();
        (due && self.transport == Transport::Tcp).then(|| std::mem::take(&mut self.owed))
    }

    /// What was told and not used up, which from now on is the owner's affair.
    pub(super) fn detach(&mut self) -> usize {
        self.told.clear();
        std::mem::take(&mut self.told_bytes)
    }

    pub(super) fn room(&self) -> usize {
        match self.closing {
            None => SEND_BUFFER.saturating_sub(self.queued),
            Some(_) => 0,
        }
    }

    /// Queues what there is room for, in DATA packets or as it is.
    pub(super) fn send(&mut self, id: Option<u32>, bytes: &[u8]) -> usize {
        let accepted = bytes.len().min(self.room());
        for part in bytes[..accepted].chunks(MAX_DATA) {
            self.push(id, part);
        }
        accepted
    }

    /// Queues a datagram whole, or not at all.
    pub(super) fn send_datagram(&mut self, id: u32, octets: &[u8]) -> bool {
        let fits = self.closing.is_none()
            && octets.len() <= MAX_DATAGRAM
            && self.queued + octets.len() <= UDP_QUEUE
            && self.queue.len() < CREDIT as usize;
        if fits {
            self.push(Some(id), octets);
        }
        fits
    }

    fn push(&mut self, id: Option<u32>, bytes: &[u8]) {
        self.queued += bytes.len();
        self.queue.push_back(match id {
            Some(id) => Packet::Data(id, bytes).encode(),
            None => bytes.to_vec(),
        });
    }

    /// The next message and how many bytes of the stream it has; with nothing left, `None`.
    pub(super) fn take_turn(&mut self, header: usize) -> Option<Vec<u8>> {
        let message = self.queue.pop_front()?;
        self.queued -= message.len() - header;
        Some(message)
    }

    pub(super) fn wants_turn(&self) -> bool {
        !self.queue.is_empty() || self.closing.is_some()
    }
}

//! How a socket that carries no stream of bytes begins and ends. It has no FIN: either end closes
//! it with RESET, which the other end answers, so that both know when nothing more can come.

use super::{Frame, Phase, Reason, Reset, StreamId, Violation};

#[derive(Default)]
#[cfg_attr(test, derive(Clone, Hash))]
pub(super) struct Life {
    /// The relay has said that the socket is there.
    pub(super) open: bool,
    /// This end's last word is said.
    said: bool,
    /// The other end's last word has come.
    heard: bool,
    /// To be told to the owner.
    pub(super) reset: Option<Reset>,
}

impl Life {
    /// Nothing was said or heard that ends it.
    pub(super) fn goes_on(&self) -> bool {
        !self.said && !self.heard
    }

    pub(super) fn is_over(&self) -> bool {
        self.said && self.heard && self.reset.is_none()
    }

    /// Closes it; the frame is to go at once.
    pub(super) fn close(&mut self, id: StreamId, reset: Reset) -> Option<Vec<u8>> {
        self.reset = None;
        if !self.goes_on() {
            return None;
        }
        self.said = true;
        Some(Frame::Reset(id, reset).encode())
    }

    /// Returns the answer that is due.
    pub(super) fn hear_reset(&mut self, id: StreamId, reset: Reset) -> Option<Vec<u8>> {
        if self.heard {
            return None;
        }
        self.heard = true;
        if self.said {
            return None;
        }
        self.said = true;
        self.reset = Some(reset);
        Some(Frame::Reset(id, Reset::new(Reason::ANSWERED, Phase::Local)).encode())
    }

    /// The socket is there.
    pub(super) fn hear_open(&mut self, frame: &str) -> Result<(), Violation> {
        self.check_talking(frame)?;
        if self.open {
            let text = format!("{frame} came a second time.");
            return Err(Violation::new(Reason::OUT_OF_ORDER, text));
        }
        self.open = true;
        Ok(())
    }

    pub(super) fn check_open(&self, frame: &str, before: &str) -> Result<(), Violation> {
        self.check_talking(frame)?;
        if self.open {
            return Ok(());
        }
        Err(Violation::new(Reason::OUT_OF_ORDER, format!("{frame} came before {before}.")))
    }

    /// An answer came after which nothing is said by either end.
    pub(super) fn hear_answer(&mut self, frame: &str) -> Result<(), Violation> {
        self.check_talking(frame)?;
        self.answer();
        Ok(())
    }

    pub(super) fn answer(&mut self) {
        (self.said, self.heard) = (true, true);
    }

    fn check_talking(&self, frame: &str) -> Result<(), Violation> {
        if !self.heard {
            return Ok(());
        }
        Err(Violation::new(Reason::AFTER_THE_END, format!("{frame} came after RESET.")))
    }
}

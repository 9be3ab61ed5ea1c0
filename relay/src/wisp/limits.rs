//! What the limits let the sockets of a Wisp client do.

use std::task::Context;

use shared::wisp::CloseReason;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::{End, Session};

impl Session {
    /// Ends what has lasted, or rested, for too long.
    pub(super) fn look(&mut self, cx: &mut Context<'_>) -> Result<(), End> {
        if !self.guard.poll_look(cx) {
            return Ok(());
        }
        // Who does not read gets no more than a little, and is ended for its silence.
        let verdict = self.guard.verdict(self.sockets.len(), None);
        verdict.map_err(|(_, text)| End::Close(CloseCode::Policy, text))?;
        let idle = self.guard.idle();
        for (id, socket) in self.sockets.extract_if(.., |_, socket| socket.has_rested(idle)) {
            let text = format!("Nothing went over the connection for {idle:?}.");
            tracing::info!(peer = %self.peer, %id, text, "reset");
            self.server.close(id.0, CloseReason::DATA_TIMEOUT, &text);
            socket.abort();
        }
        Ok(())
    }
}

//! How a session ends, and what its page is told.

use shared::tunnel::Reason;
use tokio_tungstenite::tungstenite::error::{CapacityError, Error};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

/// Why the session is over.
pub(super) enum End {
    /// The WebSocket is gone, there is nobody to tell.
    Gone(String),
    /// The page said GOAWAY or closed the WebSocket.
    Left(String),
    /// We say GOAWAY, unless the multiplexer already did.
    Goaway { reason: Reason, text: String, close: CloseCode },
}

impl End {
    pub(super) fn stopped() -> End {
        End::goaway(Reason::STOPPING, "The relay was stopped.")
    }

    pub(super) fn goaway(reason: Reason, text: &str) -> End {
        let close = match reason {
            Reason::STOPPING => CloseCode::Away,
            Reason::TEXT_MESSAGE => CloseCode::Unsupported,
            Reason::SILENT | Reason::DONE | Reason::UNUSED | Reason::TOO_OLD => CloseCode::Normal,
            _ => CloseCode::Protocol,
        };
        End::Goaway { reason, text: text.to_owned(), close }
    }

    /// The WebSocket failed, or what came was no message of it.
    pub(super) fn of(error: Error) -> End {
        match error {
            Error::Capacity(CapacityError::MessageTooLong { size, max_size }) => End::Goaway {
                reason: Reason::MALFORMED,
                text: format!("A message of {size} bytes came; {max_size} is the most."),
                close: CloseCode::Size,
            },
            Error::Capacity(_) | Error::Protocol(_) | Error::Utf8(_) => {
                End::goaway(Reason::MALFORMED, &error.to_string())
            }
            error => End::Gone(error.to_string()),
        }
    }
}

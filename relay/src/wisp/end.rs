//! How a session ends, and what its client is told.

use std::future::poll_fn;
use std::task::Poll;

use futures_util::{SinkExt, StreamExt};
use shared::wisp::{CloseReason, Over};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::error::{CapacityError, Error};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message};

use super::Session;
use crate::account::Ending;

const STOPPED: &str = "The relay was stopped.";

/// What fits into the frame that closes a WebSocket, beside its code (RFC 6455, section 5.5).
const MAX_CLOSE_TEXT: usize = 123;

/// Why it is over.
pub(super) enum End {
    /// The WebSocket is gone, there is nobody to tell.
    Gone(String),
    /// The client closed the WebSocket.
    Left,
    /// We close it.
    Close(CloseCode, String),
}

impl End {
    pub(super) fn stopped() -> End {
        End::Close(CloseCode::Away, STOPPED.to_owned())
    }
}

impl Session {
    /// Says what is left to say, within the time for a farewell, and lets the servers take what was
    /// sent.
    pub(super) async fn close(mut self, end: End) {
        if let End::Gone(_) = &end {
            std::mem::take(&mut self.sockets)
                .into_values()
                .for_each(|socket| socket.abort(Ending::Lost));
        }
        poll_fn(|cx| {
            for id in self.sockets.keys().copied().collect::<Vec<_>>() {
                self.drain(id, 0, cx);
            }
            Poll::Ready(())
        })
        .await;
        let Session { mut socket, mut server, mut drains, house, peer, .. } = self;
        let farewell = async move {
            let (what, last) = match end {
                End::Gone(why) => {
                    tracing::info!(%peer, why, "wisp lost");
                    return Ok(());
                }
                End::Left => ("The client closed the WebSocket.".to_owned(), None),
                End::Close(code, text) => {
                    let reason = cut(&text).into();
                    (text, Some(CloseFrame { code, reason }))
                }
            };
            tracing::info!(%peer, what, "wisp closed");
            if let Some(last) = last {
                while let Some(message) = server.poll_message() {
                    socket.feed(Message::Binary(message.into())).await?;
                }
                socket.send(Message::Close(Some(last))).await?;
            }
            // Answers the client's CLOSE, or waits for the answer: closed before everything was
            // read, the socket would be reset, and the last message lost.
            while let Some(Ok(_)) = socket.next().await {}
            Ok::<_, Error>(())
        };
        if let Ok(Err(error)) = timeout(house.limits().farewell, farewell).await {
            tracing::debug!(%error, "the client did not wait for the last message");
        }
        while drains.join_next().await.is_some() {}
    }
}

pub(super) fn end_of(over: &Over) -> End {
    let code = match over.reason {
        CloseReason::VOLUNTARY => CloseCode::Normal,
        CloseReason::INVALID => CloseCode::Protocol,
        CloseReason::BLOCKED => CloseCode::Policy,
        _ => CloseCode::Error,
    };
    End::Close(code, over.text.clone())
}

pub(super) fn end_of_error(error: Error) -> End {
    match error {
        Error::Capacity(CapacityError::MessageTooLong { size, max_size }) => End::Close(
            CloseCode::Size,
            format!("A message of {size} bytes came; {max_size} is the most."),
        ),
        Error::Capacity(_) | Error::Protocol(_) | Error::Utf8(_) => {
            End::Close(CloseCode::Protocol, error.to_string())
        }
        error => End::Gone(error.to_string()),
    }
}

/// As much of a sentence as fits.
fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_CLOSE_TEXT)]
}

//! A session with the relay over the browser's WebSocket.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use js_sys::{ArrayBuffer, Uint8Array};
use shared::tunnel::{Event, Mux, SUBPROTOCOL, StreamId, Target};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BinaryType, MessageEvent, Performance, WebSocket};

pub(crate) struct Session {
    pub(crate) mux: Mux,
    socket: WebSocket,
    inbox: Rc<RefCell<Inbox>>,
    clock: Performance,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_change: Closure<dyn FnMut()>,
}

/// What the browser has handed over.
#[derive(Default)]
struct Inbox {
    messages: VecDeque<Vec<u8>>,
    waker: Option<Waker>,
}

impl Inbox {
    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.socket.set_onmessage(None);
        self.socket.set_onopen(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
    }
}

impl Session {
    /// Returns when the relay has greeted.
    pub(crate) async fn open(url: &str) -> Result<Session, JsValue> {
        let socket = WebSocket::new_with_str(url, SUBPROTOCOL)?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let inbox = Rc::new(RefCell::new(Inbox::default()));
        let of_messages = Rc::clone(&inbox);
        let on_message = Closure::new(move |event: MessageEvent| {
            let buffer: ArrayBuffer = event.data().unchecked_into();
            let mut inbox = of_messages.borrow_mut();
            inbox.messages.push_back(Uint8Array::new(&buffer).to_vec());
            inbox.wake();
        });
        let of_changes = Rc::clone(&inbox);
        let on_change = Closure::new(move || of_changes.borrow_mut().wake());
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onopen(Some(on_change.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_change.as_ref().unchecked_ref()));
        let clock = web_sys::window().and_then(|window| window.performance());
        let mut session = Session {
            mux: Mux::page("bench"),
            socket,
            inbox,
            clock: clock.ok_or_else(|| failed("no clock"))?,
            _on_message: on_message,
            _on_change: on_change,
        };
        session.wait(|session| session.socket.ready_state() == WebSocket::OPEN).await?;
        while !matches!(session.event().await?, Event::Welcome(_)) {}
        Ok(session)
    }

    /// In milliseconds.
    pub(crate) fn now(&self) -> f64 {
        self.clock.now()
    }

    /// Streams to this port of the relay's own machine, once they are open.
    pub(crate) async fn streams(
        &mut self,
        port: u16,
        count: usize,
    ) -> Result<Vec<StreamId>, JsValue> {
        let mut ids = Vec::new();
        for _ in 0..count {
            let id = self.mux.open(Target::new("127.0.0.1", port));
            ids.push(id.map_err(|error| failed(&error.to_string()))?);
        }
        let mut opened = 0;
        while opened < count {
            match self.event().await? {
                Event::Opened(..) => opened += 1,
                Event::Reset(_, reset) => return Err(failed(&reset.to_string())),
                _ => {}
            }
        }
        Ok(ids)
    }

    /// A few octets, for which there is room.
    pub(crate) fn ask(&mut self, id: StreamId, bytes: &[u8]) -> Result<(), JsValue> {
        let sent = self.mux.send(id, bytes);
        if sent < bytes.len() {
            return Err(failed("there was no room for a few octets"));
        }
        self.flush()
    }

    /// The next octets of any stream.
    pub(crate) async fn data(&mut self) -> Result<(StreamId, Vec<u8>), JsValue> {
        loop {
            match self.event().await? {
                Event::Data(id, bytes) => return Ok((id, bytes)),
                Event::Reset(_, reset) => return Err(failed(&reset.to_string())),
                Event::Goaway(goaway) => return Err(failed(&goaway.text)),
                _ => {}
            }
        }
    }

    pub(crate) async fn event(&mut self) -> Result<Event, JsValue> {
        loop {
            self.flush()?;
            if let Some(event) = self.mux.poll_event() {
                return Ok(event);
            }
            self.wait(|session| !session.inbox.borrow().messages.is_empty()).await?;
            let message = self.inbox.borrow_mut().messages.pop_front();
            let now = self.time();
            let received = message.map(|message| self.mux.receive(&message, now));
            received.transpose().map_err(|violation| failed(&violation.to_string()))?;
        }
    }

    /// Octets that the browser has handed over and the multiplexer has not seen.
    pub(crate) fn waiting(&self) -> u64 {
        self.inbox.borrow().messages.iter().map(|message| message.len() as u64).sum()
    }

    fn flush(&mut self) -> Result<(), JsValue> {
        let now = self.time();
        while let Some(message) = self.mux.poll_message(now) {
            self.socket.send_with_u8_array(&message)?;
        }
        Ok(())
    }

    fn time(&self) -> Duration {
        Duration::from_secs_f64(self.now() / 1000.0)
    }

    /// Until this is so; an error if the WebSocket ends before.
    async fn wait(&self, is_so: impl Fn(&Session) -> bool) -> Result<(), JsValue> {
        poll_fn(|cx| {
            if is_so(self) {
                return Poll::Ready(Ok(()));
            }
            if self.socket.ready_state() >= WebSocket::CLOSING {
                return Poll::Ready(Err(failed("the WebSocket was closed")));
            }
            self.inbox.borrow_mut().waker = Some(cx.waker().clone());
            Poll::Pending
        })
        .await
    }
}

pub(crate) fn failed(why: &str) -> JsValue {
    JsValue::from_str(why)
}

//! The tunnel in a browser: `cargo xtask bench` builds this for wasm32 as it builds the page, and runs it in a page of
//! the relay's origin. Each function is a session of its own: WebSocket, multiplexer, streams.

#[path = "../../../tests/benches/lab/relays/pattern.rs"]
mod pattern;
mod session;

use shared::tunnel::{Event, StreamId};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use pattern::{ECHO, Place, RIGHT};
use session::{Session, failed};

/// 64 KiB each 20 ms.
const SLOW_BLOCK: u64 = 64 * 1024;
const SLOW_EACH: f64 = 20.0;

/// Downloads so many octets on each of some streams; gives the milliseconds.
#[wasm_bindgen]
pub async fn download(url: String, port: u16, streams: usize, each: f64) -> Result<f64, JsValue> {
    let each = each as u64;
    let mut session = Session::open(&url).await?;
    let ids = session.streams(port, streams).await?;
    let mut left: Vec<(u64, Place)> = (0..streams).map(|n| (each, Place::of(n))).collect();
    let began = session.now();
    for (n, id) in ids.iter().enumerate() {
        session.ask(*id, &pattern::download(each, Place::of(n)))?;
    }
    while left.iter().any(|(left, _)| *left > 0) {
        let (id, bytes) = session.data().await?;
        let n = ids.iter().position(|of| *of == id).ok_or_else(|| failed("a foreign stream"))?;
        if !left[n].1.check(&bytes) {
            return Err(failed("other octets came than were sent"));
        }
        left[n].0 -= bytes.len() as u64;
        session.mux.consumed(id, bytes.len());
    }
    Ok(session.now() - began)
}

/// Uploads so many octets on each of some streams; gives the milliseconds until the server has confirmed them.
#[wasm_bindgen]
pub async fn upload(url: String, port: u16, streams: usize, each: f64) -> Result<f64, JsValue> {
    let each = each as u64;
    let mut session = Session::open(&url).await?;
    let ids = session.streams(port, streams).await?;
    let mut left: Vec<(u64, Place)> = (0..streams).map(|n| (each, Place::of(n))).collect();
    let began = session.now();
    for (n, id) in ids.iter().enumerate() {
        session.ask(*id, &pattern::upload(each, Place::of(n)))?;
    }
    let mut confirmed = 0;
    while confirmed < streams {
        for (id, (left, place)) in ids.iter().zip(&mut left) {
            while *left > 0 {
                let sent = session.mux.send(*id, place.peek(*left));
                if sent == 0 {
                    break;
                }
                place.pass(sent);
                *left -= sent as u64;
            }
        }
        match session.event().await? {
            Event::Data(_, bytes) if bytes == [RIGHT] => confirmed += 1,
            Event::Data(..) => return Err(failed("other octets arrived than were sent")),
            Event::Reset(_, reset) => return Err(failed(&reset.to_string())),
            _ => {}
        }
    }
    Ok(session.now() - began)
}

/// The milliseconds of each of some echoes.
#[wasm_bindgen]
pub async fn echo(url: String, port: u16, count: usize) -> Result<Vec<f64>, JsValue> {
    let mut session = Session::open(&url).await?;
    let id = session.streams(port, 1).await?[0];
    session.ask(id, &pattern::echo())?;
    let mut times = Vec::new();
    for _ in 0..count {
        let began = session.now();
        session.ask(id, ECHO)?;
        let mut left = ECHO;
        while !left.is_empty() {
            let (_, bytes) = session.data().await?;
            left = left.strip_prefix(&bytes[..]).ok_or_else(|| failed("another echo"))?;
            session.mux.consumed(id, bytes.len());
        }
        times.push(session.now() - began);
    }
    Ok(times)
}

/// Echoes for so many milliseconds beside a download without end to a slow reader. First the most octets of it that
/// were in the page and not read, then the times.
#[wasm_bindgen]
pub async fn slow_reader(url: String, port: u16, span: f64) -> Result<Vec<f64>, JsValue> {
    let mut session = Session::open(&url).await?;
    let ids = session.streams(port, 2).await?;
    let (bulk, echo): (StreamId, StreamId) = (ids[0], ids[1]);
    session.ask(echo, &pattern::echo())?;
    session.ask(bulk, &pattern::download(u64::MAX, Place::of(0)))?;
    let began = session.now();
    let (mut place, mut octets, mut taken, mut most) = (Place::of(0), 0_u64, 0_u64, 0_u64);
    let mut figures = vec![0.0];
    while session.now() - began < span {
        let sent = session.now();
        session.ask(echo, ECHO)?;
        let mut left = ECHO.len();
        while left > 0 {
            let (id, bytes) = session.data().await?;
            if id == echo {
                left = left.saturating_sub(bytes.len());
                session.mux.consumed(echo, bytes.len());
                continue;
            }
            if !place.check(&bytes) {
                return Err(failed("other octets came than were sent"));
            }
            octets += bytes.len() as u64;
            most = most.max(octets - taken + session.waiting());
        }
        figures.push(session.now() - sent);
        let due = ((session.now() - began) / SLOW_EACH) as u64 * SLOW_BLOCK;
        let take = due.min(octets) - taken;
        session.mux.consumed(bulk, take as usize);
        taken += take;
    }
    figures[0] = most as f64;
    Ok(figures)
}

fn main() {}

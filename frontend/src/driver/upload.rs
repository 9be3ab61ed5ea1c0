//! Reads a file piece by piece and hands it to the session, no faster than the wire takes it.

use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::{Runner, clock};
use crate::state::Upload;

/// Pieces of this size are read from the file.
const SLICE: f64 = 256.0 * 1024.0;

/// No more is read while so many octets wait for credit.
pub(super) const ENOUGH: usize = 512 * 1024;

pub(super) fn start(runner: &Runner, file: web_sys::File) {
    let runner = runner.clone();
    runner.act(|lab, _| {
        let (name, octets) = (file.name(), file.size() as u64);
        lab.upload = Some(Upload { name, octets, sent: 0 });
    });
    spawn_local(async move {
        if let Err(why) = send(&runner, &file).await {
            runner.act(|lab, _| {
                lab.upload = None;
                lab.notice = Some(format!("{} was not sent to its end: {why}", file.name()));
            });
        }
    });
}

async fn send(runner: &Runner, file: &web_sys::File) -> Result<(), String> {
    let mut at = 0.0;
    while at < file.size() {
        let piece = read(file, at).await.ok_or("the file cannot be read any more")?;
        at += piece.len() as f64;
        hand_in(runner, &piece)?;
        room(runner).await;
    }
    hand_in(runner, &[])
}

fn hand_in(runner: &Runner, piece: &[u8]) -> Result<(), String> {
    let mut done = Ok(());
    runner.act(|lab, now| done = lab.upload_piece(piece, now).map_err(|why| why.to_string()));
    done
}

async fn read(file: &web_sys::File, at: f64) -> Option<Vec<u8>> {
    let slice = file.slice_with_f64_and_f64(at, at + SLICE).ok()?;
    let buffer = JsFuture::from(slice.array_buffer()).await.ok()?;
    Some(js_sys::Uint8Array::new(&buffer).to_vec())
}

/// Waits until the wire has taken most of what was handed in, and lets the page breathe.
async fn room(runner: &Runner) {
    let full = runner.0.tunnel.borrow().pending() >= ENOUGH;
    let waits = js_sys::Promise::new(&mut |resolve, _| {
        if full {
            runner.0.tunnel.borrow_mut().room_wanted = Some(resolve);
        } else {
            clock::soon(0, move || drop(resolve.call0(&wasm_bindgen::JsValue::NULL)));
        }
    });
    // A promise that is only ever resolved.
    drop(JsFuture::from(waits).await);
}

//! Puts downloads into files of the browser, so that their size does not matter to the page.
//!
//! Octets gather in a buffer of [`BLOCK`]; full buffers go to the origin private file system, or
//! where there is none (a page that came over plain HTTP from another machine) into blobs, which
//! the browser keeps outside the page's memory. Credit goes back to the relay at once while
//! little is held, and otherwise when a buffer has been written.

use std::collections::BTreeMap;

use js_sys::{Array, Uint8Array};
use shared::machine::Conn;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Blob, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetFileOptions,
    FileSystemWritableFileStream, Url,
};

use super::{Runner, clock};
use crate::state::Progress;
use crate::text::t;

/// Written at once.
const BLOCK: usize = 1024 * 1024;

/// Held at most before credit is kept back.
const HELD: usize = 4 * BLOCK;

#[derive(Default)]
struct Sink {
    buffer: Vec<u8>,
    /// Full buffers that wait for the one being written.
    full: Vec<Vec<u8>>,
    writing: bool,
    /// Credit kept back.
    owed: Vec<(Conn, usize)>,
    file: Option<(FileSystemFileHandle, FileSystemWritableFileStream)>,
    /// Where there is no file system.
    blobs: Vec<Blob>,
    no_files: bool,
    ending: bool,
}

impl Sink {
    fn held(&self) -> usize {
        self.buffer.len() + self.full.iter().map(Vec::len).sum::<usize>()
    }
}

pub(super) struct Files {
    sinks: BTreeMap<usize, Sink>,
    /// A folder of this page alone.
    folder: String,
}

impl Files {
    pub(super) fn new() -> Files {
        sweep();
        let folder = format!("downloads-{}", js_sys::Date::now() as u64);
        remember(&folder);
        Files { sinks: BTreeMap::new(), folder }
    }
}

/// Takes octets of a download.
pub(super) fn put(runner: &Runner, id: usize, conn: Conn, bytes: Vec<u8>) {
    let mut files = runner.0.files.borrow_mut();
    let sink = files.sinks.entry(id).or_default();
    sink.buffer.extend_from_slice(&bytes);
    if sink.buffer.len() >= BLOCK {
        let block = core::mem::replace(&mut sink.buffer, Vec::with_capacity(BLOCK + BLOCK / 8));
        sink.full.push(block);
    }
    let keep_back = sink.held() > HELD;
    if keep_back {
        sink.owed.push((conn, bytes.len()));
    }
    let begin = !sink.full.is_empty() && !sink.writing;
    sink.writing |= begin;
    drop(files);
    if !keep_back {
        runner.stored(conn, bytes.len());
    }
    if begin {
        let runner = runner.clone();
        spawn_local(async move { write(runner, id).await });
    }
}

/// The download has ended: what is left is written, and the file can be had.
pub(super) fn finish(runner: &Runner, id: usize) {
    let mut files = runner.0.files.borrow_mut();
    let Some(sink) = files.sinks.get_mut(&id).filter(|sink| !sink.ending) else { return };
    sink.ending = true;
    let begin = !sink.writing;
    sink.writing = true;
    drop(files);
    if begin {
        let runner = runner.clone();
        spawn_local(async move { write(runner, id).await });
    }
}

/// Writes full buffers until there is none left, and the rest when the download has ended.
async fn write(runner: Runner, id: usize) {
    loop {
        let next = {
            let mut files = runner.0.files.borrow_mut();
            let Some(sink) = files.sinks.get_mut(&id) else { return };
            let small = sink.file.is_none() && sink.blobs.is_empty();
            if !sink.full.is_empty() {
                Some(sink.full.remove(0))
            } else if sink.ending && !sink.buffer.is_empty() && !small {
                Some(core::mem::take(&mut sink.buffer))
            } else {
                sink.writing = false;
                None
            }
        };
        let Some(block) = next else { break };
        if let Err(why) = store(&runner, id, &block).await {
            fail(&runner, id, &why);
        }
        let owed = {
            let mut files = runner.0.files.borrow_mut();
            files.sinks.get_mut(&id).map(|sink| core::mem::take(&mut sink.owed))
        };
        for (conn, octets) in owed.unwrap_or_default() {
            runner.stored(conn, octets);
        }
    }
    let ended = runner.0.files.borrow().sinks.get(&id).is_some_and(|sink| sink.ending);
    if ended {
        let url = close(&runner, id).await;
        match url {
            Ok(url) => runner.act(|lab, _| {
                if let Some(download) = lab.downloads.get_mut(id) {
                    download.url = Some(url);
                }
            }),
            Err(why) => fail(&runner, id, &why),
        }
    }
}

async fn store(runner: &Runner, id: usize, block: &[u8]) -> Result<(), JsValue> {
    let (known, no_files) = {
        let files = runner.0.files.borrow();
        let sink = files.sinks.get(&id);
        (sink.and_then(|sink| sink.file.clone()), sink.is_some_and(|sink| sink.no_files))
    };
    let file = match known {
        Some(file) => Some(file),
        None if no_files => None,
        None => create(runner, id).await.ok(),
    };
    // A copy outside the memory of the page, which may move while the write goes on.
    let copy = Uint8Array::from(block);
    match file {
        Some((handle, stream)) => {
            JsFuture::from(stream.write_with_js_u8_array(&copy)?).await?;
            if let Some(sink) = runner.0.files.borrow_mut().sinks.get_mut(&id) {
                sink.file = Some((handle, stream));
            }
        }
        None => {
            let blob = Blob::new_with_u8_array_sequence(&Array::of1(&copy))?;
            if let Some(sink) = runner.0.files.borrow_mut().sinks.get_mut(&id) {
                sink.no_files = true;
                sink.blobs.push(blob);
            }
        }
    }
    Ok(())
}

async fn create(
    runner: &Runner,
    id: usize,
) -> Result<(FileSystemFileHandle, FileSystemWritableFileStream), JsValue> {
    let folder = runner.0.files.borrow().folder.clone();
    let root = root().await?;
    let options = web_sys::FileSystemGetDirectoryOptions::new();
    options.set_create(true);
    let folder = root.get_directory_handle_with_options(&folder, &options);
    let folder: FileSystemDirectoryHandle = JsFuture::from(folder).await?.dyn_into()?;
    let options = FileSystemGetFileOptions::new();
    options.set_create(true);
    let handle = folder.get_file_handle_with_options(&id.to_string(), &options);
    let handle: FileSystemFileHandle = JsFuture::from(handle).await?.dyn_into()?;
    let stream = JsFuture::from(handle.create_writable()).await?.dyn_into()?;
    Ok((handle, stream))
}

/// The finished file, as a URL of this page.
async fn close(runner: &Runner, id: usize) -> Result<String, JsValue> {
    let Some(sink) = runner.0.files.borrow_mut().sinks.remove(&id) else {
        return Err("the file is gone".into());
    };
    if let Some((handle, stream)) = sink.file {
        JsFuture::from(stream.close()).await?;
        let file: Blob = JsFuture::from(handle.get_file()).await?.dyn_into()?;
        return Url::create_object_url_with_blob(&file);
    }
    let parts = Array::new();
    for blob in &sink.blobs {
        parts.push(blob);
    }
    if !sink.buffer.is_empty() {
        parts.push(&Uint8Array::from(sink.buffer.as_slice()));
    }
    let blob = Blob::new_with_u8_array_sequence(&parts)?;
    Url::create_object_url_with_blob(&blob)
}

fn fail(runner: &Runner, id: usize, why: &JsValue) {
    let reason = js_sys::Reflect::get(why, &"message".into()).ok().and_then(|m| m.as_string());
    let reason = reason.or_else(|| why.as_string()).unwrap_or_else(|| "unknown".into());
    runner.act(|lab, _| {
        if let Some(download) = lab.downloads.get_mut(id) {
            download.progress = Progress::Failed(t!("download-unstored", why = &reason));
            download.url = Some(String::new());
        }
    });
}

async fn root() -> Result<FileSystemDirectoryHandle, JsValue> {
    let storage = clock::window().navigator().storage();
    // Absent where the page is no secure context.
    if JsValue::from(&storage).is_undefined() {
        return Err(JsValue::NULL);
    }
    JsFuture::from(storage.get_directory()).await?.dyn_into()
}

const FOLDERS: &str = "wirelab.downloads";

/// Notes the folder, so that a later page can remove it.
fn remember(folder: &str) {
    if let Ok(Some(storage)) = clock::window().local_storage() {
        let known = storage.get_item(FOLDERS).ok().flatten().unwrap_or_default();
        // A full or refused store only means that the folder stays longer.
        drop(storage.set_item(FOLDERS, &format!("{known} {folder}")));
    }
}

/// Removes the folders of pages that were opened more than a day ago.
fn sweep() {
    let Ok(Some(storage)) = clock::window().local_storage() else { return };
    let known = storage.get_item(FOLDERS).ok().flatten().unwrap_or_default();
    let day_ago = (js_sys::Date::now() - 86_400_000.0) as u64;
    let opened = |folder: &str| folder.rsplit('-').next().and_then(|n| n.parse::<u64>().ok());
    let (old, young): (Vec<_>, Vec<_>) = known
        .split_whitespace()
        .map(String::from)
        .partition(|folder| opened(folder).is_none_or(|at| at < day_ago));
    drop(storage.set_item(FOLDERS, &young.join(" ")));
    if old.is_empty() {
        return;
    }
    spawn_local(async move {
        let Ok(root) = root().await else { return };
        let options = web_sys::FileSystemRemoveOptions::new();
        options.set_recursive(true);
        for folder in old {
            drop(JsFuture::from(root.remove_entry_with_options(&folder, &options)).await);
        }
    });
}

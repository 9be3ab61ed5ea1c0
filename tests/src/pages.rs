//! A folder over HTTP on a free port of this machine, for as long as it is kept: a static page for a browser to open.

use std::path::{Component, Path, PathBuf};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// As strict as the page needs to bear: nothing inline, nothing from elsewhere.
const POLICY: &str =
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:";

pub struct Pages {
    url: String,
    task: JoinHandle<()>,
}

impl Pages {
    pub async fn serve(folder: &Path) -> Pages {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on the loopback");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let folder = folder.to_owned();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, folder.clone()));
            }
        });
        Pages { url: format!("http://127.0.0.1:{port}/"), task }
    }

    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One request on one connection; a browser that hangs up is no concern of the test.
async fn answer(stream: TcpStream, folder: PathBuf) {
    let mut stream = BufReader::new(stream);
    let mut request = String::new();
    let mut header = String::new();
    if stream.read_line(&mut request).await.is_err() {
        return;
    }
    while stream.read_line(&mut header).await.is_ok_and(|read| read > 2) {
        header.clear();
    }
    let path = request.split(' ').nth(1).unwrap_or("/");
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_start_matches('/');
    let index = if path.is_empty() || path.ends_with('/') { "index.html" } else { "" };
    let path = &PathBuf::from(format!("{path}{index}"));
    let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
    let (status, body) = match std::fs::read(folder.join(path)) {
        Ok(body) if inside => ("200 OK", body),
        _ => ("404 Not Found", b"not found\n".to_vec()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {}\r\nContent-Length: {}\r\nContent-Security-Policy: {POLICY}\r\n\
         Connection: close\r\n\r\n",
        content_type(path),
        body.len()
    );
    let _ = stream.write_all(&[head.as_bytes(), &body].concat()).await;
    let _ = stream.shutdown().await;
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}

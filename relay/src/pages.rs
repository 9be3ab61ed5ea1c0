//! Serves the page, which is part of the binary. Pure: a request's head in, a response out.

use http_body_util::Full;
use hyper::body::{Body, Bytes};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Response, StatusCode};
use shared::room::Code;

/// One file of the page, as it is and packed.
pub(crate) struct Asset {
    /// Without a leading slash.
    pub(crate) path: &'static str,
    pub(crate) etag: &'static str,
    pub(crate) plain: &'static [u8],
    pub(crate) br: Option<&'static [u8]>,
    pub(crate) gz: Option<&'static [u8]>,
}

/// The files that the build found.
pub(crate) const ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The page of those who look on at a room.
const VIEWER: &str = "viewer.html";

/// Where the code of a room is asked for.
const JOIN: &str = "/join";

/// Stands in for the page in a relay that was built before the page.
const NO_PAGE: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
    <title>Wirelab</title>\n\
    <p>This relay was built without the page. Run <code>cargo xtask serve</code>.</p>\n</html>\n";

/// The page runs its own wasm and talks to its own relay; nothing else, from nowhere else.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; \
    manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const ON_EVERY_RESPONSE: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// A file of the page, or the sentence why not.
pub(crate) fn page(
    assets: &[Asset],
    method: &Method,
    path: &str,
    headers: &HeaderMap,
) -> Response<Full<Bytes>> {
    if method != Method::GET && method != Method::HEAD {
        let text = format!("{method} is not for this address; use GET or HEAD.");
        let mut response = sentence(StatusCode::METHOD_NOT_ALLOWED, &text);
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let name = if path == "/" { "index.html" } else { path.trim_start_matches('/') };
    let asset = |name: &str| assets.iter().find(|asset| asset.path == name);
    let room = || asset(VIEWER).filter(|_| is_room(path));
    let response = match asset(name).or_else(room) {
        Some(asset) => file(asset, headers),
        None if name == "index.html" => respond(StatusCode::OK, "html", NO_PAGE.into()),
        None => {
            let text = format!("There is nothing at {path}. The lab is at /.");
            sentence(StatusCode::NOT_FOUND, &text)
        }
    };
    fit(method, response)
}

/// The short address of a room is its code, in capital or small letters.
fn is_room(path: &str) -> bool {
    let code = path.strip_prefix('/').map(Code::parse);
    path.eq_ignore_ascii_case(JOIN) || code.is_some_and(|code| code.is_ok())
}

/// A response of one sentence.
pub(crate) fn sentence(status: StatusCode, text: &str) -> Response<Full<Bytes>> {
    respond(status, "txt", format!("{text}\n").into())
}

/// A body that changes with the relay and is not to be kept.
pub(crate) fn json(method: &Method, body: Bytes) -> Response<Full<Bytes>> {
    fit(method, respond(StatusCode::OK, "json", body))
}

/// HEAD is GET without the body, but with its length.
fn fit(method: &Method, mut response: Response<Full<Bytes>>) -> Response<Full<Bytes>> {
    if method == Method::HEAD {
        let length = HeaderValue::from(Body::size_hint(response.body()).lower());
        response.headers_mut().insert(header::CONTENT_LENGTH, length);
        *response.body_mut() = Full::default();
    }
    response
}

fn file(asset: &Asset, headers: &HeaderMap) -> Response<Full<Bytes>> {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let accepted = accepted.unwrap_or_default();
    let packed = [("br", asset.br), ("gzip", asset.gz)]
        .into_iter()
        .find_map(|(name, bytes)| Some((name, bytes.filter(|_| accepts(accepted, name))?)));
    let (encoding, bytes) = packed.unwrap_or(("identity", asset.plain));

    let etag = format!("\"{}-{encoding}\"", asset.etag);
    let known = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|tag| tag.trim().trim_start_matches("W/") == etag || tag.trim() == "*");
    let extension = asset.path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let mut response = if known {
        respond(StatusCode::NOT_MODIFIED, extension, Bytes::new())
    } else {
        respond(StatusCode::OK, extension, Bytes::from_static(bytes))
    };
    let forever = is_hashed(asset.path);
    let keep = if forever { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    if encoding != "identity" && !known {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

fn respond(status: StatusCode, extension: &str, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(extension)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for (name, value) in ON_EVERY_RESPONSE {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn content_type(extension: &str) -> &'static str {
    match extension {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Does an `Accept-Encoding` take this coding? Named with a weight above 0, or by `*`.
fn accepts(accepted: &str, coding: &str) -> bool {
    let weight = |wanted: &str| {
        accepted.split(',').find_map(|item| {
            let mut parts = item.split(';').map(str::trim);
            let name = parts.next()?;
            let weight = parts.find_map(|part| part.strip_prefix("q=")).unwrap_or("1");
            name.eq_ignore_ascii_case(wanted).then(|| weight.parse::<f32>().unwrap_or(0.0))
        })
    };
    weight(coding).or_else(|| weight("*")).is_some_and(|weight| weight > 0.0)
}

/// A name like `wirelab-0123abcd.js` or `wirelab-0123abcd_bg.wasm`: its content never changes.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    let Some((_, hash)) = stem.rsplit_once('-') else { return false };
    let hash = hash.strip_suffix("_bg").unwrap_or(hash);
    hash.len() >= 8 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests;

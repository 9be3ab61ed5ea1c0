//! What is where in the gopherhole.

use super::menus::{self, Home, Line};
use crate::explain::{Composer, Wire};
use crate::protocols::gopher::{legible, terms};
use crate::world::World;
use crate::world::files::{Content, Files, Node};

/// Lines of one menu. A folder may hold more; a person does not read them.
const LINES_LIMIT: usize = 1000;

/// What a search finds at most.
const HITS_LIMIT: usize = 100;

/// So much of each text is searched: its beginning says what it is about, and a search of all
/// that the world may hold would keep everybody waiting.
const SEARCHED: usize = 64 * 1024;

pub(super) enum Answer {
    Menu(Wire),
    /// HTML made for the occasion.
    Page(Wire),
    Text(Content),
    /// As they are, up to the end of the connection.
    Octets(Content),
}

/// Answers a request.
pub(super) fn answer(selector: &str, words: Option<&str>, home: &Home, world: &World) -> Answer {
    match selector {
        "" => Answer::Menu(menus::compose(&welcome(), home)),
        "/search" => Answer::Menu(search(words.unwrap_or_default(), home, world)),
        link if link.starts_with("URL:") => redirect(&link[4..]),
        path if path.starts_with('/') => file(path, home, world),
        other => not_found(other),
    }
}

fn welcome() -> Vec<Line> {
    let info = |text: &str| Line::Info(text.into());
    let item = |kind: u8, name: &str, selector: &str| Line::item(kind, name, selector);
    vec![
        Line::Info(format!("Welcome to {}.", crate::world::HOST)),
        info(""),
        info("The same files can be had by FTP and by HTTP."),
        item(b'1', "Documents, a picture, large files", "/pub"),
        item(b'1', "Everything", "/"),
        item(b'0', "About these files", "/readme.txt"),
        item(b'0', "Lines that begin with dots", "/dots.txt"),
        item(b'I', "A picture of one pixel", "/pub/pictures/dot.png"),
        item(b'9', "Every octet once", "/pub/all-octets.bin"),
        item(b'h', "A page", "/index.html"),
        item(b'7', "Search names and texts", "/search"),
        info(""),
        info("And not here:"),
        item(b'h', "The same server on the web", &format!("URL:http://{}/", crate::world::HOST)),
        Line::Elsewhere(b'1', "A menu on another server".into(), "gopher.example".into()),
        Line::Telnet("Command lines by Telnet".into()),
    ]
}

fn file(path: &str, home: &Home, world: &World) -> Answer {
    let path = Files::resolve("/", path);
    let Some(node) = world.files.get(&path) else { return not_found(&path) };
    let Some(content) = node.content() else {
        return Answer::Menu(menus::compose(&folder(&path, node), home));
    };
    match kind(&path, content) {
        b'0' => Answer::Text(content.clone()),
        _ => Answer::Octets(content.clone()),
    }
}

fn folder(path: &str, node: &Node) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some((parent, _)) = path.rsplit_once('/').filter(|(_, name)| !name.is_empty()) {
        let up = if parent.is_empty() { "/" } else { parent };
        lines.push(Line::item(b'1', "..", up));
    }
    let shown = node.entries().filter(|(name, _)| !name.starts_with('.'));
    let mut left_out = 0;
    for (name, node) in shown {
        let selector = Files::resolve(path, name);
        if lines.len() >= LINES_LIMIT || !menus::fits(&selector) {
            left_out += 1;
            continue;
        }
        let kind = node.content().map_or(b'1', |content| kind(name, content));
        lines.push(Line::item(kind, name, &selector));
    }
    if lines.iter().all(|line| line.name() == "..") && left_out == 0 {
        lines.push(Line::Info("This folder is empty.".into()));
    }
    if left_out > 0 {
        lines.push(Line::Info(format!("{left_out} more are not shown here.")));
    }
    lines
}

/// The item type of a file.
fn kind(name: &str, content: &Content) -> u8 {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        Some("html" | "htm") => b'h',
        Some("gif") => b'g',
        Some("png" | "jpg" | "jpeg" | "bmp" | "webp") => b'I',
        Some("bin") => b'9',
        _ if is_text(content) => b'0',
        _ => b'9',
    }
}

/// Its beginning is UTF-8 without NUL.
fn is_text(content: &Content) -> bool {
    let Content::Bytes(bytes) = content else { return false };
    let head = &bytes[..bytes.len().min(1024)];
    let cut_character =
        |error: core::str::Utf8Error| error.error_len().is_none() && head.len() < bytes.len();
    !head.contains(&0) && core::str::from_utf8(head).map_or_else(cut_character, |_| true)
}

fn search(words: &str, home: &Home, world: &World) -> Wire {
    let wanted: Vec<String> = words
        .split_whitespace()
        .filter(|word| !word.eq_ignore_ascii_case("and"))
        .map(str::to_lowercase)
        .collect();
    if wanted.is_empty() {
        return menus::refusal("A search needs words behind a tab");
    }
    let mut hits = Vec::new();
    if let Some(root) = world.files.get("/") {
        find(root, "/", &wanted, &mut hits);
    }
    let more = hits.len() > HITS_LIMIT;
    hits.truncate(HITS_LIMIT);
    let mut lines = vec![Line::Info(match hits.len() {
        0 => format!("Nothing has all of the words: {}", wanted.join(" ")),
        _ => format!("These have all of the words: {}", wanted.join(" ")),
    })];
    lines.append(&mut hits);
    if more {
        lines.push(Line::Info("There are more; use more words.".into()));
    }
    menus::compose(&lines, home)
}

/// Files and folders whose name or text has every word.
fn find(folder: &Node, path: &str, wanted: &[String], hits: &mut Vec<Line>) {
    for (name, node) in folder.entries().filter(|(name, _)| !name.starts_with('.')) {
        if hits.len() > HITS_LIMIT {
            return;
        }
        let selector = Files::resolve(path, name);
        let kind = node.content().map_or(b'1', |content| kind(name, content));
        let mut searched = name.to_lowercase();
        if let Some(content) = node.content().filter(|_| matches!(kind, b'0' | b'h')) {
            searched.push('\n');
            searched.push_str(&legible(&content.read(0, SEARCHED)).to_lowercase());
        }
        if menus::fits(&selector) && wanted.iter().all(|word| searched.contains(word)) {
            hits.push(Line::item(kind, &selector, &selector));
        }
        if node.is_folder() {
            find(node, &selector, wanted, hits);
        }
    }
}

fn not_found(selector: &str) -> Answer {
    Answer::Menu(menus::refusal(&format!("There is nothing at {selector}")))
}

/// For clients that do not know what a link is.
fn redirect(url: &str) -> Answer {
    let allowed = ["http://", "https://", "ftp://", "gopher://", "mailto:", "news:", "telnet:"];
    if !allowed.iter().any(|scheme| url.starts_with(scheme)) {
        return not_found(&format!("URL:{url}"));
    }
    let url = url.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let page = format!(
        "<!doctype html>\r\n<meta http-equiv=\"refresh\" content=\"3; url={url}\">\r\n<p>This is a link: <a href=\"{url}\">{url}</a></p>\r\n"
    );
    let mut out = Composer::new();
    out.put(&terms::CONTENT, page);
    Answer::Page(out.finish("The link as a page."))
}

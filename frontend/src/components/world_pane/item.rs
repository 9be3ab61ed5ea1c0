//! One mail, file or article: its name, and once it is opened, its content as text and as octets.

use std::fmt::Write;

use shared::transcript::visible;
use shared::world::World;
use shared::world::changes::How;
use web_sys::Element;
use yew::prelude::*;

use super::changes::mark;
use crate::app::View;
use crate::text::t;

/// Octets shown at first; each "Show more" shows as many again.
const PIECE: usize = 4096;

/// Octets in a row: eight fit a phone.
const ROW: usize = 8;

#[derive(Clone, PartialEq)]
pub(super) enum What {
    Message { user: String, mailbox: String, uid: u32 },
    File { path: String },
    Article { group: String, number: u64 },
}

impl What {
    /// At most so many octets of the content, and how many there are.
    fn read(&self, world: &World, most: usize) -> Option<(Vec<u8>, u64)> {
        let cut = |bytes: &[u8]| (bytes[..bytes.len().min(most)].to_vec(), bytes.len() as u64);
        match self {
            What::Message { user, mailbox, uid } => {
                Some(cut(&world.mail.named(user, mailbox)?.message(*uid)?.bytes))
            }
            What::File { path } => {
                let content = world.files.get(path)?.content()?;
                Some((content.read(0, most), content.len()))
            }
            What::Article { group, number } => {
                Some(cut(&world.news.group(group)?.article(*number)?.bytes))
            }
        }
    }
}

#[derive(PartialEq, Properties)]
pub(super) struct ItemProps {
    pub view: View,
    pub what: What,
    pub name: String,
    pub about: String,
    pub how: Option<How>,
}

/// Content is made only for what is open: a mailbox may have thousands.
#[component(Item)]
pub(super) fn item(props: &ItemProps) -> Html {
    let open = use_state(|| false);
    let ontoggle = {
        let open = open.clone();
        Callback::from(move |event: Event| {
            let details: Element = event.target_unchecked_into();
            open.set(details.has_attribute("open"));
        })
    };
    html! {
        <details class="item" {ontoggle}>
            <summary>
                <span translate="no">{ &props.name }</span>{ mark(props.how) }
                <span class="size">{ format!(" {}", props.about) }</span>
            </summary>
            if *open {
                <Content view={props.view.clone()} what={props.what.clone()} name={props.name.clone()} />
            }
        </details>
    }
}

#[derive(PartialEq, Properties)]
struct ContentProps {
    view: View,
    what: What,
    name: String,
}

#[component(Content)]
fn content(props: &ContentProps) -> Html {
    let most = use_state(|| PIECE);
    // `None`: text if it is text.
    let chosen = use_state(|| None::<bool>);
    let read = props.view.runner.see(|lab| props.what.read(lab.world(), *most));
    let Some((bytes, octets)) = read else {
        return html! { <p class="hint">{ t!("item-gone") }</p> };
    };
    let as_text = chosen.unwrap_or_else(|| is_text(&bytes));
    let choose = |text: bool| {
        let chosen = chosen.clone();
        Callback::from(move |_: MouseEvent| chosen.set(Some(text)))
    };
    let more = {
        let most = most.clone();
        Callback::from(move |_: MouseEvent| most.set(*most + PIECE))
    };
    let name = &props.name;
    html! {
        <div class="content">
            <div class="switch" role="group" aria-label={t!("item-how", name = name)}>
                <button aria-pressed={as_text.to_string()} onclick={choose(true)}>{ t!("item-text") }</button>
                <button aria-pressed={(!as_text).to_string()} onclick={choose(false)}>{ t!("item-bytes") }</button>
            </div>
            if octets == 0 {
                <p class="hint">{ t!("item-empty") }</p>
            } else if as_text {
                <pre translate="no" dir="ltr" tabindex="0" role="group" aria-label={t!("item-text-of", name = name)}>{ for lines(&bytes) }</pre>
            } else {
                <pre translate="no" dir="ltr" tabindex="0" role="group" aria-label={t!("item-bytes-of", name = name)} class="octets">{ rows(&bytes) }</pre>
            }
            if (bytes.len() as u64) < octets {
                <p class="hint">
                    { t!("item-part", shown = bytes.len(), all = octets) }{ " " }
                    <button class="quiet" onclick={more}>{ t!("item-more") }</button>
                </p>
            }
        </div>
    }
}

/// Whether it is UTF-8 (a letter may be cut at the end) without control octets that no text has.
fn is_text(bytes: &[u8]) -> bool {
    let valid = match str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    valid && !bytes.iter().any(|byte| *byte < 0x20 && !matches!(byte, b'\t' | b'\r' | b'\n' | 0x1b))
}

/// Each line with its end, which is seen, too.
fn lines(bytes: &[u8]) -> impl Iterator<Item = Html> {
    bytes.split_inclusive(|byte| *byte == b'\n').map(|line| {
        let (text, end) = match line {
            [text @ .., b'\r', b'\n'] => (text, "CR LF"),
            [text @ .., b'\n'] => (text, "LF"),
            text => (text, ""),
        };
        let line_feed = if end.is_empty() { "" } else { "\n" };
        html! { <>{ visible(text) }<span class="end">{ end }</span>{ line_feed }</> }
    })
}

/// Offset, octets in hexadecimal, and those that have a picture as letters.
fn rows(bytes: &[u8]) -> String {
    let mut out = String::new();
    for (n, row) in bytes.chunks(ROW).enumerate() {
        let hex: Vec<String> = row.iter().map(|byte| format!("{byte:02x}")).collect();
        let text: String = row
            .iter()
            .map(|byte| if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '\u{b7}' })
            .collect();
        writeln!(out, "{:04x} {:<23} {text}", n * ROW, hex.join(" "))
            .expect("writing into a String cannot fail");
    }
    out
}

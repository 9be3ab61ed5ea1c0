//! Content that was received, as files, and the file on its way out.

use yew::prelude::*;

use crate::app::View;
use crate::state::Progress;
use crate::text::t;

#[component(Downloads)]
pub fn downloads(view: &View) -> Html {
    view.runner.see(|lab| {
        let downloads = lab.downloads.list();
        if downloads.is_empty() && lab.upload.is_none() {
            return html! {};
        }
        let last = downloads.len().saturating_sub(3);
        let rows = downloads[last..].iter().rev().map(|d| {
            let size = match d.expected {
                Some(expected) => t!("octets-of", octets = d.octets, all = expected),
                None => t!("octets", octets = d.octets),
            };
            let end = match &d.progress {
                Progress::Running => html! {
                    <progress aria-label={t!("download-of", name = &d.name)}
                        max={d.expected.map(|n| n.max(1).to_string())}
                        value={d.expected.map(|_| d.octets.to_string())} />
                },
                Progress::Done => html! {
                    <>
                        <code class="sha256" title={d.sha256()}>{ format!("SHA-256 {}\u{2026}", &d.sha256()[..16]) }</code>
                        if let Some(url) = d.url.clone().filter(|url| !url.is_empty()) {
                            <a class="button" href={url} download={d.name.clone()}>{ t!("save") }</a>
                        }
                    </>
                },
                Progress::Failed(why) => html! { <span class="failed">{ t!("download-incomplete", why = why) }</span> },
            };
            let word = match d.progress {
                Progress::Running => "running",
                Progress::Done => "done",
                Progress::Failed(_) => "failed",
            };
            html! { <li key={d.id} data-progress={word}><b>{ &d.name }</b><span>{ size }</span>{ end }</li> }
        });
        let upload = lab.upload.as_ref().map(|u| html! {
            <li>
                <b>{ &u.name }</b>
                <span>{ t!("octets-sent", octets = u.sent, all = u.octets) }</span>
                <progress aria-label={t!("upload-of", name = &u.name)} max={u.octets.max(1).to_string()} value={u.sent.to_string()} />
            </li>
        });
        html! {
            <section class="files" aria-label={t!("content")}>
                <ul>{ upload.unwrap_or_default() }{ for rows }</ul>
            </section>
        }
    })
}

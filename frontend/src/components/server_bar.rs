//! Which server: in the page, in the relay, or a real one.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::header::close_popover;
use super::marked::marked;
use crate::app::{View, go};
use crate::driver::Relay;
use crate::state::{Opening, Route, Target, open_url};
use crate::text::t;

#[component(ServerBar)]
pub(super) fn server_bar(view: &View) -> Html {
    let route = view.runner.see(|lab| lab.route.clone());
    let relay = view.runner.relay();
    let real_open = use_state(|| false);
    let is_real = matches!(route.target, Target::Real { .. });
    let choose = |target: Target| {
        let (route, real_open) = (Route::to(route.protocol, target), real_open.clone());
        Callback::from(move |_: Event| {
            real_open.set(false);
            close_popover("servers");
            go(&route);
        })
    };
    let show_real = {
        let real_open = real_open.clone();
        Callback::from(move |_: Event| real_open.set(true))
    };
    let asks_real = is_real || *real_open;
    let locked = matches!(relay, Relay::Locked { .. });
    let absent = locked || matches!(relay, Relay::Absent | Relay::Unreachable);
    let look_again = {
        let runner = view.runner.clone();
        Callback::from(move |_: MouseEvent| runner.look_for_relay())
    };
    let address = match &relay {
        Relay::Present(endpoints) => endpoints.iter().find(|e| e.protocol == route.protocol.id),
        _ => None,
    };
    html! {
        <div class="server">
            <h2>{ t!("server") }</h2>
            <fieldset>
                <legend class="hidden">{ t!("server-which") }</legend>
                <label>
                    <input type="radio" name="server" checked={route.target == Target::Page && !asks_real}
                        onchange={choose(Target::Page)} />
                    <span>{ t!("server-page") }</span>
                </label>
                <label>
                    <input type="radio" name="server" disabled={absent}
                        checked={route.target == Target::Relay && !asks_real}
                        onchange={choose(Target::Relay)} />
                    <span>{ t!("server-relay") }</span>
                </label>
                <label>
                    <input type="radio" name="server" disabled={absent} checked={asks_real}
                        onchange={show_real} />
                    <span>{ t!("server-real") }</span>
                </label>
            </fieldset>
            if locked {
                <p class="hint" id="locked">
                    { t!("token-why") }{ " " }
                    <button type="button" class="quiet" onclick={look_again.clone()}>{ t!("token-say") }</button>
                </p>
            }
            if relay == Relay::Unreachable {
                <p class="hint" id="unreachable">
                    { t!("relay-unreachable") }{ " " }
                    <button type="button" class="quiet" onclick={look_again}>{ t!("look-again") }</button>
                </p>
            }
            if relay == Relay::Absent {
                <p class="hint">{ marked(t!("relay-absent")) }</p>
            }
            if let Some(endpoint) = address {
                <p class="hint">
                    { marked(&t!("relay-endpoint", address = &format!("{}:{}", endpoint.host, endpoint.port))) }
                </p>
            }
            if asks_real && !absent {
                <RealForm runner={view.runner.clone()} version={view.version} />
            }
            <UrlForm ..view.clone() />
        </div>
    }
}

/// A URL of any scheme that the lab speaks, opened as Python's urlopen would.
#[component(UrlForm)]
fn url_form(view: &View) -> Html {
    let input = use_node_ref();
    let onsubmit = {
        let (input, runner) = (input.clone(), view.runner.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let text =
                input.cast::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default();
            let (here, target) = runner.see(|lab| (lab.route.clone(), lab.route.target.clone()));
            let practice = if target == Target::Relay { Target::Relay } else { Target::Page };
            match open_url(&text, &practice) {
                Err(why) => runner.act(|lab, _| lab.notice = Some(why)),
                Ok(Opening { route, steps }) => {
                    close_popover("servers");
                    runner.act(|lab, _| lab.play_script(route.protocol.id, steps));
                    if here == route {
                        runner.reconnect();
                    } else {
                        go(&route);
                    }
                }
            }
        })
    };
    html! {
        <details class="url-form">
            <summary>{ t!("open-url") }</summary>
            <form class="real-form" {onsubmit}>
                <label>{ t!("url-label") }
                    <input ref={input} name="url" required=true maxlength="2000" autocapitalize="off" spellcheck="false"
                        placeholder="ftp://practice.lab/readme.txt" />
                </label>
                <button type="submit">{ t!("open") }</button>
            </form>
        </details>
    }
}

#[component(RealForm)]
fn real_form(view: &View) -> Html {
    let route = view.runner.see(|lab| lab.route.clone());
    let (host, port) = match &route.target {
        Target::Real { host, port } => (host.clone(), *port),
        _ => (String::new(), route.protocol.port),
    };
    let (host_ref, port_ref) = (use_node_ref(), use_node_ref());
    let onsubmit = {
        let (host_ref, port_ref, runner) =
            (host_ref.clone(), port_ref.clone(), view.runner.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let value = |node: &NodeRef| {
                node.cast::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default()
            };
            let host = value(&host_ref).trim().trim_matches(['[', ']']).to_string();
            let Some(port) = value(&port_ref).trim().parse().ok().filter(|port| *port > 0) else {
                let notice = t!("port-wrong").to_string();
                runner.act(|lab, _| lab.notice = Some(notice));
                return;
            };
            // Whoever writes down a host and presses Connect has read what stands below.
            runner.allow(&host);
            close_popover("servers");
            let new = Route::to(route.protocol, Target::Real { host, port });
            if runner.see(|lab| lab.route == new) {
                runner.reconnect();
            } else {
                go(&new);
            }
        })
    };
    html! {
        <form class="real-form" {onsubmit}>
            <label>{ t!("host") }
                <input ref={host_ref} name="host" required=true maxlength="255" autocapitalize="off"
                    spellcheck="false" value={host} />
            </label>
            <label>{ t!("port-label") }
                <input ref={port_ref} name="port" required=true inputmode="numeric" size="5"
                    value={port.to_string()} />
            </label>
            <button type="submit">{ t!("connect") }</button>
            <p class="hint">{ t!("real-warning") }</p>
        </form>
    }
}

//! Where everything stands, Run or Step; faults of the network, and time.

use core::time::Duration;

use shared::sockets::{Fault, Mode};
use yew::prelude::*;

use super::BenchView;
use crate::state::bench_words::{seconds, side_word};
use crate::text::t;

#[component(Controls)]
pub(super) fn controls(view: &BenchView) -> Html {
    let bench = &view.bench;
    let (status, said, mode, held) = bench.see(|state| {
        (state.status(), state.said(), state.bench.mode(), state.bench.in_flight().len())
    });
    let switch = |name: &'static str, this: Mode| {
        let onclick = bench.on_click(move |state| state.bench.set_mode(this));
        html! { <button type="button" aria-pressed={(mode == this).to_string()} {onclick}>{ name }</button> }
    };
    let step = bench.on_click(|state| {
        state.bench.step();
    });
    let real = bench.is_real();
    let stand = |real: bool| {
        let bench = bench.clone();
        Callback::from(move |_: MouseEvent| bench.stand(real))
    };
    // On real sockets the session with the relay begins anew, which closes them all.
    let reset = if real { stand(true) } else { bench.on_click(super::BenchState::reset) };
    let relay = bench.see(|state| {
        let remote = state.bench.remote()?;
        Some(match (remote.gone(), remote.welcome()) {
            (Some(why), _) => t!("bench-no-relay", why = why),
            (None, Some((host, policy))) => t!("bench-real-sockets", host = host, policy = policy),
            (None, None) => t!("bench-waiting-relay").into(),
        })
    });
    html! {
        <section class="status-bar" aria-label={t!("status")}>
            <div class="where">
                <p role="status">
                    { status }
                    <span class="said">{ said.unwrap_or_default() }</span>
                </p>
            </div>
            <div class="controls">
                <div class="switch" role="group" aria-label={t!("bench-whose")}>
                    <button type="button" id="simulated" aria-pressed={(!real).to_string()} onclick={stand(false)}>{ t!("bench-simulated") }</button>
                    <button type="button" id="real" aria-pressed={real.to_string()} onclick={stand(true)}>{ t!("bench-real") }</button>
                </div>
                <div class="switch" role="group" aria-label={t!("bench-how")} hidden={real}>
                    { switch(t!("run"), Mode::Run) }
                    { switch(t!("step"), Mode::Step) }
                </div>
                <button type="button" id="step" hidden={real || (mode == Mode::Run && held == 0)} class={classes!((held > 0).then_some("main"))} disabled={held == 0} onclick={step}>
                    { if held > 0 { t!("bench-step", count = held) } else { t!("step").into() } }
                </button>
                <button type="button" id="reset" onclick={reset}>{ t!("bench-reset") }</button>
            </div>
            if let Some(relay) = relay {
                <p class="notice">{ relay }</p>
            }
        </section>
    }
}

/// What the network does with the next packet, and the time.
#[component(Network)]
pub(super) fn network(view: &BenchView) -> Html {
    let bench = &view.bench;
    let (fault, timer, now) =
        bench.see(|state| (state.bench.fault(), state.bench.next_timer(), state.bench.now()));
    let faulty = |name: &'static str, this: Fault| {
        let on = fault == Some(this);
        let onclick = bench.on_click(move |state| state.bench.set_fault((!on).then_some(this)));
        html! { <button type="button" aria-pressed={on.to_string()} {onclick}>{ name }</button> }
    };
    let next = bench.on_click(|state| {
        state.bench.pass_to_next();
    });
    let minute = bench.on_click(|state| state.pass(Duration::from_secs(60)));
    let due = timer.map(|(side, timer)| {
        let wait = seconds(timer.at.0.saturating_sub(now.0));
        (t!("bench-pass", time = &wait), format!("{}: {}", side_word(side), timer.what))
    });
    html! {
            <div class="network" hidden={bench.is_real()}>
                <div class="faults" role="group" aria-label={t!("bench-next-packet")}>
                    <span class="hint">{ t!("bench-next-packet") }{ ": " }</span>
                    { faulty(t!("bench-lose"), Fault::Lose) }
                    { faulty(t!("bench-duplicate"), Fault::Duplicate) }
                    { faulty(t!("bench-delay"), Fault::Delay) }
                </div>
                <div class="faults" role="group" aria-label={t!("bench-time")}>
                    <span class="hint">{ t!("bench-clock", time = &seconds(now.0)) }{ " " }</span>
                    if let Some((pass, what)) = due {
                        <button type="button" id="next-timer" onclick={next}>{ pass }</button>
                        <span class="hint">{ what }</span>
                    }
                    <button type="button" id="minute" onclick={minute}>{ t!("bench-minute") }</button>
                </div>
            </div>
    }
}

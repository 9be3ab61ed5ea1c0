//! The service worker, which keeps the page for when its server is not there, and what it knows
//! of a newer page.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    RegistrationOptions, ServiceWorkerRegistration, ServiceWorkerState, ServiceWorkerUpdateViaCache,
};

use super::{Runner, clock};

/// Says to a new version that it shall take the place of the old one.
const TAKE_OVER: &str = "take over";

/// What the page knows of its own version.
#[derive(Default)]
pub(super) struct Version {
    registration: Option<ServiceWorkerRegistration>,
}

impl Version {
    /// Whether a newer page is here, whole, and waits.
    pub(super) fn is_newer_here(&self) -> bool {
        // The first version of all waits too, for a moment, but for nobody.
        let registration = self.registration.as_ref();
        registration.is_some_and(|r| r.waiting().is_some() && r.active().is_some())
    }
}

/// Keeps the page from now on. Where the browser has no service workers, or none for a page that
/// came over plain HTTP from another machine, the page only does not work without its server.
pub(super) fn keep_page(runner: &Runner) {
    let container = clock::window().navigator().service_worker();
    if JsValue::from(&container).is_undefined() {
        return;
    }
    let options = RegistrationOptions::new();
    options.set_update_via_cache(ServiceWorkerUpdateViaCache::None);
    let registering = container.register_with_options("sw.js", &options);
    let runner = runner.clone();
    spawn_local(async move {
        let Ok(registration) = JsFuture::from(registering).await else { return };
        let registration: ServiceWorkerRegistration = registration.unchecked_into();
        watch(&runner, &registration);
        runner.0.version.borrow_mut().registration = Some(registration);
        runner.draw();
    });
}

/// Lets the newer page take over and opens it.
pub(super) fn take_newer(runner: &Runner) {
    let registration = runner.0.version.borrow().registration.clone();
    let waiting = registration.and_then(|registration| registration.waiting());
    let Some(worker) = waiting else { return reload() };
    let watched = worker.clone();
    let changed = Closure::<dyn Fn()>::new(move || {
        if watched.state() == ServiceWorkerState::Activated {
            reload();
        }
    });
    worker.set_onstatechange(Some(changed.as_ref().unchecked_ref()));
    changed.forget();
    // It fails only for what cannot be copied.
    drop(worker.post_message(&TAKE_OVER.into()));
}

/// Draws the page when a newer one has come, and looks for one when somebody comes back to it.
fn watch(runner: &Runner, registration: &ServiceWorkerRegistration) {
    let runner = runner.clone();
    let found = registration.clone();
    let on_found = Closure::<dyn Fn()>::new(move || {
        let Some(worker) = found.installing() else { return };
        let runner = runner.clone();
        let changed = Closure::<dyn Fn()>::new(move || runner.draw());
        worker.set_onstatechange(Some(changed.as_ref().unchecked_ref()));
        changed.forget();
    });
    registration.set_onupdatefound(Some(on_found.as_ref().unchecked_ref()));
    on_found.forget();

    let registration = registration.clone();
    clock::on_look(move || {
        if let Ok(looking) = registration.update() {
            // Without the server there is nothing newer.
            spawn_local(async move { drop(JsFuture::from(looking).await) });
        }
    });
}

fn reload() {
    drop(clock::window().location().reload());
}

//! Whether this page came from a relay, and which practice servers it runs.

use shared::faults::{self, Fault};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::{Runner, clock};
use crate::state::Target;
use crate::text::t;

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Relay {
    #[default]
    Unknown,
    /// The page was served by something else: only the practice servers in the page work.
    Absent,
    /// Nothing answers where the page came from.
    Unreachable,
    /// It wants an access token first; whether the person is asked for it now.
    Locked {
        asking: bool,
    },
    Present(Vec<Endpoint>),
}

/// A practice server of the relay, for other programs on its machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Endpoint {
    pub protocol: String,
    pub host: String,
    pub port: u16,
    /// What goes wrong there on purpose, by name.
    pub fault: Option<String>,
}

impl Runner {
    /// Sends the access token. The relay's cookie then proves it, out of this program's sight.
    pub fn say_token(&self, token: &str, wrong: impl Fn(String) + 'static) {
        let (runner, token) = (self.clone(), JsValue::from_str(token));
        spawn_local(async move {
            let options = web_sys::RequestInit::new();
            options.set_method("POST");
            options.set_body(&token);
            let said = clock::window().fetch_with_str_and_init("access", &options);
            let answer = JsFuture::from(said).await.map(|it| it.unchecked_into());
            match answer.as_ref().map(web_sys::Response::status) {
                Ok(200..300) => look_for(&runner),
                Ok(401) => wrong(t!("token-wrong").into()),
                Ok(429) => wrong(t!("token-often").into()),
                Ok(_) | Err(_) => wrong(t!("relay-unreachable").into()),
            }
        });
    }

    /// Goes on without the relay, until it is looked for again.
    pub fn stay_out(&self) {
        let mut relay = self.0.relay.borrow_mut();
        if let Relay::Locked { asking } = &mut *relay {
            *asking = false;
        }
        drop(relay);
        self.draw();
    }

    /// What goes wrong on purpose with the server of this session.
    pub fn fault_in_force(&self) -> Option<&'static Fault> {
        let route = self.see(|lab| lab.route.clone());
        match (&route.target, &*self.0.relay.borrow()) {
            (Target::Page, _) => route.fault,
            (Target::Relay, Relay::Present(endpoints)) => {
                let mut here = endpoints.iter().filter(|e| e.protocol == route.protocol.id);
                faults::named(here.next()?.fault.as_ref()?, route.protocol).ok()
            }
            _ => None,
        }
    }
}

/// Asks the page's own origin for its endpoints. A plain web server has a file without any.
pub(super) fn look_for(runner: &Runner) {
    let runner = runner.clone();
    spawn_local(async move {
        let relay = ask().await;
        *runner.0.relay.borrow_mut() = relay;
        runner.draw();
    });
}

async fn ask() -> Relay {
    let asked = clock::window().fetch_with_str("endpoints.json");
    let Ok(answer) = JsFuture::from(asked).await else { return Relay::Unreachable };
    let answer: web_sys::Response = answer.unchecked_into();
    if answer.status() == 401 {
        return Relay::Locked { asking: true };
    }
    let json = content(answer).await;
    let endpoints = json.ok().and_then(|json| read(&json));
    endpoints.map_or(Relay::Absent, Relay::Present)
}

async fn content(answer: web_sys::Response) -> Result<JsValue, JsValue> {
    if !answer.ok() {
        return Err(JsValue::NULL);
    }
    JsFuture::from(answer.json()?).await
}

fn read(json: &JsValue) -> Option<Vec<Endpoint>> {
    let list: js_sys::Array = field(json, "endpoints")?.dyn_into().ok()?;
    let endpoints = list.iter().filter_map(|entry| {
        Some(Endpoint {
            protocol: field(&entry, "protocol")?.as_string()?,
            host: field(&entry, "host")?.as_string()?,
            port: field(&entry, "port")?.as_f64()? as u16,
            fault: field(&entry, "fault").and_then(|fault| fault.as_string()),
        })
    });
    let endpoints: Vec<Endpoint> = endpoints.collect();
    (!endpoints.is_empty()).then_some(endpoints)
}

fn field(value: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(value, &name.into()).ok().filter(|value| !value.is_undefined())
}

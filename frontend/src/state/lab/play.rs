//! Playing Python's methods, and the session as calls of Python.

use shared::machine::{OwnedInput, Refused, Tick};
use shared::python::{self, Action, Call, Dialect, Next, Planned, Running};

use shared::session::Effect;
use shared::table::Takes;
use shared::transcript::visible;

use super::{Lab, Refusal, Step, Target, Turn};
use crate::text::t;

impl Lab {
    /// Plays one of Python's methods: its commands one after the other, each when it is the client's turn.
    pub fn play(&mut self, action: &'static Action, args: Vec<String>) {
        self.refusal = None;
        self.selected = None;
        self.running = Some(Running::begin(action, args, self.session()));
    }

    /// Takes these steps in the next session of this protocol, one after the other, until one raises an exception.
    pub fn play_script(&mut self, protocol: &'static str, steps: Vec<Step>) {
        self.script_for = protocol;
        self.script = steps.into();
    }

    pub fn running(&self) -> Option<&Running> {
        self.running.as_ref()
    }

    /// Takes the next step of the method under way, if it is its turn. Tells whether it did.
    pub(super) fn advance(&mut self, now: Tick) -> bool {
        // Where there are no replies but only a screen, nobody knows whose turn it is.
        let ready = match self.turn() {
            Turn::Yours | Turn::Over => true,
            Turn::Servers => self.route.protocol.screen.is_some() && self.is_connected(),
            Turn::Held => false,
        };
        if !ready || self.upload.is_some() {
            return false;
        }
        // The script's session may not have begun yet.
        if self.running.is_none() && self.script_for.is_empty() {
            match self.script.pop_front() {
                Some(Step::Call(Planned { action, args, .. })) => {
                    self.running = Some(Running::begin(action, args, self.session()));
                }
                Some(Step::Type(text)) => {
                    self.send(&text, now);
                    return true;
                }
                None => {}
            }
        }
        let Some(mut running) = self.running.take() else { return false };
        let result = match running.next(self.session(), &self.played) {
            Next::Send(text) => match self.typed(OwnedInput::Command(text.clone()), now) {
                Ok(()) => {
                    self.running = Some(running);
                    return true;
                }
                // Python does not ask what is legal: it sends, and the server refuses.
                Err(why @ Refused::Illegal(_)) => {
                    self.notice = Some(t!("python-sends-anyway", why = &why.to_string()));
                    self.send_anyway(&text, now);
                    self.running = Some(running);
                    return true;
                }
                Err(why) => {
                    let raised = format!("{} {why}", t!("not-sent"));
                    self.refusal = Some(Refusal { text, why });
                    Err(raised)
                }
            },
            Next::Raw(line) => {
                self.send_anyway(&line, now);
                self.running = Some(running);
                return self.refusal.is_none();
            }
            Next::Octets(octets) => {
                self.send_octets(&octets, &visible(&octets), now);
                self.running = Some(running);
                return self.refusal.is_none();
            }
            Next::Wait(limit) => {
                if let Some(at) = running.wait(limit, now) {
                    self.outgoing.push_back(Effect::WakeAt(at));
                }
                let over = running.has_waited();
                self.running = Some(running);
                return over;
            }
            Next::Close => {
                self.closing = true;
                Ok("None".into())
            }
            Next::Return(value) => Ok(value),
            Next::Raise(exception) => Err(exception),
        };
        if result.is_err() && !self.script.is_empty() {
            self.notice = Some(t!(
                "python-script-ends",
                method = running.action.method,
                count = self.script.len()
            ));
            self.script.clear();
        }
        self.played.push(running.played(self.session(), Some(result)));
        true
    }

    fn is_connected(&self) -> bool {
        self.session().client().state().takes == Takes::Commands
    }

    /// The session as calls of the protocol's module. The ranges count the entries of this session only.
    pub fn calls(&self) -> Vec<Call> {
        let Some(module) = self.route.protocol.module else { return Vec::new() };
        let masked = !self.show_secrets;
        let under_way = self.running.as_ref().map(|running| running.played(self.session(), None));
        let played: Vec<_> = self.played.iter().chain(under_way.as_ref()).collect();
        python::calls(module, self.session().transcript().entries(), &played, masked)
    }

    /// The session as a script. Programs reach the practice servers at the relay's address, if there is a relay.
    pub fn script(&self, dialect: Dialect, practice: Option<(&str, u16)>) -> String {
        let Some(module) = self.route.protocol.module else { return String::new() };
        let own = (shared::world::HOST, self.route.protocol.port);
        let server = match &self.route.target {
            Target::Real { host, port } => (host.as_str(), *port),
            Target::Page | Target::Relay => practice.unwrap_or(own),
        };
        let entries = self.session().transcript().entries();
        python::script(module, dialect, server, &self.calls(), entries, !self.show_secrets)
    }
}

//! One action under way in a session.

use core::time::Duration;

use super::{Action, Next, Played, Step, exchanges};
use crate::machine::Tick;
use crate::session::Session;

/// Asked for the next move whenever it is the client's turn.
#[derive(Clone)]
pub struct Running {
    pub action: &'static Action,
    pub args: Vec<String>,
    /// Entries of the transcript before it.
    began: usize,
    /// Until when it waits.
    until: Option<Tick>,
    waited: bool,
}

impl Running {
    pub fn begin(action: &'static Action, args: Vec<String>, session: &Session) -> Running {
        let mut args = args;
        args.resize(action.params.len(), String::new());
        Running {
            action,
            args,
            began: session.transcript().entries().len(),
            until: None,
            waited: false,
        }
    }

    /// `earlier`: what was played in this session before it.
    pub fn next(&self, session: &Session, earlier: &[Played]) -> Next {
        let entries = session.transcript().entries();
        let done = exchanges(entries, self.began..entries.len(), false);
        (self.action.next)(&Step {
            args: &self.args,
            done: &done,
            session: entries,
            began: self.began,
            earlier,
            waited: self.waited,
            client: session.client(),
        })
    }

    /// It waits, from now on or still. Gives the time to ask again, once.
    pub fn wait(&mut self, limit: Option<Duration>, now: Tick) -> Option<Tick> {
        let begins = self.until.is_none();
        self.until = self.until.or(limit.map(|limit| now.after(limit)));
        self.waited = self.until.is_some_and(|until| until <= now);
        self.until.filter(|_| begins && !self.waited)
    }

    /// The time that it wanted to wait is over.
    pub fn has_waited(&self) -> bool {
        self.waited
    }

    /// As it stands in the list of calls.
    pub fn played(&self, session: &Session, result: Option<Result<String, String>>) -> Played {
        let range = self.began..session.transcript().entries().len();
        Played { action: self.action, args: self.args.clone(), range, result }
    }
}

//! One action under way in a session.

use super::{Action, Next, Played, Step, exchanges};
use crate::session::Session;

/// Asked for the next move whenever it is the client's turn.
#[derive(Clone)]
pub struct Running {
    pub action: &'static Action,
    pub args: Vec<String>,
    /// Entries of the transcript before it.
    began: usize,
}

impl Running {
    pub fn begin(action: &'static Action, args: Vec<String>, session: &Session) -> Running {
        let mut args = args;
        args.resize(action.params.len(), String::new());
        Running { action, args, began: session.transcript().entries().len() }
    }

    /// `earlier`: what was played in this session before it.
    pub fn next(&self, session: &Session, earlier: &[Played]) -> Next {
        let entries = session.transcript().entries();
        let done = exchanges(entries, self.began..entries.len(), false);
        (self.action.next)(&Step {
            args: &self.args,
            done: &done,
            session: entries,
            earlier,
            client: session.client(),
        })
    }

    /// As it stands in the list of calls.
    pub fn played(&self, session: &Session, result: Option<Result<String, String>>) -> Played {
        let range = self.began..session.transcript().entries().len();
        Played { action: self.action, args: self.args.clone(), range, result }
    }
}

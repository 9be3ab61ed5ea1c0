//! A method of several commands, written in the order in which Python sends them.

use super::{Exchange, Next, Step, exchanges};
use crate::transcript::Entry;

/// Goes through a method from its beginning whenever the next move is asked for: what has been said is answered
/// from the exchanges, and the first that has not been said is the next move. So a method can be written in a
/// straight line, with `?` behind all that is said.
pub struct Talk<'a> {
    pub step: &'a Step<'a>,
    said: usize,
}

impl<'a> Talk<'a> {
    pub fn new(step: &'a Step<'a>) -> Talk<'a> {
        Talk { step, said: 0 }
    }

    /// The next move of a whole method.
    pub fn run(
        step: &'a Step<'a>,
        method: impl FnOnce(&mut Talk<'a>) -> Result<String, Next>,
    ) -> Next {
        method(&mut Talk::new(step)).into()
    }

    /// Whatever puts something on the wire.
    pub fn ask(&mut self, next: Next) -> Result<&'a Exchange<'a>, Next> {
        self.go_on().ok_or(next)
    }

    /// A command as it would be typed, or all of the content.
    pub fn say(&mut self, text: impl Into<String>) -> Result<&'a Exchange<'a>, Next> {
        self.go_on().ok_or_else(|| Next::Send(text.into()))
    }

    /// A line that the lab has no command for.
    pub fn say_raw(&mut self, line: impl Into<String>) -> Result<&'a Exchange<'a>, Next> {
        self.go_on().ok_or_else(|| Next::Raw(line.into()))
    }

    /// The session up to where the method began.
    pub fn before(&self) -> &'a [Entry] {
        let began = self.step.done.first().map(|exchange| exchange.range.start);
        &self.step.session[..began.unwrap_or(self.step.session.len())]
    }

    /// The exchanges in it.
    pub fn exchanges_before(&self) -> Vec<Exchange<'a>> {
        exchanges(self.step.session, 0..self.before().len(), false)
    }

    fn go_on(&mut self) -> Option<&'a Exchange<'a>> {
        self.said += 1;
        self.step.done.get(self.said - 1)
    }
}

/// The end of a method that was written with `?`.
impl From<Result<String, Next>> for Next {
    fn from(end: Result<String, Next>) -> Next {
        end.map_or_else(|next| next, Next::Return)
    }
}

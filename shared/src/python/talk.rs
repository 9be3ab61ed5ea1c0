//! A method of several commands, written down as if it waited for the answers.

use super::{Exchange, Next, Step};

/// The dialogue of one method, told from its beginning at every step: what has been answered by now comes from the
/// transcript, and the first question that has not ends the step as what is to be sent.
pub struct Talk<'a> {
    pub step: &'a Step<'a>,
    asked: usize,
}

impl<'a> Talk<'a> {
    /// `Ok` is the value that the method gives; `Err` whatever else comes next, an exception included.
    pub fn run(
        step: &'a Step<'a>,
        method: impl FnOnce(&mut Talk<'a>) -> Result<String, Next>,
    ) -> Next {
        match method(&mut Talk { step, asked: 0 }) {
            Ok(value) => Next::Return(value),
            Err(next) => next,
        }
    }

    /// Sends this unless it has been sent, and gives what came of it.
    pub fn ask(&mut self, next: Next) -> Result<&'a Exchange<'a>, Next> {
        let exchange = self.step.done.get(self.asked).ok_or(next)?;
        self.asked += 1;
        Ok(exchange)
    }
}

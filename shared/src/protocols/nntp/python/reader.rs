//! An object of `nntplib`: what it knows of the server, and the dialogues that it leads.

use super::values::{self, Value, long, reply, short, unexpected};
use super::{overview, post_body};
use crate::python::{Exchange, Next, Step, Talk};

const CAPABILITIES: &str = "CAPABILITIES";
const FORMAT: &str = "LIST OVERVIEW.FMT";

pub(super) struct Reader<'a> {
    talk: Talk<'a>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(step: &'a Step<'a>) -> Reader<'a> {
        Reader { talk: Talk::new(step) }
    }

    pub(super) fn say(&mut self, command: impl Into<String>) -> Result<&'a Exchange<'a>, Next> {
        self.talk.say(command)
    }

    /// Known since the object was made. In the lab, nobody may have asked yet.
    pub(super) fn capabilities(&mut self) -> Result<Vec<Vec<u8>>, Next> {
        let before = self.talk.exchanges_before();
        let asked = |exchange: &&Exchange<'_>| exchange.sent().eq_ignore_ascii_case(CAPABILITIES);
        match before.iter().rfind(asked) {
            Some(exchange) => known(exchange),
            None => self.ask(),
        }
    }

    /// Two digits for the year are enough for servers of the first version.
    pub(super) fn is_legacy(&mut self) -> Result<bool, Next> {
        let lines = self.capabilities()?;
        let line = lines.iter().find_map(|line| line.strip_prefix(b"VERSION "));
        let line = String::from_utf8_lossy(line.unwrap_or_default()).into_owned();
        let version = line.split_whitespace().filter_map(|word| word.parse::<u32>().ok()).max();
        Ok(version.unwrap_or(1) < 2)
    }

    pub(super) fn login(&mut self, user: &str, password: &str) -> Result<String, Next> {
        // Without a name Python looks for one in the file .netrc; here there is none.
        if user.is_empty() {
            return Ok("None".into());
        }
        let asked = self.replied(format!("authinfo user {user}"))?;
        if asked.starts_with(b"381") {
            if password.is_empty() {
                return Err(Next::Raise(unexpected(&asked)));
            }
            let admitted = self.replied(format!("authinfo pass {password}"))?;
            if !admitted.starts_with(b"281") {
                let line = String::from_utf8_lossy(&admitted);
                return Err(Next::Raise(values::error("NNTPPermanentError", &line)));
            }
        }
        self.ask().map(|_| "None".into())
    }

    pub(super) fn starttls(&mut self) -> Result<String, Next> {
        if !self.replied("STARTTLS")?.starts_with(b"382") {
            return Err(Next::Raise(values::error("NNTPError", "TLS failed to start.")));
        }
        self.ask().map(|_| "None".into())
    }

    /// POST and IHAVE.
    pub(super) fn post(&mut self, command: String, article: &str) -> Result<String, Next> {
        let asked = self.replied(command)?;
        if !asked.starts_with(b"3") {
            return Err(Next::Raise(unexpected(&asked)));
        }
        short(self.say(post_body(article))?).map_err(Next::Raise)
    }

    /// OVER and XOVER. What the fields are called is asked once.
    pub(super) fn overview(&mut self, command: String) -> Result<String, Next> {
        let lines = self.say(command)?;
        long(lines).map_err(Next::Raise)?;
        let before = self.talk.exchanges_before();
        let asked = before.windows(2).rfind(|pair| {
            let verb = pair[0].sent().to_uppercase();
            pair[1].sent() == FORMAT && (verb.starts_with("OVER") || verb.starts_with("XOVER"))
        });
        let format = match asked {
            Some(pair) => overview::format(&pair[1]),
            None => overview::format(self.say(FORMAT)?),
        };
        let value: Value = format.and_then(|format| overview::articles(lines, &format));
        value.map_err(Next::Raise)
    }

    fn replied(&mut self, command: impl Into<String>) -> Result<Vec<u8>, Next> {
        reply(self.say(command)?).map_err(Next::Raise)
    }

    fn ask(&mut self) -> Result<Vec<Vec<u8>>, Next> {
        known(self.say(CAPABILITIES)?)
    }
}

/// A server that refuses to tell has no capabilities.
fn known(exchange: &Exchange<'_>) -> Result<Vec<Vec<u8>>, Next> {
    match long(exchange) {
        Ok((_, lines)) => Ok(lines),
        Err(why) if why.starts_with("nntplib.NNTPPermanentError:") => Ok(Vec::new()),
        Err(why) if why.starts_with("nntplib.NNTPTemporaryError:") => Ok(Vec::new()),
        Err(why) => Err(Next::Raise(why)),
    }
}

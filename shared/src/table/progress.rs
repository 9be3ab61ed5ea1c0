//! Where a session stands in its table, with the commands that wait for their replies.

use std::cell::OnceCell;
use std::collections::VecDeque;

use super::{Batch, Flag, Illegal, Rule, State, Table, Verb};

/// One side's position in the table.
#[derive(Clone, Debug)]
pub struct Progress {
    table: &'static Table,
    state: &'static State,
    flags: Vec<&'static Flag>,
    pending: VecDeque<&'static Verb>,
    /// What [`Progress::assumed`] found, until something changes: a batch asks after each of its commands.
    assumed: OnceCell<(&'static State, Vec<&'static Flag>)>,
}

/// What a reply did.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// The command it answers; `None` for a reply that nothing asked for.
    pub verb: Option<&'static Verb>,
    /// `None`: the table does not list this code for the verb.
    pub rule: Option<&'static Rule>,
    /// The new state, if the reply changed it.
    pub moved: Option<&'static State>,
    /// The table has this very code for the verb, or for every verb.
    pub listed: bool,
}

impl Progress {
    pub fn new(table: &'static Table) -> Progress {
        Progress::at(table, table.start(), Vec::new())
    }

    pub fn table(&self) -> &'static Table {
        self.table
    }

    pub fn state(&self) -> &'static State {
        self.state
    }

    pub fn flags(&self) -> &[&'static Flag] {
        &self.flags
    }

    pub fn has(&self, flag: &'static Flag) -> bool {
        self.flags.contains(&flag)
    }

    pub fn set(&mut self, flag: &'static Flag, on: bool) {
        self.assumed.take();
        self.flags.retain(|f| *f != flag);
        if on {
            self.flags.push(flag);
        }
    }

    /// Commands sent that still wait for a reply, oldest first.
    pub fn pending(&self) -> impl Iterator<Item = &'static Verb> {
        self.pending.iter().copied()
    }

    pub fn oldest(&self) -> Option<&'static Verb> {
        self.pending.front().copied()
    }

    pub fn is_waiting(&self) -> bool {
        !self.pending.is_empty()
    }

    /// The verb, if it may be sent now. Commands still unanswered are taken to succeed.
    pub fn legal(&self, name: &str) -> Result<&'static Verb, Illegal> {
        let assumed = self.assumed();
        let Some(verb) = self.table.verb(name) else {
            return Err(self.table.unknown(name, assumed.state));
        };
        self.table.check(verb, assumed.state, &assumed.flags).map(|()| verb)
    }

    /// Whether one form of a command has the flags that it needs beside its verb's own. Commands
    /// still unanswered are taken to succeed.
    pub fn has_for(&self, verb: &'static Verb, needs: &[&'static Flag]) -> Result<(), Illegal> {
        let assumed = self.assumed();
        let Some(missing) = needs.iter().copied().find(|flag| !assumed.has(flag)) else {
            return Ok(());
        };
        let (name, known) = (verb.name.into(), Some(verb));
        let state = assumed.state;
        Err(Illegal { verb: name, known, state, needs: Some(missing), legal: Vec::new() })
    }

    /// Whether a command may follow the ones still unanswered. `grant` is the flag that the
    /// server's leave to pipeline sets; `None` where the protocol always allows it.
    pub fn may_follow(&self, name: &str, grant: Option<&'static Flag>) -> Result<(), Illegal> {
        let blocked = self.pending().any(|verb| verb.batch == Batch::Last);
        let needs = match grant {
            _ if !self.is_waiting() => return Ok(()),
            _ if blocked => &super::REPLY,
            Some(grant) if !self.has(grant) => grant,
            _ => return Ok(()),
        };
        let known = self.table.verb(name);
        let state = self.state;
        Err(Illegal { verb: name.into(), known, state, needs: Some(needs), legal: Vec::new() })
    }

    /// Notes that a command went out (client) or came in (server) and awaits its reply.
    pub fn sent(&mut self, verb: &'static Verb) {
        self.pending.push_back(verb);
        if let Some((state, flags)) = self.assumed.take() {
            let mut assumed = Progress::at(self.table, state, flags);
            assumed.succeed(verb);
            self.assumed = OnceCell::from((assumed.state, assumed.flags));
        }
    }

    /// The oldest command has come to its second part, whose replies are those of another verb:
    /// the content that it announced, or the end of what it began.
    pub fn becomes(&mut self, verb: &'static Verb) {
        self.assumed.take();
        if let Some(oldest) = self.pending.front_mut() {
            *oldest = verb;
        }
    }

    /// The next reply is to this command, although older ones are unanswered. Tells whether it
    /// is among those that wait.
    pub fn answers_first(&mut self, verb: &'static Verb) -> bool {
        let Some(at) = self.pending.iter().position(|other| *other == verb) else { return false };
        self.assumed.take();
        self.pending.remove(at);
        self.pending.push_front(verb);
        true
    }

    /// Moves by the code of a reply to the oldest command.
    pub fn reply(&mut self, code: &str) -> Answer {
        self.assumed.take();
        let verb = self.pending.front().copied();
        let rule = match verb {
            Some(verb) => self.table.rule(verb, code),
            None => self.table.generic.iter().find(|rule| rule.matches(code)),
        };
        if !rule.is_some_and(|rule| rule.goes_on) {
            self.pending.pop_front();
        }
        let before = self.state;
        if let Some(rule) = rule {
            self.apply(rule);
        }
        let rules = verb.map_or(&[][..], |verb| verb.rules).iter().chain(self.table.generic);
        let listed = rules.into_iter().any(|rule| rule.is_exact() && rule.matches(code));
        Answer { verb, rule, moved: (self.state != before).then_some(self.state), listed }
    }

    /// Moves without a reply: the connection opened or ended. `None` if the state stays.
    pub fn enter(&mut self, state: &'static State) -> Option<&'static State> {
        self.assumed.take();
        let moved = self.state != state;
        self.state = state;
        moved.then_some(state)
    }

    /// The connection is gone: nothing is awaited any more. `None` if it was over before.
    pub fn over(&mut self) -> Option<&'static State> {
        self.pending.clear();
        self.enter(self.table.end())
    }

    fn apply(&mut self, rule: &'static Rule) {
        for flag in rule.clears {
            self.set(flag, false);
        }
        for flag in rule.sets {
            self.set(flag, true);
        }
        if let Some(to) = rule.to {
            self.state = to;
        }
    }

    /// Where the session will stand if every command that is unanswered succeeds.
    pub fn assumed(&self) -> Progress {
        let (state, flags) = self.assumed.get_or_init(|| {
            let mut assumed = Progress::at(self.table, self.state, self.flags.clone());
            self.pending.iter().for_each(|verb| assumed.succeed(verb));
            (assumed.state, assumed.flags)
        });
        Progress::at(self.table, state, flags.clone())
    }

    /// With nothing unanswered.
    fn at(table: &'static Table, state: &'static State, flags: Vec<&'static Flag>) -> Progress {
        Progress { table, state, flags, pending: VecDeque::new(), assumed: OnceCell::new() }
    }

    /// Moves as by the first reply of each kind that the table lists for success.
    fn succeed(&mut self, verb: &'static Verb) {
        let goes_on = verb.rules.iter().take_while(|rule| rule.goes_on);
        for rule in goes_on.chain(verb.success()) {
            self.apply(rule);
        }
    }
}

//! Who is there: a name, and a password that is not echoed.

use super::TelnetServer;
use crate::machine::Tick;
use crate::protocols::telnet::negotiation::Word;
use crate::protocols::telnet::options;
use crate::world::World;

/// Wrong passwords before the connection is closed, so that guessing is slow.
const TRIES: usize = 3;

#[derive(Clone, Default)]
enum Stage {
    #[default]
    Name,
    Password(String),
    In(String),
}

#[derive(Clone, Default)]
pub(super) struct Login {
    stage: Stage,
    failed: usize,
}

impl Login {
    pub(super) fn is_in(&self) -> bool {
        matches!(self.stage, Stage::In(_))
    }

    pub(super) fn reads_password(&self) -> bool {
        matches!(self.stage, Stage::Password(_))
    }

    pub(super) fn user(&self) -> &str {
        match &self.stage {
            Stage::In(user) => user,
            _ => "",
        }
    }
}

impl TelnetServer {
    pub(super) fn prompt_text(&self) -> String {
        match &self.login.stage {
            Stage::Name => format!("{} login: ", self.name),
            Stage::Password(_) => "Password: ".into(),
            Stage::In(user) => format!("{user}@practice:{}$ ", self.shell.folder()),
        }
    }

    pub(super) fn log_in(&mut self, line: &str, now: Tick, world: &World) {
        match core::mem::take(&mut self.login.stage) {
            Stage::Password(user) => {
                if !self.echo_wanted {
                    self.ask(Word::Wont, options::ECHO);
                }
                // At a password the client has no echo, so the new line has to come from here.
                self.say("\n");
                if world.accounts.admits(&user, line) {
                    self.welcome(&user, now, world);
                } else {
                    self.login.failed += 1;
                    self.say("Login incorrect\n");
                }
            }
            _ if line.trim().is_empty() => {}
            _ => {
                self.login.stage = Stage::Password(line.trim().into());
                self.ask(Word::Will, options::ECHO);
            }
        }
        if self.login.failed >= TRIES {
            self.say("Too many wrong passwords.\n");
            self.close();
            return;
        }
        self.prompt();
    }

    fn welcome(&mut self, user: &str, now: Tick, world: &World) {
        let name = world.accounts.get(user).map_or(user, |account| &account.full_name);
        self.say(&format!(
            "Hello, {name}. It is {}.\nType help to see what there is.\n",
            world.date(now)
        ));
        self.login.stage = Stage::In(user.into());
    }
}

//! The line discipline: keys become lines, with or without echo.

use super::TelnetServer;
use crate::machine::Tick;
use crate::protocols::telnet::{options, wire};
use crate::world::World;

/// A line has at most so many octets. What goes over is dropped with a bell, and the line is not
/// carried out.
const LINE_LIMIT: usize = 1024;

#[derive(Clone, Default)]
pub(super) struct Keyboard {
    line: Vec<u8>,
    after_cr: bool,
    too_long: bool,
}

impl TelnetServer {
    /// An octet of text from the client. CR LF, CR NUL and a bare LF end a line, as RFC 1123
    /// section 3.3.1 wants it of a host; in BINARY so does CR.
    pub(super) fn key(&mut self, octet: u8, now: Tick, world: &mut World) {
        let after_cr = core::mem::take(&mut self.keyboard.after_cr);
        match octet {
            b'\n' if after_cr => {}
            b'\r' => {
                self.keyboard.after_cr = true;
                self.enter(now, world);
            }
            b'\n' => self.enter(now, world),
            8 | 0x7f => self.erase(1),
            // Control-U, -C and -D.
            0x15 => self.erase(usize::MAX),
            3 => self.interrupt(),
            4 => self.end_of_file(now, world),
            // The NUL behind a CR, and keys without a meaning here.
            octet if octet < b' ' && octet != b'\t' => {}
            _ if self.keyboard.line.len() >= LINE_LIMIT => {
                if !self.keyboard.too_long {
                    self.text.push(7);
                }
                self.keyboard.too_long = true;
            }
            octet => {
                self.keyboard.line.push(octet);
                self.echo(&[octet]);
            }
        }
    }

    pub(super) fn erase(&mut self, count: usize) {
        for _ in 0..count {
            // A character of UTF-8 goes as a whole.
            let mut gone = None;
            while let Some(octet) = self.keyboard.line.pop() {
                gone = Some(octet);
                if octet & 0xc0 != 0x80 {
                    break;
                }
            }
            if gone.is_none() {
                return;
            }
            self.echo(b"\x08 \x08");
        }
    }

    pub(super) fn interrupt(&mut self) {
        self.forget_line();
        self.say("^C\n");
        self.prompt();
    }

    /// Control-D: at the start of a line it means that no more will be typed.
    pub(super) fn end_of_file(&mut self, now: Tick, world: &mut World) {
        if !self.keyboard.line.is_empty() {
            return;
        }
        if self.login.is_in() {
            self.run("exit", now, world);
        } else {
            self.say("\n");
            self.close();
        }
    }

    /// The client is told that it is its turn: with EOR or Go Ahead where those are in force.
    pub(super) fn prompt(&mut self) {
        let prompt = self.prompt_text();
        self.say(&prompt);
        if self.options.us(options::EOR) {
            self.send(wire::command(wire::EOR, "The prompt ends here."));
        } else if !self.options.us(options::SGA) {
            self.send(wire::command(wire::GA, "Go ahead: type."));
        }
    }

    fn enter(&mut self, now: Tick, world: &mut World) {
        self.answers_left = super::ANSWERS;
        let line = self.forget_line();
        let too_long = core::mem::take(&mut self.keyboard.too_long);
        let password = self.login.reads_password();
        if self.options.us(options::ECHO) && (!password || too_long) {
            self.say("\n");
        }
        if too_long {
            self.say(&format!("The line has more than {LINE_LIMIT} octets and was dropped.\n"));
            self.prompt();
            return;
        }
        let line = String::from_utf8_lossy(&line).into_owned();
        if self.login.is_in() {
            self.run(&line, now, world);
        } else {
            self.log_in(&line, now, world);
        }
    }

    fn forget_line(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.keyboard.line)
    }

    fn echo(&mut self, octets: &[u8]) {
        if self.options.us(options::ECHO) && !self.login.reads_password() {
            self.text.extend(wire::escaped(octets));
        }
    }
}

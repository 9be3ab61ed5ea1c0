//! What a screen reader is told by itself: one sentence for each complete reply, and what happens to the room.

use shared::room::{Line, Turn};
use shared::transcript::Side;

use super::lines::code;
use super::{Link, Room};
use crate::viewer::text::t;

/// How far the room has been told.
#[derive(Default)]
pub struct Announcer {
    dialogue: u32,
    lines: usize,
    held: Option<u32>,
    question: Option<(u32, bool)>,
    keyboard: bool,
    state: Option<State>,
    pending: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Lost,
    Away,
    Live,
    Over,
}

/// Sentences that wait to be said; older ones are no news.
const MOST: usize = 3;

impl Announcer {
    pub fn look(&mut self, room: &Room) {
        self.connection(room);
        self.replies(room);
        let view = &room.shown.view;
        if self.held != view.held {
            self.held = view.held;
            if let Some(octets) = view.held {
                self.say(t!("held", octets = octets));
            }
        }
        let question = room.shown.question.as_ref();
        let asked = question.map(|question| (question.number, question.closed));
        if self.question != asked {
            self.question = asked;
            match question {
                Some(question) if question.closed => self.say(t!("announce-result").into()),
                Some(question) => self.say(t!("announce-question", text = &question.text)),
                None => {}
            }
        }
        if self.keyboard != room.has_keyboard() {
            self.keyboard = room.has_keyboard();
            let words =
                if self.keyboard { t!("keyboard-yours") } else { t!("announce-no-keyboard") };
            self.say(words.into());
        }
    }

    /// The next thing to say.
    pub fn take(&mut self) -> Option<String> {
        let all = core::mem::take(&mut self.pending);
        (!all.is_empty()).then(|| all.join(" "))
    }

    fn connection(&mut self, room: &Room) {
        let state = match (&room.link, &room.shown.over) {
            (_, Some(_)) => State::Over,
            (Link::Live, None) if room.shown.presenter => State::Live,
            (Link::Live, None) => State::Away,
            _ => State::Lost,
        };
        let before = self.state.replace(state);
        let words = match state {
            _ if before == Some(state) => return,
            // Nothing was there before.
            State::Lost | State::Live if before.is_none() => return,
            State::Lost => t!("lost"),
            State::Away => t!("away"),
            State::Live => t!("announce-live"),
            State::Over => t!("over"),
        };
        self.say(words.into());
    }

    fn replies(&mut self, room: &Room) {
        let shown = room.shown.shown();
        if self.dialogue != room.dialogues {
            (self.dialogue, self.lines) = (room.dialogues, 0);
        }
        // A step back is no news.
        self.lines = self.lines.min(shown.len());
        let turn = room.shown.view.turn;
        if turn == Turn::Servers {
            return;
        }
        let new = &shown[self.lines..];
        // Whoever comes late is told the last reply, and not how many there were.
        let first = self.lines == 0;
        self.lines = shown.len();
        let replies: Vec<&Line> = new.iter().filter(|line| line.side == Side::Server).collect();
        let ended = replies.iter().filter(|line| line.outcome.is_some()).count();
        let last = replies.iter().rfind(|line| line.outcome.is_some()).or(replies.last());
        let Some(last) = last else { return };
        let words = match code(last) {
            Some(code) => format!("{code}: {}", last.says),
            None => last.says.clone(),
        };
        let words = match ended {
            2.. if !first => t!("announce-replies", count = ended, last = &words),
            _ => words,
        };
        match turn {
            Turn::Over => self.say(format!("{words} {}", t!("announce-over"))),
            _ => self.say(words),
        }
    }

    fn say(&mut self, words: String) {
        self.pending.push(words);
        if self.pending.len() > MOST {
            self.pending.remove(0);
        }
    }
}

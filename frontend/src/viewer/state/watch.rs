//! What a viewer looks at: what the presenter looks at, until it chooses a line or a pane of its own or scrolls away.

use shared::room::Pane;

use super::Room;
use super::lines::looked_at;

#[derive(Clone, Debug, Default)]
pub struct Watch {
    own: Option<Own>,
}

#[derive(Clone, Debug)]
struct Own {
    /// Of this dialogue; with another one the viewer follows again.
    dialogue: u32,
    pane: Pane,
    /// The line, and the octet in it; what the presenter looks at, if none was chosen.
    line: Option<(usize, usize)>,
    /// Nothing was chosen.
    only_scrolled: bool,
    /// Lines that there were.
    seen: usize,
}

impl Watch {
    pub fn is_following(&self, room: &Room) -> bool {
        self.own(room).is_none()
    }

    pub fn pane(&self, room: &Room) -> Pane {
        self.own(room).map_or(room.shown.view.pane, |own| own.pane)
    }

    /// The line that the panes show, and the octet in it. It is never one that the presenter does not show.
    pub fn at(&self, room: &Room) -> Option<(usize, usize)> {
        let last = room.shown.shown().len().checked_sub(1)?;
        match self.own(room).and_then(|own| own.line) {
            Some((line, octet)) if line <= last => Some((line, octet)),
            Some(_) => Some((last, 0)),
            None => presenters(room),
        }
    }

    /// Lines that have come since the viewer left.
    pub fn news(&self, room: &Room) -> usize {
        self.own(room).map_or(0, |own| room.shown.shown().len().saturating_sub(own.seen))
    }

    pub fn choose_pane(&mut self, room: &Room, pane: Pane) {
        if self.pane(room) != pane {
            let own = self.leave(room);
            own.pane = pane;
            own.only_scrolled = false;
        }
    }

    pub fn choose_line(&mut self, room: &Room, line: usize, octet: usize) {
        if self.at(room) != Some((line, octet)) {
            let own = self.leave(room);
            own.line = Some((line, octet));
            own.only_scrolled = false;
        }
    }

    pub fn scroll_away(&mut self, room: &Room) {
        self.leave(room);
    }

    /// The end is in sight again: whoever did nothing but scroll follows again.
    pub fn scroll_to_end(&mut self, room: &Room) {
        if self.own(room).is_some_and(|own| own.only_scrolled) {
            self.own = None;
        }
    }

    pub fn back_to_live(&mut self) {
        self.own = None;
    }

    fn own(&self, room: &Room) -> Option<&Own> {
        self.own.as_ref().filter(|own| own.dialogue == room.dialogues)
    }

    /// Stays at what is shown now.
    fn leave(&mut self, room: &Room) -> &mut Own {
        let now = Own {
            dialogue: room.dialogues,
            pane: self.pane(room),
            line: self.at(room),
            only_scrolled: true,
            seen: room.shown.shown().len(),
        };
        let own = self.own.get_or_insert_with(|| now.clone());
        if own.dialogue != room.dialogues {
            *own = now;
        }
        own
    }
}

fn presenters(room: &Room) -> Option<(usize, usize)> {
    let line = looked_at(&room.shown)?;
    let selected = room.shown.view.selected == u32::try_from(line).ok();
    Some((line, if selected { room.shown.view.octet as usize } else { 0 }))
}

//! Who looks on, at this relay and at others, and what they have said that the presenter has not heard
//! yet. Pure; the time is handed in.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::mem;
use std::time::Duration;

use shared::room::{Handle, Up};
use tokio::time::Instant;

use super::batch::Word;

/// A relay that was silent for so long is gone. They tell something every [`BEAT`].
pub(crate) const GONE: Duration = Duration::from_secs(7);
pub(crate) const BEAT: Duration = Duration::from_secs(2);

/// Lines that one viewer has typed and nobody has heard yet; the rate of what a viewer says keeps it
/// below that.
const MOST_TYPED: usize = 64;

#[derive(Default)]
pub(crate) struct Audience {
    /// With the number of connections: a page that is loaded again is there twice for a moment.
    here: HashMap<Handle, u32>,
    elsewhere: BTreeMap<u64, Elsewhere>,
    said: Said,
}

/// What another relay has told.
struct Elsewhere {
    viewers: u32,
    presents: bool,
    /// Those of its viewers that have said something.
    handles: BTreeSet<Handle>,
    heard: Instant,
}

/// In the order in which they began to speak. Of what a viewer says again, the last counts: so it takes
/// no more than the viewers are.
#[derive(Default)]
struct Said {
    order: VecDeque<Handle>,
    ups: HashMap<Handle, Vec<Up>>,
}

impl Audience {
    pub(crate) fn enter(&mut self, who: Handle) {
        *self.here.entry(who).or_default() += 1;
    }

    pub(crate) fn leave(&mut self, who: Handle) {
        if let Some(count) = self.here.get_mut(&who) {
            *count -= 1;
            if *count == 0 {
                self.here.remove(&who);
                self.say(who, Up::Gone);
            }
        }
    }

    /// At this relay.
    pub(crate) fn here(&self) -> usize {
        self.here.len()
    }

    pub(crate) fn is_here(&self, who: Handle) -> bool {
        self.here.contains_key(&who)
    }

    /// At all relays.
    pub(crate) fn all(&self) -> u32 {
        let here = u32::try_from(self.here.len()).unwrap_or(u32::MAX);
        self.elsewhere.values().fold(here, |sum, relay| sum.saturating_add(relay.viewers))
    }

    pub(crate) fn say(&mut self, who: Handle, up: Up) {
        let ups = self.said.ups.entry(who).or_default();
        if ups.is_empty() {
            self.said.order.push_back(who);
        }
        let kind = mem::discriminant(&up);
        match up {
            Up::Type(_) => {
                if ups.iter().filter(|other| mem::discriminant(*other) == kind).count() < MOST_TYPED
                {
                    ups.push(up);
                }
            }
            up => {
                ups.retain(|other| mem::discriminant(other) != kind);
                ups.push(up);
            }
        }
    }

    pub(crate) fn has_said(&self) -> bool {
        !self.said.order.is_empty()
    }

    /// What was said first, of about so many octets, and all that one viewer has said at once.
    pub(crate) fn take_said(&mut self, octets: usize) -> Vec<(Handle, Up)> {
        let (mut taken, mut size) = (Vec::new(), 0);
        while size < octets {
            let Some(who) = self.said.order.pop_front() else { break };
            for up in self.said.ups.remove(&who).unwrap_or_default() {
                size += 16 + weight(&up);
                taken.push((who, up));
            }
        }
        taken
    }

    /// Somebody presents anew, and everybody says it again.
    pub(crate) fn forget_said(&mut self) {
        self.said = Said::default();
    }

    /// Another relay tells this. What its viewers say is for the presenter at this relay, if `presents`.
    pub(crate) fn hear(&mut self, word: Word, presents: bool, now: Instant) {
        let relay = self.elsewhere.entry(word.relay).or_insert(Elsewhere {
            viewers: 0,
            presents: false,
            handles: BTreeSet::new(),
            heard: now,
        });
        (relay.viewers, relay.presents, relay.heard) = (word.viewers, word.presents, now);
        if !presents {
            return;
        }
        for (who, up) in word.said {
            if up == Up::Gone {
                let was_there = self
                    .elsewhere
                    .get_mut(&word.relay)
                    .is_some_and(|relay| relay.handles.remove(&who));
                // It may be at another relay by now, or at this one.
                if was_there && !self.is_here(who) {
                    self.say(who, up);
                }
                continue;
            }
            for (of, relay) in &mut self.elsewhere {
                if *of == word.relay {
                    relay.handles.insert(who);
                } else {
                    relay.handles.remove(&who);
                }
            }
            self.say(who, up);
        }
    }

    /// Relays that are gone have no viewers any more. Whether there was one.
    pub(crate) fn look(&mut self, now: Instant) -> bool {
        let gone = self.elsewhere.extract_if(.., |_, relay| now >= relay.heard + GONE);
        let gone: Vec<Elsewhere> = gone.map(|(_, relay)| relay).collect();
        for who in gone.iter().flat_map(|relay| &relay.handles) {
            if !self.is_here(*who) {
                self.say(*who, Up::Gone);
            }
        }
        !gone.is_empty()
    }

    /// When another relay has said last that the presenter is there.
    pub(crate) fn presenter_heard(&self) -> Option<Instant> {
        self.elsewhere.values().filter(|relay| relay.presents).map(|relay| relay.heard).max()
    }
}

fn weight(up: &Up) -> usize {
    match up {
        Up::Name(text) | Up::Type(text) => text.len(),
        Up::Progress { protocol, state, .. } => protocol.len() + state.len(),
        Up::Try(octets) => octets.len(),
        Up::Vote { .. } | Up::Declined | Up::Gone => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: Handle = Handle(1);
    const BOB: Handle = Handle(2);

    fn name(text: &str) -> Up {
        Up::Name(text.into())
    }

    fn word(relay: u64, viewers: u32, said: Vec<(Handle, Up)>) -> Word {
        Word { relay, last: 0, presents: false, viewers, said }
    }

    #[test]
    fn the_last_word_counts_but_no_typed_line_is_lost() {
        let mut audience = Audience::default();
        audience.say(ADA, name("A"));
        audience.say(BOB, Up::Vote { question: 1, choice: 0 });
        for text in ["one", "two"] {
            audience.say(ADA, Up::Type(text.into()));
        }
        audience.say(ADA, name("Ada"));
        audience.say(BOB, Up::Vote { question: 1, choice: 2 });
        let first = audience.take_said(1);
        let typed = |text: &str| (ADA, Up::Type(text.into()));
        assert_eq!(first, [typed("one"), typed("two"), (ADA, name("Ada"))]);
        assert!(audience.has_said());
        assert_eq!(audience.take_said(100), [(BOB, Up::Vote { question: 1, choice: 2 })]);
        assert!(!audience.has_said() && audience.take_said(100).is_empty());
        (0..1000).for_each(|n| audience.say(ADA, Up::Type(n.to_string())));
        assert_eq!(audience.take_said(usize::MAX).len(), MOST_TYPED);
    }

    #[test]
    fn a_page_that_is_loaded_again_has_not_gone() {
        let mut audience = Audience::default();
        audience.enter(ADA);
        audience.enter(ADA);
        audience.leave(ADA);
        assert!(audience.is_here(ADA) && !audience.has_said());
        assert_eq!((audience.here(), audience.all()), (1, 1));
        audience.leave(ADA);
        audience.leave(ADA);
        assert_eq!(audience.take_said(9), [(ADA, Up::Gone)]);
        assert_eq!(audience.all(), 0);
    }

    #[test]
    fn viewers_of_other_relays_count_until_they_or_their_relay_are_gone() {
        let (mut audience, start) = (Audience::default(), Instant::now());
        audience.enter(ADA);
        audience.hear(word(7, 3, vec![(BOB, name("Bob"))]), true, start);
        assert_eq!(audience.all(), 4);
        assert_eq!(audience.take_said(99), [(BOB, name("Bob"))]);
        // Bob comes to another relay before the first one knows that he has left.
        audience.hear(word(8, 1, vec![(BOB, name("Bob"))]), true, start);
        audience.take_said(99);
        audience.hear(word(7, 2, vec![(BOB, Up::Gone)]), true, start);
        assert!(!audience.has_said(), "he is at the other one");
        assert!(!audience.look(start + GONE - Duration::from_millis(1)));
        audience.hear(word(7, 2, Vec::new()), true, start + GONE);
        assert!(audience.look(start + GONE));
        assert_eq!(audience.take_said(99), [(BOB, Up::Gone)]);
        assert_eq!(audience.all(), 3);
        // Who is here is not gone, whatever others say.
        audience.hear(word(7, 2, vec![(ADA, name("Ada")), (ADA, Up::Gone)]), true, start);
        assert_eq!(audience.take_said(99), [(ADA, name("Ada"))]);
    }

    #[test]
    fn another_relay_may_have_the_presenter() {
        let (mut audience, start) = (Audience::default(), Instant::now());
        assert_eq!(audience.presenter_heard(), None);
        let said = vec![(BOB, name("Bob"))];
        audience.hear(Word { relay: 7, last: 0, presents: true, viewers: 0, said }, false, start);
        assert_eq!(audience.presenter_heard(), Some(start));
        assert!(!audience.has_said());
        audience.look(start + GONE);
        assert_eq!(audience.presenter_heard(), None);
    }
}

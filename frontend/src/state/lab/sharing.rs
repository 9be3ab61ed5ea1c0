//! What of the lab others may see and go on from: everything but its secrets.

use shared::machine::{OwnedInput, Tick};

use super::journal::{Restored, secrets_of};
use super::{Lab, Turn};
use crate::state::Route;

impl Lab {
    /// From now on what happens is written down for others as well, and what has happened before.
    pub fn begin_sharing(&mut self) {
        let mut again = Lab::new(Route::landing());
        again.journal.class = Some(Vec::new());
        again.restore(&self.journal.whole);
        self.journal.class = again.journal.class;
        self.journal.lacks = again.journal.lacks;
    }

    pub fn end_sharing(&mut self) {
        self.journal.class = None;
    }

    /// What others may see of the journal: a number that is another one when it begins anew, and the octets.
    /// They have no secret. `None` where it is not whole.
    pub fn shared_journal(&self) -> Option<(u64, &[u8])> {
        let journal = &self.journal;
        let class = journal.class.as_deref().filter(|_| journal.takes_more())?;
        Some((journal.times, class))
    }

    /// Whether what others see of the journal leads where it led here. A password that is nobody's is asterisks there,
    /// and what answers to it may be another thing.
    pub fn leads_here(&self) -> bool {
        let Some((_, journal)) = self.shared_journal() else { return false };
        !self.journal.lacks
            || Lab::of_shared(journal).is_some_and(|(lab, _)| lab.len() == self.len())
    }

    /// The lab in which everything has happened that somebody's shared journal tells.
    pub fn of_shared(journal: &[u8]) -> Option<(Lab, Restored)> {
        let mut lab = Lab::new(Route::landing());
        let restored = lab.restore(journal)?;
        lab.keep_anew();
        Some((lab, restored))
    }

    /// Everything that happened is to be put away again, in the place of what was.
    pub fn keep_anew(&mut self) {
        let journal = &mut self.journal;
        (journal.anew, journal.pending) = (true, journal.whole.clone());
    }

    /// What would be typed next, unless it has a secret.
    pub fn suggestion_without_secret(&self) -> Option<String> {
        let suggestion =
            self.session().client().suggestion().filter(|_| self.turn() == Turn::Yours)?;
        let input = OwnedInput::Command(suggestion.text.clone());
        let is_secret = secrets_of(&input, self.session(), Tick::default()).is_some();
        (!is_secret).then_some(suggestion.text)
    }
}

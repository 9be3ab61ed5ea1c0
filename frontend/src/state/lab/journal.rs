//! What happened to the lab, as octets that can be put away and played again after a reload.
//!
//! The journal goes back to when the world was last as at first. It has no password that was typed
//! for a real server: such a command is kept with asterisks in its place.

use shared::dialogue::{Dialogue, Event};
use shared::machine::{Conn, Output, OwnedInput, Tick};
use shared::session::Session;
use shared::tape::{LIMIT, Reader, Writer};
use shared::text::sasl;
use shared::world::Accounts;

use super::{Began, Lab, Target};
use crate::state::Route;

const CONNECT: u64 = 0;
const EVENT: u64 = 1;
const FORK: u64 = 2;
const SWITCH: u64 = 3;

#[derive(Default)]
pub(super) struct Journal {
    pub(super) pending: Vec<u8>,
    /// What was put away before is of no use any more.
    pub(super) anew: bool,
    /// Everything that is put away, or will be.
    pub(super) whole: Vec<u8>,
    /// The same for others to see, where somebody asked for it.
    pub(super) class: Option<Vec<u8>>,
    /// It has asterisks that stand for nobody's password.
    pub(super) lacks: bool,
    /// How often it began anew.
    pub(super) times: u64,
    /// What follows from something that is written down is not.
    paused: bool,
    /// What happens comes out of the journal, and is in it already.
    restoring: bool,
}

/// One thing that happened, for this browser and for others.
#[derive(Default)]
pub(super) struct Form {
    kept: Vec<u8>,
    class: Option<Vec<u8>>,
    /// For others it is not quite the same.
    lacks: bool,
}

/// What has to be put away.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// What was put away before has to go.
    pub anew: bool,
    pub octets: Vec<u8>,
}

/// What came back.
#[derive(Debug, PartialEq, Eq)]
pub struct Restored {
    /// The time that had gone by, after which the lab's clock has to go on.
    pub gone_by: Tick,
    /// How much of the journal could be read.
    pub octets: usize,
}

impl Journal {
    pub(super) fn connected(&mut self, route: &Route, began: Began, now: Tick) {
        let mut writer = Writer::default();
        writer.number(CONNECT).number(now.0.as_secs()).number(now.0.subsec_nanos().into());
        writer.text(&route.fragment()).number(began.seed).number(began.as_python.into());
        self.push(Form { kept: writer.finish(), ..Form::default() });
    }

    pub(super) fn begins_anew(&mut self) {
        if !self.paused {
            let class = self.class.as_ref().map(|_| Vec::new());
            *self = Journal { anew: true, class, times: self.times + 1, ..Journal::default() };
        }
    }

    /// The record of an event that is about to happen; nothing where nothing is written down.
    pub(super) fn form_of(
        &self,
        event: &Event,
        at: Tick,
        dialogue: &Dialogue,
        to: &Target,
    ) -> Form {
        if self.paused || !self.takes_more() {
            return Form::default();
        }
        let written = |event: &Event| {
            let mut writer = Writer::default();
            writer.number(EVENT).event(at, event);
            writer.finish()
        };
        let Event::Typed(input) = event else {
            return Form { kept: written(event), ..Form::default() };
        };
        let (session, world) = (dialogue.session(), dialogue.world());
        if matches!(to, Target::Real { .. }) {
            let masked = without_secrets(input, session, at, None);
            return Form { kept: written(&Event::Typed(masked)), ..Form::default() };
        }
        let kept = written(event);
        if self.class.is_none() {
            return Form { kept, ..Form::default() };
        }
        let masked = without_secrets(input, session, at, Some(&world.accounts));
        let mut again = masked.clone();
        with_passwords(&mut again, &world.accounts);
        Form { kept, lacks: again != *input, class: Some(written(&Event::Typed(masked))) }
    }

    pub(super) fn forked(&mut self, entry: usize) {
        let mut writer = Writer::default();
        writer.number(FORK).number(entry as u64);
        self.push(Form { kept: writer.finish(), ..Form::default() });
    }

    pub(super) fn switched(&mut self, branch: usize) {
        let mut writer = Writer::default();
        writer.number(SWITCH).number(branch as u64);
        self.push(Form { kept: writer.finish(), ..Form::default() });
    }

    /// Writes nothing down until [`Journal::resume`] gets what this gives.
    pub(super) fn pause(&mut self) -> bool {
        std::mem::replace(&mut self.paused, true)
    }

    pub(super) fn resume(&mut self, paused: bool) {
        self.paused = paused;
    }

    pub(super) fn push(&mut self, form: Form) {
        if self.paused || !self.takes_more() {
            return;
        }
        if let Some(class) = &mut self.class {
            class.extend_from_slice(form.class.as_ref().unwrap_or(&form.kept));
            self.lacks |= form.lacks;
        }
        if !self.restoring {
            self.whole.extend_from_slice(&form.kept);
            self.pending.extend_from_slice(&form.kept);
        }
    }

    pub(super) fn takes_more(&self) -> bool {
        self.whole.len() <= LIMIT
    }
}

impl Lab {
    /// Whether so much has happened that no more of it is written down.
    pub fn journal_is_full(&self) -> bool {
        !self.journal.takes_more()
    }

    /// What happened since this was last asked for.
    pub fn take_journal(&mut self) -> Option<Kept> {
        let journal = &mut self.journal;
        if journal.pending.is_empty() && !journal.anew {
            return None;
        }
        let octets = std::mem::take(&mut journal.pending);
        Some(Kept { anew: std::mem::take(&mut journal.anew), octets })
    }

    /// Lets everything happen again that a journal tells, in a lab where nothing has happened.
    /// Connections outside the page are gone. `None` if there was nothing that could be read.
    pub fn restore(&mut self, journal: &[u8]) -> Option<Restored> {
        // It begins with a session. What does not has lost its beginning.
        if journal.first().copied().map(u64::from) != Some(CONNECT) {
            return None;
        }
        self.journal.restoring = true;
        let mut reader = Reader::new(journal);
        let (mut last, mut octets) = (None, 0);
        while !reader.is_at_end() {
            let Some(at) = self.restore_one(&mut reader, last.unwrap_or_default()) else { break };
            last = Some(at);
            octets = journal.len() - reader.left();
        }
        self.journal.restoring = false;
        self.journal.whole = journal[..octets].to_vec();
        let gone_by = last?;
        self.end_lost_connections(gone_by);
        Some(Restored { gone_by, octets })
    }

    fn restore_one(&mut self, reader: &mut Reader<'_>, last: Tick) -> Option<Tick> {
        let at = match reader.number()? {
            CONNECT => {
                let at = reader.tick()?;
                let route = Route::parse(&reader.text()?).ok()?;
                let began = Began { seed: reader.number()?, as_python: reader.number()? == 1 };
                self.journal.connected(&route, began, at);
                self.begin(route, began, None, at);
                at
            }
            EVENT => {
                let (at, mut event) = reader.event()?;
                if let Event::Typed(input) = &mut event {
                    with_passwords(input, &self.world_now().accounts);
                }
                self.act(event, at).ok()?;
                at
            }
            FORK => {
                let entry = usize::try_from(reader.number()?).ok()?;
                self.fork(self.past_len() + entry).ok()?;
                last
            }
            SWITCH => {
                self.switch(usize::try_from(reader.number()?).ok()?);
                last
            }
            _ => return None,
        };
        self.tape.forget_effects();
        Some(at)
    }

    fn end_lost_connections(&mut self, now: Tick) {
        let over = self.session().client().state() == self.route.protocol.table.end();
        if self.route.target == Target::Page || over {
            return;
        }
        let why = "the page was loaded again, which ends what goes through the relay".into();
        self.arrive(OwnedInput::Reset { conn: Conn::MAIN, why }, now);
    }
}

/// Stands around the name of a practice user where others see the record, in the place of the password. Nobody types it.
const OF_USER: char = '\u{e000}';

/// The input as it may be kept: what the machine takes for a secret is asterisks, and the password of one of these
/// accounts is named, so that the input does again what it did.
fn without_secrets(
    input: &OwnedInput,
    session: &Session,
    now: Tick,
    accounts: Option<&Accounts>,
) -> OwnedInput {
    let Some(secrets) = secrets_of(input, session, now) else { return input.clone() };
    let mut masked = input.clone();
    change_text(&mut masked, |text| {
        let mut kept = text.to_owned();
        for (user, account) in accounts.into_iter().flat_map(Accounts::iter) {
            for (secret, mark) in forms(user, &account.password) {
                kept = kept.replace(&secret, &mark);
            }
        }
        for secret in &secrets {
            kept = kept.replace(secret.as_str(), &asterisks(secret));
        }
        // What is sent is made from the secret in another way than by its letters.
        if kept == text {
            let verb = text.split_whitespace().next().unwrap_or_default();
            kept = format!("{verb} ********");
        }
        kept
    });
    masked
}

/// The input as it was typed, where it names a practice user for the password.
fn with_passwords(input: &mut OwnedInput, accounts: &Accounts) {
    let octets = match input {
        OwnedInput::Command(text) | OwnedInput::Batch(text) => text.as_bytes(),
        OwnedInput::Raw { bytes, .. } => bytes,
        _ => return,
    };
    let mark = OF_USER.to_string();
    if !octets.windows(mark.len()).any(|octets| octets == mark.as_bytes()) {
        return;
    }
    change_text(input, |text| {
        let mut typed = text.to_owned();
        for (user, account) in accounts.iter() {
            for (secret, mark) in forms(user, &account.password) {
                typed = typed.replace(&mark, &secret);
            }
        }
        typed
    });
}

/// How a password is typed, with what stands in its place: in base64 as in HTTP's Basic, in SASL's PLAIN and LOGIN, or as it is.
fn forms(user: &str, password: &str) -> [(String, String); 4] {
    let mark = |n: usize| format!("{OF_USER}{n}{user}{OF_USER}");
    [
        (sasl::encode(format!("{user}:{password}")), mark(1)),
        (sasl::encode(format!("\0{user}\0{password}")), mark(2)),
        (sasl::encode(password), mark(3)),
        (password.to_owned(), mark(0)),
    ]
}

/// As long as the secret, and of the same form: in base64 only the password is another one.
fn asterisks(secret: &str) -> String {
    let octets =
        sasl::decode(secret).filter(|octets| octets.contains(&0) || octets.contains(&b':'));
    let Some(mut octets) = octets else { return "*".repeat(secret.len()) };
    let from = octets.iter().rposition(|octet| matches!(octet, 0 | b':')).map_or(0, |at| at + 1);
    octets[from..].fill(b'*');
    sasl::encode(octets)
}

/// Changes the text that is typed, if it is one.
fn change_text(input: &mut OwnedInput, change: impl FnOnce(&str) -> String) {
    match input {
        OwnedInput::Command(text) | OwnedInput::Batch(text) => *text = change(text),
        OwnedInput::Raw { bytes, .. } => {
            *bytes = change(&String::from_utf8_lossy(bytes)).into_bytes();
        }
        _ => {}
    }
}

/// The secrets that the machine would send for this input; `None` if there are none.
pub(super) fn secrets_of(input: &OwnedInput, session: &Session, now: Tick) -> Option<Vec<String>> {
    let mut client = session.client().copy();
    client.handle(input.borrow(), now).ok()?;
    let mut secrets = Vec::new();
    while let Some(output) = client.poll() {
        if let Output::Sent { wire, .. } = output {
            let spans = wire.spans.iter().filter(|span| span.secret && span.end > span.start);
            secrets.extend(
                spans.map(|span| String::from_utf8_lossy(&wire.bytes[span.range()]).into_owned()),
            );
        }
    }
    (!secrets.is_empty()).then_some(secrets)
}

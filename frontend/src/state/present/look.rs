//! What a room sees of the lab beside the transcript.

use shared::room::{Begin, Knows, Move, Pane, Stage, TheState, Turn, View};
use shared::session::Gate;
use shared::table::{State, Table};
use shared::world::World;

use crate::state::path::Path;
use crate::state::{Lab, Target, Turn as LabTurn};
use crate::text::t;

/// Facts of a room; a server may offer any number of capabilities.
const FACTS: usize = 60;

/// Letters of one fact.
const FACT: usize = 400;

pub(super) fn begin(lab: &Lab, no_try: Option<String>) -> Begin {
    let table = lab.route.protocol.table;
    let edges = table.edges();
    let state = |state: &&'static State| {
        let mut exits: Vec<(String, u16)> = Vec::new();
        for edge in edges.iter().filter(|edge| edge.from == *state) {
            let exit = (edge.verb.called(), place(table, edge.to));
            if !exits.contains(&exit) {
                exits.push(exit);
            }
        }
        TheState { title: state.title.into(), text: state.text.into(), exits }
    };
    Begin {
        protocol: lab.route.protocol.id.into(),
        name: lab.route.protocol.name.into(),
        real: matches!(lab.route.target, Target::Real { .. }).then(|| lab.route.server()),
        fault: lab.route.fault.map(|fault| fault.title.into()),
        no_try,
        states: table.states.iter().map(state).collect(),
    }
}

pub(super) fn view(lab: &Lab, pane: Pane, stage: Stage) -> View {
    let held = match lab.session().gate() {
        Gate::Incoming { octets, .. } => u32::try_from(octets).ok(),
        Gate::Open | Gate::Outgoing { .. } => None,
    };
    let turn = match lab.turn() {
        LabTurn::Yours => Turn::Yours,
        LabTurn::Servers => Turn::Servers,
        LabTurn::Held => Turn::Held,
        LabTurn::Over => Turn::Over,
    };
    View {
        shown: count(lab.shown_len()),
        selected: lab.selected().map(count),
        octet: count(lab.octet),
        pane,
        stage,
        turn,
        held,
        draft: lab.suggestion_without_secret().unwrap_or_default(),
    }
}

pub(super) fn knows(lab: &Lab) -> Knows {
    let (client, table) = (lab.client(), lab.route.protocol.table);
    let path = Path::of(table.start(), lab.entries());
    let mut facts: Vec<(String, String)> = client
        .facts()
        .into_iter()
        .map(|fact| (fact.name.to_owned(), shortened(fact.value)))
        .collect();
    facts.extend(
        client.flags().iter().map(|flag| (flag.title.to_owned(), t!("class-yes").to_owned())),
    );
    facts.truncate(FACTS);
    let moves = lab.moves().into_iter().filter(|(verb, _)| !verb.is_other());
    let moves = moves.map(|(verb, allowed)| Move {
        command: verb.syntax.into(),
        why: allowed.as_ref().map_or_else(ToString::to_string, |()| verb.term.text.to_owned()),
        legal: allowed.is_ok(),
    });
    Knows {
        state: place(table, client.state()),
        path: path.states.iter().map(|state| place(table, state)).collect(),
        facts,
        moves: moves.collect(),
        world: if lab.route.target == Target::Page { world(lab) } else { Vec::new() },
    }
}

/// What has changed since the session began, then how much there is.
fn world(lab: &Lab) -> Vec<String> {
    let here: &World = lab.world();
    let of_session = lab.moment_at().is_none_or(|at| at >= lab.of_session(0));
    let changes = if of_session { here.changes_since(lab.world_at_start()) } else { Vec::new() };
    let mut lines: Vec<String> = changes.into_iter().map(|change| change.words).collect();
    lines.truncate(FACTS);
    let mail = here.mail.iter().map(|(user, mailbox)| {
        t!("class-world-mailbox", user = user, count = mailbox.messages().len() as u64)
    });
    let news = here
        .news
        .groups()
        .map(|(name, group)| t!("class-world-group", name = name, count = group.count()));
    lines.extend(mail.chain(news));
    lines
}

fn place(table: &Table, state: &State) -> u16 {
    table.states.iter().position(|known| *known == state).unwrap_or(0) as u16
}

fn shortened(mut value: String) -> String {
    if value.len() > FACT {
        value.truncate(value.floor_char_boundary(FACT));
        value.push('\u{2026}');
    }
    value
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

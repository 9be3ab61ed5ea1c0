//! What the stage shows: the last exchanges in few lines, and one explanation.

use shared::explain::Wire;
use shared::machine::Tick;
use shared::transcript::{Side, visible};

use super::{Lab, Target, Turn};

/// Lines of one unit; a class cannot read more from the back row.
const LINES: usize = 4;

/// A command or a reply.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The entry.
    pub number: usize,
    pub side: Side,
    /// Secrets are always masked.
    pub lines: Vec<String>,
    /// Lines that are left out.
    pub more: usize,
}

/// The units of the last so many exchanges, oldest first: each a command with what answers it.
pub fn last_exchanges(lab: &Lab, most: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut exchanges = 0;
    for number in (0..lab.shown_len()).rev() {
        let Some(entry) = lab.entry(number) else { continue };
        let Some(wire) = entry.wire() else { continue };
        rows.push(row(number, entry.side(), wire));
        exchanges += usize::from(entry.side() == Side::Client && !wire.by_itself);
        if exchanges == most {
            break;
        }
    }
    rows.reverse();
    rows
}

/// A step of the dialogue, small: its number and who spoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub number: usize,
    pub side: Side,
    pub shown: bool,
}

/// The last so many steps up to the shown one.
pub fn strip(lab: &Lab, most: usize) -> Vec<Step> {
    let sides: Vec<Side> = (0..lab.shown_len())
        .filter_map(|n| lab.entry(n).filter(|entry| entry.wire().is_some()))
        .map(|entry| entry.side())
        .collect();
    let last = sides.len();
    let steps = sides.into_iter().enumerate().map(|(at, side)| Step {
        number: at + 1,
        side,
        shown: at + 1 == last,
    });
    steps.skip(last.saturating_sub(most)).collect()
}

/// The shown unit in a sentence, and what the token means that is selected, or else the first.
pub fn explanation(lab: &Lab) -> Option<(String, &'static str)> {
    let number = lab.shown()?;
    let wire = lab.entry(number)?.wire()?;
    let selected = lab.selected().filter(|n| *n == number).and_then(|_| wire.span_at(lab.octet));
    let span = selected.or(wire.spans.first())?;
    Some((wire.says.clone(), span.term.text))
}

/// What a press of "forward" sends where no gate holds anything: on practice servers what is suggested, on real
/// ones nothing.
pub fn next_command(lab: &Lab) -> Option<String> {
    let practice = !matches!(lab.route.target, Target::Real { .. });
    let suggestion =
        lab.session().client().suggestion().filter(|_| practice && lab.turn() == Turn::Yours);
    suggestion.map(|suggestion| suggestion.text)
}

/// Whether "forward" sends nothing: it goes on from an earlier step, or lets through what a gate holds.
pub fn waits(lab: &Lab) -> bool {
    lab.is_back() || lab.turn() == Turn::Held
}

/// The next step: what waits, or what is suggested.
pub fn forward(lab: &mut Lab, now: Tick) {
    if waits(lab) {
        lab.step_forward(now);
    } else if let Some(text) = next_command(lab) {
        lab.send(&text, now);
    }
}

fn row(number: usize, side: Side, wire: &Wire) -> Row {
    let text = wire.masked();
    let text = text.strip_suffix(b"\r\n").unwrap_or(&text);
    let all: Vec<String> = text
        .split(|octet| *octet == b'\n')
        .map(|line| visible(line.strip_suffix(b"\r").unwrap_or(line)))
        .collect();
    let more = all.len().saturating_sub(LINES);
    Row { number, side, lines: all.into_iter().take(LINES).collect(), more }
}

#[cfg(test)]
mod tests {
    use shared::protocols;

    use super::*;
    use crate::state::Route;

    #[test]
    fn the_stage_shows_the_last_exchanges_and_no_password() {
        let protocol = protocols::by_id("pop3").unwrap_or(protocols::ALL[0]);
        let route = Route::practice(protocol);
        let mut lab = Lab::new(route.clone());
        lab.connect(route, Tick::default());
        while lab.pump(Tick::default()) {}
        lab.show_secrets = true;
        while let Some(text) = next_command(&lab) {
            lab.send(&text, Tick::default());
            while lab.pump(Tick::default()) {}
        }
        assert_eq!(lab.turn(), Turn::Over, "pressing forward leads to the end");
        let all = last_exchanges(&lab, 100);
        assert!(all.iter().any(|row| row.lines == ["PASS ********"]), "{all:?}");
        let last = last_exchanges(&lab, 2);
        assert_eq!(last.iter().filter(|row| row.side == Side::Client).count(), 2);
        assert_eq!(last.iter().find(|row| row.side == Side::Client).map(|row| row.more), Some(0));
        assert!(last[0].side == Side::Client && last.len() < all.len());
        assert!(all.iter().any(|row| row.more > 0), "a mail is longer than the stage");
        let strip = strip(&lab, 5);
        assert_eq!(
            strip.iter().map(|step| step.shown).collect::<Vec<_>>(),
            [false, false, false, false, true]
        );
        assert_eq!(strip.last().map(|step| step.number), Some(all.len()));
        assert!(explanation(&lab).is_some_and(|(says, _)| !says.is_empty()));
    }
}

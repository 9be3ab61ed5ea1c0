//! The dialogue as a ladder, drawn from its lines: two lines for each connection, and a rung for each thing that happened.

use shared::room::{Line, LineKind};
use shared::transcript::Side;

use super::lines::{shortened, text};
use crate::state::ladder::{Group, RUNG, Scene, Shape, run, tip};
use crate::viewer::text::t;

/// Lines drawn at once.
pub const WINDOW: usize = 120;

/// Left of the lanes, for the numbers.
const NUMBERS: i32 = 26;
const SIDE: i32 = 10;
/// The width of a picture with one lane, which fits a phone, and the least room between the lines of a lane.
const WIDTH: i32 = 272;
const NARROW: i32 = 180;
/// Where the names of the lanes stand.
const TOP: i32 = 24;
/// Letters of the labels are this wide, in tenths.
const LETTER: i32 = 63;

/// The first line to draw: the one that is looked at is among them.
pub fn window(at: usize, len: usize) -> usize {
    let last = len.saturating_sub(WINDOW);
    if at >= last { last } else { at.saturating_sub(WINDOW / 2) / 20 * 20 }
}

pub struct Ladder<'a> {
    lines: &'a [Line],
    first: usize,
    /// The connections, in the order in which they began.
    pub lanes: Vec<u16>,
}

impl<'a> Ladder<'a> {
    /// Of lines, the first of which has this number.
    pub fn of(lines: &'a [Line], first: usize) -> Ladder<'a> {
        let mut lanes = Vec::new();
        for line in lines {
            if !lanes.contains(&line.conn) {
                lanes.push(line.conn);
            }
        }
        Ladder { lines, first, lanes }
    }

    /// Of each line its number and its words.
    pub fn rungs(&self) -> impl Iterator<Item = (usize, &'a Line, String)> {
        self.lines.iter().zip(self.first..).map(|(line, n)| (n, line, label(line)))
    }

    pub fn scene(&self) -> Scene {
        let count = self.lanes.len().max(1) as i32;
        let between = ((WIDTH - NUMBERS) / count - 2 * SIDE).max(NARROW);
        let pitch = between + 2 * SIDE;
        let (width, height) =
            (NUMBERS + count * pitch, TOP + RUNG * self.lines.len() as i32 + RUNG / 2);
        let ends = |lane: usize| {
            let left = NUMBERS + lane as i32 * pitch + SIDE;
            (left, left + between)
        };
        let lanes = self.lanes.iter().enumerate().map(|(lane, conn)| {
            let (client, server) = ends(lane);
            let name = lane_name(*conn);
            let life =
                |x: i32, class| Shape::Line { from: (x, TOP - 4), to: (x, height - 4), class };
            let head =
                |x: i32, class, text: &str| Shape::Text { at: (x, 14), class, text: text.into() };
            let shapes = vec![
                life(client, "life client"),
                life(server, "life server"),
                head(client - 4, "lane-head client", t!("client")),
                head((client + server) / 2, "name", &name),
                head(server + 4, "lane-head server", t!("server")),
            ];
            Group { entry: None, class: "lane", title: name, shapes }
        });
        let rungs = self.rungs().enumerate().map(|(row, (n, line, label))| {
            let lane = self.lanes.iter().position(|conn| *conn == line.conn).unwrap_or(0);
            let y = TOP + RUNG * row as i32 + RUNG / 2;
            rung(n, line, &label, ends(lane), (y, width))
        });
        Scene { width, height, heads: Vec::new(), groups: lanes.chain(rungs).collect() }
    }
}

/// The connection in words; the main one has its name from there being no other.
pub fn lane_name(conn: u16) -> String {
    match conn {
        0 => String::new(),
        conn => t!("connection", number = conn),
    }
}

/// A line in one line.
fn label(line: &Line) -> String {
    match line.kind {
        LineKind::Data => t!("content", octets = line.octets),
        LineKind::Note => line.says.clone(),
        LineKind::Unit => {
            let text = text(line);
            let mut lines = text.lines();
            let first = lines.next().unwrap_or_default();
            if lines.next().is_some() { format!("{first} \u{2026}") } else { first.into() }
        }
    }
}

fn rung(n: usize, line: &Line, label: &str, lane: (i32, i32), place: (i32, i32)) -> Group {
    let ((client, server), (y, width)) = (lane, place);
    let middle = (client + server) / 2;
    let (start, end) = if line.side == Side::Server { (server, client) } else { lane };
    let room = (server - client - 16) * 10 / LETTER;
    let short = shortened(label, usize::try_from(room - 1).unwrap_or(0));
    let words = |y: i32, class| Shape::Text { at: (middle, y), class, text: short.clone() };
    let mut shapes = vec![
        // To be hit beside the line, too.
        Shape::Box { at: (1, y - RUNG / 2 + 1), size: (width - 2, RUNG - 2), class: "hit" },
        Shape::Text { at: (NUMBERS - 2, y + 4), class: "time", text: (n + 1).to_string() },
    ];
    match (line.kind, line.side) {
        (LineKind::Note, _) | (_, Side::Lab) => {
            let size = (server - client - 12, RUNG - 10);
            shapes.push(Shape::Box { at: (client + 6, y - size.1 / 2), size, class: "bar note" });
            shapes.push(words(y + 4, "label"));
        }
        (LineKind::Data, _) => {
            shapes.push(run(start, end, y));
            shapes.push(words(y + 4, "label run-label"));
        }
        (LineKind::Unit, _) => {
            shapes.push(Shape::Line { from: (start, y + 7), to: (end, y + 7), class: "shaft" });
            shapes.push(tip(start, end, y + 7));
            shapes.push(words(y + 2, "label"));
        }
    }
    Group { entry: Some(n), class: line.side.word(), title: label.into(), shapes }
}

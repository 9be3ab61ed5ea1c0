//! The ladder as lines, boxes and texts: the page and the exported file draw the same.

use shared::machine::{Conn, Direction};

use super::{Ladder, Lane, RUNG, Rung, What};
use crate::state::bench::shortened;
use crate::state::text::elapsed;
use crate::text::t;

/// Left of the lanes, for the times.
const TIMES: i32 = 62;
/// Between a lane's lines and its neighbours.
const SIDE: i32 = 16;
/// Letters of the labels are this wide, in tenths.
const LETTER: i32 = 63;
const RUN: i32 = 14;

#[derive(Debug, PartialEq)]
pub enum Shape {
    Line { from: (i32, i32), to: (i32, i32), class: &'static str },
    Box { at: (i32, i32), size: (i32, i32), class: &'static str },
    Polygon { points: Vec<(i32, i32)>, class: &'static str },
    Text { at: (i32, i32), class: &'static str, text: String },
}

/// What belongs together: a rung, or what stands behind them.
#[derive(Debug)]
pub struct Group {
    /// The number of the entry that it shows.
    pub entry: Option<usize>,
    /// Whose it is: `client`, `server`, `lab`.
    pub class: &'static str,
    pub title: String,
    pub shapes: Vec<Shape>,
}

/// One name above each line, to stay in sight while the ladder moves.
#[derive(Debug)]
pub struct Head {
    pub x: i32,
    pub text: &'static str,
    pub class: &'static str,
}

#[derive(Debug)]
pub struct Scene {
    pub width: i32,
    pub height: i32,
    pub heads: Vec<Head>,
    pub groups: Vec<Group>,
}

impl Ladder {
    pub fn scene(&self) -> Scene {
        let width = TIMES + self.columns as i32 * self.pitch();
        let heads = (0..self.columns).flat_map(|column| {
            let (client, server) = self.lines(column);
            [
                Head { x: client - 4, text: t!("lane-client"), class: "client" },
                Head { x: server + 4, text: t!("lane-server"), class: "server" },
            ]
        });
        let lanes = self.lanes.iter().map(|lane| self.lane(lane));
        let rungs = self.rungs.iter().map(|rung| self.draw(rung, width));
        Scene {
            width,
            height: self.height,
            heads: heads.collect(),
            groups: lanes.chain(rungs).collect(),
        }
    }

    fn pitch(&self) -> i32 {
        self.options.width + 2 * SIDE
    }

    /// Where a column's two lines stand.
    fn lines(&self, column: usize) -> (i32, i32) {
        let left = TIMES + column as i32 * self.pitch() + SIDE;
        (left, left + self.options.width)
    }

    fn lane(&self, lane: &Lane) -> Group {
        let (client, server) = self.lines(lane.column);
        let top = lane.top + 16;
        let mut shapes = vec![
            Shape::Line { from: (client, top), to: (client, lane.bottom), class: "life client" },
            Shape::Line { from: (server, top), to: (server, lane.bottom), class: "life server" },
            Shape::Text {
                at: ((client + server) / 2, lane.top + 12),
                class: "name",
                text: lane.name.clone(),
            },
        ];
        if lane.is_over() {
            let end = |x: i32| Shape::Line {
                from: (x - 6, lane.bottom),
                to: (x + 6, lane.bottom),
                class: "life",
            };
            shapes.extend([end(client), end(server)]);
        }
        Group { entry: None, class: "lane", title: lane.name.clone(), shapes }
    }

    fn draw(&self, rung: &Rung, width: i32) -> Group {
        let lane = &self.lanes[rung.lane];
        let (client, server) = self.lines(lane.column);
        let middle = (client + server) / 2;
        let y = rung.y;
        // To be hit beside the line, too.
        let mut shapes = vec![Shape::Box {
            at: (1, y - RUNG / 2 + 1),
            size: (width - 2, RUNG - 2),
            class: "hit",
        }];
        if rung.cut {
            let text = t!("rung-later", time = &elapsed(rung.wait));
            shapes.push(Shape::Text { at: (middle, y - RUNG), class: "gap", text });
        }
        shapes.push(Shape::Text { at: (TIMES - 6, y + 4), class: "time", text: rung.clock() });
        let room = (self.options.width - 16) * 10 / LETTER;
        let label = shortened(&rung.label, usize::try_from(room - 1).unwrap_or(0));
        let (start, end) = match rung.direction {
            Some(Direction::Received) => (server, client),
            _ => (client, server),
        };
        match rung.what {
            What::Unit | What::Connect | What::Fin => {
                let class = if rung.what == What::Unit { "shaft" } else { "shaft dashed" };
                shapes.push(Shape::Line { from: (start, y + 7), to: (end, y + 7), class });
                shapes.push(tip(start, end, y + 7));
                shapes.push(Shape::Text { at: (middle, y + 2), class: "label", text: label });
            }
            What::Data => {
                shapes.push(run(start, end, y));
                shapes.push(Shape::Text {
                    at: (middle, y + 4),
                    class: "label run-label",
                    text: label,
                });
            }
            What::Open => {
                shapes.extend([client, server].map(|x| ring(x, y)));
                shapes.push(Shape::Text { at: (middle, y + 4), class: "label", text: label });
            }
            What::Gone => {
                shapes.extend(cross(client, y).into_iter().chain(cross(server, y)));
                shapes.push(Shape::Text { at: (middle, y + 4), class: "label", text: label });
            }
            What::State | What::Note => {
                let class = if rung.what == What::State { "bar" } else { "bar note" };
                let size = (server - client - 12, RUNG - 10);
                shapes.push(Shape::Box { at: (client + 6, y - size.1 / 2), size, class });
                shapes.push(Shape::Text { at: (middle, y + 4), class: "label", text: label });
            }
        }
        let class = match rung.direction {
            Some(Direction::Sent) => "client",
            Some(Direction::Received) => "server",
            None => "lab",
        };
        Group { entry: Some(rung.n), class, title: self.words(rung), shapes }
    }

    /// The whole rung in one sentence, for the list and for who asks the drawing.
    pub fn words(&self, rung: &Rung) -> String {
        let who = match rung.direction {
            Some(Direction::Sent) => t!("rung-sent"),
            Some(Direction::Received) => t!("rung-received"),
            None => t!("rung-lab"),
        };
        let lane = match self.lanes[rung.lane].conn {
            Conn::MAIN => String::new(),
            Conn(n) => format!(", {}", t!("lane-other", number = n)),
        };
        t!("rung-in-words", line = rung.n + 1, who = &format!("{who}{lane}"), what = &rung.label)
    }
}

impl Rung {
    /// Seconds since the page was opened, to the millisecond.
    pub fn clock(&self) -> String {
        format!("{}.{:03}", self.at.0.as_secs(), self.at.0.subsec_millis())
    }
}

/// The tip of an arrow.
pub(crate) fn tip(start: i32, end: i32, y: i32) -> Shape {
    let back = end - 9 * (end - start).signum();
    Shape::Polygon { points: vec![(end, y), (back, y - 5), (back, y + 5)], class: "tip" }
}

/// An arrow with room for words.
pub(crate) fn run(start: i32, end: i32, y: i32) -> Shape {
    let (half, neck) = (RUN / 2, end - 12 * (end - start).signum());
    let points = vec![
        (start, y - half),
        (neck, y - half),
        (neck, y - half - 4),
        (end, y),
        (neck, y + half + 4),
        (neck, y + half),
        (start, y + half),
    ];
    Shape::Polygon { points, class: "run" }
}

fn ring(x: i32, y: i32) -> Shape {
    let points = vec![(x - 5, y), (x, y - 5), (x + 5, y), (x, y + 5)];
    Shape::Polygon { points, class: "ring" }
}

fn cross(x: i32, y: i32) -> [Shape; 2] {
    let class = "cross";
    [
        Shape::Line { from: (x - 5, y - 5), to: (x + 5, y + 5), class },
        Shape::Line { from: (x - 5, y + 5), to: (x + 5, y - 5), class },
    ]
}

//! Where the states and arrows of a table are drawn: in rows from the first state down to the last.
//!
//! A state stands below every state that leads to it, in the table's order, so that a session goes
//! down and what begins anew goes up. An arrow over several rows passes each between the boxes;
//! there, all that go the same way to the same state share a lane. The same table gives the same
//! drawing.

use super::{Rule, State, Table, Verb};

pub const BOX_WIDTH: i32 = 96;
pub const BOX_HEIGHT: i32 = 42;
/// Between two rows, where the arrows run and their labels stand.
pub const GAP: i32 = 58;

const LANE: i32 = 6;
const SPACE: i32 = 12;
const MARGIN: i32 = 10;
/// States side by side: a pane beside the transcript has room for so many.
const ABREAST: usize = 3;
/// What is narrower may be spread as far as this.
const WIDTH: i32 = 330;
/// From a box to its arrows' labels, and from one of those to the next.
const LABEL: i32 = 13;
const SWEEPS: usize = 12;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    pub x: i32,
    pub y: i32,
}

/// All in units that are pixels at the natural size.
#[derive(Debug)]
pub struct Layout {
    pub width: i32,
    pub height: i32,
    pub boxes: Vec<Place>,
    pub arrows: Vec<Arrow>,
}

/// A state's box, by its left upper corner.
#[derive(Debug)]
pub struct Place {
    pub state: &'static State,
    pub at: Point,
}

/// All that leads from one state to one other.
#[derive(Debug)]
pub struct Arrow {
    pub from: &'static State,
    pub to: &'static State,
    pub ways: Vec<(&'static Verb, &'static Rule)>,
    /// Between rows from an even to an odd one, along a row from an odd to an even one.
    pub points: Vec<Point>,
    /// The middle of its label, near the box that it leaves.
    pub label: Point,
}

impl Layout {
    pub fn of(table: &Table) -> Layout {
        let arrows = grouped(table);
        let mut graph = Graph::new(table.states.len(), &arrows);
        graph.order();
        graph.spread();
        graph.draw(table, arrows)
    }

    pub fn place(&self, state: &State) -> Option<&Place> {
        self.boxes.iter().find(|place| place.state == state)
    }

    /// The way of a move that is no reply's, such as the end of the connection: past all boxes on
    /// the right.
    pub fn jump(&self, from: &State, to: &State) -> Option<[Point; 4]> {
        let side = |state| {
            let Point { x, y } = self.place(state)?.at;
            Some(Point { x: x + BOX_WIDTH, y: y + BOX_HEIGHT / 2 })
        };
        let (start, end) = (side(from)?, side(to)?);
        let x = self.width - MARGIN / 3;
        Some([start, Point { x, ..start }, Point { x, ..end }, end])
    }

    pub fn arrow(&self, from: &State, to: &State) -> Option<&Arrow> {
        self.arrows.iter().find(|arrow| arrow.from == from && arrow.to == to)
    }
}

/// From and to as places in the table's list of states, with what leads there.
type Pair = (usize, usize, Vec<(&'static Verb, &'static Rule)>);

fn grouped(table: &Table) -> Vec<Pair> {
    let index = |state: &State| table.states.iter().position(|other| **other == *state);
    let mut pairs: Vec<Pair> = Vec::new();
    for edge in table.edges() {
        let (Some(from), Some(to)) = (index(edge.from), index(edge.to)) else { continue };
        let way = (edge.verb, edge.rule);
        match pairs.iter_mut().find(|pair| (pair.0, pair.1) == (from, to)) {
            Some(pair) => pair.2.push(way),
            None => pairs.push((from, to, vec![way])),
        }
    }
    pairs
}

/// A state, or the place where a lane passes a row.
struct Node {
    row: usize,
    /// The state that the lane leads to, and whether it goes up.
    lane: Option<(usize, bool)>,
    /// Of its middle.
    x: i32,
}

impl Node {
    fn width(&self) -> i32 {
        if self.lane.is_some() { LANE } else { BOX_WIDTH }
    }
}

struct Graph {
    /// The states first, in the table's order.
    nodes: Vec<Node>,
    /// From left to right.
    rows: Vec<Vec<usize>>,
    /// From one row to the next above or below, in the direction of the arrow.
    segments: Vec<(usize, usize)>,
    /// The nodes that each pair's arrow passes, both ends included.
    routes: Vec<Vec<usize>>,
}

impl Graph {
    fn new(states: usize, pairs: &[Pair]) -> Graph {
        let mut nodes: Vec<Node> = Vec::new();
        for state in 0..states {
            let joined = |other: usize| {
                let between =
                    |pair: &Pair| [(other, state), (state, other)].contains(&(pair.0, pair.1));
                pairs.iter().any(between)
            };
            let leads = |other: usize| pairs.iter().any(|(a, b, _)| (*a, *b) == (other, state));
            let below = (0..state).filter(|other| leads(*other)).map(|other| nodes[other].row + 1);
            let mut row = below.max().unwrap_or(0);
            let crowded = |row: usize| {
                let mut there = (0..state).filter(|other| nodes[*other].row == row);
                there.clone().any(joined) || there.nth(ABREAST - 1).is_some()
            };
            while crowded(row) {
                row += 1;
            }
            nodes.push(Node { row, lane: None, x: 0 });
        }
        let count = nodes.iter().map(|node| node.row + 1).max().unwrap_or(0);
        let mut rows = vec![Vec::new(); count];
        for (state, node) in nodes.iter().enumerate() {
            rows[node.row].push(state);
        }
        let mut graph = Graph { nodes, rows, segments: Vec::new(), routes: Vec::new() };
        for (from, to, _) in pairs {
            graph.route(*from, *to);
        }
        graph
    }

    fn route(&mut self, from: usize, to: usize) {
        let (start, end) = (self.nodes[from].row, self.nodes[to].row);
        let up = start > end;
        let between: Vec<usize> =
            if up { (end + 1..start).rev().collect() } else { (start + 1..end).collect() };
        let mut route = vec![from];
        for row in between {
            let lane = Some((to, up));
            let shared = self.rows[row].iter().copied().find(|n| self.nodes[*n].lane == lane);
            let node = shared.unwrap_or_else(|| {
                self.nodes.push(Node { row, lane, x: 0 });
                self.rows[row].push(self.nodes.len() - 1);
                self.nodes.len() - 1
            });
            route.push(node);
        }
        route.push(to);
        for step in route.windows(2) {
            let segment = (step[0], step[1]);
            if !self.segments.contains(&segment) {
                self.segments.push(segment);
            }
        }
        self.routes.push(route);
    }

    /// The nodes of a row that this one is joined to.
    fn neighbours(&self, node: usize, row: usize) -> impl Iterator<Item = usize> {
        let other = move |(a, b): &(usize, usize)| match node {
            n if n == *a => Some(*b),
            n if n == *b => Some(*a),
            _ => None,
        };
        self.segments.iter().filter_map(other).filter(move |n| self.nodes[*n].row == row)
    }

    /// Sorts each row by the middle of its neighbours, down and up, and keeps what crosses least.
    fn order(&mut self) {
        let mut best = (self.crossings(), self.rows.clone());
        for sweep in 0..SWEEPS {
            for (row, beside) in sweep_rows(self.rows.len(), sweep) {
                let place = |n: usize| self.rows[beside].iter().position(|m| *m == n).unwrap_or(0);
                let mut keyed: Vec<(usize, usize)> = Vec::new();
                for (at, node) in self.rows[row].iter().enumerate() {
                    let places: Vec<usize> = self.neighbours(*node, beside).map(place).collect();
                    // In hundredths of a place; who has no neighbour stays about where it is.
                    let middle = match places.len() {
                        0 => at * 100,
                        n => places.iter().sum::<usize>() * 100 / n,
                    };
                    // A few at most: the library's sorting would be larger than all this.
                    let place = keyed.iter().position(|(other, _)| *other > middle);
                    keyed.insert(place.unwrap_or(keyed.len()), (middle, *node));
                }
                self.rows[row] = keyed.into_iter().map(|(_, node)| node).collect();
            }
            let crossings = self.crossings();
            if crossings < best.0 {
                best = (crossings, self.rows.clone());
            }
        }
        self.rows = best.1;
    }

    fn crossings(&self) -> usize {
        let place = |n: usize| self.rows[self.nodes[n].row].iter().position(|m| *m == n);
        let ends = |(a, b): &(usize, usize)| {
            let (high, low) =
                if self.nodes[*a].row < self.nodes[*b].row { (*a, *b) } else { (*b, *a) };
            (self.nodes[high].row, place(high), place(low))
        };
        let ends: Vec<_> = self.segments.iter().map(ends).collect();
        let cross = |(one, other): (usize, usize)| {
            let ((row, a, b), (other_row, c, d)) = (ends[one], ends[other]);
            row == other_row && ((a < c && b > d) || (a > c && b < d))
        };
        let pairs = (0..ends.len()).flat_map(|one| (0..one).map(move |other| (one, other)));
        pairs.filter(|pair| cross(*pair)).count()
    }

    /// Moves each node towards the middle of its neighbours, as far as its row allows.
    fn spread(&mut self) {
        let widths = (0..self.rows.len()).map(|row| self.offsets(row).1);
        let width = widths.max().unwrap_or(0).max(WIDTH);
        for row in 0..self.rows.len() {
            self.settle(row, &vec![width / 2; self.rows[row].len()], width);
        }
        for sweep in 0..SWEEPS {
            for (row, beside) in sweep_rows(self.rows.len(), sweep) {
                let mut wanted = Vec::new();
                for node in &self.rows[row] {
                    let xs: Vec<i32> =
                        self.neighbours(*node, beside).map(|n| self.nodes[n].x).collect();
                    wanted.push(match xs.len() {
                        0 => self.nodes[*node].x,
                        n => xs.iter().sum::<i32>() / n as i32,
                    });
                }
                self.settle(row, &wanted, width);
            }
        }
    }

    /// Where each node of a row would stand if the row began at 0, and where it would end.
    fn offsets(&self, row: usize) -> (Vec<i32>, i32) {
        let mut end = 0;
        let mut offsets = Vec::new();
        for node in &self.rows[row] {
            let width = self.nodes[*node].width();
            offsets.push(end + width / 2);
            end += width + SPACE;
        }
        (offsets, end - SPACE)
    }

    /// Puts the nodes of a row as near to where they are wanted as their widths allow: who would
    /// overlap is moved as one block to the middle of what its members want.
    fn settle(&mut self, row: usize, wanted: &[i32], width: i32) {
        let (offsets, end) = self.offsets(row);
        // Sum of wishes and number of members.
        let mut blocks: Vec<(i32, i32)> = Vec::new();
        for (wish, offset) in wanted.iter().zip(&offsets) {
            let mut block = (wish - offset, 1);
            while let Some(last) = blocks.last().copied()
                && last.0 * block.1 >= block.0 * last.1
            {
                block = (block.0 + last.0, block.1 + last.1);
                blocks.pop();
            }
            blocks.push(block);
        }
        let starts = blocks
            .iter()
            .flat_map(|(sum, n)| core::iter::repeat_n(sum.div_euclid(*n), *n as usize));
        for ((node, start), offset) in self.rows[row].iter().zip(starts).zip(&offsets) {
            self.nodes[*node].x = start.clamp(0, width - end) + offset;
        }
    }

    fn draw(mut self, table: &Table, pairs: Vec<Pair>) -> Layout {
        let left = self.nodes.iter().map(|node| node.x - node.width() / 2).min().unwrap_or(0);
        for node in &mut self.nodes {
            node.x += MARGIN - left;
        }
        let right = self.nodes.iter().map(|node| node.x + node.width() / 2).max().unwrap_or(0);
        let boxes = table.states.iter().zip(&self.nodes).map(|(state, node)| Place {
            state,
            at: Point { x: node.x - BOX_WIDTH / 2, y: top(node.row) },
        });
        let boxes = boxes.collect();
        let arrows = pairs.into_iter().zip(&self.routes).map(|((from, to, ways), route)| Arrow {
            from: table.states[from],
            to: table.states[to],
            ways,
            points: self.points(route),
            label: self.label(route[0], route[1]),
        });
        let arrows = arrows.collect();
        let height = top(self.rows.len().max(1) - 1) + BOX_HEIGHT + MARGIN;
        Layout { width: right + MARGIN, height, boxes, arrows }
    }

    fn points(&self, route: &[usize]) -> Vec<Point> {
        let mut points = Vec::new();
        for step in route.windows(2) {
            let up = self.nodes[step[0]].row > self.nodes[step[1]].row;
            for (node, beside, leaves) in [(step[0], step[1], true), (step[1], step[0], false)] {
                // An arrow leaves at the bottom if it goes down, and arrives there if it goes up.
                let y = top(self.nodes[node].row) + if up == leaves { 0 } else { BOX_HEIGHT };
                points.push(Point { x: self.port(node, beside, leaves).0, y });
            }
        }
        points
    }

    fn label(&self, from: usize, next: usize) -> Point {
        let (x, place) = self.port(from, next, true);
        let away = LABEL * (1 + place as i32 % 3);
        let row = self.nodes[from].row;
        let up = row > self.nodes[next].row;
        Point { x, y: if up { top(row) - away } else { top(row) + BOX_HEIGHT + away } }
    }

    /// Where the arrow to (`leaves`) or from a neighbour touches a box, and how many arrows leave
    /// the box on its left at the same side.
    fn port(&self, node: usize, beside: usize, leaves: bool) -> (i32, usize) {
        let Node { x, row, lane } = self.nodes[node];
        if lane.is_some() {
            return (x, 0);
        }
        let side = self.nodes[beside].row < row;
        // Of two between the same boxes the one that goes down is on the left.
        let port = |other: usize, out: bool| (self.nodes[other].x, out == side, other, out);
        let ports = self.segments.iter().filter_map(|(from, to)| match node {
            n if n == *from => Some(port(*to, true)),
            n if n == *to => Some(port(*from, false)),
            _ => None,
        });
        let (mut all, mut left, mut leaving) = (0, 0, 0);
        for other in ports.filter(|port| (self.nodes[port.2].row < row) == side) {
            all += 1;
            if other < port(beside, leaves) {
                left += 1;
                leaving += usize::from(other.3);
            }
        }
        (x - BOX_WIDTH / 2 + BOX_WIDTH * (left + 1) / (all + 1), leaving)
    }
}

fn top(row: usize) -> i32 {
    MARGIN + row as i32 * (BOX_HEIGHT + GAP)
}

/// The rows of one sweep, each with the row beside it that it looks at: downwards, then upwards.
fn sweep_rows(rows: usize, sweep: usize) -> Vec<(usize, usize)> {
    match sweep % 2 {
        0 => (1..rows).map(|row| (row, row - 1)).collect(),
        _ => (1..rows).rev().map(|row| (row - 1, row)).collect(),
    }
}

//! Every protocol's table can be drawn, and what is drawn is the table.

use super::layout::{BOX_HEIGHT, BOX_WIDTH, Layout, Place, Point};
use crate::protocols::ALL;

/// Left, top, right, bottom.
fn bounds(place: &Place) -> [i32; 4] {
    let Point { x, y } = place.at;
    [x, y, x + BOX_WIDTH, y + BOX_HEIGHT]
}

fn inside([left, top, right, bottom]: [i32; 4], point: Point) -> bool {
    left < point.x && point.x < right && top < point.y && point.y < bottom
}

#[test]
fn no_two_boxes_overlap() {
    for protocol in ALL {
        let layout = Layout::of(protocol.table);
        assert_eq!(layout.boxes.len(), protocol.table.states.len(), "{}", protocol.id);
        for (n, one) in layout.boxes.iter().enumerate() {
            let [left, top, right, bottom] = bounds(one);
            assert!(left >= 0 && top >= 0 && right <= layout.width && bottom <= layout.height);
            for other in &layout.boxes[..n] {
                let [l, t, r, b] = bounds(other);
                let apart = right < l || r < left || bottom < t || b < top;
                assert!(apart, "{}: {} and {}", protocol.id, one.state.id, other.state.id);
            }
        }
    }
}

#[test]
fn arrows_go_from_the_edge_of_their_box_to_that_of_the_other_past_all_boxes() {
    for protocol in ALL {
        let layout = Layout::of(protocol.table);
        for arrow in &layout.arrows {
            let what = format!("{}: {} to {}", protocol.id, arrow.from.id, arrow.to.id);
            let ends = [(arrow.from, arrow.points.first()), (arrow.to, arrow.points.last())];
            for (state, end) in ends {
                let (Some(place), Some(end)) = (layout.place(state), end) else {
                    panic!("{what}: nothing at an end");
                };
                let [left, top, right, bottom] = bounds(place);
                assert!(left <= end.x && end.x <= right, "{what}: {end:?}");
                assert!(end.y == top || end.y == bottom, "{what}: {end:?}");
            }
            assert!(arrow.points.len() % 2 == 0 && arrow.points.len() >= 2, "{what}");
            for row in arrow.points[1..].chunks_exact(2) {
                assert_eq!(row[0].x, row[1].x, "{what}: a lane is straight along a row");
                let middle = Point { x: row[0].x, y: (row[0].y + row[1].y) / 2 };
                let hit = layout.boxes.iter().find(|place| inside(bounds(place), middle));
                assert!(hit.is_none(), "{what} goes through {:?}", hit.map(|hit| hit.state.id));
            }
            let hidden = layout.boxes.iter().any(|place| inside(bounds(place), arrow.label));
            assert!(!hidden, "{what}: its label is on a box");
        }
    }
}

#[test]
fn every_edge_of_the_table_is_in_one_arrow() {
    for protocol in ALL {
        let layout = Layout::of(protocol.table);
        let edges = protocol.table.edges();
        for edge in &edges {
            let arrow = layout.arrow(edge.from, edge.to).expect("each edge has an arrow");
            let way = |(verb, rule): &(_, &crate::table::Rule)| {
                *verb == edge.verb && rule.code == edge.rule.code
            };
            assert!(arrow.ways.iter().any(way), "{}: {}", protocol.id, edge.verb.name);
        }
        let ways: usize = layout.arrows.iter().map(|arrow| arrow.ways.len()).sum();
        assert_eq!(ways, edges.len(), "{}", protocol.id);
    }
}

#[test]
fn the_first_state_is_in_the_first_row_and_the_drawing_fits_a_pane() {
    for protocol in ALL {
        let layout = Layout::of(protocol.table);
        let first = layout.place(protocol.table.start()).map(|place| place.at.y);
        assert_eq!(first, layout.boxes.iter().map(|place| place.at.y).min());
        assert!(layout.width <= 360, "{}: {} wide", protocol.id, layout.width);
    }
}

#[test]
fn what_no_arrow_leads_to_is_reached_on_the_right() {
    for protocol in ALL {
        let layout = Layout::of(protocol.table);
        let (start, end) = (protocol.table.start(), protocol.table.end());
        let way = layout.jump(start, end).expect("both states have boxes");
        let right = layout.boxes.iter().map(|place| place.at.x + BOX_WIDTH).max();
        assert!(Some(way[1].x) > right && way[1].x == way[2].x && way[1].x < layout.width);
        assert_eq!(way[3].y, layout.boxes[layout.boxes.len() - 1].at.y + BOX_HEIGHT / 2);
    }
}

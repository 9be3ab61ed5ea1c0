use shared::machine::Note;

use super::*;
use crate::state::Lab;
use crate::state::testing::timed;

const BY_STEP: Options = Options { to_scale: false, width: 240 };
const TO_SCALE: Options = Options { to_scale: true, width: 240 };

const TRANSFERS: [&str; 7] =
    ["USER student", "PASS lab-secret", "PASV", "RETR readme.txt", "PASV", "NLST", "QUIT"];

fn of(lab: &Lab, options: Options) -> Ladder {
    Ladder::of(lab.entries().enumerate(), options)
}

#[test]
fn every_entry_has_a_rung_below_the_one_before() {
    let lab = timed("ftp", &TRANSFERS);
    for options in [BY_STEP, TO_SCALE] {
        let ladder = of(&lab, options);
        assert_eq!(ladder.rungs.len(), lab.len());
        assert!(ladder.rungs.windows(2).all(|pair| pair[1].y - pair[0].y >= RUNG));
        assert!(ladder.rungs.iter().all(|rung| rung.y < ladder.height));
        assert_eq!(ladder.rung(3).map(|rung| rung.n), Some(3));
    }
}

#[test]
fn a_data_lane_begins_and_ends_with_its_connection_and_leaves_its_place() {
    let ladder = of(&timed("ftp", &TRANSFERS), BY_STEP);
    let [control, first, second] = &ladder.lanes[..] else { panic!("{:#?}", ladder.lanes) };
    assert_eq!((control.column, first.column, second.column), (0, 1, 1));
    assert!(control.top < first.top && first.bottom < second.top, "{:#?}", ladder.lanes);
    assert!(first.is_over() && second.is_over() && control.is_over());
    assert_eq!(ladder.columns, 2);
    let data: Vec<_> = ladder.rungs.iter().filter(|rung| rung.what == What::Data).collect();
    assert_eq!(data.iter().map(|rung| rung.lane).collect::<Vec<_>>(), [1, 2]);
    assert_eq!((data[0].direction, &*data[0].label), (Some(Direction::Received), "641 octets"));
}

#[test]
fn connections_one_after_the_other_share_a_column() {
    let ladder = of(&timed("gopher", &["1/pub", "0/readme.txt", "1"]), BY_STEP);
    assert_eq!(ladder.lanes.len(), 3);
    assert_eq!(ladder.columns, 1);
}

#[test]
fn a_part_of_a_session_is_drawn_from_its_top() {
    let lab = timed("ftp", &TRANSFERS);
    let data = lab.entries().position(|entry| matches!(entry.kind, Kind::Data { .. }));
    let start = data.expect("a file came");
    let part = Ladder::of(lab.entries().enumerate().skip(start), BY_STEP);
    assert_eq!(part.rungs[0].n, start);
    assert!(part.lanes.iter().take(2).all(|lane| lane.top <= TOP + NAME), "{:#?}", part.lanes);
}

#[test]
fn passwords_are_never_shown() {
    for (protocol, commands) in [
        ("ftp", &["USER student", "PASS lab-secret"][..]),
        ("imap", &["LOGIN student lab-secret"]),
        ("telnet", &["student", "lab-secret"]),
    ] {
        let svg = svg(&of(&timed(protocol, commands), BY_STEP), protocol);
        assert!(svg.contains("********") && !svg.contains("lab-secret"), "{svg}");
    }
}

#[test]
fn time_takes_room_only_to_scale_and_long_waits_are_cut() {
    let lab = timed("smtp", &["EHLO you.lab"]);
    let (steps, scaled) = (of(&lab, BY_STEP), of(&lab, TO_SCALE));
    let command = |ladder: &Ladder| {
        let at = ladder.rungs.iter().position(|rung| rung.label == "EHLO you.lab");
        at.expect("the command has a rung")
    };
    let at = command(&scaled);
    assert!(scaled.rungs[at].cut, "the client thought for two seconds");
    assert_eq!(scaled.rungs[at].y - scaled.rungs[at - 1].y, RUNG + CUT);
    let reply = &scaled.rungs[at + 1];
    assert_eq!(
        (reply.y - scaled.rungs[at].y, reply.wait.as_millis(), reply.cut),
        (RUNG + 3, 3, false)
    );
    assert!(steps.rungs.iter().all(|rung| !rung.cut) && steps.height < scaled.height);
}

#[test]
fn the_window_holds_the_shown_step_and_a_long_session_costs_no_more() {
    assert_eq!(window(10, 50), 0);
    assert_eq!(window(99_999, 100_000), 100_000 - WINDOW);
    for shown in [0, 149, 150, 50_000, 99_700] {
        let first = window(shown, 100_000);
        assert!((first..first + WINDOW).contains(&shown), "{shown}");
    }
}

#[test]
fn the_file_is_well_formed_and_says_every_command() {
    let lab = timed("smtp", &["EHLO you.lab", "MAIL FROM:<a@b>", "RSET", "QUIT"]);
    let hostile = Kind::Note(Note::info("</g><\"&'>]]>\u{7}\u{85}"));
    let hostile = Entry { at: Tick::default(), conn: Conn::MAIN, offset: 0, kind: hostile };
    let entries = lab.entries().chain([&hostile]).enumerate();
    let svg = svg(&Ladder::of(entries, BY_STEP), "SMTP & <practice.lab>");
    for command in ["EHLO you.lab", "MAIL FROM:&lt;a@b&gt;", "RSET", "QUIT"] {
        assert!(svg.contains(command), "{command} is not in\n{svg}");
    }
    assert!(svg.contains("<title id=\"title\">SMTP &amp; &lt;practice.lab&gt;</title>"));
    let forbidden = |c: char| c.is_control() && c != '\n';
    assert!(!svg.contains(forbidden));
    // Without the tags, no mark of XML is left but what entities need.
    let mut text = String::new();
    let mut inside = false;
    for c in svg.chars() {
        match (c, inside) {
            ('<', false) => inside = true,
            ('>', true) => inside = false,
            ('<', true) | ('>', false) => panic!("a tag is torn near {text}"),
            (c, false) => text.push(c),
            _ => {}
        }
    }
    assert_eq!(svg.matches("<g").count(), svg.matches("</g>").count());
}

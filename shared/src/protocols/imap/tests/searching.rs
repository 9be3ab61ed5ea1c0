//! SEARCH, SORT and THREAD on the practice server.

use super::*;

fn found(bench: &mut Bench, keys: &str) -> String {
    let answer = bench.ask(format!("s SEARCH {keys}\r\n").as_bytes());
    let line = answer.lines().next().unwrap_or_default();
    line.strip_prefix("* SEARCH").unwrap_or(&answer).trim().to_string()
}

#[test]
fn every_key_finds_what_it_says() {
    let mut bench = inbox();
    for (keys, numbers) in [
        ("ALL", "1 2 3 4 5"),
        ("SEEN", "1 2"),
        ("UNSEEN UNFLAGGED", "3 5"),
        ("ANSWERED", "1"),
        ("FLAGGED KEYWORD pictures", "4"),
        ("UNKEYWORD Pictures", "1 2 3 5"),
        ("NEW", "3 4 5"),
        ("OLD", ""),
        ("RECENT NOT SEEN", "3 4 5"),
        ("FROM alice", "2 4"),
        ("FROM ALIC\u{e9}", "4"),
        ("SUBJECT \"Lines that\"", "2"),
        ("TO practice.lab", "1 2 3 4 5"),
        ("CC x", ""),
        ("HEADER MIME-Version \"\"", "4 5"),
        ("HEADER Message-ID dots", "2"),
        ("BODY {4+}\r\nGr\u{fc}", "4"),
        ("BODY \"one pixel\"", "4"),
        ("BODY iVBORw0KGgo", ""),
        ("TEXT bounce", "5"),
        ("TEXT \"picture\"", "4"),
        ("BEFORE 31-Dec-2025", "1 2"),
        ("ON 31-Dec-2025", "3"),
        ("SINCE \"31-Dec-2025\"", "3 4 5"),
        ("SENTON 31-Dec-2025", "3"),
        ("SENTBEFORE 29-Dec-2025", "1"),
        ("SENTSINCE 4-Jan-2026", "5"),
        ("LARGER 500", "4 5"),
        ("SMALLER 370", "2"),
        ("OLDER 500000", "1 2"),
        ("YOUNGER 100000", "5"),
        ("UID 2:3", "2 3"),
        ("UID 7:*", "5"),
        ("1,3:*", "1 3 4 5"),
        ("NOT 1:4", "5"),
        ("OR SEEN FLAGGED", "1 2 4"),
        ("OR (1 SEEN) (NOT (2 SEEN) 2:3)", "1 3"),
        ("CHARSET utf-8 SUBJECT Bild", "4"),
    ] {
        let bytes = keys.replace("ALIC\u{e9}", "{6+}\r\nALIC\u{e9}");
        assert_eq!(found(&mut bench, &bytes), numbers, "{keys}");
    }
    answers(&mut bench, "a SEARCH 9", "a BAD");
    answers(&mut bench, "b SEARCH CHARSET KOI8-R ALL", "b NO [BADCHARSET (US-ASCII UTF-8)]");
    answers(&mut bench, "c SEARCH MODSEQ 5", "c BAD MODSEQ");
    answers(&mut bench, &format!("d SEARCH{}", " ALL".repeat(65)), "d NO [LIMIT]");
    let deep = format!("e SEARCH {}ALL{}", "(".repeat(30), ")".repeat(30));
    answers(&mut bench, &deep, "e BAD");
    answers(&mut bench, "f UID SEARCH UNSEEN", "* SEARCH 3 4 5");
}

#[test]
fn a_search_returns_what_is_asked_for_and_can_be_saved() {
    let mut bench = inbox();
    answers(&mut bench, "a SEARCH RETURN () UNSEEN", "* ESEARCH (TAG \"a\") ALL 3:5\r\n");
    answers(&mut bench, "b SEARCH RETURN (MIN MAX COUNT) UNSEEN", "MIN 3 MAX 5 COUNT 3");
    answers(&mut bench, "c UID SEARCH RETURN (ALL) FLAGGED", "* ESEARCH (TAG \"c\") UID ALL 4");
    answers(&mut bench, "d SEARCH RETURN (COUNT) DELETED", "* ESEARCH (TAG \"d\") COUNT 0");
    answers(&mut bench, "e SEARCH RETURN (PARTIAL 1:2) ALL", "e BAD");
    assert_eq!(bench.ask(b"f SEARCH RETURN (SAVE) SEEN\r\n"), "f OK searched\r\n");
    answers(&mut bench, "g FETCH $ UID", "* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2)\r\ng OK");
    answers(&mut bench, "h SEARCH RETURN (SAVE MIN) UNSEEN", "MIN 3");
    answers(&mut bench, "i UID STORE $ +FLAGS.SILENT (saved)", "i OK");
    assert_eq!(found(&mut bench, "KEYWORD saved"), "3");
    assert_eq!(found(&mut bench, "NOT $"), "1 2 4 5");
    answers(&mut bench, "j UNSELECT", "j OK");
    answers(&mut bench, "k ENABLE IMAP4rev2", "k OK");
    answers(&mut bench, "l SELECT INBOX", "* LIST () \"/\" INBOX");
    answers(&mut bench, "m SEARCH SEEN", "* ESEARCH (TAG \"m\") ALL 1:2");
    assert_eq!(bench.ask(b"n FETCH $ UID\r\n"), "n OK that was all\r\n", "nothing is saved yet");
}

#[test]
fn messages_are_sorted_and_put_together() {
    let mut bench = inbox();
    answers(&mut bench, "a SORT (SIZE) UTF-8 ALL", "* SORT 2 1 3 5 4\r\n");
    answers(&mut bench, "b SORT (REVERSE DATE) UTF-8 ALL", "* SORT 5 4 3 2 1\r\n");
    answers(&mut bench, "c UID SORT (SUBJECT) UTF-8 UNSEEN", "* SORT 3 4 5\r\n");
    answers(&mut bench, "d SORT (FROM REVERSE ARRIVAL) US-ASCII ALL", "* SORT 4 2 3 5 1\r\n");
    answers(&mut bench, "e THREAD REFERENCES UTF-8 ALL", "e BAD the algorithm REFERENCES");
    answers(&mut bench, "f THREAD ORDEREDSUBJECT UTF-8 ALL", "* THREAD (1)(2)(3)(4)(5)\r\n");
    answers(&mut bench, "g SELECT Archive/2025", "g OK");
    answers(&mut bench, "h UID THREAD ORDEREDSUBJECT UTF-8 ALL", "* THREAD (1 (2)(3))\r\n");
    answers(&mut bench, "i THREAD ORDEREDSUBJECT UTF-8 2:3", "* THREAD (2 3)\r\n");
    answers(&mut bench, "j THREAD ORDEREDSUBJECT UTF-8 DELETED", "* THREAD\r\n");
    answers(&mut bench, "k SORT (CC TO) UTF-8 DELETED", "* SORT\r\n");
}

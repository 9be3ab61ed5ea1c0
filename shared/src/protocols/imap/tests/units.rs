//! Small pieces.

use super::super::{date, utf7};
use crate::world::Date;

#[test]
fn imap_23_modified_utf_7() {
    for (name, coded) in [
        ("\u{263a}", "&Jjo-"),
        ("&", "&-"),
        ("\u{53f0}\u{5317}", "&U,BTFw-"),
        (
            "~peter/mail/\u{53f0}\u{5317}/\u{65e5}\u{672c}\u{8a9e}",
            "~peter/mail/&U,BTFw-/&ZeVnLIqe-",
        ),
        ("a\u{1f600}b", "a&2D3eAA-b"),
        ("Gr\u{fc}\u{df}e & K\u{fc}sse", "Gr&APwA3w-e &- K&APw-sse"),
        ("plain", "plain"),
    ] {
        assert_eq!(utf7::encode(name), coded);
        assert_eq!(utf7::decode(coded).as_deref(), Some(name));
    }
    for wrong in ["&Jjo!", "&Jjo", "&Jj-", "&2D0-", "&AGE-", "\u{fc}", "&Jjo=-"] {
        assert_eq!(utf7::decode(wrong), None, "{wrong}");
    }
}

#[test]
fn dates_are_read_as_they_are_written() {
    let date = Date(1_706_745_723);
    assert_eq!(date::internal(date), " 1-Feb-2024 00:02:03 +0000");
    assert_eq!(date::parse_internal(" 1-Feb-2024 01:02:03 +0100"), Some(date));
    assert_eq!(date::parse_internal("31-Jan-2024 18:02:03 -0600"), Some(date));
    for wrong in
        ["1-Feb-2024 01:02:03 +0100", " 1-Feb-2024 01:02:03", "32-Jan-2024 01:02:03 +0100", ""]
    {
        assert_eq!(date::parse_internal(wrong), None, "{wrong}");
    }
    assert_eq!(date::parse_day("1-Feb-2024"), Some(19_754));
    assert_eq!(date::parse_day("1-feb-24"), None);
    let sent = date::header("Thu, 1 Feb 2024 01:02:03 +0100 (CET)");
    assert_eq!(sent, Some((19_754, date)));
    assert_eq!(date::header("1 Feb 2024 00:02 GMT").map(|(day, _)| day), Some(19_754));
    assert_eq!(date::header("never"), None);
}

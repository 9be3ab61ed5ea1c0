//! What the lab's page needs to go on from the shown step.

use shared::room::Shown;

use super::Room;

/// Why there is no way to go on, or nothing if nobody said why.
pub fn can_begin(shown: &Shown) -> Result<(), Option<&str>> {
    match &shown.begin.no_try {
        Some(why) => Err(Some(why)),
        None if shown.journal.is_empty() => Err(None),
        None => Ok(()),
    }
}

/// Code, number, name, shown lines, protocol, and the record in base64: each in a line of its own.
pub fn handed_over(room: &Room, record: &str) -> String {
    let shown = &room.shown;
    let lines = shown.shown().len();
    let number: String = room.number().iter().map(|octet| format!("{octet:02x}")).collect();
    // A line end within a name would make two lines of it.
    let name: String = room.name().chars().filter(|c| !c.is_control()).collect();
    [room.code.as_str(), &number, &name, &lines.to_string(), &shown.begin.protocol, record]
        .join("\n")
}

/// Where the lab's page takes it up.
pub fn address(shown: &Shown) -> String {
    format!("/#/{}?try", shown.begin.protocol)
}

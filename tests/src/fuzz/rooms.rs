//! A room: any octets are a message or none, and what a presenter says changes a room as a whole or not
//! at all.

use shared::room::{FromRelay, Item, MAX_JOURNAL, MAX_LINES, MAX_OCTETS, Seen, Shown, ToRelay};

/// Messages, each behind two octets with its length. The first of those octets also says whether it is
/// only looked at.
pub fn rooms(octets: &[u8]) {
    let (mut rest, mut shown) = (octets, Shown::default());
    while let [high, low, behind @ ..] = rest {
        let length = usize::from(high & 0x7f) << 8 | usize::from(*low);
        let (message, next) = behind.split_at(length.min(behind.len()));
        rest = next;
        if let Some(from) = FromRelay::decode(message) {
            assert_eq!(FromRelay::decode(&from.encode()), Some(from));
        }
        let Some(to) = ToRelay::decode(message) else { continue };
        assert_eq!(ToRelay::decode(&to.encode()).as_ref(), Some(&to));
        if let ToRelay::Say(items) = to {
            say(&mut shown, items, high & 0x80 != 0);
        }
    }
    let items: Vec<Item> = shown.items().collect();
    let mut again = Shown::default();
    again.apply_all(items.clone()).expect("what a room shows can be told again");
    assert_eq!(again, shown);
    let whole = FromRelay::Whole { seen: Seen { born: 1, batch: 2 }, items };
    assert_eq!(FromRelay::decode(&whole.encode()), Some(whole));
}

fn say(shown: &mut Shown, items: Vec<Item>, looks: bool) {
    let before = shown.clone();
    let fits = shown.check_all(items.clone());
    assert_eq!(*shown, before, "a look changes nothing");
    if looks {
        return;
    }
    let mut one_by_one = before.clone();
    let all = items.clone().into_iter().try_for_each(|item| one_by_one.apply(item));
    assert_eq!(all, fits);
    assert_eq!(shown.apply_all(items), fits);
    assert_eq!(*shown, if fits.is_ok() { one_by_one } else { before });
    assert!(shown.lines.len() <= MAX_LINES && shown.octets() <= MAX_OCTETS + MAX_JOURNAL);
    assert!(shown.shown().len() <= shown.lines.len());
    assert!(shown.looked_at().is_none_or(|line| line < shown.shown().len()));
}

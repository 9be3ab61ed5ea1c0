use super::*;

const USER: &str = "u";

fn mail() -> Mail {
    let mut mail = Mail::default();
    mail.add(USER);
    mail
}

fn names(mail: &Mail) -> Vec<&str> {
    mail.mailboxes(USER).map(|(name, _)| name).collect()
}

#[test]
fn a_mailbox_brings_the_ones_above_it() {
    let mut mail = mail();
    mail.create(USER, "A/b/c", None).expect("nothing is in the way");
    assert_eq!(names(&mail), ["INBOX", "A", "A/b", "A/b/c"]);
    assert_eq!(mail.create(USER, "A/b", None), Err(Refusal::Exists));
    assert_eq!(mail.create(USER, "INBOX", None), Err(Refusal::Inbox));
    assert_eq!(mail.delete(USER, "A/b"), Err(Refusal::HasChildren));
    mail.rename(USER, "A", "Z/y").expect("nothing is in the way");
    assert_eq!(names(&mail), ["INBOX", "Z", "Z/y", "Z/y/b", "Z/y/b/c"]);
    assert_eq!(mail.rename(USER, "Z", "Z/y/b/c/d"), Err(Refusal::Exists));
}

#[test]
fn the_id_stays_with_a_mailbox_and_is_never_given_again() {
    let mut mail = mail();
    let id = mail.create(USER, "A", None).expect("it is new");
    mail.rename(USER, "A", "B").expect("B is free");
    assert_eq!(mail.by_id(USER, id).map(|(name, _)| name), Some("B"));
    mail.delete(USER, "B").expect("it is there");
    assert_ne!(mail.create(USER, "B", None), Ok(id));
}

#[test]
fn renaming_the_inbox_moves_its_messages_only() {
    let mut mail = mail();
    mail.deliver(USER, b"x", Date(0)).expect("it fits");
    let id = mail.mailbox(USER).map(Mailbox::id);
    mail.lock(USER, 1);
    assert_eq!(mail.rename(USER, INBOX, "Old"), Err(Refusal::Locked));
    mail.unlock(USER, 1);
    mail.rename(USER, INBOX, "Old").expect("Old is free");
    assert_eq!(mail.mailbox(USER).map(|inbox| inbox.messages().len()), Some(0));
    assert_eq!(mail.mailbox(USER).map(Mailbox::id), id);
    assert_eq!(mail.named(USER, "Old").map(|old| old.messages().len()), Some(1));
}

#[test]
fn changes_are_counted_and_locks_are_none() {
    let mut mail = mail();
    let before = mail.changes();
    mail.lock(USER, 1);
    mail.unlock(USER, 1);
    let id = mail.mailbox(USER).map_or(0, Mailbox::id);
    assert_eq!(mail.claim_recent(USER, id), Some(1));
    assert_eq!(mail.changes(), before);
    mail.deliver(USER, b"x", Date(0)).expect("it fits");
    assert!(mail.changes() > before);
}

#[test]
fn flags_are_the_same_in_any_case() {
    let mut flags = Flags::of(["\\seen", "Work"]);
    flags.add("\\SEEN");
    flags.add("work");
    assert_eq!(flags.iter().collect::<Vec<_>>(), ["\\Seen", "Work"]);
    flags.remove("WORK");
    assert!(flags.has("\\sEEn") && flags.keywords().next().is_none());
}

#[test]
fn names_are_limited() {
    let mut mail = mail();
    for n in 1..MAILBOXES {
        mail.create(USER, &n.to_string(), None).expect("there is room");
    }
    assert_eq!(mail.create(USER, "one more", None), Err(Refusal::TooMany));
}

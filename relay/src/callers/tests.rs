use super::*;
use crate::config::RoomSettings;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn at(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

#[test]
fn a_network_is_one_address() {
    assert_eq!(place(ip("2001:db8:1:2:3:4:5:6")), place(ip("2001:db8:1:2::")));
    assert_ne!(place(ip("2001:db8:1:2::1")), place(ip("2001:db8:1:3::1")));
    assert_eq!(place(ip("::ffff:192.0.2.1")), ip("192.0.2.1"));
    assert_ne!(place(ip("192.0.2.1")), place(ip("192.0.2.2")));
}

#[test]
fn who_opens_too_fast_waits_and_others_do_not() {
    let limits = Limits { opens: Rate::new(10, 5), ..Limits::default() };
    let mut table = Table::new();
    let (fast, other) = (ip("192.0.2.1"), ip("192.0.2.2"));
    assert_eq!((0..1000).filter(|_| table.open(fast, at(0), &limits).is_ok()).count(), 5);
    let UsedUp { text, wait } = table.open(fast, at(0), &limits).unwrap_err();
    assert_eq!(wait, at(100));
    assert_eq!(text, "The relay's limit `opens` is used up: 10/s, 5 at once. Try again in 0.2 s.");
    assert_eq!(table.open(other, at(0), &limits), Ok(()));
    assert_eq!(table.open(fast, at(100), &limits), Ok(()));
}

/// Refusals of one address cost the others nothing; what is opened counts for all.
#[test]
fn all_of_them_together_are_limited_too() {
    let limits =
        Limits { opens: Rate::new(1, 3), opens_in_all: Rate::new(1, 4), ..Limits::default() };
    let mut table = Table::new();
    let (one, two) = (ip("192.0.2.1"), ip("192.0.2.2"));
    assert_eq!((0..100).filter(|_| table.open(one, at(0), &limits).is_ok()).count(), 3);
    assert_eq!((0..100).filter(|_| table.open(two, at(0), &limits).is_ok()).count(), 1);
    assert!(table.open(two, at(0), &limits).unwrap_err().text.contains("`opens-in-all`"));
}

/// Forty students behind one address, each with a few tabs, and a lesson that opens at once.
#[test]
fn a_class_behind_one_address_fits_the_usual_limits() {
    let limits = Limits::default();
    let callers = Arc::new(Callers::new());
    let school = ip("192.0.2.1");
    let connections: Vec<_> =
        (0..40 * 6).map(|_| callers.connection(school, &limits).ok()).collect();
    let mut guests: Vec<_> =
        (0..40 * 4).map(|_| callers.session(school, &limits).ok().unwrap()).collect();
    assert!(connections.iter().all(Option::is_some));
    for guest in &mut guests {
        for sockets in 0..8 {
            assert_eq!(guest.open(sockets, &limits), Ok(()));
        }
    }
}

#[test]
fn what_ends_makes_room() {
    let limits = Limits {
        connections_per_address: 1,
        sessions_per_address: 2,
        sockets: 6,
        sockets_per_address: 5,
        ..Limits::default()
    };
    let callers = Arc::new(Callers::new());
    let (here, there) = (ip("2001:db8::1"), ip("192.0.2.2"));
    let connection = callers.connection(here, &limits).ok().unwrap();
    assert!(callers.connection(here, &limits).is_err());
    assert!(callers.connection(there, &limits).is_ok());
    drop(connection);
    assert!(callers.connection(here, &limits).is_ok());

    let mut first = callers.session(here, &limits).ok().unwrap();
    let mut second = callers.session(ip("2001:db8::2"), &limits).ok().unwrap();
    let Err(used_up) = callers.session(ip("2001:db8::3"), &limits) else { panic!("a third") };
    assert!(used_up.text.contains("`sessions-per-address` is reached: 2"), "{used_up}");

    first.count(4);
    assert_eq!(second.open(0, &limits), Ok(()));
    second.count(1);
    let reset = second.open(1, &limits).unwrap_err();
    assert_eq!(reset.reason, Reason::TOO_MANY_SOCKETS);
    assert!(reset.text.contains("`sockets-per-address` is reached: 5"), "{reset}");
    let mut third = callers.session(there, &limits).ok().unwrap();
    assert_eq!(third.open(0, &limits), Ok(()));
    third.count(1);
    assert!(third.open(1, &limits).unwrap_err().text.contains("`sockets` is reached: 6"));
    drop(first);
    assert_eq!(third.open(1, &limits), Ok(()));
    assert_eq!(second.open(1, &limits), Ok(()));
}

/// However many addresses come, the table stays small, and who is here is not forgotten.
#[test]
fn the_table_is_bounded() {
    let rooms = RoomSettings { viewers_in_all: 5, ..RoomSettings::default() };
    let limits = Limits { connections: 10, sessions: 10, rooms, ..Limits::default() };
    let most = REMEMBERED + 30;
    let mut table = Table::new();
    let here = ip("192.0.2.1");
    table.caller(here, at(0), &limits).sessions = 1;
    for n in 0..100_000u32 {
        let other = IpAddr::from(Ipv6Addr::from_bits(u128::from(n) << 64 | 1 << 125));
        // All at once, so that none of them is as new.
        table.caller(place(other), at(u64::from(n) / 1000), &limits).wrong.reserve(
            at(u64::from(n) / 1000),
            20,
            limits.wrong_tokens,
        );
        assert!(table.callers.len() <= most, "{} after {n}", table.callers.len());
    }
    assert_eq!(table.callers[&here].sessions, 1);
    // An hour later they would all be new again.
    table.forget(at(3_600_000), &limits);
    assert_eq!(table.callers.len(), 1);
}

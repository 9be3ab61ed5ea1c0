//! Files of settings: what they mean, and what is said of mistakes.

use super::Checked;
use crate::config::{Config, Limits, NatsLogin, NatsServers};
use crate::policy::{PolicyName, Verdict};
use std::time::Duration;

/// The examples of `docs/config.md`, in their order: everything, a classroom, a public relay.
fn examples() -> Vec<&'static str> {
    let page = include_str!("../../../docs/config.md");
    page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

#[test]
fn the_examples_of_the_manual_are_right() {
    let examples = examples();
    let [everything, classroom, public] = examples.as_slice() else { panic!("three examples") };
    for (text, name) in [(classroom, PolicyName::Classroom), (public, PolicyName::Public)] {
        let checked = Checked::read(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(checked.config.policy, name);
        assert_eq!(checked.warnings, Vec::<String>::new());
    }
    // The whole list has every key with its usual value, in comments where that is no value.
    let checked = Checked::read(everything).unwrap_or_else(|error| panic!("{error}"));
    let usual = Config::default();
    assert_eq!(checked.config.limits, usual.limits);
    assert_eq!(checked.config.listen, usual.listen);
    let all: String = everything
        .lines()
        .map(|line| line.strip_prefix("#: ").unwrap_or(line).to_owned() + "\n")
        .collect();
    let all = Checked::read(&all).unwrap_or_else(|error| panic!("{error}\n{all}"));
    assert_eq!(all.config.policy, PolicyName::Classroom);
    assert!(all.config.endpoints_file.is_some() && all.config.faults.len() == 1);
    let rule = &all.config.parameters.rules[0];
    assert!(!rule.places.is_empty() && !rule.hosts.is_empty() && !rule.ports.is_empty());
    assert_eq!(format!("{:?}", all.config.limits.rooms.hub), "Some(127.0.0.1:4222)");
    assert!(rule.protocol.is_some() && !rule.actions.is_empty() && !rule.why.is_empty());
}

/// A limit that somebody adds is in the manual, too.
#[test]
fn every_key_is_in_the_manual() {
    let page = include_str!("../../../docs/config.md");
    let shown = format!("{:?}", Limits::default());
    let inner = shown.trim_start_matches("Limits { ").trim_end_matches(" }");
    let keys = inner.split(", ").filter_map(|field| field.split_once(": ")).map(|(key, _)| key);
    let keys: Vec<_> = keys.collect();
    assert!(keys.len() >= 10, "{keys:?}");
    for key in keys {
        let key = key.replace('_', "-");
        assert!(page.contains(&format!("\n{key} = ")), "{key} is not in docs/config.md");
    }
    for class in crate::policy::CLASSES {
        assert!(page.contains(&format!("`{}`", class.id)), "{} is not there", class.id);
    }
}

#[test]
fn nothing_said_is_the_default() {
    let checked = Checked::read("").unwrap();
    assert_eq!(format!("{:?}", checked.config), format!("{:?}", Config::default()));
    let checked = Checked::read("[policy]\nname = 'classroom'").unwrap();
    assert!(checked.warnings[0].contains("name them with hosts"));
    assert!(checked.to_string().contains("Note: policy `classroom`"));
    let checked =
        Checked::read("[policy]\nname = 'public'\n[limits]\nbytes = '1MiB/s, 9MiB at once'");
    assert!(checked.unwrap().warnings[0].contains("strangers may use up the whole line"));
}

#[test]
fn rules_come_before_those_of_the_policy() {
    let text = "
        [policy]
        name = 'public'
        ports = [80, '8000-8080']
        [[policy.rule]]
        name = 'no-lan'
        verdict = 'deny'
        address = ['10.0.0.0/8', 'multicast']
        why = 'Not from here'
        [[policy.rule]]
        name = 'dns'
        verdict = 'allow'
        address = ['1.1.1.1']
        port = [53]
        protocol = 'udp'
        action = ['send', 'listen']
        [limits]
        connect = '1500ms'
        listen = '2h'
        streams = 7
    ";
    let checked = Checked::read(text).unwrap();
    let Limits { connect, listen, streams, sessions, .. } = checked.config.limits;
    assert_eq!((connect, listen), (Duration::from_millis(1500), Duration::from_secs(7200)));
    assert_eq!((streams, sessions), (7, 256));
    let names: Vec<_> = checked.table.rules().iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(
        names[..7],
        ["nowhere", "relay-itself", "taken-port", "no-smtp", "no-lan", "dns", "practice"]
    );
    assert_eq!(names.last(), Some(&"default"));
    assert_eq!(checked.table.rules().last().unwrap().verdict, Verdict::Deny);
    let table = checked.to_string();
    let line = table.lines().find(|line| line.contains("no-lan")).unwrap();
    let words: Vec<_> = line.split_whitespace().collect();
    assert_eq!(
        words,
        ["5", "no-lan", "deny", "any", "any", "any", "10.0.0.0/8", "multicast", "any"]
    );
    assert!(table.contains("80 8000-8080"), "{table}");
}

#[test]
fn mistakes_are_named_with_their_place() {
    for (text, place, what) in [
        ("lisen = '127.0.0.1:80'", (1, 1), "unknown field `lisen`, expected one of `listen`"),
        ("lisen = '127.0.0.1:80'", (1, 1), "Is `listen` meant?"),
        ("\n[policy]\nname = 'publik'", (3, 8), "Is `public` meant?"),
        ("[policy]\nportz = [1]", (2, 1), "Is `ports` meant?"),
        ("[limits]\nconect = '5s'", (2, 1), "Is `connect` meant?"),
        ("[limits]\nconnect = 5", (2, 11), "expected a string"),
        ("[limits]\nconnect = '5'", (2, 11), "\"5s\""),
        ("[limits]\nconnect = '0s'", (2, 11), "is no time"),
        ("[limits]\nconnect = '99999999999999999999h'", (2, 11), "is no time"),
        ("[limits]\nconnect = '200h'", (2, 11), "up to 168h"),
        ("[limits]\nsessions = 0", (2, 12), "expected 1 to 1000000"),
        ("[limits]\nsessions = 9223372036854775807", (2, 12), "expected 1 to 1000000"),
        ("[limits]\nstreams = 65536", (2, 11), "expected 1 to 65535"),
        ("[limits]\nopens = '5'", (2, 9), "is no rate"),
        ("[limits]\nopens = 5", (2, 9), "a text in quotes"),
        ("[limits]\nbytes = '5MB/s, 5MB at once'", (2, 9), "20MiB/s, 64MiB at once"),
        ("[limits]\nsockets-per-adress = 5", (2, 1), "Is `sockets-per-address` meant?"),
        // The token itself does not belong into a file that many read.
        ("[access]\ntoken = 'secret'", (2, 1), "unknown field `token`"),
        ("listen = 'localhost'", (1, 10), "socket address"),
        ("allow-host = []", (1, 14), "the list is empty"),
        ("fault = ['smtp=no-such']", (1, 10), "no-such"),
        ("fault = ['smtp=451-every-3rd-rcpt', 'smtp=451-every-3rd-rcpt']", (1, 9), "two faults"),
        ("[policy]\nhosts = ['a.example']", (2, 9), "`hosts` belongs to policy"),
        ("[policy]\nname = 'classroom'\nhosts = ['10.0.0.1']", (3, 10), "is an address"),
        ("[policy]\nname = 'classroom'\nnetworks = ['10.0.0.1/8']", (3, 13), "10.0.0.0/8 is meant"),
        ("[policy]\nname = 'public'\nports = [80, 65536]", (3, 14), "65536 is no port"),
        ("[policy]\nname = 'public'\nports = ['80-1']", (3, 10), "\"80-1\" is no port"),
        ("[policy]\nname = 'public'\nports = []", (3, 9), "the list is empty"),
        ("[policy]\nname = 'public'\nports = 80", (3, 9), "expected a sequence"),
        ("[[policy.rule]]\nname = 'a'", (1, 1), "missing field `verdict`"),
        ("[[policy.rule]]\nname = 'a'\nverdict = 'refuse'", (3, 11), "unknown variant `refuse`"),
        ("[[policy.rule]]\nname = 'A b'\nverdict = 'deny'", (1, 1), "lower-case letters"),
        (
            "[[policy.rule]]\nname = 'a'\nverdict = 'deny'\naddress = ['privat']",
            (4, 12),
            "Is `private` meant?",
        ),
        (
            "[[policy.rule]]\nname = 'a'\nverdict = 'deny'\naction = ['send']\nprotocol = 'tcp'",
            (1, 1),
            "matches nothing",
        ),
        (
            "[[policy.rule]]\nname = 'a'\nverdict = 'allow'\nhost = ['a.example']\naction = ['send']",
            (1, 1),
            "matches nothing",
        ),
        ("listen = ", (1, 10), ""),
        ("[policy\n", (1, 8), ""),
        ("listen = '127.0.0.1:1'\nlisten = '127.0.0.1:1'", (2, 1), "duplicate key"),
        ("ä = '\u{1}'", (1, 1), ""),
    ] {
        let error = Checked::read(text).expect_err(text);
        assert!(error.what.contains(what), "{text}: {error}");
        assert_eq!(error.place, Some(place), "{text}: {error}");
        assert!(error.to_string().starts_with("settings:"), "{error}");
    }
    let twice = "[[policy.rule]]\nname = 'a'\nverdict = 'deny'\n".repeat(2);
    assert_eq!(Checked::read(&twice).unwrap_err().place, Some((4, 1)));
}

#[test]
fn files_are_read_up_to_a_limit() {
    let folder = std::env::temp_dir().join(format!("wirelab-settings-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("wirelab.toml");
    let missing = super::check(&file).unwrap_err();
    assert!(missing.place.is_none() && missing.to_string().contains("cannot read"), "{missing}");
    std::fs::write(&file, "# ".repeat(600_000)).unwrap();
    assert!(super::check(&file).unwrap_err().what.contains("longer than"));
    std::fs::write(&file, "listen = 1\n").unwrap();
    let place = super::check(&file).unwrap_err().to_string();
    assert!(place.starts_with(&format!("{}:1:10: ", file.display())), "{place}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn nats_servers_have_one_login() {
    let read = |text: &str| text.parse::<NatsServers>();
    let both = read("nats://lab:a%40b@one:4222,nats://lab:a%40b@two").unwrap();
    assert!(both.login == Some(NatsLogin::Password("lab".into(), "a@b".into())));
    assert_eq!(format!("{both:?}"), "one:4222 two:4222", "no log has the password");
    assert!(read("nats://t0ken@one").unwrap().login == Some(NatsLogin::Token("t0ken".into())));
    assert!(read("nats://one").unwrap().login.is_none());
    assert!(read("nats://lab:x@one,nats://lab:y@two").unwrap_err().contains("the same user"));
    assert!(!read("http://lab:x@one").unwrap_err().contains("lab"));
}

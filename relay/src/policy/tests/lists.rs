//! Lists of rules: order, matching, names, and what may be looked up.

use super::super::{
    Action, Denied, Lookup, Net, Parameters, Pattern, Place, PolicyName, Ports, Protocol, Reach,
    Route, Rule, Verdict,
};
use super::{at, doors, host, policy, with};

/// Name, verdict and place of each.
pub(super) fn rules(rules: &[(&str, &str, &str)]) -> Vec<Rule> {
    let rule = |(name, verdict, place): &(&str, &str, &str)| {
        let verdict = if *verdict == "allow" { Verdict::Allow } else { Verdict::Deny };
        Rule { places: vec![place.parse().unwrap()], ..Rule::new(name, verdict) }
    };
    rules.iter().map(rule).collect()
}

fn hosts(texts: &[&str]) -> Vec<Pattern> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn the_first_rule_that_matches_decides_and_is_named() {
    let rules = rules(&[
        ("one", "deny", "1.1.1.1"),
        ("net", "allow", "1.1.1.0/24"),
        ("rest", "deny", "any"),
    ]);
    let parameters = Parameters { rules, ..Parameters::default() };
    let open = with(PolicyName::Open, &parameters, "127.0.0.1:8080");
    assert!(open.check(None, at("1.1.1.2:80"), &doors()).is_ok());
    for (address, rule) in [
        ("1.1.1.1:80", "rule 4 `one` of policy `open`"),
        ("[64:ff9b::1.1.1.1]:80", "rule 4 `one` of policy `open`"),
        ("1.1.2.1:80", "rule 6 `rest` of policy `open`"),
        ("1.1.1.2:0", "rule 1 `nowhere` of policy `open`"),
        ("127.0.0.1:8080", "rule 2 `relay-itself` of policy `open`"),
    ] {
        let why = open.check(None, at(address), &doors()).unwrap_err().to_string();
        assert!(why.contains(rule), "{why}");
    }
}

#[test]
fn each_part_of_a_rule_counts() {
    let rule = Rule {
        hosts: hosts(&["*.example.org"]),
        ports: vec!["8000-8999".parse().unwrap()],
        protocol: Some(Protocol::Tcp),
        actions: vec![Action::Connect],
        ..Rule::new("web", Verdict::Allow)
    };
    let parameters = Parameters { rules: vec![rule], ..Parameters::default() };
    let lab = with(PolicyName::Lab, &parameters, "127.0.0.1:7777");
    let may = |host, address: &str| lab.check(Some(host), at(address), &doors()).is_ok();
    assert!(may("a.example.org", "1.1.1.1:8000") && may("a.b.example.org", "1.1.1.1:8999"));
    assert!(!may("a.example.org", "1.1.1.1:7999") && !may("a.example.org", "1.1.1.1:9000"));
    assert!(!may("example.org", "1.1.1.1:8000") && !may("badexample.org", "1.1.1.1:8000"));
    assert!(!may("a.example.org.evil.example", "1.1.1.1:8000"));
    // Without `address` an allowing rule means global ones: a name that points home opens nothing.
    assert!(!may("a.example.org", "127.0.0.1:8000") && !may("a.example.org", "10.0.0.1:8000"));
    assert!(!may("a.example.org", "9.9.9.9:8000"), "the relay's machine");
    assert!(lab.check(None, at("1.1.1.1:8000"), &doors()).is_err(), "no name");
    assert!(lab.may_send(at("1.1.1.1:8000"), false, &doors()).is_err());
    assert!(lab.may_bind(Protocol::Tcp, at("1.1.1.1:8000"), Reach::One).is_err());
}

#[test]
fn no_rule_opens_a_socket_to_everyone() {
    let parameters =
        Parameters { rules: rules(&[("all", "allow", "any")]), ..Parameters::default() };
    for name in [PolicyName::Lab, PolicyName::Public, PolicyName::Classroom, PolicyName::Open] {
        let policy = with(name, &parameters, "127.0.0.1:8080");
        for protocol in [Protocol::Tcp, Protocol::Udp] {
            let may = |address, reach| policy.may_bind(protocol, at(address), reach).is_ok();
            assert!(may("127.0.0.1:0", Reach::Anyone) && may("0.0.0.0:0", Reach::One));
            assert!(!may("0.0.0.0:0", Reach::Anyone) && !may("9.9.9.9:5000", Reach::Anyone));
            assert!(!may("0.0.0.0:8080", Reach::One) && !may("0.0.0.0:40110", Reach::One));
        }
    }
}

#[test]
fn a_classroom_has_its_hosts_and_what_lab_has() {
    let parameters = Parameters {
        hosts: hosts(&["pop.example.org", "*.school.example"]),
        networks: vec!["192.168.7.0/24".parse::<Net>().unwrap()],
        ports: vec![Ports::one(110), "8000-8001".parse().unwrap()],
        ..Parameters::default()
    };
    let class = with(PolicyName::Classroom, &parameters, "127.0.0.1:8080");
    let may = |host, address: &str| class.check(host, at(address), &doors());
    for (host, address) in [
        (Some("pop.example.org"), "1.1.1.1:110"),
        (Some("a.school.example"), "192.168.7.3:8001"),
        (None, "192.168.7.3:110"),
        (None, "127.0.0.1:40110"),
        (Some("localhost"), "127.0.0.1:12345"),
    ] {
        assert!(may(host, address).is_ok(), "{host:?} at {address}");
    }
    for (host, address) in [
        (Some("pop.example.org"), "1.1.1.1:25"),
        (Some("pop.example.org"), "127.0.0.1:110"),
        (Some("pop.example.org"), "192.168.8.1:110"),
        (Some("other.example.org"), "1.1.1.1:110"),
        (Some("other.example.org"), "192.168.7.3:110"),
        (None, "1.1.1.1:110"),
    ] {
        let Err(Denied(why)) = may(host, address) else { panic!("{host:?} at {address}") };
        assert!(why.contains("rule 9 `other-hosts` of policy `classroom`"), "{why}");
    }
    assert!(class.sentence.contains("pop.example.org, *.school.example"), "{}", class.sentence);
    assert!(matches!(class.route(host("POP.example.org."), 110, &doors()), Ok(Route::Resolve(_))));
    assert!(class.route(host("other.example.org"), 110, &doors()).is_err(), "not even looked up");
    assert!(class.may_bind(Protocol::Tcp, at("127.0.0.1:0"), Reach::Anyone).is_ok());
}

#[test]
fn names_are_looked_up_only_if_they_may_lead_somewhere() {
    let looks_up = |name, text| matches!(policy(name).look_up(host(text)), Ok(Lookup::Resolve(_)));
    assert!(looks_up(PolicyName::Open, "example.org"));
    assert!(looks_up(PolicyName::Public, "example.org"));
    assert!(!looks_up(PolicyName::Lab, "example.org"));
    assert!(!looks_up(PolicyName::Classroom, "example.org"));
    assert!(looks_up(PolicyName::Lab, "localhost") && looks_up(PolicyName::Lab, "Classroom"));
    let why = policy(PolicyName::Lab).look_up(host("example.org")).unwrap_err().to_string();
    assert!(why.contains("--policy open") && why.contains("of policy `lab`"), "{why}");

    let secret = Rule { hosts: hosts(&["secret.example"]), ..Rule::new("secret", Verdict::Deny) };
    let parameters = Parameters { rules: vec![secret], ..Parameters::default() };
    let public = with(PolicyName::Public, &parameters, "127.0.0.1:8080");
    assert!(public.look_up(host("secret.example")).is_err());
    // Behind the relay there are names that are nobody else's business.
    for (ip, known) in [("1.1.1.1", true), ("10.0.0.1", false), ("::1", false)] {
        let ip = ip.parse().unwrap();
        assert_eq!(public.may_know("intranet.example", ip, &doors()).is_ok(), known, "{ip}");
    }
    assert!(public.may_know("localhost", "127.0.0.1".parse().unwrap(), &doors()).is_ok());
}

#[test]
fn what_is_written_wrong_is_named() {
    for (text, why) in [
        ("10.0.0.0/33", "from 0 to 32"),
        ("10.0.0.1/24", "10.0.0.0/24 is meant"),
        ("::ffff:10.0.0.1", "write it as one: 10.0.0.1"),
        ("10.0.0", "is no address and no network"),
        ("privat", "expected a network"),
    ] {
        let error = text.parse::<Place>().unwrap_err();
        assert!(error.contains(why), "{error}");
    }
    for text in ["10.0.0.1", "*", "*.*.example", "", "exa mple", "*.1"] {
        assert!(text.parse::<Pattern>().is_err(), "{text}");
    }
    for text in ["", "x", "65536", "5-4", "-1", "1-", "1-2-3"] {
        assert!(text.parse::<Ports>().is_err(), "{text}");
    }
    for text in ["0.0.0.0/0", "::/0", "10.0.0.0/8", "fe80::/10", "2001:db8::1"] {
        assert_eq!(text.parse::<Net>().unwrap().to_string(), text);
    }
}

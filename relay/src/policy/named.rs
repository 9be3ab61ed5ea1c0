//! The four policies that have a name, each as a list of rules.

use clap::ValueEnum;
use serde::Deserialize;

use super::Reach;
use super::rules::{Action, Pattern, Place, Ports, Protocol, Rule, Verdict};

/// The first port that belongs to no well-known service.
const FIRST_UNPRIVILEGED: u16 = 1024;

/// What `public` connects to unless it is told otherwise: the protocols of the lab that greet
/// strangers, and those that the same servers have with TLS.
const PUBLIC_PORTS: [u16; 10] = [21, 23, 70, 80, 110, 119, 143, 443, 993, 995];

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyName {
    /// The practice servers, and what pages open on this machine
    #[default]
    Lab,
    /// Hosts on the internet that everybody can reach, on some ports
    Public,
    /// What `lab` has, and the hosts that the file of settings names
    Classroom,
    /// Every host that this machine can reach
    Open,
}

/// What a file of settings says of a policy beside its name.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Parameters {
    /// For `classroom`: the hosts. For `public`: no others, if there are any.
    pub hosts: Vec<Pattern>,
    /// Where a named host may be beside global addresses, and what may be connected to by address.
    pub networks: Vec<super::classes::Net>,
    /// The ports of `public` and `classroom`; if there are none, the usual ones, or all.
    pub ports: Vec<Ports>,
    /// Asked before the policy's own rules.
    pub rules: Vec<Rule>,
}

impl PolicyName {
    pub fn name(self) -> &'static str {
        match self {
            PolicyName::Lab => "lab",
            PolicyName::Public => "public",
            PolicyName::Classroom => "classroom",
            PolicyName::Open => "open",
        }
    }

    /// What it means, for WELCOME.
    pub(crate) fn sentence(self, parameters: &Parameters) -> String {
        let sentence = match self {
            PolicyName::Lab => {
                "This relay connects to its practice servers and to what pages have opened with it."
            }
            PolicyName::Public => {
                "This relay connects to its practice servers, and to hosts on the internet that \
                 everybody can reach."
            }
            PolicyName::Classroom => {
                "This relay connects to its practice servers, to what pages have opened with it, \
                 and to the hosts that were named for this class."
            }
            PolicyName::Open => "This relay connects to every host that its machine can reach.",
        };
        let hosts = list(&parameters.hosts);
        let ports = list(&parameters.ports);
        match self {
            PolicyName::Public if ports.is_empty() => {
                format!("{sentence} Ports: {}.", list(&PUBLIC_PORTS.map(Ports::one)))
            }
            PolicyName::Public => format!("{sentence} Ports: {ports}."),
            PolicyName::Classroom if !hosts.is_empty() => format!("{sentence} Hosts: {hosts}."),
            _ => sentence.to_owned(),
        }
    }

    /// All rules in their order: those that nothing overrides, the file's, the policy's own. The
    /// last one stands for the default: it matches everything.
    pub(crate) fn rules(self, parameters: &Parameters) -> Vec<Rule> {
        let first = match self {
            PolicyName::Public => vec![
                deny("no-smtp", "Port 25 is where mail servers take mail, so spam would use it")
                    .ports(&[Ports::one(25)])
                    .outbound(&[]),
            ],
            _ => Vec::new(),
        };
        let own = match self {
            PolicyName::Lab => lab(Vec::new()),
            PolicyName::Classroom => lab(classroom(parameters)),
            PolicyName::Public => public(parameters),
            PolicyName::Open => open(),
        };
        let default = deny("default", "Nothing allows it");
        [always(), first, parameters.rules.clone(), own, vec![default]].concat()
    }
}

fn always() -> Vec<Rule> {
    vec![
        deny("nowhere", "That is nothing one can connect to").outbound(&[Place::Nowhere]),
        deny("relay-itself", "That port belongs to the relay itself").places(&[Place::Relay]),
        deny("taken-port", "That port belongs to the relay's practice servers; take another")
            .places(&[Place::PracticePorts])
            .only(Action::Listen),
    ]
}

/// `lab`, with what may be reached beyond it.
fn lab(beyond: Vec<Rule>) -> Vec<Rule> {
    let well_known = Ports { first: 1, last: FIRST_UNPRIVILEGED - 1 };
    let to_connect = match beyond.is_empty() {
        true => {
            "This relay connects to the practice servers, at practice.lab, and to what pages have \
             opened with it. Start it with --policy open to reach other hosts"
        }
        false => {
            "This relay connects to the practice servers, at practice.lab, to what pages have \
             opened with it, and to the hosts that were named for this class"
        }
    };
    [
        vec![
            allow("practice").places(&[Place::Practice]).only(Action::Connect),
            allow("pages").outbound(&[Place::Pages]),
            allow("correspondents").places(&[Place::Correspondents]).only(Action::Send),
        ],
        beyond,
        vec![
            deny("other-hosts", to_connect).only(Action::Connect),
            deny(
                "first-word",
                "Datagrams go on the loopback only, to pages and to whoever wrote first. Start \
                 the relay with --policy open for more",
            )
            .only(Action::Send),
            deny("well-known-ports", "Pages open ports from 1024 on, and 0 for a free one")
                .ports(&[well_known])
                .only(Action::Listen),
            stream_peer(),
            // Without a place, to listen is at the loopback.
            allow("loopback").only(Action::Listen),
            deny(
                "other-addresses",
                "Pages open ports on the loopback only (127.0.0.1, ::1), where this machine's \
                 programs reach them. Start the relay with --policy open for more",
            )
            .only(Action::Listen),
        ],
    ]
    .concat()
}

fn classroom(parameters: &Parameters) -> Vec<Rule> {
    let networks = parameters.networks.iter().copied().map(Place::Net);
    let mut rules = Vec::new();
    if !parameters.networks.is_empty() {
        let rule = Rule { hosts: vec![Pattern::Address], ..allow("named-networks") };
        rules.push(rule.places(&networks.clone().collect::<Vec<_>>()));
    }
    if !parameters.hosts.is_empty() {
        let rule = Rule { hosts: parameters.hosts.clone(), ..allow("named-hosts") };
        rules.push(rule.places(&networks.chain([Place::Global]).collect::<Vec<_>>()));
    }
    rules.into_iter().map(|rule| rule.ports(&parameters.ports).only(Action::Connect)).collect()
}

fn public(parameters: &Parameters) -> Vec<Rule> {
    let ports = match parameters.ports.is_empty() {
        true => PUBLIC_PORTS.map(Ports::one).to_vec(),
        false => parameters.ports.clone(),
    };
    let listed = match parameters.hosts.is_empty() {
        true => format!("This relay connects to these ports: {}", list(&ports)),
        false => format!(
            "This relay connects to these hosts: {}; at these ports: {}",
            list(&parameters.hosts),
            list(&ports)
        ),
    };
    let hosts = Rule { hosts: parameters.hosts.clone(), ..allow("global") };
    vec![
        allow("practice").places(&[Place::Practice]).only(Action::Connect),
        deny("this-machine", "That is the relay's own machine").outbound(&[Place::Machine]),
        deny("not-global", "This relay connects only where everybody on the internet can")
            .outbound(&[Place::Special]),
        hosts.ports(&ports).only(Action::Connect),
        deny("other-ports", &listed).only(Action::Connect),
        deny("no-datagrams", "This relay sends no datagrams").only(Action::Send),
        deny("well-known-ports", "Pages open ports from 1024 on, and 0 for a free one")
            .ports(&[Ports { first: 1, last: FIRST_UNPRIVILEGED - 1 }])
            .only(Action::Listen),
        Rule { protocol: Some(Protocol::Tcp), ..stream_peer() },
        deny(
            "no-listening",
            "Pages listen only for the host to which they are connected already, as FTP's active \
             mode wants it",
        )
        .only(Action::Listen),
    ]
}

fn open() -> Vec<Rule> {
    vec![
        allow("everywhere").outbound(&[Place::Any]),
        allow("sockets").places(&[Place::Any]).only(Action::Listen),
        deny(
            "one-address",
            "That address can be reached from other machines: name the one address that may",
        )
        .only(Action::Listen),
    ]
}

/// Whoever may be connected to may answer.
fn stream_peer() -> Rule {
    let rule = allow("stream-peer").places(&[Place::Any]).only(Action::Listen);
    Rule { reach: Some(Reach::Peer), ..rule }
}

fn allow(name: &str) -> Rule {
    Rule::new(name, Verdict::Allow)
}

fn deny(name: &str, why: &str) -> Rule {
    Rule { why: why.to_owned(), ..Rule::new(name, Verdict::Deny) }
}

impl Rule {
    fn places(self, places: &[Place]) -> Rule {
        Rule { places: places.to_vec(), ..self }
    }

    fn ports(self, ports: &[Ports]) -> Rule {
        Rule { ports: ports.to_vec(), ..self }
    }

    fn only(self, action: Action) -> Rule {
        Rule { actions: vec![action], ..self }
    }

    /// About connections and datagrams.
    fn outbound(self, places: &[Place]) -> Rule {
        Rule { actions: vec![Action::Connect, Action::Send], ..self.places(places) }
    }
}

fn list<T: ToString>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

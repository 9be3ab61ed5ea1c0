//! The file of settings, in TOML: read, checked, and turned into a [`Config`]. `docs/config.md`
//! has every key.

mod error;
pub(crate) mod values;

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use crate::config::{ChosenFault, Config, Limits, RoomSettings};
use crate::policy::{
    Action, Net, Parameters, Pattern, Place, PolicyName, Ports, Protocol, Rule, Table, Verdict,
};
use values::{Items, Text};

pub use error::ConfigError;

/// A file of settings is written by hand; this is hundreds of rules.
const MAX_FILE: u64 = 1024 * 1024;

/// What a refusal says of a rule is read by a person, and RESET has room for 1024 octets.
const MAX_WHY: usize = 300;
const MAX_NAME: usize = 40;

/// A file of settings without a mistake in it.
#[derive(Clone, Debug)]
pub struct Checked {
    pub config: Config,
    /// The policy, with its own rules and those of the file.
    pub table: Table,
    /// What is no mistake, but perhaps not meant.
    pub warnings: Vec<String>,
}

/// Reads a file of settings and says what it means, or what is wrong with it and where.
pub fn check(path: &Path) -> Result<Checked, ConfigError> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(MAX_FILE + 1).read_to_string(&mut text));
    match read {
        Err(error) => Err(ConfigError::unreadable(error.to_string()).of(path)),
        Ok(_) if text.len() as u64 > MAX_FILE => {
            let what = format!("it is longer than {MAX_FILE} bytes");
            Err(ConfigError::unreadable(what).of(path))
        }
        Ok(_) => Checked::read(&text).map_err(|error| error.of(path)),
    }
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Settings {
    listen: Option<SocketAddr>,
    allow_host: Option<Items<Text<String>>>,
    practice_listen: Option<IpAddr>,
    practice_port_base: Option<u16>,
    fault: Option<Spanned<Items<Text<ChosenFault>>>>,
    endpoints: Option<PathBuf>,
    access: AccessTable,
    policy: PolicyTable,
    limits: Limits,
    rooms: RoomSettings,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct AccessTable {
    token_file: Option<PathBuf>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct PolicyTable {
    name: Option<PolicyName>,
    hosts: Option<Spanned<Items<Text<Pattern>>>>,
    networks: Option<Spanned<Items<Text<Net>>>>,
    ports: Option<Spanned<Items<Ports>>>,
    rule: Vec<Spanned<RuleTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RuleTable {
    name: String,
    verdict: Verdict,
    address: Option<Items<Text<Place>>>,
    host: Option<Items<Text<Pattern>>>,
    port: Option<Items<Ports>>,
    protocol: Option<Protocol>,
    action: Option<Items<Action>>,
    #[serde(default)]
    why: String,
}

impl Checked {
    /// As [`check`], from text.
    pub fn read(text: &str) -> Result<Checked, ConfigError> {
        let settings: Settings =
            toml::from_str(text).map_err(|error| ConfigError::of_toml(text, &error))?;
        let at = |span: std::ops::Range<usize>, what: String| ConfigError::at(text, span, what);
        let Settings { policy, limits, .. } = settings;
        let name = policy.name.unwrap_or_default();
        let keys = [
            (
                "hosts",
                policy.hosts.as_ref().map(Spanned::span),
                [PolicyName::Public, PolicyName::Classroom].as_slice(),
            ),
            ("networks", policy.networks.as_ref().map(Spanned::span), &[PolicyName::Classroom]),
            (
                "ports",
                policy.ports.as_ref().map(Spanned::span),
                &[PolicyName::Public, PolicyName::Classroom],
            ),
        ];
        for (key, span, policies) in keys {
            if let Some(span) = span
                && !policies.contains(&name)
            {
                let names: Vec<_> =
                    policies.iter().map(|name| format!("`{}`", name.name())).collect();
                let what = format!(
                    "`{key}` belongs to policy {}, and this file has policy `{}`. Change `name`, or write a [[policy.rule]]",
                    names.join(" and "),
                    name.name()
                );
                return Err(at(span, what));
            }
        }
        let mut rules: Vec<Rule> = Vec::new();
        for rule in policy.rule {
            let span = rule.span();
            let rule = rule.into_inner().rule().map_err(|what| at(span.clone(), what))?;
            if rules.iter().any(|other| other.name == rule.name) {
                let what = format!("a rule before this one is called {:?}, too", rule.name);
                return Err(at(span, what));
            }
            rules.push(rule);
        }
        let faults = match settings.fault {
            Some(faults) => {
                let span = faults.span();
                let faults = texts(Some(faults.into_inner()));
                one_each(&faults).map_err(|what| at(span, what))?;
                faults
            }
            None => Vec::new(),
        };
        let parameters = Parameters {
            hosts: texts(policy.hosts.map(Spanned::into_inner)),
            networks: texts(policy.networks.map(Spanned::into_inner)),
            ports: policy.ports.map(|ports| ports.into_inner().0).unwrap_or_default(),
            rules,
        };
        let table = Table::new(name, &parameters);
        let mut warnings = Vec::new();
        if name == PolicyName::Public && (limits.bytes.is_off() || limits.bytes_in_all.is_off()) {
            warnings.push(
                "strangers may use up the whole line; limit them with `bytes` and `bytes-in-all` in [limits]"
                    .to_owned(),
            );
        }
        if name == PolicyName::Classroom
            && parameters.hosts.is_empty()
            && parameters.networks.is_empty()
            && parameters.rules.is_empty()
        {
            warnings.push(
                "policy `classroom` without hosts allows what `lab` does; name them with hosts = [...]"
                    .to_owned(),
            );
        }
        let usual = Config::default();
        let config = Config {
            listen: settings.listen.unwrap_or(usual.listen),
            allowed_hosts: texts(settings.allow_host),
            policy: name,
            parameters,
            practice_listen: settings.practice_listen.unwrap_or(usual.practice_listen),
            practice_port_base: settings.practice_port_base.unwrap_or(usual.practice_port_base),
            faults,
            endpoints_file: settings.endpoints,
            token_file: settings.access.token_file,
            limits: Limits { rooms: settings.rooms, ..limits },
            ..usual
        };
        Ok(Checked { config, table, warnings })
    }
}

/// One fault for each protocol at most.
pub(crate) fn one_each(faults: &[ChosenFault]) -> Result<(), String> {
    for (at, chosen) in faults.iter().enumerate() {
        let id = chosen.protocol.id;
        if faults[..at].iter().any(|other| other.protocol.id == id) {
            return Err(format!("{id} has two faults; a practice server takes one at a time"));
        }
    }
    Ok(())
}

impl RuleTable {
    fn rule(self) -> Result<Rule, String> {
        let is_of_names = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let name = self.name;
        if name.is_empty() || name.len() > MAX_NAME || !name.bytes().all(is_of_names) {
            return Err(format!(
                "a rule cannot be called {name:?}; a name has up to {MAX_NAME} lower-case \
                 letters, digits and hyphens"
            ));
        }
        if self.why.chars().count() > MAX_WHY || self.why.contains(char::is_control) {
            return Err(format!("`why` is one line of up to {MAX_WHY} characters"));
        }
        let rule = Rule {
            name,
            verdict: self.verdict,
            places: texts(self.address),
            hosts: texts(self.host),
            ports: self.port.map(|ports| ports.0).unwrap_or_default(),
            protocol: self.protocol,
            actions: self.action.map(|actions| actions.0).unwrap_or_default(),
            why: self.why,
            reach: None,
        };
        let is_about = |action| rule.actions.is_empty() || rule.actions.contains(&action);
        if !rule.hosts.is_empty() && !is_about(Action::Connect) {
            return Err("only connections have a host, so this rule matches nothing: add the \
                        action \"connect\", or leave `host` out"
                .to_owned());
        }
        let never = match rule.protocol {
            Some(Protocol::Tcp) => rule.actions == [Action::Send],
            Some(Protocol::Udp) => rule.actions == [Action::Connect],
            None => false,
        };
        if never {
            return Err("TCP connects and UDP sends, so this rule matches nothing: change \
                        `protocol`, or leave it out"
                .to_owned());
        }
        Ok(rule)
    }
}

fn texts<T>(items: Option<Items<Text<T>>>) -> Vec<T> {
    items.into_iter().flat_map(|items| items.0).map(|text| text.0).collect()
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table.fmt(f)?;
        self.warnings.iter().try_for_each(|warning| writeln!(f, "Note: {warning}."))
    }
}

#[cfg(test)]
mod tests;

//! Real servers, products of others, on the loopback: `tests/servers/start`, once for all tests of this process.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// The running servers. They end when this process does, whatever ends it: their input is a pipe from here.
pub struct Lab {
    /// The certificate of the authority that signed theirs.
    pub ca: PathBuf,
    /// Their folder: `log/` has what they say.
    pub work: PathBuf,
    /// The file that describes them, for programs in other languages.
    pub file: PathBuf,
    pub endpoints: Vec<Endpoint>,
    _keeper: Child,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    None,
    StartTls,
    Implicit,
}

#[derive(Debug)]
pub struct Endpoint {
    pub protocol: String,
    pub product: String,
    pub version: String,
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    pub user: String,
    pub password: String,
    more: Value,
}

/// The servers, started by the first test that asks. `None`, after a plain line, where they cannot run.
pub fn lab() -> Option<&'static Lab> {
    static LAB: OnceLock<Result<Lab, Trouble>> = OnceLock::new();
    match LAB.get_or_init(start) {
        Ok(lab) => Some(lab),
        Err(Trouble::Unavailable(why)) => {
            crate::skip(why);
            None
        }
        Err(Trouble::Failed(log)) => {
            panic!("the real servers did not start; tests/servers/start said:\n{log}")
        }
    }
}

impl Lab {
    /// The first server of this protocol with this kind of TLS.
    pub fn endpoint(&self, protocol: &str, tls: Tls) -> &Endpoint {
        self.endpoints
            .iter()
            .find(|endpoint| endpoint.protocol == protocol && endpoint.tls == tls)
            .unwrap_or_else(|| panic!("tests/servers has no {protocol} server with {tls:?}"))
    }
}

impl Endpoint {
    pub fn address(&self) -> (&str, u16) {
        (&self.host, self.port)
    }

    /// What only servers of this protocol have, such as `sink` or `group`.
    pub fn text(&self, key: &str) -> &str {
        self.more[key]
            .as_str()
            .unwrap_or_else(|| panic!("{} has no text `{key}`: {}", self.product, self.more))
    }
}

enum Trouble {
    Unavailable(String),
    Failed(String),
}

fn start() -> Result<Lab, Trouble> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("servers/start");
    let (output, input) = std::io::pipe().expect("a process may open a pipe");
    let keeper = Command::new(&script)
        .stdin(Stdio::piped())
        .stderr(input.try_clone().expect("a process may open a pipe"))
        .stdout(input)
        // Ctrl-C is for the tests; the servers then end with their input.
        .process_group(0)
        .spawn()
        .map_err(|error| {
            Trouble::Failed(format!("could not start {}: {error}", script.display()))
        })?;
    let mut said = String::new();
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        if let Some(file) = line.strip_prefix("endpoints: ") {
            return read(Path::new(file), keeper).map_err(Trouble::Failed);
        }
        if let Some(why) = line.strip_prefix("unavailable: ") {
            return Err(Trouble::Unavailable(why.to_owned()));
        }
        said += &line;
        said.push('\n');
    }
    Err(Trouble::Failed(said))
}

fn read(file: &Path, keeper: Child) -> Result<Lab, String> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| format!("could not read {}: {error}", file.display()))?;
    let json: Value = serde_json::from_str(&text)
        .map_err(|error| format!("{} is no JSON: {error}", file.display()))?;
    let path = |key: &str| {
        json[key].as_str().map(PathBuf::from).ok_or(format!("{} has no `{key}`", file.display()))
    };
    let list =
        json["endpoints"].as_array().ok_or(format!("{} has no `endpoints`", file.display()))?;
    let endpoints = list.iter().map(endpoint).collect::<Result<_, _>>()?;
    Ok(Lab {
        ca: path("ca")?,
        work: path("work")?,
        file: file.to_owned(),
        endpoints,
        _keeper: keeper,
    })
}

fn endpoint(json: &Value) -> Result<Endpoint, String> {
    let text = |key: &str| {
        json[key].as_str().map(str::to_owned).ok_or(format!("an endpoint has no `{key}`: {json}"))
    };
    let tls = match text("tls")?.as_str() {
        "none" => Tls::None,
        "starttls" => Tls::StartTls,
        "implicit" => Tls::Implicit,
        other => return Err(format!("`tls` is none, starttls or implicit, not {other}")),
    };
    let port = json["port"].as_u64().and_then(|port| u16::try_from(port).ok());
    Ok(Endpoint {
        protocol: text("protocol")?,
        product: text("product")?,
        version: text("version")?,
        host: text("host")?,
        port: port.ok_or(format!("an endpoint has no port: {json}"))?,
        tls,
        user: text("user")?,
        password: text("password")?,
        more: json.clone(),
    })
}

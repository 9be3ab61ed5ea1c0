//! The list of practice servers, for the page (`/endpoints.json`) and for programs
//! (`--endpoints FILE`).

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::policy::Practice;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoint {
    pub protocol: String,
    /// The port the protocol usually has.
    pub standard_port: u16,
    pub address: SocketAddr,
    /// The account that the practice servers know; empty where the protocol has none.
    pub user: String,
    pub password: String,
    pub notes: String,
    /// What the server does not do.
    pub lacks: Vec<String>,
    /// What goes wrong on purpose, by name.
    pub fault: Option<String>,
    /// What may be asked for, by name.
    pub samples: Vec<(String, String)>,
}

impl Endpoint {
    pub(crate) fn practice(&self) -> Practice {
        Practice { standard_port: self.standard_port, address: self.address }
    }

    fn json(&self) -> Value {
        let mut json = json!({
            "set": "practice",
            "protocol": self.protocol,
            "product": "wirelab",
            "version": env!("CARGO_PKG_VERSION"),
            "host": self.address.ip().to_string(),
            "port": self.address.port(),
            "standard_port": self.standard_port,
            "tls": "none",
            "user": self.user,
            "password": self.password,
            "notes": self.notes,
            "lacks": self.lacks,
        });
        if let Some(fault) = &self.fault {
            json["fault"] = fault.as_str().into();
        }
        for (name, value) in &self.samples {
            json[name] = match value.as_str() {
                "true" => true.into(),
                "false" => false.into(),
                text => text.into(),
            };
        }
        json
    }
}

/// `host` is where the practice servers listen.
pub(crate) fn json(host: &str, endpoints: &[Endpoint]) -> String {
    let endpoints = endpoints.iter().map(Endpoint::json).collect::<Vec<_>>();
    format!("{:#}\n", json!({ "host": host, "endpoints": endpoints }))
}

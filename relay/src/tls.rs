//! TLS for the page: certificate and key from PEM files, read again when asked.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::ServerConfig;
use tokio_rustls::rustls::{Error, InconsistentKeys};

use crate::line::Line;
use crate::{StartError, TlsFiles};

/// First byte of a TLS record that begins a handshake (RFC 8446, section 5.1).
const HANDSHAKE: u8 = 22;

pub(crate) struct Tls {
    files: TlsFiles,
    config: RwLock<Arc<ServerConfig>>,
}

/// What a browser began with.
pub(crate) enum Began {
    Line(Line),
    /// HTTP at the port of TLS.
    NoTls(TcpStream),
}

impl Tls {
    pub(crate) fn load(files: TlsFiles) -> Result<Tls, StartError> {
        let config = RwLock::new(Arc::new(read(&files)?));
        Ok(Tls { files, config })
    }

    /// Reads the files again. After an error the certificate stays as it was.
    pub(crate) fn reload(&self) -> Result<(), StartError> {
        let config = Arc::new(read(&self.files)?);
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    pub(crate) async fn accept(&self, socket: TcpStream) -> io::Result<Began> {
        let mut first = [0];
        let count = socket.peek(&mut first).await?;
        if count == 1 && first[0] != HANDSHAKE {
            return Ok(Began::NoTls(socket));
        }
        let config = Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner));
        let tls = TlsAcceptor::from(config).accept(socket).await?;
        Ok(Began::Line(Line::Tls(Box::new(tls))))
    }
}

fn read(files: &TlsFiles) -> Result<ServerConfig, StartError> {
    let TlsFiles { certificate, key } = files;
    let chain = CertificateDer::pem_slice_iter(&contents(certificate, "certificate")?)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| broken(certificate, "certificate", &error))?;
    if chain.is_empty() {
        return Err(broken(certificate, "certificate", &pem::Error::NoItemsFound));
    }
    let key_der = PrivateKeyDer::from_pem_slice(&contents(key, "key")?)
        .map_err(|error| broken(key, "key", &error))?;
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(certificate, key, &error))?;
    let mut config = builder
        .with_no_client_auth()
        .with_single_cert(chain, key_der)
        .map_err(|error| unusable(certificate, key, &error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn contents(file: &Path, what: &str) -> Result<Vec<u8>, StartError> {
    fs::read(file).map_err(|source| StartError {
        what: format!("cannot read the {what} {}", file.display()),
        advice: "name PEM files that this user may read, with --tls-cert and --tls-key",
        source,
    })
}

fn broken(file: &Path, what: &str, error: &pem::Error) -> StartError {
    let found = match error {
        pem::Error::NoItemsFound => format!("there is no {what} in it"),
        error => format!("it is no readable PEM file: {error:?}"),
    };
    StartError {
        what: format!("cannot use {} as {what}", file.display()),
        advice: match what {
            "key" => "give --tls-key a PEM file with `BEGIN PRIVATE KEY`, not encrypted",
            _ => {
                "give --tls-cert a PEM file with `BEGIN CERTIFICATE`, the relay's own first and \
                 then those that lead to the root"
            }
        },
        source: io::Error::other(found),
    }
}

fn unusable(certificate: &Path, key: &Path, error: &Error) -> StartError {
    let found = match error {
        Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            "the key is not the one of the first certificate".to_owned()
        }
        error => error.to_string(),
    };
    StartError {
        what: format!("cannot use {} with {}", certificate.display(), key.display()),
        advice: "take the certificate and the key that were made together",
        source: io::Error::other(found),
    }
}

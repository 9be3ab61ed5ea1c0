//! A certificate of our own, and a client that trusts it.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_tungstenite::tungstenite::http::{HeaderValue, Request, header};

/// The name in every certificate.
pub const NAME: &str = "lab.example";

/// A folder with a certificate and its key, and what a client has to trust.
pub struct Identity {
    folder: TempDir,
    pub trust: CertificateDer<'static>,
}

impl Default for Identity {
    fn default() -> Identity {
        let folder = tempfile::tempdir().expect("a folder for a certificate");
        let trust = write(folder.path());
        Identity { folder, trust }
    }
}

impl Identity {
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn certificate(&self) -> PathBuf {
        self.folder().join("cert.pem")
    }

    pub fn key(&self) -> PathBuf {
        self.folder().join("key.pem")
    }

    /// Writes another pair over this one, and gives what is to be trusted then.
    pub fn renew(&self) -> CertificateDer<'static> {
        write(self.folder())
    }
}

fn write(folder: &Path) -> CertificateDer<'static> {
    let made = generate_simple_self_signed([NAME.to_owned()]);
    let CertifiedKey { cert, signing_key } = made.expect("a certificate can be made");
    fs::write(folder.join("cert.pem"), cert.pem()).expect("a certificate can be written");
    fs::write(folder.join("key.pem"), signing_key.serialize_pem()).expect("so can its key");
    cert.der().clone()
}

/// TLS to the one with this certificate.
pub async fn connect(
    at: SocketAddr,
    trust: &CertificateDer<'static>,
) -> io::Result<TlsStream<TcpStream>> {
    over(TcpStream::connect(at).await?, trust).await
}

/// The same on a connection that is there.
pub async fn over(
    socket: TcpStream,
    trust: &CertificateDer<'static>,
) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trust.clone()).map_err(io::Error::other)?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(NAME).map_err(io::Error::other)?;
    TlsConnector::from(Arc::new(config)).connect(name, socket).await
}

/// The page's own handshake for a tunnel, under the name of the certificate, with this scheme in
/// its Origin.
pub fn handshake(at: SocketAddr, scheme: &str) -> Request<()> {
    let host = format!("{NAME}:{}", at.port());
    let mut request = crate::tunnel::request(at);
    let value = |text: &str| HeaderValue::from_str(text).expect("a header");
    request.headers_mut().insert(header::HOST, value(&host));
    request.headers_mut().insert(header::ORIGIN, value(&format!("{scheme}://{host}")));
    request
}

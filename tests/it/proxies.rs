//! The relay behind nginx and Caddy, with the configurations of docs/deploy.md.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use relay::{Config, Relay};
use tests::https::{Identity, NAME, connect, handshake, over};
use tests::tunnel::TunnelClient;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::Instant;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Error;

/// Killed when it is dropped.
struct Proxy(Child);

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn lab() -> Relay {
    let config = Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        allowed_hosts: vec![NAME.to_owned()],
        trusted_proxies: vec!["127.0.0.1/32".parse().unwrap()],
        ..Config::default()
    };
    relay::start(config).await.unwrap()
}

/// The block of docs/deploy.md in this language, with our own ports and files in it.
fn configuration(language: &str, changes: &[(&str, &str)]) -> String {
    let text = fs::read_to_string(tests::workspace().join("docs/deploy.md")).unwrap();
    let start = format!("```{language}\n");
    let block = text.split_once(&start).unwrap().1.split_once("```").unwrap().0;
    changes.iter().fold(block.to_owned(), |block, (from, to)| {
        assert!(block.contains(from), "{from} is not in the block for {language}");
        block.replace(from, to)
    })
}

fn start(program: &str, args: &[&str], folder: &Path) -> Option<Proxy> {
    let mut command = Command::new(program);
    command.args(args).env("HOME", folder).stdout(Stdio::null()).stderr(Stdio::null());
    match command.spawn() {
        Ok(child) => Some(Proxy(child)),
        Err(error) => {
            tests::skip(&format!("{program} did not start: {error}"));
            None
        }
    }
}

/// The page loads, the tunnel works, the relay knows whom the proxy serves, and a foreign page
/// stays outside.
async fn works_behind(at: SocketAddr, identity: &Identity) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while TcpStream::connect(at).await.is_err() {
        assert!(Instant::now() < deadline, "the proxy does not listen at {at}");
        tokio::task::yield_now().await;
    }
    let mut line = connect(at, &identity.trust).await.unwrap();
    let host = format!("{NAME}:{}", at.port());
    let request = format!("GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    line.write_all(request.as_bytes()).await.unwrap();
    let mut page = Vec::new();
    line.read_to_end(&mut page).await.unwrap();
    let page = String::from_utf8_lossy(&page);
    assert!(
        page.starts_with("HTTP/1.1 200") && page.to_lowercase().contains("<!doctype html>"),
        "{page}"
    );

    // From an address that is not a proxy's; every one of 127.0.0.0/8 is this machine's on Linux.
    let browser = TcpSocket::new_v4().unwrap();
    browser.bind("127.0.0.9:0".parse().unwrap()).unwrap();
    let line = over(browser.connect(at).await.unwrap(), &identity.trust).await.unwrap();
    let mut request = handshake(at, "https");
    request.headers_mut().insert("x-forwarded-for", "192.0.2.66".parse().unwrap());
    let (socket, _) = client_async(request, line).await.unwrap();
    let client = TunnelClient::through(socket).await;
    // What the proxy saw, and not what the page made up; a proxy does not say the port.
    assert_eq!(client.welcome.peer.to_string(), "127.0.0.9:0");
    let mut stream = client.open("practice.lab", 110).await.unwrap();
    let greeting = stream.read().await.unwrap().unwrap();
    assert!(greeting.starts_with(b"+OK"));
    stream.write(b"QUIT\r\n").await.unwrap();
    let (bye, reset) = stream.read_to_end().await;
    assert!(bye.starts_with(b"+OK") && reset.is_none());

    let line = connect(at, &identity.trust).await.unwrap();
    let mut foreign = handshake(at, "https");
    foreign.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
    match client_async(foreign, line).await {
        Err(Error::Http(response)) => assert_eq!(response.status(), 403),
        other => panic!("{:?}", other.map(|_| "upgraded")),
    }
}

#[tokio::test]
async fn behind_nginx() {
    let (relay, identity, at) = (lab().await, Identity::default(), tests::free_address());
    let folder = identity.folder();
    let block = configuration(
        "nginx",
        &[
            ("listen 443 ssl", &format!("listen {at} ssl")),
            ("127.0.0.1:8080", &relay.address().to_string()),
            ("/etc/ssl/lab.pem", identity.certificate().to_str().unwrap()),
            ("/etc/ssl/lab.key", identity.key().to_str().unwrap()),
        ],
    );
    let own = folder.display();
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|what| format!("{what}_temp_path {own}/{what};\n"))
        .concat();
    let whole = format!(
        "daemon off;\nmaster_process off;\npid {own}/pid;\nerror_log {own}/log;\nevents {{}}\n\
         http {{\naccess_log off;\n{temporary}{block}}}\n"
    );
    let file = folder.join("nginx.conf");
    fs::write(&file, whole).unwrap();
    let log = folder.join("log");
    let args = ["-c", file.to_str().unwrap(), "-e", log.to_str().unwrap()];
    let Some(_proxy) = start("nginx", &args, folder) else { return };
    works_behind(at, &identity).await;
}

#[tokio::test]
async fn behind_caddy() {
    let (relay, identity, at) = (lab().await, Identity::default(), tests::free_address());
    let folder = identity.folder();
    let (certificate, key) = (identity.certificate(), identity.key());
    let block = configuration(
        "caddy",
        &[
            (
                "lab.example {\n",
                &format!(
                    "{NAME}:{} {{\n\ttls {} {}\n",
                    at.port(),
                    certificate.display(),
                    key.display()
                ),
            ),
            ("127.0.0.1:8080", &relay.address().to_string()),
        ],
    );
    // No port but ours: neither the administrator's, nor that of plain HTTP.
    let options = "{\n\tadmin off\n\tauto_https disable_redirects\n\tdefault_bind 127.0.0.1\n}\n";
    let file = folder.join("Caddyfile");
    fs::write(&file, format!("{options}{block}")).unwrap();
    let args = ["run", "--adapter", "caddyfile", "--config", file.to_str().unwrap()];
    let Some(_proxy) = start("caddy", &args, folder) else { return };
    works_behind(at, &identity).await;
}

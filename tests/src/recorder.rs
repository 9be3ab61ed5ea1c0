//! Keeps what a client sends to a practice server.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use shared::protocols::Protocol;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use crate::page::start_relay;

/// Where Python finds the practice server.
pub const HOST: &str = "127.0.0.1";

/// Stands between Python and the practice server, and keeps what Python sends, by the port that it sends from. Each
/// connection finds a world that nobody has been in, as each session of [`Play`](crate::play::Play) does.
pub struct Recorder {
    pub port: u16,
    sent: Arc<Mutex<BTreeMap<u16, Vec<u8>>>>,
}

impl Recorder {
    pub async fn start(protocol: &'static Protocol) -> Recorder {
        let listener = TcpListener::bind((HOST, 0)).await.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let sent: Arc<Mutex<BTreeMap<u16, Vec<u8>>>> = Arc::default();
        let record = Arc::clone(&sent);
        tokio::spawn(async move {
            while let Ok((client, peer)) = listener.accept().await {
                let relay = start_relay(relay::PolicyName::Lab, 0).await;
                let endpoint = relay.endpoints().iter().find(|e| e.protocol == protocol.id);
                let server = endpoint.expect("every protocol has a practice server").address;
                let server = TcpStream::connect(server).await.expect("the practice server listens");
                let octets = carry(client, server).await;
                let mut sent = record.lock().expect("no test panics while it holds this");
                sent.insert(peer.port(), octets);
            }
        });
        Recorder { port, sent }
    }

    /// A dialogue whose URLs name the server by its address here.
    pub fn named(&self, dialogue: &str) -> String {
        dialogue.replace("://practice.lab/", &format!("://{HOST}:{}/", self.port))
    }

    /// What came from these ports, when their connections are over.
    pub async fn sent(&self, ports: impl Iterator<Item = &str>) -> Vec<u8> {
        let mut all = Vec::new();
        for port in ports {
            let port = port.parse().expect("Python prints ports");
            let octets = async {
                loop {
                    let octets = self.sent.lock().expect("nobody panics with it").remove(&port);
                    match octets {
                        Some(octets) => break octets,
                        None => sleep(Duration::from_millis(5)).await,
                    }
                }
            };
            all.extend(timeout(Duration::from_secs(20), octets).await.expect("Python closes"));
        }
        all
    }
}

/// Carries octets both ways to the end, and gives those of the client.
async fn carry(client: TcpStream, server: TcpStream) -> Vec<u8> {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let mut sent = Vec::new();
    let back = async {
        let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
        let _ = to_client.shutdown().await;
    };
    let forth = async {
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = from_client.read(&mut buffer).await {
            sent.extend(&buffer[..read]);
            if to_server.write_all(&buffer[..read]).await.is_err() {
                break;
            }
        }
        let _ = to_server.shutdown().await;
    };
    tokio::join!(back, forth);
    sent
}

//! The relay between two programs, beside plain TCP.

use std::net::SocketAddr;
use std::time::Instant;

use relay::PolicyName;
use tests::page::start_relay;
use tests::tunnel::TunnelClient;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::{ROUNDS, median, micros, quantile, rate};

const BULK: usize = 512 << 20;
const BLOCK: usize = 64 * 1024;
const ECHOES: usize = 2000;

pub(crate) async fn throughput() {
    let source = server(|mut socket| async move {
        let block = vec![0x55; BLOCK];
        for _ in 0..BULK / BLOCK {
            socket.write_all(&block).await.unwrap();
        }
    })
    .await;
    let sink = server(|mut socket| async move {
        let mut block = vec![0; BLOCK];
        while socket.read(&mut block).await.unwrap() > 0 {}
        socket.write_all(b".").await.unwrap();
    })
    .await;
    let relay = start_relay(PolicyName::Open, 0).await;
    let client = TunnelClient::connect(relay.address()).await;
    let (mut down, mut up) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    let block = vec![0x55; BLOCK];
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let mut socket = TcpStream::connect(source).await.unwrap();
        let (mut octets, mut buffer) = (0, vec![0; BLOCK]);
        loop {
            match socket.read(&mut buffer).await.unwrap() {
                0 => break,
                n => octets += n,
            }
        }
        assert_eq!(octets, BULK);
        down[0].push(rate(BULK, began.elapsed()));

        let began = Instant::now();
        let mut stream = client.open_address(source).await.unwrap();
        let mut octets = 0;
        while let Some(bytes) = stream.read().await.unwrap() {
            octets += bytes.len();
        }
        assert_eq!(octets, BULK);
        down[1].push(rate(BULK, began.elapsed()));
        stream.finish();

        let began = Instant::now();
        let mut socket = TcpStream::connect(sink).await.unwrap();
        for _ in 0..BULK / BLOCK {
            socket.write_all(&block).await.unwrap();
        }
        socket.shutdown().await.unwrap();
        assert_eq!(socket.read_u8().await.unwrap(), b'.');
        up[0].push(rate(BULK, began.elapsed()));

        let began = Instant::now();
        let mut stream = client.open_address(sink).await.unwrap();
        for _ in 0..BULK / BLOCK {
            stream.write(&block).await.unwrap();
        }
        stream.finish();
        assert_eq!(stream.read_exactly(1).await, b".");
        up[1].push(rate(BULK, began.elapsed()));
    }
    for (name, [plain, tunnel]) in [("download", down), ("upload", up)] {
        let (plain, tunnel) = (median(plain), median(tunnel));
        println!("| {name} | {plain:.0} MB/s | {tunnel:.0} MB/s | {:.2} |", tunnel / plain);
    }
}

/// 64 octets there and back.
pub(crate) async fn echo() {
    let echo = server(|mut socket| async move {
        socket.set_nodelay(true).unwrap();
        let mut buffer = [0; 64];
        while socket.read_exact(&mut buffer).await.is_ok() {
            socket.write_all(&buffer).await.unwrap();
        }
    })
    .await;
    let relay = start_relay(PolicyName::Open, 0).await;
    let client = TunnelClient::connect(relay.address()).await;
    let mut stream = client.open_address(echo).await.unwrap();
    let mut socket = TcpStream::connect(echo).await.unwrap();
    socket.set_nodelay(true).unwrap();
    let (mut plain, mut tunnel, mut buffer) = (Vec::new(), Vec::new(), [7; 64]);
    for _ in 0..ECHOES {
        let began = Instant::now();
        socket.write_all(&buffer).await.unwrap();
        socket.read_exact(&mut buffer).await.unwrap();
        plain.push(micros(began.elapsed()));
        let began = Instant::now();
        stream.write(&buffer).await.unwrap();
        assert_eq!(stream.read_exactly(64).await, buffer);
        tunnel.push(micros(began.elapsed()));
    }
    for (name, at) in [("echo, p50", 0.5), ("echo, p99", 0.99)] {
        let (plain, tunnel) = (quantile(&mut plain, at), quantile(&mut tunnel, at));
        println!("| {name} | {plain:.0} \u{b5}s | {tunnel:.0} \u{b5}s | {:.1} |", tunnel / plain);
    }
}

/// A server that does `serve` with every connection.
async fn server<F, Fut>(serve: F) -> SocketAddr
where
    F: Fn(TcpStream) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(serve(socket));
        }
    });
    address
}

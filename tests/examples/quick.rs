#![allow(clippy::unwrap_used)]
use futures_util::{SinkExt, StreamExt};
use shared::tunnel::*;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

struct Inline {
    ws: WebSocketStream<TcpStream>,
    mux: Mux,
    t: Instant,
}
impl Inline {
    async fn new(relay: SocketAddr) -> Inline {
        let ws = tests::tunnel::websocket(tests::tunnel::request(relay)).await.unwrap();
        let mut s = Inline { ws, mux: Mux::page("quick"), t: Instant::now() };
        s.until(|e| matches!(e, Event::Welcome(_)).then_some(())).await;
        s
    }
    async fn out(&mut self) {
        let mut any = false;
        while let Some(m) = self.mux.poll_message(self.t.elapsed()) {
            self.ws.feed(Message::Binary(m.into())).await.unwrap();
            any = true;
        }
        if any {
            self.ws.flush().await.unwrap();
        }
    }
    async fn until<T>(&mut self, mut f: impl FnMut(&Event) -> Option<T>) -> T {
        loop {
            self.out().await;
            while let Some(e) = self.mux.poll_event() {
                if let Event::Data(id, b) = &e {
                    self.mux.consumed(*id, b.len());
                }
                if let Some(t) = f(&e) {
                    return t;
                }
                if let Event::Reset(_, r) = &e {
                    panic!("{r}");
                }
            }
            let Some(Ok(Message::Binary(m))) = self.ws.next().await else { panic!("gone") };
            let now = self.t.elapsed();
            self.mux.receive(&m, now).unwrap();
        }
    }
    async fn open(&mut self, a: SocketAddr) -> StreamId {
        let id = self.mux.open(Target::new(a.ip().to_string(), a.port())).unwrap();
        self.until(|e| matches!(e, Event::Opened(i, _) if *i == id).then_some(())).await;
        id
    }
}
async fn server<F, Fut>(serve: F) -> SocketAddr
where
    F: Fn(TcpStream) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let l = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let a = l.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((s, _)) = l.accept().await {
            tokio::spawn(serve(s));
        }
    });
    a
}
fn rss(pid: u32) -> u64 {
    std::fs::read_to_string(format!("/proc/{pid}/status"))
        .unwrap()
        .lines()
        .find(|l| l.starts_with("VmRSS"))
        .unwrap()
        .split_whitespace()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap()
}
fn cpu(pid: u32) -> f64 {
    let s = std::fs::read_to_string(format!("/proc/{pid}/schedstat"));
    let mut t = 0.0;
    for e in std::fs::read_dir(format!("/proc/{pid}/task")).unwrap() {
        let x = std::fs::read_to_string(e.unwrap().path().join("schedstat")).unwrap_or_default();
        t += x.split(' ').next().and_then(|n| n.parse::<f64>().ok()).unwrap_or(0.0);
    }
    drop(s);
    t / 1e6
}
fn q(v: &mut [f64], at: f64) -> f64 {
    v.sort_by(f64::total_cmp);
    v[((v.len() - 1) as f64 * at) as usize]
}
#[tokio::main(flavor = "current_thread")]
async fn main() {
    let relay: SocketAddr = std::env::args().nth(1).unwrap().parse().unwrap();
    let pid: u32 = std::env::args().nth(2).unwrap().parse().unwrap();
    let parts = std::env::args().nth(3).unwrap_or("echo,open,bulk,idle".into());
    let echo = {
        // own thread
        let (tx, rx) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(
                async {
                    let a = server(|mut s| async move {
                        s.set_nodelay(true).unwrap();
                        let mut b = vec![0; 65536];
                        loop {
                            match s.read(&mut b).await {
                                Ok(0) | Err(_) => break,
                                Ok(n) => {
                                    if s.write_all(&b[..n]).await.is_err() {
                                        break;
                                    }
                                }
                            }
                        }
                    })
                    .await;
                    let src = server(|mut s| async move {
                        let b = vec![0x55; 65536];
                        for _ in 0..(512 << 20) / 65536 {
                            if s.write_all(&b).await.is_err() {
                                break;
                            }
                        }
                    })
                    .await;
                    let sink = server(|mut s| async move {
                        let mut b = vec![0; 65536];
                        while s.read(&mut b).await.unwrap_or(0) > 0 {}
                        let _ = s.write_all(b".").await;
                    })
                    .await;
                    tx.send((a, src, sink)).unwrap();
                    std::future::pending::<()>().await
                },
            )
        });
        rx.recv().unwrap()
    };
    let (echo, src, sink) = echo;
    if parts.contains("echo") {
        let mut c = Inline::new(relay).await;
        let id = c.open(echo).await;
        let mut plain = TcpStream::connect(echo).await.unwrap();
        plain.set_nodelay(true).unwrap();
        let (mut a, mut b) = (vec![], vec![]);
        let mut buf = [7; 64];
        let c0 = cpu(pid);
        for _ in 0..5000 {
            let t = Instant::now();
            plain.write_all(&buf).await.unwrap();
            plain.read_exact(&mut buf).await.unwrap();
            a.push(t.elapsed().as_secs_f64() * 1e6);
            let t = Instant::now();
            c.mux.send(id, &buf);
            let mut n = 0;
            c.until(|e| {
                if let Event::Data(_, b) = e {
                    n += b.len()
                }
                (n >= 64).then_some(())
            })
            .await;
            b.push(t.elapsed().as_secs_f64() * 1e6);
        }
        println!("relay cpu per echo {:.1} us", (cpu(pid) - c0) * 1000.0 / 5000.0);
        println!(
            "echo plain p50 {:.0} p99 {:.0}; relay p50 {:.0} p99 {:.0} us",
            q(&mut a, 0.5),
            q(&mut a, 0.99),
            q(&mut b, 0.5),
            q(&mut b, 0.99)
        );
    }
    if parts.contains("open") {
        let mut c = Inline::new(relay).await;
        let mut v = vec![];
        let all = Instant::now();
        for _ in 0..2000 {
            let t = Instant::now();
            let id = c.open(echo).await;
            c.mux.send(id, b"x");
            c.until(|e| matches!(e, Event::Data(..)).then_some(())).await;
            v.push(t.elapsed().as_secs_f64() * 1e6);
            c.mux.abort(id, Reset::new(Reason::CANCELLED, Phase::Local));
        }
        println!(
            "open+first byte p50 {:.0} p99 {:.0} us, {:.0}/s",
            q(&mut v, 0.5),
            q(&mut v, 0.99),
            2000.0 / all.elapsed().as_secs_f64()
        );
        // many at a time
        let t = Instant::now();
        let mut pending = 0;
        let mut done = 0;
        let mut asked = 0;
        while done < 5000 {
            while pending < 20 && asked < 5000 {
                c.mux.open(Target::new(echo.ip().to_string(), echo.port())).unwrap();
                pending += 1;
                asked += 1;
            }
            let id = c.until(|e| if let Event::Opened(i, _) = e { Some(*i) } else { None }).await;
            done += 1;
            pending -= 1;
            c.mux.abort(id, Reset::new(Reason::CANCELLED, Phase::Local));
        }
        println!("opens {:.0}/s", 5000.0 / t.elapsed().as_secs_f64());
    }
    if parts.contains("bulk") {
        for (n, what) in [(1, "1"), (10, "10")] {
            let mut c = Inline::new(relay).await;
            let mut ids = vec![];
            for _ in 0..n {
                ids.push(c.open(src).await);
            }
            let c0 = cpu(pid);
            let t = Instant::now();
            let mut fins = 0;
            c.until(|e| {
                if let Event::Fin(_) = e {
                    fins += 1
                }
                (fins == n).then_some(())
            })
            .await;
            let used = cpu(pid) - c0;
            println!(
                "download {what}: {:.0} MiB/s, cpu {used:.0} ms",
                (n * 512) as f64 / t.elapsed().as_secs_f64()
            );
            let mut c = Inline::new(relay).await;
            let mut ids = vec![];
            for _ in 0..n {
                ids.push((c.open(sink).await, (512usize << 20) / n));
            }
            let c0 = cpu(pid);
            let t = Instant::now();
            let block = vec![1; 65536];
            let mut dots = 0;
            while dots < n {
                for (id, left) in &mut ids {
                    if *left > 0 {
                        let k = c.mux.send(*id, &block[..block.len().min(*left)]);
                        *left -= k;
                        if *left == 0 {
                            c.mux.finish(*id);
                        }
                    }
                }
                c.out().await;
                while let Some(e) = c.mux.poll_event() {
                    if let Event::Data(..) = e {
                        dots += 1
                    }
                }
                if dots < n && ids.iter().all(|(id, left)| *left == 0 || c.mux.room(*id) == 0) {
                    let Some(Ok(Message::Binary(m))) = c.ws.next().await else { panic!() };
                    let now = c.t.elapsed();
                    c.mux.receive(&m, now).unwrap();
                } else if let Some(m) = futures_util::FutureExt::now_or_never(c.ws.next()) {
                    let Some(Ok(Message::Binary(m))) = m else { panic!() };
                    let now = c.t.elapsed();
                    c.mux.receive(&m, now).unwrap();
                }
            }
            let used = cpu(pid) - c0;
            println!(
                "upload {what}: {:.0} MiB/s, cpu {used:.0} ms",
                512.0 / t.elapsed().as_secs_f64()
            );
        }
    }
    if parts.contains("idle") {
        let before = rss(pid);
        let mut all = vec![];
        for _ in 0..200 {
            all.push(Inline::new(relay).await);
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        println!("200 idle WebSockets: {} KiB each", (rss(pid) - before) / 200);
        let before = rss(pid);
        for c in all.iter_mut().take(20) {
            for _ in 0..50 {
                let id = c.open(echo).await;
                c.mux.send(id, b"x");
                c.until(|e| matches!(e, Event::Data(..)).then_some(())).await;
            }
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        println!("1000 idle streams: {:.1} KiB each", (rss(pid) - before) as f64 / 1000.0);
    }
}

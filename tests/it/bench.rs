//! The bench of sockets: what it says is what Python says, and the page around it.

use std::{fs, path::Path, time::Duration};

use relay::PolicyName;
use serde_json::{Value, json};
use shared::sockets::{Bench, Outcome, Side, What};
use tests::browser::{Browser, Key};
use tests::{free_address, page::start_relay, python};

/// Every session of `tests/bench`, with simulated sockets and with real ones.
#[tokio::test]
async fn the_bench_says_what_python_says() {
    let folder = tests::workspace().join("tests/bench");
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    assert!(files.len() > 10, "the sessions were not found");
    let scratch = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for path in files {
        let session = fs::read_to_string(&path).unwrap();
        let Some(real) = with_python(&session, scratch.path()).await else { return };
        let simulated = on_the_bench(&session);
        let lines: Vec<&str> = session.lines().collect();
        assert_eq!(real.len(), lines.len(), "{}", path.display());
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for ((line, real), simulated) in lines.iter().zip(&real).zip(&simulated) {
            if real != simulated {
                wrong.push(format!("{name}: {line}\n  Python: {real}\n   bench: {simulated}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn on_the_bench(session: &str) -> Vec<String> {
    let session =
        session.replace("HOST", "server.lab").replace("PORT", "12345").replace("PATH", "/run/lab");
    let mut bench = Bench::new(11);
    for side in Side::BOTH {
        bench.run(side, "import socket").unwrap();
        bench.run(side, "import struct").unwrap();
    }
    let first = bench.len();
    for line in session.lines() {
        let (desk, code) = line.split_once("> ").unwrap();
        let side = if desk == "S" { Side::Server } else { Side::Client };
        bench.run(side, code).unwrap_or_else(|why| panic!("{line}: {why}"));
        // A timeout of a few hundredths, not the minutes of the kernel's own timers.
        if bench.desk(side).deadline().is_some() {
            bench.pass(Duration::from_millis(100));
        }
    }
    let calls = (first..bench.len()).filter_map(|at| match &bench.entry(at).unwrap().what {
        What::Call { report, .. } => Some(report),
        _ => None,
    });
    let shown = calls.map(|report| {
        let outcome = match &report.outcome {
            None => "waits".into(),
            Some(Outcome::Nothing) => String::new(),
            Some(Outcome::Value(value)) => value.clone(),
            Some(Outcome::Raised(exception)) => exception.to_string(),
            Some(Outcome::NotHere(why)) => format!("not here: {why}"),
        };
        steady(&format!("{}{outcome}", report.printed))
    });
    shown.collect()
}

async fn with_python(session: &str, scratch: &Path) -> Option<Vec<String>> {
    let free = free_address().port();
    let path = scratch.join(format!("{free}.sock"));
    let session = session
        .replace("HOST", "127.0.0.1")
        .replace("PORT", &free.to_string())
        .replace("PATH", path.to_str().unwrap());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/two_desks.py");
    let code = format!(
        "import io, runpy, sys\nsys.stdin = io.StringIO({})\nrunpy.run_path({}, run_name='__main__')\n",
        shared::python::literal::text(&session),
        shared::python::literal::text(script.to_str().unwrap()),
    );
    let run = python::run_code(&code, Duration::from_secs(120)).await?;
    assert!(run.ok, "{}{}", run.stdout, run.stderr);
    let values = run.stdout.lines().map(|line| match serde_json::from_str(line).unwrap() {
        Value::String(shown) => steady(&shown),
        _ => "waits".into(),
    });
    Some(values.collect())
}

/// Without what differs between machines: addresses, chosen ports, descriptors, places in memory.
fn steady(shown: &str) -> String {
    let mut out = String::new();
    let mut rest = shown;
    while let Some(c) = rest.chars().next() {
        let number = |text: &str| text.chars().take_while(char::is_ascii_digit).count();
        let taken = if let Some(after) = rest.strip_prefix("fd=") {
            out.push_str("fd=N");
            3 + number(after)
        } else if let Some(after) = rest.strip_prefix("('") {
            match after.split_once("', ").filter(|(host, _)| is_address(host)) {
                Some((host, after)) => {
                    // An address of no host stays to be seen; one that was given does not.
                    let any = ["0.0.0.0", "::"].contains(&host);
                    let port = &after[..number(after)];
                    out.push_str(&format!(
                        "('{}', {}",
                        if any { host } else { "ADDRESS" },
                        if port == "0" { "0" } else { "N" }
                    ));
                    4 + host.len() + 1 + port.len()
                }
                None => 1,
            }
        } else if let Some(at) = rest.strip_prefix('/').and_then(|r| r.find(['>', '\'', ','])) {
            out.push_str("PATH");
            at + 1
        } else {
            0
        };
        if taken <= 1 {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            rest = &rest[taken..];
        }
    }
    out
}

fn is_address(host: &str) -> bool {
    host.parse::<std::net::IpAddr>().is_ok()
}

/// The page at `#/socket`.
struct Desks {
    browser: Browser,
    _relay: relay::Relay,
}

impl Desks {
    async fn open(width: u32, height: u32) -> Option<Desks> {
        if !tests::workspace().join("dist/index.html").exists() {
            tests::skip("dist/ is not built; `cargo xtask web` builds it");
            return None;
        }
        let browser = Browser::open(width, height).await?;
        let relay = start_relay(PolicyName::Lab, 0).await;
        browser.goto(&format!("{}#/socket", relay.url())).await;
        browser.wait_for_element("#server-call").await;
        Some(Desks { browser, _relay: relay })
    }

    async fn value(&self, id: &str) -> String {
        let script = "return document.getElementById(arguments[0]).value";
        let value = self.browser.run(script, vec![json!(id)]).await;
        value.as_str().unwrap_or_default().to_owned()
    }

    async fn status(&self) -> String {
        self.browser.texts("[role=status]").await.concat()
    }

    /// Enter in a composer, and something that happens.
    async fn enter(&self, side: &str) {
        let before = self.marks().await;
        self.browser.type_keys(&format!("#{side}-call"), &Key::Enter.to_string()).await;
        self.browser.wait_for("an effect of Enter", async || self.marks().await != before).await;
    }

    async fn types(&self, side: &str, code: &str) {
        let script = "const area = document.getElementById(arguments[0]);
            area.focus();
            area.value = arguments[1];
            area.dispatchEvent(new InputEvent('input', {bubbles: true}));";
        let id = format!("{side}-call");
        self.browser.run(script, vec![json!(id), json!(code)]).await;
        self.browser
            .wait_for("the composer to hold the call", async || self.value(&id).await == code)
            .await;
        self.enter(side).await;
    }

    /// Everything that Enter may change.
    async fn marks(&self) -> String {
        let script = "return [document.getElementById('record').textContent,
            ...[...document.querySelectorAll('.desk')].map(desk => desk.textContent)].join('|')";
        self.browser.run(script, vec![]).await.to_string()
    }

    /// Texts of the record: of one kind.
    async fn record(&self, kind: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll('#record > li')]
            .filter(li => li.dataset.kind == arguments[0]).map(li => li.dataset.side + ' ' + li.dataset.text)";
        let rows = self.browser.run(script, vec![json!(kind)]).await;
        rows.as_array()
            .into_iter()
            .flatten()
            .filter_map(|r| r.as_str().map(str::to_owned))
            .collect()
    }

    async fn last_call(&self) -> String {
        self.record("call").await.pop().unwrap_or_default()
    }

    async fn connected() -> Option<Desks> {
        let desks = Desks::open(1280, 900).await?;
        for (side, presses) in [("server", 5), ("client", 3)] {
            for _ in 0..presses {
                desks.enter(side).await;
            }
        }
        desks.browser.wait_for_text("[role=status]", "client: ESTABLISHED").await;
        Some(desks)
    }
}

#[tokio::test]
async fn enter_alone_leads_through_the_lectures_pair() {
    let Some(desks) = Desks::open(1280, 900).await else { return };
    let mut presses = 0;
    while !desks.status().await.contains("over") {
        let server = desks.value("server-call").await;
        desks.enter(if server.is_empty() { "client" } else { "server" }).await;
        presses += 1;
        assert!(presses < 20, "not over: {}", desks.status().await);
    }
    let calls = desks.record("call").await;
    let got = "client s.recv(1024)\n\nb'Thank you for connecting'";
    assert!(calls.iter().any(|call| call == got), "{calls:#?}");
    assert!(calls.iter().any(|call| call == "client s.recv(1024)\n\nb''"), "{calls:#?}");
    let packets = desks.record("packet").await;
    assert_eq!(packets.len(), 9, "{packets:#?}");
    assert!(desks.status().await.contains("server: TIME-WAIT"));
    desks.browser.click("#next-timer").await;
    desks.browser.wait_for_text("[role=status]", "server: no TCP").await;
    desks.browser.assert_no_errors().await;
}

#[tokio::test]
async fn the_lectures_scripts_are_stepped_packet_by_packet() {
    let Some(desks) = Desks::open(1280, 900).await else { return };
    desks.browser.click("#server-lecture").await;
    desks.browser.click("#client-lecture").await;
    desks.browser.wait_for_element("#step[hidden]").await;
    desks.browser.click("[aria-label='How packets arrive'] button:last-child").await;
    desks.browser.wait_for_element("#step:not([hidden])").await;
    desks
        .browser
        .wait_for_element("[aria-label='How packets arrive'] button:last-child[aria-pressed=true]")
        .await;
    for _ in 0..7 {
        desks.enter("server").await;
    }
    desks.browser.wait_for_text(".desk.server .held", "Waits in accept()").await;
    for _ in 0..5 {
        desks.enter("client").await;
    }
    desks.browser.wait_for_text("#step", "1 in flight").await;
    desks.browser.wait_for_text(".desk.client .state", "SYN-SENT").await;
    for state in ["SYN-RECEIVED", "SYN-RECEIVED", "ESTABLISHED"] {
        desks.enter("server").await;
        desks.browser.wait_for_text(".desk.server .state", state).await;
    }
    desks.browser.wait_for_text("#explain", "third step of the handshake").await;
    desks.browser.wait_for_text("#explain", "RFC 9293 section 3.5").await;
    let lit =
        "return [...document.querySelectorAll('.state-node.both text')].map(t => t.textContent)";
    assert_eq!(desks.browser.run(lit, vec![]).await, json!(["S C ESTABLISHED"]));
    desks.enter("server").await;
    desks
        .browser
        .wait_for_text(".desk.server .prompt", "Got connection from ('192.0.2.2', 40000)")
        .await;
}

#[tokio::test]
async fn a_closed_port_refuses() {
    let Some(desks) = Desks::open(1280, 900).await else { return };
    desks.enter("client").await;
    desks.enter("client").await;
    desks.types("client", "s.connect(('server.lab', 9))").await;
    let call = desks.last_call().await;
    assert!(call.ends_with("ConnectionRefusedError: [Errno 111] Connection refused"), "{call}");
    desks.browser.wait_for_text("#explain", "Refused").await;
}

#[tokio::test]
async fn two_sends_are_one_recv() {
    let Some(desks) = Desks::connected().await else { return };
    desks.types("client", "s.send(b'aa')").await;
    desks.types("client", "s.send(b'bb')").await;
    desks.browser.wait_for_text(".desk.server .sockets", "4 octets to be read: aabb").await;
    desks.types("server", "c.recv(99)").await;
    assert!(desks.last_call().await.ends_with("b'aabb'"));
}

#[tokio::test]
async fn a_half_closed_connection_still_carries_the_answer() {
    let Some(desks) = Desks::connected().await else { return };
    desks.types("client", "s.shutdown(socket.SHUT_WR)").await;
    desks.browser.wait_for_text("[role=status]", "client: FIN-WAIT-2").await;
    desks.types("server", "c.recv(9)").await;
    assert!(desks.last_call().await.ends_with("b''"));
    desks.types("server", "c.send(b'more')").await;
    desks.types("client", "s.recv(9)").await;
    assert!(desks.last_call().await.ends_with("b'more'"));
}

#[tokio::test]
async fn datagrams_are_cut_and_lost() {
    let Some(desks) = Desks::open(1280, 900).await else { return };
    for side in ["server", "client"] {
        desks.types(side, "import socket").await;
        desks.types(side, "s = socket.socket(type=socket.SOCK_DGRAM)").await;
    }
    desks.types("server", "s.bind(('', 12345))").await;
    desks.browser.click(".faults button").await;
    desks.browser.wait_for_element(".faults button[aria-pressed=true]").await;
    desks.types("client", "s.sendto(b'gone', ('server.lab', 12345))").await;
    desks.types("client", "s.sendto(b'hello world', ('server.lab', 12345))").await;
    desks.types("server", "s.recvfrom(5)").await;
    assert!(desks.last_call().await.contains("(b'hello', "));
    desks.browser.wait_for_text("#explain", "6 octets, is lost").await;
    let packets = desks.record("packet").await;
    assert!(packets[0].ends_with("lost") && packets[1].ends_with("arrived"), "{packets:?}");
    desks.types("server", "s.recvfrom(5)").await;
    desks.browser.wait_for_text(".desk.server .held", "Waits in recvfrom()").await;
    desks.browser.click(".desk.server .held button").await;
    desks.browser.wait_for_text(".desk.server .prompt", "KeyboardInterrupt").await;
}

#[tokio::test]
async fn what_cannot_be_read_is_named_and_reset_begins_anew() {
    let Some(desks) = Desks::open(1280, 900).await else { return };
    desks.types("client", "if x: y()").await;
    desks.browser.wait_for_text("#client-refusal", "Line 1, column 1").await;
    desks.types("client", "import socket").await;
    desks.browser.click("#reset").await;
    desks.browser.wait_for("an empty record", async || desks.record("call").await.is_empty()).await;
    for (lab, there) in [("pop3", "#command"), ("socket", "#server-call")] {
        desks.browser.click("[popovertarget=protocols]").await;
        desks.browser.click(&format!(".protocols a[href='#/{lab}']")).await;
        desks.browser.wait_for_element(there).await;
    }
    desks.browser.assert_no_errors().await;
}

#[tokio::test]
async fn nothing_of_the_bench_sticks_out_on_a_phone() {
    let Some(desks) = Desks::open(360, 740).await else { return };
    let wide = "const root = document.documentElement; return root.scrollWidth - root.clientWidth";
    assert_eq!(desks.browser.run(wide, vec![]).await, 0, "empty");
    desks.browser.client().set_window_size(360, 740).await.unwrap();
    for pair in shared::sockets::programs::ALL {
        for side in ["server", "client"] {
            desks.browser.click("#reset").await;
            let script = "const select = document.querySelector(`.desk.${arguments[0]} select`);
                select.value = arguments[1];
                select.dispatchEvent(new Event('change', {bubbles: true}));";
            let part = |n: usize| format!(".bench-parts button:nth-child({n})");
            for (n, desk) in [(1, "server"), (2, "client")] {
                desks.browser.click(&part(n)).await;
                if pair.id == "lecture" {
                    desks.browser.click(&format!("#{desk}-lecture")).await;
                } else {
                    desks.browser.run(script, vec![json!(desk), json!(pair.id)]).await;
                }
                desks.browser.wait_for_element(&format!(".desk.{desk} .desk-script")).await;
            }
            for first in [side, if side == "server" { "client" } else { "server" }] {
                desks.browser.click(&part(1 + usize::from(first == "client"))).await;
                desks.browser.click(&format!(".desk.{first} .desk-script button")).await;
            }
            assert_eq!(desks.browser.run(wide, vec![]).await, 0, "{}, {side} first", pair.id);
        }
    }
}

/// The lecture's pair on real sockets, and a program of this machine in the client's place.
#[tokio::test]
async fn real_sockets_talk_to_each_other_and_to_any_program() {
    let Some(desks) = Desks::open(1280, 900).await else { return };
    desks.browser.click("#real").await;
    desks.browser.wait_for_text(".status-bar .notice", "Real sockets of").await;
    let port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    for call in ["import socket", "s = socket.socket()"] {
        desks.types("server", call).await;
        desks.types("client", call).await;
    }
    desks.types("server", &format!("s.bind((socket.gethostname(), {port}))")).await;
    desks.types("server", "s.listen(5)").await;
    desks.browser.wait_for_text(".sockets", "LISTEN").await;
    desks.types("server", "c, addr = s.accept()").await;
    desks.types("client", &format!("s.connect(('localhost', {port}))")).await;
    desks.browser.wait_for_text(".sockets", "ESTABLISHED").await;
    desks.types("server", "c.send(b'Thank you for connecting')").await;
    desks.types("client", "s.recv(1024)").await;
    desks.browser.wait_for_text(".record", "b'Thank you for connecting'").await;
    // Any program may come.
    let mut program = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    desks.types("server", "d, addr = s.accept()").await;
    desks.types("server", "d.sendall(b'And you')").await;
    desks.types("server", "d.close()").await;
    let mut heard = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut program, &mut heard).await.unwrap();
    assert_eq!(heard, "And you");
    desks.browser.click("#simulated").await;
    desks.browser.wait_for_element(".network:not([hidden])").await;
    desks.browser.assert_no_errors().await;
}

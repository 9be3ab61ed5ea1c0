//! Telnet between our machines and programs of others: telnetd of inetutils, `telnet` and curl.

use std::process::Stdio;
use std::time::Duration;

use relay::PolicyName;
use shared::protocols::telnet;
use tests::native::Native;
use tests::page::start_relay;
use tests::play::Play;
use tests::servers::{Tls, lab};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

#[test]
fn whoever_only_presses_enter_gets_through_a_whole_session() {
    let mut play = Play::new(&telnet::PROTOCOL);
    let mut typed = Vec::new();
    while let Some(suggestion) = play.session().client().suggestion() {
        assert!(typed.len() < 12, "the suggestions do not end: {typed:?}");
        play.types(&suggestion.text);
        typed.push(suggestion.text);
    }
    let text = play.text();
    assert_eq!(play.session().client().state().id, "closed", "{text}");
    assert_eq!(typed, ["student", "lab-secret", "pwd", "ls", "cat hello.txt", "IAC AYT", "exit"]);
    assert!(!text.contains("== error") && !text.contains("== warning"), "{text}");
    assert!(text.contains("S: Hello, world!") && text.contains("S: [Yes]"), "{text}");
    assert!(!text.contains("lab-secret"), "{text}");
}

/// It shows no prompt before all its requests are answered, echoes itself, and colours its prompt.
#[test]
fn the_client_gets_along_with_a_real_telnetd() {
    let Some(lab) = lab() else { return };
    let endpoint = lab.endpoint("telnet", Tls::None);
    let (host, port) = endpoint.address();
    let mut native = Native::connect(&telnet::PROTOCOL, host, port);
    until(&mut native, "login: ");
    assert_eq!(suggested(&native), "student", "{}", native.text());
    native.types(&suggested(&native));
    until(&mut native, "Password: ");
    native.types(&suggested(&native));
    until(&mut native, endpoint.text("prompt"));
    assert!(!native.text().contains(&endpoint.password), "{}", native.text());

    let mut typed = Vec::new();
    while native.state() != "closed" {
        assert!(typed.len() < 12, "no end: {}", native.text());
        let next = suggested(&native);
        native.types(&next);
        if next != "exit" && !next.starts_with("IAC ") {
            until(&mut native, endpoint.text("prompt"));
        }
        typed.push(next);
    }
    let text = native.text();
    assert_eq!(typed, ["pwd", "ls", "cat hello.txt", "IAC AYT", "exit"], "{text}");
    assert!(text.contains("Hello from a real server!\n"), "{text}");
    assert!(text.contains("S: [Yes]"), "{text}");
    assert!(!text.contains("== error") && !text.contains("== warning"), "{text}");
    let draw = telnet::PROTOCOL.screen.expect("Telnet has a screen");
    let screen = draw(&mut native.session.transcript().entries().iter()).join("\n");
    assert!(screen.contains("student@lab$ cat hello.txt\nHello from a real server!\n"), "{screen}");
    assert!(!screen.contains("[?2004h"), "{screen}");
}

#[tokio::test]
async fn the_telnet_program_logs_in_and_asks_whether_the_server_is_there() {
    let Some((relay, port)) = practice("telnet").await else { return };
    let mut telnet = Program::start(Command::new("telnet").args(["127.0.0.1", &port]));
    telnet.until("practice.lab login: ").await;
    telnet.types("student").await;
    telnet.until("Password: ").await;
    telnet.types("lab-secret").await;
    telnet.until("student@practice:/$ ").await;
    telnet.types("cat hello.txt").await;
    telnet.until("Hello, world!").await;
    telnet.types("stty").await;
    telnet.until("your options: TTYPE, NAWS, LINEMODE").await;
    // Its own command line, behind the escape character.
    telnet.types("\u{1d}send ayt").await;
    telnet.until("[Yes]").await;
    telnet.types("\u{1d}status").await;
    telnet.until("Operating with LINEMODE option").await;
    telnet.types("exit").await;
    telnet.until("logout").await;
    telnet.ends().await;
    relay.stop().await;
}

#[tokio::test]
async fn curl_types_into_a_session() {
    let Some((relay, port)) = practice("curl").await else { return };
    let url = format!("telnet://127.0.0.1:{port}");
    let mut curl = Program::start(Command::new("curl").args(["-sS", "--noproxy", "*", &url]));
    // curl hears nothing while it waits for what is typed, so everything is typed ahead.
    curl.types("student\nlab-secret\ncat hello.txt\nexit").await;
    drop(curl.child.stdin.take());
    for text in ["login: ", "Password: ", "Hello, Sam Student.", "Hello, world!", "logout"] {
        curl.until(text).await;
    }
    curl.ends().await;
    relay.stop().await;
}

fn suggested(native: &Native) -> String {
    let suggestion = native.session.client().suggestion();
    suggestion.unwrap_or_else(|| panic!("no suggestion: {}", native.text())).text
}

/// Waits until the last thing that the server said ends so; login(1) takes its time.
fn until(native: &mut Native, end: &str) {
    let said = |native: &Native| {
        let text = native.text();
        let last = text.lines().rev().find(|line| line.starts_with("S: ")).unwrap_or_default();
        last.strip_suffix('\\').is_some_and(|line| line.ends_with(end))
    };
    native.until(said);
    assert!(said(native), "{end:?} does not come: {}", native.text());
}

async fn practice(program: &str) -> Option<(relay::Relay, String)> {
    let there = Command::new(program).arg("--version").stdout(Stdio::null()).status().await;
    if !there.is_ok_and(|status| status.success()) {
        tests::skip(&format!("there is no {program}"));
        return None;
    }
    let relay = start_relay(PolicyName::Lab, 0).await;
    let endpoint = relay.endpoints().iter().find(|endpoint| endpoint.protocol == "telnet");
    let port = endpoint.unwrap().address.port().to_string();
    Some((relay, port))
}

/// A program that is typed into.
struct Program {
    child: Child,
    said: String,
}

impl Program {
    fn start(command: &mut Command) -> Program {
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        child.kill_on_drop(true);
        Program { child: child.spawn().unwrap(), said: String::new() }
    }

    async fn types(&mut self, line: &str) {
        let input = self.child.stdin.as_mut().unwrap();
        input.write_all(format!("{line}\n").as_bytes()).await.unwrap();
        input.flush().await.unwrap();
    }

    /// Reads until this comes; what comes after it stays for the next call.
    async fn until(&mut self, text: &str) {
        let mut buffer = [0; 4096];
        loop {
            if let Some(at) = self.said.find(text) {
                self.said.drain(..at + text.len());
                return;
            }
            let output = self.child.stdout.as_mut().unwrap();
            let read = tokio::time::timeout(Duration::from_secs(30), output.read(&mut buffer));
            let n = read.await.unwrap_or(Ok(0)).unwrap();
            assert!(n > 0, "{text:?} does not come behind {:?}", self.said);
            self.said.push_str(&String::from_utf8_lossy(&buffer[..n]));
        }
    }

    async fn ends(&mut self) {
        let end = tokio::time::timeout(Duration::from_secs(30), self.child.wait());
        end.await.expect("it ends when the server does").unwrap();
    }
}

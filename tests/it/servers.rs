//! The real servers answer: the ground that comparisons with them stand on.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use tests::python;
use tests::servers::{Endpoint, Tls, lab};

#[test]
fn every_plain_port_greets_in_its_protocol() {
    let Some(lab) = lab() else { return };
    let mut seen = Vec::new();
    for endpoint in lab.endpoints.iter().filter(|endpoint| endpoint.tls != Tls::Implicit) {
        // A client of the web or of Gopher speaks first, and telnetd says things that are no line.
        if matches!(endpoint.protocol.as_str(), "http" | "gopher" | "telnet") {
            continue;
        }
        let greeting = greeting(endpoint);
        let expected = greets_with(&endpoint.protocol);
        assert!(
            greeting.starts_with(expected),
            "{} on {}: {greeting:?}",
            endpoint.product,
            endpoint.port
        );
        seen.push(endpoint.protocol.as_str());
    }
    seen.dedup();
    assert_eq!(seen, ["ftp", "pop3", "imap", "smtp", "nntp"]);
}

#[test]
fn the_web_server_has_the_text() {
    let Some(lab) = lab() else { return };
    let endpoint = lab.endpoint("http", Tls::None);
    let mut stream = connect(endpoint);
    let path = endpoint.text("text");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert_eq!(answer.matches("Protocol lab, line ").count(), 20, "{answer}");
}

#[test]
fn the_gopher_server_has_a_menu() {
    let Some(lab) = lab() else { return };
    let mut stream = connect(lab.endpoint("gopher", Tls::None));
    stream.write_all(b"\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(
        answer.starts_with("iWelcome to the lab\t") && answer.ends_with("\r\n.\r\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn every_tls_port_greets_with_a_certificate_of_the_labs_authority() {
    let Some(lab) = lab() else { return };
    let file = lab.file.to_str().expect("a path of ASCII");
    let Some(run) = python::run("tls_greetings.py", &[file], Duration::from_secs(60)).await else {
        return;
    };
    assert!(run.ok, "{}{}", run.stdout, run.stderr);
    let mut ports = 0;
    for endpoint in lab.endpoints.iter().filter(|endpoint| endpoint.tls == Tls::Implicit) {
        let start = format!("{} {}", endpoint.port, greets_with(&endpoint.protocol));
        assert!(
            run.stdout.lines().any(|line| line.starts_with(&start)),
            "no {start:?} in:\n{}",
            run.stdout
        );
        ports += 1;
    }
    assert_eq!(ports, 6);
}

fn greets_with(protocol: &str) -> &'static str {
    match protocol {
        "ftp" | "smtp" => "220 ",
        "pop3" => "+OK ",
        "imap" => "* OK ",
        "nntp" => "200 ",
        "http" => "HTTP/1.1 200 OK",
        other => panic!("no greeting is known for {other}"),
    }
}

fn greeting(endpoint: &Endpoint) -> String {
    let mut line = String::new();
    BufReader::new(connect(endpoint))
        .read_line(&mut line)
        .expect("a greeting within the time limit");
    line
}

fn connect(endpoint: &Endpoint) -> TcpStream {
    let stream = TcpStream::connect(endpoint.address()).expect("every endpoint listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time above zero");
    stream
}

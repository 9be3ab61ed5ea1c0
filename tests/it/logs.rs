//! What the relay writes about others: who, where, how long, how many octets, and nothing else.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use shared::world::{PASSWORD, USER};
use tests::tunnel::{TunnelClient, TunnelStream};
use tests::wirelab::Wirelab;

/// Typed by nobody else, so that finding it is finding a leak.
const CANARY: &str = "canary-4711";

/// Sends a line, if there is one, and reads until a whole answer has this start.
async fn say(stream: &mut TunnelStream, line: &str, start: &str) {
    stream.write(line.as_bytes()).await.unwrap();
    let mut heard = String::new();
    while !heard.lines().any(|line| line.starts_with(start)) || !heard.ends_with("\r\n") {
        let more = stream.read().await.unwrap().unwrap_or_else(|| panic!("the end after {heard}"));
        heard.push_str(&String::from_utf8(more).unwrap());
    }
}

/// Logs in by SMTP and by POP3, rightly and wrongly, and sends a mail; returns the whole log.
async fn log_of_passwords(format: &str) -> String {
    let wirelab = Wirelab::start(&["--log-format", format], "trace").await;
    let relay = wirelab.url.trim_start_matches("http://").trim_end_matches('/').parse().unwrap();
    let client = TunnelClient::connect(relay).await;
    let auth = |password: &str| {
        format!("AUTH PLAIN {}\r\n", BASE64_STANDARD.encode(format!("\0{USER}\0{password}")))
    };
    let mut smtp = client.open("practice.lab", 25).await.unwrap();
    say(&mut smtp, "", "220 ").await;
    say(&mut smtp, "EHLO logs\r\n", "250 ").await;
    say(&mut smtp, &auth(CANARY), "535 ").await;
    say(&mut smtp, &auth(PASSWORD), "235 ").await;
    say(&mut smtp, &format!("MAIL FROM:<{USER}@practice.lab>\r\n"), "250 ").await;
    say(&mut smtp, &format!("RCPT TO:<{USER}@practice.lab>\r\n"), "250 ").await;
    say(&mut smtp, "DATA\r\n", "354 ").await;
    say(&mut smtp, &format!("Subject: {CANARY}\r\n\r\n{CANARY}\r\n.\r\n"), "250 ").await;
    say(&mut smtp, "QUIT\r\n", "221 ").await;
    smtp.finish();
    assert!(smtp.read_to_end().await.1.is_none());

    let mut pop3 = client.open("practice.lab", 110).await.unwrap();
    say(&mut pop3, "", "+OK").await;
    for (password, answer) in [(CANARY, "-ERR"), (PASSWORD, "+OK")] {
        say(&mut pop3, &format!("USER {USER}\r\n"), "+OK").await;
        say(&mut pop3, &format!("PASS {password}\r\n"), answer).await;
    }
    say(&mut pop3, "QUIT\r\n", "+OK").await;
    pop3.finish();
    assert!(pop3.read_to_end().await.1.is_none());
    // The host's name is a stranger's text, and no line of its own.
    let _ = client.open("x\n2026 INFO forged", 1).await;
    wirelab.signal("INT");
    client.over().await;
    let (well, log) = wirelab.end().await;
    assert!(well);
    log
}

/// A text in the ways in which a library writes octets.
pub(crate) fn spellings(text: &str) -> Vec<String> {
    let numbers = |write: fn(&u8) -> String, between: &str| {
        text.as_bytes().iter().map(write).collect::<Vec<_>>().join(between)
    };
    vec![
        text.to_owned(),
        BASE64_STANDARD.encode(format!("\0{USER}\0{text}")),
        numbers(u8::to_string, ", "),
        numbers(u8::to_string, ","),
        numbers(|byte| format!("{byte:02x}"), ""),
        numbers(|byte| format!("{byte:02x}"), " "),
        numbers(|byte| format!("0x{byte:02x}"), ", "),
    ]
}

#[tokio::test]
async fn the_log_has_no_payload_and_no_password() {
    let log = log_of_passwords("text").await;
    assert!(log.contains("DEBUG"), "the filter did not work:\n{log}");
    for secret in [CANARY, PASSWORD, "Subject", "AUTH PLAIN", "RCPT TO"] {
        for spelling in spellings(secret) {
            assert!(!log.contains(&spelling), "{spelling} is in the log");
        }
    }
    assert!(!log.lines().any(|line| line.starts_with("2026 INFO forged")), "a forged line");
    let ended = log.lines().filter(|line| line.contains("stream ended")).collect::<Vec<_>>();
    assert_eq!(ended.len(), 3, "{log}");
    for part in
        ["page=127.0.0.1:", "target=\"practice.lab:", "address=127.0.0.1:", "ms=", "from_page="]
    {
        assert!(ended[0].contains(part), "{part} is not in {}", ended[0]);
    }
    assert!(ended[0].contains("outcome=\"finished\""), "{}", ended[0]);
    assert!(ended[2].contains("outcome=\"refused\" reason=\"BAD_TARGET\""), "{}", ended[2]);
}

#[tokio::test]
async fn the_log_as_json_has_the_sums() {
    let log = log_of_passwords("json").await;
    let lines = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let lines = lines.collect::<Vec<_>>();
    let of = |message: &str| {
        lines.iter().filter(|line| line["message"] == message).cloned().collect::<Vec<_>>()
    };
    let (ended, closed) = (of("stream ended"), of("tunnel closed"));
    assert_eq!((ended.len(), closed.len()), (3, 1));
    let sum = |field: &str| ended.iter().map(|line| line[field].as_u64().unwrap()).sum::<u64>();
    for field in ["from_page", "to_page"] {
        assert!(sum(field) > 100, "{field}: {}", sum(field));
        assert_eq!(closed[0][field].as_u64(), Some(sum(field)));
    }
    assert_eq!(closed[0]["streams"], 3);
    assert_eq!(ended[0]["outcome"], "finished");
}

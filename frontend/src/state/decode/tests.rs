use shared::text::sasl::{self, Mechanism};

use super::*;
use crate::state::testing::{golden, session};

/// Everything that is decoded in a session, in order: what and text.
fn all(lab: &Lab, secrets: bool) -> Vec<(String, String)> {
    let all = (0..lab.len()).flat_map(|n| decoded(lab, n, secrets));
    all.map(|decoded| (decoded.what, decoded.result.unwrap_or_else(|why| format!("! {why}"))))
        .collect()
}

fn found(protocol: &str, texts: &[&str], what: &str) -> String {
    let all = all(&session(protocol, texts), false);
    let found = all.iter().find(|(w, _)| w.starts_with(what));
    found.unwrap_or_else(|| panic!("{what:?} is not in {all:#?}")).1.clone()
}

#[test]
fn logins_are_read_with_their_passwords_masked() {
    let plain = ["EHLO you.lab", "AUTH PLAIN AHN0dWRlbnQAbGFiLXNlY3JldA=="];
    let lab = session("smtp", &plain);
    assert!(lab.refusal.is_none());
    let masked = "acts as: (the same user)\nuser: student\npassword: ********";
    assert_eq!(all(&lab, false), [("base64, a response of PLAIN".into(), masked.into())]);
    assert!(all(&lab, true)[0].1.ends_with("password: lab-secret"));

    let login = ["EHLO you.lab", "AUTH LOGIN", "c3R1ZGVudA==", "bGFiLXNlY3JldA=="];
    let texts: Vec<String> =
        all(&session("smtp", &login), false).into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, ["Username:", "user: student", "Password:", "password: ********"]);

    let basic = "GET /private/secret.txt HTTP/1.1\nHost: practice.lab\nAuthorization: Basic c3R1ZGVudDpsYWItc2VjcmV0\n\n";
    assert_eq!(found("http", &[basic], "base64, Basic"), "user: student\npassword: ********");
}

#[test]
fn cram_md5_shows_the_challenge_and_whose_answer_it_is() {
    let mut lab = session("pop3", &["AUTH CRAM-MD5"]);
    let challenge = all(&lab, false)[0].1.clone();
    let answer = Mechanism::CramMd5.respond(0, challenge.as_bytes(), "student", "lab-secret");
    crate::state::testing::send(&mut lab, &sasl::encode(answer.expect("an answer")));
    assert!(lab.server_said().is_some_and(|says| says.contains("open")), "the login is right");
    let all = all(&lab, false);
    assert!(all[0].0 == "base64, a challenge of CRAM-MD5" && all[0].1.starts_with('<'), "{all:?}");
    assert_eq!(all[1].1, "user: student\ndigest of challenge and password: ********");
}

#[test]
fn mails_are_read_with_their_words_and_parts() {
    let lab = session("pop3", &["USER student", "PASS lab-secret", "RETR 4", "RETR 5"]);
    let all = all(&lab, false);
    let texts: Vec<&str> = all.iter().map(|(_, text)| text.as_str()).collect();
    assert!(texts.contains(&"Gr\u{fc}\u{df}e und ein Bild"), "{all:#?}");
    let part = |what: &str| all.iter().find(|(w, _)| w.starts_with(what)).expect(what);
    assert!(part("part 1, text/plain").0.ends_with("quoted-printable"));
    assert!(part("part 2, image/png, base64").1.contains("octets: 89 50 4e 47"));
    // The octets of each part are those of the entry.
    for n in 0..lab.len() {
        let Some(wire) = lab.entry(n).and_then(|entry| entry.wire()) else { continue };
        for decoded in decoded(&lab, n, false) {
            let octets = &wire.bytes[decoded.range.clone()];
            if decoded.what.ends_with("image/png, base64") {
                assert!(octets.starts_with(b"iVBOR"), "{}", String::from_utf8_lossy(octets));
            }
        }
    }
}

#[test]
fn a_message_in_a_literal_is_read_as_well() {
    let texts = ["LOGIN student lab-secret", "SELECT INBOX", "FETCH 4 BODY[]"];
    assert!(found("imap", &texts, "part 2, image/png").contains("89 50 4e 47"));
}

#[test]
fn stuffed_dots_do_not_shift_what_is_behind_them() {
    let mail = "Subject: x\nContent-Transfer-Encoding: quoted-printable\n\n..one\n.two\n=41\n";
    let texts =
        ["EHLO you.lab", "MAIL FROM:<a@x.lab>", "RCPT TO:<student@practice.lab>", "DATA", mail];
    let lab = session("smtp", &texts);
    let n = (0..lab.len()).find(|n| !decoded(&lab, *n, false).is_empty()).expect("the body");
    let body = &decoded(&lab, n, false)[0];
    assert_eq!(body.result.as_deref(), Ok("..one\n.two\nA\n"));
    let octets = &lab.entry(n).unwrap().wire().unwrap().bytes[body.range.clone()];
    assert_eq!(octets, b"...one\r\n..two\r\n=41\r\n");
}

#[test]
fn names_numbers_and_commands_have_their_codes() {
    let list = found("imap", &["LOGIN student lab-secret", "LIST \"\" *"], "modified UTF-7");
    assert_eq!(list, "Gr\u{fc}\u{df}e & K\u{fc}sse");
    let port = found("ftp", &["USER student", "PASS lab-secret", "PASV"], "port");
    assert!(port.contains("\u{d7} 256 +") && port.contains("= port "), "{port}");
    assert_eq!(found("http", &["GET /%7Ea%20b"], "octets in per cent"), "/~a b");
    let telnet = found("telnet", &["IAC DO ECHO"], "Telnet command");
    assert!(telnet.starts_with("IAC ") && telnet.contains("(255 2"), "{telnet}");
}

#[test]
fn content_is_put_together_and_its_coding_undone() {
    assert!(found("http", &["GET /chunked"], "size of the chunk").contains("octets"));
    let all = all(&session("http", &["GET /chunked"]), false);
    assert!(all.iter().any(|(what, _)| what.starts_with("content without its")), "{all:#?}");
    let text = found("http", &["GET /gzip"], "gzip, ");
    assert!(text.is_ascii() && text.len() > 600, "{text}");
}

/// Whatever crosses the wire, decoding it neither fails nor points past it, and never tells a password.
#[test]
fn no_golden_session_is_too_much_for_it() {
    let mut count = 0;
    for (name, lab) in golden() {
        for n in 0..lab.len() {
            let length = match &lab.entry(n).unwrap().kind {
                Kind::Sent(wire) | Kind::Received(wire) => wire.bytes.len(),
                Kind::Data { head, .. } => head.len(),
                _ => 0,
            };
            for decoded in decoded(&lab, n, false) {
                count += 1;
                assert!(decoded.range.end <= length, "{name}: {decoded:?}");
                let text = decoded.result.unwrap_or_default();
                assert!(!text.contains("lab-secret"), "{name}: {text}");
            }
        }
    }
    assert!(count > 30, "{count}");
}

//! Other people's clients against the relay's practice servers: Python's modules and curl.

use std::process::Stdio;
use std::time::Duration;

use relay::Relay;
use tests::page::start_relay;
use tests::python;
use tokio::process::Command;

/// Each script calls every method of its module and ends with `ok`.
#[tokio::test]
async fn every_method_of_pythons_modules_works_on_the_practice_servers() {
    for protocol in shared::protocols::ALL {
        let relay = start_relay(relay::PolicyName::Lab, 0).await;
        let address = address(&relay, protocol.id);
        let script = format!("{}_client.py", protocol.id);
        let (host, port) = address.split_once(':').unwrap();
        let Some(run) = python::run(&script, &[host, port], Duration::from_secs(120)).await else {
            return;
        };
        assert!(run.ok, "{script}:\n{}{}", run.stdout, run.stderr);
        assert_eq!(run.stdout.lines().last(), Some("ok"), "{script}");
        relay.stop().await;
    }
}

#[tokio::test]
async fn curl_fetches_over_http() {
    let Some(curl) = Curl::new("http").await else { return };
    let base = format!("http://{}", curl.address);
    let text = curl.run(&[&format!("{base}/readme.txt")]).await;
    assert!(text.starts_with("Welcome to practice.lab."));
    assert_eq!(curl.run(&["-r", "0-6", &format!("{base}/readme.txt")]).await, "Welcome");
    let head = curl.run(&["-I", &format!("{base}/pub/huge.bin")]).await;
    assert!(head.contains("1073741824"), "{head}");
    assert_eq!(curl.run(&["-L", &format!("{base}/redirect")]).await, text);
    assert!(curl.run(&["-d", "a=b", &format!("{base}/echo")]).await.ends_with("a=b"));
    let zipped = curl.run(&["--compressed", &format!("{base}/gzip")]).await;
    assert!(zipped.chars().all(|c| c != char::REPLACEMENT_CHARACTER), "{zipped:?}");
    for auth in ["--basic", "--digest"] {
        let path = if auth == "--basic" { "private" } else { "digest" };
        let url = format!("{base}/{path}/secret.txt");
        let user = ["-f", auth, "-u", "student:lab-secret", &url];
        assert!(!curl.run(&user).await.is_empty(), "{auth}");
        assert!(!curl.fails(&["-f", auth, "-u", "student:wrong", &url]).await.is_empty());
    }
}

#[tokio::test]
async fn curl_lists_fetches_and_stores_over_ftp() {
    let Some(curl) = Curl::new("ftp").await else { return };
    let base = format!("ftp://student:lab-secret@{}", curl.address);
    assert!(curl.run(&[&format!("{base}/")]).await.contains("readme.txt"));
    let anonymous = format!("ftp://{}/readme.txt", curl.address);
    let text = curl.run(&[&anonymous]).await;
    assert_eq!(curl.run(&["--disable-epsv", &format!("{base}/readme.txt")]).await, text);
    assert!(text.starts_with(&curl.run(&["-r", "0-6", &anonymous]).await));

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sent.txt");
    std::fs::write(&file, "one\ntwo").unwrap();
    let (file, url) = (file.to_str().unwrap(), format!("{base}/upload/sent.txt"));
    curl.run(&["-T", file, &url]).await;
    assert_eq!(curl.run(&[&url]).await, "one\ntwo");
    curl.run(&["-a", "-T", file, &url]).await;
    assert_eq!(curl.run(&[&url]).await, "one\ntwoone\ntwo");
    curl.run(&["-Q", "DELE upload/sent.txt", &format!("{base}/")]).await;
    assert!(!curl.fails(&[&url]).await.is_empty());
    let names = curl.run(&["-l", &format!("{base}/pub/docs/")]).await;
    assert!(names.contains("\u{fc}ber uns.txt") && names.contains("two  spaces.txt"), "{names}");
}

#[tokio::test]
async fn curl_sends_by_smtp_what_it_reads_by_pop3() {
    let Some(curl) = Curl::new("smtp").await else { return };
    let pop3 = address(&curl.relay, "pop3");
    let folder = tempfile::tempdir().unwrap();
    let mail = folder.path().join("mail.eml");
    std::fs::write(&mail, "Subject: from curl\r\n\r\n.dots\r\n.\r\nend\r\n").unwrap();
    let smtp = format!("smtp://{}", curl.address);
    let from = ["--mail-from", "student@practice.lab", "--mail-rcpt", "you@practice.lab"];
    curl.run(&[&[&*smtp][..], &from, &["-T", mail.to_str().unwrap()]].concat()).await;
    let login = [&[&*smtp][..], &from, &["-u", "student:lab-secret", "-T", mail.to_str().unwrap()]];
    curl.run(&login.concat()).await;

    let inbox = format!("pop3://you:lab-secret@{pop3}");
    assert_eq!(curl.run(&[&format!("{inbox}/")]).await.lines().count(), 2);
    let read = curl.run(&[&format!("{inbox}/1")]).await;
    assert!(read.ends_with("Subject: from curl\r\n\r\n.dots\r\n.\r\nend\r\n"), "{read:?}");
    assert!(curl.run(&["-X", "UIDL", &format!("{inbox}/")]).await.contains("1 "));
}

#[tokio::test]
async fn curl_reads_and_files_by_imap() {
    let Some(curl) = Curl::new("imap").await else { return };
    let base = format!("imap://student:lab-secret@{}", curl.address);
    let names = curl.run(&[&format!("{base}/")]).await;
    assert!(names.contains("\"/\" INBOX") && names.contains("\"/\" Archive/2025"), "{names}");
    let mail = curl.run(&[&format!("{base}/INBOX;MAILINDEX=2")]).await;
    assert!(mail.ends_with("on the wire each has one dot more.\r\n"), "{mail:?}");
    let subject =
        curl.run(&[&format!("{base}/INBOX;UID=5;SECTION=HEADER.FIELDS%20(SUBJECT)")]).await;
    assert_eq!(subject, "Subject: Undelivered mail returned to sender\r\n\r\n");
    let found = curl.run(&[&format!("{base}/INBOX?SUBJECT%20dots")]).await;
    assert_eq!(found.trim(), "* SEARCH 2");
    let flags = ["-X", "STORE 1 +FLAGS (\\Flagged)", &format!("{base}/INBOX")];
    assert!(curl.run(&flags).await.contains("\\Flagged"));

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mail.eml");
    // Larger than what the server holds back at once.
    let mail = format!("Subject: from curl\r\n\r\n{}", "a line\r\n".repeat(30_000));
    std::fs::write(&file, &mail).unwrap();
    curl.run(&["-T", file.to_str().unwrap(), &format!("{base}/Sent")]).await;
    assert!(curl.run(&[&format!("{base}/Sent;MAILINDEX=2")]).await == mail);
    for login in ["AUTH=CRAM-MD5", "AUTH=LOGIN", "AUTH=PLAIN"] {
        let url = format!("{base}/");
        let args = ["--login-options", login, "-X", "STATUS INBOX (MESSAGES)", &url];
        assert!(curl.run(&args).await.contains("(MESSAGES 5)"), "{login}");
    }
    let wrong = format!("imap://student:wrong@{}/INBOX", curl.address);
    assert!(!curl.fails(&[&wrong]).await.is_empty());
}

#[tokio::test]
async fn curl_fetches_over_gopher() {
    let Some(curl) = Curl::new("gopher").await else { return };
    let base = format!("gopher://{}", curl.address);
    let (host, port) = curl.address.split_once(':').unwrap();
    let menu = curl.run(&[&base]).await;
    assert!(menu.contains(&format!("1Everything\t/\t{host}\t{port}\r\n")), "{menu}");
    assert_eq!(curl.run(&[&format!("{base}/1")]).await, menu);
    assert_eq!(curl.run(&[&format!("{base}/0/hello.txt")]).await, "Hello, world!\r\n.\r\n");
    let spaces = format!("{base}/0/pub/docs/two%20%20spaces.txt");
    assert!(curl.run(&[&spaces]).await.starts_with("There are two spaces"));
    let found = curl.run(&[&format!("{base}/7/search%09dot%20png")]).await;
    assert!(found.contains("\nI/pub/pictures/dot.png\t"), "{found}");
    assert!(curl.run(&[&format!("{base}/0/no/such")]).await.starts_with("3There is nothing at"));

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("big.bin");
    curl.run(&["-o", file.to_str().unwrap(), &format!("{base}/9/pub/big.bin")]).await;
    let pattern = shared::world::files::Content::Pattern(20 << 20);
    assert!(std::fs::read(file).unwrap() == pattern.read(0, 20 << 20));
}

/// A browser that still speaks it.
#[tokio::test]
async fn lynx_browses_the_gopherhole() {
    let relay = start_relay(relay::PolicyName::Lab, 0).await;
    let base = format!("gopher://{}", address(&relay, "gopher"));
    let lynx = async |path: &str| {
        let url = format!("{base}{path}");
        let run = Command::new("lynx")
            .args(["-nopause", "-width=200", "-assume_charset=utf-8", "-display_charset=utf-8"])
            .args(["-dump", &url])
            .env("TERM", "dumb")
            .stdin(Stdio::null())
            .output();
        run.await.ok().map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let Some(root) = lynx("/").await else { return tests::skip("there is no lynx") };
    assert!(root.contains("Welcome to practice.lab."), "{root}");
    assert!(root.contains("Documents, a picture, large files"), "{root}");
    for link in ["/1/pub", "/0/readme.txt", "/I/pub/pictures/dot.png", "/7/search"] {
        assert!(root.contains(&format!("{base}{link}")), "{link} in {root}");
    }
    let docs = lynx("/1/pub/docs").await.unwrap_or_default();
    assert!(docs.contains("\u{fc}ber uns.txt"), "{docs}");
    let dots = lynx("/0/dots.txt").await.unwrap_or_default();
    assert!(dots.contains("A line with only a dot does not end a file."), "{dots}");
    let found = lynx("/7/search%09gopher").await.unwrap_or_default();
    assert!(found.contains("/0/pub/docs/lecture.txt"), "{found}");
    relay.stop().await;
}

struct Curl {
    relay: Relay,
    /// Of the protocol's practice server.
    address: String,
}

impl Curl {
    async fn new(protocol: &str) -> Option<Curl> {
        let there = Command::new("curl").arg("--version").stdout(Stdio::null()).status().await;
        if !there.is_ok_and(|status| status.success()) {
            tests::skip("there is no curl");
            return None;
        }
        let relay = start_relay(relay::PolicyName::Lab, 0).await;
        let address = address(&relay, protocol);
        Some(Curl { relay, address })
    }

    async fn run(&self, args: &[&str]) -> String {
        let output = self.output(args).await;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "curl {args:?}: {said}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// What curl complains of.
    async fn fails(&self, args: &[&str]) -> String {
        let output = self.output(args).await;
        assert!(!output.status.success(), "curl {args:?} must fail");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    async fn output(&self, args: &[&str]) -> std::process::Output {
        let usual = ["-sS", "--max-time", "30", "--noproxy", "*"];
        let output = Command::new("curl").args(usual).args(args).stdin(Stdio::null()).output();
        output.await.unwrap()
    }
}

pub(crate) fn address(relay: &Relay, protocol: &str) -> String {
    let endpoint = relay.endpoints().iter().find(|endpoint| endpoint.protocol == protocol);
    endpoint.unwrap_or_else(|| panic!("no practice server for {protocol}")).address.to_string()
}

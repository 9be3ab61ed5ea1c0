//! Other people's programs against the relay's practice servers.

use std::process::Stdio;
use std::time::Duration;

use tests::page::start_relay;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::time::timeout;

use crate::clients::address;

const DEADLINE: Duration = Duration::from_secs(60);

/// Each script calls the methods of a module that every Perl has, and ends with `ok`.
#[tokio::test]
async fn perls_modules_work_on_the_practice_servers() {
    for protocol in ["ftp", "smtp", "pop3", "nntp"] {
        let (relay, address) = served(protocol).await;
        let (host, port) = address.split_once(':').unwrap();
        let script = tests::workspace().join(format!("tests/perl/{protocol}.pl"));
        let Some(said) = run("perl", &[script.to_str().unwrap(), host, port], "").await else {
            return;
        };
        assert_eq!(said.lines().last(), Some("ok"), "{protocol}: {said}");
        relay.stop().await;
    }
}

#[tokio::test]
async fn wget_fetches_files_by_pattern_and_goes_on_where_it_stopped() {
    let (relay, address) = served("ftp").await;
    let base = format!("ftp://student:lab-secret@{address}");
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().to_str().unwrap();
    let wget = async |args: &[&str]| run("wget", &[&["-nv", "-P", into], args].concat(), "").await;
    if wget(&["-r", "-nH", &format!("{base}/deep/")]).await.is_none() {
        return;
    }
    assert!(folder.path().join("deep/a/b/c.txt").is_file());
    wget(&[&format!("{base}/n*.txt"), "--no-passive-ftp"]).await;
    assert!(folder.path().join("noeol.txt").is_file());
    std::fs::write(folder.path().join("hello.txt"), "Hello").unwrap();
    wget(&["-c", &format!("{base}/hello.txt")]).await;
    let whole = std::fs::read(folder.path().join("hello.txt")).unwrap();
    assert_eq!(whole, b"Hello, world!\r\n");
    relay.stop().await;
}

#[tokio::test]
async fn lftp_mirrors_both_ways() {
    let (relay, address) = served("ftp").await;
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "set cmd:fail-exit yes; set net:timeout 10; set net:max-retries 1; lcd {}
         open -u student,lab-secret ftp://{address}
         mirror /pub/docs docs && mirror -R docs /upload/docs && cat /upload/docs/lecture.txt
         get -c pub/big.bin -o big && put -c big -o upload/big && mrm upload/docs/*.txt && rmdir upload/docs
         set ftp:passive-mode off; cat hello.txt; glob echo *oeol.txt",
        folder.path().display()
    );
    let Some(said) = run("lftp", &["-c", &script], "").await else { return };
    assert!(said.contains("Protocol  Common function"), "{said}");
    assert!(said.ends_with("Hello, world!\r\nnoeol.txt\n"), "{said}");
    assert!(folder.path().join("docs/\u{fc}ber uns.txt").is_file());
    assert_eq!(folder.path().join("big").metadata().unwrap().len(), 20 << 20);
    relay.stop().await;
}

/// They leave the patterns of `mget` to the server, and send STOU with a name.
#[tokio::test]
async fn tnftp_fetches_and_stores_many_files() {
    let (relay, address) = served("ftp").await;
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "open {}\nuser student lab-secret\nprompt\nlcd {}\nmget *.txt\ncd upload\nmput n*.txt u*.txt\n\
         sunique\nput hello.txt\nmdelete n*.txt\nnlist\nbye\n",
        address.replace(':', " "),
        folder.path().display()
    );
    let Some(said) = run("tnftp", &["-n"], &script).await else { return };
    assert_eq!(said.lines().last(), Some("unix.txt"), "{said}");
    assert!(said.contains("\nunique-1\n") && !said.contains("\nnoeol.txt\n"), "{said}");
    for name in ["dots.txt", "hello.txt", "readme.txt"] {
        assert!(folder.path().join(name).is_file(), "{name}: {said}");
    }
    relay.stop().await;
}

/// It waits a minute for a 226 that came together with the 150.
#[tokio::test]
async fn aria2_fetches_a_small_file_at_once() {
    let (relay, address) = served("ftp").await;
    let folder = tempfile::tempdir().unwrap();
    let url = format!("ftp://student:lab-secret@{address}/hello.txt");
    let into = folder.path().to_str().unwrap();
    let args = ["-q", "--timeout=600", "-d", into, &url];
    let Some(_) = run("aria2c", &args, "").await else { return };
    assert_eq!(std::fs::read(folder.path().join("hello.txt")).unwrap(), b"Hello, world!\r\n");
    relay.stop().await;
}

/// It tries RETR on a folder, and LIST over the same data connection.
#[tokio::test]
async fn lynx_shows_a_folder_over_ftp() {
    let (relay, address) = served("ftp").await;
    let url = format!("ftp://{address}/pub/");
    let Some(said) = run("lynx", &["-dump", "-nolist", &url], "").await else { return };
    assert!(said.contains("huge.bin"), "{said}");
    relay.stop().await;
}

#[tokio::test]
async fn swaks_sends_with_every_mechanism_and_in_one_batch() {
    let (relay, address) = served("smtp").await;
    let to = "you@practice.lab,nobody@practice.lab";
    for way in [
        &["-a", "PLAIN"][..],
        &["-a", "LOGIN"],
        &["-a", "CRAM-MD5"],
        &["--pipeline", "-a", "PLAIN"],
    ] {
        let who = ["--from", "student@practice.lab", "-au", "student", "-ap", "lab-secret"];
        let args = [&["-s", &address, "--to", to][..], &who, way].concat();
        let Some(said) = run("swaks", &args, "").await else { return };
        assert!(said.contains("is in 1 mailbox"), "{way:?}: {said}");
    }
    relay.stop().await;
}

async fn served(protocol: &str) -> (relay::Relay, String) {
    let relay = start_relay(relay::PolicyName::Lab, 0).await;
    let address = address(&relay, protocol);
    (relay, address)
}

/// What the program prints. `None`, after a plain line: there is no such program.
async fn run(program: &str, args: &[&str], input: &str) -> Option<String> {
    let child = Command::new(program)
        .args(args)
        .env("no_proxy", "*")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let Ok(mut child) = child else {
        tests::skip(&format!("there is no {program}"));
        return None;
    };
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).await.unwrap();
    drop(stdin);
    let output = timeout(DEADLINE, child.wait_with_output()).await;
    let output = output.unwrap_or_else(|_| panic!("{program} {args:?} does not end")).unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {args:?}: {}\n{said}{why}", output.status);
    Some(said)
}

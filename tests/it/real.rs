//! The page through the relay against real servers: every method that the lecture lists, as the commands it stands for.

use std::fs;
use std::path::Path;

use base64::prelude::{BASE64_STANDARD as STANDARD, Engine as _};
use relay::PolicyName;
use tests::page::Page;
use tests::servers::{Endpoint, Tls, lab};

/// The page, connected to this server.
async fn page(endpoint: &Endpoint) -> Option<Page> {
    let (host, port) = endpoint.address();
    let page =
        Page::open(PolicyName::Open, &format!("#/{}?host={host}&port={port}", endpoint.protocol))
            .await?;
    page.browser.wait_for_text(".real-mark", "REAL").await;
    Some(page)
}

/// What every one of these tests ends with.
async fn nothing_went_wrong(page: &Page) {
    page.browser.wait_for_text("#status", "over").await;
    assert_eq!(page.complaints().await, [""; 0]);
    page.browser.assert_no_errors().await;
}

#[tokio::test]
async fn ftplib_on_vsftpd() {
    let Some(lab) = lab() else { return };
    let ftp = lab.endpoint("ftp", Tls::StartTls);
    let Some(page) = page(ftp).await else { return };
    // login
    page.expect(&format!("USER {}", ftp.user), "331").await;
    page.expect(&format!("PASS {}", ftp.password), "230").await;
    // dir
    page.expect("EPSV", "229").await;
    page.expect("LIST", "226").await;
    page.browser.wait_for_text("#transcript", "readme.txt").await;
    // retrlines
    page.expect("TYPE A", "200").await;
    page.expect("PASV", "227").await;
    page.expect(&format!("RETR {}", ftp.text("text")), "226").await;
    assert!(page.said("server").await.contains("\nProtocol lab, line 20"));
    // retrbinary
    page.expect("TYPE I", "200").await;
    page.expect("PASV", "227").await;
    page.expect(&format!("RETR {}", ftp.text("big")), "226").await;
    let sha256 = ftp.text("big_sha256");
    page.browser
        .wait_for("the whole file, octet for octet", async || {
            let newest = page.downloads().await;
            newest.first().is_some_and(|(_, state, sum)| state == "done" && sum == sha256)
        })
        .await;
    // cwd, storlines
    page.expect(&format!("CWD {}", ftp.text("upload")), "250").await;
    page.expect("TYPE A", "200").await;
    page.expect("EPSV", "229").await;
    page.expect("STOR lines.txt", "150").await;
    page.expect("one\ntwo", "226").await;
    let stored = lab.work.join("ftp/upload/lines.txt");
    assert_eq!(fs::read_to_string(&stored).unwrap(), "one\ntwo");
    // storbinary, from a file of this machine
    let folder = tempfile::tempdir().unwrap();
    let octets: Vec<u8> = (0..3 << 20).map(|n: u32| (n ^ (n >> 8) ^ (n >> 16)) as u8).collect();
    fs::write(folder.path().join("octets.bin"), &octets).unwrap();
    page.expect("TYPE I", "200").await;
    page.expect("EPSV", "229").await;
    page.expect("STOR octets.bin", "150").await;
    page.upload(&folder.path().join("octets.bin")).await;
    page.browser
        .wait_for("the end of the upload", async || page.last_reply().await.starts_with("226"))
        .await;
    page.turn().await;
    assert!(fs::read(lab.work.join("ftp/upload/octets.bin")).unwrap() == octets);
    // delete
    page.expect("DELE lines.txt", "250").await;
    assert!(!stored.exists());
    page.expect("QUIT", "221").await;
    nothing_went_wrong(&page).await;
}

#[tokio::test]
async fn nntplib_on_inn() {
    let Some(lab) = lab() else { return };
    let nntp = lab.endpoint("nntp", Tls::StartTls);
    let Some(page) = page(nntp).await else { return };
    page.expect(&format!("GROUP {}", nntp.text("group")), "211").await;
    page.expect("STAT 1", "223 1").await;
    page.expect("NEXT", "223 2").await;
    page.expect("LAST", "223 1").await;
    page.expect("ARTICLE", "220 1").await;
    page.expect("HEAD 2", "221 2").await;
    page.expect("BODY 2", "222 2").await;
    page.expect("LIST", "215").await;
    page.browser.wait_for_text("#transcript", "misc.test").await;
    page.expect("XHDR Subject 1-3", "221").await;
    page.expect("POST", "340").await;
    let group = nntp.text("post");
    let article = format!(
        "From: student@lab.test\nNewsgroups: {group}\nSubject: from the page\n\n.a dot in front\nthe end"
    );
    page.expect(&article, "240").await;
    page.expect(&format!("GROUP {group}"), "211").await;
    let last = page.last_reply().await;
    let number = last.split(' ').nth(3).expect("211 count first last group");
    page.expect(&format!("ARTICLE {number}"), "220").await;
    let read = page.said("server").await;
    assert!(
        read.contains("Subject: from the page") && read.contains("\n..a dot in front\n"),
        "{read}"
    );
    page.expect("QUIT", "205").await;
    nothing_went_wrong(&page).await;
}

#[tokio::test]
async fn poplib_on_dovecot() {
    let Some(lab) = lab() else { return };
    let pop3 = lab.endpoint("pop3", Tls::StartTls);
    let Some(page) = page(pop3).await else { return };
    page.expect(&format!("USER {}", pop3.user), "+OK").await;
    page.expect(&format!("PASS {}", pop3.password), "+OK").await;
    page.expect("STAT", "+OK 20 ").await;
    page.expect("LIST", "+OK 20 messages").await;
    page.expect("LIST 2", "+OK 2 ").await;
    page.expect("RETR 2", "octets").await;
    assert!(page.said("server").await.contains("\n..hidden"), "dots as they cross the wire");
    page.expect("DELE 1", "+OK").await;
    page.expect("RETR 1", "-ERR").await;
    // The other tests want it back.
    page.expect("RSET", "+OK").await;
    page.expect("STAT", "+OK 20 ").await;
    page.expect("QUIT", "+OK").await;
    nothing_went_wrong(&page).await;
}

#[tokio::test]
async fn smtplib_on_postfix() {
    let Some(lab) = lab() else { return };
    let smtp = lab.endpoint("smtp", Tls::StartTls);
    let Some(page) = page(smtp).await else { return };
    page.expect("EHLO page.lab.test", "250").await;
    // login
    page.expect("AUTH PLAIN", "334").await;
    let secret = STANDARD.encode(format!("\0{}\0{}", smtp.user, smtp.password));
    page.expect(&secret, "235").await;
    assert!(!page.said("client").await.contains(&secret), "masked");
    // sendmail
    page.expect("MAIL FROM:<page@lab.test>", "250").await;
    page.expect(&format!("RCPT TO:<{}>", smtp.text("rcpt")), "250").await;
    page.expect("RCPT TO:<somebody@elsewhere.example>", "554").await;
    page.expect("DATA", "354").await;
    page.expect("Subject: sent by the page\n\n.\n..two dots\nthe end", "250").await;
    page.expect("QUIT", "221").await;
    let sink = Path::new(smtp.text("sink")).join("new");
    page.browser
        .wait_for("the mail in the Maildir", async || {
            let mails = fs::read_dir(&sink).expect("the sink is a Maildir");
            let mut texts = mails.flatten().filter_map(|mail| fs::read_to_string(mail.path()).ok());
            texts.any(|mail| {
                mail.contains("\nSubject: sent by the page\n")
                    && mail.ends_with("\n\n.\n..two dots\nthe end\n")
            })
        })
        .await;
    // Postfix refuses to relay with a code that the RFC does not list for RCPT, and the lab says so.
    page.browser.wait_for_text("#status", "over").await;
    let complaints = page.complaints().await;
    assert!(complaints.len() == 1 && complaints[0].contains("554 is not among"), "{complaints:?}");
    page.browser.assert_no_errors().await;
}

#[tokio::test]
async fn http_client_on_nginx() {
    let Some(lab) = lab() else { return };
    let http = lab.endpoint("http", Tls::None);
    let Some(page) = page(http).await else { return };
    let text = http.text("text");
    page.expect(&format!("GET {text}\nAccept-Encoding: identity"), "200 OK").await;
    page.browser.wait_for_text("#transcript", "Protocol lab, line 1").await;
    page.expect(&format!("HEAD {text}"), "200 OK").await;
    page.expect(&format!("POST {}\n\nname=value", http.text("echo")), "200 OK").await;
    page.browser.wait_for_text("#transcript", "name=value").await;
    page.expect(&format!("GET {text}\nConnection: close"), "200 OK").await;
    nothing_went_wrong(&page).await;
}

#[tokio::test]
async fn imaplib_on_dovecot() {
    let Some(lab) = lab() else { return };
    let imap = lab.endpoint("imap", Tls::StartTls);
    let Some(page) = page(imap).await else { return };
    page.expect(&format!("LOGIN {} {}", imap.user, imap.password), "OK").await;
    assert!(!page.said("client").await.contains(&imap.password), "masked");
    page.expect("LIST \"\" *", "INBOX").await;
    page.expect("SELECT INBOX", "20 EXISTS").await;
    page.expect("FETCH 2 (FLAGS ENVELOPE BODY.PEEK[TEXT])", "\n.hidden").await;
    page.expect("SEARCH ALL", "* SEARCH 1 2 3").await;
    page.expect("STORE 2 +FLAGS (\\Flagged)", "\\Flagged").await;
    page.expect("STORE 2 -FLAGS (\\Flagged)", "FETCH").await;
    page.expect("CREATE Page", "OK").await;
    page.expect("APPEND Page (\\Seen)\nSubject: from the page\n\nFiled by APPEND.\n", "OK").await;
    page.expect("SELECT Page", "1 EXISTS").await;
    page.expect("FETCH 1 BODY[TEXT]", "Filed by APPEND.").await;
    page.expect("CLOSE", "OK").await;
    page.expect("DELETE Page", "OK").await;
    page.expect("LOGOUT", "BYE").await;
    nothing_went_wrong(&page).await;
}

#[tokio::test]
async fn telnetlib_on_telnetd() {
    let Some(lab) = lab() else { return };
    let telnet = lab.endpoint("telnet", Tls::None);
    let Some(page) = page(telnet).await else { return };
    let prompt = async |text: &str| page.browser.wait_for_text("#transcript", text).await;
    prompt("login: ").await;
    page.types(&telnet.user).await;
    prompt("Password: ").await;
    page.types(&telnet.password).await;
    prompt(telnet.text("prompt")).await;
    assert!(!page.said("client").await.contains(&telnet.password), "masked");
    page.types(&format!("cat {}", telnet.text("text"))).await;
    prompt("Hello from a real server!").await;
    page.types("IAC AYT").await;
    prompt("[Yes]").await;
    page.browser.click("#tab-4").await;
    page.browser.wait_for_text("[role=log]", "Hello from a real server!").await;
    page.types("exit").await;
    nothing_went_wrong(&page).await;
}

#[tokio::test]
async fn gopher_on_gophernicus() {
    let Some(lab) = lab() else { return };
    let gopher = lab.endpoint("gopher", Tls::None);
    let Some(page) = page(gopher).await else { return };
    page.expect("1", "Welcome to the lab").await;
    page.browser.wait_for_text(".offers", "A text").await;
    page.expect(&format!("0{}", gopher.text("text")), "Protocol lab, line 20").await;
    page.expect(&format!("7{}\twords", gopher.text("search")), "For: words").await;
    page.compose(&format!("9{}", gopher.text("big"))).await;
    page.browser.type_keys("#command", &tests::browser::Key::Enter.to_string()).await;
    let (_, state, sha256) = page.wait_for_download(|| {}).await;
    assert_eq!((state.as_str(), sha256.as_str()), ("done", gopher.text("big_sha256")));
    page.turn().await;
    page.types(".").await;
    nothing_went_wrong(&page).await;
}

#[tokio::test]
async fn xmlrpc_client_on_pythons_server() {
    let Some(server) = crate::http::RpcServer::start() else { return };
    let fragment = format!("#/http?host=127.0.0.1&port={}", server.port);
    let Some(page) = Page::open(PolicyName::Open, &fragment).await else { return };
    let call = "POST /RPC2\nContent-Type: text/xml\n\n<methodCall><methodName>add</methodName><params>\
        <param><value><int>40</int></value></param><param><value><int>2</int></value></param></params></methodCall>";
    page.expect(call, "<int>42</int>").await;
    page.browser.wait_for_text("#transcript", "The method gives int 42.").await;
    nothing_went_wrong(&page).await;
}

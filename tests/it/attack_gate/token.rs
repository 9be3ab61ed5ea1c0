//! The access token.

use std::net::SocketAddr;

use relay::{Config, Limits, Rate, Relay};
use tests::log;

use super::{Answer, ask, refused, shake};

const TOKEN: &str = "correct-horse-battery-staple";

/// With a token, at the name `lab.example` too.
async fn locked(limits: Limits) -> Relay {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, format!("{TOKEN}\n").as_bytes()).unwrap();
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let token_file = Some(file.path().to_owned());
    let allowed_hosts = vec!["lab.example".to_owned()];
    let config = Config { listen, allowed_hosts, token_file, limits, ..Config::default() };
    relay::start(config).await.unwrap()
}

#[tokio::test]
async fn without_the_token_nobody_gets_in() {
    let relay = locked(Limits::default()).await;
    let own = relay.address();
    let page = format!("Host: {own}\r\nOrigin: http://{own}\r\n");
    let name = format!("wirelab-access-{}", own.port());
    for proof in [
        String::new(),
        format!("Cookie: {name}={TOKEN}\r\n"),
        format!("Cookie: {name}=99999999999.{}\r\n", "0".repeat(64)),
        format!("Cookie: {name}=\r\n"),
        format!("Authorization: Basic {TOKEN}\r\n"),
        format!("Authorization: {TOKEN}\r\n"),
        format!("Authorization: Bearer {TOKEN}\r\nAuthorization: Bearer {TOKEN}\r\n"),
    ] {
        refused(&shake(&relay, "/tunnel", &format!("{page}{proof}")).await, 401, "access token");
        let list = format!("GET /endpoints.json HTTP/1.1\r\nHost: {own}\r\n{proof}\r\n");
        let answer = ask(&relay, &list).await;
        refused(&answer, 401, "access token");
        assert!(answer.head.contains("www-authenticate: Bearer"));
        // A loopback address is no proof any more.
        refused(&shake(&relay, "/tunnel", &format!("Host: {own}\r\n{proof}")).await, 401, "token");
    }
    for wrong in ["", "x", &TOKEN[1..], &format!("{TOKEN}x"), &TOKEN.to_uppercase()] {
        let lines = format!("{page}Authorization: Bearer {wrong}\r\n");
        let answer = shake(&relay, "/tunnel", &lines).await;
        assert_eq!(answer.status, 401, "{wrong:?}: {}", answer.body);
    }
    // With it, programs may come from anywhere; pages of others may not.
    let bearer = format!("Authorization: Bearer {TOKEN}\r\n");
    for host in [own.to_string(), format!("localhost:{}", own.port()), "lab.example".to_owned()] {
        let lines = format!("Host: {host}\r\n{bearer}");
        assert_eq!(shake(&relay, "/tunnel", &lines).await.status, 101, "{host}");
    }
    let foreign = format!("Host: {own}\r\nOrigin: http://evil.example\r\n{bearer}");
    refused(&shake(&relay, "/tunnel", &foreign).await, 403, "may not use the tunnel");
    // The page itself is no secret.
    assert_eq!(ask(&relay, &format!("GET / HTTP/1.1\r\nHost: {own}\r\n\r\n")).await.status, 200);
}

async fn log_in(relay: &Relay, host: &str, origin: &str, token: &str) -> Answer {
    let length = token.len();
    let head = format!("POST /access HTTP/1.1\r\nHost: {host}\r\ncontent-length: {length}\r\n");
    ask(relay, &format!("{head}{origin}\r\n{token}")).await
}

#[tokio::test]
async fn the_page_says_the_token_once_and_gets_a_cookie() {
    let relay = locked(Limits::default()).await;
    let own = relay.address().to_string();
    let origin = format!("Origin: http://{own}\r\n");
    for foreign in ["", "Origin: null\r\n", "Origin: http://evil.example\r\n"] {
        let answer = log_in(&relay, &own, foreign, TOKEN).await;
        assert_eq!((answer.status, answer.head.contains("set-cookie")), (403, false), "{foreign}");
    }
    refused(&log_in(&relay, &own, &origin, "wrong").await, 401, "is wrong");
    refused(&log_in(&relay, &own, &origin, &"x".repeat(1000)).await, 401, "is wrong");
    let get = ask(&relay, &format!("GET /access HTTP/1.1\r\nHost: {own}\r\n{origin}\r\n")).await;
    refused(&get, 405, "use POST");

    let answer = log_in(&relay, &own, &origin, TOKEN).await;
    assert_eq!(answer.status, 200);
    let cookie = answer.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let (cookie, attributes) = cookie.split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; Max-Age=43200; HttpOnly; SameSite=Strict");
    assert!(!answer.head.contains(TOKEN) && !answer.body.contains(TOKEN));

    let others = format!("Cookie: theme=dark; {cookie}; x=y\r\n");
    let page = format!("Host: {own}\r\n{origin}{others}");
    assert_eq!(shake(&relay, "/tunnel", &page).await.status, 101);
    let list = format!("GET /endpoints.json HTTP/1.1\r\nHost: {own}\r\n{others}\r\n");
    assert_eq!(ask(&relay, &list).await.status, 200);
    // The cookie goes to every port of this machine; a page from there still has a foreign Origin.
    let foreign = format!("Host: {own}\r\nOrigin: http://127.0.0.1:1\r\n{others}");
    refused(&shake(&relay, "/tunnel", &foreign).await, 403, "may not use the tunnel");
    let program = format!("Host: {own}\r\n{others}");
    refused(&shake(&relay, "/tunnel", &program).await, 401, "Authorization: Bearer");
    // Behind a proxy with TLS it never goes in the clear.
    let behind = log_in(&relay, "lab.example", "Origin: https://lab.example\r\n", TOKEN).await;
    assert!(behind.head.contains("SameSite=Strict; Secure"), "{}", behind.head);
}

#[tokio::test]
async fn guessing_tokens_ends_soon() {
    let limits = Limits { wrong_tokens: Rate::new(1, 5), ..Limits::default() };
    let relay = locked(limits).await;
    let own = relay.address().to_string();
    let origin = format!("Origin: http://{own}\r\n");
    let cookie = log_in(&relay, &own, &origin, TOKEN).await.head;
    let cookie = cookie.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let guess = async |n: usize| match n % 2 {
        0 => log_in(&relay, &own, &origin, &format!("guess-number-{n:04}")).await,
        _ => {
            let lines = format!("Host: {own}\r\nAuthorization: Bearer guess-number-{n:04}\r\n");
            shake(&relay, "/tunnel", &lines).await
        }
    };
    // The bucket may gain a token between two questions, but not each time.
    for _ in 0..1000 {
        let mut n = 0;
        let last = loop {
            let answer = guess(n).await;
            n += 1;
            match answer.status {
                401 => assert!(n < 1000, "{n} guesses"),
                _ => break answer,
            }
        };
        refused(&last, 429, "`wrong-tokens` is used up: 1/s, 5 at once. Try again in ");
        assert!(last.head.contains("retry-after: "), "{}", last.head);
        // Even the right one is not tried then, or it would be known by its answer.
        let right = log_in(&relay, &own, &origin, TOKEN).await;
        if right.status == 429 {
            // Whoever is in stays in.
            let lines = format!("Host: {own}\r\n{origin}Cookie: {cookie}\r\n");
            assert_eq!(shake(&relay, "/tunnel", &lines).await.status, 101);
            return;
        }
    }
    panic!("the right token was tried each time");
}

#[tokio::test]
async fn a_token_in_an_address_is_refused_and_not_logged() {
    log::keep();
    let relay = locked(Limits::default()).await;
    let own = relay.address();
    for path in ["/tunnel", "/", "/endpoints.json", "/access", "/nothing"] {
        for key in ["token", "Token", "access_token", "x=1&token"] {
            let target = format!("{path}?{key}={TOKEN}");
            let lines = format!("Host: {own}\r\nOrigin: http://{own}\r\n");
            let answer = shake(&relay, &target, &lines).await;
            refused(&answer, 400, "does not belong into an address");
            assert!(!answer.body.contains(TOKEN));
        }
    }
    let lines = format!("Host: {own}\r\nAuthorization: Bearer {TOKEN}\r\n");
    assert_eq!(shake(&relay, "/tunnel", &lines).await.status, 101);
    let wrong = format!("Host: {own}\r\nAuthorization: Bearer {TOKEN}-almost\r\n");
    assert_eq!(shake(&relay, "/tunnel", &wrong).await.status, 401);
    log_in(&relay, &own.to_string(), &format!("Origin: http://{own}\r\n"), TOKEN).await;
    relay.stop().await;
    let log = log::kept();
    assert!(log.contains("does not belong into an address") && log.contains("is wrong"), "{log}");
    assert!(log.contains("access by token"), "{log}");
    assert!(!log.contains(TOKEN), "{log}");
}

#[tokio::test]
async fn a_relay_without_its_token_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("short", Some("secret")), ("empty", Some("")), ("missing", None)] {
        let file = folder.path().join(name);
        if let Some(text) = text {
            std::fs::write(&file, text).unwrap();
        }
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let config = Config { listen, token_file: Some(file.clone()), ..Config::default() };
        let Err(error) = relay::start(config).await else { panic!("started with {name}") };
        let text = error.to_string();
        assert!(text.contains(&file.display().to_string()) && text.contains("openssl"), "{text}");
        assert!(!text.contains("secret"), "{text}");
    }
}

#[tokio::test]
async fn a_changed_token_counts_from_the_next_reload_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, TOKEN).unwrap();
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = Config { listen, token_file: Some(file.clone()), ..Config::default() };
    let relay = relay::start(config.clone()).await.unwrap();
    let own = relay.address();
    let origin = format!("Origin: http://{own}\r\n");
    let cookie = log_in(&relay, &own.to_string(), &origin, TOKEN).await.head;
    let cookie = cookie.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let cookie = format!("Cookie: {}\r\n", cookie.split(';').next().unwrap());
    let with = async |proof: &str| {
        shake(&relay, "/tunnel", &format!("Host: {own}\r\n{origin}{proof}")).await.status
    };
    let bearer = |token: &str| format!("Authorization: Bearer {token}\r\n");

    // A file that cannot be used changes nothing.
    std::fs::write(&file, "short").unwrap();
    relay.reload(&config, &config);
    assert_eq!((with(&cookie).await, with(&bearer(TOKEN)).await), (101, 101));
    std::fs::write(&file, "another-horse-another-battery").unwrap();
    relay.reload(&config, &config);
    assert_eq!((with(&cookie).await, with(&bearer(TOKEN)).await), (401, 401));
    assert_eq!(with(&bearer("another-horse-another-battery")).await, 101);
    let open = Config { token_file: None, ..config.clone() };
    relay.reload(&config, &open);
    assert_eq!(with("").await, 101);
}

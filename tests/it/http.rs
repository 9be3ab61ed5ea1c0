//! HTTP between the client machine and the practice server.

use shared::protocols::http;
use tests::play::Play;

#[test]
fn whoever_only_presses_enter_gets_through_a_whole_session() {
    let mut play = Play::new(&http::PROTOCOL);
    let mut typed = Vec::new();
    while let Some(suggestion) = play.session.client().suggestion() {
        assert!(typed.len() < 20, "the suggestions do not end: {typed:?}");
        play.types(&suggestion.text);
        typed.push(suggestion.text);
    }
    if std::env::var_os("SHOW").is_some() {
        for text in &typed {
            println!("> {}\n", text.replace('\n', "\n> "));
        }
        println!("{}", play.text());
    }
    assert_eq!(play.session.client().state().id, "closed", "{typed:?}");
    let lines: Vec<_> = typed.iter().filter_map(|text| text.lines().next()).collect();
    assert_eq!(
        lines,
        [
            "GET /readme.txt",
            "GET /readme.txt",
            "GET /redirect",
            "GET /readme.txt",
            "HEAD /pub/big.bin",
            "GET /private/secret.txt",
            "GET /private/secret.txt",
            "POST /echo",
            "GET /hello.txt",
        ]
    );
    let text = play.text();
    assert!(!text.contains("== error") && !text.contains("== warning"), "{text}");
    for status in ["200 OK", "304 Not Modified", "302 Found", "401 Unauthorized"] {
        assert!(text.contains(status), "{status} is missing:\n{text}");
    }
    assert!(!text.contains("c3R1ZGVudDp"), "credentials are masked");
}

#[test]
fn digest_is_answered_without_the_password_on_the_wire() {
    let mut play = Play::new(&http::PROTOCOL);
    for path in ["/digest/secret.txt", "/digest-md5/secret.txt"] {
        play.types(&format!("GET {path}"));
        let answer = play.session.client().suggestion().expect("the 401 has a way on");
        assert!(!answer.text.contains(shared::world::PASSWORD), "{}", answer.text);
        let algorithm = if path.contains("md5") { "algorithm=MD5" } else { "algorithm=SHA-256" };
        assert!(answer.text.contains(algorithm), "{}", answer.text);
        play.types(&answer.text);
        if std::env::var_os("SHOW").is_some() {
            println!("> {}\n", answer.text.replace('\n', "\n> "));
        }
    }
    assert_eq!(play.text().matches("200 OK").count(), 2, "{}", play.text());
}

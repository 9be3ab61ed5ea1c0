//! The page as people use it: in real Chromium, through the real relay.

use relay::PolicyName;
use tests::browser::Key;
use tests::page::Page;

#[tokio::test]
async fn enter_alone_leads_through_every_protocol_in_the_page() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    for protocol in shared::protocols::ALL {
        page.goto(&format!("#/{}", protocol.id)).await;
        page.enter_to_the_end(30).await;
        assert_eq!(page.complaints().await, [""; 0], "{}", protocol.id);
    }
    page.browser.assert_no_errors().await;
}

#[tokio::test]
async fn enter_alone_leads_through_every_protocol_of_the_relay() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    for protocol in shared::protocols::ALL {
        page.goto(&format!("#/{}?server=relay", protocol.id)).await;
        page.enter_to_the_end(30).await;
        assert_eq!(page.complaints().await, [""; 0], "{}", protocol.id);
    }
    page.browser.assert_no_errors().await;
}

/// The data connections come in from the practice server, at sockets that the relay opens.
#[tokio::test]
async fn the_page_waits_for_the_server_in_active_mode() {
    let Some(page) = Page::open(PolicyName::Lab, "#/ftp?server=relay").await else { return };
    for text in ["USER student", "PASS lab-secret", "PORT", "LIST", "EPRT", "NLST pub"] {
        page.types(text).await;
    }
    page.browser
        .wait_for("two transfers", async || {
            let lines = page.transcript().await;
            lines.iter().filter(|line| line.text.contains("Complete")).count() == 2
        })
        .await;
    assert!(page.said("client").await.contains("PORT 127,0,0,1,"));
    assert_eq!(page.complaints().await, [""; 0]);
    page.enter_to_the_end(20).await;
    page.browser.assert_no_errors().await;
}

#[tokio::test]
async fn eight_presses_of_enter_send_a_mail_and_pop3_reads_it_back() {
    let Some(page) = Page::open(PolicyName::Lab, "").await else { return };
    assert!(page.said("server").await.starts_with("220 practice.lab"));
    assert!(page.composed().await.starts_with("EHLO"), "the composer holds the first command");
    let arrived =
        async || page.browser.texts(".world").await.concat().contains("1 message in mailbox (new)");
    let mut presses = 0;
    while !arrived().await {
        assert!(presses < 8, "no mail after {presses} presses");
        page.enter().await;
        presses += 1;
    }
    let subject = page.said("client").await;
    let subject =
        subject.lines().find(|line| line.starts_with("Subject:")).expect("the mail has one");
    page.browser.click(".controls button.main").await;
    page.browser.wait_for_text("#status", "POP3").await;
    page.turn().await;
    page.enter_to_the_end(12).await;
    assert!(page.said("server").await.contains(subject), "the mail was read back");
}

#[tokio::test]
async fn a_mail_that_arrives_is_told_at_once_to_whoever_waits() {
    let Some(page) = Page::open(PolicyName::Lab, "#/imap").await else { return };
    for command in ["LOGIN student lab-secret", "SELECT INBOX", "IDLE"] {
        page.types(command).await;
    }
    page.browser.click("#mail-arrives").await;
    page.browser.wait_for_text("#transcript", "* 6 EXISTS").await;
    assert!(page.composed().await.starts_with("DONE"), "nothing was typed");
    page.browser.assert_no_errors().await;
}

#[tokio::test]
async fn an_illegal_move_is_explained_and_can_be_made_anyway() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    page.enter().await;
    let before = page.transcript().await.len();
    page.types("RCPT TO:<you@practice.lab>").await;
    let why = page.refusal().await.expect("RCPT before MAIL is refused");
    assert!(why.contains("MAIL"), "the refusal names a legal move: {why}");
    assert_eq!(page.transcript().await.len(), before, "nothing was sent");
    page.browser.click("#refusal button").await;
    page.browser.wait_for_text("#transcript", "503").await;
    assert!(page.said("client").await.contains("RCPT TO:<you@practice.lab>"));
}

#[tokio::test]
async fn step_mode_holds_what_goes_out_and_what_comes_in() {
    let Some(page) = Page::open(PolicyName::Lab, "#/pop3?server=relay").await else { return };
    page.browser.click(".switch button:last-child").await;
    page.browser.wait_for_element(".switch button:last-child[aria-pressed=true]").await;
    let before = page.transcript().await.len();
    page.browser.type_keys("#command", &Key::Enter.to_string()).await;
    page.browser.wait_for_text(".held", "Will go out").await;
    assert!(page.browser.texts(".held").await.concat().contains("USER student"));
    assert_eq!(page.transcript().await.len(), before, "gate 1 holds the command");
    page.browser.click("#step").await;
    page.browser.wait_for_text(".held", "In flight").await;
    assert!(!page.said("server").await.contains("send PASS"), "gate 2 holds the reply");
    page.browser.click("#step").await;
    page.browser.wait_for_text("#transcript", "send PASS").await;
    page.turn().await;
    page.browser.click(".switch button:first-child").await;
    page.enter_to_the_end(12).await;
}

#[tokio::test]
async fn passwords_are_masked_until_somebody_asks() {
    let Some(page) = Page::open(PolicyName::Lab, "#/pop3").await else { return };
    page.types("USER student").await;
    page.types("PASS lab-secret").await;
    page.types("STAT").await;
    let html =
        page.browser.run("return document.getElementById('transcript').outerHTML", vec![]).await;
    assert!(!html.to_string().contains("lab-secret"));
    page.browser.click(".secrets input").await;
    page.browser.wait_for_text("#transcript", "PASS lab-secret").await;
}

#[tokio::test]
async fn lines_tokens_and_octets_are_linked() {
    let Some(page) = Page::open(PolicyName::Lab, "#/pop3").await else { return };
    page.types("USER student").await;
    page.browser.click("#transcript > li.client").await;
    page.browser.wait_for_text(".terms", "mailbox name").await;
    page.browser.click("#tab-1").await;
    page.browser.wait_for_element(".hex").await;
    page.browser.click("#octet-5").await;
    page.browser.wait_for_text("#inspector-panel", "mailbox name").await;
    page.browser.wait_for_text("#transcript .token.current", "student").await;
    page.browser.press(&Key::Right.to_string()).await;
    page.browser.wait_for_element("#octet-6.here").await;
    page.browser.click("#tab-2").await;
    // As it was when the selected line went out; its reply made it "user given".
    page.browser.wait_for_text("#inspector-panel", "State: authorization").await;
}

#[tokio::test]
async fn the_items_of_a_menu_are_buttons_that_fill_the_composer() {
    let Some(page) = Page::open(PolicyName::Lab, "#/gopher").await else { return };
    assert!(page.browser.texts(".offers button").await.is_empty());
    page.enter().await;
    let offers = page.browser.texts(".offers button").await;
    let at = offers.iter().position(|offer| offer.starts_with("Lines that begin with dots"));
    let at = at.expect("the menu offers the text") + 1;
    assert!(!offers.concat().contains("Welcome"), "a line to be read is no button: {offers:?}");
    // By keyboard, from the button to the composer.
    page.browser
        .type_keys(&format!(".offers li:nth-child({at}) button"), &Key::Enter.to_string())
        .await;
    page.browser.wait_for("the command", async || page.composed().await == "0/dots.txt").await;
    page.enter().await;
    assert!(page.said("server").await.contains("..one dot"));
    assert!(page.browser.texts(".offers button").await.is_empty(), "a text offers nothing");

    page.types("I/pub/pictures/dot.png").await;
    page.browser
        .wait_for("the picture", async || {
            page.downloads()
                .await
                .first()
                .is_some_and(|(name, state, _)| name == "dot.png" && state == "done")
        })
        .await;
    page.types("gopher://gopher.example/1").await;
    assert!(page.refusal().await.is_some_and(|why| why.contains("on another server")));
    page.browser.click(".controls button:not([aria-pressed])").await;
    page.browser.wait_for_text("#status", "over").await;
    page.browser.assert_no_errors().await;
}

#[tokio::test]
async fn the_screen_shows_the_session_as_a_terminal_would() {
    let Some(page) = Page::open(PolicyName::Lab, "#/telnet").await else { return };
    for line in ["student", "lab-secret", "progress"] {
        page.types(line).await;
    }
    page.browser.click("#tab-4").await;
    page.browser.wait_for_text("[role=log]", "practice.lab login: student").await;
    let screen = page.browser.texts("[role=log]").await.concat();
    assert!(screen.contains("100%") && !screen.contains("25%"), "{screen}");
    assert!(!screen.contains("lab-secret"), "{screen}");
    page.types("IAC WILL ECHO").await;
    let why = page.refusal().await.expect("two echoes are refused");
    assert!(why.contains("round for ever"), "{why}");
    page.browser.click("#refusal button").await;
    page.browser.wait_for_text("#transcript", "DONT ECHO: Do not send back").await;
    page.goto("#/smtp").await;
    assert_eq!(page.browser.texts("[role=tab]").await, ["Explain", "Bytes", "State", "Python"]);
}

#[tokio::test]
async fn a_relay_that_goes_away_is_told_and_the_page_connects_again() {
    let Some(mut page) = Page::open(PolicyName::Lab, "#/pop3?server=relay").await else { return };
    page.types("USER student").await;
    page.stop_relay().await;
    page.browser.wait_for_text(".notice", "relay").await;
    page.browser.wait_for_text("#status", "over").await;
    let kept = page.said("client").await;
    assert!(kept.contains("USER student"), "the transcript is kept");
    page.restart_relay(PolicyName::Lab).await;
    page.browser.click(".controls button.main").await;
    page.browser
        .wait_for("a second greeting", async || {
            page.said("server").await.matches("POP3 ready").count() == 2
        })
        .await;
    page.turn().await;
    page.enter_to_the_end(12).await;
}

#[tokio::test]
async fn nothing_sticks_out_on_a_phone() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    page.browser.client().set_window_size(360, 740).await.unwrap();
    for protocol in shared::protocols::ALL {
        page.goto(&format!("#/{}", protocol.id)).await;
        page.enter().await;
        page.enter().await;
        let script =
            "const root = document.documentElement; return root.scrollWidth - root.clientWidth";
        for tab in 0..4 + usize::from(protocol.screen.is_some()) {
            page.browser.click(&format!("#tab-{tab}")).await;
            assert_eq!(page.browser.run(script, vec![]).await, 0, "{} tab {tab}", protocol.id);
        }
    }
}

/// The list of lessons is beside the dialogue where there is room; a lesson that is open stays.
#[tokio::test]
async fn the_lessons_go_and_come_with_the_room_for_them() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    let seen = async || {
        let script = "return document.querySelector('#pane-lessons')?.checkVisibility()";
        page.browser.run(script, vec![]).await == true
    };
    let out = "const root = document.documentElement; return root.scrollWidth - root.clientWidth";
    for (width, shown) in [(1280, true), (360, false), (1280, true), (1000, false)] {
        page.browser.size(width, 740).await;
        page.browser.wait_for(&format!("lessons at {width}"), async || seen().await == shown).await;
        assert_eq!(page.browser.run(out, vec![]).await, 0, "at {width}");
    }
    // Asked for, they are there.
    page.browser.run("document.querySelector('#show-lessons').click()", vec![]).await;
    page.browser.wait_for("the lessons at 1000", seen).await;
    page.browser.size(1280, 740).await;
    page.goto("#/smtp?lesson=tutorial-1-send-a-mail").await;
    page.browser.wait_for_text("#pane-lessons", "The server has spoken first").await;
    page.browser.size(360, 740).await;
    page.browser.quiet().await;
    assert!(seen().await);
    page.browser.assert_no_errors().await;
}

/// A pasted script is played line by line; what is not understood is named.
#[tokio::test]
async fn a_pasted_script_is_played() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    page.browser.click("#tab-3").await;
    page.browser.click(".script:last-child summary").await;
    let script = "import poplib\nbox = poplib.POP3('mail.example')\nbox.user('student')\n\
        box.pass_('lab-secret')\nfor n in range(2): box.retr(n)\nprint box.stat()\nbox.retr(99)\nbox.quit()\n";
    page.browser.type_keys(".script:last-child textarea", script).await;
    page.browser.click(".script:last-child form button").await;
    page.browser.wait_for_text(".plan", "Line 5").await;
    let plan = page.browser.texts(".plan").await.concat();
    assert!(plan.contains("mail.example") && plan.contains("4: pop.pass_('********')"), "{plan}");
    page.browser.click(".plan button").await;
    page.browser.wait_for_text(".calls", "(5, 2468)").await;
    page.browser.wait_for_text(".notice", "ends at retr()").await;
    page.browser.wait_for_text(".calls li:last-child", "error_proto").await;
    assert!(page.status().await.starts_with("POP3"), "{}", page.status().await);
    page.browser.assert_no_errors().await;
}

/// A URL of any scheme is opened by its protocol, and what it stands for arrives.
#[tokio::test]
async fn urls_are_opened_by_their_protocols() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    page.browser.click("[popovertarget=servers]").await;
    page.browser.click(".url-form summary").await;
    let is_open = "return document.querySelector('#servers:popover-open') !== null";
    for (url, protocol, arrives) in [
        ("ftp://practice.lab/pub/docs/", "FTP", "226"),
        ("http://practice.lab/readme.txt", "HTTP", "Welcome to practice.lab."),
        ("gopher://practice.lab/0/readme.txt", "Gopher", "Welcome to practice.lab."),
    ] {
        if page.browser.run(is_open, vec![]).await != serde_json::json!(true) {
            page.browser.click("[popovertarget=servers]").await;
        }
        let fill = "const input = document.querySelector('.url-form input');
            input.value = arguments[0];";
        page.browser.run(fill, vec![serde_json::json!(url)]).await;
        page.browser.click(".url-form button").await;
        page.browser.wait_for_text("#status", protocol).await;
        page.browser.click("[popovertarget=servers]").await;
        page.browser.wait_for_text("#transcript", arrives).await;
        assert_eq!(page.complaints().await, [""; 0], "{url}");
    }
    page.browser
        .run("document.querySelector('.url-form input').value = 'https://h/'", vec![])
        .await;
    if page.browser.run(is_open, vec![]).await != serde_json::json!(true) {
        page.browser.click("[popovertarget=servers]").await;
    }
    page.browser.click(".url-form button").await;
    page.browser.wait_for_text(".notice", "not of https").await;
    page.browser.assert_no_errors().await;
}

/// 1 GiB over FTP, through the relay and into a file: every octet, and no memory that grows with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_gibibyte_goes_to_a_file_and_not_into_memory() {
    /// Of the octets `(i ^ i>>8 ^ i>>16) & 255` for i below 2³⁰, by Python's hashlib.
    const SHA256: &str = "f4ada6b74327d2dd7c231122afae6f13c4b2f18ef9b4838838f465f3a104b8d3";
    /// What the buffers on the way may take, browser and all; the file is four times as large.
    const GROWTH: u64 = 256 << 20;
    let Some(page) = Page::open(PolicyName::Lab, "#/ftp?server=relay").await else { return };
    page.expect("USER student", "331").await;
    page.expect("PASS lab-secret", "230").await;
    page.expect("TYPE I", "200").await;
    page.expect("EPSV", "229").await;
    let before = page.browser.resident();
    page.compose("RETR pub/huge.bin").await;
    page.browser.type_keys("#command", &Key::Enter.to_string()).await;
    let mut most = 0;
    let (name, state, sha256) =
        page.wait_for_download(|| most = most.max(page.browser.resident())).await;
    assert_eq!((name.as_str(), state.as_str(), sha256.as_str()), ("huge.bin", "done", SHA256));
    println!("resident: {} MiB before, at most {} MiB on the way", before >> 20, most >> 20);
    assert!(most < before + GROWTH, "{} MiB before, {} MiB on the way", before >> 20, most >> 20);
    page.browser.assert_no_errors().await;
}

#[tokio::test]
async fn on_a_desktop_only_the_panes_scroll() {
    let Some(page) = Page::open(PolicyName::Lab, "#/imap").await else { return };
    for _ in 0..6 {
        page.enter().await;
    }
    let script =
        "const root = document.documentElement; return root.scrollHeight - root.clientHeight";
    assert_eq!(page.browser.run(script, vec![]).await, 0);
}

/// A method of Python plays its dialogue, its value stands beside it, and a script does the same.
#[tokio::test]
async fn pythons_methods_are_played_and_written_down() {
    let Some(page) = Page::open(PolicyName::Lab, "#/pop3?server=relay").await else { return };
    page.browser.click("#tab-3").await;
    for (method, value) in [("user", "+OK"), ("pass_", "5 messages"), ("stat", "(5, 2468)")] {
        let form = format!("form[data-method={method}]");
        page.browser.click(&format!("li:has(> details {form}) summary")).await;
        page.browser.click(&format!("{form} button")).await;
        page.browser.wait_for_text(".calls li:last-child", value).await;
    }
    let calls = page.browser.texts(".calls li").await.concat();
    assert!(calls.contains(">>> pop.pass_('********')"), "{calls}");
    page.browser.click(".script summary").await;
    page.browser.wait_for_text(".script pre", "print(repr(pop.stat()))").await;
    page.browser.click(".script .switch button:nth-child(2)").await;
    page.browser.wait_for_text(".script pre", "print repr(pop.stat())").await;
    page.types("STAT").await;
    assert_eq!(page.browser.texts(".calls li").await.len(), 4, "what is typed is a call too");
    page.browser.assert_no_errors().await;
}

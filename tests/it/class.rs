//! A class: the lab presented in a room of its relay, with viewers in browsers of their own.

use relay::PolicyName;
use shared::room::{Code, Refusal};
use shared::text::sasl;
use tests::browser::{Browser, Key};
use tests::page::Page;
use tests::room::{Presenter, Viewer};

struct Class {
    teacher: Page,
    code: String,
}

/// A teacher who has opened a room over a session with this protocol.
async fn class(fragment: &str) -> Option<Class> {
    let teacher = Page::open(PolicyName::Lab, fragment).await?;
    let browser = &teacher.browser;
    browser.click("button[popovertarget=class]").await;
    browser.click("#open-room").await;
    browser.wait_for_text("#class-console", "0 look on").await;
    let code = browser.texts(".class-code").await.concat();
    assert!(Code::parse(&code).is_ok(), "{code}");
    Some(Class { teacher, code })
}

impl Class {
    fn teacher(&self) -> &Browser {
        &self.teacher.browser
    }

    async fn viewer(&self) -> Option<Browser> {
        let viewer = Browser::open(420, 860).await?;
        viewer.goto(&format!("{}{}", self.teacher.origin(), self.code)).await;
        viewer.wait_for_text("#status", "Live").await;
        Some(viewer)
    }

    fn address(&self) -> std::net::SocketAddr {
        ([127, 0, 0, 1], self.teacher.port()).into()
    }
}

async fn shows(viewer: &Browser, text: &str) {
    viewer.wait_for_text("#transcript [aria-current]", text).await;
}

#[tokio::test]
async fn what_the_teacher_does_is_seen_by_all_in_step_mode_too() {
    let Some(class) = class("#/pop3").await else { return };
    let Some(viewer) = class.viewer().await else { return };
    shows(&viewer, "+OK").await;
    class.teacher().wait_for_text("#class-console", "one looks on").await;
    class.teacher.types("USER student").await;
    shows(&viewer, "+OK").await;
    class.teacher().click(".switch button:last-child").await;
    class.teacher.compose("PASS lab-secret").await;
    class.teacher().press(&Key::Enter.to_string()).await;
    class.teacher.enter().await;
    viewer.wait_for_element("#held").await;
    class.teacher.enter().await;
    viewer.wait_for_text("#transcript", "PASS").await;
    // A late one lands where the others are.
    let Some(late) = class.viewer().await else { return };
    late.wait_for_text("#transcript", "PASS").await;
    class.teacher().wait_for_text("#class-console", "2 look on").await;
    // Who looks at another line stays there until it comes back.
    late.click("#line-2").await;
    late.wait_for_element("#back-to-live").await;
    // Back is seen as back.
    class.teacher().click("#step-back").await;
    viewer.wait_for_element("#back-in-time").await;
    late.wait_for_element("#line-2[aria-current]").await;
    late.click("#back-to-live").await;
    late.wait_for_element("#back-in-time").await;
    late.wait_for("another line", async || late.texts("#line-2[aria-current]").await.is_empty())
        .await;
    viewer.assert_no_errors().await;
    class.teacher().assert_no_errors().await;

    let code = Code::parse(&class.code).expect("a code");
    let mut native = Viewer::join(class.address(), code, 1).await.expect("it is let in");
    native.until("the password's line", |shown| shown.lines.len() > 4).await;
    let (_, shown, octets) = native.leave();
    assert!(shown.lines.iter().any(|line| line.bytes.starts_with(b"PASS ********")));
    let kept = "return sessionStorage.getItem('wirelab.room').split(' ')[1]";
    let secret = class.teacher().run(kept, vec![]).await.as_str().expect("it is kept").to_owned();
    let secret = sasl::unhex(&secret).expect("digits");
    for secret in [&b"lab-secret"[..], &secret] {
        assert!(!octets.windows(secret.len()).any(|octets| octets == secret));
    }
}

#[tokio::test]
async fn faults_and_forks_are_seen_by_all() {
    let Some(class) = class("#/pop3?fault=one-byte-segments").await else { return };
    let Some(viewer) = class.viewer().await else { return };
    viewer.wait_for_element("#fault").await;
    for command in ["USER student", "PASS lab-secret", "STAT", "NOOP"] {
        class.teacher.types(command).await;
    }
    viewer.wait_for_text("#transcript", "NOOP").await;
    // Back to the reply to STAT, and on from there.
    class.teacher().click("#step-back").await;
    class.teacher().click("#step-back").await;
    viewer.wait_for_element("#back-in-time").await;
    class.teacher().click("#fork").await;
    viewer.wait_for("the fork", async || viewer.texts("#back-in-time").await.is_empty()).await;
    class.teacher.types("LIST").await;
    viewer.wait_for_text("#transcript", "LIST").await;
    let text = viewer.texts("#transcript").await.concat();
    assert!(text.contains("STAT") && !text.contains("NOOP"), "{text}");
    viewer.wait_for_element("#fault").await;
    viewer.assert_no_errors().await;
    class.teacher().assert_no_errors().await;
}

#[tokio::test]
async fn a_class_votes_and_is_told_what_was_right() {
    let Some(class) = class("#/pop3").await else { return };
    let Some(viewer) = class.viewer().await else { return };
    let teacher = class.teacher();
    teacher.click("#hold-replies").await;
    class.teacher.compose("USER student").await;
    teacher.press(&Key::Enter.to_string()).await;
    teacher.click("#ask-reply").await;
    viewer.wait_for_text("#question", "USER").await;
    viewer.click(".vote:nth-child(1)").await;
    teacher.wait_for_text(".class-choices", "one vote").await;
    teacher.click("#reveal").await;
    viewer.wait_for_text(".result", "1 of 1").await;
    viewer.wait_for_element(".mark-right").await;
    shows(&viewer, "+OK").await;
    teacher.click("#forget-question").await;
    viewer.wait_for("no question", async || viewer.texts("#question").await.is_empty()).await;
    // A question of one's own.
    teacher.click(".class-question summary").await;
    teacher.type_keys("#question-text", "Ready?").await;
    teacher.type_keys("#question-choices", "yes\nno").await;
    teacher.click(".class-form button").await;
    viewer.wait_for_text("#question", "Ready?").await;
    viewer.click(".vote:nth-child(2)").await;
    teacher.wait_for_text(".class-choices", "one vote").await;
    teacher.assert_no_errors().await;
    viewer.assert_no_errors().await;
}

#[tokio::test]
async fn the_keyboard_is_handed_over_and_taken_back() {
    let Some(class) = class("#/pop3").await else { return };
    let Some(viewer) = class.viewer().await else { return };
    let teacher = class.teacher();
    teacher.click(".class-people li button").await;
    teacher.wait_for_element("#take-back").await;
    viewer.wait_for_element("#typed").await;
    viewer.type_keys("#typed", &format!("{}", Key::Enter)).await;
    teacher.wait_for("what was typed", async || class.teacher.transcript().await.len() > 2).await;
    let inert = "return document.querySelector('.keyboard').inert";
    assert_eq!(teacher.run(inert, vec![]).await, true, "only one types");
    teacher.click("#take-back").await;
    viewer.wait_for("no composer", async || viewer.texts("#typed").await.is_empty()).await;
    assert_eq!(teacher.run(inert, vec![]).await, false);
    class.teacher.types("QUIT").await;
    shows(&viewer, "+OK").await;
    teacher.assert_no_errors().await;
    viewer.assert_no_errors().await;
}

#[tokio::test]
async fn a_student_tries_from_a_step_and_shows_it_if_asked() {
    let Some(class) = class("#/pop3").await else { return };
    class.teacher.types("USER student").await;
    class.teacher.types("PASS lab-secret").await;
    class.teacher.types("STAT").await;
    let Some(student) = class.viewer().await else { return };
    student.wait_for_text("#transcript", "STAT").await;
    student.click("#try").await;
    student.wait_for_text("#try-bar", "on your own").await;
    student.wait_for_text("#transcript-list, .transcript", "STAT").await;
    student.wait_for_element("#command").await;
    student.type_keys("#command", &Key::Enter.to_string()).await;
    let teacher = class.teacher();
    teacher.wait_for_text(".class-people", "POP3, step").await;
    assert!(!class.teacher.transcript().await.iter().any(|line| line.text.contains("LIST")));
    // Asked for it, the student first does not want to, and then does.
    let ask = ".class-people li button:not(:last-child)";
    teacher.click(ask).await;
    student.wait_for_element("#show-try[open]").await;
    student.press(&Key::Escape.to_string()).await;
    teacher.wait_for_text(".class-head", "rather not").await;
    teacher.click(ask).await;
    student.wait_for_element("#show-try[open]").await;
    student.click("#show-try .main").await;
    teacher.wait_for_text(".class-head", "You alone see").await;
    let lines = class.teacher.transcript().await.len();
    assert!(lines > 8, "the try is looked at: {lines} lines");
    // The class sees the teacher's own dialogue until the try is put on the stage.
    let Some(other) = class.viewer().await else { return };
    other.wait_for_text("#transcript", "STAT").await;
    assert!(!other.texts("#transcript").await.concat().contains("LIST"));
    teacher.click("#stage-try").await;
    other.wait_for_text("#transcript", "LIST").await;
    teacher.click("#show-own").await;
    teacher
        .wait_for("the own dialogue", async || class.teacher.transcript().await.len() < lines)
        .await;
    let own = async || !other.texts("#transcript").await.concat().contains("LIST");
    other.wait_for("the teacher's own dialogue", own).await;
    student.click("#back-to-class").await;
    student.wait_for_text("#status", "Live").await;
    teacher.assert_no_errors().await;
    student.assert_no_errors().await;
}

#[tokio::test]
async fn a_clicker_steps_in_the_stages_window_and_at_the_console() {
    let Some(class) = class("#/pop3").await else { return };
    let teacher = class.teacher();
    let desk = teacher.window().await;
    teacher.click("#open-stage").await;
    let stage = teacher.other_window(&desk).await;
    teacher.wait_for_text(".stage-rows", "+OK").await;
    teacher.press(&Key::PageDown.to_string()).await;
    teacher.wait_for_text(".stage-rows", "USER student").await;
    teacher.press(&Key::PageUp.to_string()).await;
    teacher.wait_for_element(".stage-trouble").await;
    teacher.press("b").await;
    teacher.wait_for_element("#stage.blank").await;
    teacher.press("b").await;
    teacher.wait_for_element(".stage-rows").await;
    teacher.assert_no_errors().await;
    // Two steps back to where the dialogue ends, and one further.
    teacher.to_window(&desk).await;
    for _ in 0..3 {
        teacher.press(&Key::PageDown.to_string()).await;
    }
    teacher.to_window(&stage).await;
    teacher.wait_for_text(".stage-rows", "PASS ********").await;
}

#[tokio::test]
async fn two_never_present_at_once() {
    let Some(class) = class("#/pop3").await else { return };
    let teacher = class.teacher();
    let first = teacher.window().await;
    // A tab that is duplicated has the same secret.
    teacher.run("window.open(location.href)", vec![]).await;
    let second = teacher.other_window(&first).await;
    teacher.wait_for_text("#class-console", "0 look on").await;
    assert_eq!(teacher.texts(".class-code").await.concat(), class.code);
    teacher.to_window(&first).await;
    teacher.wait_for_element("#present-again").await;
    teacher.click("#present-again").await;
    teacher.wait_for_text("#class-console", "0 look on").await;
    teacher.to_window(&second).await;
    teacher.wait_for_element("#present-again").await;
    // Somebody without the secret does not get the room at all.
    let code = Code::parse(&class.code).expect("a code");
    let refused = Presenter::open(class.address(), code, 7).await;
    assert_eq!(refused.err().map(|(why, _)| why), Some(Refusal::Taken));
}

/// A picture of each in `target/screenshots-class`, to be looked at.
#[tokio::test]
async fn stage_console_and_phone_are_seen_whole() {
    let Some(class) = class("#/pop3").await else { return };
    let folder = tests::workspace().join("target/screenshots-class");
    std::fs::create_dir_all(&folder).expect("a folder for the pictures");
    for command in ["USER student", "PASS lab-secret", "STAT"] {
        class.teacher.types(command).await;
    }
    let Some(phone) = class.viewer().await else { return };
    phone.wait_for_text("#transcript", "STAT").await;
    class.teacher().wait_for_text("#class-console", "one looks on").await;
    let Some(stage) = Browser::open(1280, 720).await else { return };
    stage.goto(&format!("{}{}?view=stage", class.teacher.origin(), class.code)).await;
    stage.wait_for_text(".stage-rows", "STAT").await;
    class.teacher().wait_for_text("#class-console", "one stage").await;
    let pictures = [
        ("console", class.teacher(), vec![(1280, 860), (768, 1024), (360, 740)]),
        ("stage", &stage, vec![(1920, 1080), (1280, 720)]),
        ("phone", &phone, vec![(360, 740), (320, 640)]),
    ];
    for (name, browser, sizes) in pictures {
        for (width, height) in sizes {
            browser.size(width, height).await;
            browser.quiet().await;
            let wider =
                "const root = document.documentElement; return root.scrollWidth - root.clientWidth";
            assert_eq!(browser.run(wider, vec![]).await, 0, "{name} sticks out of {width} px");
            for (theme, dark) in [("light", false), ("dark", true)] {
                let path = folder.join(format!("{name}-{width}-{theme}.png"));
                browser.screenshot(&path, width, height, dark).await;
            }
        }
        browser.assert_no_errors().await;
    }
}

#[tokio::test]
async fn a_room_outlives_the_teachers_reload_and_its_relay() {
    let Some(mut class) = class("#/pop3").await else { return };
    let Some(viewer) = class.viewer().await else { return };
    class.teacher.types("USER student").await;
    shows(&viewer, "+OK").await;
    class.teacher.reload().await;
    class.teacher().wait_for_text("#class-console", "one looks on").await;
    assert_eq!(class.teacher().texts(".class-code").await.concat(), class.code);
    class.teacher.types("PASS lab-secret").await;
    viewer.wait_for_text("#transcript", "PASS").await;
    // Without a relay the room waits; with another at the same place it is there again.
    class.teacher.stop_relay().await;
    class.teacher().wait_for_text("#class-console", "looking for it").await;
    class.teacher.restart_relay(PolicyName::Lab).await;
    class.teacher().wait_for_text("#class-console", "one looks on").await;
    viewer.wait_for_text("#status", "Live").await;
    class.teacher.types("QUIT").await;
    viewer.wait_for_text("#transcript", "QUIT").await;
    class.teacher().click("#close-room").await;
    viewer.wait_for_element("#trouble").await;
}

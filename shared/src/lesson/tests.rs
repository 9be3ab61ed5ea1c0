use super::*;

const DOCUMENT: &str = include_str!("../../../docs/lessons.md");

/// The example of the document, which must be right.
fn example() -> &'static str {
    let start = DOCUMENT.find("````markdown\n").expect("there is an example") + 13;
    let end = DOCUMENT[start..].find("````").expect("it ends") + start;
    &DOCUMENT[start..end]
}

fn problems(text: &str) -> Vec<String> {
    let problems = parse(text).err().unwrap_or_default();
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn the_documents_example_is_a_lesson() {
    let lesson = parse(example()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(lesson.title, "The server counts your recipients");
    assert_eq!(lesson.intro.len(), 1);
    let titles: Vec<&str> = lesson.steps.iter().map(|step| step.title.as_str()).collect();
    assert_eq!(titles, ["Open an envelope", "Name somebody who is not there"]);
    let acts: Vec<&Act> = lesson.steps[0].acts().collect();
    assert_eq!(acts[1], &Act::Send("MAIL FROM:<you@practice.lab>".into()));
    assert_eq!(lesson.steps[1].expect.len(), 3);
    assert_eq!(
        lesson.steps[1].expect[1].test.words("smtp"),
        "Both sides know: recipients refused is 1"
    );
    assert!(lesson.closing.is_some_and(|(title, text)| title == "Why it is so" && text.len() == 1));
}

#[test]
fn a_mistake_is_named_with_its_line() {
    let cases = [
        ("title: The", "titel: The", "line 2: There is no key \"titel\"."),
        ("tier: tutorial", "tier: easy", "line 4: There is no tier \"easy\"."),
        ("protocol: smtp", "protocol: smpt", "line 3: There is no protocol \"smpt\"."),
        ("about: One", "fault: moon\nabout: One", "line 5: SMTP has no fault \"moon\"."),
        ("- state: sender", "- state: sneder", "line 23: There is no state \"sneder\"."),
        ("- state: sender", "- stat: sender", "line 23: There is no expectation \"stat\"."),
        (
            "- state: sender",
            "- state: sender now",
            "line 23: The words after state: are not understood.",
        ),
        ("- reply: 550", "- reply: 550 contains \"it", "line 38: A quote is opened"),
        ("is 1", "is", "line 39: The words after fact: are not understood."),
        ("- mail: student has no", "- tcp: client is CLOSED", "line 40: The words after tcp:"),
        (
            "- mail: student has no new messages",
            "- tcp: client is CLOSED",
            "line 40: This is not for a lesson",
        ),
        ("3. `RCPT TO:<nobody@practice.lab>`\n", "", "has 2 hints."),
        ("hints:\n1. A", "hint:\n1. A", "line 26: There is no part \"hint\"."),
        ("```send\nRCPT", "```snd\nRCPT", "line 33: The fence is marked \"snd\"."),
        ("```send\nRCPT", "```do\nRCPT", "line 33: Nobody knows how to do \"RCPT"),
        (
            "lab>\n```\n\nexpect:\n- reply",
            "lab>\n\nexpect:\n- reply",
            "line 33: This fence does not end.",
        ),
        ("**each of them** alone", "**each of them alone", "line 8: The mark '*' begins"),
        ("(https://www", "(http://www", "line 49: The link leads to"),
        ("## Open", "### Open", "line 10: The heading \"### Open an envelope\" has another level."),
        ("---\ntitle", "title", "line 1: The file does not begin with ---."),
    ];
    for (from, to, expected) in cases {
        let text = example().replacen(from, to, 1);
        assert_ne!(text, example(), "{from:?} is in the example");
        let found = problems(&text);
        assert!(
            found.iter().any(|problem| problem.contains(expected)),
            "{to:?}: {expected:?} is not in {found:#?}"
        );
        assert!(found.iter().all(|problem| problem.contains("Expected: ")), "{found:#?}");
    }
    assert_eq!(problems(&example().replacen("about", "fault: greylist\nabout", 1)), [""; 0]);
}

#[test]
fn a_step_may_have_a_question_and_notes() {
    let asked = example().replacen(
        "## Name somebody",
        "question: Who *answers*?\nOr is it nobody?\n- [ ] Nobody\n- [x] The server,\n  with `550`\n\n\
         notes:\n- Ask twice.\n\nnotes:\nThen wait.\n\n## Name somebody",
        1,
    );
    let lesson = parse(&asked).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let step = &lesson.steps[0];
    let question = step.question.as_ref().expect("there is one");
    let text = |text: &str| Inline::Text(text.into());
    assert_eq!(
        question.text,
        [text("Who "), Inline::Emphasis("answers".into()), text("? Or is it nobody?")]
    );
    assert_eq!(question.choices[0], [text("Nobody")]);
    assert_eq!(question.choices[1], [text("The server, with "), Inline::Code("550".into())]);
    assert_eq!(question.right, Some(1));
    assert_eq!(step.notes.len(), 2);
    assert_eq!(step.notes[1], Block::Paragraph(vec![text("Then wait.")]));
    assert_eq!(step.act_lines, [14, 18]);
    let before = parse(example()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(lesson.minutes(), before.minutes() + 1, "a question takes a minute");
}

#[test]
fn any_text_is_read_without_a_panic() {
    let pieces = [
        "---",
        "## a",
        "```send",
        "```",
        "expect:",
        "- state: x",
        "hints:",
        "question: a",
        "question:",
        "notes:",
        "- [x] a",
        "1. ",
        "",
        "`",
        "*",
        "[",
        "\\",
        "é:",
        "title: é",
    ];
    let mut random = crate::random::Random::new(7);
    for _ in 0..3000 {
        let n = random.next_u64() % 12;
        let mut piece = |_| pieces[(random.next_u64() % pieces.len() as u64) as usize];
        let lines: Vec<&str> = (0..n).map(&mut piece).collect();
        let text = format!("---\n{}", lines.join("\n"));
        if let Err(problems) = parse(&text) {
            assert!(!problems.is_empty());
        }
    }
}

#[test]
fn any_text_is_blocks() {
    let text = "A *mail*.\nStill it.\n\n- one\n- two\n```\n  a\n\nb\n```\n\n2 * 3 is `odd.\n";
    let plain = |text: &str| Inline::Text(text.into());
    let mail = vec![plain("A "), Inline::Emphasis("mail".into()), plain(". Still it.")];
    assert_eq!(
        prose(text),
        [
            Block::Paragraph(mail),
            Block::List { ordered: false, items: vec![vec![plain("one")], vec![plain("two")]] },
            Block::Text("  a\n\nb".into()),
            Block::Paragraph(vec![plain("2 * 3 is `odd.")]),
        ]
    );
    assert_eq!(prose("```\nopen"), [Block::Text("open".into())]);
    assert!(prose("\n\n").is_empty());
}

#[test]
fn prose_is_read_as_markdown_would() {
    let lesson = example().replacen(
        "An envelope",
        "Snake_case, 2 \\* 3, [1], ``a`b`` and _it_.\n\n- one\n  more\n- two",
        1,
    );
    let lesson = parse(&lesson).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let Block::Paragraph(inline) = &lesson.intro[0] else { panic!("{:?}", lesson.intro) };
    let text = |text: &str| Inline::Text(text.into());
    assert_eq!(
        inline[..],
        [
            text("Snake_case, 2 * 3, [1], "),
            Inline::Code("a`b".into()),
            text(" and "),
            Inline::Emphasis("it".into()),
            text(".")
        ]
    );
    let Block::List { ordered: false, items } = &lesson.intro[1] else {
        panic!("{:?}", lesson.intro)
    };
    assert_eq!(items[0], [text("one more")]);
}

//! Lessons that a teacher has written, checked as a compiler checks a program.

use std::fs;
use std::path::Path;

use shared::lesson::{BENCH, Lesson, MAX_OCTETS, Problem, parse, rehearse};
use shared::{protocols, sockets};

/// What a file of a lesson is, in two lines, or everything that is wrong with it.
pub(crate) fn check(file: &Path) -> Result<String, String> {
    let name = file.display();
    let octets = fs::metadata(file).and_then(|about| {
        // A device or a huge file is not read to find out what it is.
        if about.is_file() && about.len() > MAX_OCTETS as u64 {
            Ok(None)
        } else {
            fs::read(file).map(Some)
        }
    });
    let octets = octets.map_err(|error| format!("{name}: error: cannot be read: {error}\n"))?;
    let Some(octets) = octets else {
        return Err(format!(
            "{name}: error: no lesson is that long\n  expected: {MAX_OCTETS} octets at most\n"
        ));
    };
    let text = String::from_utf8(octets).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|octet| **octet == b'\n').count() + 1;
        format!(
            "{name}:{line}: error: There are octets that are no UTF-8.\n  expected: text in UTF-8\n"
        )
    })?;
    let lesson = parse(&text).and_then(|lesson| rehearse(&lesson).map(|()| lesson));
    match lesson {
        Ok(lesson) => Ok(format!("{name}: right\n  {}\n", about(&lesson))),
        Err(problems) => Err(problems.iter().map(|problem| told(file, problem)).collect()),
    }
}

fn told(file: &Path, problem: &Problem) -> String {
    let Problem { line, what, expected } = problem;
    format!("{}:{line}: error: {what}\n  expected: {expected}\n", file.display())
}

fn about(lesson: &Lesson) -> String {
    let place = match protocols::by_id(&lesson.protocol) {
        Some(protocol) => protocol.name,
        None => sockets::LISTED.name,
    };
    let steps = lesson.steps.iter();
    let acts: usize = steps.clone().map(|step| step.acts().count()).sum();
    let questions = steps.clone().filter(|step| step.question.is_some()).count();
    let noted = steps.clone().filter(|step| !step.notes.is_empty()).count();
    let played =
        if lesson.protocol == BENCH { "on the bench" } else { "against the practice servers" };
    format!(
        "{:?}, {} about {place}: {} with {}, {}, notes for the teacher in {noted}; about {} minutes\n  \
         played to its end {played}",
        lesson.title,
        lesson.tier.word(),
        counted(steps.len(), "step"),
        counted(acts, "command"),
        counted(questions, "question"),
        lesson.minutes(),
    )
}

fn counted(count: usize, thing: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{s}")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    const RIGHT: &str = "---\ntitle: Knock\nprotocol: smtp\ntier: useful\nabout: One command.\n---\n\nnotes:\n- Before class.\n\n\
        ## Greet\n\nSay who you are.\n\nquestion: What comes back?\n- Nothing\n- [x] A list\n\n```send\nEHLO you.lab\n```\n\n\
        expect:\n- state: ready\n\nhints:\n1. a\n2. b\n3. c\n\nnotes:\n- Wait for the list.\n\n## That was it\n\nGood.\n";

    fn file(name: &str, octets: &[u8]) -> PathBuf {
        let path = std::env::temp_dir().join(format!("wirelab-{}-{name}.md", std::process::id()));
        fs::write(&path, octets).unwrap();
        path
    }

    fn errors(name: &str, octets: &[u8]) -> String {
        let path = file(name, octets);
        let told = check(&path).err().unwrap_or_default();
        fs::remove_file(&path).unwrap();
        told.replace(&path.display().to_string(), "FILE")
    }

    #[test]
    fn a_right_lesson_is_summed_up() {
        let path = file("right", RIGHT.as_bytes());
        let told = check(&path).unwrap();
        fs::remove_file(&path).unwrap();
        for part in [
            ": right\n",
            "\"Knock\", useful about SMTP: 1 step with 1 command, 1 question, notes for the teacher in 1; about 2 minutes",
            "played to its end against the practice servers",
        ] {
            assert!(told.contains(part), "{part:?} is not in {told}");
        }
    }

    /// One broken file for every kind of mistake, each with its line and the reason.
    #[test]
    fn each_mistake_is_told_with_file_line_and_reason() {
        let cases = [
            // The head.
            ("title: Knock\n", "", "FILE:1: error: The key title is missing."),
            ("---\ntitle", "title", "FILE:1: error: The file does not begin with ---."),
            (
                "tier: useful",
                "tier: hard",
                "FILE:4: error: There is no tier \"hard\".\n  expected: course, tutorial",
            ),
            ("protocol: smtp", "protocol: fax", "FILE:3: error: There is no protocol \"fax\"."),
            ("tier:", "colour: red\ntier:", "FILE:4: error: There is no key \"colour\"."),
            ("about:", "fault: moon\nabout:", "FILE:5: error: SMTP has no fault \"moon\"."),
            // Notes and questions.
            ("notes:\n- Before class.\n", "notes:\n", "FILE:8: error: There are no notes."),
            (
                "notes:\n- Before class.",
                "question: Well?\n- a\n- b",
                "FILE:7: error: There is a question before the first heading.",
            ),
            (
                "- Nothing\n- [x] A list\n",
                "- [x] A list\n",
                "FILE:15: error: The question has 1 choices.",
            ),
            ("- Nothing", "- [x] Nothing", "FILE:17: error: A second choice is marked as right."),
            (
                "question: What comes back?",
                "question:",
                "FILE:15: error: The question has no text.",
            ),
            (
                "hints:",
                "question: Why?\n- a\n- b\n\nhints:",
                "FILE:26: error: This is a second question.",
            ),
            (
                "notes:\n- Wait",
                "notes: - Wait",
                "FILE:31: error: There is more on the line than notes:",
            ),
            (
                "Good.",
                "Good.\n\nnotes:\n- Late.",
                "FILE:34: error: The last section has nothing to do, and a question or notes.",
            ),
            ("notes:\n- Wait", "teacher:\n- Wait", "FILE:31: error: There is no part \"teacher\"."),
            // Steps.
            ("3. c\n", "", "FILE:11: error: The step \"Greet\" has 2 hints."),
            (
                "```send\nEHLO you.lab\n```\n",
                "",
                "FILE:11: error: The step \"Greet\" has nothing to do.",
            ),
            (
                "expect:\n- state: ready\n",
                "",
                "FILE:11: error: The step \"Greet\" expects nothing.",
            ),
            ("- state: ready", "- state: redy", "FILE:24: error: There is no state \"redy\"."),
            ("```send", "```sent", "FILE:19: error: The fence is marked \"sent\"."),
            (
                "```send\nEHLO you.lab",
                "```do\nwait 9999 s",
                "FILE:19: error: Nobody knows how to do \"wait 9999 s\".",
            ),
            ("Say who", "Say *who", "FILE:13: error: The mark '*' begins"),
            // What only comes out when it is played.
            ("EHLO you.lab", "EHLO", "FILE:19: error: \"EHLO\" is not sent."),
            ("EHLO you.lab", "RCPT TO:<a@b.c>", "FILE:19: error: \"RCPT TO:<a@b.c>\" is not sent."),
            (
                "```send",
                "```anyway",
                "FILE:19: error: The client sends \"EHLO you.lab\" by itself.\n  expected: the fence ```send",
            ),
            ("```send\nEHLO", "```octets\nEHLO \\q", "FILE:19: error: The escape at character 5"),
            (
                "- state: ready",
                "- reply: 550",
                "FILE:24: error: The step is done as written, and the last was 250-practice.lab",
            ),
            (
                "- state: ready",
                "- connection: open",
                "FILE:11: error: The step \"Greet\" is done before anything was done.",
            ),
        ];
        for (n, (from, to, expected)) in cases.into_iter().enumerate() {
            let text = RIGHT.replacen(from, to, 1);
            assert_ne!(text, RIGHT, "{from:?} is in the lesson");
            let found = errors(&format!("wrong-{n}"), text.as_bytes());
            assert!(found.contains(expected), "{to:?}: {expected:?} is not in\n{found}");
            assert!(found.lines().count() >= 2 && found.contains("\n  expected: "), "{found}");
        }
        let found = errors("latin", &[RIGHT.as_bytes(), b"Gr\xfc\xdfe\n"].concat());
        assert!(found.contains("FILE:37: error: There are octets that are no UTF-8."), "{found}");
        let found = errors("long", &vec![b'x'; MAX_OCTETS + 1]);
        assert!(found.contains("FILE: error: no lesson is that long"), "{found}");
        let found = check(Path::new("/nowhere.md")).unwrap_err();
        assert!(found.contains("/nowhere.md: error: cannot be read: "), "{found}");
    }

    #[test]
    fn what_the_bench_refuses_is_told_too() {
        let text = "---\ntitle: a\nprotocol: socket\ntier: weird\nabout: b\n---\n\n## Step\n\n```client\nif x: y\n```\n\n\
            expect:\n- waits: client recv\n\nhints:\n1. a\n2. b\n3. c\n";
        let found = errors("bench", text.as_bytes());
        assert!(found.starts_with("FILE:10: error: \"if x: y\" is not run. "), "{found}");
    }

    #[test]
    fn every_lesson_that_ships_is_right() {
        let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lessons");
        let mut files = 0;
        let mut wrong = String::new();
        for folder in fs::read_dir(top).unwrap().map(Result::unwrap) {
            for file in fs::read_dir(folder.path()).unwrap().map(Result::unwrap) {
                files += 1;
                wrong += &check(&file.path()).err().unwrap_or_default();
            }
        }
        assert!(files > 100 && wrong.is_empty(), "{wrong}");
    }
}

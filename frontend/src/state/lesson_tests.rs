//! Every lesson of `lessons/` is played to its end, as a person would who does what it says.

use std::fs;
use std::path::Path;

use shared::lesson::{BENCH, Lesson, Test, parse};
use shared::machine::Tick;

use super::{Lab, Route};

/// Every lesson by its name, such as `smtp/tutorial-1-send-a-mail`, with its text.
fn lessons() -> Vec<(String, String)> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lessons");
    let mut found = Vec::new();
    for folder in fs::read_dir(top).expect("there is a folder lessons").map(Result::unwrap) {
        for file in fs::read_dir(folder.path()).expect("it holds folders").map(Result::unwrap) {
            let text = fs::read_to_string(file.path()).expect("a lesson is text");
            let (folder, file) = (folder.file_name(), file.file_name());
            let name = format!("{}/{}", folder.to_string_lossy(), file.to_string_lossy());
            found.push((name.trim_end_matches(".md").into(), text));
        }
    }
    found.sort();
    found
}

fn read(name: &str, text: &str) -> Lesson {
    parse(text, |_| false).unwrap_or_else(|problems| {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("lessons/{name}.md:\n{}", problems.join("\n"))
    })
}

#[test]
fn every_lesson_is_where_its_head_says() {
    for (name, text) in lessons() {
        let lesson = read(&name, &text);
        let begin = format!("{}/{}-", lesson.protocol, lesson.tier.word());
        let number = name.strip_prefix(&begin).and_then(|rest| rest.split('-').next());
        let number = number.and_then(|number| number.parse::<u32>().ok());
        assert!(
            number.is_some_and(|n| n > 0),
            "lessons/{name}.md should begin with {begin} and a number"
        );
    }
}

#[test]
fn every_lesson_is_played_to_its_end() {
    let mut wrong = Vec::new();
    for (name, text) in lessons() {
        let lesson = read(&name, &text);
        if lesson.protocol != BENCH
            && let Err(why) = play(&name, lesson)
        {
            wrong.push(format!("lessons/{name}.md: {why}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn play(name: &str, lesson: Lesson) -> Result<(), String> {
    let mut now = Tick::default();
    let mut lab = Lab::new(Route::landing());
    lab.begin_lesson(name, lesson.clone(), 0, now);
    for (n, step) in lesson.steps.iter().enumerate() {
        lab.follow_lesson();
        let at = lab.lesson.as_ref().map_or(0, |open| open.step());
        if at != n {
            return Err(format!(
                "step {} is under way, not {:?}{}",
                at + 1,
                step.title,
                told(&lab)
            ));
        }
        if lab.verdicts().iter().all(|verdict| verdict.is_met()) {
            return Err(format!("{:?} is met before anything is done", step.title));
        }
        for act in step.acts() {
            lab.play_act(act, &mut now);
            if let Some(refusal) = &lab.refusal {
                return Err(format!(
                    "{:?} was refused: {}{}",
                    refusal.text,
                    refusal.why,
                    told(&lab)
                ));
            }
            if let shared::lesson::Act::Anyway(text) = act
                && would_send(&lesson, n, text)
            {
                return Err(format!("the client sends {text:?} by itself: use send, not anyway"));
            }
        }
        let verdicts = lab.verdicts();
        let unmet: Vec<String> = step
            .expect
            .iter()
            .zip(&verdicts)
            .filter(|(_, verdict)| !verdict.is_met())
            .map(|(expectation, verdict)| {
                format!("line {}: {}: {verdict:?}", expectation.line, expectation.text)
            })
            .collect();
        if !unmet.is_empty() {
            return Err(format!(
                "{:?} is done, but not\n{}{}",
                step.title,
                unmet.join("\n"),
                told(&lab)
            ));
        }
        if lab.is_modified() {
            return Err(format!(
                "{:?} is done as written, and yet something is modified",
                step.title
            ));
        }
    }
    lab.follow_lesson();
    match &lab.lesson {
        Some(open) if open.is_done() => Ok(()),
        _ => Err("it does not end".into()),
    }
}

/// Whether the client would agree to send this text as the first thing of its kind in this step.
fn would_send(lesson: &Lesson, step: usize, wanted: &str) -> bool {
    let mut now = Tick::default();
    let mut lab = Lab::new(Route::landing());
    lab.begin_lesson("again", lesson.clone(), 0, now);
    for act in lesson.steps.iter().take(step + 1).flat_map(|step| step.acts()) {
        if let shared::lesson::Act::Anyway(text) = act
            && text == wanted
        {
            lab.send(text, now);
            return lab.refusal.is_none();
        }
        lab.play_act(act, &mut now);
    }
    false
}

fn told(lab: &Lab) -> String {
    format!("\n{}", shared::transcript::render(lab.session().transcript()))
}

#[test]
fn what_a_lesson_expects_can_be_said_in_words() {
    for (name, text) in lessons() {
        let lesson = read(&name, &text);
        for expectation in lesson.steps.iter().flat_map(|step| &step.expect) {
            let words = expectation.test.words(&lesson.protocol);
            assert!(words.len() > 8, "{name}: {words:?}");
            if let Test::State(id) = &expectation.test {
                assert!(
                    !words.contains(&format!("\u{201c}{id}\u{201d}")) || words.contains("ready"),
                    "{name}: {words}"
                );
            }
        }
    }
}

//! Every lesson of `lessons/` is played to its end, as a person would who does what it says.

use std::fs;
use std::path::Path;

use shared::lesson::{Act, BENCH, Lesson, Tier, Verdict, parse};
use shared::machine::Tick;
use shared::sockets::Side;
use shared::transcript::render;

use super::{BenchState, Lab, Route, Stage, Target};

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
    parse(text).unwrap_or_else(|problems| {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("lessons/{name}.md:\n{}", problems.join("\n"))
    })
}

#[test]
fn every_lesson_is_where_its_head_says() {
    for (name, text) in lessons() {
        let lesson = read(&name, &text);
        let begin = match lesson.tier {
            Tier::Course => "course/".into(),
            tier => format!("{}/{}-", lesson.protocol, tier.word()),
        };
        let number = name.strip_prefix(&begin).and_then(|rest| rest.split('-').next());
        let number = number.and_then(|number| number.parse::<u32>().ok());
        assert!(
            number.is_some_and(|n| n > 0),
            "lessons/{name}.md should begin with {begin} and a number"
        );
    }
}

/// Three that show how it is meant, five that break it, three for life outside, and numbers without gaps.
#[test]
fn every_protocol_with_lessons_has_enough_of_each_tier() {
    let all = lessons();
    for (name, _) in &all {
        let place = name.split('/').next().unwrap_or_default();
        if place == Tier::Course.word() {
            continue;
        }
        for (tier, least) in [("tutorial", 3), ("weird", 5), ("useful", 3)] {
            let begin = format!("{place}/{tier}-");
            let of_tier = all.iter().filter_map(|(name, _)| name.strip_prefix(&begin));
            let mut numbers: Vec<usize> =
                of_tier.filter_map(|rest| rest.split('-').next()?.parse().ok()).collect();
            numbers.sort_unstable();
            assert!(numbers.len() >= least, "lessons/{begin}*: {} of {least}", numbers.len());
            assert!(
                numbers.iter().enumerate().all(|(n, number)| n + 1 == *number),
                "{begin}: {numbers:?}"
            );
        }
    }
}

/// What a lecture needs: all of it, in order, each in a quarter of an hour, with something to ask and to say.
#[test]
fn the_course_is_whole_and_each_part_fits_into_a_lecture() {
    let part = |(name, text): &(String, String)| {
        let number = name.strip_prefix("course/")?.split('-').next()?.parse::<usize>().ok()?;
        Some((number, read(name, text)))
    };
    let mut parts: Vec<(usize, Lesson)> = lessons().iter().filter_map(part).collect();
    parts.sort_by_key(|(number, _)| *number);
    let places: Vec<&str> = parts.iter().map(|(_, lesson)| lesson.protocol.as_str()).collect();
    let order = ["socket", "smtp", "ftp", "nntp", "smtp", "pop3", "http", "telnet", "gopher"];
    assert_eq!(places, order);
    for (at, (number, lesson)) in parts.iter().enumerate() {
        let title = &lesson.title;
        assert_eq!((at + 1, lesson.tier), (*number, Tier::Course), "{title}");
        let minutes = lesson.minutes();
        assert!((10..=15).contains(&minutes), "{title} takes {minutes} minutes");
        let asked: Vec<_> = lesson.steps.iter().filter_map(|s| s.question.as_ref()).collect();
        assert!((2..=4).contains(&asked.len()), "{title} asks {} questions", asked.len());
        assert!(asked.iter().all(|question| question.right.is_some()), "{title}");
        assert!(
            !lesson.notes.is_empty() && lesson.steps.iter().all(|s| !s.notes.is_empty()),
            "{title}"
        );
    }
}

#[test]
fn the_first_answer_stands() {
    let text = lessons().into_iter().find(|(name, _)| name == "course/1-sockets");
    let (name, text) = text.expect("the course begins");
    let lesson = read(&name, &text);
    let asked = lesson.steps.iter().position(|step| step.question.is_some()).expect("it asks");
    let mut bench = BenchState::default();
    bench.begin_lesson(&name, lesson, 0, Tick::default());
    let open = bench.lesson_mut().expect("it is open");
    open.choose(asked, 99);
    assert_eq!(open.answer(asked), None, "there is no such choice");
    open.choose(asked, 1);
    open.choose(asked, 0);
    assert_eq!(open.answer(asked), Some(1));
    bench.reset_lesson(Tick::default());
    assert_eq!(bench.lesson().and_then(|open| open.answer(asked)), None);
}

#[test]
fn every_lesson_is_played_to_its_end() {
    let mut wrong = Vec::new();
    for (name, text) in lessons() {
        let lesson = read(&name, &text);
        let played = if lesson.protocol == BENCH {
            play(&name, &lesson, &mut BenchState::default(), |bench| {
                let refusals = Side::BOTH.into_iter().filter_map(|side| bench.refusal(side));
                (refusals.map(String::from).next(), bench.status())
            })
        } else {
            let checked = play(&name, &lesson, &mut Lab::new(Route::landing()), |lab| {
                let refused = lab.refusal.as_ref();
                let refused = refused.map(|r| format!("{:?} was refused: {}", r.text, r.why));
                (refused.or(lab.notice.clone()), render(lab.session().transcript()))
            });
            checked.and_then(|()| anyway_is_needed(&lesson))
        };
        if let Err(why) = played {
            wrong.push(format!("lessons/{name}.md: {why}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// `told` gives what was refused, if anything, and where things stand.
fn play<S: Stage>(
    name: &str,
    lesson: &Lesson,
    stage: &mut S,
    told: impl Fn(&S) -> (Option<String>, String),
) -> Result<(), String> {
    let mut now = Tick::default();
    stage.begin_lesson(name, lesson.clone(), 0, now);
    for (n, step) in lesson.steps.iter().enumerate() {
        let wrong = |stage: &S, what: String| {
            Err(format!("the step {:?} {what}\n{}", step.title, told(stage).1))
        };
        stage.follow_lesson();
        if stage.lesson().is_none_or(|open| open.step() != n) {
            return wrong(stage, "is not the one under way".into());
        }
        if stage.verdicts().iter().all(Verdict::is_met) {
            return wrong(stage, "is met before anything is done".into());
        }
        for act in step.acts() {
            stage.play_act(act, &mut now);
            if let Some(refused) = told(stage).0 {
                return wrong(stage, refused);
            }
            if stage.is_modified() {
                return wrong(stage, format!("is done as written, and {act:?} modified something"));
            }
        }
        let verdicts = stage.verdicts();
        let unmet = step.expect.iter().zip(&verdicts).filter(|(_, verdict)| !verdict.is_met());
        let unmet: Vec<String> =
            unmet.map(|(e, verdict)| format!("line {}: {}: {verdict:?}", e.line, e.text)).collect();
        if !unmet.is_empty() {
            return wrong(stage, format!("is done, but not\n{}", unmet.join("\n")));
        }
    }
    stage.follow_lesson();
    match stage.lesson() {
        Some(open) if open.is_done() => Ok(()),
        _ => Err("the lesson does not end".into()),
    }
}

/// A command that the client sends by itself is no `anyway`: nobody would see why it is refused.
fn anyway_is_needed(lesson: &Lesson) -> Result<(), String> {
    let mut now = Tick::default();
    let mut lab = Lab::new(Route::landing());
    lab.begin_lesson("again", lesson.clone(), 0, now);
    for act in lesson.steps.iter().flat_map(|step| step.acts()) {
        if let Act::Anyway(text) = act {
            lab.send(text, now);
            if lab.refusal.is_none() {
                return Err(format!("the client sends {text:?} by itself: use send, not anyway"));
            }
        }
        lab.play_act(act, &mut now);
    }
    Ok(())
}

#[test]
fn what_a_lesson_expects_can_be_said_in_words() {
    for (name, text) in lessons() {
        let lesson = read(&name, &text);
        for expectation in lesson.steps.iter().flat_map(|step| &step.expect) {
            let words = expectation.test.words(&lesson.protocol);
            assert!(words.len() > 8, "{name}: {words:?}");
        }
    }
}

#[test]
fn a_lesson_goes_on_in_the_session_that_came_back_or_catches_up() {
    let name = "smtp/tutorial-1-send-a-mail";
    let text = lessons().into_iter().find(|(n, _)| n == name).map(|(_, text)| text);
    let lesson = read(name, &text.unwrap_or_default());
    let mut now = Tick::default();
    let mut lab = Lab::new(Route::landing());
    lab.begin_lesson(name, lesson.clone(), 0, now);
    for act in lesson.steps[..2].iter().flat_map(|step| step.acts()) {
        lab.play_act(act, &mut now);
    }
    lab.play_act(&Act::Send("DATA".into()), &mut now);
    let journal = lab.take_journal().map(|kept| kept.octets).unwrap_or_default();

    let mut again = Lab::new(Route::landing());
    assert!(!again.resume_lesson(name, &lesson, 2), "nothing has come back");
    again.restore(&journal);
    assert!(again.resume_lesson(name, &lesson, 2));
    assert!(again.lesson().is_some_and(|open| open.step() == 2));
    assert!(!again.is_behind() && !again.is_modified());
    assert_eq!(again.session().client().state().id, "data");

    let mut new = Lab::new(Route::landing());
    new.begin_lesson(name, lesson.clone(), 2, now);
    assert!(new.is_behind());
    let practice = new.route.clone();
    let host = Target::Real { host: "mail.example.org".into(), port: 25 };
    new.connect(Route::to(practice.protocol, host), now);
    assert!(!new.is_behind(), "a real server gets nothing that nobody has read");
    new.connect(practice, now);
    while new.pump(now) {}
    new.set_predicting(true, now);
    new.catch_up(now);
    assert!(!new.is_behind() && new.lesson().is_some_and(|open| open.step() == 2));
    assert_eq!(new.session().client().state().id, "recipients");
    for (stage, sent) in [(&mut again, 1), (&mut new, 0)] {
        for act in lesson.steps[2].acts().skip(sent) {
            stage.play_act(act, &mut now);
        }
        stage.follow_lesson();
        assert!(stage.lesson().is_some_and(|open| open.step() == 3));
    }
}

#[test]
fn what_the_lesson_did_not_do_is_a_modification_and_reset_undoes_it() {
    let name = "pop3/tutorial-1-fetch-a-mail";
    let text = lessons().into_iter().find(|(n, _)| n == name).map(|(_, text)| text);
    let now = Tick::default();
    let mut lab = Lab::new(Route::landing());
    lab.begin_lesson(name, read(name, &text.unwrap_or_default()), 0, now);
    assert!(!lab.is_modified());
    lab.mail_arrives(now);
    assert!(lab.is_modified());
    lab.reset_lesson(now);
    assert!(!lab.is_modified());
    assert!(lab.lesson().is_some_and(|open| open.step() == 0));
}

#[test]
fn the_bench_has_lessons_too() {
    let text = "---\ntitle: Nobody listens\nprotocol: socket\ntier: weird\nabout: x\n---\n\nIt begins.\n\n\
        ## Knock at a closed door\n\n```client\nimport socket\n```\n\n```client\ns = socket.socket()\n```\n\n\
        ```client\ns.connect((\"server.lab\", 12345))\n```\n\n\
        expect:\n- raises: client ConnectionRefusedError\n\nhints:\n1. a\n2. b\n3. c\n\n\
        ## Listen\n\n```server\nimport socket\n```\n\n```server\nl = socket.socket()\n```\n\n\
        ```server\nl.bind((\"server.lab\", 12345))\n```\n\n```server\nl.listen()\n```\n\n\
        expect:\n- tcp: server is LISTEN\n\nhints:\n1. a\n2. b\n3. c\n\n\
        ## Wait, lose a packet, and let time pass\n\n```server\nc, a = l.accept()\n```\n\n\
        ```client\ns = socket.socket()\n```\n\n```do\nlose the next packet\n```\n\n\
        ```client\ns.connect((\"server.lab\", 12345))\n```\n\n```do\nwait 60 s\n```\n\n\
        ```server\na\n```\n\n\
        expect:\n- tcp: client is ESTABLISHED\n- shows: server \"192.0.2\"\n\n\
        hints:\n1. a\n2. b\n3. c\n";
    let lesson = read("inline", text);
    let told = |bench: &BenchState| {
        let refusals = Side::BOTH.into_iter().filter_map(|side| bench.refusal(side));
        (refusals.map(String::from).next(), bench.status())
    };
    let mut bench = BenchState::default();
    play("inline", &lesson, &mut bench, told).unwrap_or_else(|why| panic!("{why}"));
    bench.enter(Side::Client, "s.close()");
    assert!(bench.is_modified(), "the lesson closes nothing");
    bench.reset_lesson(Tick::default());
    assert!(!bench.is_modified() && bench.bench.is_empty());
}

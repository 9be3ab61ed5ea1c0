//! A lesson's file, line by line.

use core::time::Duration;

use super::prose::{self, Block, Lines};
use super::{Act, BENCH, Deed, Lesson, MAX_OCTETS, Part, Problem, Step, Tier, expect, question};
use crate::sockets::{Fault, Side};
use crate::{faults, protocols};

/// How many hints a step has: where to look, what to use, and the answer.
const HINTS: usize = 3;

/// Seconds that a lesson may let pass at once: no server waits longer for anything.
const LONGEST_WAIT: u64 = 3600;

/// Reads a lesson, or says everything that is wrong with it.
pub fn parse(text: &str) -> Result<Lesson, Vec<Problem>> {
    if text.len() > MAX_OCTETS {
        let what = format!("The file has {} octets.", text.len());
        return Err(vec![Problem::new(1, what, format!("{MAX_OCTETS} at most"))]);
    }
    let lines: Vec<(usize, &str)> =
        text.lines().enumerate().map(|(n, line)| (n + 1, line.trim_end())).collect();
    let mut problems = Vec::new();
    let (front, body) = match front(&lines) {
        Ok(parts) => parts,
        Err(problem) => return Err(vec![problem]),
    };
    let mut lesson = header(front, &mut problems);
    if let (Some(fault), Some(protocol)) = (&lesson.fault, protocols::by_id(&lesson.protocol))
        && let Err(why) = faults::named(fault, protocol)
    {
        let line = front.iter().find(|(_, l)| l.starts_with("fault:")).map_or(1, |(n, _)| *n);
        problems.push(Problem::new(line, why, "the name of a fault"));
    }
    let places = places(&lesson.protocol, body);
    let mut sections = sections(body, &mut problems).into_iter();
    if let Some(intro) = sections.next() {
        let intro = section(&intro, &places, &mut problems);
        if !intro.is_text() {
            let what = "There is something to do before the first heading.";
            problems.push(Problem::new(intro.line, what, "## and a title above it"));
        }
        if intro.step.question.is_some() {
            let what = "There is a question before the first heading.";
            problems.push(Problem::new(
                intro.line,
                what,
                "the question in the step that it is about",
            ));
        }
        lesson.notes.clone_from(&intro.step.notes);
        lesson.intro = intro.prose();
    }
    let last_line = lines.last().map_or(1, |(n, _)| *n);
    let mut sections = sections.peekable();
    while let Some(lines) = sections.next() {
        let found = section(&lines, &places, &mut problems);
        if found.is_text() && sections.peek().is_none() && !lesson.steps.is_empty() {
            if found.step.question.is_some() || !found.step.notes.is_empty() {
                let what = "The last section has nothing to do, and a question or notes.";
                problems.push(Problem::new(
                    found.line,
                    what,
                    "both in the steps; notes before the first heading, too",
                ));
            }
            lesson.closing = Some((found.title.clone(), found.prose()));
        } else {
            lesson.steps.push(found.step(&mut problems));
        }
    }
    if lesson.steps.is_empty() {
        problems.push(Problem::new(
            last_line,
            "There is no step.",
            "a heading that begins with ##",
        ));
    }
    problems.sort_by_key(|problem| problem.line);
    if problems.is_empty() { Ok(lesson) } else { Err(problems) }
}

/// Takes the part between the two lines `---` apart from the rest.
fn front<'a>(lines: &'a Lines<'a>) -> Result<(&'a Lines<'a>, &'a Lines<'a>), Problem> {
    let missing = |line, what: &str| {
        Problem::new(line, what, "a line ---, lines like title: Send a mail, and another line ---")
    };
    if lines.first().is_none_or(|(_, line)| *line != "---") {
        return Err(missing(1, "The file does not begin with ---."));
    }
    let end = lines.iter().skip(1).position(|(_, line)| *line == "---");
    let end = end.ok_or_else(|| missing(1, "What begins with --- does not end."))? + 1;
    Ok((&lines[1..end], &lines[end + 1..]))
}

fn header(lines: &Lines<'_>, problems: &mut Vec<Problem>) -> Lesson {
    let mut lesson = Lesson {
        title: String::new(),
        protocol: String::new(),
        tier: Tier::Tutorial,
        about: String::new(),
        fault: None,
        notes: Vec::new(),
        intro: Vec::new(),
        steps: Vec::new(),
        closing: None,
    };
    let mut seen: Vec<&str> = Vec::new();
    for (n, line) in lines.iter().filter(|(_, line)| !line.is_empty()) {
        let (key, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.trim();
        let keys = "title, protocol, tier, about or fault, each once, a colon and its value";
        if seen.contains(&key) || value.is_empty() {
            let what = format!("The line {line:?} has no value, or is there twice.");
            problems.push(Problem::new(*n, what, keys));
        }
        seen.push(key);
        match key {
            "title" => lesson.title = value.into(),
            "about" => lesson.about = value.into(),
            "fault" => lesson.fault = Some(value.into()),
            "protocol" => {
                lesson.protocol = value.into();
                if !is_place(value) {
                    let what = format!("There is no protocol {value:?}.");
                    problems.push(Problem::new(*n, what, all_places()));
                }
            }
            "tier" => match Tier::of(value) {
                Some(tier) => lesson.tier = tier,
                None => {
                    let what = format!("There is no tier {value:?}.");
                    problems.push(Problem::new(*n, what, "course, tutorial, weird or useful"));
                }
            },
            _ => problems.push(Problem::new(*n, format!("There is no key {key:?}."), keys)),
        }
    }
    for needed in ["title", "protocol", "tier", "about"] {
        if !seen.contains(&needed) {
            let what = format!("The key {needed} is missing.");
            problems.push(Problem::new(1, what, format!("a line {needed}: and its value")));
        }
    }
    lesson
}

fn is_place(id: &str) -> bool {
    id == BENCH || protocols::by_id(id).is_some()
}

fn all_places() -> String {
    let ids: Vec<&str> = protocols::ALL.iter().map(|protocol| protocol.id).collect();
    format!("one of {} and {BENCH}", ids.join(", "))
}

/// The lesson's protocol and those that it goes to.
fn places(own: &str, lines: &Lines<'_>) -> Vec<String> {
    let mut places = vec![own.to_string()];
    places.extend(lines.iter().filter_map(|(_, line)| line.strip_prefix("go to ").map(Into::into)));
    places
}

/// What is before the first heading, then each heading with what follows it. A heading within a fence is none.
fn sections<'a>(lines: &'a Lines<'a>, problems: &mut Vec<Problem>) -> Vec<Vec<(usize, &'a str)>> {
    let mut sections = vec![Vec::new()];
    let mut fence = None;
    for (n, line) in lines {
        match (fence, line.starts_with("```")) {
            (None, true) => fence = Some(*n),
            (Some(_), true) if *line == "```" => fence = None,
            (None, _) if line.starts_with("## ") => sections.push(Vec::new()),
            (None, _) if line.starts_with('#') => {
                let what = format!("The heading {line:?} has another level.");
                problems.push(Problem::new(*n, what, "## for each step and no other headings"));
            }
            _ => {}
        }
        if let Some(section) = sections.last_mut() {
            section.push((*n, *line));
        }
    }
    if let Some(line) = fence {
        problems.push(Problem::new(line, "This fence does not end.", "a line ``` after it"));
    }
    sections
}

/// A section's content, before it is known what it is.
struct Section {
    line: usize,
    title: String,
    step: Step,
}

impl Section {
    fn is_text(&self) -> bool {
        self.step.acts().next().is_none()
            && self.step.expect.is_empty()
            && self.step.hints.is_empty()
    }

    fn prose(self) -> Vec<Block> {
        let blocks = self.step.parts.into_iter().filter_map(|part| match part {
            Part::Prose(block) => Some(block),
            Part::Act(_) => None,
        });
        blocks.collect()
    }

    fn step(self, problems: &mut Vec<Problem>) -> Step {
        let named = format!("The step {:?}", self.title);
        let mut need = |there: bool, what: &str, expected: &str| {
            if !there {
                problems.push(Problem::new(self.line, format!("{named} {what}."), expected));
            }
        };
        need(!self.title.is_empty(), "has no title", "## and a title");
        need(
            self.step.acts().next().is_some(),
            "has nothing to do",
            "a fence ```send with a command",
        );
        need(!self.step.expect.is_empty(), "expects nothing", "a line expect: and a list below it");
        let hints = self.step.hints.len();
        need(
            hints == HINTS,
            &format!("has {hints} hints"),
            "a line hints: and three below it: 1. where to look, 2. what to use, 3. the answer",
        );
        self.step
    }
}

fn section(lines: &Lines<'_>, places: &[String], problems: &mut Vec<Problem>) -> Section {
    let line = lines.first().map_or(1, |(n, _)| *n);
    let heading = lines.first().and_then(|(_, text)| text.strip_prefix("## "));
    let title = heading.unwrap_or_default().trim().to_string();
    let mut step = Step { line, title: title.clone(), ..Step::default() };
    let mut rest = &lines[usize::from(heading.is_some())..];
    while let Some((n, text)) = rest.first() {
        if text.is_empty() {
            rest = &rest[1..];
        } else if let Some(kind) = text.strip_prefix("```") {
            let end =
                rest[1..].iter().position(|(_, l)| *l == "```").map_or(rest.len(), |at| at + 1);
            let inner: Vec<&str> = rest[1..end].iter().map(|(_, line)| *line).collect();
            fenced(*n, kind.trim(), &inner.join("\n"), places, &mut step, problems);
            rest = &rest[(end + 1).min(rest.len())..];
        } else {
            let end = rest.iter().position(|(_, l)| l.is_empty() || l.starts_with("```"));
            let (here, after) = rest.split_at(end.unwrap_or(rest.len()));
            let key = key_line(text);
            let below;
            if key.is_some() && here.len() == 1 {
                // One empty line may stand between the key and its list.
                let gap = after.iter().position(|(_, l)| !l.is_empty()).unwrap_or(after.len());
                let end = after[gap..]
                    .iter()
                    .position(|(_, l)| l.is_empty())
                    .map_or(after.len(), |e| e + gap);
                below = &after[gap..end];
                rest = &after[end..];
            } else {
                rest = after;
                below = &here[usize::from(key.is_some())..];
            }
            // The colon is one octet behind the key.
            let behind = key.map_or("", |key| text[key.len() + 1..].trim());
            if let Some(key @ ("expect" | "hints" | "notes")) = key
                && !behind.is_empty()
            {
                let what = format!("There is more on the line than {key}:");
                problems.push(Problem::new(*n, what, "what belongs to it on the lines below"));
            }
            match key {
                Some("expect") => expectations(*n, below, places, &mut step, problems),
                Some("hints") => step.hints.extend(prose::items(below, problems)),
                Some("notes") if below.is_empty() => {
                    problems.push(Problem::new(*n, "There are no notes.", "a list or a paragraph"));
                }
                Some("notes") => step.notes.push(prose::block(below, problems)),
                Some("question") => {
                    if step.question.is_some() {
                        let what = "This is a second question.";
                        problems.push(Problem::new(*n, what, "one question in a step"));
                    }
                    step.question = Some(question::question(*n, behind, below, problems));
                }
                Some(other) => problems.push(Problem::new(
                    *n,
                    format!("There is no part {other:?}."),
                    "expect:, hints:, question: or notes:, or a sentence that begins with a capital letter",
                )),
                None => step.parts.push(Part::Prose(prose::block(here, problems))),
            }
        }
    }
    Section { line, title, step }
}

/// The word of a line that begins with one small word and a colon.
fn key_line(line: &str) -> Option<&str> {
    let (word, _) = line.split_once(':')?;
    let is_key = !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    is_key.then_some(word)
}

fn expectations(
    line: usize,
    lines: &Lines<'_>,
    places: &[String],
    step: &mut Step,
    problems: &mut Vec<Problem>,
) {
    if lines.is_empty() {
        problems.push(Problem::new(
            line,
            "Nothing is expected here.",
            "a list of lines like - state: ready",
        ));
    }
    for item in prose::split_items(lines) {
        let Some((n, _)) = item.first() else { continue };
        let text: Vec<&str> = item.iter().map(|(_, line)| line.trim()).collect();
        match expect::expectation(*n, &text.join(" "), places) {
            Ok(expectation) => step.expect.push(expectation),
            Err(problem) => problems.push(problem),
        }
    }
}

fn fenced(
    line: usize,
    kind: &str,
    text: &str,
    places: &[String],
    step: &mut Step,
    problems: &mut Vec<Problem>,
) {
    let is_bench = places.first().is_some_and(|place| place == BENCH);
    let owned = text.to_string();
    let act = match kind {
        "send" if !is_bench => Act::Send(owned),
        "anyway" if !is_bench => Act::Anyway(owned),
        "octets" if !is_bench => Act::Octets(owned),
        "client" if is_bench => Act::At(Side::Client, owned),
        "server" if is_bench => Act::At(Side::Server, owned),
        "do" => match deed(text.trim()) {
            Some(deed) => Act::Do(deed),
            None => {
                let what = format!("Nobody knows how to do {text:?}.");
                let expected = "reconnect, disconnect, a mail arrives, go to PROTOCOL, wait N s (3600 at most); on the bench lose, duplicate or delay the next packet, restart or interrupt the client or the server";
                problems.push(Problem::new(line, what, expected));
                return;
            }
        },
        "text" | "python" | "console" => {
            step.parts.push(Part::Prose(Block::Text(owned)));
            return;
        }
        _ => {
            let what = format!("The fence is marked {kind:?}.");
            let own = if is_bench { "client, server" } else { "send, anyway, octets" };
            let expected = format!(
                "{own} or do for what is to be done; text, python or console for what is only shown"
            );
            problems.push(Problem::new(line, what, expected));
            return;
        }
    };
    step.act_lines.push(line);
    step.parts.push(Part::Act(act));
}

fn deed(text: &str) -> Option<Deed> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let side = |word: &str| Side::BOTH.into_iter().find(|side| side.word() == word);
    Some(match words[..] {
        ["reconnect"] => Deed::Reconnect,
        ["disconnect"] => Deed::Disconnect,
        ["a", "mail", "arrives"] => Deed::MailArrives,
        ["go", "to", protocol] if protocols::by_id(protocol).is_some() => {
            Deed::GoTo(protocol.into())
        }
        ["wait", seconds, "s"] => {
            let seconds = seconds.parse().ok().filter(|seconds| *seconds <= LONGEST_WAIT)?;
            Deed::Wait(Duration::from_secs(seconds))
        }
        ["lose", "the", "next", "packet"] => Deed::Network(Fault::Lose),
        ["duplicate", "the", "next", "packet"] => Deed::Network(Fault::Duplicate),
        ["delay", "the", "next", "packet"] => Deed::Network(Fault::Delay),
        ["restart", "the", at] => Deed::Restart(side(at)?),
        ["interrupt", "the", at] => Deed::Interrupt(side(at)?),
        _ => return None,
    })
}

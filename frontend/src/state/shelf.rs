//! The lessons that there are, and how far this browser's person is with each.

use std::borrow::Cow;

use sha2::{Digest, Sha256};
use shared::lesson::{BENCH, Tier, is_parcel, unpack};
use shared::protocols;

/// A line of the list of lessons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// `smtp/tutorial-1-send-a-mail`
    pub id: String,
    pub tier: Tier,
    /// The file that holds it, beside the page.
    pub file: String,
    pub title: String,
    pub about: String,
    /// Where it begins.
    pub protocol: String,
}

/// A lesson that could not be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unopened {
    pub name: String,
    /// Line by line, if it is the file that is wrong.
    pub why: Vec<String>,
}

/// What became of asking for the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum List {
    #[default]
    Awaited,
    There(Vec<Listed>),
    Failed(String),
}

impl List {
    pub fn is_settled(&self) -> bool {
        *self != List::Awaited
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Mark {
    id: String,
    steps: usize,
    done: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Shelf {
    pub list: List,
    marks: Vec<Mark>,
    /// The browser keeps no marks for this page: they are lost when it is closed.
    pub not_kept: bool,
    pub failed: Option<Unopened>,
}

impl Shelf {
    /// With the marks of an earlier visit.
    pub fn with_marks(stored: &str) -> Shelf {
        Shelf { marks: stored.lines().filter_map(mark).collect(), ..Shelf::default() }
    }

    /// The marks as they are stored, a line for each lesson.
    pub fn marks(&self) -> String {
        let lines = self.marks.iter().map(|mark| {
            let done = if mark.done { " done" } else { "" };
            format!("{} {}{done}\n", mark.id, mark.steps)
        });
        lines.collect()
    }

    /// How many of the lesson's steps are done.
    pub fn steps(&self, id: &str) -> usize {
        self.mark(id).map_or(0, |mark| mark.steps)
    }

    /// Whether the lesson was done to its end at some time.
    pub fn is_done(&self, id: &str) -> bool {
        self.mark(id).is_some_and(|mark| mark.done)
    }

    /// Tells whether this is news. Once done, a lesson stays done, however often it is begun again.
    pub fn reached(&mut self, id: &str, steps: usize, done: bool) -> bool {
        let id = &*key(id);
        let before = self.mark(id).cloned();
        let done = done || before.as_ref().is_some_and(|mark| mark.done);
        let new = Mark { id: id.into(), steps, done };
        if before.as_ref() == Some(&new) || (before.is_none() && steps == 0) {
            return false;
        }
        self.marks.retain(|mark| mark.id != id);
        self.marks.push(new);
        true
    }

    /// The lessons of a protocol, tier by tier.
    pub fn of(&self, protocol: &str) -> Vec<(Tier, Vec<&Listed>)> {
        let List::There(all) = &self.list else { return Vec::new() };
        let of_tier = |tier| all.iter().filter(move |l| l.tier == tier && place(&l.id) == protocol);
        let tiers = Tier::ALL.into_iter().map(|tier| (tier, of_tier(tier).collect::<Vec<_>>()));
        tiers.filter(|(_, lessons)| !lessons.is_empty()).collect()
    }

    /// The course, in its order.
    pub fn course(&self) -> Vec<&Listed> {
        let List::There(all) = &self.list else { return Vec::new() };
        all.iter().filter(|listed| listed.tier == Tier::Course).collect()
    }

    /// The lesson after this one, of the course or of the protocol.
    pub fn next(&self, id: &str) -> Option<&Listed> {
        let of_course = self.find(id)?.tier == Tier::Course;
        let all = if of_course {
            self.course()
        } else {
            self.of(place(id)).into_iter().flat_map(|(_, lessons)| lessons).collect()
        };
        all.into_iter().skip_while(|listed| listed.id != id).nth(1)
    }

    /// Where a lesson begins, if that can be known before it is read.
    pub fn place(&self, id: &str) -> Option<String> {
        let place = if is_parcel(id) {
            let text = unpack(id).ok()?;
            text.lines().find_map(|line| line.strip_prefix("protocol:"))?.trim().to_string()
        } else {
            self.find(id).map_or(place(id), |listed| &listed.protocol).to_string()
        };
        (place == BENCH || protocols::by_id(&place).is_some()).then_some(place)
    }

    pub fn find(&self, id: &str) -> Option<&Listed> {
        let List::There(all) = &self.list else { return None };
        all.iter().find(|listed| listed.id == id)
    }

    fn mark(&self, id: &str) -> Option<&Mark> {
        let id = &*key(id);
        self.marks.iter().find(|mark| mark.id == id)
    }
}

/// Reads the list: a line for each lesson with file, id, title, sentence and protocol between tabs.
pub fn list(text: &str) -> Vec<Listed> {
    text.lines().filter_map(listed).collect()
}

fn listed(line: &str) -> Option<Listed> {
    let mut parts = line.split('\t').map(String::from);
    let (file, id, title, about) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let protocol = parts.next()?;
    let mut words = id.split(['/', '-']);
    let tier = words.next().and_then(Tier::of).or_else(|| words.next().and_then(Tier::of))?;
    Some(Listed { id, tier, file, title, about, protocol })
}

/// A lesson's name in the marks. One that is its own name has a digest in its place.
fn key(id: &str) -> Cow<'_, str> {
    if !is_parcel(id) {
        return id.into();
    }
    let digest = Sha256::digest(id);
    format!("own/{}", shared::text::sasl::hex(&digest[..8])).into()
}

fn mark(line: &str) -> Option<Mark> {
    let mut parts = line.split(' ');
    let (id, steps) = (parts.next()?.into(), parts.next()?.parse().ok()?);
    Some(Mark { id, steps, done: parts.next() == Some("done") })
}

/// The folder that a lesson is in: its protocol, or the course.
fn place(id: &str) -> &str {
    id.split('/').next().unwrap_or_default()
}

/// A protocol's name as people know it.
pub fn place_name(id: &str) -> &str {
    let bench = (id == BENCH).then_some(shared::sockets::LISTED.name);
    bench.or(protocols::by_id(id).map(|protocol| protocol.name)).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read_and_shown_by_tier() {
        let text = "a-1.md\tsmtp/weird-1-x\tX\tAbout x.\tsmtp\n\
            b-1.md\tsmtp/tutorial-1-y\tY\tAbout y.\tsmtp\nbroken line\nc-1.md\tpop3/tutorial-1-z\tZ\tAbout z.\tpop3\n\
            d-1.md\tcourse/1-v\tV\tAbout v.\tsocket\nd-2.md\tcourse/2-w\tW\tAbout w.\tftp\n";
        let shelf = Shelf { list: List::There(list(text)), ..Shelf::default() };
        let of = shelf.of("smtp");
        let titles: Vec<_> =
            of.iter().map(|(tier, l)| (tier.word(), l[0].title.as_str())).collect();
        assert_eq!(titles, [("tutorial", "Y"), ("weird", "X")]);
        assert_eq!(shelf.find("pop3/tutorial-1-z").map(|l| l.file.as_str()), Some("c-1.md"));
        let next = |id| shelf.next(id).map(|listed| listed.id.as_str());
        assert_eq!(next("course/1-v"), Some("course/2-w"));
        assert_eq!(next("course/2-w"), None, "the course ends here");
        assert_eq!(next("smtp/tutorial-1-y"), Some("smtp/weird-1-x"));
        assert_eq!(shelf.course().len(), 2);
        let parcel = shared::lesson::pack("---\ntitle: x\nprotocol: gopher\n---\n");
        let wrong = shared::lesson::pack("protocol: fax");
        for (id, place) in [
            ("course/1-v", Some("socket")),
            ("ftp/weird-1-not-there", Some("ftp")),
            (&parcel, Some("gopher")),
            (&wrong, None),
            ("own.no", None),
        ] {
            assert_eq!(shelf.place(id).as_deref(), place, "{id}");
        }
    }

    #[test]
    fn marks_come_back_and_what_was_done_stays_done() {
        let mut shelf = Shelf::default();
        assert!(!shelf.reached("smtp/a", 0, false), "nothing was done");
        assert!(shelf.reached("smtp/a", 2, false) && !shelf.reached("smtp/a", 2, false));
        assert!(shelf.reached("smtp/a", 4, true) && shelf.reached("smtp/a", 0, false));
        let again = Shelf::with_marks(&shelf.marks());
        let parcel = shared::lesson::pack(&"lesson".repeat(500));
        assert!(shelf.reached(&parcel, 1, false) && shelf.steps(&parcel) == 1);
        assert!(shelf.marks().lines().all(|line| line.len() < 30), "{}", shelf.marks());
        assert!(again.is_done("smtp/a") && again.steps("smtp/a") == 0);
        assert!(Shelf::with_marks("no number\n\nx\n").marks().is_empty());
    }
}

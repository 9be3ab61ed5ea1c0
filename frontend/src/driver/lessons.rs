//! Lessons come from the page's own origin when they are asked for; what was done is kept in the browser.

use shared::lesson::{Lesson, MAX_OCTETS, is_parcel, pack, parse, unpack};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::File;
use yew::Callback;

use super::{Runner, clock};
use crate::state::{List, Shelf, Unopened, read_list};
use crate::text::Language;
use crate::text::t;

const KEY: &str = "wirelab.lessons";
/// The lesson that is open in this tab, over a reload.
const OPEN: &str = "wirelab.lesson";

/// What was done at earlier visits.
pub(super) fn shelf() -> Shelf {
    let stored = storage().and_then(|storage| storage.get_item(KEY).map_err(|_| ()).ok().flatten());
    Shelf::with_marks(&stored.unwrap_or_default())
}

impl Runner {
    /// Looks at the lessons.
    pub fn shelf<R>(&self, look: impl FnOnce(&Shelf) -> R) -> R {
        look(&self.0.shelf.borrow())
    }

    /// Asks for the list of lessons, in the chosen language.
    pub fn list_lessons(&self) {
        let runner = self.clone();
        spawn_local(async move {
            let file = format!("lessons.{}.txt", Language::chosen().code());
            let list = match fetch(&file).await {
                Ok(text) => List::There(read_list(&text)),
                Err(why) => List::Failed(why),
            };
            runner.0.shelf.borrow_mut().list = list;
            runner.draw();
        });
    }

    /// Fetches a lesson and hands it over, with the number of steps that were done at an earlier time.
    pub fn open_lesson(&self, id: &str, begin: Callback<(Lesson, usize)>) {
        let file = self.shelf(|shelf| shelf.find(id).map(|listed| listed.file.clone()));
        let (runner, id) = (self.clone(), id.to_string());
        self.0.shelf.borrow_mut().failed = None;
        spawn_local(async move {
            let text = match file {
                _ if is_parcel(&id) => unpack(&id).map_err(String::from),
                Some(file) => fetch(&file).await,
                // The content security policy would forbid it as well.
                None if id.contains("://") => Err(t!("lesson-elsewhere").into()),
                None => Err(t!("lesson-unknown").into()),
            };
            match text.map_err(|why| vec![why]).and_then(|text| read(&text)) {
                Ok(lesson) => {
                    let steps = runner.shelf(|shelf| shelf.steps(&id));
                    // Who opens what was done wants to do it again.
                    let done = if steps < lesson.steps.len() { steps } else { 0 };
                    begin.emit((lesson, done));
                }
                Err(why) => {
                    let name = if is_parcel(&id) { t!("lesson-of-link").into() } else { id };
                    runner.0.shelf.borrow_mut().failed = Some(Unopened { name, why });
                }
            }
            runner.draw();
        });
    }

    /// Reads a person's own file. If it is a lesson, its parcel and where it begins are handed over.
    pub fn read_lesson(&self, file: File, open: Callback<(String, String)>) {
        let runner = self.clone();
        self.0.shelf.borrow_mut().failed = None;
        spawn_local(async move {
            let text = if file.size() > MAX_OCTETS as f64 {
                Err(t!("lesson-too-long", limit = MAX_OCTETS / 1024))
            } else {
                let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
                text.ok_or_else(|| t!("lesson-unreadable").into())
            };
            let read = text.map_err(|why| vec![why]).and_then(|text| Ok((read(&text)?, text)));
            match read {
                Ok((lesson, text)) => open.emit((pack(&text), lesson.protocol)),
                Err(why) => {
                    let name = file.name();
                    runner.0.shelf.borrow_mut().failed = Some(Unopened { name, why });
                }
            }
            runner.draw();
        });
    }

    /// Remembers in this tab which lesson is open. Tells whether it was so before.
    pub fn lesson_is_open(&self, id: Option<&str>) -> bool {
        let Some(storage) = clock::window().session_storage().ok().flatten() else { return false };
        let before = storage.get_item(OPEN).ok().flatten();
        // Where nothing can be kept, a lesson begins anew after a reload.
        drop(match id {
            Some(id) => storage.set_item(OPEN, id),
            None => storage.remove_item(OPEN),
        });
        before.is_some() && before.as_deref() == id
    }

    /// Keeps how far somebody is.
    pub fn keep_steps(&self, id: &str, steps: usize, done: bool) {
        let mut shelf = self.0.shelf.borrow_mut();
        if !shelf.reached(id, steps, done) {
            return;
        }
        let marks = shelf.marks();
        let kept = storage().is_some_and(|storage| storage.set_item(KEY, &marks).is_ok());
        let news = shelf.not_kept == kept;
        shelf.not_kept = !kept;
        if news {
            self.draw();
        }
    }
}

fn storage() -> Option<web_sys::Storage> {
    clock::window().local_storage().ok().flatten()
}

async fn fetch(file: &str) -> Result<String, String> {
    let failed = |why: &str| format!("{file} could not be fetched: {why}.");
    let answer = JsFuture::from(clock::window().fetch_with_str(file)).await;
    let answer: web_sys::Response = answer
        .ok()
        .and_then(|answer| answer.dyn_into().ok())
        .ok_or_else(|| failed("the server of this page does not answer"))?;
    if !answer.ok() {
        return Err(failed(&format!("the server says {}", answer.status())));
    }
    let text = answer.text().map_err(|_| failed("it is no text"))?;
    let text = JsFuture::from(text).await.map_err(|_| failed("the connection broke"))?;
    text.as_string().ok_or_else(|| failed("it is no text"))
}

fn read(text: &str) -> Result<Lesson, Vec<String>> {
    parse(text).map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

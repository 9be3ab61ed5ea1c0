//! The methods of `HTTPConnection` and of its response.

use super::answer::{Answer, GONE};
use super::requests::{Draft, dictionary};
use crate::python::literal::{text, tuple};
use crate::python::{Exchange, Next, Played, Step, exchanges, server};
use crate::table::Takes;

/// Where Python's connection object stands after the methods that were played before.
#[derive(Clone, Debug, Default)]
struct Object {
    /// `putrequest` has begun it.
    draft: Option<Draft>,
    /// The method of a request that is out and has got no response.
    sent: Option<String>,
    /// The method of the request whose response was got last.
    answered: Option<String>,
    /// That response was read.
    was_read: bool,
}

impl Object {
    fn after(step: &Step<'_>) -> Object {
        let mut object = Object::default();
        let server = server(step.session);
        for played in step.earlier.iter().filter(|played| matches!(played.result, Some(Ok(_)))) {
            object.play(played, server);
        }
        object
    }

    fn play(&mut self, played: &Played, server: (&str, u16)) {
        let args = &played.args;
        match played.action.method {
            "request" => self.sent = Some(args[0].clone()),
            "putrequest" => self.draft = Some(begun(args, server)),
            "putheader" => {
                if let Some(draft) = &mut self.draft {
                    draft.fields.push(&args[0], &args[1]);
                }
            }
            "endheaders" => self.sent = self.draft.take().map(|draft| draft.method),
            "getresponse" => {
                self.answered = self.sent.take();
                self.was_read = false;
            }
            "read" => self.was_read = true,
            _ => {}
        }
    }

    /// As Python names it.
    fn state(&self) -> &'static str {
        match (&self.draft, &self.sent) {
            (Some(_), _) => "Request-started",
            (_, Some(_)) => "Request-sent",
            _ => "Idle",
        }
    }
}

pub(super) fn request(step: &Step<'_>) -> Next {
    let object = Object::after(step);
    if object.state() != "Idle" {
        return cannot_send(&object);
    }
    let [method, url, body, headers] = step.args else { return nothing() };
    let draft = Draft::whole(method, url, body, &dictionary(headers), server(step.session));
    once(step, draft.typed(body))
}

pub(super) fn putrequest(step: &Step<'_>) -> Next {
    let object = Object::after(step);
    if object.state() == "Idle" { nothing() } else { cannot_send(&object) }
}

pub(super) fn putheader(step: &Step<'_>) -> Next {
    match Object::after(step).draft {
        Some(_) => nothing(),
        None => Next::Raise("http.client.CannotSendHeader".into()),
    }
}

pub(super) fn endheaders(step: &Step<'_>) -> Next {
    match Object::after(step).draft {
        Some(draft) => once(step, draft.typed(&step.args[0])),
        None => Next::Raise("http.client.CannotSendHeader".into()),
    }
}

pub(super) fn send(step: &Step<'_>) -> Next {
    if step.done.is_empty() && step.client.state().takes != Takes::Content {
        return Next::Raw(step.args[0].trim_end_matches('\n').into());
    }
    once(step, step.args[0].clone())
}

pub(super) fn getresponse(step: &Step<'_>) -> Next {
    let object = Object::after(step);
    let before = object.answered.as_ref().and_then(|method| last(step, method));
    let unread = before.is_some_and(|before| !object.was_read && !before.will_close());
    let Some(method) = object.sent.as_ref().filter(|_| !unread) else {
        return Next::Raise(format!("http.client.ResponseNotReady: {}", object.state()));
    };
    match last(step, method) {
        Some(answer) => Next::Return(tuple(&answer.status())),
        None => Next::Raise(GONE.into()),
    }
}

pub(super) fn read(step: &Step<'_>) -> Next {
    if Object::after(step).was_read {
        return Next::Return("b''".into());
    }
    of_response(step, Answer::content)
}

pub(super) fn getheader(step: &Step<'_>) -> Next {
    let default = match step.args[1].as_str() {
        "" => "None".into(),
        default => text(default),
    };
    of_response(step, |answer| {
        Ok(answer.field(&step.args[0]).map_or(default, |value| text(&value)))
    })
}

pub(super) fn getheaders(step: &Step<'_>) -> Next {
    of_response(step, |answer| Ok(answer.fields()))
}

/// Something of the response that was got last.
fn of_response(step: &Step<'_>, value: impl FnOnce(&Answer) -> Result<String, String>) -> Next {
    let method = Object::after(step).answered;
    let answer = method.and_then(|method| last(step, &method));
    match answer.as_ref().map(value) {
        Some(Ok(value)) => Next::Return(value),
        Some(Err(exception)) => Next::Raise(exception),
        None => Next::Raise("NameError: name 'response' is not defined".into()),
    }
}

/// The response to the last request of the session.
fn last(step: &Step<'_>, method: &str) -> Option<Answer> {
    let exchanges: Vec<Exchange<'_>> = exchanges(step.session, 0..step.session.len(), false);
    Answer::of(exchanges.last()?, method)
}

fn begun(args: &[String], server: (&str, u16)) -> Draft {
    let skips = |arg: &String| !matches!(arg.as_str(), "" | "False" | "0" | "None");
    Draft::begin(&args[0], &args[1], server, (skips(&args[2]), skips(&args[3])))
}

/// Sends this; there is no value.
fn once(step: &Step<'_>, text: String) -> Next {
    if step.done.is_empty() { Next::Send(text) } else { nothing() }
}

fn nothing() -> Next {
    Next::Return("None".into())
}

fn cannot_send(object: &Object) -> Next {
    Next::Raise(format!("http.client.CannotSendRequest: {}", object.state()))
}

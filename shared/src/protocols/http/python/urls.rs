//! `urllib`: one connection for each URL.

use super::super::fields::{Fields, split_outside_quotes};
use super::answer::{Answer, GONE};
use super::requests::{self, Draft, dictionary};
use crate::python::literal::{list, text, tuple};
use crate::python::{Next, Step, server};

pub(super) fn urlopen(step: &Step<'_>) -> Next {
    open(step, &plain(step, &step.args[0]), "", |answer| answer.looked_at())
}

pub(super) fn urlencode(step: &Step<'_>) -> Next {
    let data = requests::form(&dictionary(&step.args[1]));
    let none = Fields::default();
    let draft = Draft::opened("POST", &step.args[0], Some(&data), &none, server(step.session));
    open(step, &draft, &data, |answer| answer.looked_at())
}

pub(super) fn quote(step: &Step<'_>) -> Next {
    open(step, &plain(step, &requests::quote(&step.args[0])), "", |answer| answer.looked_at())
}

pub(super) fn request_object(step: &Step<'_>) -> Next {
    let [path, data, headers, method] = step.args else { return Next::Close };
    let data = Some(data.as_str()).filter(|data| !data.is_empty());
    let method = match (method.as_str(), data) {
        ("", Some(_)) => "POST",
        ("", None) => "GET",
        (method, _) => method,
    };
    let draft = Draft::opened(method, path, data, &dictionary(headers), server(step.session));
    open(step, &draft, data.unwrap_or_default(), |answer| answer.looked_at())
}

pub(super) fn retrieve(step: &Step<'_>) -> Next {
    open(step, &plain(step, &step.args[0]), "", |_| Ok(text(&step.args[1])))
}

pub(super) fn cookies(step: &Step<'_>) -> Next {
    open(step, &plain(step, &step.args[0]), "", |answer| Ok(jar(answer, server(step.session).0)))
}

fn plain(step: &Step<'_>, path: &str) -> Draft {
    Draft::opened("GET", path, None, &Fields::default(), server(step.session))
}

/// Sends the request; `value` is made of a response that is no error.
fn open(
    step: &Step<'_>,
    draft: &Draft,
    body: &str,
    value: impl FnOnce(&Answer) -> Result<String, String>,
) -> Next {
    let Some(exchange) = step.done.first() else { return Next::Send(draft.typed(body)) };
    let Some(answer) = Answer::of(exchange, &draft.method) else {
        return Next::Raise(GONE.into());
    };
    let status = answer.head.status;
    let location = answer.field("location").or_else(|| answer.field("uri"));
    let fetches = matches!(draft.method.as_str(), "GET" | "HEAD");
    let again = match status {
        301..=303 => fetches || draft.method == "POST",
        307 | 308 => fetches,
        _ => false,
    };
    match location {
        Some(location) if again => Next::Raise(format!(
            "Not followed: Python opens another connection now, and asks for {location} on it."
        )),
        _ if !(200..300).contains(&status) => Next::Raise(format!(
            "urllib.error.HTTPError: HTTP Error {status}: {}",
            answer.head.reason.trim()
        )),
        _ => match value(&answer) {
            Ok(value) => Next::Return(value),
            Err(exception) => Next::Raise(exception),
        },
    }
}

/// The cookies that the jar keeps of a response, by their paths in the order of the first of each.
fn jar(answer: &Answer, host: &str) -> String {
    let mut kept: Vec<(String, String, String)> = Vec::new();
    for cookie in answer.head.fields.all("set-cookie") {
        let mut parts = split_outside_quotes(cookie, ';').into_iter().map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            continue;
        };
        let attributes: Vec<(String, &str)> = parts
            .map(|part| part.split_once('=').unwrap_or((part, "")))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim()))
            .collect();
        let get = |name: &str| attributes.iter().find(|(n, _)| n == name).map(|(_, value)| *value);
        let foreign = get("domain").is_some_and(|domain| {
            let domain = domain.trim_start_matches('.');
            host != domain && !host.ends_with(&format!(".{domain}"))
        });
        let over = get("max-age").is_some_and(|age| age == "0" || age.starts_with('-'));
        if !foreign && !over {
            let path = get("path").unwrap_or("/").to_owned();
            kept.push((path, name.trim().into(), value.trim().into()));
        }
    }
    let mut paths: Vec<&String> = Vec::new();
    for (path, ..) in &kept {
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    let shown = paths.iter().flat_map(|path| kept.iter().filter(move |(other, ..)| other == *path));
    list(&shown.map(|(_, name, value)| tuple(&[text(name), text(value)])).collect::<Vec<_>>())
}

//! Texts that are made twice, without what cannot be the same both times.

use shared::python::Module;

/// Without what differs from run to run: clocks in greetings, addresses, and what is made of them; and without the
/// version that Python names itself with and what the module makes up.
pub fn steady(module: &Module, text: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    let part = |c: char| c.is_ascii_hexdigit() || matches!(c, ':' | '.' | ',');
    let text = undated(&unversioned(&without_made_up(module, text.trim_end())));
    for c in text.chars().chain(['\n']) {
        if part(c) {
            word.push(c);
            continue;
        }
        out += &steady_word(&word);
        word.clear();
        out.push(c);
    }
    out
}

fn without_made_up(module: &Module, text: &str) -> String {
    let Some(made_up) = module.made_up else { return text.into() };
    let in_word = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let length = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(length);
        out += if made_up(word) { "#" } else { word };
        let next = behind.find(in_word).unwrap_or(behind.len());
        out += &behind[..next];
        rest = &behind[next..];
    }
    out
}

/// `Python-urllib/3.11` and the like, without the version.
fn unversioned(text: &str) -> String {
    let mut parts = text.split("Python-");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let version = |c: char| c.is_ascii_digit() || c == '.';
        let (name, rest) = part.split_once('/').unwrap_or((part, ""));
        out += &format!("Python-{name}{}", rest.trim_start_matches(version));
    }
    out
}

/// Without the numbers of `datetime.datetime(2026, 1, 5, 9)`.
fn undated(text: &str) -> String {
    let python = "datetime.datetime(";
    let mut parts = text.split(python);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(')').unwrap_or(0);
        out += &format!("{python}#{}", &part[end..]);
    }
    out
}

/// Clocks, IPv4 addresses, those of PASV, hashes and times in hexadecimal, and the numbers of ports and processes.
fn steady_word(word: &str) -> String {
    let numbers = |mark: char| {
        let parts: Vec<&str> = word.split(mark).collect();
        let digits = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        parts.iter().all(digits).then_some(parts.len())
    };
    if numbers(':') == Some(3) || numbers('.') == Some(4) || numbers(',') == Some(6) {
        return "#".into();
    }
    let parts = word.split_inclusive([':', '.', ',']).map(|part| {
        let digits = part.trim_end_matches([':', '.', ',']);
        let number = digits.len() >= 5 && digits.bytes().all(|digit| digit.is_ascii_digit());
        let varies = matches!(digits.len(), 8 | 32 | 64) || number;
        if varies { part.replacen(digits, "#", 1) } else { part.to_owned() }
    });
    parts.collect()
}

//! What is wrong with a file of settings: where, what, what was expected.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Reads as `wirelab.toml:12:3: what is wrong, and what was expected.`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConfigError {
    /// `None` for text that is no file.
    pub file: Option<PathBuf>,
    /// Line and column in characters, both from 1 on; `None` if the file could not be read.
    pub place: Option<(usize, usize)>,
    /// Without the full stop.
    pub what: String,
}

impl ConfigError {
    pub(super) fn unreadable(why: String) -> ConfigError {
        let what = format!("cannot read the settings: {why}");
        ConfigError { file: None, place: None, what }
    }

    pub(super) fn at(text: &str, span: Range<usize>, what: String) -> ConfigError {
        let before = text.get(..span.start).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
        ConfigError { file: None, place: Some((line, column)), what }
    }

    pub(super) fn of_toml(text: &str, error: &toml::de::Error) -> ConfigError {
        let message = error.message().trim_end_matches('.');
        let what = match nearest(message) {
            Some(nearest) => format!("{message}. Is `{nearest}` meant?"),
            None => message.to_owned(),
        };
        ConfigError::at(text, error.span().unwrap_or(0..0), what)
    }

    pub(super) fn of(self, file: &Path) -> ConfigError {
        ConfigError { file: Some(file.to_owned()), ..self }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.as_deref().unwrap_or(Path::new("settings"));
        write!(f, "{}", file.display())?;
        if let Some((line, column)) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        let end = if self.what.ends_with(['?', '.']) { "" } else { "." };
        write!(f, ": {}{end}", self.what.replace('\n', " "))
    }
}

impl std::error::Error for ConfigError {}

/// Serde says "unknown field `prot`, expected one of `port`, `host`": the one of them that was
/// probably meant.
fn nearest(message: &str) -> Option<&str> {
    let quoted: Vec<_> = message.split('`').skip(1).step_by(2).collect();
    let (wrong, expected) = quoted.split_first().filter(|_| message.starts_with("unknown "))?;
    let distance = |known: &&&str| strsim::damerau_levenshtein(wrong, known);
    let nearest = expected.iter().min_by_key(distance)?;
    (distance(&nearest) <= wrong.len().max(3) / 3 + 1).then_some(nearest)
}

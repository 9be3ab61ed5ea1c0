//! What is noted of a message.

/// Flags of a message: `\Seen` and its like, and keywords. Upper and lower case mean the same;
/// the first spelling is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags(Vec<String>);

impl Flags {
    /// The ones of RFC 3501 section 2.3.2 that a client may set.
    pub const SYSTEM: [&str; 5] = ["\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"];
    pub const SEEN: &str = "\\Seen";
    pub const DELETED: &str = "\\Deleted";
    pub const FLAGGED: &str = "\\Flagged";

    /// From a list of names.
    pub fn of<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> Flags {
        let mut flags = Flags::default();
        names.into_iter().for_each(|name| flags.add(name.as_ref()));
        flags
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|flag| flag.eq_ignore_ascii_case(name))
    }

    pub fn add(&mut self, name: &str) {
        if !self.has(name) {
            let known = Flags::SYSTEM.into_iter().find(|flag| flag.eq_ignore_ascii_case(name));
            let name = known.unwrap_or(name);
            let key = |flag: &str| (!flag.starts_with('\\'), flag.to_string());
            let at = self.0.iter().position(|other| key(other) > key(name));
            self.0.insert(at.unwrap_or(self.0.len()), name.into());
        }
    }

    pub fn remove(&mut self, name: &str) {
        self.0.retain(|flag| !flag.eq_ignore_ascii_case(name));
    }

    /// The system flags, then the keywords, by name.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Those that are no system flags.
    pub fn keywords(&self) -> impl Iterator<Item = &str> {
        self.iter().filter(|flag| !flag.starts_with('\\'))
    }
}

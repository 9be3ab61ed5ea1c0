//! How the end of a reply is known, and what its lines are.

/// How the end of the content is known, and what its lines are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Framing {
    /// A lone dot ends it, and dots at line starts are doubled.
    pub(super) dots: bool,
    /// Octets that are still to come, if Gopher+ said how many.
    pub(super) left: Option<u64>,
    pub(super) announced: Option<u64>,
    pub(super) lines: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    Plus,
    PlusError,
    Attributes,
}

impl Framing {
    pub(super) fn plain() -> Framing {
        Framing { dots: true, left: None, announced: None, lines: Kind::Plain }
    }

    pub(super) fn dots() -> Framing {
        Framing { lines: Kind::Plus, ..Framing::plain() }
    }

    pub(super) fn close() -> Framing {
        Framing { dots: false, ..Framing::dots() }
    }

    pub(super) fn count(octets: u64) -> Framing {
        Framing { left: Some(octets), announced: Some(octets), ..Framing::close() }
    }

    pub(super) fn error(self) -> Framing {
        Framing { lines: Kind::PlusError, ..self }
    }

    pub(super) fn attributes(self) -> Framing {
        match self.lines {
            Kind::Plus => Framing { lines: Kind::Attributes, ..self },
            _ => self,
        }
    }

    pub(super) fn is_plain(self) -> bool {
        self.lines == Kind::Plain
    }

    /// Its lines are neither those of a text nor of a menu.
    pub(super) fn is_special(self) -> bool {
        matches!(self.lines, Kind::PlusError | Kind::Attributes)
    }
}

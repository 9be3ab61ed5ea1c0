//! The glossary: one entry for each thing that a byte can mean.

use core::fmt;

/// A section of an RFC. Section `""` is the whole document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rfc {
    pub number: u16,
    pub section: &'static str,
}

impl Rfc {
    pub const fn new(number: u16, section: &'static str) -> Rfc {
        Rfc { number, section }
    }

    /// Where the text of this section can be read.
    pub fn url(&self) -> String {
        let anchor = if self.section.is_empty() {
            String::new()
        } else {
            format!("#section-{}", self.section)
        };
        format!("https://www.rfc-editor.org/rfc/rfc{}{anchor}", self.number)
    }
}

impl fmt::Display for Rfc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.section.is_empty() {
            write!(f, "RFC {}", self.number)
        } else {
            write!(f, "RFC {} section {}", self.number, self.section)
        }
    }
}

/// What a run of bytes is called and what it means.
#[derive(Debug)]
pub struct Term {
    /// Unique within its glossary.
    pub id: &'static str,
    /// A few words, as the field calls it.
    pub title: &'static str,
    /// A sentence or two for somebody who meets it for the first time.
    pub text: &'static str,
    pub rfc: Rfc,
}

impl PartialEq for Term {
    fn eq(&self, other: &Term) -> bool {
        self.id == other.id && self.title == other.title
    }
}

/// Makes the statics of a glossary and the list `ALL` of them:
/// `NAME = "title", "text", rfc number, "section";`
#[macro_export]
macro_rules! terms {
    ($( $name:ident = $title:literal, $text:literal, $rfc:literal, $section:literal; )*) => {
        $( pub static $name: $crate::explain::Term = $crate::explain::Term {
            id: stringify!($name),
            title: $title,
            text: $text,
            rfc: $crate::explain::Rfc::new($rfc, $section),
        }; )*
        /// The whole glossary.
        pub static ALL: &[&$crate::explain::Term] = &[ $( &$name ),* ];
    };
}

/// Terms that every line protocol uses.
pub mod common {
    terms! {
        CRLF = "end of line (CR LF)", "Carriage return and line feed, the two octets 0D 0A, end every line on the wire, whatever the operating system uses in its files.", 854, "";
        BARE_LF = "bare line feed", "A line feed without the carriage return before it. The protocol asks for CR LF; a bare LF is not the end of a line, and programs that disagree about it can be tricked.", 5321, "2.3.8";
        BARE_CR = "bare carriage return", "A carriage return without the line feed after it. It is not the end of a line.", 5321, "2.3.8";
        SPACE = "space", "One space, octet 20, separates the words of a line.", 5234, "B.1";
        TEXT = "text for people", "Free text. A program must not depend on it; a person may read it.", 5321, "4.2";
        BODY = "content", "Octets of the content itself. The protocol only carries them.", 5322, "2.3";
        FIELD_NAME = "header field name", "The name of a header field; upper and lower case mean the same.", 5322, "2.2";
        COLON = "colon", "Ends the name of a header field.", 5322, "2.2";
        FIELD_VALUE = "header field value", "What the header field says.", 5322, "2.2";
        FOLDED = "folded line", "A line that starts with a space or tab continues the header field before it.", 5322, "2.2.3";
        HEADER_END = "empty line", "The empty line ends the header; what follows is the body.", 5322, "2.1";
        STUFFED_DOT = "stuffed dot", "The sender doubled the dot at the start of this line, so that the line cannot be taken for the end of the block. The receiver removes one.", 5321, "4.5.2";
        BLOCK_END = "end of the block", "A line with nothing but a dot ends the block and is not part of it.", 5321, "4.1.1.4";
        TRUNCATED = "cut off", "The connection ended in the middle of this unit; the rest never came.", 9293, "3.6";
        TOO_LONG = "line too long", "The line went past the limit without an end; what was read so far is shown as it came.", 5321, "4.5.3";
        UNEXPECTED = "unexpected octets", "These octets do not fit the grammar at this place. They are shown as they came and nothing is guessed.", 5234, "";
        OFF_SCRIPT = "sent as it is", "Octets that you chose to send without the lab's checks.", 5234, "";
    }
}

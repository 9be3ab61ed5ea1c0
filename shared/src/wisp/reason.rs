//! Why a stream ended. One list makes the code, its name and its sentence.

use std::fmt;

/// The code in CLOSE. Any `u8` may arrive; those of the list have a name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CloseReason(pub u8);

macro_rules! reasons {
    ($($code:literal $name:ident $sentence:literal)*) => {
        impl CloseReason {
            $(#[doc = $sentence] pub const $name: CloseReason = CloseReason($code);)*

            /// Every reason of version 1, in the order of the codes.
            pub const ALL: &[CloseReason] = &[$(CloseReason::$name),*];

            /// A name for logs and documentation.
            pub fn name(self) -> &'static str {
                match self.0 {
                    $($code => stringify!($name),)*
                    _ => "UNLISTED",
                }
            }

            /// What it says.
            pub fn sentence(self) -> &'static str {
                match self.0 {
                    $($code => $sentence,)*
                    _ => "The other end gave a reason that Wisp version 1 does not have.",
                }
            }
        }
    };
}

reasons! {
    // Either end.
    0x01 UNKNOWN "No reason was given."
    0x02 VOLUNTARY "One end closed the stream in good order."
    0x03 NETWORK_ERROR "The connection broke."

    // The server only.
    0x41 INVALID "A packet of this stream could not be read, or names nothing one can connect to."
    0x42 UNREACHABLE "The name has no address, or no way leads to the host."
    0x43 CONNECT_TIMEOUT "The host did not answer in time."
    0x44 REFUSED "The host answered that nothing listens on this port."
    0x47 DATA_TIMEOUT "The host stopped answering."
    0x48 BLOCKED "The relay's policy does not allow this."
    0x49 THROTTLED "The client asked for more streams, or sent more packets, than the relay allows."

    // The client only.
    0x81 CLIENT_ERROR "The client failed and takes no more bytes."
}

impl fmt::Debug for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (0x{:02x})", self.name(), self.0)
    }
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}: {}", self.sentence())
    }
}

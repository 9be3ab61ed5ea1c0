//! Why a stream or a session ended. One list makes the code, its name and its sentence.

use std::fmt;

/// The code in RESET and GOAWAY. Any `u16` may arrive; those of the list have a name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reason(pub u16);

macro_rules! reasons {
    ($($code:literal $name:ident $sentence:literal)*) => {
        impl Reason {
            $(#[doc = $sentence] pub const $name: Reason = Reason($code);)*

            /// Every reason this version knows, in the order of the codes.
            pub const ALL: &[Reason] = &[$(Reason::$name),*];

            /// The name as the specification writes it.
            pub fn name(self) -> &'static str {
                match self.0 {
                    $($code => stringify!($name),)*
                    _ => "UNKNOWN",
                }
            }

            /// One sentence for the person at the page.
            pub fn sentence(self) -> &'static str {
                match self.0 {
                    $($code => $sentence,)*
                    _ => "The other end gave a reason this version does not know.",
                }
            }
        }
    };
}

reasons! {
    // A stream: decided by one of the ends.
    0x0001 CANCELLED "The page gave the connection up."
    0x0002 ANSWERED "The other end confirms the reset; nothing more comes on this stream."
    0x0003 GONE "The session ended, and the connection with it."

    // A stream: refused before a socket was opened.
    0x0010 NOT_ALLOWED "The relay's policy does not allow this."
    0x0011 TOO_MANY_STREAMS "The session has as many connections as the relay allows; close one first."
    0x0012 BAD_TARGET "The host name or port cannot be connected to."
    0x0013 TOO_MANY_SOCKETS "The session has as many sockets of this kind as the relay allows; close one first."
    0x0014 BAD_BIND "A socket cannot be bound like this."
    0x0015 TOO_FAST "Sockets are opened faster than the relay allows; wait a moment."

    // A stream: the relay tried and failed.
    0x0020 NAME_NOT_FOUND "No address was found for the host name."
    0x0021 REFUSED "The host answered that nothing listens on this port."
    0x0022 UNREACHABLE "No way leads to the host."
    0x0023 CONNECT_TIMEOUT "The host did not answer in time."
    0x0024 ADDRESS_IN_USE "Another socket has this address and port."
    0x0025 ADDRESS_NOT_HERE "The relay's machine does not have this address."
    0x0026 NOT_PERMITTED "The relay's operating system does not permit it."
    0x0027 TOO_LONG "The datagram is too long to be sent."

    // A stream: it was open, and broke.
    0x0030 PEER_RESET "The server tore the connection down (TCP RST)."
    0x0031 BROKEN_PIPE "The server no longer takes bytes on this connection."
    0x0032 PEER_TIMEOUT "The server stopped answering."
    0x0033 IO "The relay's operating system reported an error."
    0x0034 IDLE "Nothing went over the connection for longer than the relay allows."

    // A listener: it has done what it was for.
    0x0040 SERVED "The listener has got as many connections as it was to get."
    0x0041 EXPIRED "The time of the listener is over."

    // The session: ended in order.
    0x0100 DONE "The session ended as asked."
    0x0101 STOPPING "The relay is stopping."
    0x0102 SILENT "Nothing was heard from the other end for too long."
    0x0103 HELLO_LATE "The first frame, HELLO, did not come in time."
    0x0104 BUSY "The relay has as many sessions as it allows; try again later."
    0x0105 UNUSED "The session had no connection for too long; the next one begins a new session."
    0x0106 TOO_OLD "The session has lasted as long as the relay allows; the next connection begins a new one."

    // The session: the other end broke the rules.
    0x0110 MALFORMED "A frame could not be read."
    0x0111 UNKNOWN_FRAME "A frame was of a type that may not be ignored."
    0x0112 WRONG_VERSION "The two ends speak different versions; reload the page."
    0x0113 OUT_OF_ORDER "A frame came before its time."
    0x0114 WRONG_DIRECTION "A frame came from the end that may not send it."
    0x0115 UNKNOWN_STREAM "A frame named a stream that is not open."
    0x0116 STREAM_REUSED "A new stream had the number of an older one, or one of the wrong kind."
    0x0117 AFTER_THE_END "Bytes came on a stream after its FIN or RESET."
    0x0118 CREDIT_OVERRUN "More bytes came than there was credit for."
    0x0119 CREDIT_OVERFLOW "More credit was granted than a stream may hold."
    0x011a NOT_READING "The other end sends but does not read the answers."
    0x011b UNASKED_PONG "A PONG came that answers no PING."
    0x011c TEXT_MESSAGE "A text message came; every frame is a binary message."
    0x011d WRONG_KIND "A frame named a socket of another kind."
    0x011e BACKLOG_OVERRUN "More connections came than may wait."
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({:#06x})", self.name(), self.0)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn codes_rise_and_every_reason_is_a_sentence() {
        assert!(Reason::ALL.windows(2).all(|pair| pair[0] < pair[1]));
        for reason in Reason::ALL {
            assert!(reason.sentence().ends_with('.'), "{reason:?}");
            assert_ne!(reason.name(), "UNKNOWN");
        }
        assert_eq!(Reason(0xffff).name(), "UNKNOWN");
    }
}

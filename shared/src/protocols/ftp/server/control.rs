//! What Telnet leaves in the command connection.

/// Takes Telnet's commands out of what a client sends (RFC 959 section 4.1.3, RFC 854). The lab's
/// server agrees to no option, so it need not answer the offers either.
#[derive(Clone, Debug, Default)]
pub(super) struct Control {
    place: Place,
    /// The line so far, up to [`ABOR`].
    line: Vec<u8>,
    /// The line feed of an ABOR that was taken as complete.
    skip_lf: bool,
}

/// Clients mark the end of ABOR as urgent, and many systems then deliver the last octet, the line
/// feed, apart or never. So ABOR is complete without it.
const ABOR: &[u8] = b"ABOR\r";

/// Those who announce ABOR with IAC IP IAC DM (RFC 854, the Synch) send an octet of that as urgent
/// too: Perl's Net::FTP the second IAC, lftp the DM. What is left of the pair is neither a letter
/// of UTF-8 nor a Telnet command.
const DATA_MARK: u8 = 0xf2;

/// Telnet's commands begin here.
const COMMANDS: u8 = 0xf0;

#[derive(Clone, Debug, Default, PartialEq)]
enum Place {
    #[default]
    Text,
    /// Behind IAC.
    Command,
    /// Behind IAC and a command that stands alone.
    Done,
    /// Behind IAC WILL, WONT, DO or DONT.
    Option,
    /// Inside a subnegotiation, and behind an IAC there.
    Sub,
    SubCommand,
}

impl Control {
    /// What is left of these octets.
    pub(super) fn strip(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len());
        for &byte in bytes {
            self.place = match (&self.place, byte) {
                (Place::Text | Place::Done, 0xff) => Place::Command,
                (Place::Done, DATA_MARK) => Place::Text,
                (Place::Text | Place::Done, _) | (Place::Command, 0xff | ..COMMANDS) => {
                    self.put(byte, &mut out);
                    Place::Text
                }
                (Place::Command, 0xfb..=0xfe) => Place::Option,
                (Place::Command, 0xfa) => Place::Sub,
                (Place::Command, _) => Place::Done,
                (Place::Option, _) | (Place::SubCommand, 0xf0) => Place::Text,
                (Place::Sub, 0xff) => Place::SubCommand,
                (Place::Sub | Place::SubCommand, _) => Place::Sub,
            };
        }
        out
    }

    fn put(&mut self, byte: u8, out: &mut Vec<u8>) {
        if core::mem::take(&mut self.skip_lf) && byte == b'\n' {
            return;
        }
        out.push(byte);
        if byte == b'\n' {
            self.line.clear();
        } else if self.line.len() <= ABOR.len() {
            self.line.push(byte.to_ascii_uppercase());
        }
        if self.line == ABOR {
            out.push(b'\n');
            self.line.clear();
            self.skip_lf = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telnet_commands_go_and_the_rest_stays_however_it_is_cut() {
        let sent = b"\xff\xf4\xff\xf2ABOR\r\nCWD \xff\xff\xff\xfb\x01a\r\n\xff\xfa\x18ABOR\xff\xff\r\n\xff\xf0NOOP\r\n";
        let kept = b"ABOR\r\nCWD \xffa\r\nNOOP\r\n";
        for cut in 0..=sent.len() {
            let mut control = Control::default();
            let mut out = control.strip(&sent[..cut]);
            out.extend(control.strip(&sent[cut..]));
            assert_eq!(out, kept, "cut at {cut}");
        }
    }

    /// As they come from Net::FTP and from lftp, without the octet that was sent as urgent.
    #[test]
    fn a_synch_may_have_lost_its_urgent_octet() {
        for sent in [&b"\xff\xf4\xf2ABOR\r\nNOOP\r\n"[..], b"\xff\xf4\xffABOR\r\nNOOP\r\n"] {
            for cut in 0..=sent.len() {
                let mut control = Control::default();
                let mut out = control.strip(&sent[..cut]);
                out.extend(control.strip(&sent[cut..]));
                assert_eq!(out, b"ABOR\r\nNOOP\r\n", "cut at {cut}");
            }
        }
    }

    #[test]
    fn abor_needs_no_line_feed() {
        let mut control = Control::default();
        assert_eq!(control.strip(b"abor\r"), b"abor\r\n");
        assert_eq!(control.strip(b"NOOP\r\n"), b"NOOP\r\n");
    }
}

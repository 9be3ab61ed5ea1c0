//! One message of the tunnel: it is a frame or an error, and a frame is written as it was read.

use shared::tunnel::{Frame, MAX_MESSAGE};

pub fn frames(octets: &[u8]) {
    match Frame::decode(octets) {
        Ok(Frame::Ignored(code)) => assert!(code >= 0x80, "type {code:#x} may not be ignored"),
        Ok(frame) => {
            assert!(octets.len() <= MAX_MESSAGE, "{} octets are no message", octets.len());
            assert_eq!(frame.encode(), octets, "{frame:?}");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

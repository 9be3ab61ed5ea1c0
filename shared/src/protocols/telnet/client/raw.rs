//! Octets that a person sends without checks.

use super::{ANSWERS, TelnetClient};
use crate::explain::{Composer, Wire, common};
use crate::protocols::telnet::terms;
use crate::protocols::telnet::wire::{self, Decoder, Item};

impl TelnetClient {
    /// Commands in it get their meaning, and requests are remembered, so that their answers are
    /// not taken for requests. Passwords are masked as if they had been typed.
    pub(super) fn raw(&mut self, octets: &[u8]) {
        self.answers_left = ANSWERS;
        let mut whole = Wire::default();
        let (mut decoder, mut line) = (Decoder::default(), Vec::new());
        let mut items: Vec<Item> = Vec::new();
        octets.iter().for_each(|octet| decoder.feed(*octet));
        decoder.finish();
        while let Some(item) = decoder.next() {
            items.push(item);
        }
        for item in items {
            match item {
                Item::Text(octet) => {
                    line.push(octet);
                    if octet == b'\n' {
                        self.raw_line(&mut line, &mut whole);
                    }
                    continue;
                }
                Item::Negotiate(word, option) => self.options.forced(word, option),
                _ => {}
            }
            self.raw_line(&mut line, &mut whole);
            whole.append(wire::item(&item));
        }
        self.raw_line(&mut line, &mut whole);
        whole.says = "Sent without the lab\u{2019}s checks.".into();
        self.sent(whole);
    }

    fn raw_line(&mut self, line: &mut Vec<u8>, whole: &mut Wire) {
        let octets = core::mem::take(line);
        let end = octets.iter().rev().take_while(|b| matches!(b, b'\r' | b'\n' | 0)).count();
        let text = &octets[..octets.len() - end];
        let secret = self.takes_secret(&String::from_utf8_lossy(text));
        let mut out = Composer::new();
        let escaped = wire::escaped(text);
        if secret {
            out.secret(&terms::SECRET, escaped);
        } else {
            out.put(&common::OFF_SCRIPT, escaped);
        }
        whole.append(out.finish(""));
        whole.append(wire::text(&octets[text.len()..], false));
        if end > 0 {
            self.typed("");
        }
    }
}

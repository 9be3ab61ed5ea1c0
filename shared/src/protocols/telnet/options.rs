//! The options that have a name, and what each of them means.

use super::terms;
use crate::explain::Term;

pub(super) const BINARY: u8 = 0;
pub(super) const ECHO: u8 = 1;
pub(super) const SGA: u8 = 3;
pub(super) const STATUS: u8 = 5;
pub(super) const TIMING_MARK: u8 = 6;
pub(super) const TTYPE: u8 = 24;
pub(super) const EOR: u8 = 25;
pub(super) const NAWS: u8 = 31;
pub(super) const TSPEED: u8 = 32;
pub(super) const LFLOW: u8 = 33;
pub(super) const LINEMODE: u8 = 34;
pub(super) const XDISPLOC: u8 = 35;
pub(super) const OLD_ENVIRON: u8 = 36;
pub(super) const ENCRYPT: u8 = 38;
pub(super) const NEW_ENVIRON: u8 = 39;
pub(super) const CHARSET: u8 = 42;

#[derive(Debug)]
pub(super) struct Known {
    pub(super) code: u8,
    /// As it is typed.
    pub(super) name: &'static str,
    pub(super) term: &'static Term,
    /// What the side that has it on does; completes "I will …".
    pub(super) does: &'static str,
}

const fn known(code: u8, name: &'static str, term: &'static Term, does: &'static str) -> Known {
    Known { code, name, term, does }
}

pub(super) static KNOWN: &[Known] = &[
    known(BINARY, "BINARY", &terms::BINARY, "send eight bits without the rules for ends of lines"),
    known(ECHO, "ECHO", &terms::ECHO, "send back what the other side types"),
    known(SGA, "SGA", &terms::SGA, "send no Go Ahead"),
    known(STATUS, "STATUS", &terms::STATUS, "tell on request which options are on"),
    known(TIMING_MARK, "TIMING-MARK", &terms::TIMING_MARK, "mark this place in the stream"),
    known(TTYPE, "TTYPE", &terms::TTYPE, "tell the type of the terminal"),
    known(EOR, "EOR", &terms::OPTION_EOR, "mark the ends of records"),
    known(NAWS, "NAWS", &terms::NAWS, "tell the size of the window"),
    known(TSPEED, "TSPEED", &terms::TSPEED, "tell the speed of the terminal"),
    known(LFLOW, "LFLOW", &terms::LFLOW, "let the other side switch flow control"),
    known(LINEMODE, "LINEMODE", &terms::LINEMODE, "edit lines before they are sent"),
    known(XDISPLOC, "XDISPLOC", &terms::XDISPLOC, "tell where the X display is"),
    known(
        OLD_ENVIRON,
        "OLD-ENVIRON",
        &terms::OLD_ENVIRON,
        "tell variables of the environment (old form)",
    ),
    known(37, "AUTHENTICATION", &terms::AUTHENTICATION, "prove who it is by Kerberos or the like"),
    known(ENCRYPT, "ENCRYPT", &terms::ENCRYPT, "encrypt what is sent"),
    known(NEW_ENVIRON, "NEW-ENVIRON", &terms::NEW_ENVIRON, "tell variables of the environment"),
    known(CHARSET, "CHARSET", &terms::CHARSET, "agree on a character set"),
    known(44, "COM-PORT", &terms::COM_PORT, "let the other side set up a serial port"),
    known(69, "MSDP", &terms::OTHER_OPTION, "tell the data of a game (MSDP)"),
    known(70, "MSSP", &terms::OTHER_OPTION, "tell about a game's server (MSSP)"),
    known(85, "MCCP1", &terms::OTHER_OPTION, "compress what is sent (MCCP1)"),
    known(86, "MCCP2", &terms::OTHER_OPTION, "compress what is sent (MCCP2)"),
    known(87, "MCCP3", &terms::OTHER_OPTION, "read compressed text (MCCP3)"),
    known(91, "MXP", &terms::OTHER_OPTION, "mark up its text (MXP)"),
    known(200, "ATCP", &terms::OTHER_OPTION, "tell the data of a game (ATCP)"),
    known(201, "GMCP", &terms::OTHER_OPTION, "tell the data of a game (GMCP)"),
];

pub(super) fn find(code: u8) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.code == code)
}

/// A name of the list or the number.
pub(super) fn parse(word: &str) -> Option<u8> {
    let by_name = KNOWN.iter().find(|known| known.name.eq_ignore_ascii_case(word));
    by_name.map(|known| known.code).or_else(|| word.parse().ok())
}

pub(super) fn name(code: u8) -> String {
    find(code).map_or_else(|| format!("option {code}"), |known| known.name.into())
}

pub(super) fn term(code: u8) -> &'static Term {
    find(code).map_or(&terms::OTHER_OPTION, |known| known.term)
}

pub(super) fn does(code: u8) -> String {
    find(code).map_or_else(|| format!("do what option {code} means"), |known| known.does.into())
}

/// Behind these the stream is no Telnet that the lab could read.
pub(super) fn makes_unreadable(code: u8) -> bool {
    matches!(code, ENCRYPT | 85..=87)
}

//! Which replies the RFCs list for which command (RFC 959 section 5.4 and those that followed).

use super::super::table;
use crate::table::Verb;

/// These may come to any command: not understood, not now, not logged in.
pub(super) const ANY: &str = "421 500 501 502 503 530";

/// Transfers, before and after the first octet.
const DOWN: &str = "125 150 425 426 450 451 504 521 534 550 553 554";
const UP: &str = "125 150 425 426 450 451 452 521 532 534 550 551 552 553 554 555";

/// What is listed for a command besides [`ANY`].
pub(super) fn of(verb: &Verb) -> &'static str {
    match table::canonical(verb.name) {
        "(greeting)" => "120 220",
        "(end of the transfer)" => "110 226 250 425 426 451 522 550 551 552 553",
        "(content)" => "110 226 250 425 426 450 451 452 522 551 552 553",
        "USER" => "230 232 331 332 336",
        "PASS" => "202 230 332",
        "ACCT" => "202 230",
        "HOST" => "220 504",
        "REIN" => "120 220",
        "QUIT" => "221",
        "CWD" => "250 550",
        "CDUP" => "200 250 550",
        "SMNT" => "202 250 550",
        "PWD" => "257 550",
        "MKD" => "257 521 550 553",
        "RMD" | "MLST" => "250 550",
        "DELE" => "250 450 550",
        "RNFR" => "350 450 550",
        "RNTO" => "250 532 553",
        "TYPE" | "STRU" | "MODE" => "200 504",
        "PORT" => "200 504",
        "EPRT" => "200 504 522",
        "PASV" => "227 425",
        "EPSV" => "200 229 425 522",
        "ALLO" => "200 202 504",
        "REST" => "350",
        "RETR" | "LIST" | "NLST" | "MLSD" => DOWN,
        "STOR" | "STOU" | "APPE" => UP,
        "ABOR" => "225 226",
        "SIZE" => "213 550",
        "MDTM" => "213 550",
        "MFMT" => "213 504 550",
        "FEAT" => "211",
        "OPTS" => "200 451 504",
        "LANG" => "200 504",
        "SYST" => "215",
        "STAT" => "211 212 213 450",
        "HELP" => "211 214",
        "SITE" => "200 202 211 214 504",
        "NOOP" => "200",
        "AUTH" => "234 334 431 504 534",
        "PBSZ" => "200",
        "PROT" => "200 431 504 534 536",
        "CCC" => "200 533 534",
        _ => "",
    }
}

pub(super) fn has(list: &str, code: &str) -> bool {
    list.split(' ').any(|listed| listed == code)
}

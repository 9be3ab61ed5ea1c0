//! The practice server.

use super::*;
use crate::machine::{Input, ServerConfig};

const REFUSES_ALL: &[u8] = b"\xff\xfc\x18\xff\xfc\x1f\xff\xfc\x22\xff\xfe\x03";

fn logged_in() -> Bench {
    let mut bench = bench();
    bench.ask(REFUSES_ALL);
    let told = bench.ask(b"student\r\nlab-secret\r\n");
    assert!(told.contains("Hello, Sam Student"), "{told}");
    bench.ask(b"\xff\xfe\x01");
    bench
}

#[test]
fn it_greets_with_requests_and_a_prompt_without_waiting_for_answers() {
    let mut server = (super::super::PROTOCOL.server)(&ServerConfig::practice(1));
    let mut world = crate::world::World::new(crate::world::EPOCH);
    let (local, peer) = (crate::testing::addr(23), crate::testing::addr(40_000));
    server.handle(Input::Opened { conn: Conn::MAIN, local, peer }, Default::default(), &mut world);
    let outputs: Vec<Output> = std::iter::from_fn(|| server.poll()).collect();
    let sent = crate::testing::sent(&outputs, Conn::MAIN);
    assert!(
        sent.starts_with(
            b"\xff\xfd\x18\xff\xfd\x1f\xff\xfd\x22\xff\xfb\x03Welcome to practice.lab"
        )
    );
    assert!(sent.ends_with(b"practice.lab login: \xff\xf9"), "half duplex until SGA is agreed on");
}

#[test]
fn a_password_is_read_behind_an_echo_that_does_not_come() {
    let mut bench = bench();
    bench.ask(b"\xff\xfd\x03");
    assert_eq!(octets(&mut bench, b"student\r\n"), b"\xff\xfb\x01Password: ");
    let told = octets(&mut bench, b"\xff\xfd\x01lab-secret\r\n");
    assert!(told.starts_with(b"\xff\xfc\x01\r\nHello, Sam Student."), "{told:?}");
    assert!(told.ends_with(b"student@practice:/$ "));
}

#[test]
fn guessing_is_bounded() {
    let mut bench = bench();
    bench.ask(REFUSES_ALL);
    for n in 1..=3 {
        let told = bench.ask(b"student\r\nwrong\r\n");
        assert!(told.contains("Login incorrect"), "{told}");
        assert_eq!(told.contains("Too many"), n == 3);
    }
    assert_eq!(bench.server.state().id, "closed");
    assert!(bench.outputs.iter().any(|output| matches!(output, Output::Finish { .. })));
    assert_eq!(bench.ask(b"student\r\nlab-secret\r\n"), "");
}

#[test]
fn every_end_of_a_line_is_one() {
    for end in [&b"\r\n"[..], b"\r\0", b"\n", b"\r"] {
        let mut bench = logged_in();
        let line = [b"pwd", end, b"whoami", end].concat();
        let told = bench.ask(&line);
        assert_eq!(told.matches("student@practice:/$ ").count(), 2, "{end:?}: {told}");
        assert!(told.contains("/\r\n") && told.contains("student\r\n"), "{told}");
    }
}

#[test]
fn the_shell_reads_the_shared_files() {
    let mut bench = logged_in();
    let mut run = |line: &str| {
        let told = bench.ask(format!("{line}\r\n").as_bytes());
        told.split("student@practice").next().unwrap_or_default().replace("\r\n", "\n")
    };
    assert!(run("ls").contains("hello.txt\n") && run("ls").contains("pub/\n"));
    assert!(run("ls -l hello.txt").contains("15"));
    assert_eq!(run("cat hello.txt"), "Hello, world!\n");
    assert_eq!(run("cd pub/docs"), "");
    assert_eq!(run("pwd"), "/pub/docs\n");
    assert!(run("cat ../../unix.txt").starts_with("These lines end\nwith"));
    assert!(run("cat nothing").contains("No such file"));
    assert!(run("cat /pub").contains("Is a directory"));
    assert!(run("cat /pub/big.bin").contains("too many for a terminal"));
    assert!(run("cd /hello.txt").contains("Not a directory"));
    assert_eq!(run("echo a  b $USER $TERM"), "a  b student unknown\n");
    assert_eq!(run("date"), "2026-01-05 09:00:00 UTC\n");
    assert!(run("who").contains("127.0.0.1"));
    assert!(run("help").contains("whoami"));
    assert!(run("stty").contains("terminal unknown, unknown\nmy options: none"));
    assert_eq!(run("progress"), "  0%\r\x00 25%\r\x00 50%\r\x00 75%\r\x00100%\n");
    assert!(run("rm x").contains("rm: command not found"));
    assert!(run("pwd x").contains("takes no argument"));
    assert_eq!(run("exit"), "logout\n");
}

#[test]
fn a_file_of_all_octets_crosses_with_255_doubled_and_cr_as_cr_nul() {
    let mut bench = logged_in();
    let told = octets(&mut bench, b"cat /pub/all-octets.bin\r\n");
    assert!(told.windows(3).any(|w| w == b"\xfe\xff\xff"));
    assert!(told.windows(3).any(|w| w == b"\x0c\r\0"));
    assert!(told.windows(4).any(|w| w == b"\x09\r\n\x0b"));
    octets(&mut bench, b"\xff\xfd\0");
    let told = octets(&mut bench, b"cat /pub/all-octets.bin\r\n");
    assert!(told.windows(3).any(|w| w == b"\x0c\r\x0e"), "BINARY knows no CR NUL");
}

#[test]
fn tel_16_to_20_commands_are_obeyed() {
    let mut bench = logged_in();
    assert!(bench.ask(b"\xff\xf6").starts_with("\r\n[Yes]\r\nstudent@practice"));
    assert_eq!(octets(&mut bench, b"\xff\xf1\xff\xf2\xff\x20"), b"");
    assert_eq!(octets(&mut bench, b"\xff\xf5"), b"\xff\xf2");
    assert!(bench.ask(b"pwx\xff\xf7d\r\n").starts_with("/\r\n"), "EC takes back the x");
    assert!(bench.ask(b"rubbish\xff\xf8pwd\r\n").starts_with("/\r\n"), "EL takes back the line");
    assert!(bench.ask(b"rubbish\xff\xf4pwd\r\n").starts_with("^C\r\n"));
    assert_eq!(octets(&mut bench, b"\xff\xfd\x06\xff\xfd\x06"), b"\xff\xfb\x06\xff\xfb\x06");
    assert!(bench.ask(b"ab\xff\xecpwd\x15\xff\xec").ends_with("logout\r\n"));
    assert_eq!(bench.server.state().id, "closed");
}

#[test]
fn echo_is_given_to_whoever_asks_and_stays() {
    let mut bench = bench();
    bench.ask(b"\xff\xfd\x03\xff\xfd\x01");
    assert_eq!(bench.server.state().id, "remote-echo");
    assert!(bench.ask(b"studx\x7fent\r\n").starts_with("studx\u{8} \u{8}ent\r\nPassword: "));
    let told = bench.ask(b"lab-secret\r\n");
    assert!(told.starts_with("\r\nHello") && !told.contains("secret"), "{told}");
    assert!(
        bench.ask("p\u{fc}\u{8}wd\r\n".as_bytes()).starts_with("p\u{fc}\u{8} \u{8}wd\r\n/\r\n")
    );
    assert_eq!(octets(&mut bench, b"\xff\xfe\x01"), b"\xff\xfc\x01");
    assert!(bench.ask(b"pwd\r\n").starts_with("/\r\n"));
}

#[test]
fn what_the_options_told_can_be_seen_in_the_shell() {
    let mut bench = bench();
    assert_eq!(octets(&mut bench, b"\xff\xfb\x18"), b"\xff\xfa\x18\x01\xff\xf0");
    bench.ask(b"\xff\xfa\x18\0xterm\xff\xf0\xff\xfb\x1f\xff\xfa\x1f\x01\xff\xff\0\x28\xff\xf0\xff\xfd\x03");
    assert_eq!(octets(&mut bench, b"\xff\xfb\x22"), b"\xff\xfa\x22\x01\x03\xff\xf0");
    assert_eq!(octets(&mut bench, b"\xff\xfa\x22\x01\x07\xff\xf0"), b"");
    assert_eq!(bench.server.state().id, "edit");
    let keys = octets(&mut bench, b"\xff\xfa\x22\x03\x03\x02\x03\x0a\x82\x7f\xff\xf0");
    assert_eq!(keys, b"\xff\xfa\x22\x03\x03\x82\x03\xff\xf0", "an ACK is not answered");
    bench.ask(b"student\r\n\xff\xfd\x01lab-secret\r\n\xff\xfe\x01");
    let told = bench.ask(b"stty\r\n");
    assert!(told.contains("terminal xterm, 511 columns, 40 rows"), "{told}");
    assert!(told.contains("your options: TTYPE, NAWS, LINEMODE"), "{told}");
    assert!(bench.ask(b"ls\r\n").contains("\u{1b}[1;34mpub\u{1b}[0m/"), "xterm has colours");
    octets(&mut bench, b"\xff\xfd\x05");
    let status = octets(&mut bench, b"\xff\xfa\x05\x01\xff\xf0");
    assert_eq!(status, b"\xff\xfa\x05\0\xfb\x03\xfb\x05\xfd\x18\xfd\x1f\xfd\x22\xff\xf0");
}

#[test]
fn prompts_end_with_the_mark_that_was_agreed_on() {
    let mut bench = logged_in();
    assert!(octets(&mut bench, b"\r\n").ends_with(b"$ \xff\xf9"));
    assert_eq!(octets(&mut bench, b"\xff\xfd\x19"), b"\xff\xfb\x19");
    assert!(octets(&mut bench, b"\r\n").ends_with(b"$ \xff\xef"));
    octets(&mut bench, b"\xff\xfe\x19\xff\xfd\x03");
    assert!(octets(&mut bench, b"\r\n").ends_with(b"$ "));
}

#[test]
fn what_it_does_not_do_is_refused_and_repeats_are_silent() {
    let mut bench = logged_in();
    assert_eq!(octets(&mut bench, b"\xff\xfb\x01"), b"\xff\xfe\x01", "a client does not echo");
    assert_eq!(octets(&mut bench, b"\xff\xfd\x18\xff\xfb\x27"), b"\xff\xfc\x18\xff\xfe\x27");
    assert_eq!(octets(&mut bench, b"\xff\xfe\x18\xff\xfc\x27"), b"", "telnetlib does this");
    assert_eq!(octets(&mut bench, b"\xff\xfa\x18\0hidden\xff\xf0"), b"");
    assert!(bench.ask(b"stty\r\n").contains("terminal unknown"), "TTYPE was not agreed on");
}

#[test]
fn lines_over_the_limit_are_dropped_with_a_bell() {
    let mut bench = logged_in();
    let long = [&[b'x'; 3000][..], b"\r\n"].concat();
    let told = bench.ask(&long);
    assert_eq!(told.matches('\u{7}').count(), 1);
    assert!(told.contains("more than 1024 octets"));
    assert!(bench.ask(b"pwd\r\n").starts_with("/\r\n"));
}

#[test]
fn the_server_answers_the_same_however_its_input_is_cut() {
    let script = b"\xff\xfb\x18\xff\xfa\x18\0xterm\xff\xf0\xff\xfd\x03student\r\n\xff\xfd\x01lab-secret\r\n\xff\xfe\x01ls\r\ncat unix.txt\r\n\xff\xf6exit\r\n";
    assert_eq!(bench().ask(script), bench().ask_slowly(script));
}

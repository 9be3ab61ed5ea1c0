//! A client that answers as Python's module does, and calls that show no secrets.

use super::*;
use crate::machine::{Input, OwnedInput, Tick};
use crate::python::{Next, Running, calls};
use crate::session::Session;
use crate::testing::{addr, notes, play, sent};

fn as_python() -> Box<dyn Client> {
    let config = ClientConfig { as_python: true, ..ClientConfig::practice(23) };
    (super::super::PROTOCOL.client)(&config)
}

#[test]
fn a_client_as_python_refuses_every_option_and_answers_refusals_too() {
    let asked =
        b"\xff\xfd\x18\xff\xfb\x01\xff\xfc\x03\xff\xfe\x1f\xff\xfd\x06\xff\xfa\x18\x01\xff\xf0";
    let outputs = play(&as_python, &opened(&[server(asked)]));
    assert_eq!(
        sent(&outputs, Conn::MAIN),
        b"\xff\xfc\x18\xff\xfe\x01\xff\xfe\x03\xff\xfc\x1f\xff\xfc\x06",
        "as telnetlib of Python 3.11 answers them"
    );
    assert!(notes(&outputs).contains("telnetlib"), "{:?}", notes(&outputs));
}

#[test]
fn a_loop_of_refusals_ends() {
    let mut client = as_python();
    let wont = b"\xff\xfc\x01".repeat(5000);
    for input in [
        Input::Opened { conn: Conn::MAIN, local: addr(1), peer: addr(2) },
        Input::Bytes { conn: Conn::MAIN, bytes: &wont },
    ] {
        client.handle(input, Tick::default()).expect("it comes from the wire");
    }
    let outputs = core::iter::from_fn(|| client.poll());
    let answers = outputs.filter(|output| matches!(output, Output::Sent { .. })).count();
    assert!((1..1000).contains(&answers), "{answers}");
}

#[test]
fn a_password_that_a_method_writes_is_masked_in_its_call() {
    let module = super::super::PROTOCOL.module.expect("there is one");
    let mut session = Session::new(as_python());
    let now = Tick::default();
    session.arrive(OwnedInput::Opened { conn: Conn::MAIN, local: addr(1), peer: addr(2) }, now);
    let bytes = b"Password: ".to_vec();
    session.arrive(OwnedInput::Bytes { conn: Conn::MAIN, bytes }, now);
    let write = module.action("write").expect("there is one");
    let running = Running::begin(write, vec!["b'it\\'s secret\\n'".into()], &session);
    let Next::Octets(octets) = running.next(&session, &[]) else { panic!("it sends octets") };
    assert_eq!(octets, b"it's secret\n");
    session.raw(Conn::MAIN, &octets, now).expect("it is open");
    assert_eq!(running.next(&session, &[]), Next::Return("None".into()));
    let played = running.played(&session, Some(Ok("None".into())));
    let code = |masked| {
        let calls = calls(module, session.transcript().entries(), &[&played], masked);
        calls[0].line.clone().map(|line| line.code).unwrap_or_default()
    };
    assert_eq!(code(true), "tn.write(b\"********\\n\")");
    assert_eq!(code(false), "tn.write(b\"it's secret\\n\")");
}

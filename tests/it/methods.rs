//! Python's methods as the lab plays them, against Python itself: the same octets, the same values.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use shared::machine::{Conn, Direction};
use shared::protocols::{self, Protocol};
use shared::python::{
    Action, Call, Dialect, Kind as ParamKind, Module, Played, calls, literal, printed, script,
};
use shared::transcript::Kind;
use tests::play::Play;
use tests::python;
use tests::recorder::{HOST, Recorder};
use tests::steady::steady;

/// One visit: methods with their arguments, one after the other.
type Visit = Vec<(&'static Action, Vec<String>)>;

enum Turn {
    Method(&'static Action, Vec<String>),
    Typed(String),
}

/// Each method with its examples behind those that must come before it, and the visits of `tests/methods/`.
#[tokio::test]
async fn every_method_puts_the_same_on_the_wire_as_python() {
    for protocol in protocols::ALL {
        let Some(module) = protocol.module else { continue };
        let mut visits: Vec<Visit> =
            module.actions.iter().map(|action| with_those_before(module, action)).collect();
        visits.extend(written(protocol, module).into_iter().filter_map(only_methods));
        let recorder = Recorder::start(protocol).await;
        let wanted: Vec<Ends> =
            visits.iter().map(|visit| played(protocol, recorder.port, visit)).collect();
        let script = driver(module, recorder.port, &visits, &wanted);
        let Some(run) = python::run_code(&script, Duration::from_secs(120)).await else { return };
        if run.lacks(module.name) {
            continue;
        }
        assert!(run.ok, "{}:\n{}{}", module.name, run.stdout, run.stderr);
        let mut said = run.stdout.split(END);
        for (visit, (octets, values)) in visits.iter().zip(wanted) {
            let calls: Vec<String> =
                visit.iter().map(|(action, args)| module.call(action, args, false)).collect();
            for (call, value) in calls.iter().zip(values) {
                let python = said.next().unwrap_or("nothing");
                assert_eq!(
                    steady(module, python),
                    steady(module, &value),
                    "value of {call} in {calls:#?}: Python, the lab"
                );
            }
            let ports = said.next().unwrap_or_default();
            let python = recorder.sent(ports.split_whitespace()).await;
            assert_eq!(
                steady(module, &each_octet(&python)),
                steady(module, &each_octet(&octets)),
                "octets of {calls:#?}: Python on the left, the lab on the right"
            );
        }
        assert_eq!(said.next(), Some(""), "{} said more", module.name);
    }
}

/// The script that the page writes of a session, run by Python, gives what the page shows.
#[tokio::test]
async fn the_script_of_every_golden_session_gives_the_same_values() {
    for protocol in protocols::ALL {
        let Some(module) = protocol.module else { continue };
        for (name, dialogue) in dialogues(protocol) {
            let recorder = Recorder::start(protocol).await;
            let mut play = Play::at(protocol, (HOST, recorder.port));
            play.script(&recorder.named(&dialogue));
            let calls = calls(module, play.session().transcript().entries(), &[], false);
            if !same_values(module, &play, &calls, recorder.port).await {
                break;
            }
            let without = calls.iter().find(|call| call.line.is_none());
            assert_eq!(without, None, "{}: something has no call", name.display());
        }
    }
}

/// So does the script of a visit, with lines typed among its methods and with what the lab does by itself.
#[tokio::test]
async fn the_script_of_every_visit_gives_the_same_values() {
    for protocol in protocols::ALL {
        let Some(module) = protocol.module else { continue };
        for visit in written(protocol, module) {
            let recorder = Recorder::start(protocol).await;
            let mut play = Play::at(protocol, (HOST, recorder.port));
            for turn in visit {
                match turn {
                    Turn::Method(action, args) => drop(play.action(action, args)),
                    Turn::Typed(text) => play.types(&text),
                }
            }
            let played: Vec<&Played> = play.played.iter().collect();
            let calls = calls(module, play.session().transcript().entries(), &played, false);
            if !same_values(module, &play, &calls, recorder.port).await {
                break;
            }
        }
    }
}

/// What the script prints is what the page shows beside the calls. `false`: there is nothing to run it.
async fn same_values(module: &Module, play: &Play, calls: &[Call], port: u16) -> bool {
    let entries = play.session().transcript().entries();
    let script = script(module, Dialect::Python3, (HOST, port), calls, entries, false);
    let Some(run) = python::run_code(&script, Duration::from_secs(60)).await else { return false };
    if run.lacks(module.name) {
        return false;
    }
    assert!(run.ok, "{script}\n{}{}", run.stdout, run.stderr);
    let lines = calls.iter().filter_map(|call| call.line.as_ref());
    let wanted = lines.filter_map(|line| match &line.result {
        Ok(value) if value.is_empty() => None,
        Ok(value) | Err(value) => Some(format!("{value}\n")),
    });
    let (said, wanted) = (steady(module, &run.stdout), steady(module, &wanted.collect::<String>()));
    assert_eq!(said, wanted, "Python, the page\n{script}");
    true
}

/// In Python 2 values look different, but every call has to be one that it knows.
#[tokio::test]
async fn scripts_are_spelled_as_python_2_wants_them() {
    for protocol in protocols::ALL {
        // What a script has to bring along has left Python before its version 2.7.
        let Some(module) = protocol.module.filter(|module| module.preamble.is_none()) else {
            continue;
        };
        let recorder = Recorder::start(protocol).await;
        let server = (HOST, recorder.port);
        let spelled = |play: &Play, played: &[&Played]| {
            let entries = play.session().transcript().entries();
            let calls = calls(module, entries, played, false);
            let script = script(module, Dialect::Python2, server, &calls, entries, false);
            // In a function, so that nothing stays open that a variable holds.
            let script = script.trim_end().replace('\n', "\n    ");
            // And with a module of its own, for imaplib remembers commands between sessions.
            format!(
                "def visit():\n    {script}\nvisit()\nsys.exc_clear()\ngc.collect()\n\
                 sys.modules.pop('{}', None)\n\n",
                module.python2
            )
        };
        let mut script = String::from("# -*- coding: utf-8 -*-\nimport gc, sys\n");
        for action in module.actions {
            let mut play = Play::new(protocol);
            let visit = with_those_before(module, action);
            let played: Vec<_> = visit.into_iter().map(|(a, args)| play.action(a, args)).collect();
            script += &spelled(&play, &played.iter().collect::<Vec<_>>());
        }
        for (_, dialogue) in dialogues(protocol) {
            let mut play = Play::new(protocol);
            play.script(&dialogue);
            script += &spelled(&play, &[]);
        }
        let Some(run) = python::run_code2(&script, Duration::from_secs(60)).await else { return };
        assert!(run.ok, "{script}\n{}{}", run.stdout, run.stderr);
        let faults = ["NameError", "TypeError", "AttributeError"];
        let found = faults.iter().find(|class| run.stdout.contains(*class));
        assert_eq!(found, None, "{script}\n{}", run.stdout);
    }
}

/// The script that needs no module gets the same octets back.
#[tokio::test]
async fn the_script_with_sockets_reads_what_the_page_has_read() {
    for protocol in protocols::ALL {
        let Some(module) = protocol.module else { continue };
        for (name, dialogue) in dialogues(protocol) {
            let recorder = Recorder::start(protocol).await;
            let mut play = Play::at(protocol, (HOST, recorder.port));
            play.script(&recorder.named(&dialogue));
            let entries = play.session().transcript().entries();
            if entries.iter().any(|entry| entry.conn != Conn::MAIN) {
                continue;
            }
            let server = (HOST, recorder.port);
            let script = script(module, Dialect::Sockets, server, &[], entries, false);
            let print = "import sys\ndef print(octets): sys.stdout.buffer.write(octets)\n";
            // A client that tells its own address tells another one here.
            let script = format!("{print}{}", script.replace("192,0,2,2", "127,0,0,1"));
            let Some(run) = python::run_code(&script, Duration::from_secs(60)).await else {
                return;
            };
            assert!(run.ok, "{}:\n{script}\n{}", name.display(), run.stderr);
            let came = entries.iter().filter_map(|entry| match &entry.kind {
                Kind::Received(wire) => Some(wire.bytes.as_slice()),
                Kind::Data { direction: Direction::Received, head, .. } => Some(head.as_slice()),
                _ => None,
            });
            let came = came.flatten().copied().collect::<Vec<u8>>();
            let came = steady(module, &String::from_utf8_lossy(&came));
            assert_eq!(steady(module, &run.stdout), came, "{}: Python, the page", name.display());
        }
    }
}

/// The golden dialogues, with their paths.
fn dialogues(protocol: &Protocol) -> Vec<(PathBuf, String)> {
    let folder = tests::workspace().join("tests/dialogues").join(protocol.id);
    let files = fs::read_dir(folder).expect("every protocol has dialogues").flatten();
    let mut files: Vec<PathBuf> = files.map(|file| file.path()).collect();
    files.sort();
    let text = |path: &PathBuf| fs::read_to_string(path).expect("a dialogue is text");
    files.into_iter().map(|path| (path.clone(), text(&path))).collect()
}

fn with_those_before(module: &Module, action: &'static Action) -> Visit {
    let before = action.after.unwrap_or(module.login).iter();
    let before =
        before.map(|method| named(module, method)).map(|action| (action, action.examples()));
    before.chain([(action, action.examples())]).collect()
}

/// The visits that are written down for a protocol: a call a line, with ` | ` before each argument and `\n` for the
/// end of a line in it, or `> ` and what is typed; an empty line between visits.
fn written(protocol: &Protocol, module: &Module) -> Vec<Vec<Turn>> {
    let path = tests::workspace().join("tests/methods").join(protocol.id).with_extension("txt");
    let text = fs::read_to_string(path).unwrap_or_default();
    let visits = text.split("\n\n").map(|visit| {
        let turns = visit.lines().filter(|line| !line.starts_with('#'));
        let turns = turns.map(|line| {
            if let Some(text) = line.strip_prefix("> ") {
                return Turn::Typed(text.into());
            }
            let mut parts = line.split('|').map(str::trim);
            let action = named(module, parts.next().unwrap_or_default());
            let mut args: Vec<String> = parts.map(String::from).collect();
            assert!(args.len() <= action.params.len(), "too many arguments: {line}");
            args.resize(action.params.len(), String::new());
            for (arg, param) in args.iter_mut().zip(action.params) {
                if param.kind != ParamKind::Plain {
                    *arg = arg.replace("\\n", "\n");
                }
            }
            Turn::Method(action, args)
        });
        turns.collect()
    });
    visits.filter(|visit: &Vec<Turn>| !visit.is_empty()).collect()
}

/// `None` if something is typed among them.
fn only_methods(visit: Vec<Turn>) -> Option<Visit> {
    let calls = visit.into_iter().map(|turn| match turn {
        Turn::Method(action, args) => Some((action, args)),
        Turn::Typed(_) => None,
    });
    calls.collect()
}

/// Octets as text, each as a character of its own.
fn each_octet(octets: &[u8]) -> String {
    octets.iter().copied().map(char::from).collect()
}

fn named(module: &Module, method: &str) -> &'static Action {
    module.action(method).unwrap_or_else(|| panic!("{} has no {method}", module.name))
}

/// What the lab sends in a visit, and the value or the exception of each method.
type Ends = (Vec<u8>, Vec<String>);

fn played(protocol: &'static Protocol, port: u16, visit: &Visit) -> Ends {
    let mut play = Play::as_python(protocol, (HOST, port));
    let values = visit.iter().map(|(action, args)| {
        match play.action(action, args.clone()).result.expect("it has ended") {
            Ok(value) => value,
            Err(exception) => exception,
        }
    });
    let values = values.collect();
    let octets =
        play.session().transcript().entries().iter().filter_map(|entry| match &entry.kind {
            Kind::Sent(wire) => Some(wire.bytes.clone()),
            _ => None,
        });
    (octets.flatten().collect(), values)
}

/// A script that makes each visit, and prints every value, unless the call is a statement, and the ports of its
/// connections, each with a mark behind it.
fn driver(module: &Module, port: u16, visits: &[Visit], wanted: &[Ends]) -> String {
    let mark = literal::text(END);
    let mut script = format!(
        "import gc, socket, traceback\n\
         ports = []\n\
         connect = socket.create_connection\n\
         def noted(address, *args, **options):\n\
         \x20   made = connect(address, *args, **options)\n\
         \x20   if address[1] == {port}:\n        ports.append(made.getsockname()[1])\n\
         \x20   return made\n\
         socket.create_connection = noted\n"
    );
    script += &module.preamble.map_or_else(String::new, |preamble| preamble(Dialect::Python3));
    for (visit, (_, values)) in visits.iter().zip(wanted) {
        // In a function, so that nothing stays open that a variable holds.
        let mut body = (module.open)(HOST, port);
        for ((action, args), value) in visit.iter().zip(values) {
            let call = match module.call(action, args, false) {
                statement if value.is_empty() => statement + "\n",
                call => printed(&call, Dialect::Python3),
            };
            body += &format!(
                "try:\n    {}pass\nexcept Exception as error:\n    \
                 print(''.join(traceback.format_exception_only(type(error), error)), end='')\n\
                 print({mark}, end='')\n",
                call.replace('\n', "\n    "),
            );
        }
        script += &format!(
            "def visit():\n    {}\nvisit()\ngc.collect()\n\
             print(*ports, end={mark})\nports.clear()\n",
            body.replace('\n', "\n    "),
        );
    }
    script
}

/// Stands behind each value.
const END: &str = "\x1e";

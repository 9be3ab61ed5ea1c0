//! Python's methods as the lab plays them, against Python itself: the same octets, the same values.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use shared::machine::Conn;
use shared::protocols::{self, Protocol};
use shared::python::{Action, Dialect, Module, Played, calls, script};
use shared::transcript::Kind;
use tests::page::start_relay;
use tests::play::Play;
use tests::python;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One visit: methods with their arguments, one after the other.
type Visit = Vec<(&'static Action, Vec<String>)>;

/// Each method with its examples behind those that must come before it, and the visits of `tests/methods/`.
#[tokio::test]
async fn every_method_puts_the_same_on_the_wire_as_python() {
    for protocol in protocols::ALL {
        let Some(module) = protocol.module else { continue };
        let mut visits: Vec<Visit> =
            module.actions.iter().map(|action| with_those_before(module, action)).collect();
        visits.extend(written(protocol, module));
        let recorder = Recorder::start(protocol).await;
        let script = driver(module, recorder.port, &visits);
        let Some(run) = python::run_code(&script, Duration::from_secs(120)).await else { return };
        if run.lacks(module.name) {
            continue;
        }
        assert!(run.ok, "{}:\n{}{}", module.name, run.stdout, run.stderr);
        let sent = recorder.sent();
        let mut said = run.stdout.lines();
        for (n, visit) in visits.iter().enumerate() {
            let calls: Vec<String> =
                visit.iter().map(|(action, args)| module.call(action, args, false)).collect();
            let (octets, values) = played(protocol, visit);
            for (call, value) in calls.iter().zip(values) {
                let python = said.next().unwrap_or("nothing");
                assert_eq!(
                    steady(module, python),
                    steady(module, &value),
                    "value of {call} in {calls:#?}: Python, the lab"
                );
            }
            let python = sent.get(n).cloned().unwrap_or_default();
            assert_eq!(
                steady(module, &String::from_utf8_lossy(&python)),
                steady(module, &String::from_utf8_lossy(&octets)),
                "octets of {calls:#?}: Python on the left, the lab on the right"
            );
        }
        assert_eq!(said.next(), None, "{} said more", module.name);
    }
}

/// The script that the page writes of a session, run by Python, gives what the page shows.
#[tokio::test]
async fn the_script_of_every_golden_session_gives_the_same_values() {
    for protocol in protocols::ALL {
        let Some(module) = protocol.module else { continue };
        for (name, dialogue) in dialogues(protocol) {
            let mut play = Play::new(protocol);
            play.script(&dialogue);
            let entries = play.session.transcript().entries();
            let calls = calls(module, entries, &[], false);
            let recorder = Recorder::start(protocol).await;
            let server = ("127.0.0.1", recorder.port);
            let script = script(module, Dialect::Python3, server, &calls, entries);
            let Some(run) = python::run_code(&script, Duration::from_secs(60)).await else {
                return;
            };
            if run.lacks(module.name) {
                break;
            }
            assert!(run.ok, "{}:\n{script}\n{}{}", name.display(), run.stdout, run.stderr);
            let lines: Vec<_> = calls.iter().filter_map(|call| call.line.as_ref()).collect();
            let wanted: Vec<String> = lines
                .iter()
                .map(|line| match &line.result {
                    Ok(value) | Err(value) => steady(module, value),
                })
                .collect();
            let said: Vec<String> = run.stdout.lines().map(|line| steady(module, line)).collect();
            assert_eq!(said, wanted, "{}: Python, the page\n{script}", name.display());
            assert_eq!(lines.len(), calls.len(), "{}: something has no call", name.display());
        }
    }
}

/// In Python 2 values look different, but every call has to be one that it knows.
#[tokio::test]
async fn scripts_are_spelled_as_python_2_wants_them() {
    for protocol in protocols::ALL {
        let Some(module) = protocol.module else { continue };
        let recorder = Recorder::start(protocol).await;
        let server = ("127.0.0.1", recorder.port);
        let spelled = |play: &Play, played: &[&Played]| {
            let entries = play.session.transcript().entries();
            let calls = calls(module, entries, played, false);
            let script = script(module, Dialect::Python2, server, &calls, entries);
            let object = module.object;
            format!("{script}\nimport gc, sys\nsys.exc_clear()\ndel {object}\ngc.collect()\n\n")
        };
        let mut script = String::new();
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
/// end of a line in it; an empty line between visits.
fn written(protocol: &Protocol, module: &Module) -> Vec<Visit> {
    let path = tests::workspace().join("tests/methods").join(protocol.id).with_extension("txt");
    let text = fs::read_to_string(path).unwrap_or_default();
    let visits = text.split("\n\n").map(|visit| {
        let calls = visit.lines().filter(|line| !line.starts_with('#'));
        let calls = calls.map(|line| {
            let mut parts = line.split('|').map(|part| part.trim().replace("\\n", "\n"));
            let action = named(module, &parts.next().unwrap_or_default());
            let mut args: Vec<String> = parts.collect();
            assert!(args.len() <= action.params.len(), "too many arguments: {line}");
            args.resize(action.params.len(), String::new());
            (action, args)
        });
        calls.collect()
    });
    visits.filter(|visit: &Visit| !visit.is_empty()).collect()
}

fn named(module: &Module, method: &str) -> &'static Action {
    module.action(method).unwrap_or_else(|| panic!("{} has no {method}", module.name))
}

/// What the lab sends in a visit, and the value or the exception of each method.
fn played(protocol: &'static Protocol, visit: &Visit) -> (Vec<u8>, Vec<String>) {
    let mut play = Play::new(protocol);
    let values = visit.iter().map(|(action, args)| {
        match play.action(action, args.clone()).result.expect("it has ended") {
            Ok(value) => value,
            Err(exception) => exception,
        }
    });
    let values = values.collect();
    let octets = play.session.transcript().entries().iter().filter_map(|entry| match &entry.kind {
        Kind::Sent(wire) if entry.conn == Conn::MAIN => Some(wire.bytes.clone()),
        _ => None,
    });
    (octets.flatten().collect(), values)
}

/// A script that makes each visit on a connection of its own, and prints every value in a line.
fn driver(module: &Module, port: u16, visits: &[Visit]) -> String {
    let mut script = String::from("import gc\n");
    for visit in visits {
        script += &(module.open)("127.0.0.1", port);
        for (action, args) in visit {
            script += &format!(
                "try:\n    print(repr({}))\nexcept Exception as error:\n    \
                 print(f'{{type(error).__module__}}.{{type(error).__qualname__}}: {{error}}'.removeprefix('builtins.'))\n",
                module.call(action, args, false)
            );
        }
        // Not every module has a method that drops the connection.
        script += &format!("del {}\ngc.collect()\n", module.object);
    }
    script
}

/// Without what differs from run to run: clocks, in greetings and elsewhere, and what is made of them, and what the
/// module makes up.
fn steady(module: &Module, text: &str) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    let text = without_made_up(module, text);
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        let clock = rest.get(..8).is_some_and(is_clock).then_some(8);
        let python = "datetime.datetime(";
        let clock = clock.or_else(|| rest.find(')').filter(|_| rest.starts_with(python)));
        if c.is_ascii_hexdigit() && clock.is_none() {
            digits.push(c);
            rest = &rest[1..];
            continue;
        }
        out += steady_number(&digits);
        digits.clear();
        out += &clock.map_or(c.to_string(), |_| "#".into());
        rest = &rest[clock.unwrap_or(c.len_utf8())..];
    }
    out + steady_number(&digits)
}

fn without_made_up(module: &Module, text: &str) -> String {
    let Some(made_up) = module.made_up else { return text.into() };
    let in_word = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let length = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(length);
        out += if made_up(word) { "#" } else { word };
        let next = behind.find(in_word).unwrap_or(behind.len());
        out += &behind[..next];
        rest = &behind[next..];
    }
    out
}

/// `09:00:00`
fn is_clock(text: &str) -> bool {
    text.bytes().enumerate().all(|(at, b)| if at % 3 == 2 { b == b':' } else { b.is_ascii_digit() })
}

/// MD5 in hexadecimal, clocks, and the numbers of processes change.
fn steady_number(digits: &str) -> &str {
    let number = digits.len() >= 5 && digits.bytes().all(|digit| digit.is_ascii_digit());
    if digits.len() == 32 || number { "#" } else { digits }
}

/// Stands between Python and the practice server, and keeps what Python sends, by connection. Each connection
/// finds a world that nobody has been in, as each session of [`Play`] does.
struct Recorder {
    port: u16,
    sent: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Recorder {
    async fn start(protocol: &'static Protocol) -> Recorder {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let sent: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
        let record = Arc::clone(&sent);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let number = {
                    let mut sent = record.lock().expect("no test panics while it holds this");
                    sent.push(Vec::new());
                    sent.len() - 1
                };
                let relay = start_relay(relay::Rule::Lab, 0).await;
                let endpoint = relay.endpoints().iter().find(|e| e.protocol == protocol.id);
                let server = endpoint.expect("every protocol has a practice server").address;
                let server = TcpStream::connect(server).await.expect("the practice server listens");
                // One after the other, so that the numbers are those of the visits.
                carry(client, server, &record, number).await;
            }
        });
        Recorder { port, sent }
    }

    fn sent(&self) -> Vec<Vec<u8>> {
        self.sent.lock().expect("no test panics while it holds this").clone()
    }
}

async fn carry(client: TcpStream, server: TcpStream, record: &Mutex<Vec<Vec<u8>>>, number: usize) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let back = async {
        let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
        let _ = to_client.shutdown().await;
    };
    let forth = async {
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = from_client.read(&mut buffer).await {
            record.lock().expect("no test panics while it holds this")[number]
                .extend(&buffer[..read]);
            if to_server.write_all(&buffer[..read]).await.is_err() {
                break;
            }
        }
        let _ = to_server.shutdown().await;
    };
    tokio::join!(back, forth);
}

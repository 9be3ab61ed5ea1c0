//! Python's methods as the lab plays them, against Python itself: the same octets, the same values.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use shared::machine::{Conn, Direction};
use shared::protocols::{self, Protocol};
use shared::python::{Action, Call, Dialect, Kind, Module, calls, literal, printed, script};
use shared::transcript;
use shared::world::{EPOCH, World};
use tests::page::start_relay;
use tests::play::Play;
use tests::python;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Where Python finds the practice server.
const HOST: &str = "127.0.0.1";

/// Calls of one session.
type Calls = Vec<(&'static Action, Vec<String>)>;

enum Turn {
    Method(&'static Action, Vec<String>),
    Typed(String),
}

#[tokio::test]
async fn every_method_puts_the_same_on_the_wire_as_python() {
    for protocol in protocols::ALL {
        let Some(module) = protocol.module else { continue };
        let mut sessions: Vec<Calls> =
            module.actions.iter().map(|action| with_examples(module, action)).collect();
        sessions.extend(written_down(protocol.id, module).into_iter().filter_map(only_calls));
        let recorder = Recorder::start(protocol).await;
        // As on the relay, each session finds what the one before has left.
        let mut world = World::new(EPOCH);
        let mut wanted = Vec::new();
        for session in &sessions {
            let mut play = Play::as_python(protocol, (HOST, recorder.port), world);
            wanted.push(played(&mut play, session));
            world = play.world;
        }
        let script = driver(module, &sessions, &wanted, recorder.port);
        let Some(run) = python::run_code(&script, Duration::from_secs(120)).await else { return };
        assert!(run.ok, "{}:\n{}{}", module.name, run.stdout, run.stderr);
        let sent = recorder.sent();
        let mut said = run.stdout.split(END);
        for (n, (session, (octets, values))) in sessions.iter().zip(&wanted).enumerate() {
            let names: Vec<&str> = session.iter().map(|(action, _)| action.method).collect();
            let what = format!("{}: {}", module.name, names.join(", "));
            for (value, (action, args)) in values.iter().zip(session) {
                let python = said.next().unwrap_or_default();
                let call = module.call(action, args, false);
                assert_eq!(steady(python), steady(value), "value of {call}: Python, the lab");
            }
            let python = sent.get(n).cloned().unwrap_or_default();
            assert_eq!(
                steady(&each_octet(&python)),
                steady(&each_octet(octets)),
                "octets of {what}: Python on the left, the lab on the right"
            );
        }
    }
}

/// The script that the page writes of a session, run by Python, gives what the page shows.
#[tokio::test]
async fn the_script_of_every_golden_session_gives_the_same_values() {
    for protocol in protocols::ALL {
        let Some(module) = protocol.module else { continue };
        for file in dialogues(protocol) {
            let recorder = Recorder::start(protocol).await;
            let mut play = Play::at(protocol, (HOST, recorder.port), World::new(EPOCH));
            play.script(&dialogue(&file, recorder.port));
            let entries = play.session.transcript().entries();
            let calls = calls(module, entries, &[], false);
            let server = (HOST, recorder.port);
            let script = script(module, Dialect::Python3, server, &calls, entries);
            same_values(&script, &calls).await;
            let without = calls.iter().find(|call| call.line.is_none());
            assert_eq!(without, None, "{}: something has no call", file.display());
        }
    }
}

/// So does the script of a session of methods, with lines typed among them and with what the lab does by itself.
#[tokio::test]
async fn the_script_of_every_session_of_methods_gives_the_same_values() {
    for protocol in protocols::ALL {
        let Some(module) = protocol.module else { continue };
        for session in written_down(protocol.id, module) {
            let recorder = Recorder::start(protocol).await;
            let mut play = Play::at(protocol, (HOST, recorder.port), World::new(EPOCH));
            for turn in session {
                match turn {
                    Turn::Method(action, args) => drop(play.action(action, args)),
                    Turn::Typed(text) => play.types(&text),
                }
            }
            let entries = play.session.transcript().entries();
            let calls = calls(module, entries, &play.played.iter().collect::<Vec<_>>(), false);
            let script = script(module, Dialect::Python3, (HOST, recorder.port), &calls, entries);
            same_values(&script, &calls).await;
        }
    }
}

/// The script that needs no module gets the same octets back.
#[tokio::test]
async fn the_script_with_sockets_reads_what_the_page_has_read() {
    for protocol in protocols::ALL {
        let Some(module) = protocol.module else { continue };
        for file in dialogues(protocol) {
            let recorder = Recorder::start(protocol).await;
            let mut play = Play::at(protocol, (HOST, recorder.port), World::new(EPOCH));
            play.script(&dialogue(&file, recorder.port));
            let entries = play.session.transcript().entries();
            if entries.iter().any(|entry| entry.conn != Conn::MAIN) {
                continue;
            }
            let server = (HOST, recorder.port);
            let script = script(module, Dialect::Sockets, server, &[], entries);
            let print = "import sys\ndef print(octets): sys.stdout.buffer.write(octets)\n";
            // A client that tells its own address tells another one here.
            let script = format!("{print}{}", script.replace("192,0,2,2", "127,0,0,1"));
            let Some(run) = python::run_code(&script, Duration::from_secs(60)).await else {
                return;
            };
            assert!(run.ok, "{}:\n{script}\n{}", file.display(), run.stderr);
            let came = entries.iter().filter_map(|entry| match &entry.kind {
                transcript::Kind::Received(wire) => Some(wire.bytes.as_slice()),
                transcript::Kind::Data { direction: Direction::Received, head, .. } => {
                    Some(head.as_slice())
                }
                _ => None,
            });
            let came = came.flatten().copied().collect::<Vec<u8>>();
            let came = steady(&String::from_utf8_lossy(&came));
            assert_eq!(steady(&run.stdout), came, "{}: Python, the page", file.display());
        }
    }
}

/// What the script prints is what the page shows beside the calls.
async fn same_values(script: &str, calls: &[Call]) {
    let Some(run) = python::run_code(script, Duration::from_secs(60)).await else { return };
    assert!(run.ok, "{script}\n{}{}", run.stdout, run.stderr);
    let lines = calls.iter().filter_map(|call| call.line.as_ref());
    let wanted = lines.filter_map(|line| match &line.result {
        Ok(value) if value.is_empty() => None,
        Ok(value) | Err(value) => Some(format!("{value}\n")),
    });
    let (said, wanted) = (steady(&run.stdout), steady(&wanted.collect::<String>()));
    assert_eq!(said, wanted, "Python, the page\n{script}");
}

fn dialogues(protocol: &Protocol) -> Vec<PathBuf> {
    let folder = tests::workspace().join("tests/dialogues").join(protocol.id);
    let files = fs::read_dir(folder).expect("every protocol has dialogues").flatten();
    let mut files: Vec<PathBuf> = files.map(|file| file.path()).collect();
    files.sort();
    files
}

/// Its URLs name the server by the address that Python uses.
fn dialogue(file: &Path, port: u16) -> String {
    let text = fs::read_to_string(file).expect("a dialogue is text");
    text.replace("://practice.lab/", &format!("://{HOST}:{port}/"))
}

/// A method with the example of every argument, behind those that come before it.
fn with_examples(module: &'static Module, action: &'static Action) -> Calls {
    let before = action.after.unwrap_or(module.login).iter().map(|name| find(module, name));
    before.chain([action]).map(|action| (action, action.examples())).collect()
}

/// The sessions of `tests/methods/<id>.txt`: calls separated by semicolons, their arguments by bars. `> text` is typed.
fn written_down(id: &str, module: &'static Module) -> Vec<Vec<Turn>> {
    let file = tests::workspace().join("tests/methods").join(id).with_extension("txt");
    let text = fs::read_to_string(file).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let sessions = lines.map(|line| {
        let turns = line.split(" ;").map(|call| {
            if let Some(text) = call.trim().strip_prefix("> ") {
                return Turn::Typed(text.into());
            }
            let mut words = call.split('|').map(str::trim);
            let action = find(module, words.next().unwrap_or_default());
            let mut args: Vec<String> = words.map(String::from).collect();
            for (arg, param) in args.iter_mut().zip(action.params) {
                if param.kind != Kind::Plain {
                    *arg = arg.replace("\\n", "\n");
                }
            }
            args.resize(action.params.len(), String::new());
            Turn::Method(action, args)
        });
        turns.collect()
    });
    sessions.collect()
}

/// `None` if something is typed among them.
fn only_calls(session: Vec<Turn>) -> Option<Calls> {
    let calls = session.into_iter().map(|turn| match turn {
        Turn::Method(action, args) => Some((action, args)),
        Turn::Typed(_) => None,
    });
    calls.collect()
}

/// Octets as text, each as a character of its own.
fn each_octet(octets: &[u8]) -> String {
    octets.iter().copied().map(char::from).collect()
}

fn find(module: &'static Module, method: &str) -> &'static Action {
    module.action(method).unwrap_or_else(|| panic!("{} has no {method:?}", module.name))
}

/// What is sent in a session, and what each call gives back.
type Ends = (Vec<u8>, Vec<String>);

fn played(play: &mut Play, calls: &Calls) -> Ends {
    let values = calls.iter().map(|(action, args)| {
        match play.action(action, args.clone()).result.expect("it has ended") {
            Ok(value) => value,
            Err(exception) => exception,
        }
    });
    let values = values.collect();
    let octets = play.session.transcript().entries().iter().filter_map(|entry| match &entry.kind {
        transcript::Kind::Sent(wire) => Some(wire.bytes.clone()),
        _ => None,
    });
    (octets.flatten().collect(), values)
}

/// A script that plays every session on an object of its own, and prints what each call gives, if it is no statement.
/// The end of a value is marked in what it prints, the end of a session to the recorder.
fn driver(module: &Module, sessions: &[Calls], wanted: &[Ends], port: u16) -> String {
    let mut script = String::from("import socket, traceback\n");
    script += &module.preamble.map_or_else(String::new, |preamble| preamble(Dialect::Python3));
    for (session, (_, values)) in sessions.iter().zip(wanted) {
        // In a function, so that nothing stays open that a variable holds.
        let mut body = (module.open)(HOST, port);
        for ((action, args), value) in session.iter().zip(values) {
            let call = match module.call(action, args, false) {
                statement if value.is_empty() => statement + "\n",
                call => printed(&call, Dialect::Python3),
            };
            body += &format!(
                "try:\n    {}pass\nexcept Exception as error:\n    \
                 print(''.join(traceback.format_exception_only(type(error), error)), end='')\n\
                 print({}, end='')\n",
                call.replace('\n', "\n    "),
                literal::text(END),
            );
        }
        if !module.class.is_empty() {
            body += &format!("{}.close()\n", module.object);
        }
        script += &format!(
            "def session():\n    {}\nsession()\n\
             mark = socket.create_connection(({HOST:?}, {port}))\n\
             mark.sendall({}.encode())\nmark.close()\n",
            body.replace('\n', "\n    "),
            literal::text(MARK),
        );
    }
    script
}

/// Ends a line, so that values of several lines can be told apart.
const END: &str = "\x1e";
/// What no method sends on a connection of its own.
const MARK: &str = "\x01";

/// Without what differs from run to run: clocks in greetings, addresses, and what is made of them; and without the
/// version that Python names itself with.
fn steady(text: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    let part = |c: char| c.is_ascii_hexdigit() || matches!(c, ':' | '.' | ',');
    for c in unversioned(text.trim_end()).chars().chain(['\n']) {
        if part(c) {
            word.push(c);
            continue;
        }
        out += &steady_word(&word);
        word.clear();
        out.push(c);
    }
    out
}

/// `Python-urllib/3.11` and the like, without the version.
fn unversioned(text: &str) -> String {
    let mut parts = text.split("Python-");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let version = |c: char| c.is_ascii_digit() || c == '.';
        let (name, rest) = part.split_once('/').unwrap_or((part, ""));
        out += &format!("Python-{name}{}", rest.trim_start_matches(version));
    }
    out
}

/// Clocks, IPv4 addresses, those of PASV, hashes and times in hexadecimal, and the numbers of ports and processes.
fn steady_word(word: &str) -> String {
    let numbers = |mark: char| {
        let parts: Vec<&str> = word.split(mark).collect();
        let digits = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        parts.iter().all(digits).then_some(parts.len())
    };
    if numbers(':') == Some(3) || numbers('.') == Some(4) || numbers(',') == Some(6) {
        return "#".into();
    }
    let parts = word.split_inclusive([':', '.', ',']).map(|part| {
        let digits = part.trim_end_matches([':', '.', ',']);
        let number = digits.len() >= 5 && digits.bytes().all(|digit| digit.is_ascii_digit());
        let varies = matches!(digits.len(), 8 | 32 | 64) || number;
        if varies { part.replacen(digits, "#", 1) } else { part.to_owned() }
    });
    parts.collect()
}

/// Stands between Python and the practice server, and keeps what Python sends, by connection.
struct Recorder {
    port: u16,
    sent: Arc<Mutex<Vec<Vec<u8>>>>,
    _relay: relay::Relay,
}

impl Recorder {
    async fn start(protocol: &Protocol) -> Recorder {
        let relay = start_relay(relay::Rule::Lab, 0).await;
        let endpoint = relay.endpoints().iter().find(|e| e.protocol == protocol.id);
        let server = endpoint.expect("every protocol has a practice server").address;
        let listener = TcpListener::bind((HOST, 0)).await.expect("a free port");
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
                let server = TcpStream::connect(server).await.expect("the practice server listens");
                // One after the other: the next visitor shall find what this one has left.
                carry(client, server, &record, number).await;
            }
        });
        Recorder { port, sent, _relay: relay }
    }

    /// What was sent from one mark to the next, on however many connections.
    fn sent(&self) -> Vec<Vec<u8>> {
        let sent = self.sent.lock().expect("no test panics while it holds this");
        let parts = sent.split(|octets| octets == MARK.as_bytes());
        parts.map(|connections| connections.concat()).collect()
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

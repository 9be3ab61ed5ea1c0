//! What the prompt shows: values and exceptions as Python 3.11 on Linux prints them.

use super::Lab;
use crate::sockets::{Bench, Mode, Side, programs};

/// Found out by running Python 3.11.7; `tests/it/bench.rs` runs it again where there is one.
#[test]
fn exceptions_have_pythons_classes_and_texts() {
    let mut lab = Lab::new();
    lab.client("s = socket.socket()");
    lab.client("u = socket.socket(type=socket.SOCK_DGRAM)");
    lab.client("x = socket.socket(socket.AF_UNIX)");
    for (code, wanted) in [
        ("s", "<socket.socket fd=3, family=2, type=1, proto=0, laddr=('0.0.0.0', 0)>"),
        ("x", "<socket.socket fd=5, family=1, type=1, proto=0>"),
        ("s.bind('x')", "TypeError: bind(): AF_INET address must be tuple, not str"),
        ("s.bind(('x',))", "TypeError: AF_INET address must be a pair (host, port)"),
        ("s.bind((1, 2))", "TypeError: str, bytes or bytearray expected, not int"),
        ("s.bind(('', 'a'))", "TypeError: 'str' object cannot be interpreted as an integer"),
        ("s.bind(('', 70000))", "OverflowError: bind(): port must be 0-65535."),
        ("s.bind(('', 80))", "PermissionError: [Errno 13] Permission denied"),
        ("s.bind(('192.0.2.9', 5000))", "OSError: [Errno 99] Cannot assign requested address"),
        ("s.bind(('::1', 5000))", "gaierror: [Errno -9] Address family for hostname not supported"),
        ("s.sendto(b'x')", "TypeError: sendto() takes 2 or 3 arguments (1 given)"),
        ("s.send()", "TypeError: send() takes at least 1 argument (0 given)"),
        ("s.recv()", "TypeError: recv() takes at least 1 argument (0 given)"),
        ("s.recv(-1)", "ValueError: negative buffersize in recv"),
        ("s.recv(1.5)", "TypeError: 'float' object cannot be interpreted as an integer"),
        ("s.recv(10)", "OSError: [Errno 107] Transport endpoint is not connected"),
        ("s.send(b'x')", "BrokenPipeError: [Errno 32] Broken pipe"),
        ("s.listen('x')", "TypeError: 'str' object cannot be interpreted as an integer"),
        ("s.listen(1, 2)", "TypeError: listen() takes at most 1 argument (2 given)"),
        ("s.accept()", "OSError: [Errno 22] Invalid argument"),
        ("s.accept(1)", "TypeError: socket.accept() takes 1 positional argument but 2 were given"),
        ("s.connect()", "TypeError: socket.connect() takes exactly one argument (0 given)"),
        ("s.foo()", "AttributeError: 'socket' object has no attribute 'foo'"),
        ("socket.foo", "AttributeError: module 'socket' has no attribute 'foo'"),
        ("s.shutdown(socket.SHUT_WR)", "OSError: [Errno 107] Transport endpoint is not connected"),
        ("s.getpeername()", "OSError: [Errno 107] Transport endpoint is not connected"),
        ("s.settimeout(-1)", "ValueError: Timeout value out of range"),
        ("s.settimeout(2)", ""),
        ("s.gettimeout()", "2.0"),
        ("s.settimeout(1.25e1)", ""),
        ("s.gettimeout()", "12.5"),
        ("s.setblocking(False)", ""),
        ("s.gettimeout()", "0.0"),
        ("s.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)", "131072"),
        ("s.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)", "16384"),
        ("s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)", ""),
        ("s.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)", "8192"),
        ("s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 100)", ""),
        ("s.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)", "2304"),
        ("s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 100)", ""),
        ("s.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)", "4608"),
        ("s.getsockopt(socket.SOL_SOCKET, 9999)", "OSError: [Errno 92] Protocol not available"),
        ("s.setsockopt(1, socket.SO_LINGER, 1)", "OSError: [Errno 22] Invalid argument"),
        ("s.setsockopt(1, 2)", "TypeError: setsockopt() takes exactly 3 arguments (2 given)"),
        ("u.listen()", "OSError: [Errno 95] Operation not supported"),
        ("u.accept()", "OSError: [Errno 95] Operation not supported"),
        ("u.sendto(b'x', 5)", "TypeError: sendto(): AF_INET address must be tuple, not int"),
        ("u.sendto(b'x', ('255.255.255.255', 9))", "PermissionError: [Errno 13] Permission denied"),
        ("x.bind(('a', 1))", "TypeError: a bytes-like object is required, not 'tuple'"),
        ("socket.AF_INET", "<AddressFamily.AF_INET: 2>"),
        ("socket.SHUT_WR", "1"),
        ("socket.socket(99)", "OSError: [Errno 97] Address family not supported by protocol"),
        ("socket.socket(socket.AF_INET, 99)", "OSError: [Errno 22] Invalid argument"),
        ("socket.gethostname()", "'client.lab'"),
        ("nope", "NameError: name 'nope' is not defined"),
        ("5()", "TypeError: 'int' object is not callable"),
        ("a, b = 1", "TypeError: cannot unpack non-iterable int object"),
        ("a, b = (1,)", "ValueError: not enough values to unpack (expected 2, got 1)"),
        ("b'abc'[1]", "98"),
        ("s.close()", ""),
        ("s", "<socket.socket [closed] fd=-1, family=2, type=1, proto=0>"),
        ("s.send(b'x')", "OSError: [Errno 9] Bad file descriptor"),
        ("s.fileno()", "-1"),
        ("s.close()", ""),
    ] {
        assert_eq!(lab.client(code), wanted, "{code}");
    }
}

#[test]
fn sockets_that_must_not_wait_say_so() {
    let mut lab = Lab::listening();
    lab.0.set_mode(Mode::Step);
    lab.client("s = socket.socket()");
    lab.client("s.setblocking(False)");
    let connect = "s.connect(('server.lab', 12345))";
    assert_eq!(lab.client(connect), "BlockingIOError: [Errno 115] Operation now in progress");
    assert_eq!(lab.client(connect), "BlockingIOError: [Errno 114] Operation already in progress");
    lab.0.set_mode(Mode::Run);
    assert_eq!(lab.client("s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)"), "0");
    assert_eq!(lab.client(connect), "");
    assert_eq!(lab.client(connect), "OSError: [Errno 106] Transport endpoint is already connected");
    let busy = "BlockingIOError: [Errno 11] Resource temporarily unavailable";
    assert_eq!(lab.client("s.recv(9)"), busy);
    lab.server("s.settimeout(0.5)");
    lab.server("c, addr = s.accept()");
    assert_eq!(lab.server("t = s.accept()"), "\u{2026}");
    assert!(lab.0.pass_to_next());
    assert_eq!(lab.last(Side::Server), "TimeoutError: timed out");
}

#[test]
fn the_lectures_scripts_run_line_by_line_and_in_one_go() {
    for whole in [true, false] {
        let mut lab = Lab(Bench::new(1));
        lab.0.load(Side::Server, programs::LECTURE.server).unwrap();
        lab.0.load(Side::Client, programs::LECTURE.client).unwrap();
        for side in Side::BOTH {
            if whole {
                lab.0.run_lines(side).unwrap();
            }
            while !whole && lab.0.step_line(side).is_ok() {}
        }
        // At accept() the server waited until the client had connected.
        while !whole && lab.0.step_line(Side::Server).is_ok() {}
        while !whole && lab.0.step_line(Side::Client).is_ok() {}
        let printed: Vec<String> = (0..lab.0.len())
            .filter_map(|at| match &lab.0.entry(at).unwrap().what {
                crate::sockets::What::Call { report, .. } => Some(report.printed.clone()),
                _ => None,
            })
            .filter(|printed| !printed.is_empty())
            .collect();
        for line in
            ["Got connection from ('192.0.2.2', 40000)\n", "b'Thank you for connecting'\n", "b''\n"]
        {
            assert!(printed.iter().any(|printed| printed == line), "{printed:?}");
        }
        assert!(lab.0.desk(Side::Server).is_blocked(), "it waits for the next client");
        assert!(lab.0.suggestion(Side::Client).is_none(), "the client is done");
    }
}

#[test]
fn python_2_sends_its_text_as_octets() {
    let mut lab = Lab::connected();
    lab.0.load(Side::Client, "s.send('old')\nprint 'sent', 3\nprint s.recv(9)\n").unwrap();
    lab.server("c.send(b'new')");
    lab.0.run_lines(Side::Client).unwrap();
    assert_eq!(lab.server("c.recv(9)"), "b'old'");
    assert_eq!(lab.last(Side::Client), "new\n");
}

#[test]
fn a_method_that_is_only_named_is_not_called() {
    let mut lab = Lab::connected();
    assert!(lab.client("s.close").starts_with("<bound method socket.close of <socket.socket fd=3"));
    assert_eq!(lab.states(Side::Client), ["ESTABLISHED"]);
}

#[test]
fn a_socket_without_a_name_is_closed() {
    let mut lab = Lab::connected();
    lab.client("s = None");
    assert_eq!(lab.states(Side::Client), ["FIN-WAIT-2"]);
    assert_eq!(lab.server("c.recv(1)"), "b''");
}

#[test]
fn what_cannot_be_run_says_why() {
    let mut lab = Lab::new();
    let refuse = |lab: &mut Lab, code: &str| lab.0.run(Side::Client, code).unwrap_err();
    assert!(refuse(&mut lab, "").contains("nothing to run"));
    assert!(refuse(&mut lab, "if x: y()").contains("Line 1, column 1"));
    assert!(lab.client("socket.getaddrinfo('a', 1)").starts_with("not here"));
    assert!(lab.client("import os").starts_with("not here"));
    lab.client("u = socket.socket(type=socket.SOCK_DGRAM)");
    assert_eq!(lab.client("u.recv(1)"), "\u{2026}");
    assert!(refuse(&mut lab, "u.close()").contains("waits in a call"));
    lab.0.interrupt(Side::Client);
    assert_eq!(lab.last(Side::Client), "KeyboardInterrupt");
    assert_eq!(lab.client("u.close()"), "");
    let mebibytes = "x = b'x' * 17_000_000";
    assert!(lab.client(mebibytes).contains("16 MiB"));
}

/// What is suggested leads through the lecture's example, whoever goes first.
#[test]
fn suggestions_alone_lead_through_the_example() {
    for first in Side::BOTH {
        for mode in [Mode::Run, Mode::Step] {
            let mut lab = Lab(Bench::new(3));
            lab.0.set_mode(mode);
            let mut steps = 0;
            loop {
                let order = [first, first.other()];
                let next = order.into_iter().find_map(|side| Some((side, lab.0.suggestion(side)?)));
                match next {
                    Some((side, suggestion)) if steps % 3 != 2 || lab.0.in_flight().is_empty() => {
                        // A client that goes first is refused until the server listens.
                        let waits = side == Side::Client && suggestion.why.starts_with("Nobody");
                        let side = if waits && steps > 4 { Side::Server } else { side };
                        match lab.0.suggestion(side) {
                            Some(suggestion) => lab.0.run(side, &suggestion.text).unwrap(),
                            None => assert!(lab.0.step(), "{side:?} waits for nothing"),
                        }
                    }
                    None if lab.0.in_flight().is_empty() => break,
                    _ => assert!(lab.0.step()),
                }
                steps += 1;
                assert!(steps < 80, "no end");
            }
            assert!(lab.0.desk(Side::Client).fd("s").is_none(), "closed");
            assert!(lab.0.desk(Side::Server).fd("c").is_none(), "closed");
        }
    }
}

#[test]
fn a_loop_that_never_waits_does_not_hang_the_page() {
    let mut lab = Lab::new();
    lab.0.load(Side::Client, "while True:\n    socket.gethostname()\n").unwrap();
    lab.0.run_lines(Side::Client).unwrap();
    let after = lab.0.len();
    assert!(after > 1000 && lab.0.entries().count() <= crate::sockets::MAX_ENTRIES);
    assert_eq!(lab.client("1"), "1", "it has stopped");
    assert_eq!(lab.0.len(), after + 1);
}

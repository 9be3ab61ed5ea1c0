use proptest::prelude::*;

use super::*;

/// Statements as `line: what`, short enough to compare by eye.
fn shown(text: &str) -> Vec<String> {
    let script = read(text);
    assert_eq!(script.problems, [], "{text}");
    script.statements.iter().map(statement).collect()
}

fn statement(statement: &Statement) -> String {
    let what = match &statement.kind {
        StatementKind::Import { module, alias } => format!("import {module} {alias:?}"),
        StatementKind::From { module, names } => format!("from {module} {names:?}"),
        StatementKind::Assign { target: Target::Name(name), value } => {
            format!("{name} = {}", expr(value))
        }
        StatementKind::Assign { target: Target::Names(names), value } => {
            format!("{} = {}", names.join(","), expr(value))
        }
        StatementKind::Expr(value) => expr(value),
        StatementKind::Print(values) => format!("print {}", exprs(values)),
        StatementKind::Forever(body) => {
            let body: Vec<String> = body.iter().map(self::statement).collect();
            format!("forever [{}]", body.join("; "))
        }
        StatementKind::Pass => "pass".into(),
    };
    format!("{}: {what}", statement.line)
}

fn exprs(values: &[Expr]) -> String {
    values.iter().map(expr).collect::<Vec<_>>().join(" ")
}

fn expr(value: &Expr) -> String {
    match &value.kind {
        ExprKind::None => "None".into(),
        ExprKind::Bool(value) => format!("{value}"),
        ExprKind::Int(n) => n.to_string(),
        ExprKind::Float(text) => format!("float {text}"),
        ExprKind::Str(text) => format!("{text:?}"),
        ExprKind::Bytes(bytes) => format!("b{:?}", String::from_utf8_lossy(bytes)),
        ExprKind::Tuple(items) => format!("tuple({})", exprs(items)),
        ExprKind::List(items) => format!("list({})", exprs(items)),
        ExprKind::Dict(pairs) => {
            let pairs: Vec<_> =
                pairs.iter().map(|(key, value)| format!("{}:{}", expr(key), expr(value))).collect();
            format!("dict({})", pairs.join(" "))
        }
        ExprKind::Name(name) => name.clone(),
        ExprKind::Attribute(of, name) => format!("{}.{name}", expr(of)),
        ExprKind::Subscript(of, index) => format!("{}[{}]", expr(of), expr(index)),
        ExprKind::Call(call) => {
            let keywords =
                call.keywords.iter().map(|(name, value)| format!(" {name}={}", expr(value)));
            let keywords: String = keywords.collect();
            format!("{}({}{keywords})", expr(&call.function), exprs(&call.args))
        }
        ExprKind::Times(left, right) => format!("({} * {})", expr(left), expr(right)),
        ExprKind::Plus(left, right) => format!("({} + {})", expr(left), expr(right)),
    }
}

#[test]
fn the_lectures_server_is_read_in_python_2() {
    let text = "#!/usr/bin/python           # This is server.py file\n\
        \n\
        import socket               # Import socket module\n\
        \n\
        s = socket.socket()         # Create a socket object\n\
        host = socket.gethostname() # Get local machine name\n\
        port = 12345                # Reserve a port for your service.\n\
        s.bind((host, port))        # Bind to the port\n\
        \n\
        s.listen(5)                 # Now wait for client connection.\n\
        while True:\n\
        \x20  c, addr = s.accept()     # Establish connection with client.\n\
        \x20  print 'Got connection from', addr\n\
        \x20  c.send('Thank you for connecting')\n\
        \x20  c.close()                # Close the connection\n";
    assert_eq!(
        shown(text),
        [
            "3: import socket None",
            "5: s = socket.socket()",
            "6: host = socket.gethostname()",
            "7: port = 12345",
            "8: s.bind(tuple(host port))",
            "10: s.listen(5)",
            "11: forever [12: c,addr = s.accept(); 13: print \"Got connection from\" addr; \
             14: c.send(\"Thank you for connecting\"); 15: c.close()]",
        ]
    );
    assert!(read(text).is_python2());
    assert!(!read("print(s.recv(1024))").is_python2());
}

#[test]
fn nested_calls_keywords_and_dotted_names_are_read() {
    assert_eq!(
        shown(
            "s.bind((socket.gethostname(), 12345))\nprint(s.recv(1024))\n\
               s = socket.socket(family=socket.AF_INET, type=socket.SOCK_DGRAM)\n\
               from socket import socket as sock, AF_INET; import os.path as p\n\
               from socket import (AF_UNIX,\n    SOCK_STREAM,)\nfrom struct import *\n\
               print(addr[0], peer['x'][-1])"
        ),
        [
            "1: s.bind(tuple(socket.gethostname() 12345))",
            "2: print(s.recv(1024))",
            "3: s = socket.socket( family=socket.AF_INET type=socket.SOCK_DGRAM)",
            "4: from socket [(\"socket\", Some(\"sock\")), (\"AF_INET\", None)]",
            "4: import os.path Some(\"p\")",
            "5: from socket [(\"AF_UNIX\", None), (\"SOCK_STREAM\", None)]",
            "7: from struct [(\"*\", None)]",
            "8: print(addr[0] peer[\"x\"][-1])",
        ]
    );
}

#[test]
fn literals_have_pythons_values() {
    let values = |text: &str| {
        let script = read(text);
        assert_eq!(script.problems, [], "{text}");
        match &script.statements[..] {
            [Statement { kind: StatementKind::Expr(value), .. }] => value.kind.clone(),
            other => panic!("{text}: {other:?}"),
        }
    };
    for (text, value) in [
        ("0x1F", ExprKind::Int(31)),
        ("-1_000", ExprKind::Int(-1000)),
        ("00", ExprKind::Int(0)),
        ("10L", ExprKind::Int(10)),
        ("2.5", ExprKind::Float("2.5".into())),
        (".5", ExprKind::Float(".5".into())),
        ("-1e-3", ExprKind::Float("-1e-3".into())),
        ("'a\\tb\\x41\\101\\u00e4\\q\\''", ExprKind::Str("a\tbAA\u{e4}\\q'".into())),
        ("b'\\xff\\0\\r\\n\\u0041'", ExprKind::Bytes(b"\xff\0\r\n\\u0041".to_vec())),
        ("rb'\\n' b\"x\"", ExprKind::Bytes(b"\\nx".to_vec())),
        ("u'x' 'y'", ExprKind::Str("xy".into())),
        ("'''a\r\nb\\\nc'''", ExprKind::Str("a\nbc".into())),
        ("()", ExprKind::Tuple(Vec::new())),
    ] {
        assert_eq!(values(text), value, "{text}");
    }
    assert_eq!(
        shown("x = (1,), [None, True], {'a': b'x' * 3 + b'y'}, -2"),
        ["1: x = tuple(tuple(1) list(None true) dict(\"a\":((b\"x\" * 3) + b\"y\")) -2)"]
    );
}

#[test]
fn spans_are_the_text_of_each_statement() {
    let text = "s = socket.socket()  # one\nwhile 1:\n\ts.send(b'\u{e4}'[0]); pass\n";
    let text = text.replace('\u{e4}', "a");
    let script = read(&text);
    assert_eq!(script.problems, []);
    assert_eq!(&text[script.statements[0].span.clone()], "s = socket.socket()");
    let StatementKind::Forever(body) = &script.statements[1].kind else { panic!("a loop") };
    assert_eq!(&text[body[0].span.clone()], "s.send(b'a'[0])");
    assert_eq!(&text[body[1].span.clone()], "pass");
}

/// Line, column and a word of the reason; and what is read all the same.
#[test]
fn what_is_not_understood_is_named_and_the_rest_is_read() {
    for (text, line, column, word, rest) in [
        ("a = 1\nif a:\n    b()\nc = 2", 2, 1, "if", 2),
        ("a = 1\ns.send(b'x\nc = 2", 2, 8, "never closed", 2),
        ("f(1\nc = 2", 1, 2, "never closed", 1),
        ("f)\nc = 2", 1, 2, "closes nothing", 1),
        ("  a = 1\nb = 2", 1, 3, "indented", 1),
        ("while True:\n  a()\n    b()\n c()\nd()", 3, 5, "indented", 2),
        ("while x < 1:\n    a()\nb()", 1, 1, "while True", 1),
        ("while True:\n  while True:\n    a()\n  b()", 2, 3, "loop within", 1),
        ("x = f'{a}'\nb()", 1, 5, "f-string", 1),
        ("x = y = 1", 1, 7, "one assignment", 0),
        ("x == 1", 1, 4, "comparisons", 0),
        ("s.x = 1", 1, 1, "names", 0),
        ("x = 1 +", 1, 8, "ends here", 0),
        ("x = 12ab", 1, 5, "not a number", 0),
        ("x = 0777", 1, 5, "octal", 0),
        ("x = 99999999999999999999", 1, 5, "63 bits", 0),
        ("f(a=1, 2)", 1, 8, "named", 0),
        ("f(*a)", 1, 3, "**", 0),
        ("b'\u{e4}'", 1, 3, "octets", 0),
        ("'a' b'b'", 1, 1, "side by side", 0),
        ("print >>f, 1", 1, 7, "expected", 0),
        ("return 1", 1, 1, "return", 0),
        ("\u{e4}\u{f6} = s.f(1 2)", 1, 12, ", or )", 0),
        ("import a, b", 1, 9, "One module", 0),
        ("a \\ b", 1, 3, "backslash", 0),
    ] {
        let script = read(text);
        let problem = script.problems.first().unwrap_or_else(|| panic!("{text}: no problem"));
        assert_eq!((problem.line, problem.column), (line, column), "{text}: {problem}");
        assert!(problem.why.contains(word), "{text}: {problem}");
        assert_eq!(script.statements.len(), rest, "{text}: {:?}", script.statements);
    }
}

#[test]
fn size_and_depth_have_limits() {
    let deep = format!("{}1{}", "(".repeat(MAX_DEPTH + 1), ")".repeat(MAX_DEPTH + 1));
    assert!(read(&deep).problems[0].why.contains("brackets"));
    let dots = format!("a{}", ".b".repeat(5000));
    assert!(read(&dots).problems[0].why.contains("in a row"));
    let sum = format!("1{}", "+1".repeat(5000));
    assert!(read(&sum).problems[0].why.contains("in a row"));
    assert!(read(&"x".repeat(MAX_TEXT + 1)).problems[0].why.contains("octets"));
    let wrong = "if x:\n".repeat(MAX_PROBLEMS + 5);
    assert_eq!(read(&wrong).problems.len(), MAX_PROBLEMS);
    let fits = format!("{}1{}", "(".repeat(MAX_DEPTH - 1), ")".repeat(MAX_DEPTH - 1));
    assert_eq!(read(&fits).problems, []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_text_makes_it_panic_and_spans_are_whole_characters(text in "\\PC*") {
        whole(&text);
    }

    #[test]
    fn no_heap_of_tokens_makes_it_panic(
        parts in proptest::collection::vec(proptest::sample::select(vec![
            "while True:", "\n", "\n  ", "print ", "import ", "from ", "s", ".", "(", ")", "[", "]",
            "{", "}", ":", ",", "=", "b'", "'", "'''", "\\", "\\x4", "-", "*", "+", "1", "2.5", "e",
            "None", "if ", "#", "\u{e4}", "\t", "\r\n", ";",
        ]), 0..60),
    ) {
        whole(&parts.concat());
    }
}

fn whole(text: &str) {
    let script = read(text);
    let mut end = 0;
    for statement in &script.statements {
        assert!(text.get(statement.span.clone()).is_some_and(|part| !part.is_empty()));
        assert!(statement.span.start >= end, "statements follow each other");
        end = statement.span.end;
    }
    let lines = text.matches('\n').count() as u32 + 1;
    assert!(script.problems.iter().all(|p| p.line >= 1 && p.line <= lines && p.column >= 1));
}

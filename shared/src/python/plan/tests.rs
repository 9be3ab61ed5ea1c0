use super::*;
use crate::protocols;

fn modules() -> Vec<&'static Module> {
    protocols::ALL.iter().filter_map(|protocol| protocol.module).collect()
}

fn shown(plan: &Plan) -> Vec<String> {
    let calls = plan.calls.iter();
    calls.map(|call| format!("{} {}{:?}", call.line, call.action.method, call.args)).collect()
}

#[test]
fn a_script_becomes_the_calls_it_makes() {
    let plan = plan(
        "import poplib\n\
         host = 'mail.example'\n\
         box = poplib.POP3(host, 110)\n\
         box.user('tim')\n\
         box.pass_('se' + 'cret')\n\
         print(len(box.list()[1]), box.stat())\n\
         n = 2\n\
         for_all = box.retr(n)\n\
         box.top(which=1, howmuch=0)\n\
         box.quit()\n",
        &modules(),
    )
    .unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(plan.module.name, "poplib");
    assert_eq!(plan.server, Some(("mail.example".into(), Some(110))));
    assert_eq!(
        shown(&plan),
        [
            "4 user[\"tim\"]",
            "5 pass_[\"secret\"]",
            "6 list[\"\"]",
            "6 stat[]",
            "8 retr[\"2\"]",
            "9 top[\"1\", \"0\"]",
            "10 quit[]"
        ]
    );
    assert_eq!(plan.problems, []);
}

#[test]
fn python_2_is_understood_too() {
    let plan = plan(
        "from poplib import POP3\nM = POP3('localhost')\nM.user('a')\nprint M.stat()\n",
        &modules(),
    )
    .unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(shown(&plan), ["3 user[\"a\"]", "4 stat[]"]);
}

#[test]
fn what_is_not_understood_is_named_by_line() {
    let plan = plan(
        "import poplib\n\
         box = poplib.POP3('h')\n\
         box.user(os.environ['USER'])\n\
         box.fetch(1)\n\
         os.system('ls')\n\
         box.stat(1)\n\
         for i in range(3):\n    box.retr(i)\n\
         box.noop()\n",
        &modules(),
    )
    .unwrap_or_else(|why| panic!("{why}"));
    let lines: Vec<u32> = plan.problems.iter().map(|problem| problem.line).collect();
    for line in 3..=7 {
        assert!(lines.contains(&line), "line {line}: {:?}", plan.problems);
    }
    assert_eq!(shown(&plan), ["9 noop[]"], "the rest can be played");
}

#[test]
fn connect_names_the_server_and_files_in_memory_are_their_content() {
    let plan = plan(
        "from ftplib import FTP\nimport io\nftp = FTP()\nftp.connect('h', 2121)\nftp.login('a')\n\
         ftp.storlines('STOR x', io.BytesIO(b'one'))\nftp.retrlines('LIST', print)\n",
        &modules(),
    )
    .unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(plan.server, Some(("h".into(), Some(2121))));
    assert_eq!(
        shown(&plan),
        [
            "5 login[\"a\", \"\", \"\"]",
            "6 storlines[\"STOR x\", \"one\"]",
            "7 retrlines[\"LIST\", \"print\"]"
        ]
    );
    assert_eq!(plan.problems, []);
}

#[test]
fn methods_of_what_a_call_gave_are_played() {
    let plan = plan(
        "import http.client\nc = http.client.HTTPConnection('h:8080')\nc.request('GET', '/')\n\
         r = c.getresponse()\nprint(r.status, r.read())\nc.request('GET', '/x')\n\
         text = c.getresponse().read().decode()\n",
        &modules(),
    )
    .unwrap_or_else(|why| panic!("{why}"));
    let methods: Vec<&str> = plan.calls.iter().map(|call| call.action.method).collect();
    let wanted = ["request", "getresponse", "read", "request", "getresponse", "read"];
    assert_eq!((plan.server, methods), (Some(("h".into(), Some(8080))), wanted.to_vec()));
    assert_eq!(plan.problems, []);
}

#[test]
fn a_script_without_a_module_says_which_there_are() {
    let why = plan("print('hello')\n", &modules()).err().unwrap_or_default();
    assert!(why.contains("poplib"), "{why}");
}

#[test]
fn octets_are_put_together_and_open_names_the_server() {
    let plan = plan(
        "import telnetlib\nuser = 'student'\npassword = 'lab-secret'\ntn = telnetlib.Telnet()\n\
         tn.open('h', 2323)\ntn.read_until(b'login: ')\ntn.write(user.encode('ascii') + b'\\n')\n\
         if password:\n    tn.read_until(b'Password: ')\ntn.write(password + '\\n')\n\
         tn.expect([b'[$]'], 5)\nprint(tn.read_all().decode('ascii'))\n",
        &modules(),
    )
    .unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(plan.server, Some(("h".into(), Some(2323))));
    assert_eq!(
        shown(&plan),
        [
            "6 read_until[\"b'login: '\", \"\"]",
            "7 write[\"b'student\\\\n'\"]",
            "10 write[\"'lab-secret\\\\n'\"]",
            "11 expect[\"[b'[$]']\", \"5\"]",
            "12 read_all[]"
        ]
    );
    let lines: Vec<u32> = plan.problems.iter().map(|problem| problem.line).collect();
    assert!(lines.iter().all(|line| (8..=9).contains(line)), "{:?}", plan.problems);
}

#[test]
fn functions_of_a_module_are_calls_too_the_inner_ones_first() {
    let planned = |text: &str| {
        let plan = plan(text, &modules()).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(plan.problems, [], "{text}");
        (shown(&plan), plan.server)
    };
    let server = Some(("gopher.example".into(), Some(70)));
    let (calls, named) = planned(
        "import gopherlib\nf = gopherlib.send_selector('/x', 'gopher.example', 70)\n\
         for_all = gopherlib.get_textfile(f)\n",
    );
    let sent = "send_selector[\"/x\", \"'gopher.example'\", \"70\"]";
    assert_eq!(calls, [&format!("2 {sent}"), "3 get_textfile[\"f\"]"]);
    assert_eq!(named, server);
    for text in [
        "import gopherlib as g\nprint g.get_directory(g.send_selector('/x', 'gopher.example', 70))\n",
        "from gopherlib import *\nprint get_directory(send_selector('/x', 'gopher.example', 70))\n",
    ] {
        let (calls, named) = planned(text);
        assert_eq!(calls[0], format!("2 {sent}"));
        assert!(calls[1].starts_with("2 get_directory"), "{calls:?}");
        assert_eq!((calls.len(), named), (2, server.clone()));
    }
}

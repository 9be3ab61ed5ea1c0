//! `http.client` and `urllib`: what their methods send, and what they give back.

mod answer;
mod connection;
mod requests;
mod rpc;
mod typed;
mod urls;

use crate::python::literal::{bytes, text};
use crate::python::{Action, Module, Next, Param};
use connection::{endheaders, getheader, getheaders, getresponse, putrequest, read, request, send};
use urls::{cookies, quote, request_object, retrieve, urlencode, urlopen};

pub(super) static MODULE: Module = Module {
    name: "http.client",
    python2: "httplib",
    note: "An HTTPConnection is one connection for many requests; urlopen() opens a new one each time, and says Connection: close.",
    class: "HTTPConnection",
    constructor: None,
    port_in_constructor: true,
    object: "connection",
    preamble: None,
    setup: None,
    login: &[],
    open: |host, port| {
        let netloc = requests::netloc(host, port);
        format!(
            "import datetime\nimport http.client\nimport http.cookiejar\nimport urllib.parse\n\
             import urllib.request\nimport xmlrpc.client\n\n\
             connection = http.client.HTTPConnection({}, {port})\nsite = {}\n\
             proxy = xmlrpc.client.ServerProxy(site + '/RPC2', use_builtin_types=True)\n",
            text(host),
            text(&format!("http://{netloc}"))
        )
    },
    joins: None,
    made_up: None,
    actions: ACTIONS,
    typed: typed::typed,
};

const METHOD: Param = Param::text("method", "GET");
const URL: Param = Param::text("url", "/hello.txt");
const PATH: Param = Param::text("path", "/hello.txt");
const BODY: Param = Param::lines("body", "");
const HEADERS: Param = Param::plain("headers", "");
const ANSWERED: &[&str] = &["request", "getresponse"];

/// What `urlopen` gives is looked at in the same way everywhere.
const LOOK: &str = "\n(response.status, response.reason, response.read())";

const ACTIONS: &[Action] = &[
    Action::new(
        "request",
        "Sends a whole request: Host and Accept-Encoding: identity come first, unless they are given.",
        &[METHOD, URL, BODY, HEADERS],
        request,
    )
    .call(|args| {
        let body = named("body", &args[2], &bytes(args[2].as_bytes()));
        let headers = named("headers", &args[3], &args[3]);
        format!("connection.request({}, {}{body}{headers})", text(&args[0]), text(&args[1]))
    })
    .lecture(),
    Action::new(
        "getresponse",
        "Reads the status line and the header of the response; responses 100 are passed over.",
        &[],
        getresponse,
    )
    .after(&["request"])
    .call(|_| "response = connection.getresponse()\n(response.status, response.reason)".into())
    .lecture(),
    Action::new("read", "Reads the content of the response, to its end.", &[], read)
        .after(ANSWERED)
        .of("response")
        .lecture(),
    Action::new(
        "putrequest",
        "Begins a request. Nothing is sent before endheaders().",
        &[
            Param::text("method", "POST"),
            Param::text("url", "/echo"),
            Param::plain("skip_host", ""),
            Param::plain("skip_accept_encoding", ""),
        ],
        putrequest,
    )
    .lecture(),
    Action::new(
        "putheader",
        "Adds a field to the header.",
        &[Param::text("header", "Content-Length"), Param::text("value", "20")],
        connection::putheader,
    )
    .after(&["putrequest"])
    .lecture(),
    Action::new(
        "endheaders",
        "Sends the header, and the content if it is given.",
        &[Param::lines("message_body", "")],
        endheaders,
    )
    .after(&["putrequest", "putheader"])
    .call(|args| match args[0].as_str() {
        "" => "connection.endheaders()".into(),
        body => format!("connection.endheaders({})", bytes(body.as_bytes())),
    })
    .lecture(),
    Action::new(
        "send",
        "Sends content, as many octets as the header has announced.",
        &[Param::lines("data", "Hello from the lab.\n")],
        send,
    )
    .after(&["putrequest", "putheader", "endheaders"])
    .call(|args| format!("connection.send({})", bytes(args[0].as_bytes())))
    .lecture(),
    Action::new(
        "getheader",
        "The value of a field of the response.",
        &[Param::text("name", "Content-Type"), Param::text("default", "")],
        getheader,
    )
    .after(ANSWERED)
    .of("response"),
    Action::new("getheaders", "All fields of the response, in order.", &[], getheaders)
        .after(ANSWERED)
        .of("response"),
    Action::new("connect", "Connects now; otherwise the first request does.", &[], |_| {
        Next::Return("None".into())
    }),
    Action::new("close", "Closes the connection.", &[], |_| Next::Close),
    Action::new("urlopen", "Fetches a URL on a connection of its own.", &[PATH], urlopen)
        .call(opened)
        .python2(|args| old(opened(args))),
    Action::new(
        "urlencode",
        "Sends a form: urlencode() makes its content, and content makes it a POST.",
        &[
            Param::text("path", "/echo"),
            Param::plain("fields", "{'name': 'Wirelab', 'what': 'bits & bytes'}"),
        ],
        urlencode,
    )
    .call(encoded)
    .python2(|args| old(encoded(args))),
    Action::new(
        "quote",
        "Percent-encodes what may not stand in a URL, as UTF-8.",
        &[Param::text("path", "/pub/docs/\u{fc}ber uns.txt")],
        quote,
    )
    .call(quoted)
    .python2(|args| old(quoted(args))),
    Action::new(
        "Request",
        "A request with another method and fields of its own.",
        &[
            Param::text("path", "/upload/note.txt"),
            Param::lines("data", "Hello from the lab.\n"),
            Param::plain("headers", "{'Content-Type': 'text/plain'}"),
            Param::text("method", "PUT"),
        ],
        request_object,
    )
    .call(|args| requested(args, &named("method", &args[3], &text(&args[3]))))
    // Python 2 takes the method from the content.
    .python2(|args| match (args[3].as_str(), args[1].is_empty()) {
        ("", _) | ("GET", true) | ("POST", false) => old(requested(args, "")),
        _ => String::new(),
    }),
    Action::new(
        "urlretrieve",
        "Fetches a URL into a file, and gives its name.",
        &[PATH, Param::text("filename", "hello.txt")],
        retrieve,
    )
    .call(|args| {
        format!("urllib.request.urlretrieve({}, {})[0]", at_site(&args[0]), text(&args[1]))
    })
    .python2(|args| {
        format!("urllib.urlretrieve({}, {})[0]", at_site(&args[0]), text(&args[1]))
    }),
    Action::new(
        "CookieJar",
        "Keeps the cookies of the responses, for the next requests of the same opener.",
        &[Param::text("path", "/cookie")],
        cookies,
    )
    .call(|args| {
        format!(
            "jar = http.cookiejar.CookieJar()\n\
             opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))\n\
             response = opener.open({})\n[(cookie.name, cookie.value) for cookie in jar]",
            at_site(&args[0])
        )
    }),
    Action::new(
        "ServerProxy",
        "XML-RPC: calls a method of the server at a path, with POST.",
        &[
            Param::text("path", "/RPC2"),
            Param::text("method", "add"),
            Param::plain("arguments", "40, 2"),
        ],
        rpc::proxy,
    )
    .call(through_proxy)
    .python2(|args| rpc::unless_octets(&args[2], through_proxy(args))),
    Action::new("system.listMethods", "XML-RPC: the names of all methods.", &[], |step| {
        rpc::method(step, "system.listMethods", "")
    })
    .of("proxy"),
    Action::new(
        "system.methodHelp",
        "XML-RPC: what a method does.",
        &[Param::text("method", "files")],
        |step| rpc::method(step, "system.methodHelp", &text(&step.args[0])),
    )
    .of("proxy"),
    Action::new(
        "system.methodSignature",
        "XML-RPC: the types of a method.",
        &[Param::text("method", "files")],
        |step| rpc::method(step, "system.methodSignature", &text(&step.args[0])),
    )
    .of("proxy"),
    Action::new(
        "add",
        "XML-RPC: the sum of two ints.",
        &[Param::plain("a", "2"), Param::plain("b", "3")],
        |step| rpc::method(step, "add", &step.args.join(", ")),
    )
    .of("proxy"),
    Action::new(
        "echo",
        "XML-RPC: sends a value, and gets the same back.",
        &[Param::plain(
            "value",
            "{'text': 'a < b', 'numbers': [-7, -12.25, True], 'octets': b'\\x00\\xff', 'time': datetime.datetime(2026, 1, 5, 9)}",
        )],
        |step| rpc::method(step, "echo", &step.args[0]),
    )
    .of("proxy")
    .python2(|args| rpc::unless_octets(&args[0], format!("proxy.echo({})", args[0]))),
    Action::new(
        "files",
        "XML-RPC: the entries of a folder, each as a struct.",
        &[Param::text("path", "/deep")],
        |step| rpc::method(step, "files", &text(&step.args[0])),
    )
    .of("proxy"),
    Action::new(
        "fail",
        "XML-RPC: ends in a fault.",
        &[Param::plain("code", "4"), Param::text("text", "Too many parameters.")],
        |step| rpc::method(step, "fail", &format!("{}, {}", step.args[0], text(&step.args[1]))),
    )
    .of("proxy"),
];

fn at_site(path: &str) -> String {
    format!("site + {}", text(path))
}

fn look(url: &str) -> String {
    format!("response = urllib.request.urlopen({url}){LOOK}")
}

fn opened(args: &[String]) -> String {
    look(&at_site(&args[0]))
}

fn encoded(args: &[String]) -> String {
    let data = format!("data = urllib.parse.urlencode({}).encode()\n", args[1]);
    data + &look(&format!("{}, data", at_site(&args[0])))
}

fn quoted(args: &[String]) -> String {
    look(&format!("site + urllib.parse.quote({})", text(&args[0])))
}

fn requested(args: &[String], method: &str) -> String {
    let data = named("data", &args[1], &bytes(args[1].as_bytes()));
    let headers = named("headers", &args[2], &args[2]);
    let site = at_site(&args[0]);
    let request = format!("request = urllib.request.Request({site}{data}{headers}{method})\n");
    request + &look("request")
}

fn through_proxy(args: &[String]) -> String {
    let proxy = format!("xmlrpc.client.ServerProxy({}, use_builtin_types=True)", at_site(&args[0]));
    format!("{proxy}.{}({})", args[1], args[2])
}

/// Python 2 knows no reason, and the status by another name.
fn old(code: String) -> String {
    code.replace(LOOK, "\n(response.getcode(), response.read())")
}

/// A keyword argument, unless it is left out.
fn named(name: &str, argument: &str, written: &str) -> String {
    if argument.is_empty() { String::new() } else { format!(", {name}={written}") }
}

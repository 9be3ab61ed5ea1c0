//! `http.client` and `urllib`: what their methods send, and what they give back.

mod answer;
mod connection;
mod requests;
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
            "import http.client\nimport http.cookiejar\nimport urllib.parse\nimport urllib.request\n\n\
             connection = http.client.HTTPConnection({}, {port})\nsite = {}\n",
            text(host),
            text(&format!("http://{netloc}"))
        )
    },
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
        .call(|_| "response.read()".into())
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
    .call(|args| {
        let default = named_nothing(&args[1]);
        format!("response.getheader({}{default})", text(&args[0]))
    }),
    Action::new("getheaders", "All fields of the response, in order.", &[], getheaders)
        .after(ANSWERED)
        .call(|_| "response.getheaders()".into()),
    Action::new("connect", "Connects now; otherwise the first request does.", &[], |_| {
        Next::Return("None".into())
    }),
    Action::new("close", "Closes the connection.", &[], |_| Next::Close),
    Action::new("urlopen", "Fetches a URL on a connection of its own.", &[PATH], urlopen)
        .call(|args| look(&at_site(&args[0]))),
    Action::new(
        "urlencode",
        "Sends a form: urlencode() makes its content, and content makes it a POST.",
        &[
            Param::text("path", "/echo"),
            Param::plain("fields", "{'name': 'Wirelab', 'what': 'bits & bytes'}"),
        ],
        urlencode,
    )
    .call(|args| {
        let data = format!("data = urllib.parse.urlencode({}).encode()\n", args[1]);
        data + &look(&format!("{}, data", at_site(&args[0])))
    }),
    Action::new(
        "quote",
        "Percent-encodes what may not stand in a URL, as UTF-8.",
        &[Param::text("path", "/pub/docs/\u{fc}ber uns.txt")],
        quote,
    )
    .call(|args| look(&format!("site + urllib.parse.quote({})", text(&args[0])))),
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
    .call(|args| {
        let data = named("data", &args[1], &bytes(args[1].as_bytes()));
        let headers = named("headers", &args[2], &args[2]);
        let method = named("method", &args[3], &text(&args[3]));
        let site = at_site(&args[0]);
        let request = format!("request = urllib.request.Request({site}{data}{headers}{method})\n");
        request + &look("request")
    }),
    Action::new(
        "urlretrieve",
        "Fetches a URL into a file, and gives its name.",
        &[PATH, Param::text("filename", "hello.txt")],
        retrieve,
    )
    .call(|args| {
        format!("urllib.request.urlretrieve({}, {})[0]", at_site(&args[0]), text(&args[1]))
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
];

fn at_site(path: &str) -> String {
    format!("site + {}", text(path))
}

fn look(url: &str) -> String {
    format!("response = urllib.request.urlopen({url}){LOOK}")
}

/// A keyword argument, unless it is left out.
fn named(name: &str, argument: &str, written: &str) -> String {
    if argument.is_empty() { String::new() } else { format!(", {name}={written}") }
}

fn named_nothing(argument: &str) -> String {
    if argument.is_empty() { String::new() } else { format!(", {}", text(argument)) }
}

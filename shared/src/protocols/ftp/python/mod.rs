//! `ftplib`: what its methods send, and what they give back.

mod active;
mod dialogue;
mod transfer;
mod typed;

use crate::python::literal::{bytes, text};
use crate::python::{Action, Module, Next, Param};
use active::{OWN_HOST, makeport, sendeprt, sendport};
use dialogue::{
    abort, cwd, delete, getline, getmultiline, getresp, getwelcome, login, makepasv, names, path,
    put, rename, sendcmd, size, void, voidresp,
};
use transfer::{
    is_upload, listing, mlsd, ntransfercmd, retrbinary, retrlines, storbinary, storlines,
    transfercmd,
};

pub(super) static MODULE: Module = Module {
    name: "ftplib",
    python2: "ftplib",
    note: "Each transfer begins with PASV (EPSV over IPv6), after set_pasv(False) with PORT (EPRT).",
    class: "FTP",
    constructor: Some("login"),
    port_in_constructor: false,
    object: "ftp",
    preamble: None,
    setup: None,
    login: &["login"],
    open: |host, port| {
        let object = match port {
            21 => format!("ftp = ftplib.FTP({})\n", text(host)),
            port => format!("ftp = ftplib.FTP()\nftp.connect({}, {port})\n", text(host)),
        };
        format!("import ftplib\nimport io\nimport socket\n\n{object}")
    },
    joins: None,
    made_up: None,
    actions: ACTIONS,
    typed: typed::typed,
};

const PATH: Param = Param::text("path", "pub");
const REST: Param = Param::plain("rest", "");
const CALLBACK: Param = Param::plain("callback", "");
const BLOCKSIZE: Param = Param::plain("blocksize", "");
const HOST: Param = Param::plain("host", OWN_HOST);
const PORT: Param = Param::plain("port", "51201");
const CMD: Param = Param::text("cmd", "NOOP");
const AFTER_PUTCMD: &[&str] = &["login", "putcmd"];

const ACTIONS: &[Action] = &[
    Action::new(
        "login",
        "USER, and PASS and ACCT if the server asks for them. Without a name: anonymous.",
        &[
            Param::text("user", "student"),
            Param::secret("passwd", "lab-secret"),
            Param::secret("acct", ""),
        ],
        login,
    )
    .lecture()
    .after(&[]),
    Action::new("cwd", "Changes the working directory; '..' is sent as CDUP.", &[PATH], cwd)
        .lecture(),
    Action::new(
        "dir",
        "Prints the long listing of a directory.",
        &[Param::text("path", "")],
        |step| listing(step, "LIST", |lines| lines.to_owned() + "None"),
    )
    .lecture(),
    Action::new(
        "retrlines",
        "Fetches text in TYPE A; each line goes to a function, otherwise it is printed.",
        &[Param::text("cmd", "RETR readme.txt"), CALLBACK],
        retrlines,
    )
    .lecture(),
    Action::new(
        "retrbinary",
        "Fetches octets in TYPE I; each block goes to a function, here into a file.",
        &[
            Param::text("cmd", "RETR hello.txt"),
            Param::plain("callback", "open('hello.txt', 'wb').write"),
            BLOCKSIZE,
            REST,
        ],
        retrbinary,
    )
    .call(|args| {
        let options = keywords(&[("blocksize", &args[2]), ("rest", &args[3])]);
        format!("ftp.retrbinary({}, {}{options})", text(&args[0]), args[1])
    })
    .lecture(),
    Action::new(
        "storlines",
        "Stores text in TYPE A; every line gets CR LF, the last one too.",
        &[
            Param::text("cmd", "STOR upload/hello.txt"),
            Param::lines("fp", "Hello from the lab!\nThis file crossed its own connection.\n"),
        ],
        storlines,
    )
    .call(|args| format!("ftp.storlines({}, {})", text(&args[0]), file(&args[1])))
    .lecture(),
    Action::new(
        "storbinary",
        "Stores octets in TYPE I, as they are.",
        &[
            Param::text("cmd", "STOR upload/octets.txt"),
            Param::lines("fp", "Octet for octet.\n"),
            BLOCKSIZE,
            CALLBACK,
            REST,
        ],
        storbinary,
    )
    .call(|args| {
        let options =
            keywords(&[("blocksize", &args[2]), ("callback", &args[3]), ("rest", &args[4])]);
        format!("ftp.storbinary({}, {}{options})", text(&args[0]), file(&args[1]))
    })
    .lecture(),
    Action::new("delete", "Deletes a file.", &[Param::text("filename", "noeol.txt")], delete)
        .lecture(),
    Action::new("quit", "Ends the session in order.", &[], |step| void(step, "QUIT".into()))
        .lecture(),
    Action::new("getwelcome", "The greeting, read when the object was made.", &[], getwelcome)
        .after(&[]),
    Action::new("pwd", "The working directory, taken from the reply 257.", &[], |step| {
        path(step, "PWD".into())
    }),
    Action::new("nlst", "The names in a directory, as a list.", &[PATH], |step| {
        listing(step, "NLST", names)
    })
    .call(|args| match args[0].as_str() {
        "" => "ftp.nlst()".into(),
        path => format!("ftp.nlst({})", text(path)),
    }),
    Action::new(
        "mlsd",
        "Names with their facts (RFC 3659); with facts it sends OPTS MLST first.",
        &[PATH, Param::plain("facts", "['type', 'size']")],
        mlsd,
    )
    .call(|args| {
        let facts = if args[1].is_empty() { String::new() } else { format!(", {}", args[1]) };
        format!("list(ftp.mlsd({}{facts}))", text(&args[0]))
    })
    .python2(|_| String::new()),
    Action::new("size", "The size of a file, in the TYPE of the moment.", &[FILE], size),
    Action::new(
        "mkd",
        "Makes a directory, and gives its path.",
        &[Param::text("dirname", "upload/new")],
        |step| path(step, format!("MKD {}", step.args[0])),
    ),
    Action::new("rmd", "Removes an empty directory.", &[Param::text("dirname", "empty")], |step| {
        void(step, format!("RMD {}", step.args[0]))
    }),
    Action::new(
        "rename",
        "Two commands: RNFR names the file, RNTO its new name.",
        &[Param::text("fromname", "dots.txt"), Param::text("toname", "upload/dots.txt")],
        rename,
    ),
    Action::new(
        "acct",
        "Names an account, for servers that want one.",
        &[Param::secret("password", "course")],
        |step| void(step, format!("ACCT {}", step.args[0])),
    ),
    Action::new("sendcmd", "Sends any command, and gives the reply.", &[CMD], sendcmd),
    Action::new("voidcmd", "The same, but the reply must begin with 2.", &[CMD], |step| {
        void(step, step.args[0].clone())
    }),
    Action::new(
        "transfercmd",
        "PASV and the command; gives the socket of the data connection. The final reply stays unread.",
        &[Param::text("cmd", "RETR hello.txt"), REST],
        transfercmd,
    )
    .call(|args| {
        let end = if is_upload(&args[0]) { "close()" } else { "makefile('rb').read()" };
        format!("ftp.transfercmd({}{}).{end}", text(&args[0]), keywords(&[("rest", &args[1])]))
    }),
    Action::new(
        "ntransfercmd",
        "The same with the size that the reply 150 tells.",
        &[Param::text("cmd", "RETR hello.txt"), REST],
        ntransfercmd,
    )
    .call(|args| {
        format!("ftp.ntransfercmd({}{})[1]", text(&args[0]), keywords(&[("rest", &args[1])]))
    }),
    Action::new(
        "makepasv",
        "Asks for a port to connect to. The host of the reply is ignored for that of the connection.",
        &[],
        makepasv,
    ),
    Action::new("set_pasv", "Whether transfers are passive.", &[VAL], |_| {
        Next::Return("None".into())
    }),
    Action::new(
        "makeport",
        "Makes a socket that waits, and tells the server where it is, with PORT.",
        &[],
        makeport,
    )
    .call(|_| "ftp.makeport().getsockname()[1]".into()),
    Action::new("sendport", "Tells the server where to connect to.", &[HOST, PORT], sendport),
    Action::new("sendeprt", "The same for any network protocol.", &[HOST, PORT], sendeprt),
    Action::new("abort", "Sends ABOR as urgent data, and reads one reply.", &[], abort),
    Action::new("putcmd", "Sends a command, and reads no reply.", &[CMD], put),
    Action::new("putline", "The same.", &[Param::text("line", "NOOP")], put),
    Action::new("getresp", "Reads the reply that putcmd() has left.", &[], getresp)
        .after(AFTER_PUTCMD),
    Action::new("voidresp", "The same, but it must begin with 2.", &[], voidresp)
        .after(AFTER_PUTCMD),
    Action::new("getmultiline", "Reads a reply, whatever its code says.", &[], getmultiline)
        .after(AFTER_PUTCMD),
    Action::new("getline", "Reads one line of a reply.", &[], getline).after(AFTER_PUTCMD),
    Action::new("close", "Drops the connection without QUIT.", &[], |_| Next::Close),
];

const VAL: Param = Param::plain("val", "False");
const FILE: Param = Param::text("filename", "readme.txt");

/// A file that holds this.
fn file(content: &str) -> String {
    format!("io.BytesIO({})", bytes(content.as_bytes()))
}

/// Those that are not left out.
fn keywords(arguments: &[(&str, &String)]) -> String {
    let given = arguments.iter().filter(|(_, argument)| !argument.is_empty());
    given.map(|(name, argument)| format!(", {name}={argument}")).collect()
}

/// Where a person would put what a command fetches.
fn file_name(command: &str) -> &str {
    command.rsplit(['/', ' ']).next().unwrap_or(command)
}

//! `ftplib`: what its methods send, and what they give back.

mod dialogue;
mod transfer;
mod typed;

use crate::python::literal::{bytes, text};
use crate::python::{Action, Module, Next, Param};
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
    note: "Transfers are passive: ftplib sends PASV (EPSV over IPv6) before each, and connects to the port of the reply.",
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
    actions: ACTIONS,
    typed: typed::typed,
};

const PATH: Param = Param::text("path", "pub");
const REST: Param = Param::plain("rest", "");
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
        "Fetches text in TYPE A, and prints its lines.",
        &[Param::text("cmd", "RETR readme.txt")],
        retrlines,
    )
    .lecture(),
    Action::new(
        "retrbinary",
        "Fetches octets in TYPE I; each block goes to a function, here into a file.",
        &[Param::text("cmd", "RETR hello.txt"), REST],
        retrbinary,
    )
    .call(|args| {
        let file = format!("open({}, 'wb').write", text(file_name(&args[0])));
        format!("ftp.retrbinary({}, {file}{})", text(&args[0]), keyword("rest", &args[1]))
    })
    .lecture(),
    Action::new(
        "storlines",
        "Stores text in TYPE A; every line gets CR LF, the last one too.",
        &[
            Param::text("cmd", "STOR upload/hello.txt"),
            Param::lines("lines", "Hello from the lab!\nThis file crossed its own connection.\n"),
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
            Param::lines("octets", "Octet for octet.\n"),
            REST,
        ],
        storbinary,
    )
    .call(|args| {
        let rest = keyword("rest", &args[2]);
        format!("ftp.storbinary({}, {}{rest})", text(&args[0]), file(&args[1]))
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
    }),
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
        format!("ftp.transfercmd({}{}).{end}", text(&args[0]), keyword("rest", &args[1]))
    }),
    Action::new(
        "ntransfercmd",
        "The same with the size that the reply 150 tells.",
        &[Param::text("cmd", "RETR hello.txt"), REST],
        ntransfercmd,
    )
    .call(|args| {
        format!("ftp.ntransfercmd({}{})[1]", text(&args[0]), keyword("rest", &args[1]))
    }),
    Action::new(
        "makepasv",
        "Asks for a port to connect to. The host of the reply is ignored for that of the connection.",
        &[],
        makepasv,
    ),
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

const FILE: Param = Param::text("filename", "readme.txt");

/// A file that holds this.
fn file(content: &str) -> String {
    format!("io.BytesIO({})", bytes(content.as_bytes()))
}

/// Nothing if the argument is left out.
fn keyword(name: &str, argument: &str) -> String {
    match argument {
        "" => String::new(),
        argument => format!(", {name}={argument}"),
    }
}

/// Where a person would put what a command fetches.
fn file_name(command: &str) -> &str {
    command.rsplit(['/', ' ']).next().unwrap_or(command)
}

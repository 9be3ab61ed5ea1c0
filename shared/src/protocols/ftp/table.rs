//! What is legal in FTP, and what each reply does.

use super::terms;
use crate::table::{Flag, Rule, State, Table, Takes, Verb};

pub(super) static GREET: State = State {
    id: "greet",
    title: "waiting for the greeting",
    text: "The server speaks first.",
    takes: Takes::Nothing,
};
pub(super) static LOGIN: State = State {
    id: "login",
    title: "login",
    text: "The server wants to know who you are.",
    takes: Takes::Commands,
};
pub(super) static PASSWORD: State = State {
    id: "password",
    title: "password wanted",
    text: "The name is taken; the password is missing.",
    takes: Takes::Commands,
};
pub(super) static ACCOUNT: State = State {
    id: "account",
    title: "account wanted",
    text: "The server also wants the name of an account.",
    takes: Takes::Commands,
};
pub(super) static READY: State = State {
    id: "ready",
    title: "ready",
    text: "You are logged in, and nothing is being transferred.",
    takes: Takes::Commands,
};
pub(super) static XFER: State = State {
    id: "transfer",
    title: "transfer under way",
    text: "Data crosses its own connection. It is over when that connection has ended and the final reply has come.",
    takes: Takes::Commands,
};
pub(super) static UPLOAD: State = State {
    id: "upload",
    title: "content wanted",
    text: "The server waits for the content on the data connection.",
    takes: Takes::Content,
};
pub(super) static CLOSED: State =
    State { id: "closed", title: "closed", text: "The session is over.", takes: Takes::Nothing };

pub(super) static DATA: Flag = Flag {
    id: "data",
    title: "an open data connection",
    text: "Send PASV or EPSV, and the connection that the server then waits for is opened for you; or PORT or EPRT, and the server connects to you.",
};
/// Needed by whatever is typed while PORT or EPRT waits for the socket that it is to name. Not a
/// condition of the table, because it lasts a moment.
pub(super) static SOCKET: Flag = Flag {
    id: "socket",
    title: "the socket that waits for the server",
    text: "It is being opened. Wait until PORT or EPRT has been sent.",
};
pub(super) static RENAME: Flag =
    Flag { id: "rename", title: "RNFR directly before it", text: "Name the file with RNFR first." };

const GUEST: &[&State] = &[&LOGIN, &PASSWORD, &ACCOUNT, &READY];
const IN: &[&State] = &[&READY];
const BUSY: &[&State] = &[&READY, &XFER];
const ALWAYS: &[&State] = &[&LOGIN, &PASSWORD, &ACCOUNT, &READY, &XFER];

const GONE: Rule = Rule::new("421", "the server ends the service").to(&CLOSED);
const LATER: Rule = Rule::new("4xx", "not now");
const NO: Rule = Rule::new("5xx", "refused");
const NEEDLESS: Rule = Rule::new("202", "not needed here");
const DONE: &[Rule] = &[Rule::new("200", "done"), Rule::new("250", "done"), NEEDLESS];
const INFORMED: &[Rule] = &[
    Rule::new("211", "the state"),
    Rule::new("212", "the directory"),
    Rule::new("213", "the file"),
    Rule::new("214", "help"),
];

/// The first replies to a command that moves data.
const fn begins(state: &'static State) -> [Rule; 9] {
    const CLEAR: &[&Flag] = &[&DATA];
    [
        Rule::new("150", "the transfer begins").to(state).clears(CLEAR).goes_on(),
        Rule::new("125", "the data connection is used").to(state).clears(CLEAR).goes_on(),
        Rule::new("1xx", "the transfer begins").to(state).clears(CLEAR).goes_on(),
        Rule::new("200", "one reply too many; the real one follows").goes_on(),
        Rule::new("226", "done at once").clears(CLEAR),
        Rule::new("250", "done at once").clears(CLEAR),
        GONE,
        Rule::new("4xx", "not now").clears(CLEAR),
        Rule::new("5xx", "refused").clears(CLEAR),
    ]
}

static DOWN: [Rule; 9] = begins(&XFER);
static UP: [Rule; 9] = begins(&UPLOAD);

/// The last reply of a transfer.
const ENDS: &[Rule] = &[
    Rule::new("226", "the transfer is complete").to(&READY),
    Rule::new("250", "the transfer is complete").to(&READY),
    Rule::new("1xx", "still under way").goes_on(),
    Rule::new("2xx", "done").to(&READY),
    Rule::new("3xx", "over").to(&READY),
    GONE,
    Rule::new("425", "no data connection").to(&READY),
    Rule::new("426", "broken off").to(&READY),
    Rule::new("4xx", "not now").to(&READY),
    Rule::new("5xx", "refused").to(&READY),
];

const fn verb(
    name: &'static str,
    syntax: &'static str,
    term: &'static crate::explain::Term,
) -> Verb {
    // The client waits for the reply to each command before the next (RFC 959 section 5.4).
    Verb::new(name, syntax, term).legal(IN).last()
}

pub(super) static GREETING: Verb =
    verb("(greeting)", "", &terms::GREETING).legal(&[&GREET]).rules(&[
        Rule::new("220", "welcome").to(&LOGIN),
        Rule::new("120", "not yet").goes_on(),
        Rule::new("4xx", "no service").to(&CLOSED),
        Rule::new("5xx", "no service").to(&CLOSED),
    ]);
pub(super) static USER: Verb =
    verb("USER", "USER name", &terms::USER).template("USER student").legal(GUEST).rules(&[
        Rule::new("331", "go on with PASS").to(&PASSWORD),
        Rule::new("230", "logged in").to(&READY),
        Rule::new("332", "go on with ACCT").to(&ACCOUNT),
    ]);
pub(super) static PASS: Verb = verb("PASS", "PASS password", &terms::PASS)
    .template("PASS lab-secret")
    .legal(&[&PASSWORD])
    .rules(&[
        Rule::new("230", "logged in").to(&READY),
        Rule::new("202", "not needed here").to(&READY),
        Rule::new("332", "go on with ACCT").to(&ACCOUNT),
        GONE,
        Rule::new("4xx", "not now").to(&LOGIN),
        Rule::new("5xx", "denied").to(&LOGIN),
    ]);
pub(super) static ACCT: Verb = verb("ACCT", "ACCT account", &terms::ACCT)
    .template("ACCT course")
    .legal(&[&ACCOUNT, &READY])
    .rules(&[
        Rule::new("230", "logged in").to(&READY),
        Rule::new("202", "not needed here").to(&READY),
    ]);
static HOST: Verb = verb("HOST", "HOST name", &terms::HOST)
    .template("HOST practice.lab")
    .legal(&[&LOGIN])
    .rules(&[Rule::new("220", "this host")]);
static CWD: Verb = verb("CWD", "CWD path", &terms::CWD).template("CWD pub").rules(DONE);
static XCWD: Verb = verb("XCWD", "XCWD path", &terms::CWD).template("XCWD pub").rules(DONE);
static CDUP: Verb = verb("CDUP", "CDUP", &terms::CDUP).rules(DONE);
static XCUP: Verb = verb("XCUP", "XCUP", &terms::CDUP).rules(DONE);
static SMNT: Verb = verb("SMNT", "SMNT path", &terms::SMNT).template("SMNT /").rules(DONE);
static REIN: Verb = verb("REIN", "REIN", &terms::REIN).legal(GUEST).rules(&[
    Rule::new("220", "as at first").to(&LOGIN).clears(&[&DATA, &RENAME]),
    Rule::new("230", "as at first").to(&LOGIN).clears(&[&DATA, &RENAME]),
    Rule::new("120", "not yet").goes_on(),
]);
pub(super) static QUIT: Verb = verb("QUIT", "QUIT", &terms::QUIT)
    .legal(ALWAYS)
    .rules(&[Rule::new("221", "good bye").to(&CLOSED)]);
static PORT: Verb = verb("PORT", "PORT h1,h2,h3,h4,p1,p2", &terms::PORT)
    .template("PORT")
    .rules(&[Rule::new("200", "the server will connect")]);
static EPRT: Verb = verb("EPRT", "EPRT |protocol|address|port|", &terms::EPRT)
    .template("EPRT")
    .rules(&[Rule::new("200", "the server will connect")]);
pub(super) static PASV: Verb =
    verb("PASV", "PASV", &terms::PASV).rules(&[Rule::new("227", "the server waits")]);
pub(super) static EPSV: Verb = verb("EPSV", "EPSV [1 | 2 | ALL]", &terms::EPSV)
    .template("EPSV")
    .rules(&[Rule::new("229", "the server waits"), Rule::new("200", "no other way any more")]);
static TYPE: Verb = verb("TYPE", "TYPE A | I | L 8", &terms::TYPE).template("TYPE I").rules(DONE);
static STRU: Verb = verb("STRU", "STRU F", &terms::STRU).rules(DONE);
static MODE: Verb = verb("MODE", "MODE S", &terms::MODE).rules(DONE);
static ALLO: Verb =
    verb("ALLO", "ALLO octets [R octets]", &terms::ALLO).template("ALLO 1000").rules(DONE);
static REST: Verb = verb("REST", "REST octets", &terms::REST)
    .template("REST 5")
    .rules(&[Rule::new("350", "the next transfer begins there")]);

static RETR: Verb = verb("RETR", "RETR path", &terms::RETR)
    .template("RETR readme.txt")
    .needs(&[&DATA])
    .rules(&DOWN);
static LIST: Verb =
    verb("LIST", "LIST [path]", &terms::LIST).template("LIST").needs(&[&DATA]).rules(&DOWN);
static NLST: Verb =
    verb("NLST", "NLST [path]", &terms::NLST).template("NLST").needs(&[&DATA]).rules(&DOWN);
static MLSD: Verb =
    verb("MLSD", "MLSD [path]", &terms::MLSD).template("MLSD").needs(&[&DATA]).rules(&DOWN);
static STOR: Verb = verb("STOR", "STOR path", &terms::STOR)
    .template("STOR upload/hello.txt")
    .needs(&[&DATA])
    .rules(&UP);
static STOU: Verb = verb("STOU", "STOU", &terms::STOU).needs(&[&DATA]).rules(&UP);
static APPE: Verb = verb("APPE", "APPE path", &terms::APPE)
    .template("APPE upload/hello.txt")
    .needs(&[&DATA])
    .rules(&UP);
/// Takes the place of a download when its first reply has come.
pub(super) static TRANSFER: Verb =
    verb("(end of the transfer)", "", &terms::TRANSFER_END).legal(&[&XFER]).rules(ENDS);
/// Takes the place of an upload when its first reply has come.
pub(super) static CONTENT: Verb = verb("(content)", "the content of the file", &terms::CONTENT)
    .template("Hello from the lab!")
    .legal(&[&UPLOAD])
    .rules(ENDS);

static RNFR: Verb = verb("RNFR", "RNFR path", &terms::RNFR)
    .template("RNFR hello.txt")
    .rules(&[Rule::new("350", "go on with RNTO").sets(&[&RENAME])]);
pub(super) static RNTO: Verb =
    verb("RNTO", "RNTO path", &terms::RNTO).template("RNTO hi.txt").needs(&[&RENAME]).rules(&[
        Rule::new("250", "renamed").clears(&[&RENAME]),
        GONE,
        Rule::new("4xx", "not now").clears(&[&RENAME]),
        Rule::new("5xx", "refused").clears(&[&RENAME]),
    ]);
pub(super) static ABOR: Verb = verb("ABOR", "ABOR", &terms::ABOR).legal(BUSY).rules(&[
    Rule::new("226", "broken off").to(&READY),
    Rule::new("225", "there was nothing to break off").to(&READY),
]);
static DELE: Verb = verb("DELE", "DELE path", &terms::DELE).template("DELE noeol.txt").rules(DONE);
static RMD: Verb = verb("RMD", "RMD path", &terms::RMD).template("RMD empty").rules(DONE);
static XRMD: Verb = verb("XRMD", "XRMD path", &terms::RMD).template("XRMD empty").rules(DONE);
const MADE: &[Rule] = &[Rule::new("257", "made")];
static MKD: Verb = verb("MKD", "MKD path", &terms::MKD).template("MKD upload/new").rules(MADE);
static XMKD: Verb = verb("XMKD", "XMKD path", &terms::MKD).template("XMKD upload/new").rules(MADE);
const HERE: &[Rule] = &[Rule::new("257", "the working directory")];
static PWD: Verb = verb("PWD", "PWD", &terms::PWD).rules(HERE);
static XPWD: Verb = verb("XPWD", "XPWD", &terms::PWD).rules(HERE);
static MLST: Verb = verb("MLST", "MLST [path]", &terms::MLST)
    .template("MLST readme.txt")
    .rules(&[Rule::new("250", "the facts")]);
static SITE: Verb = verb("SITE", "SITE command", &terms::SITE).template("SITE HELP").rules(&[
    Rule::new("200", "done"),
    NEEDLESS,
    Rule::new("214", "help"),
    Rule::new("211", "help"),
]);
static SYST: Verb =
    verb("SYST", "SYST", &terms::SYST).legal(GUEST).rules(&[Rule::new("215", "the system")]);
pub(super) static STAT: Verb =
    verb("STAT", "STAT [path]", &terms::STAT).template("STAT").legal(ALWAYS).rules(INFORMED);
static HELP: Verb =
    verb("HELP", "HELP [command]", &terms::HELP).template("HELP").legal(GUEST).rules(INFORMED);
pub(super) static NOOP: Verb =
    verb("NOOP", "NOOP", &terms::NOOP).legal(ALWAYS).rules(&[Rule::new("200", "done")]);
static FEAT: Verb =
    verb("FEAT", "FEAT", &terms::FEAT).legal(GUEST).rules(&[Rule::new("211", "the features")]);
static OPTS: Verb = verb("OPTS", "OPTS command [options]", &terms::OPTS)
    .template("OPTS MLST type;size;modify;")
    .legal(GUEST)
    .rules(DONE);
static SIZE: Verb = verb("SIZE", "SIZE path", &terms::SIZE)
    .template("SIZE readme.txt")
    .rules(&[Rule::new("213", "the size")]);
static MDTM: Verb = verb("MDTM", "MDTM path", &terms::MDTM)
    .template("MDTM readme.txt")
    .rules(&[Rule::new("213", "the time")]);
static MFMT: Verb = verb("MFMT", "MFMT time path", &terms::MFMT)
    .template("MFMT 20260101120000 readme.txt")
    .rules(&[Rule::new("213", "the time is set")]);
static LANG: Verb =
    verb("LANG", "LANG [tag]", &terms::LANG).template("LANG en").legal(GUEST).rules(DONE);
static AUTH: Verb = verb("AUTH", "AUTH mechanism", &terms::AUTH)
    .template("AUTH TLS")
    .legal(GUEST)
    .rules(&[Rule::new("234", "TLS begins"), Rule::new("334", "go on")]);
static PBSZ: Verb =
    verb("PBSZ", "PBSZ 0", &terms::PBSZ).legal(GUEST).rules(&[Rule::new("200", "done")]);
static PROT: Verb = verb("PROT", "PROT C | P", &terms::PROT)
    .template("PROT C")
    .legal(GUEST)
    .rules(&[Rule::new("200", "done")]);
static CCC: Verb =
    verb("CCC", "CCC", &terms::CCC).legal(GUEST).rules(&[Rule::new("200", "clear text again")]);

pub(super) static TABLE: Table = Table {
    states: &[&GREET, &LOGIN, &PASSWORD, &ACCOUNT, &READY, &XFER, &UPLOAD, &CLOSED],
    flags: &[&DATA, &RENAME],
    verbs: &[
        &GREETING, &USER, &PASS, &ACCT, &HOST, &PWD, &CWD, &CDUP, &PASV, &EPSV, &LIST, &NLST,
        &MLSD, &RETR, &STOR, &CONTENT, &STOU, &APPE, &ABOR, &TRANSFER, &TYPE, &REST, &SIZE, &MDTM,
        &MLST, &DELE, &RNFR, &RNTO, &MKD, &RMD, &MFMT, &STAT, &SYST, &FEAT, &OPTS, &HELP, &NOOP,
        &PORT, &EPRT, &STRU, &MODE, &ALLO, &LANG, &SITE, &SMNT, &REIN, &AUTH, &PBSZ, &PROT, &CCC,
        &XPWD, &XCWD, &XCUP, &XMKD, &XRMD, &QUIT,
    ],
    generic: &[GONE, LATER, NO],
};

/// The name that an old synonym stands for (RFC 1123 section 4.1.3.1).
pub(super) fn canonical(name: &'static str) -> &'static str {
    match name {
        "XCWD" => "CWD",
        "XCUP" => "CDUP",
        "XMKD" => "MKD",
        "XRMD" => "RMD",
        "XPWD" => "PWD",
        name => name,
    }
}

/// Whether the verb moves data, and if so, which way: `true` to the server.
pub(super) fn moves_data(verb: &Verb) -> Option<bool> {
    match verb.name {
        "RETR" | "LIST" | "NLST" | "MLSD" => Some(false),
        "STOR" | "STOU" | "APPE" => Some(true),
        _ => None,
    }
}

//! What the octets of POP3 mean.

use crate::terms;

terms! {
    OK = "positive status", "The command succeeded. Text may follow; only some of it has a meaning for programs.", 1939, "3";
    ERR = "negative status", "The command failed. The text says why, for people.", 1939, "3";
    CONTINUE = "continuation", "Inside AUTH the server asks for the next response; its challenge follows in base64.", 5034, "4";
    STRANGE = "not a status", "A reply of POP3 begins with +OK, -ERR, or inside AUTH with +. This does none of them.", 1939, "3";
    TEXT = "text for people", "Programs must not depend on this text.", 1939, "3";
    RESPONSE_CODE = "response code", "In brackets: the reason in a form for programs. It counts only if the server announced RESP-CODES.", 2449, "8";
    TIMESTAMP = "timestamp", "The server offers APOP. The client proves that it knows the password by the MD5 digest of this stamp and the password.", 1939, "7";
    NUMBER = "message number", "Messages are numbered from 1 when the session begins, and keep their number until it ends.", 1939, "5";
    COUNT = "number of messages", "Messages in the mailbox that are not marked as deleted.", 1939, "5";
    SIZE = "size in octets", "Line ends count as two octets; stuffed dots do not count.", 1939, "11";
    UID = "unique id", "Names this message in every session, so that a client can tell what it has seen before.", 1939, "7";
    CAPABILITY = "capability", "Something that this server can do.", 2449, "3";
    CAPABILITY_PARAMETER = "parameter of the capability", "More about the capability before it.", 2449, "3";
    USER = "USER", "Names the mailbox.", 1939, "7";
    PASS = "PASS", "Gives the password. Everything behind the first space belongs to it. It crosses the wire in clear text.", 1939, "7";
    APOP = "APOP", "Logs in with a digest, so that the password itself does not cross the wire.", 1939, "7";
    AUTH = "AUTH", "Logs in with a SASL mechanism.", 5034, "4";
    SASL_RESPONSE = "SASL response", "The answer to the server's challenge, in base64. A lone * gives up.", 5034, "4";
    CAPA = "CAPA", "Asks what the server can do.", 2449, "5";
    STAT = "STAT", "Asks how many messages there are, and their size together.", 1939, "5";
    LIST = "LIST", "Lists the messages with their sizes, or one of them.", 1939, "5";
    UIDL = "UIDL", "Lists the messages with their unique ids, or one of them.", 1939, "7";
    RETR = "RETR", "Fetches a message.", 1939, "5";
    TOP = "TOP", "Fetches the header of a message and the first lines of its body.", 1939, "7";
    DELE = "DELE", "Marks a message as deleted. It goes when the session ends with QUIT.", 1939, "5";
    RSET = "RSET", "Unmarks every message marked as deleted.", 1939, "5";
    NOOP = "NOOP", "Does nothing; the server answers.", 1939, "5";
    QUIT = "QUIT", "Ends the session. Messages marked as deleted are removed now, and only now.", 1939, "6";
    GREETING = "greeting", "The server speaks first.", 1939, "4";
    MAILBOX = "mailbox name", "The name of the account.", 1939, "7";
    SECRET = "password", "A secret. It is masked here, not on the wire.", 1939, "7";
    DIGEST = "digest", "MD5 of the timestamp and the password, in hexadecimal.", 1939, "7";
    MECHANISM = "SASL mechanism", "The way to log in.", 5034, "4";
    INITIAL_RESPONSE = "initial response", "The first SASL response, sent together with the command. = is the empty one.", 5034, "4";
    LINES = "number of lines", "So many lines of the body.", 1939, "7";
    ARGUMENT = "argument", "Text behind the command.", 1939, "3";
}

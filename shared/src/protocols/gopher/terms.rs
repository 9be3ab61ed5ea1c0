//! What the octets of Gopher mean.

use crate::terms;

terms! {
    TEXT = "type 0: text file", "A text. Its lines end with CR LF, a dot at the start of a line is doubled, and a lone dot ends it; many servers today send the file as it is and just close.", 1436, "3.8";
    MENU = "type 1: menu", "A list of items, each with what is needed to fetch it. A folder, if the server has folders.", 1436, "3.8";
    CSO = "type 2: CSO phone book", "A server of another protocol, CSO, usually on port 105.", 1436, "3.8";
    ERROR = "type 3: error", "What went wrong, as the only line of a menu. Gopher has no reply codes, so this is all that tells an error from a menu.", 1436, "3.8";
    BINHEX = "type 4: BinHex file", "A Macintosh file written as text.", 1436, "3.8";
    DOS = "type 5: DOS archive", "Binary content: the client reads until the connection ends.", 1436, "3.8";
    UUENCODED = "type 6: uuencoded file", "A binary file written as text.", 1436, "3.8";
    SEARCH = "type 7: search", "Takes words behind a tab and answers with a menu of what was found.", 1436, "3.7";
    TELNET = "type 8: Telnet session", "Points to a Telnet server: host and port are where to connect, the selector is the name to log in with.", 1436, "3.8";
    BINARY = "type 9: binary file", "Binary content: every octet counts, and the end of the connection is its end.", 1436, "3.8";
    MIRROR = "type +: another copy", "The item above it once more, on another server.", 1436, "3.8";
    TN3270 = "type T: TN3270 session", "As type 8, for an IBM terminal.", 1436, "3.8";
    GIF = "type g: GIF picture", "Binary content in the format GIF.", 1436, "3.8";
    IMAGE = "type I: picture", "Binary content; the client finds out which format it is.", 1436, "3.8";
    INFO = "type i: line of text", "Not an item at all but a line to be read. RFC 1436 does not have it; everybody uses it.", 1436, "3.8";
    HTML = "type h: HTML, or a link", "An HTML page, read until the connection ends. If its selector begins with URL:, the item is a link to the rest of the internet. RFC 1436 does not have it; everybody uses it.", 1436, "3.8";
    OTHER_TYPE = "another type", "A type that RFC 1436 does not have. Servers made up several; whatever it is, it can be fetched as binary content.", 1436, "3.8";

    SELECTOR = "selector", "Names the item to the server. Only the server knows what it means: the client sends it back octet for octet as the menu gave it. The empty one is the root menu.", 1436, "2";
    TAB = "tab", "One tab, octet 09, separates the fields. So no field can hold one.", 1436, "2";
    WORDS = "search words", "What to search for. Several words mean all of them, on most servers.", 1436, "3.7";
    PLUS_REQUEST = "Gopher+ request", "Asks for the item in the manner of Gopher+: + for its content with a length, ! for what is known of it, $ for that of a whole menu. A server without Gopher+ ignores it.", 4266, "2.3";

    DISPLAY = "display string", "What people read. It should have fewer than 70 characters.", 1436, "3.9";
    HOST = "host", "The server that has the item. It need not be the one that sent this menu.", 1436, "2";
    PORT = "port", "The port of the server that has the item, usually 70.", 1436, "2";
    PLUS_FIELD = "Gopher+ mark", "A fifth field says that the server speaks Gopher+: + for an ordinary item, ? for one with a form to fill in. Clients without Gopher+ pass over it.", 4266, "2.3";
    EXTRA_FIELD = "further field", "RFC 1436 has four fields; clients pass over what follows them.", 1436, "";
    DUMMY = "filler", "The line has nothing to fetch, but a menu line has four fields, so servers put in anything.", 1436, "";
    LINK = "link", "A URL behind URL: is a link to another server of any kind. Nothing is asked of the Gopher server.", 1436, "3.8";
    NOT_AN_ITEM = "not a menu line", "A menu line has a type and four fields with tabs between them. This has not.", 1436, "";

    END = "end of the reply", "A line with nothing but a dot ends a menu or a text and is not part of it. Then the server closes the connection.", 1436, "";
    AFTER_DOT = "behind a lone dot", "By RFC 1436 the reply was over at the lone dot. This came behind it: many servers send files as they are and end them by closing.", 1436, "";
    STUFFED_DOT = "doubled dot", "The sender doubled the dot at the start of this line, so that the line cannot be taken for the end. The receiver removes one.", 1436, "";
    CONTENT = "content", "Octets of the text itself. The protocol only carries them.", 1436, "";
    BEYOND = "more than announced", "Gopher+ announced how many octets would come; these are more.", 4266, "2.3";
    STRAY_CR = "stray carriage return", "One carriage return too many before the end of the line.", 1436, "";

    PLUS_LENGTH = "Gopher+ length", "How the content ends: + and a number of octets, -1 for a lone dot, -2 for the end of the connection.", 4266, "2.3";
    PLUS_ERROR = "Gopher+ error", "The request failed; a code and its explanation follow.", 4266, "2.3";
    PLUS_CODE = "Gopher+ error code", "1: not available. 2: try again later. 3: the item has moved.", 4266, "2.3";
    ATTRIBUTE = "Gopher+ attribute", "The name of a block of what is known of an item: +INFO is its menu line, +ADMIN who keeps it, +VIEWS in which formats it can be had.", 4266, "2.3";
    ATTRIBUTE_VALUE = "value of the attribute", "Lines of the block begin with a space.", 4266, "2.3";

    URL = "gopher URL", "Host, port, type, selector and search words in one line: gopher://host/0/readme.txt is type 0, selector /readme.txt. Odd octets are written as %XX, the tab before search words as %09.", 4266, "2.1";
    REPLY = "reply", "No status, no length, no type: how a reply is to be read follows from the type of the item that was asked for. Then the server closes.", 1436, "2";
    CONNECTION = "a connection for each request", "A server answers one request and closes the connection, so the next request needs another one. The server remembers nothing.", 1436, "2";
    LEAVE = "leaving", "Gopher has no farewell: between two requests there is no connection, and whoever asks nothing more has left. The dot is the lab's; nothing of it crosses the wire.", 1436, "2";
}

//! What the octets of HTTP/1.1 mean.

use crate::explain::Term;
use crate::terms;

terms! {
    METHOD = "method", "What is to be done with the target. Upper and lower case differ.", 9110, "9";
    GET = "GET", "Fetches the target. Safe: it changes nothing.", 9110, "9.3.1";
    HEAD = "HEAD", "As GET, but the response has no content: its header says what GET would bring.", 9110, "9.3.2";
    POST = "POST", "Gives the target something to work on. Sending it twice may do it twice.", 9110, "9.3.3";
    PUT = "PUT", "Stores the content at the target, in place of what was there.", 9110, "9.3.4";
    DELETE = "DELETE", "Removes the target.", 9110, "9.3.5";
    CONNECT = "CONNECT", "Asks a proxy for a tunnel to host:port.", 9110, "9.3.6";
    OPTIONS = "OPTIONS", "Asks what can be done with the target; * means the server itself.", 9110, "9.3.7";
    TRACE = "TRACE", "Asks to have the request sent back as it arrived.", 9110, "9.3.8";
    PATCH = "PATCH", "Changes the target as the content says.", 5789, "2";
    TARGET = "request target", "What the request is about: path and query, or a whole URI for a proxy, host:port for CONNECT, * for the server.", 9112, "3.2";
    VERSION = "protocol version", "The highest version of HTTP that the sender speaks.", 9112, "2.3";
    STATUS_LINE = "response", "The server's answer: status line, header fields, an empty line, then perhaps content.", 9112, "4";
    STATUS_CODE = "status code", "How it went: 1xx under way, 2xx done, 3xx look elsewhere, 4xx your request is at fault, 5xx the server is at fault.", 9110, "15";
    REASON = "reason phrase", "The code in words, for people. Programs ignore it; it may be missing.", 9112, "4";
    SEPARATOR = "space", "One space separates the parts of the first line.", 9112, "3";
    FIELD = "field name", "The name of a header field; upper and lower case mean the same.", 9110, "5.1";
    COLON = "colon", "Ends the field name. No space may stand before it.", 9112, "5.1";
    OWS = "optional white space", "Means nothing; by habit one space stands before the value.", 9110, "5.6.3";
    VALUE = "field value", "What the field says.", 9110, "5.5";
    FOLD = "folded line", "A line that begins with white space continues the field before it. Nobody may send this any more.", 9112, "5.2";
    HEADER_END = "empty line", "The empty line ends the header.", 9112, "2.1";
    CONTENT = "content", "The octets that the message carries.", 9110, "6.4";
    METHOD_NAME = "method name", "The method that XML-RPC calls.", 9110, "6.4";
    RPC_VALUE = "value", "A value of XML-RPC; the element around it names its type, and text alone in value is a string.", 9110, "6.4";
    MEMBER_NAME = "member name", "The name of a value in a struct of XML-RPC.", 9110, "6.4";
    XML_TAG = "tag", "Begins or ends an element of XML.", 9110, "6.4";
    XML_DECLARATION = "XML declaration", "Says that this is XML, and of which version.", 9110, "6.4";
    XML_COMMENT = "comment", "For people; programs skip it.", 9110, "6.4";
    OCTETS = "octets of another protocol", "HTTP only carries them.", 9110, "7.8";
    CHUNK_END = "end of the chunk", "CR LF stands behind the octets of each chunk.", 9112, "7.1";
    CHUNK_SIZE = "chunk size", "So many octets follow, in hexadecimal. Zero ends the content.", 9112, "7.1";
    CHUNK_EXTENSION = "chunk extension", "A remark about this chunk. Receivers ignore what they do not know.", 9112, "7.1.1";
    AUTH_SCHEME = "authentication scheme", "The way the client proves who it is.", 9110, "11.1";
    CREDENTIALS = "credentials", "A secret or something made from one. It is masked here, not on the wire.", 9110, "11.4";

    HOST = "Host", "The host, and the port if it is not 80, that the request is for; one server may answer for many. Exactly one in every request of HTTP/1.1.", 9110, "7.2";
    USER_AGENT = "User-Agent", "The program that asks.", 9110, "10.1.5";
    ACCEPT = "Accept", "The media types that the client can use.", 9110, "12.5.1";
    ACCEPT_ENCODING = "Accept-Encoding", "The content codings, such as gzip, that the client can undo.", 9110, "12.5.3";
    ACCEPT_LANGUAGE = "Accept-Language", "The languages that the person reads.", 9110, "12.5.4";
    ACCEPT_RANGES = "Accept-Ranges", "The server can send parts of this.", 9110, "14.3";
    AGE = "Age", "Seconds that the response has spent in caches.", 9111, "5.1";
    ALLOW = "Allow", "The methods that this target takes.", 9110, "10.2.1";
    AUTHORIZATION = "Authorization", "The client's credentials.", 9110, "11.6.2";
    PROXY_AUTHORIZATION = "Proxy-Authorization", "The client's credentials for the proxy.", 9110, "11.7.2";
    WWW_AUTHENTICATE = "WWW-Authenticate", "How the client can prove who it is.", 9110, "11.6.1";
    PROXY_AUTHENTICATE = "Proxy-Authenticate", "How the client can prove to the proxy who it is.", 9110, "11.7.1";
    CACHE_CONTROL = "Cache-Control", "Who may keep a copy, and for how long.", 9111, "5.2";
    CONNECTION = "Connection", "Options for this connection only: close, keep-alive, upgrade.", 9110, "7.6.1";
    CONTENT_DISPOSITION = "Content-Disposition", "Whether to show or to store the content, and under which name.", 6266, "4";
    CONTENT_ENCODING = "Content-Encoding", "How the content was coded, most often compressed; undo it to get the media type.", 9110, "8.4";
    CONTENT_LANGUAGE = "Content-Language", "The language of the intended readers.", 9110, "8.5";
    CONTENT_LENGTH = "Content-Length", "The content has exactly so many octets; the message ends behind them.", 9110, "8.6";
    CONTENT_LOCATION = "Content-Location", "The address of exactly this form of the target.", 9110, "8.7";
    CONTENT_RANGE = "Content-Range", "Which part of the whole this is.", 9110, "14.4";
    CONTENT_TYPE = "Content-Type", "The media type of the content.", 9110, "8.3";
    COOKIE = "Cookie", "What the server asked the client to remember.", 6265, "4.2";
    SET_COOKIE = "Set-Cookie", "The client is to send this back with later requests.", 6265, "4.1";
    DATE = "Date", "When the response was made.", 9110, "6.6.1";
    ETAG = "ETag", "Names this version of the content. W/ marks a weak one: equal in meaning, perhaps not in octets.", 9110, "8.8.3";
    EXPECT = "Expect", "100-continue: the client waits with the content until the server wants it.", 9110, "10.1.1";
    EXPIRES = "Expires", "After this a copy is stale.", 9111, "5.3";
    IF_MATCH = "If-Match", "Do it only if the version is still one of these.", 9110, "13.1.1";
    IF_NONE_MATCH = "If-None-Match", "Do it only if the version is none of these: spares sending what the client has.", 9110, "13.1.2";
    IF_MODIFIED_SINCE = "If-Modified-Since", "Send it only if it has changed since.", 9110, "13.1.3";
    IF_UNMODIFIED_SINCE = "If-Unmodified-Since", "Do it only if it has not changed since.", 9110, "13.1.4";
    IF_RANGE = "If-Range", "The range if the version is still this, else the whole.", 9110, "13.1.5";
    KEEP_ALIVE = "Keep-Alive", "How long an idle connection stays open; left over from HTTP/1.0.", 9112, "9.3";
    LAST_MODIFIED = "Last-Modified", "When the target changed last.", 9110, "8.8.2";
    LINK = "Link", "Another resource, and how it belongs to this one.", 8288, "3";
    LOCATION = "Location", "Where to go next, or where the new thing is. It may be relative.", 9110, "10.2.2";
    RANGE = "Range", "Only these octets, please; counted from 0, both ends included.", 9110, "14.2";
    REFERER = "Referer", "The page that led here. The name is misspelled, and so it stays.", 9110, "10.1.3";
    RETRY_AFTER = "Retry-After", "When to try again.", 9110, "10.2.3";
    SERVER = "Server", "The program that answers.", 9110, "10.2.4";
    STRICT_TRANSPORT_SECURITY = "Strict-Transport-Security", "From now on use this host over TLS only.", 6797, "6.1";
    TE = "TE", "The transfer codings that the client takes; trailers means that it reads trailer fields.", 9110, "10.1.4";
    TRAILER = "Trailer", "The fields that will follow the content.", 9110, "6.6.2";
    TRANSFER_ENCODING = "Transfer-Encoding", "How the message is framed. chunked, which must stand last, sends the content in pieces of stated size.", 9112, "6.1";
    UPGRADE = "Upgrade", "Protocols that the sender would rather speak on this connection.", 9110, "7.8";
    VARY = "Vary", "The request fields that the choice of this form depended on.", 9110, "12.5.5";
    VIA = "Via", "The proxies on the way.", 9110, "7.6.3";
    BASIC = "Basic authentication", "Name and password, joined by a colon, in base64: anyone on the way can read them.", 7617, "2";
    DIGEST = "Digest authentication", "A digest of password and nonce, so that the password does not cross the wire.", 7616, "3";
    REFERENCE = "URI reference", "An address, perhaps relative to the one it was found at.", 3986, "5";
}

/// The entry of a field, or the one for fields in general.
pub(super) fn field(name: &str) -> &'static Term {
    ALL.iter()
        .copied()
        .skip_while(|term| *term != &HOST)
        .take_while(|term| *term != &BASIC)
        .find(|term| term.title.eq_ignore_ascii_case(name))
        .unwrap_or(&FIELD)
}

//! Status codes: their reason phrases, and what they mean in a sentence.

/// The reason phrase and a sentence; a code that nobody registered has neither.
pub(super) fn known(code: u16) -> Option<(&'static str, &'static str)> {
    CODES.iter().find(|(known, ..)| *known == code).map(|(_, reason, text)| (*reason, *text))
}

/// What a code means; an unknown one means what x00 of its class means (RFC 9110 section 15).
pub(super) fn meaning(code: u16) -> &'static str {
    known(code).map_or_else(|| class(code), |(_, text)| text)
}

pub(super) fn reason(code: u16) -> &'static str {
    known(code).map_or("", |(reason, _)| reason)
}

fn class(code: u16) -> &'static str {
    match code / 100 {
        1 => "An interim response of a kind the lab does not know.",
        2 => "A success of a kind the lab does not know; it is taken as 200.",
        3 => "A redirection of a kind the lab does not know; it is taken as 300.",
        4 => "An error of a kind the lab does not know; it is taken as 400.",
        5 => "A failure of a kind the lab does not know; it is taken as 500.",
        _ => "Codes go from 100 to 599; this one is invalid and taken as 500.",
    }
}

const CODES: &[(u16, &str, &str)] = &[
    (100, "Continue", "The server wants the content: send it."),
    (101, "Switching Protocols", "From the next octet on another protocol is spoken."),
    (102, "Processing", "The server is at work; the final response follows."),
    (103, "Early Hints", "Hints of what the final response will ask for; it follows."),
    (200, "OK", "The request succeeded."),
    (201, "Created", "Something new was made."),
    (202, "Accepted", "The request is accepted, but not yet carried out."),
    (203, "Non-Authoritative Information", "A proxy has changed the response on its way."),
    (204, "No Content", "Done, and there is nothing to say."),
    (205, "Reset Content", "Done; the form may be emptied."),
    (206, "Partial Content", "Here are the ranges that were asked for."),
    (207, "Multi-Status", "The content holds a status for each part (WebDAV)."),
    (208, "Already Reported", "Listed before in this response (WebDAV)."),
    (226, "IM Used", "The content is the difference to an earlier one."),
    (300, "Multiple Choices", "There are several forms to choose from."),
    (301, "Moved Permanently", "It lives at another address now; use that one from now on."),
    (302, "Found", "For the moment it is at another address."),
    (303, "See Other", "The answer is at another address; fetch it with GET."),
    (304, "Not Modified", "What you have is still current; no content follows."),
    (305, "Use Proxy", "Out of use."),
    (307, "Temporary Redirect", "Send the same request, method and content, to another address."),
    (308, "Permanent Redirect", "From now on send the same request to another address."),
    (400, "Bad Request", "The server cannot make sense of the request."),
    (401, "Unauthorized", "Say who you are: credentials are needed, or were wrong."),
    (402, "Payment Required", "Reserved."),
    (403, "Forbidden", "The server understood, and will not do it."),
    (404, "Not Found", "There is nothing at this target."),
    (405, "Method Not Allowed", "This target does not take this method; Allow says which."),
    (406, "Not Acceptable", "There is no form of it that you accept."),
    (407, "Proxy Authentication Required", "The proxy wants to know who you are."),
    (408, "Request Timeout", "The request took too long to arrive."),
    (409, "Conflict", "The request conflicts with the current state of the target."),
    (410, "Gone", "It was here and will not come back."),
    (411, "Length Required", "The server wants Content-Length."),
    (412, "Precondition Failed", "A condition of the request does not hold; nothing was done."),
    (413, "Content Too Large", "The content is larger than the server takes."),
    (414, "URI Too Long", "The target is longer than the server reads."),
    (415, "Unsupported Media Type", "The server does not take this form of content."),
    (416, "Range Not Satisfiable", "None of the ranges lies inside the content."),
    (417, "Expectation Failed", "The server cannot do what Expect asks."),
    (418, "I'm a teapot", "A joke that became a reserved number."),
    (421, "Misdirected Request", "This server does not answer for that host."),
    (422, "Unprocessable Content", "The form is right, what it says is not."),
    (423, "Locked", "The target is locked (WebDAV)."),
    (424, "Failed Dependency", "An earlier step failed (WebDAV)."),
    (425, "Too Early", "The request could have been replayed; send it again later."),
    (426, "Upgrade Required", "Only in another protocol; Upgrade says which."),
    (428, "Precondition Required", "Make the request conditional, so that nothing gets lost."),
    (429, "Too Many Requests", "Slow down."),
    (431, "Request Header Fields Too Large", "The header is larger than the server reads."),
    (451, "Unavailable For Legal Reasons", "The law forbids it."),
    (500, "Internal Server Error", "Something broke inside the server."),
    (501, "Not Implemented", "The server does not know this method."),
    (502, "Bad Gateway", "The server behind this one gave a wrong answer."),
    (503, "Service Unavailable", "Not now; Retry-After may say when."),
    (504, "Gateway Timeout", "The server behind this one did not answer in time."),
    (505, "HTTP Version Not Supported", "The server does not speak this version."),
    (506, "Variant Also Negotiates", "The server is set up wrongly."),
    (507, "Insufficient Storage", "There is no room for it (WebDAV)."),
    (508, "Loop Detected", "The request runs in a circle (WebDAV)."),
    (511, "Network Authentication Required", "Log in to the network first."),
];

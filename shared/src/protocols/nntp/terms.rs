//! What the octets of NNTP mean.

use crate::terms;

terms! {
    // Parts of replies.
    CODE = "reply code", "Three digits. The first says how it went (1 information, 2 done, 3 go on, 4 failed, 5 unknown or not allowed), the second what it is about. The code also tells whether a block of lines follows.", 3977, "3.2";
    TEXT = "text for people", "Programs must not depend on this text.", 3977, "3.2";
    COUNT = "number of articles", "About how many articles the group holds. It is an estimate and may be too large.", 3977, "6.1.1";
    LOW = "low water mark", "No article of the group has a smaller number. It only rises.", 3977, "6.1.1";
    HIGH = "high water mark", "No article of the group has a larger number. In an empty group it is one below the low water mark.", 3977, "6.1.1";
    DATE_TIME = "date and time", "Year, month, day, hour, minute and second in fourteen digits, in UTC.", 3977, "7.1";
    CHALLENGE = "challenge", "What the mechanism wants to be answered, in base64. A single = is an empty one.", 4643, "2.4";
    LABEL = "capability label", "The capability that the client would need first.", 3977, "3.2.1";
    STRANGE = "not a reply", "A reply begins with three digits. This does not.", 3977, "3.2";
    GREETING = "greeting", "The server speaks first, and says whether it takes articles: 200 yes, 201 no.", 3977, "5.1";
    CLEAR_AFTER_TLS = "clear text after 382", "After 382 the next octets must belong to the TLS handshake. These do not, so somebody on the way may have slipped them in.", 4642, "2.2";

    // Parts of commands and listings.
    SEPARATOR = "separator", "One or more spaces or tabs stand between the words of a line.", 3977, "3.1";
    TAB = "tab", "Separates the fields of an overview line. A tab inside a field was replaced by a space.", 3977, "8.3";
    GROUP_NAME = "newsgroup", "The name of a group; its parts go from the general to the special.", 3977, "4.1";
    NUMBER = "article number", "Numbers an article within one group on one server. Another server gives it another number.", 3977, "6";
    MESSAGE_ID = "message-id", "Names an article everywhere and for ever, on every server and in every group.", 3977, "3.6";
    RANGE = "range", "n is one article, n- everything from n on, n-m everything from n to m.", 3977, "6.1.2";
    WILDMAT = "wildmat", "A pattern of group names: * is any run of characters, ? is one, a comma separates alternatives, ! takes away. The last one that fits decides.", 3977, "4";
    PATTERN = "pattern", "A pattern that the field's content must match.", 2980, "2.9";
    DATE_ARGUMENT = "date", "yyyymmdd, or yymmdd with the century left to the server.", 3977, "7.3";
    TIME_ARGUMENT = "time", "hhmmss.", 3977, "7.3";
    GMT = "GMT", "The date and time are in UTC, not in the server's own time zone.", 3977, "7.3";
    FIELD = "header field", "The name of a header field without its colon, or :bytes or :lines for what the server counted.", 3977, "8.5";
    FIELD_CONTENT = "content of the field", "The field without its name, unfolded to one line.", 3977, "8.5";
    USER_NAME = "user name", "The name of the account.", 4643, "2.3";
    SECRET = "password", "A secret. It is masked here, not on the wire.", 4643, "2.3";
    MECHANISM = "SASL mechanism", "The way to log in.", 4422, "3.1";
    INITIAL_RESPONSE = "initial response", "The first SASL response, sent together with the command. = is the empty one.", 4643, "2.4";
    SASL_RESPONSE = "SASL response", "The answer to the server's challenge, in base64. = is an empty one, * gives up.", 4643, "2.4";
    ALGORITHM = "compression", "The way to compress. DEFLATE is the only one defined.", 8054, "2.2";
    KEYWORD = "keyword", "Narrows what is asked for.", 3977, "9.2";
    CAPABILITY = "capability", "Something that this server can do, by its label.", 3977, "3.3";
    CAPABILITY_ARGUMENT = "argument of the capability", "More about the capability before it.", 3977, "3.3";
    STATUS = "status of the group", "y: posting is allowed, n: it is not, m: posts go to the moderator first.", 3977, "7.6.3";
    SECONDS = "creation time", "Seconds since the beginning of 1970.", 3977, "7.6.4";
    CREATOR = "creator", "Who made the group, as text.", 3977, "7.6.4";
    DESCRIPTION = "description", "What the group is about.", 3977, "7.6.6";
    SUBJECT = "Subject", "The first field of an overview line.", 3977, "8.3";
    FROM = "From", "The second field of an overview line: who wrote it.", 3977, "8.3";
    DATE_FIELD = "Date", "The third field of an overview line: when it was written.", 3977, "8.3";
    REFERENCES = "References", "The fifth field of an overview line: the articles that this one answers, the oldest first.", 3977, "8.3";
    BYTES = ":bytes", "The sixth field of an overview line: the size of the article in octets.", 3977, "8.1.1";
    LINES = ":lines", "The seventh field of an overview line: the lines of the body.", 3977, "8.1.2";
    EXTRA = "further field", "From the eighth on a field carries its name, as LIST OVERVIEW.FMT says.", 3977, "8.4";
    WEIGHT = "weight", "Of the lines that match, the one with the highest weight counts.", 3977, "7.6.5";
    DISTRIBUTION = "distribution", "How far an article is meant to travel.", 6048, "2.3";
    SUBMISSION = "submission address", "Posts to moderated groups that match go to this address; %s stands for the group.", 6048, "2.4";
    NEWS_TEXT = "line of text", "A line for people.", 3977, "3.1.1";

    // Commands.
    CAPABILITIES = "CAPABILITIES", "Asks what the server can do. Ask again after STARTTLS, MODE READER and a login.", 3977, "5.2";
    MODE_READER = "MODE READER", "Tells a server that speaks to other servers that a reader is here.", 3977, "5.3";
    MODE_STREAM = "MODE STREAM", "Asks whether articles can be streamed with CHECK and TAKETHIS.", 4644, "2.3";
    QUIT = "QUIT", "Ends the session.", 3977, "5.4";
    HELP = "HELP", "Asks for a summary of the commands, for people.", 3977, "7.2";
    DATE = "DATE", "Asks for the server's date and time in UTC, to be used with NEWGROUPS and NEWNEWS.", 3977, "7.1";
    GROUP = "GROUP", "Selects a group. Its first article becomes the current one.", 3977, "6.1.1";
    LISTGROUP = "LISTGROUP", "Selects a group as GROUP does, and lists the numbers of its articles.", 3977, "6.1.2";
    NEXT = "NEXT", "Makes the next article of the group the current one.", 3977, "6.1.4";
    LAST = "LAST", "Makes the article before the current one the current one.", 3977, "6.1.3";
    ARTICLE = "ARTICLE", "Fetches a whole article. With a number it also becomes the current one; with a message-id it does not.", 3977, "6.2.1";
    HEAD = "HEAD", "Fetches the header of an article.", 3977, "6.2.2";
    BODY = "BODY", "Fetches the body of an article.", 3977, "6.2.3";
    STAT = "STAT", "Asks whether an article is there, and with a number makes it the current one.", 3977, "6.2.4";
    POST = "POST", "Asks to post an article. The article follows only after the server has said 340.", 3977, "6.3.1";
    IHAVE = "IHAVE", "Offers an article to another server, which says whether it wants it.", 3977, "6.3.2";
    CHECK = "CHECK", "Asks whether the server wants an article; several can be on their way at once.", 4644, "2.4";
    TAKETHIS = "TAKETHIS", "Sends an article without asking. It follows the command at once.", 4644, "2.5";
    POSTED_ARTICLE = "article", "Header fields, an empty line, the body. Dots at line starts are doubled, and a line with one dot ends it.", 3977, "3.6";
    NEWGROUPS = "NEWGROUPS", "Lists the groups made since a date.", 3977, "7.3";
    NEWNEWS = "NEWNEWS", "Lists the message-ids of the articles that came since a date.", 3977, "7.4";
    OVER = "OVER", "Fetches the overview of articles: a line each, with the fields that a reader's list shows.", 3977, "8.3";
    XOVER = "XOVER", "The older form of OVER.", 2980, "2.8";
    HDR = "HDR", "Fetches one header field of many articles.", 3977, "8.5";
    XHDR = "XHDR", "The older form of HDR. Its reply code is 221.", 2980, "2.6";
    XPAT = "XPAT", "As XHDR, for the articles whose field matches a pattern.", 2980, "2.9";
    LIST = "LIST", "Without a keyword: lists the groups, as LIST ACTIVE.", 3977, "7.6.1";
    LIST_ACTIVE = "LIST ACTIVE", "Lists the groups with their marks: the high one first, then the low one.", 3977, "7.6.3";
    LIST_ACTIVE_TIMES = "LIST ACTIVE.TIMES", "Lists when each group was made, and by whom.", 3977, "7.6.4";
    LIST_DISTRIB_PATS = "LIST DISTRIB.PATS", "Lists which distribution suits which groups.", 3977, "7.6.5";
    LIST_NEWSGROUPS = "LIST NEWSGROUPS", "Lists the groups with their descriptions.", 3977, "7.6.6";
    LIST_OVERVIEW_FMT = "LIST OVERVIEW.FMT", "Lists the fields of an overview line, in order.", 3977, "8.4";
    LIST_HEADERS = "LIST HEADERS", "Lists the fields that HDR can fetch. A colon alone means any.", 3977, "8.6";
    LIST_COUNTS = "LIST COUNTS", "Lists the groups with their marks and the number of their articles.", 6048, "2.2";
    LIST_DISTRIBUTIONS = "LIST DISTRIBUTIONS", "Lists the distributions with what they mean.", 6048, "2.3";
    LIST_MODERATORS = "LIST MODERATORS", "Lists where posts to moderated groups are sent.", 6048, "2.4";
    LIST_MOTD = "LIST MOTD", "The message of the day.", 6048, "2.5";
    LIST_SUBSCRIPTIONS = "LIST SUBSCRIPTIONS", "Lists the groups recommended to new readers.", 6048, "2.6";
    AUTHINFO_USER = "AUTHINFO USER", "Says who you are.", 4643, "2.3";
    AUTHINFO_PASS = "AUTHINFO PASS", "Gives the password. It crosses the wire in clear text.", 4643, "2.3";
    AUTHINFO_SASL = "AUTHINFO SASL", "Logs in with a SASL mechanism.", 4643, "2.4";
    STARTTLS = "STARTTLS", "Asks to go on encrypted. After 382 the TLS handshake follows.", 4642, "2.2";
    COMPRESS = "COMPRESS", "Asks to go on compressed. After 206 both directions are one compressed stream.", 8054, "2.2";
    XGTITLE = "XGTITLE", "The older form of LIST NEWSGROUPS.", 2980, "2";
    XPATH = "XPATH", "Asks under which file names the server keeps an article.", 2980, "2.10";
    XROVER = "XROVER", "Fetches the References of articles.", 2980, "2.11";
    SLAVE = "SLAVE", "Told the servers of 1986 that another server was asking. Nobody needs it any more.", 977, "3.12";
    OTHER = "other command", "A command that this lab does not know.", 3977, "3.3.3";

    // Fields of an article that news has and mail has not, or uses in its own way.
    PATH = "Path", "The servers that the article has passed, the newest first. The one where it was posted begins it.", 5536, "3.1.5";
    NEWSGROUPS = "Newsgroups", "The groups that the article is posted to, separated by commas.", 5536, "3.1.4";
    MESSAGE_ID_FIELD = "Message-ID", "Names the article for ever. If the author gives none, the server does.", 5536, "3.1.3";
    REFERENCES_FIELD = "References", "The articles that this one answers, the oldest first. Readers build the thread from it.", 5536, "3.2.10";
    FOLLOWUP_TO = "Followup-To", "Where answers should go, if not to the same groups.", 5536, "3.2.6";
    INJECTION_DATE = "Injection-Date", "When the article entered the network, by the clock of the server that took it.", 5536, "3.2.7";
    INJECTION_INFO = "Injection-Info", "The server that took the article from its author answers for it.", 5536, "3.2.8";
    XREF = "Xref", "In which groups of this server the article is, with its number in each.", 5536, "3.2.14";
}

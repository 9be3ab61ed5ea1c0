"""Calls every method of nntplib against a practice server: nntp_client.py HOST PORT."""
import datetime
import io
import ssl
import sys
import time
import warnings

warnings.simplefilter("ignore", DeprecationWarning)
try:
    import nntplib
except ModuleNotFoundError:
    print("nntplib: not in this Python (3.13 took it out)")
    print("ok")
    sys.exit()

HOST, PORT = sys.argv[1], int(sys.argv[2])
LONG_AGO = datetime.datetime(2001, 1, 1)


def told(method, result=""):
    print(f"{method}: {result}" if result != "" else method)


def connected(**options):
    return nntplib.NNTP(HOST, PORT, timeout=20, **options)


def raises(error, code, call, *arguments, **options):
    try:
        call(*arguments, **options)
    except error as raised:
        assert raised.response.startswith(code), raised.response
        return raised
    raise AssertionError(f"{call} did not raise {error}")


def hello():
    server = connected(readermode=True)
    assert server.getwelcome().startswith("200 practice.lab"), server.getwelcome()
    told("getwelcome", server.getwelcome())
    capabilities = server.getcapabilities()
    assert "READER" in capabilities and capabilities["OVER"] == ["MSGID"], capabilities
    assert (server.nntp_version, server.nntp_implementation) == (2, "Wirelab")
    told("getcapabilities", sorted(capabilities))
    response, again = server.capabilities()
    assert response.startswith("101 ") and again == capabilities
    told("capabilities")
    server.set_debuglevel(0)
    server.debug(0)
    told("set_debuglevel, debug")
    response, date = server.date()
    assert response.startswith("111 ") and date.year >= 2026, date
    told("date", date)
    response, lines = server.help()
    assert response.startswith("100 ") and "GROUP newsgroup" in lines, lines
    told("help", f"{len(lines)} lines")
    raises(nntplib.NNTPPermanentError, "500", server.slave)
    told("slave", "NNTPPermanentError")
    raises(nntplib.NNTPPermanentError, "503", server.starttls, ssl.create_default_context())
    told("starttls", "NNTPPermanentError")
    assert server.quit().startswith("205 ")
    told("quit")


def lists():
    with connected() as server:
        response, groups = server.list()
        names = {group.group: group for group in groups}
        assert response.startswith("215 ") and names["comp.lang.python"].first == "1", groups
        assert names["lab.announce"].flag == "n"
        told("list", sorted(names))
        _, groups = server.list("comp.*")
        assert {group.group for group in groups} == {"comp.lang.python", "comp.protocols.misc"}
        told("list with a pattern")
        assert server.description("misc.test") == "Post your tests here."
        told("description")
        _, descriptions = server.descriptions("comp.*")
        assert descriptions["comp.lang.python"] == "The Python programming language."
        told("descriptions")
        _, groups = server.newgroups(LONG_AGO)
        assert "misc.test" in {group.group for group in groups}
        told("newgroups")
        _, ids = server.newnews("comp.lang.python", LONG_AGO)
        assert ids == [f"<python.{n}@practice.lab>" for n in (1, 2, 3)], ids
        told("newnews", ids)
        server.nntp_version = 1
        assert server.newgroups(datetime.date(2001, 1, 1))[0].startswith("231 ")
        told("newgroups with two digits of the year")


def reading():
    with connected() as server:
        raises(nntplib.NNTPTemporaryError, "412", server.next)
        response, count, first, last, name = server.group("comp.lang.python")
        assert (count, first, last, name) == (3, 1, 3, "comp.lang.python"), response
        told("group", (count, first, last, name))
        raises(nntplib.NNTPTemporaryError, "411", server.group, "no.such.group")
        told("group that is not there", "NNTPTemporaryError")
        assert server.stat()[1:] == (1, "<python.1@practice.lab>")
        assert server.stat(2)[1:] == (2, "<python.2@practice.lab>")
        assert server.stat("<python.3@practice.lab>")[1:] == (0, "<python.3@practice.lab>")
        told("stat")
        assert server.next()[1:] == (3, "<python.3@practice.lab>")
        raises(nntplib.NNTPTemporaryError, "421", server.next)
        told("next")
        assert server.last()[1:] == (2, "<python.2@practice.lab>")
        told("last")
        _, head = server.head(1)
        assert b"Subject: Which module speaks NNTP?" in head.lines and b"" not in head.lines
        told("head", (head.number, head.message_id))
        _, body = server.body("<misc.1@practice.lab>")
        assert body.lines[:4] == [b"The dot below is not the end:", b".", b"..", b".three"]
        told("body", body.lines)
        raises(nntplib.NNTPTemporaryError, "423", server.body, 0)
        _, article = server.article()
        assert article.number == 1 and b"" in article.lines, article
        told("article", f"{len(article.lines)} lines")
        file = io.BytesIO()
        _, article = server.article(2, file=file)
        assert article.lines == [] and b"nntplib" in file.getvalue()
        told("article into a file", f"{len(file.getvalue())} octets")


def fields():
    with connected() as server:
        server.group("misc.test")
        _, subjects = server.xhdr("subject", "1-3")
        assert subjects[0] == ("1", "test 1") and subjects[1][0] == "3", subjects
        told("xhdr", subjects)
        response, overviews = server.xover(1, 3)
        number, first = overviews[0]
        assert response.startswith("224 ") and number == 1 and first["subject"] == "test 1"
        assert first[":lines"] == "1" and first["xref"].startswith("practice.lab "), first
        told("xover", [number for number, _ in overviews])
        _, overviews = server.over((3, None))
        assert overviews[0][1]["references"] == "<test.1@practice.lab>", overviews
        assert overviews[0][1]["subject"] == "test 3, with a folded subject and a tab"
        told("over")
        _, overviews = server.over("<test.4@practice.lab>")
        subject = nntplib.decode_header(overviews[0][1]["subject"])
        assert subject == "Umlaute in \u00dcberschriften", subject
        told("over with a message-id, decode_header", subject)


def posting():
    with connected() as server:
        article = b"From: you@practice.lab\nNewsgroups: misc.test\nSubject: from Python\n\n.\n..two"
        response = server.post(article)
        assert response.startswith("240 <"), response
        told("post", response)
        id = response.split()[1]
        _, body = server.body(id)
        assert body.lines == [b".", b"..two"], body
        assert server.post(io.BytesIO(article)).startswith("240 ")
        told("post from a file")
        error = raises(nntplib.NNTPTemporaryError, "441", server.post, b"Subject: x\n\nx")
        told("post without From", error.response)
        assert server.group("misc.test")[3] >= 6
        offered = f"<offer.{time.time_ns()}@python.example>"
        header = f"Path: python.example!not-for-mail\nMessage-ID: {offered}\nDate: Mon, 05 Jan 2026 08:00:00 +0000\n"
        assert server.ihave(offered, header.encode() + article).startswith("235 ")
        told("ihave")
        raises(nntplib.NNTPTemporaryError, "435", server.ihave, id, article)
        told("ihave of an article that is there", "NNTPTemporaryError")


def login():
    with connected() as server:
        raises(nntplib.NNTPTemporaryError, "480", server.group, "lab.private")
        raises(nntplib.NNTPTemporaryError, "481", server.login, "student", "wrong", False)
        server.login("student", "lab-secret", usenetrc=False)
        assert "AUTHINFO" not in server.getcapabilities()
        assert server.group("lab.private")[1] >= 1
        told("login")
    server = nntplib.NNTP(HOST, PORT, "student", "lab-secret", usenetrc=False, timeout=20)
    assert b"You got in with AUTHINFO." in server.body("<private.1@practice.lab>")[1].lines
    server.quit()
    told("NNTP with user and password")


for part in hello, lists, reading, fields, posting, login:
    part()
print("ok")

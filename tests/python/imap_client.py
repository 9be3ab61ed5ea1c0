"""Calls every method of imaplib against a practice server: imap_client.py HOST PORT."""
import imaplib
import sys
import threading
import time

HOST, PORT = sys.argv[1], int(sys.argv[2])
MAIL = b"From: me\nSubject: by imaplib\n\n.dots\n* BYE\na1 OK\n"


def connected():
    return imaplib.IMAP4(HOST, PORT, timeout=20)


def told(method, result=""):
    print(f"{method}: {result}" if result != "" else method)


def ok(answer):
    typ, data = answer
    assert typ == "OK", answer
    return data


def raises(call, *arguments, with_text=""):
    try:
        call(*arguments)
    except imaplib.IMAP4.error as raised:
        assert with_text in str(raised), raised
        return raised
    raise AssertionError(f"{call} did not raise an error")


def refused(answer, with_text):
    typ, data = answer
    assert typ == "NO" and with_text.encode() in data[0], answer


def logged_in(mailbox="INBOX"):
    box = connected()
    ok(box.login("student", "lab-secret"))
    if mailbox:
        ok(box.select(mailbox))
    return box


def greeting():
    box = connected()
    told("welcome", box.welcome)
    assert box.PROTOCOL_VERSION == "IMAP4REV1"
    assert "IDLE" in box.capabilities and "AUTH=PLAIN" in box.capabilities, box.capabilities
    told("capability", ok(box.capability()))
    raises(box.starttls, with_text="TLS not supported")
    raises(box.login, "student", "wrong", with_text="AUTHENTICATIONFAILED")
    raises(box.select, with_text="illegal in state NONAUTH")
    told("login", ok(box.login("student", "lab-secret")))
    told("noop", ok(box.noop()))
    told("namespace", ok(box.namespace()))
    told("enable", ok(box.enable("IMAP4rev2")))
    told("logout", box.logout())

    box = connected()
    told("authenticate", ok(box.authenticate("PLAIN", lambda challenge: b"\0student\0lab-secret")))
    box.logout()
    box = connected()
    raises(box.authenticate, "PLAIN", lambda challenge: None, with_text="given up")
    told("login_cram_md5", ok(box.login_cram_md5("student", "lab-secret")))
    box.logout()


def mailboxes():
    box = logged_in(None)
    names = ok(box.list())
    assert b'(\\HasNoChildren) "/" INBOX' in names, names
    told("list", names)
    told("create", ok(box.create('"By Python"')))
    told("subscribe", ok(box.subscribe('"By Python"')))
    told("lsub", ok(box.lsub(pattern="*")))
    told("rename", ok(box.rename('"By Python"', "Python/Box")))
    told("unsubscribe", ok(box.unsubscribe('"By Python"')))
    told("append", ok(box.append("Python/Box", "(\\Seen)", imaplib.Time2Internaldate(1e9), MAIL)))
    told("status", ok(box.status("Python/Box", "(MESSAGES UIDNEXT UNSEEN)")))
    assert box.status("Python/Box", "(MESSAGES)")[1] == [b"Python/Box (MESSAGES 1)"]
    ok(box.select("Python/Box"))
    answer = ok(box.fetch("1", "(INTERNALDATE FLAGS BODY.PEEK[])"))
    assert answer[0][1] == MAIL.replace(b"\n", b"\r\n"), answer
    when = imaplib.Internaldate2tuple(answer[0][0])
    assert time.mktime(when) == 1e9, answer
    assert imaplib.ParseFlags(answer[0][0]) == (b"\\Seen", b"\\Recent"), answer
    told("Time2Internaldate, Internaldate2tuple, ParseFlags, Int2AP", imaplib.Int2AP(4711))
    told("unselect", ok(box.unselect()))
    told("delete", ok(box.delete("Python/Box")))
    refused(box.delete("INBOX"), "INBOX is always there")
    refused(box.append("Nowhere", None, None, MAIL), "[TRYCREATE]")
    refused(box.select("Nowhere"), "NONEXISTENT")
    told("getquota", ok(box.getquota('""')))
    told("getquotaroot", ok(box.getquotaroot("INBOX")))
    refused(box.setquota('""', "(STORAGE 1)"), "NOPERM")
    told("setquota is refused")
    for call, *arguments in (
        (box.getacl, "INBOX"),
        (box.setacl, "INBOX", "alice", "lr"),
        (box.deleteacl, "INBOX", "alice"),
        (box.myrights, "INBOX"),
        (box.getannotation, "INBOX", '"/comment"', '"value"'),
        (box.setannotation, "INBOX", '"/comment"', '("value" "x")'),
        (box.proxyauth, "alice"),
    ):
        raises(call, *arguments, with_text="BAD")
        told(f"{call.__name__} is not there")
    told("xatom", ok(box.xatom("ID", "NIL")))
    box.logout()


def reading():
    box = logged_in()
    told("select", box.response("UIDVALIDITY"))
    assert box.response("EXISTS") == ("EXISTS", [b"5"])
    count = int(ok(box.search(None, "ALL"))[0].split()[-1])
    assert count == 5
    told("search", ok(box.search("UTF-8", "SUBJECT", '"dots"')))
    told("sort", ok(box.sort("(REVERSE DATE)", "UTF-8", "ALL")))
    told("thread", ok(box.thread("ORDEREDSUBJECT", "UTF-8", "ALL")))
    for number in range(1, count + 1):
        head, *rest = ok(box.fetch(str(number), "(RFC822.SIZE BODY.PEEK[] ENVELOPE BODYSTRUCTURE)"))
        size = int(head[0].split(b"RFC822.SIZE ")[1].split()[0])
        assert len(head[1]) == size, (number, head)
    told("fetch", f"{count} messages of the sizes that were told")
    raises(box.fetch, "99", "FLAGS", with_text="not there")
    raises(box.partial, "1", "RFC822", "0", "10")
    told("partial is not there")
    told("store", ok(box.store("2", "+FLAGS", "\\Deleted")))
    told("copy", ok(box.copy("2", "Archive")))
    told("uid", ok(box.uid("FETCH", "2", "(FLAGS)")))
    told("recent", ok(box.recent()))
    told("check", ok(box.check()))
    told("expunge", ok(box.expunge()))
    assert ok(box.search(None, "ALL")) == [b"1 2 3 4"]
    told("close", ok(box.close()))
    ok(box.select("Archive", readonly=True))
    assert box.is_readonly
    refused(box.store("1", "FLAGS", "\\Deleted"), "READ-ONLY")
    box.print_log()
    told("socket", box.socket().getpeername()[1] == PORT)
    # The lower half of the module: the wire itself.
    box.send(b"zz1 NOOP\r\n")
    told("send, readline", box.readline())
    box.send(b"zz2 NOOP\r\n")
    assert box.read(4) == b"zz2 "
    told("read", box.readline())
    box.shutdown()
    told("shutdown")
    box = connected()
    box.shutdown()
    box.open(HOST, PORT, 20)
    told("open", box.readline())
    box.shutdown()


def waiting():
    """imaplib has had IDLE since 3.14 only; another session files a mail meanwhile."""
    box = logged_in("Trash")
    box.send(b"i1 IDLE\r\n")
    assert box.readline() == b"+ idling\r\n"

    def file():
        other = logged_in(None)
        ok(other.append("Trash", None, None, MAIL))
        other.logout()

    thread = threading.Thread(target=file)
    thread.start()
    told("IDLE hears", box.readline())
    thread.join()
    box.send(b"DONE\r\n")
    while not (line := box.readline()).startswith(b"i1 "):
        told("IDLE hears", line)
    if hasattr(box, "idle"):
        with box.idle(duration=0.1) as idler:
            told("idle", list(idler))
    box.logout()


greeting()
mailboxes()
reading()
waiting()
print("ok")

"""Calls every method of poplib against a practice server: pop3_client.py HOST PORT."""
import poplib
import sys

HOST, PORT = sys.argv[1], int(sys.argv[2])


def connected():
    return poplib.POP3(HOST, PORT, timeout=20)


def told(method, result=""):
    print(f"{method}: {result}" if result != "" else method)


def raises(call, *arguments):
    try:
        call(*arguments)
    except poplib.error_proto as raised:
        return raised
    raise AssertionError(f"{call} did not raise error_proto")


def logged_in():
    box = connected()
    told("user", box.user("student"))
    told("pass_", box.pass_("lab-secret"))
    return box


def greeting():
    box = connected()
    box.set_debuglevel(0)
    welcome = box.getwelcome()
    assert welcome.startswith(b"+OK practice.lab POP3 ready <"), welcome
    told("getwelcome", welcome)
    capabilities = box.capa()
    assert "UIDL" in capabilities and "PIPELINING" in capabilities, capabilities
    told("capa", sorted(capabilities))
    raises(box.stat)
    raises(box.stls)
    raises(box.utf8)
    told("stls and utf8 are refused")
    raises(box.rpop, "student")
    box.user("student")
    raises(box.pass_, "wrong")
    told("quit", box.quit())


def reading():
    box = logged_in()
    count, size = box.stat()
    assert count == 5 and size > 2000, (count, size)
    told("stat", (count, size))
    answer, lines, octets = box.list()
    sizes = [int(line.split()[1]) for line in lines]
    assert len(lines) == count and sum(sizes) == size, lines
    told("list", lines)
    assert box.list(2) == b"+OK 2 %d" % sizes[1]
    answer, uids, octets = box.uidl()
    assert len({line.split()[1] for line in uids}) == count, uids
    assert box.uidl(1).split()[2] == uids[0].split()[1]
    told("uidl", uids)
    for number in range(1, count + 1):
        answer, lines, octets = box.retr(number)
        assert octets == sizes[number - 1], (number, octets, sizes)
    told("retr", f"{count} messages of the sizes that list said")
    answer, lines, octets = box.retr(2)
    assert b"." in lines and b".." in lines, "stuffed dots are undone"
    answer, top, octets = box.top(2, 1)
    assert top == lines[: top.index(b"") + 2], top
    told("top", len(top))
    told("noop", box.noop())
    raises(box.retr, 99)
    told("quit", box.quit())


def deleting():
    box = logged_in()
    told("dele", box.dele(1))
    raises(box.retr, 1)
    assert box.stat()[0] == 4
    told("rset", box.rset())
    assert box.stat()[0] == 5
    box.dele(1)
    # Without QUIT nothing is deleted.
    box.close()
    told("close")
    box = logged_in()
    assert box.stat()[0] == 5, "a connection that breaks deletes nothing"
    box.dele(1)
    box.quit()
    box = logged_in()
    assert box.stat()[0] == 4, "QUIT deletes what is marked"
    box.quit()


def apop():
    box = connected()
    told("apop", box.apop("student", "lab-secret"))
    box.quit()
    box = connected()
    raises(box.apop, "student", "wrong")
    box.quit()


greeting()
reading()
apop()
deleting()
print("ok")

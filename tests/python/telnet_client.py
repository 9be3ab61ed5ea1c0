"""Calls every method of telnetlib against a practice server: telnet_client.py HOST PORT."""
import contextlib
import io
import re
import selectors
import socket
import sys
import threading
import warnings

warnings.simplefilter("ignore", DeprecationWarning)
try:
    import telnetlib
except ModuleNotFoundError:
    print("telnetlib: not in this Python (3.13 took it out)")
    print("ok")
    sys.exit()

from telnetlib import AYT, BINARY, DM, DO, DONT, ECHO, GA, IAC, IP, NAWS, NOOPT, SB, SE, SGA, TTYPE, WILL, WONT

HOST, PORT = sys.argv[1], int(sys.argv[2])
PROMPT = b"student@practice:/$ "


def told(method, result=""):
    print(f"{method}: {result}" if result != "" else method)


def connected():
    return telnetlib.Telnet(HOST, PORT, timeout=20)


def logged_in(server):
    assert server.read_until(b"login: ", 20).endswith(b"practice.lab login: ")
    server.write(b"student\n")
    assert server.read_until(b"Password: ", 20) == b"Password: "
    server.write(b"lab-secret\n")
    text = server.read_until(PROMPT, 20)
    assert b"Hello, Sam Student." in text, text
    return server


def raises(error, call, *arguments):
    try:
        call(*arguments)
    except error as raised:
        return raised
    raise AssertionError(f"{call} did not raise {error}")


def session():
    """telnetlib refuses every option, so the prompts end with Go Ahead, which it drops."""
    server = telnetlib.Telnet()
    server.open(HOST, PORT, timeout=20)
    told("open")
    logged_in(server)
    told("read_until")
    server.write(b"cat hello.txt\r\n")
    told("write")
    assert server.read_until(PROMPT, 20) == b"Hello, world!\r\n" + PROMPT
    assert server.read_until(b"never", 0.2) == b""
    told("read_until with a timeout")
    for end in b"\r\n", b"\r\0", b"\n":
        server.write(b"whoami" + end)
        assert server.read_until(PROMPT, 20) == b"student\r\n" + PROMPT, end
    told("write with every end of a line")
    server.write(b"pwd\n")
    index, match, text = server.expect([b"never", re.compile(rb"^(/\S*)\r\n")], 20)
    assert (index, match.group(1)) == (1, b"/"), text
    assert server.expect([b"never"], 0.2) == (-1, None, PROMPT)
    told("expect")
    server.write(b"cat /pub/all-octets.bin\r\n")
    text = server.read_until(PROMPT, 20)
    # telnetlib drops NUL and 0x11 wherever they stand; the octet 255 comes twice and is one.
    expected = bytes(b for b in range(256) if b not in (0, 0x11)).replace(b"\n", b"\r\n")
    assert text == expected + PROMPT, text
    told("read_until of all octets", len(text))
    server.write(b"echo \xc3\xbc\n")
    assert server.read_until(PROMPT, 20) == b"\xc3\xbc\r\n" + PROMPT
    server.write(b"exit\n")
    assert server.read_all() == b"logout\r\n"
    told("read_all")
    raises(EOFError, server.read_until, b"more")
    raises(EOFError, server.read_very_lazy)
    raises(EOFError, server.expect, [b"more"])
    assert server.read_some() == b""
    told("EOFError at the end")
    server.close()
    server.close()
    assert server.get_socket() is None
    told("close")


def reading():
    with connected() as server:
        told("with")
        assert isinstance(server.get_socket(), socket.socket)
        assert server.fileno() == server.get_socket().fileno()
        told("get_socket, fileno")
        some = server.read_some()
        assert b"Welcome".startswith(some[:7]) or some.startswith(b"Welcome"), some
        told("read_some")
        server.read_until(b"login: ", 20)

        def wait():
            with selectors.DefaultSelector() as selector:
                selector.register(server, selectors.EVENT_READ)
                assert selector.select(20)

        for method in server.read_very_eager, server.read_eager, server.read_lazy, server.read_very_lazy:
            server.get_socket().sendall(IAC + AYT)
            text = b""
            while not text.endswith(b"login: "):
                if not server.rawq and not server.cookedq:
                    wait()
                    assert server.sock_avail()
                if method in (server.read_lazy, server.read_very_lazy):
                    server.fill_rawq()
                if method == server.read_very_lazy:
                    server.process_rawq()
                text += method()
            assert text == b"\r\n[Yes]\r\npractice.lab login: ", text
            told(method.__name__)
        told("fill_rawq, process_rawq, sock_avail")
        server.get_socket().sendall(IAC + AYT)
        assert server.rawq_getchar() in (b"\r", IAC)
        told("rawq_getchar")


def options():
    with connected() as server:
        heard = []
        server.set_option_negotiation_callback(lambda sock, command, option: heard.append((command, option, server.read_sb_data())))
        server.read_until(b"login: ", 20)
        server.get_socket().sendall(IAC + WILL + TTYPE + IAC + WILL + NAWS + IAC + DO + SGA + IAC + WONT + telnetlib.LINEMODE)
        server.get_socket().sendall(IAC + SB + TTYPE + b"\0" + b"XTERM" + IAC + SE + IAC + SB + NAWS + b"\0\x84\0\x2b" + IAC + SE)
        server.get_socket().sendall(IAC + DO + ECHO)
        server.write(b"student\r\n")
        assert server.read_until(b"Password: ", 20).endswith(b"student\r\nPassword: "), "the server echoes"
        words = [(command, option) for command, option, _ in heard]
        assert words[:4] == [(DO, TTYPE), (DO, NAWS), (DO, telnetlib.LINEMODE), (WILL, SGA)], heard
        assert (GA, NOOPT) in words and (WILL, ECHO) in words, heard
        assert (SE, NOOPT, TTYPE + b"\x01") in heard, heard
        assert words.count((WILL, ECHO)) == 1 and words.count((WILL, SGA)) == 1, "no answer is given twice"
        told("set_option_negotiation_callback, read_sb_data", len(heard))
        server.write(b"lab-secret\r\n")
        text = server.read_until(PROMPT, 20)
        assert b"lab-secret" not in text
        server.write(b"echo $TERM $COLUMNS $LINES\r\n")
        text = server.read_until(PROMPT, 20)
        assert text.endswith(b"\r\nXTERM 132 43\r\n" + PROMPT), text
        before = len(heard)
        server.get_socket().sendall(IAC + DO + ECHO + IAC + WONT + BINARY + IAC + DO + BINARY)
        server.get_socket().sendall(b"half a line" + IAC + IP)
        assert server.read_until(PROMPT, 20).endswith(b"^C\r\n" + PROMPT)
        assert [item[:2] for item in heard[before:]] == [(WILL, BINARY)], "what is in force is not answered"
        server.get_socket().sendall(IAC + telnetlib.AO + IAC + DONT + ECHO + b"exit\r\n")
        text = server.read_all()
        assert text.endswith(b"logout\r\n") and (DM, NOOPT) in [item[:2] for item in heard], heard


def debugging():
    server = connected()
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        server.msg("not shown")
        server.set_debuglevel(1)
        server.msg("shown %d", 1)
        server.read_until(b"login: ", 20)
    server.set_debuglevel(0)
    text = out.getvalue()
    assert "shown 1" in text and "not shown" not in text and "recv" in text, text
    assert "IAC 253 24" in text or "IAC DO 24" in text, text
    told("set_debuglevel, msg")
    server.close()


class Screen(io.StringIO):
    """Where interact writes; says when a text has come."""

    def __init__(self):
        super().__init__()
        self.came = threading.Condition()

    def write(self, text):
        with self.came:
            super().write(text)
            self.came.notify_all()

    def wait_for(self, text):
        with self.came:
            assert self.came.wait_for(lambda: text in self.getvalue(), 20), self.getvalue()


class Keys:
    """What is typed at the second of two ends of a pipe, as standard input."""

    def __init__(self):
        self.read, self.type = socket.socketpair()
        self.file = self.read.makefile("r")

    def __getattr__(self, name):
        return getattr(self.file, name)

    def fileno(self):
        return self.read.fileno()


def interacting(method):
    server, keys, screen = connected(), Keys(), Screen()
    stdin, stdout = sys.stdin, sys.stdout
    failed = []

    def person():
        try:
            for prompt, line in ("login: ", "student"), ("Password: ", "lab-secret"), ("$ ", "pwd"), ("/\n", "exit"):
                screen.wait_for(prompt.replace("\n", "\r\n"))
                keys.type.sendall(line.encode() + b"\n")
            screen.wait_for("*** Connection closed by remote host ***")
        except AssertionError as error:
            failed.append(error)
        finally:
            keys.type.close()

    typing = threading.Thread(target=person)
    sys.stdin, sys.stdout = keys, screen
    try:
        typing.start()
        getattr(server, method)()
        typing.join(60)
    finally:
        sys.stdin, sys.stdout = stdin, stdout
    assert not failed, failed
    assert "student@practice:/$ /\r\n" in screen.getvalue(), screen.getvalue()
    server.close()
    told(method)


for part in session, reading, options, debugging:
    part()
interacting("interact")
# mt_interact starts listener in a thread of its own.
interacting("mt_interact")
told("listener")
every = {name for name in vars(telnetlib.Telnet) if not name.startswith("_") and callable(getattr(telnetlib.Telnet, name))}
used = set(re.findall(r"[a-z_]+", open(__file__).read()))
assert every <= used, f"not called: {every - used}"
print("ok")

"""Does on the wire what Python 2's gopherlib did, against a practice server: gopher_client.py HOST PORT.

gopherlib went with Python 2.6, so its calls are written here with socket.
"""
import socket
import sys

HOST, PORT = sys.argv[1], int(sys.argv[2])

A_TEXT, A_MENU, A_ERROR, A_BINARY, A_INDEX, A_IMAGE = "0", "1", "3", "9", "7", "I"
DEF_SELECTOR = "1/"


def send_selector(selector, host, port=0):
    """Sends one line and ends its side, as gopherlib did. Gives the reply as a file."""
    connection = socket.create_connection((host, port or 70), timeout=20)
    connection.sendall(selector.encode() + b"\r\n")
    connection.shutdown(socket.SHUT_WR)
    reply = connection.makefile("rb")
    connection.close()
    return reply


def send_query(selector, query, host, port=0):
    return send_selector(selector + "\t" + query, host, port)


def get_directory(reply):
    """Entries of type, display string, selector, host, port and, if there is one, the Gopher+ mark."""
    entries = []
    while True:
        line = reply.readline()
        if not line:
            print("(Unexpected EOF from server)")
            break
        assert line.endswith(b"\r\n"), line
        line = line[:-2].decode()
        if line == ".":
            break
        parts = line[1:].split("\t")
        assert len(parts) >= 4, line
        if len(parts) == 4:
            parts.append("")
        entries.append([line[0]] + parts[:5])
    assert reply.read() == b"", "the server closes after the dot"
    return entries


def get_textfile(reply):
    lines = []
    get_alt_textfile(reply, lines.append)
    return lines


def get_alt_textfile(reply, function):
    while True:
        line = reply.readline()
        assert line, "(Unexpected EOF from server)"
        line = line.rstrip(b"\r\n")
        if line == b".":
            break
        function(line[1:] if line[:2] == b".." else line)
    assert reply.read() == b"", "the server closes after the dot"


def get_binary(reply):
    return reply.read()


def get_alt_binary(reply, function, blocksize):
    while data := reply.read(blocksize):
        function(data)


def selector(text):
    return send_selector(text, HOST, PORT)


def told(call, result):
    print(f"{call}: {result}")


def menus():
    root = get_directory(selector(""))
    types = {entry[0] for entry in root}
    assert {"i", A_TEXT, A_MENU, A_INDEX, A_BINARY, A_IMAGE, "h", "8"} <= types, types
    told("send_selector, get_directory", f"{len(root)} entries")
    for kind, display, path, host, port, plus in root:
        assert len(display) < 70 and plus == ""
        # Items of this server can be fetched where the menu says.
        if (host, port) == (HOST, str(PORT)) and kind in "01I9" and not path.startswith("URL:"):
            assert get_binary(send_selector(path, host, int(port))), path
    folder = get_directory(selector("/pub/docs"))
    names = [entry[1] for entry in folder]
    assert names[0] == ".." and "two  spaces.txt" in names and "\u00fcber uns.txt" in names, names
    told("get_directory of a folder", names)
    empty = get_directory(selector("/empty"))
    assert [entry[0] for entry in empty] == [A_MENU, "i"], empty


def texts():
    dots = get_textfile(selector("/dots.txt"))
    assert dots == [b".", b"..", b".one dot", b"", b"A line with only a dot does not end a file."], dots
    told("get_textfile", dots)
    lines = []
    get_alt_textfile(selector("/unix.txt"), lines.append)
    assert len(lines) == 3 and lines[2] == b"as UNIX stores them.", lines
    told("get_alt_textfile", f"{len(lines)} lines")
    assert get_textfile(selector("/empty.txt")) == []
    umlauts = get_textfile(selector("/pub/docs/\u00fcber uns.txt"))
    assert umlauts == ["Gr\u00fc\u00dfe aus dem Labor!".encode()], umlauts


def binaries():
    assert get_binary(selector("/pub/all-octets.bin")) == bytes(range(256))
    assert get_binary(selector("/pub/zero.bin")) == b""
    told("get_binary", "every octet")
    size = 0

    def block(data):
        nonlocal size
        assert all(data[at] == ((size + at) ^ (size + at) >> 8 ^ (size + at) >> 16) & 255 for at in range(0, len(data), 4099))
        size += len(data)

    get_alt_binary(selector("/pub/big.bin"), block, 65536)
    assert size == 20 << 20, size
    told("get_alt_binary", size)


def searches():
    found = get_directory(send_query("/search", "gopher document", HOST, PORT))
    assert [entry[:3] for entry in found if entry[0] != "i"] == [[A_TEXT] + ["/pub/docs/lecture.txt"] * 2], found
    told("send_query", found[1])
    nothing = get_directory(send_query("/search", "no such words", HOST, PORT))
    assert [entry[0] for entry in nothing] == ["i"], nothing


def mistakes():
    # The default selector of gopherlib carried the item type; servers of its time took that.
    for line in DEF_SELECTOR, "/no/such", "x" * 256:
        reply = get_directory(selector(line))
        assert [entry[0] for entry in reply] == [A_ERROR], (line, reply)
    told("refused", reply)
    # A half-closed connection without a whole line still gets an answer.
    connection = socket.create_connection((HOST, PORT), timeout=20)
    connection.sendall(b"/hello.txt")
    connection.shutdown(socket.SHUT_WR)
    assert get_directory(connection.makefile("rb"))[0][0] == A_ERROR
    connection.close()
    # Gopher+ is passed over.
    plain, plus = get_textfile(selector("/hello.txt")), get_textfile(selector("/hello.txt\t+"))
    assert plain == plus == [b"Hello, world!"], (plain, plus)


menus()
texts()
binaries()
searches()
mistakes()
print("ok")

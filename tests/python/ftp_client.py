"""Runs every method of ftplib, and urllib's ftp URLs, against a practice server.

Usage: ftp_client.py HOST PORT
"""

import ftplib
import io
import os
import socket
import sys
import tempfile
import urllib.error
import urllib.request

HOST, PORT = sys.argv[1], int(sys.argv[2])
USER, PASSWORD = "student", "lab-secret"
HELLO = b"Hello, world!\r\n"
PATTERN = bytes((i ^ i >> 8 ^ i >> 16) & 255 for i in range(100_000))


def done(*methods):
    for method in methods:
        print(method, flush=True)


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def raises(error, code, call, *arguments):
    try:
        call(*arguments)
    except error as why:
        expect(str(why).startswith(code), f"{call}: {why}")
    else:
        raise AssertionError(f"{call} did not raise {error}")


def connected():
    ftp = ftplib.FTP(timeout=20)
    ftp.connect(HOST, PORT)
    ftp.login(USER, PASSWORD)
    return ftp


def opening():
    ftp = ftplib.FTP(timeout=20)
    ftp.set_debuglevel(0)
    ftp.debug(0)
    expect(ftp.connect(HOST, PORT).startswith("220 "), "greeting")
    expect(ftp.getwelcome().startswith("220 "), "welcome")
    raises(ftplib.error_perm, "530", ftp.login, USER, "wrong")
    expect(ftp.login().startswith("230 "), "anonymous")
    expect(ftp.login(USER, PASSWORD, "course").startswith("230 "), "login")
    expect(ftp.acct("course").startswith("202 "), "acct")
    expect(ftp.quit().startswith("221 "), "quit")
    ftp = connected()
    ftp.close()
    expect(ftp.sock is None, "close")
    done("FTP", "set_debuglevel", "debug", "connect", "getwelcome", "login", "acct", "quit", "close")


def replies():
    ftp = connected()
    expect(ftp.sendcmd("NOOP").startswith("200 "), "sendcmd")
    expect(ftp.voidcmd("TYPE I").startswith("200 "), "voidcmd")
    expect(ftp.sendcmd("FEAT").split("\n")[-1] == "211 End", "a reply of several lines")
    raises(ftplib.error_perm, "500", ftp.sendcmd, "XYZZY")
    raises(ftplib.error_temp, "425", ftp.sendcmd, "RETR hello.txt")
    raises(ftplib.error_reply, "350", ftp.voidcmd, "RNFR hello.txt")
    raises(ValueError, "", ftp.sendcmd, "CWD a\r\nDELE hello.txt")
    ftp.putline("NOOP")
    expect(ftp.getline().startswith("200 "), "getline")
    ftp.putcmd("HELP")
    expect(ftp.getmultiline().startswith("214-"), "getmultiline")
    ftp.putcmd("SYST")
    expect(ftp.getresp() == "215 UNIX Type: L8", "getresp")
    ftp.putcmd("NOOP")
    expect(ftp.voidresp().startswith("200 "), "voidresp")
    ftp.quit()
    done("sendcmd", "voidcmd", "putline", "getline", "putcmd", "getmultiline", "getresp", "voidresp")


def folders():
    ftp = connected()
    expect(ftp.pwd() == "/", "pwd")
    name = 'upload/a "new" one'
    expect(ftp.mkd(name) == "/" + name, "mkd")
    raises(ftplib.error_perm, "550", ftp.mkd, name)
    expect(ftp.cwd(name).startswith("250 "), "cwd")
    expect(ftp.pwd() == "/" + name, "a quotation mark in a path")
    expect(ftp.cwd("..").startswith("250 ") and ftp.pwd() == "/upload", "CDUP")
    expect(ftp.cwd("").startswith("250 "), "CWD .")
    ftp.cwd("/")
    expect(ftp.rmd(name).startswith("250 "), "rmd")
    raises(ftplib.error_perm, "550", ftp.rmd, name)
    expect(ftp.storbinary("STOR upload/old", io.BytesIO(b"x")).startswith("226 "), "STOR")
    expect(ftp.rename("upload/old", "upload/new").startswith("250 "), "rename")
    expect(ftp.size("upload/new") == 1, "size")
    expect(ftp.delete("upload/new").startswith("250 "), "delete")
    raises(ftplib.error_perm, "550", ftp.size, "upload/new")
    ftp.quit()
    done("pwd", "mkd", "cwd", "rmd", "rename", "size", "delete")


def listings():
    ftp = connected()
    lines = []
    ftp.dir(lines.append)
    expect(any(line.endswith(" hello.txt") and line.startswith("-rw") for line in lines), "dir")
    lines = []
    ftp.dir("-a", "pub", lines.append)
    expect(any(line.startswith("drwx") and line.endswith(" docs") for line in lines), "dir pub")
    expect("hello.txt" in ftp.nlst(), "nlst")
    expect("pub/docs/über uns.txt" in ftp.nlst("pub/docs"), "nlst of another folder")
    expect(ftp.nlst("empty") == [], "nlst of an empty folder")
    raises(ftplib.error_temp, "450", ftp.nlst, "nothing")
    entries = dict(ftp.mlsd("pub"))
    expect(entries["docs"]["type"] == "dir", "mlsd")
    expect(entries["huge.bin"]["size"] == str(1 << 30), "mlsd")
    entries = dict(ftp.mlsd("pub", ["type"]))
    expect(entries["docs"] == {"type": "dir"}, "mlsd with facts")
    ftp.quit()
    done("dir", "nlst", "mlsd")


def downloads(passive):
    ftp = connected()
    ftp.set_pasv(passive)
    pieces = []
    expect(ftp.retrbinary("RETR hello.txt", pieces.append).startswith("226 "), "retrbinary")
    expect(b"".join(pieces) == HELLO, "retrbinary")
    pieces = []
    ftp.retrbinary("RETR pub/big.bin", pieces.append, blocksize=4096, rest=(20 << 20) - 1000)
    expect(len(b"".join(pieces)) == 1000, "retrbinary from an offset")
    pieces = []
    ftp.retrbinary("RETR pub/big.bin", pieces.append)
    big = b"".join(pieces)
    expect(len(big) == 20 << 20 and big.startswith(PATTERN), "a large file")
    lines = []
    expect(ftp.retrlines("RETR unix.txt", lines.append).startswith("226 "), "retrlines")
    expect(lines == ["These lines end", "with a line feed alone,", "as UNIX stores them."], lines)
    raises(ftplib.error_perm, "550", ftp.retrlines, "RETR nothing")
    expect(ftp.voidcmd("NOOP").startswith("200 "), "the session goes on")
    ftp.voidcmd("TYPE I")
    data, size = ftp.ntransfercmd("RETR hello.txt")
    expect(size == len(HELLO), "the size in 150")
    with data:
        expect(data.recv(1000) == HELLO and data.recv(1) == b"", "ntransfercmd")
    expect(ftp.voidresp().startswith("226 "), "voidresp")
    with ftp.transfercmd("RETR hello.txt", rest=7) as data:
        expect(data.recv(1000) == HELLO[7:], "transfercmd")
    expect(ftp.voidresp().startswith("226 "), "voidresp")
    ftp.quit()
    way = "passive" if passive else "active"
    done(*(f"{name} ({way})" for name in
           ("set_pasv", "retrbinary", "retrlines", "ntransfercmd", "transfercmd")))


def uploads(passive):
    ftp = connected()
    ftp.set_pasv(passive)
    blocks = []
    reply = ftp.storbinary("STOR upload/bin", io.BytesIO(PATTERN), 8192, blocks.append)
    expect(reply.startswith("226 ") and b"".join(blocks) == PATTERN, "storbinary")
    expect(ftp.size("upload/bin") == len(PATTERN), "all of it is there")
    expect(ftp.storbinary("STOR upload/bin", io.BytesIO(b"end"), rest=5).startswith("226 "), "rest")
    pieces = []
    ftp.retrbinary("RETR upload/bin", pieces.append)
    expect(b"".join(pieces) == PATTERN[:5] + b"end", "storbinary from an offset")
    expect(ftp.storlines("STOR upload/text", io.BytesIO(b"one\ntwo\r\n.\n")).startswith("226 "), "")
    lines = []
    ftp.retrlines("RETR upload/text", lines.append)
    expect(lines == ["one", "two", "."], "storlines")
    ftp.storbinary("APPE upload/text", io.BytesIO(b"three"))
    expect(ftp.size("upload/text") == 15, "APPE")
    expect(ftp.storbinary("STOU", io.BytesIO(b"unique")).startswith("226 "), "STOU")
    raises(ftplib.error_perm, "553", ftp.storbinary, "STOR nowhere/f", io.BytesIO(b"x"))
    for name in ("upload/bin", "upload/text", "unique-1"):
        ftp.delete(name)
    ftp.quit()
    way = "passive" if passive else "active"
    done(f"storbinary ({way})", f"storlines ({way})")


def connections():
    ftp = connected()
    host, port = ftp.makepasv()
    expect(host == ftp.sock.getpeername()[0] and port > 1023, "makepasv")
    with ftp.makeport() as listening:
        expect(listening.getsockname()[1] > 1023, "makeport")
    own = ftp.sock.getsockname()[0]
    if ftp.af == socket.AF_INET:
        expect(ftp.sendport(own, 50_000).startswith("200 "), "sendport")
        raises(ftplib.error_perm, "504", ftp.sendport, "192.0.2.7", 50_000)
        raises(ftplib.error_perm, "504", ftp.sendport, own, 25)
    expect(ftp.sendeprt(own, 50_000).startswith("200 "), "sendeprt")
    raises(ftplib.error_perm, "504", ftp.sendeprt, own, 25)
    ftp.quit()
    done("makepasv", "makeport", "sendport", "sendeprt")


def breaking_off():
    ftp = connected()
    expect(ftp.abort()[:3] in ("225", "226"), "nothing to abort")
    ftp.voidcmd("TYPE I")
    data = ftp.transfercmd("RETR pub/huge.bin")
    expect(len(data.recv(1000)) > 0, "it begins")
    expect(ftp.abort().startswith("426"), "abort")
    data.close()
    expect(ftp.voidresp().startswith("226"), "the reply to ABOR itself")
    expect(ftp.pwd() == "/", "the next reply is the right one")
    ftp.quit()
    done("abort")


def breaking_off_as_others_do():
    """As Net::FTP and as lftp send it: IAC IP IAC DM before ABOR, a part of it urgent."""
    for urgent, rest in ((b"\xff\xf4\xff", b"\xf2ABOR\r\n"), (b"\xff\xf4\xff\xf2", b"ABOR\r\n")):
        ftp = connected()
        with ftp.transfercmd("RETR pub/huge.bin") as data:
            expect(data.recv(1), "the transfer is under way")
            ftp.sock.send(urgent, socket.MSG_OOB)
            ftp.sock.sendall(rest)
            raises(ftplib.error_temp, "426", ftp.getresp)
        expect(ftp.getresp().startswith("226"), "ABOR after its transfer")
        expect(ftp.voidcmd("NOOP").startswith("200"), "the next command")
        ftp.quit()


def both_servers():
    one, other = connected(), connected()
    # ftpcp knows PASV and PORT only.
    if one.af == socket.AF_INET:
        ftplib.ftpcp(one, "hello.txt", other, "upload/copied.txt", "I")
        expect(other.size("upload/copied.txt") == len(HELLO), "ftpcp")
        other.delete("upload/copied.txt")
    one.quit()
    other.quit()
    expect(ftplib.parse150("150 go (1234 bytes).") == 1234, "parse150")
    expect(ftplib.parse227("227 ok (127,0,0,1,4,1)") == ("127.0.0.1", 1025), "parse227")
    expect(ftplib.parse229("229 ok (|||6446|)", ("h", 21)) == ("h", 6446), "parse229")
    expect(ftplib.parse257('257 "/a""b" made') == '/a"b', "parse257")
    with tempfile.TemporaryFile("w+") as out:
        before, sys.stdout = sys.stdout, out
        try:
            with connected() as ftp:
                ftp.retrlines("RETR hello.txt")
        finally:
            sys.stdout = before
        out.seek(0)
        expect(out.read() == "Hello, world!\n", "print_line")
    done("ftpcp", "parse150", "parse227", "parse229", "parse257", "print_line", "with")


def encrypted():
    ftp = ftplib.FTP_TLS(timeout=20)
    ftp.connect(HOST, PORT)
    raises(ftplib.error_perm, "502", ftp.auth)
    ftp.login(USER, PASSWORD, secure=False)
    raises(ftplib.error_perm, "503", ftp.prot_p)
    raises(ftplib.error_perm, "503", ftp.prot_c)
    raises(ValueError, "", ftp.ccc)
    expect(ftp.abort()[:3] in ("225", "226"), "nothing to abort")
    expect(ftp.pwd() == "/", "it goes on in clear text")
    ftp.quit()
    done(*(f"FTP_TLS.{name}" for name in ("auth", "login", "prot_p", "prot_c", "ccc", "abort")))


def urls():
    # urllib looks IPv4 addresses up only.
    if ":" in HOST:
        return
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            del os.environ[name]
    base = f"ftp://{USER}:{PASSWORD}@{HOST}:{PORT}"
    with urllib.request.urlopen(f"{base}/hello.txt", timeout=20) as page:
        expect(page.read() == HELLO, "urlopen")
        expect(page.headers["Content-length"] == str(len(HELLO)), "the length from 150")
    with urllib.request.urlopen(f"{base}/deep/a/b/c.txt", timeout=20) as page:
        expect(page.read() == b"You found the deepest file.\r\n", "urlopen of a path")
    with urllib.request.urlopen(f"ftp://{HOST}:{PORT}/unix.txt;type=a", timeout=20) as page:
        expect(page.read().count(b"\r\n") == 3, "urlopen of text, anonymous")
    with urllib.request.urlopen(f"{base}/pub", timeout=20) as page:
        expect(b" docs\r\n" in page.read(), "urlopen of a folder")
    raises(urllib.error.URLError, "", urllib.request.urlopen, f"{base}/nothing.txt")
    done("urllib.request.urlopen")


opening()
replies()
folders()
listings()
for passive in (True, False):
    downloads(passive)
    uploads(passive)
connections()
breaking_off()
breaking_off_as_others_do()
both_servers()
encrypted()
urls()
print("ok")

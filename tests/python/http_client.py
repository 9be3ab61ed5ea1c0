"""Every method of http.client and what urllib adds, against the practice server.

Usage: http_client.py HOST PORT
"""

import datetime
import hashlib
import http.client
import http.cookiejar
import io
import pathlib
import socket
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import urllib.robotparser
import xmlrpc.client

USER, PASSWORD = "student", "lab-secret"
HOST, PORT = sys.argv[1], int(sys.argv[2])
BASE = f"http://{HOST}:{PORT}"


def line(name, value):
    print(f"{name}: {value}")


def pattern(octets, at=0):
    return bytes((i ^ i >> 8 ^ i >> 16) & 255 for i in range(at, at + octets))


def connection(**options):
    return http.client.HTTPConnection(HOST, PORT, timeout=10, **options)


def fetch(conn, *args, **options):
    conn.request(*args, **options)
    response = conn.getresponse()
    return response, response.read()


def requests():
    conn = connection(blocksize=4096)
    conn.set_debuglevel(0)
    conn.connect()
    response, body = fetch(conn, "GET", "/hello.txt")
    assert (response.status, response.reason, response.version) == (200, "OK", 11)
    assert body == b"Hello, world!\r\n" and not response.will_close and response.isclosed()
    first = conn.sock
    line("request GET, getresponse, read", body)

    response, body = fetch(conn, "HEAD", "/pub/huge.bin")
    assert response.getheader("Content-Length") == str(1 << 30) and body == b""
    assert conn.sock is first, "the connection persists"
    line("request HEAD", response.getheader("Content-Length"))

    response, body = fetch(conn, "OPTIONS", "*")
    assert response.status == 204 and "PATCH" in response.getheader("Allow")
    line("request OPTIONS", response.getheader("Allow"))

    response, body = fetch(conn, "TRACE", "/", headers={"X-Test": "1", "Cookie": "hidden=1"})
    assert response.getheader("Content-Type") == "message/http"
    assert b"X-Test: 1" in body and b"hidden" not in body
    line("request TRACE", len(body))

    for method in ("POST", "PUT", "PATCH", "DELETE"):
        response, body = fetch(conn, method, "/echo", body=b"octets")
        assert response.status == 200 and body.endswith(b"\r\n\r\noctets"), body
        line(f"request {method} with bytes", "echoed")
    response, body = fetch(conn, "POST", "/echo", body="caf\xe9")
    assert body.endswith(b"caf\xe9")
    line("request POST with str (Latin-1)", "echoed")
    response, body = fetch(conn, "POST", "/echo")
    assert b"Content-Length: 0\r\n" in body
    line("request POST without content", "Content-Length: 0")
    response, body = fetch(conn, "POST", "/echo", body=io.BytesIO(b"file " * 2000))
    assert b"Transfer-Encoding: chunked" in body and body.endswith(b"file " * 2000)
    line("request POST with a file", "chunked")
    response, body = fetch(conn, "POST", "/echo", body=iter([b"one", b"two"]))
    assert body.endswith(b"onetwo")
    line("request POST with an iterator", "chunked")
    headers = {"Transfer-Encoding": "chunked"}
    response, body = fetch(
        conn, "POST", "/echo", body=iter([b"a", b"bc"]), headers=headers, encode_chunked=True
    )
    assert body.endswith(b"abc")
    line("request encode_chunked", "chunked")
    conn.close()
    line("close", "done")


def steps():
    conn = connection(source_address=None)
    conn.putrequest("POST", "/echo", skip_host=True, skip_accept_encoding=True)
    conn.putheader("Host", f"{HOST}:{PORT}")
    conn.putheader("X-Number", 5)
    conn.putheader("Content-Length", "6")
    conn.endheaders(b"abc")
    conn.send(b"def")
    body = conn.getresponse().read()
    assert body.endswith(b"\r\n\r\nabcdef") and b"X-Number: 5" in body
    line("putrequest, putheader, endheaders, send", "echoed")

    conn.request("GET", "/hello.txt")
    conn.getresponse()
    try:
        conn.request("GET", "/hello.txt")
        conn.getresponse()
        raise AssertionError("the first response was not read")
    except (http.client.ResponseNotReady, http.client.CannotSendRequest) as error:
        line("no pipelining", type(error).__name__)
    conn.close()

    conn = connection()
    conn.putrequest("GET", "/")
    conn.putheader("X-Folded", "1", "2")
    conn.endheaders()
    response = conn.getresponse()
    assert response.status == 400 and response.will_close, "folded lines are refused"
    line("putheader with two values (folded)", response.status)

    conn = connection()
    conn.set_tunnel("elsewhere", 8080)
    try:
        conn.connect()
        raise AssertionError("the practice server is no proxy")
    except OSError as error:
        line("set_tunnel", error)


def responses():
    conn = connection()
    conn.request("GET", "/pub/all-octets.bin")
    response = conn.getresponse()
    assert response.peek(4)[:4] == bytes(range(4)) and response.read1(2) == b"\0\1"
    buffer = bytearray(6)
    assert response.readinto(buffer) == 6 and buffer == bytes(range(2, 8))
    assert response.read(2) == b"\x08\x09" and response.readline() == b"\n"
    assert response.read() == bytes(range(11, 256)) and response.isclosed()
    line("peek, read1, readinto, read(n), readline", "256 octets")

    conn.request("GET", "/hello.txt")
    response = conn.getresponse()
    assert response.fileno() >= 0 and response.getcode() == 200 and response.length == 15
    assert response.getheader("x-none", "default") == "default"
    assert dict(response.getheaders())["Content-Type"].startswith("text/plain")
    assert response.info() is response.headers is response.msg
    assert not response.chunked and response.debuglevel == 0
    response.close()
    conn.close()
    line("getheader, getheaders, info, fileno, length", "done")

    conn = connection()
    conn.request("GET", "/cookie")
    response = conn.getresponse()
    assert len(response.headers.get_all("Set-Cookie")) == 2
    assert "visits=1" in response.getheader("Set-Cookie")
    response.read()
    line("repeated headers", "2 Set-Cookie")

    conn.request("GET", "/chunked")
    response = conn.getresponse()
    assert response.chunked and response.read().count(b"\r\n") == 3
    line("chunked with extension and trailer", "3 lines")

    conn.request("GET", "/status/404")
    response = conn.getresponse()
    assert (response.status, response.reason) == (404, http.client.responses[404])
    response.read()
    line("http.client.responses", response.reason)

    # 102 and 103 are taken for the final response: a fault of http.client.
    conn.request("GET", "/early")
    assert conn.getresponse().status == 103
    conn.close()
    line("early hints", "103 taken for the final response")

    response, body = fetch(conn, "GET", "/close")
    assert response.will_close and body.startswith(b"The end of the connection")
    line("content until the connection ends", len(body))

    response, body = fetch(conn, "GET", "/pub/big.bin", headers={"Range": "bytes=1000000-1000999"})
    assert response.status == 206 and body == pattern(1000, 1_000_000)
    response, body = fetch(conn, "GET", "/hello.txt", headers={"Range": "bytes=0-4,7-11"})
    assert response.headers.get_content_type() == "multipart/byteranges"
    assert body.count(response.headers.get_param("boundary").encode()) == 3
    response, body = fetch(conn, "GET", "/hello.txt", headers={"Range": "bytes=99-"})
    assert response.status == 416 and response.getheader("Content-Range") == "bytes */15"
    line("ranges", "206, multipart/byteranges, 416")

    response, body = fetch(conn, "GET", "/pub/big.bin")
    digest = hashlib.sha256(body).hexdigest()
    assert len(body) == 20 << 20 and body[:100_000] == pattern(100_000)
    line("20 MiB", digest[:16])
    tag = response.getheader("ETag")
    response, body = fetch(conn, "GET", "/pub/big.bin", headers={"If-None-Match": tag})
    assert response.status == 304 and body == b""
    line("If-None-Match", 304)
    conn.close()

    head = http.client.parse_headers(io.BytesIO(b"A: 1\r\nA: 2\r\n\r\n"))
    assert head.get_all("a") == ["1", "2"]
    line("parse_headers", head.get_all("a"))


def expect():
    with socket.create_connection((HOST, PORT), timeout=10) as sock:
        sock.sendall(
            b"POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n"
            b"Connection: close\r\n\r\n"
        )
        assert sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(b"hi")
        answer = b"".join(iter(lambda: sock.recv(4096), b""))
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n") and answer.endswith(b"\r\n\r\nhi")
    line("Expect: 100-continue", "100, then 200")
    with socket.create_connection((HOST, PORT), timeout=10) as sock:
        sock.sendall(
            b"GET /hello.txt HTTP/1.1\r\nHost: h\r\n\r\n" * 3
            + b"GET /pub/big.bin HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
        )
        answer = b"".join(iter(lambda: sock.recv(1 << 20), b""))
        assert answer.count(b"HTTP/1.1 200 OK") == 4 and answer.endswith(pattern(1000, (20 << 20) - 1000))
    line("pipelining", "4 responses")
    with socket.create_connection((HOST, PORT), timeout=10) as sock:
        sock.sendall(b"GET /hello.txt HTTP/1.0\r\n\r\n")
        answer = b"".join(iter(lambda: sock.recv(4096), b""))
        assert b"\r\nConnection: close\r\n" in answer
    line("HTTP/1.0", "closed")


def opener(*handlers):
    # Without proxies of the environment.
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), *handlers)


def urls():
    urllib.request.install_opener(opener())
    with urllib.request.urlopen(f"{BASE}/readme.txt", timeout=10) as response:
        assert response.status == response.getcode() == 200
        assert response.geturl() == response.url == f"{BASE}/readme.txt"
        assert b"Welcome" in response.read()
    line("urlopen", "readme.txt")

    form = urllib.parse.urlencode({"name": "Ren\xe9e", "a b": "c&d"}).encode()
    with urllib.request.urlopen(f"{BASE}/echo", data=form) as response:
        body = response.read()
    assert b"application/x-www-form-urlencoded" in body
    assert body.endswith(b"name=Ren%C3%A9e&a+b=c%26d")
    line("urlopen with a form", "echoed")

    request = urllib.request.Request(f"{BASE}/echo?x=1", data=b"{}", method="PUT")
    request.add_header("Content-Type", "application/json")
    request.add_unredirected_header("X-Once", "1")
    assert request.has_header("X-once") and request.get_method() == "PUT"
    assert request.get_header("Content-type") == "application/json"
    assert request.get_full_url() == f"{BASE}/echo?x=1"
    with urllib.request.urlopen(request) as response:
        body = response.read()
    assert body.startswith(b"PUT /echo?x=1\r\nquery: x=1\r\n") and b"X-Once: 1" in body
    assert ("Content-type", "application/json") in request.header_items()
    request.remove_header("Content-type")
    assert not request.has_header("Content-type")
    line("Request", "PUT with JSON")

    for code in (301, 302, 303, 307, 308):
        with urllib.request.urlopen(f"{BASE}/redirect/{code}") as response:
            assert response.url == f"{BASE}/readme.txt", response.url
    for code in (301, 302, 303):
        with urllib.request.urlopen(f"{BASE}/redirect/{code}", data=b"x") as response:
            assert response.url == f"{BASE}/readme.txt", response.url
    try:
        urllib.request.urlopen(f"{BASE}/redirect/307", data=b"x")
        raise AssertionError("307 keeps POST, which urllib does not repeat")
    except urllib.error.HTTPError as error:
        assert error.code == 307
        error.close()
    with urllib.request.urlopen(f"{BASE}/pub") as response:
        assert response.url == f"{BASE}/pub/" and b"big.bin" in response.read()
    line("redirects", "301 302 303 307 308")

    for code in (400, 404, 410, 418, 500, 503):
        try:
            urllib.request.urlopen(f"{BASE}/status/{code}")
            raise AssertionError(code)
        except urllib.error.HTTPError as error:
            assert error.code == code and error.read() and error.headers["Content-Length"]
            error.close()
    line("HTTPError", "400 404 410 418 500 503")

    with tempfile.NamedTemporaryFile() as file:
        name, headers = urllib.request.urlretrieve(f"{BASE}/pub/big.bin", file.name)
        assert pathlib.Path(name).stat().st_size == int(headers["Content-Length"]) == 20 << 20
    urllib.request.urlcleanup()
    line("urlretrieve, urlcleanup", "20 MiB")

    path = urllib.parse.quote("/pub/docs/\xfcber uns.txt")
    with urllib.request.urlopen(BASE + path) as response:
        assert response.read().decode() == "Gr\xfc\xdfe aus dem Labor!\r\n"
    line("quote", path)

    robots = urllib.robotparser.RobotFileParser(f"{BASE}/robots.txt")
    robots.read()
    assert robots.can_fetch("*", f"{BASE}/"), "no robots.txt: everything is allowed"
    line("robotparser", "allowed")


def handlers():
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, BASE, USER, PASSWORD)
    with opener(urllib.request.HTTPBasicAuthHandler(passwords)).open(
        f"{BASE}/private/secret.txt"
    ) as response:
        assert b"base64 hides nothing" in response.read()
    line("HTTPBasicAuthHandler", "401, then 200")

    realms = urllib.request.HTTPPasswordMgr()
    realms.add_password("lab", BASE, USER, PASSWORD)
    with opener(urllib.request.HTTPDigestAuthHandler(realms)).open(
        f"{BASE}/digest-md5/secret.txt"
    ) as response:
        assert b"never crossed the wire" in response.read()
    line("HTTPDigestAuthHandler (MD5)", "401, then 200")
    try:
        opener(urllib.request.HTTPDigestAuthHandler(realms)).open(f"{BASE}/digest/secret.txt")
        raise AssertionError("urllib does not know SHA-256")
    except ValueError as error:
        line("HTTPDigestAuthHandler (SHA-256)", error)

    prior = urllib.request.HTTPPasswordMgrWithPriorAuth()
    prior.add_password(None, BASE, USER, PASSWORD, is_authenticated=True)
    with opener(urllib.request.HTTPBasicAuthHandler(prior)).open(
        f"{BASE}/private/secret.txt"
    ) as response:
        assert response.status == 200
    line("HTTPPasswordMgrWithPriorAuth", 200)

    wrong = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    wrong.add_password(None, BASE, USER, "wrong")
    try:
        opener(urllib.request.HTTPBasicAuthHandler(wrong)).open(f"{BASE}/private/secret.txt")
        raise AssertionError("the password is wrong")
    except urllib.error.HTTPError as error:
        assert error.code == 401
        error.close()
    line("wrong password", 401)

    jar = http.cookiejar.CookieJar()
    browser = opener(urllib.request.HTTPCookieProcessor(jar))
    for visit in (1, 2, 3):
        with browser.open(f"{BASE}/cookie") as response:
            assert response.read() == f"This is visit {visit}.\r\n".encode()
    line("HTTPCookieProcessor", sorted(cookie.name for cookie in jar))

    proxied = urllib.request.build_opener(urllib.request.ProxyHandler({"http": BASE}))
    with proxied.open("http://practice.lab/hello.txt") as response:
        assert response.read() == b"Hello, world!\r\n"
    line("ProxyHandler (absolute target)", "hello.txt")


def stored():
    conn = connection()
    name = f"/upload/python-{PORT}.bin"
    octets = pattern(3 << 20)
    response, _ = fetch(conn, "PUT", name, body=octets)
    assert response.status == 201 and response.getheader("Location") == name
    response, body = fetch(conn, "GET", name)
    assert body == octets
    response, _ = fetch(conn, "PUT", name, body=b"x", headers={"If-None-Match": "*"})
    assert response.status == 412
    response, _ = fetch(conn, "PUT", name, body=io.BytesIO(octets))
    assert response.status == 204
    response, _ = fetch(conn, "DELETE", name)
    assert response.status == 204
    response, _ = fetch(conn, "GET", name)
    assert response.status == 404
    conn.close()
    line("PUT, GET, DELETE", "3 MiB there and back")


def rpc():
    with xmlrpc.client.ServerProxy(f"{BASE}/RPC2", use_builtin_types=True) as proxy:
        names = proxy.system.listMethods()
        assert names == sorted(names) and "add" in names
        assert all(proxy.system.methodHelp(name) for name in names)
        assert proxy.system.methodSignature("add") == [["int", "int", "int"]]
        assert proxy.add(40, 2) == 42
        for value in (
            -(2**31), True, 0.1, "", " a < b & c\n\u00fc", datetime.datetime(2026, 1, 5, 9, 1, 2),
            bytes(range(256)), [], [1, [2.5, {}]], {"a": [b""], "": False},
        ):
            assert proxy.echo(value) == value, value
        assert isinstance(proxy.now(), datetime.datetime)
        entries = {entry["name"]: entry for entry in proxy.files("/")}
        assert entries["hello.txt"]["octets"] == 15 and entries["pub"]["folder"]
        calls = xmlrpc.client.MultiCall(proxy)
        calls.add(1, 2)
        for code, call in (
            (-32601, proxy.no.such.method),
            (-32602, proxy.add),
            (-32601, calls),
            (7, lambda: proxy.fail(7, "so it is")),
        ):
            try:
                raise AssertionError(call())
            except xmlrpc.client.Fault as fault:
                assert fault.faultCode == code, fault
    with xmlrpc.client.ServerProxy(f"{BASE}/RPC2", allow_none=True) as proxy:
        try:
            raise AssertionError(proxy.echo(None))
        except xmlrpc.client.Fault as fault:
            assert fault.faultCode == -32600, fault
    line("ServerProxy", names)


requests()
steps()
responses()
expect()
urls()
handlers()
stored()
rpc()
print("ok")

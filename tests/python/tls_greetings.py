"""Opens every port with implicit TLS in an endpoints file, checking certificates, and prints `PORT FIRST-LINE`."""
import json
import socket
import ssl
import sys

lab = json.load(open(sys.argv[1]))
context = ssl.create_default_context(cafile=lab["ca"])
for endpoint in lab["endpoints"]:
    if endpoint["tls"] != "implicit":
        continue
    with socket.create_connection((endpoint["host"], endpoint["port"]), timeout=20) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as stream:
            if endpoint["protocol"] == "http":
                stream.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            print(endpoint["port"], stream.makefile("rb").readline().decode().rstrip())

"""A server of Python's own xmlrpc.server: prints its port, and serves until its input ends."""

import datetime
import sys
import threading
import xmlrpc.client
import xmlrpc.server


def fail(code, text):
    raise xmlrpc.client.Fault(code, text)


server = xmlrpc.server.SimpleXMLRPCServer(
    ("127.0.0.1", 0), logRequests=False, allow_none=True, use_builtin_types=True
)
server.register_introspection_functions()
server.register_function(lambda a, b: a + b, "add")
server.register_function(lambda value: value, "echo")
server.register_function(fail, "fail")
server.register_function(lambda: datetime.datetime(2026, 1, 5, 9), "now")
server.register_function(lambda: None, "nothing")
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()

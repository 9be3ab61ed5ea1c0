"""Telnet: telnetd of GNU inetutils, with login(1) behind it."""
import socket
import subprocess
import threading

import core


def start():
    listener = socket.create_server((core.HOST, core.port(23)), backlog=32)
    threading.Thread(target=serve, args=(listener,), daemon=True).start()
    # What login(1) says before the shell depends on the machine; the shell's prompt does not.
    core.write(core.WORK / "home/.bash_profile", "PS1='student@lab$ '\n", owner=core.UID)
    core.write(core.WORK / "home/hello.txt", "Hello from a real server!\n", owner=core.UID)
    core.add("telnet", "inetutils telnetd", "inetutils-telnetd", 23, prompt="student@lab$ ", text="hello.txt")


def serve(listener):
    """As inetd does: a telnetd for each connection, which is its input and output."""
    with open(core.WORK / "log/telnetd.log", "ab") as log:
        while True:
            connection, _ = listener.accept()
            with connection:
                subprocess.Popen(["telnetd"], stdin=connection, stdout=connection, stderr=log)

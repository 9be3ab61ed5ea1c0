"""Plays a session of tests/bench with real sockets: two prompts, each in a thread of its own.

Prints one line of JSON for each statement: what the prompt shows, or null where the statement still waits.
"""

import io
import json
import queue
import sys
import threading
from contextlib import redirect_stdout

# How long a call may take that does not wait for the other desk; with a margin for a busy machine.
PATIENCE = 1.0


class Desk(threading.Thread):
    def __init__(self):
        super().__init__(daemon=True)
        self.tasks = queue.Queue()
        self.names = {}
        exec("import socket, struct", self.names)

    def run(self):
        while True:
            code, done = self.tasks.get()
            done.shown = self.show(code)
            done.set()

    def show(self, code):
        out = []

        def display(value):
            if value is not None:
                self.names["_"] = value
                out.append(repr(value))

        try:
            compiled = compile(code, "<desk>", "single")
            sys.displayhook = display
            with redirect_stdout(io.StringIO()) as printed:
                exec(compiled, self.names)
            return printed.getvalue() + "".join(out)
        except BaseException as error:
            text = str(error)
            name = type(error).__name__
            return f"{name}: {text}" if text else name


desks = {"S": Desk(), "C": Desk()}
for desk in desks.values():
    desk.start()
waiting = []
for line in sys.stdin:
    desk, code = line.rstrip("\n").split("> ", 1)
    done = threading.Event()
    desks[desk].tasks.put((code, done))
    waiting.append(done)
    if not done.wait(PATIENCE):
        # It waits for the other desk.
        pass
for done in waiting:
    done.wait(PATIENCE)
    print(json.dumps(done.shown if done.is_set() else None))

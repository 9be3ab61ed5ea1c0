"""Plays a session of tests/bench with real sockets: two prompts, each in a thread of its own.

Prints one line of JSON for each statement: what the prompt shows, or null where the statement still waits.
"""

import json
import queue
import sys
import threading

# How long a call may take that does not wait for the other desk; with a margin for a busy machine.
PATIENCE = 1.0


class Desk(threading.Thread):
    def __init__(self):
        super().__init__(daemon=True)
        self.tasks = queue.Queue()
        self.shown = []
        self.names = {"print": self.print}
        exec("import socket, struct", self.names)

    def print(self, *values):
        self.shown.append(" ".join(map(str, values)) + "\n")

    def display(self, value):
        if value is not None:
            self.names["_"] = value
            self.shown.append(repr(value))

    def run(self):
        while True:
            code, done = self.tasks.get()
            self.shown = []
            try:
                exec(compile(code, "<desk>", "single"), self.names)
            except BaseException as error:
                text = str(error)
                name = type(error).__name__
                self.shown.append(f"{name}: {text}" if text else name)
            done.shown = "".join(self.shown)
            done.set()


# Both desks share the module `sys`, so the hook looks for its own.
sys.displayhook = lambda value: threading.current_thread().display(value)
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

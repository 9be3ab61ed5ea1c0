"""Prints which of the modules that Wirelab explains this Python has, one a line, then its arguments."""
import importlib
import sys

for name in "ftplib", "poplib", "smtplib", "nntplib", "http.client", "imaplib", "telnetlib":
    try:
        importlib.import_module(name)
        print(name)
    except ModuleNotFoundError:
        print("no", name)
print(*sys.argv[1:])

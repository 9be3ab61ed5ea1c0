"""PID 1 of the servers' namespace: lays a private root, starts every server, says where they are, waits for its input
to close. When it ends, the kernel ends everything it started."""
import os
import pathlib
import signal
import sys
import threading
import traceback

import core
import ftp
import gopher
import mail
import news
import smtp
import telnet
import web


def main():
    core.WORK = pathlib.Path(sys.argv[1])
    os.environ.update(PATH="/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL="C.UTF-8", TZ="UTC", HOME=str(core.WORK / "home"))
    os.chdir(core.WORK)
    os.umask(0o022)
    for end in signal.SIGTERM, signal.SIGINT:
        signal.signal(end, lambda *_: os._exit(0))
    threading.Thread(target=end_with_input, daemon=True).start()

    held = core.choose_ports(int(sys.argv[2]) if len(sys.argv) > 2 else None)
    core.private_root()
    core.syslog()
    core.certificates()
    for module in ftp, gopher, mail, smtp, news, web, telnet:
        try:
            module.start()
        except Exception:
            core.problems.append(f"{module.__name__} did not start: {traceback.format_exc()}")
    core.check()
    if core.problems:
        core.report()
        os._exit(1)
    print("endpoints:", core.save(), flush=True)
    while held:
        try:
            os.wait()
        except ChildProcessError:
            signal.pause()


def end_with_input():
    """The test process holds the other end; however it ends, its end closes."""
    while os.read(0, 4096):
        pass
    os._exit(0)


main()

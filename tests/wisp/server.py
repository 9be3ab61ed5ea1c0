"""Starts wisp-python as a server on a free port, says which, and ends with its input.

Usage: PYTHONPATH=FOLDER python3 server.py
"""

import asyncio
import logging
import os
import sys

from websockets.server import serve
from wisp.server import http, net

# The servers of the tests are on the loopback.
net.block_loopback = False
logging.disable(logging.CRITICAL)


async def main():
    async with serve(http.connection_handler, "127.0.0.1", 0, compression=None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        os._exit(0)


asyncio.run(main())

"""Takes text messages over HTTP as a provider does, counts them by their ids, and keeps one waiting on command."""

import asyncio
import json
from collections import Counter


class Receiver:
    """`taken` counts requests by the id of their message, which every attempt repeats."""

    def __init__(self):
        self.taken = Counter()
        # Set while a request was taken and is not answered.
        self.holds = asyncio.Event()
        self._hold_next = False
        self._released = asyncio.Event()
        self._server = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/messages"

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_):
        self.release()
        self._server.close()

    def hold_next(self):
        """The next request is taken, and not answered until `release`."""
        self.holds.clear()
        self._released.clear()
        self._hold_next = True

    def release(self):
        self._released.set()

    async def _serve(self, reader, writer):
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
            length = next(int(line.partition(": ")[2]) for line in head if line.startswith("content-length: "))
            self.taken[json.loads(await reader.readexactly(length))["data"]["id"]] += 1
            if self._hold_next:
                self._hold_next = False
                self.holds.set()
                await self._released.wait()
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

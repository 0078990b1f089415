"""Raw HTTP/1.1: for requests that no library sends, and for many similar requests on one connection."""

import asyncio
import json
import random
import sys
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self):
        return json.loads(self.body)


class RawConnection:
    """One connection to a server."""

    def __init__(self, reader, writer, host):
        self._reader, self._writer, self.host = reader, writer, host

    @classmethod
    async def open(cls, url):
        address = urlsplit(url)
        # Each connection is another visitor's, as far as the rate limits go: all of 127/8 is this machine (Linux).
        local = (f"127.{random.randint(1, 254)}.{random.randint(1, 254)}.{random.randint(1, 254)}", 0) if sys.platform == "linux" else None
        reader, writer = await asyncio.open_connection(address.hostname, address.port, local_addr=local, limit=2**24)
        return cls(reader, writer, address.netloc)

    @classmethod
    @asynccontextmanager
    async def to(cls, url):
        connection = await cls.open(url)
        try:
            yield connection
        finally:
            await connection.close()

    async def close(self):
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()

    async def send(self, data):
        """Sends the data. Ignores a closed connection: a server that refuses a request early may close it."""
        with suppress(ConnectionError):
            self._writer.write(data)
            await self._writer.drain()

    async def reply(self, *, of="GET", seconds=30.0):
        """The next complete reply, or None if the server closes the connection."""
        async with asyncio.timeout(seconds):
            try:
                head = await self._reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                return None
            first, *lines = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
            status, body = int(first.split()[1]), b""
            if of != "HEAD" and status >= 200:
                if "content-length" in headers:
                    body = await self._reader.readexactly(int(headers["content-length"]))
                elif headers.get("transfer-encoding") == "chunked":
                    body = await self._chunks()
            return Reply(status, headers, body)

    async def ask(self, method, path, headers=None, body=b"", *, seconds=30.0):
        """Sends a request with these headers and waits for its reply."""
        await self.send(request(method, path, {"Host": self.host, **(headers or {})}, body))
        return await self.reply(of=method, seconds=seconds)

    async def _chunks(self):
        whole = b""
        while size := int((await self._reader.readline()).split(b";")[0], 16):
            whole += await self._reader.readexactly(size)
            await self._reader.readexactly(2)
        await self._reader.readline()
        return whole


def request(method, path, headers, body=b""):
    """The bytes of a request. Content-Length is added unless the headers have it or Transfer-Encoding."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body and not {"content-length", "transfer-encoding"} & {name.lower() for name in headers}:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body

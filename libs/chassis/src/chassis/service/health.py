"""Health checks and metrics over HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

from chassis.observability.logs import log

Ready = Callable[[], Awaitable[bool]]


class HealthServer:
    """GET /metrics, /health/live and /health/ready of one process; nothing else, and nothing that needs a framework."""

    def __init__(self, ready: Ready) -> None:
        self._ready = ready
        self._server: asyncio.Server | None = None

    async def start(self, address: str) -> None:
        """`address` is host:port or unix:/path."""
        if address.startswith("unix:"):
            path = address.removeprefix("unix:")
            Path(path).unlink(missing_ok=True)
            self._server = await asyncio.start_unix_server(self._answer, path, limit=16_384)
        else:
            host, _, port = address.rpartition(":")
            self._server = await asyncio.start_server(self._answer, host.strip("[]"), int(port), limit=16_384)

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(5):
                head = await reader.readuntil(b"\r\n\r\n")
                status, kind, body = await self._page(head.split(b" ", 2)[1].decode("ascii", "replace"))
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
                )
                await writer.drain()
        except (TimeoutError, IndexError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            log.debug("an HTTP request was not completed")
        finally:
            writer.close()

    async def _page(self, path: str) -> tuple[str, str, bytes]:
        match path.partition("?")[0]:
            case "/health/live":
                return "200 OK", "application/json", b'{"status":"ok"}'
            case "/health/ready":
                if await self._ready():
                    return "200 OK", "application/json", b'{"status":"ok"}'
                return "503 Service Unavailable", "application/json", b'{"status":"unavailable"}'
            case "/metrics":
                return "200 OK", CONTENT_TYPE_LATEST, generate_latest(REGISTRY)
            case _:
                return "404 Not Found", "application/json", b"{}"

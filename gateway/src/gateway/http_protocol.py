"""HTTP/1.1 connections that bound what a visitor may send before anybody has looked at it, and how long that may take."""

import asyncio
from enum import Enum
from http import HTTPStatus
from typing import Any

import orjson
from uuid_utils.compat import uuid7
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.problems.responses import title
from gateway.settings import GatewaySettings

_MOST_HEADERS = 128
# How long the rest of a body is still taken in once its request has been refused, so that the refusal can be read.
_LINGER_SECONDS = 10.0
# Bytes of a reply that wait for the rest of it.
_MOST_HELD = 64 * 1024


class _Phase(Enum):
    IDLE = "between requests"
    HEAD = "in a request's line and headers"
    BODY = "in a request's body"


class _RefusedError(Exception):
    """Stops the parser."""


class Corked:
    """A transport that sends what is written in one turn of the event loop at once: a reply's head goes with its body."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._loop.call_soon(self._send)
        self._parts.append(data)
        self._size += len(data)
        # Whoever writes much has to be told when it is too much.
        if self._size > _MOST_HELD:
            self._send()

    def close(self) -> None:
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._parts:
            data = b"".join(self._parts)
            self._parts, self._size = [], 0
            # Who has hung up meanwhile hears no more, and a transport that is closed takes offence at being written to.
            if not self._transport.is_closing():
                self._transport.write(data)


class Connection(HttpToolsProtocol):
    """One connection. What is no request this can hand on is answered as a problem, and hung up on."""

    settings: GatewaySettings

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._phase = _Phase.IDLE
        # Bytes since something was last handed on: of a head, or of what surrounds the chunks of a body.
        self._unseen = 0
        self._refusal = (400, "malformed_request", "This is not a request that can be read as HTTP.")
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        super().connection_made(Corked(transport, self.loop))  # type: ignore[arg-type] # as much of one as uvicorn makes use of
        self._allow(self.settings.head_seconds, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._phase is _Phase.IDLE:
            return
        self._unseen += len(data)
        if self._unseen > self.settings.head_limit_bytes and self._phase is _Phase.HEAD:
            self._refuse_head()
            self.send_400_response("")
        elif self._unseen > self.settings.head_limit_bytes + len(data):
            # Trailers or chunk extensions without end.
            self.transport.close()
        elif self._phase is _Phase.HEAD and self._timer is None:
            self._allow(self.settings.head_seconds, self._too_slow)

    def on_message_begin(self) -> None:
        self._phase, self._unseen = _Phase.HEAD, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._disarm()
        self._phase, self._unseen = _Phase.BODY, 0
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > self.settings.head_limit_bytes or len(self.headers) > _MOST_HEADERS:
            self._refuse_head()
            raise _RefusedError
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unseen = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._disarm()
        self._phase = _Phase.IDLE
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._phase is _Phase.BODY and not self._busy and not self.transport.is_closing():
            self._allow(_LINGER_SECONDS, self.transport.close)

    def send_400_response(self, msg: str) -> None:
        """Called by uvicorn for what its parser does not take; `msg` is its word for it."""
        if self.transport.is_closing():
            return
        status, code, detail = self._refusal
        request_id = str(uuid7())
        problem = {
            "type": f"{self.settings.public_url.rstrip('/')}/problems/{code}",
            "title": title(code),
            "status": status,
            "detail": detail,
            "instance": "/",
            "request_id": request_id,
            "code": code,
        }
        body = orjson.dumps(problem)
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: application/problem+json\r\nContent-Length: {len(body)}\r\n"
            f"X-Request-ID: {request_id}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()

    def _refuse_head(self) -> None:
        self._refusal = (431, "head_too_large", "The address and the headers of this request are larger than is taken here.")

    @property
    def _busy(self) -> bool:
        """Whether a request is being answered."""
        cycle: Any = self.cycle
        return cycle is not None and not cycle.response_complete

    def _too_slow(self) -> None:
        if self._busy:
            # The next request comes slowly while the one before it is answered.
            self._allow(self.settings.head_seconds, self._too_slow)
            return
        self._refusal = (408, "request_too_slow", "The request did not arrive in time.")
        self.send_400_response("")

    def _allow(self, seconds: float, then: Any) -> None:
        self._disarm()
        self._timer = self.loop.call_later(seconds, then)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def http_protocol(settings: GatewaySettings) -> type[Connection]:
    """The kind of connection that goes with the settings, as uvicorn takes it."""
    return type("Connection", (Connection,), {"settings": settings})

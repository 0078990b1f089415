"""uvicorn's HTTP/1.1 protocol with limits on the size of a request's head and on the time it may take to arrive (decision 26)."""

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
# How long the rest of a body is read after its request has been refused, so that the client can read the response.
_LINGER_SECONDS = 10.0
# How long a client may leave a response unread. It holds memory as long.
_SECONDS_WITHOUT_READING = 20.0
# How long a connection without a request stays open once the gateway stops: a request may be on its way.
_SECONDS_TO_SEND = 1.0
# Bytes of a response that are buffered.
_MOST_BUFFERED = 64 * 1024


class _Phase(Enum):
    IDLE = "between requests"
    HEAD = "in a request's line and headers"
    BODY = "in a request's body"


class _RefusedError(Exception):
    """Stops the parser."""


class BufferedTransport:
    """Sends everything that is written in one iteration of the event loop with one system call: the head of a response with its body."""

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
        # Large writes go to the transport at once, so that its flow control works.
        if self._size > _MOST_BUFFERED:
            self._send()

    def close(self) -> None:
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._parts:
            data = b"".join(self._parts)
            self._parts, self._size = [], 0
            # A closing transport raises an error when it is written to.
            if not self._transport.is_closing():
                self._transport.write(data)


class GatewayHttpProtocol(HttpToolsProtocol):
    """One connection. A request that cannot be handled is answered with a problem, and the connection is closed."""

    settings: GatewaySettings

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._phase = _Phase.IDLE
        # Bytes received since data was last passed on: of a head, or of chunk extensions and trailers.
        self._unparsed = 0
        self._refusal = (400, "malformed_request", "This is not a request that can be read as HTTP.")
        self._timer: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._stopping = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        super().connection_made(BufferedTransport(transport, self.loop))  # type: ignore[arg-type] # has what uvicorn uses of a Transport
        self._set_timeout(self.settings.head_seconds, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_timeout()
        self._cancel_stall()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._phase is _Phase.IDLE:
            # Bytes that begin no request, such as an empty line, have ended uvicorn's own limit for an unused connection.
            if self._timer is None and not self._busy:
                self._set_timeout(self.settings.head_seconds, self.transport.close)
            return
        self._unparsed += len(data)
        if self._unparsed > self.settings.head_limit_bytes and self._phase is _Phase.HEAD:
            self._refuse_head()
            self.send_400_response("")
        elif self._unparsed > self.settings.head_limit_bytes + len(data):
            # Trailers or chunk extensions that are too large.
            self.transport.close()
        elif self._phase is _Phase.HEAD and self._timer is None:
            self._set_timeout(self.settings.head_seconds, self._too_slow)

    def pause_writing(self) -> None:
        """Called by the transport when the client does not read what has been written."""
        super().pause_writing()
        self._expect_reading(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        super().resume_writing()
        self._cancel_stall()

    def on_message_begin(self) -> None:
        self._cancel_timeout()
        self._phase, self._unparsed = _Phase.HEAD, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._cancel_timeout()
        self._phase, self._unparsed = _Phase.BODY, 0
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > self.settings.head_limit_bytes or len(self.headers) > _MOST_HEADERS:
            self._refuse_head()
            raise _RefusedError
        super().on_headers_complete()
        if self._stopping:
            self._cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        self._unparsed = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._cancel_timeout()
        self._phase = _Phase.IDLE
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._phase is _Phase.BODY and not self._busy and not self.transport.is_closing():
            self._set_timeout(_LINGER_SECONDS, self.transport.close)

    def shutdown(self) -> None:
        """Called by uvicorn when it stops: the next response is the last one, and says so, so that its client sends no more here."""
        self._stopping = True
        if self._busy:
            self._cycle.keep_alive = False
        else:
            self.loop.call_later(_SECONDS_TO_SEND, self._close_if_idle)

    def _close_if_idle(self) -> None:
        if self._phase is _Phase.IDLE and not self._busy:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Called by uvicorn when its parser fails; `msg` is its reason, which is not sent."""
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
        return self._cycle is not None and not self._cycle.response_complete

    @property
    def _cycle(self) -> Any:
        """The request that is being answered, or the last one."""
        return self.cycle

    def _too_slow(self) -> None:
        if self._busy:
            # The next request arrives slowly while the one before is being answered.
            self._set_timeout(self.settings.head_seconds, self._too_slow)
            return
        self._refusal = (408, "request_too_slow", "The request did not arrive in time.")
        self.send_400_response("")

    def _set_timeout(self, seconds: float, then: Any) -> None:
        self._cancel_timeout()
        self._timer = self.loop.call_later(seconds, then)

    def _expect_reading(self, unread: int) -> None:
        """Checks in a while that the client has read some of these bytes; otherwise the connection is dropped with them."""
        self._cancel_stall()
        self._stall = self.loop.call_later(_SECONDS_WITHOUT_READING, self._check_reading, unread)

    def _check_reading(self, unread: int) -> None:
        left = self.transport.get_write_buffer_size()
        if left < unread:
            self._expect_reading(left)
        else:
            # Closing would wait for the client to read.
            self.transport.abort()

    def _cancel_stall(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _cancel_timeout(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def http_protocol(settings: GatewaySettings) -> type[GatewayHttpProtocol]:
    """The protocol class with these settings, for uvicorn's `http` option."""
    return type("GatewayHttpProtocol", (GatewayHttpProtocol,), {"settings": settings})

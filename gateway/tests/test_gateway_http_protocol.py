"""Limits of a connection: slow, large and malformed requests."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import uvicorn
from starlette.exceptions import HTTPException

from chassis.local.processes import free_port
from gateway.http_protocol import BufferedTransport, http_protocol
from gateway.middleware.body import BodyLimit
from gateway.pages.explorer import assets
from gateway.request import KEY, GatewayRequest
from gateway.routing.public import PublicPaths


@pytest.fixture
async def port(gateway) -> AsyncIterator[int]:
    """The gateway behind a real socket, with little patience."""
    app = gateway.reconfigured(body_seconds=0.5).app
    patience = gateway.settings.model_copy(update={"head_seconds": 0.5})
    number = free_port()
    server = uvicorn.Server(
        uvicorn.Config(app, port=number, http=http_protocol(patience), ws="none", log_config=None, access_log=False, lifespan="on")
    )
    serving = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield number
    server.should_exit = True
    await serving


class Line:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def say(self, *parts: bytes, pause: float = 0.02) -> None:
        # Whoever has been hung up on cannot go on.
        with suppress(ConnectionError):
            for part in parts:
                self.writer.write(part)
                await asyncio.sleep(pause)

    async def answer(self) -> tuple[int, dict[str, object]]:
        """The status and the body of the next reply."""
        async with asyncio.timeout(5):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(head.partition("content-length: ")[2].split("\r\n")[0])
            return int(head.split()[1]), json.loads(await self.reader.readexactly(length))

    async def is_hung_up(self) -> bool:
        async with asyncio.timeout(5):
            try:
                return await self.reader.read(1) == b""
            except ConnectionError:
                return True


@pytest.fixture
async def line(port: int) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    yield Line(reader, writer)
    writer.close()


HEALTH = b"GET /api/v1/health HTTP/1.1\r\nHost: here\r\n\r\n"
LOGIN = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET /api/v1/health HTTP/1.1\r\n",
        b"GET /api/v1/health HTTP/1.1\r\nHost: here\r\nX-A: b",
        HEALTH + b"GET /api/v1/health HTTP/1.1\r\nHo",
    ],
    ids=["nothing", "a line", "half a header", "half of the next request"],
)
async def test_a_head_that_does_not_arrive_in_time_is_a_408(line: Line, said: bytes):
    await line.say(said)
    if said.startswith(HEALTH):
        assert (await line.answer())[0] == 200

    status, problem = await line.answer()

    assert (status, problem["code"]) == (408, "request_too_slow")
    assert await line.is_hung_up()


@pytest.mark.parametrize("beside", [b"\r\n", b"\r\n\r\n"])
async def test_empty_lines_do_not_keep_an_unused_connection(line: Line, beside: bytes):
    await line.say(HEALTH)
    assert (await line.answer())[0] == 200

    await line.say(*[beside] * 10)

    assert await line.is_hung_up()


async def test_the_rest_of_a_body_that_was_refused_early_does_not_keep_the_connection(line: Line):
    await line.say(b"POST /api/v1/nothing HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{")
    assert (await line.answer())[0] == 404

    await line.say(b"}")

    assert await line.is_hung_up()


async def test_an_empty_line_before_a_request_is_no_fault(line: Line):
    await line.say(HEALTH)
    assert (await line.answer())[0] == 200
    await line.say(b"\r\n" + HEALTH)
    assert (await line.answer())[0] == 200


async def test_a_client_that_does_not_read_is_dropped_with_what_it_does_not_read(port: int, monkeypatch):
    monkeypatch.setattr("gateway.http_protocol._SECONDS_WITHOUT_READING", 0.1)
    bundle = assets()["swagger-ui-bundle.js"]
    loop, requests = asyncio.get_running_loop(), 20
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.setblocking(False)
        await loop.sock_sendall(client, f"GET {bundle.address} HTTP/1.1\r\nHost: here\r\n\r\n".encode() * requests)
        await asyncio.sleep(0.5)

        received = 0
        with suppress(ConnectionError):
            while part := await asyncio.wait_for(loop.sock_recv(client, 1_000_000), 5):
                received += len(part)

    # What the kernel's buffers held, and nothing of what the gateway still had.
    assert received < requests * len(bundle.content) / 2


async def test_a_head_that_arrives_byte_by_byte_has_no_more_time(line: Line):
    _, (status, _) = await asyncio.gather(line.say(b"GET /api/v1/health HTTP/1.1\r\nX-A: ", *[b"b"] * 40), line.answer())

    assert status == 408


async def test_a_body_that_does_not_arrive_in_time_is_a_408(line: Line):
    await line.say(LOGIN + b'Content-Length: 100\r\n\r\n{"email": ')

    status, problem = await line.answer()

    assert (status, problem["code"]) == (408, "request_too_slow")
    assert await line.is_hung_up()


async def test_a_body_that_is_held_in_memory_has_so_much_time_however_steadily_it_arrives():
    """Its sender keeps well above the least rate, and would take half a minute."""
    given = 0

    async def trickle():
        nonlocal given
        await asyncio.sleep(0.03)
        given += 1000
        return {"type": "http.request", "body": b"x" * 1000, "more_body": True}

    async def read_whole(scope, receive, send):
        while (await receive())["more_body"]:
            pass

    scope = {"type": "http", "method": "POST", "path": "/api/v1/clients", "headers": [(b"content-length", b"1000000")]}
    scope[KEY] = GatewayRequest(scope)
    bounded = BodyLimit(
        read_whole,
        json_bytes=1_000_000,
        upload_bytes=0,
        import_bytes=0,
        seconds=60.0,
        json_seconds=0.3,
        upload_seconds=60.0,
        public_paths=PublicPaths(()),
    )
    with pytest.raises(HTTPException) as refused:
        await bounded(scope, trickle, None)

    assert refused.value.status_code == 408
    assert given < 1_000_000


async def test_a_long_body_has_more_time(line: Line):
    body = b'{"email": "nobody@example.com", "password": "guess", "beside": "' + b"x" * 60_000 + b'"}'
    parts = [body[place : place + 4000] for place in range(0, len(body), 4000)]
    await line.say(LOGIN + b"Content-Length: %d\r\n\r\n" % len(body), *parts, pause=0.08)

    assert (await line.answer())[0] == 401


@pytest.mark.parametrize(
    "said",
    [
        b"GET /api/v1/health HTTP/1.1\r\nHost: here\r\nX-A: " + b"a" * 70_000 + b"\r\n\r\n",
        b"GET /api/v1/health HTTP/1.1\r\nHost: here\r\n" + b"".join(b"X-%d: 1\r\n" % number for number in range(200)) + b"\r\n",
        b"GET /api/v1/clients?search=" + b"a" * 63_000 + b" HTTP/1.1\r\nHost: here\r\nX-A: " + b"a" * 3_000 + b"\r\n\r\n",
    ],
    ids=["a header", "many headers", "an address"],
)
async def test_a_head_that_is_too_large_is_refused(line: Line, said: bytes):
    await line.say(said)

    status, problem = await line.answer()

    assert (status, problem["code"]) == (431, "head_too_large")
    assert await line.is_hung_up()


async def test_a_header_without_end_is_refused(line: Line):
    await line.say(b"GET /api/v1/health HTTP/1.1\r\nHost: here\r\nX-A: ", *[b"a" * 50_000] * 100, pause=0)

    with suppress(ConnectionError, asyncio.IncompleteReadError):
        # Unless the end of the connection overtakes it.
        assert (await line.answer())[0] == 431
    assert await line.is_hung_up()


@pytest.mark.parametrize("endless", [b"1;" + b"a" * 200_000, b"1\r\na\r\n0\r\nX-A: " + b"a" * 200_000], ids=["extension", "trailer"])
async def test_chunk_extensions_and_trailers_are_limited_as_well(line: Line, endless: bytes):
    await line.say(LOGIN + b"Transfer-Encoding: chunked\r\n\r\n", endless, *[b"a" * 60_000] * 5)

    assert await line.is_hung_up()


@pytest.mark.parametrize(
    "said",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"HELLO\r\n\r\n",
        b"FOO /api/v1/health HTTP/1.1\r\nHost: here\r\n\r\n",
        b"GET /api/v1/health HTTP/9.9\r\nHost: here\r\n\r\n",
        LOGIN + b"Content-Length: -1\r\n\r\n",
        LOGIN + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        LOGIN + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        b"GET /api/v1/health HTTP/1.1\r\nHost: here\r\nX-A: a\x00b\r\n\r\n",
    ],
)
async def test_what_is_not_http_is_a_400_that_quotes_nothing(line: Line, said: bytes):
    await line.say(said)

    status, problem = await line.answer()

    assert (status, problem["code"]) == (400, "malformed_request")
    assert problem.keys() == {"type", "title", "status", "detail", "instance", "request_id", "code"}
    assert await line.is_hung_up()


async def test_one_connection_serves_many_requests(line: Line):
    for _ in range(20):
        await line.say(HEALTH, pause=0)
        assert (await line.answer())[0] == 200
    await line.say(HEALTH * 5)
    assert [(await line.answer())[0] for _ in range(5)] == [200] * 5


async def test_options_of_the_whole_server_is_a_404(line: Line):
    await line.say(b"OPTIONS * HTTP/1.1\r\nHost: here\r\n\r\n")

    assert (await line.answer())[0] == 404


class Wire:
    """What a socket would be told."""

    def __init__(self):
        self.sent = []
        self.closed_after = None

    def write(self, data):
        self.sent.append(data)

    def close(self):
        self.closed_after = len(self.sent)

    def is_closing(self):
        return self.closed_after is not None


async def test_writes_in_one_iteration_of_the_event_loop_are_sent_together():
    wire = Wire()
    corked = BufferedTransport(wire, asyncio.get_running_loop())
    corked.write(b"head ")
    corked.write(b"body")
    assert wire.sent == []
    await asyncio.sleep(0)
    assert wire.sent == [b"head body"]
    corked.write(b"next")
    await asyncio.sleep(0)
    assert wire.sent == [b"head body", b"next"]


async def test_closing_sends_what_is_buffered_and_large_writes_are_not_buffered():
    wire = Wire()
    corked = BufferedTransport(wire, asyncio.get_running_loop())
    corked.write(b"x" * 100_000)
    assert wire.sent == [b"x" * 100_000]
    corked.write(b"last words")
    corked.close()
    assert wire.sent[1:] == [b"last words"]
    assert wire.closed_after == 2
    assert corked.is_closing()
    await asyncio.sleep(0)
    assert len(wire.sent) == 2


async def test_nothing_is_written_to_a_closing_transport():
    wire = Wire()
    corked = BufferedTransport(wire, asyncio.get_running_loop())
    corked.write(b"too late")
    wire.close()
    await asyncio.sleep(0)
    assert wire.sent == []

"""HTTP servers on this machine, which take what they are sent and answer as they are told."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def type(self) -> str:
        return json.loads(self.body)["type"]

    @property
    def data(self) -> dict[str, object]:
        return json.loads(self.body)["data"]


@dataclass
class Receiver:
    """An HTTP server on this machine. `answer` says what it answers to a request."""

    port: int = 0
    taken: list[Request] = field(default_factory=list)
    answer: Callable[[Request], bytes] = lambda _request: b"HTTP/1.1 204 No Content\r\n\r\n"
    # While it is not set no request is answered.
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    on_request: Callable[[Request], None] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?of=caseload"

    def types(self) -> list[str]:
        return [request.type for request in self.taken]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
            request = Request(headers, await reader.readexactly(int(headers["content-length"])))
            self.taken.append(request)
            if self.on_request is not None:
                self.on_request(request)
            await self.answers.wait()
            writer.write(self.answer(request))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def status(line: str, *headers: str) -> bytes:
    return "\r\n".join((f"HTTP/1.1 {line}", "Content-Length: 0", *headers, "", "")).encode()


@asynccontextmanager
async def listening() -> AsyncIterator[Receiver]:
    made = Receiver()
    made.answers.set()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    made.answers.set()
    server.close()

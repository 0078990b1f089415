"""The gateway as this package runs it: on a socket that is bound already, with the caught mail beside its routes."""

import asyncio
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import uvicorn
import uvloop

from chassis.auth.tokens import ServiceSigner
from chassis.observability.logs import configure_logs
from chassis.rpc.client.peers import Peers
from chassis.rpc.server.server import Server
from gateway.app import build
from gateway.connections import connections
from gateway.settings import GatewaySettings
from standalone.home import Home
from standalone.mail import Mailbox, routes


class Door:
    """The gateway's HTTP server within an event loop that others use as well."""

    def __init__(
        self,
        home: Home,
        listening: socket.socket,
        mailbox: Mailbox | None,
        *,
        servers: Mapping[str, Server] | None = None,
        **composition: Any,
    ) -> None:
        settings = GatewaySettings(**home.common(**composition))
        signer = ServiceSigner("gateway", (home.service_keys / "gateway.key").read_bytes())
        self._peers = Peers(signer, addresses=settings.peers, servers=servers)
        self._listening = listening
        app = build(self._peers, settings)
        if mailbox is not None:
            app.include_router(routes(mailbox))
        self._server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                http=connections(settings),
                ws="none",
                lifespan="on",
                forwarded_allow_ips=settings.trusted_proxies,
                timeout_graceful_shutdown=settings.drain_seconds,
            )
        )
        self._serving: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Returns once requests are answered."""
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._listening]))
        while not self._server.started:
            if self._serving.done():
                self._serving.result()
                raise RuntimeError("the gateway did not start")
            await asyncio.sleep(0.01)

    async def close(self) -> None:
        """Takes nothing new and lets what is under way come to its end."""
        self._server.should_exit = True
        if self._serving is not None:
            await self._serving
        await self._peers.close()


class _Server(uvicorn.Server):
    """Leaves the process's signals to whoever runs the process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve_door(home: Home, listening: socket.socket, mailbox: Mailbox | None, **composition: Any) -> None:
    """The gateway as a process of its own, until SIGTERM."""
    configure_logs("gateway")

    async def work() -> None:
        stopping = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
        door = Door(home, listening, mailbox, **composition)
        await door.open()
        await stopping.wait()
        await door.close()

    uvloop.run(work())

"""The gateway's HTTP server: uvicorn with our HTTP protocol, the application, and the peers behind it."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import uvicorn
from fastapi import APIRouter, FastAPI

from chassis.auth.verifier import TokenVerifier
from chassis.rpc.client.peers import Peers
from chassis.rpc.handler import Handler
from chassis.rpc.tls import TLS
from chassis.service.health import HealthServer
from gateway.app import build
from gateway.http_protocol import http_protocol
from gateway.settings import GatewaySettings
from gateway.streams.hints import hints_of
from gateway.streams.hub import AlertStreams


class GatewayServer:
    """The server within a running event loop, which others may use as well. Signals are left to whoever runs the process."""

    def __init__(
        self,
        settings: GatewaySettings,
        *,
        listening: socket.socket | None = None,
        servers: Mapping[str, Handler] | None = None,
        routers: Sequence[APIRouter] = (),
        broker: object = None,
    ) -> None:
        """Listens on `listening`, or else on `settings.http_listen`.

        `servers` are the services of the same process by name, the others are reached at `settings.peers`; `broker` is the one that
        services of the same process have. `routers` add routes to the gateway's own.
        """
        # No signer: the gateway calls services with its users' tokens, never on its own behalf.
        self._peers = Peers(None, addresses=settings.peers, servers=servers, tls=TLS.of(settings))
        self._settings = settings
        self._app = build(self._peers, settings, routers)
        streams: AlertStreams = self._app.state.alert_streams
        self._hints = hints_of(settings.broker_url.get_secret_value(), broker, streams.hint)
        if self._hints is not None:
            hints = self._hints
            streams.hears = lambda: hints.hears
        self._uvicorn = _Uvicorn(_configuration(self._app, settings))
        self._sockets = None if listening is None else [listening]
        self._health = None if settings.health_listen is None else HealthServer(self._ready)
        self._running: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Serves until `drain` is called, and finishes the requests under way."""
        if self._health is not None and self._settings.health_listen is not None:
            await self._health.start(self._settings.health_listen)
        if self._hints is not None:
            # Whether or not the broker is there: without it streams are told a little later.
            self._hints.start()
        try:
            await self._uvicorn.serve(self._sockets)
        finally:
            if self._hints is not None:
                await self._hints.close()
            if self._health is not None:
                await self._health.close()
            await self._peers.close()

    def drain(self) -> None:
        """Accepts nothing new and lets `run` finish what is under way; a second call makes it end at once. Streams, which never finish, are ended."""
        self._uvicorn.force_exit = self._uvicorn.should_exit
        self._uvicorn.should_exit = True
        self._app.state.alert_streams.drain()

    async def start(self) -> None:
        """Runs as a task and returns once requests are answered. RuntimeError when the server ends before that."""
        self._running = asyncio.create_task(self.run())
        while not self._uvicorn.started:
            if self._running.done():
                self._running.result()
                raise RuntimeError("the gateway did not start")
            await asyncio.sleep(0.01)

    async def _ready(self) -> bool:
        verifier: TokenVerifier = self._app.state.verifier
        return verifier.is_fresh and not self._uvicorn.should_exit

    async def stop(self) -> None:
        """Drains and returns when the last request has been answered."""
        if self._running is not None:
            self.drain()
            await self._running


async def serve(settings: GatewaySettings, *, listening: socket.socket | None = None, routers: Sequence[APIRouter] = ()) -> None:
    """The gateway as a process of its own: serves until SIGTERM or SIGINT, then drains."""
    if settings.cpu is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {settings.cpu})
    server = GatewayServer(settings, listening=listening, routers=routers)
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, server.drain)
    await server.run()


class _Uvicorn(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none: uvicorn, once drained, would end the process by the signal it caught."""
        yield


def _configuration(app: FastAPI, settings: GatewaySettings) -> uvicorn.Config:
    host, _, port = (settings.http_listen or "127.0.0.1:8000").rpartition(":")
    return uvicorn.Config(
        app,
        host=host.strip("[]"),
        port=int(port),
        loop="uvloop",
        http=http_protocol(settings),
        ws="none",
        lifespan="on",
        # The gateway writes its own access log, without query strings.
        access_log=False,
        log_config=None,
        server_header=False,
        # From right to left: the last address that no trusted proxy has added is the client's.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=settings.drain_seconds,
    )

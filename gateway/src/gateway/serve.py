"""The gateway as a server: uvicorn on uvloop and httptools, draining when told to stop."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from chassis.rpc.client.peers import Peers
from chassis.rpc.tls import TLS
from gateway.app import build
from gateway.connections import connections
from gateway.settings import GatewaySettings


async def serve(settings: GatewaySettings) -> None:
    """Serves until SIGTERM or SIGINT, then finishes what is under way."""
    if settings.cpu is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {settings.cpu})
    # No signer: the gateway has nothing to say on its own behalf, only what its visitors do.
    peers = Peers(None, addresses=settings.peers, tls=TLS.of(settings))
    server = Server(configuration(build(peers, settings), settings))
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, server.stop)
    try:
        await server.serve()
    finally:
        await peers.close()


class Server(uvicorn.Server):
    """Leaves signals to whoever runs it: uvicorn, once drained, would still end the process by the one it caught."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def stop(self) -> None:
        """Takes nothing new and finishes what is under way; a second time, at once."""
        self.force_exit = self.should_exit
        self.should_exit = True


def configuration(app: FastAPI, settings: GatewaySettings) -> uvicorn.Config:
    host, _, port = (settings.http_listen or "127.0.0.1:8000").rpartition(":")
    return uvicorn.Config(
        app,
        host=host.strip("[]"),
        port=int(port),
        loop="uvloop",
        http=connections(settings),
        ws="none",
        lifespan="on",
        # Ours says more, and says no query strings.
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=settings.drain_seconds,
    )

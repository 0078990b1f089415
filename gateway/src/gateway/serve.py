"""The gateway as a server: uvicorn on uvloop and httptools, draining when told to stop."""

import os

import uvicorn
from fastapi import FastAPI

from chassis.dial import Peers
from gateway.app import build
from gateway.settings import GatewaySettings


async def serve(settings: GatewaySettings) -> None:
    """Serves until SIGTERM or SIGINT, then finishes what is under way."""
    if settings.cpu is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {settings.cpu})
    # No signer: the gateway has nothing to say on its own behalf, only what its visitors do.
    peers = Peers(None, addresses=settings.peers)
    try:
        await uvicorn.Server(configuration(build(peers, settings), settings)).serve()
    finally:
        await peers.close()


def configuration(app: FastAPI, settings: GatewaySettings) -> uvicorn.Config:
    host, _, port = (settings.http_listen or "127.0.0.1:8000").rpartition(":")
    return uvicorn.Config(
        app,
        host=host.strip("[]"),
        port=int(port),
        loop="uvloop",
        http="httptools",
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

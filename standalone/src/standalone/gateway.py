"""The gateway of an installation: on a socket that is bound already, with the caught mail among its routes."""

import socket
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import uvloop
from fastapi import APIRouter

from chassis.events.broker.base import Broker
from chassis.observability.logs import configure_logs
from chassis.rpc.handler import Handler
from gateway.server import GatewayServer, serve
from gateway.settings import GatewaySettings
from standalone.home import Home
from standalone.mail import Mailbox, routes


def gateway_server(
    home: Home, listening: socket.socket, mailbox: Mailbox | None, servers: Mapping[str, Handler], broker: Broker, **addresses: Any
) -> GatewayServer:
    """The gateway in this process, beside the services that it calls and the broker between them."""
    settings = GatewaySettings(**home.common(**addresses))
    return GatewayServer(settings, listening=listening, servers=servers, routers=_routers(mailbox, settings), broker=broker)


def serve_gateway(home: Home, listening: socket.socket, mailbox: Mailbox | None, **addresses: Any) -> None:
    """The gateway as a process of its own, until SIGTERM."""
    settings = GatewaySettings(**home.common(**addresses))
    configure_logs("gateway", settings.log_level)
    uvloop.run(serve(settings, listening=listening, routers=_routers(mailbox, settings)))


def _routers(mailbox: Mailbox | None, settings: GatewaySettings) -> Sequence[APIRouter]:
    return () if mailbox is None else (routes(mailbox, {urlsplit(settings.public_url).hostname or ""}),)

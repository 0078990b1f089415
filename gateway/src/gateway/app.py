"""The gateway, put together: what every request passes, and the routes behind it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from limits.aio.storage import MemoryStorage
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from uuid_utils.compat import uuid7

from caseload.identity.v1 import sign_in_pb2
from chassis.auth.verifier import Trust
from chassis.context import RequestContext
from chassis.rpc.client.peers import Peer
from chassis.storage.opening import open_blobs
from gateway.dispatch import Dispatch
from gateway.middleware.body import BodyLimit
from gateway.middleware.cors import Cors
from gateway.middleware.edge import Edge
from gateway.middleware.rate import Buckets, RateLimit
from gateway.middleware.refusals import Refusals
from gateway.openapi import PUBLIC
from gateway.problems import Problems
from gateway.routes import (
    appointments,
    attachments,
    catalogue,
    clients,
    files,
    health,
    keys,
    pages,
    people,
    reminders,
    sessions,
    sign_in,
    timeline,
    trail,
)
from gateway.services import Services
from gateway.sessions import Keeper, Sessions
from gateway.settings import GatewaySettings
from gateway.shortcut import Shortcut
from gateway.visit import KEY

log = logging.getLogger(__name__)

ROUTERS: Sequence[APIRouter] = (
    sign_in.router,
    people.users,
    people.workspaces,
    clients.router,
    timeline.router,
    appointments.router,
    catalogue.services,
    catalogue.locations,
    sessions.router,
    attachments.router,
    reminders.router,
    trail.router,
    keys.router,
    health.router,
    files.router,
    pages.router,
)


def build(peers: Mapping[str, Peer], settings: GatewaySettings) -> FastAPI:
    """The application in front of the named peers; it looks after its own background work, not after the peers."""
    routes: list[BaseRoute] = [route for router in ROUTERS for route in router.routes]
    services = Services.of(peers)
    trust = trust_in(services)
    keeper = Keeper(services.sign_in, trust, settings)
    problems = Problems(settings.public_url, (route.path for route in routes if isinstance(route, Route)))

    app = FastAPI(
        title="Caseload",
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        # An address has one spelling; the other would be redirected to whatever the Host header says.
        redirect_slashes=False,
        lifespan=_lifespan,
        middleware=_middleware(settings, problems, keeper, routes),
        exception_handlers={HTTPException: _raised_by_starlette, RequestValidationError: _raised_by_validation},
    )
    app.state.settings = settings
    app.state.peers = peers
    app.state.services = services
    app.state.trust = trust
    app.state.keeper = keeper
    app.state.problems = problems
    app.state.blobs = (
        open_blobs(settings.blob_url, settings.blob_secret.get_secret_value(), settings.public_url) if settings.blob_url else None
    )
    app.state.docs = None
    app.router.routes.extend(routes)
    app.router.middleware_stack = Dispatch(app.router.middleware_stack, routes)
    return app


def trust_in(services: Services) -> Trust:
    """Access tokens as identity vouches for them. Services' own tokens have no business at this door."""

    async def poll() -> sign_in_pb2.Trust:
        deadline = asyncio.get_running_loop().time() + 2.0
        return await services.sign_in.GetTrust(sign_in_pb2.GetTrustRequest(), RequestContext(deadline=deadline, request_id=str(uuid7())))

    return Trust(poll, audience="gateway", service_keys={})


def public_paths(routes: Sequence[BaseRoute]) -> frozenset[str]:
    """The API's addresses that ask for no sign-in; none of them has parameters."""
    return frozenset(route.path for route in routes if isinstance(route, APIRoute) and route.openapi_extra == PUBLIC)


def _middleware(settings: GatewaySettings, problems: Problems, keeper: Keeper, routes: Sequence[BaseRoute]) -> list[Middleware]:
    counters = MemoryStorage()
    public = public_paths(routes)
    buckets = Buckets(
        reads=settings.reads_per_minute, writes=settings.writes_per_minute, sign_ins=settings.sign_ins_per_minute, public_paths=public
    )
    return [
        Middleware(Edge),
        Middleware(Cors, frozenset(settings.cors_origins)),
        Middleware(Refusals, problems),
        Middleware(
            BodyLimit, json_bytes=settings.json_limit_bytes, upload_bytes=settings.upload_limit_bytes, seconds=settings.body_seconds
        ),
        Middleware(RateLimit, counters, buckets.by_address),
        Middleware(RateLimit, counters, buckets.sign_ins_by_address),
        Middleware(Sessions, keeper=keeper, public_paths=public),
        Middleware(RateLimit, counters, buckets.by_workspace),
        Middleware(Shortcut, routes),
    ]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    trust: Trust = app.state.trust
    polling = asyncio.create_task(_poll_for_ever(trust))
    try:
        yield
    finally:
        polling.cancel()
        await asyncio.wait([polling])
        await trust.close()


async def _poll_for_ever(trust: Trust) -> None:
    while True:
        try:
            await trust.keep_fresh()
        except Exception:
            # Whoever shows a token meanwhile asks identity themselves.
            log.exception("asking whom to trust failed and starts again")
        await asyncio.sleep(1)


async def _raised_by_starlette(request: Request, error: Exception) -> Response:
    problems: Problems = request.app.state.problems
    assert isinstance(error, HTTPException)
    return problems.http(error, request.scope[KEY])


async def _raised_by_validation(request: Request, error: Exception) -> Response:
    problems: Problems = request.app.state.problems
    assert isinstance(error, RequestValidationError)
    return problems.invalid(error, request.scope[KEY])

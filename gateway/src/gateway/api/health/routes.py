"""Whether the gateway lives, whether all it needs does, and its figures."""

import asyncio
from typing import Literal

from fastapi import Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from chassis.errors import Unavailable
from gateway.api.fields import Shape
from gateway.api.responses import reply
from gateway.openapi.document import PUBLIC, noun
from gateway.stubs import NAMES

router = noun("", "health", root="")


class Health(Shape):
    status: Literal["ok"]


@router.get("/health", response_model=Health, openapi_extra=PUBLIC)
async def get_health() -> Response:
    return reply({"status": "ok"})


@router.get("/api/v1/health", response_model=Health, openapi_extra=PUBLIC)
async def get_api_health() -> Response:
    return reply({"status": "ok"})


@router.get("/health/live", response_model=Health, openapi_extra=PUBLIC)
async def get_liveness() -> Response:
    return reply({"status": "ok"})


@router.get("/health/ready", response_model=Health, openapi_extra=PUBLIC)
async def get_readiness(request: Request) -> Response:
    """503 while any service is down, with each one's state in `services`."""
    peers = request.app.state.peers
    ready = dict(zip(NAMES, await asyncio.gather(*(peers[name].ready() for name in NAMES)), strict=True))
    if not all(ready.values()):
        raise Unavailable("not_ready", "Not every service is ready.", facts={"services": ready}, retry_after=1.0)
    return reply({"status": "ok", "services": ready})


@router.get("/metrics", include_in_schema=False)
async def get_metrics() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

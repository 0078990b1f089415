"""Health of the gateway and of the services, and the gateway's metrics."""

import asyncio
from typing import Literal

from fastapi import Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from caseload.services import SERVICE_NAMES
from chassis.errors import Unavailable
from gateway.api.fields import Schema
from gateway.api.responses import json_response
from gateway.routing.nouns import PUBLIC, noun_router

router = noun_router("", "health", root="")


class Health(Schema):
    status: Literal["ok"]


@router.get("/health", response_model=Health, openapi_extra=PUBLIC)
async def get_health() -> Response:
    return json_response({"status": "ok"})


@router.get("/api/v1/health", response_model=Health, openapi_extra=PUBLIC)
async def get_api_health() -> Response:
    return json_response({"status": "ok"})


@router.get("/health/live", response_model=Health, openapi_extra=PUBLIC)
async def get_liveness() -> Response:
    return json_response({"status": "ok"})


@router.get("/health/ready", response_model=Health, openapi_extra=PUBLIC)
async def get_readiness(http: Request) -> Response:
    """503 while any service is down, with each one's state in `services`."""
    peers = http.app.state.peers
    ready = dict(zip(SERVICE_NAMES, await asyncio.gather(*(peers[name].ready() for name in SERVICE_NAMES)), strict=True))
    if not all(ready.values()):
        raise Unavailable("not_ready", "Not every service is ready.", facts={"services": ready}, retry_after=1.0)
    return json_response({"status": "ok", "services": ready})


@router.get("/metrics", include_in_schema=False)
async def get_metrics() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

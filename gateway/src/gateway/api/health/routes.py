"""Health of this process, answered from memory."""

from typing import Literal

from fastapi import Request
from starlette.responses import Response

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
    """503 while it is not known which sign-ins are valid. A service that is away is told by the operations that need it."""
    if not http.app.state.verifier.is_fresh:
        raise Unavailable("not_ready", "It is not known at the moment which sign-ins are valid.", retry_after=1.0)
    return json_response({"status": "ok"})

"""Routers for the nouns of the API."""

from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute

from gateway.routing.json_body import JsonRoute

API = "/api/v1"
# The `openapi_extra` of a route without sign-in.
PUBLIC: dict[str, Any] = {"security": []}
# Where a route's `openapi_extra` says by which limit its requests are counted, unless they are plain reads or writes.
RATE_LIMIT = "x-rate-limit"
# That of a route without sign-in at which people prove who they are, although it only reads.
PUBLIC_SIGN_IN: dict[str, Any] = {**PUBLIC, RATE_LIMIT: "sign-in"}
# That of one at which the provider of a workspace says who they are.
PUBLIC_SINGLE_SIGN_ON: dict[str, Any] = {**PUBLIC, RATE_LIMIT: "single-sign-on"}
# Where a route's `openapi_extra` says that its query may have any name: others than our own callers write it.
ANY_QUERY: dict[str, Any] = {"x-any-query": True}
# That of one which needs a sign-in of the last minutes, always or for some of what it does (decision 119). Others do not answer that they do.
RECENT_SIGN_IN: dict[str, Any] = {"x-recent-sign-in": True}
# The `openapi_extra` of a route that an editor calls by itself, every few seconds.
AUTOSAVE: dict[str, Any] = {RATE_LIMIT: "autosave"}


def noun_router(prefix: str, tag: str, *, root: str = API) -> APIRouter:
    """A router for the paths below a prefix. The id of an operation in the OpenAPI document is its function's name."""
    return APIRouter(prefix=root + prefix, tags=[tag], route_class=JsonRoute, generate_unique_id_function=lambda route: route.name)


def is_public(route: APIRoute) -> bool:
    """Whether it needs no sign-in."""
    return (route.openapi_extra or {}).get("security") == []


def takes_any_query(route: APIRoute) -> bool:
    return ANY_QUERY.items() <= (route.openapi_extra or {}).items()

"""A client's timeline: appointments, notes and plans of care, merged newest first, page by page."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from chassis.client_archive.timeline import read_timeline
from gateway.api.responses import json_response
from gateway.api.timeline import schemas
from gateway.auth.dependencies import SignedInRequest
from gateway.routing.nouns import noun_router

router = noun_router("/clients", "clients")


@router.get("/{client_id}/timeline", response_model=schemas.Timeline)
async def get_timeline(client_id: UUID, query: Annotated[schemas.TimelineQuery, Query()], request: SignedInRequest) -> Response:
    """Newest first: of appointments, notes and plans of care those that the caller may read."""
    scopes, context = request.caller.scopes, request.context
    return json_response(await read_timeline(request.stubs, context, scopes, client_id, cursor=query.cursor, limit=query.limit))

"""Who broke the glass, and whether they should have."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.clients.v1 import care_teams_pb2 as pb
from gateway.api.broken_glass import schemas
from gateway.api.care_teams.schemas import BreakGlass
from gateway.api.responses import json_response, page_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/audit/break-glass", "audit")


@router.get("", response_model=schemas.BreakGlassPage)
async def list_break_glass(query: Annotated[schemas.BreakGlassQuery, Query()], request: SignedInRequest) -> Response:
    """Newest first; `review=pending` is what waits for a review."""
    return page_response(await request.stubs.care_teams.ListBrokenGlass(to_proto(query, pb.ListBrokenGlassRequest), request.context), query)


@router.post("/{break_glass_id}/review", response_model=BreakGlass)
async def review_break_glass(break_glass_id: UUID, body: schemas.BreakGlassReview, request: SignedInRequest) -> Response:
    """Once, and by somebody else than whoever broke the glass."""
    message = to_proto(body, pb.ReviewBrokenGlassRequest, break_glass_id=break_glass_id)
    return json_response(render(await request.stubs.care_teams.ReviewBrokenGlass(message, request.context)))

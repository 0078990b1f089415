"""Legal holds: what must not be destroyed while a court or an authority may ask for it."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.audit.v1 import legal_holds_pb2 as pb
from gateway.api.legal_holds import schemas
from gateway.api.responses import json_response, page_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/audit/legal-holds", "audit")


@router.get("", response_model=schemas.LegalHoldPage)
async def list_legal_holds(query: Annotated[schemas.LegalHoldQuery, Query()], request: SignedInRequest) -> Response:
    """Newest first, released ones too."""
    return page_response(await request.stubs.legal_holds.ListLegalHolds(to_proto(query, pb.ListLegalHoldsRequest), request.context), query)


@router.post("", response_model=schemas.LegalHold, status_code=201)
async def place_legal_hold(body: schemas.LegalHoldCreate, request: SignedInRequest) -> Response:
    """On a client, on what a user has to do with, or without either on the whole workspace. From the answer on nothing of it is destroyed: `under_legal_hold`."""
    hold = await request.stubs.legal_holds.PlaceLegalHold(to_proto(body, pb.PlaceLegalHoldRequest), request.context)
    return json_response(render(hold), 201)


@router.post("/{hold_id}/release", response_model=schemas.LegalHold)
async def release_legal_hold(hold_id: UUID, request: SignedInRequest) -> Response:
    """What was due meanwhile goes on. One that was released already stays as it is."""
    message = pb.ReleaseLegalHoldRequest(hold_id=str(hold_id))
    return json_response(render(await request.stubs.legal_holds.ReleaseLegalHold(message, request.context)))

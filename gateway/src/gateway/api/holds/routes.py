"""Slots that are held while an appointment is agreed on."""

from uuid import UUID

from starlette.responses import Response

from caseload.scheduling.v1 import holds_pb2 as pb
from chassis.errors import Conflict
from gateway.api.appointments.routes import refusal_with_initials
from gateway.api.holds import schemas
from gateway.api.responses import json_response, no_content
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/slots/hold", "slots")


@router.post("", response_model=schemas.Hold, status_code=201)
async def hold_slot(body: schemas.HoldCreate, request: SignedInRequest) -> Response:
    """Keeps the slot from everybody else until `expires_at`; `POST /appointments` takes the `hold_id`. What the caller holds at that time
    already is replaced. A conflict is refused as that of a booking is.
    """
    try:
        return json_response(render(await request.stubs.holds.HoldSlot(to_proto(body, pb.HoldSlotRequest), request.context)), 201)
    except Conflict as refusal:
        raise await refusal_with_initials(request, refusal) from None


@router.delete("/{hold_id}", status_code=204)
async def release_hold(hold_id: UUID, request: SignedInRequest) -> Response:
    """One's own. A hold that has lapsed, or was booked, is not there any more."""
    await request.stubs.holds.ReleaseHold(pb.ReleaseHoldRequest(hold_id=str(hold_id)), request.context)
    return no_content()

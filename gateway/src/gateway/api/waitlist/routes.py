"""Clients who wait for an appointment. Time that somebody gives back is offered to them, one after the other."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.scheduling.v1 import waitlist_pb2 as pb
from chassis.errors import Conflict
from gateway.api.appointments.routes import refusal_with_initials
from gateway.api.responses import json_response, no_content, page_response
from gateway.api.waitlist import schemas
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/waitlist", "waitlist")


@router.post("", response_model=schemas.WaitlistEntry, status_code=201)
async def join_waitlist(body: schemas.WaitlistEntryCreate, request: SignedInRequest) -> Response:
    """When an appointment is cancelled, deleted or moved, its time is offered to whoever has waited longest for a time like it: by mail, and kept
    for two hours at most.
    """
    return json_response(render(await request.stubs.waitlist.JoinWaitlist(to_proto(body, pb.JoinWaitlistRequest), request.context)), 201)


@router.get("", response_model=schemas.WaitlistEntryPage)
async def list_waitlist(query: Annotated[schemas.WaitlistQuery, Query()], request: SignedInRequest) -> Response:
    """Whoever has waited longest comes first."""
    return page_response(await request.stubs.waitlist.ListWaitlist(to_proto(query, pb.ListWaitlistRequest), request.context), query)


@router.delete("/{entry_id}", status_code=204)
async def withdraw_waitlist_entry(entry_id: UUID, request: SignedInRequest) -> Response:
    """It stays in the list as withdrawn. What is offered to it is offered to the next one."""
    await request.stubs.waitlist.WithdrawEntry(pb.WithdrawEntryRequest(entry_id=str(entry_id)), request.context)
    return no_content()


@router.post("/{entry_id}/accept", response_model=schemas.WaitlistEntry)
async def accept_waitlist_offer(entry_id: UUID, request: SignedInRequest) -> Response:
    """Books what is offered to the client. Where nothing is, or no longer, 409 `waitlist_not_offered` or `waitlist_offer_lapsed`: the entry
    stays on the list.
    """
    try:
        return json_response(
            render(await request.stubs.waitlist.AcceptOffer(pb.AcceptOfferRequest(entry_id=str(entry_id)), request.context))
        )
    except Conflict as refusal:
        raise await refusal_with_initials(request, refusal) from None

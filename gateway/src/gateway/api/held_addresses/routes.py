"""Addresses that are not mailed any more, because mail is not delivered there."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.notifications.v1 import held_addresses_pb2 as pb
from gateway.api.fields import PageQuery
from gateway.api.held_addresses import schemas
from gateway.api.responses import no_content, page_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/reminders/held-addresses", "reminders")


@router.get("", response_model=schemas.HeldAddressPage)
async def list_held_addresses(query: Annotated[PageQuery, Query()], request: SignedInRequest) -> Response:
    """The latest first. Reminders to them are `skipped` with `address_held`. A client who is given another address is mailed there at once."""
    message = to_proto(query, pb.ListHeldAddressesRequest)
    return page_response(await request.stubs.held_addresses.ListHeldAddresses(message, request.context), query)


@router.delete("/{client_id}", status_code=204)
async def lift_held_address(client_id: UUID, request: SignedInRequest) -> Response:
    """The client's address is mailed again from now on, until mail is not delivered there once more. Nothing changes where it is not held."""
    await request.stubs.held_addresses.LiftHold(pb.LiftHoldRequest(client_id=str(client_id)), request.context)
    return no_content()


@router.delete("/users/{user_id}", status_code=204)
async def lift_held_address_of_user(user_id: UUID, request: SignedInRequest) -> Response:
    """The same of somebody who works here: notices about their own work are mailed to them again."""
    await request.stubs.held_addresses.LiftUserHold(pb.LiftUserHoldRequest(user_id=str(user_id)), request.context)
    return no_content()

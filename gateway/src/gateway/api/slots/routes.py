"""When practitioners are free."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from caseload.scheduling.v1 import slots_pb2 as pb
from gateway.api.responses import json_response
from gateway.api.slots import schemas
from gateway.api.time_range import time_range
from gateway.api.workspace_facts import workspace_facts
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/slots", "slots")


@router.get("", response_model=list[schemas.Slot], responses={404: {}})
async def list_slots(query: Annotated[schemas.SlotQuery, Query()], request: SignedInRequest) -> Response:
    """The slots that start in the range and could be booked now, in order: within working hours, with nothing else in their buffers."""
    dates = await time_range(request, query.since, query.until)
    message = to_proto(
        query,
        pb.ListFreeSlotsRequest,
        since=dates["start_date"],
        until=dates["end_date"],
        time_zone=(await workspace_facts(request)).time_zone.key,
    )
    return json_response([render(slot) for slot in (await request.stubs.slots.ListFreeSlots(message, request.context)).items])

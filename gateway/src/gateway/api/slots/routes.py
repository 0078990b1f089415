"""When practitioners are free."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from caseload.scheduling.v1 import slots_pb2 as pb
from chassis.turns import in_turns
from gateway.api.slots import schemas
from gateway.api.time_range import time_range
from gateway.api.workspace_facts import workspace_facts
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import dump, render, to_proto
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
        as_numbers=True,
    )
    reply = await request.stubs.slots.ListFreeSlots(message, request.context)
    return Response(b"[" + b",".join(await in_turns(_rendered(reply))) + b"]", media_type="application/json")


def _rendered(slots: pb.FreeSlotList) -> Iterator[bytes]:
    """Each slot by itself: there may be thousands. An instance of release 0.2.0 answers with items."""
    yield from (dump(render(slot)) for slot in slots.items)
    length = timedelta(minutes=slots.duration_minutes)
    for seconds in slots.starts:
        start = datetime.fromtimestamp(seconds, UTC)
        yield dump({"practitioner_id": slots.practitioner_id, "start": start, "end": start + length})

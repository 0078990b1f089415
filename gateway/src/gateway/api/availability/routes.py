"""When practitioners work: the hours of their weeks, and the days that differ."""

from uuid import UUID

from starlette.responses import Response

from caseload.scheduling.v1 import availability_pb2 as pb
from gateway.api.availability import schemas
from gateway.api.if_match import IfMatch, expected_version
from gateway.api.responses import json_response
from gateway.api.workspace_facts import workspace_facts
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/availability", "availability")


@router.get("/{practitioner_id}", response_model=schemas.Availability)
async def get_availability(practitioner_id: UUID, request: SignedInRequest) -> Response:
    """No hours as long as none were set."""
    zone = (await workspace_facts(request)).time_zone.key
    message = pb.GetAvailabilityRequest(practitioner_id=str(practitioner_id), time_zone=zone)
    return _with_etag(await request.stubs.availability.GetAvailability(message, request.context))


@router.put("/{practitioner_id}", response_model=schemas.Availability)
async def set_availability(
    practitioner_id: UUID, body: schemas.AvailabilityUpdate, request: SignedInRequest, if_match: IfMatch = None
) -> Response:
    """Replaces all of it; what is left out is cleared. With If-Match, hours that have changed since are 412.

    Hours are worked on every date of their weekday, except on holidays and on dates with an exception of kind off. One without times
    takes the whole day, and the hours that begin on it; one with times takes those. Kind open adds hours, on holidays and days off too.
    """
    message = to_proto(
        body,
        pb.SetAvailabilityRequest,
        practitioner_id=practitioner_id,
        weekly=[to_proto(hours, pb.WeeklyHours) for hours in body.weekly],
        exceptions=[to_proto(exception, pb.AvailabilityException) for exception in body.exceptions],
        expected_version=expected_version(if_match),
        workspace_time_zone=(await workspace_facts(request)).time_zone.key,
    )
    return _with_etag(await request.stubs.availability.SetAvailability(message, request.context))


def _with_etag(hours: pb.WorkingHours) -> Response:
    return json_response(render(hours), headers={"ETag": f'"{hours.version}"'})

"""Series: appointments that recur by a rule."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.scheduling.v1 import series_pb2 as pb
from chassis.errors import Conflict
from gateway.api.appointments.routes import refusal_with_initials, with_initials
from gateway.api.if_match import IfMatch, expected_version
from gateway.api.responses import json_response, no_content
from gateway.api.series import schemas
from gateway.api.workspace_facts import workspace_facts
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.request import GatewayRequest
from gateway.routing.nouns import noun_router

router = noun_router("/series", "series")

OnConflict = Annotated[schemas.OnConflict, Query(description="skip: leaves out the occurrences that are marked.")]
Scope = Annotated[
    schemas.Scope,
    Query(description="Of the occurrences that are still to come: all, the named one and those that follow it, or the named one alone."),
]
_SCOPES = {"all": pb.SERIES_SCOPE_ALL, "following": pb.SERIES_SCOPE_FOLLOWING, "this": pb.SERIES_SCOPE_THIS}
AppointmentId = Annotated[UUID | None, Query(description="The occurrence that the scopes this and following name. Needed with them.")]


@router.post("/preview", response_model=schemas.Series)
async def preview_series(body: schemas.SeriesCreate, request: SignedInRequest) -> Response:
    """Every occurrence, with what keeps it from being booked. Writes nothing."""
    zone = body.time_zone or (await workspace_facts(request)).time_zone.key
    series = await request.stubs.series.PreviewSeries(to_proto(body, pb.PreviewSeriesRequest, time_zone=zone), request.context)
    return json_response(await _rendered(request, series))


@router.post("", response_model=schemas.Series, status_code=201)
async def create_series(body: schemas.SeriesCreate, request: SignedInRequest, *, on_conflict: OnConflict = "fail") -> Response:
    """Books every occurrence as an appointment of its own, all or none: `appointment_conflict` lists everything that is in the way,
    `series_not_bookable` the occurrences on holidays and at times that clocks skip, unless these are to be left out.
    """
    zone = body.time_zone or (await workspace_facts(request)).time_zone.key
    message = to_proto(body, pb.CreateSeriesRequest, time_zone=zone, on_conflict=on_conflict)
    try:
        series = await request.stubs.series.CreateSeries(message, request.context)
    except Conflict as refusal:
        raise await refusal_with_initials(request, refusal) from None
    return json_response(await _rendered(request, series), 201, headers=_etag(series))


@router.put("/{series_id}", response_model=schemas.Series)
async def change_series(
    series_id: UUID,
    body: schemas.SeriesUpdate,
    request: SignedInRequest,
    *,
    scope: Scope,
    appointment_id: AppointmentId = None,
    if_match: IfMatch = None,
) -> Response:
    """Changes what is still to take place; what was changed of an occurrence by itself stays. Its following occurrences become a series of
    their own, which is the answer. With If-Match a series that has changed since is 412.
    """
    message = to_proto(
        body,
        pb.ChangeSeriesRequest,
        series_id=series_id,
        scope=scope,
        appointment_id=appointment_id,
        expected_version=expected_version(if_match),
    )
    try:
        series = await request.stubs.series.ChangeSeries(message, request.context)
    except Conflict as refusal:
        raise await refusal_with_initials(request, refusal) from None
    return json_response(await _rendered(request, series), headers=_etag(series))


@router.delete("/{series_id}", status_code=204)
async def delete_series(
    series_id: UUID, request: SignedInRequest, *, scope: Scope, appointment_id: AppointmentId = None, if_match: IfMatch = None
) -> Response:
    """Deletes what is still to take place. Appointments that are over or cancelled stay, and so do notes."""
    message = pb.DeleteSeriesRequest(
        series_id=str(series_id),
        scope=_SCOPES[scope],
        appointment_id=None if appointment_id is None else str(appointment_id),
        expected_version=expected_version(if_match),
    )
    await request.stubs.series.DeleteSeries(message, request.context)
    return no_content()


async def _rendered(request: GatewayRequest, series: pb.Series) -> dict[str, Any]:
    rendered = render(series)
    conflicts = {conflict["id"]: conflict for conflict in await with_initials(request, rendered["conflicts"])}
    rendered["occurrences"] = [_occurrence(occurrence, conflicts) for occurrence in rendered["occurrences"]]
    return {name: rendered[name] for name in schemas.Series.model_fields}


def _occurrence(occurrence: Mapping[str, Any], conflicts: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    shown = {name: occurrence[name] for name in ("start", "end", "status", "appointment_id")}
    return shown | {"conflicts": [conflicts[each] for each in occurrence["conflict_ids"]]}


def _etag(series: pb.Series) -> dict[str, str]:
    return {"ETag": f'"{series.version}"'}

"""Reports of what was done in a time."""

import csv
import io
from typing import Annotated, Any

from fastapi import Header, Query
from starlette.responses import Response

from caseload.scheduling.v1 import activity_pb2 as pb
from gateway.api.activity import schemas
from gateway.api.responses import json_response
from gateway.api.workspace_facts import workspace_facts
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/reports", "reports")
_CSV = "text/csv"
_AS_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {_CSV: {"schema": {"type": "string"}}}}}


@router.get("/activity", response_model=schemas.ActivityReport, responses={**_AS_CSV, 404: {}})
async def report_activity(
    query: Annotated[schemas.ActivityQuery, Query()], request: SignedInRequest, accept: Annotated[str, Header()] = "application/json"
) -> Response:
    """Numbers of appointments, their hours, and the share of working hours that they took. With `Accept: text/csv` a line per period.

    Of the caller's own calendar; of others, and of the whole workspace, for those who manage it.
    """
    zone = (await workspace_facts(request)).time_zone.key
    report = await request.stubs.activity.GetActivity(to_proto(query, pb.GetActivityRequest, time_zone=zone), request.context)
    if _CSV in accept and "application/json" not in accept.partition(_CSV)[0]:
        return Response(_lines(report), headers={"Content-Disposition": "attachment; filename=activity.csv"}, media_type=_CSV)
    return json_response(render(report), headers={"Vary": "Accept"})


def _lines(report: pb.Activity) -> str:
    """The periods as CSV (RFC 4180). They hold numbers and dates alone."""
    text = io.StringIO(newline="")
    lines = csv.DictWriter(text, list(schemas.ActivityPeriod.model_fields))
    lines.writeheader()
    lines.writerows(map(render, report.periods))
    return text.getvalue()

"""The compliance report: what the trail says of a time as a whole."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import Header, Query
from pydantic import ValidationError
from starlette.responses import Response

from caseload.audit.v1 import compliance_pb2 as pb
from caseload.identity.v1 import workspaces_pb2
from gateway.api.compliance import schemas
from gateway.api.responses import json_response
from gateway.api.time_range import time_range
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, struct_to_python, to_proto
from gateway.pages.compliance import compliance_page
from gateway.pages.home import prefers_json
from gateway.routing.nouns import noun_router

router = noun_router("/audit/compliance-report", "audit")

_UNLESS_GIVEN = timedelta(days=30)
_AS_PAGE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}
# Unless the workspace has set its own.
_OFFICE_HOURS: Final = schemas.OfficeHours(start="07:00", end="20:00", weekdays=[1, 2, 3, 4, 5])


@router.get("", response_model=schemas.ComplianceReport, responses=_AS_PAGE)
async def report_compliance(
    query: Annotated[schemas.ComplianceQuery, Query()], request: SignedInRequest, accept: Annotated[str, Header()] = "application/json"
) -> Response:
    """Numbers of a time of up to 366 days, moments (the end exclusive) or whole days in the workspace's time zone; of the last 30 days, unless one is given.

    With `Accept: text/html`, as browsers ask, it is a page that prints well. Of more than 500,000 events it is 422 `report_too_large`: ask for a shorter time.
    """
    workspace = await request.stubs.workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), request.context)
    asked = await time_range(request, query.start_date, query.end_date)
    end = asked["end_date"] or datetime.now(UTC)
    within = {"start_date": asked["start_date"] or end - _UNLESS_GIVEN, "end_date": end}
    hours = to_proto(_office_hours(struct_to_python(workspace.settings)), pb.OfficeHours)
    message = to_proto(query, pb.ReportComplianceRequest, time_zone=workspace.time_zone, office_hours=hours, **within)
    report = await request.stubs.compliance.ReportCompliance(message, request.context)
    if "text/html" not in accept.lower() or prefers_json(accept):
        return json_response(report, headers={"Vary": "Accept"})
    page = compliance_page(render(report), workspace=workspace.name, made_at=datetime.now(UTC))
    page.headers["Vary"] = "Accept"
    return page


def _office_hours(settings: dict[str, Any]) -> schemas.OfficeHours:
    """Those of a release that did not check them may be anything."""
    try:
        chosen = schemas.OfficeHours.model_validate(settings["office_hours"])
    except (KeyError, ValidationError):
        return _OFFICE_HOURS
    return chosen if chosen.start < chosen.end else _OFFICE_HOURS

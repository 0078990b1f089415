"""The audit trail: who did what, and the proof that nobody has changed the record."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.audit.v1 import trail_pb2 as pb
from gateway.api.audit import schemas as shapes
from gateway.api.responses import page_reply, reply
from gateway.api.time_range import window
from gateway.mapping import to_proto
from gateway.openapi.document import noun
from gateway.request import SignedIn

router = noun("", "audit")


@router.get("/audit-events", response_model=shapes.AuditEventPage)
async def list_audit_events(query: Annotated[shapes.AuditEventQuery, Query()], at: SignedIn) -> Response:
    """Newest first. start_date and end_date are moments (the end exclusive) or whole days in the workspace's time zone."""
    dates = await window(at, query.start_date, query.end_date)
    return page_reply(await at.services.trail.ListAuditEvents(to_proto(query, pb.ListAuditEventsRequest, **dates), at.call), query)


@router.get("/audit-events/{audit_event_id}", response_model=shapes.AuditEvent)
async def get_audit_event(audit_event_id: UUID, at: SignedIn) -> Response:
    return reply(await at.services.trail.GetAuditEvent(pb.GetAuditEventRequest(audit_event_id=str(audit_event_id)), at.call))


@router.get("/audit/verify", response_model=shapes.Verification)
async def verify_trail(at: SignedIn) -> Response:
    return reply(await at.services.trail.VerifyTrail(pb.VerifyTrailRequest(), at.call))

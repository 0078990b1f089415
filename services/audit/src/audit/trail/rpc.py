"""The Trail service: what happened, and whether the record of it is whole."""

from typing import Any

from audit.trail import rules, store
from audit.trail.checkpoints import Checkpoints
from audit.trail.verifying import verify
from caseload.audit.v1 import events_pb2
from caseload.audit.v1 import trail_pb2 as pb
from caseload.audit.v1.trail_rpc import TrailServicer
from chassis.db.paging import page
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill
from chassis.protobuf.timestamps import when
from chassis.work.unit_of_work import UnitOfWork


class Trail(TrailServicer[UnitOfWork]):
    def __init__(self, checkpoints: Checkpoints) -> None:
        self._checkpoints = checkpoints

    async def ListAuditEvents(self, request: pb.ListAuditEventsRequest, work: UnitOfWork) -> pb.AuditEventPage:
        asked = page(request)
        filters = _filters(request)
        names = frozenset(filters)
        await work.db.execute(store.walk_indexes)
        total = await work.db.one(store.total(names) if names else store.total_of_all, **filters)
        rows = await work.db.all(store.matching(names), limit=asked.limit, offset=asked.offset, **filters)
        return pb.AuditEventPage(items=[fill(pb.AuditEvent(), row) for row in rows], total=total[0])

    async def GetAuditEvent(self, request: pb.GetAuditEventRequest, work: UnitOfWork) -> pb.AuditEvent:
        return fill(pb.AuditEvent(), await work.db.one(store.get, id=request.audit_event_id))

    async def VerifyTrail(self, request: pb.VerifyTrailRequest, work: UnitOfWork) -> pb.Verification:
        found = await verify(work.db, await self._checkpoints.newest(work.workspace_id))
        return pb.Verification(intact=found.first_break is None, events=found.events, head=found.head.hex(), first_break=found.first_break)


def _filters(request: pb.ListAuditEventsRequest) -> dict[str, Any]:
    """The filters that narrow, as the store's parameters."""
    filters: dict[str, Any] = {}
    if request.HasField("user_id"):
        filters["user_id"] = request.user_id
    types = rules.resource_types(request.resource_type if request.HasField("resource_type") else None, phi_only=request.phi_only)
    if types is not None:
        filters["resource_types"] = types
    if request.HasField("resource_id"):
        filters["resource_id"] = request.resource_id
    if request.HasField("action"):
        filters["action"] = rules.check_action(request.action)
    if request.HasField("outcome"):
        filters["outcome"] = enum_text(events_pb2.Outcome, request.outcome)
    if request.HasField("start_date"):
        filters["start"] = when(request.start_date)
    if request.HasField("end_date"):
        filters["end"] = when(request.end_date)
    return filters

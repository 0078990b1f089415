"""The Trail service: lists audit events and verifies that the trail is complete and unchanged."""

from datetime import datetime
from typing import Any

from audit.closed_runs import store as closed_runs
from audit.trail import listing, rules, vocabulary
from audit.trail.checkpoints import CheckpointPublisher
from audit.trail.filters import read_filters
from audit.trail.verification import verify_recent
from caseload.audit.v1 import trail_pb2 as pb
from caseload.audit.v1.trail_rpc import TrailServicer
from caseload.options.v1 import options_pb2
from chassis.db.transaction import Record
from chassis.encryption.key_store import Keys
from chassis.paging import page
from chassis.protobuf.fields import fill
from chassis.work.unit_of_work import UnitOfWork


class Trail(TrailServicer[UnitOfWork]):
    def __init__(self, keys: Keys, publisher: CheckpointPublisher, *, unsigned_until: datetime | None) -> None:
        self._keys = keys
        self._publisher = publisher
        self._unsigned_until = unsigned_until

    async def ListAuditEvents(self, request: pb.ListAuditEventsRequest, work: UnitOfWork) -> pb.AuditEventPage:
        window = page(request)
        filters = read_filters(request)
        names = frozenset(filters)
        await work.db.execute(listing.look_up_each)
        total = await work.db.one(listing.count_events(names) if names else listing.count_all_events, **filters)
        rows = await work.db.all(listing.list_events(names), limit=window.limit, offset=window.offset, **filters)
        return pb.AuditEventPage(items=[_to_message(row) for row in rows], total=total[0])

    async def GetAuditEvent(self, request: pb.GetAuditEventRequest, work: UnitOfWork) -> pb.AuditEvent:
        return _to_message(await work.db.one(listing.get, id=request.audit_event_id))

    async def ReportAccess(self, request: pb.ReportAccessRequest, work: UnitOfWork) -> pb.AuditEventPage:
        window = page(request)
        # No event is found by both: a client who is what an event is about is not told as the one whose things it is about.
        # Who asked for this report has opened nothing.
        asked = [each for client_id in (request.client_id, *request.merged_ids) for each in (client_id, rules.record_of(client_id))]
        filters: dict[str, Any] = {"resource_ids": asked, "excluded_types": [vocabulary.RESOURCE_WORDS[options_pb2.RESOURCE_AUDIT]]}
        names = frozenset(filters)
        await work.db.execute(listing.look_up_and_sort)
        total = await work.db.one(listing.count_events(names), **filters)
        rows = await work.db.all(listing.list_events(names), limit=window.limit, offset=window.offset, **filters)
        return pb.AuditEventPage(items=[_to_message(row) for row in rows], total=total[0])

    async def VerifyTrail(self, request: pb.VerifyTrailRequest, work: UnitOfWork) -> pb.Verification:
        published, keys = await self._publisher.published(work.workspace_id), await self._keys.of(work.workspace_id)
        found = await verify_recent(work.db, published, keys, unsigned_until=self._unsigned_until)
        return pb.Verification(
            intact=found.first_break is None,
            events=found.entries,
            head=found.newest_hash.hex(),
            first_break=found.first_break,
            dropped=[_dropped(row) for row in await work.db.all(closed_runs.months)],
        )


def _dropped(row: Record) -> pb.DroppedMonth:
    told = ("dropped_at", "events", "first_sequence", "last_sequence")
    return fill(pb.DroppedMonth(month=f"{row['month']:%Y-%m}"), {name: row[name] for name in told})


def _to_message(row: Record) -> pb.AuditEvent:
    """The event as it is stored. An outcome that has no word here is returned as the number that was recorded."""
    if row["outcome"] in vocabulary.OUTCOMES:
        return fill(pb.AuditEvent(), row)
    return fill(pb.AuditEvent(outcome=vocabulary.number(row["outcome"])), {**row, "outcome": None})  # type: ignore[arg-type] # proto3 enums are open

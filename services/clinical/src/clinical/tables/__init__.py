"""The tables of clinical. The texts of notes and plans and a file's name are sealed (columns `sealed`); what lists are ordered by is not.

A note is the documentation of one treatment session. The tables `history`, `tallies` and `storage` keep the names they
were installed with.
"""

from caseload.clinical.v1 import events_pb2
from chassis.work import moves
from chassis.work.retention import Retention
from clinical.tables.access import ACCESS
from clinical.tables.base import metadata, moved
from clinical.tables.files import attachments, storage_counters, storage_quotas
from clinical.tables.notes import (
    appointments,
    clients,
    erased_sessions,
    note_templates,
    pending_amendments,
    session_counters,
    session_versions,
    sessions,
    timeline_events,
)
from clinical.tables.plans import measures, milestones, plan_counters, plan_events, plan_versions, plans
from clinical.tables.search import search_blocks, search_segments, search_work
from clinical.tables.supervision import cosign_requests, cosignatures, supervised_users
from clinical.tables.sync import sync_receipts
from clinical.tables.timeline import timeline_counters

__all__ = [
    "ACCESS",
    "RETENTIONS",
    "appointments",
    "attachments",
    "clients",
    "cosign_requests",
    "cosignatures",
    "erased_sessions",
    "measures",
    "metadata",
    "milestones",
    "moved",
    "note_templates",
    "pending_amendments",
    "plan_counters",
    "plan_events",
    "plan_versions",
    "plans",
    "search_blocks",
    "search_segments",
    "search_work",
    "session_counters",
    "session_versions",
    "sessions",
    "storage_counters",
    "storage_quotas",
    "supervised_users",
    "sync_receipts",
    "timeline_counters",
    "timeline_events",
]

RETENTIONS = (
    # A deleted note is erased when its time is over: each is announced, and the reaction to that erases it with what belongs to it.
    Retention("sessions", since="permanent_delete_after", days=0, announced=lambda id_: events_pb2.DeletedSessionOver(session_id=str(id_))),
    # Not a deletion: what is over is the time for a co-signature, and the reaction puts that on record once.
    Retention(
        "cosign_requests",
        since="due_at",
        days=0,
        over="status = 'pending' AND NOT hidden AND announced_at IS NULL",
        announced=lambda id_: events_pb2.CosignDeadlinePassed(session_id=str(id_)),
    ),
    moves.RETENTION,
    Retention("sync_receipts", since="created_at", days="sync_receipts_days", evidence=True),
)

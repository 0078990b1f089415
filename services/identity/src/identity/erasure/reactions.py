"""Begins the erasure of a workspace, which every service then carries out for itself, and notes who has finished."""

from collections.abc import Sequence

from google.protobuf.message import Message

from caseload.audit.v1 import events_pb2 as audit_events
from caseload.clients.v1 import events_pb2 as clients_events
from caseload.clinical.v1 import events_pb2 as clinical_events
from caseload.identity.v1 import events_pb2
from caseload.notifications.v1 import events_pb2 as notifications_events
from caseload.options.v1 import options_pb2
from caseload.scheduling.v1 import events_pb2 as scheduling_events
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from chassis.rpc.client.legal_holds import LegalHolds
from chassis.work.audit import record_effect
from identity.erasure import store

_OF_SERVICES = (audit_events, clients_events, clinical_events, events_pb2, notifications_events, scheduling_events)


def reactions(holds: LegalHolds) -> Sequence[Reaction]:
    @on(events_pb2.DeletedWorkspaceOver, queue="identity.begin-erasure", erases=True)
    async def begin_erasure(_event: events_pb2.DeletedWorkspaceOver, delivery: Delivery) -> None:
        # Nobody signs in to a deleted workspace and places another one. It is announced again.
        if await holds.is_any(delivery):
            return
        if await delivery.db.maybe(store.erase, settings={}, now=delivery.now) is None:
            return
        await delivery.db.run(store.forget_owner)
        await delivery.db.run(store.end_memberships)
        erased = str(delivery.workspace_id)
        record_effect(delivery, "begin_workspace_erasure", options_pb2.RESOURCE_WORKSPACE, options_pb2.ACTION_DELETE, [erased])
        delivery.emit(events_pb2.WorkspaceErased(workspace_id=erased))

    return [begin_erasure, *(_noting(events.WorkspaceErasureFinished) for events in _OF_SERVICES)]


def _noting(finished: type[Message]) -> Reaction:
    """Notes that a service has finished, on its word alone."""
    service = finished.DESCRIPTOR.full_name.split(".")[1]

    @on(finished, queue=f"identity.note-erasure-in-{service}", of_erased=True)
    async def note_progress(_event: Message, delivery: Delivery) -> None:
        await delivery.db.run(store.note_progress, service=service, now=delivery.now)

    return note_progress

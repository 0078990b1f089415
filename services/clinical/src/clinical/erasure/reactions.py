"""Deletes for good: the notes, files and plans of care of an erased client, and a deleted note whose time is over."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from caseload.audit.v1 import events_pb2 as audit_events_pb2
from caseload.clients.v1 import events_pb2 as clients_events_pb2
from caseload.clinical.v1 import events_pb2
from caseload.options.v1 import options_pb2
from chassis.db.transaction import Record
from chassis.encryption.key_store import Keys
from chassis.encryption.records import WorkspaceKeys
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from chassis.rpc.client.legal_holds import LegalHolds
from chassis.storage.base import Blobs, new_key
from chassis.work.audit import record_effect
from chassis.work.moves import Manifest
from clinical.attachments import store as files
from clinical.attachments.mapping import FILES
from clinical.erasure import store
from clinical.measures.mapping import MEASURES
from clinical.milestones.mapping import MILESTONES
from clinical.plans import store as plans
from clinical.plans.mapping import PLANS
from clinical.plans.mapping import VERSIONS as PLAN_VERSIONS
from clinical.sessions import store as notes
from clinical.sessions.mapping import NOTES, VERSIONS
from clinical.supervision.attested import COSIGNATURES
from clinical.sync import store as sync
from clinical.tables import moved

MOVED = Manifest(moved)

# More of a workspace are found by the next round of its retention.
_MOST_AT_ONCE = 500
_FILES_AT_ONCE = 200


def reactions(keys: Keys, holds: LegalHolds, blobs: Blobs) -> Sequence[Reaction]:
    @on(clients_events_pb2.ClientErased, queue="clinical.erase-client", concurrency=4, erases=True)
    async def erase_client(event: clients_events_pb2.ClientErased, delivery: Delivery) -> None:
        workspace_keys = await keys.of(delivery.workspace_id)
        await delivery.db.run(store.erase, client_id=event.client_id, now=delivery.now)
        await delivery.db.all(store.lock_notes, client_id=event.client_id)
        removed = await delivery.db.all(store.remove_attachments, client_id=event.client_id)
        cosignatures = await delivery.db.all(store.remove_cosignatures, client_id=event.client_id)
        versions = await delivery.db.all(store.remove_versions, client_id=event.client_id)
        deleted = await delivery.db.all(store.remove_notes, client_id=event.client_id)
        await _tell(delivery, workspace_keys, "erase_notes", deleted, versions, cosignatures, removed, client_id=event.client_id)
        planned = await _erase_plans(event.client_id, workspace_keys, delivery)
        await delivery.db.run(MOVED.forget, owner=event.client_id)
        await delivery.db.run(sync.forget_client, client_id=event.client_id)
        await delivery.db.run(store.forget_answers, ids=[UUID(event.client_id), *(row["id"] for row in (*deleted, *removed)), *planned])
        if event.HasField("job_id"):
            # Also when it is announced again: what was deleted before may have left files.
            await delivery.db.run(store.leave_files, client_id=event.client_id, ids=[row["id"] for row in removed])
            gone = sum(map(len, (removed, cosignatures, versions, deleted, planned)))
            delivery.emit(events_pb2.ClientFilesLeft(client_id=event.client_id, deleted=gone))

    @on(events_pb2.ClientFilesLeft, queue="clinical.remove-client-files", erases=True)
    async def remove_client_files(event: events_pb2.ClientFilesLeft, delivery: Delivery) -> None:
        """Sees to it that no file of an erased client is in the store. Each is also deleted by itself, which is on record."""
        row = await delivery.db.maybe(store.lock_client, client_id=event.client_id)
        left = (row["files_left"] if row is not None else None) or []
        batch, later = left[:_FILES_AT_ONCE], left[_FILES_AT_ONCE:]
        await asyncio.gather(*(blobs.delete(new_key(delivery.workspace_id, file_id)) for file_id in batch))
        await delivery.db.run(store.keep_files_left, client_id=event.client_id, ids=later or None)
        following = events_pb2.ClientFilesLeft if later else events_pb2.ClientErasureFinished
        delivery.emit(following(client_id=event.client_id, deleted=event.deleted))

    @on(events_pb2.DeletedSessionOver, queue="clinical.erase-note", concurrency=4, erases=True)
    async def erase_note(event: events_pb2.DeletedSessionOver, delivery: Delivery) -> None:
        workspace_keys = await keys.of(delivery.workspace_id)
        note = await delivery.db.maybe(store.lock_note_that_is_over, session_id=event.session_id, now=delivery.now)
        # One that is held is announced again when nothing holds it any more.
        if note is None or await holds.held([note["client_id"]], delivery):
            return
        removed = await delivery.db.all(store.remove_attachments_of_note, session_id=event.session_id)
        cosignatures = await delivery.db.all(store.remove_cosignatures_of_note, session_id=event.session_id)
        versions = await delivery.db.all(store.remove_versions_of_note, session_id=event.session_id)
        deleted = await delivery.db.all(store.remove_note, session_id=event.session_id)
        await delivery.db.run(store.remember, session_id=event.session_id, now=delivery.now)
        await _tell(delivery, workspace_keys, "erase_deleted_note", deleted, versions, cosignatures, removed)
        await delivery.db.run(store.forget_answers, ids=[row["id"] for row in (*deleted, *removed)])

    @on(audit_events_pb2.LegalHoldReleased, queue="clinical.go-on-after-hold")
    async def go_on(_event: audit_events_pb2.LegalHoldReleased, delivery: Delivery) -> None:
        """Announces the deleted notes whose time is over: some may have been held."""
        for note in await delivery.db.all(store.notes_that_are_over, now=delivery.now, limit=_MOST_AT_ONCE):
            delivery.emit(events_pb2.DeletedSessionOver(session_id=str(note["id"])))

    return [erase_client, remove_client_files, erase_note, go_on]


async def _tell(
    delivery: Delivery,
    keys: WorkspaceKeys,
    event_type: str,
    deleted: Sequence[Record],
    versions: Sequence[Record],
    cosignatures: Sequence[Record],
    removed: Sequence[Record],
    **facts: str,
) -> None:
    """What follows from deleting notes, versions and files: the files' content goes, the counters fall, and the trail tells of it."""
    for file in removed:
        delivery.emit(events_pb2.AttachmentRemoved(attachment_id=str(file["id"])))
    for table, rows in ((FILES, removed), (COSIGNATURES, cosignatures), (VERSIONS, versions), (NOTES, deleted)):
        for row in rows:
            table.gone(row, keys, delivery)
    counted = Counter((note["status"], note["deleted_at"] is not None) for note in deleted)
    fewer = [
        {"status": status, "live": 0 if is_deleted else -number, "deleted": -number if is_deleted else 0}
        for (status, is_deleted), number in counted.items()
    ]
    await delivery.db.many(notes.change_counter, fewer)
    if removed:
        await delivery.db.run(files.change_storage, used_bytes=-sum(file["file_size_bytes"] for file in removed))
    for resource, gone in ((options_pb2.RESOURCE_SESSION, deleted), (options_pb2.RESOURCE_SESSION_ATTACHMENT, removed)):
        record_effect(delivery, event_type, resource, options_pb2.ACTION_DELETE, [row["id"] for row in gone], **facts)


async def _erase_plans(client_id: str, keys: WorkspaceKeys, delivery: Delivery) -> list[UUID]:
    """Deletes the client's plans. Returns the ids of all that was deleted."""
    await delivery.db.all(store.lock_plans, client_id=client_id)
    gone = []
    for table, remove in (
        (MEASURES, store.remove_measures),
        (MILESTONES, store.remove_milestones),
        (PLAN_VERSIONS, store.remove_plan_versions),
    ):
        for row in await delivery.db.all(remove, client_id=client_id):
            table.gone(row, keys, delivery)
            gone.append(row["id"])
    deleted = await delivery.db.all(store.remove_plans, client_id=client_id)
    for row in deleted:
        PLANS.gone(row, keys, delivery)
    counted = Counter(row["status"] for row in deleted if row["deleted_at"] is None)
    await delivery.db.many(plans.change_counter, [{"status": status, "live": -number} for status, number in counted.items()])
    ids = [row["id"] for row in deleted]
    record_effect(delivery, "erase_plans", options_pb2.RESOURCE_PLAN_OF_CARE, options_pb2.ACTION_DELETE, ids, client_id=client_id)
    return [*gone, *ids]

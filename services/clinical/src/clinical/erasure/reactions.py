"""Deletes the notes, versions and files of an erased client."""

from collections import Counter
from uuid import UUID

from caseload.clients.v1 import events_pb2 as clients_events_pb2
from caseload.clinical.v1 import events_pb2
from chassis.events.delivery import Delivery
from chassis.events.reactions import on
from clinical.attachments import store as files
from clinical.erasure import store
from clinical.sessions import store as notes


@on(clients_events_pb2.ClientErased, queue="clinical.erase-client", concurrency=4, erases=True)
async def erase_client(event: clients_events_pb2.ClientErased, delivery: Delivery) -> None:
    await delivery.db.run(store.erase, client_id=event.client_id, now=delivery.now)
    await delivery.db.all(store.lock_notes, client_id=event.client_id)
    removed = await delivery.db.all(store.remove_attachments, client_id=event.client_id)
    for file in removed:
        delivery.emit(events_pb2.AttachmentRemoved(attachment_id=str(file["id"])))
    await delivery.db.run(store.remove_versions, client_id=event.client_id)
    deleted = await delivery.db.all(store.remove_notes, client_id=event.client_id)
    counted = Counter((note["status"], note["deleted_at"] is not None) for note in deleted)
    fewer = [
        {"status": status, "live": 0 if is_deleted else -number, "deleted": -number if is_deleted else 0}
        for (status, is_deleted), number in counted.items()
    ]
    await delivery.db.many(notes.change_counter, fewer)
    if removed:
        await delivery.db.run(files.change_storage, used_bytes=-sum(file["file_size_bytes"] for file in removed))
    await delivery.db.run(store.forget_answers, ids=[UUID(event.client_id), *(row["id"] for row in (*deleted, *removed))])

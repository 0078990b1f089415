"""Deletes the stored file of an attachment that was removed."""

from collections.abc import Sequence
from uuid import UUID

from caseload.clinical.v1 import events_pb2
from caseload.options.v1 import options_pb2
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from chassis.storage.base import Blobs, new_key
from chassis.work.audit import record_effect


def reactions(blobs: Blobs) -> Sequence[Reaction]:
    @on(events_pb2.AttachmentRemoved, queue="clinical.remove-files")
    async def remove_file(event: events_pb2.AttachmentRemoved, delivery: Delivery) -> None:
        await blobs.delete(new_key(delivery.workspace_id, UUID(event.attachment_id)))
        # The line commits after the file is gone: should that fail, the file is deleted again, which changes nothing.
        removed = [event.attachment_id]
        record_effect(delivery, "remove_file", options_pb2.RESOURCE_SESSION_ATTACHMENT, options_pb2.ACTION_DELETE, removed)

    return [remove_file]

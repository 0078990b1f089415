"""The Attachments service: each method is one use case and one transaction."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.clinical.v1 import attachments_pb2 as pb
from caseload.clinical.v1 import events_pb2
from caseload.clinical.v1.attachments_rpc import AttachmentsServicer
from caseload.options.v1 import options_pb2
from chassis.db.transaction import Transaction
from chassis.paging import part
from chassis.protobuf.timestamps import to_timestamp
from chassis.service.runtime import Runtime
from chassis.storage.base import new_key
from chassis.storage.spool import Spool
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from clinical.attachments import mapping, rules, store
from clinical.attachments.sandbox import CleanFile, Sandbox


class Attachments(AttachmentsServicer[UnitOfWork, Spool]):
    """Files are sanitized and stored before the first statement, so that no transaction is open meanwhile."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._keys = runtime.keys
        self._blobs = runtime.blobs
        self._quota_bytes: int = runtime.settings.storage_quota_bytes
        self._sandbox = Sandbox()
        self._deletions: set[asyncio.Task[None]] = set()

    async def UploadAttachment(self, request: pb.UploadAttachmentRequest, body: Spool, work: UnitOfWork) -> pb.Attachment:
        name = rules.file_name(request.file_name)
        keys = await self._keys.of(work.workspace_id)
        file = await self._sandbox.sanitize(body, work)
        attachment_id = uuid7()
        async with self._stored(file, attachment_id, work):
            session = await work.db.one(store.change_attachment_count, session_id=request.session_id, change=1)
            columns = {
                "id": attachment_id,
                "session_id": request.session_id,
                "client_id": session["client_id"],
                "created_by_user_id": work.user_id,
                "file_type": file.media_type,
                "file_size_bytes": file.content.size,
                "created_at": work.now,
            }
            added = {**columns, "version": 1, "status": "ready"}
            row = await work.db.one(store.add, **columns, sealed=mapping.seal_file_name(name, keys, added, work))
            await work.db.run(store.lock_storage)
            stored = await work.db.one(store.storage)
            rules.check_quota(stored["used_bytes"] + file.content.size, await self._quota(work.db))
            await work.db.run(store.change_storage, used_bytes=file.content.size)
        return mapping.from_row({**row, "session_date": session["session_date"]}, keys)

    async def GetStorage(self, request: pb.GetStorageRequest, work: UnitOfWork) -> pb.Storage:
        workspace_id = UUID(request.workspace_id)
        rules.check_own(workspace_id, work.workspace_id, work.caller.scopes)
        async with work.beside(workspace_id) as tx:
            return await self._storage(tx)

    async def SetStorageQuota(self, request: pb.SetStorageQuotaRequest, work: UnitOfWork) -> pb.Storage:
        """In a unit of work of the workspace, whose trail has a line of it too."""
        workspace_id, quota_bytes = UUID(request.workspace_id), rules.check_quota_bytes(request.quota_bytes)
        async with self._runtime.background(workspace_id) as setting:
            await setting.db.run(store.set_quota, quota_bytes=quota_bytes, now=work.now)
            facts = {"quota_bytes": quota_bytes}
            record_effect(setting, "storage_quota_set", options_pb2.RESOURCE_WORKSPACE, options_pb2.ACTION_UPDATE, [workspace_id], **facts)
            return await self._storage(setting.db)

    async def _storage(self, tx: Transaction) -> pb.Storage:
        return pb.Storage(used_bytes=(await tx.one(store.storage))["used_bytes"], quota_bytes=await self._quota(tx))

    async def _quota(self, tx: Transaction) -> int:
        """How many bytes the workspace's files may have: its own quota, or that of the settings."""
        own = await tx.maybe(store.quota)
        quota_bytes: int = self._quota_bytes if own is None else own["quota_bytes"]
        return quota_bytes

    async def ListAttachments(self, request: pb.ListAttachmentsRequest, work: UnitOfWork) -> pb.AttachmentList:
        window = part(request)
        keys = await self._keys.of(work.workspace_id)
        total = (await work.db.one(store.number_of_session, session_id=request.session_id))["attachment_count"]
        found = await work.db.all(store.of_session, session_id=request.session_id, limit=window.limit, after=window.after)
        items = [mapping.from_row(row, keys) for row in found]
        return pb.AttachmentList(items=items, total=total, more=len(found) == window.limit)

    async def GetAttachment(self, request: pb.GetAttachmentRequest, work: UnitOfWork) -> pb.Attachment:
        keys = await self._keys.of(work.workspace_id)
        return mapping.from_row(await work.db.one(store.get, id=request.attachment_id, session_id=request.session_id), keys)

    async def GetDownload(self, request: pb.GetDownloadRequest, work: UnitOfWork) -> pb.Download:
        seconds = 60 * rules.minutes(request.expires_in_minutes if request.HasField("expires_in_minutes") else None)
        keys = await self._keys.of(work.workspace_id)
        file = mapping.from_row(await work.db.one(store.get, id=request.attachment_id, session_id=request.session_id), keys)
        url = await self._blobs.presign(
            new_key(work.workspace_id, UUID(file.id)),
            expires_in=seconds,
            file_name=file.file_name,
            content_type=file.file_type,
            inline=request.disposition != pb.DISPOSITION_ATTACHMENT,
        )
        expires_at = to_timestamp(work.now + timedelta(seconds=seconds))
        return pb.Download(download_url=url, expires_at=expires_at, expires_in_seconds=seconds)

    async def RenameAttachment(self, request: pb.RenameAttachmentRequest, work: UnitOfWork) -> pb.Attachment:
        wanted = rules.file_name(request.file_name)
        keys = await self._keys.of(work.workspace_id)
        # The note's row, so that of two renames to one name at once the second sees the first.
        await work.db.one(store.lock_session, session_id=request.session_id)
        row = await work.db.one(store.lock, id=request.attachment_id, session_id=request.session_id)
        file = mapping.from_row(row, keys)
        name = rules.new_file_name(wanted, file.file_name, file.file_type)
        files = await work.db.all(store.all_of_session, session_id=request.session_id)
        rules.check_name_free(name, (mapping.from_row(other, keys).file_name for other in files if other["id"] != row["id"]))
        renamed = {**row, "version": row["version"] + 1}
        await work.db.run(store.rename, id=row["id"], sealed=mapping.seal_file_name(name, keys, renamed, work))
        file.file_name = name
        return file

    async def DeleteAttachment(self, request: pb.DeleteAttachmentRequest, work: UnitOfWork) -> pb.DeleteAttachmentResponse:
        keys = await self._keys.of(work.workspace_id)
        await work.db.one(store.lock_session, session_id=request.session_id)
        removed = await work.db.one(store.remove, id=request.attachment_id, session_id=request.session_id)
        mapping.FILES.gone(removed, keys, work)
        await work.db.one(store.change_attachment_count, session_id=request.session_id, change=-1)
        await work.db.run(store.change_storage, used_bytes=-removed["file_size_bytes"])
        # The file is deleted by the reaction to this event, which is retried until it succeeds.
        work.emit(events_pb2.AttachmentRemoved(attachment_id=str(removed["id"])))
        return pb.DeleteAttachmentResponse()

    @asynccontextmanager
    async def _stored(self, file: CleanFile, attachment_id: UUID, work: UnitOfWork) -> AsyncIterator[None]:
        """Stores the file while the block creates its row. Deletes it again if the row is refused, in the block or at the commit."""
        key = new_key(work.workspace_id, attachment_id)

        async def delete_unless_committed(tx: Transaction) -> None:
            # A commit that was not answered may have been made.
            if not (await tx.one(store.exists, id=attachment_id))["found"]:
                await self._blobs.delete(key)

        work.afterwards(delete_unless_committed, unless_committed=True)
        putting = asyncio.ensure_future(self._blobs.put(key, file.content, file.media_type))
        putting.add_done_callback(lambda _: file.content.close())
        try:
            await asyncio.shield(putting)
            yield
        except asyncio.CancelledError:
            # `afterwards` deletes what is stored by now; the file may still be stored later, so this waits for it.
            deletion = asyncio.create_task(self._delete_after(putting, key))
            self._deletions.add(deletion)
            deletion.add_done_callback(self._deletions.discard)
            raise

    async def _delete_after(self, putting: "asyncio.Future[None]", key: str) -> None:
        await asyncio.wait([putting])
        await self._blobs.delete(key)

"""The Attachments service: each method is one use case and one transaction."""

from uuid import UUID

from caseload.clinical.v1 import attachments_pb2 as pb
from caseload.clinical.v1.attachments_rpc import AttachmentsServicer
from caseload.options.v1 import options_pb2
from chassis.db.transaction import Transaction
from chassis.paging import part
from chassis.service.runtime import Runtime
from chassis.storage.spool import Spool
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from clinical.attachments import mapping, rules, store
from clinical.attachments.workflow import Files


class Attachments(AttachmentsServicer[UnitOfWork, Spool]):
    """Files are examined and stored before the first statement, so that no transaction is open meanwhile."""

    def __init__(self, runtime: Runtime, files: Files) -> None:
        self._runtime = runtime
        self._keys = runtime.keys
        self._files = files

    async def UploadAttachment(self, request: pb.UploadAttachmentRequest, body: Spool, work: UnitOfWork) -> pb.Attachment:
        name = rules.file_name(request.file_name)
        work.note(session_id=request.session_id)
        keys = await self._keys.of(work.workspace_id)
        file = await self._files.examine(body, work)
        async with self._files.stored(file, work) as attachment_id:
            session = await work.db.one(store.change_attachment_count, session_id=request.session_id, change=1)
            owner = {"id": attachment_id, "session_id": request.session_id, "client_id": session["client_id"]}
            row = await self._files.add(work, keys, file, name, **owner)
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
        return pb.Storage(used_bytes=(await tx.one(store.storage))["used_bytes"], quota_bytes=await self._files.quota(tx))

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
        return await self._files.link(work, file, seconds, inline=request.disposition != pb.DISPOSITION_ATTACHMENT)

    async def RenameAttachment(self, request: pb.RenameAttachmentRequest, work: UnitOfWork) -> pb.Attachment:
        wanted = rules.file_name(request.file_name)
        keys = await self._keys.of(work.workspace_id)
        # The note's row, so that of two renames to one name at once the second sees the first.
        await work.db.one(store.lock_session, session_id=request.session_id)
        row = await work.db.one(store.lock, id=request.attachment_id, session_id=request.session_id)
        files = await work.db.all(store.all_of_session, session_id=request.session_id)
        return await self._files.rename(work, keys, row, wanted, files)

    async def DeleteAttachment(self, request: pb.DeleteAttachmentRequest, work: UnitOfWork) -> pb.DeleteAttachmentResponse:
        keys = await self._keys.of(work.workspace_id)
        await work.db.one(store.lock_session, session_id=request.session_id)
        removed = await work.db.one(store.remove, id=request.attachment_id, session_id=request.session_id)
        await work.db.one(store.change_attachment_count, session_id=request.session_id, change=-1)
        await self._files.removed(work, keys, removed)
        return pb.DeleteAttachmentResponse()

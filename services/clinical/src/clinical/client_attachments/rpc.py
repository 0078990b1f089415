"""The ClientAttachments service: each method is one use case and one transaction."""

from uuid import UUID

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.clinical.v1 import attachments_pb2
from caseload.clinical.v1 import client_attachments_pb2 as pb
from caseload.clinical.v1.client_attachments_rpc import ClientAttachmentsServicer
from chassis.encryption.key_store import Keys
from chassis.paging import part
from chassis.storage.spool import Spool
from chassis.work.unit_of_work import UnitOfWork
from clinical.attachments import mapping
from clinical.attachments import rules as file_rules
from clinical.attachments import store as of_notes
from clinical.attachments.workflow import Files
from clinical.client_attachments import rules, store
from clinical.treated_clients import store as client_store
from clinical.treated_clients.workflow import lock_open


class ClientAttachments(ClientAttachmentsServicer[UnitOfWork, Spool]):
    """Files are examined and stored before the first statement, so that no transaction is open meanwhile."""

    def __init__(self, keys: Keys, clients: ClientsStub, files: Files) -> None:
        self._keys = keys
        self._clients = clients
        self._files = files

    async def UploadClientAttachment(
        self, request: pb.UploadClientAttachmentRequest, body: Spool, work: UnitOfWork
    ) -> attachments_pb2.Attachment:
        name = file_rules.file_name(request.file_name)
        work.note(client_id=request.client_id)
        await self._clients.CheckClient(clients_pb2.CheckClientRequest(client_id=request.client_id), work.context)
        keys = await self._keys.of(work.workspace_id)
        file = await self._files.examine(body, work)
        async with self._files.stored(file, work) as attachment_id:
            await lock_open(work, request.client_id)
            row = await self._files.add(work, keys, file, name, id=attachment_id, session_id=None, client_id=request.client_id)
        return mapping.from_row(row, keys)

    async def ListClientAttachments(self, request: pb.ListClientAttachmentsRequest, work: UnitOfWork) -> attachments_pb2.AttachmentList:
        window = part(request)
        await self._clients.CheckClient(clients_pb2.CheckClientRequest(client_id=request.client_id), work.context)
        keys = await self._keys.of(work.workspace_id)
        total = (await work.db.one(store.count, client_id=request.client_id))["total"]
        found = await work.db.all(store.of_client, client_id=request.client_id, limit=window.limit, after=window.after)
        items = [mapping.from_row(row, keys) for row in found]
        return attachments_pb2.AttachmentList(items=items, total=total, more=len(found) == window.limit)

    async def GetClientDownload(self, request: pb.GetClientDownloadRequest, work: UnitOfWork) -> attachments_pb2.Download:
        seconds = 60 * file_rules.minutes(request.expires_in_minutes if request.HasField("expires_in_minutes") else None)
        keys = await self._keys.of(work.workspace_id)
        file = mapping.from_row(await work.db.one(store.get, id=request.attachment_id, client_id=request.client_id), keys)
        return await self._files.link(work, file, seconds, inline=request.disposition != attachments_pb2.DISPOSITION_ATTACHMENT)

    async def RenameClientAttachment(self, request: pb.RenameClientAttachmentRequest, work: UnitOfWork) -> attachments_pb2.Attachment:
        wanted = file_rules.file_name(request.file_name)
        keys = await self._keys.of(work.workspace_id)
        one = {"id": request.attachment_id, "client_id": request.client_id}
        session_id = (await work.db.one(store.get, **one))["session_id"]
        # The row of what the file belongs to, so that of two renames to one name at once the second sees the first.
        if session_id is None:
            await work.db.one(client_store.lock_client, client_id=request.client_id)
            siblings = await work.db.all(store.all_own, client_id=request.client_id)
        else:
            await work.db.one(of_notes.lock_session, session_id=session_id)
            siblings = await work.db.all(of_notes.all_of_session, session_id=session_id)
        return await self._files.rename(work, keys, await work.db.one(store.lock, **one), wanted, siblings)

    async def DeleteClientAttachment(
        self, request: pb.DeleteClientAttachmentRequest, work: UnitOfWork
    ) -> attachments_pb2.DeleteAttachmentResponse:
        keys = await self._keys.of(work.workspace_id)
        one = {"id": request.attachment_id, "client_id": request.client_id}
        session_id = (await work.db.one(store.get, **one))["session_id"]
        if session_id is None:
            removed = await work.db.one(store.remove_own, **one)
        else:
            await work.db.one(of_notes.lock_session, session_id=session_id)
            removed = await work.db.one(of_notes.remove, id=request.attachment_id, session_id=session_id)
            await work.db.one(of_notes.change_attachment_count, session_id=session_id, change=-1)
        await self._files.removed(work, keys, removed)
        return attachments_pb2.DeleteAttachmentResponse()

    async def ChooseClientAttachments(self, request: pb.ChooseClientAttachmentsRequest, work: UnitOfWork) -> pb.AttachmentChoice:
        wanted = [UUID(attachment_id) for attachment_id in request.attachment_ids]
        rules.check_choice(wanted)
        keys = await self._keys.of(work.workspace_id)
        found = {row["id"]: row for row in await work.db.all(store.chosen, client_id=request.client_id, ids=wanted)}
        rules.check_found(wanted, found)
        items = [mapping.from_row(found[attachment_id], keys) for attachment_id in wanted]
        rules.check_together(item.file_size_bytes for item in items)
        tickets = [rules.ticket(keys.mac, work.user_id, attachment_id, work.now.timestamp()) for attachment_id in wanted]
        return pb.AttachmentChoice(items=items, tickets=tickets)

    async def ReadClientAttachment(self, request: pb.ReadClientAttachmentRequest, work: UnitOfWork) -> pb.AttachmentContent:
        keys = await self._keys.of(work.workspace_id)
        rules.check_ticket(request.ticket, keys.mac, work.user_id, UUID(request.attachment_id), work.now.timestamp())
        file = mapping.from_row(await work.db.one(store.get, id=request.attachment_id, client_id=request.client_id), keys)
        return pb.AttachmentContent(content=await self._files.content(work, file, *rules.piece(request.offset, request.limit)))

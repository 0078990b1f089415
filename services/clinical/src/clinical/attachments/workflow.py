"""What becomes of files, be they a note's or a client's own: stored and counted, linked to, renamed, removed."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.clinical.v1 import attachments_pb2 as pb
from caseload.clinical.v1 import events_pb2
from chassis.db.transaction import Record, Transaction
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import NotFound, Unavailable
from chassis.protobuf.timestamps import to_timestamp
from chassis.rpc.client.legal_holds import check_not_held
from chassis.service.runtime import Runtime
from chassis.storage.base import new_key
from chassis.storage.spool import Spool
from chassis.work.unit_of_work import UnitOfWork
from clinical.attachments import mapping, rules, store
from clinical.attachments.sandbox import CleanFile, Sandbox
from clinical.attachments.scanner import Scanner
from clinical.holds import legal_holds

_log = logging.getLogger(__name__)


class Files:
    """The files of all workspaces. One sandbox and one scanner examine all that are uploaded, so one of this class is made for a process."""

    def __init__(self, runtime: Runtime) -> None:
        self._sandbox = Sandbox()
        settings = runtime.settings
        self._scanner = Scanner(settings.clamd, settings.clamd_seconds) if settings.clamd else None
        self._blobs = runtime.blobs
        self._holds = runtime.once(legal_holds)
        self._quota_bytes: int = settings.storage_quota_bytes
        self._deletions: set[asyncio.Task[None]] = set()

    async def examine(self, given: Spool, work: UnitOfWork) -> CleanFile:
        """The file as it may be stored. Raises what `Sandbox.sanitize` and, where there is a scanner, `Scanner.scan` raise."""
        clean = await self._sandbox.sanitize(given, work)
        if self._scanner is None:
            return clean
        # What was sent, for malware may be in what the sandbox has left out.
        await self._scanner.scan(given, work)
        return replace(clean, scanned_at=work.now)

    @asynccontextmanager
    async def stored(self, file: CleanFile, work: UnitOfWork) -> AsyncIterator[UUID]:
        """Stores the file under a new id while the block creates its row. Deletes it again if the row is refused, in the block or at the commit."""
        attachment_id = uuid7()
        key = new_key(work.workspace_id, attachment_id)

        async def delete_unless_committed(tx: Transaction) -> None:
            # A commit that was not answered may have been made, or be on its way still: it holds the lock until it is over.
            await tx.run(store.lock_storage)
            if not (await tx.one(store.exists, id=attachment_id))["found"]:
                await self._blobs.delete(key)

        work.afterwards(delete_unless_committed, unless_committed=True)
        putting = asyncio.ensure_future(self._blobs.put(key, file.content, file.media_type))
        putting.add_done_callback(lambda _: file.content.close())
        try:
            await asyncio.shield(putting)
            yield attachment_id
        except asyncio.CancelledError:
            # `afterwards` deletes what is stored by now; the file may still be stored later, so this waits for it.
            deletion = asyncio.create_task(self._delete_after(putting, key))
            self._deletions.add(deletion)
            deletion.add_done_callback(self._deletions.discard)
            raise

    async def _delete_after(self, putting: "asyncio.Future[None]", key: str) -> None:
        await asyncio.wait([putting])
        await self._blobs.delete(key)

    async def add(self, work: UnitOfWork, keys: WorkspaceKeys, file: CleanFile, name: str, **owner: Any) -> Record:
        """Creates the file's row and counts its bytes. Raises Conflict over the quota. `owner` are its id, its client and its note, if any."""
        columns = {
            **owner,
            "created_by_user_id": work.user_id,
            "file_type": file.media_type,
            "file_size_bytes": file.content.size,
            "scanned_at": file.scanned_at,
            "created_at": work.now,
        }
        added = {**columns, "version": 1, "status": "ready"}
        sealed = mapping.seal_file_name(rules.typed_name(name, file.media_type), keys, added, work)
        row = await work.db.one(store.add, **columns, sealed=sealed)
        await work.db.run(store.lock_storage)
        stored = await work.db.one(store.storage)
        rules.check_quota(stored["used_bytes"] + file.content.size, await self.quota(work.db))
        await work.db.run(store.change_storage, used_bytes=file.content.size)
        return row

    async def quota(self, tx: Transaction) -> int:
        """How many bytes the workspace's files may have: its own quota, or that of the settings."""
        own = await tx.maybe(store.quota)
        quota_bytes: int = self._quota_bytes if own is None else own["quota_bytes"]
        return quota_bytes

    async def link(self, work: UnitOfWork, file: pb.Attachment, seconds: int, *, inline: bool) -> pb.Download:
        """A link to the file that is good for so many seconds. NotFound where it is not stored whole: nobody sees that by what a link leads to."""
        await self.content(work, file, max(file.file_size_bytes - 1, 0), 1)
        url = await self._blobs.presign(
            new_key(work.workspace_id, UUID(file.id)),
            expires_in=seconds,
            # Those that were stored before names were looked at have any.
            file_name=rules.typed_name(file.file_name, file.file_type),
            content_type=file.file_type,
            inline=inline,
        )
        expires_at = to_timestamp(work.now + timedelta(seconds=seconds))
        return pb.Download(download_url=url, expires_at=expires_at, expires_in_seconds=seconds)

    async def content(self, work: UnitOfWork, file: pb.Attachment, start: int, size: int) -> bytes:
        """So many bytes of the file, fewer at its end. NotFound where it is not stored, or not whole, or cannot be read while the store answers."""
        key = new_key(work.workspace_id, UUID(file.id))
        try:
            content = await self._read(key, start, size)
        except NotFound:
            content = b""
        if len(content) < min(size, file.file_size_bytes - start):
            _log.error("a file is missing or not whole", extra={"workspace_id": str(work.workspace_id), "attachment_id": file.id})
            raise NotFound("file_not_whole", "The file is not where files are kept, or not whole. Please tell who runs this installation.")
        return content

    async def _read(self, key: str, start: int, size: int) -> bytes:
        try:
            return await self._blobs.read(key, start, size)
        except Unavailable:
            if not await self._blobs.ready():
                raise
        # The store answers by now. What still cannot be read is this file.
        try:
            return await self._blobs.read(key, start, size)
        except Unavailable:
            return b""

    async def rename(
        self, work: UnitOfWork, keys: WorkspaceKeys, row: Record, wanted: str, siblings: Iterable[Mapping[str, Any]]
    ) -> pb.Attachment:
        """Renames the file of a row. Raises Conflict if one of its siblings has the name. The caller holds a lock on what they belong to."""
        file = mapping.from_row(row, keys)
        name = rules.new_file_name(wanted, file.file_name, file.file_type)
        rules.check_name_free(name, (mapping.from_row(other, keys).file_name for other in siblings if other["id"] != row["id"]))
        renamed = {**row, "version": row["version"] + 1}
        await work.db.run(store.rename, id=row["id"], sealed=mapping.seal_file_name(name, keys, renamed, work))
        file.file_name = name
        return file

    async def removed(self, work: UnitOfWork, keys: WorkspaceKeys, row: Record) -> None:
        """What follows from deleting the row of a file. Conflict while a legal hold keeps what there is of its client."""
        await check_not_held(self._holds, row["client_id"], work)
        mapping.FILES.gone(row, keys, work)
        await work.db.run(store.change_storage, used_bytes=-row["file_size_bytes"])
        # The file is deleted by the reaction to this event, which is retried until it succeeds.
        work.emit(events_pb2.AttachmentRemoved(attachment_id=str(row["id"])))

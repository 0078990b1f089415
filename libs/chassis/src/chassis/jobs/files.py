"""Files that jobs make: written piece by piece while a job goes on, sealed, and kept in the service's own file store until they expire.

Each file has a key of its own. It is sealed under the workspace's keys in the job's row, so it is changed with them, and who destroys them
destroys the file. A piece is `nonce (12 bytes) | ciphertext and tag`, AES-256-GCM; its additional data are the job and where the piece begins.
"""

import base64
import json
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chassis.db.transaction import Transaction
from chassis.encryption.keyring import NONCE_BYTES, SealBroken
from chassis.encryption.records import WorkspaceKeys
from chassis.jobs.running import RunningJob
from chassis.jobs.store import JobStore
from chassis.storage.base import Blobs, new_key
from chassis.work.unit_of_work import UnitOfWork

# A piece is one file in the store, and what one reply holds.
LARGEST_PIECE = 1024 * 1024
# Of the ids of pieces. Attachments and checkpoints have others, so a store that was named by mistake loses nothing.
VERSION = 4
_TABLE, _COLUMN = "jobs", "file_sealed"
_KEY_BITS = 256
_CONTEXT = b"caseload job file 1"


@dataclass(frozen=True, slots=True)
class FileHead:
    """What is known of a job's file. `needs` is the scope that its readers have; `size` is None until it is whole.

    One that `is_personal` has what its orderer may read, and is for nobody else.
    """

    name: str
    media_type: str
    needs: str
    key: bytes
    is_personal: bool
    size: int | None = None

    def sealed(self, keys: WorkspaceKeys, job_id: UUID) -> bytes:
        written = json.dumps([self.name, self.media_type, self.needs, base64.b64encode(self.key).decode(), self.is_personal, self.size])
        return keys.seal_bytes(written.encode(), table=_TABLE, row=job_id, revision=0, column=_COLUMN)

    @staticmethod
    def opened(row: Mapping[str, Any], keys: WorkspaceKeys) -> "FileHead":
        """Of a job's row. SealBroken unless it is what was sealed."""
        plain = keys.open_bytes(row[_COLUMN], table=_TABLE, row=row["id"], revision=0, column=_COLUMN)
        name, media_type, needs, key, is_personal, size = json.loads(plain)
        return FileHead(name, media_type, needs, base64.b64decode(key), is_personal, size)


class FileWriter:
    """Writes the file of a job that a worker has. What is given to it is in the file when a step has kept it, and lost if none does.

    Between steps it holds less than a piece in memory: `write` stores what is more, before any transaction.
    """

    def __init__(self, store: JobStore, blobs: Blobs, job: RunningJob, head: FileHead, *, size: int, days: float) -> None:
        self._store = store
        self._blobs = blobs
        self._job = job
        self._head = head
        self._days = days
        self._cipher = AESGCM(head.key)
        self._unsealed = bytearray()
        self._stored: list[dict[str, Any]] = []
        self._stored_size = size

    @property
    def size(self) -> int:
        """How many bytes were written so far."""
        return self._stored_size + len(self._unsealed)

    async def write(self, data: bytes) -> None:
        self._unsealed += data
        while len(self._unsealed) > LARGEST_PIECE:
            await self._put(bytes(self._unsealed[:LARGEST_PIECE]))
            del self._unsealed[:LARGEST_PIECE]

    async def written(self) -> AsyncIterator[bytes]:
        """What kept steps have written, from the beginning; for whoever goes on and needs it once more. Before anything else is written."""
        offset = 0
        while offset < self._stored_size:
            async with self._job.look() as work:
                data = await _open_piece(self._store, self._blobs, work.db, self._job.workspace_id, self._job.id, self._head.key, offset)
            yield data
            offset += len(data)

    async def flush(self) -> None:
        """Stores what was written; before a step that keeps it."""
        if self._unsealed:
            await self._put(bytes(self._unsealed))
            self._unsealed.clear()

    async def keep(self, work: UnitOfWork, *, told: str | None = None) -> None:
        """Within a step of the job: what was flushed is part of the file. `told` is for whoever goes on, without PHI."""
        for place, piece in enumerate(self._stored):
            is_last = place == len(self._stored) - 1
            await work.db.run(self._store.add_piece, job_id=self._job.id, told=told if is_last else None, **piece)
        self._stored.clear()

    async def finish(self, work: UnitOfWork) -> None:
        """As `keep`, in the last step: the file is whole, and can be read when the job is done."""
        await self.keep(work)
        head = replace(self._head, size=self._stored_size)
        await _keep_head(self._store, work, self._job, head, expires_at=work.now + timedelta(days=self._days))

    async def _put(self, data: bytes) -> None:
        piece_id, nonce = uuid4(), os.urandom(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, data, _bound(self._job.id, self._stored_size))
        await self._blobs.put(new_key(self._job.workspace_id, piece_id), sealed, "application/octet-stream")
        self._stored.append({"id": piece_id, "start": self._stored_size, "size": len(data)})
        self._stored_size += len(data)


class JobFiles:
    """The files of one service's jobs. They can be had for so many `days` after their job is done."""

    def __init__(self, store: JobStore, blobs: Blobs, *, days: float) -> None:
        self._store = store
        self._blobs = blobs
        self._days = days

    async def writer(self, job: RunningJob, *, name: str, media_type: str, is_personal: bool = False) -> FileWriter:
        """Begins the job's file, or goes on with it where the last kept step ended. `name` is shown to whoever downloads it, and is no PHI.

        It is read by those who may see the job, with the scope that ordering it needed; one that `is_personal` by whoever ordered it alone.
        """
        async with job.look() as work:
            row = await work.db.one(self._store.get, id=job.id)
            end = (await work.db.one(self._store.end_of_file, job_id=job.id))["end"]
        if row["file_sealed"] is not None:
            head = FileHead.opened(row, job.keys)
        else:
            if job.kind.needs is None:
                raise ValueError(f"{job.kind.name} needs no scope, so nobody would be asked for one who reads its file")
            head = FileHead(name, media_type, job.kind.needs, AESGCM.generate_key(_KEY_BITS), is_personal)
            async with job.step() as work:
                await _keep_head(self._store, work, job, head, expires_at=work.now + timedelta(days=self._days))
        return FileWriter(self._store, self._blobs, job, head, size=end or 0, days=self._days)

    async def read(self, tx: Transaction, row: Mapping[str, Any], head: FileHead, offset: int) -> bytes:
        """What the file has from `offset` on: up to a piece, nothing behind its end. SealBroken unless it is what was written.

        `row` is the job's. The transaction should be one that others do not wait for: the store is asked in it.
        """
        size = 0 if head.size is None else head.size
        if not 0 <= offset < size:
            return b""
        return await _open_piece(self._store, self._blobs, tx, row["workspace_id"], row["id"], head.key, offset)


async def _open_piece(store: JobStore, blobs: Blobs, tx: Transaction, workspace_id: UUID, job_id: UUID, key: bytes, offset: int) -> bytes:
    """What the piece at `offset` has from there on. SealBroken unless it is what was written."""
    piece = await tx.maybe(store.piece_at, job_id=job_id, offset=offset)
    if piece is None or piece["start"] + piece["size"] <= offset:
        raise SealBroken(f"a piece of the file of job {job_id} is not there")
    stored = await blobs.get(new_key(workspace_id, piece["id"]))
    try:
        data = AESGCM(key).decrypt(stored[:NONCE_BYTES], stored[NONCE_BYTES:], _bound(job_id, piece["start"]))
    except InvalidTag as error:
        raise SealBroken(f"a piece of the file of job {job_id} does not open") from error
    return data[offset - piece["start"] :]


async def _keep_head(store: JobStore, work: UnitOfWork, job: RunningJob, head: FileHead, *, expires_at: datetime) -> None:
    await work.db.run(store.set_file, id=job.id, attempt=job.attempt, file_sealed=head.sealed(job.keys, job.id), file_expires_at=expires_at)


def _bound(job_id: UUID, start: int) -> bytes:
    return _CONTEXT + job_id.bytes + start.to_bytes(8, "big")

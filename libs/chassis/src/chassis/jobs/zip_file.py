"""A ZIP archive as the file of a job, written over many steps: what was written is known from what each step told, and not held in memory.

Every entry is stored as it is and has the extensions for more than 4 GiB (ZIP64, APPNOTE 6.3.10), so one form does for all sizes. Its size and
checksum follow its content, and stand once more in the directory at the end of the archive.
"""

import json
import struct
import zlib
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from chassis.jobs.files import FileWriter
from chassis.jobs.running import RunningJob
from chassis.jobs.store import JobStore

# Reads as: needs ZIP64; sizes follow the content, names are UTF-8; stored.
_VERSION, _FLAGS, _STORED = 45, 0x0808, 0
_UNKNOWN = 0xFFFFFFFF
_ZIP64 = 0x0001
_LOCAL = struct.Struct("<4s5H3L2H")
_DESCRIPTOR = struct.Struct("<4sLQQ")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_SIZES = struct.Struct("<HHQQ")
_SIZES_AND_OFFSET = struct.Struct("<HHQQQ")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_END = struct.Struct("<4s4H2LH")
_TOLD_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """One file of the archive: where it begins there, and what is known of its content."""

    name: str
    at: datetime
    start: int
    size: int
    crc: int
    sha256: str

    def as_json(self) -> list[Any]:
        return [self.name, int(self.at.timestamp()), self.start, self.size, self.crc, self.sha256]

    @staticmethod
    def of_json(told: list[Any]) -> "ZipEntry":
        name, at, *facts = told
        return ZipEntry(name, datetime.fromtimestamp(at, UTC), *facts)


class ZipWriter:
    """Writes one entry after the other, then the directory. Names are as `zipfile` reads them: UTF-8, with strokes between folders."""

    def __init__(self, writer: FileWriter) -> None:
        self._writer = writer

    async def add(self, name: str, at: datetime, content: AsyncIterable[bytes]) -> ZipEntry:
        start, encoded = self._writer.size, name.encode()
        head = _LOCAL.pack(b"PK\3\4", _VERSION, _FLAGS, _STORED, *_dos(at), 0, _UNKNOWN, _UNKNOWN, len(encoded), _SIZES.size)
        await self._writer.write(head + encoded + _SIZES.pack(_ZIP64, _SIZES.size - 4, 0, 0))
        digest, crc, size = sha256(), 0, 0
        async for piece in content:
            digest.update(piece)
            crc = zlib.crc32(piece, crc)
            size += len(piece)
            await self._writer.write(piece)
        await self._writer.write(_DESCRIPTOR.pack(b"PK\7\10", crc, size, size))
        return ZipEntry(name, at, start, size, crc, digest.hexdigest())

    async def finish(self, entries: AsyncIterable[ZipEntry]) -> None:
        """Writes the directory of all entries, in the order in which they were added."""
        start, number = self._writer.size, 0
        async for entry in entries:
            number += 1
            await self._writer.write(_central(entry))
        size, end = self._writer.size - start, self._writer.size
        await self._writer.write(
            _END_64.pack(b"PK\6\6", _END_64.size - 12, _VERSION, _VERSION, 0, 0, number, number, size, start)
            + _LOCATOR.pack(b"PK\6\7", 0, end, 1)
            + _END.pack(b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, _UNKNOWN, _UNKNOWN, 0)
        )


async def told_by_steps(store: JobStore, job: RunningJob) -> AsyncIterator[dict[str, Any]]:
    """What the kept steps of a job told (`FileWriter.keep`), in their order."""
    after = -1
    while True:
        async with job.look() as work:
            rows = await work.db.all(store.told, job_id=job.id, after=after, limit=_TOLD_AT_ONCE)
        for row in rows:
            told: dict[str, Any] = json.loads(row["told"])
            yield told
        if len(rows) < _TOLD_AT_ONCE:
            return
        after = rows[-1]["start"]


def _central(entry: ZipEntry) -> bytes:
    encoded = entry.name.encode()
    # Whoever unpacks it on a system with permissions is the only one who may read it.
    mode = 0o600 << 16
    head = _CENTRAL.pack(
        b"PK\1\2", 3 << 8 | _VERSION, _VERSION, _FLAGS, _STORED, *_dos(entry.at), entry.crc, _UNKNOWN, _UNKNOWN,
        len(encoded), _SIZES_AND_OFFSET.size, 0, 0, 0, mode, _UNKNOWN,
    )  # fmt: skip
    return head + encoded + _SIZES_AND_OFFSET.pack(_ZIP64, _SIZES_AND_OFFSET.size - 4, entry.size, entry.size, entry.start)


def _dos(at: datetime) -> tuple[int, int]:
    """Time and date as MS-DOS writes them, in steps of two seconds."""
    return at.hour << 11 | at.minute << 5 | at.second // 2, (at.year - 1980) << 9 | at.month << 5 | at.day

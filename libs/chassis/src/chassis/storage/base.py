"""Files: one protocol, kept in a bucket or in a directory, fetched by people through links that expire.

A key is `{workspace}/{uuid}`. What a file is called is client data: it is in no key, and in no link that can be read.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar
from uuid import UUID

from chassis.errors import Unavailable
from chassis.storage.spool import Spool

_THREADS = 8
# As many as a bucket lists at a time.
BATCH = 1_000
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_KEY = re.compile(f"{_UUID}/{_UUID}")
R = TypeVar("R")


class Blobs(Protocol):
    """Where files are kept. Every method may raise Unavailable("blob_store_unavailable")."""

    async def put(self, key: str, data: bytes | Spool, content_type: str) -> None:
        """Keeps the bytes; once this returns they survive a crash. Of a spool no more than a piece is in memory at a time."""

    async def put_once(self, key: str, data: bytes, content_type: str) -> bytes:
        """Keeps the bytes unless there are some already. Returns those that are kept: what was put first, whatever is put later."""

    async def get(self, key: str) -> bytes:
        """The bytes; NotFound when there are none."""

    async def read(self, key: str, start: int, size: int) -> bytes:
        """So many of the bytes from `start` on, fewer at the end and none behind it; NotFound when there is no such file. Only these are fetched."""

    async def missing(self, keys: Sequence[str]) -> list[str]:
        """Those of the keys, which are in their order, under which nothing is stored."""

    async def delete(self, key: str) -> None:
        """Removes the bytes, if they are there."""

    def stored_before(self, moment: datetime) -> AsyncIterator[list[str]]:
        """The keys of what was stored before this moment, in batches of at most BATCH."""

    async def of_workspace(self, workspace_id: UUID) -> list[str]:
        """Keys of the workspace's files: all of them, or the first BATCH."""

    async def presign(self, key: str, *, expires_in: int, file_name: str, content_type: str, inline: bool = False) -> str:
        """A link to the file, good for `expires_in` seconds to whoever holds it.

        Browsers save the file, or show it if `inline`: only for content that was checked to run nothing.
        """

    async def ready(self) -> bool: ...


def new_key(workspace_id: UUID, blob_id: UUID) -> str:
    return f"{workspace_id}/{blob_id}"


def is_key(text: str) -> bool:
    """Whether the text is `{workspace}/{uuid}`."""
    return _KEY.fullmatch(text) is not None


def checked(key: str) -> str:
    """Returns the key if it is `{workspace}/{uuid}`; keys never contain user input."""
    if not is_key(key):
        raise ValueError("a blob's key is {workspace}/{uuid}")
    return key


def unavailable() -> Unavailable:
    return Unavailable("blob_store_unavailable", "The file store does not answer at the moment.", retry_after=5.0)


class Threads:
    """A bounded number of threads for calls that block; a slow store does not take the process's other threads."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="blobs")

    async def run(self, call: Callable[..., R], *arguments: object, **options: object) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(call, *arguments, **options))

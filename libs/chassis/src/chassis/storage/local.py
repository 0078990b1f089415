"""Files in a directory of this machine."""

import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chassis import base64url, private_files
from chassis.errors import NotFound, Unavailable
from chassis.storage.base import BATCH, R, Threads, checked, is_key, unavailable
from chassis.storage.spool import CHUNK, Spool

NONCE_BYTES = 12
_LENGTH_OF_UUID = 36
_CONTEXT = b"caseload blob link 1"


@dataclass(frozen=True, slots=True)
class BlobGrant:
    """What a link allows its holder to fetch."""

    key: str
    file_name: str
    content_type: str
    expires_at: float
    inline: bool


class StoredFile:
    """One file that is read once, from the beginning to the end, and closed with that."""

    def __init__(self, file: BinaryIO, do: Callable[..., Awaitable[Any]]) -> None:
        self._file = file
        self._do = do
        self.size = os.fstat(file.fileno()).st_size

    async def pieces(self) -> AsyncIterator[bytes]:
        with self._file:
            while piece := await self._do(self._file.read, CHUNK):
                yield piece


class LocalBlobs:
    """Files in a directory of this machine; links are `{base_url}/files/{token}` and the token is sealed, name and all."""

    def __init__(self, root: Path, secret: str, base_url: str) -> None:
        self._root = root
        self._base_url = base_url.rstrip("/")
        self._cipher = AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=_CONTEXT).derive(secret.encode()))
        self._threads = Threads()

    async def put(self, key: str, data: bytes | Spool, content_type: str) -> None:
        await self._do(self._write, self._path(key), data)

    async def put_once(self, key: str, data: bytes, content_type: str) -> bytes:
        return await self._do(self._write_once, self._path(key), data)

    async def get(self, key: str) -> bytes:
        return await self._do(self._path(key).read_bytes)

    async def read(self, key: str, start: int, size: int) -> bytes:
        return await self._do(_part, self._path(key), start, size)

    async def missing(self, keys: Sequence[str]) -> list[str]:
        return await self._do(lambda: [key for key in keys if not self._path(key).exists()])

    async def open(self, key: str) -> "StoredFile":
        """The file for reading piece by piece; NotFound when there is none."""
        return StoredFile(await self._do(self._path(key).open, "rb"), self._do)

    async def delete(self, key: str) -> None:
        await self._do(self._path(key).unlink, missing_ok=True)

    async def stored_before(self, moment: datetime) -> AsyncIterator[list[str]]:
        """What an interrupted `put` left is deleted on the way."""
        for workspace in await self._do(self._workspaces):
            found = await self._do(self._keys_before, workspace, moment.timestamp())
            for start in range(0, len(found), BATCH):
                yield found[start : start + BATCH]

    async def of_workspace(self, workspace_id: UUID) -> list[str]:
        """What an interrupted `put` left is deleted on the way."""
        try:
            return (await self._do(self._keys_before, self._root / str(workspace_id), float("inf")))[:BATCH]
        except NotFound:
            return []

    async def presign(self, key: str, *, expires_in: int, file_name: str, content_type: str, inline: bool = False) -> str:
        grant = {"k": checked(key), "e": int(time.time()) + expires_in, "n": file_name, "t": content_type, "i": inline}
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, json.dumps(grant, ensure_ascii=False).encode(), _CONTEXT)
        return f"{self._base_url}/files/{base64url.encode(sealed)}"

    def open_token(self, token: str) -> BlobGrant:
        """What the last part of a link allows; NotFound when it has run out or is none of ours."""
        try:
            sealed = base64url.decode(token)
            grant = json.loads(self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _CONTEXT))
        except (InvalidTag, ValueError):
            raise NotFound("not_found", "There is nothing here under this link.") from None
        if grant["e"] <= time.time():
            raise NotFound("link_expired", "This link has run out; ask for a new one.")
        return BlobGrant(key=grant["k"], file_name=grant["n"], content_type=grant["t"], expires_at=grant["e"], inline=grant.get("i", False))

    async def ready(self) -> bool:
        try:
            return await self._do(self._usable)
        except Unavailable:
            return False

    def _path(self, key: str) -> Path:
        return self._root / checked(key)

    def _workspaces(self) -> list[Path]:
        """Beside them there may be what is not ours: a disk of its own has a `lost+found` that only root reads."""
        return sorted(filter(_is_workspace, self._root.iterdir())) if self._root.is_dir() else []

    def _keys_before(self, folder: Path, moment: float) -> list[str]:
        found = []
        for file in os.scandir(folder):
            key = f"{folder.name}/{file.name.removeprefix('.')[:_LENGTH_OF_UUID]}"
            # Many a file is deleted, and many a `put` ends, while a folder is read.
            with suppress(FileNotFoundError):
                if not is_key(key) or file.stat().st_mtime >= moment:
                    continue
                if file.name.startswith("."):
                    Path(file.path).unlink(missing_ok=True)
                elif is_key(f"{folder.name}/{file.name}"):
                    found.append(key)
        return found

    def _usable(self) -> bool:
        self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.access(self._root, os.R_OK | os.W_OK | os.X_OK)

    def _write(self, path: Path, data: bytes | Spool) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = path.with_name(f".{path.name}.{os.urandom(6).hex()}")
        try:
            private_files.create(beside, data if isinstance(data, bytes) else data.pieces())
            private_files.rename(beside, path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise

    def _write_once(self, path: Path, data: bytes) -> bytes:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = path.with_name(f".{path.name}.{os.urandom(6).hex()}")
        try:
            private_files.create(beside, data)
            private_files.link(beside, path)
        finally:
            beside.unlink(missing_ok=True)
        return path.read_bytes()

    async def _do(self, call: Callable[..., R], *arguments: object, **options: object) -> R:
        try:
            return await self._threads.run(call, *arguments, **options)
        except FileNotFoundError:
            raise NotFound("not_found", "There is nothing here under this id.") from None
        except OSError as error:
            raise unavailable() from error


def _is_workspace(folder: Path) -> bool:
    return is_key(f"{folder.name}/{folder.name}") and folder.is_dir()


def _part(path: Path, start: int, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(size)

"""Several files as one ZIP archive, written file after file while it is sent."""

import asyncio
import io
import re
import unicodedata
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from chassis.errors import NotFound

# What Windows allows in no name, and the names it keeps for devices.
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE | re.DOTALL)
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,5}$")
# With a number and an extension it stays below the 255 bytes that file systems allow.
_LONGEST_STEM = 200
# So that little is held for a reader who is slow.
_LARGEST_PIECE = 256 * 1024
MISSING = "missing-files.txt"
_LEFT_OUT = (
    "These files are not in this archive. They were deleted a moment ago, or are not where files are kept, or not whole: please tell who runs this"
    " installation."
)


class NotWholeError(Exception):
    """The rest of an entry cannot be read. The archive goes on without it."""


def unique_names(names: Iterable[str]) -> list[str]:
    """Names under which the files can be unpacked side by side on any system, in their order: "scan.png", "scan (2).png"."""
    taken: set[str] = set()
    unique = []
    for name in names:
        stem, extension = _parted(_safe(name))
        candidate, number = stem + extension, 1
        while candidate.casefold() in taken:
            number += 1
            candidate = f"{stem} ({number}){extension}"
        taken.add(candidate.casefold())
        unique.append(candidate)
    return unique


def _safe(name: str) -> str:
    visible = "".join("_" if unicodedata.category(char) in {"Cf", "Cs"} else char for char in unicodedata.normalize("NFC", name))
    safe = _FORBIDDEN.sub("_", visible).strip(" .") or "file"
    return f"_{safe}" if _DEVICE.fullmatch(safe) else safe


def _parted(name: str) -> tuple[str, str]:
    """The name without its extension, cut to what file systems allow, and the extension."""
    found = _EXTENSION.search(name)
    extension = found[0] if found and found.start() else ""
    stem = name.removesuffix(extension) if extension else name
    return stem.encode()[:_LONGEST_STEM].decode(errors="ignore"), extension


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in an archive. Its `content` is read piece by piece, when the ones before it are written."""

    name: str
    at: datetime
    content: AsyncIterator[bytes]
    # What images and PDF documents need not be.
    is_compressed: bool = False


async def zipped(entries: AsyncIterable[Entry]) -> AsyncIterator[bytes]:
    """The archive in pieces of up to 256 KiB. Of what is in it, one piece is held at a time.

    An entry whose content raises NotWholeError is in no directory of the archive, though what was read of it is sent already.
    """
    pipe = _Pipe()
    with ZipFile(pipe, "w") as archived:
        async for entry in entries:
            at = entry.at
            info = ZipInfo(entry.name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
            info.compress_type = ZIP_DEFLATED if entry.is_compressed else ZIP_STORED
            try:
                with archived.open(info, "w") as written:
                    async for content in entry.content:
                        written.write(content)
                        # Not held while the next piece is read.
                        del content
                        for piece in pipe.taken():
                            yield piece
                        if entry.is_compressed:
                            # That took milliseconds. What is made in memory waits for nothing, and others would wait for all of it.
                            await asyncio.sleep(0)
            except NotWholeError:
                archived.filelist.remove(info)
                del archived.NameToInfo[info.filename]
    for piece in pipe.taken():
        yield piece


async def archive(files: Sequence[tuple[str, datetime]], read: Callable[[int], AsyncIterator[bytes]]) -> AsyncIterator[bytes]:
    """An archive of files by name and time; `read` tells the content of the file at a place. They were compressed before: images and PDF documents.

    A file of which `read` raises NotFound, be it after some of it, is left out, and named in a text that is the last entry.
    """

    async def entries() -> AsyncIterator[Entry]:
        missing: list[str] = []
        for place, (name, at) in enumerate(files):
            entry = await whole_or_none(name, at, read(place), missing)
            if entry is not None:
                yield entry
        if missing:
            yield left_out(missing, unique_names([*(name for name, _ in files), MISSING])[-1])

    async for piece in zipped(entries()):
        yield piece


async def whole_or_none(name: str, at: datetime, content: AsyncIterator[bytes], missing: list[str]) -> Entry | None:
    """The entry of a file; None where its content raises NotFound at once. Where that, or its rest, is not there, its name is added to `missing`."""
    try:
        first = await anext(content, b"")
    except NotFound:
        missing.append(name)
        return None
    return Entry(name, at, _all_of(name, first, content, missing))


def left_out(missing: Sequence[str], name: str = MISSING) -> Entry:
    """A text that names the files that are not in an archive."""

    async def content() -> AsyncIterator[bytes]:
        yield "\n".join([_LEFT_OUT, "", *missing, ""]).encode()

    return Entry(name, datetime.now(UTC), content(), is_compressed=True)


async def _all_of(name: str, first: bytes, rest: AsyncIterator[bytes], missing: list[str]) -> AsyncIterator[bytes]:
    yield first
    # Not held while the rest is read.
    del first
    try:
        async for piece in rest:
            yield piece
    except NotFound:
        missing.append(name)
        raise NotWholeError from None


class _Pipe(io.RawIOBase):
    """Keeps what is written until it is taken. Cannot be sought in, so nothing that is sent already is written again."""

    def __init__(self) -> None:
        self._written: deque[bytes] = deque()

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        self._written.append(data if isinstance(data, bytes) else bytes(data))
        return len(data)

    def taken(self) -> Iterator[bytes]:
        """What was written since it was last asked."""
        while self._written:
            written = memoryview(self._written.popleft())
            for start in range(0, len(written), _LARGEST_PIECE):
                yield bytes(written[start : start + _LARGEST_PIECE])

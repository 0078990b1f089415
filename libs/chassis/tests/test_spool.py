"""A call's file on disk: sealed, without a name, and read in any order."""

import asyncio
import io
import os
import tempfile
from hashlib import sha256

import pytest
from cryptography.exceptions import InvalidTag

from chassis.errors import Unavailable
from chassis.storage.spool import CHUNK, Spool

SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17]
SEALED = CHUNK + 16


async def spooled(content: bytes, piece: int = 10_000) -> Spool:
    spool = Spool()
    for start in range(0, len(content), piece):
        await spool.append(content[start : start + piece])
    await spool.complete()
    return spool


def on_disk(spool: Spool) -> io.FileIO:
    """The file as somebody finds it who may read the service's open files."""
    return spool._file


@pytest.mark.parametrize("piece", [777, CHUNK, 4 * CHUNK])
@pytest.mark.parametrize("size", SIZES)
async def test_what_is_written_is_read(size, piece):
    content = os.urandom(size)
    with await spooled(content, piece) as spool:
        assert b"".join(spool.pieces()) == content
        assert all(len(each) <= CHUNK for each in spool.pieces())
        assert (spool.size, spool.sha256) == (size, sha256(content).digest())
        assert spool.read() == content


async def test_it_is_read_from_anywhere():
    content = os.urandom(2 * CHUNK + 100)
    with await spooled(content) as spool:
        for place in (CHUNK + 5, 0, 2 * CHUNK - 3, CHUNK - 1, 2 * CHUNK + 99):
            spool.seek(place)
            found = bytearray()
            while len(found) < 9 and (part := spool.read(9 - len(found))):
                found += part
            assert found == content[place : place + 9]
        assert spool.seek(0, io.SEEK_END) == len(content)
        assert spool.read(1) == b""
        assert spool.seek(-4, io.SEEK_CUR) == spool.tell() == len(content) - 4
        assert spool.read() == content[-4:]


async def test_it_has_no_name_and_shows_nothing_of_its_content(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with await spooled(b"canary diagnosis " * 10_000) as spool:
        assert list(tmp_path.iterdir()) == []
        file = on_disk(spool)
        file.seek(0)
        assert b"canary" not in file.read()


@pytest.mark.parametrize("changed", ["a byte", "two chunks changed places", "the last chunk is missing", "a chunk stands there twice"])
async def test_a_file_that_somebody_changed_is_not_read(changed):
    with await spooled(os.urandom(3 * CHUNK)) as spool:
        file = on_disk(spool)
        file.seek(0)
        sealed = file.read()
        chunks = [sealed[start : start + SEALED] for start in range(0, len(sealed), SEALED)]
        match changed:
            case "a byte":
                chunks[1] = bytes([chunks[1][0] ^ 1]) + chunks[1][1:]
            case "two chunks changed places":
                chunks[0], chunks[1] = chunks[1], chunks[0]
            case "the last chunk is missing":
                chunks.pop()
            case _:
                chunks[2] = chunks[1]
        file.seek(0)
        file.truncate()
        file.write(b"".join(chunks))
        with pytest.raises(InvalidTag):
            list(spool.pieces())


async def test_two_files_with_one_content_are_sealed_differently():
    with await spooled(b"same") as one, await spooled(b"same") as other:
        contents = []
        for spool in (one, other):
            on_disk(spool).seek(0)
            contents.append(on_disk(spool).read())
    assert contents[0] != contents[1]


async def test_a_full_disk_is_told_as_one():
    with Spool() as spool:
        spool._file.close()
        spool._file = os.fdopen(os.open("/dev/full", os.O_RDWR), "r+b", buffering=0)
        with pytest.raises(Unavailable) as refused:
            await spool.append(bytes(2 * CHUNK))
    assert refused.value.code == "no_room"


async def test_a_cancelled_call_does_not_close_the_file_while_a_thread_writes():
    """The number of a closed file is given to the next one that is opened, which may be a connection or another patient's file."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", buffering=0) as pipe, Spool() as spool:
        spool._file.close()
        spool._file = os.fdopen(writing, "wb", buffering=0)
        # More than a pipe holds, so that the thread is writing for as long as nobody reads.
        appending = asyncio.ensure_future(spool.append(bytes(8 * CHUNK)))
        left = 7 * SEALED - len(await asyncio.to_thread(pipe.read, 1))

        appending.cancel()
        done, _ = await asyncio.wait([appending], timeout=0.05)
        assert not done

        while left:
            left -= len(await asyncio.to_thread(pipe.read, left))
        with pytest.raises(asyncio.CancelledError):
            await appending

"""Archives that are written while they are sent."""

import asyncio
import io
from contextlib import suppress
from datetime import UTC, datetime
from zipfile import ZipFile

from chassis.errors import NotFound
from chassis.storage.archive import Entry, archive, zipped

PIECES = [bytes([place]) * 65_536 for place in range(50)]


async def test_others_have_their_turn_while_a_long_text_is_compressed():
    turns = 0

    async def others():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def content():
        for piece in PIECES:
            yield piece

    async def entries():
        yield Entry("notes.json", datetime(2026, 1, 1, tzinfo=UTC), content(), is_compressed=True)

    running = asyncio.create_task(others())
    written = b"".join([piece async for piece in zipped(entries())])
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert turns >= len(PIECES)
    assert ZipFile(io.BytesIO(written)).read("notes.json") == b"".join(PIECES)


async def test_a_file_that_ends_midway_is_in_no_directory_of_the_archive_and_is_named():
    async def read(place):
        yield PIECES[place]
        if place == 1:
            raise NotFound("file_not_whole", "The rest is not there.")
        yield PIECES[place]

    files = [(name, datetime(2026, 1, 1, tzinfo=UTC)) for name in ("a.png", "cut.png", "b.png")]
    written = b"".join([piece async for piece in archive(files, read)])

    archived = ZipFile(io.BytesIO(written))
    assert archived.testzip() is None
    assert archived.namelist() == ["a.png", "b.png", "missing-files.txt"]
    assert [archived.read(name) for name in ("a.png", "b.png")] == [PIECES[place] * 2 for place in (0, 2)]
    assert archived.read("missing-files.txt").decode().splitlines()[2:] == ["cut.png"]
    # It was begun before that was known.
    assert PIECES[1] in written

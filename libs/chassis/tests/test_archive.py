"""Archives that are written while they are sent."""

import asyncio
import io
from contextlib import suppress
from datetime import UTC, datetime
from zipfile import ZipFile

from chassis.storage.archive import Entry, zipped

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

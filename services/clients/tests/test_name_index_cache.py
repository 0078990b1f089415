"""A page of clients is read from one state of the index, although others change the index meanwhile."""

import asyncio
from types import SimpleNamespace
from uuid import UUID, uuid4

from chassis.paging import Page
from clients.clients.name_index import Change, ClientQuery, new_entry
from clients.clients.name_index_cache import NameIndexCache


class Rows:
    """Answers with the asked rows at one revision, when it is let."""

    def __init__(self):
        self.asked, self.let = asyncio.Event(), asyncio.Event()

    async def all(self, _stmt, *, ids):
        self.asked.set()
        await self.let.wait()
        return [{"id": id_, "as_of": 5} for id_ in ids]


async def test_a_client_created_while_a_page_is_read_pushes_nobody_off_it():
    cache, keys, rows = NameIndexCache(1000), SimpleNamespace(workspace_id=uuid4()), Rows()
    index = cache._entry_of(keys.workspace_id).index
    ids = [UUID(int=number) for number in range(1, 6)]
    index.apply([Change(id_, id_.int, new_entry(id_, "x", "bdfhj"[id_.int - 1]), is_active=True) for id_ in ids])

    reading = asyncio.create_task(cache.read_page(ClientQuery(), Page(5, 0), rows, keys))
    await rows.asked.wait()
    index.apply([Change(UUID(int=9), 6, new_entry(UUID(int=9), "x", "a"), is_active=True)])
    rows.let.set()

    page, total = await reading
    assert ([row["id"] for row in page], total) == (ids, 5)

"""A page of clients is read from one state of the index, although others change the index meanwhile."""

import asyncio
from types import SimpleNamespace
from uuid import UUID, uuid4

from chassis.paging import Page
from clients.clients import name_index_cache, store
from clients.clients.entries import new_entry
from clients.clients.name_index import Change, ClientQuery
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
    await index.apply([Change(id_, id_.int, 1, new_entry(id_, "x", "bdfhj"[id_.int - 1])) for id_ in ids])
    await index.settle()

    reading = asyncio.create_task(cache.read_page(ClientQuery(), Page(5, 0), rows, keys))
    await rows.asked.wait()
    await index.apply([Change(UUID(int=9), 6, 1, new_entry(UUID(int=9), "x", "a"))])
    rows.let.set()

    page, total = await reading
    assert ([row["id"] for row in page], total) == (ids, 5)


async def test_the_names_of_a_workspace_that_nobody_asks_for_leave_the_memory(monkeypatch):
    now = 1_000.0
    monkeypatch.setattr(name_index_cache.time, "monotonic", lambda: now)
    cache, erased, busy = NameIndexCache(1000), uuid4(), uuid4()
    kept = cache._entry_of(busy)
    cache._entry_of(erased)

    now += name_index_cache._SECONDS_KEPT - 1
    assert cache._entry_of(busy) is kept
    assert list(cache._entries) == [erased, busy]
    now += 2
    assert cache._entry_of(busy) is kept
    assert list(cache._entries) == [busy]


class Database:
    """One that knows the first `known` of some clients, each created by a revision of its own."""

    def __init__(self, known):
        self.known = known
        self.read = 0

    async def all(self, stmt, **asked):
        if stmt is store.changes_since:
            rows = [{"id": UUID(int=number), "revision": number} for number in range(asked["since"] + 1, self.known + 1)]
            self.read += len(rows)
            return rows
        if stmt is store.state_of:
            number = asked["id"].int
            return [{"revision": number, "version": 1, "sealed_name": None}] if number <= self.known else []
        return [{"id": id_, "as_of": self.known} for id_ in asked["ids"] or [UUID(int=0)]]


async def test_reads_that_alternate_between_a_primary_and_a_replica_that_lags_read_nothing_twice(monkeypatch):
    async def changes(rows, _db, _keys):
        return [Change(row["id"], row["revision"], 1, new_entry(row["id"], "x", f"n{row['revision']:03}")) for row in rows]

    monkeypatch.setattr(name_index_cache, "_changes", changes)
    cache, keys = NameIndexCache(1000), SimpleNamespace(workspace_id=uuid4())
    primary, replica = Database(100), Database(90)

    async def total(db):
        return (await cache.read_page(ClientQuery(), Page(5, 0), db, keys))[1]

    for lead in range(5):
        primary.known, replica.known = 100 + lead, 90 + lead
        assert (await total(primary), await total(replica)) == (100 + lead, 90 + lead)
    assert (primary.read, replica.read) == (104, 94)
    # One that was restored from a backup and has gone on knows neither.
    restored = Database(50)
    assert await total(restored) == 50
    assert await total(primary) == 104


async def test_an_index_beside_another_is_the_first_to_leave_the_memory(monkeypatch):
    async def changes(rows, _db, _keys):
        return [Change(row["id"], row["revision"], 1, new_entry(row["id"], "x", f"n{row['revision']:03}")) for row in rows]

    monkeypatch.setattr(name_index_cache, "_changes", changes)
    cache, keys = NameIndexCache(150), SimpleNamespace(workspace_id=uuid4())
    for db in (Database(100), Database(90)):
        await cache.read_page(ClientQuery(), Page(5, 0), db, keys)
    (cached,) = cache._entries.values()
    assert (len(cached.index), len(cached.beside)) == (90, 0)

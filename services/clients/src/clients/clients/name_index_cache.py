"""Keeps the name indexes of recently used workspaces in memory and brings them up to date whenever they are read.

Every write increments its workspace's revision under a row lock that it holds until the commit. Whoever reads a
revision therefore sees all changes up to it, and reads only the changes after the index's own revision to catch up.
Processes do not notify each other. The names are opened PHI and never leave the process; those of a workspace that nobody asks for, because it
is suspended or erased, leave its memory.

A database that knows less than the index, or something else, is a replica that lags behind, one that has taken over, or was restored. What it lacks
may never have been, or may come; so another index is read from it, and what is lacking is not taken for erased. The former one is kept beside it:
where reads alternate between a primary and a replica that lags, each of the two catches up with its own.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from caseload.clients.v1 import clients_pb2 as pb
from chassis.db.transaction import Record, Transaction
from chassis.encryption.records import WorkspaceKeys
from chassis.paging import Page
from clients.clients import mapping, store
from clients.clients.name_index import Change, ClientQuery, NameIndex
from clients.clients.turns import Turns

# An index that was not read for so long is dropped when the next one is read.
_SECONDS_KEPT = 3600.0
# Whole records, which may be long, are read so many at a time.
_WHOLE_AT_ONCE = 50


@dataclass(slots=True)
class CacheEntry:
    """One workspace's index. Whoever refreshes it holds `refreshing`."""

    index: NameIndex = field(default_factory=NameIndex)
    # Of the state in which another database was.
    beside: NameIndex = field(default_factory=NameIndex)
    refreshing: asyncio.Lock = field(default_factory=asyncio.Lock)
    read_at: float = 0.0


class NameIndexCache:
    """The indexes that were used within an hour, the most recent ones: together no more than `max_clients` clients, or one index of any size."""

    def __init__(self, max_clients: int) -> None:
        self._max_clients = max_clients
        self._entries: OrderedDict[UUID, CacheEntry] = OrderedDict()

    async def read_page(self, query: ClientQuery, page: Page, db: Transaction, keys: WorkspaceKeys) -> tuple[list[Record], int]:
        """The rows of the page in list order, and the number of clients on all pages."""
        cached = self._entry_of(keys.workspace_id)
        # Usually the index is up to date. The page's rows come with the revision that shows whether it is.
        index = cached.index
        was_ready, revision = index.is_ready, index.revision
        ids, total = await _select(index, query, page) if was_ready else ([], 0)
        rows = await db.all(store.page_with_revision, ids=ids)
        as_of = _revision(rows)
        if as_of != revision or not was_ready:
            index = await self._refresh(cached, as_of, db, keys)
            ids, total = await _select(index, query, page)
            rows = await db.all(store.page_with_revision, ids=ids)
        found = {row["id"]: row for row in rows}
        # A client that was erased after the refresh has an entry but no row.
        return [found[id_] for id_ in ids if id_ in found], total

    def _entry_of(self, workspace_id: UUID) -> CacheEntry:
        cached = self._entries.setdefault(workspace_id, CacheEntry())
        self._entries.move_to_end(workspace_id)
        cached.read_at = time.monotonic()
        while next(iter(self._entries.values())).read_at < cached.read_at - _SECONDS_KEPT:
            self._entries.popitem(last=False)
        return cached

    async def _refresh(self, cached: CacheEntry, as_of: int, db: Transaction, keys: WorkspaceKeys) -> NameIndex:
        """The index with all changes committed so far. Applied batches stay, even if the caller is cancelled between two."""
        async with cached.refreshing:
            index = await _fitting(cached, as_of, db)
            index.expect(as_of - index.revision)
            while True:
                changed = await db.all(store.changes_since, since=index.revision)
                await index.apply(await _changes(changed, db, keys))
                if len(changed) < store.MAX_CHANGES:
                    break
            await index.settle()
        self._evict()
        return index

    def _evict(self) -> None:
        """Removes the least recently used indexes until the rest are small enough. An index counts as one client more."""
        size = sum(1 + len(cached.index) + len(cached.beside) for cached in self._entries.values())
        for cached in self._entries.values():
            if size > self._max_clients:
                size -= len(cached.beside)
                cached.beside = NameIndex()
        while size > self._max_clients and len(self._entries) > 1:
            _, evicted = self._entries.popitem(last=False)
            size -= 1 + len(evicted.index)


async def _fitting(cached: CacheEntry, as_of: int, db: Transaction) -> NameIndex:
    """The index that this database, which is at a revision, has only to go on from: the newest of the two, or an empty one. The other is kept beside it."""
    for index in sorted((cached.index, cached.beside), key=lambda each: each.revision, reverse=True):
        if index.revision <= as_of and await agrees(index.newest, db):
            break
    else:
        index = NameIndex()
    if index is not cached.index:
        cached.index, cached.beside = index, cached.index
    return index


async def _select(index: NameIndex, query: ClientQuery, page: Page) -> tuple[list[UUID], int]:
    """The ids on the page and the number of clients on all pages."""
    selected = await index.select(query)
    return selected.page(page.offset, page.limit), len(selected)


def _revision(rows: Sequence[Record]) -> int:
    """The workspace's revision. It has none before its first write."""
    return rows[0]["as_of"] if rows else 0


async def agrees(newest: Change | None, db: Transaction) -> bool:
    """Whether the database knows of an index's newest change: as it was made, or followed by another one of the same client."""
    if newest is None:
        return True
    rows = await db.all(store.state_of, id=newest.id)
    return any(
        row["sealed_name"] == newest.sealed_name
        if row["revision"] == newest.revision
        else row["revision"] > newest.revision and row["version"] != newest.version
        for row in rows
    )


async def _changes(rows: Sequence[Record], db: Transaction, keys: WorkspaceKeys) -> list[Change]:
    turns, listed = Turns(), {}
    for row in rows:
        if row["sealed_name"] is not None:
            listed[row["revision"]] = mapping.to_listed(row, keys)
            await turns.give_way()
    from_before = [row["id"] for row in rows if row["revision"] in listed and not listed[row["revision"]].is_whole]
    whole = await _read_whole(from_before, db, keys, turns)
    changes = []
    for row in rows:
        known = whole.get(row["id"]) or listed.get(row["revision"])
        entry = None if known is None else mapping.to_entry(row, known)
        changes.append(Change(row["id"], row["revision"], row["version"], entry, row["sealed_name"]))
        await turns.give_way()
    return changes


async def _read_whole(ids: Sequence[UUID], db: Transaction, keys: WorkspaceKeys, turns: Turns) -> dict[UUID, pb.ListedClient]:
    """What lists have to know of these clients, from their whole records."""
    found = {}
    for start in range(0, len(ids), _WHOLE_AT_ONCE):
        for row in await db.all(store.get_many, ids=ids[start : start + _WHOLE_AT_ONCE]):
            found[row["id"]] = mapping.listed(mapping.to_message(row, keys))
            await turns.give_way()
    return found

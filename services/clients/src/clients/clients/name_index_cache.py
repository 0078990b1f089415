"""Keeps the name indexes of recently used workspaces in memory and brings them up to date whenever they are read.

Every write increments its workspace's revision under a row lock that it holds until the commit. Whoever reads a
revision therefore sees all changes up to it, and reads only the changes after the index's own revision to catch up.
Processes do not notify each other. The names are opened PHI and never leave the process; those of a workspace that nobody asks for, because it
is suspended or erased, leave its memory.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from chassis.db.transaction import Record, Transaction
from chassis.encryption.records import WorkspaceKeys
from chassis.paging import Page
from clients.clients import mapping, store
from clients.clients.name_index import Change, ClientQuery, NameIndex, new_entry

# An index that was not read for so long is dropped when the next one is read.
_SECONDS_KEPT = 3600.0


@dataclass(slots=True)
class CacheEntry:
    """One workspace's index. Whoever refreshes it holds `refreshing`."""

    index: NameIndex = field(default_factory=NameIndex)
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
        index_revision = cached.index.revision
        ids, total = _select(cached, query, page)
        rows = await db.all(store.page_with_revision, ids=ids)
        if _revision(rows) != index_revision:
            await self._refresh(cached, db, keys)
            ids, total = _select(cached, query, page)
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

    async def _refresh(self, cached: CacheEntry, db: Transaction, keys: WorkspaceKeys) -> None:
        """Applies all changes committed so far. Applied batches stay, even if the caller is cancelled between two."""
        async with cached.refreshing:
            while True:
                changed = await db.all(store.changes_since, since=cached.index.revision)
                cached.index.apply([_change(row, keys) for row in changed])
                if len(changed) < store.MAX_CHANGES:
                    break
        self._evict()

    def _evict(self) -> None:
        """Removes the least recently used indexes until the rest are small enough. An index counts as one client more."""
        size = sum(1 + len(cached.index) for cached in self._entries.values())
        while size > self._max_clients and len(self._entries) > 1:
            _, evicted = self._entries.popitem(last=False)
            size -= 1 + len(evicted.index)


def _select(cached: CacheEntry, query: ClientQuery, page: Page) -> tuple[list[UUID], int]:
    """The ids on the page and the number of clients on all pages. A copy: others change the index while rows are read."""
    selected = cached.index.select(query)
    return [entry.id for entry in selected[page.offset : page.offset + page.limit]], len(selected)


def _revision(rows: Sequence[Record]) -> int:
    """The workspace's revision. It has none before its first write."""
    return rows[0]["as_of"] if rows else 0


def _change(row: Record, keys: WorkspaceKeys) -> Change:
    if row["sealed_name"] is None:
        return Change(row["id"], row["revision"], None, is_active=False)
    name = mapping.to_summary(row, keys)
    return Change(row["id"], row["revision"], new_entry(row["id"], name.first_name, name.last_name), row["is_active"])

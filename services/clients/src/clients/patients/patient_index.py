"""The active patients of recently used workspaces, opened and in order, in memory: a sealed list cannot be filtered in the database.

It is kept up to date as names are (see `clients.clients.name_index_cache`): whoever reads the workspace's revision sees all changes up to it, and reads
those after the index's own; a database that knows less, or something else, is believed. What is opened never leaves the process but in a reply to somebody who may read it.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any
from uuid import UUID

from caseload.clients.v1 import clients_pb2, patients_pb2
from chassis.db.transaction import Transaction
from chassis.encryption.records import WorkspaceKeys
from clients.clients.mapping import to_message as to_client
from clients.clients.name_index import Change
from clients.clients.name_index_cache import agrees
from clients.clients.store import changes_since
from clients.clients.turns import Turns
from clients.patient_records import mapping, store
from clients.patients.queries import PatientQuery, Record, in_order, select, text_of

# An index that was not read for so long is dropped when the next one is read.
_SECONDS_KEPT = 3600.0


@dataclass(frozen=True, slots=True)
class Entry:
    position: int
    client_id: UUID
    record: Record
    # What of the record can be searched for.
    text: str
    # A list with this patient alone, as sent. Put one behind the other, they are the list of all: reading that takes a fifth of copying each message.
    alone: bytes


class PatientIndex:
    """All active patients of a workspace as of `revision`. A list that is being selected from stays as it was when that began."""

    def __init__(self) -> None:
        self.revision = 0
        # Of any client of the workspace.
        self.newest: Change | None = None
        self._entries: dict[UUID, Entry] = {}
        # As they were registered, and sorted by one field or the other: made when they are asked for, and gone with the next change.
        self._ordered: list[Entry] | None = None
        self._sorted: dict[tuple[str, bool], Sequence[Entry]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, entry: Entry) -> None:
        self._entries[entry.client_id] = entry
        self._forget_orders()

    def remove(self, client_id: UUID) -> None:
        if self._entries.pop(client_id, None) is not None:
            self._forget_orders()

    async def select(self, query: PatientQuery, hidden: Collection[UUID] = ()) -> Sequence[Entry]:
        """The entries that the query's filters leave, in its order or else as they were registered, without the clients who are hidden."""
        if self._ordered is None:
            self._ordered = sorted(self._entries.values(), key=attrgetter("position"))
        entries: Sequence[Entry] = self._ordered
        last = query.order[-1:]
        # Sorted by the last field first, and by those before it afterwards.
        if last and (last[0] in self._sorted or not (query.filters or query.search)):
            entries, query = await self._sorted_by(last[0], entries), replace(query, order=query.order[:-1])
        if hidden:
            entries = [entry for entry in entries if entry.client_id not in hidden]
        return await select(entries, query, attrgetter("record"), attrgetter("text"))

    async def _sorted_by(self, order: tuple[str, bool], entries: Sequence[Entry]) -> Sequence[Entry]:
        # An order that a change overtakes while it is made is kept where nobody looks any more.
        kept = self._sorted
        if order not in kept:
            field, descending = order
            kept[order] = await in_order(entries, field, attrgetter("record"), descending=descending)
        return kept[order]

    def _forget_orders(self) -> None:
        self._ordered, self._sorted = None, {}


@dataclass(slots=True)
class _Cached:
    """One workspace's index. Whoever refreshes it holds `refreshing`."""

    index: PatientIndex = field(default_factory=PatientIndex)
    refreshing: asyncio.Lock = field(default_factory=asyncio.Lock)
    read_at: float = 0.0


class PatientIndexes:
    """The indexes that were used within an hour, the most recent ones: together no more than `max_patients`, or one index of any size."""

    def __init__(self, max_patients: int) -> None:
        self._max_patients = max_patients
        self._cached: OrderedDict[UUID, _Cached] = OrderedDict()

    async def current(self, db: Transaction, keys: WorkspaceKeys) -> PatientIndex:
        """The workspace's index with every change that is committed."""
        cached = self._cached_of(keys.workspace_id)
        index, known = cached.index, cached.index.revision
        row = await db.maybe(store.revision)
        revision = 0 if row is None else row["revision"]
        if revision < known and cached.index is index:
            cached.index = PatientIndex()
        index = cached.index
        if index.revision < revision:
            async with cached.refreshing:
                if cached.index.revision < revision and not await agrees(cached.index.newest, db):
                    cached.index = PatientIndex()
                index = cached.index
                if index.revision < revision:
                    await _refresh(index, revision, db, keys)
            self._evict()
        return index

    def _cached_of(self, workspace_id: UUID) -> _Cached:
        cached = self._cached.setdefault(workspace_id, _Cached())
        self._cached.move_to_end(workspace_id)
        cached.read_at = time.monotonic()
        while next(iter(self._cached.values())).read_at < cached.read_at - _SECONDS_KEPT:
            self._cached.popitem(last=False)
        return cached

    def _evict(self) -> None:
        """Removes the least recently used indexes until the rest are few enough. An index counts as one patient more."""
        size = sum(1 + len(cached.index) for cached in self._cached.values())
        while size > self._max_patients and len(self._cached) > 1:
            _, evicted = self._cached.popitem(last=False)
            size -= 1 + len(evicted.index)


async def _refresh(index: PatientIndex, revision: int, db: Transaction, keys: WorkspaceKeys) -> None:
    """Applies all changes up to the revision at least. One that is applied again, after a refresh was cancelled, changes nothing."""
    since, turns = index.revision, Turns()
    while changed := await db.all(store.changed_since, since=since):
        for row in changed:
            client = to_client(mapping.client_row(row) | {"id": row["client_id"]}, keys)
            if client.is_active and row["client_merged_into"] is None:
                index.put(_entry(row, client, keys))
            else:
                index.remove(row["client_id"])
            await turns.give_way()
        since = changed[-1]["client_revision"]
        if len(changed) < store.MAX_CHANGES:
            break
    since = index.revision
    while erased := await db.all(store.erased_since, since=since):
        for row in erased:
            index.remove(row["id"])
        since = erased[-1]["revision"]
        if len(erased) < store.MAX_CHANGES:
            break
    row = next(iter(await db.all(changes_since, since=revision - 1)), None)
    index.newest = None if row is None else Change(row["id"], row["revision"], row["version"], None, row["sealed_name"])
    index.revision = revision


def _entry(row: Any, client: clients_pb2.Client, keys: WorkspaceKeys) -> Entry:
    record = mapping.record_of(mapping.open_details(row, keys), client)
    alone = patients_pb2.PatientList(items=[mapping.to_message(client.id, record)]).SerializeToString()
    return Entry(row["position"], row["client_id"], record, text_of(record), alone)

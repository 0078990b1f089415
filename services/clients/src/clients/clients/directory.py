"""The order of each workspace's clients, kept in memory beside the database and brought up to date by every reader.

A write moves its workspace's revision on under a lock that it holds until it commits; so whoever sees a revision
sees all before it, and what changed after it is all that is left to learn. Nothing tells the replicas of a
write: each compares revisions when it is asked. The names in here are opened ones and never leave the process.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from chassis.db.paging import Page
from chassis.db.transaction import Record, Transaction
from chassis.encryption.records import WorkspaceKeys
from clients.clients import record, store
from clients.clients.order import Change, Entry, Order, Wanted, entry


@dataclass(slots=True)
class Known:
    """What this process knows of one workspace's order, and the turn of those who would learn more."""

    order: Order = field(default_factory=Order)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Directory:
    """Keeps the orders last asked for: as many as have no more than `most` clients among them, but always one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[UUID, Known] = OrderedDict()

    async def page(self, wanted: Wanted, window: Page, db: Transaction, keys: WorkspaceKeys) -> tuple[list[Record], int]:
        """The rows of one page in order, and how many there are on all pages."""
        known = self._of(keys.workspace_id)
        # What is known usually still holds. The page is read together with the revision that shows whether it does.
        as_of = known.order.revision
        chosen = known.order.select(wanted)
        rows = await _read(chosen, window, db)
        if _revision(rows) != as_of:
            await self._learn(known, db, keys)
            chosen = known.order.select(wanted)
            rows = await _read(chosen, window, db)
        found = {row["id"]: row for row in rows}
        # One who was erased since the order was learned is left out.
        return [found[e.id] for e in _cut(chosen, window) if e.id in found], len(chosen)

    def _of(self, workspace_id: UUID) -> Known:
        known = self._known.setdefault(workspace_id, Known())
        self._known.move_to_end(workspace_id)
        return known

    async def _learn(self, known: Known, db: Transaction, keys: WorkspaceKeys) -> None:
        """Applies all that was committed before the question; what is applied stays, even if the caller gives up half-way."""
        async with known.turn:
            while True:
                changed = await db.all(store.changes, since=known.order.revision)
                known.order.apply([_change(row, keys) for row in changed])
                if len(changed) < store.CHANGES:
                    break
        self._make_room()

    def _make_room(self) -> None:
        # Even an empty order takes some.
        kept = sum(1 + len(known.order) for known in self._known.values())
        while kept > self._most and len(self._known) > 1:
            _, forgotten = self._known.popitem(last=False)
            kept -= 1 + len(forgotten.order)


async def _read(chosen: Sequence[Entry], window: Page, db: Transaction) -> list[Record]:
    return await db.all(store.page, ids=[e.id for e in _cut(chosen, window)])


def _cut(chosen: Sequence[Entry], window: Page) -> Sequence[Entry]:
    return chosen[window.offset : window.offset + window.limit]


def _revision(rows: Sequence[Record]) -> int:
    """The workspace's revision; before the first write there is none to read."""
    return rows[0]["as_of"] if rows else 0


def _change(row: Record, keys: WorkspaceKeys) -> Change:
    if row["sealed_name"] is None:
        return Change(row["id"], row["revision"], None, is_active=False)
    name = record.summary(row, keys)
    return Change(row["id"], row["revision"], entry(row["id"], name.first_name, name.last_name), row["is_active"])

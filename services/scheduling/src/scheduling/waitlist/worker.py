"""Offers openings to those who wait, one after the other, and takes entries off the list when their time is over.

What is due is in the database alone. A worker claims a bounded batch for the length of a lease, and does each thing in transactions that
lock it and look again. So however many workers there are, and wherever one dies, a time is offered to one client at a time: what was claimed
and not done is claimed by another when the lease is over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from caseload.options.v1 import options_pb2
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect
from chassis.work.poller import Poller
from chassis.work.unit_of_work import UnitOfWork
from scheduling.waitlist import store, workflow
from scheduling.waitlist.choosing import Choice, Choosing, Nobody

_SECONDS = 20.0
_LEASE = timedelta(seconds=30)
_INTERVAL = 2.0
_AT_ONCE = 4
# How often somebody else may be faster, with this choice or with the time, before it is left for the end of the lease.
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Claim:
    """Something due that this process may do until the lease expires."""

    workspace_id: UUID
    kind: str
    item_id: UUID


class WaitlistWorker:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._choosing = Choosing(runtime, seconds=_SECONDS)
        self.poller = Poller(
            "waitlist",
            self.claim,
            self.do,
            log_fields=lambda claimed: {"kind": claimed.kind, "item_id": str(claimed.item_id)},
            concurrency=_AT_ONCE,
            interval=_INTERVAL,
            grace=_SECONDS,
        )

    async def claim(self, limit: int) -> Sequence[Claim]:
        async with self._runtime.database.transaction(None, seconds=_SECONDS) as tx:
            rows = await tx.all(store.claim, limit=limit, lease=_LEASE)
        return [Claim(row["workspace_id"], row["kind"], row["item_id"]) for row in rows]

    async def do(self, claimed: Claim) -> None:
        """Does what is due, if it still is. What fails is tried again when the lease is over."""
        if claimed.kind == "entry":
            await self._expire(claimed)
        elif await self._end_offer(claimed):
            await self._offer(claimed)

    async def _expire(self, claimed: Claim) -> None:
        async with self._background(claimed) as work:
            entry = await work.db.maybe(store.lock, id=claimed.item_id)
            # What is offered to somebody ends before their time is over.
            if entry is not None and entry["status"] == "waiting" and entry["latest"] <= work.now:
                await workflow.set_status(work, entry, "expired")
                _record(work, "expire_waitlist_entry", entry)

    async def _end_offer(self, claimed: Claim) -> bool:
        """Ends the opening's offer if it has lapsed. Returns whether the opening can be offered to somebody."""
        async with self._background(claimed) as work:
            opening = await work.db.maybe(store.lock_opening, id=claimed.item_id)
            if opening is None or opening["status"] != "open":
                return False
            offer = await work.db.maybe(store.open_offer, opening_id=opening["id"])
            if offer is None:
                return True
            if offer["offered_until"] > work.now:
                await work.db.run(store.wait_until, id=opening["id"], at=offer["offered_until"])
                return False
            entry = await workflow.lapse(work, offer, opening)
            _record(work, "lapse_waitlist_offer", entry)
        return True

    async def _offer(self, claimed: Claim) -> None:
        """Offers the opening to whoever is next. Closes it when nobody is, or will be."""
        for _ in range(_ATTEMPTS):
            async with self._background(claimed) as look:
                opening = await look.db.maybe(store.get_opening, id=claimed.item_id)
            if opening is None:
                return
            choice = await self._choosing.choose(claimed.workspace_id, opening)
            async with self._background(claimed) as work:
                if await self._settle(claimed, choice, work, is_room=bool(opening["is_room"])):
                    return

    async def _settle(self, claimed: Claim, choice: Choice | Nobody | None, work: UnitOfWork, *, is_room: bool) -> bool:
        """Makes the offer, or has the opening wait or closes it. Returns whether that is done, by whomever."""
        opening = await work.db.maybe(store.lock_opening, id=claimed.item_id)
        if opening is None or opening["status"] != "open" or await work.db.maybe(store.open_offer, opening_id=opening["id"]) is not None:
            return True
        if not isinstance(choice, Choice):
            return await workflow.wait_or_close(work, opening, seen=None if choice is None else choice.seen)
        entry = await work.db.maybe(store.lock, id=choice.entry_id)
        if entry is None or entry["status"] != "waiting":
            return False
        if not await workflow.offer(work, opening, entry, choice.place, choice.zone, is_room=is_room):
            return False
        _record(work, "offer_waitlist_time", entry)
        return True

    def _background(self, claimed: Claim) -> UnitOfWork:
        return self._runtime.background(claimed.workspace_id, seconds=_SECONDS)


def _record(work: UnitOfWork, event_type: str, entry: Mapping[str, Any]) -> None:
    record_effect(work, event_type, options_pb2.RESOURCE_CLIENT, options_pb2.ACTION_UPDATE, [entry["client_id"]], entry_id=entry["id"])

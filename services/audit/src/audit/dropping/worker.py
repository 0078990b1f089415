"""Drops months that nothing keeps: all of a month in one transaction, of all workspaces, or nothing."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date
from typing import Any
from uuid import UUID

import asyncpg
from prometheus_client import Counter

from audit.closed_runs import store as closed_runs
from audit.closed_runs.runs import LONGEST, ClosedRun
from audit.dropping import months, rules, store
from audit.dropping.holds import is_held
from audit.trail import verification_store
from audit.trail.chain import GENESIS, ChainVerifier, Entry
from audit.trail.listing import look_up_each
from audit.trail.verification import hash_at, pass_over
from caseload.options.v1 import options_pb2
from chassis.db.transaction import Record, Transaction
from chassis.encryption.key_store import Keys
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import Refusal
from chassis.observability.redaction import cause
from chassis.service.runtime import Runtime
from chassis.work.audit import audit_line
from chassis.work.unit_of_work import UnitOfWork

_log = logging.getLogger(__name__)

_DROPPED = Counter("caseload_audit_dropped_months_total", "Months of the trail that were dropped, since nothing kept them any longer.")

_SECONDS_BETWEEN = 6 * 3600.0
# Entries that are read and hashed before others have their turn.
_AT_ONCE = 250
EVENT_TYPE = "drop_audit_month"


class _Kept(Exception):
    """Something keeps the month."""


class MonthDropper:
    """Any number may run: a lock lets one of them work. A process that ends in the middle has done nothing.

    Before an event goes, its hash is computed once more and its entry's hash is kept, with a proof that audit closed it: what is left of the chain
    verifies as before. In each workspace's own trail a line says what was dropped.
    """

    def __init__(self, keys: Keys, background: Callable[[], UnitOfWork]) -> None:
        self._keys = keys
        self._background = background
        # Workspaces of which lines were dropped, and where they came from may be kept still.
        self._to_forget: set[UUID] = set()

    async def run(self) -> None:
        """Works until cancelled, every six hours."""
        while True:
            await self.drop_all()
            await asyncio.sleep(_SECONDS_BETWEEN)

    async def drop_all(self) -> list[date]:
        """Drops every month that nothing keeps, the oldest first. Returns those. One that cannot be dropped now has its turn again."""
        dropped: list[date] = []
        try:
            async with self._background() as work:
                over = rules.months_over(await months.partitions(work.db), now=work.now)
        except Refusal as refusal:
            _log.warning("months cannot be dropped at the moment", extra={"code": refusal.code})
            return dropped
        for month in over:
            try:
                self._to_forget |= await self._drop(month)
            except _Kept as kept:
                _log.info("a month of the trail is kept", extra={"month": str(month), "by": str(kept)})
            except Refusal as refusal:
                _log.warning("a month of the trail cannot be dropped at the moment", extra={"month": str(month), "code": refusal.code})
            except Exception as error:  # noqa: BLE001 - whatever was written into this one's rows, the others have their turn
                _log.error("a month of the trail cannot be dropped", extra={"month": str(month), "error": cause(error)})
            else:
                _DROPPED.inc()
                _log.info("a month of the trail was dropped", extra={"month": str(month)})
                dropped.append(month)
        try:
            await self._forget_origins()
        except Exception as error:  # noqa: BLE001 - the months are dropped, and this has its turn again
            _log.warning("where dropped lines came from cannot be deleted at the moment", extra={"error": cause(error)})
        return dropped

    async def _forget_origins(self) -> None:
        """In transactions of its own, in which nobody who reads has to wait."""
        for workspace_id in list(self._to_forget):
            async with self._background() as work:
                if await months.may_be_narrow(work.db):
                    await work.db.run(store.lock)
                    await work.db.execute(months.take_long)
                    async with work.elsewhere(workspace_id, months.NOBODY):
                        await work.db.run(store.forget_origins)
            self._to_forget.discard(workspace_id)

    async def _drop(self, month: date) -> set[UUID]:
        """Returns the workspaces that had something in the month. Raises _Kept."""
        async with self._background() as work:
            await work.db.execute(months.take_long)
            await self._parts(work, month)
        # Opening waits for those who read the month, and others for it: most months are kept, and not opened.
        async with months.opened(self._background, month):
            return await self._drop_opened(month)

    async def _drop_opened(self, month: date) -> set[UUID]:
        within = months.bounds(month)
        async with self._background() as work:
            await work.db.run(store.lock)
            await work.db.execute(months.take_long)
            if month not in rules.months_over(await months.partitions(work.db), now=work.now):
                raise _Kept("another instance, which was faster")
            parts = await self._parts(work, month)
            for part in parts:
                keys = await self._keys.of(part.workspace_id)
                async with work.elsewhere(part.workspace_id, months.NOBODY):
                    await _close(work, part.month, month, keys)
                    work.emit(_line(work, month, part.month))
            # From here on nobody writes into the month or places a hold, so one that waits finds the month gone. Everybody reads.
            await work.db.run(closed_runs.lock_month, month=month)
            for part in parts:
                async with work.elsewhere(part.workspace_id, months.NOBODY):
                    if await is_held(work.db, **within):
                        raise _Kept("legal_hold")
            try:
                await work.db.run(closed_runs.drop_month, month=month, events=sum(part.month.events for part in parts))
            except asyncpg.RestrictViolationError:
                # Something was recorded into it meanwhile.
                raise _Kept("not_in_chain") from None
            return {part.workspace_id for part in parts}

    async def _parts(self, work: UnitOfWork, month: date) -> list[months.Part]:
        """What the workspaces have in the month. Raises _Kept."""
        parts = []
        async for part in months.parts(work, self._keys, month):
            held = await is_held(work.db, **months.bounds(month))
            by = rules.kept_by(part.month, part.standing, is_held=held, today=work.now.astimezone(UTC).date())
            if by is not None:
                raise _Kept(by)
            parts.append(part)
        return parts


async def _close(work: UnitOfWork, found: rules.Month, month: date, keys: WorkspaceKeys) -> None:
    """Verifies the workspace's entries of the month once more, keeps their hashes and deletes them."""
    tx = work.db
    closed = 0
    waiting: list[Record] = []
    async for row in _verified(tx, found, keys):
        if row["created_at"].astimezone(UTC).date().replace(day=1) != month:
            continue
        waiting.append(row)
        if len(waiting) >= 2 * LONGEST:
            # The last run may go on.
            closed += await _close_runs(work, waiting, month, keys, keep_last=True)
    closed += await _close_runs(work, waiting, month, keys, keep_last=False)
    if closed != found.events:
        raise _Kept("not_verified")


async def _verified(tx: Transaction, found: rules.Month, keys: WorkspaceKeys) -> AsyncIterator[Record]:
    """Entries with their events, from the month's first to its last one, as links of the chain. Raises _Kept at a break: it is evidence."""
    await tx.execute(look_up_each)
    first, last = found.first_sequence or 1, found.last_sequence or 0
    before = GENESIS if first == 1 else await hash_at(tx, first - 1, keys)
    if before is None:
        raise _Kept("not_verified")
    verifier = ChainVerifier(first - 1, before)
    # The one behind the last tells what hash that had.
    while verifier.sequence <= last:
        rows = await tx.all(verification_store.entries_after, after=verifier.sequence, limit=_AT_ONCE)
        # Between them may be entries of months that were dropped before, and behind them.
        if not rows or rows[0]["sequence"] != verifier.sequence + 1:
            if await pass_over(tx, verifier, rows[0]["sequence"] - 1 if rows else last + 1, keys):
                continue
            if not rows and verifier.sequence == last:
                return
            raise _Kept("not_verified")
        for row in rows:
            if row["sequence"] != verifier.sequence + 1:
                break
            entry = Entry(row["sequence"], row["event_id"], row["previous_hash"], row["entry_hash"])
            if not verifier.check_next(entry, row if row["id"] is not None else None):
                raise _Kept("not_verified")
            if entry.sequence > last:
                return
            yield row


async def _close_runs(work: UnitOfWork, rows: list[Any], month: date, keys: WorkspaceKeys, *, keep_last: bool) -> int:
    """Closes the runs that these entries are, and takes them out of the list. Returns how many entries they have."""
    by_sequence = {row["sequence"]: row for row in rows}
    found = list(rules.runs(list(by_sequence), LONGEST))
    closed = 0
    for first, last in found[:-1] if keep_last else found:
        hashes = [by_sequence[sequence]["entry_hash"] for sequence in range(first, last + 1)]
        run = ClosedRun(first, month, by_sequence[first]["previous_hash"], b"".join(hashes), work.now)
        await work.db.run(closed_runs.keep, **run.columns(keys))
        closed += (await work.db.one(closed_runs.close, first_sequence=first))["entries"]
    rows[:] = [row for row in rows if keep_last and row["sequence"] >= found[-1][0]]
    return closed


def _line(work: UnitOfWork, month: date, found: rules.Month) -> Any:
    facts = {
        "month": f"{month:%Y-%m}",
        "events": str(found.events),
        "first_sequence": str(found.first_sequence),
        "last_sequence": str(found.last_sequence),
        "kept_until": f"{found.kept_until}",
    }
    return audit_line(work, EVENT_TYPE, options_pb2.RESOURCE_AUDIT, options_pb2.ACTION_DELETE, [], facts=facts)


def month_dropper(runtime: Runtime) -> MonthDropper:
    return MonthDropper(runtime.keys, lambda: runtime.background(None, seconds=months.SECONDS))

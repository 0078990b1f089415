"""Makes months narrow that are over: all of a month in one transaction, of all workspaces, or nothing."""

import asyncio
import logging
from collections.abc import Callable
from datetime import date
from uuid import UUID

import asyncpg
from prometheus_client import Counter

from audit.dropping import months
from audit.dropping import store as dropping
from audit.dropping.rules import is_missing
from audit.narrowing import rules, store
from chassis.encryption.key_store import Keys
from chassis.errors import Refusal
from chassis.observability.redaction import cause
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork

_log = logging.getLogger(__name__)

_NARROWED = Counter("caseload_audit_narrowed_months_total", "Months of the trail that were over and are kept narrow since.")

_SECONDS_BETWEEN = 6 * 3600.0


class _Waits(Exception):
    """Something is to be done with the month first."""


class MonthNarrower:
    """Any number may run: the lock of the months lets one of them work. A process that ends in the middle has done nothing.

    An event is written into its narrow row as it was recorded, which is compared before its former row goes. Nothing that can be asked of it changes.
    """

    def __init__(self, keys: Keys, background: Callable[[], UnitOfWork]) -> None:
        self._keys = keys
        self._background = background

    async def run(self) -> None:
        """Works until cancelled, every six hours."""
        while True:
            await self.narrow_all()
            await asyncio.sleep(_SECONDS_BETWEEN)

    async def narrow_all(self) -> list[date]:
        """Makes every month narrow that is over, the oldest first. Returns those. One that cannot be now has its turn again."""
        narrowed: list[date] = []
        try:
            async with self._background() as work:
                past = (
                    rules.months_past(await months.partitions(work.db, filled=True), now=work.now)
                    if await months.may_be_narrow(work.db)
                    else []
                )
        except Refusal as refusal:
            _log.warning("months cannot be made narrow at the moment", extra={"code": refusal.code})
            return narrowed
        for month in past:
            try:
                events = await self._narrow(month)
            except _Waits as waits:
                _log.info("a month of the trail is not made narrow yet", extra={"month": str(month), "by": str(waits)})
            except Refusal as refusal:
                _log.warning("a month of the trail cannot be made narrow at the moment", extra={"month": str(month), "code": refusal.code})
            except Exception as error:  # noqa: BLE001 - whatever was written into this one's rows, the others have their turn
                _log.error("a month of the trail cannot be made narrow", extra={"month": str(month), "error": cause(error)})
            else:
                _NARROWED.inc()
                _log.info("a month of the trail was made narrow", extra={"month": str(month), "events": events})
                narrowed.append(month)
        return narrowed

    async def _narrow(self, month: date) -> int:
        """Returns how many events became narrow. Raises _Waits."""
        async with self._background() as work:
            await work.db.execute(months.take_long)
            await self._workspaces(work, month)
        # Opening waits for those who read the month, and others for it: a month that waits is not opened.
        async with months.opened(self._background, month):
            return await self._narrow_opened(month)

    async def _narrow_opened(self, month: date) -> int:
        async with self._background() as work:
            await work.db.run(dropping.lock)
            await work.db.execute(months.take_long)
            if month not in rules.months_past(await months.partitions(work.db, filled=True), now=work.now):
                raise _Waits("another instance, which was faster")
            found = await self._workspaces(work, month)
            events = sum([await self._narrow_part(work, workspace_id, month) for workspace_id in found])
            await work.db.run(store.attach, month=month)
            for workspace_id in found:
                await self._check_part(work, workspace_id, month)
            try:
                await work.db.run(store.narrow_month, month=month)
            except asyncpg.RestrictViolationError:
                raise _Waits("something was recorded into it meanwhile") from None
            return events

    async def _workspaces(self, work: UnitOfWork, month: date) -> list[UUID]:
        """Those that have rows of the month which are not narrow. Raises _Waits."""
        found = []
        async for part in months.parts(work, self._keys, month, dropping.OF_ROWS):
            if missing := is_missing(part.month, part.standing):
                raise _Waits(missing)
            found.append(part.workspace_id)
        if not found:
            raise _Waits("events")
        return found

    async def _narrow_part(self, work: UnitOfWork, workspace_id: UUID, month: date) -> int:
        async with work.elsewhere(workspace_id, months.NOBODY):
            return int((await work.db.one(store.narrow_events, month=month))["events"])

    async def _check_part(self, work: UnitOfWork, workspace_id: UUID, month: date) -> None:
        """Compares the narrow rows of a workspace with what they were made of. Raises _Waits."""
        async with work.elsewhere(workspace_id, months.NOBODY):
            if not (await work.db.one(store.is_narrow, month=month))["all"]:
                raise _Waits("an event that a narrow row does not hold")


def month_narrower(runtime: Runtime) -> MonthNarrower:
    return MonthNarrower(runtime.keys, lambda: runtime.background(None, seconds=months.SECONDS))

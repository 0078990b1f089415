"""Which months the trail has, what each workspace has in one, and how far its chain is verified and covered."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from audit.dropping import rules, store
from audit.trail.progress import Progress
from chassis.db.transaction import Transaction
from chassis.encryption.key_store import Keys
from chassis.encryption.records import WorkspaceKeys
from chassis.work.unit_of_work import UnitOfWork

_CHAINS_AT_ONCE = 500
_FIRST = NOBODY = UUID(int=0)
# A month of ten million events is verified once more and closed, or written anew, in some minutes.
SECONDS = 3 * 3600.0
# Single statements of it take longer than those of calls ever may. Executed after the lock.
take_long = f"SET LOCAL statement_timeout = '{SECONDS:.0f}s'"


@dataclass(frozen=True, slots=True)
class Part:
    """What a workspace has in the month."""

    workspace_id: UUID
    month: rules.Month
    standing: rules.Standing


def bounds(month: date) -> dict[str, datetime]:
    """The month as parameters of statements."""
    start, end = (datetime.combine(day, time(), UTC) for day in (month, rules.next_month(month)))
    return {"start": start, "end": end}


async def partitions(tx: Transaction, *, filled: bool = False) -> list[str]:
    """The names of the partitions; with `filled` of those that have had rows."""
    rows = await (await tx.connection()).fetch(
        "SELECT inhrelid::regclass::text AS name FROM pg_inherits"
        " WHERE inhparent = 'audit.audit_events'::regclass AND (NOT $1 OR pg_relation_size(inhrelid) > 0)",
        filled,
    )
    return [row["name"] for row in rows]


async def may_be_narrow(tx: Transaction) -> bool:
    """Whether nobody runs the release any more that does not read narrow months: the last migration is made then."""
    return await (await tx.connection()).fetchval("SELECT to_regprocedure('audit.narrow_month(date)')") is not None


@asynccontextmanager
async def opened(background: Callable[[], UnitOfWork], month: date) -> AsyncIterator[None]:
    """While the block runs, the owner's functions see the month of all workspaces.

    This locks the partitions for a moment, so it has transactions of its own.
    """
    await _open(background, month, is_open=True)
    try:
        yield
    except BaseException:
        await _open(background, month, is_open=False)
        raise


async def _open(background: Callable[[], UnitOfWork], month: date, *, is_open: bool) -> None:
    async with background() as work:
        await work.db.run(store.open_month, month=month, is_open=is_open)


async def parts(work: UnitOfWork, keys: Keys, month: date, of: store.Questions = store.OF_ALL) -> AsyncIterator[Part]:
    """What each workspace that has anything in the month has there. The transaction is confined to that workspace meanwhile."""
    after, within = _FIRST, bounds(month)
    while True:
        chains = await work.db.all(store.chains, after=after, limit=_CHAINS_AT_ONCE)
        for row in chains:
            after = row["workspace_id"]
            workspace_keys = await keys.of(after)
            async with work.elsewhere(after, NOBODY):
                if (await work.db.one(of.has_any, **within))["any"]:
                    found = rules.Month(**await work.db.one(of.of_month, **within))
                    yield Part(after, found, await _standing(work.db, workspace_keys))
        if len(chains) < _CHAINS_AT_ONCE:
            return


async def _standing(tx: Transaction, keys: WorkspaceKeys) -> rules.Standing:
    progress = Progress.read(await tx.maybe(store.verification), keys)
    covered = await tx.one(store.covered)
    return rules.Standing(is_intact=progress.first_break is None and progress.passed_at is not None, covered=covered["sequence"])

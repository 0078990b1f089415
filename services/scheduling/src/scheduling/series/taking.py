"""Takes and gives back the time of many appointments at once. Whoever does has the calendars alone, so nobody comes between."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from chassis.db.transaction import Record
from chassis.errors import Unavailable
from chassis.work.unit_of_work import UnitOfWork
from scheduling.busy_periods import store as busy_periods
from scheduling.busy_periods.rules import BusyPeriod, extents
from scheduling.series import store


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an appointment is to take. What is in the way of it refuses it, or makes it overbooked where nobody has to be asked."""

    owner_id: UUID
    period: BusyPeriod
    refuses: bool


async def take(work: UnitOfWork, wanted: Iterable[Wanted]) -> set[UUID]:
    """Takes all of it. Returns the owners that overlap with others where nobody had to be asked."""
    ordered = sorted(wanted, key=lambda each: (each.period.resource_id, each.period.starts_at, each.owner_id))
    if not ordered:
        return set()
    asked = [each.period for each in ordered if each.refuses]
    # The caller's own holds, and those that have expired: nothing else is in the way of what was judged free.
    await work.db.run(busy_periods.release_holds, **extents(asked), reader=work.user_id, now=work.now)
    taken = {(row["owner_id"], row["resource_id"], row["starts_at"]) for row in await _write(work, ordered)}
    left = [each for each in ordered if (each.owner_id, each.period.resource_id, each.period.starts_at) not in taken]
    if any(each.refuses for each in left):
        raise Unavailable("calendar_busy", "This calendar is changing too quickly; try again.", retry_after=1.0)
    if left:
        await _write(work, [replace(each, period=replace(each.period, overbooked=True)) for each in left])
    return {each.owner_id for each in left}


async def release(work: UnitOfWork, taken: Sequence[tuple[UUID, BusyPeriod]]) -> dict[UUID, list[BusyPeriod]]:
    """Gives back what owners have taken of these periods. Returns it by owner."""
    released: dict[UUID, list[BusyPeriod]] = {owner_id: [] for owner_id, _ in taken}
    if not taken:
        return released
    for row in await work.db.all(
        store.release,
        resource_ids=[period.resource_id for _, period in taken],
        starts=[period.starts_at for _, period in taken],
        owner_ids=[owner_id for owner_id, _ in taken],
    ):
        period = BusyPeriod(row["resource_kind"], row["resource_id"], row["starts_at"], row["ends_at"], row["overbooked"])
        released[row["owner_id"]].append(period)
    return released


async def _write(work: UnitOfWork, wanted: Sequence[Wanted]) -> list[Record]:
    return await work.db.all(
        store.take,
        kinds=[each.period.resource_kind for each in wanted],
        resource_ids=[each.period.resource_id for each in wanted],
        starts=[each.period.starts_at for each in wanted],
        ends=[each.period.ends_at for each in wanted],
        owner_ids=[each.owner_id for each in wanted],
        flags=[each.period.overbooked for each in wanted],
    )

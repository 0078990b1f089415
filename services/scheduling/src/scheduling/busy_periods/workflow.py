"""Takes and gives back time, so that nobody and nothing is taken twice at a time unless somebody overbooks.

The exclusion constraint `busy_period_conflict` decides between concurrent writers. An overbooked period is outside the
constraint, so whoever takes time looks for overbooked ones in the same statement. It cannot see those that are not yet
committed. Therefore whoever takes time shares the calendars of the practitioner and the room, and whoever overbooks or
moves has them alone. Whoever moves has the client's as well: two who move to each other's time would deadlock.

Locks and rows are taken in the order of resources. What a statement has written, others wait for until the end of the
transaction, even if it is deleted again. So whoever shares calendars and has written in vain starts over, with nothing that
anybody waits for, and has the calendars alone then.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from typing import Any, TypeAlias
from uuid import UUID

from chassis.db.transaction import Record
from chassis.errors import Conflict, Unavailable
from chassis.work.unit_of_work import UnitOfWork
from scheduling.busy_periods import rules, store
from scheduling.busy_periods.mapping import to_conflict_facts
from scheduling.busy_periods.rules import BusyPeriod

CONFLICT = "appointment_conflict"
# Writes the periods and what they belong to. None if something is in their way.
Write: TypeAlias = Callable[[Sequence[BusyPeriod]], Awaitable[Record | None]]
_MAX_ATTEMPTS = 3
# Holds nothing: as who asks for a client.
_NOBODY = UUID(int=0)
_IS_AWAY = "The practitioner is away at that time."
_REFUSALS = {
    frozenset({rules.PRACTITIONER}): "The practitioner is taken at that time.",
    frozenset({rules.ROOM}): "The room is taken at that time.",
}


async def lock(work: UnitOfWork, periods: Sequence[BusyPeriod], *, alone: bool) -> None:
    """Shares the calendars of the practitioners and rooms with others, or has them alone, until the commit."""
    await work.db.run(store.lock_alone if alone else store.lock_shared, resource_ids=rules.resources(periods, rules.REFUSING))


async def lock_to_move(work: UnitOfWork, periods: Sequence[BusyPeriod]) -> None:
    """Has the calendars of all resources alone until the commit: of what the owner takes, and of what it is to take."""
    await work.db.run(store.lock_alone, resource_ids=rules.resources(periods))


async def lock_for_hold(work: UnitOfWork, periods: Sequence[BusyPeriod], *, giving_back: Collection[UUID]) -> None:
    """Has the calendars alone until the commit, that of whoever holds, and those of the resources in which they give something back."""
    await work.db.run(store.lock_alone, resource_ids=sorted({work.user_id, *giving_back, *rules.resources(periods)}))


async def release_hold(work: UnitOfWork, hold_id: str) -> bool:
    """Gives back what the caller holds. False if there is no such hold, or no longer."""
    return await work.db.maybe(store.release_hold, owner_id=hold_id, reader=work.user_id, now=work.now) is not None


async def release(work: UnitOfWork, owner_id: UUID, periods: Sequence[BusyPeriod]) -> list[BusyPeriod]:
    """Gives back what the owner has taken of these periods. Returns it."""
    rows = await work.db.all(store.release, owner_id=owner_id, **rules.places(periods)) if periods else []
    return [BusyPeriod(row["resource_kind"], row["resource_id"], row["starts_at"], row["ends_at"], row["overbooked"]) for row in rows]


async def keep(work: UnitOfWork, owner_id: UUID, periods: Sequence[BusyPeriod]) -> None:
    """Takes again what the owner has just given back, or a part of it."""
    await work.db.run(store.take, owner_id=owner_id, **rules.columns(periods))


async def take_or_overbook(work: UnitOfWork, owner_id: UUID, periods: Sequence[BusyPeriod]) -> None:
    """Takes each period, overbooked where something is in its way."""
    for period in periods:
        taken = await work.db.one(store.take, owner_id=owner_id, **rules.columns([replace(period, overbooked=False)]))
        if not taken["number"]:
            await keep(work, owner_id, [replace(period, overbooked=True)])


async def take(work: UnitOfWork, owner_id: UUID, periods: Sequence[BusyPeriod], write: Write, *, allow_conflict: bool) -> Record:
    """The row that `write` wrote, with overbooked periods where that is necessary and allowed. The calendars are the caller's alone.

    Raises Conflict with everything that is in the way of a practitioner or a room, unless `allow_conflict`.
    """
    row = await write(periods)
    if row is not None:
        return row
    await release(work, owner_id, periods)
    return await _take_or_refuse(work, owner_id, periods, write, allow_conflict=allow_conflict)


async def take_sharing(work: UnitOfWork, owner_id: UUID, periods: Sequence[BusyPeriod], write: Write) -> Record:
    """As `take`, for whoever shares the calendars, has written nothing in this transaction, and allows no conflict."""
    row = await write(periods)
    if row is not None:
        return row
    await work.db.start_over()
    if refusing := _refusing(await conflicts(work, owner_id, periods)):
        raise refusal(refusing)
    # What was in the way has been cancelled, is a hold that has expired or the caller's own, or is a client's other appointment.
    await lock(work, periods, alone=True)
    return await _take_or_refuse(work, owner_id, periods, write, allow_conflict=False)


async def _take_or_refuse(work: UnitOfWork, owner_id: UUID, periods: Sequence[BusyPeriod], write: Write, *, allow_conflict: bool) -> Record:
    for _ in range(_MAX_ATTEMPTS):
        await work.db.run(store.release_holds, **rules.extents(periods), reader=_reader(work), now=work.now)
        found = await conflicts(work, owner_id, periods)
        refusing = _refusing(found)
        if refusing and not allow_conflict:
            raise refusal(refusing)
        row = await write(rules.overbooked_on(periods, {conflict["resource_id"] for conflict in found}))
        if row is not None:
            _note(work, found, refusing)
            return row
        # Of a client, whose calendar others share, something was taken or given back between the statements.
        await release(work, owner_id, periods)
    raise Unavailable("calendar_busy", "This calendar is changing too quickly; try again.", retry_after=1.0)


async def conflicts(work: UnitOfWork, owner_id: UUID, periods: Sequence[BusyPeriod]) -> list[Record]:
    """What of others is in the way of the periods, a row for each resource, by start."""
    wanted = rules.columns(periods)
    del wanted["flags"]
    return await work.db.all(store.conflicts, owner_id=owner_id, reader=_reader(work), now=work.now, **wanted)


def refusal(conflicts: Sequence[Record], **more: Any) -> Conflict:
    """The refusal that lists all conflicts, each once; `more` are further facts."""
    by_owner = {conflict["id"]: conflict for conflict in conflicts}
    facts = {"conflicting_appointments": [to_conflict_facts(conflict) for conflict in by_owner.values()]}
    kinds = frozenset(conflict["resource_kind"] for conflict in conflicts)
    message = _REFUSALS.get(kinds, "The practitioner and the room are taken at that time.")
    if all(conflict["owner_kind"] == rules.TIME_OFF for conflict in conflicts):
        message = _IS_AWAY
    return Conflict(CONFLICT, message, facts=facts | more)


def _refusing(found: Sequence[Record]) -> list[Record]:
    return [conflict for conflict in found if conflict["resource_kind"] in rules.REFUSING]


def _reader(work: UnitOfWork) -> UUID:
    """Whose holds are in nobody's way: the caller's."""
    return work.caller.user_id or _NOBODY


def _note(work: UnitOfWork, found: Sequence[Record], refusing: Sequence[Record]) -> None:
    overbooked = {conflict["id"] for conflict in refusing}
    if overbooked:
        resources = " ".join(sorted({conflict["resource_kind"] for conflict in refusing}))
        work.note(overbooked="true", clashes=str(len(overbooked)), resources=resources)
    if with_others := {conflict["id"] for conflict in found} - overbooked:
        work.note(client_overlaps=str(len(with_others)))

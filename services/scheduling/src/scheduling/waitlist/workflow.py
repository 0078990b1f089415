"""What becomes of an entry, an offer and an opening, for the calls of people and for the worker.

Each function works in a transaction that has locked the opening first, where there is one, and then the entry.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from uuid_utils.compat import uuid7

from chassis.db.transaction import Record
from chassis.work.unit_of_work import UnitOfWork
from scheduling.busy_periods import store as busy_periods
from scheduling.busy_periods import workflow as busy
from scheduling.busy_periods.rules import columns, extents, resources
from scheduling.waitlist import rules, store
from scheduling.waitlist.mapping import to_change, to_periods
from scheduling.waitlist.rules import Placement

_AFTER_AN_ANSWER = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Offered:
    """An entry, and what is offered to it; all locked."""

    entry: Record
    offer: Record | None = None
    opening: Record | None = None


async def lock(work: UnitOfWork, entry_id: str | UUID) -> Offered:
    """The entry with what is offered to it. Raises NotFound for none."""
    offer = await work.db.maybe(store.open_offer_of_entry, entry_id=entry_id)
    opening = await work.db.one(store.lock_opening, id=offer["opening_id"]) if offer is not None else None
    entry = await work.db.one(store.lock, id=entry_id)
    # Whoever had the locks before may have ended the offer.
    offer = await work.db.maybe(store.open_offer_of_entry, entry_id=entry_id)
    if offer is None or opening is None or offer["opening_id"] != opening["id"]:
        return Offered(entry)
    return Offered(entry, offer, opening)


async def set_status(
    work: UnitOfWork,
    entry: Record,
    status: str,
    *,
    offer_id: UUID | None = None,
    offered_until: datetime | None = None,
    appointment_id: UUID | None = None,
) -> Record:
    """Writes what has become of the entry, and announces it."""
    changed = await work.db.one(
        store.change, id=entry["id"], status=status, offered_until=offered_until, appointment_id=appointment_id, now=work.now
    )
    work.emit(to_change(changed, offer_id=offer_id))
    return changed


async def end_offer(work: UnitOfWork, offer: Record, opening: Record, status: str) -> None:
    """Ends an open offer, and gives back what is held for it."""
    await work.db.run(store.end_offer, id=offer["id"], status=status)
    # Whether its place is a room by now does not matter: what was held is given back.
    await busy.release(work, offer["id"], to_periods(offer, opening, is_room=opening["location_id"] is not None))


async def go_on(work: UnitOfWork, opening: Record) -> None:
    """Has the opening offered to the next one."""
    await work.db.run(store.wait_until, id=opening["id"], at=work.now)


async def wait_or_close(work: UnitOfWork, opening: Record, *, seen: Collection[UUID] | None) -> bool:
    """The opening waits for those who are offered something else, and is closed where there is nobody.

    `seen` are those who waited and whom it does not suit; None if it suits nobody. Returns False, with nothing done, if somebody
    waits who is not one of them, because what they were offered has lapsed since.
    """
    names = ("practitioner_id", "free_from", "free_until")
    asked = {"opening_id": opening["id"], **{name: opening[name] for name in names}}
    answer = await work.db.one(store.next_answer, **asked, seen=list(seen or ()))
    if seen is not None and answer["others_wait"]:
        return False
    if answer["at"] is None or opening["free_until"] <= work.now:
        await work.db.run(store.close_opening, id=opening["id"])
    else:
        # By then that offer is accepted or over; a while later the worker has ended it.
        await work.db.run(store.wait_until, id=opening["id"], at=max(answer["at"], work.now) + _AFTER_AN_ANSWER)
    return True


async def close_others(work: UnitOfWork, entry: Record) -> None:
    """Takes the client's other entries for the same service off the list: what they waited for is booked."""
    for other in await work.db.all(store.lock_others, id=entry["id"], client_id=entry["client_id"], service_id=entry["service_id"]):
        await set_status(work, other, "withdrawn")


async def lapse(work: UnitOfWork, offer: Record, opening: Record) -> Record:
    """Ends an offer that nobody has accepted. Its entry waits on, unless its time is over, too. Returns the entry."""
    entry = await work.db.one(store.lock, id=offer["entry_id"])
    await end_offer(work, offer, opening, "lapsed")
    return await set_status(work, entry, rules.status_after_offer(entry["latest"], now=work.now), offer_id=offer["id"])


async def offer(work: UnitOfWork, opening: Record, entry: Record, place: Placement, zone: ZoneInfo, *, is_room: bool) -> bool:
    """Holds the time for the entry and offers it. False if something is in the way by now.

    What is held is in everybody's way: its holder is the entry, and nobody asks for anything as that.
    """
    until = rules.offered_until(place.starts_at, zone, now=work.now)
    if until is None:
        return False
    offer_id, placed = uuid7(), asdict(place)
    periods = to_periods(placed, opening, is_room=is_room)
    await work.db.run(busy_periods.lock_alone, resource_ids=resources(periods))
    await work.db.run(busy_periods.release_holds, **extents(periods), reader=entry["id"], now=work.now)
    held = await work.db.maybe(store.hold, **columns(periods), owner_id=offer_id, expires_at=until, held_by=entry["id"])
    if held is None:
        await busy.release(work, offer_id, periods)
        return False
    await work.db.run(
        store.add_offer, id=offer_id, opening_id=opening["id"], entry_id=entry["id"], offered_until=until, now=work.now, **placed
    )
    await work.db.run(store.wait_until, id=opening["id"], at=until)
    await set_status(work, entry, "offered", offer_id=offer_id, offered_until=until)
    return True

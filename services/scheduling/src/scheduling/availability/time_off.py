"""Takes the time that practitioners have off, so that it is in the way of whoever books."""

from typing import Any
from uuid import UUID, uuid5

import tzdata

from caseload.scheduling.v1 import availability_pb2 as pb
from chassis.work.unit_of_work import UnitOfWork
from scheduling.availability import store
from scheduling.busy_periods import store as busy_periods
from scheduling.working_hours.mapping import to_week
from scheduling.working_hours.rules import time_off


def marks(version: int) -> dict[str, Any]:
    """The columns that say that the time off of this version of the hours is taken, and by which rules of time zones."""
    return {"time_off_version": version, "time_off_rules": tzdata.IANA_VERSION}


async def take(hours: pb.WorkingHours, work: UnitOfWork) -> None:
    """Replaces the practitioner's time off by what the hours say: days off, and hours off, without the workspace's holidays.

    What is booked or held then stays. Time off is overbooked there, and is in the way of everybody else all the same.
    """
    practitioner_id = UUID(hours.practitioner_id)
    away = time_off(to_week(hours, holidays=()))
    # Nobody books meanwhile, who would not see what is overbooked.
    await work.db.run(busy_periods.lock_alone, resource_ids=[practitioner_id])
    await work.db.run(store.end_time_off, practitioner_id=practitioner_id)
    periods = {
        # By its start, so that each is a conflict of its own.
        "owner_ids": [uuid5(practitioner_id, start.isoformat()) for start, _ in away],
        "starts_ats": [start for start, _ in away],
        "ends_ats": [end for _, end in away],
    }
    for overbooked in (False, True) if away else ():
        await work.db.run(store.take_time_off, practitioner_id=practitioner_id, overbooked=overbooked, **periods)

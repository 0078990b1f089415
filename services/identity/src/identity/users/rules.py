"""Who may be made what, and what is known of them."""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any
from uuid import UUID

from chassis.errors import Conflict, Fault, Forbidden, Invalid
from identity.roles import HEAD_OF, ROLES_OF

CHANGEABLE = ("full_name", "department_id", "license_number", "specialization", "shift_schedule")

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_LONGEST_TEXT = 100
_SHIFTS_A_DAY = 10


def check_changes(changes: Mapping[str, Any]) -> None:
    """Refuses what a person's record cannot hold."""
    for name in ("license_number", "specialization"):
        if len(changes.get(name) or "") > _LONGEST_TEXT:
            raise _invalid(f"/{name}", f"must have at most {_LONGEST_TEXT} characters")
    if changes.get("shift_schedule") is not None:
        check_shift_schedule(changes["shift_schedule"])


def check_shift_schedule(schedule: Mapping[str, Any]) -> None:
    """Refuses anything but {mon: [{start: "08:00", end: "16:00"}], …} with shifts that begin before they end and do not overlap."""
    for day, shifts in schedule.items():
        pointer = f"/shift_schedule/{day}"
        if day not in _DAYS:
            raise _invalid(pointer, f"is none of {', '.join(_DAYS)}")
        if not isinstance(shifts, list) or len(shifts) > _SHIFTS_A_DAY:
            raise _invalid(pointer, f"must be a list of at most {_SHIFTS_A_DAY} shifts")
        times = sorted(_shift(shift, f"{pointer}/{place}") for place, shift in enumerate(shifts))
        if any(later[0] < earlier[1] for earlier, later in pairwise(times)):
            raise _invalid(pointer, "has shifts that overlap")


def check_new_role(user_id: UUID, role: str, *, was: str, kind: str, by: UUID, other_heads: int) -> None:
    """Refuses a role the workspace's kind does not have, the fall of its last head, and promoting or demoting oneself."""
    if role not in ROLES_OF[kind]:
        raise _invalid("/role", f"must be one of {', '.join(sorted(ROLES_OF[kind]))}")
    if was == HEAD_OF[kind] and role != was and not other_heads:
        raise _last_head(kind)
    if user_id == by:
        raise Forbidden("own_role", "Nobody changes their own role.")


def check_may_leave(role: str, *, kind: str, other_heads: int) -> None:
    """Refuses to switch off the last person who runs the workspace."""
    if role == HEAD_OF[kind] and not other_heads:
        raise _last_head(kind)


def _last_head(kind: str) -> Conflict:
    return Conflict("last_owner", f"A {kind} needs at least one active {HEAD_OF[kind]}.")


def _shift(shift: Any, pointer: str) -> tuple[str, str]:
    if not isinstance(shift, dict) or set(shift) != {"start", "end"}:
        raise _invalid(pointer, "must have start and end, and nothing else")
    start, end = shift["start"], shift["end"]
    if not (isinstance(start, str) and isinstance(end, str) and _CLOCK.fullmatch(start) and _CLOCK.fullmatch(end) and start < end):
        raise _invalid(pointer, "must go from an earlier to a later HH:MM of the same day")
    return start, end


def _invalid(pointer: str, detail: str) -> Invalid:
    return Invalid("user_invalid", "This cannot be kept of a person.", faults=[Fault(pointer, detail)])

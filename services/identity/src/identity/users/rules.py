"""Which changes of a user are accepted. Pure functions."""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any
from uuid import UUID

from chassis.errors import Conflict, Fault, Forbidden, Invalid
from identity.roles import ADMINISTRATOR_ROLE, ROLES_BY_KIND

CHANGEABLE = ("full_name", "department_id", "license_number", "specialization", "shift_schedule")

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_MAX_TEXT_LENGTH = 100
_MAX_SHIFTS_PER_DAY = 10


def check_changes(changes: Mapping[str, Any]) -> None:
    """Raise Invalid for a text that is too long or a malformed shift schedule."""
    for name in ("license_number", "specialization"):
        if len(changes.get(name) or "") > _MAX_TEXT_LENGTH:
            raise _invalid(f"/{name}", f"must have at most {_MAX_TEXT_LENGTH} characters")
    if changes.get("shift_schedule") is not None:
        check_shift_schedule(changes["shift_schedule"])


def check_shift_schedule(schedule: Mapping[str, Any]) -> None:
    """Raise Invalid unless it reads {"mon": [{"start": "08:00", "end": "16:00"}], …}, with shifts that do not overlap."""
    for day, shifts in schedule.items():
        pointer = f"/shift_schedule/{day}"
        if day not in _DAYS:
            raise _invalid(pointer, f"is none of {', '.join(_DAYS)}")
        if not isinstance(shifts, list) or len(shifts) > _MAX_SHIFTS_PER_DAY:
            raise _invalid(pointer, f"must be a list of at most {_MAX_SHIFTS_PER_DAY} shifts")
        times = sorted(_shift(shift, f"{pointer}/{index}") for index, shift in enumerate(shifts))
        if any(later[0] < earlier[1] for earlier, later in pairwise(times)):
            raise _invalid(pointer, "has shifts that overlap")


def check_new_role(user_id: UUID, role: str, *, was: str, kind: str, by: UUID, other_administrators: int) -> None:
    """Raise a refusal if the change is not allowed.

    Invalid: workspaces of this kind have no such role. Conflict: the user is the last active administrator.
    Forbidden: users do not change their own role.
    """
    if role not in ROLES_BY_KIND[kind]:
        raise _invalid("/role", f"must be one of {', '.join(sorted(ROLES_BY_KIND[kind]))}")
    if was == ADMINISTRATOR_ROLE[kind] and role != was and not other_administrators:
        raise _last_administrator(kind)
    if user_id == by:
        raise Forbidden("own_role", "Nobody changes their own role.")


def check_deactivation(role: str, *, kind: str, other_administrators: int) -> None:
    """Raise Conflict if the user is the last active administrator of the workspace."""
    if role == ADMINISTRATOR_ROLE[kind] and not other_administrators:
        raise _last_administrator(kind)


def _last_administrator(kind: str) -> Conflict:
    return Conflict("last_owner", f"A {kind} needs at least one active {ADMINISTRATOR_ROLE[kind]}.")


def _shift(shift: Any, pointer: str) -> tuple[str, str]:
    if not isinstance(shift, dict) or set(shift) != {"start", "end"}:
        raise _invalid(pointer, "must have start and end, and nothing else")
    start, end = shift["start"], shift["end"]
    if not (
        isinstance(start, str) and isinstance(end, str) and _TIME_OF_DAY.fullmatch(start) and _TIME_OF_DAY.fullmatch(end) and start < end
    ):
        raise _invalid(pointer, "must go from an earlier to a later HH:MM of the same day")
    return start, end


def _invalid(pointer: str, detail: str) -> Invalid:
    return Invalid("user_invalid", "Some details of this user are not valid.", faults=[Fault(pointer, detail)])

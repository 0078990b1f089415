"""Which changes of a user are accepted. Pure functions."""

import re
from collections.abc import Collection, Mapping
from itertools import pairwise
from typing import Any
from uuid import UUID

from chassis.errors import Conflict, Fault, Forbidden, Invalid
from identity.roles import ADMINISTRATOR_ROLE, ROLES_BY_KIND, SCOPES_BY_ROLE

CHANGEABLE = ("full_name", "department_id", "supervisor_id", "license_number", "specialization", "shift_schedule")

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_DAY = 24 * 60
_WEEK = 7 * _DAY
_MAX_TEXT_LENGTH = 100
MAX_IDS = 500
_MAX_SHIFTS_PER_DAY = 10
# Each is looked for in every name of the workspace.
_MOST_SEARCH_WORDS = 8


def check_number_of_ids(number: int) -> None:
    """Raises Invalid for more people than are asked about at once."""
    if number > MAX_IDS:
        raise Invalid("too_many_ids", faults=[Fault("/user_ids", f"must be {MAX_IDS} or fewer")])


def check_changes(changes: Mapping[str, Any]) -> None:
    """Raise Invalid for a text that is too long or a malformed shift schedule."""
    for name in ("license_number", "specialization"):
        if len(changes.get(name) or "") > _MAX_TEXT_LENGTH:
            raise _invalid(f"/{name}", f"must have at most {_MAX_TEXT_LENGTH} characters")
    if changes.get("shift_schedule") is not None:
        check_shift_schedule(changes["shift_schedule"])


def check_shift_schedule(schedule: Mapping[str, Any]) -> None:
    """Raise Invalid unless it reads {"mon": [{"start": "22:00", "end": "06:00"}], …}, with shifts that do not overlap.

    A shift that ends no later than it starts ends on the next day. A week is followed by the same week.
    """
    shifts: list[tuple[int, int, str]] = []
    for day, listed in schedule.items():
        pointer = f"/shift_schedule/{day}"
        if day not in _DAYS:
            raise _invalid(pointer, f"is none of {', '.join(_DAYS)}")
        if not isinstance(listed, list) or len(listed) > _MAX_SHIFTS_PER_DAY:
            raise _invalid(pointer, f"must be a list of at most {_MAX_SHIFTS_PER_DAY} shifts")
        midnight = _DAYS.index(day) * _DAY
        for index, shift in enumerate(listed):
            start, end = _shift(shift, f"{pointer}/{index}")
            shifts.append((midnight + start, midnight + end, pointer))
    shifts.sort()
    following = [(start + _WEEK, end, pointer) for start, end, pointer in shifts[:1]]
    for (_, ends_at, _), (starts_at, _, pointer) in pairwise([*shifts, *following]):
        if starts_at < ends_at:
            raise _invalid(pointer, "has a shift that overlaps with another")


def search_words(folded: str) -> list[str]:
    """The words that names are searched for, each once. Raises Invalid for more than eight."""
    words = [*dict.fromkeys(folded.split())]
    if len(words) > _MOST_SEARCH_WORDS:
        fault = Fault("/search", f"must have at most {_MOST_SEARCH_WORDS} words")
        raise Invalid("search_invalid", "Users are not searched for so much.", faults=[fault])
    return words


def check_department(*, is_active: bool) -> None:
    """Raise Invalid for a department that is no longer offered."""
    if not is_active:
        fault = Fault("/department_id", "is inactive")
        raise Invalid("department_inactive", "This department is inactive.", faults=[fault])


def check_supervisor(user_id: UUID, *, is_active: bool, supervisors: Collection[UUID]) -> None:
    """Raise Invalid for a supervisor who is not active or is supervised by the user.

    `supervisors` are the new supervisor, the supervisor's supervisor, and so on.
    """
    if user_id in supervisors:
        fault = Fault("/supervisor_id", "is this user, or is supervised by this user")
        raise Invalid("supervisor_circle", "Nobody supervises their own supervisor.", faults=[fault])
    if not is_active:
        raise Invalid("supervisor_inactive", "This supervisor is inactive.", faults=[Fault("/supervisor_id", "is inactive")])


def check_role(role: str, *, kind: str) -> None:
    """Raise Invalid for a role that workspaces of this kind do not have."""
    if role not in ROLES_BY_KIND[kind]:
        raise _invalid("/role", f"must be one of {', '.join(sorted(ROLES_BY_KIND[kind]))}")


def check_may_give(role: str, held: Collection[str]) -> None:
    """Raise Forbidden for a role that permits more than whoever gives it may do: an API key makes nobody mightier than itself."""
    if not SCOPES_BY_ROLE[role] <= set(held):
        raise Forbidden("scope_not_held", "Nobody gives a role that permits more than they may do themselves.")


def check_new_role(user_id: UUID, role: str, *, was: str, kind: str, by: UUID, other_administrators: int) -> None:
    """Raise a refusal if the change is not allowed.

    Invalid: workspaces of this kind have no such role. Conflict: no other active administrator has signed in.
    Forbidden: users do not change their own role.
    """
    check_role(role, kind=kind)
    if was == ADMINISTRATOR_ROLE[kind] and role != was and not other_administrators:
        raise _last_administrator(kind)
    if user_id == by:
        raise Forbidden("own_role", "Nobody changes their own role.")


def check_deactivation(role: str, *, kind: str, other_administrators: int) -> None:
    """Raise Conflict if no other active administrator of the workspace has signed in."""
    if role == ADMINISTRATOR_ROLE[kind] and not other_administrators:
        raise _last_administrator(kind)


def _last_administrator(kind: str) -> Conflict:
    return Conflict("last_owner", f"A {kind} needs at least one active {ADMINISTRATOR_ROLE[kind]} who has signed in.")


def _shift(shift: Any, pointer: str) -> tuple[int, int]:
    """The minutes after midnight when the shift starts and ends; more than a day's where it ends on the next day."""
    if not isinstance(shift, dict) or set(shift) != {"start", "end"}:
        raise _invalid(pointer, "must have start and end, and nothing else")
    start, end = _minutes(shift["start"]), _minutes(shift["end"])
    if start is None or end is None or start in (_DAY, end):
        raise _invalid(pointer, "must go from one HH:MM to another")
    return start, end if end > start else end + _DAY


def _minutes(text: Any) -> int | None:
    if not isinstance(text, str) or not _TIME_OF_DAY.fullmatch(text):
        return None
    return int(text[:2]) * 60 + int(text[3:])


def _invalid(pointer: str, detail: str) -> Invalid:
    return Invalid("user_invalid", "Some details of this user are not valid.", faults=[Fault(pointer, detail)])

"""Which working hours are valid, and who may see and set them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from chassis.errors import Fault, Forbidden, Invalid, Stale
from scheduling.working_hours.rules import MINUTES_OF_DAY, day_of, minute_of, minutes, zones

MAX_WEEKLY = 100
MAX_EXCEPTIONS = 500
MAX_NOTE = 500
MAX_NOTICE = 30 * MINUTES_OF_DAY
_SLOT_STEPS = range(5, 241, 5)
_YEARS = range(1970, 2201)
_WEEK = 7 * MINUTES_OF_DAY
# Who sets what the workspace offers sets when it does.
_OF_OTHERS = "catalogue:write"


def is_own_or_managed(practitioner_id: UUID, caller: UUID, scopes: Collection[str]) -> bool:
    return practitioner_id == caller or _OF_OTHERS in scopes


def check_may_set(practitioner_id: UUID, caller: UUID, scopes: Collection[str]) -> None:
    """Raises Forbidden for somebody else's hours, unless the caller manages the workspace's."""
    if not is_own_or_managed(practitioner_id, caller, scopes):
        raise Forbidden("permission_denied", "Your role does not allow this.")


def check_fresh(expected: int | None, version: int) -> None:
    """Raises Stale when the caller has seen another version. None: whatever is there is replaced."""
    if expected is not None and expected != version:
        raise Stale("stale_version", "These hours have changed since you read them.", facts={"current_version": version})


def check_hours(hours: Mapping[str, Any]) -> None:
    """Raises Invalid with a fault for everything that is wrong. `weekly` and `exceptions` are mappings like the messages of the API."""
    faults = [*_setting_faults(hours), *_weekly_faults(hours["weekly"]), *_exception_faults(hours["exceptions"])]
    if faults:
        raise Invalid("availability_invalid", "The hours cannot be kept like this.", faults=faults)


def _setting_faults(hours: Mapping[str, Any]) -> Iterator[Fault]:
    if hours["time_zone"] is not None and hours["time_zone"] not in zones():
        yield Fault("/time_zone", "is not an IANA time zone")
    if not 0 <= hours["notice_minutes"] <= MAX_NOTICE:
        yield Fault("/notice_minutes", f"must be from 0 to {MAX_NOTICE}")
    if hours["slot_step_minutes"] not in _SLOT_STEPS or MINUTES_OF_DAY % hours["slot_step_minutes"]:
        yield Fault("/slot_step_minutes", "must be a multiple of 5 that divides a day, 240 at most")


def _weekly_faults(weekly: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    if len(weekly) > MAX_WEEKLY:
        yield Fault("/weekly", f"must have at most {MAX_WEEKLY} entries")
        return
    # Minutes after the Monday's midnight, and which entry they are of.
    taken: list[tuple[int, int, int]] = []
    for index, entry in enumerate(weekly):
        faults = [*_time_faults(f"/weekly/{index}", entry)]
        if not 0 <= entry["weekday"] <= 6:
            faults.append(Fault(f"/weekly/{index}/weekday", "must be from 0 (Monday) to 6"))
        yield from faults
        if not faults:
            start, end = (entry["weekday"] * MINUTES_OF_DAY + minute for minute in _minutes(entry))
            # Sunday's night ends on a Monday.
            taken += [(start, end, index), (start + _WEEK, end + _WEEK, index)]
    yield from (Fault(f"/weekly/{index}", "overlaps with other hours") for index in _overlapping(taken))


def _overlapping(taken: Iterable[tuple[int, int, int]]) -> list[int]:
    """The entries that begin before an earlier one has ended."""
    found, until = set(), 0
    for start, end, index in sorted(taken):
        if start < until:
            found.add(index)
        until = max(until, end)
    return sorted(found)


def _exception_faults(exceptions: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    if len(exceptions) > MAX_EXCEPTIONS:
        yield Fault("/exceptions", f"must have at most {MAX_EXCEPTIONS} entries")
        return
    for index, entry in enumerate(exceptions):
        pointer = f"/exceptions/{index}"
        if not _is_day(entry["date"]):
            yield Fault(f"{pointer}/date", "must be a date, like 2026-03-01")
        if entry["kind"] is None:
            yield Fault(f"{pointer}/kind", "must be off or open")
        if entry["kind"] == "open" or entry["start"] is not None or entry["end"] is not None:
            yield from _time_faults(pointer, entry)
        if len(entry["note"] or "") > MAX_NOTE:
            yield Fault(f"{pointer}/note", f"must have at most {MAX_NOTE} characters")


def _time_faults(pointer: str, entry: Mapping[str, Any]) -> Iterator[Fault]:
    start, end = (minute_of(entry[name] or "") for name in ("start", "end"))
    if start is None or start == MINUTES_OF_DAY:
        yield Fault(f"{pointer}/start", "must be a time of day, like 09:00")
    if end is None:
        yield Fault(f"{pointer}/end", "must be a time of day, like 17:00, or 24:00")
    elif start == end:
        yield Fault(f"{pointer}/end", "must not be the start")


def _minutes(entry: Mapping[str, Any]) -> tuple[int, int]:
    return minutes(minute_of(entry["start"]) or 0, minute_of(entry["end"]) or 0)


def _is_day(text: str) -> bool:
    day = day_of(text)
    return day is not None and day.year in _YEARS

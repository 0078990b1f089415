"""Which plans of care are valid, and what one that has ended still allows. All faults of a request are reported together."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from chassis.errors import Conflict, Fault, Invalid, Stale

TEXTS = ("title", "diagnosis", "diagnosis_code", "goals", "start_date", "end_date")
EDITABLE = (*TEXTS, "status")
MAX_TITLE = 255
MAX_DIAGNOSIS = 5000
MAX_GOALS = 50
MAX_GOAL = 1000
MAX_EVENTS = 1000
ACTIVE = "active"
# By how much the clock of a caller may be fast.
CLOCK_SKEW = timedelta(minutes=5)
# A chapter's letter, two characters of the category and up to four of the subdivision; ICD-10-CM has letters among them.
_ICD_10 = re.compile(r"([A-Z][0-9][0-9A-Z])(?:\.?([0-9A-Z]{1,4}))?")


def normalized(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as they are stored: title and goals without white space around them, the code as F32.1. Raises Invalid for a code that is none."""
    values = dict(given)
    if values.get("title") is not None:
        values["title"] = values["title"].strip()
    if values.get("goals") is not None:
        values["goals"] = [goal.strip() for goal in values["goals"]]
    if values.get("diagnosis_code") is not None:
        values["diagnosis_code"] = diagnosis_code(values["diagnosis_code"])
    return values


def diagnosis_code(given: str) -> str | None:
    """The code in capitals and with its dot; None for a blank one. Raises Invalid unless it has the form of an ICD-10 code."""
    code = given.strip().upper()
    if not code:
        return None
    found = _ICD_10.fullmatch(code)
    if found is None:
        raise Invalid(
            "diagnosis_code_invalid",
            "This is not the form of an ICD-10 code.",
            faults=[Fault("/diagnosis_code", "must be an ICD-10 code, like F32.1")],
        )
    category, subdivision = found.groups()
    return f"{category}.{subdivision}" if subdivision else category


def check_plan(plan: Mapping[str, Any]) -> None:
    """Raises Invalid with a fault for every wrong field of a whole plan."""
    faults = []
    if not 1 <= len(plan["title"] or "") <= MAX_TITLE:
        faults.append(Fault("/title", f"must have 1 to {MAX_TITLE} characters"))
    if len(plan["diagnosis"] or "") > MAX_DIAGNOSIS:
        faults.append(Fault("/diagnosis", f"must have at most {MAX_DIAGNOSIS} characters"))
    faults += _goal_faults(plan["goals"] or ())
    start, end = (_day(plan[name], f"/{name}", faults) for name in ("start_date", "end_date"))
    if start is not None and end is not None and end < start:
        faults.append(Fault("/end_date", "must not be before start_date"))
    if plan["status"] is None:
        faults.append(Fault("/status", "cannot be cleared"))
    if faults:
        raise Invalid("plan_invalid", "The plan cannot be kept like this.", faults=faults)


def _goal_faults(goals: Sequence[str]) -> list[Fault]:
    faults = [Fault("/goals", f"must be at most {MAX_GOALS}")] if len(goals) > MAX_GOALS else []
    return faults + [
        Fault(f"/goals/{place}", f"must have 1 to {MAX_GOAL} characters")
        for place, goal in enumerate(goals)
        if not 1 <= len(goal) <= MAX_GOAL
    ]


def _day(given: str | None, pointer: str, faults: list[Fault]) -> date | None:
    if given is None:
        return None
    if not is_day(given):
        faults.append(Fault(pointer, "must be a date, like 2026-03-01"))
        return None
    return date.fromisoformat(given)


def is_day(given: str) -> bool:
    """Whether the text is a date as YYYY-MM-DD."""
    try:
        return date.fromisoformat(given).isoformat() == given
    except ValueError:
        return False


def is_future(moment: datetime, *, now: datetime) -> bool:
    """Whether a time is still to come, even if the clock of whoever gave it is fast."""
    return moment > now + CLOCK_SKEW


def check_client(*, is_active: bool) -> None:
    """Raises Invalid for a client who is no longer treated."""
    if not is_active:
        raise Invalid(
            "client_inactive",
            "This client is inactive: activate the client first.",
            faults=[Fault("/client_id", "must be an active client")],
        )


def check_active(status: str) -> None:
    """Raises Conflict for a plan that has ended."""
    if status != ACTIVE:
        raise Conflict("plan_ended", "The plan has ended. Make it active again to change it.", facts={"plan_status": status})


def check_change(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Raises Conflict if what an ended plan says would change. Its status may, and all of it in the change that makes it active again."""
    if any(before[name] != after[name] for name in TEXTS) and after["status"] != ACTIVE:
        check_active(before["status"])


def check_fresh(expected: int | None, version: int) -> None:
    """Raises Stale if the caller saw another version than the current one. None means any version."""
    if expected is not None and expected != version:
        raise Stale("stale_version", "The plan has changed since.", facts={"current_version": version})


def event_of(before: str, after: str) -> str:
    """The timeline event of a change, by the plan's status before and after it."""
    return "plan_updated" if after in {before, ACTIVE} else f"plan_{after}"


def timeline_limit(limit: int) -> int:
    """How many timeline events a page has; 0 means 100. Raises Invalid outside 0 to 1000."""
    if not 0 <= limit <= MAX_EVENTS:
        raise Invalid("limit_out_of_range", "There is no such page.", faults=[Fault("/limit", f"must be from 1 to {MAX_EVENTS}")])
    return limit or 100

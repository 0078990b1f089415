"""Which milestones are valid, when one is achieved, and which order is one. All faults of a request are reported together."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from chassis.errors import Conflict, Fault, Invalid
from clinical.plans.rules import MAX_TITLE, is_day, is_future

TEXTS = ("title", "description", "notes", "target_date")
EDITABLE = (*TEXTS, "status", "achieved_at")
MAX_TEXT = 5000
# A plan with more of them is several plans; and a new order of all of them is one request.
MOST = 50
ACHIEVED = "achieved"


def normalized(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as they are stored: the title without white space around it."""
    values = dict(given)
    if values.get("title") is not None:
        values["title"] = values["title"].strip()
    return values


def changed(before: Mapping[str, Any], changes: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """The milestone after the changes. It is achieved now unless they say when, and not at any time once it is not achieved after all."""
    after = {**before, **changes}
    if after["status"] == ACHIEVED:
        after["achieved_at"] = after["achieved_at"] or now
    elif "achieved_at" not in changes:
        after["achieved_at"] = None
    return after


def check_milestone(milestone: Mapping[str, Any], *, now: datetime) -> None:
    """Raises Invalid with a fault for every wrong field of a whole milestone."""
    faults = []
    if not 1 <= len(milestone["title"] or "") <= MAX_TITLE:
        faults.append(Fault("/title", f"must have 1 to {MAX_TITLE} characters"))
    too_long = [name for name in ("description", "notes") if len(milestone[name] or "") > MAX_TEXT]
    faults += [Fault(f"/{name}", f"must have at most {MAX_TEXT} characters") for name in too_long]
    if milestone["target_date"] is not None and not is_day(milestone["target_date"]):
        faults.append(Fault("/target_date", "must be a date, like 2026-03-01"))
    if milestone["status"] is None:
        faults.append(Fault("/status", "cannot be cleared"))
    faults += _achievement_faults(milestone["status"], milestone["achieved_at"], now)
    if faults:
        raise Invalid("milestone_invalid", "The milestone cannot be kept like this.", faults=faults)


def _achievement_faults(status: str | None, achieved_at: datetime | None, now: datetime) -> list[Fault]:
    if achieved_at is None:
        return []
    if status != ACHIEVED:
        return [Fault("/achieved_at", "is for a milestone that is achieved")]
    return [Fault("/achieved_at", "must not be in the future")] if is_future(achieved_at, now=now) else []


def check_room(present: int) -> None:
    """Raises Conflict if the plan has as many milestones as it may have."""
    if present >= MOST:
        raise Conflict("too_many_milestones", f"A plan has at most {MOST} milestones.")


def check_order(wanted: Sequence[UUID], present: Sequence[UUID]) -> None:
    """Raises Invalid for an order that names a milestone twice, Conflict for one that leaves some out or names others."""
    if len(set(wanted)) != len(wanted):
        raise Invalid(
            "milestones_repeated",
            "An order has every milestone once.",
            faults=[Fault("/milestone_ids", "must have every milestone once")],
        )
    if set(wanted) != set(present):
        raise Conflict("milestones_changed", "The plan has other milestones than these: read them again.")


def event_id(milestone_id: UUID) -> UUID:
    """The id of a milestone's timeline event. It is always the same, so recording the event again updates it."""
    return uuid5(milestone_id, "milestone_achieved")

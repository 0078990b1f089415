"""What can be exported, and how a cell is written that a spreadsheet must not run."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from chassis.errors import Conflict, Fault, Invalid

# For how long an export waits for what was recorded before it and is not in the chain yet.
_LONGEST_WAIT = timedelta(minutes=1)
# A status of a job, as an export tells it.
STATUSES = {"pending": "pending", "running": "running", "done": "ready", "failed": "failed", "cancelled": "failed"}
# Where a cell begins for some spreadsheet, whichever separator it takes, with what spreadsheets leave out before a formula; and how a formula begins
# (https://owasp.org/www-community/attacks/CSV_Injection), the wide forms of its signs included.
_FORMULA = re.compile(
    "((?:^|[,;|\\t\\r\\n\\v\\f\\x85\\u2028\\u2029])[\\s\\x00-\\x20\\ufeff\\u200b\"']*)(?=[=+\\-@\\uff1d\\uff0b\\uff0d\\uff20])"
)


def check_range(start: datetime | None, end: datetime | None) -> None:
    """Raises Invalid for a time that ends before it begins."""
    if start is not None and end is not None and end <= start:
        raise Invalid(
            "export_range_invalid",
            "The end of the time is not after its beginning.",
            faults=[Fault("/end_date", "is not after start_date")],
        )


def check_whole(status: str) -> None:
    """Raises Conflict for an export of which there is no manifest, since it is not whole, or never will be."""
    if STATUSES[status] != "ready":
        raise Conflict("export_not_ready", "This export is not ready.", facts={"status": STATUSES[status]})


def waits(ordered_at: datetime, *, now: datetime) -> bool:
    """Whether an export may still wait for what is not in the chain yet."""
    return now - ordered_at < _LONGEST_WAIT


def cell(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula, also one that reads it with another separator: with a single quote where one would begin.

    A carriage return or a tab at its beginning is what some programs take for one.
    """
    guarded = _FORMULA.sub(r"\1'", text)
    return f"'{guarded}" if guarded[:1] in {"\t", "\r", "\n"} else guarded


def told_filters(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked for, as the manifest tells it: what was not asked for is null."""
    names = ("start_date", "end_date", "user_id", "resource_type", "resource_id", "action", "outcome")
    return {name: parameters.get(name) for name in names} | {"phi_only": bool(parameters.get("phi_only"))}


def is_contiguous(state: Mapping[str, Any], dropped: Sequence[Mapping[str, Any]]) -> bool:
    """Whether an export has every event from its first to its last one, those of dropped months left out."""
    if not state["rows"]:
        return False
    between = [each for each in dropped if state["first_sequence"] < each["first_sequence"] < state["last_sequence"]]
    gone = sum(each["last_sequence"] - each["first_sequence"] + 1 for each in between)
    return bool(state["rows"] + gone == state["last_sequence"] - state["first_sequence"] + 1)


def dropped_ranges(runs: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Closed runs as a manifest tells them: those of one month that follow each other are one."""
    told: list[dict[str, Any]] = []
    for run in runs:
        month = f"{run['month']:%Y-%m}"
        if told and (told[-1]["month"], told[-1]["last_sequence"] + 1) == (month, run["first_sequence"]):
            told[-1]["last_sequence"] = run["last_sequence"]
        else:
            ends = {name: run[name] for name in ("first_sequence", "last_sequence")}
            told.append({"month": month, "dropped_at": run["dropped_at"].astimezone(UTC).isoformat(), **ends})
    return told
